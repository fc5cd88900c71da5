//! The server over real sockets: devices enrol, talk, confer and account for it.
//!
//! `client` plays a device with the member's half of MLS; the modules are the stories.

mod accounts;
mod bad_input;
mod channels;
mod client;
mod conferences;
mod nodes;
mod records;
mod web;
