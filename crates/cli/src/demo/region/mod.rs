//! Who and what there is in the fictional region. Nobody in it exists.

mod households;
mod people;

use beraad_casework::{
    codes::{AgendaSection, Category, ConsentAnswer, DecisionCapacity, GiverCapacity, Purpose},
    date::CivilDate,
    model::AgendaContent,
};
use beraad_protocol::vocabulary::{
    ActingCapacity, ConferenceKind, OrgRole, OrganisationType, ParticipationStatus,
};

pub use self::{households::households, people::accounts};

/// An organisation.
#[derive(Debug)]
pub struct Organisation {
    /// Names it here.
    pub key: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What kind it is.
    pub kind: OrganisationType,
    /// Its first account admin; the account's key is `admin-` and the organisation's.
    pub admin: &'static str,
}

/// An account.
#[derive(Debug)]
pub struct Account {
    /// Names it here, and its profile folder.
    pub key: &'static str,
    /// Key of its organisation.
    pub organisation: &'static str,
    /// The person's name.
    pub name: &'static str,
    /// The person's function.
    pub function: &'static str,
    /// What the person does.
    pub role: OrgRole,
    /// The capacity that was verified.
    pub capacity: Option<ActingCapacity>,
    /// For a visitor: the kind of user, and what there is to do. The visitor's browser becomes
    /// the device.
    pub visitor: Option<(&'static str, &'static str)>,
}

/// When a household's channel is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// With the region.
    AtOnce,
    /// When this account has a device.
    WhenArrived(&'static str),
    /// When this organisation has a register key.
    WhenRegistered(&'static str),
}

/// A household and what happens in its channel.
#[derive(Debug)]
pub struct Household {
    /// Names it here.
    pub key: &'static str,
    /// As the members call it.
    pub name: &'static str,
    /// When it opens.
    pub opens: Opens,
    /// The account that leads.
    pub lead: &'static str,
    /// The other members.
    pub members: Vec<&'static str>,
    /// What happens, in order.
    pub scenes: Vec<Scene>,
}

/// Something that happens in a channel.
#[derive(Debug)]
pub enum Scene {
    /// The lead notes a person.
    Person(Person),
    /// Somebody writes.
    Message(&'static str, &'static str),
    /// Somebody plans a conference, in so many days; everybody in the channel is invited.
    Conference(&'static str, i64, ConferenceKind, Vec<ActingCapacity>),
    /// An invitee replies.
    Reply(&'static str, ParticipationStatus),
    /// Somebody puts an item on the conference's agenda.
    Agenda(&'static str, AgendaSection, Content),
    /// Somebody records what was answered.
    Consent(Consent),
    /// Somebody records that a person withdrew a consent.
    Withdraw(&'static str, &'static str, &'static str),
    /// Somebody shares information.
    Share(Share),
}

/// What goes on an agenda; what depends on the day or on an account is filled in when it happens.
#[derive(Debug)]
pub enum Content {
    /// As it is.
    Fixed(AgendaContent),
    /// A scale of today, by a rater: value and why.
    Scale(&'static str, u8, &'static str),
    /// An action of an account, in so many days.
    Action(&'static str, &'static str, i64),
}

/// A person of a household.
#[derive(Debug)]
pub struct Person {
    /// The name, and how other scenes call the person.
    pub name: &'static str,
    /// Date of birth.
    pub born: CivilDate,
    /// Place in the household.
    pub relation: &'static str,
    /// Whether the person can decide.
    pub capacity: DecisionCapacity,
    /// Who decides for the person.
    pub represented_by: Vec<(&'static str, GiverCapacity)>,
}

/// A consent.
#[derive(Debug)]
pub struct Consent {
    /// Names it here.
    pub key: &'static str,
    /// Who records it.
    pub by: &'static str,
    /// Whose data.
    pub subject: &'static str,
    /// Who answered what.
    pub answers: Vec<(&'static str, GiverCapacity, ConsentAnswer)>,
    /// Kinds of data.
    pub categories: Vec<Category>,
    /// What for.
    pub purposes: Vec<Purpose>,
}

/// A disclosure. Its ground follows from who discloses to whom, or is a consent.
#[derive(Debug)]
pub struct Share {
    /// Who shares.
    pub by: &'static str,
    /// What.
    pub text: &'static str,
    /// About whom.
    pub subjects: Vec<&'static str>,
    /// Kinds of data.
    pub categories: Vec<Category>,
    /// What for.
    pub purpose: Purpose,
    /// The consent it rests on, if it does.
    pub consent: Option<&'static str>,
    /// What kind of information.
    pub description: &'static str,
    /// Why it is needed.
    pub motivation: &'static str,
}

/// The organisations.
pub const ORGANISATIONS: [Organisation; 4] = [
    Organisation {
        key: "vt",
        name: "Veilig Thuis Waterrijk",
        kind: OrganisationType::Vt,
        admin: "Ans Kuiper",
    },
    Organisation {
        key: "gi",
        name: "Jeugdbescherming De Brug",
        kind: OrganisationType::Gi,
        admin: "Rob Verbeek",
    },
    Organisation {
        key: "ggz",
        name: "GGZ Lindehof",
        kind: OrganisationType::Ggz,
        admin: "Yvonne de Wit",
    },
    Organisation {
        key: "lt",
        name: "Wijkteam Oeverkwartier",
        kind: OrganisationType::LokaalTeam,
        admin: "Mehmet Kaya",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_is_as_large_as_it_says_and_consistent() {
        let accounts = accounts();
        let at_work = |role| {
            accounts
                .iter()
                .filter(|account| account.role == role && account.visitor.is_none())
                .count()
        };
        assert_eq!(at_work(OrgRole::Professional), 8);
        assert_eq!(at_work(OrgRole::Coordinator), 2);
        assert_eq!(at_work(OrgRole::ComplianceOfficer), 3);
        let known = |key: &str| accounts.iter().any(|account| account.key == key);
        for account in &accounts {
            assert!(
                ORGANISATIONS
                    .iter()
                    .any(|org| org.key == account.organisation)
            );
        }
        let households = households();
        let at_once = households
            .iter()
            .filter(|household| household.opens == Opens::AtOnce);
        assert_eq!(at_once.count(), 3);
        for household in &households {
            assert!(known(household.lead) && household.members.iter().all(|key| known(key)));
        }
    }
}
