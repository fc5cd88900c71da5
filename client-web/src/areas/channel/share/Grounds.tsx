import { i18n } from '@lingui/core';
import type { ActingCapacity, Art10, Art6, Art9, ChannelView, Provision, Secrecy } from '../../../engine/contract';
import { useSteadyView } from '../../../engine/hooks';
import { Button } from '../../../parts/button';
import { Choice, Tick } from '../../../parts/fields';
import { ART10, ART6, ART9, SECRECY, SPECIAL, useSay } from '../../../text/codes';
import { inLanguage } from '../../../text/locale';
import { day } from '../../../text/time';
import { nameOf } from '../people/PeoplePanel';
import { type Ground, groundOf, type Recipient, restsOnConsent, type ShareFields } from './lines';

interface GroundsProps {
  view: ChannelView;
  fields: ShareFields;
  recipients: readonly Recipient[];
  capacity: ActingCapacity;
  change: (fields: Partial<ShareFields>) => void;
}

/** The ground towards every organisation; where needed, a different one for each person. */
export function Grounds({ view, fields, recipients, capacity, change }: GroundsProps) {
  return (
    <fieldset className="fieldset">
      <legend>{i18n._('Op welke grond?')}</legend>
      <p className="hint">{i18n._('Voor elke ontvanger twee vragen: mag het volgens de privacywet, en mag het volgens uw geheimhouding?')}</p>
      {recipients.map((recipient) => (
        <RecipientGround key={recipient.org} view={view} fields={fields} recipient={recipient} recipients={recipients} capacity={capacity} change={change} />
      ))}
    </fieldset>
  );
}

function RecipientGround({ view, fields, recipient, recipients, capacity, change }: GroundsProps & { recipient: Recipient }) {
  const { org, name } = recipient;
  const apart = fields.subjects.some((subject) => fields.grounds[`${org}/${subject}`] !== undefined);
  const first = fields.subjects[0] ?? '';
  const put = (key: string, ground: Ground) => change({ grounds: { ...fields.grounds, [key]: ground } });
  const split = (wanted: boolean) => {
    const others = Object.entries(fields.grounds).filter(([key]) => !key.startsWith(`${org}/`));
    const own = wanted ? fields.subjects.map((subject) => [`${org}/${subject}`, groundOf(view.consents, fields, org, subject)] as const) : [];
    change({ grounds: Object.fromEntries([...others, ...own]) });
  };
  const everywhere = () => {
    const ground = { ...groundOf(view.consents, fields, org, first), consent: null };
    change({ grounds: Object.fromEntries(recipients.map((each) => [each.org, ground])) });
  };
  return (
    <section className="inset-form" aria-label={name}>
      <h3>{name}</h3>
      {apart ? (
        fields.subjects.map((subject) => (
          <div key={subject} className="per-subject">
            <h4>{nameOf(subject, view.persons)}</h4>
            <GroundFields view={view} fields={fields} org={org} capacity={capacity} subject={subject} ground={groundOf(view.consents, fields, org, subject)} onChange={(ground) => put(`${org}/${subject}`, ground)} />
          </div>
        ))
      ) : (
        <GroundFields view={view} fields={fields} org={org} capacity={capacity} subject={fields.subjects.length === 1 ? first : null} ground={groundOf(view.consents, fields, org, first)} onChange={(ground) => put(org, ground)} />
      )}
      <div className="actions">
        {fields.subjects.length > 1 && <Tick label={i18n._('Per persoon verschillend')} value={apart} onChange={split} />}
        {recipients.length > 1 && !apart && (
          <Button kind="quiet" onPress={everywhere}>
            {i18n._('Zelfde grond voor alle ontvangers')}
          </Button>
        )}
      </div>
    </section>
  );
}

interface GroundFieldsProps {
  view: ChannelView;
  fields: ShareFields;
  org: string;
  capacity: ActingCapacity;
  /** Null when it is for several people at once; each then brings the consent that covers it. */
  subject: string | null;
  ground: Ground;
  onChange: (ground: Ground) => void;
}

