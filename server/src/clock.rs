//! The edge: the only place that reads the clock and draws random numbers.

use std::time::{SystemTime, UNIX_EPOCH};

use beraad_protocol::Timestamp;
use rand::{TryRngCore as _, rngs::OsRng};

/// The time.
#[expect(clippy::disallowed_methods, reason = "this is the edge")]
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Bytes from the operating system's generator.
///
/// # Panics
/// When the operating system has no randomness: nothing is safe then.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng
        .try_fill_bytes(&mut bytes)
        .expect("the operating system has randomness");
    bytes
}
