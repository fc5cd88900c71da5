//! What travels over the WebSocket, one CBOR item per binary message.
//!
//! A connection begins with the server's [`ServerFrame::Challenge`]. The client answers with
//! [`ClientFrame::Hello`], signed by the device key: a stolen session token alone opens nothing.
//! After [`ServerFrame::Ready`] the server streams, per channel and in order, every entry after the
//! cursor the client named; catching up and live delivery are one path. Requests may be sent at
//! any time and are answered by their number, in any order. A [`Problem`](crate::Problem) in a
//! response leaves the connection as it was; [`ServerFrame::Goodbye`] ends it and says why.

use serde::{Deserialize, Serialize};

use crate::{
    ChannelId, DeviceId, OrgId, Problem, Timestamp, UserId,
    entry::Entry,
    request::{Answer, Request},
};

/// The version of this protocol.
pub const PROTOCOL_VERSION: u16 = 1;

/// From client to server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientFrame {
    /// The first frame: who this is.
    Hello(Hello),
    /// A request; `id` is the client's, unique among its open ones.
    Request {
        /// Names the answer.
        id: u64,
        /// What is asked.
        body: Box<Request>,
    },
    /// Deliver this channel's entries after `after` (`None`: from the first this device may have).
    Follow(Cursor),
    /// Entries up to `seq` are on this device's disk.
    Ack {
        /// The channel.
        channel: ChannelId,
        /// The last entry stored.
        seq: u64,
    },
}

/// Who opens the connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`PROTOCOL_VERSION`].
    pub protocol: u16,
    /// The device.
    pub device: DeviceId,
    /// The device's session token, 32 bytes.
    #[serde(with = "serde_bytes")]
    pub token: Vec<u8>,
    /// Ed25519 by the device key over [`hello_signed_bytes`].
    #[serde(with = "serde_bytes")]
    pub signature: Vec<u8>,
    /// Where the device stands in each of its channels.
    pub cursors: Vec<Cursor>,
}

/// Where a device stands in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The channel.
    pub channel: ChannelId,
    /// The last entry it has stored; `None` when it has none.
    pub after: Option<u64>,
}

/// The bytes a device signs to open a connection.
pub fn hello_signed_bytes(nonce: &[u8], device: DeviceId) -> Vec<u8> {
    let mut bytes = b"beraad hello v1\0".to_vec();
    bytes.extend_from_slice(device.as_bytes());
    bytes.extend_from_slice(nonce);
    bytes
}

/// From server to client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerFrame {
    /// The first frame.
    Challenge {
        /// [`PROTOCOL_VERSION`].
        protocol: u16,
        /// 32 random bytes, for this connection only.
        #[serde(with = "serde_bytes")]
        nonce: Vec<u8>,
    },
    /// The hello was good.
    Ready(Ready),
    /// The answer to a request.
    Answer {
        /// The request's number.
        id: u64,
        /// The answer, or why not.
        result: Result<Box<Answer>, Problem>,
    },
    /// Entries of a channel, in order, following on the last ones sent.
    Entries {
        /// The channel.
        channel: ChannelId,
        /// At most [`crate::limits::MAX_ENTRIES_PER_FRAME`].
        entries: Vec<Entry>,
        /// The channel's last entry, so that a client can show how far it is.
        head: u64,
    },
    /// Invitations into groups that wait for this device; answer with `Request::TakeWelcomes`.
    WelcomesWaiting,
    /// Something else changed; ask for it when it matters.
    Changed(Changed),
    /// The connection ends.
    Goodbye(Problem),
}

/// What the server says when the hello was good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// The server's clock.
    pub now: Timestamp,
    /// Whose device this is.
    pub user: UserId,
    /// Where that person works.
    pub org: OrgId,
    /// Version of the directory.
    pub directory: u64,
    /// Single-use KeyPackages of this device that are left.
    pub key_packages: u32,
    /// Channels in which the server has this device as a member.
    pub channels: Vec<ChannelId>,
}

/// Something the device may want to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Changed {
    /// The directory has this version now.
    Directory(u64),
    /// A conference was planned, moved, cancelled or replied to.
    Conferences,
    /// New records for the organisation's officers.
    Register,
    /// This device's KeyPackages run out: so many are left.
    KeyPackages(u32),
}
