//! The stories of the domain, as far as the rules of the work go.

use beraad_casework::{
    BlockCode, Body, Outcome,
    codes::{
        Category, ConsentAnswer, DecisionCapacity, GiverCapacity, Provision, RecipientType, Secrecy,
    },
    consent::{ConsentState, required_givers, state},
    disclosure::{Recipient, offered_provisions},
    model::{Inform, Person},
};
use beraad_protocol::vocabulary::{ActingCapacity, Framework};

use crate::world::{
    ANNA, GI, GIJS, KARIM, LENA, MINUTE, NOOR, NOW, VT, World, account, account_on_consent, adult,
    anna, answer, codes, date, gijs, holder, item_id, noors_consent, on_consent, on_provision,
    own_consent, record_id, shared, withdrawn,
};

#[test]
fn two_parents_and_one_refuses() {
    let mut world = World::two();
    let mut consent = noors_consent(1);
    consent.answers[1].answer = ConsentAnswer::Refused;
    world.record_consent(consent);
    let on_consent = account_on_consent(50, vec![on_consent(NOOR, VT, 1)]);
    let Outcome::Rejected(blocks) = world.say(ANNA, shared(&on_consent)) else {
        panic!("the father refused");
    };
    assert!(
        blocks
            .iter()
            .all(|block| block.code == BlockCode::ConsentRefused)
    );
    assert!(
        blocks[0]
            .nl
            .starts_with("De toestemming van vader (Karim) ontbreekt")
    );
    assert!(
        blocks[0]
            .en
            .starts_with("The consent of vader (Karim) is missing")
    );

    let line = on_provision(NOOR, VT, Provision::Wmo526, Secrecy::Recht);
    let on_right = account(51, ActingCapacity::GgzBehandelaar, vec![line]);
    world.must(ANNA, shared(&on_right));
    let entry = world.household.disclosure(record_id(51)).unwrap();
    assert_eq!(
        entry.record.inform,
        Inform::Due {
            by: date("2026-12-15")
        },
        "there to be done"
    );

    let school = Recipient {
        kind: RecipientType::School,
        capacities: Vec::new(),
    };
    let offered = offered_provisions(
        &world.discloser(ANNA),
        ActingCapacity::GgzBehandelaar,
        &school,
        Framework::OwnLaws,
    );
    assert!(
        offered
            .iter()
            .all(|provision| provision.code != Provision::Wmo526)
    );
    let mut to_school = on_right;
    to_school.id = record_id(52);
    to_school.items = vec![item_id(52)];
    let mut line = to_school.lines[0].clone();
    line.recipient = None;
    line.recipient_type = RecipientType::School;
    to_school.lines.push(line);
    assert_eq!(
        world.refused(ANNA, shared(&to_school)),
        [BlockCode::ProvisionNotForRecipient]
    );
}

#[test]
fn withdrawal_in_the_middle_of_the_meeting() {
    let mut world = World::two();
    world.record_consent(own_consent(1, LENA));
    let before = account_on_consent(50, vec![on_consent(LENA, VT, 1)]);
    world.must(ANNA, shared(&before));
    // The document was written and judged good before 10:20, and waits in the outbox.
    let queued = account_on_consent(51, vec![on_consent(LENA, VT, 1)]);
    assert_eq!(world.verdict(ANNA, &queued), []);
    world.now = NOW.plus_millis(20 * MINUTE);
    world.must(ANNA, withdrawn(2, 1, LENA));
    assert_eq!(
        world.refused(ANNA, shared(&queued)),
        [BlockCode::ConsentWithdrawn; 1]
    );

    let entry = world.household.consent(record_id(1)).unwrap();
    assert_eq!(
        state(&world.household, entry, world.now),
        ConsentState::Withdrawn
    );
    let disclosure = world.household.disclosure(record_id(50)).unwrap();
    assert!(
        disclosure.recorded.seq < entry.withdrawals[0].recorded.seq,
        "both, in order"
    );
    assert_eq!(world.household.disclosures().len(), 1);
}

