//! A channel as this device has it: its row, its group and its household.

use beraad_casework::{Context, Decoded, Event, Household, RosterMember, Sender};
use beraad_group::{Member, MemberInfo};
use beraad_protocol::{
    ChannelId, OrgId, Timestamp, UserId,
    vocabulary::{ActingCapacity, Framework, OrganisationType},
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    database::{self, int, uint},
    engine::Step,
    error::{Done, EngineError},
    history::HistoryHash,
    people::People,
    warning::Caution,
};

/// A channel's row.
#[derive(Debug, Clone)]
pub(crate) struct Channel {
    pub(crate) id: ChannelId,
    pub(crate) case_code: String,
    pub(crate) framework: Framework,
    pub(crate) name: String,
    pub(crate) state: State,
    /// The first entry that can be read is the one after this; none when that is the first of all.
    pub(crate) floor: Option<u64>,
    /// The last entry on disk.
    pub(crate) cursor: Option<u64>,
    /// Up to the cursor; unknown until a member named one.
    pub(crate) history: Option<HistoryHash>,
    pub(crate) read_seq: i64,
    pub(crate) last_at: Timestamp,
}

/// What this device is in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// The server does not have it yet.
    Opening,
    /// A member.
    Member,
    /// No longer a member.
    Left,
    /// A member whose group cannot be used any more.
    Broken,
}

impl State {
    const fn from_number(number: i64) -> Self {
        match number {
            0 => Self::Opening,
            1 => Self::Member,
            2 => Self::Left,
            _ => Self::Broken,
        }
    }
}

impl Channel {
    /// The next entry to come.
    pub(crate) const fn next_seq(&self) -> u64 {
        match self.cursor {
            Some(cursor) => cursor.saturating_add(1),
            None => 0,
        }
    }

    /// Every channel, the one with the newest entry first.
    pub(crate) fn all(db: &Connection) -> Done<Vec<Self>> {
        let mut statement = db.prepare_cached(&format!("{SELECT} ORDER BY last_at DESC, id"))?;
        let rows = statement
            .query_map([], Self::from_row)?
            .collect::<Result<Vec<_>, _>>()?;
        Ok(rows)
    }

    pub(crate) fn load(db: &Connection, id: ChannelId) -> Done<Option<Self>> {
        Ok(db
            .prepare_cached(&format!("{SELECT} WHERE id = ?1"))?
            .query_row([id.as_bytes()], Self::from_row)
            .optional()?)
    }

    pub(crate) fn save(&self, db: &Connection) -> Done {
        db.prepare_cached(
            "INSERT OR REPLACE INTO channel
             (id, case_code, framework, name, state, floor, cursor, history, read_seq, last_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            self.id.as_bytes(),
            self.case_code,
            self.framework.code(),
            self.name,
            self.state as i64,
            self.floor.map(int),
            self.cursor.map(int),
            self.history,
            self.read_seq,
            self.last_at.0,
        ])?;
        Ok(())
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: ChannelId::from_bytes(row.get(0)?),
            case_code: row.get(1)?,
            framework: row
                .get::<_, String>(2)?
                .parse()
                .unwrap_or(Framework::OwnLaws),
            name: row.get(3)?,
            state: State::from_number(row.get(4)?),
            floor: row.get::<_, Option<i64>>(5)?.map(uint),
            cursor: row.get::<_, Option<i64>>(6)?.map(uint),
            history: row.get(7)?,
            read_seq: row.get(8)?,
            last_at: Timestamp(row.get(9)?),
        })
    }
}

const SELECT: &str = "SELECT id, case_code, framework, name, state, floor, cursor, history,
    read_seq, last_at FROM channel";

/// The household of a channel: as it was written down last, with the events since then folded.
pub(crate) fn stored_household(db: &Connection, channel: ChannelId) -> Done<Option<Household>> {
    let stored = db
        .prepare_cached("SELECT household, seq FROM snapshot WHERE channel = ?1")?
        .query_row([channel.as_bytes()], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Option<i64>>(1)?))
        })
        .optional()?;
    let Some((bytes, seq)) = stored else {
        return Ok(None);
    };
    let mut household: Household = database::decode(&bytes, "a household")?;
    let mut statement = db.prepare_cached(
        "SELECT seq, at, user, org, event FROM entry
         WHERE channel = ?1 AND seq > ?2 AND kind = 1 AND event IS NOT NULL AND user IS NOT NULL
         ORDER BY seq",
    )?;
    let mut rows = statement.query(params![channel.as_bytes(), seq.unwrap_or(-1)])?;
    while let Some(row) = rows.next()? {
        let event: Vec<u8> = row.get(4)?;
        if let Ok(Decoded::Event(event)) = Event::from_cbor(&event) {
            let context = Context {
                seq: uint(row.get(0)?),
                at: Timestamp(row.get(1)?),
                sender: Sender {
                    user: UserId::from_bytes(row.get(2)?),
                    org: OrgId::from_bytes(row.get(3)?),
                },
            };
            household.apply(&context, &event);
        }
    }
    Ok(Some(household))
}

