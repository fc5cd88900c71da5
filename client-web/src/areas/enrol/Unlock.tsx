import { i18n } from '@lingui/core';
import { useState, type SubmitEvent } from 'react';
import { forgetProfile, recallProfile } from '../../app/profile';
import { useEngine } from '../../engine/hooks';
import { asCallError } from '../../engine/rpc';
import { Button } from '../../parts/button';
import { Dialog } from '../../parts/dialog';
import { TextInput } from '../../parts/fields';
import { Title } from '../../parts/page';
import { errorText } from '../../text/refusal';

/** Opens the database with the passphrase. */
export function Unlock() {
  const { client } = useEngine();
  const [passphrase, setPassphrase] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [forgotten, setForgotten] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const profile = recallProfile();
    if (profile === null || busy) return;
    setBusy(true);
    setFault(null);
    try {
      await client.call('open', { profile, passphrase });
    } catch (thrown) {
      setFault(errorText(asCallError(thrown)));
      setBusy(false);
    }
  };
  return (
    <>
      <Title>{i18n._('Ontgrendelen')}</Title>
      <p>{i18n._('De gegevens op dit apparaat zijn versleuteld met uw wachtzin.')}</p>
      <form onSubmit={(event) => void submit(event)} className="form">
        <TextInput
          label={i18n._('Wachtzin')}
          type="password"
          autoComplete="current-password"
          value={passphrase}
          onChange={setPassphrase}
          fault={fault}
          required
        />
        <Button kind="primary" type="submit" busy={busy}>
          {busy ? i18n._('Bezig met ontgrendelen…') : i18n._('Ontgrendel')}
        </Button>
        <Button kind="quiet" onPress={() => setForgotten(true)}>
          {i18n._('Wachtzin vergeten?')}
        </Button>
      </form>
      <Forgotten open={forgotten} onClose={() => setForgotten(false)} />
    </>
  );
}

function Forgotten({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { client } = useEngine();
  const [busy, setBusy] = useState(false);
  const wipe = async () => {
    setBusy(true);
    await client.call('wipe', null);
    forgetProfile();
    location.reload();
  };
  return (
    <Dialog title={i18n._('Wachtzin vergeten')} open={open} onClose={onClose}>
      <p>{i18n._('Niemand kan uw wachtzin terughalen, ook de beheerder niet. Zonder wachtzin zijn de gegevens op dit apparaat niet te lezen.')}</p>
      <p>{i18n._('Vraag de beheerder van uw organisatie om een nieuwe link. Maak daarna dit apparaat leeg en open de link. Uw collega’s kunnen u weer aan de huishoudens toevoegen; wat eerder is besproken, komt niet terug op dit apparaat.')}</p>
      <div className="actions">
        <Button onPress={onClose}>{i18n._('Terug')}</Button>
        <Button kind="danger" busy={busy} onPress={() => void wipe()}>
          {i18n._('Maak dit apparaat leeg')}
        </Button>
      </div>
    </Dialog>
  );
}
