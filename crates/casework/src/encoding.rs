//! Events as bytes, bounded.

use beraad_protocol::limits;

use crate::event::Event;

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
        beraad_protocol::from_cbor::<Event>(bytes)
            .map(|event| Decoded::Event(Box::new(event)))
            .map_err(|_| EventDecodeError::Malformed("it has another shape"))
    }
}
