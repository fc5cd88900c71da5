//! The export package as its reader meets it: whole, changed, cut, foreign.

mod fixture;

use std::collections::BTreeMap;

use beraad_ledger::{
    export::{
        BuildError, DisclosureRow, ExportInput, FaultCode, Report, Trust, UnverifiableEntry,
        Verdict, build, build_with, csv_header, verify_package, verify_package_with,
    },
    log::{LogVerifier, sign_checkpoint},
    record::SignedRecord,
};
use beraad_protocol::RecordId;
use fixture::{Region, repack, unpack};

fn trust(region: &Region) -> Trust {
    Trust::new(
        vec![LogVerifier::parse(&region.logs.vkey()).unwrap()],
        vec![region.attestation_key()],
    )
}

fn codes(report: &Report) -> Vec<FaultCode> {
    report.faults.iter().map(|fault| fault.code).collect()
}

/// Packs the files of the package anew after a change, in the form that packages have.
fn changed(package: &[u8], change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>)) -> Vec<u8> {
    let mut files = unpack(package);
    change(&mut files);
    repack(&files)
}

fn replace(files: &mut BTreeMap<String, Vec<u8>>, name: &str, from: &str, to: &str) {
    let text = String::from_utf8(files[name].clone()).unwrap();
    assert!(text.contains(from), "{name} holds {from}");
    files.insert(name.to_owned(), text.replacen(from, to, 1).into_bytes());
}

#[test]
fn a_whole_package_is_ok_with_and_without_trust() {
    let region = Region::new();
    let package = region.package();
    let report = verify_package(&package, Some(&trust(&region)));
    assert_eq!(
        (report.verdict, report.faults.as_slice()),
        (Verdict::Ok, &[][..])
    );
    assert!(report.trusted);
    assert_eq!(report.checked.records, 4);
    assert_eq!(report.checked.records_total, 4);
    assert_eq!((report.checked.withheld, report.checked.rows), (1, 5));
    let manifest = report.manifest.unwrap();
    assert_eq!((manifest.log.index_from, manifest.log.index_to), (0, 4));
    assert_eq!(
        manifest.counts.redacted,
        BTreeMap::from([("art. 15(4)".to_owned(), 4)])
    );

    let report = verify_package(&package, None);
    assert_eq!(report.verdict, Verdict::Ok);
    assert!(!report.trusted);
    assert!(report.notes.iter().any(|note| note.contains("own keys")));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let region = Region::new();
    assert_eq!(region.package(), region.package());
}

#[test]
fn the_table_has_its_columns_a_row_per_line_and_no_withheld_content() {
    let region = Region::new();
    let files = unpack(&region.package());
    let csv = String::from_utf8(files["disclosures.csv"].clone()).unwrap();
    let mut lines = csv
        .strip_prefix('\u{feff}')
        .unwrap()
        .split_terminator("\r\n");
    assert_eq!(lines.next().unwrap(), csv_header());
    assert_eq!(lines.count(), 5);
    assert!(csv.contains(";'=HYPERLINK("), "a formula is text");
    for (name, content) in &files {
        let secret = content.windows(6).any(|w| w == b"SECRET");
        assert!(!secret, "{name} holds what was withheld");
    }
}

#[test]
fn no_flipped_byte_is_ok_and_the_file_is_named() {
    let region = Region::new();
    let package = region.package();
    let trust = trust(&region);
    // Every byte of the headers is covered beside the container; here a dense sample of the whole.
    for at in (0..package.len()).step_by(5) {
        let mut bytes = package.clone();
        bytes[at] ^= 1 << (at % 8);
        let report = verify_package(&bytes, Some(&trust));
        assert!(
            matches!(report.verdict, Verdict::Changed | Verdict::Missing),
            "byte {at} gave {:?}",
            report.verdict
        );
        assert!(
            !report.faults[0].file.is_empty() || at < 64,
            "byte {at} names no file"
        );
    }
}

