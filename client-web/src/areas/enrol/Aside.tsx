import { i18n } from '@lingui/core';
import { useState } from 'react';
import { useEngine } from '../../engine/hooks';
import { Button } from '../../parts/button';
import { Title } from '../../parts/page';

/** Another tab has the database. */
export function Elsewhere() {
  const { client } = useEngine();
  const [asked, setAsked] = useState(false);
  return (
    <>
      <Title>{i18n._('Beraad is open in een ander tabblad')}</Title>
      <p>{i18n._('Er kan maar één tabblad tegelijk in de gegevens werken. Sluit u het andere tabblad, dan gaat het hier vanzelf verder.')}</p>
      <Button
        kind="primary"
        busy={asked}
        onPress={() => {
          setAsked(true);
          client.call('take_over', null).catch((error: unknown) => reportError(error));
        }}
      >
        {i18n._('Hier verdergaan')}
      </Button>
      <p className="small">{i18n._('Het andere tabblad wordt dan vergrendeld. Wat daar is getypt, blijft bewaard.')}</p>
    </>
  );
}

/** The engine stopped. */
export function Stopped({ detail }: { detail: string }) {
  return (
    <>
      <Title>{i18n._('Beraad is gestopt')}</Title>
      <p>{i18n._('Er ging iets mis in dit tabblad. Wat verstuurd of bewaard was, is er nog. Laad de pagina opnieuw.')}</p>
      <Button kind="primary" onPress={() => location.reload()}>
        {i18n._('Opnieuw laden')}
      </Button>
      <details className="small">
        <summary>{i18n._('Technische uitleg')}</summary>
        <p>{detail}</p>
      </details>
    </>
  );
}
