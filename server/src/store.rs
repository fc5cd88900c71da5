//! The wiring of the store: the only place that names the adapters.
//!
//! A server runs on SQLite in its data folder, or with other nodes on PostgreSQL; which one is decided
//! at the start. Beyond this file nobody can tell: lookups and changes go to the one that was chosen.

use std::path::Path;

use beraad_protocol::{
    ChannelId, ConferenceId, DeviceId, LogId, OperationId, OrgId, Timestamp, UserId,
    directory::{Directory, Organisation, RegisterKey},
    entry::{Entry, RegisterEntry},
    meeting::{Case, Conference, ConferencePlan},
    request::WaitingWelcome,
    vocabulary::{OrganisationType, ParticipationStatus},
};
use beraad_storage::{
    BoxFuture, ChannelState, Effect, Locked, Result, StorageError, Store as _,
    channel::{Channel, EntryRow, Head, Member, NewChannel, Stint},
    delivery::NewKeyPackage,
    directory::{Account, EnrolledDevice, Link},
    meeting::Onlooker,
    operation::DoneOperation,
    register::{NewLeaf, NewRegisterEntry},
    traits::{
        ChannelRead, ChannelWrite, DeliveryRead, DeliveryWrite, DirectoryRead, DirectoryWrite,
        MeetingRead, MeetingWrite, OperationRead, OperationWrite, RegisterRead, RegisterWrite,
        Write,
    },
};
use beraad_storage_postgres::PostgresStore;
use beraad_storage_sqlite::SqliteStore;

/// The store this server runs on.
#[derive(Debug, Clone)]
pub(crate) enum Store {
    Sqlite(SqliteStore),
    Postgres(PostgresStore),
}

/// A reader of it.
pub(crate) enum Reader {
    Sqlite(<SqliteStore as beraad_storage::Store>::Reader),
    Postgres(<PostgresStore as beraad_storage::Store>::Reader),
}

/// A transaction of it.
pub(crate) enum Tx<'t> {
    Sqlite(&'t mut <SqliteStore as beraad_storage::Store>::Tx),
    Postgres(&'t mut <PostgresStore as beraad_storage::Store>::Tx),
}

/// What the store's writer did since it started.
pub(crate) struct WriterFigures {
    /// Transactions committed: each is one fsync.
    pub(crate) commits: u64,
    /// Changes that ended well.
    pub(crate) jobs: u64,
    /// Changes that were undone.
    pub(crate) undone: u64,
}

/// The same for both.
macro_rules! either {
    ($on:ident, $it:ident => $do:expr) => {
        match $on {
            Self::Sqlite($it) => $do,
            Self::Postgres($it) => $do,
        }
    };
}

impl Store {
    /// Opens the database file in the data folder.
    pub(crate) async fn in_folder(folder: &Path) -> Result<Self> {
        let store = SqliteStore::open(&folder.join("beraad.db")).await?;
        Ok(Self::Sqlite(store))
    }

    /// Connects to the database of several nodes.
    pub(crate) async fn at(url: &str) -> Result<Self> {
        PostgresStore::open(url).await.map(Self::Postgres)
    }

    /// A reader; drop it soon, there are few.
    pub(crate) async fn read(&self) -> Result<Reader> {
        Ok(match self {
            Self::Sqlite(store) => Reader::Sqlite(store.read().await?),
            Self::Postgres(store) => Reader::Postgres(store.read().await?),
        })
    }

    /// Runs a job in a transaction of its own: see [`beraad_storage::Store::write`].
    pub(crate) async fn write<T, E, F>(&self, job: F) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
        F: for<'r, 't> FnOnce(&'r mut Tx<'t>) -> BoxFuture<'r, std::result::Result<T, E>>
            + Clone
            + Send
            + 'static,
    {
        match self {
            Self::Sqlite(store) => {
                store
                    .write(|tx| Box::pin(async move { job(&mut Tx::Sqlite(tx)).await }))
                    .await
            }
            Self::Postgres(store) => {
                store
                    .write(|tx| Box::pin(async move { job(&mut Tx::Postgres(tx)).await }))
                    .await
            }
        }
    }

    /// What the writer did so far.
    pub(crate) fn figures(&self) -> WriterFigures {
        either!(self, store => {
            let figures = store.figures();
            WriterFigures {
                commits: figures.commits,
                jobs: figures.jobs,
                undone: figures.undone,
            }
        })
    }

    /// Resolves when the writer has stopped: the server must not go on.
    pub(crate) async fn stopped(&self) {
        either!(self, store => store.stopped().await);
    }

    /// Whether the writer has stopped by itself or was closed.
    pub(crate) fn has_stopped(&self) -> bool {
        either!(self, store => store.has_stopped())
    }

    /// Finishes the queued jobs and closes the store.
    pub(crate) async fn close(&self) {
        either!(self, store => store.close().await);
    }
}

/// Hands a trait's methods on.
macro_rules! hand_on {
    (impl $trait:ident for $($who:ty),+ { $($name:ident($($arg:ident: $ty:ty),*) -> $ret:ty;)+ }) => {
        hand_on!(@each $trait [$($who),+] { $($name($($arg: $ty),*) -> $ret;)+ });
    };
    (@each $trait:ident [] $methods:tt) => {};
    (@each $trait:ident [$who:ty $(, $rest:ty)*] $methods:tt) => {
        hand_on!(@one $trait, $who, $methods);
        hand_on!(@each $trait [$($rest),*] $methods);
    };
    (@one $trait:ident, $who:ty, { $($name:ident($($arg:ident: $ty:ty),*) -> $ret:ty;)+ }) => {
        impl $trait for $who {
            $(async fn $name(&mut self, $($arg: $ty),*) -> Result<$ret> {
                either!(self, it => it.$name($($arg),*).await)
            })+
        }
    };
}

hand_on! {
    impl DirectoryRead for Reader, Tx<'_> {
        directory_version() -> u64;
        directory() -> Directory;
        organisation(id: OrgId) -> Option<Organisation>;
        account(id: UserId) -> Option<Account>;
        device(id: DeviceId) -> Option<EnrolledDevice>;
        device_by_session(session_hash: [u8; 32]) -> Option<EnrolledDevice>;
        devices_of(user: UserId) -> Vec<DeviceId>;
        link(token_hash: [u8; 32]) -> Option<Link>;
    }
}

