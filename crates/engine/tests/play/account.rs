//! Consent, disclosure, the officers' registers and the export.

use beraad_casework::codes::ConsentMethod;
use beraad_engine::{
    intent::{Intent, IntentOutcome, Reply},
    protocol::{ChannelId, RecordId, UserId, vocabulary::RecordKind},
    refusal::{LocalCode, Refusal},
    rows_match,
    view::{RegisterView, View, ViewRequest},
};
use beraad_ledger::export::{Trust, Verdict, verify_package_with};
use beraad_ledger::log::LogVerifier;

use crate::world::{
    ANNA, CONFERENCE, FG_GGZ, FG_VT, LENA, VERA, VIC, VT, World, consent, lena, message, share,
    topic,
};

pub(crate) fn consented(world: &mut World) -> (ChannelId, RecordId) {
    let channel = world.household(&[VERA]);
    world.must(
        ANNA,
        Intent::PutPerson {
            channel,
            base: 0,
            person: lena(),
        },
    );
    let record = Intent::RecordConsent {
        channel,
        consent: consent(),
    };
    let Reply::Record { record, index } = world.must(ANNA, record) else {
        panic!("record")
    };
    assert_eq!(index, 0);
    (channel, record)
}

fn register(world: &World, user: UserId) -> RegisterView {
    let View::Register(view) = world.view(user, &ViewRequest::Register) else {
        panic!("register")
    };
    view
}

fn withdraw(channel: ChannelId, consent: RecordId) -> Intent {
    Intent::WithdrawConsent {
        channel,
        consent,
        by: LENA,
        method: ConsentMethod::Oral,
    }
}

#[test]
fn sharing_is_blocked_without_ground_allowed_with_consent_and_blocked_after_withdrawal() {
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
    let Err(Refusal::Rules { blocks }) = world.ask(ANNA, share(channel, "verslag", None)) else {
        panic!("no ground")
    };
    assert!(!blocks.is_empty());
    let entries = world.server.channels[&channel].entries.len();

    let record = Intent::RecordConsent {
        channel,
        consent: consent(),
    };
    let Reply::Record { record, .. } = world.must(ANNA, record) else {
        panic!("record")
    };
    let Reply::Record { index, .. } = world.must(ANNA, share(channel, "verslag", Some(record)))
    else {
        panic!("shared")
    };
    assert_eq!(index, 1, "after the consent in the log");
    assert_eq!(world.server.channels[&channel].entries.len(), entries + 2);
    assert_eq!(world.channel(VERA, channel).disclosures[0].text, "verslag");
    assert_eq!(world.channel(VERA, channel).consents[0].state, "given");

    world.must(ANNA, withdraw(channel, record));
    assert_eq!(world.channel(VERA, channel).consents[0].state, "withdrawn");
    let again = share(channel, "nog een verslag", Some(record));
    assert!(matches!(world.ask(ANNA, again), Err(Refusal::Rules { .. })));
    assert_eq!(world.channel(VERA, channel).disclosures.len(), 1);
}

#[test]
fn a_withdrawal_in_between_stops_a_disclosure_that_was_on_its_way() {
    let mut world = World::new();
    let (channel, record) = consented(&mut world);
    // Anna's device has not heard of the withdrawal when it sends.
    world.offline(ANNA);
    let id = world.intent(ANNA, share(channel, "te laat", Some(record)));
    world.must(VERA, withdraw(channel, record));
    let entries = world.server.channels[&channel].entries.len();
    world.online(ANNA);
    let Some(IntentOutcome::Refused {
        refusal: Refusal::Rules { .. },
    }) = world.outcome(ANNA, id)
    else {
        panic!("it was withdrawn before it arrived")
    };
    assert_eq!(
        world.server.channels[&channel].entries.len(),
        entries,
        "nothing was sent"
    );
    assert!(world.channel(VERA, channel).disclosures.is_empty());
}

#[test]
fn a_harmless_entry_in_between_only_makes_it_be_judged_again() {
    let mut world = World::new();
    let (channel, record) = consented(&mut world);
    world.offline(ANNA);
    let id = world.intent(ANNA, share(channel, "verslag", Some(record)));
    world.must(VERA, message(channel, "ondertussen"));
    world.online(ANNA);
    let Some(IntentOutcome::Ok {
        reply: Reply::Record { .. },
    }) = world.outcome(ANNA, id)
    else {
        panic!("{:?}", world.outcome(ANNA, id))
    };
    assert_eq!(world.channel(VERA, channel).disclosures.len(), 1);
}

