import { i18n } from '@lingui/core';
import { useState } from 'react';
import { useEngine } from '../../engine/hooks';
import { asCallError } from '../../engine/rpc';
import { Button } from '../../parts/button';
import { saveFile } from '../../parts/save';
import { errorText } from '../../text/refusal';

/** Downloads the neutral calendar item: it names nobody and nothing. */
export function Calendar({ conference, code }: { conference: string; code: string }) {
  const { client } = useEngine();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const download = async () => {
    setBusy(true);
    setFault(null);
    try {
      const { text } = await client.call('calendar', { conference });
      saveFile('beraad.ics', new Blob([text], { type: 'text/calendar' }));
    } catch (thrown) {
      setFault(errorText(asCallError(thrown)));
    }
    setBusy(false);
  };
  return (
    <>
      <Button kind="quiet" icon="download" busy={busy} onPress={() => void download()} aria-label={i18n._('In uw agenda (.ics): {code}', { code })}>
        {i18n._('In uw agenda (.ics)')}
      </Button>
      {fault !== null && (
        <span className="fault" role="alert">
          {fault}
        </span>
      )}
    </>
  );
}
