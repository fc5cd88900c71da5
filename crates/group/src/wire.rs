//! Bytes in, bounded: the one place where MLS encodings are read.

use beraad_protocol::{ChannelId, limits};
use openmls::prelude::{
    ContentType, KeyPackageIn, MlsMessageBodyIn, MlsMessageIn, MlsMessageOut, ProtocolMessage,
    Welcome, group_info::VerifiableGroupInfo, tls_codec::Deserialize as _,
};

use crate::GroupError;

/// What the frame of a message says, without a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageInfo {
    /// The channel it belongs to.
    pub channel: ChannelId,
    /// The epoch it was made in.
    pub epoch: u64,
}

/// A PrivateMessage with application content or a PublicMessage with a handshake: the only two
/// framings this product uses.
pub(crate) fn protocol_message(bytes: &[u8]) -> Result<ProtocolMessage, GroupError> {
    let message = match message(bytes, "message", limits::MAX_BUNDLE)? {
        MlsMessageBodyIn::PrivateMessage(message) => ProtocolMessage::from(message),
        MlsMessageBodyIn::PublicMessage(message) => ProtocolMessage::from(message),
        _ => {
            return Err(GroupError::Unexpected {
                expected: "a message or a commit",
            });
        }
    };
    let application = message.content_type() == ContentType::Application;
    match (&message, application) {
        (ProtocolMessage::PrivateMessage(_), true) => {
            bounded(bytes, "message", limits::MAX_MESSAGE)?;
            Ok(message)
        }
        (ProtocolMessage::PublicMessage(_), false) => Ok(message),
        (ProtocolMessage::PrivateMessage(_), false) => Err(GroupError::Unexpected {
            expected: "a handshake that the server can check",
        }),
        (ProtocolMessage::PublicMessage(_), true) => Err(GroupError::Unexpected {
            expected: "an encrypted message",
        }),
    }
}

/// What the frame of an encrypted application message says, for whoever does not hold the group:
/// the server compares it with the channel's epoch and delivers it.
pub fn message_info(bytes: &[u8]) -> Result<MessageInfo, GroupError> {
    let message = protocol_message(bytes)?;
    if message.content_type() != ContentType::Application {
        return Err(GroupError::Unexpected {
            expected: "an application message",
        });
    }
    info(&message)
}

/// Where a message belongs.
pub(crate) fn info(message: &ProtocolMessage) -> Result<MessageInfo, GroupError> {
    let channel =
        ChannelId::try_from(message.group_id().as_slice()).map_err(|_| GroupError::WrongChannel)?;
    Ok(MessageInfo {
        channel,
        epoch: message.epoch().as_u64(),
    })
}

/// Whether an epoch is the group's.
pub(crate) fn check_epoch(current: u64, got: u64) -> Result<(), GroupError> {
    match got.cmp(&current) {
        std::cmp::Ordering::Less => Err(GroupError::StaleEpoch { current, got }),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(GroupError::FutureEpoch { current, got }),
    }
}

pub(crate) fn welcome(bytes: &[u8]) -> Result<Welcome, GroupError> {
    match message(bytes, "Welcome", limits::MAX_BUNDLE)? {
        MlsMessageBodyIn::Welcome(welcome) => Ok(welcome),
        _ => Err(GroupError::Unexpected {
            expected: "a Welcome",
        }),
    }
}

pub(crate) fn group_info(bytes: &[u8]) -> Result<VerifiableGroupInfo, GroupError> {
    match message(bytes, "GroupInfo", limits::MAX_BUNDLE)? {
        MlsMessageBodyIn::GroupInfo(info) => Ok(info),
        _ => Err(GroupError::Unexpected {
            expected: "a GroupInfo",
        }),
    }
}

pub(crate) fn key_package(bytes: &[u8]) -> Result<KeyPackageIn, GroupError> {
    bounded(bytes, "KeyPackage", MAX_KEY_PACKAGE)?;
    KeyPackageIn::tls_deserialize_exact(bytes).map_err(|_| GroupError::Malformed("KeyPackage"))
}

/// Encodes what this crate made itself.
pub(crate) fn encode(message: &MlsMessageOut) -> Result<Vec<u8>, GroupError> {
    message
        .to_bytes()
        .map_err(|error| GroupError::Internal(error.to_string()))
}

pub(crate) fn bounded(bytes: &[u8], what: &'static str, limit: usize) -> Result<(), GroupError> {
    at_most(what, bytes.len(), limit)
}

pub(crate) fn at_most(what: &'static str, size: usize, limit: usize) -> Result<(), GroupError> {
    if size > limit {
        return Err(GroupError::TooLarge { what, size, limit });
    }
    Ok(())
}

fn message(bytes: &[u8], what: &'static str, limit: usize) -> Result<MlsMessageBodyIn, GroupError> {
    bounded(bytes, what, limit)?;
    MlsMessageIn::tls_deserialize_exact(bytes)
        .map(MlsMessageIn::extract)
        .map_err(|_| GroupError::Malformed(what))
}

/// Bytes of a KeyPackage: the hybrid suite's is under 3 KiB.
const MAX_KEY_PACKAGE: usize = 16 * 1024;
