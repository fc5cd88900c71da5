//! `GET /api/status`: what a client must know of this server before it trusts it with a device.

use std::sync::Arc;

use axum::{Json, extract::State};
use beraad_protocol::http::Status;

use crate::app::App;

/// Versions and public keys.
#[utoipa::path(
    get,
    path = "/api/status",
    responses((status = 200, description = "Versions and public keys", body = Status)),
    tag = "server"
)]
pub(crate) async fn status(State(app): State<Arc<App>>) -> Json<Status> {
    Json(app.status())
}
