//! Making an export package: proofs from the server, records from this device.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use beraad_ledger::{
    export::{
        BuildError, DeviceAttestation, ExportInput, ExportedRecord, Metadata, Officer, OwnRange,
        UnverifiableEntry, WithheldLeaf, build_with, iso8601,
    },
    log::leaf_hash,
    record::{RecordError, SignedRecord, Verified},
};
use beraad_protocol::{
    DeviceId, LogId, OperationId, Problem, RecordId, Timestamp,
    request::{Answer, LogProofs, Request},
    vocabulary::{OrgRole, RecordKind},
};

use crate::{
    database,
    engine::Step,
    error::Done,
    evidence::{Heads, Proof, Unfit, in_requests, is_leaf_of},
    intent::{IntentOutcome, Reply},
    people::Attested,
    read_record::{account_rows, rows_match},
    refusal::{LocalCode, Refusal},
    register::{self, Kept},
    send::IntoRefusal,
    session::{Asked, offline},
};

/// The export before this one.
const PREVIOUS: &str = "previous_export";

/// An export under way, for this connection only.
pub(crate) struct Export {
    pub(crate) intent: u64,
    purpose: String,
    legal_basis: String,
    recipient: String,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    /// The register was read to its end, and this is what it asks of the logs.
    asked: Option<VecDeque<(LogId, Vec<u64>)>>,
    proofs: HashMap<(LogId, u64), Proof>,
    own_checkpoint: Option<String>,
}

