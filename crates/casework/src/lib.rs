//! The rules of the work: what a household's channel holds, and what may be shared with whom.
//!
//! Events go in, in the order the server gave them; one state and verdicts come out, the same for
//! everybody. Nothing here reads a clock, draws a random number, opens a file or knows of
//! encryption or of a server.
//!
//! Start reading at [`event`] (what can happen), then [`household`] (what it comes to), then
//! [`disclosure`] (the two tests every disclosure has to pass).

pub mod block;
pub mod codes;
pub mod consent;
pub mod date;
pub mod disclosure;
pub mod encoding;
pub mod event;
pub mod household;
pub mod model;
pub mod tables;
pub mod time;

pub use block::{Block, BlockCode, WayOut, WayOutCode};
pub use encoding::{Decoded, EventDecodeError};
pub use event::{Body, Event, Sender};
pub use household::{Context, Household, Outcome, RosterMember};
pub use tables::{TABLES_VERSION, labels};
