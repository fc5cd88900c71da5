//! What a check of a package found.

use serde::{Deserialize, Serialize};

use super::manifest::Manifest;

/// Faults that are listed; more of them are only counted.
const MAX_FAULTS: usize = 1000;
/// Notes that are kept.
const MAX_NOTES: usize = 100;

/// The answer in one word. Where several hold, the first of this list is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// Something differs from what was signed or logged.
    Changed,
    /// Something that has to be there is not.
    Missing,
    /// Whole in itself, but signed with a key that is not trusted or not vouched for.
    UnknownKey,
    /// Whole and signed, but too few witnesses saw the log grow.
    TooFewWitnesses,
    /// Whole, signed and logged.
    Ok,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Changed => "CHANGED",
            Self::Missing => "MISSING",
            Self::UnknownKey => "UNKNOWN KEY",
            Self::TooFewWitnesses => "TOO FEW WITNESSES",
            Self::Ok => "OK",
        })
    }
}

macro_rules! fault_codes {
    ($($(#[$doc:meta])* $name:ident => $verdict:ident,)*) => {
        /// What kind of fault it is; stable, for screens and scripts.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum FaultCode {
            $($(#[$doc])* $name,)*
        }

        impl FaultCode {
            /// What a fault of this kind makes of the whole.
            pub const fn verdict(self) -> Verdict {
                match self { $(Self::$name => Verdict::$verdict,)* }
            }
        }
    };
}

fault_codes! {
    /// The ZIP is not as packages are written: cut short, changed or packed by another tool.
    Container => Changed,
    /// A file is not there.
    FileMissing => Missing,
    /// A file differs from its hash in the manifest.
    FileChanged => Changed,
    /// A file is there that the manifest does not know, or that belongs to nothing.
    FileExtra => Changed,
    /// A file cannot be read as what it should be.
    FileUnreadable => Changed,
    /// The manifest's signature does not match.
    ManifestSignature => Changed,
    /// A record's content or signature does not match.
    RecordChanged => Changed,
    /// A record does not concern the organisation of this export.
    RecordForeign => Changed,
    /// A withheld field has no reason, or a reason has no withheld field.
    RedactionUnexplained => Changed,
    /// An attestation does not match its signature or what it is used for.
    AttestationInvalid => Changed,
    /// No attestation says whose device this is.
    DeviceUnknown => UnknownKey,
    /// The attestations are signed with a key that is not trusted.
    AttestationKeyUnknown => UnknownKey,
    /// A leaf is not that of its record.
    LeafMismatch => Changed,
    /// A proof does not lead to its checkpoint.
    NotInLog => Changed,
    /// A checkpoint is malformed, of another log or not rightly signed.
    CheckpointInvalid => Changed,
    /// A checkpoint is signed with a key that is not trusted.
    LogKeyUnknown => UnknownKey,
    /// Two checkpoints of one log say different things about one size: the log showed two faces.
    SplitView => Changed,
    /// The range of the log has a gap.
    Gap => Missing,
    /// A record or leaf comes twice.
    Duplicate => Changed,
    /// A table differs from the records it is made of.
    RowsDiffer => Changed,
    /// The manifest counts otherwise.
    CountsDiffer => Changed,
    /// Fewer witnesses cosigned than were asked for.
    TooFewWitnesses => TooFewWitnesses,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What kind.
    pub code: FaultCode,
    /// In which file, with the line where there is one; empty where it is about the whole.
    pub file: String,
    /// What is wrong, in words.
    pub what: String,
}

/// How much was checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Files.
    pub files: u64,
    /// Records whose content, signature and place in a log are right.
    pub records: u64,
    /// Records in all.
    pub records_total: u64,
    /// Rows of `disclosures.csv`.
    pub rows: u64,
    /// Withheld leaves of the range.
    pub withheld: u64,
    /// Fields left out.
    pub redacted: u64,
    /// Different checkpoints.
    pub checkpoints: u64,
}

/// What a check of a package found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The answer in one word.
    pub verdict: Verdict,
    /// Whether the keys were compared with keys the checker brought along. If not, the package was
    /// checked against its own keys, which shows that it is whole, not whose it is.
    pub trusted: bool,
    /// Everything that is wrong.
    pub faults: Vec<Fault>,
    /// Faults beyond those listed.
    pub more_faults: u64,
    /// What is not wrong but good to know.
    pub notes: Vec<String>,
    /// How much was checked.
    pub checked: Checked,
    /// What the package says it is, where that could be read.
    pub manifest: Option<Manifest>,
}

impl Report {
    pub(super) const fn new(trusted: bool) -> Self {
        Self {
            verdict: Verdict::Ok,
            trusted,
            faults: Vec::new(),
            more_faults: 0,
            notes: Vec::new(),
            checked: Checked {
                files: 0,
                records: 0,
                records_total: 0,
                rows: 0,
                withheld: 0,
                redacted: 0,
                checkpoints: 0,
            },
            manifest: None,
        }
    }

    pub(super) fn fault(
        &mut self,
        code: FaultCode,
        file: impl Into<String>,
        what: impl Into<String>,
    ) {
        self.verdict = self.verdict.min(code.verdict());
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault {
                code,
                file: file.into(),
                what: what.into(),
            });
        } else {
            self.more_faults += 1;
        }
    }

    /// Adds what is good to know, once.
    pub(super) fn note(&mut self, note: String) {
        if self.notes.len() < MAX_NOTES && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Notes that a file is not there, once.
    pub(super) fn missing(&mut self, file: &str) {
        let known = self
            .faults
            .iter()
            .any(|f| f.code == FaultCode::FileMissing && f.file == file);
        if !known {
            self.fault(
                FaultCode::FileMissing,
                file,
                "the file is not in the package",
            );
        }
    }
}
