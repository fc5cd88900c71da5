//! What a conversation shows of an event.

use beraad_casework::{Block, Body, model::AgendaContent};
use beraad_protocol::PersonId;

use crate::{
    channel::Channel, drafts::person_name, engine::Step, error::Done, read_record::all_gave,
    view::TimelineItem,
};

/// Characters of a title in a conversation.
const TITLE: usize = 80;

/// What is shown of an entry.
#[derive(Default)]
pub(crate) struct Shown {
    pub(crate) item: Option<TimelineItem>,
    pub(crate) blocks: Vec<Block>,
    /// This device cannot judge it.
    pub(crate) unjudged: bool,
    /// What this device cannot vouch for in it, though it stands.
    pub(crate) doubts: Vec<Block>,
}

impl Shown {
    pub(crate) const fn item(item: TimelineItem) -> Self {
        Self {
            item: Some(item),
            blocks: Vec::new(),
            unjudged: false,
            doubts: Vec::new(),
        }
    }

    /// As the table `entry` keeps it.
    pub(crate) fn to_json(&self) -> [Option<String>; 3] {
        let item = self
            .item
            .as_ref()
            .and_then(|item| serde_json::to_string(item).ok());
        let list = |blocks: &[Block]| {
            (!blocks.is_empty())
                .then(|| serde_json::to_string(blocks).ok())
                .flatten()
        };
        [item, list(&self.blocks), list(&self.doubts)]
    }
}

impl Step<'_> {
    /// What a conversation shows of an event that is folded now.
    pub(crate) fn item_of(&mut self, channel: &Channel, body: &Body) -> Done<Option<TimelineItem>> {
        self.household(channel)?;
        let cache = &*self.cache;
        let org_name = |org| cache.people.org_name(org);
        Ok(cache
            .households
            .get(&channel.id)
            .map(|household| shown(body, household, &org_name)))
    }
}

/// What a conversation shows of an event, given the household it belongs to.
pub(crate) fn shown(
    body: &Body,
    household: &beraad_casework::Household,
    org_name: &dyn Fn(beraad_protocol::OrgId) -> String,
) -> TimelineItem {
    match body {
        Body::HouseholdNamed { name } => TimelineItem::HouseholdNamed { name: name.clone() },
        Body::MessagePosted { text } => TimelineItem::Message { text: text.clone() },
        Body::PersonPut { person, .. } => TimelineItem::PersonPut {
            name: person.name.clone(),
        },
        Body::AgendaItemPut {
            item,
            conference,
            draft,
            ..
        } => TimelineItem::AgendaChanged {
            item: *item,
            conference: *conference,
            title: title(&draft.content),
            removed: false,
            conflict: household
                .item(*item)
                .is_some_and(|item| !item.alternatives.is_empty()),
        },
        Body::AgendaItemRemoved { item, .. } => {
            let known = household.item(*item);
            TimelineItem::AgendaChanged {
                item: *item,
                conference: known
                    .map_or(beraad_protocol::ConferenceId::from_bytes([0; 16]), |item| {
                        item.conference
                    }),
                title: known
                    .map(|item| title(&item.draft.content))
                    .unwrap_or_default(),
                removed: true,
                conflict: false,
            }
        }
        Body::ConsentRecorded { consent } => TimelineItem::Consent {
            record: consent.id,
            subject: consent.subject,
            given: all_gave(consent),
        },
        Body::ConsentWithdrawn { withdrawal } => TimelineItem::ConsentWithdrawn {
            consent: withdrawal.consent,
            subject: household
                .consent(withdrawal.consent)
                .map_or(PersonId::from_bytes([0; 16]), |entry| entry.record.subject),
        },
        Body::InformationShared {
            item,
            text,
            disclosure,
        } => {
            let mut subjects = Vec::new();
            let mut recipients = Vec::new();
            let mut categories = Vec::new();
            for line in &disclosure.lines {
                push_new(&mut subjects, person_name(household, line.subject));
                recipients.extend(line.recipient);
                for category in &line.categories {
                    push_new(&mut categories, *category);
                }
            }
            recipients.sort_unstable();
            recipients.dedup();
            TimelineItem::Information {
                item: *item,
                text: text.clone(),
                record: disclosure.id,
                categories,
                purpose: disclosure.purpose,
                subjects,
                recipients: recipients.into_iter().map(org_name).collect(),
            }
        }
    }
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, value: T) {
    if !list.contains(&value) {
        list.push(value);
    }
}

/// An agenda item in a few words.
pub(crate) fn title(content: &AgendaContent) -> String {
    let text = match content {
        AgendaContent::Topic { title, .. } => title.clone(),
        AgendaContent::DangerStatement { danger, .. } => danger.clone(),
        AgendaContent::SafetyGoal { goal, .. } => goal.clone(),
        AgendaContent::Agreement { who, what, .. } => format!("{who}: {what}"),
        AgendaContent::Scale { rater, value, .. } => format!("{rater}: {value}"),
        AgendaContent::Action { text, .. } => text.clone(),
    };
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= TITLE {
        return line.to_owned();
    }
    let short: String = line.chars().take(TITLE - 1).collect();
    format!("{short}…")
}
