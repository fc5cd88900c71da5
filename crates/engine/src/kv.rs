//! The groups' key-value store: a table in the step's own transaction.

use beraad_group::{KeyValue, StoreError};
use rusqlite::{Connection, OptionalExtension, params};

/// The table `kv`.
pub(crate) struct SqlStore<'a>(pub(crate) &'a Connection);

impl KeyValue for SqlStore<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.0
            .prepare_cached("SELECT value FROM kv WHERE key = ?1")
            .and_then(|mut statement| statement.query_row([key], |row| row.get(0)).optional())
            .map_err(backend)
    }

    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.0
            .prepare_cached("INSERT OR REPLACE INTO kv (key, value) VALUES (?1, ?2)")
            .and_then(|mut statement| statement.execute(params![key, value]))
            .map(drop)
            .map_err(backend)
    }

    fn delete(&self, key: &[u8]) -> Result<(), StoreError> {
        self.0
            .prepare_cached("DELETE FROM kv WHERE key = ?1")
            .and_then(|mut statement| statement.execute([key]))
            .map(drop)
            .map_err(backend)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape map_err asks for")]
fn backend(error: rusqlite::Error) -> StoreError {
    StoreError::Backend(error.to_string())
}
