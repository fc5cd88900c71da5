//! Bounds that both sides keep. A sender that stays within them is never cut off for size.

/// Bytes of one WebSocket message, either direction.
pub const MAX_FRAME: usize = 1024 * 1024;
/// Bytes of one encrypted message inside a publish.
pub const MAX_MESSAGE: usize = 512 * 1024;
/// Bytes of an MLS commit bundle's parts together.
pub const MAX_BUNDLE: usize = 960 * 1024;
/// Records that may ride on one publish or commit.
pub const MAX_RECORDS: usize = 32;
/// Bytes of one sealed record.
pub const MAX_SEALED_RECORD: usize = 64 * 1024;
/// Organisations one record may be sealed to.
pub const MAX_RECORD_ORGS: usize = 32;
/// KeyPackages a device may keep on the server.
pub const MAX_KEY_PACKAGES: usize = 100;
/// KeyPackages an engine keeps available; it uploads more when fewer are left.
pub const KEY_PACKAGE_TARGET: usize = 20;
/// Members of one channel, in devices.
pub const MAX_MEMBERS: usize = 500;
/// Users one claim may name.
pub const MAX_CLAIM_USERS: usize = 100;
/// Entries in one `entries` frame.
pub const MAX_ENTRIES_PER_FRAME: usize = 200;
/// Requests one connection may have open.
pub const MAX_OPEN_REQUESTS: usize = 64;
/// Channels one hello may name.
pub const MAX_CHANNELS: usize = 2_000;
/// Characters of a name that the server sees (organisation, person, function).
pub const MAX_NAME: usize = 120;
/// Nesting of a CBOR item that is accepted.
pub const MAX_DEPTH: usize = 32;
/// Invitees of one conference.
pub const MAX_INVITEES: usize = 100;
/// Log indexes whose proofs one request may ask.
pub const MAX_PROOFS: usize = 200;
