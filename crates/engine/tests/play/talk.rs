//! Talking: live, offline, with lost answers and with crashes; agenda; conferences.

use beraad_engine::{
    Input,
    intent::{Intent, IntentOutcome, Reply},
    protocol::{
        Timestamp,
        vocabulary::{ConferenceKind, ParticipationStatus},
    },
    refusal::{LocalCode, Refusal},
    view::{Connection, TimelineItem, View, ViewRequest},
};
use beraad_group::Suite;

use crate::world::{ANNA, CONFERENCE, VERA, VIC, World, lena, message, topic};

#[test]
fn colleagues_talk_in_order_and_know_the_household_by_name() {
    let mut world = World::with(Suite::Hybrid);
    let channel = world.household(&[VERA, VIC]);
    world.must(ANNA, message(channel, "een"));
    world.must(VERA, message(channel, "twee"));
    world.must(VIC, message(channel, "drie"));
    for user in [ANNA, VERA, VIC] {
        assert_eq!(world.messages(user, channel), ["een", "twee", "drie"]);
        let view = world.channel(user, channel);
        assert_eq!(view.summary.household_name, "Familie Voorbeeld");
        assert_eq!(view.members.len(), 3);
        assert_eq!(view.members[0].name, "Anna", "the case lead first");
        assert_eq!(world.home(user).connection, Connection::Online);
        assert_eq!(world.warned(user), Vec::<String>::new());
    }
    assert_eq!(world.channel(ANNA, channel).summary.unread, 2);
    let seq = world
        .timeline(ANNA, channel)
        .entries
        .last()
        .unwrap()
        .seq
        .unwrap();
    world.must(ANNA, Intent::MarkRead { channel, seq });
    assert_eq!(world.channel(ANNA, channel).summary.unread, 0);
}

#[test]
fn what_is_written_offline_waits_visibly_and_goes_out_once() {
    let mut world = World::new();
    let channel = world.household(&[VERA]);
    world.offline(VERA);
    world.must(ANNA, message(channel, "intussen"));
    let ids: Vec<u64> = (0..3)
        .map(|n| world.send(VERA, channel, &format!("v{n}")))
        .collect();
    assert_eq!(world.messages(VERA, channel), ["…v0", "…v1", "…v2"]);
    assert_eq!(world.home(VERA).waiting, 3);
    assert!(world.outcome(VERA, ids[0]).is_none());
    world.online(VERA);
    for user in [ANNA, VERA] {
        assert_eq!(
            world.messages(user, channel),
            ["intussen", "v0", "v1", "v2"]
        );
    }
    for id in ids {
        assert_eq!(
            world.outcome(VERA, id),
            Some(IntentOutcome::Ok { reply: Reply::Done })
        );
    }
    assert_eq!(world.home(VERA).waiting, 0);
}

#[test]
fn a_lost_answer_makes_no_duplicate() {
    let mut world = World::new();
    let channel = world.household(&[VERA]);
    world.server.deaf = Some(world.client(VERA).device);
    let id = world.send(VERA, channel, "een keer");
    world.settle();
    assert_eq!(
        world.messages(ANNA, channel),
        ["een keer"],
        "the server took it in"
    );
    assert!(world.outcome(VERA, id).is_none(), "Vera cannot know that");
    world.offline(VERA);
    world.server.deaf = None;
    world.must(ANNA, message(channel, "daarna"));
    world.online(VERA);
    assert_eq!(
        world.outcome(VERA, id),
        Some(IntentOutcome::Ok { reply: Reply::Done })
    );
    for user in [ANNA, VERA] {
        assert_eq!(world.messages(user, channel), ["een keer", "daarna"]);
    }
}

#[test]
fn a_request_that_never_arrived_is_sent_again_also_after_the_group_moved_on() {
    for with_commit in [false, true] {
        let mut world = World::new();
        let channel = world.household(&[VERA]);
        // The step commits, then the host dies before the network.
        world.client(VERA).steps_left = Some(1);
        world.send(VERA, channel, "toch nog");
        world.crash(VERA);
        assert_eq!(world.messages(VERA, channel), ["…toch nog"]);
        if with_commit {
            world.must(
                ANNA,
                Intent::AddMembers {
                    channel,
                    users: vec![VIC],
                },
            );
        }
        world.online(VERA);
        for user in [ANNA, VERA] {
            assert_eq!(
                world.messages(user, channel),
                ["toch nog"],
                "commit: {with_commit}"
            );
        }
    }
}

#[test]
fn a_crash_after_any_step_loses_nothing_and_doubles_nothing() {
    for steps in 0..12 {
        let mut world = World::new();
        let channel = world.household(&[VERA]);
        world.offline(VERA);
        world.must(ANNA, message(channel, "a"));
        world.send(VERA, channel, "b");
        world.send(VERA, channel, "c");
        world.client(VERA).steps_left = Some(steps);
        world.online(VERA);
        world.crash(VERA);
        world.online(VERA);
        for user in [ANNA, VERA] {
            assert_eq!(
                world.messages(user, channel),
                ["a", "b", "c"],
                "after {steps} steps"
            );
        }
        assert_eq!(world.home(VERA).waiting, 0);
        assert_eq!(world.warned(VERA), Vec::<String>::new());
    }
}

