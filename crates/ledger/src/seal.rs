//! Sealing a record to an organisation's register key.
//!
//! HPKE base mode (RFC 9180) with the hybrid post-quantum KEM X-Wing (ML-KEM-768 with X25519),
//! HKDF-SHA384 and AES-256-GCM: the suite of the channels, since records outlive them. The record
//! id, the organisation and the key's id are bound in, so that a copy cannot be passed off as
//! another's. The plaintext is padded, so that the size tells little.

use std::fmt;

use beraad_protocol::{OrgId, RecordId, RegisterKeyId, limits};
use hpke_rs::{Hpke, HpkePrivateKey, HpkePublicKey, Mode};
use hpke_rs_crypto::{
    HpkeCrypto,
    types::{AeadAlgorithm, KdfAlgorithm, KemAlgorithm},
};
use hpke_rs_rust_crypto::HpkeRustCrypto;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const KEM: KemAlgorithm = KemAlgorithm::XWingDraft06;
/// First byte of a sealed record: the suite above.
const SUITE: u8 = 1;
const INFO: &[u8] = b"beraad sealed record v1\0";

/// Bytes of a register key's public half.
pub const PUBLIC_KEY_BYTES: usize = 1216;
/// Bytes of a register key's secret half.
pub const SECRET_BYTES: usize = 32;
/// Bytes that a padded plaintext is a multiple of.
pub const PADDING: usize = 512;
const ENCAPSULATION_BYTES: usize = 1120;
const TAG_BYTES: usize = 16;
const LENGTH_BYTES: usize = 4;
const OVERHEAD: usize = 1 + ENCAPSULATION_BYTES + TAG_BYTES;
/// Bytes of the longest plaintext: what is left of [`limits::MAX_SEALED_RECORD`].
pub const MAX_PLAINTEXT: usize =
    (limits::MAX_SEALED_RECORD - OVERHEAD) / PADDING * PADDING - LENGTH_BYTES;

/// Why a record cannot be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The plaintext is longer than [`MAX_PLAINTEXT`]; shorten the record.
    #[error("{0} bytes is more than the {max} a sealed record holds; shorten it", max = MAX_PLAINTEXT)]
    TooLong(usize),
    /// Not a public key of this suite; fetch the organisation's register key anew.
    #[error("this is not a register key of a known kind; fetch it from the directory anew")]
    PublicKey,
    /// Not the 32 bytes of a secret; restore them from a backup.
    #[error("a register secret is 32 bytes; restore it from a backup")]
    Secret,
    /// Not a sealed record, or of a newer suite; update the software or ask for it anew.
    #[error("this is not a sealed record of a known kind; update, or ask for it anew")]
    Malformed,
    /// Sealed to another key, for another record or organisation, or changed on its way.
    #[error(
        "this copy does not open with this key for this record; try the organisation's older keys, then ask for it anew"
    )]
    CannotOpen,
}

/// What a sealed copy is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealContext {
    /// The record.
    pub record: RecordId,
    /// The organisation that may open it.
    pub org: OrgId,
    /// The version of its register key.
    pub key: RegisterKeyId,
}

impl SealContext {
    fn aad(&self) -> [u8; 48] {
        let mut aad = [0; 48];
        aad[..16].copy_from_slice(self.record.as_bytes());
        aad[16..32].copy_from_slice(self.org.as_bytes());
        aad[32..].copy_from_slice(self.key.as_bytes());
        aad
    }
}

/// The secret half of a register key. Wiped from memory when dropped, never shown.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RegisterSecret([u8; SECRET_BYTES]);

impl RegisterSecret {
    /// A new secret, from the provider's generator.
    pub fn generate() -> Result<Self, SealError> {
        let (_, secret) = HpkeRustCrypto::kem_key_gen(KEM, &mut HpkeRustCrypto::prng())
            .map_err(|_| SealError::Secret)?;
        Self::from_bytes(&Zeroizing::new(secret))
    }

