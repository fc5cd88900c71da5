//! Organisations, accounts, devices, one-time links.
//!
//! A change that looks somebody up hangs on what it finds: in a transaction the row is locked, shared
//! with everybody else who only looks.

use std::collections::HashMap;

use beraad_protocol::{
    DeviceId, OrgId, Timestamp, UserId,
    directory::{Device, Directory, Organisation, RegisterKey, User},
    vocabulary::{ActingCapacity, OrgRole, OrganisationType},
};
use beraad_storage::{
    Result, StorageError,
    directory::{Account, DirectoryRead, DirectoryWrite, EnrolledDevice, Link},
};
use sqlx::postgres::PgRow;

use crate::{
    session::{
        Connected, Lookups, Query, Session, bytes, code, codes, flag, found_and_locked, id, joined,
        maybe_id, maybe_moment, moment, number, text,
    },
    transaction::WriterTx,
};

/// What [`enrolled`] reads.
macro_rules! device_columns {
    () => {
        "id, account, signature_key, session_hash, attestation, signature, enrolled_at, revoked_at"
    };
}

impl<C: Connected> DirectoryRead for Session<C> {
    async fn directory_version(&mut self) -> Result<u64> {
        let query = sqlx::query("SELECT version FROM directory_version");
        number(&self.one(query).await?, 0)
    }

