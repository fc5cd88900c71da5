//! Channels: one gapless sequence of entries each, who may read which, and the group's public state.

use beraad_protocol::{
    ChannelId, DeviceId, OperationId, OrgId, Timestamp, UserId,
    entry::{Entry, EntryKind},
    vocabulary::Framework,
};

use crate::{Result, operation::DoneOperation, store::Write};

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// Random words that name it.
    pub case_code: String,
    /// The legal frame.
    pub framework: Framework,
    /// Who opened it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// The group's epoch.
    pub epoch: u64,
    /// The last entry.
    pub head: u64,
}

/// A channel to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChannel {
    /// Its id.
    pub id: ChannelId,
    /// Random words that name it; must be free.
    pub case_code: String,
    /// The legal frame.
    pub framework: Framework,
    /// Who opens it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
}

/// One device's time in a channel: which entries are for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stint {
    /// The first entry it may have.
    pub from: u64,
    /// The last one; `None` while it is a member.
    pub until: Option<u64>,
}

impl Stint {
    /// The first entry of this stint at or after `seq`.
    pub fn next(&self, seq: u64) -> Option<u64> {
        let next = seq.max(self.from);
        self.until.is_none_or(|until| next <= until).then_some(next)
    }
}

/// Where a channel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The channel.
    pub channel: ChannelId,
    /// Its last entry.
    pub head: u64,
    /// The group's epoch.
    pub epoch: u64,
}

/// A device that is a member now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The device.
    pub device: DeviceId,
    /// Whose it is.
    pub user: UserId,
    /// Where that person works.
    pub org: OrgId,
    /// The first entry it may have.
    pub from: u64,
}

/// A channel as a transaction finds it, for one device and one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelState {
    /// The channel.
    pub id: ChannelId,
    /// The group's epoch.
    pub epoch: u64,
    /// The last entry; `None` until the first one.
    pub head: Option<u64>,
    /// The asking device is a member now.
    pub asker_is_member: bool,
    /// The asked operation was done before.
    pub earlier: Option<DoneOperation>,
}

/// Proof that the thing's row is locked until the transaction ends. Adapters make it; without it
/// a channel cannot be changed.
#[derive(Debug)]
pub struct Locked<T>(T);

impl<T> Locked<T> {
    /// For adapters, right after the row was locked.
    pub fn by_adapter(thing: T) -> Self {
        Self(thing)
    }
}

impl<T> std::ops::Deref for Locked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl Locked<ChannelState> {
    /// The number the next entry gets.
    pub fn next_seq(&self) -> u64 {
        self.0.head.map_or(0, |head| head + 1)
    }

    /// Appends an entry as the channel's new head and remembers its operation. A commit raises the
    /// epoch.
    pub async fn append<W: Write>(&mut self, tx: &mut W, entry: NewEntry<'_>) -> Result<u64> {
        let seq = self.next_seq();
        let epoch = match entry.kind {
            EntryKind::Commit => self.0.epoch + 1,
            EntryKind::Created | EntryKind::Message => self.0.epoch,
        };
        let row = EntryRow {
            channel: self.0.id,
            seq,
            made_in: self.0.epoch,
            epoch,
            entry,
        };
        tx.store_entry(&row).await?;
        self.0.head = Some(seq);
        self.0.epoch = epoch;
        Ok(seq)
    }
}

/// An entry to append.
#[derive(Debug, Clone, Copy)]
pub struct NewEntry<'a> {
    /// When the server took it in.
    pub at: Timestamp,
    /// Who sent it.
    pub sender: DeviceId,
    /// The sender's operation.
    pub op: OperationId,
    /// What it is.
    pub kind: EntryKind,
    /// The MLS message.
    pub payload: &'a [u8],
    /// Which request it was, for [`DoneOperation::kind`].
    pub request: &'a str,
    /// What a repeat is answered with.
    pub answer: &'a [u8],
}

/// An entry with its place. Made by [`Locked::append`] alone.
#[derive(Debug)]
pub struct EntryRow<'a> {
    channel: ChannelId,
    seq: u64,
    made_in: u64,
    epoch: u64,
    entry: NewEntry<'a>,
}

impl<'a> EntryRow<'a> {
    /// The channel.
    pub fn channel(&self) -> ChannelId {
        self.channel
    }

    /// Its place; the channel's head from now on.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The epoch it was made in.
    pub fn made_in(&self) -> u64 {
        self.made_in
    }

    /// The channel's epoch from now on.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The entry.
    pub fn entry(&self) -> &NewEntry<'a> {
        &self.entry
    }
}

/// Lookups of channels.
pub trait ChannelRead {
    /// One channel.
    fn channel(&mut self, id: ChannelId) -> impl Future<Output = Result<Option<Channel>>> + Send;
    /// A device's stints in a channel, in order; none when it never was a member.
    fn stints(
        &mut self,
        channel: ChannelId,
        device: DeviceId,
    ) -> impl Future<Output = Result<Vec<Stint>>> + Send;
    /// All stints of a device, by channel and in order.
    fn stints_of(
        &mut self,
        device: DeviceId,
    ) -> impl Future<Output = Result<Vec<(ChannelId, Stint)>>> + Send;
    /// Where these channels are; one that does not exist is left out.
    fn heads(&mut self, channels: &[ChannelId]) -> impl Future<Output = Result<Vec<Head>>> + Send;
    /// Who is a member now.
    fn members(&mut self, channel: ChannelId) -> impl Future<Output = Result<Vec<Member>>> + Send;
    /// Entries from `from` up to and with `to`, in order: at most `max_entries`, at least one where
    /// there is one, and no more than fit in `max_bytes` of payload.
    fn entries(
        &mut self,
        channel: ChannelId,
        from: u64,
        to: u64,
        max_entries: usize,
        max_bytes: usize,
    ) -> impl Future<Output = Result<Vec<Entry>>> + Send;
    /// The group's public state and the epoch it is of.
    fn view(
        &mut self,
        channel: ChannelId,
    ) -> impl Future<Output = Result<Option<(u64, Vec<u8>)>>> + Send;
}

/// Changes of channels. All but opening one ask for the lock.
pub trait ChannelWrite {
    /// Opens a channel; its id and case code must be free.
    fn open_channel(
        &mut self,
        channel: &NewChannel,
    ) -> impl Future<Output = Result<Locked<ChannelState>>> + Send;
    /// Locks a channel until the transaction ends, and looks up the asker and the operation on the
    /// way: a message costs one question.
    fn lock_channel(
        &mut self,
        channel: ChannelId,
        asker: DeviceId,
        op: OperationId,
    ) -> impl Future<Output = Result<Option<Locked<ChannelState>>>> + Send;
    /// Stores an entry, the new head and epoch, and the operation. Called by [`Locked::append`].
    fn store_entry(&mut self, row: &EntryRow<'_>) -> impl Future<Output = Result<()>> + Send;
    /// Stores the group's public state of the channel's epoch.
    fn put_view(
        &mut self,
        channel: &Locked<ChannelState>,
        state: &[u8],
    ) -> impl Future<Output = Result<()>> + Send;
    /// Adds a member.
    fn add_member(
        &mut self,
        channel: &Locked<ChannelState>,
        member: &Member,
    ) -> impl Future<Output = Result<()>> + Send;
    /// Ends a membership; `until` is the last entry the device gets.
    fn end_member(
        &mut self,
        channel: &Locked<ChannelState>,
        device: DeviceId,
        until: u64,
    ) -> impl Future<Output = Result<()>> + Send;
}