#[test]
fn a_crash_while_a_channel_is_opened_ends_in_one_channel_with_everybody() {
    for steps in 0..10 {
        let mut world = World::new();
        world.client(ANNA).steps_left = Some(steps);
        world.intent(
            ANNA,
            Intent::CreateChannel {
                household_name: "Familie Voorbeeld".to_owned(),
                framework: beraad_engine::protocol::vocabulary::Framework::OwnLaws,
                members: vec![VERA],
            },
        );
        world.settle();
        world.crash(ANNA);
        world.online(ANNA);
        let home = world.home(ANNA);
        if steps == 0 {
            assert!(home.channels.is_empty(), "the intent itself never got in");
            continue;
        }
        assert_eq!(home.channels.len(), 1, "after {steps} steps");
        let channel = home.channels[0].id;
        assert_eq!(
            world.channel(ANNA, channel).members.len(),
            2,
            "after {steps} steps"
        );
        world.must(VERA, message(channel, "binnen"));
        assert_eq!(world.messages(ANNA, channel), ["binnen"]);
        assert_eq!(
            world.channel(VERA, channel).summary.household_name,
            "Familie Voorbeeld"
        );
    }
}

#[test]
fn somebody_who_was_removed_reads_what_was_there_and_gets_no_more() {
    let mut world = World::new();
    let channel = world.household(&[VERA, VIC]);
    world.must(VERA, message(channel, "voor"));
    world.must(ANNA, Intent::RemoveMember { channel, user: VIC });
    world.must(VERA, message(channel, "na"));
    assert_eq!(world.messages(VIC, channel), ["voor"]);
    assert!(world.channel(VIC, channel).summary.left);
    let Err(Refusal::Local { code, .. }) = world.ask(VIC, message(channel, "nog iets")) else {
        panic!("Vic is out")
    };
    assert_eq!(code, LocalCode::NoLongerMember);
    assert_eq!(world.channel(ANNA, channel).members.len(), 2);

    world.must(
        ANNA,
        Intent::AddMembers {
            channel,
            users: vec![VIC],
        },
    );
    world.must(VERA, message(channel, "weer"));
    assert_eq!(
        world.messages(VIC, channel),
        ["voor", "weer"],
        "no history in between"
    );
    assert!(!world.channel(VIC, channel).summary.left);
    assert_eq!(world.warned(VIC), Vec::<String>::new());
}

#[test]
fn only_the_case_lead_adds_and_the_refusal_says_so() {
    let mut world = World::new();
    let channel = world.household(&[VERA]);
    let add = Intent::AddMembers {
        channel,
        users: vec![VIC],
    };
    let Err(Refusal::Local { code, detail }) = world.ask(VERA, add) else {
        panic!("not hers")
    };
    assert_eq!(code, LocalCode::NotAllowed);
    assert!(detail.contains("case lead"), "{detail}");
    world.must(VERA, message(channel, "de groep werkt nog"));
    assert_eq!(world.messages(ANNA, channel), ["de groep werkt nog"]);
}

#[test]
fn two_who_edit_the_same_item_lose_nothing() {
    let mut world = World::new();
    let channel = world.household(&[VERA]);
    let put = |item, base, settles, title: &str| Intent::PutAgendaItem {
        channel,
        conference: CONFERENCE,
        item,
        base,
        settles,
        draft: topic(title),
    };
    let Reply::Item { item } = world.must(ANNA, put(None, 0, vec![], "eerst")) else {
        panic!("item")
    };
    world.offline(VERA);
    world.intent(VERA, put(Some(item), 1, vec![], "van Vera"));
    world.must(ANNA, put(Some(item), 1, vec![], "van Anna"));
    world.online(VERA);
    let request = ViewRequest::Agenda {
        channel,
        conference: CONFERENCE,
    };
    let mut event = None;
    for user in [ANNA, VERA] {
        let View::Agenda(agenda) = world.view(user, &request) else {
            panic!("agenda")
        };
        assert_eq!(agenda.items.len(), 1);
        assert_eq!(agenda.items[0].draft, topic("van Anna"));
        assert_eq!(agenda.items[0].alternatives.len(), 1);
        assert_eq!(agenda.items[0].alternatives[0].draft, topic("van Vera"));
        assert_eq!(agenda.items[0].alternatives[0].by_name, "Vera");
        event = Some(agenda.items[0].alternatives[0].event);
    }
    world.must(ANNA, put(Some(item), 2, vec![event.unwrap()], "samen"));
    let View::Agenda(agenda) = world.view(VERA, &request) else {
        panic!("agenda")
    };
    assert_eq!(agenda.items[0].draft, topic("samen"));
    assert!(agenda.items[0].alternatives.is_empty());
    let removal = Intent::RemoveAgendaItem {
        channel,
        item,
        base: 1,
    };
    assert!(
        matches!(world.ask(VERA, removal), Err(Refusal::Rules { .. })),
        "an old version"
    );
}

