//! The records: content, signature, place in a log.

use std::collections::BTreeSet;

use beraad_protocol::{LogId, RecordId, vocabulary::RecordKind};

use super::{
    super::{
        line::{Beyond, RecordLine},
        path,
        report::{FaultCode, Report},
        row::DisclosureRow,
    },
    Check, Devices, Files, Heads,
};
use crate::{
    log::{LogEntry, leaf_hash, verify_inclusion},
    record::{Field, RecordHash, SignedRecord},
};

/// Reads the lines of a table; none where the file is not there.
pub(super) fn lines(files: &Files<'_>, name: &str, report: &mut Report) -> Option<Vec<RecordLine>> {
    let bytes = files.get(name)?;
    let mut lines = Vec::new();
    let whole = bytes.is_empty() || bytes.ends_with(b"\n");
    for (line, number) in bytes.split_inclusive(|&b| b == b'\n').zip(1_u64..) {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        match serde_json::from_slice::<RecordLine>(text) {
            Ok(line) if line.v == 1 && line.to_text().as_bytes() == text => lines.push(line),
            _ => {
                let what = "the line is not a record in its one spelling";
                report.fault(
                    FaultCode::FileUnreadable,
                    format!("{name} line {number}"),
                    what,
                );
            }
        }
    }
    if !whole {
        report.fault(
            FaultCode::FileUnreadable,
            name,
            "its last line is cut short",
        );
    }
    Some(lines)
}

/// Checks records one by one and remembers which came by.
pub(super) struct Records<'a, F> {
    devices: &'a Devices,
    rows_match: F,
    seen: BTreeSet<RecordId>,
    places: BTreeSet<(LogId, u64)>,
}

impl<'a, F> Records<'a, F>
where
    F: Fn(&SignedRecord, &[DisclosureRow]) -> Result<(), String>,
{
    pub(super) const fn new(devices: &'a Devices, rows_match: F) -> Self {
        Self {
            devices,
            rows_match,
            seen: BTreeSet::new(),
            places: BTreeSet::new(),
        }
    }

    /// Checks the record of one line.
    pub(super) fn check(
        &mut self,
        line: &RecordLine,
        place: &str,
        file: &str,
        check: &mut Check<'_>,
        heads: &mut Heads,
    ) {
        check.report.checked.records_total += 1;
        let before = (check.report.faults.len(), check.report.more_faults);
        if !self.seen.insert(line.record) || !self.places.insert((line.log, line.index)) {
            let what = "its record or its place in the log came before";
            check.report.fault(FaultCode::Duplicate, place, what);
        }
        let Some(record) = line.signed_record() else {
            let what = "the signed record cannot be read";
            return check.report.fault(FaultCode::RecordChanged, place, what);
        };
        self.signature(&record, place, check.report);
        involved(&record, line, place, file, check);
        redactions(&record, line, place, check.report);
        if let Some(entry) = logged(&record, line, check, heads) {
            same_line(&record, &entry, line, place, check.report);
        }
        self.rows(&record, line, place, check.report);
        if before == (check.report.faults.len(), check.report.more_faults) {
            check.report.checked.records += 1;
        }
    }

    /// Indexes of the own log that records account for.
    pub(super) fn own_indexes(&self, log: LogId) -> Vec<u64> {
        self.places
            .iter()
            .filter(|(of, _)| *of == log)
            .map(|(_, index)| *index)
            .collect()
    }

    /// Proofs that belong to no record and no withheld leaf.
    pub(super) fn stray_proofs(&self, check: &mut Check<'_>) {
        let mut expected: BTreeSet<String> = self.seen.iter().map(|id| path::proof(*id)).collect();
        expected.extend(
            check
                .manifest
                .log
                .withheld
                .iter()
                .map(|l| path::withheld_proof(l.index)),
        );
        for (name, _) in check.files.under(path::PROOFS) {
            if !expected.contains(name) {
                check.report.fault(
                    FaultCode::FileExtra,
                    name,
                    "it proves nothing of the package",
                );
            }
        }
    }

    fn signature(&self, record: &SignedRecord, place: &str, report: &mut Report) {
        let mut last = None;
        for key in self.devices.keys_of(record.header().author.into()) {
            match record.verify(key) {
                Ok(_) => return,
                Err(error) => last = Some(error),
            }
        }
        let (code, what) = last.map_or(
            (
                FaultCode::DeviceUnknown,
                "no attestation says whose device signed it".to_owned(),
            ),
            |error| (FaultCode::RecordChanged, error.to_string()),
        );
        report.fault(code, place, what);
    }

    fn rows(&self, record: &SignedRecord, line: &RecordLine, place: &str, report: &mut Report) {
        if (line.kind == RecordKind::Disclosure) == line.rows.is_empty() {
            let what = "a disclosure has rows in the table, and only a disclosure";
            return report.fault(FaultCode::RowsDiffer, place, what);
        }
        if let Err(what) = (self.rows_match)(record, &line.rows) {
            report.fault(FaultCode::RowsDiffer, place, what);
        }
    }
}

