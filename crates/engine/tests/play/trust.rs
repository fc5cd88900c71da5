//! What the server, or a colleague's device, may hand over that is not what it should be.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use beraad_engine::{
    intent::{Intent, Reply},
    protocol::{
        ChannelId, DeviceId, LogId, RecordId, RegisterKeyId, UserId,
        directory::{LeafIdentity, RegisterKey, register_key_signed_bytes},
        entry::{LogPosition, RegisterEntry, SealedCopy},
        vocabulary::{Framework, RecordKind},
    },
    refusal::{LocalCode, Refusal},
    rows_match,
    view::{RegisterView, View, ViewRequest},
};
use beraad_ledger::{
    export::{Manifest, Report, Trust, Verdict, verify_package_with},
    log::{LogEntry, LogVerifier},
    record::{RecordDraft, RecordHash, SignedRecord},
    seal::{RegisterSecret, SealContext, seal},
};
use ed25519_dalek::{Signer, SigningKey};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use crate::{
    account::consented,
    world::{ANNA, FG_GGZ, FG_VT, GGZ, LENA, NOW, VERA, VIC, VT, World, consent, lena, share},
};

const FORGED: RecordId = RecordId::from_bytes([0x66; 16]);

fn register(world: &World, user: UserId) -> RegisterView {
    let View::Register(view) = world.view(user, &ViewRequest::Register) else {
        panic!("register")
    };
    view
}

fn export(world: &mut World, user: UserId) -> (Vec<u8>, [u32; 3]) {
    let export = Intent::ExportPackage {
        purpose: "controle".to_owned(),
        legal_basis: "AVG art. 5 lid 2".to_owned(),
        recipient: "toezichthouder".to_owned(),
        from: None,
        until: None,
    };
    let Reply::Package {
        bytes,
        exported,
        withheld,
        unverifiable,
        ..
    } = world.must(user, export)
    else {
        panic!("package")
    };
    (bytes, [exported, withheld, unverifiable])
}

fn verified(world: &World, package: &[u8]) -> Report {
    let log_key = LogVerifier::parse(&world.server.log_key()).unwrap();
    let trust = Trust::new(vec![log_key], vec![world.server.attestation_key()]);
    let report = verify_package_with(package, Some(&trust), rows_match);
    assert_eq!((report.verdict, &report.faults[..]), (Verdict::Ok, &[][..]));
    report
}

fn reasons(manifest: &Manifest) -> Vec<&str> {
    let mut reasons: Vec<&str> = manifest
        .log
        .withheld
        .iter()
        .map(|leaf| leaf.reason.as_str())
        .collect();
    reasons.sort_unstable();
    reasons
}

/// A record in Anna's name that she did not sign, sealed to both registers and logged.
fn forge(world: &mut World) {
    let device = world.client(ANNA).device;
    let draft = RecordDraft {
        id: FORGED,
        kind: RecordKind::Disclosure,
        channel: ChannelId::from_bytes([7; 16]),
        epoch: 1,
        author: LeafIdentity {
            org: GGZ,
            user: ANNA,
            device,
        },
        previous: None,
        recipients: vec![VT],
        at: NOW,
        fields: [("act".to_owned(), "disclosure".into())].into(),
    };
    let key = SigningKey::from_bytes(&[0x42; 32]);
    let signed = draft
        .sign(&mut ChaCha20Rng::seed_from_u64(1), |message| {
            key.sign(message).to_bytes()
        })
        .unwrap();
    let log = LogId::from(GGZ);
    let leaf = LogEntry::new(*signed.hash().unwrap().as_bytes(), NOW).to_bytes();
    let index = world
        .server
        .log
        .get_mut(&log)
        .unwrap()
        .append(leaf)
        .unwrap();
    for org in [GGZ, VT] {
        let published = world
            .server
            .directory
            .organisations
            .iter()
            .find(|known| known.id == org)
            .and_then(|known| known.register_key.as_ref())
            .unwrap();
        let context = SealContext {
            record: FORGED,
            org,
            key: published.id,
        };
        let bytes = signed.to_bytes().unwrap();
        let sealed = SealedCopy {
            org,
            key: published.id,
            ciphertext: seal(&published.public_key, &context, &bytes).unwrap(),
        };
        let register = world.server.registers.get_mut(&org).unwrap();
        register.push(RegisterEntry {
            position: register.len() as u64,
            channel: ChannelId::from_bytes([7; 16]),
            logged: LogPosition {
                record: FORGED,
                log,
                index,
                recorded_at: NOW,
            },
            kind: RecordKind::Disclosure,
            sealed,
        });
    }
}

