//! Becoming a device of a person.

use beraad_group::{DeviceKeys, Suite};
use beraad_protocol::{
    DeviceId, Timestamp,
    directory::LeafIdentity,
    http::{Enrol, Enrolled, enrol_signed_bytes},
};
use rand_chacha::rand_core::RngCore;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use crate::{
    database,
    engine::{Engine, Identity},
    error::{Done, EngineError},
};

const PENDING: &str = "enrolment";
const ENROLLED: &str = "enrolled";

/// What was drawn for a link, so that asking again asks the same.
#[derive(Serialize, Deserialize)]
struct Pending {
    link: String,
    device: DeviceId,
    keys: ByteBuf,
    session: ByteBuf,
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.keys.as_mut_slice().zeroize();
        self.session.as_mut_slice().zeroize();
    }
}

impl Engine {
    /// Draws the device's keys and session token for a one-time link and gives the request to post.
    ///
    /// They are on disk before anything is returned; calling it again with the same link gives the
    /// same request.
    pub fn begin_enrol(&mut self, token: &str, now: Timestamp) -> Result<Enrol, EngineError> {
        let _ = now;
        let (db, rng, me) = self.parts();
        if me.is_some() {
            return Err(EngineError::AlreadyEnrolled);
        }
        let pending = match database::get_as::<Pending>(db, PENDING)? {
            Some(pending) if pending.link == token => pending,
            _ => {
                let mut device = [0; 16];
                rng.fill_bytes(&mut device);
                let mut session = Zeroizing::new([0; 32]);
                rng.fill_bytes(session.as_mut());
                let pending = Pending {
                    link: token.to_owned(),
                    device: DeviceId::from_bytes(device),
                    keys: ByteBuf::from(DeviceKeys::generate()?.to_bytes().as_slice()),
                    session: ByteBuf::from(session.as_slice()),
                };
                database::put_as(db, PENDING, &pending)?;
                pending
            }
        };
        let keys = DeviceKeys::from_bytes(&pending.keys)?;
        let session_hash = hex::encode(Sha256::digest(&pending.session));
        let signed = enrol_signed_bytes(token, pending.device, &session_hash);
        Ok(Enrol {
            token: token.to_owned(),
            device: pending.device,
            signature_key: hex::encode(keys.public()),
            signature: hex::encode(keys.sign(&signed)),
            session_hash,
        })
    }

    /// Takes the server's answer in: from here on this device is the person's.
    pub fn finish_enrol(&mut self, answer: Enrolled, now: Timestamp) -> Result<(), EngineError> {
        let _ = now;
        let (db, _, me) = self.parts();
        if me.is_some() {
            return Err(EngineError::AlreadyEnrolled);
        }
        let pending: Pending = database::get_as(db, PENDING)?.ok_or(EngineError::NoEnrolment)?;
        // An answer that cannot be used is refused before it is kept.
        let identity = Identity::new(&pending, answer)?;
        database::put_as(db, ENROLLED, &identity.enrolled)?;
        *me = Some(identity);
        Ok(())
    }
}

impl Identity {
    /// Who this device is; none until it is enrolled.
    pub(crate) fn load(db: &Connection) -> Done<Option<Self>> {
        let Some(enrolled) = database::get_as::<Enrolled>(db, ENROLLED)? else {
            return Ok(None);
        };
        let pending: Pending =
            database::get_as(db, PENDING)?.ok_or(EngineError::Damaged(PENDING))?;
        Self::new(&pending, enrolled).map(Some)
    }

    fn new(pending: &Pending, enrolled: Enrolled) -> Done<Self> {
        Ok(Self {
            leaf: LeafIdentity {
                org: enrolled.org,
                user: enrolled.user,
                device: pending.device,
            },
            keys: DeviceKeys::from_bytes(&pending.keys)?,
            token: Zeroizing::new(pending.session.to_vec()),
            attestation_key: key(&enrolled.server.attestation_key)
                .ok_or(EngineError::ServerKeys("its attestation key"))?,
            external_sender: key(&enrolled.server.external_sender_key)
                .ok_or(EngineError::ServerKeys("its sender key"))?,
            suite: Suite::try_from(enrolled.server.ciphersuite)
                .map_err(|_| EngineError::ServerKeys("its cipher suite"))?,
            enrolled,
        })
    }
}

fn key(digits: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    hex::decode_to_slice(digits, &mut key).ok()?;
    Some(key)
}