#[test]
fn a_changed_file_is_named_even_when_packed_anew() {
    let region = Region::new();
    let package = region.package();
    for (name, content) in unpack(&package) {
        if content.is_empty() {
            continue;
        }
        for at in [0, content.len() / 3, content.len() / 2, content.len() - 1] {
            let bytes = changed(&package, |files| {
                if let Some(content) = files.get_mut(&name) {
                    content[at] ^= 0x01;
                }
            });
            let report = verify_package(&bytes, Some(&trust(&region)));
            assert_eq!(report.verdict, Verdict::Changed, "{name} byte {at}");
            let named = report
                .faults
                .iter()
                .any(|fault| fault.file.starts_with(&name));
            assert!(named, "{name} byte {at}: {:?}", report.faults);
        }
    }
}

#[test]
fn a_cut_package_is_changed_and_never_panics() {
    let region = Region::new();
    let package = region.package();
    for cut in (0..package.len()).step_by(17) {
        let report = verify_package(&package[..cut], None);
        assert_eq!(report.verdict, Verdict::Changed, "cut at {cut}");
    }
}

#[test]
fn foreign_files_are_faults() {
    let big = vec![0x50; 100_000];
    for bytes in [
        b"".as_slice(),
        b"PK\x05\x06",
        b"%PDF-1.7",
        b"PK\x03\x04",
        &big,
    ] {
        assert_eq!(verify_package(bytes, None).verdict, Verdict::Changed);
    }
    let stranger = repack(&[("notes.txt".to_owned(), b"hello".to_vec())].into());
    let report = verify_package(&stranger, None);
    assert_eq!(
        (report.verdict, codes(&report)),
        (Verdict::Missing, vec![FaultCode::FileMissing])
    );
    let bogus = repack(&[("manifest.json".to_owned(), b"{}".to_vec())].into());
    assert_eq!(
        codes(&verify_package(&bogus, None)),
        [FaultCode::FileUnreadable]
    );
}

#[test]
fn a_file_taken_out_is_missing_and_named() {
    let region = Region::new();
    let package = region.package();
    for name in unpack(&package).keys() {
        let bytes = changed(&package, |files| drop(files.remove(name)));
        let report = verify_package(&bytes, Some(&trust(&region)));
        let named = report
            .faults
            .iter()
            .any(|fault| fault.code == FaultCode::FileMissing && fault.file == *name);
        assert!(named, "{name}: {:?}", report.faults);
        assert_ne!(report.verdict, Verdict::Ok);
    }
}

#[test]
fn a_file_put_in_is_changed() {
    let region = Region::new();
    for name in ["extra.txt", "proofs/leaf-99.tlog-proof"] {
        let bytes = changed(&region.package(), |files| {
            files.insert(name.to_owned(), b"x".to_vec());
        });
        let report = verify_package(&bytes, None);
        assert_eq!(report.verdict, Verdict::Changed);
        assert!(codes(&report).contains(&FaultCode::FileExtra));
    }
}

#[test]
fn keys_that_are_not_trusted_are_unknown() {
    let region = Region::new();
    let package = region.package();
    let log = vec![LogVerifier::parse(&region.logs.vkey()).unwrap()];
    let other_log = vec![LogVerifier::parse(&fixture::other_log_key()).unwrap()];

    let report = verify_package(&package, Some(&Trust::new(log, vec![[9; 32]])));
    assert_eq!(report.verdict, Verdict::UnknownKey);
    assert!(
        codes(&report)
            .iter()
            .all(|code| *code == FaultCode::AttestationKeyUnknown)
    );

    let trust = Trust::new(other_log, vec![region.attestation_key()]);
    let report = verify_package(&package, Some(&trust));
    assert_eq!(report.verdict, Verdict::UnknownKey);
    assert!(codes(&report).contains(&FaultCode::LogKeyUnknown));
}

#[test]
fn a_forger_with_keys_of_his_own_is_whole_but_unknown() {
    let forger = Region::with_seed(77);
    let package = forger.package();
    assert_eq!(verify_package(&package, None).verdict, Verdict::Ok);
    let honest = Region::new();
    assert_eq!(
        verify_package(&package, Some(&trust(&honest))).verdict,
        Verdict::UnknownKey
    );
}

