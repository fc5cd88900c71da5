// Generated from the Rust types by `cargo xtask types`. Do not edit.

/**
 * The capacity in which a professional acts; powers follow it, not the person.
 */
export type ActingCapacity = "VT_MELDING" | "VT_ADVIES" | "GI_OTS" | "GI_VOOGDIJ" | "GI_VRIJWILLIG" | "RVDK_BESCHERMING" | "RVDK_STRAF" | "JR" | "RECL_TOEZICHT" | "RECL_ADVIES" | "GGZ_BEHANDELAAR" | "LT_HULP" | "LT_TOEGANG" | "SLACHTOFFERHULP" | "POLITIE" | "OM" | "ZVH_REGIE";

/**
 * How far an action is. Two ways of not being done are distinct on purpose.
 */
export type ActionStatus = "open" | "busy" | "done" | "impossible" | "not_done" | "handed_over" | "lapsed";

/**
 * What an agenda item holds.
 */
export type AgendaContent = { "type": "topic", 
/**
 * In a few words.
 */
title: string, 
/**
 * What was said.
 */
notes: string, } | { "type": "danger_statement", 
/**
 * Who worries.
 */
who_worries: string, 
/**
 * About what danger.
 */
danger: string, 
/**
 * With what impact on whom.
 */
impact: string, 
/**
 * Who sees it otherwise, and how.
 */
disputed: string, } | { "type": "safety_goal", 
/**
 * Observable behaviour.
 */
goal: string, 
/**
 * How long it has to last.
 */
how_long: string, } | { "type": "agreement", 
/**
 * Who.
 */
who: string, 
/**
 * Does what.
 */
what: string, 
/**
 * When, or at which trigger.
 */
when: string, 
/**
 * If it fails, then.
 */
if_then: string, 
/**
 * Who checks it, how often.
 */
checked_by: string, } | { "type": "scale", 
/**
 * Who rates.
 */
rater: string, 
/**
 * 0 to 10.
 */
value: number, 
/**
 * Of which day.
 */
on: CivilDate, 
/**
 * Why this number.
 */
why: string, } | { "type": "action", 
/**
 * What.
 */
text: string, 
/**
 * Who does it.
 */
owner: UserId, 
/**
 * By when.
 */
deadline: CivilDate, 
/**
 * How far it is.
 */
status: ActionStatus, };

/**
 * An agenda item as somebody wrote it.
 */
export type AgendaDraft = { 
/**
 * Where it stands in the conference.
 */
section: AgendaSection, 
/**
 * What it holds.
 */
content: AgendaContent, };

/**
 * An agenda item.
 */
export type AgendaItemView = { 
/**
 * Which.
 */
id: ItemId, 
/**
 * The version, to be named as `base` when changing it.
 */
version: number, 
/**
 * As it stands.
 */
draft: AgendaDraft, 
/**
 * Who wrote this version.
 */
by: UserId, 
/**
 * That person's name.
 */
by_name: string, 
/**
 * When.
 */
at: Timestamp, 
/**
 * Versions written at the same time and not settled.
 */
alternatives: Array<AlternativeView>, 
/**
 * A change of this device waits to be sent.
 */
waiting: boolean, };

/**
 * Where an agenda item stands in the order of a case conference.
 */
export type AgendaSection = "confidentiality" | "old_actions" | "reason" | "information" | "voice" | "worries_strengths" | "scale" | "safety_plan" | "decisions" | "inform_family" | "review_date";

/**
 * The agenda of a conference.
 */
export type AgendaView = { 
/**
 * In order.
 */
items: Array<AgendaItemView>, };

/**
 * A version written on an older one.
 */
export type AlternativeView = { 
/**
 * The event, to be named in `settles`.
 */
event: EventId, 
/**
 * Who wrote it.
 */
by: UserId, 
/**
 * That person's name.
 */
by_name: string, 
/**
 * When.
 */
at: Timestamp, 
/**
 * What it says.
 */
draft: AgendaDraft, };

/**
 * Ground for criminal data: article 10 GDPR.
 */
export type Art10 = "UAVG32" | "UAVG33" | "WGS";

/**
 * Privacy basis: article 6(1) GDPR, or a regime outside the GDPR.
 */
export type Art6 = "6A" | "6B" | "6C" | "6D" | "6E" | "6F" | "WPG" | "WJSG";

/**
 * Exception for special categories of data: article 9(2) GDPR, UAVG.
 */
export type Art9 = "9A" | "9C" | "9F" | "9G" | "9H" | "UAVG30_3A";

/**
 * A rule that stands in the way.
 */
export type Block = { 
/**
 * The number of the rule; 0 for input that cannot be.
 */
rule: number, 
/**
 * Names the reason; does not change between releases.
 */
code: BlockCode, 
/**
 * The disclosure line it is about, from 0.
 */
line: number | null, 
/**
 * The person it is about.
 */
subject: PersonId | null, 
/**
 * In Dutch.
 */
nl: string, 
/**
 * In English.
 */
en: string, 
/**
 * What can be done instead.
 */
ways_out: Array<WayOut>, };

/**
 * Names a reason.
 */
