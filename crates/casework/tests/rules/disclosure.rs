//! Rules 1 to 8, 12, 13, 15 and 21.

use beraad_casework::{
    BlockCode, Outcome, WayOutCode,
    codes::{Art6, Art9, Art10, Category, Mechanism, Provision, RecipientType, Secrecy},
    disclosure::{Recipient, offered_provisions},
    model::{DisclosureLine, DisclosureRecord, Inform},
};
use beraad_protocol::{
    PersonId,
    vocabulary::{ActingCapacity, ChannelRole, Framework, OrganisationType},
};

use crate::world::{
    ANNA, DAY, GGZ, GI, GIJS, KARIM, LENA, LOTTE, LT, MINUTE, NOOR, NOW, PIET, POLITIE, VERA, VT,
    World, account, account_on_consent, anna, date, gijs, item_id, lotte, member, noors_consent,
    on_consent, on_provision, own_consent, piet, record_id, shared, vera,
};

/// To Veilig Thuis, on the right to report.
fn report(subject: PersonId) -> DisclosureLine {
    on_provision(subject, VT, Provision::Wmo526, Secrecy::Recht)
}

fn reported(id: u8) -> DisclosureRecord {
    account(id, ActingCapacity::GgzBehandelaar, vec![report(NOOR)])
}

/// Anna's verdict on the usual report with another line.
fn line_verdict(change: impl Fn(&mut DisclosureLine)) -> Vec<BlockCode> {
    let mut record = reported(50);
    change(&mut record.lines[0]);
    World::two().verdict(ANNA, &record)
}

/// Anna's verdict on the usual report with another account.
fn account_verdict(change: impl Fn(&mut DisclosureRecord)) -> Vec<BlockCode> {
    let mut record = reported(50);
    change(&mut record);
    World::two().verdict(ANNA, &record)
}

#[test]
fn a_disclosure_with_a_ground_is_shared_and_kept_with_its_account() {
    let mut world = World::two();
    let record = reported(50);
    world.must(ANNA, shared(&record));
    let entry = world.household.disclosure(record.id).unwrap();
    assert_eq!((entry.recorded.by, entry.recorded.org), (ANNA, GGZ));
    assert_eq!(entry.tables, beraad_casework::TABLES_VERSION);
    assert_eq!((entry.motivation_due, entry.review_due), (None, None));
    let item = world.household.information_item(item_id(50)).unwrap();
    assert_eq!(
        (item.disclosures.as_slice(), item.subjects.as_slice()),
        (&[record.id][..], &[NOOR][..])
    );
}

#[test]
fn a_disclosure_without_a_ground_is_rejected_where_it_stands() {
    let mut world = World::two();
    let mut record = reported(50);
    record.lines[0].provision = None;
    assert_eq!(
        world.refused(ANNA, shared(&record)),
        [BlockCode::ProvisionRequired]
    );
    assert!(world.household.information().is_empty());
}

#[test]
fn everybody_in_the_channel_who_reads_it_has_a_line_per_subject() {
    let mut world = World::with(vec![anna(), vera(), gijs(ActingCapacity::GiOts), lotte()]);
    world.record_consent(noors_consent(1));
    world.record_consent(own_consent(2, LENA));
    let mut record = account_on_consent(
        50,
        vec![
            on_consent(NOOR, VT, 1),
            on_consent(NOOR, GI, 1),
            on_consent(LENA, VT, 2),
        ],
    );
    let blocks = world.judge(ANNA, &record);
    let missing = blocks
        .iter()
        .map(|block| (block.code, block.subject))
        .collect::<Vec<_>>();
    let of = |subject| (BlockCode::RecipientMissing, Some(subject));
    assert_eq!(missing, [of(NOOR), of(LENA), of(LENA)]);
    assert!(blocks[0].nl.contains("dochter (Noor) voor: Lokaal team"));

    record.lines.push(on_consent(NOOR, LT, 1));
    record
        .lines
        .extend([on_consent(LENA, GI, 2), on_consent(LENA, LT, 2)]);
    assert_eq!(world.verdict(ANNA, &record), []);

    record.lines[0].categories.push(Category::Gezin);
    let differ = vec![BlockCode::CategoriesDiffer; 2];
    assert_eq!(
        world.verdict(ANNA, &record),
        differ,
        "the GI and the team read it too"
    );
}

