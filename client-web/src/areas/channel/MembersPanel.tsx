import { i18n } from '@lingui/core';
import { useState } from 'react';
import { href } from '../../app/route';
import type { ChannelView, MemberView } from '../../engine/contract';
import { useIntent, useView } from '../../engine/hooks';
import { announce } from '../../parts/announce';
import { Button, ButtonLink } from '../../parts/button';
import { Dialog } from '../../parts/dialog';
import { Notice, RefusalNotice } from '../../parts/notice';
import { Badge, Section, Shown } from '../../parts/page';
import { ColleaguePicker } from '../../parts/people';
import { useSay } from '../../text/codes';
import type { PanelProps } from './ChannelScreen';
import { writable } from './writable';

export function MembersPanel({ view, me }: PanelProps) {
  const leads = view.my_role === 'case_lead' && writable(view.summary);
  const [adding, setAdding] = useState(false);
  const organisations = [...new Set(view.members.map((member) => member.organisation))];
  return (
    <Section
      title={i18n._('Deelnemers')}
      actions={
        leads &&
        !adding && (
          <Button icon="plus" onPress={() => setAdding(true)}>
            {i18n._('Voeg collega’s toe')}
          </Button>
        )
      }
    >
      <p className="hint">{i18n._('Deze mensen kunnen alles in dit huishouden lezen. De server kan dat niet.')}</p>
      {adding && <AddMembers view={view} onDone={() => setAdding(false)} />}
      {organisations.map((organisation) => (
        <section key={organisation} className="group">
          <h3>{organisation}</h3>
          <ul className="rows">
            {view.members
              .filter((member) => member.organisation === organisation)
              .map((member) => (
                <Member key={member.user} member={member} view={view} removable={leads && member.user !== me.user} me={member.user === me.user} />
              ))}
          </ul>
        </section>
      ))}
      {leads && (
        <ButtonLink icon="calendar" href={href({ at: 'planning', conference: 'new', channel: view.summary.id })}>
          {i18n._('Plan een overleg')}
        </ButtonLink>
      )}
    </Section>
  );
}

function Member({ member, view, removable, me }: { member: MemberView; view: ChannelView; removable: boolean; me: boolean }) {
  const say = useSay();
  const { run, busy, refusal } = useIntent();
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    const done = await run({ intent: 'remove_member', channel: view.summary.id, user: member.user });
    if (done !== null) {
      setAsking(false);
      announce(i18n._('{name} doet niet meer mee.', { name: member.name }));
    }
  };
  return (
    <li className="row">
      <div>
        <p>
          <strong>{member.name}</strong> {me && <span className="small">({i18n._('u')})</span>} <Badge>{say('ChannelRole', member.role)}</Badge>
        </p>
        <p className="small">{[member.function, ...member.capacities.map((capacity) => say('ActingCapacity', capacity))].join(' · ')}</p>
        <p className="small">{i18n._('{count, plural, one {# apparaat} other {# apparaten}}', { count: member.devices })}</p>
      </div>
      {removable && (
        <Button kind="quiet" onPress={() => setAsking(true)} aria-label={i18n._('Verwijder: {name}', { name: member.name })}>
          {i18n._('Verwijder')}
        </Button>
      )}
      <Dialog title={i18n._('{name} uit dit huishouden halen?', { name: member.name })} open={asking} onClose={() => setAsking(false)} alert>
        <p>{i18n._('De sleutels worden vernieuwd. {name} kan niets nieuws meer lezen. Wat {name} al heeft gelezen, blijft op het apparaat staan.', { name: member.name })}</p>
        <RefusalNotice refusal={refusal} />
        <div className="actions">
          <Button onPress={() => setAsking(false)}>{i18n._('Annuleer')}</Button>
          <Button kind="danger" busy={busy} onPress={() => void remove()}>
            {i18n._('Verwijder')}
          </Button>
        </div>
      </Dialog>
    </li>
  );
}

function AddMembers({ view, onDone }: { view: ChannelView; onDone: () => void }) {
  const directory = useView({ view: 'directory' });
  const { run, busy, refusal } = useIntent();
  const [users, setUsers] = useState<string[]>([]);
  const add = async () => {
    const done = await run({ intent: 'add_members', channel: view.summary.id, users });
    if (done === null) return;
    announce(i18n._('De collega’s doen nu mee.'));
    onDone();
  };
  return (
    <div className="card inset">
      <h3>{i18n._('Collega’s toevoegen')}</h3>
      <Notice>
        <p>{i18n._('Wie u toevoegt, leest alles vanaf nu. Wat eerder is besproken, gaat niet mee.')}</p>
      </Notice>
      <Shown seen={directory}>
        {(all) => (
          <ColleaguePicker directory={all} value={users} onChange={setUsers} without={new Set(view.members.map((member) => member.user))} household />
        )}
      </Shown>
      <RefusalNotice refusal={refusal} />
      <div className="actions">
        <Button kind="primary" busy={busy} isDisabled={users.length === 0} onPress={() => void add()}>
          {i18n._('Voeg toe')}
        </Button>
        <Button kind="quiet" onPress={onDone}>
          {i18n._('Annuleer')}
        </Button>
      </div>
    </div>
  );
}
