import { i18n } from '@lingui/core';
import { useState } from 'react';
import type { Person, PersonView } from '../../../engine/contract';
import { useIntent } from '../../../engine/hooks';
import { Button } from '../../../parts/button';
import { Notice, RefusalNotice } from '../../../parts/notice';
import { Badge, Empty, Facts, Section } from '../../../parts/page';
import { type Say, useSay } from '../../../text/codes';
import { ageOn, civil, today } from '../../../text/time';
import type { PanelProps } from '../ChannelScreen';
import { writable } from '../writable';
import { PersonForm } from './PersonForm';

/** The people of the household. */
export function PeoplePanel({ view }: PanelProps) {
  const [editing, setEditing] = useState<string | null>(null);
  const open = writable(view.summary);
  const channel = view.summary.id;
  return (
    <Section
      title={i18n._('Personen')}
      actions={
        open &&
        editing === null && (
          <Button icon="plus" onPress={() => setEditing('new')}>
            {i18n._('Voeg een persoon toe')}
          </Button>
        )
      }
    >
      {editing === 'new' && <PersonForm channel={channel} persons={view.persons} existing={null} onClose={() => setEditing(null)} />}
      {view.persons.length === 0 && editing !== 'new' && (
        <Empty icon="people" title={i18n._('Er staan nog geen personen in dit huishouden.')}>
          <p>{i18n._('Voeg eerst de personen toe om wie het gaat. Daarna kunt u toestemming vastleggen en informatie delen.')}</p>
        </Empty>
      )}
      <ul className="cards">
        {view.persons.map((each) => (
          <li key={each.person.id} className="card inset">
            {editing === each.person.id ? (
              <PersonForm channel={channel} persons={view.persons} existing={each} onClose={() => setEditing(null)} />
            ) : (
              <PersonCard channel={channel} each={each} persons={view.persons} onEdit={open && editing === null ? () => setEditing(each.person.id) : null} />
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

interface PersonCardProps {
  channel: string;
  each: PersonView;
  persons: readonly PersonView[];
  onEdit: (() => void) | null;
}

function PersonCard({ channel, each, persons, onEdit }: PersonCardProps) {
  const say = useSay();
  const { person } = each;
  return (
    <>
      <header className="section-head">
        <h3>
          {person.name} <span className="small">{person.relation}</span>
        </h3>
        {onEdit !== null && (
          <Button kind="quiet" icon="edit" onPress={onEdit} aria-label={i18n._('Wijzig {name}', { name: person.name })}>
            {i18n._('Wijzig')}
          </Button>
        )}
      </header>
      <PersonFacts person={person} persons={persons} say={say} />
      {each.alternatives.length > 0 && onEdit !== null && <Alternatives channel={channel} each={each} persons={persons} say={say} />}
    </>
  );
}

function PersonFacts({ person, persons, say }: { person: Person; persons: readonly PersonView[]; say: Say }) {
  const born = person.date_of_birth;
  return (
    <Facts
      facts={[
        [
          i18n._('Geboren'),
          born === null ? (
            <Badge tone="warning" icon="alert">
              {i18n._('onbekend')}
            </Badge>
          ) : (
            i18n._('{date} ({age} jaar)', { date: civil(born), age: ageOn(born, today()) })
          ),
        ],
        [i18n._('Kan zelf beslissen'), say('DecisionCapacity', person.capacity)],
        [
          i18n._('Beslist voor deze persoon'),
          person.represented_by.length === 0 ? null : (
            <ul className="plain">
              {person.represented_by.map((each) => (
                <li key={`${each.holder}-${each.capacity}`}>
                  {nameOf(each.holder, persons)}: {say('GiverCapacity', each.capacity)}
                  <span className="small block">{i18n._('bron: {source}, bekeken op {date}', { source: each.source, date: civil(each.checked_on) })}</span>
                </li>
              ))}
            </ul>
          ),
        ],
      ]}
    />
  );
}

/** Versions written at the same time, to choose from. */
function Alternatives({ channel, each, persons, say }: { channel: string; each: PersonView; persons: readonly PersonView[]; say: Say }) {
  const { run, busy, refusal } = useIntent();
  return (
    <Notice tone="warning" title={i18n._('Twee mensen hebben dit tegelijk gewijzigd. Beide versies zijn bewaard.')}>
      {each.alternatives.map((alternative, index) => (
        <div key={index} className="version">
          <p>
            <strong>{alternative.name}</strong> <span className="small">{alternative.relation}</span>
          </p>
          <PersonFacts person={alternative} persons={persons} say={say} />
          <Button busy={busy} onPress={() => void run({ intent: 'put_person', channel, base: each.version, person: alternative })}>
            {i18n._('Neem deze versie')}
          </Button>
        </div>
      ))}
      <Button busy={busy} onPress={() => void run({ intent: 'put_person', channel, base: each.version, person: each.person })}>
        {i18n._('Houd de versie hierboven')}
      </Button>
      <RefusalNotice refusal={refusal} />
    </Notice>
  );
}

export function nameOf(id: string, persons: readonly PersonView[]): string {
  return persons.find(({ person }) => person.id === id)?.person.name ?? i18n._('een persoon');
}
