//! Wake-ups between nodes, by NATS.
//!
//! A node's own listeners hear its wake-ups at once and without NATS; the other nodes' hear them by a
//! message on the region's subject, one CBOR [`Wake`] each. NATS keeps nothing: while a node is cut
//! off, and when it cannot keep up, it misses wake-ups. [`NatsBus::gaps`] says when that may have
//! happened, and whoever listens looks at the store then. Never carries content, never logs the
//! address: it may hold a password.

mod address;

use std::{sync::Arc, time::Duration};

use async_nats::{Client, ConnectOptions, Event, RequestErrorKind};
use beraad_protocol::{from_cbor, to_cbor};
use futures_util::StreamExt as _;
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use crate::{Bus, InProcess, Wake};
use address::Address;

/// Wake-ups that may wait for NATS; more are dropped, which costs time and no message.
const OUTBOX: usize = 8192;
/// Wake-ups that are sent together at most.
const AT_ONCE: usize = 512;
/// Wake-ups of others that may wait to be heard.
const INBOX: usize = 8192;
/// How long an answer of NATS may take before the connection counts as dead.
const PING_EVERY: Duration = Duration::from_secs(5);
/// The longest pause between two attempts to connect.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Why there is no bus.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NatsError {
    /// Write it so; what was wrong is not repeated, because it may hold a password.
    #[error(
        "the bus address cannot be read; write nats://USER:PASSWORD@HOST:PORT/REGION, where all but \
         the host may be left out, and special characters as %XX"
    )]
    Address,
    /// The client of NATS did not start: see what it says.
    #[error("the bus cannot be used: {0}")]
    Client(String),
}

/// The bus of one node among several.
pub struct NatsBus {
    local: Arc<InProcess>,
    outbox: mpsc::Sender<Wake>,
    gaps: watch::Receiver<u64>,
    // Ended with the bus.
    _tasks: JoinSet<()>,
}

impl std::fmt::Debug for NatsBus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NatsBus(..)")
    }
}

impl NatsBus {
    /// Connects to `nats://USER:PASSWORD@HOST:PORT/REGION`, and again whenever the connection is
    /// lost. Does not wait for NATS: without it every node hears itself, and its gaps are told once
    /// it is there.
    ///
    /// To another machine the connection is encrypted and the server's certificate checked.
    ///
    /// # Errors
    /// When the address is none.
    pub async fn connect(url: &str) -> Result<Self, NatsError> {
        let address = Address::read(url).ok_or(NatsError::Address)?;
        let (told, gaps) = watch::channel(0);
        let told = Arc::new(told);
        let (connections, connected) = watch::channel(0);
        let options = options(&address, connections, Arc::clone(&told));
        let client = options
            .connect(&address.server)
            .await
            .map_err(|error| NatsError::Client(error.kind().to_string()))?;
        let local = Arc::new(InProcess::default());
        let (outbox, waiting) = mpsc::channel(OUTBOX);
        let mut tasks = JoinSet::new();
        let heard = client
            .subscribe(address.subject.clone())
            .await
            .map_err(|error| NatsError::Client(error.to_string()))?;
        tasks.spawn(hear(heard, Arc::clone(&local), Arc::clone(&told)));
        tasks.spawn(greet(client.clone(), address.greeting, connected, told));
        tasks.spawn(send(client, address.subject, waiting));
        Ok(Self {
            local,
            outbox,
            gaps,
            _tasks: tasks,
        })
    }

    /// Rises when wake-ups of other nodes may have been missed: after the connection was made or
    /// made anew, and when more came than could be heard.
    pub fn gaps(&self) -> watch::Receiver<u64> {
        self.gaps.clone()
    }
}

impl Bus for NatsBus {
    fn publish(&self, wake: Wake) {
        self.local.publish(wake.clone());
        // A full outbox means that NATS is away or slow: the others look at the store by themselves.
        let _ = self.outbox.try_send(wake);
    }

    fn subscribe(&self) -> mpsc::UnboundedReceiver<Wake> {
        self.local.subscribe()
    }
}

fn options(
    address: &Address,
    connections: watch::Sender<u64>,
    told: Arc<watch::Sender<u64>>,
) -> ConnectOptions {
    let options = ConnectOptions::new()
        .name("beraad")
        .no_echo()
        .require_tls(!address.is_local)
        .retry_on_initial_connect()
        .max_reconnects(None)
        .reconnect_delay_callback(|attempts| {
            let attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
            LONGEST_PAUSE.min(Duration::from_millis(50).saturating_mul(attempts))
        })
        .ping_interval(PING_EVERY)
        .subscription_capacity(INBOX)
        .event_callback(move |event| {
            note(&event, &connections, &told);
            std::future::ready(())
        });
    match (&address.user, &address.secret) {
        (Some(user), Some(password)) => options.user_and_password(user.clone(), password.clone()),
        (None, Some(token)) => options.token(token.clone()),
        (_, None) => options,
    }
}

