//! The least a durable fan-out can be: no accounts, no groups, no checks.
//!
//! A client sends its channel as the first message (4 bytes, little endian), then payloads that
//! begin with 16 bytes of its own naming. One thread writes what queued up in one SQLite
//! transaction (`synchronous=FULL`), then acknowledges and fans out.

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
};

use anyhow::Context as _;
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc::UnboundedSender,
};
use tokio_tungstenite::tungstenite::{Message, protocol::WebSocketConfig};

/// First byte of an acknowledgement, followed by the 16 bytes of the client's naming.
pub(crate) const ACK: u8 = b'A';
/// First byte of a delivery, followed by the payload.
pub(crate) const DELIVERY: u8 = b'D';

type Members = Arc<Mutex<HashMap<u32, Vec<UnboundedSender<Bytes>>>>>;

struct Job {
    channel: u32,
    payload: Bytes,
    sender: UnboundedSender<Bytes>,
}

/// Serves until the process ends. Prints where it listens, and on a line from standard input how
/// many commits it made.
pub(crate) async fn serve(listen: SocketAddr, data: &Path) -> anyhow::Result<()> {
    let members: Members = Arc::default();
    let commits = Arc::new(AtomicU64::new(0));
    let (jobs, inbox) = mpsc::channel();
    let database = open(data)?;
    std::thread::spawn({
        let members = Arc::clone(&members);
        let commits = Arc::clone(&commits);
        move || write(&database, &inbox, &members, &commits)
    });
    let listener = TcpListener::bind(listen).await?;
    println!("listening on {}", listener.local_addr()?);
    std::thread::spawn(move || {
        for _ in std::io::stdin().lines() {
            println!("commits {}", commits.load(Ordering::Relaxed));
        }
    });
    loop {
        let (stream, _) = listener.accept().await?;
        let members = Arc::clone(&members);
        let jobs = jobs.clone();
        tokio::spawn(async move {
            // A client that goes away is no error of the floor's.
            drop(session(stream, members, jobs).await);
        });
    }
}

fn open(data: &Path) -> anyhow::Result<rusqlite::Connection> {
    let database = rusqlite::Connection::open(data.join("floor.db"))?;
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "FULL")?;
    database.execute_batch(
        "CREATE TABLE entry (channel INTEGER, seq INTEGER, payload BLOB, PRIMARY KEY (channel, seq)) WITHOUT ROWID",
    )?;
    Ok(database)
}

fn write(
    database: &rusqlite::Connection,
    inbox: &mpsc::Receiver<Job>,
    members: &Members,
    commits: &AtomicU64,
) {
    let mut heads: HashMap<u32, i64> = HashMap::new();
    while let Ok(first) = inbox.recv() {
        let jobs: Vec<Job> = std::iter::once(first).chain(inbox.try_iter()).collect();
        let written = (|| {
            let transaction = database.unchecked_transaction()?;
            {
                let mut insert =
                    transaction.prepare_cached("INSERT INTO entry VALUES (?1, ?2, ?3)")?;
                for job in &jobs {
                    let seq = heads.entry(job.channel).or_default();
                    insert.execute((job.channel, *seq, &job.payload[..]))?;
                    *seq += 1;
                }
            }
            transaction.commit()
        })();
        if let Err(error) = written {
            eprintln!("the floor cannot write: {error}");
            return;
        }
        commits.fetch_add(1, Ordering::Relaxed);
        let members = members.lock().expect("no holder of this lock panics");
        for job in jobs {
            let mut ack = vec![ACK];
            ack.extend_from_slice(&job.payload[..16]);
            let mut delivery = vec![DELIVERY];
            delivery.extend_from_slice(&job.payload);
            let delivery = Bytes::from(delivery);
            // A receiver that went away is dropped with its session.
            drop(job.sender.send(Bytes::from(ack)));
            for member in members.get(&job.channel).into_iter().flatten() {
                drop(member.send(delivery.clone()));
            }
        }
    }
}

async fn session(
    stream: TcpStream,
    members: Members,
    jobs: mpsc::Sender<Job>,
) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let config = WebSocketConfig::default().read_buffer_size(8 * 1024);
    let socket = tokio_tungstenite::accept_async_with_config(stream, Some(config)).await?;
    let (mut sink, mut source) = socket.split();
    let first = source
        .next()
        .await
        .context("closed before joining")??
        .into_data();
    let channel = u32::from_le_bytes(first[..].try_into()?);
    let (sender, mut outbox) = tokio::sync::mpsc::unbounded_channel::<Bytes>();
    members
        .lock()
        .expect("no holder of this lock panics")
        .entry(channel)
        .or_default()
        .push(sender.clone());
    let writer = tokio::spawn(async move {
        while let Some(frame) = outbox.recv().await {
            sink.feed(Message::Binary(frame)).await?;
            while let Ok(frame) = outbox.try_recv() {
                sink.feed(Message::Binary(frame)).await?;
            }
            sink.flush().await?;
        }
        anyhow::Ok(())
    });
    while let Some(message) = source.next().await {
        let payload = message?.into_data();
        anyhow::ensure!(
            payload.len() >= 16,
            "a payload begins with 16 bytes of naming"
        );
        jobs.send(Job {
            channel,
            payload,
            sender: sender.clone(),
        })?;
    }
    writer.abort();
    Ok(())
}
