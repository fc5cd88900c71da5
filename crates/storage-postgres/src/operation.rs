//! Operations that were done.

use beraad_protocol::{DeviceId, OperationId};
use beraad_storage::{
    Result, StorageError,
    operation::{DoneOperation, OperationRead, OperationWrite},
};

use crate::{
    session::{Connected, Lookups, Session, bytes, maybe_id, text},
    transaction::WriterTx,
};

impl<C: Connected> OperationRead for Session<C> {
    async fn operation(
        &mut self,
        device: DeviceId,
        op: OperationId,
    ) -> Result<Option<DoneOperation>> {
        // Whoever is about to do it holds it, so that two nodes do not do it both.
        self.0.hold(lock_of(device, op)).await?;
        let query = sqlx::query(
            "SELECT kind, channel, answer FROM operations WHERE device = $1 AND op = $2",
        )
        .bind(*device.as_bytes())
        .bind(*op.as_bytes());
        let Some(row) = self.row(query).await? else {
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
            "INSERT INTO operations (device, op, kind, channel, answer) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        )
        .bind(*device.as_bytes())
        .bind(*op.as_bytes())
        .bind(done.kind.clone())
        .bind(done.channel.map(|channel| *channel.as_bytes()))
        .bind(done.answer.clone());
        match self.change(query).await? {
            0 => Err(StorageError::Conflict),
            _ => Ok(()),
        }
    }
}

/// The number under which an operation is held. Two that share one only wait for each other.
fn lock_of(device: DeviceId, op: OperationId) -> i64 {
    lock_number(device.as_bytes()).rotate_left(1) ^ lock_number(op.as_bytes())
}

/// The number under which the thing with this random id is held.
pub(crate) fn lock_number(id: &[u8; 16]) -> i64 {
    let (first, second) = id.split_at(8);
    let number = |half: &[u8]| half.iter().fold(0, |sum, byte| sum << 8 | i64::from(*byte));
    number(first) ^ number(second)
}
