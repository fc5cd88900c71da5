//! Records read back: what an officer sees of one, and the rows of an export.

use beraad_casework::{
    codes::ConsentAnswer,
    consent,
    model::{ConsentRecord, DisclosureRecord, Inform},
};
use beraad_ledger::{
    export::{DisclosureRow, iso8601},
    record::SignedRecord,
};
use beraad_protocol::{OrgId, PersonId, RecordId};
use ciborium::Value;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A subject as the record names it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Subject {
    pub(crate) id: PersonId,
    pub(crate) name: String,
    pub(crate) age: Option<i16>,
}

/// An organisation as the record names it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Named {
    pub(crate) id: OrgId,
    pub(crate) name: String,
}

/// How a consent stood when it was used.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ConsentThen {
    pub(crate) id: RecordId,
    pub(crate) state: String,
}

/// The word for a consent's state, as screens and exports have it.
pub(crate) fn state_word(state: consent::ConsentState) -> String {
    serde_json::to_value(state)
        .ok()
        .and_then(|word| word.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// A record that somebody signed, read back.
pub(crate) struct ReadRecord {
    pub(crate) disclosure: Option<DisclosureRecord>,
    pub(crate) consent: Option<ConsentRecord>,
    pub(crate) withdraws: Option<RecordId>,
    pub(crate) author_name: String,
    pub(crate) source_name: String,
    pub(crate) case_code: String,
    pub(crate) subjects: Vec<Subject>,
    pub(crate) recipients: Vec<Named>,
    consents: Vec<ConsentThen>,
}

impl ReadRecord {
    /// What a record says; empty where it says nothing that is understood.
    pub(crate) fn of(record: &SignedRecord) -> Self {
        let act: String = record.read("act").unwrap_or_default();
        let whole = |wanted: &str| (act == wanted).then_some(record);
        Self {
            disclosure: whole("disclosure").and_then(whole_record),
            consent: whole("consent").and_then(whole_record),
            withdraws: whole("withdrawal").and_then(|record| record.read("consent").ok()),
            author_name: record.read("author_name").unwrap_or_default(),
            source_name: record.read("source_name").unwrap_or_default(),
            case_code: record.read("case_code").unwrap_or_default(),
            subjects: record.read("subject_names").unwrap_or_default(),
            recipients: record.read("recipient_names").unwrap_or_default(),
            consents: record.read("consent_states").unwrap_or_default(),
        }
    }

    /// A row for each line of a disclosure.
    pub(crate) fn rows(&self) -> Vec<DisclosureRow> {
        let Some(record) = &self.disclosure else {
            return Vec::new();
        };
        let (status, due, done, reason) = match &record.inform {
            Inform::Known => ("bekend", String::new(), String::new(), String::new()),
            Inform::Due { by } => ("gepland", by.to_string(), String::new(), String::new()),
            Inform::Done { on } => ("gedaan", String::new(), on.to_string(), String::new()),
            Inform::Omitted { reason } => (
                "uitgesteld",
                String::new(),
                String::new(),
                reason.to_string(),
            ),
        };
        record
            .lines
            .iter()
            .map(|line| {
                let subject = self
                    .subjects
                    .iter()
                    .find(|subject| subject.id == line.subject);
                let recipient = line
                    .recipient
                    .and_then(|org| self.recipients.iter().find(|named| named.id == org));
                let consent = line
                    .consent
                    .and_then(|id| self.consents.iter().find(|consent| consent.id == id));
                DisclosureRow {
                    at: iso8601(record.at),
                    source: self.source_name.clone(),
                    discloser: self.author_name.clone(),
                    on_behalf_of: self.source_name.clone(),
                    capacity: record.capacity.to_string(),
                    subject: subject
                        .map(|subject| subject.name.clone())
                        .unwrap_or_default(),
                    age: subject
                        .and_then(|subject| subject.age)
                        .map(|age| age.to_string())
                        .unwrap_or_default(),
                    recipient_org: recipient
                        .map(|named| named.name.clone())
                        .unwrap_or_default(),
                    recipient: String::new(),
                    recipient_type: line.recipient_type.to_string(),
                    address: self.case_code.clone(),
                    categories: line
                        .categories
                        .iter()
                        .map(|category| category.code())
                        .collect::<Vec<_>>()
                        .join(" "),
                    description: record.description.clone(),
                    purpose: record.purpose.to_string(),
                    art6: line.art6.to_string(),
                    art9: code(line.art9),
                    art10: code(line.art10),
                    provision: code(line.provision),
                    secrecy: line.secrecy.to_string(),
                    consent_id: code(line.consent),
                    consent_status: consent
                        .map(|consent| consent.state.clone())
                        .unwrap_or_default(),
                    motivation: record.motivation.clone(),
                    mechanism: record.mechanism.to_string(),
                    emergency: if record.emergency { "ja" } else { "nee" }.to_owned(),
                    inform_status: status.to_owned(),
                    inform_due: due.clone(),
                    informed_at: done.clone(),
                    inform_reason: reason.clone(),
                    confidentiality: record.confidentiality.to_string(),
                    corrects: code(record.corrects),
                    review: String::new(),
                }
            })
            .collect()
    }
}

/// The rows of `disclosures.csv` that account for a record; none when it is no disclosure that can
/// be read.
pub fn account_rows(record: &SignedRecord) -> Vec<DisclosureRow> {
    ReadRecord::of(record).rows()
}

/// Whether rows say of a record what was signed; if not, which cell of which record says something
/// else. To be handed to whatever makes or checks a package.
pub fn rows_match(record: &SignedRecord, rows: &[DisclosureRow]) -> Result<(), String> {
    let signed = account_rows(record);
    let id = record.header().id;
    if signed.len() != rows.len() {
        return Err(format!(
            "record {id} accounts for {} row(s), and the table has {}",
            signed.len(),
            rows.len()
        ));
    }
    for (number, (right, row)) in (1..).zip(signed.iter().zip(rows)) {
        if right != row {
            let cell = differing_cell(right, row).unwrap_or_default();
            return Err(format!(
                "record {id}, row {number}: the cell {cell} says something else than what was signed"
            ));
        }
    }
    Ok(())
}

/// The column in which two rows differ.
fn differing_cell(one: &DisclosureRow, other: &DisclosureRow) -> Option<String> {
    let cells = |row| serde_json::to_value(row).ok();
    let (one, other) = (cells(one)?, cells(other)?);
    let differs = |(column, cell): (&String, &serde_json::Value)| {
        (other.get(column) != Some(cell)).then(|| column.clone())
    };
    one.as_object()?.iter().find_map(differs)
}

/// Whether everybody who was asked said yes.
pub(crate) fn all_gave(consent: &ConsentRecord) -> bool {
    consent
        .answers
        .iter()
        .all(|answer| answer.answer == ConsentAnswer::Given)
}

fn code<T: std::fmt::Display>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The struct whose fields a record has.
fn whole_record<T: DeserializeOwned>(record: &SignedRecord) -> Option<T> {
    let pairs = record
        .fields()
        .keys()
        .filter_map(|name| {
            let value = record.value(name).ok()?;
            Some((Value::Text(name.clone()), value.clone()))
        })
        .collect();
    Value::Map(pairs).deserialized().ok()
}
