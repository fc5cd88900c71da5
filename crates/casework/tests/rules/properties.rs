//! What holds for every course of events.

use beraad_casework::{
    Body, Context, Event, Household, Outcome,
    codes::{AgendaSection, Category, ConsentAnswer, GiverCapacity, Purpose},
    disclosure::evaluate,
    model::{AgendaContent, AgendaDraft, ConsentRecord},
};
use beraad_protocol::{EventId, PersonId, UserId, vocabulary::Framework};
use proptest::prelude::*;

use crate::world::{
    ANNA, CONFERENCE, DAY, KARIM, LENA, NOOR, NOW, VERA, VT, World, account_on_consent, adult,
    anna, answer, context, event, item_id, noor, noors_consent, on_consent, own_consent, record_id,
    shared, vera, withdrawn,
};

const PERSONS: [PersonId; 3] = [NOOR, LENA, KARIM];

fn person() -> impl Strategy<Value = PersonId> {
    prop::sample::select(PERSONS.to_vec())
}

fn consent(id: u8, subject: PersonId) -> ConsentRecord {
    if subject == NOOR {
        noors_consent(id)
    } else {
        own_consent(id, subject)
    }
}

/// Consents of every sort, good and bad, under few ids so that they meet.
fn any_consent() -> impl Strategy<Value = ConsentRecord> {
    let answers = prop::sample::select(ConsentAnswer::ALL.to_vec());
    (
        1..5_u8,
        person(),
        answers,
        any::<bool>(),
        any::<bool>(),
        -2..3_i64,
    )
        .prop_map(|(id, subject, said, pressed, joint, days)| {
            let mut record = consent(id, subject);
            record.answers[0].answer = said;
            record.under_pressure = pressed;
            if joint && subject != NOOR {
                record
                    .answers
                    .push(answer(KARIM, GiverCapacity::Mentor, ConsentAnswer::Given));
            }
            record.valid_until = NOW.plus_millis(days * DAY);
            record
        })
}

fn any_body() -> impl Strategy<Value = Body> {
    let share = (10..16_u8, person(), 1..5_u8).prop_map(|(id, subject, consent)| {
        shared(&account_on_consent(
            id,
            vec![on_consent(subject, VT, consent)],
        ))
    });
    let put = (
        10..16_u8,
        0..4_u32,
        0..13_u8,
        prop::collection::vec(0..40_u64, 0..2),
    )
        .prop_map(|(item, base, value, settles)| Body::AgendaItemPut {
            item: item_id(item),
            conference: CONFERENCE,
            base,
            settles: settles.into_iter().map(event_id).collect(),
            draft: AgendaDraft {
                section: AgendaSection::Scale,
                content: AgendaContent::Scale {
                    rater: String::new(),
                    value,
                    on: crate::world::date("2026-11-22"),
                    why: String::new(),
                },
            },
        });
    prop_oneof![
        any_consent().prop_map(|consent| Body::ConsentRecorded { consent }),
        (20..26_u8, 1..5_u8, person()).prop_map(|(id, consent, by)| withdrawn(id, consent, by)),
        share,
        put,
        (10..16_u8, 0..4_u32).prop_map(|(item, base)| Body::AgendaItemRemoved {
            item: item_id(item),
            base
        }),
        (0..4_u32, "[a-z]{0,3}").prop_map(|(base, name)| Body::PersonPut {
            base,
            person: adult(LENA, &name, "moeder"),
        }),
        "[a-z]{0,3}".prop_map(|text| Body::MessagePosted { text }),
        "[a-z]{0,3}".prop_map(|name| Body::HouseholdNamed { name }),
    ]
}

fn event_id(n: u64) -> EventId {
    event(
        n,
        Body::MessagePosted {
            text: String::new(),
        },
    )
    .id
}

/// A channel: now and then the same event again, a sender outside, or a sender who saw little.
fn any_course() -> impl Strategy<Value = Vec<(Context, Event)>> {
    let step = (any_body(), 4..40_u64, 0..40_u64, 0..10_u8);
    prop::collection::vec(step, 0..30).prop_map(|steps| {
        let mut course = Vec::new();
        for (n, (body, id, seen, who)) in (4_u64..).zip(steps) {
            let sender = if who < 6 { anna() } else { vera() };
            let mut ctx = context(n, NOW, &sender);
            if who == 9 {
                ctx.sender.user = UserId::from_bytes([99; 16]);
            }
            course.push((
                ctx,
                Event {
                    seen,
                    ..event(id, body)
                },
            ));
        }
        course
    })
}

