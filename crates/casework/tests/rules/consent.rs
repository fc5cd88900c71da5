//! Rules 14 to 20.

use beraad_casework::{
    BlockCode, Body, WayOutCode,
    codes::{Category, ConsentAnswer, ConsentFunction, DecisionCapacity, GiverCapacity, Purpose},
    consent::{
        Asked, ConsentState, RequiredGiver, covers, default_expiry, problems, required_givers,
        state,
    },
    model::{ConsentRecord, Person},
    time::local_date,
};
use beraad_protocol::{PersonId, Timestamp};

use crate::world::{
    ANNA, DAY, GI, KARIM, LENA, MINUTE, NOOR, NOW, POLITIE, VT, World, adult, answer, codes, date,
    holder, noor, noors_consent, own_consent, record_id, withdrawn,
};

fn asked() -> Asked {
    Asked {
        subject: NOOR,
        category: Category::Psychisch,
        recipient: Some(VT),
        purpose: Purpose::Veiligheidsplan,
        moment: NOW,
        function: ConsentFunction::GdprBasis,
    }
}

/// Why consent that was recorded like this does not cover what is asked.
fn why(consent: ConsentRecord, asked: Asked) -> Vec<BlockCode> {
    let mut world = World::two();
    let id = consent.id;
    world.record_consent(consent);
    codes(&problems(&world.household, id, &asked))
}

fn state_of(consent: ConsentRecord, moment: Timestamp) -> ConsentState {
    let mut world = World::two();
    let id = consent.id;
    world.record_consent(consent);
    state(
        &world.household,
        world.household.consent(id).unwrap(),
        moment,
    )
}

/// Who has to answer for somebody born on `born`, today; `None` where that has to be found out.
fn givers(person: &Person, moment: Timestamp) -> Result<Vec<PersonId>, BlockCode> {
    required_givers(person, moment)
        .map(|givers| givers.into_iter().map(|giver| giver.person).collect())
        .map_err(|block| block.code)
}

#[test]
fn consent_covers_exactly_what_it_names() {
    let full = noors_consent(1);
    assert_eq!(why(full.clone(), asked()), []);
    let school = Asked {
        category: Category::School,
        ..asked()
    };
    assert_eq!(
        why(full.clone(), school),
        [BlockCode::ConsentNotForCategory]
    );
    let police = Asked {
        recipient: Some(POLITIE),
        ..asked()
    };
    assert_eq!(
        why(full.clone(), police),
        [BlockCode::ConsentNotForRecipient]
    );
    let outside = Asked {
        recipient: None,
        ..asked()
    };
    assert_eq!(
        why(full.clone(), outside),
        [BlockCode::ConsentNotForRecipient]
    );
    let audit = Asked {
        purpose: Purpose::Audit,
        ..asked()
    };
    assert_eq!(why(full.clone(), audit), [BlockCode::ConsentNotForPurpose]);
    let of_lena = Asked {
        subject: LENA,
        ..asked()
    };
    assert_eq!(why(full, of_lena), [BlockCode::ConsentOfAnother]);
}

#[test]
fn consent_for_secrecy_is_no_privacy_basis_and_the_other_way_round() {
    let secrecy = ConsentRecord {
        function: ConsentFunction::LiftSecrecy,
        ..noors_consent(1)
    };
    assert_eq!(
        why(secrecy.clone(), asked()),
        [BlockCode::ConsentNotForFunction]
    );
    let lift = Asked {
        function: ConsentFunction::LiftSecrecy,
        ..asked()
    };
    assert_eq!(why(secrecy.clone(), lift), []);
    let both = Asked {
        function: ConsentFunction::Both,
        ..asked()
    };
    assert_eq!(why(secrecy, both), [BlockCode::ConsentNotForFunction]);
    let basis = ConsentRecord {
        function: ConsentFunction::GdprBasis,
        ..noors_consent(1)
    };
    assert_eq!(why(basis, lift), [BlockCode::ConsentNotForFunction]);
}

#[test]
fn consent_holds_from_its_start_until_its_end() {
    let later = |millis| Asked {
        moment: NOW.plus_millis(millis),
        ..asked()
    };
    assert_eq!(
        why(noors_consent(1), later(-DAY)),
        [BlockCode::ConsentNotYet]
    );
    assert_eq!(
        why(noors_consent(1), later(-MINUTE)),
        [],
        "clocks differ a little"
    );
    let short = ConsentRecord {
        valid_until: NOW.plus_millis(DAY),
        ..noors_consent(1)
    };
    assert_eq!(why(short.clone(), later(DAY - 1)), []);
    assert_eq!(why(short, later(DAY)), [BlockCode::ConsentExpired]);
}

#[test]
fn consent_lasts_twelve_months_by_default_to_the_day_in_the_households_zone() {
    let expiry = default_expiry(NOW);
    assert_eq!(local_date(expiry).to_string(), "2027-11-22");
    assert_eq!(default_expiry(Timestamp(i64::MAX)), Timestamp(i64::MAX));
}

