//! `Request::LogProofs`: that leaves stand in a log, all against one checkpoint.

use std::collections::BTreeSet;

use beraad_ledger::log::{needed_for_inclusion, prove_inclusion};
use beraad_protocol::{
    LogId, OrgId,
    limits::MAX_PROOFS,
    problem::Code,
    request::{Answer, InclusionProof, LogProofs},
};
use beraad_storage::traits::RegisterRead as _;

use crate::{
    app::{App, Asker},
    log::{hashes, signed_head},
    refusal::{Outcome, Refusal},
};

/// Proves the leaves of the own organisation's log, or of one that has records for it.
pub(crate) async fn prove(
    app: &App,
    asker: &Asker,
    log: LogId,
    indexes: Vec<u64>,
) -> Outcome<Answer> {
    if indexes.len() > MAX_PROOFS {
        return Err(Refusal::new(Code::TooLarge));
    }
    let mut read = app.store.read().await?;
    let own = OrgId::from_bytes(*log.as_bytes()) == asker.org;
    if !own && !read.has_records_of(asker.org, log).await? {
        return Err(Refusal::new(Code::NotFound));
    }
    let size = read.log_size(log).await?;
    let checkpoint = signed_head(app, &mut read, log, size).await?;
    let mut needed = BTreeSet::new();
    for index in &indexes {
        needed.extend(needed_for_inclusion(size, *index)?);
    }
    let known = hashes(&mut read, log, needed).await?;
    let mut proofs = Vec::with_capacity(indexes.len());
    for index in indexes {
        let siblings = prove_inclusion(size, index, &known)?;
        let entry = read
            .log_leaves(log, index, index + 1)
            .await?
            .into_iter()
            .next();
        proofs.push(InclusionProof {
            index,
            entry: entry.ok_or_else(|| Refusal::new(Code::Internal))?,
            hashes: siblings.iter().map(|hash| hash.to_vec().into()).collect(),
        });
    }
    Ok(Answer::LogProofs(LogProofs { checkpoint, proofs }))
}
