//! Records: accepted together with their message or not at all, logged, proven, sealed.

use beraad_ledger::log::{
    LogEntry, LogVerifier, leaf_hash, read_entry_bundle, verify_checkpoint, verify_inclusion,
};
use beraad_protocol::{
    LogId, RecordId, RegisterKeyId,
    entry::{RecordSubmission, SealedCopy},
    frame::Changed,
    limits,
    problem::Code,
    request::{Answer, Publish, Request},
    vocabulary::RecordKind,
};

use crate::client::{Device, Organisation, Region, problem_of, unique};

fn sealed(organisation: &Organisation) -> SealedCopy {
    SealedCopy {
        org: organisation.officer.who.org,
        key: organisation.key,
        ciphertext: b"sealed bytes".to_vec(),
    }
}

fn record(source: &Organisation, recipient: &Organisation) -> RecordSubmission {
    RecordSubmission {
        id: RecordId::from_bytes(unique()),
        kind: RecordKind::Disclosure,
        commitment: vec![7; 32],
        source: source.officer.who.org,
        recipients: vec![recipient.officer.who.org],
        sealed: vec![sealed(source), sealed(recipient)],
    }
}

fn carrying(
    device: &Device,
    member: &mut beraad_group::Member,
    record: RecordSubmission,
) -> Publish {
    Publish {
        records: vec![record],
        ..device.message(member, b"disclosed")
    }
}

#[tokio::test]
async fn a_record_is_logged_proven_and_reaches_every_officer() {
    let region = Region::new().await;
    let lead = region.one.professional().await;
    let mut line = lead.connect(vec![]).await;
    let mut leading = lead.create(&mut line).await;
    let mut officers = [
        region.one.officer.connect(vec![]).await,
        region.two.officer.connect(vec![]).await,
    ];
    let mut positions = Vec::new();
    for _ in 0..5 {
        let publish = carrying(&lead, &mut leading, record(&region.one, &region.two));
        let accepted = line.accepted(Request::Publish(publish.clone())).await;
        assert_eq!(accepted.records.len(), 1);
        assert_eq!(accepted.records[0].record, publish.records[0].id);
        positions.extend(accepted.records);
    }
    let log = LogId::from(lead.who.org);
    assert!(
        positions
            .iter()
            .enumerate()
            .all(|(n, p)| p.index == n as u64 && p.log == log)
    );

    for officer in &mut officers {
        officer.hint(|changed| changed == Changed::Register).await;
        let register = officer.ask(Request::Register { from: 1 }).await.unwrap();
        let Answer::Register { entries, total } = register else {
            panic!()
        };
        assert_eq!((entries.len(), total), (4, 5));
        assert_eq!((entries[0].position, entries[0].logged), (1, positions[1]));
        assert_eq!(entries[0].channel, leading.channel());

        let indexes = vec![0, 3];
        let proofs = officer
            .ask(Request::LogProofs { log, indexes })
            .await
            .unwrap();
        let Answer::LogProofs(proofs) = proofs else {
            panic!()
        };
        let verifier = LogVerifier::parse(&lead.who.server.log_key).unwrap();
        let head = verify_checkpoint(&proofs.checkpoint, &[verifier]).unwrap();
        assert_eq!((head.size, head.origin.log()), (5, log));
        for proof in proofs.proofs {
            let hashes: Vec<[u8; 32]> = proof
                .hashes
                .iter()
                .map(|hash| hash.as_slice().try_into().unwrap())
                .collect();
            let hash = leaf_hash(&proof.entry);
            verify_inclusion(proof.index, &hash, head.size, &head.root, &hashes).unwrap();
            assert_eq!(
                LogEntry::from_bytes(&proof.entry).unwrap().commitment,
                [7; 32]
            );
        }
        let beyond = Request::LogProofs {
            log,
            indexes: vec![5],
        };
        assert_eq!(officer.refused(beyond).await, Code::Invalid);
        let foreign = Request::LogProofs {
            log: LogId::from_bytes(unique()),
            indexes: vec![0],
        };
        assert_eq!(officer.refused(foreign).await, Code::NotFound);
    }
    let own = officers[0]
        .ask(Request::LogEntries { from: 1, to: 99 })
        .await
        .unwrap();
    assert!(matches!(own, Answer::LogEntries { entries } if entries.len() == 4));
    let other = officers[1]
        .ask(Request::LogEntries { from: 0, to: 99 })
        .await
        .unwrap();
    assert_eq!(
        other,
        Answer::LogEntries { entries: vec![] },
        "its own log is empty"
    );
    let too_many = Request::LogEntries {
        from: 0,
        to: limits::MAX_PROOFS as u64 + 1,
    };
    assert_eq!(officers[0].refused(too_many).await, Code::TooLarge);

    anyone_can_audit(&lead, log).await;
}

