//! The rules of the work: what a household's channel holds, and what may be shared with whom.
//!
//! Events go in, in the order the server gave them; one state and verdicts come out, the same for
//! everybody. Nothing here reads a clock, draws a random number, opens a file or knows of
//! encryption or of a server.
//!
//! Start reading at [`event`] (what can happen), then [`household`] (what it comes to), then
//! [`disclosure`] (the two tests every disclosure has to pass).

pub mod codes;
pub mod date;
pub mod event;
pub mod model;
