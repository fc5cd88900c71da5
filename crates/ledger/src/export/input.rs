//! What a package is made of.

use std::collections::BTreeMap;

use beraad_protocol::{ChannelId, LogId, OperationId, OrgId, Timestamp, directory::LeafIdentity};

use super::{manifest::UnverifiableEntry, row::DisclosureRow};
use crate::{
    log::Hash,
    record::{SignedRecord, Verified},
};

/// What is said about an export.
#[derive(Debug, Clone)]
pub struct Metadata {
    /// Names the export.
    pub id: OperationId,
    /// Now.
    pub created_at: Timestamp,
    /// The officer's name.
    pub created_by: String,
    /// The second person, where one was asked.
    pub approved_by: Option<String>,
    /// Whose disclosures these are.
    pub org: OrgId,
    /// Its name.
    pub organisation: String,
    /// What the export is for.
    pub purpose: String,
    /// On what ground it is handed over.
    pub legal_basis: String,
    /// To whom.
    pub recipient: String,
    /// From this moment.
    pub from: Option<Timestamp>,
    /// Until this moment.
    pub to: Option<Timestamp>,
    /// Only these subjects; all where empty.
    pub subjects: Vec<String>,
    /// Only these channels; all where empty.
    pub channels: Vec<ChannelId>,
    /// What was filtered, in words.
    pub filters: Vec<String>,
    /// The software that makes it, with its version.
    pub software: String,
    /// Until when it has to be kept.
    pub retain_until: Option<Timestamp>,
    /// The export before it.
    pub previous_export: Option<OperationId>,
}

/// The officer who makes the package.
#[derive(Debug, Clone)]
pub struct Officer {
    /// Who, on which device.
    pub identity: LeafIdentity,
    /// The device's Ed25519 public key.
    pub public_key: [u8; 32],
    /// The server's word for that.
    pub attestation: DeviceAttestation,
}

/// The server's word for whose a device is, as [`beraad_protocol::directory::Device`] has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceAttestation {
    /// Canonical CBOR of [`beraad_protocol::directory::Attestation`].
    pub attestation: Vec<u8>,
    /// The server's signature over it.
    pub signature: Vec<u8>,
}

/// A record to hand over, with where it stands.
#[derive(Debug, Clone)]
pub struct ExportedRecord {
    /// The record, with the fields to leave out already withheld.
    pub record: Verified<SignedRecord>,
    /// Why each of those fields was left out.
    pub redacted: BTreeMap<String, String>,
    /// The log it stands in: that of its source organisation.
    pub log: LogId,
    /// Where.
    pub index: u64,
    /// The leaf's data.
    pub entry: Vec<u8>,
    /// Sibling hashes from the leaf up.
    pub proof: Vec<Hash>,
    /// The checkpoint that they lead to.
    pub checkpoint: String,
    /// The rows that account for it: at least one for a disclosure, none for a consent.
    pub rows: Vec<DisclosureRow>,
}

/// A leaf of the range that is not handed over.
#[derive(Debug, Clone)]
pub struct WithheldLeaf {
    /// Where it stands.
    pub index: u64,
    /// Its hash.
    pub leaf_hash: Hash,
    /// Why it is not handed over.
    pub reason: String,
    /// Sibling hashes from the leaf up.
    pub proof: Vec<Hash>,
    /// The checkpoint that they lead to.
    pub checkpoint: String,
}

/// The range of the organisation's own log that is covered.
#[derive(Debug, Clone)]
pub struct OwnRange {
    /// First index.
    pub from: u64,
    /// One past the last index.
    pub to: u64,
    /// Leaves of the range that are not handed over.
    pub withheld: Vec<WithheldLeaf>,
    /// A checkpoint of the log, at least `to` leaves large.
    pub checkpoint: String,
}

/// Everything a package is made of.
#[derive(Debug, Clone)]
pub struct ExportInput {
    /// What is said about it.
    pub metadata: Metadata,
    /// The range of the own log.
    pub own: OwnRange,
    /// Records, of the own log and of others; order does not matter.
    pub records: Vec<ExportedRecord>,
    /// Received records that cannot be verified: named, not handed over.
    pub unverifiable: Vec<UnverifiableEntry>,
    /// Attestations of the records' authors.
    pub attestations: Vec<DeviceAttestation>,
    /// Keys the server signs or signed attestations with.
    pub attestation_keys: Vec<[u8; 32]>,
    /// Verifier keys of the logs.
    pub log_keys: Vec<String>,
}
