import { i18n } from '@lingui/core';
import type { ConsentRecord, RegisterRecordView } from '../../engine/contract';
import { useView } from '../../engine/hooks';
import { Notice } from '../../parts/notice';
import { Facts, Page, Section } from '../../parts/page';
import { useSay } from '../../text/codes';
import { day, moment } from '../../text/time';
import { Account } from '../channel/share/Account';
import { kindWords, Verified } from './Register';

/** One record, everything it says. */
export function RecordDetail({ record }: { record: RegisterRecordView }) {
  const directory = useView({ view: 'directory' });
  const organisation = (id: string) => directory.view?.organisations.find((each) => each.id === id)?.name ?? null;
  return (
    <Page title={i18n._('Registratie {index}: {kind}', { index: record.index, kind: kindWords(record) })} back={{ href: '#/register', label: i18n._('Register') }}>
      {!record.verified && (
        <Notice tone="danger" title={i18n._('Deze registratie klopt niet')}>
          <p>{i18n._('De handtekening, de inhoud of de afzender past niet bij het logboek. Bewaar dit en meld het aan de host en aan de organisatie van herkomst.')}</p>
        </Notice>
      )}
      <Facts
        facts={[
          [i18n._('Van'), `${record.source_name}, ${record.author_name}`],
          [i18n._('Naar'), record.recipient_names.join(', ')],
          [i18n._('Over'), record.subjects.map(({ name }) => name).join(', ')],
          [i18n._('Tijd volgens de afzender'), moment(record.at)],
          [i18n._('Vastgelegd door de server'), moment(record.recorded_at)],
          [i18n._('Nummer in het logboek van {organisation}', { organisation: record.source_name }), String(record.index)],
          [i18n._('Controle'), <Verified key="verified" record={record} />],
          [i18n._('Trekt in'), record.withdraws === null ? null : <a key="withdraws" href={`#/register/${record.withdraws}`}>{i18n._('de toestemming')}</a>],
        ]}
      />
      {record.disclosure !== null && (
        <Section title={i18n._('Verantwoording')}>
          <Account record={record.disclosure} subject={(id) => record.subjects.find((subject) => subject.id === id)?.name || i18n._('een persoon')} recipient={organisation} />
        </Section>
      )}
      {record.consent !== null && <Consent consent={record.consent} organisation={organisation} />}
    </Page>
  );
}

function Consent({ consent, organisation }: { consent: ConsentRecord; organisation: (id: string) => string | null }) {
  const say = useSay();
  return (
    <Section title={i18n._('Toestemming')}>
      <Facts
        facts={[
          [i18n._('Voor'), say('ConsentFunction', consent.function)],
          [i18n._('Antwoorden'), consent.answers.map((answer) => `${say('GiverCapacity', answer.capacity)}: ${say('ConsentAnswer', answer.answer)}`).join('; ')],
          [i18n._('Soorten gegevens'), consent.categories.map((category) => say('Category', category)).join(', ')],
          [i18n._('Ontvangers'), consent.recipients.map((id) => organisation(id) ?? i18n._('onbekend')).join(', ')],
          [i18n._('Doel'), consent.purposes.map((purpose) => say('Purpose', purpose)).join(', ')],
          [i18n._('Geldig'), i18n._('{from} tot {until}', { from: day(consent.valid_from), until: day(consent.valid_until) })],
          [i18n._('Hoe'), say('ConsentMethod', consent.method)],
          [i18n._('Vrij gegeven'), consent.freely_given ? i18n._('ja') : i18n._('nee')],
          [i18n._('Drang of maatregel'), consent.under_pressure ? i18n._('ja') : i18n._('nee')],
          [i18n._('Uitleg die is gegeven'), consent.notice],
        ]}
      />
    </Section>
  );
}