/// The record is in the right table and concerns this organisation.
fn involved(
    record: &SignedRecord,
    line: &RecordLine,
    place: &str,
    file: &str,
    check: &mut Check<'_>,
) {
    let header = record.header();
    let org = check.manifest.organisation.id;
    let table = match header.kind {
        RecordKind::Disclosure => path::DISCLOSURES,
        RecordKind::Consent => path::CONSENTS,
    };
    let fits = table == file
        && line.log == LogId::from(header.source)
        && (header.source == org || header.recipients.contains(&org));
    if !fits {
        let what = "the record belongs in another table, log or organisation's export";
        check.report.fault(FaultCode::RecordForeign, place, what);
    }
}

/// Exactly the withheld fields have a reason.
fn redactions(record: &SignedRecord, line: &RecordLine, place: &str, report: &mut Report) {
    let withheld = record
        .fields()
        .iter()
        .filter(|(_, field)| matches!(field, Field::Withheld { .. }))
        .map(|(name, _)| name);
    let explained = withheld.eq(line.redacted.keys())
        && line
            .redacted
            .values()
            .all(|reason| !reason.trim().is_empty());
    if !explained {
        let what = "the reasons do not go with the fields that were left out";
        report.fault(FaultCode::RedactionUnexplained, place, what);
    }
}

/// The record stands in its log: gives its entry.
fn logged(
    record: &SignedRecord,
    line: &RecordLine,
    check: &mut Check<'_>,
    heads: &mut Heads,
) -> Option<LogEntry> {
    let name = path::proof(line.record);
    let proof = check.files.proof(&name, check.report)?;
    let bytes = proof.extra.unwrap_or_default();
    let entry = LogEntry::from_bytes(&bytes).ok();
    let commitment = entry.map(|entry| RecordHash::from_bytes(entry.commitment));
    if commitment.is_none() || record.hash().ok() != commitment || record.header().id != line.record
    {
        let what = "the leaf is not that of the record";
        check.report.fault(FaultCode::LeafMismatch, &name, what);
    }
    let head = heads.read(&proof.checkpoint, &name, check.report)?;
    let leaf = leaf_hash(&bytes);
    let stands = proof.index == line.index
        && head.origin.log() == line.log
        && verify_inclusion(line.index, &leaf, head.size, &head.root, &proof.hashes).is_ok();
    if !stands {
        let what = "the proof does not show the record at its place in its log";
        check.report.fault(FaultCode::NotInLog, &name, what);
    }
    let checkpoint = path::checkpoint(line.log);
    if check.files.get(&checkpoint).is_none() {
        check.report.missing(&checkpoint);
    }
    entry
}

/// What is readable in the line is what was signed and logged.
fn same_line(
    record: &SignedRecord,
    entry: &LogEntry,
    line: &RecordLine,
    place: &str,
    report: &mut Report,
) {
    let beyond = Beyond {
        log: line.log,
        index: line.index,
        redacted: line.redacted.clone(),
        rows: line.rows.clone(),
    };
    let same = RecordLine::of(record, entry, beyond).is_ok_and(|anew| anew == *line);
    if !same {
        let what = "what is readable differs from what was signed and logged";
        report.fault(FaultCode::RecordChanged, place, what);
    }
}
