//! The compliance officer's register, checked at the moment it is shown.

use beraad_protocol::OrgId;

use super::Reader;
use crate::{
    read_record::ReadRecord,
    refusal::Refusal,
    register::{self, Kept},
    view::{NamedSubject, RegisterRecordView, RegisterView},
};

impl Reader<'_> {
    pub(super) fn register(&self) -> Result<RegisterView, Refusal> {
        let me = self.identity()?;
        let records = register::all(self.db)?;
        Ok(RegisterView {
            ready: register::is_ready(self.db, self.people(), me.leaf.org),
            records: records.iter().rev().map(|kept| self.record(kept)).collect(),
        })
    }

    fn record(&self, kept: &Kept) -> RegisterRecordView {
        let people = self.people();
        let source = OrgId::from_bytes(*kept.log.as_bytes());
        let logged = kept.logged();
        let verified = self
            .identity()
            .ok()
            .and_then(|me| kept.verified(people, me.leaf.org).ok())
            .filter(|_| logged != Some(false));
        // What does not verify is listed, and nothing of it is shown as if it were true.
        let read = verified.as_ref().map(|record| ReadRecord::of(record.get()));
        let at = verified
            .as_ref()
            .map_or(kept.recorded_at, |record| record.header().at);
        let read = read.as_ref();
        RegisterRecordView {
            id: kept.record,
            kind: kept.kind,
            source,
            source_name: people.org_name(source),
            recipient_names: read
                .map(|read| {
                    read.recipients
                        .iter()
                        .map(|named| named.name.clone())
                        .collect()
                })
                .unwrap_or_default(),
            author_name: read
                .map(|read| read.author_name.clone())
                .unwrap_or_default(),
            at,
            recorded_at: kept.recorded_at,
            index: kept.index,
            verified: verified.is_some(),
            logged,
            disclosure: read.and_then(|read| read.disclosure.clone()),
            consent: read.and_then(|read| read.consent.clone()),
            withdraws: read.and_then(|read| read.withdraws),
            subjects: read
                .map(|read| {
                    read.subjects
                        .iter()
                        .map(|subject| NamedSubject {
                            id: subject.id,
                            name: subject.name.clone(),
                        })
                        .collect()
                })
                .unwrap_or_default(),
        }
    }
}
