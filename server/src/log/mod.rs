//! The public side of the logs: C2SP tlog-tiles at the standard paths.

pub(crate) mod checkpoint;
pub(crate) mod tile;

use std::collections::BTreeMap;

use beraad_ledger::log::{Hash, needed_to_append, root, sign_checkpoint};
use beraad_protocol::{LogId, OrgId, problem::Code};
use beraad_storage::traits::{DirectoryRead, RegisterRead};

use crate::{
    app::App,
    refusal::{Outcome, Refusal},
};

/// Stored hashes by number.
pub(crate) async fn hashes<R: RegisterRead>(
    read: &mut R,
    log: LogId,
    numbers: impl IntoIterator<Item = u64>,
) -> Outcome<BTreeMap<u64, Hash>> {
    let numbers: Vec<_> = numbers.into_iter().collect();
    Ok(read.log_hashes(log, &numbers).await?.into_iter().collect())
}

/// The signed head of the log's first `size` leaves.
pub(crate) async fn signed_head<R: RegisterRead>(
    app: &App,
    read: &mut R,
    log: LogId,
    size: u64,
) -> Outcome<String> {
    let known = hashes(read, log, needed_to_append(size)?).await?;
    Ok(sign_checkpoint(
        &app.keys.log,
        log,
        size,
        &root(size, &known)?,
    )?)
}

/// The log of an organisation that is here.
async fn known_log<R: DirectoryRead>(read: &mut R, text: &str) -> Outcome<LogId> {
    let not_found = || Refusal::new(Code::NotFound);
    let log: LogId = text.parse().map_err(|_| not_found())?;
    let org = read
        .organisation(OrgId::from_bytes(*log.as_bytes()))
        .await?;
    org.map(|_| log).ok_or_else(not_found)
}
