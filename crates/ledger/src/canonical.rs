//! Deterministic CBOR (RFC 8949 section 4.2.1): one value, one encoding.
//!
//! What is signed or hashed goes through here. Lengths and integers are shortest, map keys are
//! sorted bytewise by their encoding, floats are the shortest that keep the value, NaN is
//! `f97e00`. Decoding refuses everything that this module would not have written.

use beraad_protocol::limits;
use ciborium::Value;
use serde::{Serialize, de::DeserializeOwned};

/// Bytes of the longest item that is read or written.
pub const MAX_BYTES: usize = limits::MAX_FRAME;
/// Nesting of arrays, maps and tags that is read or written.
pub const MAX_DEPTH: usize = limits::MAX_DEPTH;

/// The decoder's own guard lies above [`MAX_DEPTH`], so that the error is ours.
const DECODER_DEPTH: usize = 4 * MAX_DEPTH;

/// Why a value has no canonical bytes, or bytes are not canonical.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// Longer than [`MAX_BYTES`]; split the value.
    #[error("{0} bytes is more than the {max} allowed; split the value", max = MAX_BYTES)]
    TooLong(usize),
    /// Nested deeper than [`MAX_DEPTH`]; flatten the value.
    #[error("nested more than {max} deep; flatten the value", max = MAX_DEPTH)]
    TooDeep,
    /// A map names a key twice; keep one.
    #[error("a map has the same key twice; keep one")]
    DuplicateKey,
    /// The type refuses to be serialised; use plain data.
    #[error("this value cannot be written as CBOR; use plain data")]
    Unwritable,
    /// The bytes are not CBOR, or stop too early; ask the sender for the original.
    #[error("this is not CBOR or it is cut short; ask for the original bytes")]
    Malformed,
    /// The item ends before the bytes do; hand in exactly one item.
    #[error("{0} bytes follow the item; hand in exactly one item")]
    Trailing(usize),
    /// The item is valid CBOR in another encoding than the deterministic one; encode it anew.
    #[error("the encoding is not the deterministic one; encode the value anew")]
    NotCanonical,
    /// Canonical, but of another shape than asked; check the version of the sender.
    #[error("a field is missing, unknown or of the wrong type; check the sender's version")]
    Shape,
}

/// Writes `value` in its one deterministic encoding.
pub fn to_vec<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let value = Value::serialized(value).map_err(|_| CanonicalError::Unwritable)?;
    value_to_vec(&value)
}

/// Reads one item that fills `bytes` exactly and is in its deterministic encoding.
pub fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CanonicalError> {
    if bytes.len() > MAX_BYTES {
        return Err(CanonicalError::TooLong(bytes.len()));
    }
    let mut rest = bytes;
    let value: Value = ciborium::de::from_reader_with_recursion_limit(&mut rest, DECODER_DEPTH)
        .map_err(|error| match error {
            ciborium::de::Error::RecursionLimitExceeded => CanonicalError::TooDeep,
            _ => CanonicalError::Malformed,
        })?;
    if !rest.is_empty() {
        return Err(CanonicalError::Trailing(rest.len()));
    }
    if value_to_vec(&value)? != bytes {
        return Err(CanonicalError::NotCanonical);
    }
    value.deserialized().map_err(|_| CanonicalError::Shape)
}

fn value_to_vec(value: &Value) -> Result<Vec<u8>, CanonicalError> {
    let mut out = Vec::new();
    write(value, 0, &mut out)?;
    if out.len() > MAX_BYTES {
        return Err(CanonicalError::TooLong(out.len()));
    }
    Ok(out)
}

/// Major types of RFC 8949 section 3.1.
mod major {
    pub(super) const UNSIGNED: u8 = 0;
    pub(super) const NEGATIVE: u8 = 1;
    pub(super) const BYTES: u8 = 2;
    pub(super) const TEXT: u8 = 3;
    pub(super) const ARRAY: u8 = 4;
    pub(super) const MAP: u8 = 5;
    pub(super) const TAG: u8 = 6;
}

