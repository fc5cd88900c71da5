import { i18n } from '@lingui/core';
import { useState } from 'react';
import { goTo } from '../../../app/navigation';
import { channelHref } from '../../../app/route';
import type { ChannelView, ConsentMethod, ConsentView } from '../../../engine/contract';
import { useIntent } from '../../../engine/hooks';
import { announce } from '../../../parts/announce';
import { Button, ButtonLink } from '../../../parts/button';
import { Dialog } from '../../../parts/dialog';
import { Choice, OneOf } from '../../../parts/fields';
import { BlockList, Notice, RefusalNotice } from '../../../parts/notice';
import { Empty, Facts, Section } from '../../../parts/page';
import { CONSENT_METHOD, useSay } from '../../../text/codes';
import { inLanguage } from '../../../text/locale';
import { day, moment } from '../../../text/time';
import type { PanelProps } from '../ChannelScreen';
import { nameOf } from '../people/PeoplePanel';
import { Waits } from '../Waits';
import { writable } from '../writable';
import { ConsentForm } from './ConsentForm';
import { StateBadge } from './state';

export function ConsentPanel({ view, me, item }: PanelProps) {
  const channel = view.summary.id;
  if (item === 'new' && writable(view.summary)) {
    return (
      <Section title={i18n._('Toestemming vastleggen')}>
        <ConsentForm view={view} me={me} onClose={() => goTo({ at: 'channel', channel, panel: 'consent', item: null })} />
      </Section>
    );
  }
  return (
    <Section
      title={i18n._('Toestemming')}
      actions={
        writable(view.summary) &&
        view.persons.length > 0 && (
          <ButtonLink icon="plus" kind="primary" href={channelHref(channel, 'consent', 'new')}>
            {i18n._('Leg toestemming vast')}
          </ButtonLink>
        )
      }
    >
      {view.consents.length === 0 && (
        <Empty icon="shield" title={i18n._('Er is nog geen toestemming vastgelegd.')}>
          <p>
            {view.persons.length === 0
              ? i18n._('Voeg eerst de personen van het huishouden toe.')
              : i18n._('Toestemming geldt voor een persoon, soorten gegevens, ontvangers en een doel. Ze loopt altijd af.')}
          </p>
        </Empty>
      )}
      <ul className="cards">
        {view.consents.map((each) => (
          <li key={each.consent.id} className={each.consent.id === item ? 'card inset chosen' : 'card inset'}>
            <ConsentCard each={each} view={view} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** States that a withdrawal would not change; any other consent may still be used, now or later, or be wrong. */
const ENDED: ReadonlySet<string> = new Set(['withdrawn', 'expired', 'refused']);

function ConsentCard({ each, view }: { each: ConsentView; view: ChannelView }) {
  const say = useSay();
  const { consent } = each;
  const organisation = (id: string) => view.members.find((member) => member.org === id)?.organisation ?? i18n._('een organisatie die niet meer meedoet');
  const recordedBy = view.members.find((member) => member.user === each.recorded_by)?.name ?? i18n._('iemand die niet meer meedoet');
  return (
    <>
      <header className="section-head">
        <h3>
          {nameOf(consent.subject, view.persons)} <StateBadge state={each.state} />
        </h3>
        {!ENDED.has(each.state) && writable(view.summary) && <Withdraw each={each} view={view} />}
      </header>
      <Facts
        facts={[
          [i18n._('Voor'), say('ConsentFunction', consent.function)],
          [i18n._('Soorten gegevens'), consent.categories.map((category) => say('Category', category)).join(', ')],
          [i18n._('Ontvangers'), consent.recipients.map(organisation).join(', ')],
          [i18n._('Doel'), consent.purposes.map((purpose) => say('Purpose', purpose)).join(', ')],
          [
            i18n._('Antwoorden'),
            <ul className="plain" key="answers">
              {consent.answers.map((answer) => (
                <li key={`${answer.person}-${answer.capacity}`}>
                  {nameOf(answer.person, view.persons)} ({say('GiverCapacity', answer.capacity)}): {say('ConsentAnswer', answer.answer)}
                </li>
              ))}
            </ul>,
          ],
          [i18n._('Geldig tot'), day(consent.valid_until)],
          [i18n._('Hoe'), say('ConsentMethod', consent.method)],
          [i18n._('Uitleg die is gegeven'), consent.notice],
          [i18n._('Vastgelegd'), i18n._('{name}, {when}', { name: recordedBy, when: moment(each.recorded_at) })],
          [i18n._('Ingetrokken'), each.withdrawn_at === null ? null : moment(each.withdrawn_at)],
        ]}
      />
      {each.unjudged !== null && <p className="small">{inLanguage(each.unjudged)}</p>}
      {each.blocks.length > 0 && each.state !== 'withdrawn' && (
        <Notice tone="warning" title={i18n._('Deze toestemming kan nu niet worden gebruikt')}>
          <BlockList blocks={each.blocks} />
        </Notice>
      )}
    </>
  );
}

/** As easy as giving: one click to see what it does, one to do it. */
function Withdraw({ each, view }: { each: ConsentView; view: ChannelView }) {
  const say = useSay();
  const { consent } = each;
  const givers = [...new Set([...consent.answers.map((answer) => answer.person), consent.subject])];
  const [open, setOpen] = useState(false);
  const [by, setBy] = useState(consent.answers.find((answer) => answer.answer === 'given')?.person ?? consent.subject);
  const [method, setMethod] = useState<ConsentMethod>('oral');
  const { run, busy, refusal } = useIntent();
  const person = nameOf(consent.subject, view.persons);
  const withdraw = async () => {
    const done = await run({ intent: 'withdraw_consent', channel: view.summary.id, consent: consent.id, by, method });
    if (done === null) return;
    setOpen(false);
    announce(i18n._('De toestemming is ingetrokken.'));
  };
  return (
    <>
      <Button onPress={() => setOpen(true)} aria-label={i18n._('Trek in: toestemming van {person}', { person })}>
        {i18n._('Trek in')}
      </Button>
      <Dialog title={i18n._('Toestemming intrekken')} open={open} onClose={() => setOpen(false)}>
        <p>{i18n._('Wat er dan gebeurt:')}</p>
        <ul>
          <li>{i18n._('Vanaf nu kan niemand op deze toestemming nog iets delen over {person}.', { person })}</li>
          <li>{i18n._('Wat nog wacht op verzenden en hierop steunt, gaat niet door.')}</li>
          <li>{i18n._('Alle deelnemers zien dat de toestemming is ingetrokken.')}</li>
          <li>{i18n._('Wat eerder terecht is gedeeld, blijft gedeeld. Wat al gelezen is, kan niet worden teruggehaald.')}</li>
        </ul>
        <div className="form">
          <Choice label={i18n._('Wie trekt in?')} value={by} onChange={setBy} options={givers.map((id) => ({ value: id, label: nameOf(id, view.persons) }))} />
          <OneOf<ConsentMethod>
            label={i18n._('Hoe?')}
            value={method}
            onChange={setMethod}
            options={CONSENT_METHOD.map((value) => ({ value, label: say('ConsentMethod', value) }))}
            inline
          />
          <RefusalNotice refusal={refusal} />
          <Waits busy={busy} />
          <div className="actions">
            <Button onPress={() => setOpen(false)}>{i18n._('Annuleer')}</Button>
            <Button kind="danger" busy={busy} onPress={() => void withdraw()}>
              {i18n._('Trek de toestemming in')}
            </Button>
          </div>
        </div>
      </Dialog>
    </>
  );
}