#[test]
fn consent_of_one_does_not_cover_another() {
    let mut world = World::two();
    world.record_consent(own_consent(1, LENA));
    let record = account_on_consent(50, vec![on_consent(LENA, VT, 1), on_consent(KARIM, VT, 1)]);
    let blocks = world.judge(ANNA, &record);
    assert_eq!(blocks.len(), 1);
    assert_eq!(
        (blocks[0].rule, blocks[0].code),
        (7, BlockCode::ConsentOfAnother)
    );
    assert_eq!((blocks[0].line, blocks[0].subject), (Some(1), Some(KARIM)));
}

#[test]
fn a_line_on_consent_names_one_that_covers_it() {
    let mut world = World::two();
    let record = account_on_consent(50, vec![on_consent(NOOR, VT, 1)]);
    assert_eq!(world.verdict(ANNA, &record), [BlockCode::UnknownRecord]);
    let mut nameless = record.clone();
    nameless.lines[0].consent = None;
    assert_eq!(world.verdict(ANNA, &nameless), [BlockCode::ConsentMissing]);
    world.record_consent(noors_consent(1));
    assert_eq!(world.verdict(ANNA, &record), []);
}

#[test]
fn without_consent_every_reason_is_asked() {
    use BlockCode::{
        MotivationInsufficient, NecessityInsufficient, ProportionalityInsufficient,
        SubsidiarityInsufficient,
    };
    assert_eq!(account_verdict(|_| {}), []);
    let empty = |text: &str| {
        let text = text.to_owned();
        account_verdict(move |record| {
            record.motivation = text.clone();
            record.necessity = text.clone();
            record.proportionality = text.clone();
            record.subsidiarity = text.clone();
        })
    };
    let all = [
        MotivationInsufficient,
        NecessityInsufficient,
        ProportionalityInsufficient,
        SubsidiarityInsufficient,
    ];
    for text in [
        "",
        "   ",
        "Zie dossier!",
        "In het belang van het kind.",
        "n.v.t.",
    ] {
        assert_eq!(empty(text), all, "{text:?} says nothing");
    }
    let repeated = account_verdict(|record| record.motivation = "nodig ".repeat(40));
    assert_eq!(repeated, [MotivationInsufficient]);
    let undecided = account_verdict(|record| record.inform = Inform::Known);
    assert_eq!(undecided, [BlockCode::InformUndecided]);
}

#[test]
fn the_family_is_told_within_the_term_of_the_organisation() {
    let by = |day: &'static str| {
        account_verdict(move |record| record.inform = Inform::Due { by: date(day) })
    };
    assert_eq!(by("2026-12-22"), []);
    assert_eq!(by("2026-12-23"), [BlockCode::InformTooLate]);
    let told = account_verdict(|record| {
        record.inform = Inform::Done {
            on: date("2026-11-23"),
        }
    });
    assert_eq!(told, [BlockCode::InFuture]);

    let world = World::two();
    let mut line = on_provision(NOOR, GGZ, Provision::Wmo516, Secrecy::Geen);
    line.art6 = Art6::E;
    let mut record = account(50, ActingCapacity::VtMelding, vec![line]);
    record.inform = Inform::Due {
        by: date("2026-12-20"),
    };
    assert_eq!(world.verdict(VERA, &record), []);
    record.inform = Inform::Due {
        by: date("2026-12-21"),
    };
    assert_eq!(
        world.verdict(VERA, &record),
        [BlockCode::InformTooLate],
        "four weeks, not a month"
    );
}

