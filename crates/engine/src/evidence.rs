//! What holds of a record in the register, and what does not: its author, its content, its leaf.
//!
//! One bad record, by whoever's fault, is named as such and stands in the way of nothing else.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use beraad_ledger::{
    log::{
        Checkpoint, Hash, LogEntry, LogVerifier, leaf_hash, verify_checkpoint, verify_inclusion,
    },
    record::{SignedRecord, Verified},
};
use beraad_protocol::{
    LogId, OrgId, Problem,
    limits::MAX_PROOFS,
    request::{Answer, InclusionProof, LogProofs, Request},
};
use rusqlite::params;

use crate::{
    database::{int, uint},
    engine::Step,
    error::Done,
    people::People,
    register::Kept,
    session::Asked,
    view::Topic,
};

/// What is wrong with a record of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// No key on this device opens it, or there is no record in it.
    Sealed,
    /// It says it is another record, or stands in another log.
    Elsewhere,
    /// The own organisation is neither its source nor a recipient.
    Foreign,
    /// No attestation says whose device made it.
    Unattested,
    /// Its content or signature does not match.
    Signature,
    /// What it says cannot be read.
    Unreadable,
    /// The log has something else at its place.
    Leaf,
    /// The log's proof does not show it there.
    Unproven,
    /// The record, or its place in the log, came before.
    Twice,
    /// The log has a leaf, and the register has no record for it.
    NoCopy,
}

impl Unfit {
    /// For whoever reads the export, in Dutch as all of it.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Sealed => "niet te openen op dit apparaat",
            Self::Elsewhere => "hoort bij een andere registratie of een ander logboek",
            Self::Foreign => "deze organisatie is er geen partij bij",
            Self::Unattested => "niemand staat in voor het apparaat dat het ondertekende",
            Self::Signature => "de inhoud of de handtekening klopt niet",
            Self::Unreadable => "de verantwoording is niet leesbaar",
            Self::Leaf => "in het logboek staat op deze plaats iets anders",
            Self::Unproven => "het logboek bewijst niet dat het er staat",
            Self::Twice => "de registratie of haar plaats in het logboek kwam al voor",
            Self::NoCopy => "in het register is hiervan geen afschrift",
        }
    }
}

impl Kept {
    /// The record, if its author's signature, its content and its parties are right.
    pub(crate) fn verified(
        &self,
        people: &People,
        own: OrgId,
    ) -> Result<Verified<SignedRecord>, Unfit> {
        let signed = self.signed.as_ref().ok_or(Unfit::Sealed)?;
        let header = signed.header();
        if header.id != self.record
            || header.kind != self.kind
            || LogId::from(header.source) != self.log
        {
            return Err(Unfit::Elsewhere);
        }
        if header.source != own && !header.recipients.contains(&own) {
            return Err(Unfit::Foreign);
        }
        let author = &people
            .attestation(header.author.device)
            .ok_or(Unfit::Unattested)?
            .attestation;
        if author.org != header.author.org || author.user != header.author.user {
            return Err(Unfit::Unattested);
        }
        author
            .signature_key
            .as_slice()
            .try_into()
            .ok()
            .and_then(|key| signed.verify(&key).ok())
            .ok_or(Unfit::Signature)
    }

    /// Whether the record is what stands at its place in the log; none while the log was not asked.
    pub(crate) fn logged(&self) -> Option<bool> {
        let leaf = self.leaf.as_ref()?;
        Some(
            self.signed
                .as_ref()
                .is_some_and(|record| is_leaf_of(leaf, record)),
        )
    }
}

/// Whether a leaf is that of a record.
pub(crate) fn is_leaf_of(leaf: &[u8], record: &SignedRecord) -> bool {
    LogEntry::from_bytes(leaf)
        .ok()
        .zip(record.hash().ok())
        .is_some_and(|(entry, hash)| entry.commitment == *hash.as_bytes())
}

/// A leaf with its proof.
pub(crate) struct Proof {
    pub(crate) entry: Vec<u8>,
    pub(crate) hashes: Vec<Hash>,
    pub(crate) checkpoint: String,
}

