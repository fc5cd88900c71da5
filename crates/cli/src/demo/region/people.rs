//! Who works in the region.

use beraad_protocol::vocabulary::{
    ActingCapacity::{self, GgzBehandelaar, GiOts, LtHulp, LtToegang, VtMelding},
    OrgRole,
};

use super::Account;

/// The accounts beside the admins: eight professionals, two coordinators, two compliance officers
/// with an account at each of their organisations, and the visitors. The account of the officer of
/// GGZ Lindehof is a visitor's: that organisation takes part from the moment it has a device.
pub fn accounts() -> Vec<Account> {
    [officers(), professionals(), coordinators(), visitors()]
        .into_iter()
        .flatten()
        .collect()
}

fn officers() -> Vec<Account> {
    vec![
        other(
            "officer-vt",
            "vt",
            "Bente Hoekstra",
            "FG",
            OrgRole::ComplianceOfficer,
        ),
        other(
            "officer-gi",
            "gi",
            "Bente Hoekstra",
            "FG",
            OrgRole::ComplianceOfficer,
        ),
        other(
            "officer-lt",
            "lt",
            "Farid Aydin",
            "FG",
            OrgRole::ComplianceOfficer,
        ),
    ]
}

fn professionals() -> Vec<Account> {
    vec![
        professional(
            "vt1",
            "vt",
            "Marieke Dijkstra",
            "Medewerker melding",
            VtMelding,
        ),
        professional("vt2", "vt", "Joost Prins", "Medewerker melding", VtMelding),
        professional("gi1", "gi", "Karima Bouzid", "Jeugdbeschermer", GiOts),
        professional("gi2", "gi", "Thomas Vermeer", "Jeugdbeschermer", GiOts),
        professional("ggz1", "ggz", "Daan Schouten", "Psychiater", GgzBehandelaar),
        professional(
            "ggz2",
            "ggz",
            "Lotte Haverkamp",
            "Psycholoog",
            GgzBehandelaar,
        ),
        professional("lt1", "lt", "Sanne Bakker", "Gezinswerker", LtHulp),
        professional("lt2", "lt", "Emre Yildiz", "Consulent toegang", LtToegang),
    ]
}

fn coordinators() -> Vec<Account> {
    vec![
        other(
            "planner-vt",
            "vt",
            "Fatima Amrani",
            "Planner",
            OrgRole::Coordinator,
        ),
        other(
            "planner-lt",
            "lt",
            "Wim de Boer",
            "Planner",
            OrgRole::Coordinator,
        ),
    ]
}

fn visitors() -> Vec<Account> {
    let visitor = |role, what, account| Account {
        visitor: Some((role, what)),
        ..account
    };
    vec![
        visitor(
            "Professional",
            "Within seconds a colleague opens a household with you in it: talk, confer, share.",
            professional(
                "visitor-vt",
                "vt",
                "Robin Voorbeeld",
                "Medewerker melding",
                VtMelding,
            ),
        ),
        visitor(
            "Professional, another organisation",
            "A second browser to talk with the first; you get a household of your own too.",
            professional(
                "visitor-gi",
                "gi",
                "Noa Voorbeeld",
                "Jeugdbeschermer",
                GiOts,
            ),
        ),
        visitor(
            "Coordinator",
            "See the cases by code, plan a conference, follow the replies.",
            other(
                "visitor-planner",
                "lt",
                "Kim Voorbeeld",
                "Planner",
                OrgRole::Coordinator,
            ),
        ),
        visitor(
            "Compliance officer",
            "Sets up this organisation's register; then its colleagues begin to share, and the \
             records come in. Export them and check the package.",
            other(
                "visitor-officer",
                "ggz",
                "Charlie Voorbeeld",
                "FG",
                OrgRole::ComplianceOfficer,
            ),
        ),
        visitor(
            "Account admin",
            "Invite a colleague.",
            other(
                "visitor-admin",
                "lt",
                "Alex Voorbeeld",
                "Beheerder",
                OrgRole::AccountAdmin,
            ),
        ),
    ]
}

fn professional(
    key: &'static str,
    organisation: &'static str,
    name: &'static str,
    function: &'static str,
    capacity: ActingCapacity,
) -> Account {
    Account {
        capacity: Some(capacity),
        ..other(key, organisation, name, function, OrgRole::Professional)
    }
}

fn other(
    key: &'static str,
    organisation: &'static str,
    name: &'static str,
    function: &'static str,
    role: OrgRole,
) -> Account {
    Account {
        key,
        organisation,
        name,
        function,
        role,
        capacity: None,
        visitor: None,
    }
}