#[test]
fn both_officers_read_the_records_and_nothing_of_the_content() {
    let mut world = World::new();
    let (channel, record) = consented(&mut world);
    world.must(ANNA, share(channel, "geheime inhoud", Some(record)));
    world.must(ANNA, withdraw(channel, record));
    for user in [FG_GGZ, FG_VT] {
        let view = register(&world, user);
        assert!(view.ready);
        assert_eq!(view.records.len(), 3);
        assert!(view.records.iter().all(|record| record.verified));
        let [withdrawal, disclosure, consent] = view.records.as_slice() else {
            panic!("three")
        };
        assert_eq!(consent.kind, RecordKind::Consent);
        assert_eq!(consent.consent.as_ref().unwrap().id, record);
        assert_eq!(withdrawal.withdraws, Some(record));
        let subject = &disclosure.subjects[0];
        assert_eq!((subject.id, subject.name.as_str()), (LENA, "Lena"));
        assert!(
            view.records
                .iter()
                .all(|record| record.logged == Some(true))
        );
        assert_eq!(disclosure.recipient_names, ["Veilig Thuis Waterrijk"]);
        assert_eq!(disclosure.author_name, "Anna");
        assert_eq!(disclosure.source_name, "GGZ Waterrijk");
        let shown = format!("{view:?}");
        assert!(shown.contains("verslag van behandeling") && !shown.contains("geheime inhoud"));
    }
    assert!(world.home(FG_GGZ).channels.is_empty());
}

#[test]
fn an_export_verifies_and_a_changed_byte_shows() {
    let mut world = World::new();
    let (channel, record) = consented(&mut world);
    world.must(ANNA, share(channel, "verslag", Some(record)));
    world.must(ANNA, withdraw(channel, record));
    let log_key = LogVerifier::parse(&world.server.log_key()).unwrap();
    let trust = Trust::new(vec![log_key], vec![world.server.attestation_key()]);
    for user in [FG_GGZ, FG_VT] {
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
            ..
        } = world.must(user, export)
        else {
            panic!("package")
        };
        assert_eq!((exported, withheld), (3, 0));
        assert_eq!(
            verify_package_with(&bytes, Some(&trust), rows_match).verdict,
            Verdict::Ok
        );
        let mut changed = bytes.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        assert_ne!(
            verify_package_with(&changed, Some(&trust), rows_match).verdict,
            Verdict::Ok
        );
    }
    let export = Intent::ExportPackage {
        purpose: String::new(),
        legal_basis: String::new(),
        recipient: String::new(),
        from: None,
        until: None,
    };
    assert!(world.ask(ANNA, export).is_err(), "only the officer exports");
}

#[test]
fn records_of_two_channels_form_one_chain() {
    let mut world = World::new();
    let (first, _) = consented(&mut world);
    let second = world.household(&[VERA]);
    world.must(
        ANNA,
        Intent::PutPerson {
            channel: second,
            base: 0,
            person: lena(),
        },
    );
    world.offline(ANNA);
    for channel in [first, second, first, second] {
        world.intent(
            ANNA,
            Intent::RecordConsent {
                channel,
                consent: consent(),
            },
        );
    }
    world.online(ANNA);
    let view = register(&world, FG_GGZ);
    assert_eq!(view.records.len(), 5);
    assert!(view.records.iter().all(|record| record.verified));
    assert_eq!(world.home(ANNA).waiting, 0);
}

#[test]
fn an_organisation_without_a_register_cannot_take_part_and_the_refusal_names_it() {
    let mut world = World::without_officer_of(VT);
    let create = |members: Vec<UserId>| Intent::CreateChannel {
        household_name: "Familie Voorbeeld".to_owned(),
        framework: beraad_engine::protocol::vocabulary::Framework::OwnLaws,
        members,
    };
    let Err(Refusal::Local { code, detail }) = world.ask(ANNA, create(vec![VERA])) else {
        panic!("no register")
    };
    assert_eq!(code, LocalCode::NoRegisterKey);
    assert!(detail.contains("Veilig Thuis Waterrijk") && detail.contains("compliance officer"));
    assert!(world.home(ANNA).channels.is_empty());
    world.must(ANNA, create(vec![]));
    assert!(
        world.ask(VERA, create(vec![])).is_err(),
        "nor open one itself"
    );

    world.join(FG_VT);
    world.must(ANNA, create(vec![VERA]));
}

