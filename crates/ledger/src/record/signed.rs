//! Making, encoding, redacting and verifying records.

use std::{collections::BTreeMap, fmt};

use beraad_protocol::{
    ChannelId, OrgId, RecordId, Timestamp, directory::LeafIdentity, limits, vocabulary::RecordKind,
};
use ciborium::Value;
use ed25519_dalek::{Signature, VerifyingKey};
use rand_core::RngCore;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    Field, MAX_FIELD_NAME, MAX_FIELDS, MAX_RECORD, RecordError, RecordHash, RecordHeader,
    commitment,
};
use crate::canonical;

/// A record before it is signed.
#[derive(Clone, PartialEq)]
pub struct RecordDraft {
    /// Names the record.
    pub id: RecordId,
    /// Consent or disclosure.
    pub kind: RecordKind,
    /// The household channel it belongs to.
    pub channel: ChannelId,
    /// The MLS epoch of the channel now.
    pub epoch: u64,
    /// Who makes it, on which device; its organisation becomes the source.
    pub author: LeafIdentity,
    /// The record this device made before.
    pub previous: Option<RecordHash>,
    /// Organisations it is disclosed to, the source not among them; order does not matter.
    pub recipients: Vec<OrgId>,
    /// The author's clock.
    pub at: Timestamp,
    /// What is recorded: names in lower-case letters, digits and underscores.
    pub fields: BTreeMap<String, Value>,
}

impl RecordDraft {
    /// Signs the record with the author's device key. `rng` gives the salts and has to be a
    /// cryptographic generator outside tests.
    pub fn sign(
        self,
        rng: &mut impl RngCore,
        sign: impl FnOnce(&[u8]) -> [u8; 64],
    ) -> Result<SignedRecord, RecordError> {
        let fields: BTreeMap<String, Field> = self
            .fields
            .into_iter()
            .map(|(name, value)| {
                let mut salt = [0; 16];
                rng.fill_bytes(&mut salt);
                (name, Field::Open { salt, value })
            })
            .collect();
        let mut recipients = self.recipients;
        recipients.sort_unstable();
        let header = RecordHeader {
            v: 1,
            id: self.id,
            kind: self.kind,
            channel: self.channel,
            epoch: self.epoch,
            author: self.author,
            previous: self.previous,
            source: self.author.org,
            recipients,
            at: self.at,
            root: commitment::root(&fields)?,
        };
        let signature = sign(&commitment::signed_bytes(&header)?);
        let record = SignedRecord {
            header,
            fields,
            signature,
        };
        record.check_shape()?;
        record.to_bytes()?;
        Ok(record)
    }
}

impl fmt::Debug for RecordDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordDraft")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// A record as it travels: a claim until it was verified. Its `Debug` shows no content.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedRecord {
    header: RecordHeader,
    fields: BTreeMap<String, Field>,
    #[serde(with = "serde_bytes")]
    signature: [u8; 64],
}

impl SignedRecord {
    /// Canonical CBOR, at most [`MAX_RECORD`] bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, RecordError> {
        let bytes = canonical::to_vec(self)?;
        if bytes.len() > MAX_RECORD {
            return Err(RecordError::TooLong(bytes.len()));
        }
        Ok(bytes)
    }

    /// Reads a record. It says nothing yet about who signed it: see [`SignedRecord::verify`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RecordError> {
        if bytes.len() > MAX_RECORD {
            return Err(RecordError::TooLong(bytes.len()));
        }
        let record: Self = canonical::from_slice(bytes)?;
        record.check_shape()?;
        // Types of other crates may overlook what they do not know.
        if record.to_bytes()? != bytes {
            return Err(canonical::CanonicalError::Shape.into());
        }
        Ok(record)
    }

    /// The header.
    pub const fn header(&self) -> &RecordHeader {
        &self.header
    }

    /// The fields, by name.
    pub const fn fields(&self) -> &BTreeMap<String, Field> {
        &self.fields
    }

    /// The Ed25519 signature of the author's device.
    pub const fn signature(&self) -> &[u8; 64] {
        &self.signature
    }

    /// The value of a field.
    pub fn value(&self, name: &str) -> Result<&Value, RecordError> {
        match self.fields.get(name) {
            Some(Field::Open { value, .. }) => Ok(value),
            Some(Field::Withheld { .. }) => Err(RecordError::Withheld),
            None => Err(RecordError::NoSuchField),
        }
    }

    /// The value of a field, as a type.
    pub fn read<T: DeserializeOwned>(&self, name: &str) -> Result<T, RecordError> {
        let value = self.value(name)?;
        Ok(value
            .deserialized()
            .map_err(|_| canonical::CanonicalError::Shape)?)
    }

    /// Names the record: what enters the log. The same with or without withheld fields.
    pub fn hash(&self) -> Result<RecordHash, RecordError> {
        Ok(commitment::record(&self.header, &self.signature)?)
    }

    /// The record without the content of these fields; it verifies like the original.
    pub fn withhold<N: AsRef<str>>(&self, names: &[N]) -> Result<Self, RecordError> {
        let mut record = self.clone();
        for name in names {
            let name = name.as_ref();
            let field = record
                .fields
                .get_mut(name)
                .ok_or(RecordError::NoSuchField)?;
            *field = Field::Withheld {
                commitment: commitment::field(name, field)?,
            };
        }
        Ok(record)
    }

    /// Checks shape, fields and signature against the author device's Ed25519 public key. That
    /// the key is the author's is for the caller to know: from an attestation.
    pub fn verify(&self, key: &[u8; 32]) -> Result<Verified<Self>, RecordError> {
        self.check_shape()?;
        if commitment::root(&self.fields)? != self.header.root {
            return Err(RecordError::Root);
        }
        let message = commitment::signed_bytes(&self.header)?;
        VerifyingKey::from_bytes(key)
            .and_then(|key| key.verify_strict(&message, &Signature::from_bytes(&self.signature)))
            .map_err(|_| RecordError::Signature)?;
        Ok(Verified {
            content: self.clone(),
            key: *key,
        })
    }

    fn check_shape(&self) -> Result<(), RecordError> {
        let header = &self.header;
        if header.v != 1 {
            return Err(RecordError::Version(header.v));
        }
        let count = self.fields.len();
        if count == 0 || count > MAX_FIELDS || !self.fields.keys().all(|name| is_field_name(name)) {
            return Err(RecordError::Fields);
        }
        let parties = header.author.org == header.source
            && header.recipients.len() < limits::MAX_RECORD_ORGS
            && header.recipients.is_sorted_by(|a, b| a < b)
            && !header.recipients.contains(&header.source);
        if parties {
            Ok(())
        } else {
            Err(RecordError::Parties)
        }
    }
}

