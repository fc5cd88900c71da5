//! Engines play whole stories against a server in memory, over real encrypted database files.

mod account;
mod kept;
mod safety;
mod server;
mod talk;
mod trust;
mod world;
