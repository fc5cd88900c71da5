//! MLS groups (RFC 9420, RFC 9750): the member's session, and the server's view of a group.
//!
//! Two halves, one profile. A [`Member`] encrypts, decrypts and changes a household channel's
//! group; a [`PublicView`] is what the server keeps of the same group: enough to check every commit
//! and to know who is in, nothing to read with. Both run the same check of the same [`Policy`],
//! which is part of the group itself, so that members and server cannot come to disagree about it.
//!
//! This crate never opens a file or a socket and holds no clock or seed of its own (openmls looks
//! at the time for KeyPackage lifetimes and draws its keys itself). What has to be kept goes
//! through [`KeyValue`], in the transaction of whoever calls; nothing lives only in memory. No type
//! of openmls leaves it.
//!
//! Start reading at [`member`], then [`view`]; [`policy`] says who may do what and [`profile`]
//! which part of MLS is used.

mod check;
pub mod error;
pub mod identity;
mod key_package;
pub mod member;
pub mod policy;
pub mod profile;
mod provider;
pub mod store;
pub mod view;
mod wire;

#[cfg(test)]
mod tests;

pub use error::{GroupError, PolicyViolation};
pub use identity::{DeviceKeys, MemberInfo, verify};
pub use key_package::{KeyPackageInfo, check_key_package};
pub use member::{Bundle, Changes, Expected, Member, Processed};
pub use policy::Policy;
pub use profile::Suite;
pub use store::{KeyValue, MemoryStore, StoreError};
pub use view::{Applied, PublicView};
pub use wire::{MessageInfo, message_info};
