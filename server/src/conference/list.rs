//! `Request::Conferences`: conferences the asker may know.

use beraad_protocol::request::Answer;
use beraad_storage::{Store as _, traits::MeetingRead as _};

use super::onlooker;
use crate::{
    app::{App, Asker},
    refusal::Outcome,
};

/// Answers them by start.
pub(crate) async fn list(app: &App, asker: &Asker) -> Outcome<Answer> {
    Ok(Answer::Conferences(
        app.store.read().await?.conferences(onlooker(asker)).await?,
    ))
}
