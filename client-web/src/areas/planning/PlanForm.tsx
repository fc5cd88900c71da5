import { type Time, toTime, type ZonedDateTime } from '@internationalized/date';
import { i18n } from '@lingui/core';
import { useState, type SubmitEvent } from 'react';
import { goTo } from '../../app/navigation';
import { channelHref } from '../../app/route';
import type { ActingCapacity, Case, Conference, ConferenceKind, DirectoryView, Me } from '../../engine/contract';
import { useIntent } from '../../engine/hooks';
import { announce } from '../../parts/announce';
import { Button } from '../../parts/button';
import { Choice, ManyOf, MomentInput, OneOf, TimeInput } from '../../parts/fields';
import { RefusalNotice } from '../../parts/notice';
import { Page, Section } from '../../parts/page';
import { ColleaguePicker } from '../../parts/people';
import { ACTING_CAPACITY, CONFERENCE_KIND, useSay } from '../../text/codes';
import { endAt, ZONE, zoned } from '../../text/time';
import { Waits } from '../channel/Waits';

export interface PlanFormProps {
  me: Me;
  existing: Conference | null;
  /** The case it is for, when that is known. */
  channel: string | null;
  cases: readonly Case[];
  directory: DirectoryView;
}

/** Plans a conference, or moves one. */
export function PlanForm({ me, existing, channel, cases, directory }: PlanFormProps) {
  const say = useSay();
  const { run, busy, refusal } = useIntent();
  const plan = existing?.plan;
  const known = plan?.channel ?? channel ?? (cases.length === 1 ? cases[0]?.channel : null) ?? null;
  const [chosen, setChosen] = useState<string | null>(known);
  const [kind, setKind] = useState<ConferenceKind>(plan?.kind ?? 'regular');
  const [start, setStart] = useState<ZonedDateTime>(() => (plan === undefined ? tomorrowAtTen() : zoned(plan.start)));
  const [until, setUntil] = useState<Time>(() => (plan === undefined ? toTime(tomorrowAtTen().add({ hours: 1 })) : toTime(zoned(plan.end))));
  const [capacities, setCapacities] = useState<ActingCapacity[]>(plan?.required_capacities ?? []);
  const [invitees, setInvitees] = useState<string[]>(plan?.invitees ?? membersOf(cases, known));
  const [chair, setChair] = useState<string | null>(plan?.chair ?? null);
  const [touched, setTouched] = useState(false);
  const [now] = useState(() => Date.now());
  const past = start.toDate().getTime() < now;
  const here = cases.find((each) => each.channel === chosen);
  const back = me.roles.includes('coordinator') ? { href: '#/planning', label: i18n._('Plannen') } : { href: channelHref(chosen ?? '', 'agenda'), label: i18n._('Overleg') };
  const leave = () => {
    if (me.roles.includes('coordinator')) goTo({ at: 'planning', conference: null, channel: null });
    else if (chosen === null) goTo({ at: 'home' });
    else goTo({ at: 'channel', channel: chosen, panel: 'agenda', item: null });
  };

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTouched(true);
    if (chosen === null || invitees.length === 0 || busy) return;
    const done = await run({
      intent: 'plan_conference',
      conference: plan?.id ?? null,
      channel: chosen,
      kind,
      start: start.toDate().getTime(),
      end: endAt(start, until),
      time_zone: ZONE,
      chair,
      required_capacities: capacities,
      invitees,
      cancelled: false,
    });
    if (done === null) return;
    announce(plan === undefined ? i18n._('Het overleg is gepland.') : i18n._('Het overleg is gewijzigd.'));
    leave();
  };
  return (
    <Page
      title={plan === undefined ? i18n._('Overleg plannen') : i18n._('Overleg verzetten of wijzigen')}
      intro={i18n._('De server ziet tijd, genodigden en antwoorden, omdat hij moet uitnodigen. Over het huishouden ziet hij niets.')}
      back={back}
      narrow
    >
      <form className="form" onSubmit={(event) => void submit(event)}>
        {plan === undefined && channel === null ? (
          <Choice
            label={i18n._('Zaakcode')}
            value={chosen}
            onChange={(next) => {
              setChosen(next);
              setInvitees(membersOf(cases, next));
            }}
            options={cases.map((each) => ({ value: each.channel, label: each.case_code }))}
            fault={touched && chosen === null ? i18n._('Kies een zaak.') : null}
            required
          />
        ) : (
          <p>
            {i18n._('Zaakcode')}: <strong>{existing?.case_code ?? here?.case_code}</strong>
          </p>
        )}
        <OneOf<ConferenceKind>
          label={i18n._('Soort overleg')}
          value={kind}
          onChange={setKind}
          options={CONFERENCE_KIND.map((value) => ({ value, label: say('ConferenceKind', value) }))}
          inline
        />
        <div className="pair">
          <MomentInput label={i18n._('Begint')} hint={i18n._('Tijd in Nederland (Europe/Amsterdam)')} value={start} onChange={setStart} required />
          <TimeInput label={i18n._('Eindigt')} hint={i18n._('Een tijd voor het begin is de volgende dag.')} value={until} onChange={setUntil} required />
        </div>
        {past && <p className="hint">{i18n._('Let op: dit begin ligt in het verleden.')}</p>}
        <ManyOf<ActingCapacity>
          columns
          label={i18n._('Wie is echt nodig?')}
          hint={i18n._('Zonder deze hoedanigheden kan het overleg niet besluiten.')}
          required={false}
          value={capacities}
          onChange={setCapacities}
          options={ACTING_CAPACITY.map((value) => ({ value, label: say('ActingCapacity', value) }))}
        />
        <Section title={i18n._('Genodigden')}>
          {touched && invitees.length === 0 && <p className="fault">{i18n._('Kies minstens één genodigde.')}</p>}
          <ColleaguePicker directory={directory} value={invitees} onChange={setInvitees} without={NOBODY} household={false} />
        </Section>
        <Choice
          label={i18n._('Wie zit voor?')}
          required={false}
          value={chair}
          onChange={setChair}
          options={invitees.flatMap((user) => {
            const person = directory.people.find((each) => each.id === user);
            return person === undefined ? [] : [{ value: user, label: person.name, hint: person.function }];
          })}
        />
        <RefusalNotice refusal={refusal} />
        <Waits busy={busy} />
        <div className="actions">
          <Button kind="primary" type="submit" busy={busy}>
            {plan === undefined ? i18n._('Plan en nodig uit') : i18n._('Bewaar en laat het weten')}
          </Button>
          <Button kind="quiet" onPress={leave}>
            {i18n._('Annuleer')}
          </Button>
        </div>
      </form>
    </Page>
  );
}

const NOBODY: ReadonlySet<string> = new Set();

function membersOf(cases: readonly Case[], channel: string | null): string[] {
  return [...(cases.find((each) => each.channel === channel)?.members ?? [])];
}

function tomorrowAtTen(): ZonedDateTime {
  return zoned(Date.now()).add({ days: 1 }).set({ hour: 10, minute: 0, second: 0, millisecond: 0 });
}
