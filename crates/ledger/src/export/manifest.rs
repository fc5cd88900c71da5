//! `manifest.json` and `manifest.sig`: what a package is, and who vouches for it.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use beraad_protocol::{
    ChannelId, DeviceId, LogId, OperationId, OrgId, RecordId, UserId, directory::LeafIdentity,
};
use serde::{Deserialize, Serialize};

/// Bytes of the longest manifest that is read.
pub(super) const MAX_MANIFEST: usize = 64 * 1024 * 1024;
const MAX_SIGNATURE_FILE: usize = 64 * 1024;
const SIGNED: &[u8] = b"beraad export manifest v1\0";

/// What a package is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of this shape: 1.
    pub v: u16,
    /// Names the export.
    pub export_id: OperationId,
    /// When it was made, ISO 8601.
    pub created_at: String,
    /// The officer's device that made it.
    pub created_by: Author,
    /// The officer's name.
    pub created_by_name: String,
    /// The second person, where one was asked.
    pub approved_by: Option<String>,
    /// Whose disclosures these are.
    pub organisation: Organisation,
    /// What the export is for.
    pub purpose: String,
    /// On what ground it is handed over.
    pub legal_basis: String,
    /// To whom.
    pub recipient: String,
    /// What it covers.
    pub scope: Scope,
    /// What was filtered, in words.
    pub filters: Vec<String>,
    /// Every file beside this one and its signature.
    pub files: Vec<FileEntry>,
    /// How much it is.
    pub counts: Counts,
    /// The range of the organisation's own log that it covers without gaps.
    pub log: LogRange,
    /// Records that others say they disclosed to the organisation and that cannot be verified, so
    /// that they are not handed over.
    #[serde(default)]
    pub unverifiable: Vec<UnverifiableEntry>,
    /// Witnesses that were asked to cosign; none yet.
    pub witnesses: Vec<String>,
    /// Ed25519 public keys that signed the attestations, hexadecimal.
    pub attestation_keys: Vec<String>,
    /// The software that made it.
    pub software: String,
    /// Until when it has to be kept, ISO 8601.
    pub retain_until: Option<String>,
    /// The export before it.
    pub previous_export: Option<OperationId>,
}

/// A person's device at an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Author {
    /// The organisation.
    pub org: OrgId,
    /// The account.
    pub user: UserId,
    /// The device.
    pub device: DeviceId,
}

impl From<LeafIdentity> for Author {
    fn from(leaf: LeafIdentity) -> Self {
        Self {
            org: leaf.org,
            user: leaf.user,
            device: leaf.device,
        }
    }
}

/// An organisation and its name then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Its id.
    pub id: OrgId,
    /// Its name.
    pub name: String,
}

/// What an export covers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// From this moment, ISO 8601.
    pub from: Option<String>,
    /// Until this moment, ISO 8601.
    pub to: Option<String>,
    /// Only these subjects; all where empty.
    pub subjects: Vec<String>,
    /// Only these channels; all where empty.
    pub channels: Vec<ChannelId>,
}

/// A file of the package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Its name.
    pub path: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// Rows or lines of data, for tables.
    pub rows: Option<u64>,
}

/// How much an export is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Records handed over.
    pub exported: u64,
    /// Disclosures among them.
    pub disclosures: u64,
    /// Consents among them.
    pub consents: u64,
    /// Rows of `disclosures.csv`.
    pub rows: u64,
    /// Leaves of the range that are not handed over.
    pub withheld: u64,
    /// Fields left out of handed-over records, by reason.
    pub redacted: BTreeMap<String, u64>,
    /// Records whose content was deleted when its time had come.
    pub tombstoned: u64,
}

/// A contiguous range of the organisation's own log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogRange {
    /// The log's origin.
    pub origin: String,
    /// First index.
    pub index_from: u64,
    /// One past the last index.
    pub index_to: u64,
    /// The size of the tree where the range begins.
    pub tree_size_start: u64,
    /// The size of the tree that the proofs lead to.
    pub tree_size_end: u64,
    /// The root of that tree, hexadecimal.
    pub root_hash: String,
    /// Leaves of the range that are not handed over.
    pub withheld: Vec<WithheldEntry>,
}

/// A leaf that is not handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithheldEntry {
    /// Where it stands.
    pub index: u64,
    /// Its hash, hexadecimal.
    pub leaf_hash: String,
    /// Why.
    pub reason: String,
}

/// A received record that cannot be verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnverifiableEntry {
    /// The record, as it was received.
    pub record: RecordId,
    /// The log it is said to stand in.
    pub log: LogId,
    /// Where.
    pub index: u64,
    /// What is wrong with it.
    pub reason: String,
}

impl Manifest {
    /// The file.
    ///
    /// # Panics
    /// Never: it holds text, numbers and maps with text keys.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("plain data is JSON");
        bytes.push(b'\n');
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_MANIFEST {
            return None;
        }
        let manifest: Self = serde_json::from_slice(bytes).ok()?;
        (manifest.v == 1).then_some(manifest)
    }
}

/// The bytes the officer's device signs.
pub(super) fn signed_bytes(manifest: &[u8]) -> Vec<u8> {
    [SIGNED, manifest].concat()
}

/// `manifest.sig`: the officer's signature and who the officer is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ManifestSignature {
    v: u16,
    algorithm: String,
    public_key: String,
    signature: String,
    attestation: String,
    attestation_signature: String,
}

/// The parts of `manifest.sig`.
pub(super) struct SignatureParts {
    pub(super) public_key: [u8; 32],
    pub(super) signature: [u8; 64],
    pub(super) attestation: Vec<u8>,
    pub(super) attestation_signature: Vec<u8>,
}

impl SignatureParts {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let file = ManifestSignature {
            v: 1,
            algorithm: "Ed25519".to_owned(),
            public_key: hex::encode(self.public_key),
            signature: hex::encode(self.signature),
            attestation: BASE64_STANDARD.encode(&self.attestation),
            attestation_signature: BASE64_STANDARD.encode(&self.attestation_signature),
        };
        let mut bytes = serde_json::to_vec_pretty(&file).expect("plain data is JSON");
        bytes.push(b'\n');
        bytes
    }

    /// Reads the file in its one spelling: no hash covers it.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_SIGNATURE_FILE {
            return None;
        }
        let file: ManifestSignature = serde_json::from_slice(bytes).ok()?;
        let parts = Self {
            public_key: hex::decode(&file.public_key).ok()?.try_into().ok()?,
            signature: hex::decode(&file.signature).ok()?.try_into().ok()?,
            attestation: BASE64_STANDARD.decode(&file.attestation).ok()?,
            attestation_signature: BASE64_STANDARD.decode(&file.attestation_signature).ok()?,
        };
        (parts.to_bytes() == bytes).then_some(parts)
    }
}
