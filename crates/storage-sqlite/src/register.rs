//! Logs and registers.

use beraad_protocol::{
    LogId, OrgId,
    entry::{LogPosition, RegisterEntry, SealedCopy},
};
use beraad_storage::{
    Effect, Result, StorageError, Write,
    register::{NewLeaf, NewRegisterEntry, RegisterRead, RegisterWrite},
};
use futures_util::TryStreamExt;
use sqlx::{Executor, sqlite::SqliteRow};

use crate::{
    session::{Connected, HasConnection, Session, bytes, code, failed, id, int, moment, number},
    writer::WriterTx,
};

impl<C: Connected> RegisterRead for Session<C> {
    async fn log_size(&mut self, log: LogId) -> Result<u64> {
        let query = sqlx::query("SELECT size FROM logs WHERE id = ?").bind(log.as_bytes().to_vec());
        let row = self
            .connection()
            .fetch_optional(query)
            .await
            .map_err(failed)?;
        row.map_or(Ok(0), |row| number(&row, 0))
    }

    async fn logs_total(&mut self) -> Result<u64> {
        let query = sqlx::query("SELECT coalesce(sum(size), 0) FROM logs");
        let row = self.connection().fetch_one(query).await.map_err(failed)?;
        number(&row, 0)
    }

    async fn log_hashes(&mut self, log: LogId, places: &[u64]) -> Result<Vec<(u64, [u8; 32])>> {
        let mut hashes = Vec::with_capacity(places.len());
        for place in places {
            let query = sqlx::query("SELECT hash FROM log_hashes WHERE log = ? AND place = ?")
                .bind(log.as_bytes().to_vec())
                .bind(int(*place));
            if let Some(row) = self
                .connection()
                .fetch_optional(query)
                .await
                .map_err(failed)?
            {
                hashes.push((*place, id(&row, 0)?));
            }
        }
        Ok(hashes)
    }

    async fn log_leaves(&mut self, log: LogId, from: u64, to: u64) -> Result<Vec<Vec<u8>>> {
        let query = sqlx::query(
            "SELECT data FROM log_entries WHERE log = ? AND leaf >= ? AND leaf < ? ORDER BY leaf",
        )
        .bind(log.as_bytes().to_vec())
        .bind(int(from))
        .bind(int(to));
        let rows = self.connection().fetch_all(query).await.map_err(failed)?;
        rows.iter().map(|row| bytes(row, 0)).collect()
    }

    async fn has_records_of(&mut self, org: OrgId, log: LogId) -> Result<bool> {
        let query = sqlx::query("SELECT 1 FROM register_entries WHERE org = ? AND log = ? LIMIT 1")
            .bind(org.as_bytes().to_vec())
            .bind(log.as_bytes().to_vec());
        Ok(self
            .connection()
            .fetch_optional(query)
            .await
            .map_err(failed)?
            .is_some())
    }

    async fn register(
        &mut self,
        org: OrgId,
        from: u64,
        max_bytes: usize,
    ) -> Result<Vec<RegisterEntry>> {
        let query = sqlx::query(
            "SELECT position, channel, record, log, leaf, recorded_at, kind, org, register_key, \
             ciphertext FROM register_entries WHERE org = ? AND position >= ? ORDER BY position",
        )
        .bind(org.as_bytes().to_vec())
        .bind(int(from));
        let mut entries = Vec::new();
        let mut total = 0;
        let mut rows = self.connection().fetch(query);
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            let entry = register_entry(&row)?;
            total += entry.sealed.ciphertext.len() + 512;
            if total > max_bytes && !entries.is_empty() {
                break;
            }
            entries.push(entry);
        }
        Ok(entries)
    }

    async fn register_total(&mut self, org: OrgId) -> Result<u64> {
        let query = sqlx::query(
            "SELECT coalesce(max(position) + 1, 0) FROM register_entries WHERE org = ?",
        )
        .bind(org.as_bytes().to_vec());
        let row = self.connection().fetch_one(query).await.map_err(failed)?;
        number(&row, 0)
    }
}

impl RegisterWrite for Session<WriterTx> {
    async fn append_leaf(&mut self, log: LogId, leaf: &NewLeaf) -> Result<()> {
        if self.log_size(log).await? != leaf.index {
            return Err(StorageError::Conflict);
        }
        let connection = self.changing().await?;
        let query = sqlx::query(
            "INSERT INTO logs (id, size) VALUES (?1, ?2 + 1) \
             ON CONFLICT (id) DO UPDATE SET size = ?2 + 1; \
             INSERT INTO log_entries (log, leaf, record, data) VALUES (?1, ?2, ?3, ?4)",
        )
        .bind(log.as_bytes().to_vec())
        .bind(int(leaf.index))
        .bind(leaf.record.as_bytes().to_vec())
        .bind(leaf.data.clone());
        connection.execute(query).await.map_err(failed)?;
        for (place, hash) in &leaf.hashes {
            let query = sqlx::query("INSERT INTO log_hashes (log, place, hash) VALUES (?, ?, ?)")
                .bind(log.as_bytes().to_vec())
                .bind(int(*place))
                .bind(hash.to_vec());
            connection.execute(query).await.map_err(failed)?;
        }
        Ok(())
    }

    async fn add_register_entry(&mut self, entry: &NewRegisterEntry) -> Result<u64> {
        let position = self.register_total(entry.sealed.org).await?;
        let query = sqlx::query(
            "INSERT INTO register_entries (org, position, channel, record, log, leaf, recorded_at, \
             kind, register_key, ciphertext) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(entry.sealed.org.as_bytes().to_vec())
        .bind(int(position))
        .bind(entry.channel.as_bytes().to_vec())
        .bind(entry.record.as_bytes().to_vec())
        .bind(entry.log.as_bytes().to_vec())
        .bind(int(entry.index))
        .bind(entry.recorded_at.0)
        .bind(entry.kind.code())
        .bind(entry.sealed.key.as_bytes().to_vec())
        .bind(entry.sealed.ciphertext.clone());
        self.changing()
            .await?
            .execute(query)
            .await
            .map_err(failed)?;
        Ok(position)
    }
}

impl Write for Session<WriterTx> {
    fn after_commit(&mut self, effect: Effect) {
        self.push_effect(effect);
    }
}

fn register_entry(row: &SqliteRow) -> Result<RegisterEntry> {
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
