//! Logs and registers.

use beraad_protocol::{
    LogId, OrgId,
    entry::{LogPosition, RegisterEntry, SealedCopy},
};
use beraad_storage::{
    Result, StorageError,
    register::{NewLeaf, NewRegisterEntry, RegisterRead, RegisterWrite},
};
use sqlx::postgres::PgRow;

use crate::{
    session::{Connected, Lookups, Session, bytes, code, id, int, moment, number, size},
    transaction::{LEDGER, WriterTx},
};

/// Records that are looked at to fill one answer.
const AT_ONCE: i64 = 1000;

impl<C: Connected> RegisterRead for Session<C> {
    async fn log_size(&mut self, log: LogId) -> Result<u64> {
        // Whoever is about to append holds the size still.
        self.0.hold(LEDGER).await?;
        let query = sqlx::query("SELECT size FROM logs WHERE id = $1").bind(*log.as_bytes());
        let row = self.row(query).await?;
        row.map_or(Ok(0), |row| number(&row, 0))
    }

    async fn logs_total(&mut self) -> Result<u64> {
        let query = sqlx::query("SELECT coalesce(sum(size), 0)::BIGINT FROM logs");
        number(&self.one(query).await?, 0)
    }

    async fn log_hashes(&mut self, log: LogId, places: &[u64]) -> Result<Vec<(u64, [u8; 32])>> {
        let asked: Vec<_> = places.iter().copied().map(int).collect();
        let query = sqlx::query(
            "SELECT h.place, h.hash FROM unnest($2) WITH ORDINALITY AS asked (place, nth) \
             JOIN log_hashes h ON h.log = $1 AND h.place = asked.place ORDER BY nth",
        )
        .bind(*log.as_bytes())
        .bind(asked);
        let rows = self.rows(query).await?;
        rows.iter()
            .map(|row| Ok((number(row, 0)?, id(row, 1)?)))
            .collect()
    }

    async fn log_leaves(&mut self, log: LogId, from: u64, to: u64) -> Result<Vec<Vec<u8>>> {
        let query = sqlx::query(
            "SELECT data FROM log_entries WHERE log = $1 AND leaf >= $2 AND leaf < $3 \
             ORDER BY leaf",
        )
        .bind(*log.as_bytes())
        .bind(int(from))
        .bind(int(to));
        let rows = self.rows(query).await?;
        rows.iter().map(|row| bytes(row, 0)).collect()
    }

    async fn has_records_of(&mut self, org: OrgId, log: LogId) -> Result<bool> {
        let query = sqlx::query("SELECT FROM register_entries WHERE org = $1 AND log = $2 LIMIT 1")
            .bind(*org.as_bytes())
            .bind(*log.as_bytes());
        Ok(self.row(query).await?.is_some())
    }

    async fn register(
        &mut self,
        org: OrgId,
        from: u64,
        max_bytes: usize,
    ) -> Result<Vec<RegisterEntry>> {
        // PostgreSQL counts the bytes: what does not fit is not sent here.
        let query = sqlx::query(
            "SELECT position, channel, record, log, leaf, recorded_at, kind, org, register_key, \
               ciphertext FROM ( \
               SELECT *, row_number() OVER in_order AS nth, \
                 sum(octet_length(ciphertext) + 512) OVER in_order AS total FROM ( \
                 SELECT * FROM register_entries WHERE org = $1 AND position >= $2 \
                 ORDER BY position LIMIT $4) AS page \
               WINDOW in_order AS (ORDER BY position)) AS counted \
             WHERE nth = 1 OR total <= $3 ORDER BY position",
        )
        .bind(*org.as_bytes())
        .bind(int(from))
        .bind(size(max_bytes))
        .bind(AT_ONCE);
        self.rows(query).await?.iter().map(register_entry).collect()
    }

    async fn register_total(&mut self, org: OrgId) -> Result<u64> {
        let query = sqlx::query(
            "SELECT coalesce(max(position) + 1, 0) FROM register_entries WHERE org = $1",
        )
        .bind(*org.as_bytes());
        number(&self.one(query).await?, 0)
    }
}

impl RegisterWrite for Session<WriterTx> {
    async fn append_leaf(&mut self, log: LogId, leaf: &NewLeaf) -> Result<()> {
        if self.log_size(log).await? != leaf.index {
            return Err(StorageError::Conflict);
        }
        // The size rises only with the leaf, and only from the leaf's index: a second guard.
        let query = sqlx::query(
            "WITH leaf AS ( \
               INSERT INTO log_entries (log, leaf, record, data) VALUES ($1, $2, $3, $4) \
               ON CONFLICT DO NOTHING RETURNING log) \
             INSERT INTO logs (id, size) SELECT log, $2 + 1 FROM leaf \
             ON CONFLICT (id) DO UPDATE SET size = $2 + 1 WHERE logs.size = $2",
        )
        .bind(*log.as_bytes())
        .bind(int(leaf.index))
        .bind(*leaf.record.as_bytes())
        .bind(leaf.data.clone());
        if self.change(query).await? == 0 {
            return Err(StorageError::Conflict);
        }
        let places: Vec<_> = leaf.hashes.iter().map(|(place, _)| int(*place)).collect();
        let hashes: Vec<_> = leaf.hashes.iter().map(|(_, hash)| hash.to_vec()).collect();
        let query = sqlx::query(
            "INSERT INTO log_hashes (log, place, hash) \
             SELECT $1, place, hash FROM unnest($2, $3) AS added (place, hash)",
        )
        .bind(*log.as_bytes())
        .bind(places)
        .bind(hashes);
        self.change(query).await.map(drop)
    }

    async fn add_register_entry(&mut self, entry: &NewRegisterEntry) -> Result<u64> {
        self.0.hold(LEDGER).await?;
        let query = sqlx::query(
            "INSERT INTO register_entries (org, position, channel, record, log, leaf, recorded_at, \
             kind, register_key, ciphertext) \
             SELECT $1, coalesce(max(position) + 1, 0), $2, $3, $4, $5, $6, $7, $8, $9 \
             FROM register_entries WHERE org = $1 RETURNING position",
        )
        .bind(*entry.sealed.org.as_bytes())
        .bind(*entry.channel.as_bytes())
        .bind(*entry.record.as_bytes())
        .bind(*entry.log.as_bytes())
        .bind(int(entry.index))
        .bind(entry.recorded_at.0)
        .bind(entry.kind.code())
        .bind(*entry.sealed.key.as_bytes())
        .bind(entry.sealed.ciphertext.clone());
        number(&self.one(query).await?, 0)
    }
}

fn register_entry(row: &PgRow) -> Result<RegisterEntry> {
    Ok(RegisterEntry {
        position: number(row, 0)?,
        channel: id(row, 1)?,
        logged: LogPosition {
            record: id(row, 2)?,
            log: id(row, 3)?,
            index: number(row, 4)?,
            recorded_at: moment(row, 5)?,
        },
        kind: code(row, 6)?,
        sealed: SealedCopy {
            org: id(row, 7)?,
            key: id(row, 8)?,
            ciphertext: bytes(row, 9)?,
        },
    })
}