    async fn directory(&mut self) -> Result<Directory> {
        // The version first: what is read after it is at least as new. Held by a change that hangs on
        // the whole directory, since every change of it raises the version.
        let query = sqlx::query(found_and_locked!(
            C,
            "SELECT version FROM directory_version",
            "FOR NO KEY UPDATE"
        ));
        let row = self.locked_row(query).await?;
        let version = row.map_or(Ok(0), |row| number(&row, 0))?;
        let query = sqlx::query(
            "SELECT id, public_key, device, signature, created_at, org FROM register_keys \
             ORDER BY created_at, number",
        );
        let mut newest: HashMap<OrgId, RegisterKey> = HashMap::new();
        for row in self.rows(query).await? {
            newest.insert(id(&row, 5)?, register_key(&row)?);
        }
        let query = sqlx::query("SELECT id, name, kind FROM organisations ORDER BY name, id");
        let mut organisations = Vec::new();
        for row in self.rows(query).await? {
            let id = id(&row, 0)?;
            organisations.push(Organisation {
                id,
                name: text(&row, 1)?,
                kind: code(&row, 2)?,
                register_key: newest.remove(&id),
            });
        }
        let query = sqlx::query(
            "SELECT account, id, attestation, signature FROM devices WHERE revoked_at IS NULL \
             ORDER BY enrolled_at, id",
        );
        let mut devices: HashMap<UserId, Vec<Device>> = HashMap::new();
        for row in self.rows(query).await? {
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
        for row in self.rows(query).await? {
            let account = account(&row)?;
            let devices = devices.remove(&account.id).unwrap_or_default();
            users.push(user(account, devices));
        }
        Ok(Directory {
            version,
            organisations,
            users,
        })
    }

    async fn organisation(&mut self, org: OrgId) -> Result<Option<Organisation>> {
        let query = sqlx::query(found_and_locked!(
            C,
            "SELECT id, name, kind FROM organisations WHERE id = $1",
            "FOR SHARE"
        ))
        .bind(*org.as_bytes());
        let Some(row) = self.locked_row(query).await? else {
            return Ok(None);
        };
        let query = sqlx::query(
            "SELECT id, public_key, device, signature, created_at FROM register_keys \
             WHERE org = $1 ORDER BY created_at DESC, number DESC LIMIT 1",
        )
        .bind(*org.as_bytes());
        let key = self.row(query).await?;
        Ok(Some(Organisation {
            id: id(&row, 0)?,
            name: text(&row, 1)?,
            kind: code(&row, 2)?,
            register_key: key.as_ref().map(register_key).transpose()?,
        }))
    }

    async fn account(&mut self, user: UserId) -> Result<Option<Account>> {
        let query = sqlx::query(found_and_locked!(
            C,
            "SELECT id, org, name, function, roles, capacities, suspended FROM users WHERE id = $1",
            "FOR SHARE"
        ))
        .bind(*user.as_bytes());
        let row = self.locked_row(query).await?;
        row.as_ref().map(account).transpose()
    }

    async fn device(&mut self, device: DeviceId) -> Result<Option<EnrolledDevice>> {
        let query = sqlx::query(found_and_locked!(
            C,
            concat!("SELECT ", device_columns!(), " FROM devices WHERE id = $1"),
            "FOR SHARE"
        ))
        .bind(*device.as_bytes());
        let row = self.locked_row(query).await?;
        row.as_ref().map(enrolled).transpose()
    }

    async fn device_by_session(
        &mut self,
        session_hash: [u8; 32],
    ) -> Result<Option<EnrolledDevice>> {
        let query = sqlx::query(found_and_locked!(
            C,
            concat!(
                "SELECT ",
                device_columns!(),
                " FROM devices WHERE session_hash = $1"
            ),
            "FOR SHARE"
        ))
        .bind(session_hash);
        let row = self.locked_row(query).await?;
        row.as_ref().map(enrolled).transpose()
    }

    async fn devices_of(&mut self, user: UserId) -> Result<Vec<DeviceId>> {
        let query = sqlx::query(
            "SELECT id FROM devices WHERE account = $1 AND revoked_at IS NULL \
             ORDER BY enrolled_at, id",
        )
        .bind(*user.as_bytes());
        let rows = self.rows(query).await?;
        rows.iter().map(|row| id(row, 0)).collect()
    }

    async fn link(&mut self, token_hash: [u8; 32]) -> Result<Option<Link>> {
        // Not shared: whoever looks a link up is about to use it.
        let query = sqlx::query(found_and_locked!(
            C,
            "SELECT account, expires_at, used_by FROM links WHERE token_hash = $1",
            "FOR NO KEY UPDATE"
        ))
        .bind(token_hash);
        let Some(row) = self.locked_row(query).await? else {
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
        self.0.locking().await?;
        number(&self.one(query).await?, 0)
    }

    async fn add_organisation(
        &mut self,
        id: OrgId,
        name: &str,
        kind: OrganisationType,
        at: Timestamp,
    ) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO organisations (id, name, kind, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
        )
        .bind(*id.as_bytes())
        .bind(name.to_owned())
        .bind(kind.code())
        .bind(at.0);
        self.add(query).await
    }

    async fn add_account(&mut self, account: &Account, at: Timestamp) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO users (id, org, name, function, roles, capacities, suspended, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        )
        .bind(*account.id.as_bytes())
        .bind(*account.org.as_bytes())
        .bind(account.name.clone())
        .bind(account.function.clone())
        .bind(joined(account.roles.iter().copied().map(OrgRole::code)))
        .bind(joined(
            account.capacities.iter().copied().map(ActingCapacity::code),
        ))
        .bind(account.suspended)
        .bind(at.0);
        self.add(query).await
    }

    async fn update_account(&mut self, account: &Account) -> Result<()> {
        let query = sqlx::query(
            "UPDATE users SET name = $1, function = $2, roles = $3, capacities = $4, \
             suspended = $5 WHERE id = $6",
        )
        .bind(account.name.clone())
        .bind(account.function.clone())
        .bind(joined(account.roles.iter().copied().map(OrgRole::code)))
        .bind(joined(
            account.capacities.iter().copied().map(ActingCapacity::code),
        ))
        .bind(account.suspended)
        .bind(*account.id.as_bytes());
        self.change_shared(query).await.map(drop)
    }