hand_on! {
    impl DirectoryWrite for Tx<'_> {
        raise_directory_version() -> u64;
        add_organisation(id: OrgId, name: &str, kind: OrganisationType, at: Timestamp) -> ();
        add_account(account: &Account, at: Timestamp) -> ();
        update_account(account: &Account) -> ();
        add_device(device: &EnrolledDevice) -> ();
        attest_anew(device: DeviceId, attestation: &[u8], signature: &[u8]) -> ();
        add_link(link: &Link) -> ();
        use_link(token_hash: [u8; 32], device: DeviceId) -> bool;
        drop_unused_links(user: UserId) -> ();
        add_register_key(org: OrgId, key: &RegisterKey) -> ();
    }
}

hand_on! {
    impl OperationRead for Reader, Tx<'_> {
        operation(device: DeviceId, op: OperationId) -> Option<DoneOperation>;
    }
}

hand_on! {
    impl OperationWrite for Tx<'_> {
        remember(device: DeviceId, op: OperationId, done: &DoneOperation) -> ();
    }
}

hand_on! {
    impl DeliveryRead for Reader, Tx<'_> {
        key_packages_left(device: DeviceId) -> u32;
        welcomes_waiting(device: DeviceId) -> u32;
        untold_of_welcomes(devices: &[DeviceId]) -> Vec<DeviceId>;
    }
}

hand_on! {
    impl DeliveryWrite for Tx<'_> {
        add_key_package(device: DeviceId, key_package: &NewKeyPackage) -> bool;
        claim_key_package(device: DeviceId) -> Option<Vec<u8>>;
        queue_welcome(channel: ChannelId, seq: u64, devices: &[DeviceId], welcome: &[u8]) -> ();
        take_welcomes(device: DeviceId, max_bytes: usize) -> Vec<WaitingWelcome>;
        drop_welcomes(device: DeviceId, channels: &[ChannelId]) -> ();
    }
}

hand_on! {
    impl ChannelRead for Reader, Tx<'_> {
        channel(id: ChannelId) -> Option<Channel>;
        stints(channel: ChannelId, device: DeviceId) -> Vec<Stint>;
        stints_of(device: DeviceId) -> Vec<(ChannelId, Stint)>;
        heads(channels: &[ChannelId]) -> Vec<Head>;
        members(channel: ChannelId) -> Vec<Member>;
        entries(channel: ChannelId, from: u64, to: u64, max_entries: usize, max_bytes: usize)
            -> Vec<Entry>;
        view(channel: ChannelId) -> Option<(u64, Vec<u8>)>;
    }
}

hand_on! {
    impl ChannelWrite for Tx<'_> {
        open_channel(channel: &NewChannel) -> Locked<ChannelState>;
        lock_channel(channel: ChannelId, asker: DeviceId, op: OperationId)
            -> Option<Locked<ChannelState>>;
        store_entry(row: &EntryRow<'_>) -> ();
        put_view(channel: &Locked<ChannelState>, state: &[u8]) -> ();
        add_member(channel: &Locked<ChannelState>, member: &Member) -> ();
        end_member(channel: &Locked<ChannelState>, device: DeviceId, until: u64) -> ();
    }
}

hand_on! {
    impl MeetingRead for Reader, Tx<'_> {
        cases(whose: Onlooker) -> Vec<Case>;
        conferences(whose: Onlooker) -> Vec<Conference>;
        conference(id: ConferenceId) -> Option<Conference>;
        meetings_mark() -> u64;
        conference_changed_at(id: ConferenceId) -> Option<Timestamp>;
    }
}

hand_on! {
    impl MeetingWrite for Tx<'_> {
        put_conference(
            plan: &ConferencePlan,
            planned_by: UserId,
            sequence: u32,
            ask_again: bool,
            at: Timestamp
        ) -> ();
        reply(conference: ConferenceId, user: UserId, status: ParticipationStatus, at: Timestamp)
            -> bool;
    }
}

hand_on! {
    impl RegisterRead for Reader, Tx<'_> {
        log_size(log: LogId) -> u64;
        logs_total() -> u64;
        log_hashes(log: LogId, places: &[u64]) -> Vec<(u64, [u8; 32])>;
        log_leaves(log: LogId, from: u64, to: u64) -> Vec<Vec<u8>>;
        has_records_of(org: OrgId, log: LogId) -> bool;
        register(org: OrgId, from: u64, max_bytes: usize) -> Vec<RegisterEntry>;
        register_total(org: OrgId) -> u64;
    }
}

hand_on! {
    impl RegisterWrite for Tx<'_> {
        append_leaf(log: LogId, leaf: &NewLeaf) -> ();
        add_register_entry(entry: &NewRegisterEntry) -> u64;
    }
}

impl Write for Tx<'_> {
    fn after_commit(&mut self, effect: Effect) {
        either!(self, tx => tx.after_commit(effect));
    }
}
