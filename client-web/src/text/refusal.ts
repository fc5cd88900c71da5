/** Refusals in plain words. Those of the rules bring their own; the others are said here, by code. */

import { i18n } from '@lingui/core';
import type { Code, LocalCode, Refusal } from '../engine/contract';
import { CallError } from '../engine/rpc';
import { inLanguage } from './locale';

export function refusalText(refusal: Refusal): string {
  switch (refusal.refused_by) {
    case 'rules':
      return refusal.blocks.map(inLanguage).join(' ');
    case 'server':
      return problemText(refusal.problem.code);
    case 'local':
      return LOCAL[refusal.code]();
  }
}

/** A problem the server named, in plain words. */
export function problemWords(code: string): string {
  return problemText(code);
}

/** What a failed call means for the person at the screen. */
export function errorText(error: CallError): string {
  return problemText(error.code);
}

/** What the server names. */
const SERVER: Record<Code, () => string> = {
  malformed: () => i18n._('De server begreep dit niet. Waarschijnlijk is er een nieuwe versie van Beraad: laad de pagina opnieuw en doe het nog eens.'),
  too_large: () => i18n._('Dit is te veel in één keer. Stuur minder tegelijk.'),
  invalid: () => i18n._('Er klopt iets niet in wat u hebt ingevuld of gekozen. Kijk het na en probeer het opnieuw.'),
  unauthenticated: () => i18n._('Dit apparaat is niet meer aangemeld. Vraag de beheerder van uw organisatie om een nieuwe link.'),
  forbidden: () => i18n._('Dat mag niet met uw rol. Vraag iemand die het wel mag.'),
  not_found: () => i18n._('Dit bestaat niet meer, of u doet er niet (meer) aan mee.'),
  link_used: () => i18n._('Deze link bestaat niet of is al gebruikt. Vraag de beheerder van uw organisatie om een nieuwe.'),
  link_expired: () => i18n._('Deze link is verlopen. Vraag de beheerder van uw organisatie om een nieuwe.'),
  stale_epoch: () => i18n._('Intussen is gewijzigd wie er meedoet. Wacht tot alles is bijgewerkt en probeer het dan opnieuw.'),
  stale_view: () => i18n._('Een collega was u net voor. Kijk wat er intussen is gewijzigd en probeer het dan opnieuw.'),
  bad_bundle: () => i18n._('Dit past niet meer bij dit kanaal. Wacht tot alles is bijgewerkt en probeer het opnieuw; blijft het zo, meld het dan aan de beheerder van uw organisatie.'),
  bad_record: () => i18n._('De verantwoording was niet compleet en is daarom niet aangenomen. Er is niets gedeeld. Laad de pagina opnieuw en doe het nog eens; blijft het zo, meld het dan aan de beheerder van uw organisatie.'),
  no_register_key: () => i18n._('Een organisatie heeft nog geen register. De compliance officer (FG) van die organisatie moet één keer aanmelden.'),
  no_key_package: () => i18n._('Een collega is met geen enkel apparaat bereikbaar. Laat de collega Beraad één keer openen en probeer het dan opnieuw.'),
  conflict: () => i18n._('Dit bestaat al, of is intussen door een ander gewijzigd. Kijk wat er nu staat en probeer het zo nodig opnieuw, met een andere naam.'),
  rate_limited: () => i18n._('Dit ging te vaak achter elkaar. Wacht een minuut en probeer het dan opnieuw.'),
  version_unsupported: () => i18n._('Er is een nieuwe versie van Beraad. Laad de pagina opnieuw.'),
  unavailable: () => i18n._('De server is nu niet bereikbaar. Er is niets verloren. Probeer het zo opnieuw.'),
  internal: () => i18n._('Er ging iets mis op de server. Er is niets verloren. Probeer het opnieuw; blijft het zo, meld het dan aan de host.'),
};

