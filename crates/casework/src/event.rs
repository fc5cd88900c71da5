//! What can happen in a household's channel.
//!
//! An event travels as CBOR inside an MLS application message. Old engines meet newer events: a
//! body they do not know is kept and shown as "newer version needed", and changes nothing.

use beraad_protocol::{ConferenceId, EventId, ItemId, OrgId, PersonId, UserId};
use serde::{Deserialize, Serialize};

use crate::model::{AgendaDraft, ConsentRecord, ConsentWithdrawal, DisclosureRecord, Person};

/// One event, as its sender wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Version of this shape: 1.
    pub v: u16,
    /// Names the event.
    pub id: EventId,
    /// The last entry of the channel the sender had folded.
    pub seen: u64,
    /// The sender's hash over the channel's history up to `seen`, 32 bytes.
    #[serde(with = "serde_bytes")]
    pub history: Vec<u8>,
    /// What happened.
    pub body: Body,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// The household got its name (never seen by the server).
    HouseholdNamed {
        /// As the members call it.
        name: String,
    },
    /// Somebody wrote.
    MessagePosted {
        /// Plain text.
        text: String,
    },
    /// A person was added or changed.
    PersonPut {
        /// The version this was written on; 0 for a new person.
        base: u32,
        /// The person.
        person: Person,
    },
    /// An agenda item was added or changed.
    AgendaItemPut {
        /// Names the item.
        item: ItemId,
        /// The conference it belongs to.
        conference: ConferenceId,
        /// The version this was written on; 0 for a new item.
        base: u32,
        /// Alternatives this version settles.
        settles: Vec<EventId>,
        /// The item.
        draft: AgendaDraft,
    },
    /// An agenda item was taken off.
    AgendaItemRemoved {
        /// Which.
        item: ItemId,
        /// The version it was taken off at.
        base: u32,
    },
    /// Consent was recorded, given or refused.
    ConsentRecorded {
        /// The record.
        consent: ConsentRecord,
    },
    /// Consent was withdrawn.
    ConsentWithdrawn {
        /// The record.
        withdrawal: ConsentWithdrawal,
    },
    /// Information was shared, with the account of sharing it.
    InformationShared {
        /// Names the information item.
        item: ItemId,
        /// What was shared.
        text: String,
        /// The account.
        disclosure: DisclosureRecord,
    },
}

impl Body {
    /// The names of what can happen, as they are encoded.
    pub const KINDS: &'static [&'static str] = &[
        "household_named",
        "message_posted",
        "person_put",
        "agenda_item_put",
        "agenda_item_removed",
        "consent_recorded",
        "consent_withdrawn",
        "information_shared",
    ];

    /// The name of what happened.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::HouseholdNamed { .. } => "household_named",
            Self::MessagePosted { .. } => "message_posted",
            Self::PersonPut { .. } => "person_put",
            Self::AgendaItemPut { .. } => "agenda_item_put",
            Self::AgendaItemRemoved { .. } => "agenda_item_removed",
            Self::ConsentRecorded { .. } => "consent_recorded",
            Self::ConsentWithdrawn { .. } => "consent_withdrawn",
            Self::InformationShared { .. } => "information_shared",
        }
    }
}

/// Who sent an event, from the MLS leaf and the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// The account.
    pub user: UserId,
    /// Where the person works.
    pub org: OrgId,
}

/// Ids a screen may link to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "thing", content = "id", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Reference {
    /// A person.
    Person(PersonId),
    /// An item.
    Item(ItemId),
}
