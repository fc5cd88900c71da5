//! KeyPackages and welcomes that wait.

use beraad_protocol::{ChannelId, DeviceId, request::WaitingWelcome};
use beraad_storage::{
    Result, StorageError,
    delivery::{DeliveryRead, DeliveryWrite, NewKeyPackage},
};
use sqlx::postgres::PgRow;

use crate::{
    operation::lock_number,
    session::{Connected, Lookups, Session, bytes, code, id, int, number, size, text},
    transaction::WriterTx,
};

/// Welcomes that are looked at to fill one answer.
const AT_ONCE: i64 = 1000;

impl<C: Connected> DeliveryRead for Session<C> {
    async fn key_packages_left(&mut self, device: DeviceId) -> Result<u32> {
        let query =
            sqlx::query("SELECT count(*) FROM key_packages WHERE device = $1 AND NOT last_resort")
                .bind(*device.as_bytes());
        count(&self.one(query).await?)
    }

    async fn welcomes_waiting(&mut self, device: DeviceId) -> Result<u32> {
        let query = sqlx::query("SELECT count(*) FROM welcome_targets WHERE device = $1")
            .bind(*device.as_bytes());
        count(&self.one(query).await?)
    }

    async fn untold_of_welcomes(&mut self, devices: &[DeviceId]) -> Result<Vec<DeviceId>> {
        let devices: Vec<_> = devices.iter().map(|id| id.as_bytes().to_vec()).collect();
        let query = sqlx::query(
            "SELECT DISTINCT device FROM welcome_targets WHERE NOT taken AND device = ANY($1) \
             ORDER BY device",
        )
        .bind(devices);
        let rows = self.rows(query).await?;
        rows.iter().map(|row| id(row, 0)).collect()
    }
}

impl DeliveryWrite for Session<WriterTx> {
    async fn add_key_package(
        &mut self,
        device: DeviceId,
        key_package: &NewKeyPackage,
    ) -> Result<bool> {
        // So that what the device has left is counted right, and there is one last resort.
        self.hold_device(device).await?;
        let query =
            sqlx::query("INSERT INTO key_packages_seen (hash) VALUES ($1) ON CONFLICT DO NOTHING")
                .bind(key_package.hash.clone());
        if self.change(query).await? == 0 {
            return Ok(false);
        }
        if key_package.last_resort {
            let query = sqlx::query("DELETE FROM key_packages WHERE device = $1 AND last_resort")
                .bind(*device.as_bytes());
            self.change(query).await?;
        }
        let query = sqlx::query(
            "INSERT INTO key_packages (device, hash, last_resort, bytes) VALUES ($1, $2, $3, $4)",
        )
        .bind(*device.as_bytes())
        .bind(key_package.hash.clone())
        .bind(key_package.last_resort)
        .bind(key_package.bytes.clone());
        self.change(query).await?;
        Ok(true)
    }

    async fn claim_key_package(&mut self, device: DeviceId) -> Result<Option<Vec<u8>>> {
        // One that another transaction is taking right now is passed over, not waited for.
        let query = sqlx::query(
            "WITH oldest AS ( \
               SELECT number FROM key_packages WHERE device = $1 AND NOT last_resort \
               ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED), \
             claimed AS ( \
               DELETE FROM key_packages USING oldest \
               WHERE key_packages.number = oldest.number RETURNING key_packages.bytes) \
             SELECT bytes FROM claimed UNION ALL \
             SELECT bytes FROM key_packages WHERE device = $1 AND last_resort \
               AND NOT EXISTS (SELECT FROM claimed)",
        )
        .bind(*device.as_bytes());
        self.engage();
        let row = self.row(query).await?;
        row.map(|row| bytes(&row, 0)).transpose()
    }

