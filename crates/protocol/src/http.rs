//! JSON bodies of the HTTP API. Described at `/api/openapi.json`.

use serde::{Deserialize, Serialize};

use crate::{
    DeviceId, OrgId, Timestamp, UserId,
    vocabulary::{ActingCapacity, OrgRole},
};

/// `GET /api/status`: what a client must know of a server before it trusts it with a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Status {
    /// Software version.
    pub version: String,
    /// WebSocket protocol version.
    pub protocol: u16,
    /// The server's clock.
    pub now: Timestamp,
    /// Ed25519 public key of device attestations, 64 hex digits.
    pub attestation_key: String,
    /// Ed25519 public key of proposals the server makes as external sender, 64 hex digits.
    pub external_sender_key: String,
    /// Verifier key of log checkpoints (C2SP signed-note `vkey`).
    pub log_key: String,
    /// Prefix of log origins: the log of an organisation is `<prefix>/<organisation id>`.
    pub log_prefix: String,
    /// MLS ciphersuite of new channels (RFC 9420 section 17.1).
    pub ciphersuite: u16,
}

/// `POST /api/enrolments/preview`: whose link this is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkToken {
    /// The link's secret, base64url without padding.
    pub token: String,
}

impl std::fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkToken(..)")
    }
}

/// For whom a link was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LinkPreview {
    /// The organisation's name.
    pub organisation: String,
    /// The person's name.
    pub name: String,
    /// The person's function.
    pub function: String,
    /// Until when the link works.
    pub expires_at: Timestamp,
}

/// `POST /api/enrolments`: makes this browser or terminal a device of the person.
///
/// Repeating it with the same device and key after a lost answer gives the first answer again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrol {
    /// The link's secret.
    pub token: String,
    /// The device's id, drawn by the device.
    pub device: DeviceId,
    /// The device's Ed25519 public key, 64 hex digits.
    pub signature_key: String,
    /// Ed25519 by that key over [`enrol_signed_bytes`], 128 hex digits.
    pub signature: String,
    /// SHA-256 of the session token the device drew, 64 hex digits; the token itself is sent only
    /// in a hello or an `Authorization` header.
    pub session_hash: String,
}

impl std::fmt::Debug for Enrol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enrol")
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}

/// The bytes a device signs to prove it holds the key it enrols.
pub fn enrol_signed_bytes(token: &str, device: DeviceId, session_hash: &str) -> Vec<u8> {
    let mut bytes = b"beraad enrol v1\0".to_vec();
    bytes.extend_from_slice(device.as_bytes());
    bytes.extend_from_slice(session_hash.as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(token.as_bytes());
    bytes
}

/// Who this device is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrolled {
    /// The organisation.
    pub org: OrgId,
    /// The account.
    pub user: UserId,
    /// The organisation's name.
    pub organisation: String,
    /// The person's name.
    pub name: String,
    /// The person's function.
    pub function: String,
    /// What the person does for the organisation.
    pub roles: Vec<OrgRole>,
    /// Verified capacities.
    pub capacities: Vec<ActingCapacity>,
    /// Server keys, to be remembered.
    pub server: Status,
}