    async fn add_device(&mut self, device: &EnrolledDevice) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO devices (id, account, signature_key, session_hash, attestation, \
             signature, enrolled_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT DO NOTHING",
        )
        .bind(*device.id.as_bytes())
        .bind(*device.user.as_bytes())
        .bind(device.signature_key)
        .bind(device.session_hash)
        .bind(device.attestation.clone())
        .bind(device.signature.clone())
        .bind(device.enrolled_at.0)
        .bind(device.revoked_at.map(|at| at.0));
        self.add(query).await
    }

    async fn attest_anew(
        &mut self,
        device: DeviceId,
        attestation: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let query =
            sqlx::query("UPDATE devices SET attestation = $1, signature = $2 WHERE id = $3")
                .bind(attestation.to_vec())
                .bind(signature.to_vec())
                .bind(*device.as_bytes());
        self.change_shared(query).await.map(drop)
    }

    async fn add_link(&mut self, link: &Link) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO links (token_hash, account, expires_at, used_by) \
             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(link.token_hash)
        .bind(*link.user.as_bytes())
        .bind(link.expires_at.0)
        .bind(link.used_by.map(|device| *device.as_bytes()));
        self.add(query).await
    }

    async fn use_link(&mut self, token_hash: [u8; 32], device: DeviceId) -> Result<bool> {
        let query =
            sqlx::query("UPDATE links SET used_by = $1 WHERE token_hash = $2 AND used_by IS NULL")
                .bind(*device.as_bytes())
                .bind(token_hash);
        Ok(self.change_shared(query).await? == 1)
    }

    async fn drop_unused_links(&mut self, user: UserId) -> Result<()> {
        let query = sqlx::query("DELETE FROM links WHERE account = $1 AND used_by IS NULL")
            .bind(*user.as_bytes());
        self.change_shared(query).await.map(drop)
    }

    async fn add_register_key(&mut self, org: OrgId, key: &RegisterKey) -> Result<()> {
        // Whoever looked at the organisation relies on its key.
        let query = sqlx::query("SELECT FROM organisations WHERE id = $1 FOR NO KEY UPDATE")
            .bind(*org.as_bytes());
        self.locked_row(query).await?;
        let query = sqlx::query(
            "INSERT INTO register_keys (id, org, public_key, device, signature, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        )
        .bind(*key.id.as_bytes())
        .bind(*org.as_bytes())
        .bind(key.public_key.clone())
        .bind(*key.device.as_bytes())
        .bind(key.signature.clone())
        .bind(key.created_at.0);
        self.add(query).await
    }
}

impl Session<WriterTx> {
    /// Adds a row whose id, name or key must be free.
    async fn add(&mut self, query: Query) -> Result<()> {
        match self.change_shared(query).await? {
            0 => Err(StorageError::Conflict),
            _ => Ok(()),
        }
    }
}

fn user(account: Account, devices: Vec<Device>) -> User {
    let Account {
        id,
        org,
        name,
        function,
        roles,
        capacities,
        suspended,
    } = account;
    User {
        id,
        org,
        name,
        function,
        roles,
        capacities,
        devices,
        suspended,
    }
}

fn enrolled(row: &PgRow) -> Result<EnrolledDevice> {
    Ok(EnrolledDevice {
        id: id(row, 0)?,
        user: id(row, 1)?,
        signature_key: id(row, 2)?,
        session_hash: id(row, 3)?,
        attestation: bytes(row, 4)?,
        signature: bytes(row, 5)?,
        enrolled_at: moment(row, 6)?,
        revoked_at: maybe_moment(row, 7)?,
    })
}

fn account(row: &PgRow) -> Result<Account> {
    Ok(Account {
        id: id(row, 0)?,
        org: id(row, 1)?,
        name: text(row, 2)?,
        function: text(row, 3)?,
        roles: codes(row, 4)?,
        capacities: codes(row, 5)?,
        suspended: flag(row, 6)?,
    })
}

fn register_key(row: &PgRow) -> Result<RegisterKey> {
    Ok(RegisterKey {
        id: id(row, 0)?,
        public_key: bytes(row, 1)?,
        device: id(row, 2)?,
        signature: bytes(row, 3)?,
        created_at: moment(row, 4)?,
    })
}
