//! What the server stores: traits, rows and errors, and the contract every database keeps.
//!
//! Knows no database, no clock and no source of ids: moments and ids come in as arguments. A lookup
//! answers `Result<Option<T>>`: nothing found is not an error. Adapters live beside it
//! (`storage-sqlite`); with the feature `contract` the module `contract` tells each of them one and the
//! same story.
//!
//! Start reading at [`Store`], then [`channel`]: a channel grows only through
//! [`Locked<ChannelState>`](Locked), which exists only while its row is locked.

pub mod channel;
#[cfg(feature = "contract")]
pub mod contract;
pub mod delivery;
pub mod directory;
pub mod error;
pub mod meeting;
pub mod operation;
pub mod register;
pub mod store;

pub use channel::{ChannelState, Locked};
pub use error::{Result, StorageError};
pub use store::{BoxFuture, Effect, Read, Store, Write};

/// Every trait with lookups and changes, for `use beraad_storage::traits::*`.
pub mod traits {
    pub use crate::{
        channel::{ChannelRead, ChannelWrite},
        delivery::{DeliveryRead, DeliveryWrite},
        directory::{DirectoryRead, DirectoryWrite},
        meeting::{MeetingRead, MeetingWrite},
        operation::{OperationRead, OperationWrite},
        register::{RegisterRead, RegisterWrite},
        store::{Read, Store, Write},
    };
}
