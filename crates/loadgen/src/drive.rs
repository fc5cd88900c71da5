//! The load, the same for both servers: connections that publish and connections that receive.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use bytes::Bytes;
use futures_util::{
    SinkExt as _, StreamExt as _,
    stream::{SplitSink, SplitStream},
};
use tokio::{
    net::TcpStream,
    sync::{Semaphore, watch},
    task::JoinHandle,
    time::Instant,
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

/// A client's connection.
pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Something that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// The server has the message on disk.
    Accepted(u64),
    /// The message came to a member.
    Delivered(u64),
}

/// How one of the two servers speaks.
pub(crate) trait Wire: Send + Sync + 'static {
    /// The frame that publishes message number `number` on the `channel`-th channel.
    fn publish(&self, channel: usize, number: u64) -> Bytes;
    /// What a frame from the server brought.
    fn arrivals(&self, frame: &[u8], found: &mut Vec<Arrival>);
}

/// One channel's connections; the first one publishes.
pub(crate) struct ChannelLoad {
    /// Every member's connection.
    pub(crate) members: Vec<Socket>,
}

/// What to do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pace {
    /// As fast as the server accepts, with so many messages under way per channel.
    Window(usize),
    /// So many messages a second over all channels.
    PerSecond(u32),
}

/// What was seen.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Measured {
    /// Accepted messages a second.
    pub(crate) accepted: f64,
    /// Deliveries a second.
    pub(crate) delivered: f64,
    /// Publish to last receipt, median.
    pub(crate) p50: Duration,
    /// Publish to last receipt, 99th percentile.
    pub(crate) p99: Duration,
    /// Messages accepted in all.
    pub(crate) messages: u64,
}

/// Messages one run can have.
const CAPACITY: usize = 2_000_000;
/// How long stragglers may take after the last message was sent.
const DRAIN: Duration = Duration::from_secs(20);

#[derive(Default)]
struct Slot {
    sent: AtomicU64,
    last: AtomicU64,
}

struct Board {
    began: Instant,
    next: AtomicU64,
    slots: Vec<Slot>,
    accepted: AtomicU64,
    delivered: AtomicU64,
}