impl Step<'_> {
    pub(crate) fn channel(&self, id: ChannelId) -> Done<Option<Channel>> {
        Channel::load(self.db, id)
    }

    /// The channel's group, from memory or from disk; none when this device is in none.
    pub(crate) fn group(&mut self, id: ChannelId) -> Done<Option<&mut Member>> {
        if !self.cache.groups.contains_key(&id) {
            let Some(member) = Member::load(&self.store(), &self.me.keys, id)? else {
                return Ok(None);
            };
            self.cache.groups.insert(id, member);
        }
        Ok(self.cache.groups.get_mut(&id))
    }

    /// The channel's household, from memory or from disk.
    pub(crate) fn household(&mut self, channel: &Channel) -> Done<&mut Household> {
        if !self.cache.households.contains_key(&channel.id) {
            let household = stored_household(self.db, channel.id)?
                .unwrap_or_else(|| Household::new(channel.framework));
            self.cache.households.insert(channel.id, household);
        }
        self.cache
            .households
            .get_mut(&channel.id)
            .ok_or(EngineError::Damaged("a household"))
    }

    /// Begins a channel's household anew: a device knows what it saw itself.
    pub(crate) fn begin_household(&mut self, channel: &Channel) {
        self.cache
            .households
            .insert(channel.id, Household::joining(channel.framework));
        self.dirty.insert(channel.id);
        self.roster_changed.insert(channel.id);
    }

    /// Takes the group's members over into the household.
    pub(crate) fn take_roster(&mut self, channel: &Channel) -> Done {
        let Some(group) = self.group(channel.id)? else {
            return Ok(());
        };
        let (Ok(members), Ok(policy)) = (group.members(), group.policy()) else {
            return Ok(());
        };
        let (people, now) = (&self.cache.people, self.now);
        let roster = members
            .iter()
            .map(|member| {
                let who = member.identity;
                RosterMember {
                    user: who.user,
                    org: who.org,
                    org_type: people.org_kind(who.org).unwrap_or(UNKNOWN_KIND),
                    role: policy.role(who.user),
                    capacities: verified(people, &members, who.user, now),
                }
            })
            .collect();
        self.household(channel)?.roster(roster);
        self.dirty.insert(channel.id);
        self.roster_changed.insert(channel.id);
        Ok(())
    }

    /// Whether every leaf of the group is attested; warns if not, and takes the warning back once
    /// they all are.
    pub(crate) fn check_leaves(&mut self, id: ChannelId) -> Done<bool> {
        let now = self.now;
        let Some(group) = self.group(id)? else {
            return Ok(true);
        };
        let Ok(members) = group.members() else {
            return Ok(true);
        };
        let attested = members
            .iter()
            .all(|member| self.cache.people.attests(member, now));
        if attested {
            self.calm(Caution::UnattestedLeaf, Some(id))?;
        } else {
            self.warn(Caution::UnattestedLeaf, Some(id))?;
        }
        Ok(attested)
    }

    /// Writes down the households whose members changed, and those with many events since the
    /// last time: the events themselves are on disk and can be folded again.
    pub(crate) fn write_households(&mut self) -> Done {
        for id in std::mem::take(&mut self.dirty) {
            let Some(household) = self.cache.households.get(&id) else {
                continue;
            };
            let cursor = self
                .channel(id)?
                .and_then(|channel| channel.cursor)
                .map(int);
            let written: Option<Option<i64>> = self
                .db
                .prepare_cached("SELECT seq FROM snapshot WHERE channel = ?1")?
                .query_row([id.as_bytes()], |row| row.get(0))
                .optional()?;
            let since = cursor.unwrap_or(-1) - written.flatten().unwrap_or(-1);
            if !self.roster_changed.remove(&id) && since < EVENTS_PER_SNAPSHOT {
                continue;
            }
            let bytes = beraad_protocol::to_cbor(household);
            self.db
                .prepare_cached(
                    "INSERT OR REPLACE INTO snapshot (channel, seq, household) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![id.as_bytes(), cursor, bytes])?;
        }
        Ok(())
    }
}

/// The capacities the server signed for somebody's devices in a group. The directory around the
/// attestations is not signed, so it has no say in this.
fn verified(
    people: &People,
    members: &[MemberInfo],
    user: UserId,
    now: Timestamp,
) -> Vec<ActingCapacity> {
    let mut capacities = Vec::new();
    for member in members.iter().filter(|member| member.identity.user == user) {
        if let Some(attested) = people.attestation(member.identity.device)
            && people.attests(member, now)
        {
            for capacity in &attested.attestation.capacities {
                if !capacities.contains(capacity) {
                    capacities.push(*capacity);
                }
            }
        }
    }
    capacities
}

/// Events that are folded again at most when a household is read.
const EVENTS_PER_SNAPSHOT: i64 = 64;

/// For a member whose organisation the directory does not know; nothing is sent to such a one.
const UNKNOWN_KIND: OrganisationType = OrganisationType::Gemeente;
