import { i18n } from '@lingui/core';
import type { Conference, ParticipationStatus, PersonnelView } from '../../engine/contract';
import type { IconName } from '../../parts/icons';
import { Badge } from '../../parts/page';
import { useSay } from '../../text/codes';
import { moment } from '../../text/time';

const SIGNS: Record<ParticipationStatus, { icon: IconName; tone: 'good' | 'warning' | 'danger' | 'plain' }> = {
  ACCEPTED: { icon: 'check', tone: 'good' },
  TENTATIVE: { icon: 'info', tone: 'warning' },
  DECLINED: { icon: 'cross', tone: 'danger' },
  'NEEDS-ACTION': { icon: 'clock', tone: 'plain' },
};

/** Who replied what. */
export function Replies({ conference, people }: { conference: Conference; people: readonly PersonnelView[] }) {
  return (
    <details>
      <summary>{i18n._('Antwoorden')}</summary>
      <ul className="rows">
        {conference.invitations.map(({ user, status, replied_at }) => {
          const person = people.find((each) => each.id === user);
          return (
            <li key={user} className="row">
              <p>
                {person?.name ?? i18n._('onbekend')} <span className="small">{person?.function}</span>
                {replied_at !== null && <span className="small block">{moment(replied_at)}</span>}
              </p>
              <ReplyBadge status={status} />
            </li>
          );
        })}
      </ul>
    </details>
  );
}

export function ReplyBadge({ status }: { status: ParticipationStatus }) {
  const say = useSay();
  return <Badge {...SIGNS[status]}>{say('ParticipationStatus', status)}</Badge>;
}
