/** Choosing colleagues, grouped by organisation, with why somebody cannot be chosen. */

import { i18n } from '@lingui/core';
import { useState } from 'react';
import { CheckboxButton, CheckboxField, CheckboxGroup, Label } from 'react-aria-components';
import type { DirectoryView, OrganisationView, PersonnelView } from '../engine/contract';
import { useSay } from '../text/codes';
import { TextInput } from './fields';
import { Icon } from './icons';
import { Notice } from './notice';

interface ColleaguePickerProps {
  directory: DirectoryView;
  value: readonly string[];
  onChange: (users: string[]) => void;
  /** Who is not offered, because they are in already. */
  without: ReadonlySet<string>;
  /** For a household: only who has a device, of organisations with a register. */
  household: boolean;
}

export function ColleaguePicker({ directory, value, onChange, without, household }: ColleaguePickerProps) {
  const say = useSay();
  const [search, setSearch] = useState('');
  const sought = search.trim().toLocaleLowerCase();
  const groups = directory.organisations
    .filter((organisation) => organisation.kind !== 'HOST')
    .map((organisation) => ({ organisation, people: peopleOf(directory, organisation, without) }))
    .map(({ organisation, people }) => ({
      organisation,
      people: organisation.name.toLocaleLowerCase().includes(sought) ? people : people.filter((person) => person.name.toLocaleLowerCase().includes(sought)),
    }))
    .filter(({ people }) => people.length > 0);
  return (
    <div className="picker">
      <TextInput label={i18n._('Zoek op naam of organisatie')} required={false} value={search} onChange={setSearch} />
      {groups.length === 0 && <p className="hint">{i18n._('Niemand gevonden.')}</p>}
      {groups.map(({ organisation, people }) => {
        const closed = household && !organisation.has_register;
        return (
          <CheckboxGroup
            key={organisation.id}
            className="field choices picker-group"
            value={value.filter((user) => people.some((person) => person.id === user))}
            onChange={(chosen) =>
              onChange([...value.filter((user) => !people.some((person) => person.id === user)), ...chosen])
            }
          >
            <Label className="label">
              {organisation.name} <span className="small">{say('OrganisationType', organisation.kind)}</span>
            </Label>
            {closed && (
              <Notice tone="warning">
                <p>{i18n._('{organisation} kan nog niet meedoen: er is nog geen register. De compliance officer (FG) van deze organisatie moet één keer aanmelden in Beraad.', { organisation: organisation.name })}</p>
              </Notice>
            )}
            <div className="options">
              {people.map((person) => (
                <CheckboxField key={person.id} value={person.id} isDisabled={closed || (household && person.devices === 0)}>
                  <CheckboxButton className="checkbox">
                  <span className="mark" aria-hidden="true">
                    <Icon name="check" />
                  </span>
                  <span>
                    {person.name}
                    <span className="small block">
                      {[person.function, ...person.capacities.map((capacity) => say('ActingCapacity', capacity))].join(' · ')}
                    </span>
                    {household && person.devices === 0 && (
                      <span className="small block">{i18n._('Heeft nog geen apparaat aangemeld en kan daarom niet worden toegevoegd.')}</span>
                    )}
                  </span>
                  </CheckboxButton>
                </CheckboxField>
              ))}
            </div>
          </CheckboxGroup>
        );
      })}
    </div>
  );
}

function peopleOf(directory: DirectoryView, organisation: OrganisationView, without: ReadonlySet<string>): PersonnelView[] {
  return directory.people.filter(
    (person) =>
      person.org === organisation.id &&
      !person.suspended &&
      !without.has(person.id) &&
      person.roles.includes('professional'),
  );
}
