//! The group-commit writer: one thread, one connection, one fsync for everything that queued up.
//!
//! While a commit runs, jobs gather in the inbox. The writer then takes all of them, runs each in a
//! savepoint of its own inside one transaction, commits once, runs the effects in order and
//! only then answers. There is no timer: a lone job is committed at once. A job that fails undoes
//! its own savepoint. Should the thread ever end by itself, [`Writer::stopped`] resolves and the
//! server stops: it must not acknowledge what nobody writes.

use std::{
    ops::{Deref, DerefMut},
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use beraad_storage::{BoxFuture, Effect, Result, StorageError};
use futures_util::FutureExt;
use sqlx::{Connection, Executor, SqliteConnection};
use tokio::sync::{mpsc, oneshot, watch};

use crate::session::{Session, failed};

/// Jobs that may wait; more make their askers wait.
const INBOX: usize = 4096;
/// Jobs that share one commit at most, so that the first of them is answered in time.
const BATCH: usize = 1024;

/// What the writer did since it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WriterFigures {
    /// Transactions committed: each is one fsync of the write-ahead log.
    pub commits: u64,
    /// Jobs that ended well.
    pub jobs: u64,
    /// Jobs that were undone.
    pub undone: u64,
}

/// The writer's inbox.
pub struct Writer {
    inbox: mpsc::Sender<Message>,
    figures: Arc<Counters>,
    stopped: watch::Receiver<bool>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("figures", &self.figures())
            .finish_non_exhaustive()
    }
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(connection: SqliteConnection) -> Result<Self> {
        let (inbox, jobs) = mpsc::channel(INBOX);
        let (guard, stopped) = watch::channel(false);
        let figures = Arc::new(Counters::default());
        let counters = Arc::clone(&figures);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StorageError::Database(error.to_string()))?;
        thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                let _guard = StopGuard(guard);
                runtime.block_on(work(connection, jobs, &counters));
            })
            .map_err(|error| StorageError::Database(error.to_string()))?;
        Ok(Self {
            inbox,
            figures,
            stopped,
        })
    }

    /// Queues a job and waits until its commit is on disk.
    pub(crate) fn run<T, E, F>(
        &self,
        job: F,
    ) -> impl Future<Output = std::result::Result<T, E>> + Send + use<T, E, F>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Session<WriterTx>) -> BoxFuture<'t, std::result::Result<T, E>>
            + Send
            + 'static,
    {
        let inbox = self.inbox.clone();
        async move {
            let (answer, answered) = oneshot::channel();
            let job: Job = Box::new(move |tx| {
                Box::pin(async move {
                    let result = job(tx).await;
                    let good = result.is_ok();
                    let reply: Reply = Box::new(move |commit: Result<()>| {
                        // The asker may be gone; the change stands all the same.
                        let _ = answer.send(match commit {
                            Ok(()) => result,
                            Err(error) => result.and(Err(E::from(error))),
                        });
                    });
                    (good, reply)
                })
            });
            inbox
                .send(Message::Job(job))
                .await
                .map_err(|_| StorageError::Stopped)?;
            answered.await.map_err(|_| StorageError::Stopped)?
        }
    }

    /// What it did so far.
    pub(crate) fn figures(&self) -> WriterFigures {
        WriterFigures {
            commits: self.figures.commits.load(Ordering::Relaxed),
            jobs: self.figures.jobs.load(Ordering::Relaxed),
            undone: self.figures.undone.load(Ordering::Relaxed),
        }
    }

    /// Resolves when the thread has ended.
    pub(crate) async fn stopped(&self) {
        let mut stopped = self.stopped.clone();
        // An error means that the guard is gone, and the thread with it.
        let _ = stopped.wait_for(|stopped| *stopped).await;
    }

    /// Whether the thread has ended.
    pub(crate) fn has_stopped(&self) -> bool {
        *self.stopped.borrow()
    }

    /// Finishes what is queued and closes the connection.
    pub(crate) async fn close(&self) {
        if self.inbox.send(Message::Close).await.is_ok() {
            self.stopped().await;
        }
    }
}

/// The writer's connection during one job.
pub struct WriterTx {
    connection: SqliteConnection,
    savepoint: Savepoint,
    /// A savepoint may be missing: nothing of this batch may be acknowledged.
    doubtful: bool,
    effects: Vec<Effect>,
}

impl std::fmt::Debug for WriterTx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WriterTx(..)")
    }
}

/// A job that only looks needs no savepoint; one that changes opens it with its first change, and
/// the next job closes it on the way: one question to the database less per job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Savepoint {
    None,
    OfThisJob,
    OfAnEarlierJob,
}

impl Deref for WriterTx {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for WriterTx {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

impl Session<WriterTx> {
    /// The connection for a change: opens the job's savepoint first.
    pub(crate) async fn changing(&mut self) -> Result<&mut SqliteConnection> {
        let begin = match self.begin_with("", "SAVEPOINT job", "RELEASE job; SAVEPOINT job") {
            "" => return Ok(&mut self.0.connection),
            begin => begin,
        };
        match sqlx::query(begin).execute(&mut self.0.connection).await {
            Ok(_) => Ok(&mut self.0.connection),
            Err(error) => Err(self.did_not_begin(error)),
        }
    }

