//! Input that cannot be is refused with the rule and a way out.

use beraad_casework::{
    BlockCode, Body, Event, Household, Outcome,
    codes::{ActionStatus, AgendaSection, DecisionCapacity, GiverCapacity},
    model::{AgendaContent, AgendaDraft, Person},
};
use beraad_protocol::{
    PersonId,
    vocabulary::{ActingCapacity, Framework, OrganisationType},
};

use crate::world::{
    ANNA, CONFERENCE, GIJS, LENA, LOTTE, NOOR, NOW, VERA, VT, World, account, adult, anna, context,
    date, event, holder, item_id, member, noor, noors_consent, on_provision, shared, vera,
    withdrawn,
};

fn message(text: &str) -> Body {
    Body::MessagePosted {
        text: text.to_owned(),
    }
}

fn item(content: AgendaContent) -> Body {
    Body::AgendaItemPut {
        item: item_id(40),
        conference: CONFERENCE,
        base: 0,
        settles: Vec::new(),
        draft: AgendaDraft {
            section: AgendaSection::Scale,
            content,
        },
    }
}

fn scale(value: u8) -> Body {
    item(AgendaContent::Scale {
        rater: "Lena".to_owned(),
        value,
        on: date("2026-11-22"),
        why: String::new(),
    })
}

#[test]
fn a_scale_runs_from_zero_to_ten() {
    let mut world = World::two();
    assert_eq!(world.refused(ANNA, scale(11)), [BlockCode::ScaleOutOfRange]);
    assert_eq!(world.refused(ANNA, scale(10)), []);
}

#[test]
fn somebody_outside_the_roster_changes_nothing() {
    let mut world = World::two();
    assert_eq!(
        world.refused(LOTTE, message("dag")),
        [BlockCode::NotAMember]
    );
    let elsewhere = member(ANNA, VT, OrganisationType::Vt, ActingCapacity::VtMelding);
    let ctx = context(9, NOW, &elsewhere);
    let outcome = world.household.apply(&ctx, &event(9, message("dag")));
    assert!(
        matches!(outcome, Outcome::Rejected(_)),
        "another organisation than the roster has"
    );
    world.household.roster(vec![vera()]);
    assert_eq!(
        world.refused(ANNA, message("dag")),
        [BlockCode::NotAMember],
        "removed"
    );
}

#[test]
fn an_id_is_used_once() {
    let mut world = World::two();
    let first = event(1, message("dag"));
    assert_eq!(
        world.fold(ANNA, &first),
        Outcome::Rejected(vec![duplicate(&world)])
    );
    world.record_consent(noors_consent(1));
    let consent = Body::ConsentRecorded {
        consent: noors_consent(1),
    };
    assert_eq!(world.refused(ANNA, consent), [BlockCode::DuplicateId]);
    assert_eq!(
        world.refused(ANNA, withdrawn(1, 1, LENA)),
        [BlockCode::DuplicateId]
    );
    world.must(ANNA, withdrawn(2, 1, LENA));
    let reused = Body::ConsentRecorded {
        consent: noors_consent(2),
    };
    assert_eq!(world.refused(ANNA, reused), [BlockCode::DuplicateId]);
    let again = Body::PersonPut {
        base: 0,
        person: noor(),
    };
    assert_eq!(world.refused(ANNA, again), [BlockCode::DuplicateId]);
    world.must(ANNA, scale(3));
    assert_eq!(world.refused(ANNA, scale(4)), [BlockCode::DuplicateId]);
    let lines = vec![on_provision(
        NOOR,
        VT,
        beraad_casework::codes::Provision::Wmo526,
        beraad_casework::codes::Secrecy::Recht,
    )];
    let record = account(40, ActingCapacity::GgzBehandelaar, lines);
    assert_eq!(
        world.refused(ANNA, shared(&record)),
        [BlockCode::DuplicateId]
    );
}

/// The block for an event the world has already.
fn duplicate(world: &World) -> beraad_casework::Block {
    let ctx = context(1, NOW, &anna());
    let blocks = world.household.check(&ctx, &event(1, message("dag")));
    assert_eq!(blocks[0].code, BlockCode::DuplicateId);
    blocks[0].clone()
}

