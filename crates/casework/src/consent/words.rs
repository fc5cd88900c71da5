//! What a consent lacks, in words.

use beraad_protocol::PersonId;

use crate::{
    block::{Block, BlockCode, WayOutCode},
    household::Household,
    model::Person,
};

/// A person in words a member knows: "vader (Karim)".
pub(crate) fn describe(household: &Household, id: PersonId) -> String {
    household
        .person(id)
        .map_or_else(|| "?".to_owned(), |entry| describe_person(&entry.person))
}

pub(super) fn describe_person(person: &Person) -> String {
    if person.relation.trim().is_empty() {
        person.name.clone()
    } else {
        format!("{} ({})", person.relation, person.name)
    }
}

pub(super) fn unknown_consent() -> Block {
    Block::new(
        5,
        BlockCode::UnknownRecord,
        "Deze toestemming staat niet in dit kanaal.",
        "This consent is not in this channel.",
    )
    .way_out(WayOutCode::AskConsent)
    .way_out(WayOutCode::OtherBasis)
}

pub(super) fn of_another(household: &Household, whose: PersonId, asked: PersonId) -> Block {
    let (whose, wanted) = (describe(household, whose), describe(household, asked));
    Block::new(
        7,
        BlockCode::ConsentOfAnother,
        format!("De toestemming gaat over {whose}, niet over {wanted}."),
        format!("The consent is about {whose}, not about {wanted}."),
    )
    .about(asked)
    .way_out(WayOutCode::AskConsent)
    .way_out(WayOutCode::OtherBasis)
}

pub(super) fn not_free() -> Block {
    Block::new(
        19,
        BlockCode::ConsentNotFree,
        "De toestemming is niet vrij gegeven (drang of een maatregel) en is daarom geen grondslag.",
        "The consent was not free (pressure or a measure), so it is no privacy basis.",
    )
    .way_out(WayOutCode::OtherBasis)
}

pub(super) fn refused(who: &str) -> Block {
    Block::new(
        18,
        BlockCode::ConsentRefused,
        format!("De toestemming van {who} ontbreekt: er is geweigerd."),
        format!("The consent of {who} is missing: it was refused."),
    )
    .way_out(WayOutCode::OtherBasis)
    .way_out(WayOutCode::LeaveOut)
}

pub(super) fn unsafe_to_ask(who: &str) -> Block {
    Block::new(
        18,
        BlockCode::ConsentUnsafeToAsk,
        format!("De toestemming van {who} ontbreekt: het is niet veilig om die te vragen."),
        format!("The consent of {who} is missing: it is unsafe to ask."),
    )
    .way_out(WayOutCode::OtherBasis)
    .way_out(WayOutCode::LeaveOut)
}

pub(super) fn answer_missing(who: &str) -> Block {
    Block::new(
        16,
        BlockCode::ConsentAnswerMissing,
        format!("De toestemming van {who} ontbreekt."),
        format!("The consent of {who} is missing."),
    )
    .way_out(WayOutCode::AskConsent)
    .way_out(WayOutCode::OtherBasis)
}

pub(super) fn authority_unknown(person: &Person) -> Block {
    let who = describe_person(person);
    Block::new(
        16,
        BlockCode::AuthorityUnknown,
        format!("Het is niet bekend wie voor {who} mag beslissen."),
        format!("It is not known who may decide for {who}."),
    )
    .about(person.id)
    .way_out(WayOutCode::RecordAuthority)
}

pub(super) fn date_of_birth_unknown(person: &Person) -> Block {
    let who = describe_person(person);
    Block::new(
        16,
        BlockCode::DateOfBirthUnknown,
        format!("De geboortedatum van {who} is niet bekend. Daarvan hangt af wie moet toestemmen."),
        format!("The date of birth of {who} is not known. It decides who has to consent."),
    )
    .about(person.id)
    .way_out(WayOutCode::FillInDateOfBirth)
    .way_out(WayOutCode::RecordAuthority)
}
