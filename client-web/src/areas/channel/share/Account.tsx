import { i18n } from '@lingui/core';
import type { DisclosureLine, DisclosureRecord, Inform } from '../../../engine/contract';
import { Badge, Facts } from '../../../parts/page';
import { type Say, useSay } from '../../../text/codes';
import { civil, moment } from '../../../text/time';

interface AccountProps {
  record: DisclosureRecord;
  subject: (id: string) => string;
  recipient: (id: string) => string | null;
}

/** A disclosure record in words: who received what, on which ground, and why. */
export function Account({ record, subject, recipient }: AccountProps) {
  const say = useSay();
  return (
    <>
      <ul className="plain lines">
        {record.lines.map((line, index) => (
          <li key={index}>
            <strong>
              {subject(line.subject)} → {(line.recipient === null ? null : recipient(line.recipient)) ?? say('RecipientType', line.recipient_type)}
            </strong>
            <span className="small block">{line.categories.map((category) => say('Category', category)).join(', ')}</span>
            <GroundWords line={line} />
          </li>
        ))}
      </ul>
      <Facts
        facts={[
          [i18n._('Gedeeld op'), moment(record.at)],
          [i18n._('Hoedanigheid'), say('ActingCapacity', record.capacity)],
          [i18n._('Wijze'), say('Mechanism', record.mechanism)],
          [i18n._('Doel'), say('Purpose', record.purpose)],
          [i18n._('Omschrijving'), record.description],
          [i18n._('Motivering'), record.motivation],
          [i18n._('Noodzaak'), record.necessity],
          [i18n._('Evenredigheid'), record.proportionality],
          [i18n._('Waarom niet minder'), record.subsidiarity],
          [i18n._('Informeren van het gezin'), informWords(record.inform, say)],
          [i18n._('Vertrouwelijk'), record.confidentiality === 'confidential' ? i18n._('ja, niet naar het gezin') : null],
        ]}
      />
      {record.emergency && (
        <p>
          <Badge tone="warning" icon="alert">
            {i18n._('spoed')}
          </Badge>
        </p>
      )}
    </>
  );
}

/** The ground of a line in labels, with the codes small behind it. */
export function GroundWords({ line }: { line: DisclosureLine }) {
  const say = useSay();
  const parts = [
    say('Art6', line.art6),
    line.art9 === null ? null : say('Art9', line.art9),
    line.art10 === null ? null : say('Art10', line.art10),
    line.provision === null ? null : say('Provision', line.provision),
    i18n._('geheimhouding: {secrecy}', { secrecy: say('Secrecy', line.secrecy) }),
    line.consent === null ? null : i18n._('met toestemming'),
  ].filter((part) => part !== null);
  const codes = [line.art6, line.art9, line.art10, line.provision, line.secrecy].filter((code) => code !== null).join(' · ');
  return (
    <span className="small block">
      {parts.join('; ')} <span className="code">{codes}</span>
    </span>
  );
}

export function informWords(inform: Inform, say: Say): string {
  switch (inform.state) {
    case 'known':
      return i18n._('het gezin weet ervan');
    case 'due':
      return i18n._('uiterlijk {date}', { date: civil(inform.by) });
    case 'done':
      return i18n._('gedaan op {date}', { date: civil(inform.on) });
    case 'omitted':
      return i18n._('voorlopig niet: {reason}', { reason: say('ReasonNotToInform', inform.reason) });
  }
}
