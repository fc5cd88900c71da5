//! The households of the region, and what happens in their channels.

use beraad_casework::{
    codes::{AgendaSection, Category, ConsentAnswer, DecisionCapacity, GiverCapacity, Purpose},
    date::CivilDate,
    model::AgendaContent,
};
use beraad_protocol::vocabulary::{ActingCapacity, ConferenceKind, ParticipationStatus};

use super::{Consent, Content, Household, Opens, Person, Scene, Share};

/// The households.
pub fn households() -> Vec<Household> {
    vec![
        noor(
            "dalen",
            "Gezin Van Dalen",
            Opens::AtOnce,
            "vt1",
            "gi1",
            "lt1",
            vec!["vt2"],
        ),
        smit(),
        demir(),
        noor(
            "vermeulen",
            "Gezin Vermeulen",
            Opens::WhenArrived("visitor-vt"),
            "vt1",
            "gi1",
            "lt1",
            vec!["visitor-vt"],
        ),
        noor(
            "jacobs",
            "Gezin Jacobs",
            Opens::WhenArrived("visitor-gi"),
            "vt2",
            "gi2",
            "lt1",
            vec!["visitor-gi"],
        ),
        postma(),
    ]
}

/// Two parents, one refuses: what needs the consent of both is shared on the law, or not at all.
fn noor(
    key: &'static str,
    name: &'static str,
    opens: Opens,
    vt: &'static str,
    gi: &'static str,
    lt: &'static str,
    others: Vec<&'static str>,
) -> Household {
    let members = [vec![gi, lt], others].concat();
    Household {
        key,
        name,
        opens,
        lead: vt,
        members,
        scenes: [
            noor_people(vt),
            noor_conference(vt, gi, lt),
            noor_records(vt, gi, lt),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

fn noor_people(vt: &'static str) -> Vec<Scene> {
    use GiverCapacity::Gezag;

    vec![
        Scene::Message(
            vt,
            "Welkom. Dit overleg gaat over de veiligheid van Noor en haar ouders.",
        ),
        Scene::Person(adult("Lena", "1988-03-14", "moeder")),
        Scene::Person(adult("Mark", "1985-11-02", "vader")),
        Scene::Person(Person {
            name: "Noor",
            born: date("2017-05-30"),
            relation: "dochter",
            capacity: DecisionCapacity::Unassessed,
            represented_by: vec![("Lena", Gezag), ("Mark", Gezag)],
        }),
    ]
}

fn noor_conference(vt: &'static str, gi: &'static str, lt: &'static str) -> Vec<Scene> {
    vec![
        Scene::Conference(
            vt,
            2,
            ConferenceKind::Regular,
            vec![ActingCapacity::VtMelding, ActingCapacity::GiOts],
        ),
        Scene::Reply(gi, ParticipationStatus::Accepted),
        Scene::Reply(lt, ParticipationStatus::Tentative),
        Scene::Message(
            lt,
            "Ik was gisteren op huisbezoek. Lena was open, Mark hield het kort.",
        ),
        Scene::Agenda(
            vt,
            AgendaSection::WorriesStrengths,
            Content::Fixed(AgendaContent::DangerStatement {
                who_worries: "Veilig Thuis en de school".into(),
                danger: "Ruzies tussen Lena en Mark waarbij met spullen wordt gegooid".into(),
                impact: "Noor slaapt slecht en durft niet naar huis na school".into(),
                disputed: "Mark vindt dat het meevalt".into(),
            }),
        ),
        Scene::Agenda(
            gi,
            AgendaSection::SafetyPlan,
            Content::Fixed(AgendaContent::SafetyGoal {
                goal: "Noor is thuis zonder dat er wordt geschreeuwd of gegooid".into(),
                how_long: "drie maanden".into(),
            }),
        ),
        Scene::Agenda(
            lt,
            AgendaSection::SafetyPlan,
            Content::Fixed(AgendaContent::Agreement {
                who: "Mark".into(),
                what: "gaat naar zijn broer als hij merkt dat hij boos wordt".into(),
                when: "zodra een van beiden 'pauze' zegt".into(),
                if_then: "anders belt Lena de crisisdienst".into(),
                checked_by: "Sanne, elke week".into(),
            }),
        ),
        Scene::Agenda(
            vt,
            AgendaSection::Scale,
            Content::Scale("Veilig Thuis", 4, "afspraken zijn er, maar nog pril"),
        ),
        Scene::Agenda(
            gi,
            AgendaSection::Decisions,
            Content::Action("Gesprek met Noor op school", gi, 7),
        ),
    ]
}

fn noor_records(vt: &'static str, gi: &'static str, lt: &'static str) -> Vec<Scene> {
    use ConsentAnswer::{Given, Refused};
    use GiverCapacity::{Gezag, Zelf};

    vec![
        Scene::Consent(Consent {
            key: "lena",
            by: lt,
            subject: "Lena",
            answers: vec![("Lena", Zelf, Given)],
            categories: vec![Category::Gezin, Category::Incident],
            purposes: vec![Purpose::Veiligheidsplan],
        }),
        Scene::Consent(Consent {
            key: "noor",
            by: lt,
            subject: "Noor",
            answers: vec![("Lena", Gezag, Given), ("Mark", Gezag, Refused)],
            categories: vec![Category::School, Category::Kindstem],
            purposes: vec![Purpose::Veiligheidsplan],
        }),
        Scene::Share(Share {
            by: lt,
            text: "Lena vertelt dat de ruzies vaak op vrijdag beginnen, na het werk.",
            subjects: vec!["Lena"],
            categories: vec![Category::Gezin, Category::Incident],
            purpose: Purpose::Veiligheidsplan,
            consent: Some("lena"),
            description: "verslag van een huisbezoek",
            motivation: "",
        }),
        Scene::Share(Share {
            by: vt,
            text: "In de melding van 3 november staat dat Noor bij de buren schuilde.",
            subjects: vec!["Noor"],
            categories: vec![Category::Incident],
            purpose: Purpose::DirecteVeiligheid,
            consent: None,
            description: "inhoud van een melding",
            motivation: "Zonder dit feit kunnen de anderen het gevaar voor Noor niet inschatten.",
        }),
        Scene::Message(gi, "Duidelijk. Ik neem dit mee in het gesprek met Noor."),
    ]
}

/// An elderly couple, no children: the mentor answers for the one who cannot decide.
fn smit() -> Household {
    use ConsentAnswer::{Given, Refused};
    use GiverCapacity::{Mentor, Zelf};

    Household {
        key: "smit",
        name: "Echtpaar Smit",
        opens: Opens::AtOnce,
        lead: "lt1",
        members: vec!["vt2", "gi2"],
        scenes: vec![
            Scene::Message(
                "lt1",
                "De thuiszorg maakt zich zorgen over meneer en mevrouw Smit.",
            ),
            Scene::Person(adult("Ingrid", "1970-08-19", "mentor van mevrouw")),
            Scene::Person(adult("Henk Smit", "1945-02-06", "echtgenoot")),
            Scene::Person(Person {
                name: "Riet Smit",
                born: date("1948-10-21"),
                relation: "echtgenote",
                capacity: DecisionCapacity::Incapable,
                represented_by: vec![("Ingrid", Mentor)],
            }),
            Scene::Person(adult("Peter", "1972-07-09", "zoon")),
            Scene::Conference(
                "planner-lt",
                5,
                ConferenceKind::Review,
                vec![ActingCapacity::VtMelding],
            ),
            Scene::Reply("vt2", ParticipationStatus::Accepted),
            Scene::Consent(Consent {
                key: "riet",
                by: "lt1",
                subject: "Riet Smit",
                answers: vec![("Ingrid", Mentor, Given)],
                categories: vec![Category::Gezin, Category::Financien],
                purposes: vec![Purpose::Veiligheidsplan],
            }),
            Scene::Consent(Consent {
                key: "henk",
                by: "lt1",
                subject: "Henk Smit",
                answers: vec![("Henk Smit", Zelf, Refused)],
                categories: vec![Category::Gezin],
                purposes: vec![Purpose::Veiligheidsplan],
            }),
            Scene::Share(Share {
                by: "lt1",
                text: "Ingrid zag afschrijvingen die zij niet kan plaatsen.",
                subjects: vec!["Riet Smit"],
                categories: vec![Category::Financien],
                purpose: Purpose::Veiligheidsplan,
                consent: Some("riet"),
                description: "signaal over geld",
                motivation: "",
            }),
            Scene::Agenda(
                "lt1",
                AgendaSection::Reason,
                Content::Fixed(AgendaContent::Topic {
                    title: "Wat weet het echtpaar van dit overleg?".into(),
                    notes: String::new(),
                }),
            ),
            Scene::Message("vt2", "Ik bel Ingrid morgen om te horen hoe het gaat."),
        ],
    }
}

/// A consent that was given and withdrawn again.
fn demir() -> Household {
    use ConsentAnswer::Given;
    use GiverCapacity::Zelf;

    Household {
        key: "demir",
        name: "Gezin Demir",
        opens: Opens::AtOnce,
        lead: "gi1",
        members: vec!["vt1", "lt1"],
        scenes: vec![
            Scene::Message("gi1", "De eerste afspraken staan. Graag jullie aanvulling."),
            Scene::Person(adult("Aylin", "1991-01-25", "moeder")),
            Scene::Conference(
                "planner-vt",
                9,
                ConferenceKind::Regular,
                vec![ActingCapacity::GiOts],
            ),
            Scene::Reply("lt1", ParticipationStatus::Declined),
            Scene::Consent(Consent {
                key: "aylin",
                by: "lt1",
                subject: "Aylin",
                answers: vec![("Aylin", Zelf, Given)],
                categories: vec![Category::Wonen],
                purposes: vec![Purpose::Herstel],
            }),
            Scene::Share(Share {
                by: "lt1",
                text: "Aylin heeft vanaf maandag een eigen woning.",
                subjects: vec!["Aylin"],
                categories: vec![Category::Wonen],
                purpose: Purpose::Herstel,
                consent: Some("aylin"),
                description: "woonsituatie",
                motivation: "",
            }),
            Scene::Withdraw("lt1", "aylin", "Aylin"),
            Scene::Message(
                "gi1",
                "Aylin wil niet dat er nog meer wordt gedeeld. Dat respecteren wij.",
            ),
            Scene::Agenda(
                "gi1",
                AgendaSection::ReviewDate,
                Content::Fixed(AgendaContent::Topic {
                    title: "Wanneer kijken we weer?".into(),
                    notes: "Voorstel: over zes weken".into(),
                }),
            ),
        ],
    }
}

/// The household that begins when mental health care can take part.
fn postma() -> Household {
    use ConsentAnswer::Given;
    use GiverCapacity::Zelf;

    Household {
        key: "postma",
        name: "Gezin Postma",
        opens: Opens::WhenRegistered("ggz"),
        lead: "ggz1",
        members: vec!["ggz2", "vt1", "gi1"],
        scenes: vec![
            Scene::Message("ggz1", "Ons register is ingericht, dus wij kunnen meedoen."),
            Scene::Person(adult("Jelle", "1983-04-17", "vader")),
            Scene::Person(adult("Marloes", "1986-12-05", "moeder")),
            Scene::Consent(Consent {
                key: "jelle",
                by: "ggz1",
                subject: "Jelle",
                answers: vec![("Jelle", Zelf, Given)],
                categories: vec![Category::Psychisch],
                purposes: vec![Purpose::Risicotaxatie],
            }),
            Scene::Share(Share {
                by: "ggz1",
                text: "Jelle volgt zijn behandeling trouw; het risico op terugval is gedaald.",
                subjects: vec!["Jelle"],
                categories: vec![Category::Psychisch],
                purpose: Purpose::Risicotaxatie,
                consent: Some("jelle"),
                description: "stand van de behandeling",
                motivation: "",
            }),
            Scene::Share(Share {
                by: "ggz1",
                text: "Marloes belde in paniek over een dreiging thuis.",
                subjects: vec!["Marloes"],
                categories: vec![Category::Incident],
                purpose: Purpose::DirecteVeiligheid,
                consent: None,
                description: "telefonische melding",
                motivation: "De dreiging is acuut; zonder dit bericht kan niemand Marloes vandaag beschermen.",
            }),
            Scene::Share(Share {
                by: "vt1",
                text: "De melding van Marloes is in behandeling; de politie is op de hoogte.",
                subjects: vec!["Marloes"],
                categories: vec![Category::Incident],
                purpose: Purpose::DirecteVeiligheid,
                consent: None,
                description: "stand van een melding",
                motivation: "De anderen moeten weten wie er vandaag handelt, anders doet iedereen iets of niemand.",
            }),
        ],
    }
}

fn adult(name: &'static str, born: &str, relation: &'static str) -> Person {
    Person {
        name,
        born: date(born),
        relation,
        capacity: DecisionCapacity::Capable,
        represented_by: Vec::new(),
    }
}

fn date(text: &str) -> CivilDate {
    text.parse()
        .expect("the dates in this file exist; a test reads them all")
}
