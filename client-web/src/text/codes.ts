/**
 * The code lists in the order people know them, and how a code reads.
 *
 * The words come from the engine's tables; only the order is this module's.
 */

import type {
  ActingCapacity,
  ActionStatus,
  AgendaSection,
  Art10,
  Art6,
  Art9,
  Category,
  ConferenceKind,
  Confidentiality,
  ConsentAnswer,
  ConsentFunction,
  ConsentMethod,
  DecisionCapacity,
  Framework,
  GiverCapacity,
  LabelsView,
  Mechanism,
  OrgRole,
  OrganisationType,
  Purpose,
  ReasonNotToInform,
  Secrecy,
} from '../engine/contract';
import { useLabels } from '../engine/hooks';
import { language } from './locale';

export const ART6: readonly Art6[] = ["6A", "6B", "6C", "6D", "6E", "6F", "WPG", "WJSG"];
export const ART9: readonly Art9[] = ["9A", "9C", "9F", "9G", "9H", "UAVG30_3A"];
export const ART10: readonly Art10[] = ["UAVG32", "UAVG33", "WGS"];
export const SECRECY: readonly Secrecy[] = [
  "GEEN",
  "TOESTEMMING",
  "PLICHT",
  "RECHT",
  "DIRECT_BETROKKEN",
  "VERTEGENWOORDIGER",
  "CONFLICT_VAN_PLICHTEN",
];
export const CATEGORY: readonly Category[] = [
  "IDENTITEIT",
  "ADRES",
  "ADRES_GEHEIM",
  "GEZIN",
  "GEZAG",
  "INCIDENT",
  "RISICOTAXATIE",
  "LICHAMELIJK",
  "PSYCHISCH",
  "VERSLAVING",
  "SEKSUEEL",
  "STRAFRECHT",
  "POLITIE",
  "MAATREGEL",
  "FINANCIEN",
  "WONEN",
  "SCHOOL",
  "KINDSTEM",
  "RELIGIE_AFKOMST",
  "MELDER",
  "BSN",
];
export const PURPOSE: readonly Purpose[] = [
  "DIRECTE_VEILIGHEID",
  "RISICOTAXATIE",
  "VEILIGHEIDSPLAN",
  "RISICOZORG",
  "HERSTEL",
  "RVDK_ONDERZOEK",
  "UITVOERING_MAATREGEL",
  "RECL_TOEZICHT",
  "OVERDRACHT",
  "RECHT_BETROKKENE",
  "AUDIT",
  "KLACHT_TUCHT",
];
export const REASON_NOT_TO_INFORM: readonly ReasonNotToInform[] = [
  "GEVAAR_SLACHTOFFER",
  "GEVAAR_KIND",
  "GEVAAR_PROFESSIONAL",
  "OPSPORING",
  "ONDERZOEK",
  "ONMOGELIJK",
];
export const GIVER_CAPACITY: readonly GiverCapacity[] = ["SELF", "PARENTAL_AUTHORITY", "GUARDIAN", "CURATOR", "MENTOR"];
export const CONSENT_FUNCTION: readonly ConsentFunction[] = ["gdpr_basis", "lift_secrecy", "both"];
export const CONSENT_METHOD: readonly ConsentMethod[] = ["written", "oral", "digital"];
export const CONSENT_ANSWER: readonly ConsentAnswer[] = ["given", "refused", "unsafe_to_ask"];
export const DECISION_CAPACITY: readonly DecisionCapacity[] = ["capable", "incapable", "unassessed"];
export const ACTION_STATUS: readonly ActionStatus[] = [
  "open",
  "busy",
  "done",
  "impossible",
  "not_done",
  "handed_over",
  "lapsed",
];
export const AGENDA_SECTION: readonly AgendaSection[] = [
  "confidentiality",
  "old_actions",
  "reason",
  "information",
  "voice",
  "worries_strengths",
  "scale",
  "safety_plan",
  "decisions",
  "inform_family",
  "review_date",
];
export const ORGANISATION_TYPE: readonly OrganisationType[] = [
  "VT",
  "GI",
  "RVDK",
  "SLACHTOFFERHULP",
  "RECL",
  "JR",
  "GGZ",
  "LOKAAL_TEAM",
  "GEMEENTE",
  "POLITIE",
  "OM",
  "ZVH",
  "HOST",
];
export const ACTING_CAPACITY: readonly ActingCapacity[] = [
  "VT_MELDING",
  "VT_ADVIES",
  "GI_OTS",
  "GI_VOOGDIJ",
  "GI_VRIJWILLIG",
  "RVDK_BESCHERMING",
  "RVDK_STRAF",
  "JR",
  "RECL_TOEZICHT",
  "RECL_ADVIES",
  "GGZ_BEHANDELAAR",
  "LT_HULP",
  "LT_TOEGANG",
  "SLACHTOFFERHULP",
  "POLITIE",
  "OM",
  "ZVH_REGIE",
];
export const ORG_ROLE: readonly OrgRole[] = [
  "professional",
  "coordinator",
  "compliance_officer",
  "account_admin",
  "host_admin",
];
export const FRAMEWORK: readonly Framework[] = ["own_laws", "wgs_zvh", "uk_marac"];
export const CONFERENCE_KIND: readonly ConferenceKind[] = ["urgent", "regular", "review", "closing"];
export const MECHANISM: readonly Mechanism[] = [
  "BERICHT",
  "DOCUMENT",
  "FORMULIER",
  "MONDELING",
  "VERSLAG",
  "LID_MET_HISTORIE",
  "EXPORT",
  "BUITEN_SYSTEEM",
];
export const CONFIDENTIALITY: readonly Confidentiality[] = ["normal", "confidential"];

/** Kinds of data for which article 9 asks a ground of its own. The engine decides; this only chooses defaults. */
export const SPECIAL: ReadonlySet<Category> = new Set<Category>([
  'LICHAMELIJK',
  'PSYCHISCH',
  'VERSLAVING',
  'SEKSUEEL',
  'RELIGIE_AFKOMST',
]);

/** Kinds of data that this screen never offers: they live in compartments of their own, or are blocked. */
export const NOT_OFFERED: ReadonlySet<Category> = new Set<Category>(['ADRES_GEHEIM', 'MELDER', 'BSN']);

/** The lists by the name of their type. */
export type ListName =
  | 'Art6'
  | 'Art9'
  | 'Art10'
  | 'Provision'
  | 'Secrecy'
  | 'Category'
  | 'Purpose'
  | 'RecipientType'
  | 'Mechanism'
  | 'ReasonNotToInform'
  | 'GiverCapacity'
  | 'ConsentFunction'
  | 'ConsentMethod'
  | 'ConsentAnswer'
  | 'DecisionCapacity'
  | 'Confidentiality'
  | 'ActionStatus'
  | 'AgendaSection'
  | 'OrganisationType'
  | 'ActingCapacity'
  | 'OrgRole'
  | 'Framework'
  | 'ChannelRole'
  | 'ConferenceKind'
  | 'ConferenceStatus'
  | 'ParticipationStatus'
  | 'RecordKind';

/** Says a code in the language of the screen. */
export type Say = (list: ListName, code: string) => string;

export function useSay(): Say {
  const lists = useLabels();
  return (list, code) => sayIn(lists, list, code);
}

/** The label of a code; the code itself while there is no label. */
export function sayIn(lists: LabelsView['lists'], list: ListName, code: string): string {
  return lists[snake(list)]?.[code]?.[language()] ?? code;
}

function snake(name: string): string {
  return name.replace(/(?<!^)(?=[A-Z])/g, '_').toLowerCase();
}
