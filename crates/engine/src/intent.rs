//! What a person or a script wants done.
//!
//! An intent names no epoch and no sequence number: the engine derives the bytes to send from it,
//! and derives them anew when the group has moved on. Every intent is answered once, when the
//! server has it on disk or has refused it; until then it waits in the outbox, over restarts.

use beraad_casework::{
    codes::{ConsentFunction, ConsentMethod},
    model::{AgendaDraft, DisclosureLine, GiverAnswer, Inform, Person},
};
use beraad_protocol::{
    ChannelId, ConferenceId, EventId, ItemId, OrgId, PersonId, Problem, RecordId, Timestamp,
    UserId,
    vocabulary::{
        ActingCapacity, ConferenceKind, Framework, OrgRole, OrganisationType, ParticipationStatus,
    },
};
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "intent", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Intent {
    /// Open a household channel and lead it. Reply: [`Reply::Channel`].
    CreateChannel {
        /// As the members call the household.
        household_name: String,
        /// The legal frame.
        framework: Framework,
        /// Colleagues to add at once.
        members: Vec<UserId>,
    },
    /// Add colleagues, without history. Reply: [`Reply::Done`].
    AddMembers {
        /// The channel.
        channel: ChannelId,
        /// Whom.
        users: Vec<UserId>,
    },
    /// Remove a colleague; the keys rotate. Reply: [`Reply::Done`].
    RemoveMember {
        /// The channel.
        channel: ChannelId,
        /// Whom.
        user: UserId,
    },
    /// Write a message. Reply: [`Reply::Done`].
    SendMessage {
        /// The channel.
        channel: ChannelId,
        /// Plain text.
        text: String,
    },
    /// Everything up to `seq` was on screen. Reply: [`Reply::Done`], without the server.
    MarkRead {
        /// The channel.
        channel: ChannelId,
        /// The last entry seen.
        seq: u64,
    },
    /// Add or change a person of the household. Reply: [`Reply::Done`].
    PutPerson {
        /// The channel.
        channel: ChannelId,
        /// The version it was written on; 0 for a new person.
        base: u32,
        /// The person; the id of a new person is drawn by the caller.
        person: Person,
    },
    /// Add or change an agenda item. Reply: [`Reply::Item`].
    PutAgendaItem {
        /// The channel.
        channel: ChannelId,
        /// The conference.
        conference: ConferenceId,
        /// None for a new item.
        item: Option<ItemId>,
        /// The version it was written on; 0 for a new item.
        base: u32,
        /// Alternatives this version settles.
        settles: Vec<EventId>,
        /// The item.
        draft: AgendaDraft,
    },
    /// Take an agenda item off. Reply: [`Reply::Done`].
    RemoveAgendaItem {
        /// The channel.
        channel: ChannelId,
        /// The item.
        item: ItemId,
        /// The version it was on screen in.
        base: u32,
    },
    /// Record consent. Reply: [`Reply::Record`].
    RecordConsent {
        /// The channel.
        channel: ChannelId,
        /// The consent.
        consent: ConsentDraft,
    },
    /// Record that a consent was withdrawn. Reply: [`Reply::Record`].
    WithdrawConsent {
        /// The channel.
        channel: ChannelId,
        /// Which.
        consent: RecordId,
        /// Who withdrew.
        by: PersonId,
        /// How.
        method: ConsentMethod,
    },
    /// Share information, with its disclosure record. Reply: [`Reply::Record`].
    ShareInformation {
        /// The channel.
        channel: ChannelId,
        /// What is shared.
        text: String,
        /// The account.
        disclosure: DisclosureDraft,
    },
    /// Plan, move or cancel a conference. Reply: [`Reply::Conference`].
    PlanConference {
        /// None for a new one.
        conference: Option<ConferenceId>,
        /// The case.
        channel: ChannelId,
        /// What kind.
        kind: ConferenceKind,
        /// Begins.
        start: Timestamp,
        /// Ends.
        end: Timestamp,
        /// IANA time zone.
        time_zone: String,
        /// Who chairs.
        chair: Option<UserId>,
        /// Capacities it cannot decide without.
        required_capacities: Vec<ActingCapacity>,
        /// Who is invited.
        invitees: Vec<UserId>,
        /// Calls it off.
        cancelled: bool,
    },
    /// Answer an invitation. Reply: [`Reply::Done`].
    ReplyInvitation {
        /// Which conference.
        conference: ConferenceId,
        /// The reply.
        status: ParticipationStatus,
    },
    /// Open an organisation (host admin). Reply: [`Reply::Link`].
    OpenOrganisation {
        /// Public name.
        name: String,
        /// What kind.
        kind: OrganisationType,
        /// Its first admin.
        admin_name: String,
    },
    /// Invite a colleague (account admin). Reply: [`Reply::Link`].
    InviteUser {
        /// An account that exists and gets another link.
        user: Option<UserId>,
        /// The person's name.
        name: String,
        /// The person's function.
        function: String,
        /// What the person does.
        roles: Vec<OrgRole>,
        /// Verified capacities.
        capacities: Vec<ActingCapacity>,
    },
    /// Pack the register for handing over (compliance officer). Reply: [`Reply::Package`].
    ExportPackage {
        /// What for.
        purpose: String,
        /// On which ground.
        legal_basis: String,
        /// For whom.
        recipient: String,
        /// Records logged from; none for the first.
        from: Option<Timestamp>,
        /// Records logged before; none for all until now.
        until: Option<Timestamp>,
    },
    /// Keep typed text; empty text drops it. Reply: [`Reply::Done`], without the server.
    KeepDraft {
        /// Which field, in the caller's own naming.
        key: String,
        /// What was typed.
        text: String,
    },
    /// Try once more what was refused after it had been taken in. Reply: as the first time.
    RetryRefused {
        /// The key its conversation shows it under.
        key: String,
    },
    /// Let go of what was refused after it had been taken in. Reply: [`Reply::Done`], without the
    /// server.
    DropRefused {
        /// The key its conversation shows it under.
        key: String,
    },
    /// Put a warning away that was read; it comes back when it happens again. Only for
    /// `undecryptable` and `history_differs`. Reply: [`Reply::Done`], without the server.
    DismissWarning {
        /// The warning's code.
        code: String,
        /// The channel it is about.
        channel: Option<ChannelId>,
    },
    /// Fetch the directory, conferences, cases or register afresh. Reply: [`Reply::Done`].
    Refresh,
}

