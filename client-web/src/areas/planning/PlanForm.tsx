import { parseTime, toTime, type ZonedDateTime } from '@internationalized/date';
import { i18n } from '@lingui/core';
import { useState, type SubmitEvent } from 'react';
import { goTo } from '../../app/navigation';
import { channelHref } from '../../app/route';
import type { ActingCapacity, Case, Conference, ConferenceKind, DirectoryView, Me, Timestamp } from '../../engine/contract';
import { useFormDraft } from '../../engine/draft';
import { Button } from '../../parts/button';
import { Choice, ManyOf, MomentInput, OneOf, TimeInput } from '../../parts/fields';
import { Notice, RefusalNotice } from '../../parts/notice';
import { Loading, Page, Section } from '../../parts/page';
import { ColleaguePicker } from '../../parts/people';
import { useSending } from '../../parts/sending';
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

interface Fields {
  /** The version it was begun on. */
  base: number;
  chosen: string | null;
  kind: ConferenceKind;
  start: Timestamp;
  /** The time on the clock, such as `11:00:00`. */
  until: string;
  capacities: ActingCapacity[];
  invitees: string[];
  chair: string | null;
}

/** Plans a conference, or moves one. */
export function PlanForm({ me, existing, channel, cases, directory }: PlanFormProps) {
  const say = useSay();
  const { send, busy, refusal } = useSending();
  const plan = existing?.plan;
  const known = plan?.channel ?? channel ?? (cases.length === 1 ? cases[0]?.channel : null) ?? null;
  const draft = useFormDraft<Fields>(`plan/${plan?.id ?? `new/${channel ?? 'any'}`}`, () => ({
    base: existing?.sequence ?? 0,
    chosen: known,
    kind: plan?.kind ?? 'regular',
    start: plan?.start ?? tomorrowAtTen().toDate().getTime(),
    until: toTime(plan === undefined ? tomorrowAtTen().add({ hours: 1 }) : zoned(plan.end)).toString(),
    capacities: plan?.required_capacities ?? [],
    invitees: plan?.invitees ?? membersOf(cases, known),
    chair: plan?.chair ?? null,
  }));
  const [touched, setTouched] = useState(false);
  const [now] = useState(() => Date.now());
  if (draft.value === null) return <Loading />;
  const { base, chosen, kind, capacities, invitees, chair } = draft.value;
  const start = zoned(draft.value.start);
  const until = parseTime(draft.value.until);
  const overtaken = existing !== null && existing.sequence !== base;
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
    await send(
      {
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
      },
      { draft, said: () => (plan === undefined ? i18n._('Het overleg is gepland.') : i18n._('Het overleg is gewijzigd.')), leave },
    );
  };
  return (
    <Page
      title={plan === undefined ? i18n._('Overleg plannen') : i18n._('Overleg verzetten of wijzigen')}
      intro={i18n._('De server ziet tijd, genodigden en antwoorden, omdat hij moet uitnodigen. Over het huishouden ziet hij niets.')}
      back={back}
      narrow
    >
      <form className="form" onSubmit={(event) => void submit(event)}>
        {overtaken && (
          <Notice tone="warning" live="status" title={i18n._('Dit overleg is intussen gewijzigd')}>
            <p>{i18n._('Hieronder staat wat u eerder invulde. Kijk tijd en genodigden na voordat u bewaart.')}</p>
          </Notice>
        )}
        {plan === undefined && channel === null ? (
          <Choice
            label={i18n._('Zaakcode')}
            value={chosen}
            onChange={(next) => draft.set({ chosen: next, invitees: membersOf(cases, next) })}
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
          onChange={(next) => draft.set({ kind: next })}
          options={CONFERENCE_KIND.map((value) => ({ value, label: say('ConferenceKind', value) }))}
          inline
        />
        <div className="pair">
          <MomentInput label={i18n._('Begint')} hint={i18n._('Tijd in Nederland (Europe/Amsterdam)')} value={start} onChange={(next) => draft.set({ start: next.toDate().getTime() })} required />
          <TimeInput label={i18n._('Eindigt')} hint={i18n._('Een tijd voor het begin is de volgende dag.')} value={until} onChange={(next) => draft.set({ until: next.toString() })} required />
        </div>
        {past && <p className="hint">{i18n._('Let op: dit begin ligt in het verleden.')}</p>}
        <ManyOf<ActingCapacity>
          columns
          label={i18n._('Wie is echt nodig?')}
          hint={i18n._('Zonder deze hoedanigheden kan het overleg niet besluiten.')}
          required={false}
          value={capacities}
          onChange={(next) => draft.set({ capacities: next })}
          options={ACTING_CAPACITY.map((value) => ({ value, label: say('ActingCapacity', value) }))}
        />
        <Section title={i18n._('Genodigden')}>
          {touched && invitees.length === 0 && <p className="fault">{i18n._('Kies minstens één genodigde.')}</p>}
          <ColleaguePicker directory={directory} value={invitees} onChange={(next) => draft.set({ invitees: next })} without={NOBODY} household={false} />
        </Section>
        <Choice
          label={i18n._('Wie zit voor?')}
          required={false}
          value={chair}
          onChange={(next) => draft.set({ chair: next })}
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
          <Button
            kind="quiet"
            onPress={() => {
              draft.drop();
              leave();
            }}
          >
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
