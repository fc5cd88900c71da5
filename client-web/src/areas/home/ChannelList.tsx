import { i18n } from '@lingui/core';
import { channelHref } from '../../app/route';
import type { ChannelSummary } from '../../engine/contract';
import { Badge } from '../../parts/page';
import { moment } from '../../text/time';

interface ChannelListProps {
  channels: readonly ChannelSummary[];
  current?: string | null;
  compact?: boolean;
}

export function ChannelList({ channels, current = null, compact = false }: ChannelListProps) {
  return (
    <ul className={compact ? 'channel-list compact' : 'channel-list'}>
      {channels.map((channel) => (
        <li key={channel.id}>
          <a href={channelHref(channel.id)} aria-current={channel.id === current ? 'page' : undefined}>
            <span className="channel-name">{nameOf(channel)}</span>
            {channel.unread > 0 && (
              <span className="unread">
                <span aria-hidden="true">{channel.unread}</span>
                <span className="visually-hidden">{i18n._('{count, plural, one {# ongelezen} other {# ongelezen}}', { count: channel.unread })}</span>
              </span>
            )}
            <span className="channel-code">{channel.case_code}</span>
            {!compact && <span className="channel-last">{moment(channel.last_at)}</span>}
            {channel.broken && !channel.left && !compact && (
              <Badge tone="danger" icon="alert">
                {i18n._('werkt niet meer op dit apparaat')}
              </Badge>
            )}
            {channel.left && !compact && <Badge icon="lock">{i18n._('alleen lezen: u doet niet meer mee')}</Badge>}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** What a household is called on screen; its code until the name was read. */
export function nameOf(channel: ChannelSummary): string {
  return channel.household_name === '' ? channel.case_code : channel.household_name;
}
