//! The wiring of the store: the only place that names the adapter.

/// The store this server runs on.
pub(crate) type Store = beraad_storage_sqlite::SqliteStore;
/// A transaction of it.
pub(crate) type Tx = <Store as beraad_storage::Store>::Tx;