#[test]
fn texts_have_an_end_and_a_beginning() {
    let mut world = World::two();
    assert_eq!(world.refused(ANNA, message(&"é".repeat(20_000))), []);
    assert_eq!(
        world.refused(ANNA, message(&"é".repeat(20_001))),
        [BlockCode::TooLong]
    );
    assert_eq!(world.refused(ANNA, message(" \n")), [BlockCode::Missing]);
    let name = |length| Body::HouseholdNamed {
        name: "n".repeat(length),
    };
    assert_eq!(world.refused(ANNA, name(201)), [BlockCode::TooLong]);
    assert_eq!(world.refused(ANNA, name(0)), [BlockCode::Missing]);
    let action = item(AgendaContent::Action {
        text: "x".repeat(20_001),
        owner: VERA,
        deadline: date("2026-12-01"),
        status: ActionStatus::Open,
    });
    assert_eq!(world.refused(ANNA, action), [BlockCode::TooLong]);
    let long = Event {
        history: vec![0; 33],
        ..event(90, message("dag"))
    };
    let Outcome::Rejected(blocks) = world.fold(ANNA, &long) else {
        panic!("a hash has an end")
    };
    assert_eq!(blocks[0].code, BlockCode::TooLong);
    let newer = Event {
        v: 2,
        ..event(91, message("dag"))
    };
    let Outcome::Rejected(blocks) = world.fold(ANNA, &newer) else {
        panic!("unknown shape")
    };
    assert_eq!(blocks[0].code, BlockCode::UnknownVersion);
}

#[test]
fn a_disclosure_has_at_most_two_hundred_lines() {
    let mut world = World::two();
    let line = on_provision(
        NOOR,
        VT,
        beraad_casework::codes::Provision::Wmo526,
        beraad_casework::codes::Secrecy::Recht,
    );
    let record = account(50, ActingCapacity::GgzBehandelaar, vec![line; 201]);
    assert_eq!(world.refused(ANNA, shared(&record)), [BlockCode::TooLong]);
}

#[test]
fn a_person_who_cannot_be_is_refused() {
    let mut world = World::two();
    let mut refused = |change: &dyn Fn(&mut Person)| {
        let mut person = adult(PersonId::from_bytes([60; 16]), "Ria", "oma");
        change(&mut person);
        world.refused(ANNA, Body::PersonPut { base: 0, person })
    };
    assert_eq!(refused(&|p| p.name.clear()), [BlockCode::Missing]);
    assert_eq!(
        refused(&|p| p.date_of_birth = Some(date("2027-01-01"))),
        [BlockCode::InFuture]
    );
    let by = |who, capacity| move |p: &mut Person| p.represented_by = vec![holder(who, capacity)];
    let ria = PersonId::from_bytes([60; 16]);
    let oneself = [BlockCode::ImpossibleRepresentation];
    assert_eq!(refused(&by(ria, GiverCapacity::Mentor)), oneself);
    assert_eq!(refused(&by(LENA, GiverCapacity::Zelf)), oneself);
    let stranger = PersonId::from_bytes([99; 16]);
    assert_eq!(
        refused(&by(stranger, GiverCapacity::Mentor)),
        [BlockCode::UnknownPerson]
    );
    assert_eq!(refused(&|p| p.capacity = DecisionCapacity::Incapable), []);
    let future = Body::PersonPut {
        base: 7,
        person: noor(),
    };
    assert_eq!(world.refused(ANNA, future), [BlockCode::UnknownBase]);
    let nobody = Body::PersonPut {
        base: 1,
        person: Person {
            id: stranger,
            ..noor()
        },
    };
    assert_eq!(world.refused(ANNA, nobody), [BlockCode::UnknownPerson]);
}

#[test]
fn moments_at_the_end_of_time_do_no_harm() {
    for at in [i64::MIN, -1, 0, i64::MAX] {
        let mut world = World::two();
        world.now = beraad_protocol::Timestamp(at);
        let mut consent = noors_consent(1);
        consent.valid_from = beraad_protocol::Timestamp(i64::MIN);
        consent.valid_until = beraad_protocol::Timestamp(i64::MAX);
        world.record_consent(consent);
        let mut record =
            crate::world::account_on_consent(50, vec![crate::world::on_consent(NOOR, VT, 1)]);
        record.at = beraad_protocol::Timestamp(i64::MIN);
        record.emergency = true;
        world.say(ANNA, shared(&record));
    }
}

#[test]
fn an_empty_household_refuses_what_it_does_not_know() {
    let mut household = Household::new(Framework::OwnLaws);
    let ctx = context(
        1,
        NOW,
        &member(GIJS, VT, OrganisationType::Vt, ActingCapacity::VtMelding),
    );
    assert!(matches!(
        household.apply(&ctx, &event(1, scale(3))),
        Outcome::Rejected(_)
    ));
    assert_eq!(household, Household::new(Framework::OwnLaws));
}
