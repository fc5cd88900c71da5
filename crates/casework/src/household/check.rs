//! What stands in the way of an event.

use std::collections::BTreeSet;

use beraad_protocol::{
    ItemId, PersonId, RecordId,
    vocabulary::{ActingCapacity, ChannelRole, OrganisationType},
};

use super::{Context, Household, RosterMember, bounds, refusals};
use crate::{
    block::{Block, BlockCode, WayOutCode},
    codes::GiverCapacity,
    disclosure::{Trust, advice_may_not_record, judge},
    encoding::EVENT_VERSION,
    event::{Body, Event},
    model::{AgendaContent, ConsentRecord, ConsentWithdrawal, DisclosureRecord, Person},
    time::local_date,
};

/// Every rule that `event` breaks at this place.
pub(super) fn event(
    household: &Household,
    ctx: &Context,
    event: &Event,
    trust: Trust,
) -> Vec<Block> {
    let Some(member) = sender(household, ctx) else {
        return vec![refusals::not_a_member()];
    };
    if event.v != EVENT_VERSION {
        return vec![refusals::unknown_version()];
    }
    if household.has_event(event.id) {
        return vec![refusals::duplicate_id()];
    }
    let too_long = bounds::blocks(event);
    if !too_long.is_empty() {
        return too_long;
    }
    let check = Check {
        household,
        ctx,
        member,
        trust,
    };
    match &event.body {
        Body::HouseholdNamed { name } => filled(&[name]),
        Body::MessagePosted { text } => filled(&[text]),
        Body::PersonPut { base, person } => check.person(*base, person),
        Body::AgendaItemPut { .. } => check.item(&event.body),
        Body::AgendaItemRemoved { item, base } => check.removal(*item, *base).into_iter().collect(),
        Body::ConsentRecorded { consent } => check.consent(consent),
        Body::ConsentWithdrawn { withdrawal } => check.withdrawal(withdrawal).into_iter().collect(),
        Body::InformationShared {
            item,
            text,
            disclosure,
        } => check.sharing(*item, text, disclosure),
    }
}

/// Whether a block only says that something is not known here. To a device that joined later that
/// is no reason: it may well have been there before.
pub(super) fn is_ignorance(block: &Block) -> bool {
    matches!(
        block.code,
        BlockCode::UnknownPerson
            | BlockCode::UnknownRecord
            | BlockCode::UnknownItem
            | BlockCode::UnknownBase
    )
}

/// The member who sent it, if the roster has that person at that organisation.
fn sender<'a>(household: &'a Household, ctx: &Context) -> Option<&'a RosterMember> {
    household
        .member(ctx.sender.user)
        .filter(|member| member.org == ctx.sender.org && member.org_type != OrganisationType::Host)
}

struct Check<'a> {
    household: &'a Household,
    ctx: &'a Context,
    member: &'a RosterMember,
    trust: Trust,
}

