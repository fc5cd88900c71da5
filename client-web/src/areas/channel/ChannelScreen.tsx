import { i18n } from '@lingui/core';
import { useEffect, useRef } from 'react';
import { channelHref, type Panel } from '../../app/route';
import type { ChannelSummary, ChannelView, Me } from '../../engine/contract';
import { useHome, useView } from '../../engine/hooks';
import { Icon, type IconName } from '../../parts/icons';
import { Notice } from '../../parts/notice';
import { Badge, Shown, Title } from '../../parts/page';
import { Warnings } from '../../parts/warnings';
import { useSay } from '../../text/codes';
import { nameOf } from '../home/ChannelList';
import { AgendaPanel } from './agenda/AgendaPanel';
import { ConsentPanel } from './consent/ConsentPanel';
import { Conversation } from './Conversation';
import { MembersPanel } from './MembersPanel';
import { PeoplePanel } from './people/PeoplePanel';
import { SharePanel } from './share/SharePanel';

interface ChannelScreenProps {
  me: Me;
  channel: string;
  panel: Panel;
  item: string | null;
}

/** One household: the conversation, and beside it the panel that is open. */
export function ChannelScreen({ me, channel, panel, item }: ChannelScreenProps) {
  const seen = useView({ view: 'channel', channel });
  return (
    <Shown seen={seen}>
      {(view) => (
        <div className={panel === 'talk' ? 'channel' : 'channel with-panel'}>
          <Head view={view} panel={panel} />
          <div className="channel-talk">
            <Conversation key={channel} view={view} />
          </div>
          {panel !== 'talk' && (
            <div className="channel-panel" key={panel}>
              <OpenPanel view={view} me={me} panel={panel} item={item} />
            </div>
          )}
        </div>
      )}
    </Shown>
  );
}

/** What every panel is given. */
export interface PanelProps {
  view: ChannelView;
  me: Me;
  item: string | null;
}

function OpenPanel({ panel, ...rest }: PanelProps & { panel: Exclude<Panel, 'talk'> }) {
  switch (panel) {
    case 'agenda':
      return <AgendaPanel {...rest} />;
    case 'people':
      return <PeoplePanel {...rest} />;
    case 'consent':
      return <ConsentPanel {...rest} />;
    case 'share':
      return <SharePanel {...rest} />;
    case 'members':
      return <MembersPanel {...rest} />;
  }
}

function Head({ view, panel }: { view: ChannelView; panel: Panel }) {
  const say = useSay();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a narrow screen the row scrolls sideways: where one is has to be in sight.
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [panel]);
  const { summary } = view;
  return (
    <header className="channel-head">
      <div className="channel-title">
        <Title>{nameOf(summary)}</Title>
        <p className="small">
          {i18n._('Zaakcode {code}', { code: summary.case_code })} · {say('Framework', view.framework)}
          {view.my_role !== null && <> · {i18n._('u bent {role}', { role: say('ChannelRole', view.my_role).toLocaleLowerCase() })}</>}
        </p>
      </div>
      <Cautions channel={summary} />
      <nav ref={nav} className="panels" aria-label={i18n._('Onderdelen van dit huishouden')}>
        <ul>
          {panels(view).map(({ name, label, icon, count }) => (
            <li key={name}>
              <a href={channelHref(summary.id, name)} aria-current={name === panel ? 'page' : undefined}>
                <Icon name={icon} />
                <span>{label}</span>
                {count > 0 && <Badge>{count}</Badge>}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  );
}

/** Why reading or writing here is not as it should be. */
function Cautions({ channel }: { channel: ChannelSummary }) {
  const warnings = (useHome().view?.warnings ?? []).filter((warning) => warning.channel === null || warning.channel === channel.id);
  const told = warnings.some((warning) => warning.code === 'group_broken');
  if (warnings.length === 0 && !channel.broken && !channel.left) return null;
  return (
    <div className="cautions" tabIndex={0} role="region" aria-label={i18n._('Waarschuwingen')}>
      <Warnings warnings={warnings} here={channel.id} />
      {channel.broken && !told && (
        <Notice tone="danger" title={i18n._('Dit kanaal werkt niet meer op dit apparaat')}>
          <p>{i18n._('U kunt lezen wat u al had, maar niets meer toevoegen. Laat de casusregisseur u uit het kanaal halen en weer toevoegen.')}</p>
        </Notice>
      )}
      {channel.left && (
        <Notice tone="warning">
          <p>{i18n._('U doet hier niet meer mee. U kunt lezen wat u al had, maar niets meer toevoegen.')}</p>
        </Notice>
      )}
    </div>
  );
}

function panels(view: ChannelView): { name: Panel; label: string; icon: IconName; count: number }[] {
  return [
    { name: 'talk', label: i18n._('Gesprek'), icon: 'message', count: 0 },
    { name: 'agenda', label: i18n._('Overleg'), icon: 'list', count: view.conferences.filter(({ plan }) => plan.status === 'planned').length },
    { name: 'people', label: i18n._('Personen'), icon: 'people', count: view.persons.length },
    { name: 'consent', label: i18n._('Toestemming'), icon: 'shield', count: view.consents.length },
    { name: 'share', label: i18n._('Gedeeld'), icon: 'share', count: view.disclosures.length },
    { name: 'members', label: i18n._('Deelnemers'), icon: 'building', count: view.members.length },
  ];
}
