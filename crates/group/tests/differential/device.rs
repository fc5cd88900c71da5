//! What a device can do, whichever library it runs.

use std::fmt;

use beraad_group::{Bundle, DeviceKeys, MemberInfo, Policy};
use beraad_protocol::{ChannelId, DeviceId, OrgId, UserId, directory::LeafIdentity};

/// The one channel of a script.
pub(crate) const CHANNEL: ChannelId = ChannelId::from_bytes([0xC0; 16]);
/// What every member exports for comparison.
pub(crate) const EXPORT: (&str, &[u8], usize) = ("beraad differential", b"context", 48);
/// Epochs whose messages can still be read after a commit.
pub(crate) const PAST_EPOCHS: u64 = 5;

/// Which library a device runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// This product's group crate, on openmls.
    Ours,
    /// mls-rs.
    Theirs,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::Ours, Self::Theirs];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ours => "ours",
            Self::Theirs => "theirs",
        })
    }
}

/// What a commit is to do; with nothing in it, renew the committer's keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct Change {
    /// KeyPackages of those to add.
    pub(crate) add: Vec<Vec<u8>>,
    /// Devices to remove.
    pub(crate) remove: Vec<DeviceId>,
    /// The policy from now on.
    pub(crate) policy: Option<Policy>,
}

/// Everything members of one epoch must agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) epoch: u64,
    pub(crate) authenticator: Vec<u8>,
    pub(crate) tree_hash: Vec<u8>,
    pub(crate) exported: Vec<u8>,
    pub(crate) roster: Vec<MemberInfo>,
    pub(crate) policy: Policy,
}

/// What an application message says to whoever reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) sender: LeafIdentity,
    pub(crate) plaintext: Vec<u8>,
    pub(crate) aad: Vec<u8>,
}

/// What a commit of somebody else did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Who made it.
    pub(crate) by: LeafIdentity,
    /// It removed the reader.
    pub(crate) removed_self: bool,
}

/// Why bytes were refused, in the library's own words.
pub(crate) type Refusal = String;

/// A device. What cannot fail here fails the test; what the test wants refused gives a [`Refusal`].
pub(crate) trait Device {
    fn kind(&self) -> Kind;
    fn who(&self) -> &Who;
    /// A fresh KeyPackage, TLS-encoded.
    fn key_package(&mut self) -> Vec<u8>;
    /// Opens the channel; gives the GroupInfo of epoch 0.
    fn create(&mut self, policy: &Policy, server: &[u8; 32]) -> Vec<u8>;
    fn join(&mut self, welcome: &[u8]);
    /// Makes a commit, which stays pending.
    fn commit(&mut self, change: &Change) -> Bundle;
    fn merge(&mut self);
    fn clear(&mut self);
    fn take_commit(&mut self, commit: &[u8]) -> Result<Taken, Refusal>;
    fn encrypt(&mut self, plaintext: &[u8], aad: &[u8]) -> Vec<u8>;
    fn read(&mut self, message: &[u8]) -> Result<Text, Refusal>;
    /// Whether the library still reads what somebody said in an epoch, now that the group has gone
    /// on. Where the two differ is written down in docs/decisions/.
    fn still_reads(&self, sender: DeviceId, epoch: u64) -> bool;
    fn state(&self) -> State;
    /// Forgets what is in memory and goes on from what is stored.
    fn restart(&mut self);
    /// A commit from outside that takes the place of the leaf `instead_of`, if the library can make
    /// one. The device is in the new epoch by it.
    fn enter_from_outside(
        &mut self,
        group_info: &[u8],
        instead_of: Option<DeviceId>,
    ) -> Option<Bundle>;
}

/// Whose device it is, and its key.
#[derive(Debug, Clone)]
pub(crate) struct Who {
    pub(crate) identity: LeafIdentity,
    pub(crate) keys: DeviceKeys,
}

impl Who {
    /// The `n`th device of a script. Every third shares its user with the one before.
    pub(crate) fn new(n: u8, seed: [u8; 32]) -> Self {
        let user = if n % 3 == 2 { n - 1 } else { n };
        Self {
            identity: LeafIdentity {
                org: OrgId::from_bytes([user % 4; 16]),
                user: UserId::from_bytes([user; 16]),
                device: DeviceId::from_bytes([n; 16]),
            },
            keys: DeviceKeys::from_bytes(&seed).expect("32 bytes are a key"),
        }
    }
}
