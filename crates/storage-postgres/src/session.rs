//! A connection that speaks the store's traits, and how values become columns.

use std::{io, str::FromStr, time::Duration};

use beraad_protocol::Timestamp;
use beraad_storage::{Result, StorageError};
use sqlx::{
    Executor, PgConnection, Postgres, Row,
    error::ErrorKind,
    pool::PoolConnection,
    postgres::{PgArguments, PgRow},
};

/// How long a statement may take until the connection is given up. PostgreSQL itself ends one sooner;
/// this is for a database that does not answer any more.
const LONGEST: Duration = Duration::from_secs(30);

/// A statement with its values.
pub(crate) type Query = sqlx::query::Query<'static, Postgres, PgArguments>;

/// A connection: a reader's or the writer's.
#[derive(Debug)]
pub struct Session<C>(pub(crate) C);

/// Something that leads to a connection.
pub(crate) trait Connected: Send {
    /// Lookups are for changes that hang on them: what they find is locked.
    const WRITES: bool;

    /// The connection, ready for a statement.
    fn ready(&mut self) -> impl Future<Output = Result<&mut PgConnection>> + Send;
    /// Notes that a statement failed, and says what that means for the asker.
    fn note(&mut self, error: &sqlx::Error) -> StorageError;
    /// Holds a lock that has a number until the transaction ends; a reader holds none.
    fn hold(&mut self, lock: i64) -> impl Future<Output = Result<()>> + Send;
    /// Before a statement that locks more than a channel.
    fn locking(&mut self) -> impl Future<Output = Result<()>> + Send;
}

impl Connected for PoolConnection<Postgres> {
    const WRITES: bool = false;

    async fn ready(&mut self) -> Result<&mut PgConnection> {
        Ok(self)
    }

    fn note(&mut self, error: &sqlx::Error) -> StorageError {
        if is_lost(error) {
            self.close_on_drop();
        }
        failed(error)
    }

    async fn hold(&mut self, _lock: i64) -> Result<()> {
        Ok(())
    }

    async fn locking(&mut self) -> Result<()> {
        Ok(())
    }
}

/// A lookup that a reader runs as it is, and the writer with a lock on what it finds.
macro_rules! found_and_locked {
    ($session:ty, $sql:expr, $lock:literal) => {
        if <$session as $crate::session::Connected>::WRITES {
            concat!($sql, " ", $lock)
        } else {
            $sql
        }
    };
}
pub(crate) use found_and_locked;

/// Statements that look things up.
pub(crate) trait Lookups {
    /// All rows.
    fn rows(&mut self, query: Query) -> impl Future<Output = Result<Vec<PgRow>>> + Send;
    /// The row, if there is one.
    fn row(&mut self, query: Query) -> impl Future<Output = Result<Option<PgRow>>> + Send;
    /// The row of a lookup that a change may hang on: found by [`found_and_locked`].
    fn locked_row(&mut self, query: Query) -> impl Future<Output = Result<Option<PgRow>>> + Send;
    /// The only row of a statement that always has one.
    fn one(&mut self, query: Query) -> impl Future<Output = Result<PgRow>> + Send;
}

impl<C: Connected> Lookups for Session<C> {
    async fn rows(&mut self, query: Query) -> Result<Vec<PgRow>> {
        let result = bounded(self.0.ready().await?.fetch_all(query)).await;
        result.map_err(|error| self.0.note(&error))
    }

    async fn row(&mut self, query: Query) -> Result<Option<PgRow>> {
        let result = bounded(self.0.ready().await?.fetch_optional(query)).await;
        result.map_err(|error| self.0.note(&error))
    }

    async fn locked_row(&mut self, query: Query) -> Result<Option<PgRow>> {
        self.0.locking().await?;
        self.row(query).await
    }

    async fn one(&mut self, query: Query) -> Result<PgRow> {
        let result = bounded(self.0.ready().await?.fetch_one(query)).await;
        result.map_err(|error| self.0.note(&error))
    }
}

/// Runs a statement, but not for ever.
pub(crate) async fn bounded<T>(run: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    match tokio::time::timeout(LONGEST, run).await {
        Ok(result) => result,
        Err(_) => Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())),
    }
}

/// Translates sqlx's errors; nothing of the values gets into the text.
pub(crate) fn failed(error: &sqlx::Error) -> StorageError {
    if is_lost(error) || is_retryable(error) {
        return StorageError::Unavailable;
    }
    match error {
        sqlx::Error::Database(database) => match database.kind() {
            ErrorKind::UniqueViolation => StorageError::Conflict,
            ErrorKind::ForeignKeyViolation => StorageError::Dangling,
            _ => StorageError::Database(database.message().to_owned()),
        },
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
            StorageError::Damaged("a column has another type")
        }
        sqlx::Error::Configuration(_) => {
            StorageError::Database("the connection's settings cannot be used".to_owned())
        }
        _ => StorageError::Database(error.to_string()),
    }
}

