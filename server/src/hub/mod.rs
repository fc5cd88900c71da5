//! Who is connected, and what wakes whom.
//!
//! A connection has an [`Inbox`] that collects what changed and follows [`Feed`]s, one per channel.
//! Wake-ups carry no data: the connection takes what it may have from the feed's memory tail, or
//! from the store. So nothing queues up for a slow connection; it falls behind and catches up.

mod feed;
mod inbox;
mod sweep;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use beraad_bus::Wake;
use beraad_protocol::{ChannelId, DeviceId};
use tokio::sync::mpsc;

pub(crate) use feed::{Delivery, Epochs, Feed, Reading};
pub(crate) use inbox::{Inbox, News};
pub(crate) use sweep::sweep;

/// Wake-ups taken from the bus at once.
const WAKES_AT_ONCE: usize = 1024;

/// Who is connected and which channels are followed.
#[derive(Default)]
pub(crate) struct Hub {
    inboxes: Mutex<HashMap<DeviceId, Vec<Arc<Inbox>>>>,
    feeds: Mutex<HashMap<ChannelId, Arc<Feed>>>,
}

impl Hub {
    /// Adds a connection; it leaves when the answer is dropped.
    pub(crate) fn join(self: &Arc<Self>, inbox: Arc<Inbox>) -> Joined {
        lock(&self.inboxes)
            .entry(inbox.who.device)
            .or_default()
            .push(Arc::clone(&inbox));
        Joined {
            hub: Arc::clone(self),
            inbox,
            followed: BTreeMap::new(),
        }
    }

    /// The feed of a channel, if anybody follows it.
    pub(crate) fn feed(&self, channel: ChannelId) -> Option<Arc<Feed>> {
        lock(&self.feeds).get(&channel).cloned()
    }

    /// How many connections there are.
    pub(crate) fn connections(&self) -> usize {
        lock(&self.inboxes).values().map(Vec::len).sum()
    }

    /// Hands wake-ups on until the bus ends. Those that queued up together are handed on once.
    pub(crate) async fn dispatch(self: Arc<Self>, mut wakes: mpsc::UnboundedReceiver<Wake>) {
        let mut batch = Vec::with_capacity(WAKES_AT_ONCE);
        while wakes.recv_many(&mut batch, WAKES_AT_ONCE).await > 0 {
            let mut grown: HashMap<ChannelId, (u64, u64)> = HashMap::new();
            for wake in batch.drain(..) {
                match wake {
                    Wake::Channel {
                        channel,
                        head,
                        epoch,
                    } => {
                        let highest = grown.entry(channel).or_default();
                        *highest = (head, epoch).max(*highest);
                    }
                    other => self.hand_on(&other),
                }
            }
            for (channel, (head, epoch)) in grown {
                if let Some(feed) = self.feed(channel) {
                    // Of an entry that came to another node, this is all that is known here.
                    feed.learn(head, epoch);
                    feed.wake_listeners(channel);
                }
            }
        }
    }

    fn hand_on(&self, wake: &Wake) {
        match wake {
            Wake::Channel {
                channel,
                head,
                epoch,
            } => self.learn(*channel, *head, *epoch),
            Wake::Membership { channel, devices } => self.tell(devices, |news| {
                news.membership.insert(*channel);
            }),
            Wake::Welcomes { devices } => self.tell(devices, |news| news.welcomes = true),
            Wake::KeyPackages { device, left } => {
                self.tell(&[*device], |news| news.key_packages = Some(*left));
            }
            Wake::Directory { version } => self.tell_where(
                |_| true,
                |news| news.directory = news.directory.max(Some(*version)),
            ),
            Wake::Conferences { users, orgs } => self.tell_where(
                |inbox| {
                    users.contains(&inbox.who.user)
                        || (inbox.oversees && orgs.contains(&inbox.who.org))
                },
                |news| news.conferences = true,
            ),
            Wake::Register { orgs } => self.tell_where(
                |inbox| inbox.officer && orgs.contains(&inbox.who.org),
                |news| news.register = true,
            ),
        }
    }

    /// Channels that somebody follows.
    fn followed(&self) -> Vec<ChannelId> {
        lock(&self.feeds).keys().copied().collect()
    }

    /// Devices that are connected.
    fn connected(&self) -> Vec<DeviceId> {
        lock(&self.inboxes).keys().copied().collect()
    }

    /// Wakes whoever follows the channel if this head is news.
    fn learn(&self, channel: ChannelId, head: u64, epoch: u64) {
        if let Some(feed) = self.feed(channel)
            && feed.learn(head, epoch)
        {
            feed.wake_listeners(channel);
        }
    }

    fn tell(&self, devices: &[DeviceId], change: impl Fn(&mut News)) {
        let inboxes = lock(&self.inboxes);
        for inbox in devices
            .iter()
            .filter_map(|device| inboxes.get(device))
            .flatten()
        {
            inbox.tell(&change);
        }
    }

    fn tell_where(&self, whom: impl Fn(&Inbox) -> bool, change: impl Fn(&mut News)) {
        for inbox in lock(&self.inboxes).values().flatten() {
            if whom(inbox) {
                inbox.tell(&change);
            }
        }
    }
}

/// A connection's place in the hub.
pub(crate) struct Joined {
    hub: Arc<Hub>,
    pub(crate) inbox: Arc<Inbox>,
    followed: BTreeMap<ChannelId, Arc<Feed>>,
}

impl Joined {
    /// Begins to follow a channel.
    pub(crate) fn follow(&mut self, channel: ChannelId) -> Arc<Feed> {
        let feed = Arc::clone(lock(&self.hub.feeds).entry(channel).or_default());
        if self.followed.insert(channel, Arc::clone(&feed)).is_none() {
            feed.listen(Arc::clone(&self.inbox));
        }
        feed
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        let mut inboxes = lock(&self.hub.inboxes);
        if let Some(own) = inboxes.get_mut(&self.inbox.who.device) {
            own.retain(|inbox| !Arc::ptr_eq(inbox, &self.inbox));
            if own.is_empty() {
                inboxes.remove(&self.inbox.who.device);
            }
        }
        drop(inboxes);
        for (channel, feed) in &self.followed {
            // Under the lock of the feeds, so that nobody begins to follow in between.
            let mut feeds = lock(&self.hub.feeds);
            if feed.unlisten(&self.inbox) {
                feeds.remove(channel);
            }
        }
    }
}

/// What these locks guard stays whole: every change is one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
