//! The export package: what an organisation hands over to account for its disclosures, and how
//! anybody checks it years later, offline.
//!
//! A package is a ZIP of readable files (`disclosures.csv`, `consents.jsonl`, `LEESMIJ.html`) and
//! of evidence (signed records inside the `.jsonl` files, `attestations.jsonl`, `proofs/`,
//! `checkpoints/`, `policy.txt`), held together by `manifest.json` with the SHA-256 of every file
//! and `manifest.sig` by the officer's device. It covers a contiguous range of the organisation's
//! own log: what stands in that range and is not handed over is listed as withheld, with its
//! place and hash, since a proof that something is in a log says nothing about what was left out.
//!
//! The ZIP is written in one way only, uncompressed and without dates, so that a package is a
//! function of its files: not a single byte can change unnoticed, and reading one cannot fill
//! memory beyond its own size.
//!
//! [`build_with`] makes a package, [`verify_package_with`] checks one. What a row has to say of a
//! record is not known here: whoever knows hands a check of it in.

mod build;
mod container;
mod guide;
mod input;
mod line;
mod manifest;
mod moment;
mod policy;
mod report;
mod row;
mod verify;

pub use build::{BuildError, build, build_with};
pub use container::{MAX_FILES, MAX_PACKAGE};
pub use input::{
    DeviceAttestation, ExportInput, ExportedRecord, Metadata, Officer, OwnRange, WithheldLeaf,
};
pub use line::RecordLine;
pub use manifest::{
    Author, Counts, FileEntry, LogRange, Manifest, Organisation, Scope, UnverifiableEntry,
    WithheldEntry,
};
pub use moment::iso8601;
pub use report::{Checked, Fault, FaultCode, Report, Verdict};
pub use row::{DisclosureRow, csv_header};
pub use verify::{Trust, TrustError, verify_package, verify_package_with};

/// Names of the files in a package.
mod path {
    use beraad_protocol::{LogId, RecordId};

    pub(super) const MANIFEST: &str = "manifest.json";
    pub(super) const SIGNATURE: &str = "manifest.sig";
    pub(super) const CSV: &str = "disclosures.csv";
    pub(super) const DISCLOSURES: &str = "disclosures.jsonl";
    pub(super) const CONSENTS: &str = "consents.jsonl";
    pub(super) const ATTESTATIONS: &str = "attestations.jsonl";
    pub(super) const POLICY: &str = "policy.txt";
    pub(super) const GUIDE: &str = "LEESMIJ.html";
    pub(super) const PROOFS: &str = "proofs/";
    pub(super) const CHECKPOINTS: &str = "checkpoints/";

    /// Files that every package has beside its manifest.
    pub(super) const ALWAYS: [&str; 6] = [CSV, DISCLOSURES, CONSENTS, ATTESTATIONS, POLICY, GUIDE];

    pub(super) fn proof(record: RecordId) -> String {
        format!("{PROOFS}{record}.tlog-proof")
    }

    pub(super) fn withheld_proof(index: u64) -> String {
        format!("{PROOFS}leaf-{index}.tlog-proof")
    }

    pub(super) fn checkpoint(log: LogId) -> String {
        format!("{CHECKPOINTS}{log}")
    }
}