export type BlockCode = "too_long" | "missing" | "not_a_member" | "role_may_not" | "duplicate_id" | "unknown_version" | "unknown_item" | "unknown_person" | "unknown_record" | "unknown_alternative" | "unknown_base" | "stale_base" | "already_removed" | "scale_out_of_range" | "in_future" | "impossible_representation" | "impossible_answer" | "ends_before_start" | "may_not_withdraw" | "no_lines" | "duplicate_line" | "item_not_accounted_for" | "recipient_missing" | "categories_differ" | "recipient_is_source" | "recipient_not_in_channel" | "recipient_type_differs" | "no_categories" | "capacity_unverified" | "advice_may_not_record" | "basis_not_allowed" | "regime_required" | "art9_required" | "art9_needs_consent" | "art10_required" | "ground_not_in_framework" | "provision_not_for_discloser" | "provision_not_for_recipient" | "provision_required" | "secrecy_not_dealt_with" | "secrecy_not_by_provision" | "compartment_only" | "category_blocked" | "consent_missing" | "consent_of_another" | "consent_not_for_category" | "consent_not_for_recipient" | "consent_not_for_purpose" | "consent_not_for_function" | "consent_not_yet" | "consent_expired" | "consent_withdrawn" | "consent_answer_missing" | "consent_refused" | "consent_unsafe_to_ask" | "consent_not_free" | "date_of_birth_unknown" | "authority_unknown" | "authority_stale" | "authority_unsourced" | "motivation_insufficient" | "necessity_insufficient" | "proportionality_insufficient" | "subsidiarity_insufficient" | "inform_undecided" | "inform_too_late" | "consult_required" | "consulted_self" | "corrects_itself" | "corrects_another" | "basis_switched";

/**
 * A case as somebody who plans sees it: a code, nothing of the household.
 */
export type Case = { 
/**
 * The channel.
 */
channel: ChannelId, 
/**
 * Random words that name it on screens and on the phone.
 */
case_code: string, 
/**
 * Members, for whom to invite.
 */
members: Array<UserId>, 
/**
 * When it was opened.
 */
created_at: Timestamp, };

/**
 * Case codes to plan for.
 */
export type CasesView = { 
/**
 * By code.
 */
cases: Array<Case>, };

/**
 * What kind of data.
 */
export type Category = "IDENTITEIT" | "ADRES" | "ADRES_GEHEIM" | "GEZIN" | "GEZAG" | "INCIDENT" | "RISICOTAXATIE" | "LICHAMELIJK" | "PSYCHISCH" | "VERSLAVING" | "SEKSUEEL" | "STRAFRECHT" | "POLITIE" | "MAATREGEL" | "FINANCIEN" | "WONEN" | "SCHOOL" | "KINDSTEM" | "RELIGIE_AFKOMST" | "MELDER" | "BSN";

/**
 * A household channel, and the MLS group id of its main group.
 */
export type ChannelId = string;

/**
 * What a member does in one channel.
 */
export type ChannelRole = "case_lead" | "chair" | "participant";

/**
 * A channel in the list.
 */
export type ChannelSummary = { 
/**
 * The channel.
 */
id: ChannelId, 
/**
 * As the members call the household; empty until that was read.
 */
household_name: string, 
/**
 * Random words that name it.
 */
case_code: string, 
/**
 * Entries not seen yet.
 */
unread: number, 
/**
 * When something last happened.
 */
last_at: Timestamp, 
/**
 * No longer a member: can be read, not written.
 */
left: boolean, 
/**
 * A member whose group cannot be used on this device: can be read, not written.
 */
broken: boolean, };

/**
 * One channel.
 */
export type ChannelView = { 
/**
 * As in the list.
 */
summary: ChannelSummary, 
/**
 * The legal frame.
 */
framework: Framework, 
/**
 * This person's role.
 */
my_role: ChannelRole | null, 
/**
 * Who can read.
 */
members: Array<MemberView>, 
/**
 * People of the household.
 */
persons: Array<PersonView>, 
/**
 * Consents, newest first.
 */
consents: Array<ConsentView>, 
/**
 * Disclosures, newest first.
 */
disclosures: Array<DisclosureView>, 
/**
 * Conferences about this case, by start.
 */
conferences: Array<Conference>, 
/**
 * MLS epoch.
 */
epoch: number, };

/**
 * What the rules say about a disclosure.
 */
export type CheckView = { 
/**
 * May be made as it stands.
 */
allowed: boolean, 
/**
 * Everything that blocks it.
 */
blocks: Array<Block>, };

/**
 * A day in the Gregorian calendar, written `2026-11-22` (RFC 3339 `full-date`).
 */
export type CivilDate = string;

/**
 * Why something was refused.
 */
export type Code = "malformed" | "too_large" | "invalid" | "unauthenticated" | "forbidden" | "not_found" | "link_used" | "link_expired" | "stale_epoch" | "stale_view" | "bad_bundle" | "bad_record" | "no_register_key" | "no_key_package" | "conflict" | "rate_limited" | "version_unsupported" | "unavailable" | "internal";

/**
 * A planned conference.
 */
export type Conference = { 
/**
 * As planned last.
 */
plan: ConferencePlan, 
/**
 * The case code, for people.
 */
case_code: string, 
/**
 * Who planned it.
 */
planned_by: UserId, 
/**
 * Rises with every change (RFC 5545 section 3.8.7.4).
 */
sequence: number, 
/**
 * Replies, one per invitee.
 */
invitations: Array<Invitation>, };

/**
 * A conference about one channel.
 */
export type ConferenceId = string;

/**
 * The kind of a conference.
 */
export type ConferenceKind = "urgent" | "regular" | "review" | "closing";

/**
 * What a planner asks for; the same id again with a later `sequence` moves it.
 */
export type ConferencePlan = { 
/**
 * Names the conference.
 */
id: ConferenceId, 
/**
 * The case.
 */
channel: ChannelId, 
/**
 * What kind.
 */
kind: ConferenceKind, 
/**
 * Begins.
 */
start: Timestamp, 
/**
 * Ends; after `start`, within 24 hours of it.
 */
end: Timestamp, 
/**
 * IANA time zone in which people read the times, such as `Europe/Amsterdam`.
 */
time_zone: string, 
/**
 * Who chairs.
 */
chair: UserId | null, 
/**
 * Capacities without which the conference cannot decide.
 */
required_capacities: Array<ActingCapacity>, 
/**
 * Who is invited.
 */
invitees: Array<UserId>, 
/**
 * Planned or cancelled.
 */
status: ConferenceStatus, };

