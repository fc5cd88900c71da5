//! A consent or disclosure record: what a professional signs and an organisation answers for.
//!
//! The header says who, where and when; the fields hold the matter. Every field is committed to
//! with a salt of its own, the header holds the root over those commitments, and the author's
//! device signs the header. So a field can be withheld from an export, leaving its commitment, and
//! the signature still holds; and without the salt nobody can guess what stood there.
//!
//! A [`SignedRecord`] as it arrives is a claim. [`SignedRecord::verify`] turns it into a
//! [`Verified`] record, which is what the register and the export work with.

mod commitment;
mod signed;

use std::fmt;

use beraad_protocol::{ChannelId, OrgId, RecordId, Timestamp, entry::RecordSubmission};
use beraad_protocol::{directory::LeafIdentity, vocabulary::RecordKind};
use ciborium::Value;
use serde::{Deserialize, Serialize};

pub use signed::{RecordDraft, SignedRecord, Verified};

use crate::{canonical::CanonicalError, seal};

/// Bytes of the longest encoded record: what can be sealed.
pub const MAX_RECORD: usize = seal::MAX_PLAINTEXT;
/// Fields of one record.
pub const MAX_FIELDS: usize = 64;
/// Bytes of a field's name.
pub const MAX_FIELD_NAME: usize = 64;

/// Why a record cannot be made or is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Longer than [`MAX_RECORD`]; shorten its texts.
    #[error("{0} bytes is more than the {max} a record may have; shorten its texts", max = MAX_RECORD)]
    TooLong(usize),
    /// Not in the encoding of records.
    #[error(transparent)]
    Encoding(#[from] CanonicalError),
    /// A shape from the future; update the software.
    #[error("the record has version {0}, newer than this software; update it")]
    Version(u16),
    /// No fields, too many, or a name that is not lower-case letters, digits and underscores.
    #[error("a record has 1 to {max} fields, named in lower-case letters, digits and underscores", max = MAX_FIELDS)]
    Fields,
    /// The parties do not fit: the source is the author's organisation, recipients are others.
    #[error("the source has to be the author's organisation and the recipients distinct others")]
    Parties,
    /// A field or its absence does not match the header; ask the source for the original.
    #[error("a field does not match what was signed; ask the source for the original")]
    Root,
    /// The signature does not match the header and the key; ask the source for the original.
    #[error("the signature is not this key's; check who signed, and ask for the original")]
    Signature,
    /// There is no field of that name; look at the record's names.
    #[error("the record has no such field")]
    NoSuchField,
    /// The field was withheld; ask the source organisation for it.
    #[error("the field was withheld; ask the source organisation for it")]
    Withheld,
}

/// Names a record by what was signed: the commitment in the log.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordHash(#[serde(with = "serde_bytes")] [u8; 32]);

impl RecordHash {
    /// Wraps a hash that was computed before.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes: `commitment` of [`RecordSubmission`] and of the log entry.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether a submission carries this record's commitment.
    pub fn is_of(&self, submission: &RecordSubmission) -> bool {
        submission.commitment == self.0
    }
}

impl fmt::Display for RecordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for RecordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordHash({self})")
    }
}

/// What the author's device signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordHeader {
    /// Version of this shape: 1.
    pub v: u16,
    /// Names the record.
    pub id: RecordId,
    /// Consent or disclosure.
    pub kind: RecordKind,
    /// The household channel it belongs to.
    pub channel: ChannelId,
    /// The MLS epoch of the channel in which it was made.
    pub epoch: u64,
    /// Who made it, on which device.
    pub author: LeafIdentity,
    /// The record this device made before, none for its first: a gap shows.
    pub previous: Option<RecordHash>,
    /// The organisation that answers for it: the author's own.
    pub source: OrgId,
    /// Organisations it was disclosed to, the source not among them.
    pub recipients: Vec<OrgId>,
    /// The author's clock; the log has the server's.
    pub at: Timestamp,
    /// Over the names and commitments of all fields.
    #[serde(with = "serde_bytes")]
    pub root: [u8; 32],
}

/// One field of a record.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Field {
    /// Readable.
    Open {
        /// Random, so that the commitment cannot be guessed.
        #[serde(with = "serde_bytes")]
        salt: [u8; 16],
        /// What was recorded.
        value: Value,
    },
    /// Left out; only that it was there, and its name, is known.
    Withheld {
        /// The commitment it had.
        #[serde(with = "serde_bytes")]
        commitment: [u8; 32],
    },
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open { .. } => "Open(..)",
            Self::Withheld { .. } => "Withheld",
        })
    }
}
