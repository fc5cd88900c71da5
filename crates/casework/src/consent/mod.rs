//! Consent: what it covers, whose answer it needs, and until when it holds.

mod words;

use beraad_protocol::{OrgId, PersonId, RecordId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    block::{Block, BlockCode, WayOutCode},
    codes::{Category, ConsentAnswer, ConsentFunction, DecisionCapacity, GiverCapacity, Purpose},
    household::{ConsentEntry, Household},
    model::{ConsentRecord, Person},
    tables::tables,
    time::{CLOCK_SKEW, age_at, local_date, months_before, plus_months},
};

pub(crate) use words::describe;
use words::{
    answer_missing, authority_unknown, date_of_birth_unknown, not_free, of_another, refused,
    unknown_consent, unsafe_to_ask,
};

/// What a consent is asked to cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Whose data.
    pub subject: PersonId,
    /// Which kind of data.
    pub category: Category,
    /// Towards which organisation; none for somebody outside the server, whom no consent names.
    pub recipient: Option<OrgId>,
    /// For what.
    pub purpose: Purpose,
    /// When.
    pub moment: Timestamp,
    /// What it has to be for: privacy basis or secrecy.
    pub function: ConsentFunction,
}

/// What became of a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ConsentState {
    /// Everybody who has to answer said yes, and it holds now.
    Given,
    /// It holds for secrecy only: it was not free, so it is no privacy basis.
    SecrecyOnly,
    /// It starts later.
    NotYet,
    /// Somebody refused.
    Refused,
    /// Asking somebody is unsafe.
    UnsafeToAsk,
    /// Somebody who has to answer did not, or it is not known who has to.
    Incomplete,
    /// It was not free, and was asked as a privacy basis.
    Invalid,
    /// It was withdrawn.
    Withdrawn,
    /// It has expired.
    Expired,
}

/// Somebody whose answer is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RequiredGiver {
    /// Who.
    pub person: PersonId,
    /// As what.
    pub capacity: GiverCapacity,
}

impl ConsentState {
    /// Every state, in the order of the list.
    pub const ALL: &'static [Self] = &[
        Self::Given,
        Self::SecrecyOnly,
        Self::NotYet,
        Self::Refused,
        Self::UnsafeToAsk,
        Self::Incomplete,
        Self::Invalid,
        Self::Withdrawn,
        Self::Expired,
    ];

    /// The code under which the tables hold its words.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::SecrecyOnly => "secrecy_only",
            Self::NotYet => "not_yet",
            Self::Refused => "refused",
            Self::UnsafeToAsk => "unsafe_to_ask",
            Self::Incomplete => "incomplete",
            Self::Invalid => "invalid",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }
}

/// Whether the consent covers what is asked; the first reason if not.
pub fn covers(household: &Household, consent: RecordId, asked: &Asked) -> Result<(), Block> {
    problems(household, consent, asked)
        .into_iter()
        .next()
        .map_or(Ok(()), Err)
}

/// Every reason why the consent does not cover what is asked.
pub fn problems(household: &Household, consent: RecordId, asked: &Asked) -> Vec<Block> {
    let subject = asked.subject;
    let Some(entry) = household.consent(consent) else {
        return vec![unknown_consent().about(subject)];
    };
    if entry.record.subject != subject {
        return vec![of_another(household, entry.record.subject, subject)];
    }
    let mut blocks = scope(&entry.record, asked);
    blocks.extend(period(entry, asked.moment));
    if wants_privacy_basis(asked.function) && !is_free(&entry.record) {
        blocks.push(not_free());
    }
    blocks.extend(answers(household, &entry.record, asked.moment));
    blocks
        .into_iter()
        .map(|block| block.about(subject))
        .collect()
}

/// What became of the consent at `moment`.
pub fn state(household: &Household, entry: &ConsentEntry, moment: Timestamp) -> ConsentState {
    if let Some(block) = period(entry, moment).into_iter().next() {
        return match block.code {
            BlockCode::ConsentWithdrawn => ConsentState::Withdrawn,
            BlockCode::ConsentExpired => ConsentState::Expired,
            _ => ConsentState::NotYet,
        };
    }
    let blocks = answers(household, &entry.record, moment);
    let has = |code| blocks.iter().any(|block: &Block| block.code == code);
    if has(BlockCode::ConsentRefused) {
        ConsentState::Refused
    } else if has(BlockCode::ConsentUnsafeToAsk) {
        ConsentState::UnsafeToAsk
    } else if !blocks.is_empty() {
        ConsentState::Incomplete
    } else if is_free(&entry.record) || entry.record.function == ConsentFunction::LiftSecrecy {
        ConsentState::Given
    } else if entry.record.function == ConsentFunction::Both {
        ConsentState::SecrecyOnly
    } else {
        ConsentState::Invalid
    }
}

