//! Accounts and the one-time links that bring a device to one.

pub(crate) mod invite;
pub(crate) mod link;