#[test]
fn somebody_who_joins_later_can_work_with_what_changes_from_then_on() {
    let mut world = World::new();
    let (channel, _) = consented(&mut world);
    let put = |item, base, title: &str| Intent::PutAgendaItem {
        channel,
        conference: CONFERENCE,
        item,
        base,
        settles: vec![],
        draft: topic(title),
    };
    let Reply::Item { item } = world.must(ANNA, put(None, 0, "eerst")) else {
        panic!("item")
    };
    world.must(
        ANNA,
        Intent::AddMembers {
            channel,
            users: vec![VIC],
        },
    );
    world.must(ANNA, put(Some(item), 1, "daarna"));
    world.must(VIC, put(Some(item), 2, "van Vic"));
    let request = ViewRequest::Agenda {
        channel,
        conference: CONFERENCE,
    };
    for user in [ANNA, VERA, VIC] {
        let View::Agenda(agenda) = world.view(user, &request) else {
            panic!("agenda")
        };
        assert_eq!(agenda.items[0].draft, topic("van Vic"));
        assert_eq!(agenda.items[0].version, 3);
    }
}

#[test]
fn what_is_shared_about_earlier_things_counts_for_a_newcomer_who_cannot_judge_it() {
    let mut world = World::new();
    let (channel, record) = consented(&mut world);
    let users = vec![VIC];
    world.must(ANNA, Intent::AddMembers { channel, users });
    world.must(ANNA, share(channel, "verslag", Some(record)));
    // History stays history: persons, consents and who was named are not handed over.
    let seen = world.channel(VIC, channel);
    assert!(seen.persons.is_empty() && seen.consents.is_empty());
    let [disclosure] = seen.disclosures.as_slice() else {
        panic!("one")
    };
    assert_eq!(
        (disclosure.text.as_str(), disclosure.rejected.len()),
        ("verslag", 0)
    );
    let note = disclosure.unjudged.as_ref().unwrap();
    assert!(note.nl.contains("niet beoordelen") && note.en.contains("cannot judge"));
    let entry = world.timeline(VIC, channel).entries.pop().unwrap();
    assert!(entry.rejected.is_empty() && entry.unjudged.is_some());

    let judged = world.channel(VERA, channel).disclosures.remove(0);
    assert!(judged.rejected.is_empty() && judged.unjudged.is_none());
    // The newcomer's own disclosure rests on what the newcomer knows.
    let own = world.ask(VIC, share(channel, "van Vic", Some(record)));
    assert!(matches!(own, Err(Refusal::Rules { .. })));
    // And after a restart it is as before.
    let before = world.channel(VIC, channel);
    world.crash(VIC);
    assert_eq!(world.channel(VIC, channel), before);
}

#[test]
fn a_crash_while_something_is_shared_accounts_for_it_once() {
    for steps in 1..7 {
        let mut world = World::new();
        let (channel, record) = consented(&mut world);
        world.client(ANNA).steps_left = Some(steps);
        world.intent(ANNA, share(channel, "verslag", Some(record)));
        world.settle();
        world.crash(ANNA);
        world.online(ANNA);
        assert_eq!(
            world.channel(VERA, channel).disclosures.len(),
            1,
            "after {steps} steps"
        );
        assert_eq!(
            world.channel(ANNA, channel).disclosures.len(),
            1,
            "after {steps} steps"
        );
        assert_eq!(
            register(&world, FG_VT).records.len(),
            2,
            "after {steps} steps"
        );
        assert_eq!(world.home(ANNA).waiting, 0);
    }
}

#[test]
fn a_household_reads_the_same_after_a_restart() {
    let mut world = World::new();
    let (channel, record) = consented(&mut world);
    world.must(ANNA, share(channel, "verslag", Some(record)));
    world.must(ANNA, withdraw(channel, record));
    for n in 0..70 {
        world.must(VERA, message(channel, &n.to_string()));
    }
    let before = world.channel(VERA, channel);
    world.crash(VERA);
    assert_eq!(world.channel(VERA, channel), before);
    world.online(VERA);
    assert_eq!(world.channel(VERA, channel), before);
}
