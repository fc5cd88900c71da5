import { i18n } from '@lingui/core';
import { useState } from 'react';
import type { AgendaDraft, AgendaItemView, ChannelView, Me } from '../../../engine/contract';
import { useIntent } from '../../../engine/hooks';
import { announce } from '../../../parts/announce';
import { Button } from '../../../parts/button';
import { Dialog } from '../../../parts/dialog';
import { Notice, RefusalNotice } from '../../../parts/notice';
import { Badge } from '../../../parts/page';
import { moment } from '../../../text/time';
import { Content } from './Content';
import { mainText } from './kinds';
import { ItemForm } from './ItemForm';

interface AgendaItemProps {
  item: AgendaItemView;
  conference: string;
  view: ChannelView;
  me: Me;
  writable: boolean;
}

export function AgendaItem({ item, conference, view, me, writable }: AgendaItemProps) {
  const [editing, setEditing] = useState<'plain' | 'merge' | null>(null);
  const title = mainText(item.draft.content);
  if (editing !== null) {
    return (
      <li className="item">
        <ItemForm view={view} me={me} conference={conference} existing={item} section={null} merging={editing === 'merge'} onClose={() => setEditing(null)} />
      </li>
    );
  }
  return (
    <li className="item">
      {/* In a conflict it stands among the versions. */}
      {item.alternatives.length === 0 && <Content content={item.draft.content} members={view.members} />}
      <p className="item-foot small">
        {i18n._('{name}, {when}', { name: item.by === me.user ? i18n._('U') : item.by_name, when: moment(item.at) })}
        {item.waiting && (
          <>
            {' '}
            <Badge tone="info" icon="clock">
              {i18n._('wacht op verzenden')}
            </Badge>
          </>
        )}
      </p>
      {item.alternatives.length > 0 && (
        <Conflict item={item} conference={conference} view={view} me={me} writable={writable} onMerge={() => setEditing('merge')} />
      )}
      {writable && item.alternatives.length === 0 && (
        <div className="item-tools">
          <Button kind="quiet" icon="edit" onPress={() => setEditing('plain')} aria-label={i18n._('Wijzig: {title}', { title })}>
            {i18n._('Wijzig')}
          </Button>
          <RemoveItem item={item} channel={view.summary.id} title={title} />
        </div>
      )}
    </li>
  );
}

function RemoveItem({ item, channel, title }: { item: AgendaItemView; channel: string; title: string }) {
  const { run, busy, refusal } = useIntent();
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    const done = await run({ intent: 'remove_agenda_item', channel, item: item.id, base: item.version });
    if (done === null) return;
    setAsking(false);
    announce(i18n._('Het agendapunt is weggehaald.'));
  };
  return (
    <>
      <Button kind="quiet" icon="cross" onPress={() => setAsking(true)} aria-label={i18n._('Haal weg: {title}', { title })}>
        {i18n._('Haal weg')}
      </Button>
      <Dialog title={i18n._('Dit agendapunt weghalen?')} open={asking} onClose={() => setAsking(false)} alert>
        <p>{title}</p>
        <RefusalNotice refusal={refusal} />
        <div className="actions">
          <Button onPress={() => setAsking(false)}>{i18n._('Annuleer')}</Button>
          <Button kind="danger" busy={busy} onPress={() => void remove()}>
            {i18n._('Haal weg')}
          </Button>
        </div>
      </Dialog>
    </>
  );
}

/** Two or more versions beside each other; one click keeps one, or the form makes one of them. */
function Conflict({ item, conference, view, me, writable, onMerge }: AgendaItemProps & { onMerge: () => void }) {
  const { run, busy, refusal } = useIntent();
  const choose = async (draft: AgendaDraft) => {
    const done = await run({
      intent: 'put_agenda_item',
      channel: view.summary.id,
      conference,
      item: item.id,
      base: item.version,
      settles: item.alternatives.map(({ event }) => event),
      draft,
    });
    if (done !== null) announce(i18n._('De gekozen versie staat op de agenda.'));
  };
  const versions = [
    { key: 'standing', by: item.by, by_name: item.by_name, at: item.at, draft: item.draft },
    ...item.alternatives.map((each) => ({ key: each.event, ...each })),
  ];
  return (
    <Notice tone="warning" title={i18n._('Dit is tegelijk gewijzigd. Beide versies zijn bewaard. Kies er een, of voeg ze samen.')}>
      <ul className="versions">
        {versions.map((version) => {
          const whose = version.by === me.user ? i18n._('Versie van u') : i18n._('Versie van {name}', { name: version.by_name });
          return (
            <li key={version.key} className="version">
              <p className="small">
                <strong>{whose}</strong>, {moment(version.at)}
              </p>
              <Content content={version.draft.content} members={view.members} />
              {writable && (
                <Button busy={busy} onPress={() => void choose(version.draft)} aria-label={i18n._('Kies deze: {whose}', { whose })}>
                  {i18n._('Kies deze')}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {writable && <Button onPress={onMerge}>{i18n._('Voeg samen')}</Button>}
      <RefusalNotice refusal={refusal} />
    </Notice>
  );
}