#[test]
fn a_record_nobody_vouches_for_is_named_in_the_export_and_stops_nothing() {
    let mut world = World::new();
    let (channel, record) = consented(&mut world);
    world.must(ANNA, share(channel, "verslag", Some(record)));
    world.offline(FG_GGZ);
    world.offline(FG_VT);
    forge(&mut world);
    world.online(FG_GGZ);
    world.online(FG_VT);
    for user in [FG_GGZ, FG_VT] {
        let view = register(&world, user);
        let forged = view.records.iter().find(|each| each.id == FORGED).unwrap();
        assert!(!forged.verified && forged.disclosure.is_none());
        assert_eq!(view.records.iter().filter(|each| each.verified).count(), 2);
    }
    // In the own log its leaf is withheld with the reason; received, it is named with the reason.
    let (package, counts) = export(&mut world, FG_GGZ);
    assert_eq!(counts, [2, 1, 0]);
    let manifest = verified(&world, &package).manifest.unwrap();
    assert_eq!(
        reasons(&manifest),
        ["de inhoud of de handtekening klopt niet"]
    );
    let (package, counts) = export(&mut world, FG_VT);
    assert_eq!(counts, [2, 0, 1]);
    let manifest = verified(&world, &package).manifest.unwrap();
    assert_eq!(manifest.unverifiable[0].record, FORGED);
    assert_eq!(
        manifest.unverifiable[0].reason,
        "de inhoud of de handtekening klopt niet"
    );
}

#[test]
fn a_record_that_the_log_does_not_have_is_not_verified_and_stops_no_export() {
    let mut world = World::new();
    let (channel, record) = consented(&mut world);
    world.offline(FG_GGZ);
    world.offline(FG_VT);
    world.must(ANNA, share(channel, "verslag", Some(record)));
    // The server says of both copies that they stand where something else does.
    let log = LogId::from(GGZ);
    let other = LogEntry::new([9; 32], NOW).to_bytes();
    let index = world
        .server
        .log
        .get_mut(&log)
        .unwrap()
        .append(other)
        .unwrap();
    for org in [GGZ, VT] {
        let register = world.server.registers.get_mut(&org).unwrap();
        register.last_mut().unwrap().logged.index = index;
    }
    world.online(FG_GGZ);
    world.online(FG_VT);
    for user in [FG_GGZ, FG_VT] {
        let view = register(&world, user);
        let [moved, consent] = view.records.as_slice() else {
            panic!("two")
        };
        assert_eq!((moved.verified, moved.logged), (false, Some(false)));
        assert!(moved.disclosure.is_none(), "nothing of it is shown as true");
        assert_eq!((consent.verified, consent.logged), (true, Some(true)));
    }
    let (package, counts) = export(&mut world, FG_GGZ);
    assert_eq!(counts, [1, 2, 0]);
    let manifest = verified(&world, &package).manifest.unwrap();
    assert_eq!(
        reasons(&manifest),
        [
            "in het logboek staat op deze plaats iets anders",
            "in het register is hiervan geen afschrift",
        ]
    );
    let (package, counts) = export(&mut world, FG_VT);
    assert_eq!(counts, [1, 0, 1]);
    verified(&world, &package);
}

#[test]
fn a_record_that_does_not_open_is_withheld_or_named_with_that_reason() {
    let mut world = World::new();
    let (channel, record) = consented(&mut world);
    world.offline(FG_GGZ);
    world.offline(FG_VT);
    world.must(ANNA, share(channel, "verslag", Some(record)));
    for org in [GGZ, VT] {
        let register = world.server.registers.get_mut(&org).unwrap();
        register.last_mut().unwrap().sealed.ciphertext[9] ^= 1;
    }
    world.online(FG_GGZ);
    world.online(FG_VT);
    let (package, counts) = export(&mut world, FG_GGZ);
    assert_eq!(counts, [1, 1, 0]);
    let manifest = verified(&world, &package).manifest.unwrap();
    assert_eq!(reasons(&manifest), ["niet te openen op dit apparaat"]);
    let (package, counts) = export(&mut world, FG_VT);
    assert_eq!(counts, [1, 0, 1]);
    verified(&world, &package);
}

