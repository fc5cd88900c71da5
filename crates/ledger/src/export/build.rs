//! Making a package.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use beraad_protocol::{LogId, vocabulary::RecordKind};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    container, guide,
    input::{ExportInput, Officer},
    line::{Beyond, RecordLine},
    manifest::{
        Counts, FileEntry, LogRange, Manifest, Organisation, Scope, SignatureParts, WithheldEntry,
        signed_bytes,
    },
    moment::iso8601,
    path, policy,
    report::{Report, Verdict},
    row::{self, DisclosureRow},
    verify::{Trust, verify_package_with},
};
use crate::{
    log::{Checkpoint, CheckpointError, LogEntry, LogVerifier, TlogProof, verify_checkpoint},
    record::{RecordError, SignedRecord},
};

/// Why a package cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A record cannot be encoded; leave it out as withheld.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A checkpoint or verifier key is not accepted.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A log entry is not what the log should have; ask the log anew.
    #[error("the entry at index {0} is not a log entry; ask the log anew")]
    Entry(u64),
    /// More than a package holds; export a shorter period.
    #[error("this is more than a package holds; export a shorter period")]
    TooLarge,
    /// What was put in does not verify; the report says where.
    #[error("the package would not verify ({}); see its faults", .0.verdict)]
    DoesNotVerify(Box<Report>),
}

/// Makes a package and checks it as its reader will, but for what the rows say of the records; see
/// [`build_with`]. `sign` is the officer's device key.
pub fn build(
    input: &ExportInput,
    officer: &Officer,
    sign: impl FnOnce(&[u8]) -> [u8; 64],
) -> Result<Vec<u8>, BuildError> {
    build_with(input, officer, sign, |_, _| Ok(()))
}

/// Like [`build`]; `rows_match` is what [`verify_package_with`] will be asked with.
pub fn build_with(
    input: &ExportInput,
    officer: &Officer,
    sign: impl FnOnce(&[u8]) -> [u8; 64],
    rows_match: impl Fn(&SignedRecord, &[DisclosureRow]) -> Result<(), String>,
) -> Result<Vec<u8>, BuildError> {
    let log_keys = input
        .log_keys
        .iter()
        .map(|vkey| LogVerifier::parse(vkey))
        .collect::<Result<Vec<_>, _>>()?;
    let checkpoints = largest_checkpoints(input, &log_keys)?;
    let tables = Tables::of(input)?;

    let mut files = tables.files();
    files.insert(
        path::ATTESTATIONS.to_owned(),
        attestation_lines(input).into_bytes(),
    );
    files.insert(
        path::POLICY.to_owned(),
        policy::write(&log_keys).into_bytes(),
    );
    for (log, (_, text)) in &checkpoints {
        files.insert(path::checkpoint(*log), text.clone().into_bytes());
    }
    insert_proofs(input, &mut files);

    let own = checkpoints
        .get(&LogId::from(input.metadata.org))
        .map(|(head, _)| head)
        .ok_or(CheckpointError::Origin)?;
    let mut manifest = manifest(input, officer, own, tables.counts(input));
    files.insert(path::GUIDE.to_owned(), guide::html(&manifest).into_bytes());
    manifest.files = files
        .iter()
        .map(|(path, content)| FileEntry {
            path: path.clone(),
            sha256: hex::encode(Sha256::digest(content)),
            bytes: content.len() as u64,
            rows: tables.rows_of(path, input),
        })
        .collect();

    let manifest = manifest.to_bytes();
    let signature = SignatureParts {
        public_key: officer.public_key,
        signature: sign(&signed_bytes(&manifest)),
        attestation: officer.attestation.attestation.clone(),
        attestation_signature: officer.attestation.signature.clone(),
    };
    files.insert(path::SIGNATURE.to_owned(), signature.to_bytes());
    files.insert(path::MANIFEST.to_owned(), manifest);
    let package = container::write(&files).map_err(|_| BuildError::TooLarge)?;

    let trust = Trust::new(log_keys, input.attestation_keys.clone());
    let report = verify_package_with(&package, Some(&trust), rows_match);
    if report.verdict == Verdict::Ok {
        Ok(package)
    } else {
        Err(BuildError::DoesNotVerify(Box::new(report)))
    }
}

/// The largest checkpoint of every log that a proof leads to, with its text.
fn largest_checkpoints(
    input: &ExportInput,
    keys: &[LogVerifier],
) -> Result<BTreeMap<LogId, (Checkpoint, String)>, BuildError> {
    let texts = std::iter::once(&input.own.checkpoint)
        .chain(input.own.withheld.iter().map(|leaf| &leaf.checkpoint))
        .chain(input.records.iter().map(|record| &record.checkpoint));
    let mut largest: BTreeMap<LogId, (Checkpoint, String)> = BTreeMap::new();
    for text in texts {
        if largest.values().any(|(_, known)| known == text) {
            continue;
        }
        let head = verify_checkpoint(text, keys)?;
        let known = largest.get(&head.origin.log());
        if known.is_none_or(|(known, _)| known.size < head.size) {
            largest.insert(head.origin.log(), (head, text.clone()));
        }
    }
    Ok(largest)
}

/// The lines of both `.jsonl` files.
struct Tables {
    disclosures: Vec<RecordLine>,
    consents: Vec<RecordLine>,
}