    /// Reads a secret that was kept.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        bytes.try_into().map(Self).map_err(|_| SealError::Secret)
    }

    /// The bytes to keep, encrypted.
    pub fn to_bytes(&self) -> Zeroizing<[u8; SECRET_BYTES]> {
        Zeroizing::new(self.0)
    }

    /// The public half, to publish.
    pub fn public_key(&self) -> Result<Vec<u8>, SealError> {
        let (public, secret) =
            HpkeRustCrypto::kem_key_gen_derand(KEM, &self.0).map_err(|_| SealError::Secret)?;
        drop(Zeroizing::new(secret));
        Ok(public)
    }

    /// Opens a sealed record.
    pub fn open(
        &self,
        context: &SealContext,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        if sealed.len() > limits::MAX_SEALED_RECORD {
            return Err(SealError::Malformed);
        }
        let sealed = sealed.strip_prefix(&[SUITE]).ok_or(SealError::Malformed)?;
        let (encapsulation, ciphertext) = sealed
            .split_at_checked(ENCAPSULATION_BYTES)
            .ok_or(SealError::Malformed)?;
        let secret = HpkePrivateKey::new(self.0.to_vec());
        let padded = hpke()
            .open(
                encapsulation,
                &secret,
                INFO,
                &context.aad(),
                ciphertext,
                None,
                None,
                None,
            )
            .map_err(|_| SealError::CannotOpen)?;
        unpad(&Zeroizing::new(padded)).ok_or(SealError::Malformed)
    }
}

impl fmt::Debug for RegisterSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RegisterSecret(..)")
    }
}

/// Seals a record to a register key. Everybody can seal; that the record is genuine shows from
/// its signature.
pub fn seal(
    public_key: &[u8],
    context: &SealContext,
    plaintext: &[u8],
) -> Result<Vec<u8>, SealError> {
    if plaintext.len() > MAX_PLAINTEXT {
        return Err(SealError::TooLong(plaintext.len()));
    }
    if public_key.len() != PUBLIC_KEY_BYTES {
        return Err(SealError::PublicKey);
    }
    let key = HpkePublicKey::new(public_key.to_vec());
    let (encapsulation, ciphertext) = hpke()
        .seal(
            &key,
            INFO,
            &context.aad(),
            &pad(plaintext),
            None,
            None,
            None,
        )
        .map_err(|_| SealError::PublicKey)?;
    Ok([&[SUITE], encapsulation.as_slice(), &ciphertext].concat())
}

fn hpke() -> Hpke<HpkeRustCrypto> {
    Hpke::new(
        Mode::Base,
        KEM,
        KdfAlgorithm::HkdfSha384,
        AeadAlgorithm::Aes256Gcm,
    )
}

/// Length, bytes, zeros up to a multiple of [`PADDING`].
fn pad(plaintext: &[u8]) -> Zeroizing<Vec<u8>> {
    let size = (LENGTH_BYTES + plaintext.len()).next_multiple_of(PADDING);
    let mut padded = Zeroizing::new(Vec::with_capacity(size));
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the caller keeps MAX_PLAINTEXT"
    )]
    padded.extend_from_slice(&(plaintext.len() as u32).to_be_bytes());
    padded.extend_from_slice(plaintext);
    padded.resize(size, 0);
    padded
}

