//! The things a household's channel holds.

use beraad_protocol::{ItemId, OrgId, PersonId, RecordId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    codes::{
        ActionStatus, AgendaSection, Art6, Art9, Art10, Category, Confidentiality, ConsentAnswer,
        ConsentFunction, ConsentMethod, DecisionCapacity, GiverCapacity, Mechanism, Provision,
        Purpose, ReasonNotToInform, RecipientType, Secrecy,
    },
    date::CivilDate,
};

/// Somebody the household's safety is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Person {
    /// Names the person in this channel.
    pub id: PersonId,
    /// As the household calls the person.
    pub name: String,
    /// Decides who has to consent.
    pub date_of_birth: Option<CivilDate>,
    /// Place in the household, in words ("moeder", "buurman").
    pub relation: String,
    /// Whether the person can decide for themselves.
    pub capacity: DecisionCapacity,
    /// Who decides for the person: parental authority, guardian, mentor, curator.
    pub represented_by: Vec<Representation>,
}

/// Somebody who may decide for another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Representation {
    /// Who decides.
    pub holder: PersonId,
    /// As what; never [`GiverCapacity::Zelf`].
    pub capacity: GiverCapacity,
    /// Where that was found (authority register, order), not one parent's word.
    pub source: String,
    /// When it was looked up.
    pub checked_on: CivilDate,
}

/// What an agenda item holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum AgendaContent {
    /// Something to talk about.
    Topic {
        /// In a few words.
        title: String,
        /// What was said.
        notes: String,
    },
    /// Who worries about what, and what it does to whom.
    DangerStatement {
        /// Who worries.
        who_worries: String,
        /// About what danger.
        danger: String,
        /// With what impact on whom.
        impact: String,
        /// Who sees it otherwise, and how.
        disputed: String,
    },
    /// What will be seen when it is safe, and for how long.
    SafetyGoal {
        /// Observable behaviour.
        goal: String,
        /// How long it has to last.
        how_long: String,
    },
    /// Who does what when.
    Agreement {
        /// Who.
        who: String,
        /// Does what.
        what: String,
        /// When, or at which trigger.
        when: String,
        /// If it fails, then.
        if_then: String,
        /// Who checks it, how often.
        checked_by: String,
    },
    /// How safe it is, from 0 (nothing keeps them safe) to 10.
    Scale {
        /// Who rates.
        rater: String,
        /// 0 to 10.
        value: u8,
        /// Of which day.
        on: CivilDate,
        /// Why this number.
        why: String,
    },
    /// Something one professional will do.
    Action {
        /// What.
        text: String,
        /// Who does it.
        owner: UserId,
        /// By when.
        deadline: CivilDate,
        /// How far it is.
        status: ActionStatus,
    },
}

impl AgendaContent {
    /// The kinds, as the field `type` names them.
    pub const KINDS: &'static [&'static str] = &[
        "topic",
        "danger_statement",
        "safety_goal",
        "agreement",
        "scale",
        "action",
    ];
}

/// An agenda item as somebody wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AgendaDraft {
    /// Where it stands in the conference.
    pub section: AgendaSection,
    /// What it holds.
    pub content: AgendaContent,
}

/// Consent of a person, or of those who decide for the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ConsentRecord {
    /// Names the record.
    pub id: RecordId,
    /// Whose data.
    pub subject: PersonId,
    /// What it is for.
    pub function: ConsentFunction,
    /// Every answer that was asked.
    pub answers: Vec<GiverAnswer>,
    /// Which kinds of data.
    pub categories: Vec<Category>,
    /// Towards which organisations.
    pub recipients: Vec<OrgId>,
    /// For what.
    pub purposes: Vec<Purpose>,
    /// Holds from.
    pub valid_from: Timestamp,
    /// Holds until; always set.
    pub valid_until: Timestamp,
    /// How it was given.
    pub method: ConsentMethod,
    /// Asked without pressure, with time to think, in words that were understood.
    pub freely_given: bool,
    /// A measure or pressure (drang) stands behind the question.
    pub under_pressure: bool,
    /// What was explained, in the words used; no content of the case.
    pub notice: String,
    /// Language of the notice (BCP 47).
    pub language: String,
}

/// One person's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct GiverAnswer {
    /// Who answered, or was not asked because that is unsafe.
    pub person: PersonId,
    /// As what.
    pub capacity: GiverCapacity,
    /// The answer.
    pub answer: ConsentAnswer,
}

/// The end of a consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ConsentWithdrawal {
    /// Names this record.
    pub id: RecordId,
    /// The consent that ends.
    pub consent: RecordId,
    /// Who withdrew.
    pub by: PersonId,
    /// How.
    pub method: ConsentMethod,
}

/// An account of one act of sharing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DisclosureRecord {
    /// Names the record.
    pub id: RecordId,
    /// When it was shared, by the discloser's word.
    pub at: Timestamp,
    /// How.
    pub mechanism: Mechanism,
    /// The capacity the discloser acted in.
    pub capacity: beraad_protocol::vocabulary::ActingCapacity,
    /// One per subject and recipient organisation.
    pub lines: Vec<DisclosureLine>,
    /// What for.
    pub purpose: Purpose,
    /// What kind of information, without content.
    pub description: String,
    /// The information items it accounts for.
    pub items: Vec<ItemId>,
    /// Why it is needed; required without consent.
    pub motivation: String,
    /// Why this much is needed; required without consent.
    pub necessity: String,
    /// Why the harm to privacy is outweighed; required without consent.
    pub proportionality: String,
    /// Why nothing less would do; required without consent.
    pub subsidiarity: String,
    /// Colleague who was consulted (`CONFLICT_VAN_PLICHTEN`).
    pub consulted: Option<UserId>,
    /// Whether and when the family is told.
    pub inform: Inform,
    /// Towards the family.
    pub confidentiality: Confidentiality,
    /// Shared at once because of danger; the motivation follows within 24 hours.
    pub emergency: bool,
    /// The record this one corrects.
    pub corrects: Option<RecordId>,
}

/// One subject towards one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DisclosureLine {
    /// Whose data.
    pub subject: PersonId,
    /// Who receives; none for somebody outside the server.
    pub recipient: Option<OrgId>,
    /// Kind of recipient.
    pub recipient_type: RecipientType,
    /// Which kinds of data.
    pub categories: Vec<Category>,
    /// Privacy basis.
    pub art6: Art6,
    /// Exception for special categories.
    pub art9: Option<Art9>,
    /// Ground for criminal data.
    pub art10: Option<Art10>,
    /// The provision it rests on.
    pub provision: Option<Provision>,
    /// How secrecy was dealt with.
    pub secrecy: Secrecy,
    /// The consent it rests on.
    pub consent: Option<RecordId>,
}

/// The decision on telling the family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Inform {
    /// Nothing was decided; only with valid consent, where the family knows.
    Known,
    /// Will be told by that day.
    Due {
        /// The last day.
        by: CivilDate,
    },
    /// Was told.
    Done {
        /// When.
        on: CivilDate,
    },
    /// Is not told, for now.
    Omitted {
        /// Why.
        reason: ReasonNotToInform,
    },
}
