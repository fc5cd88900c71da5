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
use sqlx::postgres::PgRow;

use crate::{
    session::{
        Connected, Lookups, Session, bytes, code, flag, id, int, maybe_id, maybe_number,
        maybe_text, moment, number, size, text,
    },
    transaction::WriterTx,
};

impl<C: Connected> ChannelRead for Session<C> {
    async fn channel(&mut self, channel: ChannelId) -> Result<Option<Channel>> {
        let query = sqlx::query(
            "SELECT id, case_code, framework, created_by, created_at, epoch, head FROM channels \
             WHERE id = $1",
        )
        .bind(*channel.as_bytes());
        let Some(row) = self.row(query).await? else {
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
            "SELECT from_seq, until_seq FROM members WHERE channel = $1 AND device = $2 \
             ORDER BY from_seq",
        )
        .bind(*channel.as_bytes())
        .bind(*device.as_bytes());
        let rows = self.rows(query).await?;
        rows.iter().map(|row| stint(row, 0)).collect()
    }

    async fn stints_of(&mut self, device: DeviceId) -> Result<Vec<(ChannelId, Stint)>> {
        let query = sqlx::query(
            "SELECT channel, from_seq, until_seq FROM members WHERE device = $1 \
             ORDER BY channel, from_seq",
        )
        .bind(*device.as_bytes());
        let rows = self.rows(query).await?;
        rows.iter()
            .map(|row| Ok((id(row, 0)?, stint(row, 1)?)))
            .collect()
    }

    async fn heads(&mut self, channels: &[ChannelId]) -> Result<Vec<Head>> {
        let channels: Vec<_> = channels.iter().map(|id| id.as_bytes().to_vec()).collect();
        let query = sqlx::query(
            "SELECT id, head, epoch FROM channels WHERE id = ANY($1) AND head IS NOT NULL",
        )
        .bind(channels);
        let rows = self.rows(query).await?;
        rows.iter()
            .map(|row| {
                Ok(Head {
                    channel: id(row, 0)?,
                    head: number(row, 1)?,
                    epoch: number(row, 2)?,
                })
            })
            .collect()
    }

    async fn members(&mut self, channel: ChannelId) -> Result<Vec<Member>> {
        let query = sqlx::query(
            "SELECT device, account, org, from_seq FROM members \
             WHERE channel = $1 AND until_seq IS NULL ORDER BY from_seq, device",
        )
        .bind(*channel.as_bytes());
        let rows = self.rows(query).await?;
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
        // PostgreSQL counts the bytes: what does not fit is not sent here.
        let query = sqlx::query(
            "SELECT seq, epoch, at, sender, op, kind, payload FROM ( \
               SELECT *, row_number() OVER in_order AS nth, \
                 sum(octet_length(payload)) OVER in_order AS total FROM ( \
                 SELECT * FROM entries WHERE channel = $1 AND seq BETWEEN $2 AND $3 \
                 ORDER BY seq LIMIT $4) AS page \
               WINDOW in_order AS (ORDER BY seq)) AS counted \
             WHERE nth = 1 OR total <= $5 ORDER BY seq",
        )
        .bind(*channel.as_bytes())
        .bind(int(from))
        .bind(int(to))
        .bind(size(max_entries))
        .bind(size(max_bytes));
        self.rows(query).await?.iter().map(entry).collect()
    }

    async fn view(&mut self, channel: ChannelId) -> Result<Option<(u64, Vec<u8>)>> {
        let query = sqlx::query("SELECT epoch, state FROM channel_views WHERE channel = $1")
            .bind(*channel.as_bytes());
        let row = self.row(query).await?;
        row.map(|row| Ok((number(&row, 0)?, bytes(&row, 1)?)))
            .transpose()
    }
}

