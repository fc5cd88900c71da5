//! Connecting: settings of every session, encryption, schema.

use std::{net::IpAddr, time::Duration};

use beraad_storage::{Result, StorageError};
use sqlx::{
    Connection, PgConnection, PgPool, Row, SqlSafeStr,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
};

use crate::session::failed;

/// Readers of one node at the same time.
const READERS: u32 = 8;
/// How long somebody waits for a connection before it is called unavailable.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// What every session asks of the database, whatever its defaults are.
const SETTINGS: &[(&str, &str)] = &[
    // What is acknowledged is on disk.
    ("synchronous_commit", "on"),
    // Every statement sees what was committed before it; what must stand still is locked.
    ("default_transaction_isolation", "read committed"),
    // A node that vanished without a goodbye frees its locks, and sooner than others give up.
    ("idle_in_transaction_session_timeout", "15s"),
    ("tcp_user_timeout", "15s"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("lock_timeout", "20s"),
    ("statement_timeout", "25s"),
];
/// Every migration, by number.
const MIGRATIONS: &[(i64, &str, &str)] = &[(
    1,
    "spine",
    include_str!("../../../migrations/postgres/0001_spine.sql"),
)];

/// How to connect, from the URL. What was wrong with one is not repeated: it holds a password.
pub(crate) fn options(url: &str) -> Result<PgConnectOptions> {
    let unreadable = || {
        StorageError::Database(
            "the database's address cannot be read; write \
             postgres://USER:PASSWORD@HOST:PORT/DATABASE, special characters in it as %XX"
                .to_owned(),
        )
    };
    if !is_postgres(url) {
        return Err(unreadable());
    }
    let options: PgConnectOptions = url.parse().map_err(|_| unreadable())?;
    let options = if names_ssl_mode(url) || is_local(&options) {
        options
    } else {
        options.ssl_mode(PgSslMode::VerifyFull)
    };
    Ok(options
        .application_name("beraad")
        .statement_cache_capacity(200)
        .options(SETTINGS.iter().copied()))
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

fn names_ssl_mode(url: &str) -> bool {
    url.split_once('?').is_some_and(|(_, query)| {
        query
            .split('&')
            .any(|pair| pair.starts_with("sslmode=") || pair.starts_with("ssl-mode="))
    })
}

fn is_local(options: &PgConnectOptions) -> bool {
    // An IPv6 address stands in brackets.
    let host = options.get_host().trim_matches(['[', ']']);
    options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// One connection, or that there is none now.
pub(crate) async fn connect(options: &PgConnectOptions) -> Result<PgConnection> {
    match tokio::time::timeout(PATIENCE, PgConnection::connect_with(options)).await {
        Ok(connection) => connection.map_err(|error| failed(&error)),
        Err(_) => Err(StorageError::Unavailable),
    }
}

/// The readers.
pub(crate) async fn readers(options: PgConnectOptions) -> Result<PgPool> {
    PgPoolOptions::new()
        .max_connections(READERS)
        .min_connections(1)
        .acquire_timeout(PATIENCE)
        .connect_with(options.options([("default_transaction_read_only", "on")]))
        .await
        .map_err(|error| failed(&error))
}

/// Brings the schema up to date.
pub(crate) async fn migrate(options: &PgConnectOptions) -> Result<()> {
    let mut connection = connect(options).await?;
    let known = MIGRATIONS
        .iter()
        .map(|(version, ..)| *version)
        .max()
        .unwrap_or(0);
    let found = schema_version(&mut connection).await?;
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
    // Holds a lock of the database meanwhile, so that nodes which start together take turns.
    Migrator::with_migrations(migrations)
        .run_direct(None, &mut connection, false)
        .await
        .map_err(|error| match error {
            // A newer node was quicker.
            MigrateError::VersionMissing(found) => StorageError::NewerSchema { found, known },
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
                failed(&error)
            }
            other => StorageError::Database(format!("the schema was not brought up: {other}")),
        })?;
    connection.close().await.map_err(|error| failed(&error))
}

async fn schema_version(connection: &mut PgConnection) -> Result<i64> {
    let fresh = sqlx::query("SELECT to_regclass('_sqlx_migrations') IS NULL")
        .fetch_one(&mut *connection)
        .await
        .and_then(|row| row.try_get(0))
        .map_err(|error| failed(&error))?;
    if fresh {
        return Ok(0);
    }
    sqlx::query("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
        .fetch_one(connection)
        .await
        .and_then(|row| row.try_get(0))
        .map_err(|error| failed(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_is_spoken_to_encrypted_and_checked() {
        let mode = |url| format!("{:?}", options(url).unwrap().get_ssl_mode());
        assert_eq!(
            mode("postgres://beraad:secret@db.example.org/beraad"),
            "VerifyFull"
        );
        assert_eq!(
            mode("postgres://db.example.org/beraad?sslmode=require"),
            "Require"
        );
        assert_eq!(mode("postgres://localhost/beraad"), "Prefer");
        assert_eq!(mode("postgresql://[::1]/beraad"), "Prefer");
        assert_eq!(
            mode("postgres://localhost/beraad?host=/run/postgresql"),
            "Prefer"
        );
    }

    #[test]
    fn a_wrong_address_is_refused_without_repeating_it() {
        for url in [
            "mysql://secret@host/db",
            "postgres://beraad:secret@host:port/db",
            "secret",
        ] {
            let refused = options(url).map(drop).unwrap_err().to_string();
            assert!(refused.contains("postgres://USER"), "{refused}");
            assert!(!refused.contains("secret"), "{refused}");
        }
    }
}
