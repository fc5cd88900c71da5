//! Operations that were done.

use beraad_protocol::{DeviceId, OperationId};
use beraad_storage::{
    Result, StorageError,
    operation::{DoneOperation, OperationRead, OperationWrite},
};
use sqlx::Executor;

use crate::{
    session::{Connected, HasConnection, Session, bytes, failed, maybe_id, text},
    writer::WriterTx,
};

impl<C: Connected> OperationRead for Session<C> {
    async fn operation(
        &mut self,
        device: DeviceId,
        op: OperationId,
    ) -> Result<Option<DoneOperation>> {
        let query =
            sqlx::query("SELECT kind, channel, answer FROM operations WHERE device = ? AND op = ?")
                .bind(device.as_bytes().to_vec())
                .bind(op.as_bytes().to_vec());
        let Some(row) = self
            .connection()
            .fetch_optional(query)
            .await
            .map_err(failed)?
        else {
            return Ok(None);
        };
        Ok(Some(DoneOperation {
            kind: text(&row, 0)?,
            channel: maybe_id(&row, 1)?,
            answer: bytes(&row, 2)?,
        }))
    }
}

impl OperationWrite for Session<WriterTx> {
    async fn remember(
        &mut self,
        device: DeviceId,
        op: OperationId,
        done: &DoneOperation,
    ) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO operations (device, op, kind, channel, answer) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(device.as_bytes().to_vec())
        .bind(op.as_bytes().to_vec())
        .bind(done.kind.clone())
        .bind(done.channel.map(|channel| channel.as_bytes().to_vec()))
        .bind(done.answer.clone());
        self.changing()
            .await?
            .execute(query)
            .await
            .map_err(failed)?;
        Ok::<_, StorageError>(())
    }
}
