//! What holds across crates: real engines, real sockets, a real server in a process of its own.
//!
//! [`support::Town`] is what most tests stand on. [`story`] plays the work from enrolment to a
//! verified package; [`knows_nothing`] plays it under observation; [`bad_input`] and [`restart`]
//! are unkind to the server; [`architecture`] reads the dependency graph.

#![expect(unreachable_pub, reason = "a test binary exports nothing")]

mod architecture;
mod bad_input;
mod knows_nothing;
mod restart;
mod story;
mod support;