#[test]
fn a_record_that_was_put_off_comes_before_the_next_one_in_the_chain() {
    let mut world = World::new();
    let (first, _) = consented(&mut world);
    let second = world.household(&[VERA]);
    let put = Intent::PutPerson {
        channel: second,
        base: 0,
        person: lena(),
    };
    world.must(ANNA, put);
    let record = |channel| Intent::RecordConsent {
        channel,
        consent: consent(),
    };
    world.server.busy = 1;
    world.intent(ANNA, record(first));
    world.deliver();
    world.intent(ANNA, record(second));
    world.settle();
    assert_eq!(world.home(ANNA).waiting, 0);
    let (package, counts) = export(&mut world, FG_GGZ);
    assert_eq!(counts, [3, 0, 0]);
    let records = signed_records(&package);
    let hashes: Vec<RecordHash> = records.iter().map(|each| each.hash().unwrap()).collect();
    let previous: Vec<Option<RecordHash>> =
        records.iter().map(|each| each.header().previous).collect();
    assert_eq!(previous, [None, Some(hashes[0]), Some(hashes[1])]);
}

/// The signed records of a package, in its order; its files stand in it uncompressed.
fn signed_records(package: &[u8]) -> Vec<SignedRecord> {
    let text = String::from_utf8_lossy(package);
    text.split("\"signed_record\":\"")
        .skip(1)
        .map(|rest| {
            let encoded = rest.split('"').next().unwrap();
            SignedRecord::from_bytes(&BASE64_STANDARD.decode(encoded).unwrap()).unwrap()
        })
        .collect()
}

#[test]
fn a_device_of_somebody_else_than_was_asked_for_is_not_added() {
    let mut world = World::new();
    let channel = world.household(&[]);
    let add = |users| Intent::AddMembers { channel, users };
    world.server.offers = Some(VIC);
    let Err(Refusal::Local { code, .. }) = world.ask(ANNA, add(vec![VERA])) else {
        panic!("refused")
    };
    assert_eq!(code, LocalCode::NotVouchedFor);
    assert_eq!(world.channel(ANNA, channel).members.len(), 1);
    assert!(
        world
            .warned(ANNA)
            .contains(&"foreign_key_package".to_owned())
    );
    world.server.offers = None;
    world.must(ANNA, add(vec![VERA]));
    assert_eq!(world.channel(ANNA, channel).members.len(), 2);
    assert!(world.warned(ANNA).is_empty());
}

#[test]
fn the_legal_frame_is_that_of_the_group_and_not_what_the_server_says() {
    let mut world = World::new();
    let channel = world.household(&[VERA]);
    world.server.channels.get_mut(&channel).unwrap().framework = Framework::WgsZvh;
    let users = vec![VIC];
    world.must(ANNA, Intent::AddMembers { channel, users });
    assert_eq!(world.channel(VIC, channel).framework, Framework::OwnLaws);
}

#[test]
fn a_register_key_that_changes_is_not_sealed_to_and_everybody_is_told() {
    let mut world = World::new();
    let (channel, record) = consented(&mut world);
    // The server vouches for a device that is nobody's, and lets it sign a key of its own.
    let ghost = SigningKey::from_bytes(&[0x51; 32]);
    let device = DeviceId::from_bytes([0x51; 16]);
    let public = ghost.verifying_key().to_bytes();
    let attested = world.server.attest(FG_VT, device, &public, i64::MAX);
    world.server.person(FG_VT).devices.push(attested);
    let public_key = RegisterSecret::generate().unwrap().public_key().unwrap();
    let id = RegisterKeyId::from_bytes([0x52; 16]);
    let signature = ghost.sign(&register_key_signed_bytes(VT, id, &public_key));
    let organisations = &mut world.server.directory.organisations;
    let org = organisations.iter_mut().find(|org| org.id == VT).unwrap();
    let right = org.register_key.replace(RegisterKey {
        id,
        public_key,
        device,
        signature: signature.to_bytes().to_vec(),
        created_at: NOW,
    });
    world.server.publish_directory();
    world.settle();

    let Err(Refusal::Local { code, detail }) = world.ask(ANNA, share(channel, "x", Some(record)))
    else {
        panic!("refused")
    };
    assert_eq!(code, LocalCode::RegisterKeyChanged);
    assert!(detail.contains("Veilig Thuis Waterrijk") && detail.contains("call"));
    assert!(
        world
            .warned(ANNA)
            .contains(&"register_key_changed".to_owned())
    );
    assert!(
        world
            .warned(FG_VT)
            .contains(&"register_key_not_yours".to_owned())
    );
    assert!(
        !world
            .warned(FG_GGZ)
            .contains(&"register_key_not_yours".to_owned())
    );
    // It is still so after a restart, until the right key is there again.
    world.crash(ANNA);
    world.online(ANNA);
    assert!(
        world
            .warned(ANNA)
            .contains(&"register_key_changed".to_owned())
    );
    let organisations = &mut world.server.directory.organisations;
    organisations
        .iter_mut()
        .find(|org| org.id == VT)
        .unwrap()
        .register_key = right;
    world.server.publish_directory();
    world.settle();
    assert!(world.warned(ANNA).is_empty() && world.warned(FG_VT).is_empty());
    world.must(ANNA, share(channel, "verslag", Some(record)));
}