fn write(value: &Value, depth: usize, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    if depth > MAX_DEPTH {
        return Err(CanonicalError::TooDeep);
    }
    match value {
        Value::Integer(number) => {
            let number = i128::from(*number);
            let (kind, size) = if number < 0 {
                (major::NEGATIVE, -1 - number)
            } else {
                (major::UNSIGNED, number)
            };
            head(
                kind,
                u64::try_from(size).map_err(|_| CanonicalError::Unwritable)?,
                out,
            );
        }
        Value::Bytes(bytes) => {
            head(major::BYTES, bytes.len() as u64, out);
            out.extend_from_slice(bytes);
        }
        Value::Text(text) => {
            head(major::TEXT, text.len() as u64, out);
            out.extend_from_slice(text.as_bytes());
        }
        Value::Bool(false) => out.push(0xf4),
        Value::Bool(true) => out.push(0xf5),
        Value::Null => out.push(0xf6),
        Value::Float(number) if number.is_nan() => out.extend_from_slice(&[0xf9, 0x7e, 0x00]),
        Value::Float(_) => {
            ciborium::into_writer(value, &mut *out).map_err(|_| CanonicalError::Unwritable)?;
        }
        Value::Tag(tag, inner) => {
            head(major::TAG, *tag, out);
            write(inner, depth + 1, out)?;
        }
        Value::Array(items) => {
            head(major::ARRAY, items.len() as u64, out);
            for item in items {
                write(item, depth + 1, out)?;
            }
        }
        Value::Map(pairs) => write_map(pairs, depth, out)?,
        _ => return Err(CanonicalError::Unwritable),
    }
    Ok(())
}

