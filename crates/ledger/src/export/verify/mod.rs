//! Checking a package.
//!
//! Every step adds its faults to one report and goes on, so that the report is whole; what cannot
//! be read is skipped by the steps that build on it. Nothing here trusts what it reads.

mod files;
mod keys;
mod logs;
mod records;

use beraad_protocol::LogId;

pub use keys::{Trust, TrustError};

use super::{
    build::{self, count},
    container,
    line::RecordLine,
    manifest::{Author, Manifest, SignatureParts, signed_bytes},
    path, policy,
    report::{FaultCode, Report},
    row::{self, DisclosureRow},
};
use crate::{
    log::{Origin, verify_inclusion},
    record::SignedRecord,
};
use files::Files;
use keys::Devices;
use logs::Heads;

/// Checks a package, against the keys in `trust` or, without, against its own.
///
/// The rows of `disclosures.csv` are compared with those in `disclosures.jsonl`, and their time
/// and leaf hash with the log. Whether their other cells say what the signed record says, the
/// officer vouches for; [`verify_package_with`] can check that too.
pub fn verify_package(bytes: &[u8], trust: Option<&Trust>) -> Report {
    verify_package_with(bytes, trust, |_, _| Ok(()))
}

/// Like [`verify_package`]; `rows_match` says whether rows account rightly for a verified record,
/// and if not, which cell is wrong.
pub fn verify_package_with(
    bytes: &[u8],
    trust: Option<&Trust>,
    rows_match: impl Fn(&SignedRecord, &[DisclosureRow]) -> Result<(), String>,
) -> Report {
    let mut report = Report::new(trust.is_some());
    let contents = container::read(bytes);
    report.checked.files = contents.files.len() as u64;
    for (file, what) in contents.faults {
        report.fault(FaultCode::Container, file, what);
    }
    if !contents.complete {
        return report;
    }
    let files = Files::new(contents.files);
    let Some(manifest) = files.manifest(&mut report) else {
        return report;
    };
    files.compare(&manifest, &mut report);
    Check {
        files: &files,
        manifest: &manifest,
        trust,
        report: &mut report,
    }
    .run(rows_match);
    report.manifest = Some(manifest);
    report
}

/// The lines of both tables, none where a file is not there.
#[derive(Default)]
struct Lines {
    disclosures: Option<Vec<RecordLine>>,
    consents: Option<Vec<RecordLine>>,
}

struct Check<'a> {
    files: &'a Files<'a>,
    manifest: &'a Manifest,
    trust: Option<&'a Trust>,
    report: &'a mut Report,
}

