//! The words clients and server both speak: identifiers, frames, requests, problems.
//!
//! Shapes only: nothing here opens a socket, reads a clock or draws a random number. The CDDL
//! of every frame stands beside this crate in `cddl/frames.cddl`; a test keeps the two equal.
//!
//! Start reading at [`frame`]: what travels over the WebSocket. [`http`] holds the JSON bodies of
//! the HTTP API, which covers what happens before a device exists and what others download.

pub mod codec;
pub mod directory;
pub mod entry;
pub mod frame;
pub mod http;
pub mod ids;
pub mod limits;
pub mod meeting;
pub mod problem;
pub mod request;
pub mod time;
pub mod vocabulary;

pub use codec::{DecodeError, from_cbor, to_cbor};
pub use frame::{ClientFrame, ServerFrame};
pub use ids::{
    ChannelId, ConferenceId, DeviceId, EventId, ItemId, LogId, OperationId, OrgId, PersonId,
    RecordId, RegisterKeyId, UserId,
};
pub use problem::{Code, Problem};
pub use time::Timestamp;
