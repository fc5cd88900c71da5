//! The group-commit writer of a node: one thread, one connection, one commit for what queued up.
//!
//! While a commit runs, jobs gather in the inbox. The writer then takes what is there, runs one
//! after the other in the same transaction, commits once, runs the effects in order and only then
//! answers. There is no timer: a lone job is committed at once. A job that fails undoes itself
//! alone. While the database is away every job is answered so, and the next one finds it again. A
//! job that panics takes the transaction it was in with it, and nothing else.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::Ordering},
    thread,
};

use beraad_storage::{BoxFuture, Result, StorageError};
use futures_util::FutureExt;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    session::Session,
    transaction::{Counters, Verdict, WriterTx},
};

/// Jobs that may wait; more make their askers wait.
const INBOX: usize = 4096;
/// Jobs that share a commit at most. PostgreSQL keeps 64 savepoints of a transaction at hand; with
/// more, everybody's lookups become slower.
const BATCH: usize = 60;
/// How often a job runs that another transaction was in the way of.
const ATTEMPTS: u32 = 4;

/// What the writer did since it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WriterFigures {
    /// Transactions committed.
    pub commits: u64,
    /// Jobs that ended well.
    pub jobs: u64,
    /// Jobs that were undone.
    pub undone: u64,
}

/// The writer's inbox.
pub(crate) struct Writer {
    inbox: mpsc::Sender<Message>,
    figures: Arc<Counters>,
    stopped: watch::Receiver<bool>,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(options: PgConnectOptions) -> Result<Self> {
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
                runtime.block_on(work(Session::disconnected(options, counters), jobs));
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
            + Clone
            + Send
            + 'static,
    {
        let inbox = self.inbox.clone();
        async move {
            let (answer, answered) = oneshot::channel();
            let job = Asked {
                job,
                result: None,
                answer,
            };
            inbox
                .send(Message::Job(Box::new(job)))
                .await
                .map_err(|_| StorageError::Stopped)?;
            // Without an answer the job panicked, or the writer did.
            answered.await.map_err(|_| StorageError::Unavailable)?
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

    /// Finishes what is queued and disconnects.
    pub(crate) async fn close(&self) {
        if self.inbox.send(Message::Close).await.is_ok() {
            self.stopped().await;
        }
    }
}

enum Message {
    Job(Box<dyn Job>),
    Close,
}

/// A job, whatever it answers.
trait Job: Send {
    /// Runs it; answers whether it ended well.
    fn run<'t>(&'t mut self, tx: &'t mut Session<WriterTx>) -> BoxFuture<'t, bool>;
    /// Answers with what it ended with, or that it does not stand after all.
    fn answer(self: Box<Self>, stands: Result<()>);
}

struct Asked<T, E, F> {
    job: F,
    result: Option<std::result::Result<T, E>>,
    answer: oneshot::Sender<std::result::Result<T, E>>,
}

impl<T, E, F> Job for Asked<T, E, F>
where
    T: Send,
    E: From<StorageError> + Send,
    F: for<'t> FnOnce(&'t mut Session<WriterTx>) -> BoxFuture<'t, std::result::Result<T, E>>
        + Clone
        + Send,
{
    fn run<'t>(&'t mut self, tx: &'t mut Session<WriterTx>) -> BoxFuture<'t, bool> {
        Box::pin(async move {
            // A clone: what collides runs again.
            let result = (self.job.clone())(tx).await;
            let good = result.is_ok();
            self.result = Some(result);
            good
        })
    }

    fn answer(self: Box<Self>, stands: Result<()>) {
        let result = match (self.result, stands) {
            (Some(result), Ok(())) => result,
            (Some(result), Err(error)) => result.and(Err(E::from(error))),
            (None, stands) => Err(E::from(stands.err().unwrap_or(StorageError::Unavailable))),
        };
        // The asker may be gone; the change stands all the same.
        let _ = self.answer.send(result);
    }
}

/// Says that the thread ended, however it ended.
struct StopGuard(watch::Sender<bool>);

impl Drop for StopGuard {
    fn drop(&mut self) {
        self.0.send_replace(true);
    }
}

async fn work(mut tx: Session<WriterTx>, mut inbox: mpsc::Receiver<Message>) {
    let mut next = inbox.recv().await;
    while let Some(Message::Job(job)) = next {
        run(&mut tx, job).await;
        next = if tx.is_full() || tx.waiting() >= BATCH {
            None
        } else {
            inbox.try_recv().ok()
        };
        if !matches!(next, Some(Message::Job(_))) {
            tx.finish().await;
            if next.is_none() {
                next = inbox.recv().await;
            }
        }
    }
    tx.close().await;
}

async fn run(tx: &mut Session<WriterTx>, mut job: Box<dyn Job>) {
    for attempt in 1..=ATTEMPTS {
        tx.start_job();
        let ran = AssertUnwindSafe(job.run(tx)).catch_unwind().await;
        let Ok(good) = ran else {
            tracing::error!(
                "a job of the store panicked; it and those it shared a transaction with are undone"
            );
            tx.abandon();
            return;
        };
        match tx.end_job(good).await {
            Verdict::Collided if attempt < ATTEMPTS => {
                // Alone, so that it holds nothing of others while it waits.
                tx.finish().await;
            }
            Verdict::Careless => {
                let careless =
                    || StorageError::Database("a job went on after a failed change".to_owned());
                let answer = move |stands: Result<()>| job.answer(stands.and(Err(careless())));
                return tx.keep(false, Box::new(answer));
            }
            verdict => {
                let good = verdict == Verdict::Good;
                return tx.keep(good, Box::new(move |stands| job.answer(stands)));
            }
        }
    }
}