/// The connection is gone, or the database is.
pub(crate) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        // Connection exceptions, too many connections, shutdown, crash, starting up, and a session
        // that was ended for idling.
        sqlx::Error::Database(database) => database.code().is_some_and(|code| {
            code.starts_with("08")
                || matches!(
                    &*code,
                    "53300" | "57P01" | "57P02" | "57P03" | "57P05" | "25P03"
                )
        }),
        _ => false,
    }
}

/// The statement lost against another transaction: the same job may succeed in a moment.
pub(crate) fn is_retryable(error: &sqlx::Error) -> bool {
    // Serialisation failure, deadlock, lock not to be had, statement took too long.
    let sqlx::Error::Database(database) = error else {
        return false;
    };
    database
        .code()
        .is_some_and(|code| matches!(&*code, "40001" | "40P01" | "55P03" | "57014"))
}

/// A value of a row.
fn value<'r, T>(row: &'r PgRow, column: usize) -> Result<T>
where
    T: sqlx::Decode<'r, Postgres> + sqlx::Type<Postgres>,
{
    row.try_get(column).map_err(|error| failed(&error))
}

/// A column as a blob.
pub(crate) fn bytes(row: &PgRow, column: usize) -> Result<Vec<u8>> {
    value(row, column)
}

/// A column as an id or anything else of fixed length.
pub(crate) fn id<T: for<'a> TryFrom<&'a [u8]>>(row: &PgRow, column: usize) -> Result<T> {
    as_id(value(row, column)?)
}

/// A column as an id that may be missing.
pub(crate) fn maybe_id<T: for<'a> TryFrom<&'a [u8]>>(
    row: &PgRow,
    column: usize,
) -> Result<Option<T>> {
    value::<Option<&[u8]>>(row, column)?.map(as_id).transpose()
}

/// A column as several ids.
pub(crate) fn ids<T: for<'a> TryFrom<&'a [u8]>>(row: &PgRow, column: usize) -> Result<Vec<T>> {
    let all: Vec<Vec<u8>> = value(row, column)?;
    all.iter().map(|one| as_id(one)).collect()
}

fn as_id<T: for<'a> TryFrom<&'a [u8]>>(bytes: &[u8]) -> Result<T> {
    T::try_from(bytes).map_err(|_| StorageError::Damaged("an id has another length"))
}

/// A column as a number that is never negative.
pub(crate) fn number(row: &PgRow, column: usize) -> Result<u64> {
    as_number(value(row, column)?)
}

/// A column as a number that may be missing.
pub(crate) fn maybe_number(row: &PgRow, column: usize) -> Result<Option<u64>> {
    value::<Option<i64>>(row, column)?
        .map(as_number)
        .transpose()
}

fn as_number(number: i64) -> Result<u64> {
    u64::try_from(number).map_err(|_| StorageError::Damaged("a number is negative"))
}

/// A column as a moment.
pub(crate) fn moment(row: &PgRow, column: usize) -> Result<Timestamp> {
    value(row, column).map(Timestamp)
}

/// A column as a moment that may be missing.
pub(crate) fn maybe_moment(row: &PgRow, column: usize) -> Result<Option<Timestamp>> {
    Ok(value::<Option<i64>>(row, column)?.map(Timestamp))
}

/// A column as yes or no.
pub(crate) fn flag(row: &PgRow, column: usize) -> Result<bool> {
    value(row, column)
}

/// A column as text.
pub(crate) fn text(row: &PgRow, column: usize) -> Result<String> {
    value(row, column)
}

/// A column as text that may be missing.
pub(crate) fn maybe_text(row: &PgRow, column: usize) -> Result<Option<String>> {
    value(row, column)
}

/// A column as a code of a list.
pub(crate) fn code<T: FromStr>(row: &PgRow, column: usize) -> Result<T> {
    as_code(value(row, column)?)
}

/// A column as codes separated by spaces.
pub(crate) fn codes<T: FromStr>(row: &PgRow, column: usize) -> Result<Vec<T>> {
    let text: &str = value(row, column)?;
    text.split_whitespace().map(as_code).collect()
}

fn as_code<T: FromStr>(text: &str) -> Result<T> {
    text.parse()
        .map_err(|_| StorageError::Damaged("a code is not in its list"))
}

/// Codes as one column.
pub(crate) fn joined(codes: impl IntoIterator<Item = &'static str>) -> String {
    codes.into_iter().collect::<Vec<_>>().join(" ")
}

/// A number as PostgreSQL keeps it. Numbers here count rows, so they never reach the limit.
pub(crate) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A size as PostgreSQL keeps it.
pub(crate) fn size(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
