//! What a screen or a terminal shows.
//!
//! Views are read from the database at the moment they are asked for; [`Topic`]s tell which ones
//! may have changed. Everything here stays on this device.

use beraad_casework::{
    Block,
    codes::{Category, Purpose},
    disclosure::ProvisionInfo,
    model::{AgendaDraft, ConsentRecord, DisclosureRecord, Person},
};
use beraad_protocol::{
    ChannelId, ConferenceId, DeviceId, EventId, ItemId, OrgId, PersonId, RecordId, Timestamp,
    UserId,
    meeting::{Case, Conference},
    vocabulary::{ActingCapacity, ChannelRole, Framework, OrgRole, OrganisationType, RecordKind},
};
use serde::{Deserialize, Serialize};

use crate::{
    intent::{ConsentDraft, DisclosureDraft},
    refusal::Refusal,
};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "view", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ViewRequest {
    /// Who this is, the connection, the channels. Gives [`View::Home`].
    Home,
    /// Everybody on the server. Gives [`View::Directory`].
    Directory,
    /// One channel. Gives [`View::Channel`].
    Channel {
        /// Which.
        channel: ChannelId,
    },
    /// A stretch of its conversation, newest last. Gives [`View::Timeline`].
    Timeline {
        /// Which channel.
        channel: ChannelId,
        /// Only entries before this one; none for the newest.
        #[cfg_attr(feature = "ts", ts(type = "number | null"))]
        before: Option<u64>,
        /// How many at most (1 to 500).
        limit: u32,
    },
    /// The agenda of one conference. Gives [`View::Agenda`].
    Agenda {
        /// Which channel.
        channel: ChannelId,
        /// Which conference.
        conference: ConferenceId,
    },
    /// What the rules say about a disclosure before it is made. Gives [`View::DisclosureCheck`].
    DisclosureCheck {
        /// Which channel.
        channel: ChannelId,
        /// As filled in so far.
        draft: DisclosureDraft,
    },
    /// Who has to consent, and what is missing. Gives [`View::ConsentCheck`].
    ConsentCheck {
        /// Which channel.
        channel: ChannelId,
        /// As filled in so far.
        draft: ConsentDraft,
    },
    /// Provisions that fit a discloser and a recipient. Gives [`View::Provisions`].
    Provisions {
        /// Which channel.
        channel: ChannelId,
        /// The capacity the discloser acts in.
        capacity: ActingCapacity,
        /// The recipient organisation.
        recipient: OrgId,
    },
    /// Case codes this person may plan for. Gives [`View::Cases`].
    Cases,
    /// Conferences this person has to do with. Gives [`View::Conferences`].
    Conferences,
    /// Records of the own organisation (compliance officer). Gives [`View::Register`].
    Register,
    /// Text that was typed and not sent. Gives [`View::Draft`].
    Draft {
        /// Which field.
        key: String,
    },
    /// Labels of every code, in Dutch and English. Gives [`View::Labels`].
    Labels,
}

/// The answer to a [`ViewRequest`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "view", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum View {
    /// To [`ViewRequest::Home`].
    Home(HomeView),
    /// To [`ViewRequest::Directory`].
    Directory(DirectoryView),
    /// To [`ViewRequest::Channel`].
    Channel(Box<ChannelView>),
    /// To [`ViewRequest::Timeline`].
    Timeline(TimelineView),
    /// To [`ViewRequest::Agenda`].
    Agenda(AgendaView),
    /// To [`ViewRequest::DisclosureCheck`].
    DisclosureCheck(CheckView),
    /// To [`ViewRequest::ConsentCheck`].
    ConsentCheck(ConsentCheckView),
    /// To [`ViewRequest::Provisions`].
    Provisions(ProvisionsView),
    /// To [`ViewRequest::Cases`].
    Cases(CasesView),
    /// To [`ViewRequest::Conferences`].
    Conferences(ConferencesView),
    /// To [`ViewRequest::Register`].
    Register(RegisterView),
    /// To [`ViewRequest::Draft`].
    Draft(DraftView),
    /// To [`ViewRequest::Labels`]: list name, then code, then `{nl, en}`.
    Labels(LabelsView),
}

