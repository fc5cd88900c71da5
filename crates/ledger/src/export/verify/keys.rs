//! Whose keys count: trust brought along, and attestations in the package.

use std::collections::HashMap;

use beraad_protocol::{
    DeviceId,
    directory::{Attestation, attestation_signed_bytes},
};
use ed25519_dalek::{Signature, VerifyingKey};

use super::super::{
    manifest::Author,
    report::{FaultCode, Report},
};
use crate::{
    canonical,
    log::{LogVerifier, WitnessVerifier},
};

/// Attestation keys that a package may name: one server has one at a time.
const MAX_ATTESTATION_KEYS: usize = 16;
/// Attested keys of one device that are tried.
const MAX_DEVICE_KEYS: usize = 16;

/// More witnesses are asked for than are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{needed} witnesses are asked for and {known} are named; name more or ask for fewer")]
pub struct TrustError {
    /// How many have to cosign.
    pub needed: usize,
    /// How many are named.
    pub known: usize,
}

/// Keys that the checker obtained another way than through the package.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    pub(super) logs: Vec<LogVerifier>,
    pub(super) attestation_keys: Vec<[u8; 32]>,
    pub(super) witnesses: Vec<WitnessVerifier>,
    pub(super) witnesses_needed: usize,
}

impl Trust {
    /// Trusts these log keys and these Ed25519 attestation keys.
    pub const fn new(logs: Vec<LogVerifier>, attestation_keys: Vec<[u8; 32]>) -> Self {
        Self {
            logs,
            attestation_keys,
            witnesses: Vec::new(),
            witnesses_needed: 0,
        }
    }

    /// Asks that `needed` of these witnesses cosigned every log's checkpoint.
    pub fn with_witnesses(
        self,
        witnesses: Vec<WitnessVerifier>,
        needed: usize,
    ) -> Result<Self, TrustError> {
        if needed > witnesses.len() {
            return Err(TrustError {
                needed,
                known: witnesses.len(),
            });
        }
        Ok(Self {
            witnesses,
            witnesses_needed: needed,
            ..self
        })
    }
}

pub(super) fn signed_by(key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    let Ok(signature) = Signature::from_slice(signature) else {
        return false;
    };
    VerifyingKey::from_bytes(key).is_ok_and(|key| key.verify_strict(message, &signature).is_ok())
}

/// Which keys belong to which device, as attested.
pub(super) struct Devices {
    keys: Vec<[u8; 32]>,
    trusted: Option<Vec<[u8; 32]>>,
    known: HashMap<DeviceId, Vec<(Author, [u8; 32])>>,
}

impl Devices {
    /// `keys` are those the package names, against which it is checked without trust.
    pub(super) fn new(keys: Vec<[u8; 32]>, trust: Option<&super::Trust>) -> Self {
        let trusted = trust.map(|trust| trust.attestation_keys.clone());
        let keys = keys.into_iter().take(MAX_ATTESTATION_KEYS).collect();
        Self {
            keys,
            trusted,
            known: HashMap::new(),
        }
    }

    /// Takes in an attestation of the package.
    pub(super) fn add(&mut self, bytes: &[u8], signature: &[u8], place: &str, report: &mut Report) {
        let Some(attested) = self.attested(bytes, signature, place, report) else {
            return;
        };
        let author = Author {
            org: attested.org,
            user: attested.user,
            device: attested.device,
        };
        if let Ok(key) = attested.signature_key.as_slice().try_into() {
            let known = self.known.entry(author.device).or_default();
            if !known.contains(&(author, key)) && known.len() < MAX_DEVICE_KEYS {
                known.push((author, key));
            }
        }
    }

    /// Reads an attestation, if one of the keys that count signed it.
    pub(super) fn attested(
        &self,
        bytes: &[u8],
        signature: &[u8],
        place: &str,
        report: &mut Report,
    ) -> Option<Attestation> {
        let message = attestation_signed_bytes(bytes);
        let signed = |keys: &[[u8; 32]]| keys.iter().any(|key| signed_by(key, &message, signature));
        let trusted = self.trusted.as_ref().is_none_or(|keys| signed(keys));
        if (self.trusted.is_none() || !trusted) && !signed(&self.keys) {
            let what = "no attestation key of the package signed it";
            report.fault(FaultCode::AttestationInvalid, place, what);
            return None;
        }
        if !trusted {
            let what = "the key that signed it is not trusted";
            report.fault(FaultCode::AttestationKeyUnknown, place, what);
        }
        let attested = canonical::from_slice::<Attestation>(bytes)
            .ok()
            .filter(|attested| attested.v == 1 && attested.signature_key.len() == 32);
        if attested.is_none() {
            let what = "it is not an attestation of a known version";
            report.fault(FaultCode::AttestationInvalid, place, what);
        }
        attested
    }

    /// The attested keys of an author's device.
    pub(super) fn keys_of(&self, author: Author) -> impl Iterator<Item = &[u8; 32]> {
        let known = self
            .known
            .get(&author.device)
            .map_or(&[][..], Vec::as_slice);
        known
            .iter()
            .filter(move |(attested, _)| *attested == author)
            .map(|(_, key)| key)
    }
}
