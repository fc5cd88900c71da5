//! Channels, members and entries.

use beraad_protocol::{
    ChannelId, DeviceId, OperationId,
    entry::{Entry, EntryKind},
    vocabulary::Framework,
};
use beraad_storage::{
    ChannelState, Locked, Result, StorageError,
    channel::{Channel, ChannelRead, ChannelWrite, EntryRow, Head, Member, NewChannel, Stint},
    operation::DoneOperation,
};
use futures_util::TryStreamExt;
use sqlx::{Executor, Row, sqlite::SqliteRow};

use crate::{
    session::{
        Connected, HasConnection, Session, bytes, code, failed, id, int, maybe_id, maybe_number,
        moment, number, text,
    },
    writer::WriterTx,
};

impl<C: Connected> ChannelRead for Session<C> {
    async fn channel(&mut self, channel: ChannelId) -> Result<Option<Channel>> {
        let query = sqlx::query(
            "SELECT id, case_code, framework, created_by, created_at, epoch, head FROM channels \
             WHERE id = ?",
        )
        .bind(channel.as_bytes().to_vec());
        let Some(row) = self
            .connection()
            .fetch_optional(query)
            .await
            .map_err(failed)?
        else {
            return Ok(None);
        };
        let framework: Framework = code(&row, 2)?;
        Ok(Some(Channel {
            id: id(&row, 0)?,
            case_code: text(&row, 1)?,
            framework,
            created_by: id(&row, 3)?,
            created_at: moment(&row, 4)?,
            epoch: number(&row, 5)?,
            head: number(&row, 6)?,
        }))
    }

    async fn stints(&mut self, channel: ChannelId, device: DeviceId) -> Result<Vec<Stint>> {
        let query = sqlx::query(
            "SELECT from_seq, until_seq FROM members WHERE channel = ? AND device = ? \
             ORDER BY from_seq",
        )
        .bind(channel.as_bytes().to_vec())
        .bind(device.as_bytes().to_vec());
        let rows = self.connection().fetch_all(query).await.map_err(failed)?;
        rows.iter()
            .map(|row| {
                Ok(Stint {
                    from: number(row, 0)?,
                    until: maybe_number(row, 1)?,
                })
            })
            .collect()
    }

    async fn stints_of(&mut self, device: DeviceId) -> Result<Vec<(ChannelId, Stint)>> {
        let query = sqlx::query(
            "SELECT channel, from_seq, until_seq FROM members WHERE device = ? \
             ORDER BY channel, from_seq",
        )
        .bind(device.as_bytes().to_vec());
        let rows = self.connection().fetch_all(query).await.map_err(failed)?;
        rows.iter()
            .map(|row| {
                let stint = Stint {
                    from: number(row, 1)?,
                    until: maybe_number(row, 2)?,
                };
                Ok((id(row, 0)?, stint))
            })
            .collect()
    }

    async fn heads(&mut self, channels: &[ChannelId]) -> Result<Vec<Head>> {
        let mut heads = Vec::new();
        for channel in channels {
            let query =
                sqlx::query("SELECT head, epoch FROM channels WHERE id = ? AND head IS NOT NULL")
                    .bind(channel.as_bytes().to_vec());
            let row = self
                .connection()
                .fetch_optional(query)
                .await
                .map_err(failed)?;
            if let Some(row) = row {
                heads.push(Head {
                    channel: *channel,
                    head: number(&row, 0)?,
                    epoch: number(&row, 1)?,
                });
            }
        }
        Ok(heads)
    }

    async fn members(&mut self, channel: ChannelId) -> Result<Vec<Member>> {
        let query = sqlx::query(
            "SELECT device, user, org, from_seq FROM members \
             WHERE channel = ? AND until_seq IS NULL ORDER BY from_seq, device",
        )
        .bind(channel.as_bytes().to_vec());
        let rows = self.connection().fetch_all(query).await.map_err(failed)?;
        rows.iter()
            .map(|row| {
                Ok(Member {
                    device: id(row, 0)?,
                    user: id(row, 1)?,
                    org: id(row, 2)?,
                    from: number(row, 3)?,
                })
            })
            .collect()
    }

