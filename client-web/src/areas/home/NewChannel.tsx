import { i18n } from '@lingui/core';
import { useState, type SubmitEvent } from 'react';
import { goTo } from '../../app/navigation';
import { channelHref } from '../../app/route';
import type { Framework, Me } from '../../engine/contract';
import { useFormDraft } from '../../engine/draft';
import { useView } from '../../engine/hooks';
import { Button, ButtonLink } from '../../parts/button';
import { OneOf, TextInput } from '../../parts/fields';
import { Notice, RefusalNotice } from '../../parts/notice';
import { Loading, Page, Section, Shown } from '../../parts/page';
import { ColleaguePicker } from '../../parts/people';
import { useSending } from '../../parts/sending';
import { Waits } from '../channel/Waits';
import { FRAMEWORK, useSay } from '../../text/codes';

interface Fields {
  name: string;
  framework: Framework;
  members: string[];
}

/** Opens a household's channel. */
export function NewChannel({ me }: { me: Me }) {
  const say = useSay();
  const directory = useView({ view: 'directory' });
  const { send, busy, refusal } = useSending();
  const draft = useFormDraft<Fields>('household/new', () => ({ name: '', framework: 'own_laws', members: [] }));
  const [touched, setTouched] = useState(false);
  const [made, setMade] = useState<{ channel: string; code: string } | null>(null);
  const own = directory.view?.organisations.find((organisation) => organisation.id === me.org);
  const closed = own !== undefined && !own.has_register;
  if (draft.value === null) return <Loading />;
  const { name, framework, members } = draft.value;

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTouched(true);
    if (name.trim() === '' || busy || closed) return;
    await send(
      { intent: 'create_channel', household_name: name.trim(), framework, members },
      {
        draft,
        said: ({ reply }) =>
          reply.reply === 'channel' ? i18n._('Het huishouden is geopend. De zaakcode is {code}.', { code: reply.case_code }) : i18n._('Het huishouden is geopend'),
        leave: (answer) => {
          if (answer?.reply.reply === 'channel') setMade({ channel: answer.reply.channel, code: answer.reply.case_code });
          else goTo({ at: 'home' });
        },
      },
    );
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
          onChange={(next) => draft.set({ name: next })}
          fault={touched && name.trim() === '' ? i18n._('Vul een naam in.') : null}
          required
        />
        <OneOf
          label={i18n._('Juridisch kader')}
          hint={i18n._('Bepaalt op welke gronden u kunt delen.')}
          value={framework}
          onChange={(next) => draft.set({ framework: next })}
          options={FRAMEWORK.map((value) => ({ value, label: say('Framework', value) }))}
        />
        <Section title={i18n._('Collega’s')}>
          <p className="hint">{i18n._('U kunt later ook collega’s toevoegen. Zij zien dan niet wat eerder is besproken.')}</p>
          <Shown seen={directory}>
            {(view) => <ColleaguePicker directory={view} value={members} onChange={(next) => draft.set({ members: next })} without={new Set([me.user])} household />}
          </Shown>
        </Section>
        <RefusalNotice refusal={refusal} />
        <Waits busy={busy} />
        <div className="actions">
          <Button kind="primary" type="submit" busy={busy} isDisabled={closed}>
            {busy ? i18n._('Bezig met openen…') : i18n._('Open het huishouden')}
          </Button>
          <Button
            kind="quiet"
            onPress={() => {
              draft.drop();
              goTo({ at: 'home' });
            }}
          >
            {i18n._('Annuleer')}
          </Button>
        </div>
      </form>
    </Page>
  );
}
