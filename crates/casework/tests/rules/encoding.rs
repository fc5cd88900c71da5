//! Events as bytes: the description in CDDL, newer events, bounds.

use beraad_casework::{
    Body, Decoded, Event, EventDecodeError, Household,
    codes::{
        ActionStatus, AgendaSection, Art10, ConsentMethod, GiverCapacity, Provision,
        ReasonNotToInform, Secrecy,
    },
    encoding::EVENT_VERSION,
    labels,
    model::{AgendaContent, AgendaDraft, Inform},
};
use beraad_protocol::{limits, to_cbor, vocabulary::ActingCapacity};
use ciborium::Value;

use crate::world::{
    ANNA, CONFERENCE, LENA, NOOR, VERA, VT, World, account, adult, date, event, item_id, noor,
    noors_consent, on_consent, on_provision, record_id, shared, withdrawn,
};

const CDDL: &str = include_str!("../../cddl/events.cddl");

fn text(text: &str) -> String {
    text.to_owned()
}

fn contents() -> Vec<AgendaContent> {
    vec![
        AgendaContent::Topic {
            title: text("School"),
            notes: text("gaat goed"),
        },
        AgendaContent::DangerStatement {
            who_worries: text("juf"),
            danger: text("slaan"),
            impact: text("bang"),
            disputed: text("vader ziet het anders"),
        },
        AgendaContent::SafetyGoal {
            goal: text("rust"),
            how_long: text("een half jaar"),
        },
        AgendaContent::Agreement {
            who: text("oma"),
            what: text("haalt op"),
            when: text("na school"),
            if_then: text("belt"),
            checked_by: text("juf"),
        },
        AgendaContent::Scale {
            rater: text("Lena"),
            value: 4,
            on: date("2026-11-22"),
            why: text("rustiger"),
        },
        AgendaContent::Action {
            text: text("bellen"),
            owner: VERA,
            deadline: date("2026-12-01"),
            status: ActionStatus::NotDone,
        },
    ]
}

/// Every kind of event, with every field and every variant inside it at least once.
fn examples() -> Vec<Body> {
    let mut bodies = vec![
        Body::HouseholdNamed {
            name: text("Gezin B."),
        },
        Body::MessagePosted { text: text("Dag") },
        Body::PersonPut {
            base: 0,
            person: noor(),
        },
        Body::PersonPut {
            base: 1,
            person: adult(LENA, "Lena", ""),
        },
        Body::AgendaItemRemoved {
            item: item_id(40),
            base: 2,
        },
        Body::ConsentRecorded {
            consent: noors_consent(1),
        },
        withdrawn(2, 1, LENA),
    ];
    for content in contents() {
        bodies.push(Body::AgendaItemPut {
            item: item_id(40),
            conference: CONFERENCE,
            base: 3,
            settles: vec![event(9, Body::MessagePosted { text: text("x") }).id],
            draft: AgendaDraft {
                section: AgendaSection::SafetyPlan,
                content,
            },
        });
    }
    let mut outside = on_provision(NOOR, VT, Provision::Bw7457, Secrecy::ConflictVanPlichten);
    outside.recipient = None;
    outside.art10 = Some(Art10::Uavg32);
    let lines = vec![on_consent(NOOR, VT, 1), outside];
    let mut record = account(50, ActingCapacity::GgzBehandelaar, lines);
    record.consulted = Some(ANNA);
    record.corrects = Some(record_id(49));
    for inform in [
        Inform::Known,
        Inform::Due {
            by: date("2026-12-01"),
        },
        Inform::Done {
            on: date("2026-11-20"),
        },
        Inform::Omitted {
            reason: ReasonNotToInform::GevaarKind,
        },
    ] {
        record.inform = inform;
        bodies.push(shared(&record));
    }
    bodies
}

#[test]
fn every_event_is_as_the_description_says_and_comes_back_the_same() {
    let bodies = examples();
    for kind in Body::KINDS {
        assert!(
            bodies.iter().any(|body| body.kind() == *kind),
            "there is an example of {kind}"
        );
    }
    for (n, body) in (1..).zip(bodies) {
        let event = event(n, body);
        let bytes = event.to_cbor();
        cddl_cat::validate_cbor_bytes("event", CDDL, &bytes)
            .unwrap_or_else(|error| panic!("{}: {error}", event.body.kind()));
        assert_eq!(
            Event::from_cbor(&bytes),
            Ok(Decoded::Event(Box::new(event)))
        );
    }
}

#[test]
fn the_description_refuses_what_is_no_event() {
    let event = event(1, Body::MessagePosted { text: text("Dag") });
    let Ok(Value::Map(mut fields)) = Value::serialized(&event) else {
        panic!("a map")
    };
    fields.retain(|(name, _)| name.as_text() != Some("history"));
    let bytes = to_cbor(&Value::Map(fields));
    assert!(cddl_cat::validate_cbor_bytes("event", CDDL, &bytes).is_err());
}

#[test]
fn the_description_lists_every_code() {
    let described = [
        "acting_capacity",
        "action_status",
        "agenda_section",
        "art10",
        "art6",
        "art9",
        "category",
        "confidentiality",
        "consent_answer",
        "consent_function",
        "consent_method",
        "decision_capacity",
        "giver_capacity",
        "mechanism",
        "provision",
        "purpose",
        "reason_not_to_inform",
        "recipient_type",
        "secrecy",
    ];
    for list in described {
        let rule = list.replace('_', "-");
        for code in labels().0[list].keys() {
            cddl_cat::validate_cbor_bytes(&rule, CDDL, &to_cbor(code))
                .unwrap_or_else(|error| panic!("{rule} {code}: {error}"));
        }
        assert!(cddl_cat::validate_cbor_bytes(&rule, CDDL, &to_cbor(&"NIET_IN_DE_LIJST")).is_err());
    }
}