#[test]
fn special_categories_and_criminal_data_need_their_own_ground() {
    assert_eq!(
        line_verdict(|line| line.art9 = None),
        [BlockCode::Art9Required]
    );
    for (category, needs) in [
        (Category::Lichamelijk, true),
        (Category::Verslaving, true),
        (Category::Seksueel, true),
        (Category::ReligieAfkomst, true),
        (Category::Gezin, false),
        (Category::Wonen, false),
    ] {
        let verdict = line_verdict(|line| {
            line.categories = vec![category];
            line.art9 = None;
        });
        assert_eq!(verdict == [BlockCode::Art9Required], needs, "{category}");
    }
    for category in [Category::Strafrecht, Category::Politie] {
        let of = |art10| {
            line_verdict(|line| {
                line.categories = vec![category];
                line.art10 = art10;
            })
        };
        assert_eq!(of(None), [BlockCode::Art10Required]);
        assert_eq!(of(Some(Art10::Uavg33)), []);
        assert_eq!(of(Some(Art10::Wgs)), [BlockCode::GroundNotInFramework]);
    }
    let explicit = line_verdict(|line| line.art9 = Some(Art9::A));
    assert_eq!(explicit, [BlockCode::Art9NeedsConsent]);
}

#[test]
fn police_shares_under_its_own_regime_only_and_nobody_else_does() {
    let world = World::with(vec![piet(), vera()]);
    let line = |art6, provision| DisclosureLine {
        categories: vec![Category::Politie],
        art6,
        art9: None,
        provision: Some(provision),
        ..on_provision(NOOR, VT, provision, Secrecy::Geen)
    };
    let verdict = |line| world.verdict(PIET, &account(50, ActingCapacity::Politie, vec![line]));
    assert_eq!(
        verdict(line(Art6::Wpg, Provision::Wpg19)),
        [],
        "outside the GDPR"
    );
    let gdpr = verdict(line(Art6::E, Provision::Wpg19));
    assert_eq!(gdpr, [BlockCode::RegimeRequired, BlockCode::Art10Required]);
    let other = verdict(line(Art6::Wpg, Provision::Wjsg39f));
    assert_eq!(other, [BlockCode::ProvisionNotForDiscloser]);
    assert_eq!(
        line_verdict(|line| line.art6 = Art6::Wpg),
        [BlockCode::BasisNotAllowed]
    );
}

#[test]
fn a_public_body_does_not_share_on_legitimate_interests() {
    let world = World::two();
    let mut line = on_provision(NOOR, GGZ, Provision::Wmo516, Secrecy::Geen);
    line.art6 = Art6::F;
    let record = account(50, ActingCapacity::VtMelding, vec![line]);
    assert_eq!(world.verdict(VERA, &record), [BlockCode::BasisNotAllowed]);
    assert_eq!(
        line_verdict(|line| line.art6 = Art6::F),
        [],
        "mental health care is none"
    );
}

#[test]
fn provisions_fit_discloser_recipient_and_frame() {
    let world = World::two();
    let anna = world.discloser(ANNA);
    let offered = |kind, capacities: &[ActingCapacity], framework| {
        let recipient = Recipient {
            kind,
            capacities: capacities.to_vec(),
        };
        offered_provisions(&anna, ActingCapacity::GgzBehandelaar, &recipient, framework)
            .into_iter()
            .map(|provision| provision.code)
            .collect::<Vec<_>>()
    };
    let own = Framework::OwnLaws;
    assert_eq!(
        offered(RecipientType::Vt, &[], own),
        [Provision::Wmo526, Provision::Bw7457]
    );
    assert_eq!(
        offered(RecipientType::Rvdk, &[], own),
        [Provision::Bw1240, Provision::Bw7457]
    );
    assert_eq!(
        offered(RecipientType::School, &[], own),
        [Provision::Bw7457]
    );
    let ots = offered(RecipientType::Gi, &[ActingCapacity::GiOts], own);
    assert_eq!(
        ots,
        [Provision::Jw73114p, Provision::Jw73114r, Provision::Bw7457]
    );
    let voluntary = offered(RecipientType::Gi, &[ActingCapacity::GiVrijwillig], own);
    assert_eq!(voluntary, [Provision::Bw7457]);
    assert!(offered(RecipientType::Vt, &[], Framework::WgsZvh).contains(&Provision::WgsZvh));
    assert!(offered(RecipientType::Vt, &[], Framework::UkMarac).contains(&Provision::UkDpa18));

    let other = line_verdict(|line| line.provision = Some(Provision::Bw1240));
    assert_eq!(
        other,
        [BlockCode::ProvisionNotForRecipient],
        "Veilig Thuis is not the board"
    );
    let frame = line_verdict(|line| line.provision = Some(Provision::WgsZvh));
    assert_eq!(frame, [BlockCode::GroundNotInFramework]);
}

