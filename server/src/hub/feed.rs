//! A channel's memory tail: its newest entries, encoded once for everybody.
//!
//! It grows in the order of the commits, by the store's writer. It holds what live delivery needs;
//! whoever is further behind reads the store. It also knows which devices' membership changed and
//! when, so that a connection never reads on with what it knew before.
//!
//! With several nodes, entries that came to another one are known here by head and epoch alone; they
//! are read from the store, and where the epoch rose, membership may have changed.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use beraad_protocol::{ChannelId, DeviceId};
use beraad_storage::channel::Stint;
use bytes::Bytes;

use super::Inbox;

/// Entries kept at most.
const MAX_ENTRIES: usize = 256;
/// Bytes kept at most.
const MAX_BYTES: usize = 512 * 1024;
/// Entries handed out at once.
const PORTION: usize = 64;

/// A followed channel.
#[derive(Default)]
pub(crate) struct Feed(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// The channel's last entry; unknown until somebody looked.
    head: Option<u64>,
    /// The group's epoch after it.
    epoch: u64,
    /// Up to this entry, membership may have changed without `changed` telling whose.
    untold: u64,
    /// Whole frames with one entry each; the last one is that of `head`.
    tail: VecDeque<Bytes>,
    bytes: usize,
    /// The entry that changed a device's membership last.
    changed: HashMap<DeviceId, u64>,
    listeners: Vec<Arc<Inbox>>,
}

/// The group's epochs around an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Epochs {
    /// The one it was made in.
    pub(crate) made_in: u64,
    /// The one after it.
    pub(crate) after: u64,
}

/// Where a connection stands in a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The next entry it wants.
    pub(crate) next: u64,
    /// What the device may have.
    pub(crate) stints: Vec<Stint>,
    /// The head when `stints` were looked up: they hold for entries up to there.
    pub(crate) known_at: u64,
}

/// What a connection does next about a channel.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// Nothing: it has all it may have.
    UpToDate,
    /// Look up the stints again; they hold up to this entry then.
    LookUpStints(u64),
    /// Send these frames; then `next` is the next entry.
    Frames {
        /// One entry each.
        frames: Vec<Bytes>,
        /// What it wants after them.
        next: u64,
    },
    /// Read these entries from the store.
    FromStore {
        /// First.
        from: u64,
        /// Last.
        to: u64,
        /// The channel's last entry.
        head: u64,
    },
}

impl Feed {
    /// Takes in a new entry, as a frame, and the devices whose membership it changes.
    pub(crate) fn push(&self, seq: u64, epochs: Epochs, frame: Bytes, changed: &[DeviceId]) {
        let mut inner = self.inner();
        for device in changed {
            inner.changed.insert(*device, seq);
        }
        if inner.head.is_some_and(|head| seq <= head) {
            // Somebody looked, or heard of a later one, before it came here: the store has it.
            return;
        }
        if inner.head.is_some() && inner.epoch != epochs.made_in {
            inner.untold = seq;
        }
        if inner.head.is_none_or(|head| head + 1 != seq) {
            inner.tail.clear();
            inner.bytes = 0;
        }
        inner.head = Some(seq);
        inner.epoch = epochs.after;
        inner.bytes += frame.len();
        inner.tail.push_back(frame);
        while inner.tail.len() > MAX_ENTRIES || (inner.bytes > MAX_BYTES && inner.tail.len() > 1) {
            let dropped = inner.tail.pop_front().map_or(0, |frame| frame.len());
            inner.bytes -= dropped;
        }
    }

    /// Takes in the head that the store has, and the epoch after it. Answers whether it is news.
    pub(crate) fn learn(&self, head: u64, epoch: u64) -> bool {
        let mut inner = self.inner();
        if inner.head.is_some_and(|known| head <= known) {
            return false;
        }
        if inner.head.is_some() && inner.epoch != epoch {
            inner.untold = head;
        }
        inner.head = Some(head);
        inner.epoch = epoch;
        inner.tail.clear();
        inner.bytes = 0;
        true
    }