/**
 * What became of a conference's planning.
 */
export type ConferenceStatus = "planned" | "cancelled";

/**
 * Conferences by start.
 */
export type ConferencesView = { 
/**
 * By start.
 */
conferences: Array<Conference>, };

/**
 * Confidentiality towards the family.
 */
export type Confidentiality = "normal" | "confidential";

/**
 * Whether the server is there.
 */
export type Connection = { "state": "offline" } | { "state": "catching_up", 
/**
 * Entries read since connecting.
 */
done: number, 
/**
 * Entries there are to read in all.
 */
total: number, } | { "state": "online" };

/**
 * What a required giver answered.
 */
export type ConsentAnswer = "given" | "refused" | "unsafe_to_ask";

/**
 * Who has to consent.
 */
export type ConsentCheckView = { 
/**
 * Those who have to answer, with the capacity they answer in.
 */
required: Array<RequiredGiver>, 
/**
 * What makes it invalid as it stands.
 */
blocks: Array<Block>, };

/**
 * A consent to record; the engine draws the record's id.
 */
export type ConsentDraft = { 
/**
 * Whose data.
 */
subject: PersonId, 
/**
 * What it is for.
 */
function: ConsentFunction, 
/**
 * Every answer that was asked.
 */
answers: Array<GiverAnswer>, 
/**
 * Which kinds of data.
 */
categories: Array<Category>, 
/**
 * Towards which organisations.
 */
recipients: Array<OrgId>, 
/**
 * For what.
 */
purposes: Array<Purpose>, 
/**
 * Holds until; none for the default term.
 */
valid_until: Timestamp | null, 
/**
 * How it was given.
 */
method: ConsentMethod, 
/**
 * Asked without pressure, with time to think.
 */
freely_given: boolean, 
/**
 * A measure or pressure stands behind the question.
 */
under_pressure: boolean, 
/**
 * What was explained.
 */
notice: string, 
/**
 * Language of the notice (BCP 47).
 */
language: string, };

/**
 * What a consent is for.
 */
export type ConsentFunction = "gdpr_basis" | "lift_secrecy" | "both";

/**
 * How consent was given or withdrawn.
 */
export type ConsentMethod = "written" | "oral" | "digital";

/**
 * Consent of a person, or of those who decide for the person.
 */
export type ConsentRecord = { 
/**
 * Names the record.
 */
id: RecordId, 
/**
 * Whose data.
 */
subject: PersonId, 
/**
 * What it is for.
 */
function: ConsentFunction, 
/**
 * Every answer that was asked.
 */
answers: Array<GiverAnswer>, 
/**
 * Which kinds of data.
 */
categories: Array<Category>, 
/**
 * Towards which organisations.
 */
recipients: Array<OrgId>, 
/**
 * For what.
 */
purposes: Array<Purpose>, 
/**
 * Holds from.
 */
valid_from: Timestamp, 
/**
 * Holds until; always set.
 */
valid_until: Timestamp, 
/**
 * How it was given.
 */
method: ConsentMethod, 
/**
 * Asked without pressure, with time to think, in words that were understood.
 */
freely_given: boolean, 
/**
 * A measure or pressure (drang) stands behind the question.
 */
under_pressure: boolean, 
/**
 * What was explained, in the words used; no content of the case.
 */
notice: string, 
/**
 * Language of the notice (BCP 47).
 */
language: string, };

/**
 * A consent and whether it can be used.
 */
export type ConsentView = { 
/**
 * The record.
 */
consent: ConsentRecord, 
/**
 * `given`, `refused`, `withdrawn`, `expired`, `invalid` or `unsafe_to_ask`, now.
 */
state: string, 
/**
 * Why it cannot be used, when it cannot.
 */
blocks: Array<Block>, 
/**
 * Who recorded it.
 */
recorded_by: UserId, 
/**
 * When the server logged it.
 */
recorded_at: Timestamp, 
/**
 * When it was withdrawn.
 */
withdrawn_at: Timestamp | null, 
/**
 * That this device cannot judge it, in words; none when it could.
 */
unjudged: Label | null, };

/**
 * Whether somebody can decide for themselves.
 */
export type DecisionCapacity = "capable" | "incapable" | "unassessed";

/**
 * One browser profile or terminal of a user, with a signature key of its own.
 */
export type DeviceId = string;

/**
 * Everybody on the server.
 */
export type DirectoryView = { 
/**
 * Organisations by name.
 */
organisations: Array<OrganisationView>, 
/**
 * People by name.
 */
people: Array<PersonnelView>, };

/**
 * A disclosure to record; the engine draws the record's id and sets the time.
 */
export type DisclosureDraft = { 
/**
 * How.
 */
mechanism: Mechanism, 
/**
 * The capacity the discloser acts in.
 */
capacity: ActingCapacity, 
/**
 * One per subject and recipient organisation.
 */
lines: Array<DisclosureLine>, 
/**
 * What for.
 */
purpose: Purpose, 
/**
 * What kind of information, without content.
 */
description: string, 
/**
 * Why it is needed.
 */
motivation: string, 
/**
 * Why this much.
 */
necessity: string, 
/**
 * Why the harm to privacy is outweighed.
 */
proportionality: string, 
/**
 * Why nothing less would do.
 */
subsidiarity: string, 
/**
 * Colleague who was consulted.
 */
consulted: UserId | null, 
/**
 * Whether and when the family is told.
 */
inform: Inform, 
/**
 * Towards the family.
 */
confidentiality: Confidentiality, 
/**
 * Shared at once because of danger.
 */
emergency: boolean, 
/**
 * The record this one corrects.
 */
corrects: RecordId | null, };

/**
 * One subject towards one recipient.
 */
