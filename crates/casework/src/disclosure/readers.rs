//! Everybody in the channel reads what is shared in it: each organisation has its lines (rules 1
//! and 7).

use std::collections::{BTreeMap, BTreeSet};

use beraad_protocol::{OrgId, PersonId};

use super::{Discloser, line::kind_words};
use crate::{
    block::{Block, BlockCode, WayOutCode},
    codes::{Category, RecipientType},
    consent::describe,
    household::Household,
    model::DisclosureRecord,
};

/// Organisations that would read about a subject without an account of it, and lines said twice.
pub(super) fn blocks(
    household: &Household,
    discloser: &Discloser,
    record: &DisclosureRecord,
) -> Vec<Block> {
    let mut blocks = duplicates(record);
    let readers = household
        .organisations()
        .into_iter()
        .filter(|(org, _)| *org != discloser.org)
        .filter_map(|(org, kind)| Some((org, RecipientType::of(kind)?)))
        .collect::<Vec<_>>();
    let told = told(record);
    for subject in told.keys().copied() {
        let Some(by_org) = told.get(&subject) else {
            continue;
        };
        let everything = readers
            .iter()
            .filter_map(|(org, _)| by_org.get(org))
            .flatten()
            .copied()
            .collect::<BTreeSet<_>>();
        let who = describe(household, subject);
        for (org, kind) in &readers {
            let (nl, en) = kind_words(*kind);
            match by_org.get(org) {
                None => blocks.push(missing(&who, nl, en).about(subject)),
                Some(categories) if *categories != everything => {
                    blocks.push(differ(&who, nl, en).about(subject));
                }
                Some(_) => {}
            }
        }
    }
    blocks
}

type Told = BTreeMap<PersonId, BTreeMap<OrgId, BTreeSet<Category>>>;

/// Per subject, which organisation is told which categories.
fn told(record: &DisclosureRecord) -> Told {
    let mut told = Told::new();
    for line in &record.lines {
        let by_org = told.entry(line.subject).or_default();
        if let Some(org) = line.recipient {
            by_org.entry(org).or_default().extend(&line.categories);
        }
    }
    told
}

fn duplicates(record: &DisclosureRecord) -> Vec<Block> {
    let mut seen = BTreeSet::new();
    let mut blocks = Vec::new();
    for (index, line) in record.lines.iter().enumerate() {
        let Some(org) = line.recipient else { continue };
        let twice = line
            .categories
            .iter()
            .filter(|category| !seen.insert((line.subject, org, **category)))
            .count();
        if twice > 0 {
            blocks.push(
                Block::new(
                    1,
                    BlockCode::DuplicateLine,
                    "Deze gegevens staan al op een andere regel voor dezelfde ontvanger.",
                    "These data stand on another line for the same recipient already.",
                )
                .at_line(index)
                .about(line.subject)
                .way_out(WayOutCode::Correct),
            );
        }
    }
    blocks
}

fn missing(who: &str, nl: &str, en: &str) -> Block {
    Block::new(
        1,
        BlockCode::RecipientMissing,
        format!("Iedereen in dit kanaal leest mee. Er is nog geen regel over {who} voor: {nl}."),
        format!(
            "Everybody in this channel reads along. There is no line yet about {who} for: {en}."
        ),
    )
    .way_out(WayOutCode::AddLine)
    .way_out(WayOutCode::LeaveRecipientOut)
}

fn differ(who: &str, nl: &str, en: &str) -> Block {
    Block::new(
        1,
        BlockCode::CategoriesDiffer,
        format!("Iedereen in dit kanaal leest hetzelfde. Over {who} ontbreken soorten gegevens voor: {nl}."),
        format!("Everybody in this channel reads the same. About {who} kinds of data are missing for: {en}."),
    )
    .way_out(WayOutCode::AddLine)
    .way_out(WayOutCode::LeaveRecipientOut)
}
