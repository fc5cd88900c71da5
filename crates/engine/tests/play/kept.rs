//! What nobody has to type again, and what a person can put away.

use beraad_engine::{
    intent::{Intent, IntentOutcome, Reply},
    protocol::{
        Code, OperationId, ServerFrame, Timestamp,
        directory::Attestation,
        entry::{Entry, EntryKind},
        from_cbor,
        vocabulary::{ActingCapacity, OrgRole},
    },
    refusal::{LocalCode, Refusal},
    view::TimelineEntry,
};

use crate::world::{ANNA, VERA, VIC, VT, World, consent, lena, message, share};

fn refused(
    world: &World,
    user: beraad_engine::protocol::UserId,
    channel: beraad_engine::protocol::ChannelId,
) -> Vec<TimelineEntry> {
    let mut entries = world.timeline(user, channel).entries;
    entries.retain(|entry| entry.refused.is_some());
    entries
}

#[test]
fn words_the_server_refused_stay_over_a_restart_until_they_are_tried_again_or_dropped() {
    let mut world = World::new();
    let channel = world.household(&[VERA]);
    world.offline(VERA);
    let ids = ["een", "twee"].map(|text| world.send(VERA, channel, text));
    world.server.forbids = 2;
    world.online(VERA);
    for id in ids {
        assert!(matches!(
            world.outcome(VERA, id),
            Some(IntentOutcome::Refused { .. })
        ));
    }
    world.crash(VERA);
    world.online(VERA);
    let kept = refused(&world, VERA, channel);
    assert_eq!(world.messages(VERA, channel), ["…een", "…twee"]);
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().all(|entry| entry.mine
        && matches!(&entry.refused, Some(Refusal::Server { problem }) if problem.code == Code::Forbidden)));
    assert_eq!(world.home(VERA).waiting, 0);
    world.must(VERA, message(channel, "drie"));
    assert_eq!(world.messages(ANNA, channel), ["drie"], "no queue is held");

    let [first, second] = [0, 1].map(|at: usize| kept[at].key.clone());
    let retry = Intent::RetryRefused { key: first.clone() };
    assert_eq!(world.must(VERA, retry.clone()), Reply::Done);
    world.must(VERA, Intent::DropRefused { key: second });
    for user in [ANNA, VERA] {
        assert_eq!(world.messages(user, channel), ["drie", "een"]);
    }
    assert!(matches!(
        world.ask(VERA, retry),
        Err(Refusal::Local {
            code: LocalCode::UnknownThing,
            ..
        })
    ));
}

#[test]
fn words_that_are_refused_again_are_kept_again() {
    let mut world = World::new();
    let channel = world.household(&[VERA, VIC]);
    world.offline(VIC);
    world.send(VIC, channel, "nog van mij");
    world.must(ANNA, Intent::RemoveMember { channel, user: VIC });
    world.online(VIC);
    let key = refused(&world, VIC, channel)[0].key.clone();
    let retry = Intent::RetryRefused { key };
    assert!(world.ask(VIC, retry.clone()).is_err(), "not a member");
    assert_eq!(refused(&world, VIC, channel).len(), 1);
    world.must(
        ANNA,
        Intent::AddMembers {
            channel,
            users: vec![VIC],
        },
    );
    world.server.forbids = 1;
    assert!(world.ask(VIC, retry.clone()).is_err(), "the server says no");
    assert_eq!(refused(&world, VIC, channel).len(), 1);
    world.must(VIC, retry);
    assert_eq!(refused(&world, VIC, channel).len(), 0);
    assert_eq!(world.messages(VERA, channel), ["nog van mij"]);
}

#[test]
fn a_form_may_let_go_of_what_is_on_disk_and_of_nothing_else() {
    let mut world = World::new();
    let channel = world.household(&[VERA]);
    world.offline(VERA);
    let waits = world.send(VERA, channel, "wacht");
    assert!(world.client(VERA).queued.contains(&waits));
    assert_eq!(world.outcome(VERA, waits), None);
    let empty = world.send(VERA, channel, " ");
    let link = world.intent(
        VERA,
        Intent::InviteUser {
            user: None,
            name: "Nieuw".to_owned(),
            function: String::new(),
            roles: vec![OrgRole::Professional],
            capacities: Vec::new(),
        },
    );
    assert!(
        !world.client(VERA).queued.contains(&empty),
        "refused at once"
    );
    assert!(!world.client(VERA).queued.contains(&link), "not kept");
}

#[test]
fn a_case_code_that_is_taken_is_drawn_anew() {
    let mut world = World::new();
    world.server.taken_codes = 2;
    let create = Intent::CreateChannel {
        household_name: "Familie Voorbeeld".to_owned(),
        framework: beraad_engine::protocol::vocabulary::Framework::OwnLaws,
        members: vec![VERA],
    };
    let Reply::Channel { channel, case_code } = world.must(ANNA, create) else {
        panic!("a channel")
    };
    for user in [ANNA, VERA] {
        assert_eq!(world.channel(user, channel).summary.case_code, case_code);
    }
}

#[test]
fn somebody_who_was_removed_and_added_while_away_gets_in() {
    let mut world = World::new();
    let channel = world.household(&[VERA, VIC]);
    world.offline(VIC);
    for n in 0..300 {
        world.send(VERA, channel, &format!("{n}"));
    }
    world.settle();
    world.must(ANNA, Intent::RemoveMember { channel, user: VIC });
    world.must(VERA, message(channel, "zonder Vic"));
    world.must(
        ANNA,
        Intent::AddMembers {
            channel,
            users: vec![VIC],
        },
    );
    world.must(VERA, message(channel, "weer"));
    // The welcome is answered before the first pages of what was missed are read.
    world.online(VIC);
    world.must(VIC, message(channel, "ik ben er"));
    let read = world.messages(VIC, channel);
    assert_eq!(read[read.len() - 3..], ["299", "weer", "ik ben er"]);
    assert!(!world.channel(VIC, channel).summary.left);
    assert_eq!(world.warned(VIC), Vec::<String>::new());
    assert_eq!(world.messages(ANNA, channel).pop().unwrap(), "ik ben er");
}

