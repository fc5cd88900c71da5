import { i18n } from '@lingui/core';
import { useState, type SubmitEvent } from 'react';
import type { ActingCapacity, Me, OrgRole, PersonnelView } from '../../engine/contract';
import { useFormDraft } from '../../engine/draft';
import { useIntent, useMounted, useView } from '../../engine/hooks';
import { Button } from '../../parts/button';
import { ManyOf, TextInput } from '../../parts/fields';
import { OneTimeLink } from '../../parts/link';
import { RefusalNotice } from '../../parts/notice';
import { Badge, Loading, Page, Section, Shown } from '../../parts/page';
import { ACTING_CAPACITY, ORG_ROLE, useSay } from '../../text/codes';
import { Waits } from '../channel/Waits';

interface Link {
  name: string;
  token: string;
  expiresAt: number;
}

/** The accounts of the own organisation. */
export function Colleagues({ me }: { me: Me }) {
  const directory = useView({ view: 'directory' });
  const [inviting, setInviting] = useState(false);
  const [link, setLink] = useState<Link | null>(null);
  return (
    <Page
      title={i18n._('Collega’s')}
      intro={i18n._('Accounts van {organisation}', { organisation: me.organisation })}
      actions={
        !inviting && (
          <Button kind="primary" icon="plus" onPress={() => setInviting(true)}>
            {i18n._('Nodig een collega uit')}
          </Button>
        )
      }
    >
      {link !== null && <OneTimeLink {...link} key={link.token} onDone={() => setLink(null)} />}
      {inviting && (
        <InviteForm
          onDone={(made) => {
            setInviting(false);
            if (made !== null) setLink(made);
          }}
        />
      )}
      <Section title={i18n._('Accounts')}>
        <Shown seen={directory}>
          {(view) => (
            <ul className="rows">
              {view.people
                .filter((person) => person.org === me.org)
                .map((person) => (
                  <Colleague key={person.id} person={person} onLink={setLink} />
                ))}
            </ul>
          )}
        </Shown>
      </Section>
    </Page>
  );
}

function Colleague({ person, onLink }: { person: PersonnelView; onLink: (link: Link) => void }) {
  const say = useSay();
  const { run, busy, refusal } = useIntent();
  const again = async () => {
    const done = await run({ intent: 'invite_user', user: person.id, name: person.name, function: person.function, roles: person.roles, capacities: person.capacities });
    if (done?.reply.reply === 'link') onLink({ name: person.name, token: done.reply.token, expiresAt: done.reply.expires_at });
  };
  return (
    <li className="row">
      <div>
        <p>
          <strong>{person.name}</strong> <span className="small">{person.function}</span>
        </p>
        <p className="badges">
          {person.roles.map((role) => (
            <Badge key={role}>{say('OrgRole', role)}</Badge>
          ))}
          {person.suspended && (
            <Badge tone="danger" icon="stop">
              {i18n._('niet meer in dienst')}
            </Badge>
          )}
        </p>
        <p className="small">{person.capacities.map((capacity) => say('ActingCapacity', capacity)).join(' · ')}</p>
        <p className="small">
          {person.devices === 0 ? i18n._('nog geen apparaat aangemeld') : i18n._('{count, plural, one {# apparaat} other {# apparaten}}', { count: person.devices })}
        </p>
        <RefusalNotice refusal={refusal} />
      </div>
      {!person.suspended && (
        <Button busy={busy} onPress={() => void again()} aria-label={i18n._('Nieuwe link voor {name}', { name: person.name })}>
          {i18n._('Nieuwe link')}
        </Button>
      )}
    </li>
  );
}

interface Fields {
  name: string;
  work: string;
  roles: OrgRole[];
  capacities: ActingCapacity[];
}

function InviteForm({ onDone }: { onDone: (link: Link | null) => void }) {
  const say = useSay();
  const { run, busy, refusal } = useIntent();
  const mounted = useMounted();
  const draft = useFormDraft<Fields>('colleague/new', () => ({ name: '', work: '', roles: ['professional'], capacities: [] }));
  const [touched, setTouched] = useState(false);
  if (draft.value === null) return <Loading />;
  const { name, work, roles, capacities } = draft.value;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTouched(true);
    if (name.trim() === '' || work.trim() === '' || roles.length === 0 || busy) return;
    const done = await run({ intent: 'invite_user', user: null, name: name.trim(), function: work.trim(), roles, capacities });
    if (done?.reply.reply !== 'link') return;
    draft.drop();
    if (mounted.current) onDone({ name: name.trim(), token: done.reply.token, expiresAt: done.reply.expires_at });
  };
  return (
    <form className="form card inset" onSubmit={(event) => void submit(event)} aria-label={i18n._('Nodig een collega uit')}>
      <TextInput label={i18n._('Naam')} value={name} onChange={(next) => draft.set({ name: next })} fault={touched && name.trim() === '' ? i18n._('Vul een naam in.') : null} maxLength={120} required autoFocus />
      <TextInput label={i18n._('Functie')} value={work} onChange={(next) => draft.set({ work: next })} fault={touched && work.trim() === '' ? i18n._('Vul een functie in.') : null} maxLength={120} required />
      <ManyOf<OrgRole>
        label={i18n._('Wat doet deze collega?')}
        value={roles}
        onChange={(next) => draft.set({ roles: next })}
        options={ORG_ROLE.map((value) => ({ value, label: say('OrgRole', value) }))}
        fault={touched && roles.length === 0 ? i18n._('Kies minstens één rol.') : null}
        required
      />
      <ManyOf<ActingCapacity>
        columns
        label={i18n._('In welke hoedanigheden mag deze collega optreden?')}
        hint={i18n._('Kies alleen wat u hebt gecontroleerd. Bevoegdheden volgen hieruit.')}
        required={false}
        value={capacities}
        onChange={(next) => draft.set({ capacities: next })}
        options={ACTING_CAPACITY.map((value) => ({ value, label: say('ActingCapacity', value) }))}
      />
      <RefusalNotice refusal={refusal} />
      <Waits busy={busy} />
      <div className="actions">
        <Button kind="primary" type="submit" busy={busy}>
          {i18n._('Maak een eenmalige link')}
        </Button>
        <Button
          kind="quiet"
          onPress={() => {
            draft.drop();
            onDone(null);
          }}
        >
          {i18n._('Annuleer')}
        </Button>
      </div>
    </form>
  );
}
