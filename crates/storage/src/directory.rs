//! Organisations, accounts, devices, one-time links.

use beraad_protocol::{
    DeviceId, OrgId, Timestamp, UserId,
    directory::{Directory, Organisation, RegisterKey},
    vocabulary::{ActingCapacity, OrgRole, OrganisationType},
};

use crate::Result;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: UserId,
    /// Where the person works.
    pub org: OrgId,
    /// The person's name.
    pub name: String,
    /// The person's function.
    pub function: String,
    /// What the person does for the organisation.
    pub roles: Vec<OrgRole>,
    /// Verified capacities.
    pub capacities: Vec<ActingCapacity>,
    /// No longer at work here.
    pub suspended: bool,
}

/// A device and how it signs in.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolledDevice {
    /// Its id.
    pub id: DeviceId,
    /// Whose it is.
    pub user: UserId,
    /// Ed25519 public key.
    pub signature_key: [u8; 32],
    /// SHA-256 of the session token.
    pub session_hash: [u8; 32],
    /// Canonical CBOR of the attestation.
    pub attestation: Vec<u8>,
    /// The server's signature over it.
    pub signature: Vec<u8>,
    /// When it was enrolled.
    pub enrolled_at: Timestamp,
    /// Since when it no longer counts.
    pub revoked_at: Option<Timestamp>,
}

impl std::fmt::Debug for EnrolledDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrolledDevice")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A one-time link, by its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// SHA-256 of the link's secret.
    pub token_hash: [u8; 32],
    /// For whom it was made.
    pub user: UserId,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// The device that was made with it.
    pub used_by: Option<DeviceId>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// Lookups in the directory.
pub trait DirectoryRead {
    /// The version, 0 for an empty directory.
    fn directory_version(&mut self) -> impl Future<Output = Result<u64>> + Send;
    /// Everybody; suspended accounts too, revoked devices not.
    fn directory(&mut self) -> impl Future<Output = Result<Directory>> + Send;
    /// One organisation.
    fn organisation(
        &mut self,
        id: OrgId,
    ) -> impl Future<Output = Result<Option<Organisation>>> + Send;
    /// One account.
    fn account(&mut self, id: UserId) -> impl Future<Output = Result<Option<Account>>> + Send;
    /// One device, revoked or not.
    fn device(
        &mut self,
        id: DeviceId,
    ) -> impl Future<Output = Result<Option<EnrolledDevice>>> + Send;
    /// The device with this session token, by the token's SHA-256.
    fn device_by_session(
        &mut self,
        session_hash: [u8; 32],
    ) -> impl Future<Output = Result<Option<EnrolledDevice>>> + Send;
    /// Devices of a user that are not revoked, oldest first.
    fn devices_of(&mut self, user: UserId) -> impl Future<Output = Result<Vec<DeviceId>>> + Send;
    /// A one-time link by the hash of its secret.
    fn link(&mut self, token_hash: [u8; 32]) -> impl Future<Output = Result<Option<Link>>> + Send;
}

/// Changes of the directory.
pub trait DirectoryWrite {
    /// Raises the version and answers the new one.
    fn raise_directory_version(&mut self) -> impl Future<Output = Result<u64>> + Send;
    /// Adds an organisation; its name must be free.
    fn add_organisation(
        &mut self,
        id: OrgId,
        name: &str,
        kind: OrganisationType,
        at: Timestamp,
    ) -> impl Future<Output = Result<()>> + Send;
    /// Adds an account.
    fn add_account(
        &mut self,
        account: &Account,
        at: Timestamp,
    ) -> impl Future<Output = Result<()>> + Send;
    /// Replaces what an account says of the person; its organisation stays.
    fn update_account(&mut self, account: &Account) -> impl Future<Output = Result<()>> + Send;
    /// Adds a device; its id and key must be new.
    fn add_device(&mut self, device: &EnrolledDevice) -> impl Future<Output = Result<()>> + Send;
    /// Replaces what the server attests about a device.
    fn attest_anew(
        &mut self,
        device: DeviceId,
        attestation: &[u8],
        signature: &[u8],
    ) -> impl Future<Output = Result<()>> + Send;
    /// Adds a one-time link.
    fn add_link(&mut self, link: &Link) -> impl Future<Output = Result<()>> + Send;
    /// Ends a link by the device that was made with it; false when it was used before.
    fn use_link(
        &mut self,
        token_hash: [u8; 32],
        device: DeviceId,
    ) -> impl Future<Output = Result<bool>> + Send;
    /// Ends all links of a user that were not used.
    fn drop_unused_links(&mut self, user: UserId) -> impl Future<Output = Result<()>> + Send;
    /// Adds a version of an organisation's register key; the newest is the current one.
    fn add_register_key(
        &mut self,
        org: OrgId,
        key: &RegisterKey,
    ) -> impl Future<Output = Result<()>> + Send;
}
