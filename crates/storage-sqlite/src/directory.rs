//! Organisations, accounts, devices, one-time links.

use std::collections::HashMap;

use beraad_protocol::{
    DeviceId, OrgId, Timestamp, UserId,
    directory::{Device, Directory, Organisation, RegisterKey, User},
    vocabulary::{ActingCapacity, OrgRole, OrganisationType},
};
use beraad_storage::{
    Result,
    directory::{Account, DirectoryRead, DirectoryWrite, EnrolledDevice, Link},
};
use sqlx::{Executor, sqlite::SqliteRow};

use crate::{
    session::{
        Connected, HasConnection, Session, bytes, code, codes, failed, id, joined, maybe_id,
        moment, number, text,
    },
    writer::WriterTx,
};

/// What [`enrolled`] reads.
macro_rules! device_columns {
    () => {
        "id, user, signature_key, session_hash, attestation, signature, enrolled_at, revoked_at"
    };
}

impl<C: Connected> DirectoryRead for Session<C> {
    async fn directory_version(&mut self) -> Result<u64> {
        let query = sqlx::query("SELECT version FROM directory_version");
        let row = self.connection().fetch_one(query).await.map_err(failed)?;
        number(&row, 0)
    }

    async fn directory(&mut self) -> Result<Directory> {
        // The version first: what is read after it is at least as new.
        let version = self.directory_version().await?;
        let keys = sqlx::query(
            "SELECT id, public_key, device, signature, created_at, org FROM register_keys \
             ORDER BY created_at, rowid",
        );
        let mut newest: HashMap<OrgId, RegisterKey> = HashMap::new();
        for row in self.connection().fetch_all(keys).await.map_err(failed)? {
            newest.insert(id(&row, 5)?, register_key(&row)?);
        }
        let query = sqlx::query("SELECT id, name, kind FROM organisations ORDER BY name, id");
        let mut organisations = Vec::new();
        for row in self.connection().fetch_all(query).await.map_err(failed)? {
            let id = id(&row, 0)?;
            organisations.push(Organisation {
                id,
                name: text(&row, 1)?,
                kind: code(&row, 2)?,
                register_key: newest.remove(&id),
            });
        }
        let query = sqlx::query(
            "SELECT user, id, attestation, signature FROM devices WHERE revoked_at IS NULL \
             ORDER BY enrolled_at, id",
        );
        let mut devices: HashMap<UserId, Vec<Device>> = HashMap::new();
        for row in self.connection().fetch_all(query).await.map_err(failed)? {
            devices.entry(id(&row, 0)?).or_default().push(Device {
                id: id(&row, 1)?,
                attestation: bytes(&row, 2)?,
                signature: bytes(&row, 3)?,
            });
        }
        let query = sqlx::query(
            "SELECT id, org, name, function, roles, capacities, suspended FROM users \
             ORDER BY name, id",
        );
        let mut users = Vec::new();
        for row in self.connection().fetch_all(query).await.map_err(failed)? {
            let Account {
                id,
                org,
                name,
                function,
                roles,
                capacities,
                suspended,
            } = account(&row)?;
            let devices = devices.remove(&id).unwrap_or_default();
            users.push(User {
                id,
                org,
                name,
                function,
                roles,
                capacities,
                devices,
                suspended,
            });
        }
        Ok(Directory {
            version,
            organisations,
            users,
        })
    }

    async fn organisation(&mut self, org: OrgId) -> Result<Option<Organisation>> {
        let query = sqlx::query("SELECT id, name, kind FROM organisations WHERE id = ?")
            .bind(org.as_bytes().to_vec());
        let Some(row) = self
            .connection()
            .fetch_optional(query)
            .await
            .map_err(failed)?
        else {
            return Ok(None);
        };
        let key = sqlx::query(
            "SELECT id, public_key, device, signature, created_at FROM register_keys \
             WHERE org = ? ORDER BY created_at DESC, rowid DESC LIMIT 1",
        )
        .bind(org.as_bytes().to_vec());
        let key = self
            .connection()
            .fetch_optional(key)
            .await
            .map_err(failed)?;
        Ok(Some(Organisation {
            id: id(&row, 0)?,
            name: text(&row, 1)?,
            kind: code(&row, 2)?,
            register_key: key.as_ref().map(register_key).transpose()?,
        }))
    }

