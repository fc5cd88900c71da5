import { i18n } from '@lingui/core';
import { useState } from 'react';
import { href } from '../../app/route';
import type { Case, Conference, DirectoryView, Me } from '../../engine/contract';
import { useView } from '../../engine/hooks';
import { ButtonLink } from '../../parts/button';
import { Icon } from '../../parts/icons';
import { Badge, Empty, Loading, Page, Section, Shown } from '../../parts/page';
import { useSay } from '../../text/codes';
import { moment, period } from '../../text/time';
import { Calendar } from '../invitations/Calendar';
import { CancelConference } from './CancelConference';
import { PlanForm, type PlanFormProps } from './PlanForm';
import { Quorum } from './Quorum';
import { Replies } from './Replies';

interface PlanningProps {
  me: Me;
  conference: string | null;
  channel: string | null;
}

/** Plans by case code: who plans sees no name of a household. */
export function Planning({ me, conference, channel }: PlanningProps) {
  const conferences = useView({ view: 'conferences' });
  const cases = useView({ view: 'cases' });
  const directory = useView({ view: 'directory' });
  return (
    <Shown seen={directory}>
      {(people) => (
        <Shown seen={cases}>
          {(known) => (
            <Shown seen={conferences}>
              {(planned) => {
                if (conference === null) return <Overview me={me} cases={known.cases} conferences={planned.conferences} directory={people} />;
                const existing = planned.conferences.find(({ plan }) => plan.id === conference) ?? null;
                const shared = { me, existing, cases: known.cases, directory: people };
                return channel === null ? <PlanForm key={conference} {...shared} channel={null} /> : <PlanForHousehold key={channel} {...shared} channel={channel} />;
              }}
            </Shown>
          )}
        </Shown>
      )}
    </Shown>
  );
}

/** A member plans with what is known of the household on this device; a coordinator with the case alone. */
function PlanForHousehold({ cases, channel, ...rest }: PlanFormProps & { channel: string }) {
  const seen = useView({ view: 'channel', channel });
  if (seen.view === null && seen.refusal === null) return <Loading />;
  const { view } = seen;
  if (view === null) return <PlanForm {...rest} cases={cases} channel={channel} />;
  const own: Case = { channel, case_code: view.summary.case_code, members: view.members.map((member) => member.user), created_at: 0 };
  return <PlanForm {...rest} cases={[own]} channel={channel} />;
}

function Overview({ me, cases, conferences, directory }: { me: Me; cases: readonly Case[]; conferences: readonly Conference[]; directory: DirectoryView }) {
  const [now] = useState(() => Date.now());
  const coming = conferences.filter(({ plan }) => plan.status === 'planned' && plan.end >= now);
  const past = conferences.filter(({ plan }) => plan.status === 'cancelled' || plan.end < now);
  return (
    <Page
      title={i18n._('Plannen')}
      intro={i18n._('U plant op zaakcode. Namen en inhoud van een huishouden ziet u hier niet.')}
      actions={
        cases.length > 0 && (
          <ButtonLink kind="primary" icon="plus" href={href({ at: 'planning', conference: 'new', channel: null })}>
            {i18n._('Plan een overleg')}
          </ButtonLink>
        )
      }
    >
      <Section title={i18n._('Komende overleggen')}>
        {coming.length === 0 && <Empty icon="calendar" title={i18n._('Er staan geen overleggen gepland.')} />}
        <ul className="cards">
          {coming.map((conference) => (
            <li key={conference.plan.id} className="card inset">
              <ConferenceCard me={me} conference={conference} directory={directory} />
            </li>
          ))}
        </ul>
      </Section>
      <Section title={i18n._('Zaken')}>
        {cases.length === 0 && (
          <Empty icon="list" title={i18n._('Er zijn nog geen zaken.')}>
            <p>{i18n._('Zodra een collega van uw organisatie meedoet in een huishouden, staat de zaakcode hier.')}</p>
          </Empty>
        )}
        <ul className="rows">
          {cases.map((each) => (
            <li key={each.channel} className="row">
              <div>
                <p>
                  <strong>{each.case_code}</strong>
                </p>
                <p className="small">
                  {i18n._('{count, plural, one {# deelnemer} other {# deelnemers}}', { count: each.members.length })} · {i18n._('sinds {when}', { when: moment(each.created_at) })}
                </p>
              </div>
              <ButtonLink icon="calendar" href={href({ at: 'planning', conference: 'new', channel: each.channel })} aria-label={i18n._('Plan een overleg voor {code}', { code: each.case_code })}>
                {i18n._('Plan')}
              </ButtonLink>
            </li>
          ))}
        </ul>
      </Section>
      {past.length > 0 && (
        <Section title={i18n._('Voorbij of afgezegd')}>
          <ul className="rows">
            {past.map(({ plan, case_code }) => (
              <li key={plan.id} className="row">
                <p>
                  <strong>{case_code}</strong> <span className="small">{period(plan.start, plan.end, plan.time_zone)}</span>
                </p>
                {plan.status === 'cancelled' && (
                  <Badge tone="danger" icon="cross">
                    {i18n._('afgezegd')}
                  </Badge>
                )}
              </li>
            ))}
          </ul>
        </Section>
      )}
    </Page>
  );
}

function ConferenceCard({ me, conference, directory }: { me: Me; conference: Conference; directory: DirectoryView }) {
  const say = useSay();
  const { plan } = conference;
  return (
    <>
      <header className="section-head">
        <h3>
          {conference.case_code} <Badge>{say('ConferenceKind', plan.kind)}</Badge>
        </h3>
        <div className="actions">
          <ButtonLink icon="edit" href={href({ at: 'planning', conference: plan.id, channel: null })} aria-label={i18n._('Verzet of wijzig het overleg van {code}', { code: conference.case_code })}>
            {i18n._('Verzet of wijzig')}
          </ButtonLink>
          <Calendar conference={plan.id} code={conference.case_code} />
          {me.roles.includes('coordinator') && <CancelConference conference={conference} />}
        </div>
      </header>
      <p>
        <Icon name="calendar" /> <strong>{period(plan.start, plan.end, plan.time_zone)}</strong>
      </p>
      <Quorum conference={conference} />
      <Replies conference={conference} people={directory.people} />
    </>
  );
}