impl fmt::Debug for SignedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedRecord")
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

/// Something whose signature was checked against [`Verified::key`].
#[derive(Debug, Clone, PartialEq)]
pub struct Verified<T> {
    content: T,
    key: [u8; 32],
}

impl<T> Verified<T> {
    /// What was verified.
    pub const fn get(&self) -> &T {
        &self.content
    }

    /// The Ed25519 public key it was verified with.
    pub const fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// What was verified, as a mere claim again.
    pub fn into_inner(self) -> T {
        self.content
    }
}

impl<T> std::ops::Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.content
    }
}

impl Verified<SignedRecord> {
    /// The record without the content of these fields; withholding keeps it verified.
    pub fn redacted<N: AsRef<str>>(&self, names: &[N]) -> Result<Self, RecordError> {
        Ok(Self {
            content: self.content.withhold(names)?,
            key: self.key,
        })
    }
}

fn is_field_name(name: &str) -> bool {
    (1..=MAX_FIELD_NAME).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use beraad_protocol::{DeviceId, UserId};
    use ed25519_dalek::{Signer, SigningKey};
    use proptest::prelude::*;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[1; 32])
    }

    fn public() -> [u8; 32] {
        key().verifying_key().to_bytes()
    }

    fn org(byte: u8) -> OrgId {
        OrgId::from_bytes([byte; 16])
    }

    fn draft() -> RecordDraft {
        RecordDraft {
            id: RecordId::from_bytes([1; 16]),
            kind: RecordKind::Disclosure,
            channel: ChannelId::from_bytes([2; 16]),
            epoch: 3,
            author: LeafIdentity {
                org: org(4),
                user: UserId::from_bytes([5; 16]),
                device: DeviceId::from_bytes([6; 16]),
            },
            previous: Some(RecordHash::from_bytes([7; 32])),
            recipients: vec![org(9), org(8)],
            at: Timestamp(1_700_000_000_000),
            fields: [
                ("purpose".to_owned(), Value::from("VEILIGHEIDSPLAN")),
                (
                    "motivation".to_owned(),
                    Value::from("a text of some length"),
                ),
                (
                    "lines".to_owned(),
                    Value::Array(vec![1.into(), Value::Bytes(vec![1, 2])]),
                ),
            ]
            .into(),
        }
    }

    fn rng() -> ChaCha20Rng {
        ChaCha20Rng::seed_from_u64(1)
    }

    fn sign(draft: RecordDraft) -> Result<SignedRecord, RecordError> {
        draft.sign(&mut rng(), |message| key().sign(message).to_bytes())
    }

    #[test]
    fn a_record_travels_and_verifies() {
        let record = sign(draft()).unwrap();
        let bytes = record.to_bytes().unwrap();
        let arrived = SignedRecord::from_bytes(&bytes).unwrap();
        assert_eq!(arrived, record);
        let verified = arrived.verify(&public()).unwrap();
        assert_eq!(verified.hash(), record.hash());
        assert_eq!(verified.text_of("purpose"), "VEILIGHEIDSPLAN");
        assert_eq!(
            verified.header().recipients,
            [org(8), org(9)],
            "sorted: one encoding"
        );
        assert_eq!(
            record.read::<String>("nothing"),
            Err(RecordError::NoSuchField)
        );
    }

    #[test]
    fn a_withheld_field_leaves_signature_and_hash_and_takes_the_content() {
        let record = sign(draft()).unwrap();
        let redacted = record.withhold(&["motivation"]).unwrap();
        let verified = redacted.verify(&public()).unwrap();
        assert_eq!(verified.hash(), record.hash());
        assert_eq!(
            verified.read::<String>("motivation"),
            Err(RecordError::Withheld)
        );
        let bytes = redacted.to_bytes().unwrap();
        assert!(
            !bytes.windows(6).any(|w| w == b"a text"),
            "the content is gone"
        );
        assert_eq!(
            redacted.withhold(&["motivation"]).unwrap(),
            redacted,
            "twice changes nothing"
        );
        assert_eq!(record.withhold(&["other"]), Err(RecordError::NoSuchField));
    }

    #[test]
    fn the_same_text_has_another_commitment_in_another_record() {
        let first = sign(draft()).unwrap();
        let second = draft()
            .sign(&mut ChaCha20Rng::seed_from_u64(2), |m| {
                key().sign(m).to_bytes()
            })
            .unwrap();
        assert_ne!(first.header().root, second.header().root);
    }

    #[test]
    fn another_key_field_or_header_does_not_verify() {
        let record = sign(draft()).unwrap();
        assert_eq!(record.verify(&[7; 32]).unwrap_err(), RecordError::Signature);

        let mut changed = record.clone();
        changed.fields.insert(
            "extra".into(),
            Field::Withheld {
                commitment: [0; 32],
            },
        );
        assert_eq!(changed.verify(&public()).unwrap_err(), RecordError::Root);

        let mut changed = record.clone();
        changed.fields.remove("purpose");
        assert_eq!(changed.verify(&public()).unwrap_err(), RecordError::Root);

        let mut changed = record.clone();
        let lines = changed.fields.remove("lines").unwrap();
        changed.fields.insert("linez".into(), lines);
        assert_eq!(changed.verify(&public()).unwrap_err(), RecordError::Root);

        let mut changed = record;
        changed.header.at = Timestamp(0);
        assert_eq!(
            changed.verify(&public()).unwrap_err(),
            RecordError::Signature
        );
    }

    #[test]
    fn impossible_records_are_not_signed() {
        let with = |change: fn(&mut RecordDraft)| {
            let mut draft = draft();
            change(&mut draft);
            sign(draft).unwrap_err()
        };
        assert_eq!(with(|d| d.fields.clear()), RecordError::Fields);
        assert_eq!(
            with(|d| drop(d.fields.insert("A b".into(), 1.into()))),
            RecordError::Fields
        );
        assert_eq!(with(|d| d.recipients.push(org(4))), RecordError::Parties);
        assert_eq!(with(|d| d.recipients.push(org(8))), RecordError::Parties);
        assert_eq!(
            with(|d| d.recipients = (10..50).map(org).collect()),
            RecordError::Parties
        );
        assert!(matches!(
            with(|d| drop(
                d.fields
                    .insert("big".into(), Value::Bytes(vec![0; MAX_RECORD]))
            )),
            RecordError::TooLong(_)
        ));
        assert_eq!(
            with(|d| drop(d.fields.insert(
                "twice".into(),
                Value::Map(vec![(1.into(), 1.into()), (1.into(), 1.into())])
            ))),
            RecordError::Encoding(canonical::CanonicalError::DuplicateKey)
        );
    }

    #[test]
    fn a_shown_record_shows_no_content() {
        let shown = format!(
            "{:?} {:?}",
            draft(),
            sign(draft()).unwrap().verify(&public())
        );
        assert!(
            !shown.contains("text") && !shown.contains("VEILIG"),
            "{shown}"
        );
    }

    proptest! {
        #[test]
        fn any_choice_of_withheld_fields_verifies(mask in 0_u8..8) {
            let record = sign(draft()).unwrap();
            let names: Vec<&String> = record
                .fields()
                .keys()
                .enumerate()
                .filter_map(|(i, name)| (mask >> i & 1 == 1).then_some(name))
                .collect();
            let redacted = record.withhold(&names).unwrap();
            let arrived = SignedRecord::from_bytes(&redacted.to_bytes().unwrap()).unwrap();
            prop_assert!(arrived.verify(&public()).is_ok());
            prop_assert_eq!(arrived.hash(), record.hash());
        }

        #[test]
        fn a_flipped_bit_never_verifies(at in any::<prop::sample::Index>(), bit in 0_u8..8) {
            let mut bytes = sign(draft()).unwrap().to_bytes().unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Ok(record) = SignedRecord::from_bytes(&bytes) {
                prop_assert!(record.verify(&public()).is_err());
            }
        }

        #[test]
        fn cut_and_foreign_bytes_are_errors(cut in any::<prop::sample::Index>(), noise in prop::collection::vec(any::<u8>(), 0..100)) {
            let bytes = sign(draft()).unwrap().to_bytes().unwrap();
            prop_assert!(SignedRecord::from_bytes(&bytes[..cut.index(bytes.len())]).is_err());
            prop_assert!(SignedRecord::from_bytes(&noise).is_err());
        }
    }

    impl SignedRecord {
        fn text_of(&self, name: &str) -> String {
            self.read(name).unwrap()
        }
    }
}
