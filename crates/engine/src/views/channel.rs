//! One channel: members, persons, consents, disclosures, conferences, agenda.

use std::collections::BTreeMap;

use beraad_casework::{
    Block, Household,
    consent::{Asked, ConsentState, problems, state},
    household::{ConsentEntry, DisclosureEntry},
};
use beraad_group::Member;
use beraad_protocol::{ChannelId, ConferenceId, Timestamp, UserId, vocabulary::ChannelRole};
use rusqlite::params;

use super::{Reader, unjudged};
use crate::{
    channel::Channel,
    conferences,
    database::uint,
    kv::SqlStore,
    outbox::{Task, of_channel},
    read_record::state_word,
    refusal::Refusal,
    view::{
        AgendaItemView, AgendaView, AlternativeView, ChannelView, ConsentView, DisclosureView,
        MemberView, PersonView,
    },
};

impl Reader<'_> {
    pub(super) fn channel_view(&self, id: ChannelId) -> Result<ChannelView, Refusal> {
        let channel = self.channel_row(id)?;
        let household = self.household(&channel)?;
        let (epoch, devices) = self.group_facts(id)?;
        let me = self.identity()?.leaf.user;
        let mut disclosures: Vec<DisclosureView> = household
            .disclosures()
            .into_iter()
            .map(|entry| disclosure_view(&household, entry))
            .chain(self.rejected_disclosures(&channel)?)
            .collect();
        disclosures.sort_by_key(|view| std::cmp::Reverse((view.recorded_at, view.disclosure.id)));
        let mut conferences = conferences::conferences(self.db)?;
        conferences.retain(|conference| conference.plan.channel == id);
        Ok(ChannelView {
            summary: self.summary(&channel)?,
            framework: channel.framework,
            my_role: household.member(me).map(|member| member.role),
            members: self.members(&household, &devices),
            persons: household
                .persons()
                .into_iter()
                .map(|entry| PersonView {
                    person: entry.person.clone(),
                    version: entry.version,
                    alternatives: entry
                        .alternatives
                        .iter()
                        .map(|alternative| alternative.person.clone())
                        .collect(),
                })
                .collect(),
            consents: household
                .consents()
                .into_iter()
                .rev()
                .map(|entry| consent_view(&household, entry, self.now))
                .collect(),
            disclosures,
            conferences,
            epoch,
        })
    }

    /// The group's epoch and how many devices each member has in it.
    fn group_facts(&self, id: ChannelId) -> Result<(u64, BTreeMap<UserId, u32>), Refusal> {
        let loaded;
        let group = if let Some(group) = self.cache.groups.get(&id) {
            Some(group)
        } else {
            let keys = &self.identity()?.keys;
            loaded = Member::load(&SqlStore(self.db), keys, id).ok().flatten();
            loaded.as_ref()
        };
        let mut devices = BTreeMap::new();
        for member in group
            .and_then(|group| group.members().ok())
            .unwrap_or_default()
        {
            *devices.entry(member.identity.user).or_insert(0) += 1;
        }
        Ok((group.map_or(0, Member::epoch), devices))
    }

    fn members(&self, household: &Household, devices: &BTreeMap<UserId, u32>) -> Vec<MemberView> {
        let people = self.people();
        let mut members: Vec<MemberView> = household
            .members()
            .map(|member| MemberView {
                user: member.user,
                org: member.org,
                name: people.name(member.user),
                organisation: people.org_name(member.org),
                function: people
                    .user(member.user)
                    .map(|user| user.function.clone())
                    .unwrap_or_default(),
                role: member.role,
                devices: devices.get(&member.user).copied().unwrap_or(0),
                capacities: member.capacities.clone(),
            })
            .collect();
        members.sort_by(|a, b| {
            let lead = |view: &MemberView| view.role != ChannelRole::CaseLead;
            (lead(a), &a.name, a.user).cmp(&(lead(b), &b.name, b.user))
        });
        members
    }

    /// Disclosures that broke a rule at their place: kept, shown, and changing nothing.
    fn rejected_disclosures(&self, channel: &Channel) -> Result<Vec<DisclosureView>, Refusal> {
        let mut statement = self.db.prepare_cached(
            "SELECT event, blocks, at, user, org FROM entry
             WHERE channel = ?1 AND kind = 1 AND blocks IS NOT NULL ORDER BY seq",
        )?;
        let mut rows = statement.query(params![channel.id.as_bytes()])?;
        let mut views = Vec::new();
        while let Some(row) = rows.next()? {
            let (event, blocks): (Vec<u8>, String) = (row.get(0)?, row.get(1)?);
            let (Some(user), Some(org)) = (
                row.get::<_, Option<[u8; 16]>>(3)?,
                row.get::<_, Option<[u8; 16]>>(4)?,
            ) else {
                continue;
            };
            let Ok(beraad_casework::Decoded::Event(event)) =
                beraad_casework::Event::from_cbor(&event)
            else {
                continue;
            };
            if let beraad_casework::Body::InformationShared {
                text, disclosure, ..
            } = event.body
            {
                views.push(DisclosureView {
                    disclosure,
                    by: UserId::from_bytes(user),
                    org: beraad_protocol::OrgId::from_bytes(org),
                    recorded_at: Timestamp(row.get(2)?),
                    text,
                    rejected: serde_json::from_str(&blocks).unwrap_or_default(),
                    unjudged: None,
                });
            }
        }
        Ok(views)
    }

    pub(super) fn agenda(
        &self,
        id: ChannelId,
        conference: ConferenceId,
    ) -> Result<AgendaView, Refusal> {
        let channel = self.channel_row(id)?;
        let household = self.household(&channel)?;
        let waiting: Vec<_> = of_channel(self.db, id)?
            .into_iter()
            .filter(|job| !job.folded)
            .filter_map(|job| match job.task {
                Task::Event { body, .. } => Some(body),
                _ => None,
            })
            .collect();
        let waits = |item| {
            waiting.iter().any(|body| match **body {
                beraad_casework::Body::AgendaItemPut { item: put, .. }
                | beraad_casework::Body::AgendaItemRemoved { item: put, .. } => put == item,
                _ => false,
            })
        };
        let name = |user| self.people().name(user);
        let mut items: Vec<AgendaItemView> = household
            .agenda(conference)
            .into_iter()
            .map(|item| AgendaItemView {
                id: item.id,
                version: item.version,
                draft: item.draft.clone(),
                by: item.changed.by,
                by_name: name(item.changed.by),
                at: item.changed.at,
                alternatives: item
                    .alternatives
                    .iter()
                    .map(|alternative| AlternativeView {
                        event: alternative.event,
                        by: alternative.by,
                        by_name: name(alternative.by),
                        at: alternative.at,
                        draft: alternative.draft.clone(),
                    })
                    .collect(),
                waiting: waits(item.id),
            })
            .collect();
        // New items of this device that wait to be sent stand at the end of their section.
        let me = self.identity()?.leaf.user;
        for body in &waiting {
            if let beraad_casework::Body::AgendaItemPut {
                item,
                conference: of,
                base: 0,
                draft,
                ..
            } = &**body
                && *of == conference
                && household.item(*item).is_none()
            {
                items.push(AgendaItemView {
                    id: *item,
                    version: 0,
                    draft: draft.clone(),
                    by: me,
                    by_name: name(me),
                    at: self.now,
                    alternatives: Vec::new(),
                    waiting: true,
                });
            }
        }
        items.sort_by_key(|item| item.draft.section);
        Ok(AgendaView { items })
    }
}

