import { i18n } from '@lingui/core';
import { useRef, useState, type SubmitEvent } from 'react';
import type { ActingCapacity, Block, Category, ChannelView, Confidentiality, DisclosureDraft, Me, Mechanism, OrganisationType, Purpose } from '../../../engine/contract';
import { type FormDraft, useFormDraft } from '../../../engine/draft';
import { useSteadyView, useView } from '../../../engine/hooks';
import { announce } from '../../../parts/announce';
import { Button } from '../../../parts/button';
import { Choice, ManyOf, TextInput, Tick } from '../../../parts/fields';
import { Notice, RefusalNotice } from '../../../parts/notice';
import { Loading } from '../../../parts/page';
import { useSending } from '../../../parts/sending';
import { CATEGORY, MECHANISM, NOT_OFFERED, PURPOSE, useSay } from '../../../text/codes';
import { today } from '../../../text/time';
import { Waits } from '../Waits';
import { CheckPanel } from './CheckPanel';
import { Grounds } from './Grounds';
import { InformFields } from './InformFields';
import { draftOf, makeLines, organisationsOf, restsOnConsent, type ShareFields } from './lines';

interface ShareFormProps {
  view: ChannelView;
  me: Me;
  onClose: () => void;
}

const FOUR_WEEKS = 28 * 24 * 3600 * 1000;

/** Shares information with its account. Beside the fields stands who receives what, and what is in the way. */
export function ShareForm({ view, me, onClose }: ShareFormProps) {
  const channel = view.summary.id;
  const directory = useView({ view: 'directory' });
  const draft = useFormDraft<ShareFields>(`share/${channel}`, () => ({
    text: '',
    description: '',
    subjects: [],
    categories: [],
    purpose: null,
    mechanism: 'BERICHT',
    capacity: me.capacities[0] ?? null,
    grounds: {},
    motivation: '',
    necessity: '',
    proportionality: '',
    subsidiarity: '',
    consulted: null,
    inform: { state: 'due', by: today(Date.now() + FOUR_WEEKS) },
    confidentiality: 'normal',
    emergency: false,
  }));
  if (draft.value === null || directory.view === null) return <Loading />;
  if (me.capacities.length === 0) {
    return (
      <Notice tone="danger" title={i18n._('U kunt nog niets delen')}>
        <p>{i18n._('Uw hoedanigheid is nog niet gecontroleerd. Vraag de beheerder van uw organisatie om die in te vullen.')}</p>
      </Notice>
    );
  }
  const fields = draft.value;
  const recipients = organisationsOf(view.members).filter(({ org }) => org !== me.org);
  const kinds = new Map<string, OrganisationType>(directory.view.organisations.map((organisation) => [organisation.id, organisation.kind]));
  const lines = makeLines(fields, recipients, kinds, view.consents);
  const disclosure = draftOf(fields, lines);
  const shared = { view, me, fields, lines, recipients, draft, onClose };
  return disclosure === null ? <Filled {...shared} disclosure={null} blocks={null} /> : <Checked {...shared} disclosure={disclosure} />;
}

interface FilledProps {
  view: ChannelView;
  me: Me;
  fields: ShareFields;
  lines: ReturnType<typeof makeLines>;
  recipients: ReturnType<typeof organisationsOf>;
  draft: FormDraft<ShareFields>;
  onClose: () => void;
  disclosure: DisclosureDraft | null;
  /** Null while the rules were not asked, or have not answered. */
  blocks: readonly Block[] | null;
}

function Checked(props: Omit<FilledProps, 'blocks' | 'disclosure'> & { disclosure: DisclosureDraft }) {
  const check = useSteadyView({ view: 'disclosure_check', channel: props.view.summary.id, draft: props.disclosure });
  return <Filled {...props} blocks={check.view?.blocks ?? null} />;
}

