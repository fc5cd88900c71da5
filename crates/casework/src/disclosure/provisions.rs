//! Which provision fits whom (rule 4).

use beraad_protocol::vocabulary::{ActingCapacity, Framework};

use super::{Discloser, ProvisionInfo, Recipient};
use crate::{
    codes::{Provision, Secrecy},
    tables::{ProvisionRow, Way, tables},
};

/// The provisions `discloser`, acting as `acting`, may use towards `recipient` in `framework`.
/// None when the capacity was not verified.
pub fn offered_provisions(
    discloser: &Discloser,
    acting: ActingCapacity,
    recipient: &Recipient,
    framework: Framework,
) -> Vec<ProvisionInfo> {
    if !discloser.capacities.contains(&acting) {
        return Vec::new();
    }
    let tables = tables();
    tables
        .provisions
        .values()
        .filter(|row| row.used_by.contains(&acting) && holds_in(row, framework))
        .filter_map(|row| {
            let secrecy = secrecy_ways(row, recipient);
            (!secrecy.is_empty()).then(|| ProvisionInfo {
                code: row.code,
                nl: row.nl.clone(),
                en: row.en.clone(),
                source: row.source.clone(),
                secrecy,
                reviewed_by: tables.reviewed_by.clone(),
            })
        })
        .collect()
}

/// Why a provision does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    Framework,
    Discloser,
    Recipient,
    Secrecy,
}

/// Whether `provision` fits; on `secrecy`'s own way where it needs one.
pub(super) fn fits(
    provision: Provision,
    acting: ActingCapacity,
    recipient: &Recipient,
    framework: Framework,
    secrecy: Secrecy,
) -> Result<(), Misfit> {
    let Some(row) = tables().provisions.get(&provision) else {
        return Err(Misfit::Discloser);
    };
    if !holds_in(row, framework) {
        return Err(Misfit::Framework);
    }
    if !row.used_by.contains(&acting) {
        return Err(Misfit::Discloser);
    }
    let ways = secrecy_ways(row, recipient);
    if ways.is_empty() {
        return Err(Misfit::Recipient);
    }
    if needs_way(secrecy) && !ways.contains(&secrecy) {
        return Err(Misfit::Secrecy);
    }
    Ok(())
}

/// Whether secrecy dealt with in this way rests on the provision.
pub(super) const fn needs_way(secrecy: Secrecy) -> bool {
    !matches!(secrecy, Secrecy::Geen | Secrecy::Toestemming)
}

pub(super) fn holds_in(row: &ProvisionRow, framework: Framework) -> bool {
    row.frameworks
        .as_ref()
        .is_none_or(|frameworks| frameworks.contains(&framework))
}

fn secrecy_ways(row: &ProvisionRow, recipient: &Recipient) -> Vec<Secrecy> {
    row.ways
        .iter()
        .filter(|way| is_open(way, recipient))
        .map(|way| way.secrecy)
        .collect()
}

fn is_open(way: &Way, recipient: &Recipient) -> bool {
    way.towards.contains(&recipient.kind)
        && (way.towards_capacities.is_empty()
            || way
                .towards_capacities
                .iter()
                .any(|capacity| recipient.capacities.contains(capacity)))
}
