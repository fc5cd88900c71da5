//! What can go wrong inside the engine itself.

use beraad_group::{GroupError, StoreError};

/// The step was not carried out and nothing of it was stored.
///
/// After one of these from `handle` the connection is taken as lost: the host closes its socket and
/// connects anew.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The database could not be read or written: free some space, then open it again.
    #[error("the database could not be used ({0}); free some disk space and open it again")]
    Database(#[from] rusqlite::Error),
    /// The database was written by a newer version: update this program.
    #[error("the database has schema {found}, newer than this program's {known}; update it")]
    NewerSchema {
        /// What the database says.
        found: i64,
        /// What this program knows.
        known: i64,
    },
    /// Something stored is not what was stored: restore the profile, or enrol a new device.
    #[error("{0} in the database is damaged; restore the profile or enrol a new device")]
    Damaged(&'static str),
    /// A group's store or library failed: open the database again; if it stays, enrol a new device.
    #[error("a group could not be used ({0}); open the database again")]
    Group(#[from] GroupError),
    /// This device is enrolled already: use another profile for another account.
    #[error("this device is enrolled already; use another profile for another account")]
    AlreadyEnrolled,
    /// Nothing was begun, or something else: call `begin_enrol` first.
    #[error("no enrolment was begun on this device; open the one-time link first")]
    NoEnrolment,
    /// The server's answer to the enrolment cannot be used: check the address, then try again.
    #[error("the server's answer cannot be used ({0}); check the address and try again")]
    ServerKeys(&'static str),
}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        Self::Group(GroupError::Store(error))
    }
}

/// The result of a part of a step.
pub(crate) type Done<T = ()> = Result<T, EngineError>;
