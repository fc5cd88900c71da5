//! A line of `disclosures.jsonl` or `consents.jsonl`: a signed record, readable and whole.
//!
//! Everything but the reasons of redaction and the rows follows from the signed record and its
//! log entry, so a verifier computes the line anew and compares it byte by byte.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use beraad_protocol::{ChannelId, LogId, OrgId, RecordId, vocabulary::RecordKind};
use ciborium::Value;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{manifest::Author, moment::iso8601, row::DisclosureRow};
use crate::{
    log::{LogEntry, leaf_hash},
    record::{Field, MAX_RECORD, RecordError, SignedRecord},
};

/// One record in an export.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordLine {
    /// Version of this shape: 1.
    pub v: u16,
    /// The record.
    pub record: RecordId,
    /// Consent or disclosure.
    pub kind: RecordKind,
    /// The log it stands in.
    pub log: LogId,
    /// Where.
    pub index: u64,
    /// The hash of its leaf, hexadecimal.
    pub leaf_hash: String,
    /// When the server took it in, ISO 8601.
    pub recorded_at: String,
    /// The author's clock, ISO 8601.
    pub at: String,
    /// The household channel.
    pub channel: ChannelId,
    /// Who made it, on which device.
    pub author: Author,
    /// The organisation that answers for it.
    pub source: OrgId,
    /// Organisations it was disclosed to.
    pub recipients: Vec<OrgId>,
    /// Fields that were withheld, each with the reason.
    pub redacted: BTreeMap<String, String>,
    /// The other fields, for reading; bytes stand in hexadecimal.
    pub fields: Map<String, Json>,
    /// The rows of `disclosures.csv` that account for it.
    pub rows: Vec<DisclosureRow>,
    /// The record as it was signed (canonical CBOR, withheld fields as commitments), base64.
    pub signed_record: String,
}

impl std::fmt::Debug for RecordLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordLine")
            .field("record", &self.record)
            .finish_non_exhaustive()
    }
}

/// What a line says beyond the signed record.
pub(super) struct Beyond {
    pub(super) log: LogId,
    pub(super) index: u64,
    pub(super) redacted: BTreeMap<String, String>,
    pub(super) rows: Vec<DisclosureRow>,
}

impl RecordLine {
    pub(super) fn of(
        record: &SignedRecord,
        entry: &LogEntry,
        beyond: Beyond,
    ) -> Result<Self, RecordError> {
        let header = record.header();
        let fields = record
            .fields()
            .iter()
            .filter_map(|(name, field)| match field {
                Field::Open { value, .. } => Some((name.clone(), readable(value))),
                Field::Withheld { .. } => None,
            })
            .collect();
        Ok(Self {
            v: 1,
            record: header.id,
            kind: header.kind,
            log: beyond.log,
            index: beyond.index,
            leaf_hash: hex::encode(leaf_hash(&entry.to_bytes())),
            recorded_at: iso8601(entry.recorded_at),
            at: iso8601(header.at),
            channel: header.channel,
            author: header.author.into(),
            source: header.source,
            recipients: header.recipients.clone(),
            redacted: beyond.redacted,
            fields,
            rows: beyond.rows,
            signed_record: BASE64_STANDARD.encode(record.to_bytes()?),
        })
    }

    /// The line, without its end.
    ///
    /// # Panics
    /// Never: it holds text, numbers and maps with text keys.
    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).expect("plain data is JSON")
    }

    pub(super) fn signed_record(&self) -> Option<SignedRecord> {
        if self.signed_record.len() > MAX_RECORD * 2 {
            return None;
        }
        let bytes = BASE64_STANDARD.decode(&self.signed_record).ok()?;
        SignedRecord::from_bytes(&bytes).ok()
    }
}

/// A value for reading. Bytes become hexadecimal; numbers that not every reader of JSON keeps
/// exactly become text.
fn readable(value: &Value) -> Json {
    match value {
        Value::Integer(number) => {
            let number = i128::from(*number);
            if let Ok(number) = i64::try_from(number) {
                number.into()
            } else if let Ok(number) = u64::try_from(number) {
                number.into()
            } else {
                number.to_string().into()
            }
        }
        Value::Bytes(bytes) => hex::encode(bytes).into(),
        Value::Float(number) => number.to_string().into(),
        Value::Text(text) => text.as_str().into(),
        Value::Bool(truth) => (*truth).into(),
        Value::Tag(_, inner) => readable(inner),
        Value::Array(items) => items.iter().map(readable).collect(),
        Value::Map(pairs) => {
            // Sorted, because JSON objects may keep the order in which they were filled.
            let sorted: BTreeMap<String, Json> = pairs
                .iter()
                .map(|(key, value)| (key_text(key), readable(value)))
                .collect();
            Json::Object(sorted.into_iter().collect())
        }
        _ => Json::Null,
    }
}

fn key_text(key: &Value) -> String {
    match readable(key) {
        Json::String(text) => text,
        other => other.to_string(),
    }
}
