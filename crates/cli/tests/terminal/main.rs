//! The binary `beraad` as a person or a script meets it, on a real server.

mod commands;
mod region;
mod support;
