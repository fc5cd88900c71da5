/** Refusals in plain words. Those of the rules bring their own; the others are said here, by code. */

import { i18n } from '@lingui/core';
import type { LocalCode, Refusal } from '../engine/contract';
import { CallError } from '../engine/rpc';
import { inLanguage, language } from './locale';

export function refusalText(refusal: Refusal): string {
  switch (refusal.refused_by) {
    case 'rules':
      return refusal.blocks.map(inLanguage).join(' ');
    case 'server':
      return problemText(refusal.problem.code, refusal.problem.detail);
    case 'local':
      return localText(refusal.code, refusal.detail);
  }
}

/** A problem the server named, in plain words. */
export function problemWords(code: string): string {
  return problemText(code, '');
}

/** What a failed call means for the person at the screen. */
export function errorText(error: CallError): string {
  return problemText(error.code, error.message);
}

function problemText(code: string, detail: string): string {
  switch (code) {
    case 'too_large':
      return i18n._('Dit is te veel in één keer. Stuur minder tegelijk.');
    case 'unauthenticated':
      return i18n._('Dit apparaat is niet meer aangemeld. Vraag de beheerder van uw organisatie om een nieuwe link.');
    case 'forbidden':
      return i18n._('Dat mag niet met uw rol. Vraag iemand die het wel mag.');
    case 'not_found':
      return i18n._('Dit bestaat niet meer, of u doet er niet (meer) aan mee.');
    case 'link_used':
      return i18n._('Deze link bestaat niet of is al gebruikt. Vraag de beheerder van uw organisatie om een nieuwe.');
    case 'link_expired':
      return i18n._('Deze link is verlopen. Vraag de beheerder van uw organisatie om een nieuwe.');
    case 'no_register_key':
      return i18n._('Een organisatie heeft nog geen register. De compliance officer (FG) van die organisatie moet één keer aanmelden.');
    case 'no_key_package':
      return i18n._('Een collega is met geen enkel apparaat bereikbaar. Laat de collega Beraad één keer openen en probeer het dan opnieuw.');
    case 'rate_limited':
      return i18n._('Dit ging te vaak achter elkaar. Wacht een minuut en probeer het dan opnieuw.');
    case 'version_unsupported':
      return i18n._('Er is een nieuwe versie van Beraad. Laad de pagina opnieuw.');
    case 'unavailable':
    case 'unreachable':
      return i18n._('De server is nu niet bereikbaar. Er is niets verloren. Probeer het zo opnieuw.');
    case 'internal':
      return i18n._('Er ging iets mis op de server. Er is niets verloren. Probeer het opnieuw; blijft het zo, meld het dan aan de host.');
    case 'wrong_key':
      return i18n._('Deze wachtzin klopt niet. Let op hoofdletters en spaties en probeer het opnieuw.');
    case 'storage_missing':
      return i18n._('Deze browser kan hier niets veilig bewaren. Gebruik een gewoon venster (geen privévenster) van een recente browser.');
    case 'storage_busy':
      return i18n._('De gegevens zijn nog in gebruik door een ander tabblad. Sluit dat tabblad en probeer het opnieuw.');
    case 'storage_full':
      return i18n._('Er is geen ruimte meer op dit apparaat. Maak ruimte en probeer het opnieuw.');
    case 'storage_failed':
    case 'damaged':
      return i18n._('De gegevens op dit apparaat zijn niet te lezen of te bewaren. Laad de pagina opnieuw; blijft het zo, meld het dan aan de beheerder.');
    case 'newer_version':
      return i18n._('Er is een nieuwe versie van Beraad. Laad de pagina opnieuw.');
    case 'server_keys':
      return i18n._('De server heeft andere sleutels dan toen u aanmeldde. Stop en meld dit aan de beheerder: dit hoort niet te gebeuren.');
    case 'already_enrolled':
      return i18n._('Deze browser is al aangemeld.');
    case 'locked':
      return i18n._('Beraad is vergrendeld. Ontgrendel eerst.');
    default:
      return i18n._('Er ging iets mis: {detail}', { detail });
  }
}

function localText(code: LocalCode, detail: string): string {
  const plain: Partial<Record<LocalCode, string>> = {
    not_enrolled: i18n._('Dit apparaat is nog niet aangemeld.'),
    unknown_thing: i18n._('Dit staat niet op dit apparaat.'),
    offline: i18n._('Dit kan alleen met een verbinding. Probeer het opnieuw zodra u weer online bent.'),
    not_allowed: i18n._('Dat mag niet met uw rol.'),
    no_register_key: i18n._('Een organisatie heeft nog geen register. De compliance officer (FG) van die organisatie moet één keer aanmelden.'),
    group_broken: i18n._('Dit kanaal is niet meer te gebruiken. Het moet opnieuw worden opgezet.'),
  };
  const text = plain[code];
  if (text === undefined) return i18n._('Er ging iets mis: {detail}', { detail });
  // The engine's own words say more, but only in English.
  return language() === 'en' && detail !== '' ? detail : text;
}
