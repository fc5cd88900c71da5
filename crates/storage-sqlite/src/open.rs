//! Opening the file: settings and schema.

use std::{path::Path, time::Duration};

use beraad_storage::{Result, StorageError};
use sqlx::{
    ConnectOptions as _, Connection, Row, SqlSafeStr, SqliteConnection, SqlitePool,
    migrate::{Migration, MigrationType, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::session::failed;

/// Readers at the same time; each is a thread of its own.
const READERS: u32 = 4;
/// How long a reader waits for the file, which happens only during a checkpoint.
const PATIENCE: Duration = Duration::from_secs(10);
/// Every migration, by number.
const MIGRATIONS: &[(i64, &str, &str)] = &[(
    1,
    "spine",
    include_str!("../../../migrations/sqlite/0001_spine.sql"),
)];

/// The writer's connection, with the schema up to date.
pub(crate) async fn writing(file: &Path) -> Result<SqliteConnection> {
    let options = options(file).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options)
        .await
        .map_err(failed)?;
    migrate(&mut connection).await?;
    Ok(connection)
}

/// The readers.
pub(crate) async fn reading(file: &Path) -> Result<SqlitePool> {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(PATIENCE)
        .connect_with(options(file).pragma("query_only", "ON"))
        .await
        .map_err(failed)
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .statement_cache_capacity(200)
        .pragma("temp_store", "MEMORY")
        .pragma("wal_autocheckpoint", "4000")
        .disable_statement_logging()
}

async fn migrate(connection: &mut SqliteConnection) -> Result<()> {
    let known = MIGRATIONS
        .iter()
        .map(|(version, ..)| *version)
        .max()
        .unwrap_or(0);
    let found = schema_version(connection).await?;
    if found > known {
        return Err(StorageError::NewerSchema { found, known });
    }
    let migrations = MIGRATIONS
        .iter()
        .map(|(version, name, sql)| {
            let name = (*name).into();
            Migration::new(
                *version,
                name,
                MigrationType::Simple,
                sql.into_sql_str(),
                false,
            )
        })
        .collect();
    Migrator::with_migrations(migrations)
        .run_direct(None, connection, false)
        .await
        .map_err(|error| StorageError::Database(format!("the schema was not brought up: {error}")))
}

async fn schema_version(connection: &mut SqliteConnection) -> Result<i64> {
    let fresh = sqlx::query("SELECT 1 FROM sqlite_schema WHERE name = '_sqlx_migrations'")
        .fetch_optional(&mut *connection)
        .await
        .map_err(failed)?
        .is_none();
    if fresh {
        return Ok(0);
    }
    let row = sqlx::query("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
        .fetch_one(connection)
        .await
        .map_err(failed)?;
    row.try_get(0).map_err(failed)
}
