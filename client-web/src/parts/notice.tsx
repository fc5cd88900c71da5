/** Messages on the page: never by colour alone, always with what to do. */

import { i18n } from '@lingui/core';
import type { ReactNode } from 'react';
import type { Block, Refusal } from '../engine/contract';
import { refusalText } from '../text/refusal';
import { inLanguage } from '../text/locale';
import { Icon, type IconName } from './icons';

export type Tone = 'info' | 'good' | 'warning' | 'danger';

const SIGNS: Record<Tone, IconName> = { info: 'info', good: 'check', warning: 'alert', danger: 'stop' };

interface NoticeProps {
  tone?: Tone;
  title?: ReactNode;
  children?: ReactNode;
  /** Read out when it appears: `alert` at once, `status` when there is a pause. */
  live?: 'alert' | 'status';
}

export function Notice({ tone = 'info', title, children, live }: NoticeProps) {
  return (
    <div className={`notice ${tone}`} role={live}>
      <Icon name={SIGNS[tone]} />
      <div className="notice-body">
        {title !== undefined && <p className="notice-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}

/** Why something was not done, and the way out. */
export function RefusalNotice({ refusal }: { refusal: Refusal | null }) {
  if (refusal === null) return null;
  if (refusal.refused_by === 'rules') {
    return (
      <Notice tone="danger" live="alert" title={i18n._('Dit kan zo niet. Er is niets verstuurd.')}>
        <BlockList blocks={refusal.blocks} />
      </Notice>
    );
  }
  return (
    <Notice tone="danger" live="alert" title={i18n._('Dit is niet gelukt.')}>
      <p>{refusalText(refusal)}</p>
    </Notice>
  );
}

/** Rules that stand in the way, each with its ways out. */
export function BlockList({ blocks }: { blocks: readonly Block[] }) {
  return (
    <ul className="blocks">
      {blocks.map((block, index) => (
        <li key={`${index}-${block.code}`}>
          <p>
            {inLanguage(block)}
            {block.rule > 0 && <span className="small"> ({i18n._('regel {rule}', { rule: block.rule })})</span>}
          </p>
          {block.ways_out.length > 0 && (
            <ul className="ways-out">
              {block.ways_out.map((way) => (
                <li key={way.code}>{inLanguage(way)}</li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}
