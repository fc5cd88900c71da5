import { i18n } from '@lingui/core';
import { useState, type SubmitEvent } from 'react';
import { useFormDraft } from '../../engine/draft';
import { useIntent } from '../../engine/hooks';
import { announce } from '../../parts/announce';
import { Button } from '../../parts/button';
import { DayInput, TextInput } from '../../parts/fields';
import { Notice, RefusalNotice } from '../../parts/notice';
import { Loading, Page } from '../../parts/page';
import { saveFile } from '../../parts/save';
import { endOf, startOf } from '../../text/time';
import { Waits } from '../channel/Waits';

interface Made {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
  exported: number;
  withheld: number;
}

interface Fields {
  purpose: string;
  basis: string;
  recipient: string;
  from: string | null;
  until: string | null;
}

/** Packs the register on this device, with the proofs that it is whole. */
export function ExportPackage() {
  const { run, busy, refusal } = useIntent();
  const draft = useFormDraft<Fields>('export/new', () => ({ purpose: '', basis: '', recipient: '', from: null, until: null }));
  const [touched, setTouched] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  if (draft.value === null) return <Loading />;
  const { purpose, basis, recipient, from, until } = draft.value;
  const reversed = from !== null && until !== null && until < from;
  const lacks = (text: string) => (touched && text.trim() === '' ? i18n._('Vul dit in.') : null);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTouched(true);
    if (busy || reversed || [purpose, basis, recipient].some((text) => text.trim() === '')) return;
    const answer = await run({
      intent: 'export_package',
      purpose: purpose.trim(),
      legal_basis: basis.trim(),
      recipient: recipient.trim(),
      from: from === null ? null : startOf(from),
      until: until === null ? null : endOf(until),
    });
    if (answer?.reply.reply !== 'package') return;
    const { file_name, exported, withheld } = answer.reply;
    const bytes = answer.bytes ?? new Uint8Array(answer.reply.bytes);
    draft.release();
    setMade({ name: file_name, bytes, exported, withheld });
    saveFile(file_name, new Blob([bytes], { type: 'application/zip' }));
    announce(i18n._('Het pakket is gemaakt en bewaard.'));
  };
  return (
    <Page
      title={i18n._('Exporteren')}
      intro={i18n._('Het pakket wordt op dit apparaat gemaakt. De server ziet de inhoud niet.')}
      back={{ href: '#/register', label: i18n._('Register') }}
      narrow
    >
      {made !== null && (
        <Notice tone="good" title={i18n._('Het pakket is gemaakt')}>
          <p>{i18n._('{count, plural, one {# registratie zit erin.} other {# registraties zitten erin.}}', { count: made.exported })}</p>
          {made.withheld > 0 && <p>{i18n._('{count, plural, one {# registratie staat er alleen als nummer in.} other {# registraties staan er alleen als nummer in.}}', { count: made.withheld })}</p>}
          <p>{i18n._('De ontvanger kan het zonder internet nakijken met: {command}', { command: `beraad verify ${made.name}` })}</p>
          <Button icon="download" onPress={() => saveFile(made.name, new Blob([made.bytes], { type: 'application/zip' }))}>
            {i18n._('Bewaar nog een keer')}
          </Button>
        </Notice>
      )}
      <form className="form" onSubmit={(event) => void submit(event)}>
        <TextInput label={i18n._('Waarvoor is de export?')} hint={i18n._('Bijvoorbeeld: controle door de toezichthouder.')} value={purpose} onChange={(next) => draft.set({ purpose: next })} fault={lacks(purpose)} required />
        <TextInput label={i18n._('Op welke grond?')} hint={i18n._('Bijvoorbeeld: artikel 58 AVG.')} value={basis} onChange={(next) => draft.set({ basis: next })} fault={lacks(basis)} required />
        <TextInput label={i18n._('Voor wie?')} value={recipient} onChange={(next) => draft.set({ recipient: next })} fault={lacks(recipient)} required />
        <div className="pair">
          <DayInput label={i18n._('Van')} hint={i18n._('Leeg: vanaf het begin')} required={false} value={from} onChange={(next) => draft.set({ from: next })} />
          <DayInput
            label={i18n._('Tot en met')}
            hint={i18n._('Leeg: tot nu')}
            required={false}
            value={until}
            onChange={(next) => draft.set({ until: next })}
            fault={reversed ? i18n._('Deze dag ligt voor de eerste dag.') : null}
          />
        </div>
        <RefusalNotice refusal={refusal} />
        <Waits busy={busy} />
        {busy && <Loading label={i18n._('Het pakket wordt gemaakt: registraties en bewijzen worden verzameld en nagekeken. Dit kan even duren…')} />}
        <div className="actions">
          <Button kind="primary" icon="download" type="submit" busy={busy}>
            {i18n._('Maak het pakket')}
          </Button>
        </div>
      </form>
    </Page>
  );
}
