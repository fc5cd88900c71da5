//! Random 128-bit identifiers, one type per thing they name.
//!
//! Written as 32 lower-case hexadecimal digits where people or JSON see them, as a 16-byte string
//! in CBOR. They carry no meaning: nothing about a household can be read from one.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The text is not 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an identifier is 32 hexadecimal digits")]
pub struct InvalidId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
        pub struct $name([u8; 16]);

        impl $name {
            /// Wraps 16 bytes that the caller drew from a cryptographic generator.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 16 bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), hex::encode(self.0))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let mut bytes = [0; 16];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| InvalidId)?;
                Ok(Self(bytes))
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = InvalidId;

            fn try_from(bytes: &[u8]) -> Result<Self, InvalidId> {
                bytes.try_into().map(Self).map_err(|_| InvalidId)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.serialize_str(&hex::encode(self.0))
                } else {
                    serializer.serialize_bytes(&self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserialize(deserializer).map(Self)
            }
        }
    )*};
}

/// Text in human-readable formats, bytes in others. Inside a tagged enum serde forgets which of the
/// two it reads, so both are understood.
fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 16], D::Error> {
    struct IdVisitor;

    impl de::Visitor<'_> for IdVisitor {
        type Value = [u8; 16];

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an identifier of 16 bytes or 32 hexadecimal digits")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<[u8; 16], E> {
            let mut bytes = [0; 16];
            hex::decode_to_slice(text, &mut bytes).map_err(|_| E::custom(InvalidId))?;
            Ok(bytes)
        }

        fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<[u8; 16], E> {
            bytes.try_into().map_err(|_| E::custom(InvalidId))
        }
    }

    if deserializer.is_human_readable() {
        deserializer.deserialize_str(IdVisitor)
    } else {
        deserializer.deserialize_bytes(IdVisitor)
    }
}

ids! {
    /// An organisation that takes part in the region.
    OrgId;
    /// A person's account at one organisation.
    UserId;
    /// One browser profile or terminal of a user, with a signature key of its own.
    DeviceId;
    /// A household channel, and the MLS group id of its main group.
    ChannelId;
    /// A conference about one channel.
    ConferenceId;
    /// An operation a client asks for; repeating it gives its first answer again.
    OperationId;
    /// An event inside a channel (never seen by the server).
    EventId;
    /// An agenda item or an information item (never seen by the server).
    ItemId;
    /// A person of a household (never seen by the server).
    PersonId;
    /// A consent or disclosure record.
    RecordId;
    /// A version of an organisation's register key.
    RegisterKeyId;
    /// A transparency log: that of an organisation has the organisation's bytes.
    LogId;
}

impl From<OrgId> for LogId {
    fn from(org: OrgId) -> Self {
        Self(org.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_hex_in_json_and_bytes_in_cbor() {
        let id = OrgId::from_bytes([0xab; 16]);
        assert_eq!(
            serde_json::to_string(&id).unwrap(),
            format!("\"{}\"", "ab".repeat(16))
        );
        let cbor = crate::to_cbor(&id);
        assert_eq!(cbor[0], 0x50, "major type 2, length 16");
        assert_eq!(crate::from_cbor::<OrgId>(&cbor).unwrap(), id);
        assert_eq!(
            serde_json::from_str::<OrgId>(&serde_json::to_string(&id).unwrap()).unwrap(),
            id
        );
    }

    #[test]
    fn text_that_is_no_id_is_refused() {
        assert_eq!("xyz".parse::<UserId>(), Err(InvalidId));
        assert_eq!("ab".repeat(17).parse::<UserId>(), Err(InvalidId));
    }

    #[test]
    fn an_id_inside_a_tagged_enum_survives_cbor_and_json() {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "type")]
        enum Tagged {
            Action { owner: UserId },
        }
        let value = Tagged::Action {
            owner: UserId::from_bytes([7; 16]),
        };
        assert_eq!(
            crate::from_cbor::<Tagged>(&crate::to_cbor(&value)).unwrap(),
            value
        );
        let json = serde_json::to_string(&value).unwrap();
        assert_eq!(serde_json::from_str::<Tagged>(&json).unwrap(), value);
    }
}
