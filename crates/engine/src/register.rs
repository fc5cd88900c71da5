//! The compliance officer's register: the key, the records sealed to it, and who signed them.

use beraad_ledger::{
    record::SignedRecord,
    seal::{RegisterSecret, SealContext},
};
use beraad_protocol::{
    ChannelId, Code, LogId, Problem, RecordId, RegisterKeyId, Timestamp,
    directory::register_key_signed_bytes,
    entry::{RegisterEntry, SealedCopy},
    request::{Answer, PutRegisterKey, Request},
    vocabulary::{OrgRole, RecordKind},
};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    database::{int, uint},
    engine::Step,
    error::Done,
    people::People,
    session::Asked,
    view::Topic,
};

/// A record of the register as it is kept.
pub(crate) struct Kept {
    pub(crate) record: RecordId,
    pub(crate) log: LogId,
    pub(crate) index: u64,
    pub(crate) recorded_at: Timestamp,
    pub(crate) kind: RecordKind,
    /// None when no key here opens it.
    pub(crate) signed: Option<SignedRecord>,
    /// The leaf at its place in the log; empty when none was proven, none when not asked yet.
    pub(crate) leaf: Option<Vec<u8>>,
}

/// Every record of the register, in order of position.
pub(crate) fn all(db: &Connection) -> Done<Vec<Kept>> {
    let mut statement = db.prepare_cached(
        "SELECT record, log, log_index, recorded_at, kind, signed, leaf FROM register
         ORDER BY position",
    )?;
    let mut rows = statement.query([])?;
    let mut kept = Vec::new();
    while let Some(row) = rows.next()? {
        let kind: String = row.get(4)?;
        let signed: Option<Vec<u8>> = row.get(5)?;
        kept.push(Kept {
            record: RecordId::from_bytes(row.get(0)?),
            log: LogId::from_bytes(row.get(1)?),
            index: uint(row.get(2)?),
            recorded_at: Timestamp(row.get(3)?),
            kind: kind.parse().unwrap_or(RecordKind::Disclosure),
            signed: signed.and_then(|bytes| SignedRecord::from_bytes(&bytes).ok()),
            leaf: row.get(6)?,
        });
    }
    Ok(kept)
}

/// Whether the secret of the organisation's register key is on this device.
pub(crate) fn is_ready(db: &Connection, people: &People, org: beraad_protocol::OrgId) -> bool {
    people
        .org(org)
        .and_then(|org| org.register_key.as_ref())
        .is_some_and(|key| {
            secret(db, key.id)
                .ok()
                .flatten()
                .and_then(|secret| secret.public_key().ok())
                .is_some_and(|public| public == key.public_key)
        })
}

fn secret(db: &Connection, id: RegisterKeyId) -> Done<Option<RegisterSecret>> {
    let bytes: Option<Vec<u8>> = db
        .prepare_cached("SELECT secret FROM register_key WHERE id = ?1")?
        .query_row([id.as_bytes()], |row| row.get(0))
        .optional()?;
    Ok(bytes.and_then(|bytes| RegisterSecret::from_bytes(&zeroize::Zeroizing::new(bytes)).ok()))
}

