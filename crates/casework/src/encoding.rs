//! Events as bytes, bounded.

use beraad_protocol::{DecodeError, limits};
use ciborium::Value;
use serde::Deserialize;

use crate::event::{Body, Event};

/// The version of events this engine writes and knows.
pub const EVENT_VERSION: u16 = 1;

/// What bytes turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// An event this engine knows.
    Event(Box<Event>),
    /// An event of a newer engine: keep its bytes and show "newer version needed".
    Newer {
        /// Version of its shape.
        v: u16,
        /// Its name of what happened.
        kind: String,
    },
}

/// Why bytes are no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventDecodeError {
    /// Longer than [`limits::MAX_MESSAGE`]; the sender has to make it shorter.
    #[error("an event of {0} bytes is more than the {max} allowed; make its texts shorter", max = limits::MAX_MESSAGE)]
    TooLong(usize),
    /// Not an event; the sender has to be asked for it again.
    #[error("this is not an event: {0}")]
    Malformed(&'static str),
}

impl Event {
    /// As CBOR. Check the event first: [`Household::check`](crate::household::Household::check)
    /// keeps its texts within bounds.
    pub fn to_cbor(&self) -> Vec<u8> {
        beraad_protocol::to_cbor(self)
    }

    /// From CBOR that came out of a message.
    pub fn from_cbor(bytes: &[u8]) -> Result<Decoded, EventDecodeError> {
        if bytes.len() > limits::MAX_MESSAGE {
            return Err(EventDecodeError::TooLong(bytes.len()));
        }
        match beraad_protocol::from_cbor::<Event>(bytes) {
            Ok(event) if event.v == EVENT_VERSION => Ok(Decoded::Event(Box::new(event))),
            Ok(event) if event.v > EVENT_VERSION => Ok(Decoded::Newer {
                v: event.v,
                kind: event.body.kind().to_owned(),
            }),
            Ok(_) => Err(EventDecodeError::Malformed("its version is 0")),
            Err(error) => newer(bytes).ok_or(match error {
                DecodeError::TooLong(length) => EventDecodeError::TooLong(length),
                DecodeError::Malformed(why) => EventDecodeError::Malformed(why),
                DecodeError::Trailing(_) => EventDecodeError::Malformed("bytes follow it"),
            }),
        }
    }
}

/// What a newer engine says about an event this one cannot read.
fn newer(bytes: &[u8]) -> Option<Decoded> {
    let envelope = beraad_protocol::from_cbor::<Envelope>(bytes).ok()?;
    // A body without fields is a text, one with fields a map of one entry.
    let kind = match envelope.body {
        Value::Text(kind) => kind,
        Value::Map(entries) => match entries.into_iter().next()? {
            (Value::Text(kind), _) => kind,
            _ => return None,
        },
        _ => return None,
    };
    let is_name = kind.len() <= MAX_KIND
        && kind
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let is_newer = envelope.v > EVENT_VERSION
        || (envelope.v == EVENT_VERSION && !Body::KINDS.contains(&kind.as_str()));
    (is_name && is_newer).then_some(Decoded::Newer {
        v: envelope.v,
        kind,
    })
}

/// Bytes of the name of what happened.
const MAX_KIND: usize = 64;

/// The part of an event that no version changes.
#[derive(Deserialize)]
struct Envelope {
    v: u16,
    body: Value,
}