/// A consent to record; the engine draws the record's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ConsentDraft {
    /// Whose data.
    pub subject: PersonId,
    /// What it is for.
    pub function: ConsentFunction,
    /// Every answer that was asked.
    pub answers: Vec<GiverAnswer>,
    /// Which kinds of data.
    pub categories: Vec<beraad_casework::codes::Category>,
    /// Towards which organisations.
    pub recipients: Vec<OrgId>,
    /// For what.
    pub purposes: Vec<beraad_casework::codes::Purpose>,
    /// Holds until; none for the default term.
    pub valid_until: Option<Timestamp>,
    /// How it was given.
    pub method: ConsentMethod,
    /// Asked without pressure, with time to think.
    pub freely_given: bool,
    /// A measure or pressure stands behind the question.
    pub under_pressure: bool,
    /// What was explained.
    pub notice: String,
    /// Language of the notice (BCP 47).
    pub language: String,
}

/// A disclosure to record; the engine draws the record's id and sets the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DisclosureDraft {
    /// How.
    pub mechanism: beraad_casework::codes::Mechanism,
    /// The capacity the discloser acts in.
    pub capacity: ActingCapacity,
    /// One per subject and recipient organisation.
    pub lines: Vec<DisclosureLine>,
    /// What for.
    pub purpose: beraad_casework::codes::Purpose,
    /// What kind of information, without content.
    pub description: String,
    /// Why it is needed.
    pub motivation: String,
    /// Why this much.
    pub necessity: String,
    /// Why the harm to privacy is outweighed.
    pub proportionality: String,
    /// Why nothing less would do.
    pub subsidiarity: String,
    /// Colleague who was consulted.
    pub consulted: Option<UserId>,
    /// Whether and when the family is told.
    pub inform: Inform,
    /// Towards the family.
    pub confidentiality: beraad_casework::codes::Confidentiality,
    /// Shared at once because of danger.
    pub emergency: bool,
    /// The record this one corrects.
    pub corrects: Option<RecordId>,
}

/// What came of an intent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Reply {
    /// It is so.
    Done,
    /// The channel that was opened.
    Channel {
        /// Its id.
        channel: ChannelId,
        /// Its case code.
        case_code: String,
    },
    /// The item that was put.
    Item {
        /// Its id.
        item: ItemId,
    },
    /// The record that was logged.
    Record {
        /// Its id.
        record: RecordId,
        /// Its place in the organisation's log.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        index: u64,
    },
    /// The conference that was planned.
    Conference {
        /// Its id.
        conference: ConferenceId,
    },
    /// A one-time link was made.
    Link {
        /// The account.
        user: UserId,
        /// The organisation.
        org: OrgId,
        /// The secret for the link's fragment: `#/enrol/<token>`.
        token: String,
        /// Until when it works.
        expires_at: Timestamp,
    },
    /// A package to save.
    Package {
        /// A neutral file name.
        file_name: String,
        /// The ZIP.
        #[serde(with = "serde_bytes")]
        #[cfg_attr(feature = "ts", ts(type = "number[]"))]
        bytes: Vec<u8>,
        /// Records in it.
        exported: u32,
        /// Leaves of the range that are listed but not opened.
        withheld: u32,
        /// Received records that cannot be verified: named in it, not in it.
        unverifiable: u32,
    },
}

/// How an intent ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum IntentOutcome {
    /// It was done.
    Ok {
        /// What came of it.
        reply: Reply,
    },
    /// It was not done. Words that were typed stay in the conversation, to be tried again or
    /// dropped, unless it was refused in the very step it came in.
    Refused {
        /// Why, and the way out.
        refusal: Refusal,
    },
}

impl From<Problem> for IntentOutcome {
    fn from(problem: Problem) -> Self {
        Self::Refused {
            refusal: Refusal::Server { problem },
        }
    }
}