#[test]
fn an_event_of_a_newer_engine_is_named_and_kept() {
    let rename = |v: u16, body: Value| {
        let event = event(1, Body::MessagePosted { text: text("Dag") });
        let Ok(Value::Map(mut fields)) = Value::serialized(&event) else {
            panic!("a map")
        };
        for (name, value) in &mut fields {
            match name.as_text() {
                Some("v") => *value = v.into(),
                Some("body") => value.clone_from(&body),
                _ => {}
            }
        }
        Event::from_cbor(&to_cbor(&Value::Map(fields)))
    };
    let newer = |v, kind: &str| {
        Ok(Decoded::Newer {
            v,
            kind: text(kind),
        })
    };
    let map = |kind: &str| Value::Map(vec![(text(kind).into(), Value::Map(Vec::new()))]);
    assert_eq!(rename(1, map("plan_adopted")), newer(1, "plan_adopted"));
    assert_eq!(
        rename(1, text("channel_closed").into()),
        newer(1, "channel_closed")
    );
    assert_eq!(
        rename(2, map("message_posted")),
        newer(2, "message_posted"),
        "of another shape"
    );
    let same = Value::Map(vec![(
        text("message_posted").into(),
        Value::Map(vec![(text("text").into(), text("Dag").into())]),
    )]);
    assert_eq!(rename(2, same.clone()), newer(2, "message_posted"));
    assert!(matches!(
        rename(EVENT_VERSION, same.clone()),
        Ok(Decoded::Event(_))
    ));
    assert!(matches!(
        rename(0, same),
        Err(EventDecodeError::Malformed(_))
    ));
    assert!(matches!(
        rename(1, map("message_posted")),
        Err(EventDecodeError::Malformed(_))
    ));
    assert!(matches!(
        rename(1, map("<script>")),
        Err(EventDecodeError::Malformed(_))
    ));
    assert!(matches!(
        rename(9, map(&"k".repeat(65))),
        Err(EventDecodeError::Malformed(_))
    ));
}

#[test]
fn bytes_that_are_no_event_are_an_error_and_no_more() {
    let good = event(
        1,
        Body::PersonPut {
            base: 0,
            person: noor(),
        },
    )
    .to_cbor();
    for end in 0..good.len() {
        assert!(Event::from_cbor(&good[..end]).is_err(), "cut at {end}");
    }
    let mut trailing = good.clone();
    trailing.push(0);
    assert!(Event::from_cbor(&trailing).is_err());
    let too_long = vec![0; limits::MAX_MESSAGE + 1];
    assert_eq!(
        Event::from_cbor(&too_long),
        Err(EventDecodeError::TooLong(limits::MAX_MESSAGE + 1))
    );
    assert!(
        Event::from_cbor(&[0x9f; 4096]).is_err(),
        "nested without end"
    );
    for at in 0..good.len() {
        let mut bent = good.clone();
        bent[at] ^= 0x55;
        let _ = Event::from_cbor(&bent);
    }
}

#[test]
fn the_largest_event_within_bounds_fits_in_a_message() {
    let mut world = World::two();
    world.record_consent(noors_consent(1));
    let mut record = account(
        50,
        ActingCapacity::GgzBehandelaar,
        vec![on_consent(NOOR, VT, 1); 200],
    );
    for line in &mut record.lines {
        line.categories = beraad_casework::codes::Category::ALL.to_vec();
    }
    let long = "\u{10348}".repeat(5_000);
    record.motivation.clone_from(&long);
    record.necessity.clone_from(&long);
    record.proportionality.clone_from(&long);
    record.subsidiarity.clone_from(&long);
    record.description = long;
    let body = Body::InformationShared {
        item: item_id(50),
        text: "\u{10348}".repeat(20_000),
        disclosure: record,
    };
    let event = event(99, body);
    let ctx = crate::world::context(99, world.now, &crate::world::anna());
    let blocks = world.household.check(&ctx, &event);
    assert!(
        blocks.iter().all(|block| block.rule != 0),
        "nothing is too long"
    );
    assert!(event.to_cbor().len() <= limits::MAX_MESSAGE);
}

#[test]
fn a_household_comes_back_from_a_snapshot_in_cbor_and_json() {
    let mut world = World::two();
    world.record_consent(noors_consent(1));
    world.must(
        ANNA,
        shared(&crate::world::account_on_consent(
            50,
            vec![on_consent(NOOR, VT, 1)],
        )),
    );
    for (n, content) in (60..).zip(contents()) {
        let draft = AgendaDraft {
            section: AgendaSection::Scale,
            content,
        };
        let (item, conference) = (item_id(n), CONFERENCE);
        let put = Body::AgendaItemPut {
            item,
            conference,
            base: 0,
            settles: Vec::new(),
            draft,
        };
        world.must(ANNA, put);
    }
    let cbor = to_cbor(&world.household);
    assert_eq!(
        beraad_protocol::from_cbor::<Household>(&cbor).as_ref(),
        Ok(&world.household)
    );
    let json = serde_json::to_string(&world.household).unwrap();
    assert_eq!(
        serde_json::from_str::<Household>(&json).unwrap(),
        world.household
    );
    assert_eq!(GiverCapacity::Zelf.code(), "SELF");
    assert_eq!(ConsentMethod::Oral.code(), "oral");
}
