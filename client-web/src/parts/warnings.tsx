/** What a person has to know about the safety of what they read and write. */

import { i18n } from '@lingui/core';
import { channelHref } from '../app/route';
import type { Warning } from '../engine/contract';
import { inLanguage } from '../text/locale';
import { Notice } from './notice';

/** `here` is the channel that is open: its own warnings need no way to it. */
export function Warnings({ warnings, here = null }: { warnings: readonly Warning[]; here?: string | null }) {
  return warnings.map((warning, index) => (
    <Notice key={`${warning.code}-${index}`} tone="danger" title={i18n._('Let op')}>
      <p>{inLanguage(warning)}</p>
      {warning.channel !== null && warning.channel !== here && <a href={channelHref(warning.channel)}>{i18n._('Naar het huishouden')}</a>}
    </Notice>
  ));
}
