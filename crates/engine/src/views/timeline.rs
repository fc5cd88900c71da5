//! A stretch of a conversation: what is on disk, and at its end what waits to be sent.

use beraad_protocol::{ChannelId, OrgId, Timestamp, UserId};
use rusqlite::{Row, params};

use super::{Reader, channel::seq, unjudged};
use crate::{
    channel::Channel,
    database::int,
    outbox::{Task, of_channel},
    refusal::Refusal,
    refused,
    timeline::shown,
    view::{TimelineEntry, TimelineItem, TimelineView},
};

/// Entries one view holds at most.
const MAX_LIMIT: u32 = 500;

impl Reader<'_> {
    pub(super) fn timeline(
        &self,
        id: ChannelId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<TimelineView, Refusal> {
        let channel = self.channel_row(id)?;
        let limit = limit.clamp(1, MAX_LIMIT);
        let mut statement = self.db.prepare_cached(
            "SELECT seq, at, user, org, item, blocks, unjudged, doubts FROM entry
             WHERE channel = ?1 AND seq < ?2 AND item IS NOT NULL
             ORDER BY seq DESC LIMIT ?3",
        )?;
        let mut entries = statement
            .query_map(
                params![id.as_bytes(), before.map_or(i64::MAX, int), limit + 1],
                |row| self.entry(row),
            )?
            .collect::<Result<Vec<_>, _>>()?;
        let more = entries.len() > limit as usize;
        entries.truncate(limit as usize);
        entries.reverse();
        if before.is_none() {
            entries.extend(self.waiting(&channel)?);
        }
        Ok(TimelineView { entries, more })
    }

    fn entry(&self, row: &Row<'_>) -> rusqlite::Result<TimelineEntry> {
        let seq = seq(row, 0)?;
        let by = row.get::<_, Option<[u8; 16]>>(2)?.map(UserId::from_bytes);
        let org = row.get::<_, Option<[u8; 16]>>(3)?.map(OrgId::from_bytes);
        let item: String = row.get(4)?;
        let list = |json: Option<String>| {
            json.and_then(|json| serde_json::from_str(&json).ok())
                .unwrap_or_default()
        };
        let people = self.people();
        Ok(TimelineEntry {
            seq: Some(seq),
            key: seq.to_string(),
            at: Timestamp(row.get(1)?),
            by,
            by_name: by.map(|user| people.name(user)).unwrap_or_default(),
            by_organisation: org.map(|org| people.org_name(org)).unwrap_or_default(),
            mine: by.is_some() && by == self.me.map(|me| me.leaf.user),
            what: serde_json::from_str(&item).unwrap_or(TimelineItem::Newer),
            rejected: list(row.get(5)?),
            unjudged: row.get::<_, bool>(6)?.then(unjudged),
            doubts: list(row.get(7)?),
            refused: None,
        })
    }

    /// What this device wrote and the server does not have: what was refused, then what waits, in
    /// the order it will go.
    fn waiting(&self, channel: &Channel) -> Result<Vec<TimelineEntry>, Refusal> {
        let me = self.identity()?;
        let household = self.household(channel)?;
        let people = self.people();
        let refused = refused::of_channel(self.db, channel.id)?
            .into_iter()
            .map(|kept| (kept.job, Some(kept.refusal)));
        let waiting = of_channel(self.db, channel.id)?
            .into_iter()
            .filter(|job| !job.folded)
            .map(|job| (job, None));
        Ok(refused
            .chain(waiting)
            .filter_map(|(job, refused)| {
                let Task::Event { event, body } = &job.task else {
                    return None;
                };
                Some(TimelineEntry {
                    seq: None,
                    key: event.to_string(),
                    at: job.written_at,
                    by: Some(me.leaf.user),
                    by_name: people.name(me.leaf.user),
                    by_organisation: people.org_name(me.leaf.org),
                    mine: true,
                    what: shown(body, &household, &|org| people.org_name(org)),
                    rejected: Vec::new(),
                    unjudged: None,
                    doubts: Vec::new(),
                    refused,
                })
            })
            .collect())
    }
}
