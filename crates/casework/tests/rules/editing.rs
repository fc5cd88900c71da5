//! Two people editing the same thing lose nothing.

use beraad_casework::{
    BlockCode, Body, Event, Outcome,
    codes::AgendaSection,
    event::Reference,
    model::{AgendaContent, AgendaDraft, Person},
};
use beraad_protocol::EventId;

use crate::world::{ANNA, CONFERENCE, LENA, VERA, World, adult, event, item_id};

fn topic(section: AgendaSection, title: &str) -> AgendaDraft {
    let content = AgendaContent::Topic {
        title: title.to_owned(),
        notes: String::new(),
    };
    AgendaDraft { section, content }
}

fn put(item: u8, base: u32, title: &str, settles: Vec<EventId>) -> Body {
    Body::AgendaItemPut {
        item: item_id(item),
        conference: CONFERENCE,
        base,
        settles,
        draft: topic(AgendaSection::Information, title),
    }
}

fn title(draft: &AgendaDraft) -> &str {
    match &draft.content {
        AgendaContent::Topic { title, .. } => title,
        _ => "",
    }
}

#[test]
fn an_edit_of_the_newest_version_replaces_it() {
    let mut world = World::two();
    world.must(ANNA, put(40, 0, "School", vec![]));
    world.must(VERA, put(40, 1, "School en opvang", vec![]));
    let item = world.household.item(item_id(40)).unwrap();
    assert_eq!((title(&item.draft), item.version), ("School en opvang", 2));
    assert_eq!((item.added.by, item.changed.by), (ANNA, VERA));
    assert!(world.household.conflicts().is_empty());
}

#[test]
fn an_edit_of_an_older_version_is_kept_beside_the_newest_until_it_is_settled() {
    let mut world = World::two();
    world.must(ANNA, put(40, 0, "School", vec![]));
    world.must(ANNA, put(40, 1, "School en opvang", vec![]));
    world.must(VERA, put(40, 1, "School en sport", vec![]));
    let item = world.household.item(item_id(40)).unwrap();
    assert_eq!((title(&item.draft), item.version), ("School en opvang", 2));
    let kept = &item.alternatives[0];
    assert_eq!(
        (title(&kept.draft), kept.base, kept.by),
        ("School en sport", 1, VERA)
    );
    let name = kept.event;
    let conflicts = world.household.conflicts();
    assert_eq!(conflicts.len(), 1);
    assert_eq!(
        (conflicts[0].thing, conflicts[0].alternatives),
        (Reference::Item(item_id(40)), 1)
    );

    // A change that does not settle it leaves it there.
    world.must(ANNA, put(40, 2, "School, opvang", vec![]));
    assert_eq!(world.household.conflicts().len(), 1);
    world.must(ANNA, put(40, 3, "School, opvang en sport", vec![name]));
    let item = world.household.item(item_id(40)).unwrap();
    assert!(item.alternatives.is_empty());
    assert_eq!(
        (item.version, title(&item.settled[0].draft)),
        (4, "School en sport")
    );
    let again = world.refused(ANNA, put(40, 4, "School", vec![name]));
    assert_eq!(again, [BlockCode::UnknownAlternative]);
    // Somebody else settled it at the same time: that text is kept as well.
    world.must(VERA, put(40, 3, "Alles", vec![name]));
    assert_eq!(
        world
            .household
            .item(item_id(40))
            .unwrap()
            .alternatives
            .len(),
        1
    );
}

#[test]
fn removing_at_an_older_version_is_refused_and_a_removed_item_can_be_put_back() {
    let mut world = World::two();
    let remove = |base| Body::AgendaItemRemoved {
        item: item_id(40),
        base,
    };
    assert_eq!(world.refused(ANNA, remove(1)), [BlockCode::UnknownItem]);
    world.must(ANNA, put(40, 0, "School", vec![]));
    world.must(VERA, put(40, 1, "School en opvang", vec![]));
    assert_eq!(world.refused(ANNA, remove(1)), [BlockCode::StaleBase]);
    assert_eq!(world.refused(ANNA, remove(9)), [BlockCode::UnknownBase]);
    world.must(ANNA, remove(2));
    assert!(world.household.agenda(CONFERENCE).is_empty());
    assert_eq!(world.household.removed(CONFERENCE).len(), 1);
    assert_eq!(world.refused(VERA, remove(3)), [BlockCode::AlreadyRemoved]);
    // Who wrote on at the same time finds the text kept.
    world.must(VERA, put(40, 2, "School en sport", vec![]));
    assert_eq!(
        world
            .household
            .item(item_id(40))
            .unwrap()
            .alternatives
            .len(),
        1
    );
    world.must(VERA, put(40, 3, "School en opvang", vec![]));
    let agenda = world.household.agenda(CONFERENCE);
    assert_eq!(
        agenda
            .iter()
            .map(|item| title(&item.draft))
            .collect::<Vec<_>>(),
        ["School en opvang"]
    );
}

