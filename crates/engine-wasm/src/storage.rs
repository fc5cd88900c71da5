//! The encrypted database: `SQLite3MultipleCiphers` over a pool of files in the browser's origin
//! private file system.
//!
//! Each database has a pool (a folder) of its own, so two people can use one browser, and so the
//! browser itself refuses a second worker that tries to open what another one holds.

use std::cell::Cell;

use js_sys::Reflect;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use sqlite_wasm_rs::WasmOsCallback;
use sqlite_wasm_vfs::sahpool::{self, OpfsSAHError, OpfsSAHPoolCfgBuilder, OpfsSAHPoolUtil};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FileSystemDirectoryHandle, FileSystemRemoveOptions, WorkerGlobalScope};
use zeroize::Zeroizing;

/// Bytes of the database key.
pub const KEY_BYTES: usize = 32;

/// The key that opens a database. Wiped from memory when dropped, never printed.
pub struct DatabaseKey(Zeroizing<[u8; KEY_BYTES]>);

impl DatabaseKey {
    /// Takes the 32 bytes derived from the passphrase.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StorageError> {
        let bytes = <[u8; KEY_BYTES]>::try_from(bytes).map_err(|_| StorageError::KeyLength)?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// The statement that hands the raw key to the cipher, which then derives nothing itself.
    fn statement(&self) -> Zeroizing<String> {
        let digits = Zeroizing::new(hex::encode(self.0.as_slice()));
        Zeroizing::new(format!("PRAGMA key = 'raw:{}';", digits.as_str()))
    }
}

/// What can go wrong with the browser's storage.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Private window, third-party frame or old browser: open the page in an ordinary window of a current browser.
    #[error(
        "this browser window keeps no data: open it in an ordinary (not private) window of a current browser"
    )]
    NotDurable,
    /// Another tab or worker holds this database: use that one, or close it and try again.
    #[error("this database is open in another tab: use that tab, or close it and try again")]
    InUse,
    /// The key does not open this database: ask for the passphrase again.
    #[error("the passphrase does not open this database: type it again")]
    WrongKey,
    /// The key has the wrong length: derive 32 bytes.
    #[error("a database key is {KEY_BYTES} bytes long")]
    KeyLength,
    /// The name would not be a safe folder name: use 1 to 64 of `a-z`, `0-9` and `-`.
    #[error("a database name is 1 to 64 letters a-z, digits or hyphens")]
    Name,
    /// The browser grants no more space: free some, or allow this site more.
    #[error("the browser has no space left for this site: free some disk space and try again")]
    Full,
    /// The database could not be read or written: reload the page; if it stays, restore this device.
    #[error("the database could not be used: reload the page")]
    Database(#[from] rusqlite::Error),
    /// The browser's file system failed in an unforeseen way: reload the page.
    #[error("the browser's file storage failed ({0}): reload the page")]
    Browser(String),
}

impl StorageError {
    /// The stable word the page switches on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotDurable => "storage_missing",
            Self::InUse => "storage_busy",
            Self::WrongKey => "wrong_key",
            Self::Full => "storage_full",
            Self::KeyLength | Self::Name => "invalid",
            Self::Database(_) | Self::Browser(_) => "storage_failed",
        }
    }

    fn from_browser(error: &JsValue) -> Self {
        let name = Reflect::get(error, &"name".into())
            .ok()
            .and_then(|name| name.as_string())
            .unwrap_or_default();
        match name.as_str() {
            "NoModificationAllowedError" | "InvalidStateError" => Self::InUse,
            "SecurityError" | "NotAllowedError" => Self::NotDurable,
            "QuotaExceededError" => Self::Full,
            "" => Self::Browser("unknown".to_owned()),
            _ => Self::Browser(name),
        }
    }
}

impl From<OpfsSAHError> for StorageError {
    fn from(error: OpfsSAHError) -> Self {
        match &error {
            OpfsSAHError::NotSupported => Self::NotDurable,
            OpfsSAHError::GetDirHandle(cause)
            | OpfsSAHError::GetFileHandle(cause)
            | OpfsSAHError::CreateSyncAccessHandle(cause)
            | OpfsSAHError::IterHandle(cause)
            | OpfsSAHError::RemoveEntity(cause)
            | OpfsSAHError::Read(cause)
            | OpfsSAHError::Write(cause)
            | OpfsSAHError::Flush(cause)
            | OpfsSAHError::Truncate(cause) => Self::from_browser(cause),
            _ => Self::Browser("pool".to_owned()),
        }
    }
}

/// The files behind an open database. They stay locked to this worker until [`Lease::release`].
pub struct Lease {
    pool: OpfsSAHPoolUtil,
}

impl Lease {
    /// Gives the files back, so that another tab can open the database.
    /// The connection must have been dropped before.
    pub fn release(self) -> Result<(), StorageError> {
        Ok(self.pool.pause_vfs()?)
    }
}

/// Opens the database `name` with its key, creating it when it does not exist yet.
pub async fn open_database(
    name: &str,
    key: &DatabaseKey,
) -> Result<(Connection, Lease), StorageError> {
    let name = DatabaseName::parse(name)?;
    require_durable_storage()?;
    // SQLite keeps a VFS name for the life of the worker, so every opening takes a fresh one.
    let vfs = format!("beraad-{}-{}", name.0, next_opening());
    let pool_options = OpfsSAHPoolCfgBuilder::new()
        .vfs_name(&vfs)
        .directory(&format!("{ROOT}/{}", name.0))
        .initial_capacity(POOL_FILES)
        .build();
    let pool = sahpool::install::<WasmOsCallback>(&pool_options, false).await?;
    let lease = Lease { pool };
    match connect(&vfs, key) {
        Ok(connection) => Ok((connection, lease)),
        Err(error) => {
            lease.release()?;
            Err(error)
        }
    }
}