    async fn account(&mut self, user: UserId) -> Result<Option<Account>> {
        let query = sqlx::query(
            "SELECT id, org, name, function, roles, capacities, suspended FROM users WHERE id = ?",
        )
        .bind(user.as_bytes().to_vec());
        let row = self
            .connection()
            .fetch_optional(query)
            .await
            .map_err(failed)?;
        row.as_ref().map(account).transpose()
    }

    async fn device(&mut self, device: DeviceId) -> Result<Option<EnrolledDevice>> {
        let query = sqlx::query(concat!(
            "SELECT ",
            device_columns!(),
            " FROM devices WHERE id = ?"
        ))
        .bind(device.as_bytes().to_vec());
        let row = self
            .connection()
            .fetch_optional(query)
            .await
            .map_err(failed)?;
        row.as_ref().map(enrolled).transpose()
    }

    async fn device_by_session(
        &mut self,
        session_hash: [u8; 32],
    ) -> Result<Option<EnrolledDevice>> {
        let query = sqlx::query(concat!(
            "SELECT ",
            device_columns!(),
            " FROM devices WHERE session_hash = ?"
        ))
        .bind(session_hash.to_vec());
        let row = self
            .connection()
            .fetch_optional(query)
            .await
            .map_err(failed)?;
        row.as_ref().map(enrolled).transpose()
    }

    async fn devices_of(&mut self, user: UserId) -> Result<Vec<DeviceId>> {
        let query = sqlx::query(
            "SELECT id FROM devices WHERE user = ? AND revoked_at IS NULL ORDER BY enrolled_at, id",
        )
        .bind(user.as_bytes().to_vec());
        let rows = self.connection().fetch_all(query).await.map_err(failed)?;
        rows.iter().map(|row| id(row, 0)).collect()
    }

    async fn link(&mut self, token_hash: [u8; 32]) -> Result<Option<Link>> {
        let query = sqlx::query("SELECT user, expires_at, used_by FROM links WHERE token_hash = ?")
            .bind(token_hash.to_vec());
        let Some(row) = self
            .connection()
            .fetch_optional(query)
            .await
            .map_err(failed)?
        else {
            return Ok(None);
        };
        Ok(Some(Link {
            token_hash,
            user: id(&row, 0)?,
            expires_at: moment(&row, 1)?,
            used_by: maybe_id(&row, 2)?,
        }))
    }
}

impl DirectoryWrite for Session<WriterTx> {
    async fn raise_directory_version(&mut self) -> Result<u64> {
        let query =
            sqlx::query("UPDATE directory_version SET version = version + 1 RETURNING version");
        let row = self
            .changing()
            .await?
            .fetch_one(query)
            .await
            .map_err(failed)?;
        number(&row, 0)
    }

