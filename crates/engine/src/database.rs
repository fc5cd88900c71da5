//! The database: its schema, single values, and how a native host opens it.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::error::{Done, EngineError};

/// The version of `schema.sql`.
const SCHEMA: i64 = 3;

/// What brings a database from each earlier version, beginning with the first, to the next.
const UPGRADES: [&str; 2] = [include_str!("schema-2.sql"), include_str!("schema-3.sql")];

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
        1..SCHEMA => {
            let from = usize::try_from(found - 1).unwrap_or(0);
            let upgrade = format!(
                "BEGIN IMMEDIATE; {} PRAGMA user_version = {SCHEMA}; COMMIT;",
                UPGRADES.get(from..).unwrap_or_default().concat()
            );
            db.execute_batch(&upgrade).inspect_err(|_| {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(db: &Connection, table: &str) -> Vec<String> {
        let mut statement = db
            .prepare("SELECT name FROM pragma_table_info(?1) ORDER BY name")
            .unwrap();
        let rows = statement.query_map([table], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_database_of_the_first_version_keeps_what_it_has_and_gets_the_rest() {
        let old = Connection::open_in_memory().unwrap();
        old.execute_batch(
            "CREATE TABLE entry (channel BLOB, seq INTEGER, epoch INTEGER, at INTEGER, device BLOB,
                 user BLOB, org BLOB, op BLOB, kind INTEGER, payload_hash BLOB, history BLOB,
                 event BLOB, item TEXT, blocks TEXT, authenticator BLOB);
             CREATE TABLE register (position INTEGER, record BLOB, channel BLOB, log BLOB,
                 log_index INTEGER, recorded_at INTEGER, kind TEXT, sealed BLOB, signed BLOB);
             CREATE TABLE warning (code TEXT NOT NULL, channel BLOB, at INTEGER NOT NULL);
             INSERT INTO warning VALUES ('undecryptable', NULL, 1);
             PRAGMA user_version = 1;",
        )
        .unwrap();
        let new = Connection::open_in_memory().unwrap();
        prepare(&old).unwrap();
        prepare(&new).unwrap();
        prepare(&old).unwrap();
        for table in ["entry", "register", "register_pin", "refused", "warning"] {
            assert_eq!(columns(&old, table), columns(&new, table), "{table}");
        }
        let kept: (String, i64) = old
            .query_row("SELECT code, dismissed FROM warning", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!(kept, ("undecryptable".to_owned(), 0));
    }

    #[test]
    fn a_database_of_a_newer_version_is_left_alone() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch("PRAGMA user_version = 99;").unwrap();
        assert!(matches!(
            prepare(&db),
            Err(EngineError::NewerSchema { found: 99, .. })
        ));
    }
}
