//! Keys, histories and garbage.

use beraad_engine::{
    Engine, Input,
    database::{OpenError, open_native},
    intent::{Intent, IntentOutcome},
    protocol::{
        ChannelId, OperationId, ServerFrame, Timestamp,
        entry::{Entry, EntryKind},
        to_cbor,
    },
    refusal::{LocalCode, Refusal},
    view::{TimelineItem, ViewRequest},
};

use crate::world::{ANNA, KEY, NOW, VERA, VIC, World, message};

#[test]
fn a_wrong_key_opens_nothing_and_a_second_program_waits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let db = open_native(&path, &KEY).unwrap();
    let engine = Engine::open(db, [1; 32], NOW).unwrap();
    assert!(matches!(open_native(&path, &KEY), Err(OpenError::Busy)));
    drop(engine);
    assert!(matches!(
        open_native(&path, &[9; 32]),
        Err(OpenError::WrongKey)
    ));
    assert!(open_native(&path, &KEY).is_ok());
    let bytes = std::fs::read(&path).unwrap();
    assert!(
        !bytes.windows(6).any(|window| window == b"SQLite"),
        "the file is encrypted"
    );
}

#[test]
fn a_device_that_is_not_enrolled_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let db = open_native(&folder.path().join("a.db"), &KEY).unwrap();
    let mut engine = Engine::open(db, [1; 32], NOW).unwrap();
    assert!(!engine.enrolled() && engine.session_token().is_none());
    let outputs = engine
        .handle(
            Input::Intent {
                id: 1,
                intent: Intent::Refresh,
            },
            NOW,
        )
        .unwrap();
    assert!(matches!(
        &outputs[..],
        [beraad_engine::Output::Answer {
            id: 1,
            outcome: IntentOutcome::Refused {
                refusal: Refusal::Local {
                    code: LocalCode::NotEnrolled,
                    ..
                }
            }
        }]
    ));
    assert!(engine.view(&ViewRequest::Home, NOW).is_ok());
}

#[test]
fn a_server_that_shows_two_histories_is_found_out() {
    let mut world = World::new();
    let channel = world.household(&[VERA, VIC]);
    world.must(ANNA, message(channel, "een"));
    assert!(world.warned(VERA).is_empty());
    // Vera gets the last entry under another operation than the others do.
    world.offline(VERA);
    world.must(ANNA, message(channel, "twee"));
    let entries = &mut world.server.channels.get_mut(&channel).unwrap().entries;
    let last = entries.len() - 1;
    let op = entries[last].op;
    entries[last].op = OperationId::from_bytes([0x77; 16]);
    world.online(VERA);
    world.server.channels.get_mut(&channel).unwrap().entries[last].op = op;
    world.must(VIC, message(channel, "drie"));
    assert!(world.warned(VERA).contains(&"history_differs".to_owned()));
    assert!(!world.warned(VIC).contains(&"history_differs".to_owned()));
}

#[test]
fn a_newcomer_learns_the_history_and_compares_from_then_on() {
    let mut world = World::new();
    let channel = world.household(&[VERA]);
    world.must(VERA, message(channel, "een"));
    world.must(
        ANNA,
        Intent::AddMembers {
            channel,
            users: vec![VIC],
        },
    );
    world.must(VIC, message(channel, "hallo"));
    world.must(ANNA, message(channel, "welkom"));
    for user in [ANNA, VERA, VIC] {
        assert_eq!(world.warned(user), Vec::<String>::new());
    }
    world.offline(VIC);
    world.must(ANNA, message(channel, "twee"));
    let entries = &mut world.server.channels.get_mut(&channel).unwrap().entries;
    let last = entries.len() - 1;
    entries[last].op = OperationId::from_bytes([0x77; 16]);
    world.online(VIC);
    world.must(VERA, message(channel, "drie"));
    assert!(world.warned(VIC).contains(&"history_differs".to_owned()));
}

#[test]
fn repeated_and_missing_entries_change_nothing() {
    let mut world = World::new();
    let channel = world.household(&[VERA]);
    world.must(ANNA, message(channel, "een"));
    world.must(ANNA, message(channel, "twee"));
    let entries = world.server.channels[&channel].entries.clone();
    let head = entries.len() as u64 - 1;
    let device = world.client(VERA).device;
    let again = ServerFrame::Entries {
        channel,
        entries: entries[2..].to_vec(),
        head,
    };
    world.server.send(device, &again);
    let gap = Entry {
        seq: head + 5,
        ..entries[entries.len() - 1].clone()
    };
    let gap = ServerFrame::Entries {
        channel,
        entries: vec![gap],
        head: head + 5,
    };
    world.server.send(device, &gap);
    world.settle();
    assert_eq!(world.messages(VERA, channel), ["een", "twee"]);
    world.must(ANNA, message(channel, "drie"));
    assert_eq!(world.messages(VERA, channel), ["een", "twee", "drie"]);
}

#[test]
fn an_entry_that_cannot_be_read_is_shown_as_such_and_the_rest_goes_on() {
    let mut world = World::new();
    let channel = world.household(&[VERA]);
    let device = world.client(VERA).device;
    let sender = world.client(ANNA).device;
    let seq = world.server.channels[&channel].entries.len() as u64;
    let bad = Entry {
        seq,
        epoch: 1,
        at: Timestamp(1),
        sender,
        op: OperationId::from_bytes([1; 16]),
        kind: EntryKind::Message,
        payload: vec![1, 2, 3],
    };
    let frame = ServerFrame::Entries {
        channel,
        entries: vec![bad],
        head: seq,
    };
    world.server.send(device, &frame);
    world.settle();
    let last = world.timeline(VERA, channel).entries.pop().unwrap();
    assert_eq!(last.what, TimelineItem::Undecryptable);
    assert!(world.warned(VERA).contains(&"undecryptable".to_owned()));
}

#[test]
fn garbage_never_panics() {
    let mut world = World::new();
    let channel = world.household(&[VERA]);
    world.must(VERA, message(channel, "een"));
    let frames = [
        to_cbor(&ServerFrame::Entries {
            channel,
            entries: world.server.channels[&channel].entries.clone(),
            head: u64::MAX,
        }),
        to_cbor(&ServerFrame::Entries {
            channel: ChannelId::from_bytes([0; 16]),
            entries: vec![],
            head: 0,
        }),
        to_cbor(&ServerFrame::Challenge {
            protocol: 9,
            nonce: vec![],
        }),
        to_cbor(&ServerFrame::WelcomesWaiting),
    ];
    let mut state = 1_u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap()
    };
    for frame in &frames {
        for round in 0..60 {
            let mut bytes = frame.clone();
            if round % 2 == 0 {
                bytes.truncate(random() % bytes.len());
            } else {
                let at = random() % bytes.len();
                bytes[at] ^= 1 << (random() % 8);
            }
            world.step(VERA, Input::Frame(bytes));
            if world.client(VERA).last_disconnect.take().is_some() {
                world.offline(VERA);
                world.online(VERA);
            }
        }
    }
    world.settle();
    world.must(ANNA, message(channel, "en nog steeds"));
    assert!(
        world
            .messages(ANNA, channel)
            .contains(&"en nog steeds".to_owned())
    );
}
