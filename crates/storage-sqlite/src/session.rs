//! A connection that speaks the store's traits, and how values become columns.

use std::{ops::DerefMut, str::FromStr};

use beraad_protocol::Timestamp;
use beraad_storage::{Result, StorageError};
use sqlx::{Row, SqliteConnection, error::ErrorKind, sqlite::SqliteRow};

/// A connection: a reader's or the writer's.
#[derive(Debug)]
pub struct Session<C>(pub(crate) C);

/// Something that leads to a connection.
pub(crate) trait Connected: DerefMut<Target = SqliteConnection> + Send {}

impl<C: DerefMut<Target = SqliteConnection> + Send> Connected for C {}

/// The connection inside, for the statements of this crate.
pub(crate) trait HasConnection {
    fn connection(&mut self) -> &mut SqliteConnection;
}

impl<C: Connected> HasConnection for Session<C> {
    fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.0
    }
}

/// Translates sqlx's errors; nothing of the values gets into the text.
#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
pub(crate) fn failed(error: sqlx::Error) -> StorageError {
    match &error {
        sqlx::Error::Database(database) => match database.kind() {
            ErrorKind::UniqueViolation => StorageError::Conflict,
            ErrorKind::ForeignKeyViolation => StorageError::Dangling,
            _ => StorageError::Database(database.message().to_owned()),
        },
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
            StorageError::Damaged("a column has another type")
        }
        _ => StorageError::Database(error.to_string()),
    }
}

/// A column as a blob.
pub(crate) fn bytes(row: &SqliteRow, column: usize) -> Result<Vec<u8>> {
    row.try_get(column).map_err(failed)
}

/// A column as an id or anything else of fixed length.
pub(crate) fn id<T: for<'a> TryFrom<&'a [u8]>>(row: &SqliteRow, column: usize) -> Result<T> {
    let bytes: &[u8] = row.try_get(column).map_err(failed)?;
    T::try_from(bytes).map_err(|_| StorageError::Damaged("an id has another length"))
}

/// A column as an id that may be missing.
pub(crate) fn maybe_id<T: for<'a> TryFrom<&'a [u8]>>(
    row: &SqliteRow,
    column: usize,
) -> Result<Option<T>> {
    match row.try_get::<Option<&[u8]>, _>(column).map_err(failed)? {
        None => Ok(None),
        Some(bytes) => T::try_from(bytes)
            .map(Some)
            .map_err(|_| StorageError::Damaged("an id has another length")),
    }
}

/// A column as a number that is never negative.
pub(crate) fn number(row: &SqliteRow, column: usize) -> Result<u64> {
    let number: i64 = row.try_get(column).map_err(failed)?;
    u64::try_from(number).map_err(|_| StorageError::Damaged("a number is negative"))
}

/// A column as a number that may be missing.
pub(crate) fn maybe_number(row: &SqliteRow, column: usize) -> Result<Option<u64>> {
    match row.try_get::<Option<i64>, _>(column).map_err(failed)? {
        None => Ok(None),
        Some(number) => u64::try_from(number)
            .map(Some)
            .map_err(|_| StorageError::Damaged("a number is negative")),
    }
}

/// A column as a moment.
pub(crate) fn moment(row: &SqliteRow, column: usize) -> Result<Timestamp> {
    row.try_get(column).map(Timestamp).map_err(failed)
}

/// A column as text.
pub(crate) fn text(row: &SqliteRow, column: usize) -> Result<String> {
    row.try_get(column).map_err(failed)
}

/// A column as a code of a list.
pub(crate) fn code<T: FromStr>(row: &SqliteRow, column: usize) -> Result<T> {
    let text: &str = row.try_get(column).map_err(failed)?;
    text.parse()
        .map_err(|_| StorageError::Damaged("a code is not in its list"))
}

/// A column as codes separated by spaces.
pub(crate) fn codes<T: FromStr>(row: &SqliteRow, column: usize) -> Result<Vec<T>> {
    let text: &str = row.try_get(column).map_err(failed)?;
    text.split_whitespace()
        .map(|code| {
            code.parse()
                .map_err(|_| StorageError::Damaged("a code is not in its list"))
        })
        .collect()
}

/// Codes as one column.
pub(crate) fn joined(codes: impl IntoIterator<Item = &'static str>) -> String {
    codes.into_iter().collect::<Vec<_>>().join(" ")
}

/// A number as SQLite keeps it. Numbers here count rows, so they never reach the limit.
pub(crate) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