/// Whose answers are needed for `person` at `moment`; or what has to be found out first.
///
/// Below the first age threshold: everybody with parental authority. Up to the second: those and
/// the child. After it: the person, or whoever represents one who cannot decide. While the date of
/// birth is unknown the safe side is taken: the person and everybody who may decide for them.
pub fn required_givers(person: &Person, moment: Timestamp) -> Result<Vec<RequiredGiver>, Block> {
    let ages = &tables().ages;
    let incapable = person.capacity == DecisionCapacity::Incapable;
    let holders = |capacities: &[GiverCapacity]| {
        let mut holders = person
            .represented_by
            .iter()
            .filter(|representation| capacities.contains(&representation.capacity))
            .map(|representation| RequiredGiver {
                person: representation.holder,
                capacity: representation.capacity,
            })
            .collect::<Vec<_>>();
        holders.sort_unstable();
        holders.dedup();
        if holders.is_empty() {
            Err(authority_unknown(person))
        } else {
            Ok(holders)
        }
    };
    let oneself = RequiredGiver {
        person: person.id,
        capacity: GiverCapacity::Zelf,
    };
    let with_oneself = |mut holders: Vec<RequiredGiver>| {
        if !incapable {
            holders.insert(0, oneself);
        }
        holders
    };

    let Some(born) = person.date_of_birth else {
        return holders(ANY_HOLDER)
            .map(with_oneself)
            .map_err(|_| date_of_birth_unknown(person));
    };
    let age = age_at(born.inner(), moment);
    if age < ages.joint_from {
        holders(PARENTAL)
    } else if age < ages.self_from {
        holders(PARENTAL).map(with_oneself)
    } else if !incapable {
        Ok(vec![oneself])
    } else if age < ages.adult_from {
        holders(ANY_HOLDER)
    } else {
        holders(ADULT)
    }
}

/// Until when consent that starts at `from` holds unless somebody chooses otherwise.
pub fn default_expiry(from: Timestamp) -> Timestamp {
    plus_months(from, tables().terms.consent_months)
}

const PARENTAL: &[GiverCapacity] = &[GiverCapacity::Gezag, GiverCapacity::Voogd];
const ADULT: &[GiverCapacity] = &[
    GiverCapacity::Voogd,
    GiverCapacity::Curator,
    GiverCapacity::Mentor,
];
const ANY_HOLDER: &[GiverCapacity] = &[
    GiverCapacity::Gezag,
    GiverCapacity::Voogd,
    GiverCapacity::Curator,
    GiverCapacity::Mentor,
];

fn is_free(record: &ConsentRecord) -> bool {
    record.freely_given && !record.under_pressure
}

fn wants_privacy_basis(function: ConsentFunction) -> bool {
    function != ConsentFunction::LiftSecrecy
}

fn scope(record: &ConsentRecord, asked: &Asked) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !record.categories.contains(&asked.category) {
        let code = asked.category.code();
        let (nl, en) = tables().labels.words("category", code);
        blocks.push(
            Block::new(
                5,
                BlockCode::ConsentNotForCategory,
                format!("De toestemming geldt niet voor: {nl}."),
                format!("The consent is not for: {en}."),
            )
            .way_out(WayOutCode::AskConsentAgain)
            .way_out(WayOutCode::LeaveOut),
        );
    }
    if !asked
        .recipient
        .is_some_and(|recipient| record.recipients.contains(&recipient))
    {
        blocks.push(
            Block::new(
                5,
                BlockCode::ConsentNotForRecipient,
                "De toestemming geldt niet voor deze ontvanger.",
                "The consent is not for this recipient.",
            )
            .way_out(WayOutCode::AskConsentAgain)
            .way_out(WayOutCode::OtherBasis),
        );
    }
    if !record.purposes.contains(&asked.purpose) {
        let code = asked.purpose.code();
        let (nl, en) = tables().labels.words("purpose", code);
        blocks.push(
            Block::new(
                5,
                BlockCode::ConsentNotForPurpose,
                format!("De toestemming geldt niet voor dit doel: {nl}."),
                format!("The consent is not for this purpose: {en}."),
            )
            .way_out(WayOutCode::AskConsentAgain)
            .way_out(WayOutCode::OtherBasis),
        );
    }
    if record.function != ConsentFunction::Both && record.function != asked.function {
        blocks.push(
            Block::new(
                5,
                BlockCode::ConsentNotForFunction,
                "De toestemming is voor iets anders gegeven: grondslag en beroepsgeheim zijn twee vragen.",
                "The consent was given for something else: privacy basis and secrecy are two questions.",
            )
            .way_out(WayOutCode::AskConsentAgain)
            .way_out(WayOutCode::OtherBasis),
        );
    }
    blocks
}

