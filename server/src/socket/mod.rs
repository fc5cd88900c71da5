//! `GET /api/socket`: where devices live.

mod answer;
mod deliver;
mod frames;
mod hello;
pub(crate) mod session;

use std::sync::Arc;

use axum::{
    extract::{State, WebSocketUpgrade},
    response::Response,
};
use beraad_protocol::limits::MAX_FRAME;

use crate::app::App;

pub(crate) use frames::{NewEntryFrame, entry_frame};

/// Bytes read from a connection at once: many are idle, and the default is 128 KiB each.
const READ_BUFFER: usize = 4 * 1024;
/// Bytes that gather before they are written without a flush.
const WRITE_BUFFER: usize = 32 * 1024;

/// Bytes of a message that is read at all. What is over [`MAX_FRAME`] but not over this is read to
/// its end and refused by name; a connection that is dropped with bytes unread is reset, and the
/// device would never hear why.
const READ_AT_MOST: usize = 2 * MAX_FRAME;

/// Opens the WebSocket of a device: CBOR frames, described in docs/PROTOCOL.md.
#[utoipa::path(
    get,
    path = "/api/socket",
    responses((status = 101, description = "The connection speaks CBOR frames from here on")),
    tag = "device"
)]
pub(crate) async fn open(State(app): State<Arc<App>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_message_size(READ_AT_MOST)
        .max_frame_size(READ_AT_MOST)
        .on_upgrade(move |socket| session::run(app, socket))
}
