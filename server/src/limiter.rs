//! How many KeyPackages one person may take: enough for work, too few to drain a colleague.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use beraad_protocol::{Timestamp, UserId};

/// Length of a window.
const WINDOW_MILLIS: i64 = 60 * 60 * 1000;
/// Users one requester may claim for in a window.
const PER_REQUESTER: u32 = 5_000;
/// Times one requester may claim for one user in a window.
const PER_PAIR: u32 = 120;
/// Counters kept; more end the window early.
const MAX_COUNTERS: usize = 200_000;

/// Counts claims in fixed windows.
#[derive(Debug, Default)]
pub(crate) struct ClaimLimiter(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    begun: Timestamp,
    by_requester: HashMap<UserId, u32>,
    by_pair: HashMap<(UserId, UserId), u32>,
}

impl ClaimLimiter {
    /// Counts a claim; false when it is one too many.
    pub(crate) fn allows(&self, requester: UserId, users: &[UserId], now: Timestamp) -> bool {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.millis_since(window.begun) >= WINDOW_MILLIS || window.by_pair.len() > MAX_COUNTERS {
            *window = Window {
                begun: now,
                ..Window::default()
            };
        }
        let total = window.by_requester.entry(requester).or_default();
        let wanted = u32::try_from(users.len()).unwrap_or(u32::MAX);
        if total.saturating_add(wanted) > PER_REQUESTER {
            return false;
        }
        *total += wanted;
        users.iter().all(|user| {
            let count = window.by_pair.entry((requester, *user)).or_default();
            *count += 1;
            *count <= PER_PAIR
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKER: UserId = UserId::from_bytes([1; 16]);
    const OTHER: UserId = UserId::from_bytes([2; 16]);

    #[test]
    fn nobody_drains_a_colleague() {
        let limiter = ClaimLimiter::default();
        let start = Timestamp(WINDOW_MILLIS);
        for _ in 0..PER_PAIR {
            assert!(limiter.allows(ASKER, &[OTHER], start));
        }
        assert!(!limiter.allows(ASKER, &[OTHER], start));
        assert!(
            limiter.allows(OTHER, &[ASKER], start),
            "others are not held up"
        );
        assert!(limiter.allows(ASKER, &[OTHER], start.plus_millis(WINDOW_MILLIS)));
    }

    #[test]
    fn nobody_takes_everything() {
        let limiter = ClaimLimiter::default();
        let many: Vec<_> = (0..PER_REQUESTER)
            .map(|n| {
                let mut id = [0; 16];
                id[..4].copy_from_slice(&n.to_be_bytes());
                UserId::from_bytes(id)
            })
            .collect();
        assert!(limiter.allows(ASKER, &many, Timestamp(0)));
        assert!(!limiter.allows(ASKER, &[OTHER], Timestamp(0)));
    }
}
