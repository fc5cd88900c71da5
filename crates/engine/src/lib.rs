//! The client, sans-IO: what a browser worker and a terminal both run.
//!
//! The engine turns intents and server frames into frames to send, stored state and views. It never
//! opens a socket or a file, and reads no clock: its one door to the outside is the database
//! connection its host opened for it; time and randomness come in as arguments.
//!
//! Start reading at [`intent`] (what can be asked), [`view`] (what can be seen), then the step
//! function in `Engine::handle`.

pub mod intent;
pub mod refusal;
pub mod view;

#[cfg(all(test, feature = "ts"))]
mod typescript;