#[test]
fn whoever_has_a_duty_of_secrecy_says_how_it_was_dealt_with() {
    let silent = line_verdict(|line| line.secrecy = Secrecy::Geen);
    assert_eq!(silent, [BlockCode::SecrecyNotDealtWith]);
    let duty = line_verdict(|line| line.secrecy = Secrecy::Plicht);
    assert_eq!(
        duty,
        [BlockCode::SecrecyNotByProvision],
        "this one gives a right"
    );
}

#[test]
fn a_conflict_of_duties_needs_a_colleague() {
    let line = on_provision(NOOR, VT, Provision::Bw7457, Secrecy::ConflictVanPlichten);
    let mut record = account(50, ActingCapacity::GgzBehandelaar, vec![line]);
    let world = World::two();
    assert_eq!(world.verdict(ANNA, &record), [BlockCode::ConsultRequired]);
    record.consulted = Some(ANNA);
    assert_eq!(world.verdict(ANNA, &record), [BlockCode::ConsultedSelf]);
    record.consulted = Some(LOTTE);
    assert_eq!(world.verdict(ANNA, &record), []);
}

#[test]
fn reporter_secret_address_and_citizen_number_are_not_shared_here() {
    for (category, code) in [
        (Category::Melder, BlockCode::CompartmentOnly),
        (Category::AdresGeheim, BlockCode::CompartmentOnly),
        (Category::Bsn, BlockCode::CategoryBlocked),
    ] {
        assert_eq!(line_verdict(|line| line.categories.push(category)), [code]);
    }
}

#[test]
fn advice_of_veilig_thuis_records_nothing_about_a_family() {
    let advisor = member(VERA, VT, OrganisationType::Vt, ActingCapacity::VtAdvies);
    let mut world = World::with(vec![anna(), advisor]);
    let line = on_provision(NOOR, GGZ, Provision::Wmo516, Secrecy::Geen);
    let record = account(50, ActingCapacity::VtAdvies, vec![line]);
    assert!(
        world
            .verdict(VERA, &record)
            .contains(&BlockCode::AdviceMayNotRecord)
    );
    assert_eq!(
        world.blocked(VERA, shared(&record)),
        [BlockCode::AdviceMayNotRecord]
    );
    assert!(
        world
            .refused(VERA, shared(&record))
            .contains(&BlockCode::AdviceMayNotRecord),
        "in that capacity nobody records"
    );
    let person = crate::world::adult(PersonId::from_bytes([60; 16]), "Ria", "oma");
    let put = beraad_casework::Body::PersonPut { base: 0, person };
    assert_eq!(
        world.blocked(VERA, put.clone()),
        [BlockCode::AdviceMayNotRecord]
    );
    assert_eq!(world.doubted(VERA, put), [BlockCode::AdviceMayNotRecord]);
}

