//! `Request::Outcome`: what became of an operation.

use beraad_protocol::{OperationId, from_cbor, request::Answer};
use beraad_storage::traits::OperationRead as _;

use crate::{
    app::{App, Asker},
    refusal::Outcome,
};

/// Answers what the operation was answered first, or that it is not known.
pub(crate) async fn outcome(app: &App, asker: &Asker, op: OperationId) -> Outcome<Answer> {
    let done = app.store.read().await?.operation(asker.device, op).await?;
    let answer = done.and_then(|done| from_cbor(&done.answer).ok());
    Ok(match answer {
        // An invitation is remembered without its secret; repeating the request gives that.
        None | Some(Answer::Invited(_)) => Answer::Unknown,
        Some(answer) => answer,
    })
}
