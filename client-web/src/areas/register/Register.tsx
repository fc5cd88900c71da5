import { i18n } from '@lingui/core';
import { useState } from 'react';
import { href } from '../../app/route';
import type { Me, RegisterRecordView, RegisterView } from '../../engine/contract';
import { useView } from '../../engine/hooks';
import { ButtonLink } from '../../parts/button';
import { Choice, DayInput } from '../../parts/fields';
import { Notice } from '../../parts/notice';
import { Badge, Empty, Page, Shown } from '../../parts/page';
import { type Say, useSay } from '../../text/codes';
import { moment } from '../../text/time';
import { ExportPackage } from './ExportPackage';
import { EVERYTHING, organisationsIn, type RegisterFilter, select } from './filter';
import { RecordDetail } from './RecordDetail';

/** What the own organisation disclosed and received, opened on this device. */
export function Register({ me, record }: { me: Me; record: string | null }) {
  const seen = useView({ view: 'register' });
  if (record === 'export') return <ExportPackage />;
  return (
    <Shown seen={seen}>
      {(view) => {
        const found = record === null ? undefined : view.records.find(({ id }) => id === record);
        return found === undefined ? <Overview me={me} view={view} missing={record !== null} /> : <RecordDetail record={found} />;
      }}
    </Shown>
  );
}

function Overview({ me, view, missing }: { me: Me; view: RegisterView; missing: boolean }) {
  const say = useSay();
  const [filter, setFilter] = useState<RegisterFilter>(EVERYTHING);
  const change = (part: Partial<RegisterFilter>) => setFilter({ ...filter, ...part });
  const records = select(view.records, filter, me.org);
  return (
    <Page
      title={i18n._('Register')}
      intro={i18n._('Verstrekkingen en toestemmingen waarin {organisation} deelde of ontving. Alleen te lezen op uw apparaat.', { organisation: me.organisation })}
      actions={
        view.ready && (
          <ButtonLink kind="primary" icon="download" href={href({ at: 'register', record: 'export' })}>
            {i18n._('Exporteer')}
          </ButtonLink>
        )
      }
    >
      {!view.ready && (
        <Notice tone="warning" title={i18n._('Het register is nog niet klaar op dit apparaat')}>
          <p>{i18n._('De sleutel van het register wordt gemaakt zodra er verbinding is. Is het register al door een andere compliance officer gemaakt, dan kan alleen die het openen.')}</p>
        </Notice>
      )}
      {missing && (
        <Notice tone="warning">
          <p>{i18n._('Deze registratie staat niet op dit apparaat.')}</p>
        </Notice>
      )}
      <form className="filters" aria-label={i18n._('Filter')} onSubmit={(event) => event.preventDefault()}>
        <Choice<RegisterFilter['kind']>
          label={i18n._('Soort')}
          value={filter.kind}
          onChange={(kind) => change({ kind })}
          options={[
            { value: 'all', label: i18n._('Alles') },
            { value: 'disclosure', label: i18n._('Verstrekkingen') },
            { value: 'consent', label: i18n._('Toestemmingen') },
          ]}
        />
        <Choice<RegisterFilter['direction']>
          label={i18n._('Richting')}
          value={filter.direction}
          onChange={(direction) => change({ direction })}
          options={[
            { value: 'all', label: i18n._('In en uit') },
            { value: 'out', label: i18n._('Uit: van ons') },
            { value: 'in', label: i18n._('In: van anderen') },
          ]}
        />
        <Choice
          label={i18n._('Organisatie')}
          value={filter.organisation === '' ? 'all' : filter.organisation}
          onChange={(organisation) => change({ organisation: organisation === 'all' ? '' : organisation })}
          options={[{ value: 'all', label: i18n._('Alle') }, ...organisationsIn(view.records, me.organisation).map((name) => ({ value: name, label: name }))]}
        />
        <DayInput label={i18n._('Van')} value={filter.from} onChange={(from) => change({ from })} />
        <DayInput label={i18n._('Tot en met')} value={filter.until} onChange={(until) => change({ until })} />
      </form>
      <p role="status" className="small">
        {i18n._('{count, plural, one {# registratie} other {# registraties}}', { count: records.length })}
      </p>
      {view.records.length === 0 ? (
        <Empty icon="shield" title={i18n._('Er staat nog niets in het register.')} />
      ) : (
        records.length === 0 && <Empty icon="shield" title={i18n._('Niets gevonden met dit filter.')} />
      )}
      {records.length > 0 && <Records records={records} say={say} own={me.org} />}
    </Page>
  );
}

/** Rows on screen at once; more on request. */
const STRETCH = 200;

function Records({ records, say, own }: { records: readonly RegisterRecordView[]; say: Say; own: string }) {
  const [shown, setShown] = useState(STRETCH);
  return (
    <>
      {/* Focusable, so that a wide table can be scrolled by keyboard. */}
      <div className="table-frame" tabIndex={0} role="region" aria-label={i18n._('Registraties')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{i18n._('Nr.')}</th>
              <th scope="col">{i18n._('Vastgelegd')}</th>
              <th scope="col">{i18n._('Soort')}</th>
              <th scope="col">{i18n._('Van')}</th>
              <th scope="col">{i18n._('Naar')}</th>
              <th scope="col">{i18n._('Over')}</th>
              <th scope="col">{i18n._('Doel')}</th>
              <th scope="col">{i18n._('Controle')}</th>
            </tr>
          </thead>
          <tbody>
            {records.slice(0, shown).map((record) => (
              <tr key={record.id}>
                <td>{record.source === own ? record.index : `${record.index}*`}</td>
                <td>
                  <a href={href({ at: 'register', record: record.id })}>{moment(record.recorded_at)}</a>
                </td>
                <td>{kindWords(record)}</td>
                <td>
                  {record.source_name}
                  <span className="small block">{record.author_name}</span>
                </td>
                <td>{record.recipient_names.join(', ')}</td>
                <td>{record.subjects.map(({ name }) => name).join(', ')}</td>
                <td>{record.disclosure === null ? '' : say('Purpose', record.disclosure.purpose)}</td>
                <td>
                  <Verified record={record} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="small">{i18n._('* nummer in het logboek van de andere organisatie')}</p>
      {records.length > shown && (
        <button type="button" className="button secondary" onClick={() => setShown(shown + STRETCH)}>
          {i18n._('Toon meer')}
        </button>
      )}
    </>
  );
}

export function kindWords(record: RegisterRecordView): string {
  if (record.kind === 'disclosure') return i18n._('verstrekking');
  return record.withdraws === null ? i18n._('toestemming') : i18n._('intrekking');
}

export function Verified({ record }: { record: RegisterRecordView }) {
  if (record.verified && record.logged === null) {
    return (
      <Badge tone="info" icon="clock">
        {i18n._('handtekening klopt, logboek nog niet vergeleken')}
      </Badge>
    );
  }
  return record.verified ? (
    <Badge tone="good" icon="check">
      {i18n._('klopt')}
    </Badge>
  ) : (
    <Badge tone="danger" icon="alert">
      {i18n._('klopt niet')}
    </Badge>
  );
}