impl Tables {
    fn of(input: &ExportInput) -> Result<Self, BuildError> {
        let mut tables = Self {
            disclosures: Vec::new(),
            consents: Vec::new(),
        };
        let mut ordered = Vec::with_capacity(input.records.len());
        for exported in &input.records {
            let entry = LogEntry::from_bytes(&exported.entry)
                .map_err(|_| BuildError::Entry(exported.index))?;
            ordered.push((
                entry.recorded_at,
                exported.log,
                exported.index,
                entry,
                exported,
            ));
        }
        ordered.sort_by_key(|(at, log, index, ..)| (*at, *log, *index));
        for (_, log, index, entry, exported) in ordered {
            let beyond = Beyond {
                log,
                index,
                redacted: exported.redacted.clone(),
                rows: exported.rows.clone(),
            };
            let line = RecordLine::of(exported.record.get(), &entry, beyond)?;
            match line.kind {
                RecordKind::Disclosure => tables.disclosures.push(line),
                RecordKind::Consent => tables.consents.push(line),
            }
        }
        Ok(tables)
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let csv = row::csv(rows(&self.disclosures));
        [
            (path::CSV, csv),
            (
                path::DISCLOSURES,
                lines(self.disclosures.iter().map(RecordLine::to_text)),
            ),
            (
                path::CONSENTS,
                lines(self.consents.iter().map(RecordLine::to_text)),
            ),
        ]
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.into_bytes()))
        .collect()
    }

    fn counts(&self, input: &ExportInput) -> Counts {
        count(
            &self.disclosures,
            &self.consents,
            input.own.withheld.len() as u64,
        )
    }

    fn rows_of(&self, path: &str, input: &ExportInput) -> Option<u64> {
        match path {
            path::CSV => Some(rows(&self.disclosures).count() as u64),
            path::DISCLOSURES => Some(self.disclosures.len() as u64),
            path::CONSENTS => Some(self.consents.len() as u64),
            path::ATTESTATIONS => Some(input.attestations.len() as u64),
            _ => None,
        }
    }
}

/// The rows of `disclosures.csv`, with what proves each.
pub(super) fn rows(
    disclosures: &[RecordLine],
) -> impl Iterator<Item = (&DisclosureRow, &str, &str)> {
    disclosures.iter().flat_map(|line| {
        line.rows
            .iter()
            .map(|row| (row, line.recorded_at.as_str(), line.leaf_hash.as_str()))
    })
}

/// What the manifest counts; nothing is tombstoned as long as no content is deleted.
pub(super) fn count(disclosures: &[RecordLine], consents: &[RecordLine], withheld: u64) -> Counts {
    let mut redacted: BTreeMap<String, u64> = BTreeMap::new();
    for reason in disclosures
        .iter()
        .chain(consents)
        .flat_map(|line| line.redacted.values())
    {
        *redacted.entry(reason.clone()).or_default() += 1;
    }
    Counts {
        exported: (disclosures.len() + consents.len()) as u64,
        disclosures: disclosures.len() as u64,
        consents: consents.len() as u64,
        rows: rows(disclosures).count() as u64,
        withheld,
        redacted,
        tombstoned: 0,
    }
}

/// A line of `attestations.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AttestationLine {
    pub(super) attestation: String,
    pub(super) signature: String,
}

fn attestation_lines(input: &ExportInput) -> String {
    lines(input.attestations.iter().map(|given| {
        let line = AttestationLine {
            attestation: BASE64_STANDARD.encode(&given.attestation),
            signature: BASE64_STANDARD.encode(&given.signature),
        };
        serde_json::to_string(&line).expect("plain data is JSON")
    }))
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.map(|line| line + "\n").collect()
}

fn insert_proofs(input: &ExportInput, files: &mut BTreeMap<String, Vec<u8>>) {
    for exported in &input.records {
        let proof = TlogProof {
            extra: Some(exported.entry.clone()),
            index: exported.index,
            hashes: exported.proof.clone(),
            checkpoint: exported.checkpoint.clone(),
        };
        let path = path::proof(exported.record.header().id);
        files.insert(path, proof.encode().into_bytes());
    }
    for leaf in &input.own.withheld {
        let proof = TlogProof {
            extra: None,
            index: leaf.index,
            hashes: leaf.proof.clone(),
            checkpoint: leaf.checkpoint.clone(),
        };
        files.insert(
            path::withheld_proof(leaf.index),
            proof.encode().into_bytes(),
        );
    }
}

fn manifest(input: &ExportInput, officer: &Officer, own: &Checkpoint, counts: Counts) -> Manifest {
    let given = &input.metadata;
    let mut withheld: Vec<WithheldEntry> = input
        .own
        .withheld
        .iter()
        .map(|leaf| WithheldEntry {
            index: leaf.index,
            leaf_hash: hex::encode(leaf.leaf_hash),
            reason: leaf.reason.clone(),
        })
        .collect();
    withheld.sort_by_key(|leaf| leaf.index);
    Manifest {
        v: 1,
        export_id: given.id,
        created_at: iso8601(given.created_at),
        created_by: officer.identity.into(),
        created_by_name: given.created_by.clone(),
        approved_by: given.approved_by.clone(),
        organisation: Organisation {
            id: given.org,
            name: given.organisation.clone(),
        },
        purpose: given.purpose.clone(),
        legal_basis: given.legal_basis.clone(),
        recipient: given.recipient.clone(),
        scope: Scope {
            from: given.from.map(iso8601),
            to: given.to.map(iso8601),
            subjects: given.subjects.clone(),
            channels: given.channels.clone(),
        },
        filters: given.filters.clone(),
        files: Vec::new(),
        counts,
        log: LogRange {
            origin: own.origin.to_string(),
            index_from: input.own.from,
            index_to: input.own.to,
            tree_size_start: input.own.from,
            tree_size_end: own.size,
            root_hash: hex::encode(own.root),
            withheld,
        },
        unverifiable: input.unverifiable.clone(),
        witnesses: Vec::new(),
        attestation_keys: input.attestation_keys.iter().map(hex::encode).collect(),
        software: given.software.clone(),
        retain_until: given.retain_until.map(iso8601),
        previous_export: given.previous_export,
    }
}