function Filled({ view, me, fields, lines, recipients, draft, onClose, disclosure, blocks }: FilledProps) {
  const change = draft.set;
  const say = useSay();
  const { send, busy, refusal } = useSending();
  const [touched, setTouched] = useState(false);
  const check = useRef<HTMLDivElement>(null);
  const missing = missingOf(fields);
  const inTheWay = missing.length + (blocks?.length ?? 0);
  const byLaw = lines.some((line) => !restsOnConsent(line)) || lines.some((line) => line.secrecy !== 'TOESTEMMING' && line.art6 !== '6A');
  const conflict = lines.some((line) => line.secrecy === 'CONFLICT_VAN_PLICHTEN');

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTouched(true);
    if (busy) return;
    if (missing.length > 0 || disclosure === null || (blocks?.length ?? 0) > 0) {
      announce(i18n._('Delen kan nog niet. De redenen staan bij “Wie krijgt wat, op welke grond”.'));
      check.current?.focus();
      return;
    }
    const sharing = { intent: 'share_information', channel: view.summary.id, text: fields.text.trim(), disclosure } as const;
    await send(sharing, { draft, said: () => i18n._('De informatie is gedeeld en verantwoord.'), leave: onClose });
  };
  const lacks = (empty: boolean, words: string) => (touched && empty ? words : null);
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <TextInput
        label={i18n._('Wat wilt u delen?')}
        hint={i18n._('Alleen wat nodig is. Alle deelnemers van dit huishouden lezen dit.')}
        lines={4}
        maxLength={20000}
        value={fields.text}
        onChange={(text) => change({ text })}
        fault={lacks(fields.text.trim() === '', i18n._('Schrijf wat u wilt delen.'))}
        required
      />
      <ManyOf
        label={i18n._('Over wie gaat het?')}
        hint={i18n._('Gaat het over meer mensen, dan wordt elk apart getoetst.')}
        value={fields.subjects}
        onChange={(subjects) => change({ subjects })}
        options={view.persons.map(({ person }) => ({ value: person.id, label: person.name, hint: person.relation }))}
        fault={lacks(fields.subjects.length === 0, i18n._('Kies minstens één persoon.'))}
        required
      />
      <ManyOf<Category>
        columns
        label={i18n._('Welke soorten gegevens?')}
        value={fields.categories}
        onChange={(categories) => change({ categories })}
        options={CATEGORY.filter((value) => !NOT_OFFERED.has(value)).map((value) => ({ value, label: say('Category', value) }))}
        fault={lacks(fields.categories.length === 0, i18n._('Kies minstens één soort.'))}
        required
      />
      <div className="pair">
        <Choice<Purpose>
          label={i18n._('Met welk doel?')}
          value={fields.purpose}
          onChange={(purpose) => change({ purpose })}
          options={PURPOSE.map((value) => ({ value, label: say('Purpose', value) }))}
          fault={lacks(fields.purpose === null, i18n._('Kies een doel.'))}
          required
        />
        <Choice<ActingCapacity>
          label={i18n._('In welke hoedanigheid?')}
          value={fields.capacity}
          onChange={(capacity) => change({ capacity })}
          options={me.capacities.map((value) => ({ value, label: say('ActingCapacity', value) }))}
          required
        />
      </div>
      <TextInput
        label={i18n._('Omschrijving voor de verantwoording')}
        hint={i18n._('Wat voor informatie het is, zonder de inhoud. Bijvoorbeeld: verslag van het huisbezoek.')}
        value={fields.description}
        onChange={(description) => change({ description })}
        fault={lacks(fields.description.trim() === '', i18n._('Omschrijf wat voor informatie het is.'))}
        required
      />
      <Choice<Mechanism>
        label={i18n._('Hoe deelt u het?')}
        value={fields.mechanism}
        onChange={(mechanism) => change({ mechanism })}
        options={MECHANISM.filter((value) => value !== 'LID_MET_HISTORIE' && value !== 'EXPORT').map((value) => ({ value, label: say('Mechanism', value) }))}
      />
      <Tick label={i18n._('Spoed: er is acuut gevaar. De motivering volgt binnen 24 uur.')} value={fields.emergency} onChange={(emergency) => change({ emergency })} />

      {fields.subjects.length > 0 && fields.capacity !== null && <Grounds view={view} fields={fields} recipients={recipients} capacity={fields.capacity} change={change} />}

      {lines.length > 0 && byLaw && (
        <fieldset className="fieldset">
          <legend>{i18n._('Waarom zonder toestemming?')}</legend>
          <TextInput label={i18n._('Waarom is delen nodig?')} hint={i18n._('In eigen woorden, minstens een paar zinnen.')} lines={3} value={fields.motivation} onChange={(motivation) => change({ motivation })} />
          <TextInput label={i18n._('Waarom is precies dit nodig?')} lines={2} value={fields.necessity} onChange={(necessity) => change({ necessity })} />
          <TextInput label={i18n._('Waarom weegt dit op tegen de inbreuk op de privacy?')} lines={2} value={fields.proportionality} onChange={(proportionality) => change({ proportionality })} />
          <TextInput label={i18n._('Waarom kan het niet met minder?')} lines={2} value={fields.subsidiarity} onChange={(subsidiarity) => change({ subsidiarity })} />
          {conflict && (
            <Choice
              label={i18n._('Met welke collega hebt u overlegd?')}
              value={fields.consulted}
              onChange={(consulted) => change({ consulted })}
              options={view.members.filter((member) => member.user !== me.user).map((member) => ({ value: member.user, label: member.name, hint: member.organisation }))}
            />
          )}
        </fieldset>
      )}
      {lines.length > 0 && <InformFields inform={fields.inform} onChange={(inform) => change({ inform })} />}
      <Tick
        label={i18n._('Vertrouwelijk: niet opnemen in een overzicht voor het gezin')}
        value={fields.confidentiality === 'confidential'}
        onChange={(confidential) => change({ confidentiality: (confidential ? 'confidential' : 'normal') satisfies Confidentiality })}
      />

      <div ref={check} tabIndex={-1} className="check-panel">
        <CheckPanel view={view} lines={lines} missing={missing} blocks={blocks} asked={disclosure !== null} />
      </div>
      <RefusalNotice refusal={refusal} />
      <Waits busy={busy} />
      <div className="actions">
        <Button kind="primary" icon={inTheWay > 0 ? 'stop' : 'share'} type="submit" busy={busy}>
          {inTheWay > 0
            ? i18n._('{count, plural, one {Delen kan nog niet: # punt} other {Delen kan nog niet: # punten}}', { count: inTheWay })
            : i18n._('{count, plural, one {Deel met # organisatie} other {Deel met # organisaties}}', { count: recipients.length })}
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

/** What has to be filled in before the rules can be asked. */
function missingOf(fields: ShareFields): string[] {
  const missing = [];
  if (fields.text.trim() === '') missing.push(i18n._('Schrijf wat u wilt delen.'));
  if (fields.subjects.length === 0) missing.push(i18n._('Kies over wie het gaat.'));
  if (fields.categories.length === 0) missing.push(i18n._('Kies welke soorten gegevens het zijn.'));
  if (fields.purpose === null) missing.push(i18n._('Kies een doel.'));
  if (fields.description.trim() === '') missing.push(i18n._('Omschrijf wat voor informatie het is.'));
  return missing;
}
