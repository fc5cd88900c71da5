/**
 * The lines of a disclosure, made from what was filled in: one for every subject and every other
 * organisation in the channel, each with a ground of its own.
 */

import type {
  ActingCapacity,
  Art10,
  Art6,
  Art9,
  Category,
  Confidentiality,
  ConsentView,
  DisclosureDraft,
  DisclosureLine,
  Inform,
  Mechanism,
  MemberView,
  OrganisationType,
  Provision,
  Purpose,
  RecipientType,
  Secrecy,
} from '../../../engine/contract';
import { SPECIAL } from '../../../text/codes';

/** On what a line rests. */
export interface Ground {
  art6: Art6;
  art9: Art9 | null;
  art10: Art10 | null;
  provision: Provision | null;
  secrecy: Secrecy;
  consent: string | null;
}

/** What was filled in on the screen. */
export interface ShareFields {
  text: string;
  description: string;
  subjects: string[];
  categories: Category[];
  purpose: Purpose | null;
  mechanism: Mechanism;
  capacity: ActingCapacity | null;
  /** By `organisation`, or by `organisation/subject` where it differs; what is not here follows {@link usualGround}. */
  grounds: Record<string, Ground>;
  motivation: string;
  necessity: string;
  proportionality: string;
  subsidiarity: string;
  consulted: string | null;
  inform: Inform;
  confidentiality: Confidentiality;
  emergency: boolean;
}

export interface Recipient {
  org: string;
  name: string;
}

export function organisationsOf(members: readonly MemberView[]): Recipient[] {
  const names = new Map(members.map((member) => [member.org, member.organisation]));
  return [...names].map(([org, name]) => ({ org, name })).sort((one, other) => one.name.localeCompare(other.name));
}

/** A consent that covers everything this line needs, as far as the screen can see. The engine has the last word. */
export function coveringConsent(consents: readonly ConsentView[], fields: ShareFields, org: string, subject: string): ConsentView | undefined {
  return consents.find(
    ({ consent, state, blocks }) =>
      state === 'given' &&
      blocks.length === 0 &&
      consent.subject === subject &&
      consent.recipients.includes(org) &&
      fields.purpose !== null &&
      consent.purposes.includes(fields.purpose) &&
      fields.categories.every((category) => consent.categories.includes(category)),
  );
}

/** Where a line begins: on consent where there is one that covers it, otherwise on the law. */
export function usualGround(consents: readonly ConsentView[], fields: ShareFields, org: string, subject: string): Ground {
  const special = fields.categories.some((category) => SPECIAL.has(category));
  const criminal = fields.categories.includes('STRAFRECHT');
  const covering = coveringConsent(consents, fields, org, subject);
  const lifts = covering !== undefined && covering.consent.function !== 'gdpr_basis';
  const basis = covering !== undefined && covering.consent.function !== 'lift_secrecy';
  return {
    art6: basis ? '6A' : '6E',
    art9: special ? (basis ? '9A' : '9H') : null,
    art10: criminal ? 'UAVG33' : null,
    provision: null,
    secrecy: lifts ? 'TOESTEMMING' : 'RECHT',
    consent: covering?.consent.id ?? null,
  };
}

export function groundOf(consents: readonly ConsentView[], fields: ShareFields, org: string, subject: string): Ground {
  const usual = usualGround(consents, fields, org, subject);
  const chosen = fields.grounds[`${org}/${subject}`] ?? fields.grounds[org];
  if (chosen === undefined) return usual;
  // A ground for all subjects names no consent: each subject brings its own.
  return { ...chosen, consent: chosen.consent ?? (restsOnConsent(chosen) ? usual.consent : null) };
}

export function restsOnConsent(ground: Ground): boolean {
  return ground.art6 === '6A' || ground.art9 === '9A' || ground.secrecy === 'TOESTEMMING';
}

export function makeLines(fields: ShareFields, recipients: readonly Recipient[], kinds: ReadonlyMap<string, OrganisationType>, consents: readonly ConsentView[]): DisclosureLine[] {
  return fields.subjects.flatMap((subject) =>
    recipients.map(({ org }) => ({
      subject,
      recipient: org,
      recipient_type: recipientType(kinds.get(org)),
      categories: fields.categories,
      ...groundOf(consents, fields, org, subject),
    })),
  );
}

/** What the rules are asked about; null while a choice is missing without which there is nothing to ask. */
export function draftOf(fields: ShareFields, lines: DisclosureLine[]): DisclosureDraft | null {
  if (fields.purpose === null || fields.capacity === null || lines.length === 0) return null;
  return {
    mechanism: fields.mechanism,
    capacity: fields.capacity,
    lines,
    purpose: fields.purpose,
    description: fields.description.trim(),
    motivation: fields.motivation.trim(),
    necessity: fields.necessity.trim(),
    proportionality: fields.proportionality.trim(),
    subsidiarity: fields.subsidiarity.trim(),
    consulted: fields.consulted,
    inform: fields.inform,
    confidentiality: fields.confidentiality,
    emergency: fields.emergency,
    corrects: null,
  };
}

function recipientType(kind: OrganisationType | undefined): RecipientType {
  // A host takes part in no channel; an organisation that the directory does not know yet is refused by the engine.
  return kind === undefined || kind === 'HOST' ? 'NETWERK' : kind;
}
