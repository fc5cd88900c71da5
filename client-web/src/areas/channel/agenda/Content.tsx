import { i18n } from '@lingui/core';
import type { AgendaContent, MemberView } from '../../../engine/contract';
import { Badge, Facts } from '../../../parts/page';
import { useSay } from '../../../text/codes';
import { civil, today } from '../../../text/time';
import { typeLabel } from './kinds';

/** An agenda item as it reads. */
export function Content({ content, members }: { content: AgendaContent; members: readonly MemberView[] }) {
  const say = useSay();
  switch (content.type) {
    case 'topic':
      return (
        <>
          <p className="item-title">{content.title}</p>
          {content.notes !== '' && <p className="prose">{content.notes}</p>}
        </>
      );
    case 'danger_statement':
      return (
        <>
          <Kind type={content.type} />
          <p className="item-title">{content.danger}</p>
          <Facts
            facts={[
              [i18n._('Wie maakt zich zorgen'), content.who_worries],
              [i18n._('Gevolgen'), content.impact],
              [i18n._('Wie ziet het anders'), content.disputed],
            ]}
          />
        </>
      );
    case 'safety_goal':
      return (
        <>
          <Kind type={content.type} />
          <p className="item-title">{content.goal}</p>
          <Facts facts={[[i18n._('Hoe lang'), content.how_long]]} />
        </>
      );
    case 'agreement':
      return (
        <>
          <Kind type={content.type} />
          <p className="item-title">
            {content.who}: {content.what}
          </p>
          <Facts
            facts={[
              [i18n._('Wanneer'), content.when],
              [i18n._('Lukt het niet, dan'), content.if_then],
              [i18n._('Wie let erop'), content.checked_by],
            ]}
          />
        </>
      );
    case 'scale':
      return (
        <>
          <Kind type={content.type} />
          <p className="item-title">
            {i18n._('{rater} geeft een {value}', { rater: content.rater, value: content.value })}
          </p>
          <meter className="scale" min={0} max={10} value={content.value} aria-label={i18n._('Veiligheidscijfer')} />
          <Facts
            facts={[
              [i18n._('Waarom dit cijfer'), content.why],
              [i18n._('Op'), civil(content.on)],
            ]}
          />
        </>
      );
    case 'action': {
      const owner = members.find((member) => member.user === content.owner);
      const late = content.deadline < today() && (content.status === 'open' || content.status === 'busy');
      return (
        <>
          <Kind type={content.type} />
          <p className="item-title">{content.text}</p>
          <p className="badges">
            <Badge icon={content.status === 'done' ? 'check' : 'clock'} tone={content.status === 'done' ? 'good' : 'plain'}>
              {say('ActionStatus', content.status)}
            </Badge>
            {late && (
              <Badge icon="alert" tone="danger">
                {i18n._('te laat')}
              </Badge>
            )}
          </p>
          <Facts
            facts={[
              [i18n._('Wie'), owner === undefined ? i18n._('iemand die niet meer meedoet') : `${owner.name} (${owner.organisation})`],
              [i18n._('Uiterlijk'), civil(content.deadline)],
            ]}
          />
        </>
      );
    }
  }
}

function Kind({ type }: { type: AgendaContent['type'] }) {
  return <p className="item-kind">{typeLabel(type)}</p>;
}