#[test]
fn a_conference_is_planned_and_answered() {
    let mut world = World::new();
    let channel = world.household(&[VERA]);
    let plan = Intent::PlanConference {
        conference: None,
        channel,
        kind: ConferenceKind::Regular,
        start: world.now,
        end: Timestamp(world.now.0 + 3_600_000),
        time_zone: "Europe/Amsterdam".to_owned(),
        chair: None,
        required_capacities: vec![],
        invitees: vec![VERA],
        cancelled: false,
    };
    world.offline(ANNA);
    let id = world.intent(ANNA, plan);
    world.online(ANNA);
    let Some(IntentOutcome::Ok {
        reply: Reply::Conference { conference },
    }) = world.outcome(ANNA, id)
    else {
        panic!("planned")
    };
    let status = ParticipationStatus::Accepted;
    world.must(VERA, Intent::ReplyInvitation { conference, status });
    let view = world.channel(ANNA, channel);
    assert_eq!(view.conferences.len(), 1);
    assert_eq!(view.conferences[0].invitations[0].status, status);
}

#[test]
fn drafts_are_kept_and_dropped() {
    let mut world = World::new();
    let keep = |text: &str| Intent::KeepDraft {
        key: "bericht".to_owned(),
        text: text.to_owned(),
    };
    world.must(ANNA, keep("half een zin"));
    world.crash(ANNA);
    let request = ViewRequest::Draft {
        key: "bericht".to_owned(),
    };
    let View::Draft(draft) = world.view(ANNA, &request) else {
        panic!("draft")
    };
    assert_eq!(draft.text, "half een zin");
    world.must(ANNA, keep(""));
    let View::Draft(draft) = world.view(ANNA, &request) else {
        panic!("draft")
    };
    assert_eq!(draft.text, "");
}

#[test]
fn persons_and_pages_of_the_conversation() {
    let mut world = World::new();
    let channel = world.household(&[VERA]);
    world.must(
        ANNA,
        Intent::PutPerson {
            channel,
            base: 0,
            person: lena(),
        },
    );
    assert_eq!(world.channel(VERA, channel).persons[0].person, lena());
    for n in 0..5 {
        world.must(VERA, message(channel, &n.to_string()));
    }
    let page = |before, limit| {
        let request = ViewRequest::Timeline {
            channel,
            before,
            limit,
        };
        let View::Timeline(view) = world.view(ANNA, &request) else {
            panic!("timeline")
        };
        view
    };
    let newest = page(None, 3);
    assert!(newest.more);
    let texts: Vec<_> = newest
        .entries
        .iter()
        .map(|entry| entry.what.clone())
        .collect();
    assert_eq!(
        texts[2],
        TimelineItem::Message {
            text: "4".to_owned()
        }
    );
    let before = page(newest.entries[0].seq, 100);
    assert!(!before.more);
    assert_eq!(before.entries[0].what, TimelineItem::Began);
    assert_eq!(
        before.entries.len() + 3,
        world.timeline(ANNA, channel).entries.len()
    );
}

#[test]
fn an_unknown_channel_or_too_little_is_refused_at_once() {
    let mut world = World::new();
    let nowhere = beraad_engine::protocol::ChannelId::from_bytes([9; 16]);
    let Err(Refusal::Local { code, .. }) = world.ask(ANNA, message(nowhere, "x")) else {
        panic!("unknown")
    };
    assert_eq!(code, LocalCode::UnknownThing);
    let channel = world.household(&[]);
    let Err(Refusal::Local { code, .. }) = world.ask(ANNA, message(channel, "  ")) else {
        panic!("empty")
    };
    assert_eq!(code, LocalCode::Invalid);
    world.step(ANNA, Input::Frame(vec![0xff; 40]));
    assert!(
        world.client(ANNA).last_disconnect.take().is_some(),
        "garbage ends the connection"
    );
    world.online(ANNA);
    world.must(ANNA, message(channel, "en het werkt weer"));
}

#[test]
fn a_crash_while_somebody_is_added_or_two_change_the_group_at_once_ends_well() {
    for steps in 1..9 {
        let mut world = World::new();
        let channel = world.household(&[VERA]);
        world.client(ANNA).steps_left = Some(steps);
        world.intent(
            ANNA,
            Intent::AddMembers {
                channel,
                users: vec![VIC],
            },
        );
        world.settle();
        world.must(VERA, message(channel, "tussendoor"));
        world.crash(ANNA);
        world.online(ANNA);
        world.must(VIC, message(channel, "binnen"));
        for user in [ANNA, VERA, VIC] {
            assert_eq!(
                world.channel(user, channel).members.len(),
                3,
                "after {steps} steps"
            );
            let messages = world.messages(user, channel);
            assert_eq!(messages.last().unwrap(), "binnen", "after {steps} steps");
            assert_eq!(world.warned(user), Vec::<String>::new());
        }
    }
}