#[test]
fn a_register_key_is_worth_as_much_as_the_device_that_vouches_for_it() {
    let mut world = World::new();
    let (channel, record) = consented(&mut world);
    let ask = |world: &mut World| match world.ask(ANNA, share(channel, "x", Some(record))) {
        Err(Refusal::Local { code, .. }) => Some(code),
        other => panic!("{other:?}"),
    };
    world.offline(FG_VT);
    let device = world.server.person(FG_VT).devices[0].clone();
    // Its attestation ran out.
    let known: beraad_engine::protocol::directory::Attestation =
        beraad_engine::protocol::from_cbor(&device.attestation).unwrap();
    let key = known.signature_key.as_slice().try_into().unwrap();
    let expired = world.server.attest(FG_VT, device.id, key, NOW.0 - 1);
    world.server.person(FG_VT).devices = vec![expired];
    world.server.publish_directory();
    world.settle();
    assert_eq!(ask(&mut world), Some(LocalCode::NoRegisterKey));
    // It is no longer enrolled.
    world.server.person(FG_VT).devices.clear();
    world.server.publish_directory();
    world.settle();
    assert_eq!(ask(&mut world), Some(LocalCode::NoRegisterKey));
    world.server.person(FG_VT).devices = vec![device];
    world.server.publish_directory();
    world.settle();
    world.must(ANNA, share(channel, "verslag", Some(record)));
}

#[test]
fn the_names_in_a_record_go_with_the_persons_and_not_with_their_order() {
    let karim = beraad_engine::protocol::PersonId::from_bytes([1; 16]);
    let mut world = World::new();
    let (channel, of_lena) = consented(&mut world);
    let person = beraad_casework::model::Person {
        id: karim,
        name: "Karim".to_owned(),
        ..lena()
    };
    let put = Intent::PutPerson {
        channel,
        base: 0,
        person,
    };
    world.must(ANNA, put);
    let mut draft = consent();
    draft.subject = karim;
    draft.answers[0].person = karim;
    let Reply::Record {
        record: of_karim, ..
    } = world.must(
        ANNA,
        Intent::RecordConsent {
            channel,
            consent: draft,
        },
    )
    else {
        panic!("record")
    };
    let mut disclosure = crate::world::disclosure(Some(of_lena));
    let mut line = disclosure.lines[0].clone();
    line.subject = karim;
    line.consent = Some(of_karim);
    // Lena first, though Karim's id comes before hers.
    disclosure.lines.push(line);
    world.must(
        ANNA,
        Intent::ShareInformation {
            channel,
            text: "verslag".to_owned(),
            disclosure,
        },
    );
    let view = register(&world, FG_VT);
    let name = |id| {
        let subjects = &view.records[0].subjects;
        let found = subjects.iter().find(|subject| subject.id == id).unwrap();
        found.name.as_str()
    };
    let lines = &view.records[0].disclosure.as_ref().unwrap().lines;
    assert_eq!([lines[0].subject, lines[1].subject], [LENA, karim]);
    assert_eq!([name(LENA), name(karim)], ["Lena", "Karim"]);
}