export type DisclosureLine = { 
/**
 * Whose data.
 */
subject: PersonId, 
/**
 * Who receives; none for somebody outside the server.
 */
recipient: OrgId | null, 
/**
 * Kind of recipient.
 */
recipient_type: RecipientType, 
/**
 * Which kinds of data.
 */
categories: Array<Category>, 
/**
 * Privacy basis.
 */
art6: Art6, 
/**
 * Exception for special categories.
 */
art9: Art9 | null, 
/**
 * Ground for criminal data.
 */
art10: Art10 | null, 
/**
 * The provision it rests on.
 */
provision: Provision | null, 
/**
 * How secrecy was dealt with.
 */
secrecy: Secrecy, 
/**
 * The consent it rests on.
 */
consent: RecordId | null, };

/**
 * An account of one act of sharing.
 */
export type DisclosureRecord = { 
/**
 * Names the record.
 */
id: RecordId, 
/**
 * When it was shared, by the discloser's word.
 */
at: Timestamp, 
/**
 * How.
 */
mechanism: Mechanism, 
/**
 * The capacity the discloser acted in.
 */
capacity: ActingCapacity, 
/**
 * One per subject and recipient organisation.
 */
lines: Array<DisclosureLine>, 
/**
 * What for.
 */
purpose: Purpose, 
/**
 * What kind of information, without content.
 */
description: string, 
/**
 * The information items it accounts for.
 */
items: Array<ItemId>, 
/**
 * Why it is needed; required without consent.
 */
motivation: string, 
/**
 * Why this much is needed; required without consent.
 */
necessity: string, 
/**
 * Why the harm to privacy is outweighed; required without consent.
 */
proportionality: string, 
/**
 * Why nothing less would do; required without consent.
 */
subsidiarity: string, 
/**
 * Colleague who was consulted (`CONFLICT_VAN_PLICHTEN`).
 */
consulted: UserId | null, 
/**
 * Whether and when the family is told.
 */
inform: Inform, 
/**
 * Towards the family.
 */
confidentiality: Confidentiality, 
/**
 * Shared at once because of danger; the motivation follows within 24 hours.
 */
emergency: boolean, 
/**
 * The record this one corrects.
 */
corrects: RecordId | null, };

/**
 * A disclosure.
 */
export type DisclosureView = { 
/**
 * The record.
 */
disclosure: DisclosureRecord, 
/**
 * Who disclosed.
 */
by: UserId, 
/**
 * The discloser's organisation.
 */
org: OrgId, 
/**
 * When the server logged it.
 */
recorded_at: Timestamp, 
/**
 * What was shared.
 */
text: string, 
/**
 * Why it was rejected at its place in the order; empty when it stands.
 */
rejected: Array<Block>, 
/**
 * That this device cannot judge it, in words; none when it could.
 */
unjudged: Label | null, };

/**
 * Text that was typed and not sent.
 */
export type DraftView = { 
/**
 * Empty when there is none.
 */
text: string, };

/**
 * An event inside a channel (never seen by the server).
 */
export type EventId = string;

/**
 * The legal frame in which a channel's members work together.
 */
export type Framework = "own_laws" | "wgs_zvh" | "uk_marac";

/**
 * One person's answer.
 */
export type GiverAnswer = { 
/**
 * Who answered, or was not asked because that is unsafe.
 */
person: PersonId, 
/**
 * As what.
 */
capacity: GiverCapacity, 
/**
 * The answer.
 */
answer: ConsentAnswer, };

/**
 * In which capacity somebody answers for a person.
 */
export type GiverCapacity = "SELF" | "PARENTAL_AUTHORITY" | "GUARDIAN" | "CURATOR" | "MENTOR";

/**
 * Who this is and what there is.
 */
export type HomeView = { 
/**
 * None until this device is enrolled.
 */
me: Me | null, 
/**
 * Whether the server is there.
 */
connection: Connection, 
/**
 * Intents that wait to be sent or answered.
 */
waiting: number, 
/**
 * Warnings about safety that stay until they are solved.
 */
warnings: Array<Warning>, 
/**
 * The channels, the one with the newest entry first.
 */
channels: Array<ChannelSummary>, };

/**
 * The decision on telling the family.
 */
export type Inform = { "state": "known" } | { "state": "due", 
/**
 * The last day.
 */
by: CivilDate, } | { "state": "done", 
/**
 * When.
 */
on: CivilDate, } | { "state": "omitted", 
/**
 * Why.
 */
reason: ReasonNotToInform, };

/**
 * What is wanted.
 */
