//! The store itself: readers, and one place where changes are made.

use std::pin::Pin;

use crate::{
    channel::{ChannelRead, ChannelWrite},
    delivery::{DeliveryRead, DeliveryWrite},
    directory::{DirectoryRead, DirectoryWrite},
    error::{Result, StorageError},
    meeting::{MeetingRead, MeetingWrite},
    operation::{OperationRead, OperationWrite},
    register::{RegisterRead, RegisterWrite},
};

/// A boxed future that may cross threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What runs once a change is on disk, in the order of the commits.
pub type Effect = Box<dyn FnOnce() + Send>;

/// A database.
pub trait Store: Clone + Send + Sync + 'static {
    /// Looks things up.
    type Reader: Read;
    /// Looks things up and changes them, inside one transaction.
    type Tx: Write;

    /// A reader; drop it soon, there are few.
    fn read(&self) -> impl Future<Output = Result<Self::Reader>> + Send;

    /// Runs `job` in a transaction of its own; when this answers `Ok`, the change is on disk.
    ///
    /// An error from the job undoes what it did and nothing else. Jobs that were started earlier
    /// from the same task are run earlier. A database that several nodes share may have to undo a
    /// job because another transaction was in the way, and run it again: a job is a clone each time,
    /// and does nothing outside its transaction but by [`Write::after_commit`].
    fn write<T, E, F>(&self, job: F) -> impl Future<Output = std::result::Result<T, E>> + Send
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Self::Tx) -> BoxFuture<'t, std::result::Result<T, E>>
            + Clone
            + Send
            + 'static;
}

/// Every lookup.
pub trait Read:
    DirectoryRead + OperationRead + DeliveryRead + ChannelRead + MeetingRead + RegisterRead + Send
{
}

impl<T> Read for T where
    T: DirectoryRead
        + OperationRead
        + DeliveryRead
        + ChannelRead
        + MeetingRead
        + RegisterRead
        + Send
{
}

/// Every change.
pub trait Write:
    Read + DirectoryWrite + OperationWrite + DeliveryWrite + ChannelWrite + MeetingWrite + RegisterWrite
{
    /// Runs `effect` right after the commit and before the job is answered. It must be quick and
    /// must not wait. Effects of a job that fails are dropped.
    fn after_commit(&mut self, effect: Effect);
}
