//! The hash over a channel's history: two devices that saw the same entries have the same hash.

use beraad_protocol::entry::{Entry, EntryKind};
use sha2::{Digest, Sha256};

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