export type Intent = { "intent": "create_channel", 
/**
 * As the members call the household.
 */
household_name: string, 
/**
 * The legal frame.
 */
framework: Framework, 
/**
 * Colleagues to add at once.
 */
members: Array<UserId>, } | { "intent": "add_members", 
/**
 * The channel.
 */
channel: ChannelId, 
/**
 * Whom.
 */
users: Array<UserId>, } | { "intent": "remove_member", 
/**
 * The channel.
 */
channel: ChannelId, 
/**
 * Whom.
 */
user: UserId, } | { "intent": "send_message", 
/**
 * The channel.
 */
channel: ChannelId, 
/**
 * Plain text.
 */
text: string, } | { "intent": "mark_read", 
/**
 * The channel.
 */
channel: ChannelId, 
/**
 * The last entry seen.
 */
seq: number, } | { "intent": "put_person", 
/**
 * The channel.
 */
channel: ChannelId, 
/**
 * The version it was written on; 0 for a new person.
 */
base: number, 
/**
 * The person; the id of a new person is drawn by the caller.
 */
person: Person, } | { "intent": "put_agenda_item", 
/**
 * The channel.
 */
channel: ChannelId, 
/**
 * The conference.
 */
conference: ConferenceId, 
/**
 * None for a new item.
 */
item: ItemId | null, 
/**
 * The version it was written on; 0 for a new item.
 */
base: number, 
/**
 * Alternatives this version settles.
 */
settles: Array<EventId>, 
/**
 * The item.
 */
draft: AgendaDraft, } | { "intent": "remove_agenda_item", 
/**
 * The channel.
 */
channel: ChannelId, 
/**
 * The item.
 */
item: ItemId, 
/**
 * The version it was on screen in.
 */
base: number, } | { "intent": "record_consent", 
/**
 * The channel.
 */
channel: ChannelId, 
/**
 * The consent.
 */
consent: ConsentDraft, } | { "intent": "withdraw_consent", 
/**
 * The channel.
 */
channel: ChannelId, 
/**
 * Which.
 */
consent: RecordId, 
/**
 * Who withdrew.
 */
by: PersonId, 
/**
 * How.
 */
method: ConsentMethod, } | { "intent": "share_information", 
/**
 * The channel.
 */
channel: ChannelId, 
/**
 * What is shared.
 */
text: string, 
/**
 * The account.
 */
disclosure: DisclosureDraft, } | { "intent": "plan_conference", 
/**
 * None for a new one.
 */
conference: ConferenceId | null, 
/**
 * The case.
 */
channel: ChannelId, 
/**
 * What kind.
 */
kind: ConferenceKind, 
/**
 * Begins.
 */
start: Timestamp, 
/**
 * Ends.
 */
end: Timestamp, 
/**
 * IANA time zone.
 */
time_zone: string, 
/**
 * Who chairs.
 */
chair: UserId | null, 
/**
 * Capacities it cannot decide without.
 */
required_capacities: Array<ActingCapacity>, 
/**
 * Who is invited.
 */
invitees: Array<UserId>, 
/**
 * Calls it off.
 */
cancelled: boolean, } | { "intent": "reply_invitation", 
/**
 * Which conference.
 */
conference: ConferenceId, 
/**
 * The reply.
 */
status: ParticipationStatus, } | { "intent": "open_organisation", 
/**
 * Public name.
 */
name: string, 
/**
 * What kind.
 */
kind: OrganisationType, 
/**
 * Its first admin.
 */
admin_name: string, } | { "intent": "invite_user", 
/**
 * An account that exists and gets another link.
 */
user: UserId | null, 
/**
 * The person's name.
 */
name: string, 
/**
 * The person's function.
 */
function: string, 
/**
 * What the person does.
 */
roles: Array<OrgRole>, 
/**
 * Verified capacities.
 */
capacities: Array<ActingCapacity>, } | { "intent": "export_package", 
/**
 * What for.
 */
purpose: string, 
/**
 * On which ground.
 */
legal_basis: string, 
/**
 * For whom.
 */
recipient: string, 
/**
 * Records logged from; none for the first.
 */
from: Timestamp | null, 
/**
 * Records logged before; none for all until now.
 */
until: Timestamp | null, } | { "intent": "keep_draft", 
/**
 * Which field, in the caller's own naming.
 */
key: string, 
/**
 * What was typed.
 */
text: string, } | { "intent": "retry_refused", 
/**
 * The key its conversation shows it under.
 */
key: string, } | { "intent": "drop_refused", 
/**
 * The key its conversation shows it under.
 */
key: string, } | { "intent": "dismiss_warning", 
/**
 * The warning's code.
 */
code: string, 
/**
 * The channel it is about.
 */
channel: ChannelId | null, } | { "intent": "refresh" };

/**
 * How an intent ended.
 */
export type IntentOutcome = { "outcome": "ok", 
/**
 * What came of it.
 */
reply: Reply, } | { "outcome": "refused", 
/**
 * Why, and the way out.
 */
refusal: Refusal, };

/**
 * One invitee's reply.
 */
export type Invitation = { 
/**
 * The invitee.
 */
user: UserId, 
/**
 * The reply.
 */
status: ParticipationStatus, 
/**
 * When it came.
 */
replied_at: Timestamp | null, };

/**
 * An agenda item or an information item (never seen by the server).
 */
export type ItemId = string;

/**
 * A label.
 */
export type Label = { 
/**
 * Dutch.
 */
nl: string, 
/**
 * English.
 */
en: string, };

/**
 * Labels of every code.
 */
export type LabelsView = { 
/**
 * List name, then code, then label.
 */
lists: { [key in string]: { [key in string]: Label } }, };

/**
 * For whom a link was made.
 */
export type LinkPreview = { 
/**
 * The organisation's name.
 */
organisation: string, 
/**
 * The person's name.
 */
name: string, 
/**
 * The person's function.
 */
function: string, 
/**
 * Until when the link works.
 */
expires_at: Timestamp, };

/**
 * Why the engine itself refuses.
 */
export type LocalCode = "not_enrolled" | "unknown_thing" | "offline" | "not_allowed" | "invalid" | "no_register_key" | "register_key_changed" | "group_broken" | "no_longer_member" | "not_vouched_for" | "no_device" | "colleague_left" | "added_again";

/**
 * This person and device.
 */
export type Me = { 
/**
 * The account.
 */
user: UserId, 
/**
 * The device.
 */
device: DeviceId, 
/**
 * The organisation.
 */
org: OrgId, 
/**
 * The person's name.
 */
name: string, 
/**
 * The organisation's name.
 */
organisation: string, 
/**
 * The person's function.
 */
function: string, 
/**
 * What the person does.
 */
roles: Array<OrgRole>, 
/**
 * Verified capacities.
 */
capacities: Array<ActingCapacity>, };

/**
 * How it was shared.
 */
export type Mechanism = "BERICHT" | "DOCUMENT" | "FORMULIER" | "MONDELING" | "VERSLAG" | "LID_MET_HISTORIE" | "EXPORT" | "BUITEN_SYSTEEM";

