//! The engine in a terminal: a native host for it, and the fictional region of the demo.
//!
//! The host owns what the engine may not have: the profile folder, the clock, the socket. It never
//! looks into what the engine sends or receives, and keeps no content outside the encrypted
//! database.
//!
//! Start reading at [`host::Host`]; the binary `beraad` (in `main.rs`) is a thin layer of words
//! over it, and [`demo`] drives many hosts at once.

pub mod demo;
pub mod host;
pub mod profile;