fn fold(household: &mut Household, course: &[(Context, Event)]) -> Vec<Outcome> {
    course
        .iter()
        .map(|(ctx, event)| household.apply(ctx, event))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_rejected_event_leaves_the_household_as_it_was(course in any_course()) {
        let mut household = World::two().household;
        for (ctx, event) in &course {
            let before = household.clone();
            let mut blocks = household.check(ctx, event);
            let doubts = household.doubts(ctx, event);
            blocks.retain(|block| !doubts.contains(block));
            match household.apply(ctx, event) {
                Outcome::Applied => prop_assert!(blocks.is_empty()),
                Outcome::Unjudged => prop_assert!(false, "who was there from the start judges all"),
                Outcome::Rejected(why) => {
                    prop_assert_eq!(&why, &blocks, "checking and applying agree");
                    prop_assert!(!why.is_empty());
                    prop_assert_eq!(&household, &before);
                }
            }
        }
    }

    #[test]
    fn folding_in_batches_with_snapshots_between_changes_nothing(
        course in any_course(),
        cut in 0..30_usize,
    ) {
        let start = World::two().household;
        let mut whole = start.clone();
        let outcomes = fold(&mut whole, &course);

        let (first, second) = course.split_at(cut.min(course.len()));
        let mut early = start;
        let mut batched = fold(&mut early, first);
        let snapshot = beraad_protocol::to_cbor(&early);
        let mut late: Household = beraad_protocol::from_cbor(&snapshot).unwrap();
        prop_assert_eq!(&late, &early);
        batched.extend(fold(&mut late, second));
        prop_assert_eq!(late, whole);
        prop_assert_eq!(batched, outcomes);
    }

    #[test]
    fn withdrawn_consent_never_makes_a_later_disclosure_valid(
        before in any_course(),
        after in any_course(),
        subject in person(),
        days in 0..400_i64,
    ) {
        let mut world = World::two();
        fold(&mut world.household, &before);
        let id = 90;
        let mut record = consent(id, subject);
        record.categories = Category::ALL.to_vec();
        record.purposes = Purpose::ALL.to_vec();
        let ctx = context(100, NOW, &anna());
        prop_assert_eq!(
            world.household.apply(&ctx, &event(100, Body::ConsentRecorded { consent: record })),
            Outcome::Applied
        );
        world.household.apply(&ctx, &event(101, withdrawn(91, id, subject)));
        fold(&mut world.household, &after);
        let account = account_on_consent(92, vec![on_consent(subject, VT, id)]);
        let later = NOW.plus_millis(days * DAY);
        let anna = world.discloser(ANNA);
        prop_assert!(!evaluate(&world.household, &anna, &account, later).is_empty());
    }

    #[test]
    fn consent_of_one_never_makes_anothers_line_valid(
        of in person(),
        about in person(),
        others in prop::collection::vec(any_consent(), 0..4),
    ) {
        prop_assume!(of != about);
        let mut world = World::two();
        for other in others {
            // Whatever else was recorded is about somebody else as well.
            if other.subject != about {
                world.say(ANNA, Body::ConsentRecorded { consent: other });
            }
        }
        let mut record = consent(90, of);
        record.answers.clear();
        for person in PERSONS {
            let capacity = if person == of { GiverCapacity::Zelf } else { GiverCapacity::Gezag };
            record.answers.push(answer(person, capacity, ConsentAnswer::Given));
        }
        world.record_consent(record);
        for id in (1..5).chain([90]) {
            let account = account_on_consent(92, vec![on_consent(about, VT, id)]);
            prop_assert!(!world.verdict(ANNA, &account).is_empty());
        }
    }
}

#[test]
fn the_courses_hold_good_events_too() {
    // The properties would hold for an empty reason if nothing in a course were ever applied.
    let mut world = World::in_frame(Framework::OwnLaws, vec![anna(), vera()]);
    world.record_consent(consent(1, LENA));
    world.must(
        ANNA,
        shared(&account_on_consent(10, vec![on_consent(LENA, VT, 1)])),
    );
    world.must(
        VERA,
        Body::PersonPut {
            base: 1,
            person: noor(),
        },
    );
    assert!(world.household.disclosure(record_id(10)).is_some());
}
