//! Hashes over fields and headers, each under a label of its own.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{Field, RecordHash, RecordHeader};
use crate::canonical::{self, CanonicalError};

const FIELD: &[u8] = b"beraad record field v1\0";
const ROOT: &[u8] = b"beraad record root v1\0";
const HASH: &[u8] = b"beraad record hash v1\0";
const SIGNED: &[u8] = b"beraad record signature v1\0";

/// The commitment to one field.
pub(super) fn field(name: &str, field: &Field) -> Result<[u8; 32], CanonicalError> {
    match field {
        Field::Withheld { commitment } => Ok(*commitment),
        Field::Open { salt, value } => Ok(named(Sha256::new_with_prefix(FIELD), name)
            .chain_update(salt)
            .chain_update(canonical::to_vec(value)?)
            .finalize()
            .into()),
    }
}

/// The root over all fields, in the order of their names.
pub(super) fn root(fields: &BTreeMap<String, Field>) -> Result<[u8; 32], CanonicalError> {
    let mut hash = Sha256::new_with_prefix(ROOT);
    hash.update((fields.len() as u64).to_be_bytes());
    for (name, content) in fields {
        hash = named(hash, name).chain_update(field(name, content)?);
    }
    Ok(hash.finalize().into())
}

/// The bytes the author's device signs.
pub(super) fn signed_bytes(header: &RecordHeader) -> Result<Vec<u8>, CanonicalError> {
    Ok([SIGNED, &canonical::to_vec(header)?].concat())
}

/// The hash that names a record and enters the log.
pub(super) fn record(
    header: &RecordHeader,
    signature: &[u8; 64],
) -> Result<RecordHash, CanonicalError> {
    let hash = Sha256::new_with_prefix(HASH)
        .chain_update(canonical::to_vec(header)?)
        .chain_update(signature);
    Ok(RecordHash(hash.finalize().into()))
}

fn named(hash: Sha256, name: &str) -> Sha256 {
    hash.chain_update((name.len() as u64).to_be_bytes())
        .chain_update(name)
}