#[test]
fn the_wrong_capacity() {
    // The GI's worker says to ask under a supervision order, but is there voluntarily.
    let mut world = World::with(vec![anna(), gijs(ActingCapacity::GiVrijwillig)]);
    let asked = on_provision(NOOR, GI, Provision::Jw73114p, Secrecy::Plicht);
    let record = account(50, ActingCapacity::GgzBehandelaar, vec![asked]);
    assert_eq!(
        world.blocked(ANNA, shared(&record)),
        [BlockCode::ProvisionNotForRecipient]
    );
    let claimed = on_provision(NOOR, VT, Provision::Jw73111, Secrecy::Toestemming);
    let claim = account(51, ActingCapacity::GiOts, vec![claimed]);
    let claim = codes(&world.judge(GIJS, &claim));
    assert!(claim.contains(&BlockCode::CapacityUnverified));

    let recipient = world.household.recipient(GI).unwrap();
    let frame = Framework::OwnLaws;
    let discloser = world.discloser(ANNA);
    let offered = offered_provisions(
        &discloser,
        ActingCapacity::GgzBehandelaar,
        &recipient,
        frame,
    );
    assert!(
        offered
            .iter()
            .all(|provision| provision.code != Provision::Jw73114p)
    );
    world.record_consent(noors_consent(1));
    world.must(
        ANNA,
        shared(&account_on_consent(52, vec![on_consent(NOOR, GI, 1)])),
    );

    // Verified under an order, the duty is there.
    world
        .household
        .roster(vec![anna(), gijs(ActingCapacity::GiOts)]);
    world.must(ANNA, shared(&record));
}

#[test]
fn an_elderly_couple_without_children() {
    let mut world = World::two();
    let (mother, father, son) = (LENA, KARIM, NOOR);
    let elderly = |id, name: &str, relation: &str, born| Person {
        date_of_birth: Some(date(born)),
        ..adult(id, name, relation)
    };
    world.put_person(1, elderly(son, "Bert", "zoon", "1975-05-01"));
    world.put_person(1, elderly(father, "Henk", "vader", "1945-01-02"));
    let mother_with_mentor = Person {
        capacity: DecisionCapacity::Incapable,
        represented_by: vec![holder(father, GiverCapacity::Mentor)],
        ..elderly(mother, "Greet", "moeder", "1948-06-30")
    };
    world.put_person(1, mother_with_mentor.clone());
    let givers = required_givers(&mother_with_mentor, NOW).unwrap();
    assert_eq!(
        givers[0].capacity,
        GiverCapacity::Mentor,
        "no parental authority is asked for"
    );

    let mut by_mentor = own_consent(1, mother);
    by_mentor.answers = vec![answer(father, GiverCapacity::Mentor, ConsentAnswer::Given)];
    world.record_consent(by_mentor);
    let mut own_refusal = own_consent(2, father);
    own_refusal.answers[0].answer = ConsentAnswer::Refused;
    world.record_consent(own_refusal);

    world.must(
        ANNA,
        shared(&account_on_consent(50, vec![on_consent(mother, VT, 1)])),
    );
    let both = vec![on_consent(mother, VT, 1), on_consent(father, VT, 2)];
    let about_both = account_on_consent(51, both);
    let Outcome::Rejected(blocks) = world.say(ANNA, shared(&about_both)) else {
        panic!("the father refused for himself");
    };
    assert!(blocks.iter().all(|block| block.subject == Some(father)));
    assert_eq!(blocks[0].code, BlockCode::ConsentRefused);
    world.must(
        ANNA,
        Body::HouseholdNamed {
            name: "Echtpaar D.".to_owned(),
        },
    );
    assert_eq!(world.household.consents().len(), 2);
    assert!(
        !world.household.consents()[0]
            .record
            .categories
            .contains(&Category::Gezag)
    );
}
