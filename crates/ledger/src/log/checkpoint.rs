//! Checkpoints: signed tree heads (C2SP tlog-checkpoint, signed-note, tlog-cosignature).
//!
//! A server has one Ed25519 key and as many logs as organisations. The key's public name is the
//! prefix of the logs' origins; a checkpoint is signed under the full origin as key name, as tlog
//! clients expect, so the verifier key of one log follows from the prefix' key and the origin.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use beraad_protocol::LogId;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use signed_note::{Note, NoteError, StandardVerifier, Verifier, VerifierList};
use zeroize::Zeroizing;

use super::tree::{Hash, LogError, MAX_SIZE};

/// Bytes of the longest checkpoint that is looked at.
const MAX_CHECKPOINT: usize = 64 * 1024;
/// Characters of the longest prefix of origins.
const MAX_PREFIX: usize = 200;
/// Type byte of a plain Ed25519 key in a verifier key.
const ALG_ED25519: u8 = 1;
/// Type byte of a timestamped Ed25519 cosigner in a verifier key.
const ALG_COSIGNATURE: u8 = 4;

/// Why a checkpoint or a key is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// A prefix holds a space, a plus or nothing; use something like `example.org/log`.
    #[error(
        "a log prefix is a name without spaces, pluses and a slash at its end, such as example.org/log"
    )]
    Prefix,
    /// Not `<prefix>/<32 hexadecimal digits>`; ask the log's operator for its origin.
    #[error("a log origin reads <prefix>/<organisation id>; ask the log's operator")]
    Origin,
    /// Not a verifier key of a kind that is known; copy it anew from the operator.
    #[error("this is not a verifier key (name+hash+key); copy it anew from the operator")]
    Key,
    /// Not a signed note with a tree head in it; ask the log anew.
    #[error("this is not a signed checkpoint; ask the log anew")]
    Malformed,
    /// No key that is trusted speaks for this log; obtain the operator's key another way.
    #[error("no trusted key speaks for this log; obtain the operator's key another way")]
    UnknownKey,
    /// A signature of a trusted key does not match; do not trust this checkpoint.
    #[error("a signature does not match the text; do not trust this checkpoint")]
    BadSignature,
}

/// The name of a log: `<prefix>/<log id>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    text: String,
    log: LogId,
}

impl Origin {
    /// The origin of a log under a server's prefix.
    pub fn new(prefix: &str, log: LogId) -> Result<Self, CheckpointError> {
        check_prefix(prefix)?;
        Ok(Self {
            text: format!("{prefix}/{log}"),
            log,
        })
    }

    /// Reads an origin.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let (prefix, id) = text.rsplit_once('/').ok_or(CheckpointError::Origin)?;
        let log = id.parse().map_err(|_| CheckpointError::Origin)?;
        let origin = Self::new(prefix, log).map_err(|_| CheckpointError::Origin)?;
        if origin.text == text {
            Ok(origin)
        } else {
            Err(CheckpointError::Origin)
        }
    }

    /// The origin as it stands in a checkpoint.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The log it names.
    pub const fn log(&self) -> LogId {
        self.log
    }

    fn prefix(&self) -> &str {
        self.text.rsplit_once('/').map_or("", |(prefix, _)| prefix)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A tree head whose signature was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Of which log.
    pub origin: Origin,
    /// How many leaves.
    pub size: u64,
    /// The root of those leaves.
    pub root: Hash,
}

/// The key that signs the checkpoints of a server's logs. Wiped from memory when dropped.
pub struct LogSigner {
    prefix: String,
    key: SigningKey,
}

impl LogSigner {
    /// The signer with this seed, for the logs under `prefix`.
    pub fn new(prefix: &str, seed: &[u8; 32]) -> Result<Self, CheckpointError> {
        check_prefix(prefix)?;
        let seed = Zeroizing::new(*seed);
        Ok(Self {
            prefix: prefix.to_owned(),
            key: SigningKey::from_bytes(&seed),
        })
    }

    /// The prefix of the logs' origins.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The verifier key of all logs under the prefix, to publish.
    pub fn vkey(&self) -> String {
        signed_note::new_ed25519_verifier_key(&self.prefix, &self.key.verifying_key())
    }

    /// The origin of a log under the prefix.
    ///
    /// # Panics
    /// Never: the prefix was checked when the signer was made.
    pub fn origin(&self, log: LogId) -> Origin {
        Origin::new(&self.prefix, log).expect("the prefix was checked")
    }
}