fn note(event: &Event, connections: &watch::Sender<u64>, told: &watch::Sender<u64>) {
    match event {
        Event::Connected => {
            tracing::info!("wake-ups reach other nodes");
            connections.send_modify(|connections| *connections += 1);
        }
        Event::Disconnected => tracing::warn!("wake-ups reach no other node until NATS is back"),
        Event::SlowConsumer(_) => {
            tracing::warn!("wake-ups came faster than they were heard");
            told.send_modify(|gaps| *gaps += 1);
        }
        Event::ServerError(error) => tracing::warn!(%error, "NATS refuses"),
        Event::ClientError(error) => tracing::debug!(%error, "NATS is not reached"),
        Event::LameDuckMode | Event::Draining | Event::Closed => {}
    }
}

/// Tells of the gap before each connection, once nothing can fall into it any more: NATS answers
/// a request that nobody is there for, and it reads what comes before it first, subscriptions too.
async fn greet(
    client: Client,
    greeting: String,
    mut connected: watch::Receiver<u64>,
    told: Arc<watch::Sender<u64>>,
) {
    while connected.changed().await.is_ok() {
        let answer = client.request(greeting.clone(), Vec::new().into()).await;
        if answer.is_err_and(|error| error.kind() == RequestErrorKind::NoResponders) {
            told.send_modify(|gaps| *gaps += 1);
        } else {
            // Lost again, or too slow: the next connection or attempt tells.
            connected.mark_changed();
            tokio::time::sleep(LONGEST_PAUSE).await;
        }
    }
}

/// Hands the wake-ups of other nodes on to the listeners of this one.
async fn hear(
    mut heard: async_nats::Subscriber,
    local: Arc<InProcess>,
    told: Arc<watch::Sender<u64>>,
) {
    while let Some(message) = heard.next().await {
        match from_cbor(&message.payload) {
            Ok(wake) => local.publish(wake),
            // A node of a newer release may say what this one does not know.
            Err(error) => {
                tracing::debug!(%error, "a wake-up was not understood");
                told.send_modify(|gaps| *gaps += 1);
            }
        }
    }
}

/// Sends this node's wake-ups. Of those that queued up, a channel's last one says it all.
async fn send(client: Client, subject: String, mut waiting: mpsc::Receiver<Wake>) {
    let mut batch = Vec::with_capacity(AT_ONCE);
    while waiting.recv_many(&mut batch, AT_ONCE).await > 0 {
        for wake in merged(batch.drain(..)) {
            let message = to_cbor(&wake).into();
            if let Err(error) = client.publish(subject.clone(), message).await {
                tracing::debug!(%error, "a wake-up was not sent");
            }
        }
    }
}

fn merged(wakes: impl Iterator<Item = Wake>) -> Vec<Wake> {
    let mut heads = std::collections::HashMap::new();
    let mut merged: Vec<Wake> = Vec::new();
    for wake in wakes {
        let Wake::Channel { channel, head, .. } = wake else {
            merged.push(wake);
            continue;
        };
        match heads
            .get(&channel)
            .and_then(|place: &usize| merged.get_mut(*place))
        {
            None => {
                heads.insert(channel, merged.len());
                merged.push(wake);
            }
            Some(Wake::Channel { head: known, .. }) if *known >= head => {}
            Some(earlier) => *earlier = wake,
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use beraad_protocol::{ChannelId, DeviceId};

    use super::*;

    #[test]
    fn of_a_channels_wake_ups_that_queued_up_the_highest_head_is_sent() {
        let channel = |n: u8, head| Wake::Channel {
            channel: ChannelId::from_bytes([n; 16]),
            head,
            epoch: head,
        };
        let directory = Wake::Directory { version: 3 };
        let queued = [
            channel(1, 4),
            channel(2, 9),
            directory.clone(),
            channel(1, 6),
            channel(1, 5),
        ];
        let sent = merged(queued.into_iter());
        assert_eq!(sent, [channel(1, 6), channel(2, 9), directory]);
    }

    #[test]
    fn a_wake_up_survives_the_way_in_few_bytes() {
        let wakes = [
            Wake::Channel {
                channel: ChannelId::from_bytes([1; 16]),
                head: 7,
                epoch: 1,
            },
            Wake::Membership {
                channel: ChannelId::from_bytes([1; 16]),
                devices: vec![DeviceId::from_bytes([2; 16])],
            },
            Wake::Conferences {
                users: vec![],
                orgs: vec![],
            },
            Wake::KeyPackages {
                device: DeviceId::from_bytes([2; 16]),
                left: 3,
            },
        ];
        for wake in wakes {
            let bytes = to_cbor(&wake);
            assert!(bytes.len() < 100);
            assert_eq!(from_cbor::<Wake>(&bytes).as_ref(), Ok(&wake));
        }
    }
}