#[test]
fn one_holder_who_refuses_or_cannot_be_asked_makes_it_invalid() {
    for (said, code, expected) in [
        (
            ConsentAnswer::Refused,
            BlockCode::ConsentRefused,
            ConsentState::Refused,
        ),
        (
            ConsentAnswer::UnsafeToAsk,
            BlockCode::ConsentUnsafeToAsk,
            ConsentState::UnsafeToAsk,
        ),
    ] {
        let mut consent = noors_consent(1);
        consent.answers[1].answer = said;
        assert_eq!(why(consent.clone(), asked()), [code]);
        assert_eq!(state_of(consent, NOW), expected);
    }
}

#[test]
fn a_required_giver_who_did_not_answer_is_named() {
    let mut world = World::two();
    let mut consent = noors_consent(1);
    consent.answers.pop();
    world.record_consent(consent);
    let block = covers(&world.household, record_id(1), &asked()).unwrap_err();
    assert_eq!(block.code, BlockCode::ConsentAnswerMissing);
    assert_eq!(block.nl, "De toestemming van vader (Karim) ontbreekt.");
    assert_eq!(block.en, "The consent of vader (Karim) is missing.");
    assert_eq!(block.subject, Some(NOOR));
    let entry = world.household.consent(record_id(1)).unwrap();
    assert_eq!(
        state(&world.household, entry, NOW),
        ConsentState::Incomplete
    );
}

#[test]
fn pressure_makes_it_invalid_as_a_privacy_basis_only() {
    let lift = Asked {
        function: ConsentFunction::LiftSecrecy,
        ..asked()
    };
    for pressed in [
        ConsentRecord {
            under_pressure: true,
            ..noors_consent(1)
        },
        ConsentRecord {
            freely_given: false,
            ..noors_consent(1)
        },
    ] {
        assert_eq!(why(pressed.clone(), asked()), [BlockCode::ConsentNotFree]);
        assert_eq!(why(pressed.clone(), lift), []);
        assert_eq!(state_of(pressed.clone(), NOW), ConsentState::SecrecyOnly);
        let basis = ConsentRecord {
            function: ConsentFunction::GdprBasis,
            ..pressed
        };
        assert_eq!(state_of(basis, NOW), ConsentState::Invalid);
    }
}

#[test]
fn a_withdrawn_consent_does_not_hold_from_there_on() {
    let mut world = World::two();
    world.record_consent(noors_consent(1));
    assert_eq!(covers(&world.household, record_id(1), &asked()), Ok(()));
    world.must(ANNA, withdrawn(2, 1, KARIM));
    let block = covers(&world.household, record_id(1), &asked()).unwrap_err();
    assert_eq!((block.rule, block.code), (14, BlockCode::ConsentWithdrawn));
    let entry = world.household.consent(record_id(1)).unwrap();
    assert_eq!(state(&world.household, entry, NOW), ConsentState::Withdrawn);
    // A second professional hears the same: kept, and the first one counts.
    world.must(ANNA, withdrawn(3, 1, LENA));
    let entry = world.household.consent(record_id(1)).unwrap();
    assert_eq!(entry.withdrawals[0].record.by, KARIM);
}

#[test]
fn only_those_it_concerns_can_withdraw() {
    let mut world = World::two();
    world.record_consent(own_consent(1, LENA));
    assert_eq!(
        world.refused(ANNA, withdrawn(2, 1, KARIM)),
        [BlockCode::MayNotWithdraw]
    );
    assert_eq!(
        world.refused(ANNA, withdrawn(2, 9, LENA)),
        [BlockCode::UnknownRecord]
    );
    world.must(ANNA, withdrawn(2, 1, LENA));
}

#[test]
fn who_has_to_answer_follows_the_age_on_the_day_in_amsterdam() {
    let child = |born| Person {
        date_of_birth: Some(date(born)),
        ..noor()
    };
    assert_eq!(
        givers(&child("2014-11-23"), NOW),
        Ok(vec![LENA, KARIM]),
        "11, twelve tomorrow"
    );
    assert_eq!(
        givers(&child("2014-11-22"), NOW),
        Ok(vec![NOOR, LENA, KARIM]),
        "12 today"
    );
    assert_eq!(
        givers(&child("2010-11-23"), NOW),
        Ok(vec![NOOR, LENA, KARIM]),
        "15"
    );
    assert_eq!(
        givers(&child("2010-11-22"), NOW),
        Ok(vec![NOOR]),
        "16 today"
    );

    // 23:30 UTC is the next day in Amsterdam, in winter and in summer time.
    let eve = Timestamp(NOW.0 - 9 * 60 * MINUTE - 30 * MINUTE);
    assert_eq!(local_date(eve).to_string(), "2026-11-22");
    assert_eq!(
        givers(&child("2014-11-22"), eve),
        Ok(vec![NOOR, LENA, KARIM])
    );
    assert_eq!(
        givers(&child("2014-11-22"), eve.plus_millis(-60 * MINUTE)),
        Ok(vec![LENA, KARIM])
    );

    // Born on 29 February: a year older on 1 March in years without that day.
    let leap = Person {
        date_of_birth: Some(date("2012-02-29")),
        ..noor()
    };
    let on = |text: &str| {
        let noon = date(text).inner().at(12, 0, 0, 0).in_tz("UTC").unwrap();
        Timestamp(noon.timestamp().as_millisecond())
    };
    assert_eq!(givers(&leap, on("2028-02-28")), Ok(vec![NOOR, LENA, KARIM]));
    assert_eq!(givers(&leap, on("2028-02-29")), Ok(vec![NOOR]));
}