    /// The channel's last entry, if anybody looked.
    pub(crate) fn head(&self) -> Option<u64> {
        self.inner().head
    }

    /// What `device` does next.
    pub(crate) fn next(&self, device: DeviceId, reading: &Reading) -> Delivery {
        let inner = self.inner();
        let Some(head) = inner.head else {
            return Delivery::UpToDate;
        };
        let changed = inner.changed.get(&device).copied().unwrap_or_default();
        if changed.max(inner.untold) > reading.known_at {
            return Delivery::LookUpStints(head);
        }
        let found = reading
            .stints
            .iter()
            .find_map(|stint| stint.next(reading.next).map(|from| (from, stint.until)));
        let Some((from, until)) = found else {
            return Delivery::UpToDate;
        };
        let to = until.map_or(head, |until| until.min(head));
        if from > to {
            return Delivery::UpToDate;
        }
        let first = head + 1 - inner.tail.len() as u64;
        if from < first {
            return Delivery::FromStore {
                from,
                to: to.min(first.saturating_sub(1)),
                head,
            };
        }
        let wanted = usize::try_from(to - from + 1)
            .unwrap_or(PORTION)
            .min(PORTION);
        let skipped = usize::try_from(from - first).unwrap_or(usize::MAX);
        let frames: Vec<_> = inner
            .tail
            .iter()
            .skip(skipped)
            .take(wanted)
            .cloned()
            .collect();
        let next = from + frames.len() as u64;
        Delivery::Frames { frames, next }
    }

    pub(super) fn wake_listeners(&self, channel: ChannelId) {
        for inbox in &self.inner().listeners {
            inbox.tell(|news| {
                news.channels.insert(channel);
            });
        }
    }

    pub(super) fn listen(&self, inbox: Arc<Inbox>) {
        self.inner().listeners.push(inbox);
    }

