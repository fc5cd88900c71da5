//! The client, sans-IO: what a browser worker and a terminal both run.
//!
//! The engine turns intents and server frames into frames to send, stored state and views. It never
//! opens a socket or a file, and reads no clock: its one door to the outside is the database
//! connection its host opened for it; time and randomness come in as arguments.
//!
//! Start reading at [`intent`] (what can be asked), [`view`] (what can be seen), then the step in
//! [`Engine::handle`]: one input, one transaction, and the outputs once it is on disk. From there
//! `compose`, `outbox`, `send` and `answers` are the way out, `sync` and `commits` the way in.

mod answers;
mod channel;
mod commits;
mod compose;
mod conferences;
pub mod database;
mod drafts;
mod engine;
mod enrol;
mod errands;
mod error;
mod evidence;
mod export;
mod fetch;
mod history;
pub mod intent;
pub mod keys;
mod kv;
mod members;
mod outbox;
mod people;
mod read_record;
mod records;
pub mod refusal;
mod refused;
mod register;
mod send;
mod session;
mod sync;
mod timeline;
pub mod view;
mod views;
mod warning;
mod words;

#[cfg(all(test, feature = "ts"))]
mod typescript;

pub use beraad_protocol as protocol;
pub use engine::{Engine, Input, Output};
pub use error::EngineError;
pub use read_record::{account_rows, rows_match};