impl Export {
    fn covers(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

impl Step<'_> {
    pub(crate) fn begin_export(
        &mut self,
        intent: u64,
        purpose: String,
        legal_basis: String,
        recipient: String,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Done {
        let refusal = if !self.has_role(OrgRole::ComplianceOfficer) {
            Some(Refusal::local(
                LocalCode::NotAllowed,
                "only the compliance officer makes an export; ask the officer",
            ))
        } else if self.session.export.is_some() {
            Some(Refusal::local(
                LocalCode::Invalid,
                "an export is being made; wait for it",
            ))
        } else if from.zip(until).is_some_and(|(from, until)| until <= from) {
            Some(Refusal::local(
                LocalCode::Invalid,
                "the period ends before it begins",
            ))
        } else {
            None
        };
        if let Some(refusal) = refusal {
            self.answer(Some(intent), IntentOutcome::Refused { refusal });
            return Ok(());
        }
        if !self.session.is_ready() {
            self.answer(Some(intent), offline());
            return Ok(());
        }
        self.session.export = Some(Export {
            intent,
            purpose,
            legal_basis,
            recipient,
            from,
            until,
            asked: None,
            proofs: HashMap::new(),
            own_checkpoint: None,
        });
        self.pull_register()
    }

    /// The register is read to its end: an export that waited for it goes on.
    pub(crate) fn register_is_read(&mut self) -> Done {
        self.ask_leaves()?;
        let own = LogId::from(self.me.leaf.org);
        let Some(export) = self
            .session
            .export
            .as_mut()
            .filter(|export| export.asked.is_none())
        else {
            return Ok(());
        };
        let mut indexes: BTreeMap<LogId, BTreeSet<u64>> = BTreeMap::new();
        for kept in register::all(self.db)? {
            if export.covers(kept.recorded_at) {
                indexes.entry(kept.log).or_default().insert(kept.index);
            }
        }
        // The own log is covered without gaps, whether or not every leaf can be opened here.
        let range = indexes
            .get(&own)
            .and_then(|set| Some((*set.first()?, *set.last()?)));
        if let Some((from, to)) = range {
            indexes.insert(own, (from..=to).collect());
        }
        let mut asked: VecDeque<(LogId, Vec<u64>)> = in_requests(indexes).collect();
        if range.is_none() {
            // Its checkpoint is needed, though none of its leaves.
            asked.push_back((own, Vec::new()));
        }
        export.asked = Some(asked);
        self.export_next()
    }

    fn export_next(&mut self) -> Done {
        let Some(export) = &self.session.export else {
            return Ok(());
        };
        let next = export
            .asked
            .as_ref()
            .and_then(|asked| asked.front().cloned());
        match next {
            Some((log, indexes)) => {
                self.ask(Asked::ExportProofs, Request::LogProofs { log, indexes });
                Ok(())
            }
            None => self.finish_export(),
        }
    }

    pub(crate) fn export_proofs_came(&mut self, result: Result<Answer, Problem>) -> Done {
        let own = LogId::from(self.me.leaf.org);
        let Some(export) = self.session.export.as_mut() else {
            return Ok(());
        };
        let Some((log, indexes)) = export.asked.as_mut().and_then(VecDeque::pop_front) else {
            return Ok(());
        };
        let proofs = match result {
            Ok(Answer::LogProofs(proofs)) => proofs,
            Ok(_) => {
                self.end_export_badly("the server gave another answer than asked");
                return Ok(());
            }
            Err(problem) => {
                let intent = self.session.export.take().map(|export| export.intent);
                let refusal = problem.into_refusal();
                self.answer(intent, IntentOutcome::Refused { refusal });
                return Ok(());
            }
        };
        if !keep_proofs(export, log, &indexes, proofs, log == own) {
            self.end_export_badly("the log's proofs are not the ones asked for");
            return Ok(());
        }
        self.export_next()
    }

    fn end_export_badly(&mut self, why: &str) {
        let intent = self.session.export.take().map(|export| export.intent);
        let refusal = Refusal::local(
            LocalCode::Invalid,
            format!("{why}; try again, then tell the host"),
        );
        self.answer(intent, IntentOutcome::Refused { refusal });
    }

    fn finish_export(&mut self) -> Done {
        let Some(export) = self.session.export.take() else {
            return Ok(());
        };
        let intent = Some(export.intent);
        let id = OperationId::from_bytes(self.draw());
        let outcome = match self.pack(export, id)? {
            Ok(reply) => {
                database::put_as(self.db, PREVIOUS, &id)?;
                IntentOutcome::Ok { reply }
            }
            Err(why) => IntentOutcome::Refused {
                refusal: Refusal::local(LocalCode::Invalid, why),
            },
        };
        self.answer(intent, outcome);
        Ok(())
    }

    /// Divides the register into what is handed over and what is not, with the reason.
    fn sort_out(&self, proofs: HashMap<(LogId, u64), Proof>) -> Done<Result<Sorted, String>> {
        let people = &self.cache.people;
        let org = self.me.leaf.org;
        let own = LogId::from(org);
        let mut heads = Heads::new(&self.me.enrolled.server.log_key);
        if proofs
            .iter()
            .any(|((log, index), proof)| *log == own && !heads.shows(own, *index, proof))
        {
            return Ok(Err(
                "the proofs of the own log do not hold; tell the host".to_owned()
            ));
        }
        let mut sorted = Sorted::default();
        let mut reasons: HashMap<u64, Unfit> = HashMap::new();
        let mut records: BTreeSet<RecordId> = BTreeSet::new();
        let mut places: BTreeSet<(LogId, u64)> = BTreeSet::new();
        for kept in register::all(self.db)? {
            let place = (kept.log, kept.index);
            let Some(proof) = proofs.get(&place) else {
                continue;
            };
            let fit = if records.contains(&kept.record) || places.contains(&place) {
                Err(Unfit::Twice)
            } else if heads.shows(kept.log, kept.index, proof) {
                kept.verified(people, org)
                    .and_then(|record| exported(record, &kept, proof))
            } else {
                Err(Unfit::Unproven)
            };
            match fit {
                Ok(record) => {
                    records.insert(kept.record);
                    places.insert(place);
                    let device = record.record.header().author.device;
                    if let Some(author) = people.attestation(device) {
                        sorted.authors.insert(device, author.into());
                    }
                    sorted.records.push(record);
                }
                Err(unfit) if kept.log == own => {
                    reasons.entry(kept.index).or_insert(unfit);
                }
                Err(unfit) => sorted.unverifiable.push(UnverifiableEntry {
                    record: kept.record,
                    log: kept.log,
                    index: kept.index,
                    reason: unfit.words().to_owned(),
                }),
            }
        }
        for ((log, index), proof) in proofs {
            if log != own || places.contains(&(log, index)) {
                continue;
            }
            let reason = reasons.get(&index).copied().unwrap_or(Unfit::NoCopy);
            sorted.withheld.push(WithheldLeaf {
                index,
                leaf_hash: leaf_hash(&proof.entry),
                reason: reason.words().to_owned(),
                proof: proof.hashes,
                checkpoint: proof.checkpoint,
            });
        }
        sorted.withheld.sort_by_key(|leaf| leaf.index);
        Ok(Ok(sorted))
    }

    fn pack(&self, mut export: Export, id: OperationId) -> Done<Result<Reply, String>> {
        let people = &self.cache.people;
        let own = LogId::from(self.me.leaf.org);
        let Sorted {
            records,
            withheld,
            unverifiable,
            authors,
        } = match self.sort_out(std::mem::take(&mut export.proofs))? {
            Ok(sorted) => sorted,
            Err(why) => return Ok(Err(why)),
        };
        let indexes = || {
            let exported = records.iter().filter(|record| record.log == own);
            exported
                .map(|record| record.index)
                .chain(withheld.iter().map(|leaf| leaf.index))
        };
        let (from, to) = (
            indexes().min().unwrap_or(0),
            indexes().max().map_or(0, |last| last + 1),
        );
        let Some(me) = people.attestation(self.me.leaf.device) else {
            return Ok(Err(
                "this device is not in the directory; refresh it and try again".into(),
            ));
        };
        let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
        let counts = (
            count(records.len()),
            count(withheld.len()),
            count(unverifiable.len()),
        );
        let input = ExportInput {
            metadata: self.metadata(&export, id)?,
            own: OwnRange {
                from,
                to,
                withheld,
                checkpoint: export.own_checkpoint.unwrap_or_default(),
            },
            records,
            unverifiable,
            attestations: authors.into_values().collect(),
            attestation_keys: vec![self.me.attestation_key],
            log_keys: vec![self.me.enrolled.server.log_key.clone()],
        };
        let officer = Officer {
            identity: self.me.leaf,
            public_key: self.me.keys.public(),
            attestation: me.into(),
        };
        let keys = &self.me.keys;
        Ok(
            match build_with(&input, &officer, |message| keys.sign(message), rows_match) {
                Ok(bytes) => Ok(Reply::Package {
                    file_name: format!("beraad-export-{}.zip", &iso8601(self.now)[..10]),
                    bytes,
                    exported: counts.0,
                    withheld: counts.1,
                    unverifiable: counts.2,
                }),
                Err(error) => Err(explain(&error)),
            },
        )
    }

    fn metadata(&self, export: &Export, id: OperationId) -> Done<Metadata> {
        let people = &self.cache.people;
        let org = self.me.leaf.org;
        Ok(Metadata {
            id,
            created_at: self.now,
            created_by: people.name(self.me.leaf.user),
            approved_by: None,
            org,
            organisation: people.org_name(org),
            purpose: export.purpose.clone(),
            legal_basis: export.legal_basis.clone(),
            recipient: export.recipient.clone(),
            from: export.from,
            to: export.until,
            subjects: Vec::new(),
            channels: Vec::new(),
            filters: Vec::new(),
            software: format!("beraad {}", env!("CARGO_PKG_VERSION")),
            retain_until: None,
            previous_export: self.kept(PREVIOUS)?,
        })
    }
}

/// What becomes of the records of an export.
#[derive(Default)]
struct Sorted {
    records: Vec<ExportedRecord>,
    /// Leaves of the own range that are not handed over.
    withheld: Vec<WithheldLeaf>,
    unverifiable: Vec<UnverifiableEntry>,
    authors: BTreeMap<DeviceId, DeviceAttestation>,
}

impl From<&Attested> for DeviceAttestation {
    fn from(attested: &Attested) -> Self {
        Self {
            attestation: attested.bytes.clone(),
            signature: attested.signature.clone(),
        }
    }
}

/// A verified record as it is handed over, if the log has it and its account can be read.
fn exported(
    record: Verified<SignedRecord>,
    kept: &Kept,
    proof: &Proof,
) -> Result<ExportedRecord, Unfit> {
    if !is_leaf_of(&proof.entry, record.get()) {
        return Err(Unfit::Leaf);
    }
    let rows = account_rows(record.get());
    if (kept.kind == RecordKind::Disclosure) == rows.is_empty() {
        return Err(Unfit::Unreadable);
    }
    // Fields that the author kept back when sealing it: the rest still verifies.
    let redacted = record
        .get()
        .fields()
        .keys()
        .filter(|name| matches!(record.get().value(name), Err(RecordError::Withheld)))
        .map(|name| {
            let reason = "door de opsteller niet meegegeven";
            (name.clone(), reason.to_owned())
        })
        .collect();
    Ok(ExportedRecord {
        record,
        redacted,
        log: kept.log,
        index: kept.index,
        entry: proof.entry.clone(),
        proof: proof.hashes.clone(),
        checkpoint: proof.checkpoint.clone(),
        rows,
    })
}

/// Keeps the proofs of one answer; not if they are others than asked.
fn keep_proofs(
    export: &mut Export,
    log: LogId,
    indexes: &[u64],
    proofs: LogProofs,
    own: bool,
) -> bool {
    if proofs.proofs.len() != indexes.len() {
        return false;
    }
    for (proof, index) in proofs.proofs.into_iter().zip(indexes) {
        let right = proof.index == *index;
        let Some(proof) = Proof::of(proof, &proofs.checkpoint).filter(|_| right) else {
            return false;
        };
        export.proofs.insert((log, *index), proof);
    }
    if own {
        export.own_checkpoint = Some(proofs.checkpoint);
    }
    true
}

/// Why no package came of it, with the first fault where its check found any.
fn explain(error: &BuildError) -> String {
    let BuildError::DoesNotVerify(report) = error else {
        return error.to_string();
    };
    match report.faults.first() {
        Some(fault) => format!("{error}: {}: {}", fault.file, fault.what),
        None => error.to_string(),
    }
}