    /// Answers whether nobody listens any more.
    pub(super) fn unlisten(&self, inbox: &Arc<Inbox>) -> bool {
        let mut inner = self.inner();
        inner
            .listeners
            .retain(|listener| !Arc::ptr_eq(listener, inbox));
        inner.listeners.is_empty()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVICE: DeviceId = DeviceId::from_bytes([1; 16]);
    /// Of a message: nobody comes or leaves.
    const STILL: Epochs = Epochs {
        made_in: 0,
        after: 0,
    };

    fn frame(n: u64) -> Bytes {
        Bytes::from(n.to_be_bytes().to_vec())
    }

    fn reading(next: u64, stints: Vec<Stint>) -> Reading {
        Reading {
            next,
            stints,
            known_at: 0,
        }
    }

    fn member() -> Vec<Stint> {
        vec![Stint {
            from: 0,
            until: None,
        }]
    }

    #[test]
    fn live_entries_come_from_memory_and_older_ones_from_the_store() {
        let feed = Feed::default();
        assert_eq!(feed.next(DEVICE, &reading(0, member())), Delivery::UpToDate);
        feed.learn(4, 0);
        for seq in 5..8 {
            feed.push(seq, STILL, frame(seq), &[]);
        }
        assert_eq!(
            feed.next(DEVICE, &reading(0, member())),
            Delivery::FromStore {
                from: 0,
                to: 4,
                head: 7
            }
        );
        assert_eq!(
            feed.next(DEVICE, &reading(6, member())),
            Delivery::Frames {
                frames: vec![frame(6), frame(7)],
                next: 8
            }
        );
        assert_eq!(feed.next(DEVICE, &reading(8, member())), Delivery::UpToDate);
        assert_eq!(
            feed.next(DEVICE, &reading(99, member())),
            Delivery::UpToDate
        );
    }

    #[test]
    fn a_removed_device_gets_its_removal_and_nothing_after_it() {
        let feed = Feed::default();
        feed.learn(0, 0);
        feed.push(1, STILL, frame(1), &[DEVICE]);
        feed.push(2, STILL, frame(2), &[]);
        let stale = reading(1, member());
        assert_eq!(feed.next(DEVICE, &stale), Delivery::LookUpStints(2));
        let known = Reading {
            stints: vec![Stint {
                from: 0,
                until: Some(1),
            }],
            known_at: 2,
            ..stale
        };
        assert_eq!(
            feed.next(DEVICE, &known),
            Delivery::Frames {
                frames: vec![frame(1)],
                next: 2
            }
        );
        assert_eq!(
            feed.next(DEVICE, &Reading { next: 2, ..known }),
            Delivery::UpToDate
        );
    }

    #[test]
    fn a_newcomer_begins_after_its_welcome() {
        let feed = Feed::default();
        feed.learn(0, 0);
        for seq in 1..4 {
            feed.push(seq, STILL, frame(seq), &[]);
        }
        let newcomer = Reading {
            next: 0,
            stints: vec![Stint {
                from: 3,
                until: None,
            }],
            known_at: 3,
        };
        assert_eq!(
            feed.next(DEVICE, &newcomer),
            Delivery::Frames {
                frames: vec![frame(3)],
                next: 4
            }
        );
        let stranger = Reading {
            stints: vec![],
            ..newcomer
        };
        assert_eq!(feed.next(DEVICE, &stranger), Delivery::UpToDate);
    }

    #[test]
    fn the_tail_is_bounded() {
        let feed = Feed::default();
        feed.learn(0, 0);
        for seq in 1..=1000 {
            feed.push(seq, STILL, frame(seq), &[]);
        }
        assert!(feed.inner().tail.len() <= MAX_ENTRIES);
        for seq in 1001..1010 {
            feed.push(seq, STILL, Bytes::from(vec![0; MAX_BYTES / 2]), &[]);
        }
        assert!(feed.inner().bytes <= MAX_BYTES);
        let Delivery::FromStore {
            from: 5,
            to,
            head: 1009,
        } = feed.next(DEVICE, &reading(5, member()))
        else {
            panic!("old entries come from the store")
        };
        assert_eq!(to, 1009 - feed.inner().tail.len() as u64);
    }

    #[test]
    fn entries_of_another_node_come_from_the_store_and_own_ones_after_them_from_memory() {
        let feed = Feed::default();
        feed.learn(3, 0);
        assert!(feed.learn(4, 0), "news");
        assert!(!feed.learn(4, 0) && !feed.learn(2, 0), "no news");
        feed.push(5, STILL, frame(5), &[]);
        assert_eq!(
            feed.next(DEVICE, &reading(4, member())),
            Delivery::FromStore {
                from: 4,
                to: 4,
                head: 5
            }
        );
        let own = Delivery::Frames {
            frames: vec![frame(5)],
            next: 6,
        };
        assert_eq!(feed.next(DEVICE, &reading(5, member())), own);
    }

    #[test]
    fn an_own_entry_that_comes_late_takes_nobodys_place() {
        let feed = Feed::default();
        feed.learn(0, 0);
        feed.learn(2, 0);
        feed.push(1, STILL, frame(1), &[]);
        assert_eq!(
            feed.next(DEVICE, &reading(1, member())),
            Delivery::FromStore {
                from: 1,
                to: 2,
                head: 2
            }
        );
    }

    #[test]
    fn where_the_epoch_rose_unseen_membership_is_looked_up_again() {
        let feed = Feed::default();
        feed.learn(3, 1);
        let known_at = |known_at| Reading {
            known_at,
            ..reading(9, member())
        };
        assert_eq!(feed.next(DEVICE, &known_at(0)), Delivery::UpToDate);
        feed.learn(4, 1);
        assert_eq!(feed.next(DEVICE, &known_at(3)), Delivery::UpToDate);
        feed.learn(5, 2);
        assert_eq!(feed.next(DEVICE, &known_at(4)), Delivery::LookUpStints(5));
        assert_eq!(feed.next(DEVICE, &known_at(5)), Delivery::UpToDate);
        let later = Epochs {
            made_in: 3,
            after: 3,
        };
        feed.push(8, later, frame(8), &[]);
        assert_eq!(feed.next(DEVICE, &known_at(5)), Delivery::LookUpStints(8));
    }
}
