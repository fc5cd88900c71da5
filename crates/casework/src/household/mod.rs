//! One household: what the events of its channel come to.
//!
//! [`Household::check`] says what stands in the way of an event; [`Household::apply`] folds it if
//! nothing does. Folding the same events in the same order gives everybody the same household. An
//! event that breaks a rule changes nothing. An edit of an older version is kept beside the newest
//! one, never over it.

pub mod bounds;
mod check;
mod entry;
mod fold;
mod refusals;

use std::collections::{BTreeMap, BTreeSet};

use beraad_protocol::{
    ConferenceId, EventId, ItemId, OrgId, PersonId, RecordId, Timestamp, UserId,
    vocabulary::{Framework, OrganisationType},
};
use serde::{Deserialize, Serialize};

pub use entry::{
    AgendaItem, Alternative, Conflict, ConsentEntry, DisclosureEntry, HouseholdName,
    InformationItem, PersonAlternative, PersonEntry, RosterMember, Stamp, WithdrawalEntry,
};

use crate::{
    block::Block,
    codes::RecipientType,
    disclosure::{Discloser, Recipient, Trust},
    event::{Event, Reference, Sender},
};

/// Where an event stands in the channel and who sent it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Position in the channel.
    pub seq: u64,
    /// When the server took it in.
    pub at: Timestamp,
    /// Who sent it.
    pub sender: Sender,
}

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The household changed accordingly.
    Applied,
    /// The household changed accordingly, though this device cannot judge it: it rests on something
    /// from before the device joined.
    Unjudged,
    /// The household is as it was; at least one block says why.
    Rejected(Vec<Block>),
}

/// One household, as its members know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Household {
    framework: Framework,
    /// This device came in later: things from before it are unknown to it, and no mistake.
    #[serde(default)]
    joined_later: bool,
    members: BTreeMap<UserId, RosterMember>,
    events: BTreeSet<EventId>,
    /// Those of them that rest on something from before this device joined.
    #[serde(default)]
    unjudged: BTreeSet<EventId>,
    /// Earlier names stay, so that nothing is silently overwritten.
    names: Vec<HouseholdName>,
    persons: BTreeMap<PersonId, PersonEntry>,
    agenda: BTreeMap<ItemId, AgendaItem>,
    consents: BTreeMap<RecordId, ConsentEntry>,
    disclosures: BTreeMap<RecordId, DisclosureEntry>,
    information: BTreeMap<ItemId, InformationItem>,
}

impl Household {
    /// A household nobody wrote about yet, whose members work together in `framework`.
    pub fn new(framework: Framework) -> Self {
        Self {
            framework,
            joined_later: false,
            members: BTreeMap::new(),
            events: BTreeSet::new(),
            unjudged: BTreeSet::new(),
            names: Vec::new(),
            persons: BTreeMap::new(),
            agenda: BTreeMap::new(),
            consents: BTreeMap::new(),
            disclosures: BTreeMap::new(),
            information: BTreeMap::new(),
        }
    }

    /// A household that this device comes to know from some point on, without its history.
    ///
    /// What rests on something from before that point is taken as it is, since nobody here can tell
    /// it from a mistake: [`Household::apply`] says that it was not judged. What this device would
    /// send itself has to rest on what it knows: [`Household::check`] makes no exception.
    pub fn joining(framework: Framework) -> Self {
        Self {
            joined_later: true,
            ..Self::new(framework)
        }
    }

    /// What stands in the way of `event` at this place; nothing when it may be applied.
    ///
    /// Run it before sending with the place the event would get: the next one, now.
    pub fn check(&self, ctx: &Context, event: &Event) -> Vec<Block> {
        check::event(self, ctx, event, Trust::Verified)
    }

    /// What in `event` this device cannot vouch for, though it is no reason to reject it: rules that
    /// hang on which capacities were verified.
    ///
    /// Devices learn of a capacity at different times. So whoever sends is held to what is verified
    /// ([`Household::check`]), and whoever folds takes the capacities as they are claimed: everybody
    /// comes to the same household, and a doubt is a mark beside the event. Ask before folding.
    pub fn doubts(&self, ctx: &Context, event: &Event) -> Vec<Block> {
        let certain = check::event(self, ctx, event, Trust::Claimed);
        let mut blocks = self.check(ctx, event);
        blocks.retain(|block| !certain.contains(block));
        blocks
    }

    /// Folds `event`, unless a rule stands in the way: then nothing changes. Capacities are taken
    /// as they are claimed; see [`Household::doubts`].
    pub fn apply(&mut self, ctx: &Context, event: &Event) -> Outcome {
        let mut blocks = check::event(self, ctx, event, Trust::Claimed);
        let found = blocks.len();
        if self.joined_later {
            blocks.retain(|block| !check::is_ignorance(block));
        }
        if !blocks.is_empty() {
            return Outcome::Rejected(blocks);
        }
        fold::event(self, ctx, event);
        if found == 0 {
            return Outcome::Applied;
        }
        self.unjudged.insert(event.id);
        Outcome::Unjudged
    }

    /// Takes over who the members are, after a commit was merged.
    pub fn roster(&mut self, members: Vec<RosterMember>) {
        self.members = members
            .into_iter()
            .map(|member| (member.user, member))
            .collect();
    }

    /// The legal frame.
    pub const fn framework(&self) -> Framework {
        self.framework
    }

    /// The members, by account.
    pub fn members(&self) -> impl Iterator<Item = &RosterMember> {
        self.members.values()
    }

