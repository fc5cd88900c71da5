//! The engine in a browser worker: the encrypted database in the browser's private file system,
//! and the thin layer that lets TypeScript talk to `beraad-engine`.
//!
//! It never decides anything about the work: it opens storage, passes bytes in and out, reads the
//! clock and the randomness the engine must not read itself, and turns typed errors into
//! JavaScript errors with a stable code. It runs in a dedicated worker only, because only there do
//! browsers hand out synchronous file access. On other targets the crate is empty.
//!
//! Start reading at [`worker`] (what TypeScript calls), then [`storage`].

#[cfg(target_arch = "wasm32")]
pub mod storage;
#[cfg(target_arch = "wasm32")]
mod thrown;
#[cfg(target_arch = "wasm32")]
pub mod worker;
