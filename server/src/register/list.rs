//! `Request::Register`: sealed records of the own organisation.

use beraad_protocol::{limits::MAX_FRAME, request::Answer};
use beraad_storage::traits::RegisterRead as _;

use crate::{
    app::{App, Asker},
    refusal::Outcome,
};

/// What an answer holds beside the records.
const ROOM: usize = 16 * 1024;

/// Answers records from a position, as many as fit in one answer.
pub(crate) async fn list(app: &App, asker: &Asker, from: u64) -> Outcome<Answer> {
    let mut read = app.store.read().await?;
    let entries = read.register(asker.org, from, MAX_FRAME - ROOM).await?;
    let total = read.register_total(asker.org).await?;
    Ok(Answer::Register { entries, total })
}
