//! Who takes part: listing everybody, register keys, what the server attests about devices.

pub(crate) mod attest;
pub(crate) mod list;
pub(crate) mod put_register_key;