#[test]
fn too_few_witnesses_are_named() {
    let region = Region::new();
    let witness = fixture::witness();
    let trust = trust(&region)
        .with_witnesses(vec![witness.clone()], 1)
        .unwrap();
    let report = verify_package(&region.package(), Some(&trust));
    assert_eq!(report.verdict, Verdict::TooFewWitnesses);
    assert!(
        report
            .faults
            .iter()
            .all(|fault| fault.file.starts_with("checkpoints/"))
    );
    assert!(Trust::default().with_witnesses(vec![witness], 2).is_err());
}

/// What an officer could try who signs the manifest with a true key.
fn refused(change: impl FnOnce(&mut ExportInput)) -> Report {
    let region = Region::new();
    let mut input = region.input();
    change(&mut input);
    match build(&input, &region.officer(), |message| {
        region.sign_as_officer(message)
    }) {
        Err(BuildError::DoesNotVerify(report)) => *report,
        other => panic!("built or refused otherwise: {other:?}"),
    }
}

#[test]
fn a_record_left_out_is_a_gap() {
    let report = refused(|input| drop(input.records.remove(0)));
    assert_eq!(
        (report.verdict, codes(&report)),
        (Verdict::Missing, vec![FaultCode::Gap])
    );
    let report = refused(|input| input.own.withheld.clear());
    assert_eq!(codes(&report), [FaultCode::Gap]);
}

#[test]
fn a_withheld_leaf_has_to_be_the_one_in_the_log() {
    let report = refused(|input| input.own.withheld[0].leaf_hash = [0; 32]);
    assert_eq!(codes(&report), [FaultCode::NotInLog]);
    let report = refused(|input| input.own.withheld[0].reason.clear());
    assert_eq!(codes(&report), [FaultCode::RedactionUnexplained]);
}

#[test]
fn a_record_twice_a_foreign_record_and_another_leaf_are_faults() {
    let report = refused(|input| {
        let again = input.records[0].clone();
        input.records.push(again);
    });
    assert!(codes(&report).contains(&FaultCode::Duplicate));

    let report = refused(|input| {
        let entry = input.records[1].entry.clone();
        input.records[0].entry = entry;
    });
    assert!(codes(&report).contains(&FaultCode::LeafMismatch));
    assert!(codes(&report).contains(&FaultCode::NotInLog));

    let report = refused(|input| {
        let foreign = Region::new().foreign_record();
        input.records.push(foreign);
    });
    assert_eq!(codes(&report), [FaultCode::RecordForeign]);
}

#[test]
fn redactions_need_their_reason_and_rows_their_record() {
    let report = refused(|input| {
        for record in &mut input.records {
            record.redacted.clear();
        }
    });
    assert_eq!(codes(&report), [FaultCode::RedactionUnexplained; 4]);
    let report = refused(|input| input.records[0].rows.clear());
    assert_eq!(codes(&report), [FaultCode::RowsDiffer]);
}

#[test]
fn an_author_without_attestation_is_an_unknown_key() {
    let report = refused(|input| input.attestations.clear());
    assert_eq!(report.verdict, Verdict::UnknownKey);
    assert!(
        codes(&report)
            .iter()
            .all(|code| *code == FaultCode::DeviceUnknown)
    );
}

#[test]
fn a_log_that_shows_two_trees_of_one_size_is_found_out() {
    let region = Region::new();
    let report = refused(|input| {
        let log = input.metadata.org.into();
        let size = region.own_log.size();
        input.own.checkpoint = sign_checkpoint(&region.logs, log, size, &[1; 32]).unwrap();
    });
    assert_eq!(report.verdict, Verdict::Changed);
    assert!(codes(&report).contains(&FaultCode::SplitView));
}