    async fn add_organisation(
        &mut self,
        id: OrgId,
        name: &str,
        kind: OrganisationType,
        at: Timestamp,
    ) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO organisations (id, name, kind, created_at) VALUES (?, ?, ?, ?)",
        )
        .bind(id.as_bytes().to_vec())
        .bind(name.to_owned())
        .bind(kind.code())
        .bind(at.0);
        self.changing()
            .await?
            .execute(query)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn add_account(&mut self, account: &Account, at: Timestamp) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO users (id, org, name, function, roles, capacities, suspended, created_at) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(account.id.as_bytes().to_vec())
        .bind(account.org.as_bytes().to_vec())
        .bind(account.name.clone())
        .bind(account.function.clone())
        .bind(joined(account.roles.iter().copied().map(OrgRole::code)))
        .bind(joined(
            account.capacities.iter().copied().map(ActingCapacity::code),
        ))
        .bind(account.suspended)
        .bind(at.0);
        self.changing()
            .await?
            .execute(query)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn update_account(&mut self, account: &Account) -> Result<()> {
        let query = sqlx::query(
            "UPDATE users SET name = ?, function = ?, roles = ?, capacities = ?, suspended = ? \
             WHERE id = ?",
        )
        .bind(account.name.clone())
        .bind(account.function.clone())
        .bind(joined(account.roles.iter().copied().map(OrgRole::code)))
        .bind(joined(
            account.capacities.iter().copied().map(ActingCapacity::code),
        ))
        .bind(account.suspended)
        .bind(account.id.as_bytes().to_vec());
        self.changing()
            .await?
            .execute(query)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn add_device(&mut self, device: &EnrolledDevice) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO devices (id, user, signature_key, session_hash, attestation, signature, \
             enrolled_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(device.id.as_bytes().to_vec())
        .bind(device.user.as_bytes().to_vec())
        .bind(device.signature_key.to_vec())
        .bind(device.session_hash.to_vec())
        .bind(device.attestation.clone())
        .bind(device.signature.clone())
        .bind(device.enrolled_at.0)
        .bind(device.revoked_at.map(|at| at.0));
        self.changing()
            .await?
            .execute(query)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn attest_anew(
        &mut self,
        device: DeviceId,
        attestation: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let query = sqlx::query("UPDATE devices SET attestation = ?, signature = ? WHERE id = ?")
            .bind(attestation.to_vec())
            .bind(signature.to_vec())
            .bind(device.as_bytes().to_vec());
        self.changing()
            .await?
            .execute(query)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn add_link(&mut self, link: &Link) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO links (token_hash, user, expires_at, used_by) VALUES (?, ?, ?, ?)",
        )
        .bind(link.token_hash.to_vec())
        .bind(link.user.as_bytes().to_vec())
        .bind(link.expires_at.0)
        .bind(link.used_by.map(|device| device.as_bytes().to_vec()));
        self.changing()
            .await?
            .execute(query)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn use_link(&mut self, token_hash: [u8; 32], device: DeviceId) -> Result<bool> {
        let query =
            sqlx::query("UPDATE links SET used_by = ? WHERE token_hash = ? AND used_by IS NULL")
                .bind(device.as_bytes().to_vec())
                .bind(token_hash.to_vec());
        let done = self
            .changing()
            .await?
            .execute(query)
            .await
            .map_err(failed)?;
        Ok(done.rows_affected() == 1)
    }

    async fn drop_unused_links(&mut self, user: UserId) -> Result<()> {
        let query = sqlx::query("DELETE FROM links WHERE user = ? AND used_by IS NULL")
            .bind(user.as_bytes().to_vec());
        self.changing()
            .await?
            .execute(query)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn add_register_key(&mut self, org: OrgId, key: &RegisterKey) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO register_keys (id, org, public_key, device, signature, created_at) \
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(key.id.as_bytes().to_vec())
        .bind(org.as_bytes().to_vec())
        .bind(key.public_key.clone())
        .bind(key.device.as_bytes().to_vec())
        .bind(key.signature.clone())
        .bind(key.created_at.0);
        self.changing()
            .await?
            .execute(query)
            .await
            .map_err(failed)?;
        Ok(())
    }
}

fn enrolled(row: &SqliteRow) -> Result<EnrolledDevice> {
    let revoked_at: Option<i64> = sqlx::Row::try_get(row, 7).map_err(failed)?;
    Ok(EnrolledDevice {
        id: id(row, 0)?,
        user: id(row, 1)?,
        signature_key: id(row, 2)?,
        session_hash: id(row, 3)?,
        attestation: bytes(row, 4)?,
        signature: bytes(row, 5)?,
        enrolled_at: moment(row, 6)?,
        revoked_at: revoked_at.map(Timestamp),
    })
}

fn account(row: &SqliteRow) -> Result<Account> {
    Ok(Account {
        id: id(row, 0)?,
        org: id(row, 1)?,
        name: text(row, 2)?,
        function: text(row, 3)?,
        roles: codes(row, 4)?,
        capacities: codes(row, 5)?,
        suspended: sqlx::Row::try_get(row, 6).map_err(failed)?,
    })
}

fn register_key(row: &SqliteRow) -> Result<RegisterKey> {
    Ok(RegisterKey {
        id: id(row, 0)?,
        public_key: bytes(row, 1)?,
        device: id(row, 2)?,
        signature: bytes(row, 3)?,
        created_at: moment(row, 4)?,
    })
}
