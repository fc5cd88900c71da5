import { i18n } from '@lingui/core';
import { useState } from 'react';
import { useEngine } from '../../engine/hooks';
import { forgetProfile } from '../../app/profile';
import { Button } from '../../parts/button';
import { Title } from '../../parts/page';

/** A browser that nobody has enrolled yet, or whose enrolment stopped half-way. */
export function Welcome({ unfinished = false }: { unfinished?: boolean }) {
  const { client } = useEngine();
  const [busy, setBusy] = useState(false);
  const beginAnew = async () => {
    setBusy(true);
    await client.call('wipe', null);
    forgetProfile();
    location.reload();
  };
  return (
    <>
      <Title>{unfinished ? i18n._('Aanmelden is nog niet af') : i18n._('Welkom')}</Title>
      <p>
        {unfinished
          ? i18n._('Open uw eenmalige link nog een keer in deze browser. Dan gaat het aanmelden verder.')
          : i18n._('Beraad is voor overleg tussen organisaties over de veiligheid van een huishouden. Deze browser is nog niet aangemeld.')}
      </p>
      <p>{i18n._('U krijgt een eenmalige link van de beheerder van uw organisatie. Open die link in deze browser.')}</p>
      {unfinished && (
        <Button busy={busy} onPress={() => void beginAnew()}>
          {i18n._('Opnieuw beginnen op dit apparaat')}
        </Button>
      )}
    </>
  );
}