/// Who this is and what there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct HomeView {
    /// None until this device is enrolled.
    pub me: Option<Me>,
    /// Whether the server is there.
    pub connection: Connection,
    /// Intents that wait to be sent or answered.
    pub waiting: u32,
    /// Warnings about safety that stay until they are solved.
    pub warnings: Vec<Warning>,
    /// The channels, the one with the newest entry first.
    pub channels: Vec<ChannelSummary>,
}

/// This person and device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Me {
    /// The account.
    pub user: UserId,
    /// The device.
    pub device: DeviceId,
    /// The organisation.
    pub org: OrgId,
    /// The person's name.
    pub name: String,
    /// The organisation's name.
    pub organisation: String,
    /// The person's function.
    pub function: String,
    /// What the person does.
    pub roles: Vec<OrgRole>,
    /// Verified capacities.
    pub capacities: Vec<ActingCapacity>,
}

/// Whether the server is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Connection {
    /// No connection; what is written waits.
    Offline,
    /// Connected and reading what was missed.
    CatchingUp {
        /// Entries read since connecting.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        done: u64,
        /// Entries there are to read in all.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        total: u64,
    },
    /// Connected and up to date.
    Online,
}

/// Something about safety that a person has to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Warning {
    /// Stable, for translations: `history_differs`, `unattested_leaf`, `newer_version_needed`,
    /// `no_register_key`, `undecryptable`, `group_broken`, `members_not_added`,
    /// `foreign_key_package`, `register_key_changed`, `register_key_not_yours`.
    pub code: String,
    /// The channel it is about.
    pub channel: Option<ChannelId>,
    /// What happened and the way out, in Dutch.
    pub nl: String,
    /// The same in English.
    pub en: String,
}

/// A channel in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ChannelSummary {
    /// The channel.
    pub id: ChannelId,
    /// As the members call the household; empty until that was read.
    pub household_name: String,
    /// Random words that name it.
    pub case_code: String,
    /// Entries not seen yet.
    pub unread: u32,
    /// When something last happened.
    pub last_at: Timestamp,
    /// No longer a member: can be read, not written.
    pub left: bool,
    /// A member whose group cannot be used on this device: can be read, not written.
    pub broken: bool,
}

/// Everybody on the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DirectoryView {
    /// Organisations by name.
    pub organisations: Vec<OrganisationView>,
    /// People by name.
    pub people: Vec<PersonnelView>,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OrganisationView {
    /// Its id.
    pub id: OrgId,
    /// Its name.
    pub name: String,
    /// What kind.
    pub kind: OrganisationType,
    /// Whether a compliance officer set up its register; without one it cannot take part.
    pub has_register: bool,
}

/// A colleague.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PersonnelView {
    /// The account.
    pub id: UserId,
    /// The organisation.
    pub org: OrgId,
    /// The person's name.
    pub name: String,
    /// The person's function.
    pub function: String,
    /// What the person does.
    pub roles: Vec<OrgRole>,
    /// Verified capacities.
    pub capacities: Vec<ActingCapacity>,
    /// Devices enrolled; without one nobody can be added to a channel.
    pub devices: u32,
    /// No longer at work.
    pub suspended: bool,
}

/// One channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ChannelView {
    /// As in the list.
    pub summary: ChannelSummary,
    /// The legal frame.
    pub framework: Framework,
    /// This person's role.
    pub my_role: Option<ChannelRole>,
    /// Who can read.
    pub members: Vec<MemberView>,
    /// People of the household.
    pub persons: Vec<PersonView>,
    /// Consents, newest first.
    pub consents: Vec<ConsentView>,
    /// Disclosures, newest first.
    pub disclosures: Vec<DisclosureView>,
    /// Conferences about this case, by start.
    pub conferences: Vec<Conference>,
    /// MLS epoch.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub epoch: u64,
}

/// Somebody who can read a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MemberView {
    /// The account.
    pub user: UserId,
    /// The organisation.
    pub org: OrgId,
    /// The person's name.
    pub name: String,
    /// The organisation's name.
    pub organisation: String,
    /// The person's function.
    pub function: String,
    /// Role in the channel.
    pub role: ChannelRole,
    /// Devices in the group.
    pub devices: u32,
    /// Verified capacities.
    pub capacities: Vec<ActingCapacity>,
}

