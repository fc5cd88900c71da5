//! The writer's transaction: what jobs share, what they wait for, and why that ends.
//!
//! Jobs share one transaction and so one commit, each in a savepoint of its own. Locks are held
//! until that commit, by all jobs together; two nodes could end up waiting for each other. So:
//!
//! 1. A job that must wait for its channel, or that locks something else first, has the jobs before
//!    it committed and answered: while it waits it holds nothing of theirs.
//! 2. A job that locks more than its channel is the last of its transaction.
//! 3. Within a job the order is: operation or device, channel, what the directory says, ledger,
//!    directory version.
//!
//! Two jobs may still collide, such as two admins who change one account at one moment. PostgreSQL
//! then ends one of them, and that one runs again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use beraad_storage::{Effect, Result, StorageError, Write};
use sqlx::{
    Connection, Executor, PgConnection,
    postgres::{PgConnectOptions, PgQueryResult},
};
use tokio::time::Instant;

use crate::{
    open,
    session::{Connected, Query, Session, bounded, failed, is_lost, is_retryable},
};

/// Held while leaves enter logs and copies enter registers. One for all: a record touches several
/// organisations, in any order.
pub(crate) const LEDGER: i64 = 0x6265_7261_6164_0001;
/// After a database could not be reached, jobs are answered so for this long without another attempt:
/// otherwise each of those that queued up would wait for its own.
const PAUSE: Duration = Duration::from_millis(500);

/// The writer's connection, and how far its transaction is.
pub struct WriterTx {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
    /// No attempt to connect before.
    pause: Option<Instant>,
    stage: Stage,
    /// Numbers of the locks that are held.
    held: Vec<i64>,
    job: CurrentJob,
    earlier: EarlierJobs,
    figures: Arc<Counters>,
}

impl std::fmt::Debug for WriterTx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WriterTx(..)")
    }
}

/// Where the transaction is. There is always one savepoint while it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// No transaction.
    Idle,
    /// Nothing happened since the savepoint.
    Clean,
    /// The job that runs did something since the savepoint.
    OfThisJob,
    /// An earlier job did.
    OfAnEarlierJob,
    /// The connection was lost under the transaction.
    Lost,
}

/// What the job that runs did so far.
#[derive(Default)]
struct CurrentJob {
    /// Changed or locked something.
    engaged: bool,
    /// Locked more than its channel.
    wide: bool,
    fault: Fault,
    held_before: usize,
    effects: Vec<Effect>,
}

/// What went wrong in a job; then PostgreSQL takes no other statement until the savepoint is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Fault {
    /// Nothing.
    #[default]
    None,
    /// A statement failed.
    Failed,
    /// A statement failed because another transaction was in the way.
    Collided,
}

/// What the jobs before it did, in the same transaction.
#[derive(Default)]
struct EarlierJobs {
    engaged: bool,
    effects: Vec<Effect>,
    ended: Vec<Ended>,
}

/// A job that ran and waits for the commit.
struct Ended {
    good: bool,
    answer: Box<dyn FnOnce(Result<()>) + Send>,
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Its changes wait for the commit.
    Good,
    /// It asked to be undone, and is.
    Undone,
    /// It went on although a statement had failed; it is undone.
    Careless,
    /// Another transaction was in the way; it is undone and may run again.
    Collided,
}

/// What the writer did, counted.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) commits: AtomicU64,
    pub(crate) jobs: AtomicU64,
    pub(crate) undone: AtomicU64,
}

impl Session<WriterTx> {
    /// No connection yet: the first job makes it.
    pub(crate) fn disconnected(options: PgConnectOptions, figures: Arc<Counters>) -> Self {
        Self(WriterTx {
            options,
            connection: None,
            pause: None,
            stage: Stage::Idle,
            held: Vec::new(),
            job: CurrentJob::default(),
            earlier: EarlierJobs::default(),
            figures,
        })
    }

    /// Runs a statement that changes rows and answers how many.
    pub(crate) async fn change(&mut self, query: Query) -> Result<u64> {
        self.0.job.engaged = true;
        let result = bounded(self.0.ready().await?.execute(query)).await;
        result
            .as_ref()
            .map(PgQueryResult::rows_affected)
            .map_err(|error| self.0.note(error))
    }

