//! The hash over a channel's history: two devices that saw the same entries have the same hash.

use beraad_casework::Event;
use beraad_protocol::{
    ChannelId, DeviceId,
    entry::{Entry, EntryKind},
};
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};

use crate::{
    channel::Channel,
    database::{int, uint},
    engine::Step,
    error::{Done, EngineError},
    warning::Caution,
};

const LABEL: &[u8] = b"beraad history v1\0";

/// A hash over the entries of a channel up to one of them.
pub(crate) type HistoryHash = [u8; 32];

/// Before the first entry.
pub(crate) const START: HistoryHash = [0; 32];

/// What a device sends that joined later and does not know the history's hash yet.
pub(crate) const UNKNOWN: HistoryHash = [0; 32];

/// What the hash takes of an entry.
pub(crate) struct Link {
    pub(crate) seq: u64,
    pub(crate) kind: EntryKind,
    pub(crate) op: [u8; 16],
    pub(crate) payload: [u8; 32],
}

impl Link {
    pub(crate) fn of(entry: &Entry) -> Self {
        Self {
            seq: entry.seq,
            kind: entry.kind,
            op: *entry.op.as_bytes(),
            payload: payload_hash(&entry.payload),
        }
    }
}

/// The hash after one more entry.
pub(crate) fn next(before: &HistoryHash, link: &Link) -> HistoryHash {
    Sha256::new_with_prefix(LABEL)
        .chain_update(before)
        .chain_update(link.seq.to_be_bytes())
        .chain_update([kind_byte(link.kind)])
        .chain_update(link.op)
        .chain_update(link.payload)
        .finalize()
        .into()
}

/// Stands for a payload.
pub(crate) fn payload_hash(payload: &[u8]) -> [u8; 32] {
    Sha256::digest(payload).into()
}

/// As the table `entry` keeps it.
pub(crate) const fn kind_byte(kind: EntryKind) -> u8 {
    match kind {
        EntryKind::Created => 0,
        EntryKind::Message => 1,
        EntryKind::Commit => 2,
    }
}

/// Back from [`kind_byte`].
pub(crate) const fn kind_of(byte: u8) -> Option<EntryKind> {
    match byte {
        0 => Some(EntryKind::Created),
        1 => Some(EntryKind::Message),
        2 => Some(EntryKind::Commit),
        _ => None,
    }
}

impl Step<'_> {
    /// Whether the sender saw the same history; or learns it from the sender, as a newcomer.
    pub(crate) fn compare_history(
        &mut self,
        channel: &mut Channel,
        by: DeviceId,
        event: &Event,
    ) -> Done {
        let Ok(theirs) = HistoryHash::try_from(event.history.as_slice()) else {
            return Ok(());
        };
        if by == self.me.leaf.device || theirs == UNKNOWN {
            return Ok(());
        }
        let seen = event.seen;
        if channel.floor.is_some_and(|floor| seen < floor) {
            return Ok(());
        }
        let Some(cursor) = channel.cursor else {
            return Ok(());
        };
        if channel.history.is_none() {
            if seen <= cursor {
                self.anchor(channel, seen, theirs)?;
            }
            return Ok(());
        }
        let ours: Option<Vec<u8>> = self
            .db
            .prepare_cached("SELECT history FROM entry WHERE channel = ?1 AND seq = ?2")?
            .query_row(params![channel.id.as_bytes(), int(seen)], |row| row.get(0))
            .optional()?
            .flatten();
        // Something from the future was seen by nobody.
        let differs = seen > cursor || ours.is_some_and(|ours| ours != theirs);
        if differs {
            self.warn(Caution::HistoryDiffers, Some(channel.id))?;
        }
        Ok(())
    }

    /// Takes a member's hash as the beginning, and goes on from there to the cursor.
    fn anchor(&mut self, channel: &mut Channel, seq: u64, hash: HistoryHash) -> Done {
        self.write_history(channel.id, seq, &hash)?;
        let mut now = hash;
        let later = {
            let mut statement = self.db.prepare_cached(
                "SELECT seq, kind, op, payload_hash FROM entry
                 WHERE channel = ?1 AND seq > ?2 ORDER BY seq",
            )?;
            statement
                .query_map(params![channel.id.as_bytes(), int(seq)], |row| {
                    Ok((
                        uint(row.get(0)?),
                        row.get::<_, u8>(1)?,
                        row.get::<_, [u8; 16]>(2)?,
                        row.get::<_, [u8; 32]>(3)?,
                    ))
                })?
                .collect::<Result<Vec<_>, _>>()?
        };
        for (seq, kind, op, payload) in later {
            let kind = kind_of(kind).ok_or(EngineError::Damaged("an entry"))?;
            now = next(
                &now,
                &Link {
                    seq,
                    kind,
                    op,
                    payload,
                },
            );
            self.write_history(channel.id, seq, &now)?;
        }
        channel.history = Some(now);
        Ok(())
    }

    fn write_history(&self, channel: ChannelId, seq: u64, hash: &HistoryHash) -> Done {
        self.db
            .prepare_cached("UPDATE entry SET history = ?3 WHERE channel = ?1 AND seq = ?2")?
            .execute(params![channel.as_bytes(), int(seq), hash])?;
        Ok(())
    }
}
