//! Why the store could not do it.

/// The result of a lookup or change.
pub type Result<T> = std::result::Result<T, StorageError>;

/// Why the store could not do it. Carries no content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// The id, name or number is taken: choose another, or treat it as a repeat.
    #[error("that id, name or number is taken already")]
    Conflict,
    /// The rows refer to something that is not there: look it up first.
    #[error("it refers to something that is not stored")]
    Dangling,
    /// Stored bytes are not what this version wrote: restore a backup, or run the newer server.
    #[error("stored data is damaged: {0}")]
    Damaged(&'static str),
    /// The data folder was written by a newer server: run that one, or restore a backup.
    #[error(
        "the data folder has schema {found}, this server knows {known}; start the newer server, or \
         restore a backup made with this one"
    )]
    NewerSchema {
        /// Version in the database.
        found: i64,
        /// Newest version this program knows.
        known: i64,
    },
    /// The database cannot be reached, or was too busy with others: try again. Nothing half done is
    /// left behind; a change that was on its way stands whole or not at all, and repeating the
    /// operation tells.
    #[error("the database cannot be reached right now; nothing acknowledged is lost; try again")]
    Unavailable,
    /// The writer has stopped: restart the server, nothing acknowledged is lost.
    #[error("the store has stopped; restart the server")]
    Stopped,
    /// The database refused: look at disk space and file rights.
    #[error("the database failed: {0}")]
    Database(String),
}