    async fn entries(
        &mut self,
        channel: ChannelId,
        from: u64,
        to: u64,
        max_entries: usize,
        max_bytes: usize,
    ) -> Result<Vec<Entry>> {
        let query = sqlx::query(
            "SELECT seq, epoch, at, sender, op, kind, payload FROM entries \
             WHERE channel = ? AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?",
        )
        .bind(channel.as_bytes().to_vec())
        .bind(int(from))
        .bind(int(to))
        .bind(int(max_entries as u64));
        let mut entries = Vec::new();
        let mut total = 0;
        let mut rows = self.connection().fetch(query);
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            let entry = entry(&row)?;
            total += entry.payload.len();
            if total > max_bytes && !entries.is_empty() {
                break;
            }
            entries.push(entry);
        }
        Ok(entries)
    }

    async fn view(&mut self, channel: ChannelId) -> Result<Option<(u64, Vec<u8>)>> {
        let query = sqlx::query("SELECT epoch, state FROM channel_views WHERE channel = ?")
            .bind(channel.as_bytes().to_vec());
        let row = self
            .connection()
            .fetch_optional(query)
            .await
            .map_err(failed)?;
        row.map(|row| Ok((number(&row, 0)?, bytes(&row, 1)?)))
            .transpose()
    }
}

/// A channel with what one device and one operation are in it, after what has to happen before.
macro_rules! lock_sql {
    ($before:literal) => {
        concat!(
            $before,
            "SELECT c.epoch, c.head, EXISTS (SELECT 1 FROM members m WHERE m.channel = c.id \
             AND m.device = ?2 AND m.until_seq IS NULL), o.kind, o.channel, o.answer \
             FROM channels c LEFT JOIN operations o ON o.device = ?2 AND o.op = ?3 WHERE c.id = ?1"
        )
    };
}

impl ChannelWrite for Session<WriterTx> {
    async fn open_channel(&mut self, channel: &NewChannel) -> Result<Locked<ChannelState>> {
        let query = sqlx::query(
            "INSERT INTO channels (id, case_code, framework, created_by, created_at, epoch) \
             VALUES (?, ?, ?, ?, ?, 0)",
        )
        .bind(channel.id.as_bytes().to_vec())
        .bind(channel.case_code.clone())
        .bind(channel.framework.code())
        .bind(channel.created_by.as_bytes().to_vec())
        .bind(channel.created_at.0);
        self.changing()
            .await?
            .execute(query)
            .await
            .map_err(failed)?;
        Ok(Locked::by_adapter(ChannelState {
            id: channel.id,
            epoch: 0,
            head: None,
            asker_is_member: false,
            earlier: None,
        }))
    }

    async fn lock_channel(
        &mut self,
        channel: ChannelId,
        asker: DeviceId,
        op: OperationId,
    ) -> Result<Option<Locked<ChannelState>>> {
        // There is one writer, so whoever asks here holds the lock. Whoever asks is about to change
        // something, so the savepoint is opened on the way.
        let sql = self.begin_with(
            lock_sql!(""),
            lock_sql!("SAVEPOINT job; "),
            lock_sql!("RELEASE job; SAVEPOINT job; "),
        );
        let query = sqlx::query(sql)
            .bind(channel.as_bytes().to_vec())
            .bind(asker.as_bytes().to_vec())
            .bind(op.as_bytes().to_vec());
        let found = self.connection().fetch_optional(query).await;
        let Some(row) = found.map_err(|error| self.did_not_begin(error))? else {
            return Ok(None);
        };
        let earlier = match row.try_get::<Option<String>, _>(3).map_err(failed)? {
            None => None,
            Some(kind) => Some(DoneOperation {
                kind,
                channel: maybe_id(&row, 4)?,
                answer: bytes(&row, 5)?,
            }),
        };
        Ok(Some(Locked::by_adapter(ChannelState {
            id: channel,
            epoch: number(&row, 0)?,
            head: maybe_number(&row, 1)?,
            asker_is_member: row.try_get(2).map_err(failed)?,
            earlier,
        })))
    }