impl Step<'_> {
    /// Makes the organisation's first register key, if nobody has yet.
    pub(crate) fn set_up_register(&mut self) -> Done {
        let org = self.me.leaf.org;
        let Some(own) = self.cache.people.org(org) else {
            return Ok(());
        };
        if let Some(key) = &own.register_key {
            self.db.execute(
                "UPDATE register_key SET confirmed = 1 WHERE id = ?1",
                [key.id.as_bytes()],
            )?;
            return Ok(());
        }
        let waiting: Option<([u8; 16], Vec<u8>)> = self
            .db
            .query_row(
                "SELECT id, secret FROM register_key WHERE NOT confirmed",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let known = waiting.and_then(|(id, bytes)| {
            let secret = RegisterSecret::from_bytes(&zeroize::Zeroizing::new(bytes)).ok()?;
            Some((RegisterKeyId::from_bytes(id), secret))
        });
        let (id, secret) = if let Some(known) = known {
            known
        } else {
            let Ok(secret) = RegisterSecret::generate() else {
                return Ok(());
            };
            let id = RegisterKeyId::from_bytes(self.draw());
            self.db.execute(
                "INSERT INTO register_key (id, secret, confirmed) VALUES (?1, ?2, 0)",
                params![id.as_bytes(), secret.to_bytes().as_slice()],
            )?;
            (id, secret)
        };
        let Ok(public_key) = secret.public_key() else {
            return Ok(());
        };
        let signed = register_key_signed_bytes(org, id, &public_key);
        let signature = self.me.keys.sign(&signed).to_vec();
        let request = Request::PutRegisterKey(PutRegisterKey {
            id,
            public_key,
            signature,
        });
        self.ask(Asked::PutRegisterKey, request);
        Ok(())
    }

    pub(crate) fn register_key_put(&mut self, result: &Result<Answer, Problem>) {
        // Refused because another officer was first: then the directory has that one's key.
        let settled = match result {
            Ok(_) => true,
            Err(problem) => problem.code == Code::Conflict,
        };
        if settled {
            self.ask_directory();
        }
        self.changed(Topic::Register);
    }

    /// Fetches the records that are not here yet.
    pub(crate) fn pull_register(&mut self) -> Done {
        if self.has_role(OrgRole::ComplianceOfficer)
            && self.session.is_ready()
            && !self.session.pulling_register
        {
            self.session.pulling_register = true;
            self.ask_register()?;
        }
        Ok(())
    }

    fn ask_register(&mut self) -> Done {
        let from = self.register_length()?;
        self.ask(Asked::Register, Request::Register { from });
        Ok(())
    }

    fn register_length(&self) -> Done<u64> {
        Ok(uint(self.db.query_row(
            "SELECT count(*) FROM register",
            [],
            |row| row.get(0),
        )?))
    }

    pub(crate) fn register_came(&mut self, result: Result<Answer, Problem>) -> Done {
        self.session.pulling_register = false;
        let Ok(Answer::Register { entries, total }) = result else {
            return self.register_is_read();
        };
        let before = self.register_length()?;
        for entry in entries {
            self.keep_record(&entry)?;
        }
        let after = self.register_length()?;
        if after > before {
            self.changed(Topic::Register);
        }
        if after > before && after < total {
            self.session.pulling_register = true;
            return self.ask_register();
        }
        self.register_is_read()
    }

    fn keep_record(&mut self, entry: &RegisterEntry) -> Done {
        // Positions are without gaps; anything else is a page out of turn.
        if entry.position != self.register_length()? {
            return Ok(());
        }
        let signed = self.open_record(entry.logged.record, &entry.sealed)?;
        self.db
            .prepare_cached(
                "INSERT INTO register
                 (position, record, channel, log, log_index, recorded_at, kind, sealed, signed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                int(entry.position),
                entry.logged.record.as_bytes(),
                ChannelId::as_bytes(&entry.channel),
                entry.logged.log.as_bytes(),
                int(entry.logged.index),
                entry.logged.recorded_at.0,
                entry.kind.code(),
                beraad_protocol::to_cbor(&entry.sealed),
                signed,
            ])?;
        Ok(())
    }

    /// The signed record's bytes; none when it does not open or is no record.
    fn open_record(&self, record: RecordId, sealed: &SealedCopy) -> Done<Option<Vec<u8>>> {
        let org = self.me.leaf.org;
        let Some(secret) = secret(self.db, sealed.key)? else {
            return Ok(None);
        };
        let context = SealContext {
            record,
            org,
            key: sealed.key,
        };
        let Ok(bytes) = secret.open(&context, &sealed.ciphertext) else {
            return Ok(None);
        };
        Ok(SignedRecord::from_bytes(&bytes)
            .ok()
            .map(|_| bytes.to_vec()))
    }
}
