//! What a household holds: every thing with its version, its author and what was kept beside it.

use beraad_protocol::{
    ConferenceId, EventId, ItemId, OrgId, PersonId, RecordId, Timestamp, UserId,
    vocabulary::{ActingCapacity, ChannelRole, OrganisationType},
};
use serde::{Deserialize, Serialize};

use crate::model::{AgendaDraft, ConsentRecord, ConsentWithdrawal, DisclosureRecord, Person};

/// A member of the channel, as the group and the directory have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RosterMember {
    /// The account.
    pub user: UserId,
    /// Where the person works.
    pub org: OrgId,
    /// What kind of organisation that is.
    pub org_type: OrganisationType,
    /// What the person does in this channel.
    pub role: ChannelRole,
    /// The capacities somebody verified.
    pub capacities: Vec<ActingCapacity>,
}

/// Which event made a thing, where it stands in the channel and who sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Stamp {
    /// The event.
    pub event: EventId,
    /// Its place in the channel.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub seq: u64,
    /// When the server took it in.
    pub at: Timestamp,
    /// Who sent it.
    pub by: UserId,
    /// Where the sender worked.
    pub org: OrgId,
}

/// The household's name, as somebody gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct HouseholdName {
    /// The name.
    pub name: String,
    /// Who gave it.
    pub named: Stamp,
}

/// A person of the household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PersonEntry {
    /// The person, in the newest version.
    pub person: Person,
    /// 1 for the first; the next change is written on it.
    pub version: u32,
    /// Who added the person.
    pub added: Stamp,
    /// Who wrote the newest version.
    pub changed: Stamp,
    /// Texts written on an older version, still to be settled.
    pub alternatives: Vec<PersonAlternative>,
    /// Alternatives that a later version settled.
    pub settled: Vec<PersonAlternative>,
}

/// A version of a person that was written beside the newest one.
///
/// It is settled by the next change on the newest version whose author had seen it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PersonAlternative {
    /// The event it came in; names the alternative.
    pub event: EventId,
    /// Its place in the channel.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub seq: u64,
    /// Who wrote it.
    pub by: UserId,
    /// When the server took it in.
    pub at: Timestamp,
    /// The version it was written on.
    pub base: u32,
    /// The person, as written.
    pub person: Person,
}

/// An item on the agenda of a conference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AgendaItem {
    /// Names the item.
    pub id: ItemId,
    /// The conference it stands on.
    pub conference: ConferenceId,
    /// 1 for the first; the next change is written on it.
    pub version: u32,
    /// The newest version.
    pub draft: AgendaDraft,
    /// Who added it.
    pub added: Stamp,
    /// Who wrote the newest version.
    pub changed: Stamp,
    /// Who took it off; it can be put back by a change on the newest version.
    pub removed: Option<Stamp>,
    /// Texts written on an older version, still to be settled.
    pub alternatives: Vec<Alternative>,
    /// Alternatives that a later version settled.
    pub settled: Vec<Alternative>,
}

/// A version of an item that was written beside the newest one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Alternative {
    /// The event it came in; a change names it in `settles`.
    pub event: EventId,
    /// Its place in the channel.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub seq: u64,
    /// Who wrote it.
    pub by: UserId,
    /// When the server took it in.
    pub at: Timestamp,
    /// The version it was written on.
    pub base: u32,
    /// The conference it was written for.
    pub conference: ConferenceId,
    /// The item, as written.
    pub draft: AgendaDraft,
}

/// A thing of which two versions stand side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Conflict {
    /// What it is.
    pub thing: crate::event::Reference,
    /// The newest version.
    pub version: u32,
    /// How many alternatives wait to be settled.
    pub alternatives: usize,
}

/// A consent and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ConsentEntry {
    /// The record.
    pub record: ConsentRecord,
    /// Who recorded it.
    pub recorded: Stamp,
    /// Withdrawals, the first one first; from there on it does not hold.
    pub withdrawals: Vec<WithdrawalEntry>,
}

/// A withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WithdrawalEntry {
    /// The record.
    pub record: ConsentWithdrawal,
    /// Who recorded it.
    pub recorded: Stamp,
}

/// An accepted disclosure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DisclosureEntry {
    /// The record.
    pub record: DisclosureRecord,
    /// The information it accounts for.
    pub item: ItemId,
    /// Who disclosed, for which organisation.
    pub recorded: Stamp,
    /// Version of the tables it was judged with.
    pub tables: String,
    /// Until when the motivation has to follow; none when it is there.
    pub motivation_due: Option<Timestamp>,
    /// Until when the compliance officer has to review it; emergencies only.
    pub review_due: Option<Timestamp>,
    /// Records that correct this one, oldest first.
    pub corrected_by: Vec<RecordId>,
}

/// Information that was shared, with the accounts of sharing it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct InformationItem {
    /// Names the item.
    pub id: ItemId,
    /// What was shared.
    pub text: String,
    /// Who shared it, for which organisation.
    pub shared: Stamp,
    /// Whose data it holds.
    pub subjects: Vec<PersonId>,
    /// The record it was shared with, and records that corrected that one.
    pub disclosures: Vec<RecordId>,
}