    async fn store_entry(&mut self, row: &EntryRow<'_>) -> Result<()> {
        let entry = row.entry();
        let (channel, sender) = (row.channel().as_bytes().to_vec(), entry.sender.as_bytes());
        // One question for all three: a message is the hot path.
        let query = sqlx::query(
            "INSERT INTO entries (channel, seq, epoch, at, sender, op, kind, payload) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?); \
             INSERT INTO operations (device, op, kind, channel, answer) VALUES (?, ?, ?, ?, ?); \
             UPDATE channels SET epoch = ?, head = ? WHERE id = ?",
        )
        .bind(channel.clone())
        .bind(int(row.seq()))
        .bind(int(row.made_in()))
        .bind(entry.at.0)
        .bind(sender.to_vec())
        .bind(entry.op.as_bytes().to_vec())
        .bind(kind_code(entry.kind))
        .bind(entry.payload.to_vec())
        .bind(sender.to_vec())
        .bind(entry.op.as_bytes().to_vec())
        .bind(entry.request.to_owned())
        .bind(channel.clone())
        .bind(entry.answer.to_vec())
        .bind(int(row.epoch()))
        .bind(int(row.seq()))
        .bind(channel);
        self.changing()
            .await?
            .execute(query)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn put_view(&mut self, channel: &Locked<ChannelState>, state: &[u8]) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO channel_views (channel, epoch, state) VALUES (?, ?, ?) \
             ON CONFLICT (channel) DO UPDATE SET epoch = excluded.epoch, state = excluded.state",
        )
        .bind(channel.id.as_bytes().to_vec())
        .bind(int(channel.epoch))
        .bind(state.to_vec());
        self.changing()
            .await?
            .execute(query)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn add_member(&mut self, channel: &Locked<ChannelState>, member: &Member) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO members (channel, device, from_seq, user, org) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(channel.id.as_bytes().to_vec())
        .bind(member.device.as_bytes().to_vec())
        .bind(int(member.from))
        .bind(member.user.as_bytes().to_vec())
        .bind(member.org.as_bytes().to_vec());
        self.changing()
            .await?
            .execute(query)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn end_member(
        &mut self,
        channel: &Locked<ChannelState>,
        device: DeviceId,
        until: u64,
    ) -> Result<()> {
        let query = sqlx::query(
            "UPDATE members SET until_seq = ? \
             WHERE channel = ? AND device = ? AND until_seq IS NULL",
        )
        .bind(int(until))
        .bind(channel.id.as_bytes().to_vec())
        .bind(device.as_bytes().to_vec());
        self.changing()
            .await?
            .execute(query)
            .await
            .map_err(failed)?;
        Ok(())
    }
}

fn entry(row: &SqliteRow) -> Result<Entry> {
    let kind = match row.try_get::<&str, _>(5).map_err(failed)? {
        "created" => EntryKind::Created,
        "message" => EntryKind::Message,
        "commit" => EntryKind::Commit,
        _ => return Err(StorageError::Damaged("a code is not in its list")),
    };
    Ok(Entry {
        seq: number(row, 0)?,
        epoch: number(row, 1)?,
        at: moment(row, 2)?,
        sender: id(row, 3)?,
        op: id(row, 4)?,
        kind,
        payload: bytes(row, 6)?,
    })
}

fn kind_code(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Created => "created",
        EntryKind::Message => "message",
        EntryKind::Commit => "commit",
    }
}