    /// Like [`Self::change`], of a row that other transactions may wait for beside the channel.
    pub(crate) async fn change_shared(&mut self, query: Query) -> Result<u64> {
        self.0.locking().await?;
        self.change(query).await
    }

    /// Commits the jobs before this one if that lets go of something, so that this one may wait.
    pub(crate) async fn let_go(&mut self) {
        self.0.let_go().await;
    }

    /// Says that the next statement locks the job's channel.
    pub(crate) fn engage(&mut self) {
        self.0.job.engaged = true;
    }

    pub(crate) fn start_job(&mut self) {
        let tx = &mut self.0;
        if tx.stage == Stage::OfThisJob {
            tx.stage = Stage::OfAnEarlierJob;
        }
        tx.job = CurrentJob {
            held_before: tx.held.len(),
            ..CurrentJob::default()
        };
    }

    /// Ends the job; a bad one is undone.
    pub(crate) async fn end_job(&mut self, good: bool) -> Verdict {
        let tx = &mut self.0;
        let job = std::mem::take(&mut tx.job);
        let verdict = match (job.fault, good) {
            (Fault::None, true) => Verdict::Good,
            (Fault::None | Fault::Failed, false) => Verdict::Undone,
            (Fault::Failed, true) => Verdict::Careless,
            (Fault::Collided, _) => Verdict::Collided,
        };
        if verdict == Verdict::Good {
            tx.earlier.engaged |= job.engaged;
            tx.earlier.effects.extend(job.effects);
            tx.job.wide = job.wide;
        } else if tx.stage == Stage::OfThisJob {
            tx.held.truncate(job.held_before);
            if tx.simple("ROLLBACK TO SAVEPOINT job").await.is_ok() {
                tx.stage = Stage::Clean;
            }
        }
        verdict
    }

    /// Keeps an ended job's answer until the commit.
    pub(crate) fn keep(&mut self, good: bool, answer: Box<dyn FnOnce(Result<()>) + Send>) {
        self.0.earlier.ended.push(Ended { good, answer });
    }

    /// Jobs that wait for the commit.
    pub(crate) fn waiting(&self) -> usize {
        self.0.earlier.ended.len()
    }

    /// Nothing may follow in this transaction.
    pub(crate) fn is_full(&self) -> bool {
        self.0.job.wide || self.0.stage == Stage::Lost
    }

    /// Commits, runs the effects and answers everybody who waited.
    pub(crate) async fn finish(&mut self) {
        self.0.finish().await;
    }

    /// Leaves a transaction whose job panicked: nothing of it stands.
    pub(crate) fn abandon(&mut self) {
        self.0.connection = None;
        self.0.stage = Stage::Lost;
    }

    pub(crate) async fn close(self) {
        if let Some(connection) = self.0.connection
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the database was not left in order");
        }
    }
}

impl Write for Session<WriterTx> {
    fn after_commit(&mut self, effect: Effect) {
        self.0.job.effects.push(effect);
    }
}

impl Connected for WriterTx {
    const WRITES: bool = true;

    async fn ready(&mut self) -> Result<&mut PgConnection> {
        match self.stage {
            Stage::OfThisJob | Stage::Clean => {}
            Stage::Idle => self.begin().await?,
            Stage::OfAnEarlierJob => self.simple("RELEASE SAVEPOINT job; SAVEPOINT job").await?,
            Stage::Lost => return Err(StorageError::Unavailable),
        }
        self.stage = Stage::OfThisJob;
        self.connection.as_mut().ok_or(StorageError::Unavailable)
    }

    fn note(&mut self, error: &sqlx::Error) -> StorageError {
        if is_lost(error) {
            self.lose();
        }
        let fault = if is_retryable(error) {
            Fault::Collided
        } else {
            Fault::Failed
        };
        self.job.fault = self.job.fault.max(fault);
        failed(error)
    }