fn period(entry: &ConsentEntry, moment: Timestamp) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !entry.withdrawals.is_empty() {
        blocks.push(
            Block::new(
                14,
                BlockCode::ConsentWithdrawn,
                "De toestemming is ingetrokken.",
                "The consent was withdrawn.",
            )
            .way_out(WayOutCode::OtherBasis)
            .way_out(WayOutCode::LeaveOut),
        );
    }
    if moment >= entry.record.valid_until {
        blocks.push(
            Block::new(
                20,
                BlockCode::ConsentExpired,
                "De toestemming is verlopen.",
                "The consent has expired.",
            )
            .way_out(WayOutCode::AskConsentAgain)
            .way_out(WayOutCode::OtherBasis),
        );
    }
    // Clocks differ a little: consent given "now" must not lie in the server's future.
    if moment.plus_millis(CLOCK_SKEW) < entry.record.valid_from {
        blocks.push(
            Block::new(
                5,
                BlockCode::ConsentNotYet,
                "De toestemming gaat pas later in.",
                "The consent starts later.",
            )
            .way_out(WayOutCode::AskConsentAgain)
            .way_out(WayOutCode::OtherBasis),
        );
    }
    blocks
}

/// What is missing from the answers, and from what is known about who has to answer.
fn answers(household: &Household, record: &ConsentRecord, moment: Timestamp) -> Vec<Block> {
    let Some(subject) = household.person(record.subject) else {
        return vec![unknown_consent()];
    };
    let givers = match required_givers(&subject.person, moment) {
        Ok(givers) => givers,
        Err(block) => return vec![block],
    };
    let mut blocks = Vec::new();
    for giver in givers {
        blocks.extend(authority(household, &subject.person, giver, moment));
        let answer = record
            .answers
            .iter()
            .find(|answer| answer.person == giver.person && answer.capacity == giver.capacity);
        let who = describe(household, giver.person);
        match answer.map(|answer| answer.answer) {
            Some(ConsentAnswer::Given) => {}
            Some(ConsentAnswer::Refused) => blocks.push(refused(&who)),
            Some(ConsentAnswer::UnsafeToAsk) => blocks.push(unsafe_to_ask(&who)),
            None => blocks.push(answer_missing(&who)),
        }
    }
    blocks
}

/// Whether the authority of `giver` over `subject` was checked at its source, and lately.
fn authority(
    household: &Household,
    subject: &Person,
    giver: RequiredGiver,
    moment: Timestamp,
) -> Option<Block> {
    if !PARENTAL.contains(&giver.capacity) {
        return None;
    }
    // Several checks of one holder: the latest one that names its source counts.
    let checks = subject.represented_by.iter().filter(|representation| {
        representation.holder == giver.person && representation.capacity == giver.capacity
    });
    let latest = checks
        .filter(|representation| !representation.source.trim().is_empty())
        .map(|representation| representation.checked_on.inner())
        .max();
    let who = describe(household, giver.person);
    let months = tables().terms.authority_months;
    match latest {
        None => Some(
            Block::new(
                17,
                BlockCode::AuthorityUnsourced,
                format!("Het gezag van {who} is niet bij de bron gecontroleerd."),
                format!("The authority of {who} was not checked at its source."),
            )
            .way_out(WayOutCode::CheckAuthority),
        ),
        Some(checked_on) if checked_on < months_before(local_date(moment), months) => Some(
            Block::new(
                17,
                BlockCode::AuthorityStale,
                format!(
                    "Het gezag van {who} is langer dan {months} maanden geleden gecontroleerd."
                ),
                format!("The authority of {who} was checked more than {months} months ago."),
            )
            .way_out(WayOutCode::CheckAuthority),
        ),
        Some(_) => None,
    }
}
