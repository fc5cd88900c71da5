//! Reading a channel: entries in the server's order, each exactly once.
//!
//! Every entry is decrypted, folded into the household and written down with its place, its
//! plaintext and the history's hash in the step's one transaction. What this device sent itself it
//! cannot decrypt: the outbox has the plaintext, and it is folded when its entry comes back, at its
//! place and never before.

use beraad_casework::{Body, Context, Decoded, Event, Outcome, Sender};
use beraad_group::{Expected, GroupError, Processed};
use beraad_protocol::{
    ChannelId, ClientFrame,
    directory::LeafIdentity,
    entry::{Entry, EntryKind},
    request::Request,
};
use rusqlite::params;

use crate::{
    channel::{Channel, State},
    database::int,
    engine::Step,
    error::Done,
    history::{self, Link, kind_byte, payload_hash},
    outbox::{Job, Sent, Stage},
    session::Asked,
    timeline::Shown,
    view::TimelineItem,
    warning::Caution,
};

/// What reading one entry came to.
enum Read {
    /// It is on disk.
    Stored,
    /// The directory has to be fetched first.
    NeedsDirectory,
}

/// What is written down of an entry.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) sender: Option<LeafIdentity>,
    pub(crate) event: Option<Vec<u8>>,
    pub(crate) shown: Shown,
    pub(crate) authenticator: Option<Vec<u8>>,
}