#[test]
fn the_agenda_follows_the_sections_then_the_order_of_adding() {
    let mut world = World::two();
    for (item, section, text) in [
        (44, AgendaSection::ReviewDate, "vierde"),
        (43, AgendaSection::Information, "tweede"),
        (42, AgendaSection::Information, "derde"),
        (41, AgendaSection::Confidentiality, "eerste"),
    ] {
        let draft = topic(section, text);
        let (item, conference) = (item_id(item), CONFERENCE);
        world.must(
            ANNA,
            Body::AgendaItemPut {
                item,
                conference,
                base: 0,
                settles: vec![],
                draft,
            },
        );
    }
    let agenda = world.household.agenda(CONFERENCE);
    let titles = agenda
        .iter()
        .map(|item| title(&item.draft))
        .collect::<Vec<_>>();
    assert_eq!(titles, ["eerste", "tweede", "derde", "vierde"]);
}

#[test]
fn two_changes_of_a_person_are_both_kept() {
    let mut world = World::two();
    let named = |name: &str| adult(LENA, name, "moeder");
    world.put_person(1, named("Lena B."));
    world.must(
        VERA,
        Body::PersonPut {
            base: 1,
            person: named("Lena C."),
        },
    );
    let entry = world.household.person(LENA).unwrap();
    assert_eq!((entry.person.name.as_str(), entry.version), ("Lena B.", 2));
    assert_eq!(entry.alternatives[0].person.name, "Lena C.");

    // Somebody who had not seen the other text does not settle it.
    let change = Body::PersonPut {
        base: 2,
        person: Person { ..named("Lena D.") },
    };
    let unseen = Event {
        seen: world.seq - 1,
        ..event(world.seq + 1, change)
    };
    assert_eq!(world.fold(ANNA, &unseen), Outcome::Applied);
    assert_eq!(world.household.person(LENA).unwrap().alternatives.len(), 1);
    world.put_person(3, named("Lena C."));
    let entry = world.household.person(LENA).unwrap();
    assert!(entry.alternatives.is_empty());
    assert_eq!(entry.settled.len(), 1);
}

#[test]
fn every_name_of_the_household_is_kept() {
    let mut world = World::two();
    assert_eq!(world.household.name(), None);
    for name in ["Gezin B.", "Gezin B. en K."] {
        world.must(
            ANNA,
            Body::HouseholdNamed {
                name: name.to_owned(),
            },
        );
    }
    assert_eq!(world.household.name(), Some("Gezin B. en K."));
    assert_eq!(world.household.names().len(), 2);
}

#[test]
fn somebody_who_joined_later_takes_changes_of_what_was_there_before_as_they_are() {
    let mut world = World::two();
    let members = world.household.members().cloned().collect();
    world.household = beraad_casework::Household::joining(world.household.framework());
    world.household.roster(members);
    world.must(ANNA, put(40, 3, "School", vec![]));
    assert_eq!(world.household.item(item_id(40)).unwrap().version, 4);
    world.must(VERA, put(40, 4, "School en opvang", vec![]));
    world.must(ANNA, put(40, 4, "School en sport", vec![]));
    let item = world.household.item(item_id(40)).unwrap();
    assert_eq!(
        (title(&item.draft), item.version, item.alternatives.len()),
        ("School en opvang", 5, 1)
    );
    let known = Body::PersonPut {
        base: u32::MAX,
        person: adult(LENA, "Lena", "moeder"),
    };
    world.must(VERA, known);
}
