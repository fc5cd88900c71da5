//! What an event changes.

use beraad_protocol::ItemId;

use super::{
    AgendaItem, Alternative, ConsentEntry, Context, DisclosureEntry, Household, HouseholdName,
    InformationItem, PersonAlternative, PersonEntry, Stamp, WithdrawalEntry,
};
use crate::{
    disclosure,
    event::{Body, Event},
    model::{DisclosureRecord, Person},
    tables::TABLES_VERSION,
};

/// Changes `household` by an event that was checked at this very place.
pub(super) fn event(household: &mut Household, ctx: &Context, event: &Event) {
    let stamp = Stamp {
        event: event.id,
        seq: ctx.seq,
        at: ctx.at,
        by: ctx.sender.user,
        org: ctx.sender.org,
    };
    household.events.insert(event.id);
    match &event.body {
        Body::MessagePosted { .. } => {}
        Body::HouseholdNamed { name } => {
            household.names.push(HouseholdName {
                name: name.clone(),
                named: stamp,
            });
        }
        Body::PersonPut { base, person } => put_person(household, stamp, event.seen, *base, person),
        Body::AgendaItemPut { .. } => put_item(household, stamp, &event.body),
        Body::AgendaItemRemoved { item, .. } => {
            if let Some(item) = household.agenda.get_mut(item) {
                item.version = item.version.saturating_add(1);
                item.changed = stamp;
                item.removed = Some(stamp);
            }
        }
        Body::ConsentRecorded { consent } => {
            let entry = ConsentEntry {
                record: consent.clone(),
                recorded: stamp,
                withdrawals: Vec::new(),
            };
            household.consents.insert(consent.id, entry);
        }
        Body::ConsentWithdrawn { withdrawal } => {
            if let Some(entry) = household.consents.get_mut(&withdrawal.consent) {
                entry.withdrawals.push(WithdrawalEntry {
                    record: withdrawal.clone(),
                    recorded: stamp,
                });
            }
        }
        Body::InformationShared {
            item,
            text,
            disclosure,
        } => {
            share(household, stamp, *item, text, disclosure);
        }
    }
}

fn put_person(household: &mut Household, stamp: Stamp, seen: u64, base: u32, person: &Person) {
    let Some(entry) = household.persons.get_mut(&person.id) else {
        let entry = PersonEntry {
            person: person.clone(),
            // More than 1 only for a device that joined after the first.
            version: base.saturating_add(1),
            added: stamp,
            changed: stamp,
            alternatives: Vec::new(),
            settled: Vec::new(),
        };
        household.persons.insert(person.id, entry);
        return;
    };
    if base < entry.version {
        entry.alternatives.push(PersonAlternative {
            event: stamp.event,
            seq: stamp.seq,
            by: stamp.by,
            at: stamp.at,
            base,
            person: person.clone(),
        });
        return;
    }
    let settled = entry
        .alternatives
        .extract_if(.., |alternative| alternative.seq <= seen);
    entry.settled.extend(settled);
    entry.version = base.saturating_add(1);
    entry.changed = stamp;
    entry.person = person.clone();
}

fn put_item(household: &mut Household, stamp: Stamp, body: &Body) {
    let Body::AgendaItemPut {
        item: id,
        conference,
        base,
        settles,
        draft,
    } = body
    else {
        return;
    };
    let Some(item) = household.agenda.get_mut(id) else {
        let item = AgendaItem {
            id: *id,
            conference: *conference,
            version: base.saturating_add(1),
            draft: draft.clone(),
            added: stamp,
            changed: stamp,
            removed: None,
            alternatives: Vec::new(),
            settled: Vec::new(),
        };
        household.agenda.insert(*id, item);
        return;
    };
    if *base < item.version {
        item.alternatives.push(Alternative {
            event: stamp.event,
            seq: stamp.seq,
            by: stamp.by,
            at: stamp.at,
            base: *base,
            conference: *conference,
            draft: draft.clone(),
        });
        return;
    }
    let settled = item
        .alternatives
        .extract_if(.., |alternative| settles.contains(&alternative.event));
    item.settled.extend(settled);
    item.version = base.saturating_add(1);
    item.changed = stamp;
    item.removed = None;
    item.conference = *conference;
    item.draft = draft.clone();
}

fn share(
    household: &mut Household,
    stamp: Stamp,
    item: ItemId,
    text: &str,
    record: &DisclosureRecord,
) {
    if let Some(corrected) = record
        .corrects
        .and_then(|id| household.disclosures.get_mut(&id))
    {
        corrected.corrected_by.push(record.id);
        if disclosure::motivates(record) {
            corrected.motivation_due = None;
        }
    }
    let mut subjects = record
        .lines
        .iter()
        .map(|line| line.subject)
        .collect::<Vec<_>>();
    subjects.sort_unstable();
    subjects.dedup();
    household
        .information
        .entry(item)
        .or_insert_with(|| InformationItem {
            id: item,
            text: text.to_owned(),
            shared: stamp,
            subjects,
            disclosures: Vec::new(),
        })
        .disclosures
        .push(record.id);
    let entry = DisclosureEntry {
        record: record.clone(),
        item,
        recorded: stamp,
        tables: TABLES_VERSION.to_owned(),
        motivation_due: disclosure::motivation_due(record, stamp.at),
        review_due: disclosure::review_due(record, stamp.at),
        corrected_by: Vec::new(),
    };
    household.disclosures.insert(record.id, entry);
}