/// A person of the household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PersonView {
    /// As last put.
    pub person: Person,
    /// The version, to be named as `base` when changing it.
    pub version: u32,
    /// Other versions written at the same time and not settled.
    pub alternatives: Vec<Person>,
}

/// A consent and whether it can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ConsentView {
    /// The record.
    pub consent: ConsentRecord,
    /// `given`, `refused`, `withdrawn`, `expired`, `invalid` or `unsafe_to_ask`, now.
    pub state: String,
    /// Why it cannot be used, when it cannot.
    pub blocks: Vec<Block>,
    /// Who recorded it.
    pub recorded_by: UserId,
    /// When the server logged it.
    pub recorded_at: Timestamp,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
    /// That this device cannot judge it, in words; none when it could.
    pub unjudged: Option<Label>,
}

/// A disclosure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DisclosureView {
    /// The record.
    pub disclosure: DisclosureRecord,
    /// Who disclosed.
    pub by: UserId,
    /// The discloser's organisation.
    pub org: OrgId,
    /// When the server logged it.
    pub recorded_at: Timestamp,
    /// What was shared.
    pub text: String,
    /// Why it was rejected at its place in the order; empty when it stands.
    pub rejected: Vec<Block>,
    /// That this device cannot judge it, in words; none when it could.
    pub unjudged: Option<Label>,
}

/// A stretch of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TimelineView {
    /// In order.
    pub entries: Vec<TimelineEntry>,
    /// There are earlier ones.
    pub more: bool,
}

/// One thing in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TimelineEntry {
    /// Position in the channel; none while it waits to be sent.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub seq: Option<u64>,
    /// Stable key for lists.
    pub key: String,
    /// When the server took it in, or when it was written while it waits.
    pub at: Timestamp,
    /// Who.
    pub by: Option<UserId>,
    /// The person's name.
    pub by_name: String,
    /// The organisation's name.
    pub by_organisation: String,
    /// This person's own.
    pub mine: bool,
    /// What.
    pub what: TimelineItem,
    /// Why it changed nothing; empty when it stands.
    pub rejected: Vec<Block>,
    /// That this device cannot judge it, in words; none when it could.
    pub unjudged: Option<Label>,
    /// It stands, but this device cannot vouch for this: a capacity that was not verified.
    pub doubts: Vec<Block>,
    /// Own words that were refused after they had been taken in: tried again or dropped under `key`.
    pub refused: Option<Refusal>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum TimelineItem {
    /// The channel began, or this device joined it.
    Began,
    /// The household was named.
    HouseholdNamed {
        /// The name.
        name: String,
    },
    /// A message.
    Message {
        /// The text.
        text: String,
    },
    /// Who can read changed.
    MembersChanged {
        /// Names of those who came.
        added: Vec<String>,
        /// Names of those who went.
        removed: Vec<String>,
    },
    /// A person of the household was put.
    PersonPut {
        /// The name.
        name: String,
    },
    /// An agenda item was put or taken off.
    AgendaChanged {
        /// Which.
        item: ItemId,
        /// The conference.
        conference: ConferenceId,
        /// In a few words.
        title: String,
        /// Taken off.
        removed: bool,
        /// Two versions stand beside each other.
        conflict: bool,
    },
    /// Consent was recorded.
    Consent {
        /// Which.
        record: RecordId,
        /// Whose data.
        subject: PersonId,
        /// Whether everybody asked said yes.
        given: bool,
    },
    /// Consent was withdrawn.
    ConsentWithdrawn {
        /// The consent.
        consent: RecordId,
        /// Whose data.
        subject: PersonId,
    },
    /// Information was shared.
    Information {
        /// The information item.
        item: ItemId,
        /// What was shared.
        text: String,
        /// The record.
        record: RecordId,
        /// Kinds of data.
        categories: Vec<Category>,
        /// What for.
        purpose: Purpose,
        /// Names of those it is about.
        subjects: Vec<String>,
        /// Organisations that received it.
        recipients: Vec<String>,
    },
    /// Something a newer version wrote.
    Newer,
    /// Something this device cannot decrypt; the warning says why.
    Undecryptable,
}

