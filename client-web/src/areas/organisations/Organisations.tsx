import { i18n } from '@lingui/core';
import { useState, type SubmitEvent } from 'react';
import type { OrganisationType } from '../../engine/contract';
import { useFormDraft } from '../../engine/draft';
import { useIntent, useMounted, useView } from '../../engine/hooks';
import { Button } from '../../parts/button';
import { Choice, TextInput } from '../../parts/fields';
import { OneTimeLink } from '../../parts/link';
import { RefusalNotice } from '../../parts/notice';
import { Badge, Empty, Loading, Page, Section, Shown } from '../../parts/page';
import { ORGANISATION_TYPE, useSay } from '../../text/codes';
import { Waits } from '../channel/Waits';

interface Link {
  name: string;
  token: string;
  expiresAt: number;
}

/** The organisations on this server. */
export function Organisations() {
  const say = useSay();
  const directory = useView({ view: 'directory' });
  const [opening, setOpening] = useState(false);
  const [link, setLink] = useState<Link | null>(null);
  return (
    <Page
      title={i18n._('Organisaties')}
      intro={i18n._('Wie op deze server meedoet. De host ziet geen inhoud.')}
      actions={
        !opening && (
          <Button kind="primary" icon="plus" onPress={() => setOpening(true)}>
            {i18n._('Open een organisatie')}
          </Button>
        )
      }
    >
      {link !== null && <OneTimeLink {...link} key={link.token} onDone={() => setLink(null)} />}
      {opening && (
        <OpenForm
          onDone={(made) => {
            setOpening(false);
            if (made !== null) setLink(made);
          }}
        />
      )}
      <Section title={i18n._('Organisaties')}>
        <Shown seen={directory}>
          {(view) => {
            const organisations = view.organisations.filter(({ kind }) => kind !== 'HOST');
            return organisations.length === 0 ? (
              <Empty icon="building" title={i18n._('Er zijn nog geen organisaties.')} />
            ) : (
              <ul className="rows">
                {organisations.map((organisation) => (
                  <li key={organisation.id} className="row">
                    <p>
                      <strong>{organisation.name}</strong> <span className="small">{say('OrganisationType', organisation.kind)}</span>
                    </p>
                    {organisation.has_register ? (
                      <Badge tone="good" icon="check">
                        {i18n._('register is klaar')}
                      </Badge>
                    ) : (
                      <Badge tone="warning" icon="alert">
                        {i18n._('nog geen register: de FG moet aanmelden')}
                      </Badge>
                    )}
                  </li>
                ))}
              </ul>
            );
          }}
        </Shown>
      </Section>
    </Page>
  );
}

interface Fields {
  name: string;
  kind: OrganisationType | null;
  admin: string;
}

function OpenForm({ onDone }: { onDone: (link: Link | null) => void }) {
  const say = useSay();
  const { run, busy, refusal } = useIntent();
  const mounted = useMounted();
  const draft = useFormDraft<Fields>('organisation/new', () => ({ name: '', kind: null, admin: '' }));
  const [touched, setTouched] = useState(false);
  if (draft.value === null) return <Loading />;
  const { name, kind, admin } = draft.value;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTouched(true);
    if (name.trim() === '' || admin.trim() === '' || kind === null || busy) return;
    const done = await run({ intent: 'open_organisation', name: name.trim(), kind, admin_name: admin.trim() });
    if (done?.reply.reply !== 'link') return;
    draft.drop();
    if (mounted.current) onDone({ name: admin.trim(), token: done.reply.token, expiresAt: done.reply.expires_at });
  };
  return (
    <form className="form card inset" onSubmit={(event) => void submit(event)} aria-label={i18n._('Open een organisatie')}>
      <TextInput label={i18n._('Naam van de organisatie')} value={name} onChange={(next) => draft.set({ name: next })} fault={touched && name.trim() === '' ? i18n._('Vul een naam in.') : null} maxLength={120} required autoFocus />
      <Choice<OrganisationType>
        label={i18n._('Soort organisatie')}
        value={kind}
        onChange={(next) => draft.set({ kind: next })}
        options={ORGANISATION_TYPE.map((value) => ({ value, label: say('OrganisationType', value) }))}
        fault={touched && kind === null ? i18n._('Kies een soort.') : null}
        required
      />
      <TextInput
        label={i18n._('Naam van de eerste beheerder')}
        hint={i18n._('Die nodigt daarna de collega’s uit.')}
        value={admin}
        onChange={(next) => draft.set({ admin: next })}
        fault={touched && admin.trim() === '' ? i18n._('Vul een naam in.') : null}
        maxLength={120}
        required
      />
      <RefusalNotice refusal={refusal} />
      <Waits busy={busy} />
      <div className="actions">
        <Button kind="primary" type="submit" busy={busy}>
          {i18n._('Open en maak een link')}
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