    /// Chooses the statement that opens the savepoint on its way, and counts it as opened: a
    /// question to the database less.
    pub(crate) fn begin_with(
        &mut self,
        begun: &'static str,
        first: &'static str,
        after_another: &'static str,
    ) -> &'static str {
        match std::mem::replace(&mut self.0.savepoint, Savepoint::OfThisJob) {
            Savepoint::OfThisJob => begun,
            Savepoint::None => first,
            Savepoint::OfAnEarlierJob => after_another,
        }
    }

    /// The statement with the savepoint failed. Whether the savepoint was opened is not known, so
    /// undoing the job fails or does too much; both end the batch without acknowledging it.
    pub(crate) fn did_not_begin(&mut self, error: sqlx::Error) -> StorageError {
        self.0.doubtful = true;
        failed(error)
    }

    pub(crate) fn push_effect(&mut self, effect: Effect) {
        self.0.effects.push(effect);
    }

    async fn undo(&mut self) -> Result<()> {
        if self.0.savepoint == Savepoint::OfThisJob {
            self.execute_plain("ROLLBACK TO job").await?;
            self.0.savepoint = Savepoint::OfAnEarlierJob;
        }
        Ok(())
    }

    async fn execute_plain(&mut self, sql: &'static str) -> Result<()> {
        self.0
            .connection
            .execute(sqlx::query(sql))
            .await
            .map(|_| ())
            .map_err(failed)
    }
}

type Reply = Box<dyn FnOnce(Result<()>) + Send>;
type Job =
    Box<dyn for<'t> FnOnce(&'t mut Session<WriterTx>) -> BoxFuture<'t, (bool, Reply)> + Send>;

enum Message {
    Job(Job),
    Close,
}

#[derive(Default)]
struct Counters {
    commits: AtomicU64,
    jobs: AtomicU64,
    undone: AtomicU64,
}

/// Says that the thread ended, however it ended.
struct StopGuard(watch::Sender<bool>);

impl Drop for StopGuard {
    fn drop(&mut self) {
        self.0.send_replace(true);
    }
}

async fn work(
    connection: SqliteConnection,
    mut inbox: mpsc::Receiver<Message>,
    counters: &Counters,
) {
    let mut tx = Session(WriterTx {
        connection,
        savepoint: Savepoint::None,
        doubtful: false,
        effects: Vec::new(),
    });
    while let Some(Message::Job(first)) = inbox.recv().await {
        let Ok(closing) = batch(&mut tx, first, &mut inbox, counters).await else {
            tracing::error!("the store's writer failed and stops");
            return;
        };
        if closing {
            break;
        }
    }
    if let Err(error) = tx.0.connection.close().await {
        tracing::warn!(%error, "the database was not closed in order");
    }
}

/// A job panicked or the transaction could not be ended: nothing further may be written.
struct Broken;

/// Runs everything that is queued in one transaction. Answers whether the writer shall close.
async fn batch(
    tx: &mut Session<WriterTx>,
    first: Job,
    inbox: &mut mpsc::Receiver<Message>,
    counters: &Counters,
) -> std::result::Result<bool, Broken> {
    let mut replies: Vec<(bool, Reply)> = Vec::new();
    let mut closing = false;
    // SQLite may undo a whole transaction by itself, as when the disk is full, and a savepoint
    // would then quietly begin another: without `batch`, releasing it fails, and nothing is
    // acknowledged.
    tx.execute_plain("BEGIN IMMEDIATE; SAVEPOINT batch")
        .await
        .map_err(|_| Broken)?;
    let mut next = Some(first);
    while let Some(job) = next {
        let reply = run_one(tx, job).await?;
        replies.push(reply);
        next = match inbox.try_recv() {
            Ok(Message::Job(job)) if replies.len() < BATCH => Some(job),
            Ok(Message::Job(job)) => {
                // The batch is full: this one still belongs to it, then it ends.
                replies.push(run_one(tx, job).await?);
                None
            }
            Ok(Message::Close) => {
                closing = true;
                None
            }
            Err(_) => None,
        };
    }
    let committed = tx.execute_plain("RELEASE batch; COMMIT").await;
    tx.0.savepoint = Savepoint::None;
    let effects = std::mem::take(&mut tx.0.effects);
    match &committed {
        Ok(()) => {
            counters.commits.fetch_add(1, Ordering::Relaxed);
            for effect in effects {
                effect();
            }
        }
        Err(error) => {
            tracing::error!(%error, "a commit failed; its jobs are refused");
            // Without a transaction to end this fails, and that is well.
            let _ = tx.execute_plain("ROLLBACK").await;
        }
    }
    for (good, reply) in replies {
        let counter = if good && committed.is_ok() {
            &counters.jobs
        } else {
            &counters.undone
        };
        counter.fetch_add(1, Ordering::Relaxed);
        reply(committed.clone());
    }
    Ok(closing)
}

async fn run_one(
    tx: &mut Session<WriterTx>,
    job: Job,
) -> std::result::Result<(bool, Reply), Broken> {
    if tx.0.savepoint == Savepoint::OfThisJob {
        tx.0.savepoint = Savepoint::OfAnEarlierJob;
    }
    let effects_before = tx.0.effects.len();
    let Ok((good, reply)) = AssertUnwindSafe(job(tx)).catch_unwind().await else {
        return Err(Broken);
    };
    if !good {
        tx.0.effects.truncate(effects_before);
        if tx.0.doubtful {
            return Err(Broken);
        }
        tx.undo().await.map_err(|_| Broken)?;
    }
    Ok((good, reply))
}
