//! Records as they would be made of what somebody filled in, and words for refusals.

use beraad_casework::{
    consent::default_expiry,
    model::{ConsentRecord, DisclosureRecord},
};
use beraad_protocol::{ItemId, PersonId, RecordId};

use crate::intent::{ConsentDraft, DisclosureDraft};

/// A consent as it would be recorded at `now`.
pub(crate) fn consent_record(
    draft: ConsentDraft,
    id: RecordId,
    now: beraad_protocol::Timestamp,
) -> ConsentRecord {
    ConsentRecord {
        id,
        subject: draft.subject,
        function: draft.function,
        answers: draft.answers,
        categories: draft.categories,
        recipients: draft.recipients,
        purposes: draft.purposes,
        valid_from: now,
        valid_until: draft.valid_until.unwrap_or_else(|| default_expiry(now)),
        method: draft.method,
        freely_given: draft.freely_given,
        under_pressure: draft.under_pressure,
        notice: draft.notice,
        language: draft.language,
    }
}

/// A disclosure as it would be recorded at `now`.
pub(crate) fn disclosure_record(
    draft: DisclosureDraft,
    id: RecordId,
    items: Vec<ItemId>,
    now: beraad_protocol::Timestamp,
) -> DisclosureRecord {
    DisclosureRecord {
        id,
        at: now,
        mechanism: draft.mechanism,
        capacity: draft.capacity,
        lines: draft.lines,
        purpose: draft.purpose,
        description: draft.description,
        items,
        motivation: draft.motivation,
        necessity: draft.necessity,
        proportionality: draft.proportionality,
        subsidiarity: draft.subsidiarity,
        consulted: draft.consulted,
        inform: draft.inform,
        confidentiality: draft.confidentiality,
        emergency: draft.emergency,
        corrects: draft.corrects,
    }
}

/// Which organisation cannot take part, and who can mend it.
pub(crate) fn no_register_key(organisation: &str) -> String {
    format!(
        "{organisation} has no register yet; its compliance officer signs in once, then try again"
    )
}

/// Names of the persons an id stands for, for records and conversations.
pub(crate) fn person_name(household: &beraad_casework::Household, person: PersonId) -> String {
    household
        .person(person)
        .map(|entry| entry.person.name.clone())
        .unwrap_or_default()
}
