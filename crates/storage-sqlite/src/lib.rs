//! The embedded default store: one SQLite file, one group-commit writer, a few readers.
//!
//! Write-ahead log with `synchronous=FULL`: what was acknowledged survives a power cut. Nobody but
//! the server's wiring and tests names this crate; everything else speaks to the traits of
//! `beraad-storage`. Never decides who may do what.
//!
//! Start reading at [`writer`]: how many jobs share one fsync.

mod channel;
mod delivery;
mod directory;
mod meeting;
mod open;
mod operation;
mod register;
mod session;
pub mod writer;

use std::{path::Path, sync::Arc};

use beraad_storage::{BoxFuture, Result, StorageError, Store};
use sqlx::{Sqlite, SqlitePool, pool::PoolConnection};

pub use session::Session;
use session::failed;
pub use writer::{WriterFigures, WriterTx};

/// The store. Clones share everything.
#[derive(Clone)]
pub struct SqliteStore {
    readers: SqlitePool,
    writer: Arc<writer::Writer>,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SqliteStore(..)")
    }
}

impl SqliteStore {
    /// Opens the database file, makes it if there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StorageError::NewerSchema`] when a newer server wrote it; [`StorageError::Database`] when
    /// the file cannot be used.
    pub async fn open(file: &Path) -> Result<Self> {
        let connection = open::writing(file).await?;
        let readers = open::reading(file).await?;
        Ok(Self {
            readers,
            writer: Arc::new(writer::Writer::start(connection)?),
        })
    }

    /// What the writer did so far.
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

    /// Finishes the queued jobs, closes the file and answers when both are done.
    pub async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}

impl Store for SqliteStore {
    type Reader = Session<PoolConnection<Sqlite>>;
    type Tx = Session<WriterTx>;

    async fn read(&self) -> Result<Self::Reader> {
        Ok(Session(self.readers.acquire().await.map_err(failed)?))
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
