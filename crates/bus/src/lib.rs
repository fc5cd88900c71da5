//! Wake-ups between connections and between nodes.
//!
//! A [`Wake`] is a hint that something changed: never data, never a promise. Whoever gets one looks
//! at the store. A lost wake-up costs time, never a message. This crate never learns who is
//! connected; the server's hub does.
//!
//! Start reading at [`Wake`]; [`InProcess`] is for a server that is alone, [`nats::NatsBus`] for several.

pub mod nats;
#[cfg(feature = "testing")]
pub mod testing;

use std::sync::{Mutex, PoisonError};

use beraad_protocol::{ChannelId, DeviceId, OrgId, UserId};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wake {
    /// A channel has entries up to `head`.
    Channel {
        /// The channel.
        channel: ChannelId,
        /// Its last entry.
        head: u64,
        /// The group's epoch after it: while it stays, nobody came or left.
        epoch: u64,
    },
    /// These devices came into a channel or left it.
    Membership {
        /// The channel.
        channel: ChannelId,
        /// The devices.
        devices: Vec<DeviceId>,
    },
    /// The directory has this version.
    Directory {
        /// The version.
        version: u64,
    },
    /// A conference changed that these people may see.
    Conferences {
        /// The people.
        users: Vec<UserId>,
        /// Organisations whose coordinators may see it too.
        orgs: Vec<OrgId>,
    },
    /// These organisations' registers grew.
    Register {
        /// The organisations.
        orgs: Vec<OrgId>,
    },
    /// Welcomes wait for these devices.
    Welcomes {
        /// The devices.
        devices: Vec<DeviceId>,
    },
    /// A device's KeyPackages run out.
    KeyPackages {
        /// The device.
        device: DeviceId,
        /// So many are left.
        left: u32,
    },
}

/// Carries wake-ups to everybody who listens.
pub trait Bus: Send + Sync + 'static {
    /// Tells everybody. Never waits; safe to call from the store's writer.
    fn publish(&self, wake: Wake);

    /// Everything published from now on.
    fn subscribe(&self) -> mpsc::UnboundedReceiver<Wake>;
}

/// The bus of a server that is alone.
#[derive(Debug, Default)]
pub struct InProcess {
    // Unbounded, because publishing must not wait. What queues up is bounded by what the store's
    // writer commits, and listeners take everything at once.
    listeners: Mutex<Vec<mpsc::UnboundedSender<Wake>>>,
}

impl Bus for InProcess {
    fn publish(&self, wake: Wake) {
        let mut listeners = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|listener| listener.send(wake.clone()).is_ok());
    }

    fn subscribe(&self) -> mpsc::UnboundedReceiver<Wake> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sender);
        receiver
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listener_hears_every_wake_up_and_those_who_left_are_forgotten() {
        let bus = InProcess::default();
        let (mut first, second) = (bus.subscribe(), bus.subscribe());
        drop(second);
        for version in 1..=2 {
            bus.publish(Wake::Directory { version });
        }
        assert_eq!(first.try_recv(), Ok(Wake::Directory { version: 1 }));
        assert_eq!(first.try_recv(), Ok(Wake::Directory { version: 2 }));
        assert_eq!(bus.listeners.lock().unwrap().len(), 1);
    }
}
