//! KeyPackages (RFC 9420 section 10): made by a device, checked by whoever uses them.

use beraad_protocol::{Timestamp, directory::LeafIdentity};
use openmls::prelude::{KeyPackage, ProtocolVersion};
use openmls_rust_crypto::RustCrypto;

use crate::{
    DeviceKeys, GroupError, KeyValue, MemberInfo, Suite, check,
    identity::{MlsSigner, credential},
    profile,
    provider::Provider,
    wire,
};

/// What a KeyPackage says, once it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPackageInfo {
    /// Whose device it adds.
    pub identity: LeafIdentity,
    /// The device's Ed25519 public key.
    pub signature_key: [u8; 32],
    /// Names it (RFC 9420 section 5.2); a Welcome refers to it so.
    pub hash_ref: Vec<u8>,
    /// May be handed out again and again when no other is left.
    pub last_resort: bool,
    /// From when it may be used.
    pub not_before: Timestamp,
    /// Until when it may be used.
    pub not_after: Timestamp,
}

/// Checks a TLS-encoded KeyPackage: signatures, suite, capabilities, identity, lifetime.
pub fn check_key_package(bytes: &[u8], suite: Suite) -> Result<KeyPackageInfo, GroupError> {
    let crypto = RustCrypto::default();
    let (package, member) = checked(&crypto, bytes, suite)?;
    Ok(KeyPackageInfo {
        identity: member.identity,
        signature_key: member.signature_key,
        hash_ref: hash_ref(&crypto, &package)?,
        last_resort: package.last_resort(),
        not_before: moment(package.life_time().not_before()),
        not_after: moment(package.life_time().not_after()),
    })
}

fn moment(seconds: u64) -> Timestamp {
    Timestamp(
        i64::try_from(seconds)
            .unwrap_or(i64::MAX)
            .saturating_mul(1000),
    )
}

/// Makes `count` KeyPackages whose private halves stay in the store.
pub(crate) fn make(
    crypto: &RustCrypto,
    store: &dyn KeyValue,
    keys: &DeviceKeys,
    identity: &LeafIdentity,
    suite: Suite,
    count: usize,
    last_resort: bool,
) -> Result<Vec<Vec<u8>>, GroupError> {
    let provider = Provider::new(crypto, store);
    let make_one = || {
        let mut builder = KeyPackage::builder()
            .key_package_lifetime(profile::lifetime())
            .leaf_node_capabilities(profile::capabilities());
        if last_resort {
            builder = builder.mark_as_last_resort();
        }
        let bundle = builder
            .build(
                suite.ciphersuite(),
                &provider,
                &MlsSigner(keys),
                credential(identity, keys),
            )
            .map_err(|error| internal(&provider, &error))?;
        tls_codec::Serialize::tls_serialize_detached(bundle.key_package())
            .map_err(|error| internal(&provider, &error))
    };
    (0..count).map(|_| make_one()).collect()
}

/// Reads and checks a KeyPackage.
pub(crate) fn checked(
    crypto: &RustCrypto,
    bytes: &[u8],
    suite: Suite,
) -> Result<(KeyPackage, MemberInfo), GroupError> {
    let package = wire::key_package(bytes)?
        .validate(crypto, ProtocolVersion::Mls10)
        .map_err(|error| GroupError::BadKeyPackage(error.to_string()))?;
    if package.ciphersuite() != suite.ciphersuite() {
        return Err(GroupError::BadKeyPackage(
            "it is for another suite".to_owned(),
        ));
    }
    if !profile::lifetime_is_acceptable(package.life_time()) {
        return Err(GroupError::BadKeyPackage(
            "its lifetime is too long".to_owned(),
        ));
    }
    let member = check::check_leaf(package.leaf_node(), suite)?;
    Ok((package, member))
}

pub(crate) fn hash_ref(crypto: &RustCrypto, package: &KeyPackage) -> Result<Vec<u8>, GroupError> {
    let reference = package
        .hash_ref(crypto)
        .map_err(|error| GroupError::Internal(error.to_string()))?;
    Ok(reference.as_slice().to_vec())
}

/// A failure that is the store's, or else the library's.
pub(crate) fn internal(provider: &Provider<'_>, error: &dyn std::fmt::Display) -> GroupError {
    provider.failure().map_or_else(
        || GroupError::Internal(error.to_string()),
        GroupError::Store,
    )
}