/// The names of the databases this browser keeps for this site.
pub async fn list_databases() -> Result<Vec<String>, StorageError> {
    require_durable_storage()?;
    let Some(root) = root_directory().await? else {
        return Ok(Vec::new());
    };
    let mut names = Vec::new();
    let keys = root.keys();
    loop {
        let step = keys
            .next()
            .map_err(|error| StorageError::from_browser(&error))?;
        let step: js_sys::IteratorNext = JsFuture::from(step)
            .await
            .map_err(|error| StorageError::from_browser(&error))?
            .unchecked_into();
        if step.done() {
            return Ok(names);
        }
        names.extend(step.value().as_string());
    }
}

/// Removes a closed database and its files for good. Removing what is not there is no error.
pub async fn remove_database(name: &str) -> Result<(), StorageError> {
    let name = DatabaseName::parse(name)?;
    require_durable_storage()?;
    let Some(root) = root_directory().await? else {
        return Ok(());
    };
    let options = FileSystemRemoveOptions::new();
    options.set_recursive(true);
    match JsFuture::from(root.remove_entry_with_options(&name.0, &options)).await {
        Ok(_) => Ok(()),
        Err(error) if is_not_found(&error) => Ok(()),
        Err(error) => Err(StorageError::from_browser(&error)),
    }
}

struct DatabaseName(String);

impl DatabaseName {
    fn parse(name: &str) -> Result<Self, StorageError> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if (1..=MAX_NAME).contains(&name.len()) && name.chars().all(allowed) {
            Ok(Self(name.to_owned()))
        } else {
            Err(StorageError::Name)
        }
    }
}

fn connect(vfs: &str, key: &DatabaseKey) -> Result<Connection, StorageError> {
    // The cipher is a layer over the pool's own VFS, made by SQLite3MultipleCiphers on demand.
    let vfs = format!("multipleciphers-{vfs}");
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let connection = Connection::open_with_flags_and_vfs(FILE, flags, vfs.as_str())?;
    connection.execute_batch(&key.statement())?;
    let first_read = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
    match first_read {
        Ok(()) => {}
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            return Err(StorageError::WrongKey);
        }
        Err(error) => return Err(error.into()),
    }
    // One worker owns the files, so the lock is taken once; the journal is kept and overwritten,
    // which is the cheapest durable commit over this file pool. Nothing temporary touches the disk.
    connection.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA journal_mode = TRUNCATE;
         PRAGMA synchronous = FULL;
         PRAGMA temp_store = MEMORY;
         PRAGMA secure_delete = ON;
         PRAGMA foreign_keys = ON;",
    )?;
    Ok(connection)
}

/// Refuses where files would be lost with the window, or cannot be used synchronously.
fn require_durable_storage() -> Result<(), StorageError> {
    let global: JsValue = js_sys::global().into();
    let directory = path(&global, &["navigator", "storage", "getDirectory"]);
    let file = path(
        &global,
        &[
            "FileSystemFileHandle",
            "prototype",
            "createSyncAccessHandle",
        ],
    );
    if directory.is_some_and(|f| f.is_function()) && file.is_some_and(|f| f.is_function()) {
        Ok(())
    } else {
        Err(StorageError::NotDurable)
    }
}

fn path(start: &JsValue, steps: &[&str]) -> Option<JsValue> {
    steps.iter().try_fold(start.clone(), |value, step| {
        if value.is_undefined() || value.is_null() {
            return None;
        }
        Reflect::get(&value, &(*step).into()).ok()
    })
}

async fn root_directory() -> Result<Option<FileSystemDirectoryHandle>, StorageError> {
    let scope: WorkerGlobalScope = js_sys::global()
        .dyn_into()
        .map_err(|_| StorageError::NotDurable)?;
    let origin: FileSystemDirectoryHandle =
        JsFuture::from(scope.navigator().storage().get_directory())
            .await
            .map_err(|error| StorageError::from_browser(&error))?
            .unchecked_into();
    match JsFuture::from(origin.get_directory_handle(ROOT)).await {
        Ok(root) => Ok(Some(root.unchecked_into())),
        Err(error) if is_not_found(&error) => Ok(None),
        Err(error) => Err(StorageError::from_browser(&error)),
    }
}

fn is_not_found(error: &JsValue) -> bool {
    Reflect::get(error, &"name".into())
        .ok()
        .and_then(|name| name.as_string())
        .is_some_and(|name| name == "NotFoundError")
}

fn next_opening() -> u32 {
    thread_local! { static OPENINGS: Cell<u32> = const { Cell::new(0) }; }
    OPENINGS.with(|count| {
        count.set(count.get().wrapping_add(1));
        count.get()
    })
}

/// The folder of the origin private file system that holds one folder per database.
const ROOT: &str = "beraad";
/// The database file inside its pool.
const FILE: &str = "engine.db";
/// Database, journal and room for what SQLite opens beside them during VACUUM.
const POOL_FILES: u32 = 4;
const MAX_NAME: usize = 64;