fn unpad(padded: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (length, rest) = padded.split_first_chunk()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (plaintext, zeros) = rest.split_at_checked(length)?;
    let canonical = padded.len() == (LENGTH_BYTES + length).next_multiple_of(PADDING)
        && zeros.iter().all(|&byte| byte == 0);
    canonical.then(|| Zeroizing::new(plaintext.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> SealContext {
        SealContext {
            record: RecordId::from_bytes([1; 16]),
            org: OrgId::from_bytes([2; 16]),
            key: RegisterKeyId::from_bytes([3; 16]),
        }
    }

    #[test]
    fn a_sealed_record_opens_with_its_key_after_a_restart() {
        let secret = RegisterSecret::generate().unwrap();
        let public = secret.public_key().unwrap();
        assert_eq!(public.len(), PUBLIC_KEY_BYTES);
        let restored = RegisterSecret::from_bytes(secret.to_bytes().as_slice()).unwrap();
        for length in [0, 1, 507, 508, 509, 5000, MAX_PLAINTEXT] {
            let plaintext = vec![9; length];
            let sealed = seal(&public, &context(), &plaintext).unwrap();
            assert!(sealed.len() <= limits::MAX_SEALED_RECORD);
            assert_eq!(
                restored.open(&context(), &sealed).unwrap().as_slice(),
                plaintext
            );
        }
        let long = vec![0; MAX_PLAINTEXT + 1];
        assert_eq!(
            seal(&public, &context(), &long),
            Err(SealError::TooLong(MAX_PLAINTEXT + 1))
        );
    }

    #[test]
    fn the_size_shows_only_steps_of_512_bytes() {
        let public = RegisterSecret::generate().unwrap().public_key().unwrap();
        let size = |length| seal(&public, &context(), &vec![0; length]).unwrap().len();
        assert_eq!(size(0), size(508));
        assert_eq!(size(508) + 512, size(509));
    }

    #[test]
    fn another_key_record_or_organisation_does_not_open_it() {
        let secret = RegisterSecret::generate().unwrap();
        let sealed = seal(&secret.public_key().unwrap(), &context(), b"who told whom").unwrap();
        let other = RegisterSecret::generate().unwrap();
        assert_eq!(
            other.open(&context(), &sealed).unwrap_err(),
            SealError::CannotOpen
        );
        for wrong in [
            SealContext {
                record: RecordId::from_bytes([9; 16]),
                ..context()
            },
            SealContext {
                org: OrgId::from_bytes([9; 16]),
                ..context()
            },
            SealContext {
                key: RegisterKeyId::from_bytes([9; 16]),
                ..context()
            },
        ] {
            assert_eq!(
                secret.open(&wrong, &sealed).unwrap_err(),
                SealError::CannotOpen
            );
        }
    }

    #[test]
    fn changed_cut_and_foreign_bytes_are_errors() {
        let secret = RegisterSecret::generate().unwrap();
        let sealed = seal(&secret.public_key().unwrap(), &context(), b"text").unwrap();
        for at in (0..sealed.len()).step_by(97) {
            let mut changed = sealed.clone();
            changed[at] ^= 0x20;
            assert!(secret.open(&context(), &changed).is_err(), "byte {at}");
            assert!(
                secret.open(&context(), &sealed[..at]).is_err(),
                "cut at {at}"
            );
        }
        for cut in ENCAPSULATION_BYTES - 1..OVERHEAD + 2 {
            assert!(
                secret.open(&context(), &sealed[..cut]).is_err(),
                "cut at {cut}"
            );
        }
        let oversize = vec![SUITE; limits::MAX_SEALED_RECORD + 1];
        assert_eq!(
            secret.open(&context(), &oversize).unwrap_err(),
            SealError::Malformed
        );
        for key in [
            vec![],
            vec![0; 32],
            vec![0xff; PUBLIC_KEY_BYTES],
            vec![0; PUBLIC_KEY_BYTES + 1],
        ] {
            assert_eq!(seal(&key, &context(), b""), Err(SealError::PublicKey));
        }
    }

    #[test]
    fn a_secret_is_never_shown() {
        let secret = RegisterSecret::from_bytes(&[0x5a; 32]).unwrap();
        assert_eq!(format!("{secret:?}"), "RegisterSecret(..)");
        assert_eq!(
            RegisterSecret::from_bytes(&[0; 31]).unwrap_err(),
            SealError::Secret
        );
    }
}
