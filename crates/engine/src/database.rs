//! The database: its schema, single values, and how a native host opens it.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::error::{Done, EngineError};

/// The version of `schema.sql`.
const SCHEMA: i64 = 1;

/// Creates the schema in an empty database, or checks that it is one this version knows.
pub(crate) fn prepare(db: &Connection) -> Done {
    let found: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match found {
        SCHEMA => Ok(()),
        0 => {
            let create = format!(
                "BEGIN IMMEDIATE; {} PRAGMA user_version = {SCHEMA}; COMMIT;",
                include_str!("schema.sql")
            );
            db.execute_batch(&create).inspect_err(|_| {
                // The error that matters is the first one.
                let _ = db.execute_batch("ROLLBACK");
            })?;
            Ok(())
        }
        found => Err(EngineError::NewerSchema {
            found,
            known: SCHEMA,
        }),
    }
}

/// A single value.
pub(crate) fn get(db: &Connection, key: &str) -> Done<Option<Vec<u8>>> {
    Ok(db
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?)
}

/// Sets a single value.
pub(crate) fn put(db: &Connection, key: &str, value: &[u8]) -> Done {
    db.prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?
        .execute(params![key, value])?;
    Ok(())
}

/// A single value as a type.
pub(crate) fn get_as<T: DeserializeOwned>(db: &Connection, key: &'static str) -> Done<Option<T>> {
    get(db, key)?
        .map(|bytes| decode(&Zeroizing::new(bytes), key))
        .transpose()
}

/// Sets a single value of a type.
pub(crate) fn put_as<T: Serialize>(db: &Connection, key: &str, value: &T) -> Done {
    put(db, key, &beraad_protocol::to_cbor(value))
}

/// Reads what this engine stored; without the bounds for what comes from outside.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8], what: &'static str) -> Done<T> {
    ciborium::from_reader(bytes).map_err(|_| EngineError::Damaged(what))
}

/// An integer as SQLite keeps it; sequence numbers and indexes stay far below the sign.
pub(crate) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// An integer that was stored with [`int`].
pub(crate) fn uint(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

#[cfg(feature = "native")]
pub use native::{OpenError, open_native};

#[cfg(feature = "native")]
mod native {
    use std::path::Path;

    use rusqlite::{Connection, ErrorCode};
    use zeroize::Zeroizing;

    /// Why a database was not opened.
    #[derive(Debug, thiserror::Error)]
    pub enum OpenError {
        /// Type the passphrase again.
        #[error("the passphrase does not open this profile; type it again")]
        WrongKey,
        /// Close the other program, or use another profile.
        #[error("this profile is in use by another program; close that one first")]
        Busy,
        /// Check that the folder exists and can be written.
        #[error("the profile's database could not be opened ({0}); check the folder")]
        Failed(rusqlite::Error),
    }

    impl From<rusqlite::Error> for OpenError {
        fn from(error: rusqlite::Error) -> Self {
            match error.sqlite_error_code() {
                Some(ErrorCode::NotADatabase) => Self::WrongKey,
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
                _ => Self::Failed(error),
            }
        }
    }

    /// Opens an encrypted database file (`SQLCipher`), or makes one that this key opens.
    ///
    /// The file stays locked until the connection is dropped: one engine per database.
    pub fn open_native(path: &Path, key: &[u8; 32]) -> Result<Connection, OpenError> {
        let db = Connection::open(path)?;
        let digits = Zeroizing::new(hex::encode(key));
        let set = Zeroizing::new(format!("PRAGMA key = \"x'{}'\";", digits.as_str()));
        db.execute_batch(&set)?;
        db.execute_batch("PRAGMA locking_mode = EXCLUSIVE;")?;
        // The first read decides whether the key fits.
        db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
            row.get::<_, i64>(0)
        })?;
        db.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;
             BEGIN EXCLUSIVE; COMMIT;",
        )?;
        Ok(db)
    }
}