#[test]
fn devices_that_know_other_capacities_come_to_the_same_household() {
    let record = account(50, ActingCapacity::GiOts, vec![report(NOOR)]);
    let mut told = World::with(vec![gijs(ActingCapacity::GiOts), vera()]);
    let mut untold = World::with(vec![gijs(ActingCapacity::GiVrijwillig), vera()]);
    assert_eq!(
        untold.blocked(GIJS, shared(&record)),
        [BlockCode::CapacityUnverified],
        "one's own is held back"
    );
    assert_eq!(told.doubted(GIJS, shared(&record)), []);
    assert_eq!(
        untold.doubted(GIJS, shared(&record)),
        [BlockCode::CapacityUnverified],
        "another's stands, with a mark"
    );
    let disclosures = |world: &World| {
        let entries = world.household.disclosures().into_iter().cloned();
        entries.collect::<Vec<_>>()
    };
    assert_eq!(disclosures(&told), disclosures(&untold));
    assert_eq!(disclosures(&told).len(), 1);
}

#[test]
fn the_acting_capacity_was_verified() {
    let world = World::with(vec![gijs(ActingCapacity::GiVrijwillig), vera()]);
    let record = account(50, ActingCapacity::GiOts, vec![report(NOOR)]);
    let blocks = world.judge(GIJS, &record);
    assert_eq!(blocks.len(), 1);
    assert_eq!(
        (blocks[0].rule, blocks[0].code),
        (4, BlockCode::CapacityUnverified)
    );
    assert_eq!(blocks[0].ways_out[0].code, WayOutCode::VerifyCapacity);
    let recipient = world.household.recipient(VT).unwrap();
    let discloser = world.discloser(GIJS);
    let frame = Framework::OwnLaws;
    assert_eq!(
        offered_provisions(&discloser, ActingCapacity::GiOts, &recipient, frame),
        []
    );
}

#[test]
fn an_emergency_is_shared_at_once_and_accounted_for_after() {
    let mut world = World::two();
    let mut record = reported(50);
    record.emergency = true;
    record.motivation.clear();
    record.necessity.clear();
    record.proportionality.clear();
    record.subsidiarity.clear();
    // Shared on Sunday while offline, two hours before the server took it in.
    record.at = NOW.plus_millis(-120 * MINUTE);
    world.must(ANNA, shared(&record));
    let entry = world.household.disclosure(record.id).unwrap();
    assert_eq!(entry.motivation_due, Some(NOW.plus_millis(DAY)));
    assert_eq!(entry.review_due, Some(NOW.plus_millis(5 * DAY)), "Friday");
    assert_eq!(
        (entry.record.at, entry.recorded.at),
        (NOW.plus_millis(-120 * MINUTE), NOW)
    );

    let mut motivated = reported(51);
    motivated.corrects = Some(record.id);
    motivated.items = vec![item_id(50)];
    let correction = beraad_casework::Body::InformationShared {
        item: item_id(50),
        text: String::new(),
        disclosure: motivated,
    };
    world.must(ANNA, correction);
    let entry = world.household.disclosure(record.id).unwrap();
    assert_eq!(
        (entry.motivation_due, entry.corrected_by.as_slice()),
        (None, &[record_id(51)][..])
    );
    let item = world.household.information_item(item_id(50)).unwrap();
    assert_eq!(item.disclosures, [record_id(50), record_id(51)]);
}

#[test]
fn nothing_was_shared_in_the_future() {
    let later = account_verdict(|record| record.at = NOW.plus_millis(10 * MINUTE));
    assert_eq!(later, [BlockCode::InFuture]);
    assert_eq!(
        account_verdict(|record| record.at = NOW.plus_millis(MINUTE)),
        []
    );
}

#[test]
fn a_correction_points_at_an_own_earlier_record() {
    let own = account_verdict(|record| record.corrects = Some(record.id));
    assert_eq!(own, [BlockCode::CorrectsItself]);
    let nothing = account_verdict(|record| record.corrects = Some(record_id(77)));
    assert_eq!(nothing, [BlockCode::UnknownRecord]);

    let mut world = World::two();
    world.must(ANNA, shared(&reported(50)));
    let line = on_provision(NOOR, GGZ, Provision::Wmo516, Secrecy::Geen);
    let mut record = account(51, ActingCapacity::VtMelding, vec![line]);
    record.corrects = Some(record_id(50));
    assert_eq!(world.verdict(VERA, &record), [BlockCode::CorrectsAnother]);
}

