import { i18n } from '@lingui/core';
import { useState, type SubmitEvent } from 'react';
import { drawId } from '../../../app/profile';
import type { DecisionCapacity, GiverCapacity, Person, PersonView, Representation } from '../../../engine/contract';
import { useFormDraft } from '../../../engine/draft';
import { Button } from '../../../parts/button';
import { Choice, DayInput, OneOf, TextInput } from '../../../parts/fields';
import { Notice, RefusalNotice } from '../../../parts/notice';
import { Loading } from '../../../parts/page';
import { useSending } from '../../../parts/sending';
import { DECISION_CAPACITY, GIVER_CAPACITY, useSay } from '../../../text/codes';
import { today } from '../../../text/time';
import { Waits } from '../Waits';

interface PersonFormProps {
  channel: string;
  persons: readonly PersonView[];
  existing: PersonView | null;
  onClose: () => void;
}

interface Fields {
  base: number;
  person: Person;
}

export function PersonForm({ channel, persons, existing, onClose }: PersonFormProps) {
  const say = useSay();
  const draft = useFormDraft<Fields>(`person/${channel}/${existing?.person.id ?? 'new'}`, () => ({
    base: existing?.version ?? 0,
    person: existing?.person ?? { id: drawId(), name: '', date_of_birth: null, relation: '', capacity: 'unassessed', represented_by: [] },
  }));
  const { send, busy, refusal } = useSending();
  const [touched, setTouched] = useState(false);
  if (draft.value === null) return <Loading />;
  const { person, base } = draft.value;
  const change = (fields: Partial<Person>) => draft.set({ person: { ...person, ...fields } });
  const incomplete = person.name.trim() === '' || person.represented_by.some((each) => each.holder === '' || each.source.trim() === '');
  const overtaken = existing !== null && existing.version !== base;
  const others = persons.filter((each) => each.person.id !== person.id);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTouched(true);
    if (incomplete || busy) return;
    const trimmed = { ...person, name: person.name.trim(), relation: person.relation.trim() };
    await send({ intent: 'put_person', channel, base, person: trimmed }, { draft, said: () => i18n._('{name} is bewaard.', { name: person.name }), leave: onClose });
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)} aria-label={existing === null ? i18n._('Nieuwe persoon') : i18n._('Wijzig {name}', { name: existing.person.name })}>
      {overtaken && (
        <Notice tone="warning" live="status">
          <p>{i18n._('Een collega heeft dit intussen gewijzigd. Als u bewaart, blijven beide versies staan en kunt u kiezen.')}</p>
        </Notice>
      )}
      <TextInput
        label={i18n._('Naam')}
        value={person.name}
        onChange={(name) => change({ name })}
        fault={touched && person.name.trim() === '' ? i18n._('Vul een naam in.') : null}
        required
        autoFocus
      />
      <TextInput label={i18n._('Plaats in het huishouden')} hint={i18n._('Bijvoorbeeld moeder, zoon, buurman.')} required={false} value={person.relation} onChange={(relation) => change({ relation })} />
      <DayInput
        plain
        label={i18n._('Geboortedatum')}
        hint={i18n._('Bepaalt wie toestemming moet geven.')}
        required={false}
        value={person.date_of_birth}
        onChange={(date_of_birth) => change({ date_of_birth })}
      />
      <OneOf<DecisionCapacity>
        label={i18n._('Kan deze persoon zelf beslissen?')}
        value={person.capacity}
        onChange={(capacity) => change({ capacity })}
        options={DECISION_CAPACITY.map((value) => ({ value, label: say('DecisionCapacity', value) }))}
        inline
      />
      <fieldset className="fieldset">
        <legend>{i18n._('Wie beslist voor deze persoon?')}</legend>
        <p className="hint">{i18n._('Gezag, voogdij, curatele of mentorschap. Kijk dit na bij de bron, niet alleen bij één ouder.')}</p>
        {person.represented_by.map((each, index) => (
          <RepresentationFields
            key={index}
            each={each}
            others={others}
            touched={touched}
            onChange={(changed) => change({ represented_by: person.represented_by.with(index, changed) })}
            onRemove={() => change({ represented_by: person.represented_by.toSpliced(index, 1) })}
          />
        ))}
        {others.length === 0 ? (
          <p className="hint">{i18n._('Voeg eerst de andere persoon toe aan het huishouden.')}</p>
        ) : (
          <Button
            icon="plus"
            onPress={() =>
              change({ represented_by: [...person.represented_by, { holder: '', capacity: 'PARENTAL_AUTHORITY', source: '', checked_on: today() }] })
            }
          >
            {i18n._('Voeg toe wie beslist')}
          </Button>
        )}
      </fieldset>
      <RefusalNotice refusal={refusal} />
      <Waits busy={busy} />
      <div className="actions">
        <Button kind="primary" type="submit" busy={busy}>
          {i18n._('Bewaar')}
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

interface RepresentationFieldsProps {
  each: Representation;
  others: readonly PersonView[];
  touched: boolean;
  onChange: (changed: Representation) => void;
  onRemove: () => void;
}

function RepresentationFields({ each, others, touched, onChange, onRemove }: RepresentationFieldsProps) {
  const say = useSay();
  return (
    <div className="inset-form">
      <div className="pair">
        <Choice
          label={i18n._('Persoon')}
          value={each.holder === '' ? null : each.holder}
          onChange={(holder) => onChange({ ...each, holder })}
          options={others.map(({ person }) => ({ value: person.id, label: person.name }))}
          fault={touched && each.holder === '' ? i18n._('Kies een persoon.') : null}
          required
        />
        <Choice<GiverCapacity>
          label={i18n._('Als')}
          value={each.capacity}
          onChange={(capacity) => onChange({ ...each, capacity })}
          options={GIVER_CAPACITY.filter((value) => value !== 'SELF').map((value) => ({ value, label: say('GiverCapacity', value) }))}
        />
      </div>
      <div className="pair">
        <TextInput
          label={i18n._('Bron')}
          hint={i18n._('Bijvoorbeeld gezagsregister of beschikking.')}
          value={each.source}
          onChange={(source) => onChange({ ...each, source })}
          fault={touched && each.source.trim() === '' ? i18n._('Vul in waar u dit hebt nagekeken.') : null}
          required
        />
        <DayInput label={i18n._('Bekeken op')} value={each.checked_on} onChange={(checked_on) => onChange({ ...each, checked_on: checked_on ?? today() })} required />
      </div>
      <Button kind="quiet" onPress={onRemove}>
        {i18n._('Haal weg')}
      </Button>
    </div>
  );
}