impl Proof {
    /// Takes over the server's proof; none when its hashes are none.
    pub(crate) fn of(proof: InclusionProof, checkpoint: &str) -> Option<Self> {
        Some(Self {
            entry: proof.entry,
            hashes: proof
                .hashes
                .iter()
                .map(|hash| hash.as_slice().try_into().ok())
                .collect::<Option<_>>()?,
            checkpoint: checkpoint.to_owned(),
        })
    }
}

/// Checks proofs against the server's log key; every checkpoint is read once.
pub(crate) struct Heads {
    keys: Vec<LogVerifier>,
    read: HashMap<String, Option<Checkpoint>>,
}

impl Heads {
    pub(crate) fn new(log_key: &str) -> Self {
        Self {
            keys: LogVerifier::parse(log_key).into_iter().collect(),
            read: HashMap::new(),
        }
    }

    /// Whether the leaf stands at that place of the log.
    pub(crate) fn shows(&mut self, log: LogId, index: u64, proof: &Proof) -> bool {
        let keys = &self.keys;
        self.read
            .entry(proof.checkpoint.clone())
            .or_insert_with(|| verify_checkpoint(&proof.checkpoint, keys).ok())
            .as_ref()
            .is_some_and(|head| {
                let leaf = leaf_hash(&proof.entry);
                head.origin.log() == log
                    && verify_inclusion(index, &leaf, head.size, &head.root, &proof.hashes).is_ok()
            })
    }
}

/// Leaves to be asked for, log by log in what one request holds.
pub(crate) fn in_requests(
    indexes: BTreeMap<LogId, BTreeSet<u64>>,
) -> impl Iterator<Item = (LogId, Vec<u64>)> {
    indexes.into_iter().flat_map(|(log, set)| {
        let all: Vec<u64> = set.into_iter().collect();
        all.chunks(MAX_PROOFS)
            .map(|chunk| (log, chunk.to_vec()))
            .collect::<Vec<_>>()
    })
}

impl Step<'_> {
    /// Asks for the leaves of records that were not compared with their log yet.
    pub(crate) fn ask_leaves(&mut self) -> Done {
        if !self.session.is_ready() || !self.session.leaves.is_empty() {
            return Ok(());
        }
        let mut missing: BTreeMap<LogId, BTreeSet<u64>> = BTreeMap::new();
        let mut statement = self.db.prepare_cached(
            "SELECT log, log_index FROM register WHERE leaf IS NULL OR leaf = x''",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let log = LogId::from_bytes(row.get(0)?);
            missing.entry(log).or_default().insert(uint(row.get(1)?));
        }
        self.session.leaves = in_requests(missing).collect();
        self.ask_next_leaves();
        Ok(())
    }

    fn ask_next_leaves(&mut self) {
        if let Some((log, indexes)) = self.session.leaves.front().cloned() {
            self.ask(Asked::Leaves, Request::LogProofs { log, indexes });
        }
    }

    pub(crate) fn leaves_came(&mut self, result: Result<Answer, Problem>) -> Done {
        let Some((log, indexes)) = self.session.leaves.pop_front() else {
            return Ok(());
        };
        // A server that does not answer now is asked again with the next record or connection.
        if let Ok(Answer::LogProofs(proofs)) = result {
            self.keep_leaves(log, &indexes, proofs)?;
        }
        self.ask_next_leaves();
        Ok(())
    }

    fn keep_leaves(&mut self, log: LogId, indexes: &[u64], proofs: LogProofs) -> Done {
        let mut heads = Heads::new(&self.me.enrolled.server.log_key);
        let mut shown: HashMap<u64, Vec<u8>> = HashMap::new();
        for proof in proofs.proofs {
            let index = proof.index;
            if let Some(proof) = Proof::of(proof, &proofs.checkpoint)
                && heads.shows(log, index, &proof)
            {
                shown.insert(index, proof.entry);
            }
        }
        for index in indexes {
            let leaf = shown.remove(index).unwrap_or_default();
            self.db
                .prepare_cached("UPDATE register SET leaf = ?3 WHERE log = ?1 AND log_index = ?2")?
                .execute(params![log.as_bytes(), int(*index), leaf])?;
        }
        self.changed(Topic::Register);
        Ok(())
    }
}
