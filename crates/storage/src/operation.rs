//! What was answered to an operation, so that repeating it changes nothing.

use beraad_protocol::{ChannelId, DeviceId, OperationId};

use crate::Result;

/// An operation that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoneOperation {
    /// Which request it was; the same id for another request is a conflict.
    pub kind: String,
    /// The channel it changed, when it changed one.
    pub channel: Option<ChannelId>,
    /// The first answer, in the server's encoding.
    pub answer: Vec<u8>,
}

/// Lookups of operations.
pub trait OperationRead {
    /// An operation of this device.
    fn operation(
        &mut self,
        device: DeviceId,
        op: OperationId,
    ) -> impl Future<Output = Result<Option<DoneOperation>>> + Send;
}

/// Remembering operations. A channel's are remembered by
/// [`Locked::append`](crate::Locked::append).
pub trait OperationWrite {
    /// Remembers an operation; a second one of the same id is a conflict.
    fn remember(
        &mut self,
        device: DeviceId,
        op: OperationId,
        done: &DoneOperation,
    ) -> impl Future<Output = Result<()>> + Send;
}
