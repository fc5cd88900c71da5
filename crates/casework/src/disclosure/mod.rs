//! The two tests every disclosure has to pass: a privacy basis, and secrecy.
//!
//! [`evaluate`] runs before a disclosure is sent and again where it stands in the order, and gives
//! the same answer for the same household: no blocks, or every reason with its ways out.

mod account;
mod line;
mod provisions;
mod readers;

use beraad_protocol::{
    OrgId, Timestamp, UserId,
    vocabulary::{ActingCapacity, OrganisationType},
};
use serde::{Deserialize, Serialize};

pub(crate) use account::motivates;
pub use account::{motivation_due, review_due};
pub use provisions::offered_provisions;

use crate::{
    block::{Block, BlockCode, WayOutCode},
    codes::{Provision, RecipientType, Secrecy},
    household::Household,
    model::DisclosureRecord,
    tables::tables,
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
    /// The ways in which secrecy can be dealt with on it, towards this recipient.
    pub secrecy: Vec<Secrecy>,
    /// What the table says about its own review.
    pub reviewed_by: String,
}

/// Every rule that stands in the way of `record` at `at`, the server's time of the event (or now,
/// before sending).
pub fn evaluate(
    household: &Household,
    discloser: &Discloser,
    record: &DisclosureRecord,
    at: Timestamp,
) -> Vec<Block> {
    judge(household, discloser, record, at, Trust::Verified)
}

/// Which capacities count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Those somebody verified, as far as this device knows.
    Verified,
    /// Those that are claimed: the same for every device, whatever it knows.
    Claimed,
}

/// As [`evaluate`], by the capacities that count.
pub(crate) fn judge(
    household: &Household,
    discloser: &Discloser,
    record: &DisclosureRecord,
    at: Timestamp,
    trust: Trust,
) -> Vec<Block> {
    if record.lines.is_empty() {
        return vec![no_lines()];
    }
    let mut blocks = capacity(discloser, record, trust);
    for (index, line) in record.lines.iter().enumerate() {
        let test = line::Test {
            household,
            discloser,
            record,
            line,
            at,
            trust,
        };
        blocks.extend(test.blocks().into_iter().map(|block| block.at_line(index)));
    }
    blocks.extend(readers::blocks(household, discloser, record));
    blocks.extend(account::blocks(household, discloser, record, at));
    blocks
}

fn no_lines() -> Block {
    Block::new(
        1,
        BlockCode::NoLines,
        "Er staat niet in van wie u gegevens deelt en met wie.",
        "It does not say whose data you share and with whom.",
    )
    .way_out(WayOutCode::AddLine)
    .way_out(WayOutCode::PlainMessage)
}

fn capacity(discloser: &Discloser, record: &DisclosureRecord, trust: Trust) -> Vec<Block> {
    let tables = tables();
    let mut blocks = Vec::new();
    let (nl, en) = tables
        .labels
        .words("acting_capacity", record.capacity.code());
    if trust == Trust::Verified && !discloser.capacities.contains(&record.capacity) {
        blocks.push(
            Block::new(
                4,
                BlockCode::CapacityUnverified,
                format!("Uw hoedanigheid is niet gecontroleerd: {nl}."),
                format!("Your capacity was not verified: {en}."),
            )
            .way_out(WayOutCode::VerifyCapacity)
            .way_out(WayOutCode::OtherCapacity),
        );
    }
    if tables
        .capacities
        .get(&record.capacity)
        .is_some_and(|row| !row.may_record)
    {
        blocks.push(advice_may_not_record());
    }
    blocks
}

/// Veilig Thuis giving advice tried to record data of a family.
pub(crate) fn advice_may_not_record() -> Block {
    Block::new(
        4,
        BlockCode::AdviceMayNotRecord,
        "Wie voor Veilig Thuis advies geeft, mag geen gegevens van het gezin vastleggen.",
        "Whoever gives advice for Veilig Thuis may not record data of the family.",
    )
    .way_out(WayOutCode::OtherCapacity)
    .way_out(WayOutCode::PlainMessage)
}
