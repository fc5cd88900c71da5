//! Records: from what happened in a channel to what is signed, sealed and logged, and back.
//!
//! A record has one field for every field of the consent or disclosure, and beside them the names
//! an officer needs who is in no household channel. What was shared is not in it.

use std::collections::BTreeMap;

use beraad_casework::{
    Household, consent,
    event::Body,
    model::{ConsentRecord, ConsentWithdrawal, DisclosureRecord},
    time::age_at,
};
use beraad_ledger::{
    record::{RecordDraft, RecordHash, SignedRecord},
    seal::{SealContext, seal},
};
use beraad_protocol::{
    OrgId, PersonId, RecordId, Timestamp,
    entry::{RecordSubmission, SealedCopy},
    vocabulary::RecordKind,
};
use ciborium::Value;

use crate::{
    channel::Channel,
    database,
    drafts::person_name,
    engine::Step,
    error::{Done, EngineError},
    outbox::Job,
    read_record::{ConsentThen, Named, Subject, state_word},
    refusal::LocalCode,
    send::{Stop, no_group},
};

/// The hash of this device's last record.
const CHAIN: &str = "record_chain";

/// A record ready to go along.
pub(crate) struct SealedRecord {
    pub(crate) submission: RecordSubmission,
    pub(crate) hash: [u8; 32],
}

