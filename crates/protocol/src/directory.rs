//! Who takes part: organisations, people, devices. The server knows all of this.

use serde::{Deserialize, Serialize};

use crate::{
    DeviceId, OrgId, RegisterKeyId, Timestamp, UserId,
    vocabulary::{ActingCapacity, OrgRole, OrganisationType},
};

/// Everybody a member may meet, in one answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Directory {
    /// Rises with every change; hints carry it.
    pub version: u64,
    /// Every organisation on this server, by name.
    pub organisations: Vec<Organisation>,
    /// Every account that was enrolled or invited, by name.
    pub users: Vec<User>,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Organisation {
    /// Its id.
    pub id: OrgId,
    /// Its public name.
    pub name: String,
    /// What kind of organisation it is.
    pub kind: OrganisationType,
    /// The key its compliance officers read records with; none until the first one signed in.
    pub register_key: Option<RegisterKey>,
}

/// The public half of an organisation's register key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RegisterKey {
    /// Names this version of the key.
    pub id: RegisterKeyId,
    /// HPKE public key of the hybrid suite that the ledger crate names, in its own encoding.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(feature = "ts", ts(type = "number[]"))]
    pub public_key: Vec<u8>,
    /// The officer's device that made it.
    pub device: DeviceId,
    /// Ed25519 by that device over `register_key_signed_bytes`.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(feature = "ts", ts(type = "number[]"))]
    pub signature: Vec<u8>,
    /// When the server took it in.
    pub created_at: Timestamp,
}

/// The bytes an officer's device signs to vouch for a register key.
pub fn register_key_signed_bytes(org: OrgId, id: RegisterKeyId, public_key: &[u8]) -> Vec<u8> {
    let mut bytes = b"beraad register key v1\0".to_vec();
    bytes.extend_from_slice(org.as_bytes());
    bytes.extend_from_slice(id.as_bytes());
    bytes.extend_from_slice(public_key);
    bytes
}

/// An account: one person at one organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Where the person works.
    pub org: OrgId,
    /// The person's name.
    pub name: String,
    /// The person's function, in the organisation's own words.
    pub function: String,
    /// What the person does for the organisation.
    pub roles: Vec<OrgRole>,
    /// The capacities somebody verified.
    pub capacities: Vec<ActingCapacity>,
    /// Devices that are enrolled and not revoked.
    pub devices: Vec<Device>,
    /// No longer at work here.
    pub suspended: bool,
}

/// One device of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// The server's word for who this device is: canonical CBOR of [`Attestation`].
    #[serde(with = "serde_bytes")]
    pub attestation: Vec<u8>,
    /// Ed25519 by the server's attestation key over `attestation_signed_bytes`.
    #[serde(with = "serde_bytes")]
    pub signature: Vec<u8>,
}

/// What the server attests about a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// Version of this shape: 1.
    pub v: u16,
    /// The organisation.
    pub org: OrgId,
    /// The account.
    pub user: UserId,
    /// The device.
    pub device: DeviceId,
    /// The device's Ed25519 public key, 32 bytes: MLS leaf, hello and record signatures.
    #[serde(with = "serde_bytes")]
    pub signature_key: Vec<u8>,
    /// The person's function.
    pub function: String,
    /// Verified capacities.
    pub capacities: Vec<ActingCapacity>,
    /// From when it holds.
    pub not_before: Timestamp,
    /// Until when it holds.
    pub not_after: Timestamp,
}

/// The bytes the server signs for an attestation.
pub fn attestation_signed_bytes(attestation: &[u8]) -> Vec<u8> {
    [b"beraad device attestation v1\0", attestation].concat()
}

/// The MLS credential identity of a leaf, carried as canonical CBOR in a `BasicCredential`
/// (RFC 9420 section 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LeafIdentity {
    /// The organisation.
    pub org: OrgId,
    /// The account.
    pub user: UserId,
    /// The device.
    pub device: DeviceId,
}