fn disclosure_view(household: &Household, entry: &DisclosureEntry) -> DisclosureView {
    DisclosureView {
        disclosure: entry.record.clone(),
        by: entry.recorded.by,
        org: entry.recorded.org,
        recorded_at: entry.recorded.at,
        text: household
            .information_item(entry.item)
            .map(|item| item.text.clone())
            .unwrap_or_default(),
        rejected: Vec::new(),
        unjudged: household.is_unjudged(entry.recorded.event).then(unjudged),
    }
}

fn consent_view(household: &Household, entry: &ConsentEntry, now: Timestamp) -> ConsentView {
    let record = &entry.record;
    let held = state(household, entry, now);
    let blocks: Vec<Block> = if held == ConsentState::Given {
        Vec::new()
    } else {
        // What stands in the way of using it, asked of the first thing it names.
        match (record.categories.first(), record.purposes.first()) {
            (Some(category), Some(purpose)) => problems(
                household,
                record.id,
                &Asked {
                    subject: record.subject,
                    category: *category,
                    recipient: record.recipients.first().copied(),
                    purpose: *purpose,
                    moment: now,
                    function: record.function,
                },
            ),
            _ => Vec::new(),
        }
    };
    ConsentView {
        consent: record.clone(),
        state: state_word(held),
        blocks,
        recorded_by: entry.recorded.by,
        recorded_at: entry.recorded.at,
        withdrawn_at: entry
            .withdrawals
            .first()
            .map(|withdrawal| withdrawal.recorded.at),
        unjudged: household.is_unjudged(entry.recorded.event).then(unjudged),
    }
}

/// The sequence number of a stored entry.
pub(super) fn seq(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<u64> {
    Ok(uint(row.get(at)?))
}