impl fmt::Debug for LogSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogSigner")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

/// Who may sign checkpoints of the logs under one prefix, or of the one log it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogVerifier {
    name: String,
    key: VerifyingKey,
}

impl LogVerifier {
    /// Reads a verifier key (C2SP signed-note `vkey`), named by a prefix or by a full origin.
    pub fn parse(vkey: &str) -> Result<Self, CheckpointError> {
        // Checks the name, the hash and that it is an Ed25519 key.
        StandardVerifier::new(vkey).map_err(|_| CheckpointError::Key)?;
        let (name, key) = parse_vkey(vkey, ALG_ED25519).ok_or(CheckpointError::Key)?;
        Ok(Self { name, key })
    }

    /// The verifier key as text.
    pub fn vkey(&self) -> String {
        signed_note::new_ed25519_verifier_key(&self.name, &self.key)
    }

    /// The prefix or origin it speaks for.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it speaks for this log.
    pub fn covers(&self, origin: &Origin) -> bool {
        self.name == origin.as_str() || self.name == origin.prefix()
    }

    /// The verifier key of one log, named by its origin.
    pub fn vkey_of(&self, origin: &Origin) -> String {
        signed_note::new_ed25519_verifier_key(origin.as_str(), &self.key)
    }
}

/// A witness: somebody else who saw the log grow and says so (C2SP tlog-cosignature v1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessVerifier {
    name: String,
    id: u32,
    key: VerifyingKey,
}

impl WitnessVerifier {
    /// Reads a witness' verifier key.
    pub fn parse(vkey: &str) -> Result<Self, CheckpointError> {
        let (name, key) = parse_vkey(vkey, ALG_COSIGNATURE).ok_or(CheckpointError::Key)?;
        let id = signed_note::key_id(
            &name,
            &[&[ALG_COSIGNATURE], key.as_bytes().as_slice()].concat(),
        );
        let verifier = Self { name, id, key };
        if verifier.vkey() == vkey {
            Ok(verifier)
        } else {
            Err(CheckpointError::Key)
        }
    }

