//! A package with one disclosure, whose table its officer can have say anything.

use std::collections::BTreeMap;

use beraad_casework::{
    codes::{
        Art6, Art9, Category, Confidentiality, Mechanism, Provision, Purpose, RecipientType,
        Secrecy,
    },
    model::{DisclosureLine, DisclosureRecord, Inform},
};
use beraad_ledger::{
    canonical,
    export::{
        DeviceAttestation, DisclosureRow, ExportInput, ExportedRecord, Metadata, Officer, OwnRange,
        build,
    },
    log::{LogEntry, LogSigner, MemoryLog, sign_checkpoint},
    record::RecordDraft,
};
use beraad_protocol::{
    ChannelId, DeviceId, LogId, OperationId, OrgId, PersonId, RecordId, Timestamp, UserId,
    directory::{Attestation, LeafIdentity, attestation_signed_bytes},
    vocabulary::{ActingCapacity, RecordKind},
};
use ciborium::Value;
use ed25519_dalek::{Signer, SigningKey};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use serde::Serialize;

pub(super) const RECORD: RecordId = RecordId::from_bytes([5; 16]);
const NOW: Timestamp = Timestamp(1_795_338_000_000);
const ORG: OrgId = OrgId::from_bytes([1; 16]);
const VT: OrgId = OrgId::from_bytes([2; 16]);
const LENA: PersonId = PersonId::from_bytes([3; 16]);

#[derive(Serialize)]
struct Named<T> {
    id: T,
    name: &'static str,
}

/// A package that is right in all but what `change` makes its row say.
pub(super) fn with_row(change: impl FnOnce(&mut DisclosureRow)) -> Vec<u8> {
    let server = SigningKey::from_bytes(&[7; 32]);
    let logs = LogSigner::new("beraad.test/log", &[8; 32]).unwrap();
    let (author, author_key) = device(11);
    let (officer, officer_key) = device(12);
    let record = RecordDraft {
        id: RECORD,
        kind: RecordKind::Disclosure,
        channel: ChannelId::from_bytes([4; 16]),
        epoch: 1,
        author,
        previous: None,
        recipients: vec![VT],
        at: NOW,
        fields: fields(),
    }
    .sign(&mut ChaCha20Rng::seed_from_u64(1), |message| {
        author_key.sign(message).to_bytes()
    })
    .unwrap();
    let record = record
        .verify(&author_key.verifying_key().to_bytes())
        .unwrap();
    let mut rows = beraad_engine::account_rows(record.get());
    change(&mut rows[0]);
    let mut log = MemoryLog::default();
    let entry = LogEntry::new(*record.get().hash().unwrap().as_bytes(), NOW).to_bytes();
    log.append(entry.clone()).unwrap();
    let root = log.root().unwrap();
    let checkpoint = sign_checkpoint(&logs, LogId::from(ORG), 1, &root).unwrap();
    let input = ExportInput {
        metadata: metadata(),
        own: OwnRange {
            from: 0,
            to: 1,
            withheld: Vec::new(),
            checkpoint: checkpoint.clone(),
        },
        records: vec![ExportedRecord {
            record,
            redacted: BTreeMap::new(),
            log: LogId::from(ORG),
            index: 0,
            entry,
            proof: log.prove_inclusion(0).unwrap(),
            checkpoint,
            rows,
        }],
        unverifiable: Vec::new(),
        attestations: vec![attestation(&server, author, &author_key)],
        attestation_keys: vec![server.verifying_key().to_bytes()],
        log_keys: vec![logs.vkey()],
    };
    let by = Officer {
        identity: officer,
        public_key: officer_key.verifying_key().to_bytes(),
        attestation: attestation(&server, officer, &officer_key),
    };
    build(&input, &by, |message| officer_key.sign(message).to_bytes()).unwrap()
}

fn device(n: u8) -> (LeafIdentity, SigningKey) {
    let leaf = LeafIdentity {
        org: ORG,
        user: UserId::from_bytes([n; 16]),
        device: DeviceId::from_bytes([n; 16]),
    };
    (leaf, SigningKey::from_bytes(&[n; 32]))
}

fn attestation(server: &SigningKey, of: LeafIdentity, key: &SigningKey) -> DeviceAttestation {
    let attestation = canonical::to_vec(&Attestation {
        v: 1,
        org: of.org,
        user: of.user,
        device: of.device,
        signature_key: key.verifying_key().to_bytes().to_vec(),
        function: "behandelaar".into(),
        capacities: Vec::new(),
        not_before: Timestamp(0),
        not_after: Timestamp(i64::MAX),
    })
    .unwrap();
    let signature = server.sign(&attestation_signed_bytes(&attestation));
    DeviceAttestation {
        attestation,
        signature: signature.to_bytes().to_vec(),
    }
}

fn fields() -> BTreeMap<String, Value> {
    let record = DisclosureRecord {
        id: RECORD,
        at: NOW,
        mechanism: Mechanism::Bericht,
        capacity: ActingCapacity::GgzBehandelaar,
        lines: vec![DisclosureLine {
            subject: LENA,
            recipient: Some(VT),
            recipient_type: RecipientType::Vt,
            categories: vec![Category::Psychisch],
            art6: Art6::C,
            art9: Some(Art9::H),
            art10: None,
            provision: Some(Provision::Wmo526),
            secrecy: Secrecy::Recht,
            consent: None,
        }],
        purpose: Purpose::Veiligheidsplan,
        description: "verslag".into(),
        items: Vec::new(),
        motivation: "Lena vertelt over slaan thuis en is bang.".into(),
        necessity: "Nodig om het risico in te schatten.".into(),
        proportionality: "Alleen het laatste verslag.".into(),
        subsidiarity: "Met minder kan het niet.".into(),
        consulted: None,
        inform: Inform::Known,
        confidentiality: Confidentiality::Normal,
        emergency: false,
        corrects: None,
    };
    let pairs = Value::serialized(&record).unwrap().into_map().unwrap();
    let mut fields: BTreeMap<String, Value> = pairs
        .into_iter()
        .map(|(name, value)| (name.into_text().unwrap(), value))
        .collect();
    let subjects = [Named {
        id: LENA,
        name: "Lena",
    }];
    let recipients = [Named {
        id: VT,
        name: "Veilig Thuis",
    }];
    fields.extend([
        ("act".to_owned(), "disclosure".into()),
        ("author_name".to_owned(), "Anna".into()),
        ("source_name".to_owned(), "GGZ".into()),
        ("case_code".to_owned(), "rode eik".into()),
        (
            "subject_names".to_owned(),
            Value::serialized(&subjects).unwrap(),
        ),
        (
            "recipient_names".to_owned(),
            Value::serialized(&recipients).unwrap(),
        ),
    ]);
    fields
}

fn metadata() -> Metadata {
    Metadata {
        id: OperationId::from_bytes([6; 16]),
        created_at: NOW,
        created_by: "Fatima".into(),
        approved_by: None,
        org: ORG,
        organisation: "GGZ".into(),
        purpose: "inzage".into(),
        legal_basis: "AVG art. 15".into(),
        recipient: "toezichthouder".into(),
        from: None,
        to: None,
        subjects: Vec::new(),
        channels: Vec::new(),
        filters: Vec::new(),
        software: "beraad".into(),
        retain_until: None,
        previous_export: None,
    }
}
