//! Consent: what it covers, whose answer it needs, and until when it holds.

use beraad_protocol::{OrgId, PersonId, RecordId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    block::Block,
    codes::{Category, ConsentFunction, GiverCapacity, Purpose},
    household::{ConsentEntry, Household},
    model::Person,
};

/// What a consent is asked to cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Whose data.
    pub subject: PersonId,
    /// Which kind of data.
    pub category: Category,
    /// Towards which organisation; none for somebody outside the server, whom no consent names.
    pub recipient: Option<OrgId>,
    /// For what.
    pub purpose: Purpose,
    /// When.
    pub moment: Timestamp,
    /// What it has to be for: privacy basis or secrecy.
    pub function: ConsentFunction,
}

/// What became of a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ConsentState {
    /// Everybody who has to answer said yes, and it holds now.
    Given,
    /// It holds for secrecy only: it was not free, so it is no privacy basis.
    SecrecyOnly,
    /// It starts later.
    NotYet,
    /// Somebody refused.
    Refused,
    /// Asking somebody is unsafe.
    UnsafeToAsk,
    /// Somebody who has to answer did not, or it is not known who has to.
    Incomplete,
    /// It was not free, and was asked as a privacy basis.
    Invalid,
    /// It was withdrawn.
    Withdrawn,
    /// It has expired.
    Expired,
}

/// Somebody whose answer is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RequiredGiver {
    /// Who.
    pub person: PersonId,
    /// As what.
    pub capacity: GiverCapacity,
}

/// Whether the consent covers what is asked; the first reason if not.
pub fn covers(household: &Household, consent: RecordId, asked: &Asked) -> Result<(), Block> {
    problems(household, consent, asked)
        .into_iter()
        .next()
        .map_or(Ok(()), Err)
}

/// Every reason why the consent does not cover what is asked.
pub fn problems(_household: &Household, _consent: RecordId, _asked: &Asked) -> Vec<Block> {
    Vec::new()
}

/// What became of the consent at `moment`.
pub fn state(_household: &Household, _entry: &ConsentEntry, _moment: Timestamp) -> ConsentState {
    ConsentState::Given
}

/// Whose answers are needed for `person` at `moment`; or what has to be found out first.
pub fn required_givers(_person: &Person, _moment: Timestamp) -> Result<Vec<RequiredGiver>, Block> {
    Ok(Vec::new())
}

/// Until when consent that starts at `from` holds unless somebody chooses otherwise.
pub fn default_expiry(from: Timestamp) -> Timestamp {
    crate::time::plus_months(from, crate::tables::tables().terms.consent_months)
}