#[test]
fn who_cannot_decide_is_represented() {
    let incapable = Person {
        capacity: DecisionCapacity::Incapable,
        represented_by: vec![holder(KARIM, GiverCapacity::Mentor)],
        ..adult(LENA, "Lena", "moeder")
    };
    let mentor = RequiredGiver {
        person: KARIM,
        capacity: GiverCapacity::Mentor,
    };
    assert_eq!(required_givers(&incapable, NOW), Ok(vec![mentor]));
    let alone = Person {
        represented_by: Vec::new(),
        ..incapable
    };
    let block = required_givers(&alone, NOW).unwrap_err();
    assert_eq!(block.code, BlockCode::AuthorityUnknown);
    assert_eq!(block.ways_out[0].code, WayOutCode::RecordAuthority);
    let unassessed = Person {
        capacity: DecisionCapacity::Unassessed,
        ..alone
    };
    assert_eq!(
        givers(&unassessed, NOW),
        Ok(vec![LENA]),
        "nobody is incapable unassessed"
    );
}

#[test]
fn without_a_date_of_birth_the_safe_side_is_taken() {
    let unknown = Person {
        date_of_birth: None,
        ..noor()
    };
    assert_eq!(givers(&unknown, NOW), Ok(vec![NOOR, LENA, KARIM]));
    let alone = Person {
        represented_by: Vec::new(),
        ..unknown
    };
    let block = required_givers(&alone, NOW).unwrap_err();
    assert_eq!(block.code, BlockCode::DateOfBirthUnknown);
    assert_eq!(block.ways_out[0].code, WayOutCode::FillInDateOfBirth);
}

#[test]
fn parental_authority_is_checked_at_its_source_and_not_too_long_ago() {
    let check = |source: &str, checked_on: &str| {
        let mut world = World::two();
        let mut noor = noor();
        noor.represented_by[1].source = source.to_owned();
        noor.represented_by[1].checked_on = date(checked_on);
        world.put_person(1, noor);
        world.record_consent(noors_consent(1));
        codes(&problems(&world.household, record_id(1), &asked()))
    };
    assert_eq!(check("gezagsregister", "2026-05-22"), []);
    assert_eq!(
        check("gezagsregister", "2026-05-21"),
        [BlockCode::AuthorityStale]
    );
    assert_eq!(check(" ", "2026-11-01"), [BlockCode::AuthorityUnsourced]);
}

#[test]
fn a_birthday_changes_whose_answer_is_needed() {
    let mut world = World::two();
    world.put_person(
        1,
        Person {
            date_of_birth: Some(date("2014-11-23")),
            ..noor()
        },
    );
    world.record_consent(noors_consent(1));
    assert_eq!(covers(&world.household, record_id(1), &asked()), Ok(()));
    let tomorrow = Asked {
        moment: NOW.plus_millis(DAY),
        ..asked()
    };
    let block = covers(&world.household, record_id(1), &tomorrow).unwrap_err();
    assert_eq!(block.nl, "De toestemming van dochter (Noor) ontbreekt.");
}

#[test]
fn consent_that_cannot_be_is_refused() {
    let mut world = World::two();
    let mut refused = |change: &dyn Fn(&mut ConsentRecord)| {
        let mut consent = noors_consent(1);
        change(&mut consent);
        world.refused(ANNA, Body::ConsentRecorded { consent })
    };
    assert_eq!(
        refused(&|c| c.valid_until = c.valid_from),
        [BlockCode::EndsBeforeStart]
    );
    assert_eq!(refused(&|c| c.answers.clear()), [BlockCode::Missing]);
    assert_eq!(refused(&|c| c.categories.clear()), [BlockCode::Missing]);
    assert_eq!(refused(&|c| c.recipients.clear()), [BlockCode::Missing]);
    let stranger = PersonId::from_bytes([99; 16]);
    assert_eq!(
        refused(&|c| c.answers[0].person = stranger),
        [BlockCode::UnknownPerson]
    );
    let twice = answer(LENA, GiverCapacity::Gezag, ConsentAnswer::Refused);
    assert_eq!(
        refused(&|c| c.answers.push(twice.clone())),
        [BlockCode::ImpossibleAnswer]
    );
    let for_noor = answer(LENA, GiverCapacity::Zelf, ConsentAnswer::Given);
    assert_eq!(
        refused(&|c| c.answers.push(for_noor.clone())),
        [BlockCode::ImpossibleAnswer]
    );
    assert_eq!(
        refused(&|c| c.recipients = vec![GI; 101]),
        [BlockCode::TooLong]
    );
    assert_eq!(
        refused(&|c| c.notice = "x".repeat(5_001)),
        [BlockCode::TooLong]
    );
    assert_eq!(refused(&|_| {}), []);
}
