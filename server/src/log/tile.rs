//! `GET /log/{log}/tile/…`: hashes and leaves of a log in tiles that never change.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use beraad_ledger::log::{TileKind, TilePath, entry_bundle};
use beraad_protocol::{Problem, problem::Code};
use beraad_storage::traits::RegisterRead as _;

use super::{hashes, known_log};
use crate::{
    app::App,
    refusal::{Outcome, Refusal},
};

/// A tile at its C2SP tlog-tiles path.
#[utoipa::path(
    get,
    path = "/log/{log}/tile/{path}",
    params(
        ("log" = String, Path, description = "The organisation's id, 32 hex digits"),
        ("path" = String, Path, description = "`<level>/<number>[.p/<width>]` or `entries/…`"),
    ),
    responses(
        (status = 200, description = "The tile", body = Vec<u8>,
            content_type = "application/octet-stream"),
        (status = 404, description = "No such log or tile", body = Problem,
            content_type = "application/problem+json"),
    ),
    tag = "log"
)]
pub(crate) async fn tile(
    State(app): State<Arc<App>>,
    Path((log, path)): Path<(String, String)>,
) -> Outcome<Response> {
    let not_found = || Refusal::new(Code::NotFound);
    let path: TilePath = format!("tile/{path}").parse().map_err(|_| not_found())?;
    let mut read = app.store.read().await?;
    let log = known_log(&mut read, &log).await?;
    if !path.exists_at(read.log_size(log).await?) {
        return Err(not_found());
    }
    let bytes = match path.kind() {
        TileKind::Entries => {
            let range = path.positions();
            let leaves = read.log_leaves(log, range.start, range.end).await?;
            entry_bundle(&leaves).ok_or_else(|| Refusal::new(Code::Internal))?
        }
        TileKind::Hashes { .. } => {
            path.hash_tile(&hashes(&mut read, log, path.needed_hashes()).await?)?
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, bytes).into_response())
}