/** What the engine itself names. */
const LOCAL: Record<LocalCode, () => string> = {
  not_enrolled: () => i18n._('Dit apparaat is nog niet aangemeld. Open de eenmalige link die u van de beheerder van uw organisatie kreeg.'),
  unknown_thing: () => i18n._('Dit staat niet op dit apparaat, of niet meer. Ga terug naar het overzicht en kies opnieuw.'),
  offline: () => i18n._('Dit kan alleen met een verbinding. Probeer het opnieuw zodra u weer online bent.'),
  not_allowed: () => i18n._('Dat mag niet met uw rol. Vraag iemand die het wel mag, bijvoorbeeld de casusregisseur.'),
  invalid: () => i18n._('Er klopt iets niet in wat u hebt ingevuld of gekozen. Kijk het na en probeer het opnieuw.'),
  no_register_key: () => i18n._('Een organisatie heeft nog geen register. De compliance officer (FG) van die organisatie moet één keer aanmelden.'),
  register_key_changed: () => i18n._('Een organisatie heeft een andere registersleutel dan eerst. Daarom is er niets gedeeld. Vraag de compliance officer (FG) van die organisatie, niet via Beraad, of dat klopt.'),
  group_broken: () => i18n._('Dit kanaal werkt niet meer op dit apparaat. Laat de casusregisseur u uit het kanaal halen en weer toevoegen.'),
  no_longer_member: () => i18n._('U doet niet meer mee in dit kanaal. Vraag de casusregisseur om u weer toe te voegen.'),
  not_vouched_for: () => i18n._('Van een apparaat van een collega staat niet vast dat het echt van die collega is. Daarom is er niets verstuurd. Vraag de casusregisseur om die collega uit het kanaal te halen, en meld het aan de host als het zo blijft.'),
  no_device: () => i18n._('Een collega heeft nog geen apparaat aangemeld. Laat de collega eerst de eenmalige link openen en probeer het dan opnieuw.'),
  colleague_left: () => i18n._('Een collega werkt niet meer bij die organisatie. Kies iemand anders.'),
  added_again: () => i18n._('U bent intussen opnieuw aan dit kanaal toegevoegd. Doe het nog een keer.'),
};

/** What the worker and the browser name. */
const HERE: Readonly<Partial<Record<string, () => string>>> = {
  unreachable: SERVER.unavailable,
  wrong_key: () => i18n._('Deze wachtzin klopt niet. Let op hoofdletters en spaties en probeer het opnieuw.'),
  storage_missing: () => i18n._('Deze browser kan hier niets veilig bewaren. Gebruik een gewoon venster (geen privévenster) van een recente browser.'),
  storage_busy: () => i18n._('De gegevens zijn nog in gebruik door een ander tabblad. Sluit dat tabblad en probeer het opnieuw.'),
  storage_full: () => i18n._('Er is geen ruimte meer op dit apparaat. Maak ruimte en probeer het opnieuw.'),
  storage_failed: () => i18n._('De gegevens op dit apparaat zijn niet te lezen of te bewaren. Laad de pagina opnieuw; blijft het zo, meld het dan aan de beheerder.'),
  damaged: () => i18n._('De gegevens op dit apparaat zijn niet te lezen of te bewaren. Laad de pagina opnieuw; blijft het zo, meld het dan aan de beheerder.'),
  newer_version: SERVER.version_unsupported,
  server_keys: () => i18n._('De server heeft andere sleutels dan toen u aanmeldde. Stop en meld dit aan de beheerder: dit hoort niet te gebeuren.'),
  already_enrolled: () => i18n._('Deze browser is al aangemeld.'),
  locked: () => i18n._('Beraad is vergrendeld. Ontgrendel eerst.'),
};

function problemText(code: string): string {
  const words: Readonly<Partial<Record<string, () => string>>> = { ...LOCAL, ...SERVER, ...HERE };
  return words[code]?.() ?? i18n._('Er ging iets mis. Laad de pagina opnieuw en probeer het nog eens; blijft het zo, meld het dan aan de beheerder van uw organisatie. (code: {code})', { code });
}
