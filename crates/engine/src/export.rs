//! Making an export package: proofs from the server, records from this device.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use beraad_ledger::{
    export::{
        BuildError, DeviceAttestation, ExportInput, ExportedRecord, Metadata, Officer, OwnRange,
        WithheldLeaf, build, iso8601,
    },
    log::{Hash, leaf_hash},
};
use beraad_protocol::{
    DeviceId, LogId, OperationId, Problem, Timestamp,
    limits::MAX_PROOFS,
    request::{Answer, LogProofs, Request},
    vocabulary::OrgRole,
};

use crate::{
    database,
    engine::Step,
    error::Done,
    intent::{IntentOutcome, Reply},
    read_record::ReadRecord,
    refusal::{LocalCode, Refusal},
    register,
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

struct Proof {
    entry: Vec<u8>,
    hashes: Vec<Hash>,
    checkpoint: String,
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
        indexes.insert(
            own,
            range
                .map(|(from, to)| (from..=to).collect())
                .unwrap_or_default(),
        );
        let mut asked = VecDeque::new();
        for (log, set) in indexes {
            let all: Vec<u64> = set.into_iter().collect();
            if all.is_empty() {
                asked.push_back((log, Vec::new()));
            }
            for chunk in all.chunks(MAX_PROOFS) {
                asked.push_back((log, chunk.to_vec()));
            }
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

    fn pack(&self, mut export: Export, id: OperationId) -> Done<Result<Reply, String>> {
        let people = &self.cache.people;
        let own = LogId::from(self.me.leaf.org);
        let mut records = Vec::new();
        let mut authors: BTreeMap<DeviceId, DeviceAttestation> = BTreeMap::new();
        for kept in register::all(self.db)? {
            let Some(record) = kept.verified(people) else {
                continue;
            };
            let device = record.header().author.device;
            let Some(author) = people.attestation(device) else {
                continue;
            };
            let Some(proof) = export.proofs.remove(&(kept.log, kept.index)) else {
                continue;
            };
            let rows = ReadRecord::of(record.get()).rows();
            authors.insert(
                device,
                DeviceAttestation {
                    attestation: author.bytes.clone(),
                    signature: author.signature.clone(),
                },
            );
            records.push(ExportedRecord {
                record,
                redacted: BTreeMap::new(),
                log: kept.log,
                index: kept.index,
                entry: proof.entry,
                proof: proof.hashes,
                checkpoint: proof.checkpoint,
                rows,
            });
        }
        let withheld = withheld(&mut export, own);
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
        let counts = (records.len(), withheld.len());
        let input = ExportInput {
            metadata: self.metadata(&export, id)?,
            own: OwnRange {
                from,
                to,
                withheld,
                checkpoint: export.own_checkpoint.unwrap_or_default(),
            },
            records,
            attestations: authors.into_values().collect(),
            attestation_keys: vec![self.me.attestation_key],
            log_keys: vec![self.me.enrolled.server.log_key.clone()],
        };
        let officer = Officer {
            identity: self.me.leaf,
            public_key: self.me.keys.public(),
            attestation: DeviceAttestation {
                attestation: me.bytes.clone(),
                signature: me.signature.clone(),
            },
        };
        let keys = &self.me.keys;
        Ok(
            match build(&input, &officer, |message| keys.sign(message)) {
                Ok(bytes) => Ok(Reply::Package {
                    file_name: format!("beraad-export-{}.zip", &iso8601(self.now)[..10]),
                    bytes,
                    exported: u32::try_from(counts.0).unwrap_or(u32::MAX),
                    withheld: u32::try_from(counts.1).unwrap_or(u32::MAX),
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
        let hashes: Option<Vec<Hash>> = proof
            .hashes
            .iter()
            .map(|hash| hash.as_slice().try_into().ok())
            .collect();
        let (true, Some(hashes)) = (proof.index == *index, hashes) else {
            return false;
        };
        let checkpoint = proofs.checkpoint.clone();
        export.proofs.insert(
            (log, *index),
            Proof {
                entry: proof.entry,
                hashes,
                checkpoint,
            },
        );
    }
    if own {
        export.own_checkpoint = Some(proofs.checkpoint);
    }
    true
}

/// Leaves of the own range that are not handed over.
fn withheld(export: &mut Export, own: LogId) -> Vec<WithheldLeaf> {
    let proofs = std::mem::take(&mut export.proofs);
    let mut leaves: Vec<WithheldLeaf> = proofs
        .into_iter()
        .filter(|((log, _), _)| *log == own)
        .map(|((_, index), proof)| WithheldLeaf {
            index,
            leaf_hash: leaf_hash(&proof.entry),
            reason: "niet te openen op dit apparaat".to_owned(),
            proof: proof.hashes,
            checkpoint: proof.checkpoint,
        })
        .collect();
    leaves.sort_by_key(|leaf| leaf.index);
    leaves
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