    async fn queue_welcome(
        &mut self,
        channel: ChannelId,
        seq: u64,
        devices: &[DeviceId],
        welcome: &[u8],
    ) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO welcomes (channel, seq, bytes) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(*channel.as_bytes())
        .bind(int(seq))
        .bind(welcome.to_vec());
        if self.change(query).await? == 0 {
            return Err(StorageError::Conflict);
        }
        let devices: Vec<_> = devices.iter().map(|id| id.as_bytes().to_vec()).collect();
        let query = sqlx::query(
            "INSERT INTO welcome_targets (device, channel, seq) \
             SELECT device, $1, $2 FROM unnest($3) AS device",
        )
        .bind(*channel.as_bytes())
        .bind(int(seq))
        .bind(devices);
        self.change(query).await.map(drop)
    }

    async fn take_welcomes(
        &mut self,
        device: DeviceId,
        max_bytes: usize,
    ) -> Result<Vec<WaitingWelcome>> {
        self.hold_device(device).await?;
        // PostgreSQL counts the bytes: what does not fit is not sent here.
        let query = sqlx::query(
            "WITH handed AS ( \
               SELECT * FROM ( \
                 SELECT *, row_number() OVER in_order AS nth, \
                   sum(octet_length(bytes) + octet_length(case_code) + 128) OVER in_order AS total \
                 FROM (SELECT t.channel, c.case_code, c.framework, t.seq, w.bytes \
                   FROM welcome_targets t \
                   JOIN welcomes w ON w.channel = t.channel AND w.seq = t.seq \
                   JOIN channels c ON c.id = t.channel \
                   WHERE t.device = $1 ORDER BY t.channel, t.seq LIMIT $3) AS page \
                 WINDOW in_order AS (ORDER BY channel, seq)) AS counted \
               WHERE nth = 1 OR total <= $2), \
             marked AS ( \
               UPDATE welcome_targets t SET taken = TRUE FROM handed h \
               WHERE t.device = $1 AND t.channel = h.channel AND t.seq = h.seq AND NOT t.taken) \
             SELECT channel, case_code, framework, seq, bytes FROM handed ORDER BY channel, seq",
        )
        .bind(*device.as_bytes())
        .bind(size(max_bytes))
        .bind(AT_ONCE);
        self.rows(query).await?.iter().map(welcome).collect()
    }

    async fn drop_welcomes(&mut self, device: DeviceId, channels: &[ChannelId]) -> Result<()> {
        self.hold_device(device).await?;
        let channels: Vec<_> = channels.iter().map(|id| id.as_bytes().to_vec()).collect();
        // Two devices that drop the last two copies at once must not each leave it to the other.
        let query = sqlx::query(
            "SELECT FROM welcomes w JOIN welcome_targets t \
               ON t.channel = w.channel AND t.seq = w.seq \
             WHERE t.device = $1 AND t.channel = ANY($2) AND t.taken \
             ORDER BY w.channel, w.seq FOR UPDATE OF w",
        )
        .bind(*device.as_bytes())
        .bind(channels.clone());
        self.rows(query).await?;
        let query = sqlx::query(
            "DELETE FROM welcome_targets WHERE device = $1 AND channel = ANY($2) AND taken",
        )
        .bind(*device.as_bytes())
        .bind(channels.clone());
        self.change(query).await?;
        let query = sqlx::query(
            "DELETE FROM welcomes w WHERE w.channel = ANY($1) AND NOT EXISTS \
             (SELECT FROM welcome_targets t WHERE t.channel = w.channel AND t.seq = w.seq)",
        )
        .bind(channels);
        self.change(query).await.map(drop)
    }
}

impl Session<WriterTx> {
    /// What waits for a device is changed by one transaction at a time.
    async fn hold_device(&mut self, device: DeviceId) -> Result<()> {
        self.0.hold(lock_number(device.as_bytes())).await
    }
}

fn count(row: &PgRow) -> Result<u32> {
    Ok(u32::try_from(number(row, 0)?).unwrap_or(u32::MAX))
}

fn welcome(row: &PgRow) -> Result<WaitingWelcome> {
    Ok(WaitingWelcome {
        channel: id(row, 0)?,
        case_code: text(row, 1)?,
        framework: code(row, 2)?,
        seq: number(row, 3)?,
        welcome: bytes(row, 4)?,
    })
}
