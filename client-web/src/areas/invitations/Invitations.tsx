import { i18n } from '@lingui/core';
import { useState } from 'react';
import { channelHref } from '../../app/route';
import type { Conference, Me, ParticipationStatus } from '../../engine/contract';
import { useHome, useIntent, useView } from '../../engine/hooks';
import { announce } from '../../parts/announce';
import { Button } from '../../parts/button';
import { Icon } from '../../parts/icons';
import { RefusalNotice } from '../../parts/notice';
import { Badge, Empty, Page, Section, Shown } from '../../parts/page';
import { useSay } from '../../text/codes';
import { period } from '../../text/time';
import { Waits } from '../channel/Waits';
import { ReplyBadge } from '../planning/Replies';
import { Calendar } from './Calendar';

/** The conferences this person is invited to. */
export function Invitations({ me }: { me: Me }) {
  const conferences = useView({ view: 'conferences' });
  const [now] = useState(() => Date.now());
  return (
    <Page title={i18n._('Uitnodigingen')} intro={i18n._('Laat weten of u komt. Wie plant, ziet alleen uw antwoord.')}>
      <Shown seen={conferences}>
        {(view) => {
          const mine = view.conferences.filter(({ invitations }) => invitations.some(({ user }) => user === me.user));
          const coming = mine.filter(({ plan }) => plan.end >= now);
          const past = mine.filter(({ plan }) => plan.end < now);
          return (
            <>
              {coming.length === 0 && <Empty icon="bell" title={i18n._('U hebt nu geen uitnodigingen.')} />}
              <ul className="cards">
                {coming.map((conference) => (
                  <li key={conference.plan.id} className="card inset">
                    <InvitationCard me={me} conference={conference} />
                  </li>
                ))}
              </ul>
              {past.length > 0 && (
                <Section title={i18n._('Voorbij')}>
                  <ul className="rows">
                    {past.map(({ plan, case_code }) => (
                      <li key={plan.id} className="row">
                        <p>
                          <strong>{case_code}</strong> <span className="small">{period(plan.start, plan.end, plan.time_zone)}</span>
                        </p>
                      </li>
                    ))}
                  </ul>
                </Section>
              )}
            </>
          );
        }}
      </Shown>
    </Page>
  );
}

function InvitationCard({ me, conference }: { me: Me; conference: Conference }) {
  const say = useSay();
  const home = useHome();
  const { run, busy, refusal } = useIntent();
  const { plan, case_code } = conference;
  const status = conference.invitations.find(({ user }) => user === me.user)?.status ?? 'NEEDS-ACTION';
  const reads = home.view?.channels.some(({ id }) => id === plan.channel) === true;
  const reply = async (next: ParticipationStatus) => {
    if ((await run({ intent: 'reply_invitation', conference: plan.id, status: next })) !== null) {
      announce(i18n._('Uw antwoord is verstuurd: {status}', { status: say('ParticipationStatus', next) }));
    }
  };
  const answers: ParticipationStatus[] = ['ACCEPTED', 'TENTATIVE', 'DECLINED'];
  return (
    <>
      <header className="section-head">
        <h2 className="card-title">
          {case_code} <Badge>{say('ConferenceKind', plan.kind)}</Badge>
        </h2>
        {plan.status === 'cancelled' ? (
          <Badge tone="danger" icon="cross">
            {i18n._('gaat niet door')}
          </Badge>
        ) : (
          <ReplyBadge status={status} />
        )}
      </header>
      <p>
        <Icon name="calendar" /> <strong>{period(plan.start, plan.end, plan.time_zone)}</strong>
      </p>
      {plan.status === 'planned' && (
        <div className="actions" role="group" aria-label={i18n._('Komt u naar het overleg van {code}?', { code: case_code })}>
          {answers.map((each) => (
            <Button key={each} kind={status === each ? 'primary' : 'secondary'} icon={status === each ? 'check' : undefined} busy={busy} aria-pressed={status === each} onPress={() => void reply(each)}>
              {replyWords(each)}
            </Button>
          ))}
        </div>
      )}
      <div className="actions">
        <Calendar conference={plan.id} code={case_code} />
        {reads && <a href={channelHref(plan.channel, 'agenda', plan.id)}>{i18n._('Naar de agenda')}</a>}
      </div>
      <RefusalNotice refusal={refusal} />
      <Waits busy={busy} />
    </>
  );
}

function replyWords(status: ParticipationStatus): string {
  switch (status) {
    case 'ACCEPTED':
      return i18n._('Ik kom');
    case 'TENTATIVE':
      return i18n._('Misschien');
    case 'DECLINED':
      return i18n._('Ik kom niet');
    case 'NEEDS-ACTION':
      return i18n._('Nog geen antwoord');
  }
}
