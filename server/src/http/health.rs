//! `GET /healthz`: whether the server serves.

use std::sync::Arc;

use axum::extract::State;
use beraad_protocol::Problem;
use beraad_storage::traits::DirectoryRead as _;

use crate::{app::App, refusal::Outcome};

/// `ok` when the store can be read.
#[utoipa::path(
    get,
    path = "/healthz",
    responses(
        (status = 200, description = "It serves", body = String, content_type = "text/plain"),
        (status = 503, description = "It cannot", body = Problem,
            content_type = "application/problem+json"),
    ),
    tag = "server"
)]
pub(crate) async fn health(State(app): State<Arc<App>>) -> Outcome<&'static str> {
    app.store.read().await?.directory_version().await?;
    Ok("ok")
}
