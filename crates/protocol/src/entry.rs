//! What a channel is made of: entries in one gapless sequence.

use serde::{Deserialize, Serialize};

use crate::{
    ChannelId, DeviceId, LogId, OperationId, OrgId, RecordId, RegisterKeyId, Timestamp,
    vocabulary::RecordKind,
};

/// One entry of a channel, as the server ordered it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Position in the channel, from 0 without gaps.
    pub seq: u64,
    /// The MLS epoch it was made in. A commit of epoch `n` starts epoch `n + 1`.
    pub epoch: u64,
    /// When the server took it in.
    pub at: Timestamp,
    /// The device that sent it.
    pub sender: DeviceId,
    /// The sender's operation, so that it recognises its own.
    pub op: OperationId,
    /// What it is.
    pub kind: EntryKind,
    /// The MLS message: PrivateMessage for `message`, PublicMessage for `commit`; for `created`
    /// the GroupInfo of epoch 0.
    #[serde(with = "serde_bytes")]
    pub payload: Vec<u8>,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// The channel began.
    Created,
    /// An application message.
    Message,
    /// A commit that the server checked and everybody merges.
    Commit,
}

/// A record that goes along with a message or commit: accepted together, or neither.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordSubmission {
    /// Names the record.
    pub id: RecordId,
    /// Consent or disclosure.
    pub kind: RecordKind,
    /// SHA-256 commitment to the signed record: the log's leaf is built on it.
    #[serde(with = "serde_bytes")]
    pub commitment: Vec<u8>,
    /// The organisation whose log it enters: the sender's own.
    pub source: OrgId,
    /// Organisations it was disclosed to, the source not among them.
    pub recipients: Vec<OrgId>,
    /// The record, sealed once to the source and once to every recipient that has a register key.
    pub sealed: Vec<SealedCopy>,
}

/// A record sealed to one organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedCopy {
    /// For whom.
    pub org: OrgId,
    /// To which version of its register key.
    pub key: RegisterKeyId,
    /// HPKE encapsulation and ciphertext, in the ledger crate's encoding.
    #[serde(with = "serde_bytes")]
    pub ciphertext: Vec<u8>,
}

/// Where a record stands in its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPosition {
    /// The record.
    pub record: RecordId,
    /// The log of the source organisation.
    pub log: LogId,
    /// Its leaf, from 0.
    pub index: u64,
    /// When the server logged it.
    pub recorded_at: Timestamp,
}

/// A record as an officer receives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterEntry {
    /// Position in the organisation's register, from 0 without gaps.
    pub position: u64,
    /// The channel it came from.
    pub channel: ChannelId,
    /// The log it stands in and where.
    pub logged: LogPosition,
    /// Consent or disclosure.
    pub kind: RecordKind,
    /// The copy for the asker's organisation.
    pub sealed: SealedCopy,
}