/// The agenda of a conference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AgendaView {
    /// In order.
    pub items: Vec<AgendaItemView>,
}

/// An agenda item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AgendaItemView {
    /// Which.
    pub id: ItemId,
    /// The version, to be named as `base` when changing it.
    pub version: u32,
    /// As it stands.
    pub draft: AgendaDraft,
    /// Who wrote this version.
    pub by: UserId,
    /// That person's name.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
    /// Versions written at the same time and not settled.
    pub alternatives: Vec<AlternativeView>,
    /// A change of this device waits to be sent.
    pub waiting: bool,
}

/// A version written on an older one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AlternativeView {
    /// The event, to be named in `settles`.
    pub event: EventId,
    /// Who wrote it.
    pub by: UserId,
    /// That person's name.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
    /// What it says.
    pub draft: AgendaDraft,
}

/// What the rules say about a disclosure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CheckView {
    /// May be made as it stands.
    pub allowed: bool,
    /// Everything that blocks it.
    pub blocks: Vec<Block>,
}

/// Who has to consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ConsentCheckView {
    /// Those who have to answer, with the capacity they answer in.
    pub required: Vec<RequiredGiver>,
    /// What makes it invalid as it stands.
    pub blocks: Vec<Block>,
}

/// Somebody who has to answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RequiredGiver {
    /// Who.
    pub person: PersonId,
    /// As what.
    pub capacity: beraad_casework::codes::GiverCapacity,
}

/// Provisions that fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProvisionsView {
    /// In the order of the list.
    pub provisions: Vec<ProvisionInfo>,
}

/// Case codes to plan for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CasesView {
    /// By code.
    pub cases: Vec<Case>,
}

/// Conferences by start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ConferencesView {
    /// By start.
    pub conferences: Vec<Conference>,
}

/// The register of an organisation, opened on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RegisterView {
    /// Whether the register key is on this device.
    pub ready: bool,
    /// Newest first.
    pub records: Vec<RegisterRecordView>,
}

/// A record in the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RegisterRecordView {
    /// Which.
    pub id: RecordId,
    /// Consent or disclosure.
    pub kind: RecordKind,
    /// The organisation it comes from.
    pub source: OrgId,
    /// Its name.
    pub source_name: String,
    /// Organisations it went to.
    pub recipient_names: Vec<String>,
    /// The discloser or recorder.
    pub author_name: String,
    /// By the author's clock.
    pub at: Timestamp,
    /// By the server's clock.
    pub recorded_at: Timestamp,
    /// Place in the source's log.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub index: u64,
    /// Signature, commitments, author's attestation and parties hold, and the log, if it was asked
    /// already, has nothing else at its place.
    pub verified: bool,
    /// Whether it is what stands at its place in the log; none while the log was not asked.
    pub logged: Option<bool>,
    /// With a disclosure: what it says.
    pub disclosure: Option<DisclosureRecord>,
    /// With a consent: what it says.
    pub consent: Option<ConsentRecord>,
    /// With a withdrawal: the consent it ends.
    pub withdraws: Option<RecordId>,
    /// The subjects with their names, as they stand in the record.
    pub subjects: Vec<NamedSubject>,
}

/// Somebody a record is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct NamedSubject {
    /// Who.
    pub id: PersonId,
    /// As the person was called when the record was made.
    pub name: String,
}

/// Text that was typed and not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DraftView {
    /// Empty when there is none.
    pub text: String,
}

/// Labels of every code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LabelsView {
    /// List name, then code, then label.
    pub lists: std::collections::BTreeMap<String, std::collections::BTreeMap<String, Label>>,
}

/// A label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Label {
    /// Dutch.
    pub nl: String,
    /// English.
    pub en: String,
}

/// What may have changed; ask for the views that belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "topic", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Topic {
    /// [`ViewRequest::Home`].
    Home,
    /// [`ViewRequest::Directory`].
    Directory,
    /// [`ViewRequest::Channel`], [`ViewRequest::Timeline`] and [`ViewRequest::Agenda`] of one.
    Channel {
        /// Which.
        channel: ChannelId,
    },
    /// [`ViewRequest::Cases`] and [`ViewRequest::Conferences`].
    Conferences,
    /// [`ViewRequest::Register`].
    Register,
}