/**
 * Somebody who can read a channel.
 */
export type MemberView = { 
/**
 * The account.
 */
user: UserId, 
/**
 * The organisation.
 */
org: OrgId, 
/**
 * The person's name.
 */
name: string, 
/**
 * The organisation's name.
 */
organisation: string, 
/**
 * The person's function.
 */
function: string, 
/**
 * Role in the channel.
 */
role: ChannelRole, 
/**
 * Devices in the group.
 */
devices: number, 
/**
 * Verified capacities.
 */
capacities: Array<ActingCapacity>, };

/**
 * Somebody a record is about.
 */
export type NamedSubject = { 
/**
 * Who.
 */
id: PersonId, 
/**
 * As the person was called when the record was made.
 */
name: string, };

/**
 * An organisation that takes part in the region.
 */
export type OrgId = string;

/**
 * What a user does for the organisation.
 */
export type OrgRole = "professional" | "coordinator" | "compliance_officer" | "account_admin" | "host_admin";

/**
 * What kind of organisation this is; also the recipient type of a disclosure line.
 */
export type OrganisationType = "VT" | "GI" | "RVDK" | "SLACHTOFFERHULP" | "RECL" | "JR" | "GGZ" | "LOKAAL_TEAM" | "GEMEENTE" | "POLITIE" | "OM" | "ZVH" | "HOST";

/**
 * An organisation.
 */
export type OrganisationView = { 
/**
 * Its id.
 */
id: OrgId, 
/**
 * Its name.
 */
name: string, 
/**
 * What kind.
 */
kind: OrganisationType, 
/**
 * Whether a compliance officer set up its register; without one it cannot take part.
 */
has_register: boolean, };

/**
 * An invitee's reply (PARTSTAT, RFC 5545 section 3.2.12).
 */
export type ParticipationStatus = "NEEDS-ACTION" | "ACCEPTED" | "TENTATIVE" | "DECLINED";

/**
 * Somebody the household's safety is about.
 */
export type Person = { 
/**
 * Names the person in this channel.
 */
id: PersonId, 
/**
 * As the household calls the person.
 */
name: string, 
/**
 * Decides who has to consent.
 */
date_of_birth: CivilDate | null, 
/**
 * Place in the household, in words ("moeder", "buurman").
 */
relation: string, 
/**
 * Whether the person can decide for themselves.
 */
capacity: DecisionCapacity, 
/**
 * Who decides for the person: parental authority, guardian, mentor, curator.
 */
represented_by: Array<Representation>, };

/**
 * A person of a household (never seen by the server).
 */
export type PersonId = string;

/**
 * A person of the household.
 */
export type PersonView = { 
/**
 * As last put.
 */
person: Person, 
/**
 * The version, to be named as `base` when changing it.
 */
version: number, 
/**
 * Other versions written at the same time and not settled.
 */
alternatives: Array<Person>, };

/**
 * A colleague.
 */
export type PersonnelView = { 
/**
 * The account.
 */
id: UserId, 
/**
 * The organisation.
 */
org: OrgId, 
/**
 * The person's name.
 */
name: string, 
/**
 * The person's function.
 */
function: string, 
/**
 * What the person does.
 */
roles: Array<OrgRole>, 
/**
 * Verified capacities.
 */
capacities: Array<ActingCapacity>, 
/**
 * Devices enrolled; without one nobody can be added to a channel.
 */
devices: number, 
/**
 * No longer at work.
 */
suspended: boolean, };

/**
 * A refusal.
 */
export type Problem = { 
/**
 * Stable, for programs and translations.
 */
code: Code, 
/**
 * English, for people: what is wrong and the way out.
 */
detail: string, 
/**
 * The channel's current epoch, with [`Code::StaleEpoch`].
 */
epoch?: number | null, 
/**
 * The channel's current head, with [`Code::StaleView`] and [`Code::StaleEpoch`].
 */
head?: number | null, };

/**
 * The provision a disclosure rests on.
 */
export type Provision = "WMO_5_1_6" | "WMO_5_2_6" | "BW_1_240" | "JW_7_3_11_1" | "JW_7_3_11_2A" | "JW_7_3_11_4P" | "JW_7_3_11_4R" | "BW_7_457" | "WGS_ZVH" | "WPG_18" | "WPG_19" | "WPG_20" | "WJSG_39F" | "UK_DPA18_SCH1_18";

/**
 * A provision that fits discloser and recipient.
 */
export type ProvisionInfo = { 
/**
 * The code.
 */
code: Provision, 
/**
 * In Dutch.
 */
nl: string, 
/**
 * In English.
 */
en: string, 
/**
 * Where it is found.
 */
source: string, 
/**
 * The ways in which secrecy can be dealt with on it, towards this recipient.
 */
secrecy: Array<Secrecy>, 
/**
 * What the table says about its own review.
 */
reviewed_by: string, };

/**
 * Provisions that fit.
 */
export type ProvisionsView = { 
/**
 * In the order of the list.
 */
provisions: Array<ProvisionInfo>, };

/**
 * What for.
 */
export type Purpose = "DIRECTE_VEILIGHEID" | "RISICOTAXATIE" | "VEILIGHEIDSPLAN" | "RISICOZORG" | "HERSTEL" | "RVDK_ONDERZOEK" | "UITVOERING_MAATREGEL" | "RECL_TOEZICHT" | "OVERDRACHT" | "RECHT_BETROKKENE" | "AUDIT" | "KLACHT_TUCHT";

/**
 * Why the family is not informed (yet).
 */
export type ReasonNotToInform = "GEVAAR_SLACHTOFFER" | "GEVAAR_KIND" | "GEVAAR_PROFESSIONAL" | "OPSPORING" | "ONDERZOEK" | "ONMOGELIJK";