    /// One member.
    pub fn member(&self, user: UserId) -> Option<&RosterMember> {
        self.members.get(&user)
    }

    /// The organisations that take part, each once, with their type; the host's own is not one.
    pub fn organisations(&self) -> BTreeMap<OrgId, OrganisationType> {
        self.members()
            .filter(|member| member.org_type != OrganisationType::Host)
            .map(|member| (member.org, member.org_type))
            .collect()
    }

    /// A member in the part of the one who discloses.
    pub fn discloser(&self, user: UserId) -> Option<Discloser> {
        self.member(user).map(|member| Discloser {
            user,
            org: member.org,
            org_type: member.org_type,
            capacities: member.capacities.clone(),
        })
    }

    /// A member organisation in the part of the one who receives.
    pub fn recipient(&self, org: OrgId) -> Option<Recipient> {
        let kind = RecipientType::of(*self.organisations().get(&org)?)?;
        let capacities = self
            .members()
            .filter(|member| member.org == org)
            .flat_map(|member| member.capacities.iter().copied())
            .collect::<BTreeSet<_>>();
        Some(Recipient {
            kind,
            capacities: capacities.into_iter().collect(),
        })
    }

    /// The household's name; none until somebody gave it one.
    pub fn name(&self) -> Option<&str> {
        self.names.last().map(|named| named.name.as_str())
    }

    /// Every name it had, the newest last.
    pub fn names(&self) -> &[HouseholdName] {
        &self.names
    }

    /// The persons, in the order they were added.
    pub fn persons(&self) -> Vec<&PersonEntry> {
        let mut persons = self.persons.values().collect::<Vec<_>>();
        persons.sort_by_key(|entry| entry.added.seq);
        persons
    }

    /// One person.
    pub fn person(&self, id: PersonId) -> Option<&PersonEntry> {
        self.persons.get(&id)
    }

    /// The agenda of a conference, in its order; items that were taken off are not on it.
    pub fn agenda(&self, conference: ConferenceId) -> Vec<&AgendaItem> {
        self.items(conference, false)
    }

    /// What was taken off the agenda of a conference and can be put back.
    pub fn removed(&self, conference: ConferenceId) -> Vec<&AgendaItem> {
        self.items(conference, true)
    }

    fn items(&self, conference: ConferenceId, removed: bool) -> Vec<&AgendaItem> {
        let mut items = self
            .agenda
            .values()
            .filter(|item| item.conference == conference && item.removed.is_some() == removed)
            .collect::<Vec<_>>();
        items.sort_by_key(|item| (item.draft.section, item.added.seq));
        items
    }

    /// Conferences that have or had an item.
    pub fn conferences(&self) -> BTreeSet<ConferenceId> {
        self.agenda.values().map(|item| item.conference).collect()
    }

    /// One agenda item, removed or not.
    pub fn item(&self, id: ItemId) -> Option<&AgendaItem> {
        self.agenda.get(&id)
    }

    /// Things of which two versions stand side by side.
    pub fn conflicts(&self) -> Vec<Conflict> {
        let persons = self.persons.values().map(|entry| Conflict {
            thing: Reference::Person(entry.person.id),
            version: entry.version,
            alternatives: entry.alternatives.len(),
        });
        let items = self.agenda.values().map(|item| Conflict {
            thing: Reference::Item(item.id),
            version: item.version,
            alternatives: item.alternatives.len(),
        });
        persons
            .chain(items)
            .filter(|conflict| conflict.alternatives > 0)
            .collect()
    }

    /// The consents, oldest first.
    pub fn consents(&self) -> Vec<&ConsentEntry> {
        let mut consents = self.consents.values().collect::<Vec<_>>();
        consents.sort_by_key(|entry| entry.recorded.seq);
        consents
    }

    /// One consent.
    pub fn consent(&self, id: RecordId) -> Option<&ConsentEntry> {
        self.consents.get(&id)
    }

    /// The disclosures, oldest first.
    pub fn disclosures(&self) -> Vec<&DisclosureEntry> {
        let mut disclosures = self.disclosures.values().collect::<Vec<_>>();
        disclosures.sort_by_key(|entry| entry.recorded.seq);
        disclosures
    }

    /// One disclosure.
    pub fn disclosure(&self, id: RecordId) -> Option<&DisclosureEntry> {
        self.disclosures.get(&id)
    }

    /// The information that was shared, oldest first.
    pub fn information(&self) -> Vec<&InformationItem> {
        let mut information = self.information.values().collect::<Vec<_>>();
        information.sort_by_key(|item| item.shared.seq);
        information
    }

    /// One information item.
    pub fn information_item(&self, id: ItemId) -> Option<&InformationItem> {
        self.information.get(&id)
    }

    /// Whether an applied event has this id.
    pub fn has_event(&self, id: EventId) -> bool {
        self.events.contains(&id)
    }

    /// Whether an applied event rests on something from before this device joined, so that nobody
    /// here can say whether every rule was kept.
    pub fn is_unjudged(&self, id: EventId) -> bool {
        self.unjudged.contains(&id)
    }

    fn has_record(&self, id: RecordId) -> bool {
        self.consents.contains_key(&id)
            || self.disclosures.contains_key(&id)
            || self
                .consents
                .values()
                .flat_map(|entry| &entry.withdrawals)
                .any(|withdrawal| withdrawal.record.id == id)
    }

    fn has_item(&self, id: ItemId) -> bool {
        self.agenda.contains_key(&id) || self.information.contains_key(&id)
    }
}