async fn anyone_can_audit(device: &Device, log: LogId) {
    let get = async |path: &str| {
        reqwest::get(format!("{}/log/{log}/{path}", device.url))
            .await
            .unwrap()
    };
    let checkpoint = get("checkpoint").await;
    assert_eq!(
        checkpoint.headers()["content-type"],
        "text/plain; charset=utf-8"
    );
    let verifier = LogVerifier::parse(&device.who.server.log_key).unwrap();
    let text = checkpoint.text().await.unwrap();
    assert_eq!(verify_checkpoint(&text, &[verifier]).unwrap().size, 5);
    let entries = get("tile/entries/000.p/5").await;
    assert_eq!(
        entries.headers()["content-type"],
        "application/octet-stream"
    );
    assert!(
        entries.headers()["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    let entries = read_entry_bundle(&entries.bytes().await.unwrap()).unwrap();
    assert_eq!(entries.len(), 5);
    let hashes = get("tile/0/000.p/5").await.bytes().await.unwrap();
    assert_eq!(hashes[..32], leaf_hash(&entries[0]));
    for missing in [
        "tile/0/000",
        "tile/0/000.p/6",
        "tile/9/000",
        "tile/x",
        "tile/0/../../etc",
    ] {
        assert_eq!(get(missing).await.status(), 404, "{missing}");
    }
    let unknown = LogId::from_bytes(unique());
    let unknown = reqwest::get(format!("{}/log/{unknown}/checkpoint", device.url))
        .await
        .unwrap();
    assert_eq!(problem_of(unknown).await, Code::NotFound);
}

#[tokio::test]
async fn record_and_message_are_accepted_together_or_not_at_all() {
    let region = Region::new().await;
    let lead = region.one.professional().await;
    let mut line = lead.connect(vec![]).await;
    let mut leading = lead.create(&mut line).await;
    let good = record(&region.one, &region.two);

    let mut unsealed = good.clone();
    unsealed.sealed.pop();
    let mut old_key = good.clone();
    old_key.sealed[1].key = RegisterKeyId::from_bytes(unique());
    let foreign = record(&region.two, &region.one);
    let mut nowhere = good.clone();
    let host = region.host.who.org;
    nowhere.recipients.push(host);
    nowhere.sealed.push(SealedCopy {
        org: host,
        ..nowhere.sealed[0].clone()
    });
    for (bad, code) in [
        (unsealed, Code::BadRecord),
        (old_key, Code::BadRecord),
        (foreign, Code::BadRecord),
        (nowhere, Code::NoRegisterKey),
    ] {
        let publish = carrying(&lead, &mut leading, bad);
        assert_eq!(line.refused(Request::Publish(publish)).await, code);
    }
    let publish = carrying(&lead, &mut leading, good.clone());
    assert_eq!(
        line.accepted(Request::Publish(publish.clone())).await.seq,
        1
    );
    let twice = carrying(&lead, &mut leading, good);
    assert_eq!(line.refused(Request::Publish(twice)).await, Code::BadRecord);

    // Of what was refused there is no message and no leaf.
    let own = region
        .one
        .officer
        .asks(Request::LogEntries { from: 0, to: 9 })
        .await
        .unwrap();
    assert!(matches!(own, Answer::LogEntries { entries } if entries.len() == 1));
    line.follow(leading.channel(), None).await;
    let entries = line.entries(leading.channel(), 2).await;
    assert_eq!(entries[1].op, publish.op);
}

#[tokio::test]
async fn a_disclosure_made_on_an_old_view_is_refused() {
    let region = Region::new().await;
    let lead = region.one.professional().await;
    let mut line = lead.connect(vec![]).await;
    let mut leading = lead.create(&mut line).await;
    let withdrawn = lead.message(&mut leading, b"consent is withdrawn");
    line.accepted(Request::Publish(withdrawn)).await;
    let mut disclosure = carrying(&lead, &mut leading, record(&region.one, &region.two));
    disclosure.if_head = Some(0);
    let problem = line
        .ask(Request::Publish(disclosure.clone()))
        .await
        .unwrap_err();
    assert_eq!((problem.code, problem.head), (Code::StaleView, Some(1)));
    disclosure.if_head = Some(1);
    line.accepted(Request::Publish(disclosure)).await;
}
