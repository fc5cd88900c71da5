//! Looking at the store for what no wake-up told of.
//!
//! With several nodes a wake-up can be lost: NATS was away, a node died between its commit and its
//! wake-up. So every node looks by itself: soon and cheaply at the heads of the channels that are
//! followed here, now and then at the rest, and at once at everything after a gap that the bus
//! noticed. A lost wake-up so costs seconds, never a message.

use std::{sync::Arc, time::Duration};

use beraad_bus::Wake;
use beraad_storage::traits::RegisterRead as _;
use beraad_storage::{
    Result,
    traits::{ChannelRead as _, DeliveryRead as _, DirectoryRead as _, MeetingRead as _},
};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};

use super::Hub;
use crate::store::Store;

/// How often the heads are looked at.
const EVERY: Duration = Duration::from_secs(2);
/// Every so many times the rest is looked at as well.
const REST_EVERY: u32 = 5;
/// Channels or devices that one question names.
const AT_ONCE: usize = 1000;

/// What was there when it was looked last.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Seen {
    directory: u64,
    records: u64,
    meetings: u64,
}

/// Looks for ever. `gaps` rises when wake-ups may have been lost.
pub(crate) async fn sweep(hub: Arc<Hub>, store: Store, mut gaps: watch::Receiver<u64>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = None;
    for round in 0_u32.. {
        let after_gap = tokio::select! {
            _ = ticks.tick() => false,
            changed = gaps.changed() => changed.is_ok(),
        };
        let rest = after_gap || round % REST_EVERY == 0;
        if let Err(error) = look(&hub, &store, &mut seen, rest).await {
            // The next time again; who asks for something is told anyway.
            tracing::debug!(%error, "the store was not looked at");
        }
    }
}

async fn look(hub: &Hub, store: &Store, seen: &mut Option<Seen>, rest: bool) -> Result<()> {
    for channels in hub.followed().chunks(AT_ONCE) {
        for head in store.read().await?.heads(channels).await? {
            hub.learn(head.channel, head.head, head.epoch);
        }
    }
    for devices in hub.connected().chunks(AT_ONCE) {
        let devices = store.read().await?.untold_of_welcomes(devices).await?;
        if !devices.is_empty() {
            hub.hand_on(&Wake::Welcomes { devices });
        }
    }
    if !rest {
        return Ok(());
    }
    let mut read = store.read().await?;
    let now = Seen {
        directory: read.directory_version().await?,
        records: read.logs_total().await?,
        meetings: read.meetings_mark().await?,
    };
    drop(read);
    // The first look only learns: whoever is connected asked after the server started.
    if let Some(before) = seen.replace(now) {
        if before.directory != now.directory {
            let version = now.directory;
            hub.hand_on(&Wake::Directory { version });
        }
        if before.records != now.records {
            hub.tell_where(|inbox| inbox.officer, |news| news.register = true);
        }
        if before.meetings != now.meetings {
            hub.tell_where(|_| true, |news| news.conferences = true);
        }
    }
    Ok(())
}
