//! The account around the lines: reasons, consultation, informing, corrections, emergency
//! (rules 6, 12, 13, 15 and 21).

use std::collections::BTreeSet;

use beraad_protocol::{Timestamp, vocabulary::OrganisationType};

use super::{Discloser, line::rests_on_consent};
use crate::{
    block::{Block, BlockCode, WayOutCode},
    codes::Secrecy,
    household::Household,
    model::{DisclosureRecord, Inform},
    tables::tables,
    time::{CLOCK_SKEW, days_after, local_date, months_after, plus_working_days},
};

/// What the record as a whole lacks.
pub(super) fn blocks(
    household: &Household,
    discloser: &Discloser,
    record: &DisclosureRecord,
    at: Timestamp,
) -> Vec<Block> {
    let mut blocks = Vec::new();
    if at.plus_millis(CLOCK_SKEW) < record.at {
        blocks.push(in_future(
            12,
            "Het moment van delen ligt in de toekomst.",
            "The moment of sharing lies in the future.",
        ));
    }
    let with_consent = record.lines.iter().all(rests_on_consent);
    if !with_consent && !record.emergency {
        blocks.extend(reasons(record));
    }
    blocks.extend(consultation(discloser, record));
    blocks.extend(inform(discloser, record, at, with_consent));
    blocks.extend(correction(household, discloser, record, with_consent));
    blocks
}

/// Until when the motivation of an emergency has to follow; none when it is there.
pub fn motivation_due(record: &DisclosureRecord, recorded_at: Timestamp) -> Option<Timestamp> {
    let hours = tables().terms.emergency_motivation_hours;
    (record.emergency && !motivates(record))
        .then(|| recorded_at.plus_millis(i64::from(hours) * 3_600_000))
}

/// Until when the compliance officer has to review an emergency.
pub fn review_due(record: &DisclosureRecord, recorded_at: Timestamp) -> Option<Timestamp> {
    let days = tables().terms.emergency_review_working_days;
    record
        .emergency
        .then(|| plus_working_days(recorded_at, days))
}

/// Whether the record's motivation says something.
pub(crate) fn motivates(record: &DisclosureRecord) -> bool {
    let terms = &tables().terms;
    let text = normal(&record.motivation);
    let words = text
        .split(' ')
        .filter(|word| word.chars().count() > 1)
        .collect::<BTreeSet<_>>();
    text.chars().count() >= terms.motivation_min_chars
        && words.len() >= terms.motivation_min_words
        && !is_empty_phrase(&text)
}

fn reasons(record: &DisclosureRecord) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !motivates(record) {
        blocks.push(motivation_insufficient());
    }
    let others = [
        (
            &record.necessity,
            BlockCode::NecessityInsufficient,
            "Schrijf op waarom zo veel delen nodig is.",
            "Write why sharing this much is needed.",
        ),
        (
            &record.proportionality,
            BlockCode::ProportionalityInsufficient,
            "Schrijf op waarom dit opweegt tegen de inbreuk op de privacy.",
            "Write why this outweighs the harm to privacy.",
        ),
        (
            &record.subsidiarity,
            BlockCode::SubsidiarityInsufficient,
            "Schrijf op waarom het niet met minder kan.",
            "Write why nothing less would do.",
        ),
    ];
    for (text, code, nl, en) in others {
        let text = normal(text);
        let enough = text.chars().count() >= tables().terms.reason_min_chars;
        if !enough || is_empty_phrase(&text) {
            blocks.push(Block::new(6, code, nl, en).way_out(WayOutCode::Motivate));
        }
    }
    for block in &mut blocks {
        block
            .ways_out
            .push(crate::block::WayOut::of(WayOutCode::Emergency));
    }
    blocks
}

fn motivation_insufficient() -> Block {
    let terms = &tables().terms;
    let (chars, words) = (terms.motivation_min_chars, terms.motivation_min_words);
    Block::new(
        6,
        BlockCode::MotivationInsufficient,
        format!("De motivering ontbreekt of zegt te weinig: ten minste {chars} tekens en {words} verschillende woorden, over dit gezin."),
        format!("The motivation is missing or says too little: at least {chars} characters and {words} different words, about this family."),
    )
    .way_out(WayOutCode::Motivate)
}

/// Small letters, single spaces, no punctuation around words: so that a phrase is recognised.
fn normal(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        word.trim_matches(|letter: char| !letter.is_alphanumeric())
            .to_lowercase()
    });
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_empty_phrase(text: &str) -> bool {
    tables()
        .terms
        .empty_phrases
        .iter()
        .any(|phrase| normal(phrase) == text)
}

