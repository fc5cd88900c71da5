//! The store of several nodes: one PostgreSQL database, on every node one group-commit writer and a
//! few readers.
//!
//! A change is acknowledged when PostgreSQL has it on disk (`synchronous_commit=on`). What two nodes
//! may not do at once is held apart by locks in the database: a channel by its row, a log and the
//! registers by the ledger's lock, an operation by its id. Nobody but the server's wiring and tests
//! names this crate; everything else speaks to the traits of `beraad-storage`. Never decides who may
//! do what, never logs a value or the database's password.
//!
//! Start reading at [`transaction`]: what jobs share, what they wait for, and why no two nodes wait
//! for each other.

mod channel;
mod delivery;
mod directory;
mod meeting;
mod open;
mod operation;
mod register;
mod session;
#[cfg(feature = "testing")]
pub mod testing;
pub mod transaction;
pub mod writer;

use std::sync::Arc;

use beraad_storage::{BoxFuture, Result, StorageError, Store};
use sqlx::{PgPool, Postgres, pool::PoolConnection};

pub use session::Session;
use session::failed;
pub use transaction::WriterTx;
pub use writer::WriterFigures;

/// The store. Clones share everything.
#[derive(Clone)]
pub struct PostgresStore {
    readers: PgPool,
    writer: Arc<writer::Writer>,
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PostgresStore(..)")
    }
}

impl PostgresStore {
    /// Connects to `postgres://USER:PASSWORD@HOST/DATABASE` and brings the schema up to date; nodes
    /// that start together take turns.
    ///
    /// To another machine the connection is encrypted and the server's certificate checked, unless
    /// the URL names another `sslmode`.
    ///
    /// # Errors
    /// [`StorageError::NewerSchema`] when a newer server was here; [`StorageError::Database`] when
    /// the URL is none or the database refuses.
    pub async fn open(url: &str) -> Result<Self> {
        let options = open::options(url)?;
        open::migrate(&options).await?;
        let readers = open::readers(options.clone()).await?;
        Ok(Self {
            readers,
            writer: Arc::new(writer::Writer::start(options)?),
        })
    }

    /// What this node's writer did so far.
    pub fn figures(&self) -> WriterFigures {
        self.writer.figures()
    }

    /// Resolves when the writer has stopped: the server must not go on.
    pub async fn stopped(&self) {
        self.writer.stopped().await;
    }

    /// Whether the writer has stopped by itself or was closed.
    pub fn has_stopped(&self) -> bool {
        self.writer.has_stopped()
    }

    /// Finishes the queued jobs, disconnects and answers when both are done.
    pub async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}

impl Store for PostgresStore {
    type Reader = Session<PoolConnection<Postgres>>;
    type Tx = Session<WriterTx>;

    async fn read(&self) -> Result<Self::Reader> {
        let connection = self.readers.acquire().await;
        Ok(Session(connection.map_err(|error| failed(&error))?))
    }

    fn write<T, E, F>(&self, job: F) -> impl Future<Output = std::result::Result<T, E>> + Send
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Self::Tx) -> BoxFuture<'t, std::result::Result<T, E>>
            + Clone
            + Send
            + 'static,
    {
        self.writer.run(job)
    }
}
