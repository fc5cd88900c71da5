//! Records that go along with a message or commit: accepted together, or neither.

use std::collections::BTreeMap;

use beraad_ledger::log::{self, Hash, LogEntry};
use beraad_protocol::{
    ChannelId, LogId, OrgId, Timestamp,
    entry::{LogPosition, RecordSubmission, SealedCopy},
    limits::{MAX_RECORD_ORGS, MAX_RECORDS, MAX_SEALED_RECORD},
    problem::Code,
};
use beraad_storage::{
    StorageError,
    register::{NewLeaf, NewRegisterEntry},
    traits::{DirectoryRead as _, RegisterRead as _, RegisterWrite as _},
};

use crate::{
    refusal::{Outcome, Refusal},
    store::Tx,
};

/// Checks what can be seen of the records by themselves; `org` is the sender's.
pub(super) fn check_shape(org: OrgId, records: &[RecordSubmission]) -> Outcome<()> {
    if records.len() > MAX_RECORDS {
        return Err(Refusal::because(
            Code::TooLarge,
            "Too many records go along",
        ));
    }
    records.iter().try_for_each(|record| check_one(org, record))
}

fn check_one(org: OrgId, record: &RecordSubmission) -> Outcome<()> {
    let bad = |what| Err(Refusal::because(Code::BadRecord, what));
    if record.source != org {
        return bad("A record's source is the sender's own organisation");
    }
    if record.commitment.len() != 32 {
        return bad("A commitment has 32 bytes");
    }
    if record.recipients.len() > MAX_RECORD_ORGS {
        return Err(Refusal::because(
            Code::TooLarge,
            "A record has too many recipients",
        ));
    }
    let mut involved = vec![record.source];
    involved.extend(&record.recipients);
    let mut copies: Vec<_> = record.sealed.iter().map(|copy| copy.org).collect();
    involved.sort_unstable();
    copies.sort_unstable();
    if involved.windows(2).any(|pair| pair[0] == pair[1]) {
        return bad("A record names an organisation twice");
    }
    if involved != copies {
        return bad("A record is sealed once to every organisation involved");
    }
    for SealedCopy { ciphertext, .. } in &record.sealed {
        if ciphertext.is_empty() {
            return bad("A sealed copy is empty");
        }
        if ciphertext.len() > MAX_SEALED_RECORD {
            return Err(Refusal::because(
                Code::TooLarge,
                "A sealed copy is too large",
            ));
        }
    }
    Ok(())
}

/// Enters the records into the source's log and the registers of all involved.
pub(super) async fn enter(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    records: &[RecordSubmission],
    at: Timestamp,
) -> Outcome<Vec<LogPosition>> {
    let mut positions = Vec::with_capacity(records.len());
    for record in records {
        check_keys(tx, record).await?;
        let logged = log_one(tx, record, at).await?;
        for sealed in &record.sealed {
            tx.add_register_entry(&NewRegisterEntry {
                channel,
                record: record.id,
                log: logged.log,
                index: logged.index,
                recorded_at: at,
                kind: record.kind,
                sealed: sealed.clone(),
            })
            .await?;
        }
        positions.push(logged);
    }
    Ok(positions)
}

/// Every copy is sealed to the key its organisation has now.
async fn check_keys(tx: &mut Tx<'_>, record: &RecordSubmission) -> Outcome<()> {
    for copy in &record.sealed {
        let organisation = tx.organisation(copy.org).await?;
        let organisation = organisation.ok_or_else(|| {
            Refusal::because(
                Code::BadRecord,
                "A record names an organisation that is not here",
            )
        })?;
        let key = organisation
            .register_key
            .ok_or_else(|| Refusal::new(Code::NoRegisterKey))?;
        if key.id != copy.key {
            return Err(Refusal::because(
                Code::BadRecord,
                "A copy is sealed to a register key that is not the current one",
            ));
        }
    }
    Ok(())
}

async fn log_one(
    tx: &mut Tx<'_>,
    record: &RecordSubmission,
    at: Timestamp,
) -> Outcome<LogPosition> {
    let log = LogId::from(record.source);
    let commitment: [u8; 32] = record
        .commitment
        .as_slice()
        .try_into()
        .map_err(|_| Refusal::because(Code::BadRecord, "A commitment has 32 bytes"))?;
    let entry = LogEntry::new(commitment, at);
    let index = tx.log_size(log).await?;
    let needed = log::needed_to_append(index)?;
    let known: BTreeMap<u64, Hash> = tx.log_hashes(log, &needed).await?.into_iter().collect();
    let appended = log::append(index, &[entry.leaf_hash()], &known)?;
    let leaf = NewLeaf {
        index,
        record: record.id,
        data: entry.to_bytes(),
        hashes: appended.hashes,
    };
    tx.append_leaf(log, &leaf)
        .await
        .map_err(|error| match error {
            StorageError::Conflict => {
                Refusal::because(Code::BadRecord, "A record of this id was logged before")
            }
            other => other.into(),
        })?;
    Ok(LogPosition {
        record: record.id,
        log,
        index,
        recorded_at: at,
    })
}

#[cfg(test)]
mod tests {
    use beraad_protocol::{RecordId, RegisterKeyId, vocabulary::RecordKind};

    use super::*;

    const SOURCE: OrgId = OrgId::from_bytes([1; 16]);
    const RECIPIENT: OrgId = OrgId::from_bytes([2; 16]);

    fn copy(org: OrgId) -> SealedCopy {
        SealedCopy {
            org,
            key: RegisterKeyId::from_bytes([0; 16]),
            ciphertext: vec![1],
        }
    }

    fn record() -> RecordSubmission {
        RecordSubmission {
            id: RecordId::from_bytes([3; 16]),
            kind: RecordKind::Disclosure,
            commitment: vec![0; 32],
            source: SOURCE,
            recipients: vec![RECIPIENT],
            sealed: vec![copy(RECIPIENT), copy(SOURCE)],
        }
    }

    #[test]
    fn a_record_is_sealed_once_to_everybody_involved_and_nobody_else() {
        assert_eq!(check_shape(SOURCE, &[record()]), Ok(()));
        let stranger = OrgId::from_bytes([9; 16]);
        let bad = [
            RecordSubmission {
                sealed: vec![copy(SOURCE)],
                ..record()
            },
            RecordSubmission {
                sealed: vec![copy(RECIPIENT)],
                ..record()
            },
            RecordSubmission {
                sealed: vec![copy(SOURCE), copy(SOURCE)],
                ..record()
            },
            RecordSubmission {
                sealed: vec![copy(SOURCE), copy(stranger)],
                ..record()
            },
            RecordSubmission {
                recipients: vec![RECIPIENT, RECIPIENT],
                ..record()
            },
            RecordSubmission {
                recipients: vec![SOURCE],
                ..record()
            },
            RecordSubmission {
                commitment: vec![0; 31],
                ..record()
            },
            RecordSubmission {
                source: RECIPIENT,
                recipients: vec![SOURCE],
                ..record()
            },
        ];
        for record in bad {
            assert_eq!(
                check_shape(SOURCE, &[record]).unwrap_err().code(),
                Code::BadRecord
            );
        }
    }

    #[test]
    fn records_are_bounded() {
        let many = vec![record(); MAX_RECORDS + 1];
        assert_eq!(
            check_shape(SOURCE, &many).unwrap_err().code(),
            Code::TooLarge
        );
        let mut large = record();
        large.sealed[0].ciphertext = vec![0; MAX_SEALED_RECORD + 1];
        assert_eq!(
            check_shape(SOURCE, &[large]).unwrap_err().code(),
            Code::TooLarge
        );
    }
}