impl Check<'_> {
    fn run(mut self, rows_match: impl Fn(&SignedRecord, &[DisclosureRow]) -> Result<(), String>) {
        let devices = self.devices();
        self.officer(&devices);
        let mut heads = self.heads();
        let own = self.own_head(&mut heads);
        let lines = Lines {
            disclosures: records::lines(self.files, path::DISCLOSURES, self.report),
            consents: records::lines(self.files, path::CONSENTS, self.report),
        };
        let mut records = records::Records::new(&devices, rows_match);
        for (file, lines) in [
            (path::DISCLOSURES, &lines.disclosures),
            (path::CONSENTS, &lines.consents),
        ] {
            for (line, number) in lines.iter().flatten().zip(1..) {
                let place = format!("{file} line {number}");
                records.check(line, &place, file, &mut self, &mut heads);
            }
        }
        let mut covered = records.own_indexes(self.own_log());
        self.withheld(&mut heads, &mut covered);
        if lines.disclosures.is_some() && lines.consents.is_some() {
            self.range(covered);
            self.tables(&lines);
        }
        records.stray_proofs(&mut self);
        self.report.checked.checkpoints = heads.len() as u64;
        self.witnesses(&heads);
        if let Some(size) = own
            && self.manifest.log.index_to < size
        {
            let later = size - self.manifest.log.index_to;
            self.report
                .note(format!("the log has {later} later leaves than this range"));
        }
        let unverifiable = self.manifest.unverifiable.len();
        if unverifiable > 0 {
            self.report.note(format!(
                "{unverifiable} received record(s) could not be verified by the organisation and are not handed over; the manifest names them"
            ));
        }
        if self.trust.is_none() {
            self.report.note(
                "checked against the package's own keys: compare them with keys obtained another way"
                    .to_owned(),
            );
        }
    }

    fn own_log(&self) -> LogId {
        self.manifest.organisation.id.into()
    }

    /// Whose devices signed: from the attestations in the package.
    fn devices(&mut self) -> Devices {
        let claimed = self.manifest.attestation_keys.iter();
        let keys = claimed
            .filter_map(|key| hex::decode(key).ok()?.try_into().ok())
            .collect();
        let mut devices = Devices::new(keys, self.trust);
        for (attestation, signature, place) in self.files.attestations(self.report) {
            devices.add(&attestation, &signature, &place, self.report);
        }
        devices
    }

    /// The manifest's signature and whose it is.
    fn officer(&mut self, devices: &Devices) {
        let Some(bytes) = self.files.get(path::SIGNATURE) else {
            return self.report.missing(path::SIGNATURE);
        };
        let Some(parts) = SignatureParts::from_bytes(bytes) else {
            let what = "it is not a signature of a manifest";
            return self
                .report
                .fault(FaultCode::FileUnreadable, path::SIGNATURE, what);
        };
        let manifest = self.files.get(path::MANIFEST).unwrap_or_default();
        if !keys::signed_by(&parts.public_key, &signed_bytes(manifest), &parts.signature) {
            // Which of the two was changed cannot be told.
            for file in [path::MANIFEST, path::SIGNATURE] {
                let what = "the manifest or its signature is not what the officer made";
                self.report.fault(FaultCode::ManifestSignature, file, what);
            }
        }
        let Some(attested) = devices.attested(
            &parts.attestation,
            &parts.attestation_signature,
            path::SIGNATURE,
            self.report,
        ) else {
            return;
        };
        let officer = Author {
            org: attested.org,
            user: attested.user,
            device: attested.device,
        };
        let fits = attested.signature_key == parts.public_key
            && officer == self.manifest.created_by
            && officer.org == self.manifest.organisation.id;
        if !fits {
            let what = "the attestation is not of the officer and key that the manifest names";
            self.report
                .fault(FaultCode::AttestationInvalid, path::SIGNATURE, what);
        }
    }

    /// Whose checkpoints count: the trusted keys, or those of the package.
    fn heads(&mut self) -> Heads {
        let policy = match self.files.get(path::POLICY).map(policy::read) {
            None => None,
            Some(None) => {
                let what = "it is not a policy";
                self.report
                    .fault(FaultCode::FileUnreadable, path::POLICY, what);
                None
            }
            Some(keys) => keys,
        };
        match self.trust {
            Some(trust) => Heads::new(trust.logs.clone(), trust.witnesses.clone()),
            None => Heads::new(policy.unwrap_or_default(), Vec::new()),
        }
    }

    /// Checks the checkpoint files and gives the size of the own log.
    fn own_head(&mut self, heads: &mut Heads) -> Option<u64> {
        for (name, content) in self.files.under(path::CHECKPOINTS) {
            let text = std::str::from_utf8(content).unwrap_or_default();
            if let Some(head) = heads.read(text, name, self.report)
                && path::checkpoint(head.origin.log()) != name
            {
                let what = "it is a checkpoint of another log";
                self.report.fault(FaultCode::CheckpointInvalid, name, what);
            }
        }
        let name = path::checkpoint(self.own_log());
        let Some(content) = self.files.get(&name) else {
            self.report.missing(&name);
            return None;
        };
        let head = heads.known(std::str::from_utf8(content).ok()?)?;
        let log = &self.manifest.log;
        let same = Origin::parse(&log.origin).as_ref() == Ok(&head.origin)
            && log.tree_size_end == head.size
            && log.root_hash == hex::encode(head.root);
        if !same {
            let what = "the manifest names another log, size or root than the checkpoint";
            self.report.fault(FaultCode::CheckpointInvalid, name, what);
        }
        Some(head.size)
    }

    /// Leaves that are listed as withheld have to stand in the log as well.
    fn withheld(&mut self, heads: &mut Heads, covered: &mut Vec<u64>) {
        self.report.checked.withheld = self.manifest.log.withheld.len() as u64;
        for leaf in &self.manifest.log.withheld {
            covered.push(leaf.index);
            let name = path::withheld_proof(leaf.index);
            let Some(proof) = self.files.proof(&name, self.report) else {
                continue;
            };
            let Some(head) = heads.read(&proof.checkpoint, &name, self.report) else {
                continue;
            };
            let hash = hex::decode(&leaf.leaf_hash)
                .ok()
                .and_then(|hash| hash.try_into().ok());
            let stands = hash.is_some_and(|hash| {
                proof.index == leaf.index
                    && proof.extra.is_none()
                    && head.origin.log() == self.own_log()
                    && verify_inclusion(leaf.index, &hash, head.size, &head.root, &proof.hashes)
                        .is_ok()
            });
            if !stands {
                let what = "the proof does not show the withheld leaf in the own log";
                self.report.fault(FaultCode::NotInLog, name, what);
            }
            if leaf.reason.trim().is_empty() {
                let what = format!(
                    "the leaf at index {} is withheld without a reason",
                    leaf.index
                );
                self.report
                    .fault(FaultCode::RedactionUnexplained, path::MANIFEST, what);
            }
        }
    }

    /// The range of the own log has to be covered without gaps.
    fn range(&mut self, mut covered: Vec<u64>) {
        let log = &self.manifest.log;
        covered.sort_unstable();
        for pair in covered.windows(2) {
            if pair[0] == pair[1] {
                let what = format!("index {} is accounted for twice", pair[0]);
                self.report
                    .fault(FaultCode::Duplicate, path::MANIFEST, what);
            }
        }
        covered.dedup();
        let mut next = log.index_from;
        for index in covered {
            if index < log.index_from || index >= log.index_to {
                let what = format!("index {index} lies outside the range the manifest names");
                self.report
                    .fault(FaultCode::CountsDiffer, path::MANIFEST, what);
                continue;
            }
            if index > next {
                self.gap(next, index);
            }
            next = index + 1;
        }
        if next < log.index_to {
            self.gap(next, log.index_to);
        }
        let ordered = log.index_from <= log.index_to
            && log.index_to <= log.tree_size_end
            && log.tree_size_start <= log.tree_size_end;
        if !ordered {
            let what = "the range the manifest names is not a range of the log";
            self.report
                .fault(FaultCode::CountsDiffer, path::MANIFEST, what);
        }
    }

    fn gap(&mut self, from: u64, to: u64) {
        let what = format!(
            "log index {from} to {} is neither handed over nor withheld",
            to - 1
        );
        self.report.fault(FaultCode::Gap, path::MANIFEST, what);
    }

    /// The table and the counts have to follow from the records.
    fn tables(&mut self, lines: &Lines) {
        let (Some(disclosures), Some(consents)) = (&lines.disclosures, &lines.consents) else {
            return;
        };
        let counts = count(
            disclosures,
            consents,
            self.manifest.log.withheld.len() as u64,
        );
        self.report.checked.rows = counts.rows;
        self.report.checked.redacted = counts.redacted.values().sum();
        if counts != self.manifest.counts {
            let what = "the manifest counts otherwise than its files";
            self.report
                .fault(FaultCode::CountsDiffer, path::MANIFEST, what);
        }
        for (file, rows) in [
            (path::CSV, counts.rows),
            (path::DISCLOSURES, counts.disclosures),
            (path::CONSENTS, counts.consents),
        ] {
            let listed = self.manifest.files.iter().find(|entry| entry.path == file);
            if listed.is_some_and(|entry| entry.rows != Some(rows)) {
                let what = "the manifest counts other rows than it has";
                self.report.fault(FaultCode::CountsDiffer, file, what);
            }
        }
        let csv = row::csv(build::rows(disclosures));
        if self
            .files
            .get(path::CSV)
            .is_some_and(|content| content != csv.as_bytes())
        {
            let what = "the table differs from the records it is made of";
            self.report.fault(FaultCode::RowsDiffer, path::CSV, what);
        }
    }

    fn witnesses(&mut self, heads: &Heads) {
        let needed = self.trust.map_or(0, |trust| trust.witnesses_needed);
        if needed == 0 {
            return;
        }
        for (name, content) in self.files.under(path::CHECKPOINTS) {
            let text = std::str::from_utf8(content).unwrap_or_default();
            let seen = heads.witnesses_of(text);
            if heads.known(text).is_some() && seen < needed {
                let what = format!("{seen} of {needed} witnesses cosigned");
                self.report.fault(FaultCode::TooFewWitnesses, name, what);
            }
        }
    }
}
