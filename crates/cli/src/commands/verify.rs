//! `beraad verify`: check a package, offline and without a profile.

use std::{fs, io::Read as _, path::PathBuf};

use beraad_ledger::{
    export::{MAX_PACKAGE, Report, Trust, Verdict, verify_package_with},
    log::LogVerifier,
};
use beraad_protocol::http::Status;
use clap::Args;
use serde::Deserialize;

use super::Answer;
use crate::{
    failure::{Exit, Failure},
    show::plain,
};

/// What to check against what.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The package (a ZIP file).
    package: PathBuf,
    /// Keys that you obtained another way than with the package, as JSON: what the server answers
    /// at /api/status, or {"log_keys": [...], "attestation_keys": [...]}. Without it the package
    /// is checked against its own keys, which shows that it is whole, not whose it is.
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

/// The two forms of a trust file.
#[derive(Deserialize)]
#[serde(untagged)]
enum TrustFile {
    Server(Status),
    Keys {
        log_keys: Vec<String>,
        attestation_keys: Vec<String>,
    },
}

pub(crate) fn run(args: &VerifyArgs) -> Result<Answer, Failure> {
    let trust = match &args.trust {
        Some(file) => {
            let text = fs::read(file).map_err(|error| Failure::file("read", file, &error))?;
            Some(read_trust(&text).ok_or_else(|| {
                Failure::usage(format!("{} holds no keys that can be read", file.display()))
            })?)
        }
        None => None,
    };
    let mut bytes = Vec::new();
    // One byte more than a package may have: then it is seen to be too large.
    let most = u64::try_from(MAX_PACKAGE)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    fs::File::open(&args.package)
        .and_then(|file| file.take(most).read_to_end(&mut bytes))
        .map_err(|error| Failure::file("read", &args.package, &error))?;
    let report = verify_package_with(&bytes, trust.as_ref(), beraad_engine::rows_match);
    let mut answer = Answer::new(describe(&report), &report);
    if report.verdict != Verdict::Ok {
        answer.exit = Exit::NotOk;
    }
    Ok(answer)
}

fn read_trust(text: &[u8]) -> Option<Trust> {
    let (logs, keys) = match serde_json::from_slice(text).ok()? {
        TrustFile::Server(status) => (vec![status.log_key], vec![status.attestation_key]),
        TrustFile::Keys {
            log_keys,
            attestation_keys,
        } => (log_keys, attestation_keys),
    };
    let logs = logs
        .iter()
        .map(|key| LogVerifier::parse(key).ok())
        .collect::<Option<_>>()?;
    let key = |text: &String| {
        let mut key = [0; 32];
        hex::decode_to_slice(text, &mut key).ok().map(|()| key)
    };
    let keys = keys.iter().map(key).collect::<Option<_>>()?;
    Some(Trust::new(logs, keys))
}

fn describe(report: &Report) -> String {
    let mut text = format!("{}\n", report.verdict);
    for fault in &report.faults {
        let place = if fault.file.is_empty() {
            "the package"
        } else {
            &fault.file
        };
        text += &format!("  - {}: {}\n", plain(place), plain(&fault.what));
    }
    if report.more_faults > 0 {
        text += &format!("  and {} more\n", report.more_faults);
    }
    if let Some(manifest) = &report.manifest {
        text += &format!("Organisation: {}\n", plain(&manifest.organisation.name));
    }
    let checked = &report.checked;
    text += &format!(
        "Checked: {} of {} record(s), {} row(s), {} withheld, {} checkpoint(s)\n",
        checked.records, checked.records_total, checked.rows, checked.withheld, checked.checkpoints
    );
    for note in &report.notes {
        text += &format!("Note: {}\n", plain(note));
    }
    text
}

#[cfg(test)]
mod package;

#[cfg(test)]
mod tests {
    use beraad_ledger::export::DisclosureRow;

    use super::*;

    type Change = fn(&mut DisclosureRow);

    fn verify(bytes: &[u8]) -> Answer {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), bytes).unwrap();
        run(&VerifyArgs {
            package: file.path().to_owned(),
            trust: None,
        })
        .unwrap()
    }

    #[test]
    fn what_is_no_package_is_not_ok() {
        for bytes in [&b""[..], b"PK\x03\x04", b"not a package", &[0; 4096]] {
            let answer = verify(bytes);
            assert_eq!(answer.exit, Exit::NotOk);
            assert!(answer.text.starts_with("CHANGED") || answer.text.starts_with("MISSING"));
        }
    }

    #[test]
    fn a_table_that_says_something_else_than_was_signed_is_changed() {
        let whole = verify(&package::with_row(|_| {}));
        assert!(whole.text.starts_with("OK\n"), "{}", whole.text);
        let changes: [(&str, Change); 3] = [
            ("ontvanger_org", |row| row.recipient_org = "School".into()),
            ("motivering", |row| row.motivation = "Iets anders.".into()),
            ("toestemming_status", |row| {
                row.consent_status = "given".into();
            }),
        ];
        for (cell, change) in changes {
            // Signed anew by the officer: nothing but the cell itself tells.
            let answer = verify(&package::with_row(change));
            assert_eq!(answer.exit, Exit::NotOk);
            assert!(answer.text.starts_with("CHANGED\n"), "{}", answer.text);
            let record = package::RECORD.to_string();
            for named in ["disclosures.jsonl line 1", cell, record.as_str()] {
                assert!(answer.text.contains(named), "{named} in {}", answer.text);
            }
        }
    }

    #[test]
    fn keys_are_read_from_a_file_of_keys_and_nothing_else() {
        let none = br#"{"log_keys": [], "attestation_keys": []}"#;
        assert!(read_trust(none).is_some());
        assert!(read_trust(br#"{"log_keys": ["x"], "attestation_keys": []}"#).is_none());
        assert!(read_trust(br#"{"log_keys": [], "attestation_keys": ["12"]}"#).is_none());
        assert!(read_trust(b"{}").is_none());
        assert!(read_trust(b"").is_none());
    }
}