impl ChannelWrite for Session<WriterTx> {
    async fn open_channel(&mut self, channel: &NewChannel) -> Result<Locked<ChannelState>> {
        let query = sqlx::query(
            "INSERT INTO channels (id, case_code, framework, created_by, created_at, epoch) \
             VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT DO NOTHING",
        )
        .bind(*channel.id.as_bytes())
        .bind(channel.case_code.clone())
        .bind(channel.framework.code())
        .bind(*channel.created_by.as_bytes())
        .bind(channel.created_at.0);
        if self.change_shared(query).await? == 0 {
            return Err(StorageError::Conflict);
        }
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
        if !self.lock_row(channel).await? {
            return Ok(None);
        }
        // A statement of its own: what it sees is as new as the lock. In one with the lock, it would
        // see what was there when it began to wait.
        let query = sqlx::query(
            "SELECT c.epoch, c.head, EXISTS (SELECT FROM members m WHERE m.channel = c.id \
             AND m.device = $2 AND m.until_seq IS NULL), o.kind, o.channel, o.answer \
             FROM channels c LEFT JOIN operations o ON o.device = $2 AND o.op = $3 WHERE c.id = $1",
        )
        .bind(*channel.as_bytes())
        .bind(*asker.as_bytes())
        .bind(*op.as_bytes());
        let row = self.one(query).await?;
        let earlier = match maybe_text(&row, 3)? {
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
            asker_is_member: flag(&row, 2)?,
            earlier,
        })))
    }

    async fn store_entry(&mut self, row: &EntryRow<'_>) -> Result<()> {
        let entry = row.entry();
        // One question for all three: a message is the hot path. Each step hangs on the one before,
        // so an operation that was done before changes nothing. That the head is the one that the
        // lock saw, and that the place is free, are second guards.
        let query = sqlx::query(
            "WITH done AS ( \
               INSERT INTO operations (device, op, kind, channel, answer) \
               VALUES ($5, $6, $9, $1, $10) ON CONFLICT DO NOTHING RETURNING op), \
             raised AS ( \
               UPDATE channels SET epoch = $11, head = $2 \
               WHERE id = $1 AND coalesce(head, -1) = $2 - 1 AND EXISTS (SELECT FROM done) \
               RETURNING id) \
             INSERT INTO entries (channel, seq, epoch, at, sender, op, kind, payload) \
             SELECT id, $2, $3, $4, $5, $6, $7, $8 FROM raised",
        )
        .bind(*row.channel().as_bytes())
        .bind(int(row.seq()))
        .bind(int(row.made_in()))
        .bind(entry.at.0)
        .bind(*entry.sender.as_bytes())
        .bind(*entry.op.as_bytes())
        .bind(kind_code(entry.kind))
        .bind(entry.payload.to_vec())
        .bind(entry.request.to_owned())
        .bind(entry.answer.to_vec())
        .bind(int(row.epoch()));
        match self.change(query).await? {
            0 => Err(StorageError::Conflict),
            _ => Ok(()),
        }
    }

    async fn put_view(&mut self, channel: &Locked<ChannelState>, state: &[u8]) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO channel_views (channel, epoch, state) VALUES ($1, $2, $3) \
             ON CONFLICT (channel) DO UPDATE SET epoch = excluded.epoch, state = excluded.state",
        )
        .bind(*channel.id.as_bytes())
        .bind(int(channel.epoch))
        .bind(state.to_vec());
        self.change(query).await.map(drop)
    }

    async fn add_member(&mut self, channel: &Locked<ChannelState>, member: &Member) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO members (channel, device, from_seq, account, org) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        )
        .bind(*channel.id.as_bytes())
        .bind(*member.device.as_bytes())
        .bind(int(member.from))
        .bind(*member.user.as_bytes())
        .bind(*member.org.as_bytes());
        match self.change(query).await? {
            0 => Err(StorageError::Conflict),
            _ => Ok(()),
        }
    }

    async fn end_member(
        &mut self,
        channel: &Locked<ChannelState>,
        device: DeviceId,
        until: u64,
    ) -> Result<()> {
        let query = sqlx::query(
            "UPDATE members SET until_seq = $1 \
             WHERE channel = $2 AND device = $3 AND until_seq IS NULL",
        )
        .bind(int(until))
        .bind(*channel.id.as_bytes())
        .bind(*device.as_bytes());
        self.change(query).await.map(drop)
    }
}

impl Session<WriterTx> {
    /// Locks a channel's row and answers whether there is one. `NO KEY`, so that rows which refer to
    /// the channel can be added meanwhile.
    async fn lock_row(&mut self, channel: ChannelId) -> Result<bool> {
        let tried = sqlx::query("SELECT FROM channels WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED")
            .bind(*channel.as_bytes());
        if self.row(tried).await?.is_none() {
            // Another node has it, or it does not exist.
            self.let_go().await;
            let waited = sqlx::query("SELECT FROM channels WHERE id = $1 FOR NO KEY UPDATE")
                .bind(*channel.as_bytes());
            if self.row(waited).await?.is_none() {
                return Ok(false);
            }
        }
        self.engage();
        Ok(true)
    }
}

fn stint(row: &PgRow, column: usize) -> Result<Stint> {
    Ok(Stint {
        from: number(row, column)?,
        until: maybe_number(row, column + 1)?,
    })
}

fn entry(row: &PgRow) -> Result<Entry> {
    let kind = match text(row, 5)?.as_str() {
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
