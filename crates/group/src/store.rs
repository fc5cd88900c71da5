//! What a group needs stored: a key-value table, in the transaction of whoever calls.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_bytes::{ByteBuf, Bytes};
use zeroize::Zeroize;

use crate::GroupError;

/// Bytes of a [`MemoryStore`] that are read back: a full group's public state is well under it.
const MAX_STATE: usize = 64 * 1024 * 1024;

/// The store failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database said no: roll back and try again.
    #[error("the group's store failed ({0}); roll back and try again")]
    Backend(String),
    /// What is stored is not what was stored: restore it from a copy, or join the channel anew.
    #[error("the stored group state is damaged ({0}); restore it or join the channel anew")]
    Damaged(&'static str),
}

/// Where a group keeps its state. Values hold secrets: store them encrypted.
///
/// Every call belongs to the caller's transaction. After a rollback the caller drops its
/// [`Member`](crate::Member) and loads it again.
pub trait KeyValue {
    /// The value of a key.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;
    /// Sets or replaces a value.
    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), StoreError>;
    /// Removes a value; none there is fine.
    fn delete(&self, key: &[u8]) -> Result<(), StoreError>;
}

impl<S: KeyValue + ?Sized> KeyValue for &S {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        (**self).get(key)
    }

    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        (**self).put(key, value)
    }

    fn delete(&self, key: &[u8]) -> Result<(), StoreError> {
        (**self).delete(key)
    }
}

/// A [`KeyValue`] in memory that can be written down as one piece: the server keeps a channel's
/// public state so, and tests play devices with it.
#[derive(Default)]
pub struct MemoryStore {
    values: Mutex<Values>,
}

type Values = BTreeMap<ByteBuf, ByteBuf>;

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything in it, as one CBOR map.
    ///
    /// # Panics
    /// Never: a map of byte strings can always be written to memory.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        ciborium::into_writer(&*self.values(), &mut bytes)
            .expect("a map of byte strings is written to memory");
        bytes
    }

    /// Reads back what [`Self::to_bytes`] gave.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, GroupError> {
        crate::wire::bounded(bytes, "group state", MAX_STATE)?;
        let mut rest = bytes;
        let values = ciborium::de::from_reader_with_recursion_limit(&mut rest, 8)
            .map_err(|_| StoreError::Damaged("it is not a map of byte strings"))?;
        if !rest.is_empty() {
            return Err(StoreError::Damaged("bytes follow it").into());
        }
        Ok(Self {
            values: Mutex::new(values),
        })
    }

    /// Every change is one call on the map, so a thread that died while it held the lock left it
    /// whole.
    fn values(&self) -> MutexGuard<'_, Values> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeyValue for MemoryStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .values()
            .get(Bytes::new(key))
            .map(|value| value.to_vec()))
    }

    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.values()
            .insert(ByteBuf::from(key), ByteBuf::from(value));
        Ok(())
    }

    fn delete(&self, key: &[u8]) -> Result<(), StoreError> {
        self.values().remove(Bytes::new(key));
        Ok(())
    }
}

impl Clone for MemoryStore {
    fn clone(&self) -> Self {
        Self {
            values: Mutex::new(self.values().clone()),
        }
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryStore({} values)", self.values().len())
    }
}

impl Drop for MemoryStore {
    fn drop(&mut self) {
        for value in self.values().values_mut() {
            value.as_mut_slice().zeroize();
        }
    }
}