    /// The verifier key as text.
    pub fn vkey(&self) -> String {
        let key = [&[ALG_COSIGNATURE], self.key.as_bytes().as_slice()].concat();
        format!(
            "{}+{:08x}+{}",
            self.name,
            self.id,
            BASE64_STANDARD.encode(key)
        )
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Verifier for WitnessVerifier {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        let Some((time, signature)) = signature.split_first_chunk::<8>() else {
            return false;
        };
        let Ok(signature) = ed25519_dalek::Signature::from_slice(signature) else {
            return false;
        };
        let mut message = cosigned_header(u64::from_be_bytes(*time)).into_bytes();
        message.extend_from_slice(text);
        self.key.verify_strict(&message, &signature).is_ok()
    }
}

/// Signs the head of a log under the signer's prefix.
pub fn sign_checkpoint(
    signer: &LogSigner,
    log: LogId,
    size: u64,
    root: &Hash,
) -> Result<String, LogError> {
    if size > MAX_SIZE {
        return Err(LogError::TooLarge);
    }
    let origin = signer.origin(log);
    let text = format!("{origin}\n{size}\n{}\n", BASE64_STANDARD.encode(root));
    let public = [
        &[ALG_ED25519],
        signer.key.verifying_key().as_bytes().as_slice(),
    ]
    .concat();
    let id = signed_note::key_id(origin.as_str(), &public);
    let signature = signer.key.sign(text.as_bytes()).to_bytes();
    let line = BASE64_STANDARD.encode([id.to_be_bytes().as_slice(), &signature].concat());
    Ok(format!("{text}\n\u{2014} {origin} {line}\n"))
}

/// Reads a checkpoint and checks that one of `keys` signed it.
pub fn verify_checkpoint(text: &str, keys: &[LogVerifier]) -> Result<Checkpoint, CheckpointError> {
    verify_cosigned_checkpoint(text, keys, &[]).map(|(checkpoint, _)| checkpoint)
}

/// Reads a checkpoint, checks that one of `keys` signed it, and names the witnesses that did too.
pub fn verify_cosigned_checkpoint(
    text: &str,
    keys: &[LogVerifier],
    witnesses: &[WitnessVerifier],
) -> Result<(Checkpoint, Vec<String>), CheckpointError> {
    if text.len() > MAX_CHECKPOINT {
        return Err(CheckpointError::Malformed);
    }
    let note = Note::from_bytes(text.as_bytes()).map_err(|_| CheckpointError::Malformed)?;
    let head =
        tlog_tiles::Checkpoint::from_bytes(note.text()).map_err(|_| CheckpointError::Malformed)?;
    if head.size() > MAX_SIZE {
        return Err(CheckpointError::Malformed);
    }
    let origin = Origin::parse(head.origin())?;
    let log_keys = log_keys(keys, &origin);
    if log_keys.is_empty() {
        return Err(CheckpointError::UnknownKey);
    }
    // Checked by itself: cosignatures alone do not make a checkpoint.
    note.verify(&VerifierList::new(log_keys))
        .map_err(|error| match error {
            NoteError::UnverifiedNote => CheckpointError::UnknownKey,
            _ => CheckpointError::BadSignature,
        })?;
    let seen = cosigners(&note, witnesses)?;
    Ok((
        Checkpoint {
            origin,
            size: head.size(),
            root: head.hash().0,
        },
        seen,
    ))
}

fn log_keys(keys: &[LogVerifier], origin: &Origin) -> Vec<Box<dyn Verifier>> {
    let mut vkeys: Vec<String> = keys
        .iter()
        .filter(|key| key.covers(origin))
        .map(|key| key.vkey_of(origin))
        .collect();
    vkeys.sort_unstable();
    vkeys.dedup();
    vkeys
        .iter()
        .filter_map(|vkey| StandardVerifier::new(vkey).ok())
        .map(|verifier| Box::new(verifier) as Box<dyn Verifier>)
        .collect()
}

fn cosigners(note: &Note, witnesses: &[WitnessVerifier]) -> Result<Vec<String>, CheckpointError> {
    let mut known: Vec<Box<dyn Verifier>> = Vec::new();
    for (at, witness) in witnesses.iter().enumerate() {
        if !witnesses[..at].contains(witness) {
            known.push(Box::new(witness.clone()));
        }
    }
    match note.verify(&VerifierList::new(known)) {
        Ok((seen, _)) => Ok(seen
            .iter()
            .map(|signature| signature.name().to_owned())
            .collect()),
        Err(NoteError::UnverifiedNote) => Ok(Vec::new()),
        Err(_) => Err(CheckpointError::BadSignature),
    }
}

fn cosigned_header(time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n")
}

fn check_prefix(prefix: &str) -> Result<(), CheckpointError> {
    let plain = signed_note::is_key_name_valid(prefix)
        && prefix.len() <= MAX_PREFIX
        && !prefix.ends_with('/')
        && !prefix.chars().any(char::is_control);
    if plain {
        Ok(())
    } else {
        Err(CheckpointError::Prefix)
    }
}

fn parse_vkey(vkey: &str, kind: u8) -> Option<(String, VerifyingKey)> {
    let mut parts = vkey.splitn(3, '+');
    let (name, _, key) = (parts.next()?, parts.next()?, parts.next()?);
    let key = BASE64_STANDARD.decode(key).ok()?;
    let key: &[u8; 32] = key.strip_prefix(&[kind])?.try_into().ok()?;
    let valid = signed_note::is_key_name_valid(name);
    valid.then_some((name.to_owned(), VerifyingKey::from_bytes(key).ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LOG: LogId = LogId::from_bytes([0xab; 16]);

    fn signer() -> LogSigner {
        LogSigner::new("log.example.org/beraad", &[3; 32]).unwrap()
    }

    fn keys() -> Vec<LogVerifier> {
        vec![LogVerifier::parse(&signer().vkey()).unwrap()]
    }

    fn checkpoint() -> String {
        sign_checkpoint(&signer(), LOG, 42, &[7; 32]).unwrap()
    }

    fn cosign(checkpoint: &str, name: &str, seed: [u8; 32]) -> (String, WitnessVerifier) {
        let key = SigningKey::from_bytes(&seed);
        let public = [
            &[ALG_COSIGNATURE],
            key.verifying_key().as_bytes().as_slice(),
        ]
        .concat();
        let id = signed_note::key_id(name, &public);
        let vkey = format!("{name}+{id:08x}+{}", BASE64_STANDARD.encode(&public));
        let text = checkpoint.split_once("\n\n").unwrap().0.to_owned() + "\n";
        let signature = key.sign((cosigned_header(1_700_000_000) + &text).as_bytes());
        let blob = [
            &id.to_be_bytes()[..],
            &1_700_000_000_u64.to_be_bytes(),
            &signature.to_bytes(),
        ]
        .concat();
        let line = format!("\u{2014} {name} {}\n", BASE64_STANDARD.encode(blob));
        (
            checkpoint.to_owned() + &line,
            WitnessVerifier::parse(&vkey).unwrap(),
        )
    }

    #[test]
    fn a_checkpoint_verifies_with_the_prefix_key_and_with_the_log_key() {
        let origin = signer().origin(LOG);
        assert_eq!(
            origin.as_str(),
            format!("log.example.org/beraad/{}", "ab".repeat(16))
        );
        let expected = Checkpoint {
            origin: origin.clone(),
            size: 42,
            root: [7; 32],
        };
        assert_eq!(
            verify_checkpoint(&checkpoint(), &keys()),
            Ok(expected.clone())
        );
        let own = LogVerifier::parse(&keys()[0].vkey_of(&origin)).unwrap();
        assert_eq!(verify_checkpoint(&checkpoint(), &[own]), Ok(expected));
    }

    #[test]
    fn another_key_another_prefix_and_another_text_are_refused() {
        let other = LogSigner::new("log.example.org/beraad", &[4; 32]).unwrap();
        let other = LogVerifier::parse(&other.vkey()).unwrap();
        assert_eq!(
            verify_checkpoint(&checkpoint(), std::slice::from_ref(&other)),
            Err(CheckpointError::UnknownKey)
        );
        assert_eq!(
            verify_checkpoint(&checkpoint(), &[]),
            Err(CheckpointError::UnknownKey)
        );
        let changed = checkpoint().replace("\n42\n", "\n43\n");
        assert_eq!(
            verify_checkpoint(&changed, &keys()),
            Err(CheckpointError::BadSignature)
        );
        // A rotated key beside the one that signed does no harm.
        let both = [keys()[0].clone(), other, keys()[0].clone()];
        assert!(verify_checkpoint(&checkpoint(), &both).is_ok());
    }

    #[test]
    fn what_is_no_checkpoint_is_refused() {
        for text in [
            "",
            "\n",
            "a\n\n",
            "a\nb\nc\n\n\u{2014} a AAAA\n",
            &"x".repeat(MAX_CHECKPOINT + 1),
        ] {
            assert_eq!(
                verify_checkpoint(text, &keys()),
                Err(CheckpointError::Malformed)
            );
        }
        for prefix in ["", "a b", "a+b", "a/", "a\nb"] {
            assert!(LogSigner::new(prefix, &[0; 32]).is_err(), "{prefix:?}");
        }
        for vkey in [
            "",
            "a",
            "a+b",
            "a+00000000+AAAA",
            &signer().vkey().to_uppercase(),
        ] {
            assert_eq!(LogVerifier::parse(vkey), Err(CheckpointError::Key));
            assert_eq!(WitnessVerifier::parse(vkey), Err(CheckpointError::Key));
        }
        assert!(Origin::parse(&format!("a/{}", "AB".repeat(16))).is_err());
    }

    #[test]
    fn witnesses_that_cosigned_are_named_and_only_those() {
        let (text, first) = cosign(&checkpoint(), "witness.example.org", [8; 32]);
        let (_, absent) = cosign(&checkpoint(), "other.example.org", [9; 32]);
        let (_, seen) =
            verify_cosigned_checkpoint(&text, &keys(), &[first.clone(), absent]).unwrap();
        assert_eq!(seen, ["witness.example.org"]);
        assert!(
            verify_checkpoint(&text, &keys()).is_ok(),
            "unknown cosignatures are ignored"
        );
        let log_missing = text.replace("\u{2014} log.example", "\u{2014} dog.example");
        assert_eq!(
            verify_cosigned_checkpoint(&log_missing, &keys(), &[first]),
            Err(CheckpointError::UnknownKey),
            "a cosignature alone does not make a checkpoint"
        );
    }

    #[test]
    fn the_signer_does_not_show_its_key() {
        assert_eq!(
            format!("{:?}", signer()),
            "LogSigner { prefix: \"log.example.org/beraad\", .. }"
        );
    }

    proptest! {
        #[test]
        fn a_flipped_bit_is_noticed(at in any::<prop::sample::Index>(), bit in 0_u8..8) {
            let mut bytes = checkpoint().into_bytes();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Ok(text) = String::from_utf8(bytes) {
                prop_assert!(verify_checkpoint(&text, &keys()).is_err());
            }
        }
    }
}