/// A conflict of duties is thought through with a colleague; in an emergency afterwards.
fn consultation(discloser: &Discloser, record: &DisclosureRecord) -> Option<Block> {
    let conflict = record
        .lines
        .iter()
        .any(|line| line.secrecy == Secrecy::ConflictVanPlichten);
    match record.consulted {
        None if conflict && !record.emergency => Some(
            Block::new(
                6,
                BlockCode::ConsultRequired,
                "Bij een conflict van plichten overlegt u eerst met een collega.",
                "With a conflict of duties you consult a colleague first.",
            )
            .way_out(WayOutCode::Consult)
            .way_out(WayOutCode::Emergency),
        ),
        Some(colleague) if colleague == discloser.user => Some(
            Block::new(
                6,
                BlockCode::ConsultedSelf,
                "De collega met wie u overlegde, kunt u niet zelf zijn.",
                "The colleague you consulted cannot be yourself.",
            )
            .way_out(WayOutCode::Consult),
        ),
        _ => None,
    }
}

fn inform(
    discloser: &Discloser,
    record: &DisclosureRecord,
    at: Timestamp,
    with_consent: bool,
) -> Option<Block> {
    let terms = &tables().terms;
    let shared_on = local_date(record.at);
    match record.inform {
        Inform::Known if !with_consent => Some(
            Block::new(
                6,
                BlockCode::InformUndecided,
                "Zonder toestemming besluit u ook of en wanneer het gezin dit hoort.",
                "Without consent you also decide whether and when the family is told.",
            )
            .way_out(WayOutCode::DecideInform),
        ),
        Inform::Due { by } => {
            let last = if discloser.org_type == OrganisationType::Vt {
                days_after(shared_on, terms.inform_vt_days)
            } else {
                months_after(shared_on, terms.inform_other_months)
            };
            (by.inner() > last).then(|| {
                Block::new(
                    21,
                    BlockCode::InformTooLate,
                    format!("Het gezin hoort dit uiterlijk op {last}."),
                    format!("The family is told by {last} at the latest."),
                )
                .way_out(WayOutCode::DecideInform)
            })
        }
        Inform::Done { on } if on.inner() > local_date(at) => Some(in_future(
            21,
            "De dag waarop het gezin het hoorde, ligt in de toekomst.",
            "The day the family was told lies in the future.",
        )),
        Inform::Known | Inform::Done { .. } | Inform::Omitted { .. } => None,
    }
}

/// A correction points at an earlier record of the same organisation, and says why when it changes
/// the ground.
fn correction(
    household: &Household,
    discloser: &Discloser,
    record: &DisclosureRecord,
    with_consent: bool,
) -> Option<Block> {
    let corrects = record.corrects?;
    if corrects == record.id {
        return Some(
            Block::new(
                13,
                BlockCode::CorrectsItself,
                "Een registratie kan zichzelf niet verbeteren.",
                "A record cannot correct itself.",
            )
            .way_out(WayOutCode::NewRecord),
        );
    }
    let Some(earlier) = household.disclosure(corrects) else {
        return Some(
            Block::new(
                13,
                BlockCode::UnknownRecord,
                "De registratie die u verbetert, staat niet in dit kanaal.",
                "The record you correct is not in this channel.",
            )
            .way_out(WayOutCode::NewRecord),
        );
    };
    if earlier.recorded.org != discloser.org {
        return Some(
            Block::new(
                13,
                BlockCode::CorrectsAnother,
                "U kunt alleen registraties van uw eigen organisatie verbeteren.",
                "You can only correct records of your own organisation.",
            )
            .way_out(WayOutCode::NewRecord),
        );
    }
    // Without consent the motivation was asked for already, unless it was an emergency.
    let asked_already = !with_consent && !record.emergency;
    let switched = record.lines.iter().any(|line| {
        earlier.record.lines.iter().any(|before| {
            before.subject == line.subject
                && before.recipient == line.recipient
                && before.recipient_type == line.recipient_type
                && (before.art6 != line.art6 || before.secrecy != line.secrecy)
        })
    });
    (switched && !asked_already && !motivates(record)).then(|| {
        Block::new(
            15,
            BlockCode::BasisSwitched,
            "U kiest een andere grond dan eerst. Schrijf op waarom.",
            "You choose another ground than before. Write why.",
        )
        .way_out(WayOutCode::Motivate)
    })
}

fn in_future(rule: u8, nl: &str, en: &str) -> Block {
    Block::new(rule, BlockCode::InFuture, nl, en).way_out(WayOutCode::Correct)
}