#[test]
fn another_ground_than_before_is_motivated() {
    let mut world = World::two();
    world.record_consent(noors_consent(1));
    world.must(ANNA, shared(&reported(50)));
    let mut record = account_on_consent(51, vec![on_consent(NOOR, VT, 1)]);
    record.corrects = Some(record_id(50));
    assert_eq!(world.verdict(ANNA, &record), [BlockCode::BasisSwitched]);
    crate::world::MOTIVATION.clone_into(&mut record.motivation);
    assert_eq!(world.verdict(ANNA, &record), []);
}

#[test]
fn lines_that_cannot_be_are_refused() {
    assert_eq!(
        account_verdict(|record| record.lines.clear()),
        [BlockCode::NoLines]
    );
    assert_eq!(
        account_verdict(|record| record.lines.push(report(NOOR))),
        [BlockCode::DuplicateLine]
    );
    let stranger = PersonId::from_bytes([99; 16]);
    let verdict = account_verdict(|record| record.lines.push(report(stranger)));
    assert_eq!(verdict, [BlockCode::UnknownPerson]);
    let empty = line_verdict(|line| line.categories.clear());
    assert_eq!(empty, [BlockCode::NoCategories]);
    let kind = line_verdict(|line| line.recipient_type = RecipientType::Rvdk);
    assert_eq!(
        kind,
        [
            BlockCode::RecipientTypeDiffers,
            BlockCode::ProvisionNotForRecipient
        ]
    );
    let own = account_verdict(|record| {
        record.lines.push(on_provision(
            NOOR,
            GGZ,
            Provision::Bw7457,
            Secrecy::DirectBetrokken,
        ));
    });
    assert_eq!(own, [BlockCode::RecipientIsSource]);
    let absent = |mechanism| {
        account_verdict(move |record| {
            record.mechanism = mechanism;
            let secrecy = Secrecy::ConflictVanPlichten;
            record
                .lines
                .push(on_provision(NOOR, POLITIE, Provision::Bw7457, secrecy));
            record.consulted = Some(LOTTE);
        })
    };
    assert_eq!(
        absent(Mechanism::Bericht),
        [BlockCode::RecipientNotInChannel]
    );
    assert_eq!(
        absent(Mechanism::Mondeling),
        [],
        "told by word of mouth as well"
    );
}

#[test]
fn sharing_names_its_item_and_nothing_is_shared_twice() {
    let mut world = World::two();
    let mut record = reported(50);
    record.items = vec![item_id(9)];
    let body = |record: &DisclosureRecord| beraad_casework::Body::InformationShared {
        item: item_id(50),
        text: "Verslag".to_owned(),
        disclosure: record.clone(),
    };
    assert_eq!(
        world.refused(ANNA, body(&record)),
        [BlockCode::ItemNotAccountedFor]
    );
    record.items.push(item_id(50));
    world.must(ANNA, body(&record));
    assert_eq!(world.refused(ANNA, body(&record)), [BlockCode::DuplicateId]);
    record.id = record_id(51);
    assert_eq!(world.refused(ANNA, body(&record)), [BlockCode::DuplicateId]);
}

#[test]
fn the_chair_records_no_disclosure() {
    let mut chair = anna();
    chair.role = ChannelRole::Chair;
    let mut world = World::with(vec![chair, vera()]);
    let outcome = world.say(ANNA, shared(&reported(50)));
    let Outcome::Rejected(blocks) = outcome else {
        panic!("the chair only drafts")
    };
    assert_eq!(blocks[0].code, BlockCode::RoleMayNot);
    assert_eq!(blocks[0].ways_out[0].code, WayOutCode::AskColleague);
}
