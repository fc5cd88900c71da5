//! Accounting: what was shared, opened by the officers involved, and proof of it.

use beraad_cli::host::{Host, Http};
use beraad_engine::{
    intent::{Intent, Reply},
    view::{RegisterView, View, ViewRequest},
};
use beraad_ledger::{
    export::{Trust, Verdict, verify_package},
    log::LogVerifier,
};
use beraad_protocol::vocabulary::RecordKind;

use super::{Cast, Disclosed, WITHIN, Words, disclose::people_share, plain, support};

/// Officers of every organisation involved see the records; one exports, anybody verifies.
pub async fn officer_accounts(cast: &Cast, disclosed: &Disclosed, words: Words<'_>) -> Vec<u8> {
    let officers = [&cast.vt, &cast.gi, &cast.ggz].map(|org| org.officer.as_ref().unwrap());
    for officer in officers {
        let register = register_of(officer, disclosed).await;
        assert!(register.records.iter().all(|record| record.verified));
        let on_consent = register
            .records
            .iter()
            .find(|record| record.id == disclosed.on_consent)
            .unwrap();
        assert_eq!(on_consent.kind, RecordKind::Disclosure);
        assert_eq!(on_consent.source, cast.ggz.id);
        let [subject] = on_consent.subjects.as_slice() else {
            panic!("one subject")
        };
        assert_eq!(subject.name, words("subject"));
        assert_eq!(
            on_consent.disclosure.as_ref().unwrap().description,
            words("description"),
            "the officer reads the account"
        );
        let shown = serde_json::to_string(&register).unwrap();
        assert!(
            !shown.contains(&words("shared text")),
            "and not what was shared"
        );
    }
    let [vt_officer, ..] = officers;
    let reply = vt_officer
        .intent_within(
            Intent::ExportPackage {
                purpose: words("purpose of the export"),
                legal_basis: words("legal basis"),
                recipient: words("recipient of the export"),
                from: None,
                until: None,
            },
            WITHIN,
        )
        .await
        .unwrap();
    let Reply::Package {
        bytes, exported, ..
    } = reply
    else {
        panic!("{reply:?}")
    };
    assert!(exported >= 2, "{exported} exported");
    bytes
}

async fn register_of(officer: &Host, disclosed: &Disclosed) -> RegisterView {
    let Disclosed {
        consent,
        on_consent,
        on_law,
    } = disclosed;
    officer
        .wait_until(
            "records are missing",
            WITHIN,
            ViewRequest::Register,
            |view| {
                let View::Register(register) = view else {
                    return None;
                };
                [consent, on_consent, on_law]
                    .into_iter()
                    .all(|id| register.records.iter().any(|record| record.id == *id))
                    .then_some(register)
            },
        )
        .await
        .unwrap()
}

/// The server's keys, as somebody who checks obtains them.
async fn trust(cast: &Cast) -> Trust {
    let status = Http::new(cast.marieke.host.server())
        .unwrap()
        .status()
        .await
        .unwrap();
    let mut key = [0; 32];
    hex::decode_to_slice(&status.attestation_key, &mut key).unwrap();
    Trust::new(
        vec![LogVerifier::parse(&status.log_key).unwrap()],
        vec![key],
    )
}

#[test]
fn what_was_shared_is_accounted_for_and_a_changed_byte_is_named() {
    support::run(async {
        let cast = Cast::gather().await;
        let channel = cast.in_a_channel().await;
        let disclosed = people_share(&cast, channel, &plain).await;
        let package = officer_accounts(&cast, &disclosed, &plain).await;
        let trust = trust(&cast).await;

        let report = verify_package(&package, Some(&trust));
        assert_eq!(report.verdict, Verdict::Ok, "{:?}", report.faults);
        assert!(report.trusted && report.checked.records >= 2);
        assert_eq!(verify_package(&package, None).verdict, Verdict::Ok);

        for at in (0..package.len()).step_by(package.len() / 40) {
            let mut changed = package.clone();
            changed[at] ^= 1;
            let report = verify_package(&changed, Some(&trust));
            assert!(
                matches!(report.verdict, Verdict::Changed | Verdict::Missing),
                "byte {at}: {:?}",
                report.verdict
            );
            assert!(!report.faults.is_empty(), "byte {at} is named");
        }
        let cut = verify_package(&package[..package.len() - 1], Some(&trust));
        assert_ne!(cut.verdict, Verdict::Ok);

        let other = super::Town::found().await;
        let status = Http::new(other.host_admin.server())
            .unwrap()
            .status()
            .await
            .unwrap();
        let mut key = [0; 32];
        hex::decode_to_slice(&status.attestation_key, &mut key).unwrap();
        let foreign = Trust::new(
            vec![LogVerifier::parse(&status.log_key).unwrap()],
            vec![key],
        );
        assert_eq!(
            verify_package(&package, Some(&foreign)).verdict,
            Verdict::UnknownKey
        );
    });
}
