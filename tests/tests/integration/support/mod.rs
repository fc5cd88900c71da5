//! What the tests stand on.

pub mod disclose;
pub mod proxy;
pub mod search;
pub mod server;
pub mod town;

use std::time::Duration;

pub use self::town::{Organisation, Professional, Town};

/// How long anything may take before a test gives up on it.
pub const WITHIN: Duration = Duration::from_mins(1);

/// Runs a test on a runtime of its own.
pub fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}
