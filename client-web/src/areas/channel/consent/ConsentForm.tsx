import { i18n } from '@lingui/core';
import { useState, type SubmitEvent } from 'react';
import type {
  Category,
  ChannelView,
  ConsentAnswer,
  ConsentDraft,
  ConsentFunction,
  ConsentMethod,
  GiverAnswer,
  Me,
  Purpose,
  RequiredGiver,
} from '../../../engine/contract';
import { useFormDraft } from '../../../engine/draft';
import { useSteadyView } from '../../../engine/hooks';
import { Button } from '../../../parts/button';
import { Choice, DayInput, ManyOf, OneOf, TextInput, Tick } from '../../../parts/fields';
import { BlockList, Notice, RefusalNotice } from '../../../parts/notice';
import { Loading } from '../../../parts/page';
import { useSending } from '../../../parts/sending';
import { CATEGORY, CONSENT_ANSWER, CONSENT_FUNCTION, CONSENT_METHOD, NOT_OFFERED, PURPOSE, useSay } from '../../../text/codes';
import { language } from '../../../text/locale';
import { civilOf, endOf } from '../../../text/time';
import { nameOf } from '../people/PeoplePanel';
import { organisationsOf } from '../share/lines';
import { Waits } from '../Waits';

interface ConsentFormProps {
  view: ChannelView;
  me: Me;
  onClose: () => void;
}

/** Records what the people who decide have answered. */
export function ConsentForm({ view, onClose }: ConsentFormProps) {
  const say = useSay();
  const channel = view.summary.id;
  const draft = useFormDraft<ConsentDraft>(`consent/${channel}`, () => ({
    subject: '',
    function: 'both',
    answers: [],
    categories: [],
    recipients: [],
    purposes: [],
    valid_until: null,
    method: 'oral',
    freely_given: false,
    under_pressure: false,
    notice: '',
    language: language(),
  }));
  const { send, busy, refusal } = useSending();
  const [touched, setTouched] = useState(false);
  const [unanswered, setUnanswered] = useState(false);
  if (draft.value === null) return <Loading />;
  const consent = draft.value;
  const lacks = (empty: boolean, words: string) => (touched && empty ? words : null);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTouched(true);
    const complete =
      consent.subject !== '' && consent.categories.length > 0 && consent.recipients.length > 0 && consent.purposes.length > 0 && consent.notice.trim() !== '' && !unanswered;
    if (!complete || busy) return;
    await send({ intent: 'record_consent', channel, consent }, { draft, said: () => i18n._('De toestemming is vastgelegd.'), leave: onClose });
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <Choice
        label={i18n._('Over wie gaan de gegevens?')}
        value={consent.subject === '' ? null : consent.subject}
        onChange={(subject) => draft.set({ subject, answers: [] })}
        options={view.persons.map(({ person }) => ({ value: person.id, label: person.name, hint: person.relation }))}
        fault={lacks(consent.subject === '', i18n._('Kies een persoon.'))}
        required
      />
      <OneOf<ConsentFunction>
        label={i18n._('Waarvoor is de toestemming?')}
        hint={i18n._('Vaak is toestemming niet de grondslag, maar nodig om het beroepsgeheim te doorbreken.')}
        value={consent.function}
        onChange={(chosen) => draft.set({ function: chosen })}
        options={CONSENT_FUNCTION.map((value) => ({ value, label: say('ConsentFunction', value) }))}
      />
      <ManyOf<Category>
        columns
        label={i18n._('Welke soorten gegevens?')}
        value={consent.categories}
        onChange={(categories) => draft.set({ categories })}
        options={CATEGORY.filter((value) => !NOT_OFFERED.has(value)).map((value) => ({ value, label: say('Category', value) }))}
        fault={lacks(consent.categories.length === 0, i18n._('Kies minstens één soort.'))}
        required
      />
      <ManyOf
        label={i18n._('Aan welke organisaties?')}
        value={consent.recipients}
        onChange={(recipients) => draft.set({ recipients })}
        options={organisationsOf(view.members).map(({ org, name }) => ({ value: org, label: name }))}
        fault={lacks(consent.recipients.length === 0, i18n._('Kies minstens één organisatie.'))}
        required
      />
      <ManyOf<Purpose>
        columns
        label={i18n._('Met welk doel?')}
        value={consent.purposes}
        onChange={(purposes) => draft.set({ purposes })}
        options={PURPOSE.map((value) => ({ value, label: say('Purpose', value) }))}
        fault={lacks(consent.purposes.length === 0, i18n._('Kies minstens één doel.'))}
        required
      />
      {consent.subject !== '' && (
        <Givers key={consent.subject} view={view} consent={consent} touched={touched} onAnswers={(answers) => draft.set({ answers })} onUnanswered={setUnanswered} />
      )}
      <OneOf<ConsentMethod>
        label={i18n._('Hoe is het gevraagd en gegeven?')}
        value={consent.method}
        onChange={(method) => draft.set({ method })}
        options={CONSENT_METHOD.map((value) => ({ value, label: say('ConsentMethod', value) }))}
        inline
      />
      <TextInput
        label={i18n._('Wat hebt u uitgelegd?')}
        hint={i18n._('In de woorden die u gebruikte. Schrijf hier geen inhoud van de zaak.')}
        lines={3}
        value={consent.notice}
        onChange={(notice) => draft.set({ notice })}
        fault={lacks(consent.notice.trim() === '', i18n._('Schrijf kort op wat u hebt uitgelegd.'))}
        required
      />
      <Tick
        label={i18n._('Vrij gegeven: zonder druk, met bedenktijd, en begrepen')}
        value={consent.freely_given}
        onChange={(freely_given) => draft.set({ freely_given })}
      />
      <Tick
        label={i18n._('Er staat drang of een maatregel achter de vraag')}
        value={consent.under_pressure}
        onChange={(under_pressure) => draft.set({ under_pressure })}
      />
      <DayInput
        label={i18n._('Geldig tot en met')}
        hint={i18n._('Vult u niets in, dan geldt de toestemming 12 maanden.')}
        required={false}
        value={consent.valid_until === null ? null : civilOf(consent.valid_until - 1)}
        onChange={(last) => draft.set({ valid_until: last === null ? null : endOf(last) })}
      />
      <RefusalNotice refusal={refusal} />
      <Waits busy={busy} />
      <div className="actions">
        <Button kind="primary" type="submit" busy={busy}>
          {i18n._('Leg vast')}
        </Button>
        <Button
          kind="quiet"
          onPress={() => {
            draft.drop();
            onClose();
          }}
        >
          {i18n._('Annuleer')}
        </Button>
      </div>
    </form>
  );
}