/**
 * Who receives, by kind.
 */
export type RecipientType = "VT" | "GI" | "RVDK" | "SLACHTOFFERHULP" | "RECL" | "JR" | "GGZ" | "LOKAAL_TEAM" | "GEMEENTE" | "POLITIE" | "OM" | "ZVH" | "HUISARTS" | "SCHOOL" | "OPVANG" | "BETROKKENE" | "VERTEGENWOORDIGER" | "ADVOCAAT" | "RECHTER" | "TOEZICHTHOUDER" | "NETWERK";

/**
 * A consent or disclosure record.
 */
export type RecordId = string;

/**
 * What a record accounts for.
 */
export type RecordKind = "consent" | "disclosure";

/**
 * Why not, and the way out.
 */
export type Refusal = { "refused_by": "rules", 
/**
 * Every block, not only the first.
 */
blocks: Array<Block>, } | { "refused_by": "server", 
/**
 * What it said.
 */
problem: Problem, } | { "refused_by": "local", 
/**
 * Stable, for programs and translations.
 */
code: LocalCode, 
/**
 * English, for people: what is wrong and the way out.
 */
detail: string, };

/**
 * A record in the register.
 */
export type RegisterRecordView = { 
/**
 * Which.
 */
id: RecordId, 
/**
 * Consent or disclosure.
 */
kind: RecordKind, 
/**
 * The organisation it comes from.
 */
source: OrgId, 
/**
 * Its name.
 */
source_name: string, 
/**
 * Organisations it went to.
 */
recipient_names: Array<string>, 
/**
 * The discloser or recorder.
 */
author_name: string, 
/**
 * By the author's clock.
 */
at: Timestamp, 
/**
 * By the server's clock.
 */
recorded_at: Timestamp, 
/**
 * Place in the source's log.
 */
index: number, 
/**
 * Signature, commitments, author's attestation and parties hold, and the log, if it was asked
 * already, has nothing else at its place.
 */
verified: boolean, 
/**
 * Whether it is what stands at its place in the log; none while the log was not asked.
 */
logged: boolean | null, 
/**
 * With a disclosure: what it says.
 */
disclosure: DisclosureRecord | null, 
/**
 * With a consent: what it says.
 */
consent: ConsentRecord | null, 
/**
 * With a withdrawal: the consent it ends.
 */
withdraws: RecordId | null, 
/**
 * The subjects with their names, as they stand in the record.
 */
subjects: Array<NamedSubject>, };

/**
 * The register of an organisation, opened on this device.
 */
export type RegisterView = { 
/**
 * Whether the register key is on this device.
 */
ready: boolean, 
/**
 * Newest first.
 */
records: Array<RegisterRecordView>, };

/**
 * What came of an intent.
 */
export type Reply = { "reply": "done" } | { "reply": "channel", 
/**
 * Its id.
 */
channel: ChannelId, 
/**
 * Its case code.
 */
case_code: string, } | { "reply": "item", 
/**
 * Its id.
 */
item: ItemId, } | { "reply": "record", 
/**
 * Its id.
 */
record: RecordId, 
/**
 * Its place in the organisation's log.
 */
index: number, } | { "reply": "conference", 
/**
 * Its id.
 */
conference: ConferenceId, } | { "reply": "link", 
/**
 * The account.
 */
user: UserId, 
/**
 * The organisation.
 */
org: OrgId, 
/**
 * The secret for the link's fragment: `#/enrol/<token>`.
 */
token: string, 
/**
 * Until when it works.
 */
expires_at: Timestamp, } | { "reply": "package", 
/**
 * A neutral file name.
 */
file_name: string, 
/**
 * The ZIP.
 */
bytes: number[], 
/**
 * Records in it.
 */
exported: number, 
/**
 * Leaves of the range that are listed but not opened.
 */
withheld: number, 
/**
 * Received records that cannot be verified: named in it, not in it.
 */
unverifiable: number, };

/**
 * Somebody who may decide for another.
 */
export type Representation = { 
/**
 * Who decides.
 */
holder: PersonId, 
/**
 * As what; never [`GiverCapacity::Zelf`].
 */
capacity: GiverCapacity, 
/**
 * Where that was found (authority register, order), not one parent's word.
 */
source: string, 
/**
 * When it was looked up.
 */
checked_on: CivilDate, };

/**
 * Somebody who has to answer.
 */
export type RequiredGiver = { 
/**
 * Who.
 */
person: PersonId, 
/**
 * As what.
 */
capacity: GiverCapacity, };

/**
 * How professional secrecy was dealt with.
 */
export type Secrecy = "GEEN" | "TOESTEMMING" | "PLICHT" | "RECHT" | "DIRECT_BETROKKEN" | "VERTEGENWOORDIGER" | "CONFLICT_VAN_PLICHTEN";

/**
 * One thing in a conversation.
 */
export type TimelineEntry = { 
/**
 * Position in the channel; none while it waits to be sent.
 */
seq: number | null, 
/**
 * Stable key for lists.
 */
key: string, 
/**
 * When the server took it in, or when it was written while it waits.
 */
at: Timestamp, 
/**
 * Who.
 */
by: UserId | null, 
/**
 * The person's name.
 */
by_name: string, 
/**
 * The organisation's name.
 */
by_organisation: string, 
/**
 * This person's own.
 */
mine: boolean, 
/**
 * What.
 */
what: TimelineItem, 
/**
 * Why it changed nothing; empty when it stands.
 */
rejected: Array<Block>, 
/**
 * That this device cannot judge it, in words; none when it could.
 */
unjudged: Label | null, 
/**
 * It stands, but this device cannot vouch for this: a capacity that was not verified.
 */
doubts: Array<Block>, 
/**
 * Own words that were refused after they had been taken in: tried again or dropped under `key`.
 */
refused: Refusal | null, };

