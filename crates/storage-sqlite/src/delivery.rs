//! KeyPackages and welcomes that wait.

use beraad_protocol::{ChannelId, DeviceId, request::WaitingWelcome};
use beraad_storage::{
    Result,
    delivery::{DeliveryRead, DeliveryWrite, NewKeyPackage},
};
use futures_util::TryStreamExt;
use sqlx::Executor;

use crate::{
    session::{Connected, HasConnection, Session, bytes, code, failed, id, int, number, text},
    writer::WriterTx,
};

impl<C: Connected> DeliveryRead for Session<C> {
    async fn key_packages_left(&mut self, device: DeviceId) -> Result<u32> {
        let query =
            sqlx::query("SELECT count(*) FROM key_packages WHERE device = ? AND last_resort = 0")
                .bind(device.as_bytes().to_vec());
        let row = self.connection().fetch_one(query).await.map_err(failed)?;
        Ok(u32::try_from(number(&row, 0)?).unwrap_or(u32::MAX))
    }

    async fn welcomes_waiting(&mut self, device: DeviceId) -> Result<u32> {
        let query = sqlx::query("SELECT count(*) FROM welcome_targets WHERE device = ?")
            .bind(device.as_bytes().to_vec());
        let row = self.connection().fetch_one(query).await.map_err(failed)?;
        Ok(u32::try_from(number(&row, 0)?).unwrap_or(u32::MAX))
    }

    async fn untold_of_welcomes(&mut self, devices: &[DeviceId]) -> Result<Vec<DeviceId>> {
        let mut untold = Vec::new();
        for device in devices {
            let query =
                sqlx::query("SELECT 1 FROM welcome_targets WHERE device = ? AND taken = 0 LIMIT 1")
                    .bind(device.as_bytes().to_vec());
            let row = self
                .connection()
                .fetch_optional(query)
                .await
                .map_err(failed)?;
            if row.is_some() {
                untold.push(*device);
            }
        }
        Ok(untold)
    }
}

impl DeliveryWrite for Session<WriterTx> {
    async fn add_key_package(
        &mut self,
        device: DeviceId,
        key_package: &NewKeyPackage,
    ) -> Result<bool> {
        let connection = self.changing().await?;
        let query = sqlx::query("INSERT OR IGNORE INTO key_packages_seen (hash) VALUES (?)")
            .bind(key_package.hash.clone());
        if connection
            .execute(query)
            .await
            .map_err(failed)?
            .rows_affected()
            == 0
        {
            return Ok(false);
        }
        if key_package.last_resort {
            let query =
                sqlx::query("DELETE FROM key_packages WHERE device = ? AND last_resort = 1")
                    .bind(device.as_bytes().to_vec());
            connection.execute(query).await.map_err(failed)?;
        }
        let query = sqlx::query(
            "INSERT INTO key_packages (device, hash, last_resort, bytes) VALUES (?, ?, ?, ?)",
        )
        .bind(device.as_bytes().to_vec())
        .bind(key_package.hash.clone())
        .bind(key_package.last_resort)
        .bind(key_package.bytes.clone());
        connection.execute(query).await.map_err(failed)?;
        Ok(true)
    }

    async fn claim_key_package(&mut self, device: DeviceId) -> Result<Option<Vec<u8>>> {
        let connection = self.changing().await?;
        let query = sqlx::query(
            "DELETE FROM key_packages WHERE number = (SELECT number FROM key_packages \
             WHERE device = ? AND last_resort = 0 ORDER BY number LIMIT 1) RETURNING bytes",
        )
        .bind(device.as_bytes().to_vec());
        if let Some(row) = connection.fetch_optional(query).await.map_err(failed)? {
            return bytes(&row, 0).map(Some);
        }
        let query =
            sqlx::query("SELECT bytes FROM key_packages WHERE device = ? AND last_resort = 1")
                .bind(device.as_bytes().to_vec());
        let row = connection.fetch_optional(query).await.map_err(failed)?;
        row.map(|row| bytes(&row, 0)).transpose()
    }

    async fn queue_welcome(
        &mut self,
        channel: ChannelId,
        seq: u64,
        devices: &[DeviceId],
        welcome: &[u8],
    ) -> Result<()> {
        let connection = self.changing().await?;
        let query = sqlx::query("INSERT INTO welcomes (channel, seq, bytes) VALUES (?, ?, ?)")
            .bind(channel.as_bytes().to_vec())
            .bind(int(seq))
            .bind(welcome.to_vec());
        connection.execute(query).await.map_err(failed)?;
        for device in devices {
            let query =
                sqlx::query("INSERT INTO welcome_targets (device, channel, seq) VALUES (?, ?, ?)")
                    .bind(device.as_bytes().to_vec())
                    .bind(channel.as_bytes().to_vec())
                    .bind(int(seq));
            connection.execute(query).await.map_err(failed)?;
        }
        Ok(())
    }

    async fn take_welcomes(
        &mut self,
        device: DeviceId,
        max_bytes: usize,
    ) -> Result<Vec<WaitingWelcome>> {
        let connection = self.changing().await?;
        let query = sqlx::query(
            "SELECT t.channel, c.case_code, c.framework, t.seq, w.bytes FROM welcome_targets t \
             JOIN welcomes w ON w.channel = t.channel AND w.seq = t.seq \
             JOIN channels c ON c.id = t.channel \
             WHERE t.device = ? ORDER BY t.channel, t.seq",
        )
        .bind(device.as_bytes().to_vec());
        let mut welcomes = Vec::new();
        let mut total = 0;
        {
            let mut rows = connection.fetch(query);
            while let Some(row) = rows.try_next().await.map_err(failed)? {
                let welcome = WaitingWelcome {
                    channel: id(&row, 0)?,
                    case_code: text(&row, 1)?,
                    framework: code(&row, 2)?,
                    seq: number(&row, 3)?,
                    welcome: bytes(&row, 4)?,
                };
                total += welcome.welcome.len() + welcome.case_code.len() + 128;
                if total > max_bytes && !welcomes.is_empty() {
                    break;
                }
                welcomes.push(welcome);
            }
        }
        for welcome in &welcomes {
            let query = sqlx::query(
                "UPDATE welcome_targets SET taken = 1 \
                 WHERE device = ? AND channel = ? AND seq = ?",
            )
            .bind(device.as_bytes().to_vec())
            .bind(welcome.channel.as_bytes().to_vec())
            .bind(int(welcome.seq));
            connection.execute(query).await.map_err(failed)?;
        }
        Ok(welcomes)
    }

    async fn drop_welcomes(&mut self, device: DeviceId, channels: &[ChannelId]) -> Result<()> {
        let connection = self.changing().await?;
        for channel in channels {
            let query = sqlx::query(
                "DELETE FROM welcome_targets WHERE device = ?1 AND channel = ?2 AND taken = 1; \
                 DELETE FROM welcomes WHERE channel = ?2 AND NOT EXISTS \
                 (SELECT 1 FROM welcome_targets t \
                  WHERE t.channel = welcomes.channel AND t.seq = welcomes.seq)",
            )
            .bind(device.as_bytes().to_vec())
            .bind(channel.as_bytes().to_vec());
            connection.execute(query).await.map_err(failed)?;
        }
        Ok(())
    }
}