const NONE = 'none';

function GroundFields({ view, fields, org, capacity, subject, ground, onChange }: GroundFieldsProps) {
  const say = useSay();
  const offered = useSteadyView({ view: 'provisions', channel: view.summary.id, capacity, recipient: org });
  const provisions = offered.view?.provisions ?? [];
  const special = fields.categories.some((category) => SPECIAL.has(category)) || ground.art9 !== null;
  const criminal = fields.categories.some((category) => category === 'STRAFRECHT' || category === 'POLITIE') || ground.art10 !== null;
  const consents = view.consents.filter(({ consent }) => subject === null || consent.subject === subject);
  const chooseProvision = (code: string) => {
    const info = provisions.find((each) => each.code === code);
    if (info === undefined) onChange({ ...ground, provision: null });
    else onChange({ ...ground, provision: info.code, secrecy: info.secrecy.includes(ground.secrecy) ? ground.secrecy : (info.secrecy[0] ?? ground.secrecy) });
  };
  const known: Provision | null = provisions.some((each) => each.code === ground.provision) ? ground.provision : null;
  return (
    <div className="ground">
      <Choice<Art6>
        label={i18n._('Grondslag (privacywet)')}
        value={ground.art6}
        onChange={(art6) => onChange({ ...ground, art6 })}
        options={ART6.map((value) => ({ value, label: say('Art6', value) }))}
      />
      {special && (
        <Choice<Art9 | typeof NONE>
          label={i18n._('Grond voor bijzondere gegevens')}
          value={ground.art9 ?? NONE}
          onChange={(art9) => onChange({ ...ground, art9: art9 === NONE ? null : art9 })}
          options={[{ value: NONE, label: i18n._('Geen') }, ...ART9.map((value) => ({ value, label: say('Art9', value) }))]}
        />
      )}
      {criminal && (
        <Choice<Art10 | typeof NONE>
          label={i18n._('Grond voor strafrechtelijke gegevens')}
          value={ground.art10 ?? NONE}
          onChange={(art10) => onChange({ ...ground, art10: art10 === NONE ? null : art10 })}
          options={[{ value: NONE, label: i18n._('Geen') }, ...ART10.map((value) => ({ value, label: say('Art10', value) }))]}
        />
      )}
      <Choice<Secrecy>
        label={i18n._('Geheimhouding')}
        value={ground.secrecy}
        onChange={(secrecy) => onChange({ ...ground, secrecy })}
        options={SECRECY.map((value) => ({ value, label: say('Secrecy', value) }))}
      />
      <Choice
        label={i18n._('Bepaling')}
        hint={i18n._('Alleen wat past bij uw hoedanigheid en deze ontvanger.')}
        value={known ?? NONE}
        onChange={chooseProvision}
        options={[
          { value: NONE, label: i18n._('Geen') },
          ...provisions.map((each) => ({ value: each.code, label: inLanguage(each), hint: each.source })),
        ]}
      />
      {restsOnConsent(ground) && subject !== null && (
        <Choice
          label={i18n._('Toestemming')}
          value={ground.consent ?? NONE}
          onChange={(consent) => onChange({ ...ground, consent: consent === NONE ? null : consent })}
          options={[
            { value: NONE, label: i18n._('Geen') },
            ...consents.map(({ consent, state }) => ({
              value: consent.id,
              label: i18n._('{name}, geldig tot {date}', { name: nameOf(consent.subject, view.persons), date: day(consent.valid_until) }),
              hint: state === 'given' ? undefined : i18n._('niet te gebruiken'),
            })),
          ]}
        />
      )}
      {restsOnConsent(ground) && subject === null && <p className="hint">{i18n._('Bij elke persoon wordt de toestemming gebruikt die past.')}</p>}
    </div>
  );
}