/**
 * What happened.
 */
export type TimelineItem = { "kind": "began" } | { "kind": "household_named", 
/**
 * The name.
 */
name: string, } | { "kind": "message", 
/**
 * The text.
 */
text: string, } | { "kind": "members_changed", 
/**
 * Names of those who came.
 */
added: Array<string>, 
/**
 * Names of those who went.
 */
removed: Array<string>, } | { "kind": "person_put", 
/**
 * The name.
 */
name: string, } | { "kind": "agenda_changed", 
/**
 * Which.
 */
item: ItemId, 
/**
 * The conference.
 */
conference: ConferenceId, 
/**
 * In a few words.
 */
title: string, 
/**
 * Taken off.
 */
removed: boolean, 
/**
 * Two versions stand beside each other.
 */
conflict: boolean, } | { "kind": "consent", 
/**
 * Which.
 */
record: RecordId, 
/**
 * Whose data.
 */
subject: PersonId, 
/**
 * Whether everybody asked said yes.
 */
given: boolean, } | { "kind": "consent_withdrawn", 
/**
 * The consent.
 */
consent: RecordId, 
/**
 * Whose data.
 */
subject: PersonId, } | { "kind": "information", 
/**
 * The information item.
 */
item: ItemId, 
/**
 * What was shared.
 */
text: string, 
/**
 * The record.
 */
record: RecordId, 
/**
 * Kinds of data.
 */
categories: Array<Category>, 
/**
 * What for.
 */
purpose: Purpose, 
/**
 * Names of those it is about.
 */
subjects: Array<string>, 
/**
 * Organisations that received it.
 */
recipients: Array<string>, } | { "kind": "newer" } | { "kind": "undecryptable" };

/**
 * A stretch of a conversation.
 */
export type TimelineView = { 
/**
 * In order.
 */
entries: Array<TimelineEntry>, 
/**
 * There are earlier ones.
 */
more: boolean, };

/**
 * A moment: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
 */
export type Timestamp = number;

/**
 * What may have changed; ask for the views that belong to it.
 */
export type Topic = { "topic": "home" } | { "topic": "directory" } | { "topic": "channel", 
/**
 * Which.
 */
channel: ChannelId, } | { "topic": "conferences" } | { "topic": "register" };

/**
 * A person's account at one organisation.
 */
export type UserId = string;

/**
 * The answer to a [`ViewRequest`].
 */
export type View = { "view": "home" } & HomeView | { "view": "directory" } & DirectoryView | { "view": "channel" } & ChannelView | { "view": "timeline" } & TimelineView | { "view": "agenda" } & AgendaView | { "view": "disclosure_check" } & CheckView | { "view": "consent_check" } & ConsentCheckView | { "view": "provisions" } & ProvisionsView | { "view": "cases" } & CasesView | { "view": "conferences" } & ConferencesView | { "view": "register" } & RegisterView | { "view": "draft" } & DraftView | { "view": "labels" } & LabelsView;

/**
 * What is asked for.
 */
export type ViewRequest = { "view": "home" } | { "view": "directory" } | { "view": "channel", 
/**
 * Which.
 */
channel: ChannelId, } | { "view": "timeline", 
/**
 * Which channel.
 */
channel: ChannelId, 
/**
 * Only entries before this one; none for the newest.
 */
before: number | null, 
/**
 * How many at most (1 to 500).
 */
limit: number, } | { "view": "agenda", 
/**
 * Which channel.
 */
channel: ChannelId, 
/**
 * Which conference.
 */
conference: ConferenceId, } | { "view": "disclosure_check", 
/**
 * Which channel.
 */
channel: ChannelId, 
/**
 * As filled in so far.
 */
draft: DisclosureDraft, } | { "view": "consent_check", 
/**
 * Which channel.
 */
channel: ChannelId, 
/**
 * As filled in so far.
 */
draft: ConsentDraft, } | { "view": "provisions", 
/**
 * Which channel.
 */
channel: ChannelId, 
/**
 * The capacity the discloser acts in.
 */
capacity: ActingCapacity, 
/**
 * The recipient organisation.
 */
recipient: OrgId, } | { "view": "cases" } | { "view": "conferences" } | { "view": "register" } | { "view": "draft", 
/**
 * Which field.
 */
key: string, } | { "view": "labels" };

/**
 * Something about safety that a person has to know.
 */
export type Warning = { 
/**
 * Stable, for translations: `history_differs`, `unattested_leaf`, `newer_version_needed`,
 * `no_register_key`, `undecryptable`, `group_broken`, `members_not_added`,
 * `foreign_key_package`, `register_key_changed`, `register_key_not_yours`.
 */
code: string, 
/**
 * The channel it is about.
 */
channel: ChannelId | null, 
/**
 * What happened and the way out, in Dutch.
 */
nl: string, 
/**
 * The same in English.
 */
en: string, };

/**
 * What can be done instead.
 */
export type WayOut = { 
/**
 * Names the way, so that a screen can offer it as a button.
 */
code: WayOutCode, 
/**
 * In Dutch.
 */
nl: string, 
/**
 * In English.
 */
en: string, };

/**
 * Names a way out.
 */
export type WayOutCode = "shorten" | "fill_in" | "ask_to_join" | "ask_colleague" | "again" | "update" | "look_at_newest" | "add_person" | "restore" | "correct" | "new_record" | "add_line" | "plain_message" | "verify_capacity" | "other_capacity" | "other_basis" | "other_provision" | "deal_with_secrecy" | "choose_art9" | "choose_art10" | "ask_consent" | "ask_consent_again" | "leave_out" | "leave_recipient_out" | "motivate" | "fill_in_date_of_birth" | "record_authority" | "check_authority" | "decide_inform" | "consult" | "emergency";
