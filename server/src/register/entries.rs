//! `Request::LogEntries`: a range of the own organisation's log, without gaps.

use beraad_protocol::{LogId, limits::MAX_PROOFS, problem::Code, request::Answer};
use beraad_storage::traits::RegisterRead as _;

use crate::{
    app::{App, Asker},
    refusal::{Outcome, Refusal},
};

/// Answers each leaf's data; fewer than asked at the log's end.
pub(crate) async fn list(app: &App, asker: &Asker, from: u64, to: u64) -> Outcome<Answer> {
    if to < from {
        return Err(Refusal::invalid("A range ends after it begins"));
    }
    if to - from > MAX_PROOFS as u64 {
        return Err(Refusal::new(Code::TooLarge));
    }
    let leaves = app
        .store
        .read()
        .await?
        .log_leaves(LogId::from(asker.org), from, to)
        .await?;
    Ok(Answer::LogEntries {
        entries: leaves.into_iter().map(Into::into).collect(),
    })
}