#[test]
fn another_checkpoint_size_is_noted() {
    let region = Region::new();
    let mut input = region.input();
    input.own.checkpoint = region.later_checkpoint();
    let package = build(&input, &region.officer(), |message| {
        region.sign_as_officer(message)
    })
    .unwrap();
    let report = verify_package(&package, Some(&trust(&region)));
    assert_eq!(report.verdict, Verdict::Ok);
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.contains("several sizes"))
    );
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.contains("later leaves"))
    );
}

#[test]
fn rows_can_be_checked_against_the_signed_record() {
    let region = Region::new();
    let package = region.package();
    let rule = |record: &SignedRecord, rows: &[beraad_ledger::export::DisclosureRow]| {
        if rows.is_empty() {
            return Ok(());
        }
        let purpose: String = record.read("purpose").map_err(|error| error.to_string())?;
        if rows.iter().all(|row| row.purpose == purpose) {
            Ok(())
        } else {
            Err("doel".into())
        }
    };
    let report = verify_package_with(&package, None, rule);
    assert_eq!(
        (report.verdict, report.faults.as_slice()),
        (Verdict::Ok, &[][..])
    );
    let report = verify_package_with(&package, None, |_, _| Err("doel".into()));
    assert_eq!(report.verdict, Verdict::Changed);
    assert_eq!(report.faults[0].file, "disclosures.jsonl line 1");
}

#[test]
fn an_empty_range_can_be_accounted_for_too() {
    let region = Region::new();
    let mut input = region.input();
    input.records.clear();
    input.own.withheld.clear();
    input.own.to = 0;
    let package = build(&input, &region.officer(), |message| {
        region.sign_as_officer(message)
    })
    .unwrap();
    let report = verify_package(&package, Some(&trust(&region)));
    assert_eq!(
        (report.verdict, report.checked.records_total),
        (Verdict::Ok, 0)
    );
}

#[test]
fn another_persons_manifest_signature_is_refused() {
    let region = Region::new();
    let package = region.package();
    let other = unpack(&Region::with_seed(77).package());
    let bytes = changed(&package, |files| {
        files.insert("manifest.sig".into(), other["manifest.sig"].clone());
    });
    let report = verify_package(&bytes, Some(&trust(&region)));
    assert_eq!(report.verdict, Verdict::Changed);
    assert!(codes(&report).contains(&FaultCode::ManifestSignature));

    let bytes = changed(&package, |files| {
        replace(files, "manifest.sig", "\"Ed25519\"", "\"ed25519\"");
    });
    assert_eq!(verify_package(&bytes, None).verdict, Verdict::Changed);
}

#[test]
fn a_received_record_that_cannot_be_verified_is_named_and_does_not_stop_the_rest() {
    let region = Region::new();
    let mut input = region.input();
    input.unverifiable.push(UnverifiableEntry {
        record: RecordId::from_bytes([9; 16]),
        log: fixture::other_org().into(),
        index: 7,
        reason: "the signature does not match".into(),
    });
    let package = build(&input, &region.officer(), |message| {
        region.sign_as_officer(message)
    })
    .unwrap();
    let report = verify_package(&package, Some(&trust(&region)));
    assert_eq!(report.verdict, Verdict::Ok);
    assert!(report.notes.iter().any(|note| note.contains("1 received")));
    assert_eq!(report.manifest.unwrap().unverifiable, input.unverifiable);
}

#[test]
fn rows_that_say_something_else_make_no_package_and_verify_as_none() {
    let region = Region::new();
    let strict = |record: &SignedRecord, _: &[DisclosureRow]| {
        Err(format!("record {}: cell doel", record.header().id))
    };
    let error = build_with(
        &region.input(),
        &region.officer(),
        |message| region.sign_as_officer(message),
        strict,
    )
    .unwrap_err();
    let BuildError::DoesNotVerify(report) = error else {
        panic!("{error}")
    };
    assert_eq!(report.verdict, Verdict::Changed);
    assert!(
        report.faults[0]
            .file
            .starts_with("disclosures.jsonl line 1")
    );
}
