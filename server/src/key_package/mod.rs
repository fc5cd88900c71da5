//! KeyPackages: uploaded by a device, claimed by whoever adds it to a channel.

pub(crate) mod claim;
pub(crate) mod upload;