impl Step<'_> {
    /// Entries of a channel came in.
    pub(crate) fn entries(&mut self, id: ChannelId, entries: Vec<Entry>, head: u64) -> Done {
        let Some(mut channel) = self.channel(id)? else {
            return Ok(());
        };
        if channel.state != State::Member || self.session.waiting_for_directory.contains(&id) {
            return Ok(());
        }
        self.reading = true;
        let before = channel.next_seq();
        let mut gap = false;
        for entry in entries {
            if entry.seq < channel.next_seq() {
                continue;
            }
            if entry.seq > channel.next_seq() {
                gap = true;
                break;
            }
            if let Read::NeedsDirectory = self.read(&mut channel, &entry)? {
                self.session.waiting_for_directory.insert(id);
                self.ask_directory();
                break;
            }
            if channel.state != State::Member {
                break;
            }
        }
        let after = channel.next_seq();
        if after > before {
            self.session.refollowed.remove(&id);
            self.send(&ClientFrame::Ack {
                channel: id,
                seq: after - 1,
            });
            self.changed_channel(id);
        }
        self.session
            .caught(id, before, after, head.saturating_add(1));
        if gap && self.session.refollowed.insert(id) {
            self.follow(&channel);
        }
        self.reading = false;
        if let Some(seq) = self.session.welcomes_held.get(&id)
            && (channel.state != State::Member || after > *seq)
        {
            self.session.welcomes_held.remove(&id);
            self.want_welcomes();
        }
        if std::mem::take(&mut self.pump_all) {
            for channel in self.queues()? {
                self.pump(channel)?;
            }
        }
        self.pump(id)
    }

    /// Takes the next entry in.
    fn read(&mut self, channel: &mut Channel, entry: &Entry) -> Done<Read> {
        let written = match entry.kind {
            EntryKind::Created => self.created(channel, entry)?,
            EntryKind::Message => self.message(channel, entry)?,
            EntryKind::Commit => match self.commit(channel, entry)? {
                Some(written) => written,
                None => return Ok(Read::NeedsDirectory),
            },
        };
        self.advance(channel, entry, &written)?;
        self.settle_own(entry)?;
        Ok(Read::Stored)
    }

    /// Writes an entry down and moves the cursor.
    fn advance(&mut self, channel: &mut Channel, entry: &Entry, written: &Written) -> Done {
        let link = Link::of(entry);
        channel.history = channel.history.map(|before| history::next(&before, &link));
        channel.cursor = Some(entry.seq);
        channel.last_at = entry.at;
        if written
            .sender
            .is_some_and(|sender| sender.user == self.me.leaf.user)
            && channel.read_seq.saturating_add(1) == int(entry.seq)
        {
            channel.read_seq = int(entry.seq);
        }
        let household = self.household(channel)?;
        if let Some(name) = household.name() {
            name.clone_into(&mut channel.name);
        }
        channel.save(self.db)?;
        let [item, blocks, doubts] = written.shown.to_json();
        let (user, org) = written
            .sender
            .map(|sender| (sender.user, sender.org))
            .unzip();
        self.db
            .prepare_cached(
                "INSERT OR REPLACE INTO entry
                 (channel, seq, epoch, at, device, user, org, op, kind, payload_hash, history,
                  event, item, blocks, authenticator, unjudged, doubts)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
            )?
            .execute(params![
                channel.id.as_bytes(),
                int(entry.seq),
                int(entry.epoch),
                entry.at.0,
                entry.sender.as_bytes(),
                user.as_ref().map(beraad_protocol::UserId::as_bytes),
                org.as_ref().map(beraad_protocol::OrgId::as_bytes),
                entry.op.as_bytes(),
                kind_byte(entry.kind),
                link.payload,
                channel.history,
                written.event,
                item,
                blocks,
                written.authenticator,
                written.shown.unjudged,
                doubts,
            ])?;
        Ok(())
    }

    /// The job whose entry this is came back: it may be done now.
    fn settle_own(&mut self, entry: &Entry) -> Done {
        let Some((mut job, sent)) = self.own_copy(entry)? else {
            return Ok(());
        };
        if let Some(record) = &sent.record {
            self.extend_chain(record)?;
        }
        job.folded = true;
        if job.accepted.is_none() && job.stage != Stage::Sent {
            // It went out before and waits to go out again; the server has it already.
            job.stage = Stage::Sent;
            self.ask(Asked::Outcome(job.n), Request::Outcome { op: job.op });
        }
        self.save(&job)?;
        self.finish_if_done(&job)
    }

    /// The job an entry comes from, with the copy it is, if this device sent exactly that.
    pub(crate) fn own_copy(&self, entry: &Entry) -> Done<Option<(Job, Sent)>> {
        if entry.sender != self.me.leaf.device {
            return Ok(None);
        }
        let Some(job) = self.job_by_op(entry.op)? else {
            return Ok(None);
        };
        let hash = payload_hash(&entry.payload);
        let copy = match entry.kind {
            // What the server keeps of the first entry is the GroupInfo, which names no secret.
            EntryKind::Created => Some(Sent {
                payload_hash: hash.to_vec().into(),
                plaintext: serde_bytes::ByteBuf::new(),
                record: None,
            }),
            EntryKind::Message | EntryKind::Commit => job
                .sent
                .iter()
                .find(|sent| *sent.payload_hash == hash)
                .cloned(),
        };
        Ok(copy.map(|copy| (job, copy)))
    }

    fn created(&mut self, channel: &Channel, entry: &Entry) -> Done<Written> {
        self.take_roster(channel)?;
        let authenticator = self
            .group(channel.id)?
            .map(|group| group.epoch_authenticator());
        Ok(Written {
            sender: (entry.sender == self.me.leaf.device).then_some(self.me.leaf),
            shown: Shown::item(TimelineItem::Began),
            authenticator,
            event: None,
        })
    }

    fn message(&mut self, channel: &mut Channel, entry: &Entry) -> Done<Written> {
        if let Some((_, sent)) = self.own_copy(entry)? {
            return self.fold(channel, entry, self.me.leaf, sent.plaintext.into_vec());
        }
        let store = self.store();
        let processed = match self.group(channel.id)? {
            Some(group) => group.process(&store, Expected::Message, &entry.payload),
            None => Err(GroupError::NotForThisDevice),
        };
        match processed {
            Ok(Processed::Message {
                sender,
                plaintext,
                aad,
                ..
            }) if sender.device == entry.sender && aad == entry.op.as_bytes() => {
                self.fold(channel, entry, sender, plaintext)
            }
            Err(GroupError::Store(error)) => Err(error.into()),
            _ => self.unreadable(channel),
        }
    }

    fn unreadable(&mut self, channel: &Channel) -> Done<Written> {
        self.warn(Caution::Undecryptable, Some(channel.id))?;
        Ok(Written {
            shown: Shown::item(TimelineItem::Undecryptable),
            ..Written::default()
        })
    }

    /// An event at its place.
    fn fold(
        &mut self,
        channel: &mut Channel,
        entry: &Entry,
        sender: LeafIdentity,
        plaintext: Vec<u8>,
    ) -> Done<Written> {
        let event = match Event::from_cbor(&plaintext) {
            Ok(Decoded::Event(event)) => *event,
            Ok(Decoded::Newer { .. }) => {
                self.warn(Caution::NewerVersion, Some(channel.id))?;
                return Ok(Written {
                    sender: Some(sender),
                    event: Some(plaintext),
                    shown: Shown::item(TimelineItem::Newer),
                    authenticator: None,
                });
            }
            Err(_) => {
                let unreadable = self.unreadable(channel)?;
                return Ok(Written {
                    sender: Some(sender),
                    ..unreadable
                });
            }
        };
        self.compare_history(channel, sender.device, &event)?;
        let context = Context {
            seq: entry.seq,
            at: entry.at,
            sender: Sender {
                user: sender.user,
                org: sender.org,
            },
        };
        let household = self.household(channel)?;
        let named = household.name().map(str::to_owned);
        let doubts = household.doubts(&context, &event);
        let outcome = household.apply(&context, &event);
        self.dirty.insert(channel.id);
        let unjudged = outcome == Outcome::Unjudged;
        let blocks = match outcome {
            Outcome::Applied | Outcome::Unjudged => Vec::new(),
            Outcome::Rejected(blocks) => blocks,
        };
        // A name that was only told again to newcomers is no news.
        let told_again = matches!(
            &event.body,
            Body::HouseholdNamed { name } if named.as_ref() == Some(name)
        );
        let shown = if told_again {
            Shown::default()
        } else {
            Shown {
                item: self.item_of(channel, &event.body)?,
                blocks,
                unjudged,
                doubts,
            }
        };
        Ok(Written {
            sender: Some(sender),
            event: Some(plaintext),
            shown,
            authenticator: None,
        })
    }
}
