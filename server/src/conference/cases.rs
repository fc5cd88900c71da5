//! `Request::Cases`: case codes the asker may know.

use beraad_protocol::request::Answer;
use beraad_storage::traits::MeetingRead as _;

use super::onlooker;
use crate::{
    app::{App, Asker},
    refusal::Outcome,
};

/// Answers the cases of the asker's channels, and of the organisation's for who coordinates.
pub(crate) async fn cases(app: &App, asker: &Asker) -> Outcome<Answer> {
    Ok(Answer::Cases(
        app.store.read().await?.cases(onlooker(asker)).await?,
    ))
}
