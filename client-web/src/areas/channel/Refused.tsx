/** Own words that were not taken in: why not, to try again, to change or to throw away. */

import { i18n } from '@lingui/core';
import type { Refusal, TimelineEntry } from '../../engine/contract';
import { useIntent } from '../../engine/hooks';
import { Button } from '../../parts/button';
import { BlockList, RefusalNotice } from '../../parts/notice';
import { Badge } from '../../parts/page';
import { refusalText } from '../../text/refusal';

interface RefusedProps {
  refusal: Refusal;
  busy?: boolean;
  onRetry: () => void;
  onDrop: () => void;
  /** Takes the words back to where they were written; null when there is something else already. */
  onEdit: (() => void) | null;
}

export function Refused({ refusal, busy = false, onRetry, onDrop, onEdit }: RefusedProps) {
  return (
    <div className="rejected">
      <Badge tone="danger" icon="stop">
        {i18n._('niet verstuurd')}
      </Badge>
      {refusal.refused_by === 'rules' ? <BlockList blocks={refusal.blocks} /> : <p>{refusalText(refusal)}</p>}
      <div className="actions">
        <Button busy={busy} onPress={onRetry}>
          {i18n._('Opnieuw')}
        </Button>
        {onEdit !== null && (
          <Button kind="quiet" icon="edit" onPress={onEdit}>
            {i18n._('Wijzig')}
          </Button>
        )}
        <Button kind="quiet" icon="cross" onPress={onDrop}>
          {i18n._('Weggooien')}
        </Button>
      </div>
    </div>
  );
}

/** The same for what the engine keeps. */
export function RefusedEntry({ entry, onEdit }: { entry: TimelineEntry; onEdit: ((text: string) => void) | null }) {
  const { run, busy, refusal } = useIntent();
  const why = entry.refused;
  if (why === null) return null;
  const act = (intent: 'retry_refused' | 'drop_refused') => run({ intent, key: entry.key });
  const text = entry.what.kind === 'message' ? entry.what.text : null;
  const edit = () => {
    void act('drop_refused').then((done) => {
      if (done !== null && text !== null) onEdit?.(text);
    });
  };
  return (
    <>
      <Refused refusal={why} busy={busy} onRetry={() => void act('retry_refused')} onDrop={() => void act('drop_refused')} onEdit={onEdit === null || text === null ? null : edit} />
      <RefusalNotice refusal={refusal} />
    </>
  );
}