interface GiversProps {
  view: ChannelView;
  consent: ConsentDraft;
  touched: boolean;
  onAnswers: (answers: GiverAnswer[]) => void;
  onUnanswered: (unanswered: boolean) => void;
}

/** Everybody who has to answer, as the rules say for this person today, each with an answer. */
function Givers({ view, consent, touched, onAnswers, onUnanswered }: GiversProps) {
  const say = useSay();
  const check = useSteadyView({ view: 'consent_check', channel: view.summary.id, draft: consent });
  const required = check.view?.required ?? [];
  const unanswered = required.some((giver) => answerOf(consent, giver) === null);
  const [told, setTold] = useState<boolean | null>(null);
  if (told !== unanswered) {
    setTold(unanswered);
    queueMicrotask(() => onUnanswered(unanswered));
  }
  if (check.view === null) return <Loading label={i18n._('Er wordt gekeken wie moet antwoorden…')} />;
  return (
    <fieldset className="fieldset">
      <legend>{i18n._('Wie moeten antwoorden?')}</legend>
      <p className="hint">{i18n._('Dit volgt uit de leeftijd vandaag en uit wie er beslist voor deze persoon.')}</p>
      {required.map((giver) => (
        <OneOf<ConsentAnswer>
          key={`${giver.person}-${giver.capacity}`}
          label={i18n._('{name} ({capacity})', { name: nameOf(giver.person, view.persons), capacity: say('GiverCapacity', giver.capacity) })}
          value={answerOf(consent, giver)}
          onChange={(answer) =>
            onAnswers([
              ...consent.answers.filter((each) => each.person !== giver.person || each.capacity !== giver.capacity),
              { person: giver.person, capacity: giver.capacity, answer },
            ])
          }
          options={CONSENT_ANSWER.map((value) => ({ value, label: say('ConsentAnswer', value) }))}
          fault={touched && answerOf(consent, giver) === null ? i18n._('Kies een antwoord.') : null}
          inline
          required
        />
      ))}
      {check.view.blocks.length > 0 && (
        <Notice tone="warning" live="status" title={i18n._('Zo kan deze toestemming niet worden gebruikt. U kunt haar wel vastleggen.')}>
          <BlockList blocks={check.view.blocks} />
        </Notice>
      )}
    </fieldset>
  );
}

function answerOf(consent: ConsentDraft, giver: RequiredGiver): ConsentAnswer | null {
  return consent.answers.find((each) => each.person === giver.person && each.capacity === giver.capacity)?.answer ?? null;
}