/// What a record accounts for.
enum Matter<'a> {
    Consent(&'a ConsentRecord),
    Withdrawal(&'a ConsentWithdrawal),
    Disclosure(&'a DisclosureRecord),
}

impl Step<'_> {
    /// The record that goes along with an event; none when the event needs none.
    pub(crate) fn record_for(
        &mut self,
        job: &Job,
        channel: &Channel,
        body: &Body,
    ) -> Result<Option<SealedRecord>, Stop> {
        let matter = match body {
            Body::ConsentRecorded { consent } => Matter::Consent(consent),
            Body::ConsentWithdrawn { withdrawal } => Matter::Withdrawal(withdrawal),
            Body::InformationShared { disclosure, .. } => Matter::Disclosure(disclosure),
            _ => return Ok(None),
        };
        let source = self.me.leaf.org;
        let household = self.household(channel)?.clone();
        let recipients = matter.recipients(&household, source);
        let fields = self.fields(&matter, channel, &household, &recipients, job.written_at)?;
        let epoch = self.group(channel.id)?.ok_or_else(no_group)?.epoch();
        let draft = RecordDraft {
            id: matter.id(),
            kind: matter.kind(),
            channel: channel.id,
            epoch,
            author: self.me.leaf,
            previous: self.kept::<RecordHash>(CHAIN)?,
            recipients: recipients.clone(),
            at: job.written_at,
            fields,
        };
        let keys = &self.me.keys;
        let signed = draft
            .sign(self.rng, |message| keys.sign(message))
            .map_err(|error| Stop::refuse(LocalCode::Invalid, error.to_string()))?;
        self.seal_record(&signed, source, recipients).map(Some)
    }

    fn seal_record(
        &self,
        signed: &SignedRecord,
        source: OrgId,
        recipients: Vec<OrgId>,
    ) -> Result<SealedRecord, Stop> {
        let invalid =
            |error: &dyn std::fmt::Display| Stop::refuse(LocalCode::Invalid, error.to_string());
        let bytes = signed.to_bytes().map_err(|error| invalid(&error))?;
        let hash = *signed.hash().map_err(|error| invalid(&error))?.as_bytes();
        let header = signed.header();
        let people = &self.cache.people;
        let mut sealed = Vec::with_capacity(recipients.len() + 1);
        for org in std::iter::once(source).chain(recipients.iter().copied()) {
            let key = people
                .register_key(org, self.now)
                .map_err(|why| Stop::Refuse(Box::new(why.refusal(&people.org_name(org)))))?;
            let context = SealContext {
                record: header.id,
                org,
                key: key.id,
            };
            let ciphertext =
                seal(&key.public_key, &context, &bytes).map_err(|error| invalid(&error))?;
            sealed.push(SealedCopy {
                org,
                key: key.id,
                ciphertext,
            });
        }
        Ok(SealedRecord {
            submission: RecordSubmission {
                id: header.id,
                kind: header.kind,
                commitment: hash.to_vec(),
                source,
                recipients,
                sealed,
            },
            hash,
        })
    }

    /// The fields of a record, with the names that an officer needs to read it.
    fn fields(
        &self,
        matter: &Matter<'_>,
        channel: &Channel,
        household: &Household,
        recipients: &[OrgId],
        at: Timestamp,
    ) -> Done<BTreeMap<String, Value>> {
        let people = &self.cache.people;
        let mut fields = matter.fields()?;
        let subjects: Vec<Subject> = matter
            .subjects(household)
            .into_iter()
            .map(|id| Subject {
                id,
                name: person_name(household, id),
                age: household
                    .person(id)
                    .and_then(|entry| entry.person.date_of_birth)
                    .map(|born| age_at(born.inner(), at)),
            })
            .collect();
        let names: Vec<Named> = recipients
            .iter()
            .map(|org| Named {
                id: *org,
                name: people.org_name(*org),
            })
            .collect();
        let states: Vec<ConsentThen> = matter
            .consents_used()
            .into_iter()
            .filter_map(|id| {
                let entry = household.consent(id)?;
                Some(ConsentThen {
                    id,
                    state: state_word(consent::state(household, entry, at)),
                })
            })
            .collect();
        let mut put = |name: &str, value: Result<Value, ciborium::value::Error>| {
            let value = value.map_err(|_| EngineError::Damaged("a record"))?;
            fields.insert(name.to_owned(), value);
            Ok::<(), EngineError>(())
        };
        put("act", Value::serialized(matter.act()))?;
        put("case_code", Value::serialized(&channel.case_code))?;
        put(
            "author_name",
            Value::serialized(&people.name(self.me.leaf.user)),
        )?;
        put("author_function", Value::serialized(&self.my_function()))?;
        put(
            "source_name",
            Value::serialized(&people.org_name(self.me.leaf.org)),
        )?;
        put("recipient_names", Value::serialized(&names))?;
        put("subject_names", Value::serialized(&subjects))?;
        put("consent_states", Value::serialized(&states))?;
        Ok(fields)
    }

    fn my_function(&self) -> String {
        self.cache.people.user(self.me.leaf.user).map_or_else(
            || self.me.enrolled.function.clone(),
            |user| user.function.clone(),
        )
    }

    /// A record of this device stands in the log: the next one names it.
    pub(crate) fn extend_chain(&mut self, hash: &[u8]) -> Done {
        let hash = hash
            .try_into()
            .map_err(|_| EngineError::Damaged("a record's hash"))?;
        database::put_as(self.db, CHAIN, &RecordHash::from_bytes(hash))
    }
}

impl Matter<'_> {
    fn id(&self) -> RecordId {
        match self {
            Self::Consent(record) => record.id,
            Self::Withdrawal(record) => record.id,
            Self::Disclosure(record) => record.id,
        }
    }

    const fn kind(&self) -> RecordKind {
        match self {
            Self::Consent(_) | Self::Withdrawal(_) => RecordKind::Consent,
            Self::Disclosure(_) => RecordKind::Disclosure,
        }
    }

    const fn act(&self) -> &'static str {
        match self {
            Self::Consent(_) => "consent",
            Self::Withdrawal(_) => "withdrawal",
            Self::Disclosure(_) => "disclosure",
        }
    }

    /// One field for each of the record's own.
    fn fields(&self) -> Done<BTreeMap<String, Value>> {
        let value = match self {
            Self::Consent(record) => Value::serialized(record),
            Self::Withdrawal(record) => Value::serialized(record),
            Self::Disclosure(record) => Value::serialized(record),
        };
        let damaged = || EngineError::Damaged("a record");
        let pairs = value
            .ok()
            .and_then(|value| value.into_map().ok())
            .ok_or_else(damaged)?;
        pairs
            .into_iter()
            .map(|(name, value)| Ok((name.into_text().map_err(|_| damaged())?, value)))
            .collect()
    }

    /// Organisations it is sealed to, the source not among them.
    fn recipients(&self, household: &Household, source: OrgId) -> Vec<OrgId> {
        let named: Vec<OrgId> = match self {
            Self::Consent(record) => record.recipients.clone(),
            Self::Withdrawal(record) => household
                .consent(record.consent)
                .map(|entry| entry.record.recipients.clone())
                .unwrap_or_default(),
            Self::Disclosure(record) => record
                .lines
                .iter()
                .filter_map(|line| line.recipient)
                .collect(),
        };
        let mut recipients: Vec<OrgId> = named.into_iter().filter(|org| *org != source).collect();
        recipients.sort_unstable();
        recipients.dedup();
        recipients
    }

    fn subjects(&self, household: &Household) -> Vec<PersonId> {
        match self {
            Self::Consent(record) => vec![record.subject],
            Self::Withdrawal(record) => household
                .consent(record.consent)
                .map(|entry| entry.record.subject)
                .into_iter()
                .collect(),
            Self::Disclosure(record) => {
                let mut subjects: Vec<PersonId> =
                    record.lines.iter().map(|line| line.subject).collect();
                subjects.sort_unstable();
                subjects.dedup();
                subjects
            }
        }
    }

    fn consents_used(&self) -> Vec<RecordId> {
        let Self::Disclosure(record) = self else {
            return Vec::new();
        };
        let mut used: Vec<RecordId> = record
            .lines
            .iter()
            .filter_map(|line| line.consent)
            .collect();
        used.sort_unstable();
        used.dedup();
        used
    }
}
