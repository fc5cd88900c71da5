//! The workloads, each run against the floor and the server one after the other.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context as _;
use bytes::Bytes;
use clap::Args;
use futures_util::SinkExt as _;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    drive::{self, Arrival, ChannelLoad, Measured, Pace, Socket, Wire},
    floor,
    process::Process,
    region::{BeraadWire, Region, random},
    report,
};

/// Bytes of plaintext in every message.
pub(crate) const PAYLOAD: usize = 512;

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// The beraad-server to measure, built with --release.
    #[arg(long)]
    server: PathBuf,
    /// Seconds of each run.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Where the table goes; standard output when left out.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Connections opened beside the load's own to see what an idle one takes.
const IDLE: usize = 500;

/// One shape of load.
#[derive(Clone, Copy)]
pub(crate) struct Workload {
    /// Channels.
    pub(crate) channels: usize,
    /// Members of each.
    pub(crate) members: usize,
    /// Messages under way per channel.
    pub(crate) window: usize,
}

/// The workloads, smallest first.
pub(crate) const WORKLOADS: [Workload; 3] = [
    Workload {
        channels: 1,
        members: 10,
        window: 32,
    },
    Workload {
        channels: 1,
        members: 100,
        window: 32,
    },
    Workload {
        channels: 100,
        members: 10,
        window: 4,
    },
];

/// What one server did with one workload.
#[derive(Clone, Copy, Default)]
pub(crate) struct Result {
    /// As fast as it goes.
    pub(crate) full: Measured,
    /// Commits to disk during that.
    pub(crate) commits: u64,
    /// At 200 messages a second.
    pub(crate) paced: Measured,
    /// Anonymous memory per idle connection in bytes.
    pub(crate) idle: u64,
}

/// Runs everything and writes the table.
pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let length = Duration::from_secs(options.seconds);
    let mut results = Vec::new();
    for workload in WORKLOADS {
        eprintln!("{} x {}: floor", workload.channels, workload.members);
        let floor = measure_floor(workload, length).await?;
        eprintln!(
            "{} x {}: beraad-server",
            workload.channels, workload.members
        );
        let server = measure_server(&options, workload, length).await?;
        results.push((workload, floor, server));
    }
    let text = report::table(&results, length);
    match options.out {
        Some(path) => std::fs::write(path, text)?,
        None => print!("{text}"),
    }
    Ok(())
}

async fn measure_floor(workload: Workload, length: Duration) -> anyhow::Result<Result> {
    let data = tempfile::tempdir()?;
    let mut process = Process::start(
        &std::env::current_exe()?,
        &["floor".as_ref(), "--data".as_ref(), data.path().as_os_str()],
    )?;
    let address = process.wait_for("listening on ")?;
    let mut loads = Vec::new();
    for channel in 0..workload.channels {
        let mut members = Vec::new();
        for _ in 0..workload.members {
            members.push(join_floor(&address, channel).await?);
        }
        loads.push(ChannelLoad { members });
    }
    settle().await;
    let before = process.memory()?;
    let mut resting = Vec::new();
    for _ in 0..IDLE {
        resting.push(join_floor(&address, workload.channels).await?);
    }
    settle().await;
    let idle = per_connection(before, process.memory()?);
    drop(resting);
    let commits = |process: &mut Process| anyhow::Ok(process.ask("commits ")?.parse::<u64>()?);
    let start = commits(&mut process)?;
    let window = Pace::Window(workload.window);
    let (full, loads) = drive::run(floor_wire(), loads, window, length).await?;
    let commits = commits(&mut process)? - start;
    let (paced, _) = drive::run(floor_wire(), loads, Pace::PerSecond(200), length).await?;
    Ok(Result {
        full,
        commits,
        paced,
        idle,
    })
}

async fn measure_server(
    options: &Options,
    workload: Workload,
    length: Duration,
) -> anyhow::Result<Result> {
    let data = tempfile::tempdir()?;
    let metrics_port = std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port();
    let metrics = format!("127.0.0.1:{metrics_port}");
    let mut process = Process::start(
        &options.server,
        &[
            "--data".as_ref(),
            data.path().as_os_str(),
            "--listen".as_ref(),
            "127.0.0.1:0".as_ref(),
            "--metrics".as_ref(),
            metrics.as_ref(),
        ],
    )?;
    let link = process.wait_for("http://")?;
    let (address, token) = link.split_once("/#/enrol/").context("the first link")?;
    let base = format!("http://{address}");
    let mut region = Region::open(&base, token).await?;
    let channels = region.channels(workload.channels, workload.members).await?;
    settle().await;
    let before = process.memory()?;
    let resting = channels.idle(IDLE).await?;
    settle().await;
    let idle = per_connection(before, process.memory()?);
    drop(resting);
    let published = Arc::new(channels.published);
    let wire = || {
        Arc::new(BeraadWire {
            tag: random(),
            published: Arc::clone(&published),
        })
    };
    let start = commits(&metrics).await?;
    let window = Pace::Window(workload.window);
    let (full, loads) = drive::run(wire(), channels.loads, window, length).await?;
    let commits = commits(&metrics).await? - start;
    let (paced, _) = drive::run(wire(), loads, Pace::PerSecond(200), length).await?;
    Ok(Result {
        full,
        commits,
        paced,
        idle,
    })
}

/// Commits the server's writer made, from its metrics.
async fn commits(metrics: &str) -> anyhow::Result<u64> {
    let text = reqwest::get(format!("http://{metrics}/metrics"))
        .await?
        .text()
        .await?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(report::COMMITS_METRIC))
        .context("the server does not count its commits")?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a counter"
    )]
    Ok(line.trim().parse::<f64>()? as u64)
}

/// Lets connections come to rest before memory is read.
async fn settle() {
    tokio::time::sleep(Duration::from_secs(2)).await;
}

fn per_connection(before: u64, after: u64) -> u64 {
    after.saturating_sub(before) / IDLE as u64
}

async fn join_floor(address: &str, channel: usize) -> anyhow::Result<Socket> {
    let (mut socket, _) =
        tokio_tungstenite::connect_async_with_config(format!("ws://{address}/"), None, true)
            .await?;
    let join = u32::try_from(channel)?.to_le_bytes().to_vec();
    socket.send(Message::Binary(join.into())).await?;
    Ok(socket)
}

struct FloorWire {
    tag: [u8; 8],
}

fn floor_wire() -> Arc<dyn Wire> {
    Arc::new(FloorWire { tag: random() })
}

impl Wire for FloorWire {
    fn publish(&self, _: usize, number: u64) -> Bytes {
        let mut payload = vec![0x5a; 16 + PAYLOAD];
        payload[..8].copy_from_slice(&self.tag);
        payload[8..16].copy_from_slice(&number.to_be_bytes());
        payload.into()
    }

    fn arrivals(&self, frame: &[u8], found: &mut Vec<Arrival>) {
        let Some((&kind, rest)) = frame.split_first() else {
            return;
        };
        if rest.len() < 16 || rest[..8] != self.tag {
            return;
        }
        let number = rest[8..16]
            .iter()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        match kind {
            floor::ACK => found.push(Arrival::Accepted(number)),
            floor::DELIVERY => found.push(Arrival::Delivered(number)),
            _ => {}
        }
    }
}