#[test]
fn a_directory_that_fails_is_asked_for_again() {
    let mut world = World::without_officer_of(VT);
    let channel = world.household(&[]);
    let add = Intent::AddMembers {
        channel,
        users: vec![VERA],
    };
    for failures in [1, 2, 30] {
        world.server.no_directory = failures;
        let Err(Refusal::Local { code, .. }) = world.ask(ANNA, add.clone()) else {
            panic!("without a register nobody can be added")
        };
        assert_eq!(code, LocalCode::NoRegisterKey);
    }
}

fn attest_anew(
    world: &mut World,
    user: beraad_engine::protocol::UserId,
    capacities: Vec<ActingCapacity>,
) {
    let device = world.server.person(user).devices[0].clone();
    let was: Attestation = from_cbor(&device.attestation).unwrap();
    world.server.person(user).capacities = capacities;
    let key = was.signature_key.try_into().unwrap();
    let device = world.server.attest(user, device.id, &key, i64::MAX);
    world.server.person(user).devices = vec![device];
    world.server.publish_directory();
}

fn capacities(world: &World, channel: beraad_engine::protocol::ChannelId) -> Vec<ActingCapacity> {
    let members = world.channel(ANNA, channel).members;
    let vera = members.into_iter().find(|member| member.user == VERA);
    vera.unwrap().capacities
}

#[test]
fn a_capacity_counts_as_soon_as_it_is_signed_and_never_unsigned() {
    let mut world = World::new();
    let channel = world.household(&[VERA]);
    assert_eq!(capacities(&world, channel), [ActingCapacity::VtMelding]);
    attest_anew(&mut world, VERA, vec![ActingCapacity::VtAdvies]);
    world.settle();
    assert_eq!(capacities(&world, channel), [ActingCapacity::VtAdvies]);
    world.server.person(VERA).capacities = vec![ActingCapacity::GiOts];
    world.server.publish_directory();
    world.settle();
    world.must(ANNA, message(channel, "en verder"));
    assert_eq!(capacities(&world, channel), [ActingCapacity::VtAdvies]);
}

#[test]
fn a_capacity_that_is_not_verified_here_is_a_mark_and_everybody_has_the_same_household() {
    let mut world = World::new();
    let channel = world.household(&[VERA]);
    let person = lena();
    world.must(
        ANNA,
        Intent::PutPerson {
            channel,
            base: 0,
            person,
        },
    );
    let consent = consent();
    let Reply::Record { record, .. } = world.must(ANNA, Intent::RecordConsent { channel, consent })
    else {
        panic!("a record")
    };
    world.offline(ANNA);
    let shared = world.intent(ANNA, share(channel, "verslag", Some(record)));
    // Vera's device hears that it was taken back; Anna's sends before it does.
    attest_anew(&mut world, ANNA, Vec::new());
    world.settle();
    world.online(ANNA);
    assert!(matches!(
        world.outcome(ANNA, shared),
        Some(IntentOutcome::Ok { .. })
    ));
    for user in [ANNA, VERA] {
        let view = world.channel(user, channel);
        assert_eq!(view.disclosures.len(), 1);
        assert!(view.disclosures[0].rejected.is_empty());
        let last = world.timeline(user, channel).entries.pop().unwrap();
        assert!(last.rejected.is_empty());
        assert_eq!(last.doubts.len(), 1, "marked as not verified");
    }
    assert!(
        world
            .ask(ANNA, share(channel, "nog een", Some(record)))
            .is_err(),
        "one's own is held back once it is known"
    );
}

#[test]
fn a_warning_that_was_read_stays_away_until_it_happens_again() {
    let mut world = World::new();
    let channel = world.household(&[VERA]);
    let device = world.client(VERA).device;
    let sender = world.client(ANNA).device;
    let spoil = |world: &mut World, kind| {
        let seq = world.timeline(VERA, channel).entries.last().unwrap().seq;
        let seq = seq.unwrap() + 1;
        let bad = Entry {
            seq,
            epoch: 1,
            at: Timestamp(1),
            sender,
            op: OperationId::from_bytes([u8::try_from(seq).unwrap(); 16]),
            kind,
            payload: vec![1, 2, 3],
        };
        let frame = ServerFrame::Entries {
            channel,
            entries: vec![bad],
            head: seq,
        };
        world.server.send(device, &frame);
        world.settle();
    };
    let dismiss = |code: &str| Intent::DismissWarning {
        code: code.to_owned(),
        channel: Some(channel),
    };
    world.must(ANNA, message(channel, "leesbaar"));
    spoil(&mut world, EntryKind::Message);
    assert_eq!(world.warned(VERA), ["undecryptable"]);
    world.must(VERA, dismiss("undecryptable"));
    world.crash(VERA);
    world.online(VERA);
    assert_eq!(world.warned(VERA), Vec::<String>::new());
    spoil(&mut world, EntryKind::Message);
    assert_eq!(world.warned(VERA), ["undecryptable"]);

    assert!(!world.channel(VERA, channel).summary.broken);
    spoil(&mut world, EntryKind::Commit);
    let summary = world.channel(VERA, channel).summary;
    assert!(summary.broken && !summary.left);
    assert!(matches!(
        world.ask(VERA, dismiss("group_broken")),
        Err(Refusal::Local {
            code: LocalCode::Invalid,
            ..
        })
    ));
}