impl Check<'_> {
    fn person(&self, base: u32, person: &Person) -> Vec<Block> {
        if self.only_advises() {
            return vec![advice_may_not_record()];
        }
        let known = self.household.person(person.id);
        let mut blocks = self.base_blocks(
            known.map(|entry| entry.version),
            base,
            BlockCode::UnknownPerson,
        );
        blocks.extend(filled(&[&person.name]));
        // A day's margin: devices and household may live in different time zones.
        let tomorrow = local_date(self.ctx.at.plus_millis(24 * 3_600_000));
        let born_later = person
            .date_of_birth
            .is_some_and(|born| born.inner() > tomorrow);
        let mut seen = BTreeSet::new();
        let mut checked_later = false;
        for representation in &person.represented_by {
            checked_later |= representation.checked_on.inner() > tomorrow;
            let impossible = representation.holder == person.id
                || representation.capacity == GiverCapacity::Zelf
                || !seen.insert((representation.holder, representation.capacity));
            if impossible {
                blocks.push(refusals::impossible_representation().about(person.id));
            } else if self.household.person(representation.holder).is_none()
                && !self.household.joined_later
            {
                blocks.push(refusals::unknown_person());
            }
        }
        if born_later || checked_later {
            blocks.push(refusals::date_in_future().about(person.id));
        }
        blocks
    }

    /// Whether `base` is a version that is, or was, there: 0 for a thing that is not. Somebody who
    /// joined later cannot tell, and takes it as it is.
    fn base_blocks(&self, version: Option<u32>, base: u32, unknown: BlockCode) -> Vec<Block> {
        let later = self.household.joined_later;
        match version {
            None if base == 0 || later => Vec::new(),
            None if unknown == BlockCode::UnknownPerson => vec![refusals::unknown_person()],
            None => vec![refusals::unknown_item()],
            Some(_) if base == 0 => vec![refusals::duplicate_id()],
            Some(version) if base > version && !later => vec![refusals::unknown_base()],
            Some(_) => Vec::new(),
        }
    }

    fn item(&self, body: &Body) -> Vec<Block> {
        let Body::AgendaItemPut {
            item: id,
            base,
            settles,
            draft,
            ..
        } = body
        else {
            return Vec::new();
        };
        let known = self.household.item(*id);
        if known.is_none() && self.household.has_item(*id) {
            return vec![refusals::duplicate_id()];
        }
        let mut blocks = self.base_blocks(
            known.map(|item| item.version),
            *base,
            BlockCode::UnknownItem,
        );
        if let AgendaContent::Scale { value, .. } = &draft.content
            && *value > 10
        {
            blocks.push(refusals::scale_out_of_range());
        }
        // On an older version nothing is settled, so nothing can be settled wrongly.
        let current = known.is_some_and(|item| item.version == *base);
        let unknown = settles.iter().any(|event| {
            !known.is_some_and(|item| item.alternatives.iter().any(|kept| kept.event == *event))
        });
        if unknown && (current || known.is_none()) && !self.household.joined_later {
            blocks.push(refusals::unknown_alternative());
        }
        blocks
    }

    fn removal(&self, id: ItemId, base: u32) -> Option<Block> {
        let Some(item) = self.household.item(id) else {
            return Some(refusals::unknown_item());
        };
        if base > item.version || base == 0 {
            Some(refusals::unknown_base())
        } else if base < item.version {
            Some(refusals::stale_removal())
        } else if item.removed.is_some() {
            Some(refusals::already_removed())
        } else {
            None
        }
    }

    fn consent(&self, consent: &ConsentRecord) -> Vec<Block> {
        if let Some(block) = self.may_record(consent.id) {
            return vec![block];
        }
        let mut blocks = Vec::new();
        blocks.extend(self.known(consent.subject));
        let mut seen = BTreeSet::new();
        for answer in &consent.answers {
            blocks.extend(self.known(answer.person));
            let oneself = answer.person == consent.subject;
            let possible = oneself == (answer.capacity == GiverCapacity::Zelf)
                && seen.insert((answer.person, answer.capacity));
            if !possible {
                blocks.push(refusals::impossible_answer().about(answer.person));
            }
        }
        let empty = consent.answers.is_empty()
            || consent.categories.is_empty()
            || consent.recipients.is_empty()
            || consent.purposes.is_empty();
        if empty {
            blocks.push(refusals::empty_consent());
        }
        if consent.valid_until <= consent.valid_from {
            blocks.push(refusals::ends_before_start());
        }
        blocks
    }

    fn withdrawal(&self, withdrawal: &ConsentWithdrawal) -> Option<Block> {
        if let Some(block) = self.may_record(withdrawal.id) {
            return Some(block);
        }
        let Some(consent) = self.household.consent(withdrawal.consent) else {
            return Some(refusals::unknown_record());
        };
        if let Some(block) = self.known(withdrawal.by) {
            return Some(block);
        }
        let record = &consent.record;
        let subject = self
            .household
            .person(record.subject)
            .map(|entry| &entry.person);
        let represents = subject.is_some_and(|person| {
            person
                .represented_by
                .iter()
                .any(|holder| holder.holder == withdrawal.by)
        });
        let answered = record
            .answers
            .iter()
            .any(|answer| answer.person == withdrawal.by);
        let may = withdrawal.by == record.subject || represents || answered;
        if !may && subject.is_none() {
            // Who represents somebody unknown is not known either.
            return self.known(record.subject);
        }
        (!may).then(|| refusals::may_not_withdraw().about(withdrawal.by))
    }

    fn sharing(&self, item: ItemId, text: &str, record: &DisclosureRecord) -> Vec<Block> {
        // The chair drafts disclosures; recording one is for those who answer for it.
        if let Some(block) = self.may_record(record.id) {
            return vec![block];
        }
        let Some(discloser) = self.household.discloser(self.member.user) else {
            return vec![refusals::not_a_member()];
        };
        let mut blocks = Vec::new();
        if !record.items.contains(&item) {
            blocks.push(refusals::item_not_accounted_for());
        }
        if self.household.has_item(item) {
            if !(self.corrects_account_of(item, record) && text.is_empty()) {
                blocks.push(refusals::duplicate_id());
            }
        } else if !self.corrects_unknown(record) {
            blocks.extend(filled(&[text]));
        }
        blocks.extend(judge(
            self.household,
            &discloser,
            record,
            self.ctx.at,
            self.trust,
        ));
        blocks
    }

    /// Whether `record` corrects the account of information that is there already.
    fn corrects_account_of(&self, item: ItemId, record: &DisclosureRecord) -> bool {
        record
            .corrects
            .and_then(|id| self.household.disclosure(id))
            .is_some_and(|earlier| earlier.item == item)
    }

    /// Whether `record` corrects one that is not known here; the information may be there then.
    fn corrects_unknown(&self, record: &DisclosureRecord) -> bool {
        record
            .corrects
            .is_some_and(|id| self.household.disclosure(id).is_none())
    }

    fn may_record(&self, id: RecordId) -> Option<Block> {
        if self.member.role == ChannelRole::Chair {
            Some(refusals::role_may_not())
        } else if self.only_advises() {
            Some(advice_may_not_record())
        } else if self.household.has_record(id) {
            Some(refusals::duplicate_id())
        } else {
            None
        }
    }

    /// Whether the member has no other capacity than giving advice for Veilig Thuis.
    fn only_advises(&self) -> bool {
        let capacities = &self.member.capacities;
        self.trust == Trust::Verified
            && !capacities.is_empty()
            && capacities
                .iter()
                .all(|capacity| *capacity == ActingCapacity::VtAdvies)
    }

    fn known(&self, person: PersonId) -> Option<Block> {
        self.household
            .person(person)
            .is_none()
            .then(refusals::unknown_person)
    }
}

fn filled(texts: &[&str]) -> Vec<Block> {
    texts
        .iter()
        .filter(|text| text.trim().is_empty())
        .map(|_| {
            Block::new(
                0,
                BlockCode::Missing,
                "Er is nog niets ingevuld.",
                "Nothing was filled in yet.",
            )
            .way_out(WayOutCode::FillIn)
        })
        .collect()
}
