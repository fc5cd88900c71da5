//! Who joins later takes what rests on earlier things as it is, and sends nothing that does.

use beraad_casework::{BlockCode, Body, Household, Outcome};

use crate::world::{
    ANNA, DAY, GIJS, LENA, VERA, VT, World, account_on_consent, adult, codes, context, event,
    on_consent, own_consent, record_id, shared, withdrawn,
};

/// The household as somebody has it who joined after everything in [`World::two`].
fn newcomer() -> World {
    let mut world = World::two();
    let members = world.household.members().cloned().collect();
    world.household = Household::joining(world.household.framework());
    world.household.roster(members);
    world
}

#[test]
fn what_others_share_about_somebody_from_before_is_kept_and_not_judged() {
    let mut world = newcomer();
    let record = account_on_consent(50, vec![on_consent(LENA, VT, 1)]);
    assert_eq!(world.say(ANNA, shared(&record)), Outcome::Unjudged);
    let entry = world.household.disclosure(record.id).unwrap();
    assert!(world.household.is_unjudged(entry.recorded.event));
    assert_eq!(world.household.information().len(), 1);

    // The same about somebody who was added after joining, on an unknown consent.
    let lena = adult(LENA, "Lena", "moeder");
    world.must(
        ANNA,
        Body::PersonPut {
            base: 3,
            person: lena,
        },
    );
    let again = account_on_consent(51, vec![on_consent(LENA, VT, 1)]);
    assert_eq!(world.say(ANNA, shared(&again)), Outcome::Unjudged);
}

#[test]
fn consents_and_withdrawals_about_earlier_things_are_kept_and_a_withdrawal_holds() {
    let mut world = newcomer();
    let consent = own_consent(1, LENA);
    assert_eq!(
        world.say(ANNA, Body::ConsentRecorded { consent }),
        Outcome::Unjudged
    );
    assert_eq!(world.say(VERA, withdrawn(2, 1, LENA)), Outcome::Unjudged);
    assert_eq!(
        world
            .household
            .consent(record_id(1))
            .unwrap()
            .withdrawals
            .len(),
        1
    );
    // The withdrawal of a consent that was recorded before.
    assert_eq!(world.say(VERA, withdrawn(3, 9, LENA)), Outcome::Unjudged);
}

#[test]
fn a_correction_of_an_earlier_account_is_kept() {
    let mut world = newcomer();
    let mut record = account_on_consent(52, vec![on_consent(LENA, VT, 1)]);
    record.corrects = Some(record_id(40));
    let correction = Body::InformationShared {
        item: record.items[0],
        text: String::new(),
        disclosure: record,
    };
    assert_eq!(world.say(ANNA, correction), Outcome::Unjudged);
}

#[test]
fn a_rule_that_can_be_judged_still_rejects() {
    let mut world = newcomer();
    let mut record = account_on_consent(53, vec![on_consent(LENA, VT, 1)]);
    record.at = world.now.plus_millis(DAY);
    assert_eq!(world.refused(ANNA, shared(&record)), [BlockCode::InFuture]);
    assert_eq!(
        world.refused(GIJS, shared(&record)),
        [BlockCode::NotAMember]
    );
}

#[test]
fn ones_own_disclosure_about_somebody_unknown_stays_blocked() {
    let world = newcomer();
    let record = account_on_consent(54, vec![on_consent(LENA, VT, 1)]);
    let member = world.household.member(ANNA).unwrap();
    let ctx = context(world.seq + 1, world.now, member);
    let blocks = world.household.check(&ctx, &event(1, shared(&record)));
    assert_eq!(codes(&blocks), [BlockCode::UnknownPerson]);
}

#[test]
fn who_was_there_from_the_start_rejects_what_nobody_knows() {
    let mut world = World::two();
    let record = account_on_consent(55, vec![on_consent(LENA, VT, 99)]);
    assert_eq!(
        world.refused(ANNA, shared(&record)),
        [BlockCode::UnknownRecord]
    );
}
