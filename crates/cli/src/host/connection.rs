//! Keeps the WebSocket up: connects, pumps frames, comes back after a loss.

use std::time::Duration;

use beraad_protocol::{Timestamp, limits};
use futures_util::{Sink, SinkExt, StreamExt};
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::{
    sync::{mpsc, watch},
    time::{MissedTickBehavior, interval, sleep, timeout},
};
use tokio_tungstenite::{
    connect_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

use super::{ServerUrl, engine_thread::Work, now};

/// What the person wants of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    Online,
    Offline,
    End,
}

/// What the engine wants of the socket.
#[derive(Debug)]
pub(super) enum ToSocket {
    Send(Vec<u8>),
    Close,
}

/// Why a connection is over.
enum Over {
    /// The wish changed.
    Unwished,
    /// It never came to be.
    Refused,
    /// It was there and ended.
    Lost,
}

/// Runs until the wish is [`Wish::End`] or nobody holds the host any more.
pub(super) async fn keep(
    server: ServerUrl,
    engine: mpsc::Sender<Work>,
    wish: watch::Receiver<Wish>,
    resting: watch::Sender<bool>,
    wakes: watch::Receiver<Option<Timestamp>>,
) {
    tokio::select! {
        () = keep_connected(&server, &engine, wish, &resting) => {}
        () = tick(&engine, wakes) => {}
    }
    resting.send_replace(true);
}

async fn keep_connected(
    server: &ServerUrl,
    engine: &mpsc::Sender<Work>,
    mut wish: watch::Receiver<Wish>,
    resting: &watch::Sender<bool>,
) {
    let mut patience = Patience::new();
    loop {
        resting.send_replace(*wish.borrow() == Wish::Offline);
        match wish.wait_for(|wish| *wish != Wish::Offline).await {
            Ok(wish) if *wish == Wish::Online => resting.send_replace(false),
            _ => return,
        };
        match one_connection(server, engine, &mut wish).await {
            Over::Unwished => patience.restore(),
            Over::Lost => {
                patience.restore();
                pause(patience.next(), &mut wish).await;
            }
            Over::Refused => pause(patience.next(), &mut wish).await,
        }
    }
}

async fn one_connection(
    server: &ServerUrl,
    engine: &mpsc::Sender<Work>,
    wish: &mut watch::Receiver<Wish>,
) -> Over {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .max_message_size(Some(limits::MAX_FRAME))
        .max_frame_size(Some(limits::MAX_FRAME));
    let url = server.socket();
    let connecting = connect_async_with_config(url.as_str(), Some(config), true);
    let socket = tokio::select! {
        biased;
        _ = wish.changed() => return Over::Unwished,
        answer = timeout(CONNECT_WITHIN, connecting) => match answer {
            Ok(Ok((socket, _))) => socket,
            Ok(Err(error)) => {
                tracing::debug!(%error, "no connection");
                return Over::Refused;
            }
            Err(_) => return Over::Refused,
        },
    };

    let (to_socket, mut outgoing) = mpsc::unbounded_channel();
    if engine.send(Work::Connected(to_socket)).await.is_err() {
        return Over::Unwished;
    }
    let (mut write, mut read) = socket.split();
    let mut pings = interval(PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings.reset();
    let mut silent = 0;
    let over = loop {
        tokio::select! {
            _ = wish.changed() => break Over::Unwished,
            wanted = outgoing.recv() => {
                if !pass_on(wanted, &mut outgoing, &mut write).await {
                    break Over::Lost;
                }
            }
            message = read.next() => {
                silent = 0;
                match message {
                    Some(Ok(Message::Binary(frame))) => {
                        if engine.send(Work::Frame(frame.to_vec())).await.is_err() {
                            break Over::Unwished;
                        }
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break Over::Lost,
                    Some(Ok(_)) => {}
                }
            }
            _ = pings.tick() => {
                silent += 1;
                let ping = write.send(Message::Ping(Vec::new().into()));
                if silent > MAX_SILENT_PINGS || !matches!(timeout(PING_EVERY, ping).await, Ok(Ok(()))) {
                    break Over::Lost;
                }
            }
        }
    };
    // The other side may be gone already.
    let _ = timeout(CLOSE_WITHIN, write.close()).await;
    if engine.send(Work::Disconnected).await.is_err() {
        return Over::Unwished;
    }
    over
}

/// Sends what the engine wants and whatever else it wants by then, with one flush.
async fn pass_on<S>(
    first: Option<ToSocket>,
    outgoing: &mut mpsc::UnboundedReceiver<ToSocket>,
    write: &mut S,
) -> bool
where
    S: Sink<Message> + Unpin,
{
    let mut next = first;
    loop {
        match next {
            Some(ToSocket::Send(frame)) => {
                if write.feed(Message::Binary(frame.into())).await.is_err() {
                    return false;
                }
            }
            Some(ToSocket::Close) | None => {
                let _ = write.flush().await;
                return false;
            }
        }
        match outgoing.try_recv() {
            Ok(more) => next = Some(more),
            Err(_) => return write.flush().await.is_ok(),
        }
    }
}

/// Wakes the engine when it asked to be woken.
async fn tick(engine: &mpsc::Sender<Work>, mut wakes: watch::Receiver<Option<Timestamp>>) {
    loop {
        let at = *wakes.borrow_and_update();
        let changed = match at {
            None => wakes.changed().await,
            Some(at) => {
                let millis = u64::try_from(at.millis_since(now())).unwrap_or(0);
                tokio::select! {
                    changed = wakes.changed() => changed,
                    () = sleep(Duration::from_millis(millis)) => {
                        if engine.send(Work::Tick).await.is_err() {
                            return;
                        }
                        wakes.changed().await
                    }
                }
            }
        };
        if changed.is_err() {
            return;
        }
    }
}

async fn pause(length: Duration, wish: &mut watch::Receiver<Wish>) {
    tokio::select! {
        () = sleep(length) => {}
        _ = wish.changed() => {}
    }
}

/// How long to wait before the next attempt: longer every time, and never the same for two
/// devices, so that a server that comes back is not met by all of them at once.
struct Patience {
    ceiling: Duration,
    random: StdRng,
}

impl Patience {
    fn new() -> Self {
        let mut seed = [0; 32];
        // Without randomness the pauses are the same everywhere; that is no reason to stop.
        let _ = crate::profile::fill_random(&mut seed);
        Self {
            ceiling: SHORTEST_PAUSE,
            random: StdRng::from_seed(seed),
        }
    }

    fn restore(&mut self) {
        self.ceiling = SHORTEST_PAUSE;
    }

    fn next(&mut self) -> Duration {
        let pause = self.random.random_range(self.ceiling / 2..=self.ceiling);
        self.ceiling = (self.ceiling * 2).min(LONGEST_PAUSE);
        pause
    }
}

const READ_BUFFER: usize = 8 * 1024;
const CONNECT_WITHIN: Duration = Duration::from_secs(15);
const CLOSE_WITHIN: Duration = Duration::from_secs(1);
const PING_EVERY: Duration = Duration::from_secs(25);
const MAX_SILENT_PINGS: u32 = 2;
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_start_over() {
        let mut patience = Patience::new();
        assert!(patience.next() <= SHORTEST_PAUSE);
        let pauses: Vec<_> = (0..20).map(|_| patience.next()).collect();
        assert!(pauses.iter().all(|pause| *pause <= LONGEST_PAUSE));
        assert!(pauses[19] >= LONGEST_PAUSE / 2);
        patience.restore();
        assert!(patience.next() <= SHORTEST_PAUSE);
    }
}
