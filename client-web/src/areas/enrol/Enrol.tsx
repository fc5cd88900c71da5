import { i18n } from '@lingui/core';
import { useEffect, useState, type SubmitEvent } from 'react';
import { dropLinkToken } from '../../app/navigation';
import { drawProfile, forgetProfile, keepProfile, recallProfile } from '../../app/profile';
import type { LinkPreview } from '../../engine/contract';
import { useEngine, usePhase } from '../../engine/hooks';
import { asCallError, type CallError } from '../../engine/rpc';
import { Button } from '../../parts/button';
import { Dialog } from '../../parts/dialog';
import { TextInput } from '../../parts/fields';
import { Notice } from '../../parts/notice';
import { Facts, Loading, Title } from '../../parts/page';
import { errorText } from '../../text/refusal';
import { moment } from '../../text/time';
import { SHORTEST, strengthOf, type Strength } from './strength';

type Step = 'ready' | 'key' | 'device';

/** Makes this browser a device of the person whose link it was opened with. */
export function Enrol({ token }: { token: string }) {
  const { client } = useEngine();
  const [preview, setPreview] = useState<LinkPreview | null>(null);
  const [error, setError] = useState<CallError | null>(null);
  const phase = usePhase();
  useEffect(() => {
    let current = true;
    client.call('preview', { token }).then(
      (found) => current && setPreview(found),
      (thrown: unknown) => current && setError(asCallError(thrown)),
    );
    return () => {
      current = false;
    };
  }, [client, token]);
  if (phase.phase === 'open' && phase.enrolled) return <AlreadyEnrolled />;
  if (error !== null) {
    return (
      <>
        <Title>{i18n._('Deze link werkt niet')}</Title>
        <Notice tone="danger" live="alert">
          <p>{errorText(error)}</p>
        </Notice>
        <Button onPress={dropLinkToken}>{i18n._('Verder zonder link')}</Button>
      </>
    );
  }
  if (preview === null) return <Loading label={i18n._('De link wordt bekeken…')} />;
  return <Enrolling token={token} preview={preview} />;
}

function AlreadyEnrolled() {
  return (
    <>
      <Title>{i18n._('Deze browser is al aangemeld')}</Title>
      <p>{i18n._('Een browserprofiel hoort bij één persoon. Open de link in een ander browserprofiel of op een ander apparaat.')}</p>
      <Button kind="primary" onPress={dropLinkToken}>
        {i18n._('Verder zonder link')}
      </Button>
    </>
  );
}