fn write_map(
    pairs: &[(Value, Value)],
    depth: usize,
    out: &mut Vec<u8>,
) -> Result<(), CanonicalError> {
    let mut sorted = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        let mut encoded = Vec::new();
        write(key, depth + 1, &mut encoded)?;
        sorted.push((encoded, value));
    }
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    if sorted.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(CanonicalError::DuplicateKey);
    }
    head(major::MAP, sorted.len() as u64, out);
    for (key, value) in sorted {
        out.extend_from_slice(&key);
        write(value, depth + 1, out)?;
    }
    Ok(())
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "each arm's range fits its width"
)]
fn head(kind: u8, size: u64, out: &mut Vec<u8>) {
    let kind = kind << 5;
    match size {
        0..=23 => out.push(kind | size as u8),
        24..=0xff => out.extend_from_slice(&[kind | 0x18, size as u8]),
        0x100..=0xffff => {
            out.push(kind | 0x19);
            out.extend_from_slice(&(size as u16).to_be_bytes());
        }
        0x1_0000..=0xffff_ffff => {
            out.push(kind | 0x1a);
            out.extend_from_slice(&(size as u32).to_be_bytes());
        }
        _ => {
            out.push(kind | 0x1b);
            out.extend_from_slice(&size.to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn hex_of<T: Serialize + ?Sized>(value: &T) -> String {
        hex::encode(to_vec(value).unwrap())
    }

    #[test]
    fn the_examples_of_rfc_8949_appendix_a_come_out() {
        assert_eq!(hex_of(&0), "00");
        assert_eq!(hex_of(&23), "17");
        assert_eq!(hex_of(&24), "1818");
        assert_eq!(hex_of(&1_000_000), "1a000f4240");
        assert_eq!(hex_of(&u64::MAX), "1bffffffffffffffff");
        assert_eq!(hex_of(&-1), "20");
        assert_eq!(hex_of(&-1000), "3903e7");
        assert_eq!(hex_of(&0.0_f64), "f90000");
        assert_eq!(hex_of(&-0.0_f64), "f98000");
        assert_eq!(hex_of(&1.1_f64), "fb3ff199999999999a");
        assert_eq!(hex_of(&1.5_f64), "f93e00");
        assert_eq!(hex_of(&100_000.0_f64), "fa47c35000");
        assert_eq!(hex_of(&f64::INFINITY), "f97c00");
        assert_eq!(hex_of(&f64::NAN), "f97e00");
        assert_eq!(hex_of("\u{fc}"), "62c3bc");
        assert_eq!(hex_of(&Option::<u8>::None), "f6");
        assert_eq!(hex_of(&(1, [2, 3], [4, 5])), "8301820203820405");
    }

    #[test]
    fn keys_are_sorted_by_their_encoding() {
        let value = Value::Map(
            [
                Value::from(false),
                "aa".into(),
                100.into(),
                "z".into(),
                10.into(),
                (-1).into(),
            ]
            .into_iter()
            .map(|key| (key, 0.into()))
            .collect(),
        );
        assert_eq!(
            hex_of(&value),
            "a60a00186400200061 7a006261 6100f400".replace(' ', "")
        );
    }

    #[test]
    fn other_encodings_of_the_same_value_are_refused() {
        let refused = [
            ("1800", "one byte for 0"),
            ("190001", "two bytes for 1"),
            ("fb3ff8000000000000", "a double for 1.5"),
            ("f97e01", "another NaN"),
            ("5f4101ff", "indefinite bytes"),
            ("9f01ff", "an indefinite array"),
            ("a2616200616100", "keys out of order"),
            ("c24101", "a bignum for 1"),
        ];
        for (bytes, what) in refused {
            let bytes = hex::decode(bytes).unwrap();
            assert_eq!(
                from_slice::<Value>(&bytes),
                Err(CanonicalError::NotCanonical),
                "{what}"
            );
        }
        let twice = hex::decode("a2616100616101").unwrap();
        assert_eq!(
            from_slice::<Value>(&twice),
            Err(CanonicalError::DuplicateKey)
        );
    }

    #[test]
    fn cut_long_deep_and_foreign_bytes_are_refused() {
        assert_eq!(from_slice::<Value>(b""), Err(CanonicalError::Malformed));
        assert_eq!(
            from_slice::<Value>(&[0x82, 0x01]),
            Err(CanonicalError::Malformed)
        );
        assert_eq!(
            from_slice::<Value>(&[0x01, 0x02]),
            Err(CanonicalError::Trailing(1))
        );
        let claims_much = [0x5b, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(
            from_slice::<Value>(&claims_much),
            Err(CanonicalError::Malformed)
        );
        let long = vec![0; MAX_BYTES + 1];
        assert_eq!(
            from_slice::<Value>(&long),
            Err(CanonicalError::TooLong(MAX_BYTES + 1))
        );
        let mut deep = vec![0x81; MAX_DEPTH];
        deep.push(0);
        assert!(from_slice::<Value>(&deep).is_ok());
        for more in [MAX_DEPTH + 1, 10_000] {
            let mut deep = vec![0x81; more];
            deep.push(0);
            assert_eq!(from_slice::<Value>(&deep), Err(CanonicalError::TooDeep));
        }
        assert_eq!(from_slice::<u8>(&[0x61, 0x61]), Err(CanonicalError::Shape));
    }

    #[test]
    fn a_map_with_a_key_twice_is_not_written() {
        let value = Value::Map(vec![(1.into(), 1.into()), (1.into(), 2.into())]);
        assert_eq!(to_vec(&value), Err(CanonicalError::DuplicateKey));
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            any::<f64>()
                .prop_filter("NaN is never equal", |x| !x.is_nan())
                .prop_map(Value::from),
            prop::collection::vec(any::<u8>(), 0..300).prop_map(Value::Bytes),
            ".{0,40}".prop_map(Value::Text),
            Just(Value::Null),
        ];
        leaf.prop_recursive(5, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
                prop::collection::btree_map(".{0,12}", inner, 0..8).prop_map(|map| Value::Map(
                    map.into_iter()
                        .rev()
                        .map(|(k, v)| (Value::Text(k), v))
                        .collect()
                )),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_and_written_the_same(value in any_value()) {
            let bytes = to_vec(&value).unwrap();
            let back: Value = from_slice(&bytes).unwrap();
            prop_assert_eq!(to_vec(&back).unwrap(), bytes);
        }

        #[test]
        fn the_order_of_insertion_leaves_no_trace(map in prop::collection::btree_map(".{0,9}", any::<u32>(), 0..20)) {
            let forward = Value::Map(map.iter().map(|(k, v)| (k.as_str().into(), (*v).into())).collect());
            let backward = Value::Map(map.iter().rev().map(|(k, v)| (k.as_str().into(), (*v).into())).collect());
            let bytes = to_vec(&forward).unwrap();
            prop_assert_eq!(&to_vec(&backward).unwrap(), &bytes);
            prop_assert_eq!(from_slice::<BTreeMap<String, u32>>(&bytes).unwrap(), map);
        }

        #[test]
        fn any_bytes_are_either_canonical_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(value) = from_slice::<Value>(&bytes) {
                prop_assert_eq!(to_vec(&value).unwrap(), bytes);
            }
        }
    }
}
