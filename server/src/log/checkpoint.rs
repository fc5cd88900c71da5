//! `GET /log/{log}/checkpoint`: the newest signed head of a log.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use beraad_protocol::Problem;
use beraad_storage::traits::RegisterRead as _;

use super::{known_log, signed_head};
use crate::{app::App, refusal::Outcome};

/// The log's newest head as a C2SP tlog-checkpoint.
#[utoipa::path(
    get,
    path = "/log/{log}/checkpoint",
    params(("log" = String, Path, description = "The organisation's id, 32 hex digits")),
    responses(
        (status = 200, description = "A signed note", body = String, content_type = "text/plain"),
        (status = 404, description = "No such log", body = Problem,
            content_type = "application/problem+json"),
    ),
    tag = "log"
)]
pub(crate) async fn checkpoint(
    State(app): State<Arc<App>>,
    Path(log): Path<String>,
) -> Outcome<Response> {
    let mut read = app.store.read().await?;
    let log = known_log(&mut read, &log).await?;
    let size = read.log_size(log).await?;
    let text = signed_head(&app, &mut read, log, size).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, text).into_response())
}
