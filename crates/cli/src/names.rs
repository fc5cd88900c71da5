//! From what a person types to the thing that is meant.

use beraad_casework::model::Person;
use beraad_engine::view::{
    AgendaItemView, ChannelSummary, ChannelView, ConsentView, DirectoryView, OrganisationView,
    PersonView, PersonnelView,
};
use beraad_protocol::meeting::Conference;

use crate::failure::Failure;

/// A channel by case code, household name or id.
pub(crate) fn channel<'a>(
    channels: &'a [ChannelSummary],
    wanted: &str,
) -> Result<&'a ChannelSummary, Failure> {
    pick("channel", wanted, channels, |channel| {
        vec![
            channel.case_code.clone(),
            channel.household_name.clone(),
            channel.id.to_string(),
        ]
    })
}

/// A colleague by name, `name@organisation` or id.
pub(crate) fn colleague<'a>(
    directory: &'a DirectoryView,
    wanted: &str,
) -> Result<&'a PersonnelView, Failure> {
    pick("colleague", wanted, &directory.people, |person| {
        let organisation = directory
            .organisations
            .iter()
            .find(|org| org.id == person.org);
        let organisation = organisation.map_or("", |org| org.name.as_str());
        vec![
            person.name.clone(),
            format!("{}@{organisation}", person.name),
            person.id.to_string(),
        ]
    })
}

/// An organisation by name or id.
pub(crate) fn organisation<'a>(
    directory: &'a DirectoryView,
    wanted: &str,
) -> Result<&'a OrganisationView, Failure> {
    pick("organisation", wanted, &directory.organisations, |org| {
        vec![org.name.clone(), org.id.to_string()]
    })
}

/// A person of the household by name, relation or id.
pub(crate) fn person<'a>(
    channel: &'a ChannelView,
    wanted: &str,
) -> Result<&'a PersonView, Failure> {
    pick(
        "person of the household",
        wanted,
        &channel.persons,
        |view| {
            let Person {
                id, name, relation, ..
            } = &view.person;
            vec![name.clone(), relation.clone(), id.to_string()]
        },
    )
}

/// A consent by id.
pub(crate) fn consent<'a>(
    channel: &'a ChannelView,
    wanted: &str,
) -> Result<&'a ConsentView, Failure> {
    pick("consent", wanted, &channel.consents, |view| {
        vec![view.consent.id.to_string()]
    })
}

/// A conference by id.
pub(crate) fn conference<'a>(
    conferences: &'a [Conference],
    wanted: &str,
) -> Result<&'a Conference, Failure> {
    pick("conference", wanted, conferences, |conference| {
        vec![conference.plan.id.to_string()]
    })
}

/// An agenda item by id.
pub(crate) fn item<'a>(
    items: &'a [AgendaItemView],
    wanted: &str,
) -> Result<&'a AgendaItemView, Failure> {
    pick("agenda item", wanted, items, |item| {
        vec![item.id.to_string()]
    })
}

/// The one thing that is called `wanted`; or, when nothing is called exactly so, the one whose
/// name begins so. Case does not matter.
pub(crate) fn pick<'a, T>(
    kind: &str,
    wanted: &str,
    things: &'a [T],
    names: impl Fn(&T) -> Vec<String>,
) -> Result<&'a T, Failure> {
    let wanted = wanted.trim().to_lowercase();
    if wanted.is_empty() {
        return Err(Failure::usage(format!("name the {kind} that is meant")));
    }
    let find = |fits: &dyn Fn(&str) -> bool| -> Vec<&'a T> {
        things
            .iter()
            .filter(|thing| {
                names(thing)
                    .iter()
                    .any(|name| fits(&name.trim().to_lowercase()))
            })
            .collect()
    };
    let mut found = find(&|name| name == wanted);
    if found.is_empty() {
        found = find(&|name| name.starts_with(&wanted));
    }
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(Failure::usage(format!(
            "there is no {kind} called {wanted:?}"
        ))),
        more => Err(Failure::usage(format!(
            "{} are called {wanted:?}; name one of them whole, or by id: {}",
            more.len(),
            more.iter()
                .map(|thing| names(thing).join(" / "))
                .collect::<Vec<_>>()
                .join(", ")
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(wanted: &str) -> Option<&'static str> {
        const THINGS: &[&str] = &["Anna", "Annabel", "Bas", "bas de Boer"];
        pick("thing", wanted, THINGS, |thing| vec![(*thing).to_owned()])
            .ok()
            .copied()
    }

    #[test]
    fn a_whole_name_wins_over_a_longer_one_and_a_beginning_is_enough() {
        assert_eq!(find("anna"), Some("Anna"));
        assert_eq!(find("annab"), Some("Annabel"));
        assert_eq!(find("BAS"), Some("Bas"));
    }

    #[test]
    fn what_is_not_there_or_not_one_thing_is_refused() {
        assert_eq!(find("ann"), None);
        assert_eq!(find("chris"), None);
        assert_eq!(find(" "), None);
    }
}
