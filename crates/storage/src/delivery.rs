//! What waits for a device: its KeyPackages for others, and welcomes for itself.

use beraad_protocol::{ChannelId, DeviceId, request::WaitingWelcome};

use crate::Result;

/// A KeyPackage to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKeyPackage {
    /// Its hash reference: the same one is taken in once, ever.
    pub hash: Vec<u8>,
    /// Served when no single-use one is left, and kept.
    pub last_resort: bool,
    /// TLS-encoded `KeyPackage`.
    pub bytes: Vec<u8>,
}

/// Lookups of what waits.
pub trait DeliveryRead {
    /// Single-use KeyPackages of a device that are left.
    fn key_packages_left(&mut self, device: DeviceId) -> impl Future<Output = Result<u32>> + Send;
    /// How many welcomes wait for a device.
    fn welcomes_waiting(&mut self, device: DeviceId) -> impl Future<Output = Result<u32>> + Send;
    /// For which of these devices welcomes wait that were never handed out.
    fn untold_of_welcomes(
        &mut self,
        devices: &[DeviceId],
    ) -> impl Future<Output = Result<Vec<DeviceId>>> + Send;
}

/// Changes of what waits.
pub trait DeliveryWrite {
    /// Adds a KeyPackage; a last-resort one replaces the one before. False when it was here before,
    /// even if it has been claimed since: then nothing changes.
    fn add_key_package(
        &mut self,
        device: DeviceId,
        key_package: &NewKeyPackage,
    ) -> impl Future<Output = Result<bool>> + Send;
    /// Takes the device's oldest single-use KeyPackage; when none is left, a copy of the
    /// last-resort one.
    fn claim_key_package(
        &mut self,
        device: DeviceId,
    ) -> impl Future<Output = Result<Option<Vec<u8>>>> + Send;
    /// Queues one welcome for these devices; `seq` is the commit that added them.
    fn queue_welcome(
        &mut self,
        channel: ChannelId,
        seq: u64,
        devices: &[DeviceId],
        welcome: &[u8],
    ) -> impl Future<Output = Result<()>> + Send;
    /// Hands out the welcomes that wait for a device, oldest commit first per channel: at least
    /// one, and no more than fit in `max_bytes`.
    fn take_welcomes(
        &mut self,
        device: DeviceId,
        max_bytes: usize,
    ) -> impl Future<Output = Result<Vec<WaitingWelcome>>> + Send;
    /// Ends the welcomes of these channels that were handed out.
    fn drop_welcomes(
        &mut self,
        device: DeviceId,
        channels: &[ChannelId],
    ) -> impl Future<Output = Result<()>> + Send;
}
