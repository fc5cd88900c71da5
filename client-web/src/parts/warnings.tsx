/** What a person has to know about the safety of what they read and write. */

import { i18n } from '@lingui/core';
import { channelHref } from '../app/route';
import type { Warning } from '../engine/contract';
import { useIntent } from '../engine/hooks';
import { inLanguage } from '../text/locale';
import { Button } from './button';
import { Notice } from './notice';

/** What happened once, and is put away when it was read. The others stand for as long as they are so. */
const PASSING: ReadonlySet<string> = new Set(['undecryptable', 'history_differs']);

/** `here` is the channel that is open: its own warnings need no way to it. */
export function Warnings({ warnings, here = null }: { warnings: readonly Warning[]; here?: string | null }) {
  return warnings.map((warning, index) => (
    <Notice key={`${warning.code}-${index}`} tone="danger" title={i18n._('Let op')}>
      <p>{inLanguage(warning)}</p>
      {warning.channel !== null && warning.channel !== here && <a href={channelHref(warning.channel)}>{i18n._('Naar het huishouden')}</a>}
      {PASSING.has(warning.code) && <PutAway warning={warning} />}
    </Notice>
  ));
}

function PutAway({ warning }: { warning: Warning }) {
  const { run, busy } = useIntent();
  return (
    <Button busy={busy} onPress={() => void run({ intent: 'dismiss_warning', code: warning.code, channel: warning.channel })}>
      {i18n._('Gelezen: zet weg')}
    </Button>
  );
}
