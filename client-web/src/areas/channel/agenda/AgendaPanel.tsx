import { i18n } from '@lingui/core';
import { useState } from 'react';
import { channelHref, href } from '../../../app/route';
import type { AgendaItemView, AgendaSection, Conference } from '../../../engine/contract';
import { useView } from '../../../engine/hooks';
import { Button, ButtonLink } from '../../../parts/button';
import { Badge, Empty, Section, Shown } from '../../../parts/page';
import { AGENDA_SECTION, useSay } from '../../../text/codes';
import { period } from '../../../text/time';
import { Quorum } from '../../planning/Quorum';
import type { PanelProps } from '../ChannelScreen';
import { writable } from '../writable';
import { AgendaItem } from './AgendaItem';
import { ItemForm } from './ItemForm';

/** The conferences of this household, and the agenda of the one that is open. */
export function AgendaPanel({ view, me, item }: PanelProps) {
  const say = useSay();
  const [now] = useState(() => Date.now());
  const conferences = view.conferences.filter(({ plan }) => plan.status === 'planned');
  const open = conferences.find(({ plan }) => plan.id === item) ?? nextOf(conferences, now);
  const plans = (view.my_role === 'case_lead' || view.my_role === 'chair') && !view.summary.left;
  return (
    <Section
      title={i18n._('Overleg')}
      actions={
        plans && (
          <ButtonLink icon="calendar" href={href({ at: 'planning', conference: 'new', channel: view.summary.id })}>
            {i18n._('Plan een overleg')}
          </ButtonLink>
        )
      }
    >
      {conferences.length > 1 && (
        <nav aria-label={i18n._('Overleggen')} className="conference-tabs">
          <ul>
            {conferences.map(({ plan }) => (
              <li key={plan.id}>
                <a href={channelHref(view.summary.id, 'agenda', plan.id)} aria-current={plan.id === open?.plan.id ? 'true' : undefined}>
                  {say('ConferenceKind', plan.kind)} · {period(plan.start, plan.end, plan.time_zone)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
      {open === undefined ? (
        <Empty icon="calendar" title={i18n._('Er is nog geen overleg gepland.')}>
          <p>{i18n._('Een coördinator plant het op zaakcode {code}. De casusregisseur kan het ook zelf plannen.', { code: view.summary.case_code })}</p>
        </Empty>
      ) : (
        <Agenda key={open.plan.id} conference={open} view={view} me={me} item={item} />
      )}
    </Section>
  );
}

/** The conference that is on now or comes next; after the last one, the last. */
export function nextOf(conferences: readonly Conference[], now: number): Conference | undefined {
  return conferences.find(({ plan }) => plan.end >= now) ?? conferences.at(-1);
}

function Agenda({ conference, view, me }: PanelProps & { conference: Conference }) {
  const say = useSay();
  const channel = view.summary.id;
  const { plan } = conference;
  const seen = useView({ view: 'agenda', channel, conference: plan.id });
  const [adding, setAdding] = useState<AgendaSection | 'any' | null>(null);
  const open = writable(view.summary);
  return (
    <>
      <div className="conference-head">
        <p>
          <Badge icon="calendar">{say('ConferenceKind', plan.kind)}</Badge> <strong>{period(plan.start, plan.end, plan.time_zone)}</strong>
        </p>
        <Quorum conference={conference} />
      </div>
      {open && adding === null && (
        <Button icon="plus" kind="primary" onPress={() => setAdding('any')}>
          {i18n._('Voeg een agendapunt toe')}
        </Button>
      )}
      {adding === 'any' && <ItemForm view={view} me={me} conference={plan.id} existing={null} section={null} onClose={() => setAdding(null)} />}
      <Shown seen={seen}>
        {(agenda) => (
          <ol className="agenda">
            {AGENDA_SECTION.map((section) => (
              <li key={section} className={has(agenda.items, section) ? 'agenda-section' : 'agenda-section bare'}>
                <header className="agenda-section-head">
                  <h3>{say('AgendaSection', section)}</h3>
                  {open && adding === null && (
                    <Button
                      kind="quiet"
                      icon="plus"
                      onPress={() => setAdding(section)}
                      aria-label={i18n._('Voeg toe bij {section}', { section: say('AgendaSection', section) })}
                    >
                      {i18n._('Voeg toe')}
                    </Button>
                  )}
                </header>
                <ul className="agenda-items">
                  {agenda.items
                    .filter(({ draft }) => draft.section === section)
                    .map((each) => (
                      <AgendaItem key={each.id} item={each} conference={plan.id} view={view} me={me} writable={open} />
                    ))}
                </ul>
                {adding === section && <ItemForm view={view} me={me} conference={plan.id} existing={null} section={section} onClose={() => setAdding(null)} />}
              </li>
            ))}
          </ol>
        )}
      </Shown>
    </>
  );
}

function has(items: readonly AgendaItemView[], section: AgendaSection): boolean {
  return items.some(({ draft }) => draft.section === section);
}
