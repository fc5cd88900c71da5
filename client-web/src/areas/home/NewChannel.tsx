import { i18n } from '@lingui/core';
import { useState, type SubmitEvent } from 'react';
import { goTo } from '../../app/navigation';
import { channelHref } from '../../app/route';
import type { Framework, Me } from '../../engine/contract';
import { useIntent, useView } from '../../engine/hooks';
import { announce } from '../../parts/announce';
import { Button, ButtonLink } from '../../parts/button';
import { OneOf, TextInput } from '../../parts/fields';
import { Notice, RefusalNotice } from '../../parts/notice';
import { Page, Section, Shown } from '../../parts/page';
import { ColleaguePicker } from '../../parts/people';
import { Waits } from '../channel/Waits';
import { FRAMEWORK, useSay } from '../../text/codes';

/** Opens a household's channel. */
export function NewChannel({ me }: { me: Me }) {
  const say = useSay();
  const directory = useView({ view: 'directory' });
  const { run, busy, refusal } = useIntent();
  const [name, setName] = useState('');
  const [framework, setFramework] = useState<Framework>('own_laws');
  const [members, setMembers] = useState<string[]>([]);
  const [touched, setTouched] = useState(false);
  const [made, setMade] = useState<{ channel: string; code: string } | null>(null);
  const own = directory.view?.organisations.find((organisation) => organisation.id === me.org);
  const closed = own !== undefined && !own.has_register;

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTouched(true);
    if (name.trim() === '' || busy || closed) return;
    const done = await run({ intent: 'create_channel', household_name: name.trim(), framework, members });
    if (done?.reply.reply === 'channel') {
      setMade({ channel: done.reply.channel, code: done.reply.case_code });
      announce(i18n._('Het huishouden is geopend. De zaakcode is {code}.', { code: done.reply.case_code }));
    }
  };

  if (made !== null) {
    return (
      <Page title={i18n._('Het huishouden is geopend')} narrow>
        <Notice tone="good" title={i18n._('Zaakcode: {code}', { code: made.code })}>
          <p>{i18n._('Gebruik buiten Beraad alleen deze code, nooit de naam. De coördinator plant er overleggen mee.')}</p>
        </Notice>
        <div className="actions">
          <ButtonLink kind="primary" href={channelHref(made.channel)}>
            {i18n._('Naar het huishouden')}
          </ButtonLink>
        </div>
      </Page>
    );
  }
  return (
    <Page
      title={i18n._('Nieuw huishouden')}
      intro={i18n._('U wordt casusregisseur. Alleen wie u toevoegt, kan meelezen; de server niet.')}
      back={{ href: '#/', label: i18n._('Begin') }}
      narrow
    >
      {closed && (
        <Notice tone="danger" title={i18n._('Uw organisatie kan nog niet meedoen')}>
          <p>{i18n._('{organisation} heeft nog geen register. De compliance officer (FG) van uw organisatie moet één keer aanmelden in Beraad. Daarna kunt u een huishouden beginnen.', { organisation: me.organisation })}</p>
        </Notice>
      )}
      <form className="form" onSubmit={(event) => void submit(event)}>
        <TextInput
          label={i18n._('Naam van het huishouden')}
          hint={i18n._('Zoals u het huishouden samen noemt. Alleen de deelnemers zien deze naam.')}
          value={name}
          onChange={setName}
          fault={touched && name.trim() === '' ? i18n._('Vul een naam in.') : null}
          required
        />
        <OneOf
          label={i18n._('Juridisch kader')}
          hint={i18n._('Bepaalt op welke gronden u kunt delen.')}
          value={framework}
          onChange={setFramework}
          options={FRAMEWORK.map((value) => ({ value, label: say('Framework', value) }))}
        />
        <Section title={i18n._('Collega’s')}>
          <p className="hint">{i18n._('U kunt later ook collega’s toevoegen. Zij zien dan niet wat eerder is besproken.')}</p>
          <Shown seen={directory}>
            {(view) => <ColleaguePicker directory={view} value={members} onChange={setMembers} without={new Set([me.user])} household />}
          </Shown>
        </Section>
        <RefusalNotice refusal={refusal} />
        <Waits busy={busy} />
        <div className="actions">
          <Button kind="primary" type="submit" busy={busy} isDisabled={closed}>
            {busy ? i18n._('Bezig met openen…') : i18n._('Open het huishouden')}
          </Button>
          <Button kind="quiet" onPress={() => goTo({ at: 'home' })}>
            {i18n._('Annuleer')}
          </Button>
        </div>
      </form>
    </Page>
  );
}
