//! What a connection has to look at: one mark per thing, however often it changed.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use beraad_protocol::ChannelId;
use tokio::sync::Notify;

use crate::app::SignedIn;

/// A connection's inbox.
pub(crate) struct Inbox {
    /// Whose connection it is.
    pub(crate) who: SignedIn,
    /// A compliance officer: told of new records.
    pub(crate) officer: bool,
    /// Coordinates or oversees: told of conferences of the organisation's channels.
    pub(crate) oversees: bool,
    news: Mutex<News>,
    woken: Notify,
}

/// What changed since it was last taken.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct News {
    /// Channels with new entries.
    pub(crate) channels: BTreeSet<ChannelId>,
    /// Channels this device came into or left.
    pub(crate) membership: BTreeSet<ChannelId>,
    pub(crate) directory: Option<u64>,
    pub(crate) conferences: bool,
    pub(crate) register: bool,
    pub(crate) welcomes: bool,
    pub(crate) key_packages: Option<u32>,
}

impl Inbox {
    pub(crate) fn new(who: SignedIn, officer: bool, oversees: bool) -> Self {
        Self {
            who,
            officer,
            oversees,
            news: Mutex::default(),
            woken: Notify::new(),
        }
    }

    /// Marks something and wakes the connection.
    pub(crate) fn tell(&self, change: impl FnOnce(&mut News)) {
        change(&mut self.news.lock().unwrap_or_else(PoisonError::into_inner));
        self.woken.notify_one();
    }

    /// Takes everything that was marked.
    pub(crate) fn take(&self) -> News {
        std::mem::take(&mut self.news.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Resolves once something was marked since the last time it resolved.
    pub(crate) async fn woken(&self) {
        self.woken.notified().await;
    }
}