    async fn hold(&mut self, lock: i64) -> Result<()> {
        if self.held.contains(&lock) {
            return Ok(());
        }
        self.locking().await?;
        let query = sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(lock);
        let got = bounded(self.ready().await?.execute(query)).await;
        got.map_err(|error| self.note(&error))?;
        self.held.push(lock);
        Ok(())
    }

    async fn locking(&mut self) -> Result<()> {
        self.let_go().await;
        self.job.engaged = true;
        self.job.wide = true;
        Ok(())
    }
}

impl WriterTx {
    /// Begins a transaction. A connection that died unnoticed is made anew: nothing hangs on it.
    async fn begin(&mut self) -> Result<()> {
        for attempt in 1.. {
            let fresh = self.connection.is_none();
            if fresh {
                self.connect().await?;
            }
            match self.simple("BEGIN; SAVEPOINT job").await {
                Ok(()) => break,
                Err(error) if fresh || attempt > 1 => return Err(error),
                Err(_) => self.stage = Stage::Idle,
            }
        }
        // What failed on the way has nothing to do with the job.
        self.job.fault = Fault::None;
        Ok(())
    }

    async fn connect(&mut self) -> Result<()> {
        if self.pause.is_some_and(|until| Instant::now() < until) {
            return Err(StorageError::Unavailable);
        }
        match open::connect(&self.options).await {
            Ok(connection) => {
                self.connection = Some(connection);
                self.pause = None;
                Ok(())
            }
            Err(error) => {
                tracing::warn!(%error, "the database cannot be reached");
                self.pause = Some(Instant::now() + PAUSE);
                Err(error)
            }
        }
    }

    async fn let_go(&mut self) {
        if self.job.engaged || !self.earlier.engaged {
            return;
        }
        let effects = std::mem::take(&mut self.job.effects);
        self.finish().await;
        self.job.effects = effects;
        self.job.held_before = 0;
    }

    async fn finish(&mut self) {
        let outcome = self.commit().await;
        let EarlierJobs { effects, ended, .. } = std::mem::take(&mut self.earlier);
        if let Ok(committed) = &outcome {
            self.figures
                .commits
                .fetch_add(u64::from(*committed), Ordering::Relaxed);
            for effect in effects {
                effect();
            }
        }
        for Ended { good, answer } in ended {
            let counter = if good && outcome.is_ok() {
                &self.figures.jobs
            } else {
                &self.figures.undone
            };
            counter.fetch_add(1, Ordering::Relaxed);
            answer(outcome.clone().map(drop));
        }
    }

    /// Answers whether there was anything to commit. After a failure it is not known whether
    /// PostgreSQL committed: whoever asked repeats the operation and gets its first answer.
    async fn commit(&mut self) -> Result<bool> {
        let stage = std::mem::replace(&mut self.stage, Stage::Idle);
        self.held.clear();
        match stage {
            Stage::Idle => return Ok(false),
            Stage::Lost => return Err(StorageError::Unavailable),
            Stage::Clean | Stage::OfThisJob | Stage::OfAnEarlierJob => {}
        }
        // PostgreSQL ends a transaction that failed with a rollback and calls that success; in one
        // that failed releasing the savepoint fails first.
        let outcome = self.simple("RELEASE SAVEPOINT job; COMMIT").await;
        self.stage = Stage::Idle;
        if outcome.is_err() {
            // However far it came, the next transaction begins on a connection that knows nothing.
            self.connection = None;
        }
        outcome.map(|()| true)
    }

    /// Runs statements without values, for which nobody else is waited.
    async fn simple(&mut self, sql: &'static str) -> Result<()> {
        let connection = self.connection.as_mut().ok_or(StorageError::Unavailable)?;
        let run = connection.execute(sqlx::raw_sql(sql));
        match bounded(run).await {
            Ok(_) => Ok(()),
            Err(error) => {
                tracing::warn!(error = %failed(&error), "the transaction failed");
                self.lose();
                Err(failed(&error))
            }
        }
    }

    /// The connection is not used again; PostgreSQL undoes what was not committed.
    fn lose(&mut self) {
        self.connection = None;
        self.stage = Stage::Lost;
        self.job.fault = self.job.fault.max(Fault::Failed);
    }
}
