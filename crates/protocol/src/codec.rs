//! CBOR in and out, bounded.

use serde::{Serialize, de::DeserializeOwned};

use crate::limits;

/// Why bytes are not the item that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Longer than [`limits::MAX_FRAME`].
    #[error("{0} bytes is more than the {max} allowed; send it in smaller parts", max = limits::MAX_FRAME)]
    TooLong(usize),
    /// Not CBOR, or not of the expected shape.
    #[error("this is not a well-formed item of the protocol: {0}")]
    Malformed(&'static str),
    /// Bytes follow the item.
    #[error("{0} bytes follow the item; send one item per message")]
    Trailing(usize),
}

/// Encodes to CBOR.
///
/// # Panics
/// Never for the types of this crate: writing to a `Vec` cannot fail and none of them refuses to
/// serialise.
pub fn to_cbor<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("writing CBOR to memory does not fail");
    bytes
}

/// Decodes one CBOR item that fills `bytes` exactly.
pub fn from_cbor<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    if bytes.len() > limits::MAX_FRAME {
        return Err(DecodeError::TooLong(bytes.len()));
    }
    let mut rest = bytes;
    let value = ciborium::de::from_reader_with_recursion_limit(&mut rest, limits::MAX_DEPTH)
        .map_err(|error| match error {
            ciborium::de::Error::Io(_) => DecodeError::Malformed("it ends too early"),
            ciborium::de::Error::Syntax(_) => DecodeError::Malformed("it is not CBOR"),
            ciborium::de::Error::Semantic(..) => {
                DecodeError::Malformed("a field is missing, unknown or of the wrong type")
            }
            ciborium::de::Error::RecursionLimitExceeded => {
                DecodeError::Malformed("it is nested too deeply")
            }
        })?;
    if rest.is_empty() {
        Ok(value)
    } else {
        Err(DecodeError::Trailing(rest.len()))
    }
}
