//! The server: it orders, stores and delivers, and cannot read.
//!
//! What a household is about never comes by here in the clear: messages are ciphertext, records are
//! sealed, and this crate knows neither `casework` nor `engine`. What it does know (accounts,
//! membership, times) is listed in docs/SECURITY.md.
//!
//! Start reading at [`Server::start`], which wires everything; then `socket::session`, where a
//! connected device lives, and `channel::publish`, the way of a message. One file per endpoint:
//! the folder is the domain word, the file the verb.

mod account;
mod app;
mod channel;
mod clock;
mod conference;
mod config;
mod directory;
mod enrolment;
mod first_start;
mod http;
mod hub;
mod key_package;
mod keys;
mod limiter;
mod log;
mod names;
mod organisation;
mod refusal;
mod register;
mod roles;
mod run;
mod socket;
mod store;
pub mod telemetry;
mod web;

pub use config::{Config, Secret, SuiteChoice};
pub use run::{RunningServer, Server, ServerError};
