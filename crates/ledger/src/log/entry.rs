//! What a leaf is made of.

use beraad_protocol::Timestamp;
use serde::{Deserialize, Serialize};

use super::tree::{Hash, leaf_hash};
use crate::canonical::{self, CanonicalError};

/// The data of a leaf. It names no organisation, person or case: tiles are public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogEntry {
    /// Version of this shape: 1.
    v: u16,
    /// Hash of the signed record ([`crate::record::RecordHash`]).
    #[serde(with = "serde_bytes")]
    pub commitment: [u8; 32],
    /// When the server took it in.
    pub recorded_at: Timestamp,
}

impl LogEntry {
    /// The entry for a record that was taken in at `recorded_at`.
    pub const fn new(commitment: [u8; 32], recorded_at: Timestamp) -> Self {
        Self {
            v: 1,
            commitment,
            recorded_at,
        }
    }

    /// The leaf's data: canonical CBOR.
    ///
    /// # Panics
    /// Never: three fields of fixed types always encode.
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical::to_vec(self).expect("a number, 32 bytes and a number encode")
    }

    /// Reads a leaf's data.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CanonicalError> {
        let entry: Self = canonical::from_slice(bytes)?;
        if entry.v == 1 {
            Ok(entry)
        } else {
            Err(CanonicalError::Shape)
        }
    }

    /// The leaf's hash in the tree.
    pub fn leaf_hash(&self) -> Hash {
        leaf_hash(&self.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_reads_back_and_another_version_is_refused() {
        let entry = LogEntry::new([9; 32], Timestamp(1_700_000_000_000));
        assert_eq!(LogEntry::from_bytes(&entry.to_bytes()), Ok(entry));
        let newer = LogEntry { v: 2, ..entry };
        assert_eq!(
            LogEntry::from_bytes(&newer.to_bytes()),
            Err(CanonicalError::Shape)
        );
    }
}