function Enrolling({ token, preview }: { token: string; preview: LinkPreview }) {
  const { client } = useEngine();
  const [existing, setExisting] = useState(() => recallProfile());
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [touched, setTouched] = useState(false);
  const [step, setStep] = useState<Step>('ready');
  const [error, setError] = useState<CallError | null>(null);
  const [asking, setAsking] = useState(false);
  const busy = step !== 'ready';
  const strength = strengthOf(passphrase);
  const differs = existing === null && again !== passphrase;

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTouched(true);
    if (busy || (existing === null && (strength === 'short' || differs))) return;
    setError(null);
    try {
      setStep('key');
      const profile = existing ?? drawProfile();
      if (client.phase.phase !== 'open') {
        // Without this the browser may clear the database when the disk is full; it may also refuse to promise.
        await navigator.storage.persist().catch(() => false);
        await client.call('open', { profile, passphrase });
        keepProfile(profile);
        setExisting(profile);
      }
      if (client.phase.phase === 'open' && client.phase.enrolled) return;
      setStep('device');
      await client.call('enrol', { token });
      dropLinkToken();
    } catch (thrown) {
      setError(asCallError(thrown));
      setStep('ready');
    }
  };

  return (
    <>
      <Title>{i18n._('Aanmelden op dit apparaat')}</Title>
      <p>{i18n._('Deze link is voor:')}</p>
      <Facts
        facts={[
          [i18n._('Naam'), preview.name],
          [i18n._('Functie'), preview.function],
          [i18n._('Organisatie'), preview.organisation],
          [i18n._('Geldig tot'), moment(preview.expires_at)],
        ]}
      />
      <p className="small">{i18n._('Bent u dit niet? Sluit dan dit venster en vertel het degene van wie u de link kreeg.')}</p>
      <form className="form" onSubmit={(event) => void submit(event)}>
        {existing === null ? (
          <>
            <TextInput
              label={i18n._('Kies een wachtzin')}
              hint={i18n._('Minstens {shortest} tekens. Vier of meer losse woorden zijn goed te onthouden. U hebt de wachtzin nodig telkens als u Beraad opent; niemand kan hem terughalen.', { shortest: SHORTEST })}
              type="password"
              autoComplete="new-password"
              value={passphrase}
              onChange={setPassphrase}
              fault={touched && strength === 'short' ? i18n._('Deze wachtzin is te kort: gebruik minstens {shortest} tekens.', { shortest: SHORTEST }) : null}
              required
            />
            <StrengthHint strength={strength} empty={passphrase === ''} />
            <TextInput
              label={i18n._('Herhaal de wachtzin')}
              type="password"
              autoComplete="new-password"
              value={again}
              onChange={setAgain}
              fault={touched && differs ? i18n._('De twee wachtzinnen zijn niet gelijk.') : null}
              required
            />
          </>
        ) : (
          <>
            <Notice>
              <p>{i18n._('Op dit apparaat staan al gegevens van Beraad. Vul de wachtzin daarvan in.')}</p>
            </Notice>
            <TextInput
              label={i18n._('Wachtzin')}
              type="password"
              autoComplete="current-password"
              value={passphrase}
              onChange={setPassphrase}
              required
            />
          </>
        )}
        {error !== null && (
          <Notice tone="danger" live="alert" title={i18n._('Aanmelden is niet gelukt.')}>
            <p>{errorText(error)}</p>
          </Notice>
        )}
        <Button kind="primary" type="submit" busy={busy}>
          {i18n._('Meld dit apparaat aan')}
        </Button>
        {busy && <Loading label={step === 'key' ? i18n._('Stap 1 van 2: sleutel maken. Dit duurt een paar tellen…') : i18n._('Stap 2 van 2: apparaat aanmelden…')} />}
        {existing !== null && !busy && (
          <Button kind="quiet" onPress={() => setAsking(true)}>
            {i18n._('Wis wat er op dit apparaat staat en begin opnieuw')}
          </Button>
        )}
      </form>
      <StartAnew
        open={asking}
        onClose={() => setAsking(false)}
        onWiped={() => {
          setAsking(false);
          setExisting(null);
          setPassphrase('');
          setTouched(false);
          setError(null);
        }}
      />
    </>
  );
}

/** Asks before anything is lost; keeping it is what happens by itself. */
function StartAnew({ open, onClose, onWiped }: { open: boolean; onClose: () => void; onWiped: () => void }) {
  const { client } = useEngine();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const wipe = async () => {
    setBusy(true);
    setError(null);
    try {
      await client.call('wipe', null);
      forgetProfile();
      onWiped();
    } catch (thrown) {
      setError(asCallError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={i18n._('Alles op dit apparaat wissen?')} open={open} onClose={onClose} alert>
      <p>{i18n._('Op dit apparaat staan al gegevens van Beraad, misschien van iemand anders. Wist u ze, dan is alle geschiedenis op dit apparaat voorgoed weg: gesprekken, agenda’s en wat nog niet is verstuurd. Niemand kan ze terughalen.')}</p>
      <p>{i18n._('Uw collega’s kunnen u daarna weer aan de huishoudens toevoegen; wat eerder is besproken, komt niet terug op dit apparaat.')}</p>
      {error !== null && (
        <Notice tone="danger" live="alert">
          <p>{errorText(error)}</p>
        </Notice>
      )}
      <div className="actions">
        <Button kind="primary" autoFocus onPress={onClose}>
          {i18n._('Bewaar de gegevens')}
        </Button>
        <Button kind="danger" busy={busy} onPress={() => void wipe()}>
          {i18n._('Wis alles en begin opnieuw')}
        </Button>
      </div>
    </Dialog>
  );
}

function StrengthHint({ strength, empty }: { strength: Strength; empty: boolean }) {
  const words: Record<Strength, string> = {
    short: i18n._('nog te kort'),
    weak: i18n._('zwak: gebruik meer verschillende tekens of woorden'),
    fair: i18n._('redelijk'),
    strong: i18n._('sterk'),
  };
  const level: Record<Strength, number> = { short: 1, weak: 2, fair: 3, strong: 4 };
  return (
    <p className="small strength" aria-live="polite">
      <meter min={0} max={4} low={2.5} high={3.5} optimum={4} value={empty ? 0 : level[strength]} aria-label={i18n._('Sterkte van de wachtzin')} />
      {!empty && i18n._('Sterkte: {strength}', { strength: words[strength] })}
    </p>
  );
}
