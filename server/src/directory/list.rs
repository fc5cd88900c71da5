//! `Request::Directory`: everybody on this server.

use beraad_protocol::request::Answer;
use beraad_storage::traits::DirectoryRead as _;

use crate::{app::App, refusal::Outcome};

/// Answers the whole directory.
pub(crate) async fn list(app: &App) -> Outcome<Answer> {
    Ok(Answer::Directory(
        app.store.read().await?.directory().await?,
    ))
}