impl Board {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            next: AtomicU64::new(0),
            slots: (0..CAPACITY).map(|_| Slot::default()).collect(),
            accepted: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
        }
    }

    fn nanos(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of one run are far below 2^52"
    )]
    fn rates(&self, sending: Duration) -> Measured {
        let per_second =
            |count: &AtomicU64| count.load(Ordering::SeqCst) as f64 / sending.as_secs_f64();
        Measured {
            accepted: per_second(&self.accepted),
            delivered: per_second(&self.delivered),
            messages: self.next.load(Ordering::SeqCst),
            ..Measured::default()
        }
    }

    /// Waits until every message sent was accepted and came to every member.
    async fn wait_for_stragglers(&self, members: u64) -> anyhow::Result<()> {
        let sent = self.next.load(Ordering::SeqCst);
        let deadline = Instant::now() + DRAIN;
        loop {
            let accepted = self.accepted.load(Ordering::SeqCst);
            let delivered = self.delivered.load(Ordering::SeqCst);
            if accepted == sent && delivered == sent * members {
                return Ok(());
            }
            anyhow::ensure!(
                Instant::now() < deadline,
                "of {sent} messages {accepted} were accepted, with {delivered} deliveries to {members} members each",
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Median and 99th percentile of publish to last receipt.
    fn latencies(&self) -> (Duration, Duration) {
        let sent = usize::try_from(self.next.load(Ordering::SeqCst)).unwrap_or(CAPACITY);
        let mut nanos: Vec<u64> = self.slots[..sent.min(CAPACITY)]
            .iter()
            .map(|slot| {
                slot.last
                    .load(Ordering::SeqCst)
                    .saturating_sub(slot.sent.load(Ordering::SeqCst))
            })
            .collect();
        nanos.sort_unstable();
        let at = |percent: usize| {
            let index = nanos.len() * percent / 100;
            Duration::from_nanos(nanos.get(index).copied().unwrap_or_default())
        };
        (at(50), at(99))
    }
}

/// Drives the channels for `length`, waits until everything sent has arrived everywhere, and gives
/// the connections back.
pub(crate) async fn run(
    wire: Arc<dyn Wire>,
    channels: Vec<ChannelLoad>,
    pace: Pace,
    length: Duration,
) -> anyhow::Result<(Measured, Vec<ChannelLoad>)> {
    let members = channels
        .first()
        .map_or(0, |channel| channel.members.len() as u64);
    let board = Arc::new(Board::new());
    let (stop, stopped) = watch::channel(false);
    let count = u32::try_from(channels.len())?;
    let mut running = Vec::new();
    for (index, channel) in channels.into_iter().enumerate() {
        let run = Run {
            wire: Arc::clone(&wire),
            board: Arc::clone(&board),
            channel: index,
            pace,
            channels: count,
            length,
        };
        running.push(run.start(channel, &stopped));
    }
    let mut halves = Vec::new();
    for (publisher, idle, readers) in running {
        halves.push((publisher.await??, idle, readers));
    }
    let sending = board.began.elapsed();
    let mut measured = board.rates(sending);
    board.wait_for_stragglers(members).await?;
    stop.send_replace(true);
    let mut loads = Vec::new();
    for (publisher, idle, readers) in halves {
        let mut sockets = Vec::new();
        for (sink, reader) in std::iter::once(publisher).chain(idle).zip(readers) {
            sockets.push(
                sink.reunite(reader.await??)
                    .context("halves of one socket")?,
            );
        }
        loads.push(ChannelLoad { members: sockets });
    }
    (measured.p50, measured.p99) = board.latencies();
    Ok((measured, loads))
}

type Sink = SplitSink<Socket, Message>;
type Reader = JoinHandle<anyhow::Result<SplitStream<Socket>>>;

struct Run {
    wire: Arc<dyn Wire>,
    board: Arc<Board>,
    channel: usize,
    pace: Pace,
    channels: u32,
    length: Duration,
}

impl Run {
    /// Starts the first member's publishing and every member's reading.
    fn start(
        self,
        load: ChannelLoad,
        stopped: &watch::Receiver<bool>,
    ) -> (JoinHandle<anyhow::Result<Sink>>, Vec<Sink>, Vec<Reader>) {
        let permits = Arc::new(Semaphore::new(match self.pace {
            Pace::Window(window) => window,
            Pace::PerSecond(_) => 0,
        }));
        let mut sinks = Vec::new();
        let mut readers = Vec::new();
        for (position, socket) in load.members.into_iter().enumerate() {
            let (sink, source) = socket.split();
            sinks.push(sink);
            readers.push(tokio::spawn(read(
                Arc::clone(&self.wire),
                source,
                Arc::clone(&self.board),
                (position == 0).then(|| Arc::clone(&permits)),
                stopped.clone(),
            )));
        }
        let publisher = sinks.remove(0);
        (
            tokio::spawn(self.publish(publisher, permits)),
            sinks,
            readers,
        )
    }

    async fn publish(self, mut sink: Sink, permits: Arc<Semaphore>) -> anyhow::Result<Sink> {
        let Self { wire, board, .. } = &self;
        let step = match self.pace {
            Pace::Window(_) => Duration::ZERO,
            Pace::PerSecond(rate) => Duration::from_secs(1) * self.channels / rate,
        };
        // Channels begin one after the other, so that a second's messages are spread over it.
        let mut due = board.began + step / self.channels * u32::try_from(self.channel)?;
        while board.began.elapsed() < self.length {
            if let Pace::PerSecond(_) = self.pace {
                tokio::time::sleep_until(due).await;
                due += step;
            } else {
                let left = self.length.saturating_sub(board.began.elapsed());
                match tokio::time::timeout(left, permits.acquire()).await {
                    Ok(permit) => permit?.forget(),
                    Err(_) => break,
                }
            }
            let number = board.next.fetch_add(1, Ordering::SeqCst);
            let slot = board
                .slots
                .get(usize::try_from(number)?)
                .context("the run is too long")?;
            slot.sent.store(board.nanos(), Ordering::SeqCst);
            sink.send(Message::Binary(wire.publish(self.channel, number)))
                .await?;
        }
        Ok(sink)
    }
}

async fn read(
    wire: Arc<dyn Wire>,
    mut source: SplitStream<Socket>,
    board: Arc<Board>,
    permits: Option<Arc<Semaphore>>,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<SplitStream<Socket>> {
    let mut found = Vec::new();
    loop {
        let message = tokio::select! {
            biased;
            message = source.next() => message.context("the server closed the connection")??,
            _ = stop.wait_for(|stop| *stop) => return Ok(source),
        };
        if !message.is_binary() {
            continue;
        }
        found.clear();
        wire.arrivals(&message.into_data(), &mut found);
        let now = board.nanos();
        for arrival in &found {
            match *arrival {
                Arrival::Accepted(number) if number < board.next.load(Ordering::SeqCst) => {
                    board.accepted.fetch_add(1, Ordering::SeqCst);
                    if let Some(permits) = &permits {
                        permits.add_permits(1);
                    }
                }
                Arrival::Delivered(number) if number < board.next.load(Ordering::SeqCst) => {
                    let slot = &board.slots[usize::try_from(number)?];
                    slot.last.fetch_max(now, Ordering::SeqCst);
                    board.delivered.fetch_add(1, Ordering::SeqCst);
                }
                Arrival::Accepted(_) | Arrival::Delivered(_) => {}
            }
        }
    }
}
