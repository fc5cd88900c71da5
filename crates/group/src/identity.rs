//! Who a leaf belongs to, and the key that proves it.

use std::fmt;

use beraad_protocol::{directory::LeafIdentity, from_cbor, to_cbor};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use openmls::prelude::{
    BasicCredential, Credential, CredentialType, CredentialWithKey, OpenMlsRand,
};
use openmls_rust_crypto::RustCrypto;
use openmls_traits::{
    signatures::{Signer, SignerError},
    types::SignatureScheme,
};
use zeroize::Zeroizing;

use crate::{GroupError, profile};

/// A device's Ed25519 key pair: MLS leaves, connection hellos and record signatures.
///
/// The secret half is wiped from memory when it is dropped and never printed.
#[derive(Clone)]
pub struct DeviceKeys(SigningKey);

impl DeviceKeys {
    /// Draws a new pair.
    pub fn generate() -> Result<Self, GroupError> {
        let seed: Zeroizing<[u8; 32]> = RustCrypto::default()
            .random_array()
            .map(Zeroizing::new)
            .map_err(|_| GroupError::Internal("no randomness".to_owned()))?;
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    /// Takes back what [`Self::to_bytes`] gave.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, GroupError> {
        let seed: Zeroizing<[u8; 32]> =
            Zeroizing::new(bytes.try_into().map_err(|_| GroupError::BadKey)?);
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    /// The secret, to be stored encrypted.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public key.
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// Signs; the message begins with a label of its own (see the `*_signed_bytes` functions of the
    /// protocol), so that a signature means one thing only.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for DeviceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DeviceKeys").field(&"…").finish()
    }
}

/// Checks an Ed25519 signature by a device (strictly: no weak keys, no malleable signatures).
pub fn verify(public: &[u8], message: &[u8], signature: &[u8]) -> Result<(), GroupError> {
    let public: &[u8; 32] = public.try_into().map_err(|_| GroupError::BadKey)?;
    let public = VerifyingKey::from_bytes(public).map_err(|_| GroupError::BadKey)?;
    let signature = Signature::from_slice(signature).map_err(|_| GroupError::BadSignature)?;
    public
        .verify_strict(message, &signature)
        .map_err(|_| GroupError::BadSignature)
}

/// One member: whose leaf it is, and the key it signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MemberInfo {
    /// Organisation, account and device.
    pub identity: LeafIdentity,
    /// The device's Ed25519 public key; the directory's attestation must name the same.
    pub signature_key: [u8; 32],
}

/// Hands openmls the device's signatures without making its trait part of this crate's interface.
pub(crate) struct MlsSigner<'a>(pub(crate) &'a DeviceKeys);

impl Signer for MlsSigner<'_> {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.0.sign(payload).to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        profile::SIGNATURES
    }
}

/// The credential of a leaf: the identity's canonical CBOR (RFC 9420 section 5.3).
pub(crate) fn credential(identity: &LeafIdentity, keys: &DeviceKeys) -> CredentialWithKey {
    CredentialWithKey {
        credential: BasicCredential::new(to_cbor(identity)).into(),
        signature_key: keys.public().to_vec().into(),
    }
}

/// The identity in a credential; none unless it is basic and canonical.
pub(crate) fn identity_of(credential: &Credential) -> Option<LeafIdentity> {
    if credential.credential_type() != CredentialType::Basic {
        return None;
    }
    let basic = BasicCredential::try_from(credential.clone()).ok()?;
    let identity: LeafIdentity = from_cbor(basic.identity()).ok()?;
    (to_cbor(&identity) == basic.identity()).then_some(identity)
}
