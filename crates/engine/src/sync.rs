//! Reading a channel: entries in the server's order, each exactly once.
//!
//! Every entry is decrypted, folded into the household and written down with its place, its
//! plaintext and the history's hash in the step's one transaction. What this device sent itself it
//! cannot decrypt: the outbox has the plaintext, and it is folded when its entry comes back, at its
//! place and never before.

use beraad_casework::{Body, Context, Decoded, Event, Outcome, Sender};
use beraad_group::{Expected, GroupError, MemberInfo, PolicyViolation, Processed};
use beraad_protocol::{
    ChannelId, ClientFrame, DeviceId,
    directory::LeafIdentity,
    entry::{Entry, EntryKind},
    request::Request,
};
use rusqlite::{OptionalExtension, params};

use crate::{
    channel::{Channel, State},
    database::{int, uint},
    engine::Step,
    error::{Done, EngineError},
    history::{self, HistoryHash, Link, UNKNOWN, kind_byte, kind_of, payload_hash},
    outbox::{Job, Sent, Stage},
    refusal::{LocalCode, Refusal},
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
struct Written {
    sender: Option<LeafIdentity>,
    event: Option<Vec<u8>>,
    shown: Shown,
    authenticator: Option<Vec<u8>>,
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
        let (item, blocks) = written.shown.to_json();
        let (user, org) = written
            .sender
            .map(|sender| (sender.user, sender.org))
            .unzip();
        self.db
            .prepare_cached(
                "INSERT OR REPLACE INTO entry
                 (channel, seq, epoch, at, device, user, org, op, kind, payload_hash, history,
                  event, item, blocks, authenticator)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
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
    fn own_copy(&self, entry: &Entry) -> Done<Option<(Job, Sent)>> {
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
        let outcome = household.apply(&context, &event);
        self.dirty.insert(channel.id);
        let blocks = match outcome {
            Outcome::Applied => Vec::new(),
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
            }
        };
        Ok(Written {
            sender: Some(sender),
            event: Some(plaintext),
            shown,
            authenticator: None,
        })
    }

    /// Whether the sender saw the same history; or learns it from the sender, as a newcomer.
    fn compare_history(&mut self, channel: &mut Channel, by: DeviceId, event: &Event) -> Done {
        let Ok(theirs) = HistoryHash::try_from(event.history.as_slice()) else {
            return Ok(());
        };
        if by == self.me.leaf.device || theirs == UNKNOWN {
            return Ok(());
        }
        let seen = event.seen;
        if channel.floor.is_some_and(|floor| seen < floor) {
            return Ok(());
        }
        let Some(cursor) = channel.cursor else {
            return Ok(());
        };
        if channel.history.is_none() {
            if seen <= cursor {
                self.anchor(channel, seen, theirs)?;
            }
            return Ok(());
        }
        let ours: Option<Vec<u8>> = self
            .db
            .prepare_cached("SELECT history FROM entry WHERE channel = ?1 AND seq = ?2")?
            .query_row(params![channel.id.as_bytes(), int(seen)], |row| row.get(0))
            .optional()?
            .flatten();
        // Something from the future was seen by nobody.
        let differs = seen > cursor || ours.is_some_and(|ours| ours != theirs);
        if differs {
            self.warn(Caution::HistoryDiffers, Some(channel.id))?;
        }
        Ok(())
    }

    /// Takes a member's hash as the beginning, and goes on from there to the cursor.
    fn anchor(&mut self, channel: &mut Channel, seq: u64, hash: HistoryHash) -> Done {
        self.write_history(channel.id, seq, &hash)?;
        let mut now = hash;
        let later = {
            let mut statement = self.db.prepare_cached(
                "SELECT seq, kind, op, payload_hash FROM entry
                 WHERE channel = ?1 AND seq > ?2 ORDER BY seq",
            )?;
            statement
                .query_map(params![channel.id.as_bytes(), int(seq)], |row| {
                    Ok((
                        uint(row.get(0)?),
                        row.get::<_, u8>(1)?,
                        row.get::<_, [u8; 16]>(2)?,
                        row.get::<_, [u8; 32]>(3)?,
                    ))
                })?
                .collect::<Result<Vec<_>, _>>()?
        };
        for (seq, kind, op, payload) in later {
            let kind = kind_of(kind).ok_or(EngineError::Damaged("an entry"))?;
            now = history::next(
                &now,
                &Link {
                    seq,
                    kind,
                    op,
                    payload,
                },
            );
            self.write_history(channel.id, seq, &now)?;
        }
        channel.history = Some(now);
        Ok(())
    }

    fn write_history(&self, channel: ChannelId, seq: u64, hash: &HistoryHash) -> Done {
        self.db
            .prepare_cached("UPDATE entry SET history = ?3 WHERE channel = ?1 AND seq = ?2")?
            .execute(params![channel.as_bytes(), int(seq), hash])?;
        Ok(())
    }

    /// A commit at its place; none when the directory has to be fetched first.
    fn commit(&mut self, channel: &mut Channel, entry: &Entry) -> Done<Option<Written>> {
        let store = self.store();
        let before = self.members_now(channel.id)?;
        let merged = if self.own_copy(entry)?.is_some() {
            match self.group(channel.id)? {
                Some(group) if group.has_pending() => {
                    group.merge_pending(&store)?;
                    Merged::Yes {
                        by: self.me.leaf,
                        removed_self: false,
                    }
                }
                _ => Merged::No,
            }
        } else {
            self.merge_foreign(channel, entry)?
        };
        let (by, removed_self) = match merged {
            Merged::Yes { by, removed_self } => (by, removed_self),
            Merged::No => return self.break_channel(channel).map(Some),
            Merged::NeedsDirectory => return Ok(None),
        };
        let after = self.members_now(channel.id)?;
        let (added, removed) = self.difference(&before, &after);
        self.take_roster(channel)?;
        self.check_leaves(channel.id)?;
        let authenticator = self
            .group(channel.id)?
            .map(|group| group.epoch_authenticator());
        if removed_self {
            self.leave(channel)?;
        } else if by.device == self.me.leaf.device && after.len() > before.len() {
            self.greet_newcomers(channel.id)?;
        }
        let shown = if added.is_empty() && removed.is_empty() {
            Shown::default()
        } else {
            Shown::item(TimelineItem::MembersChanged { added, removed })
        };
        Ok(Some(Written {
            sender: Some(by),
            event: None,
            shown,
            authenticator,
        }))
    }

    /// Another's commit: the one this device may have pending came too late.
    fn merge_foreign(&mut self, channel: &Channel, entry: &Entry) -> Done<Merged> {
        let id = channel.id;
        let key = (id, entry.seq);
        let looked_up = self.session.looked_up.contains(&key);
        self.clear_lost_commit(id)?;
        let store = self.store();
        // The group is loaded before people are borrowed for the check.
        if self.group(id)?.is_none() {
            return Ok(Merged::No);
        }
        let now = self.now;
        let cache = &mut *self.cache;
        let people = &cache.people;
        let unknown = std::cell::Cell::new(false);
        let accept = |member: &MemberInfo| {
            let good = people.attests(member, now);
            unknown.set(unknown.get() || !good);
            // Once the newest directory does not know it either, it is merged and warned about:
            // the others are in that epoch already.
            good || looked_up
        };
        let Some(group) = cache.groups.get_mut(&id) else {
            return Ok(Merged::No);
        };
        let processed = group.process_with(&store, Expected::Handshake, &entry.payload, &accept);
        match processed {
            Ok(Processed::Commit {
                by, removed_self, ..
            }) => {
                // The group authenticates who made it; the server may not say otherwise.
                if by.device != entry.sender {
                    self.warn(Caution::HistoryDiffers, Some(id))?;
                }
                Ok(Merged::Yes { by, removed_self })
            }
            Err(GroupError::Store(error)) => Err(error.into()),
            Err(GroupError::Policy(PolicyViolation::LeafMalformed)) if unknown.get() => {
                self.session.looked_up.insert(key);
                Ok(Merged::NeedsDirectory)
            }
            Ok(_) | Err(_) => Ok(Merged::No),
        }
    }

    /// The server gave this epoch to another's commit: a pending one is derived anew.
    fn clear_lost_commit(&mut self, id: ChannelId) -> Done {
        let store = self.store();
        let Some(group) = self.group(id)? else {
            return Ok(());
        };
        if !group.has_pending() {
            return Ok(());
        }
        group.clear_pending(&store)?;
        if let Some(mut job) = self.head_job(id)?.filter(|job| job.task.is_commit())
            && job.accepted.is_none()
            && self.session.is_ready()
        {
            // Its own answer, if it still comes, will say stale; that only derives it anew again.
            job.request = None;
            self.save(&job)?;
        }
        Ok(())
    }

    fn members_now(&mut self, id: ChannelId) -> Done<Vec<MemberInfo>> {
        let Some(group) = self.group(id)? else {
            return Ok(Vec::new());
        };
        Ok(group.members().unwrap_or_default())
    }

    /// Names of those who came and went.
    fn difference(
        &self,
        before: &[MemberInfo],
        after: &[MemberInfo],
    ) -> (Vec<String>, Vec<String>) {
        let people = &self.cache.people;
        let names = |these: &[MemberInfo], others: &[MemberInfo]| {
            let mut users: Vec<_> = these
                .iter()
                .map(|member| member.identity.user)
                .filter(|user| !others.iter().any(|other| other.identity.user == *user))
                .collect();
            users.sort_unstable();
            users.dedup();
            users.into_iter().map(|user| people.name(user)).collect()
        };
        (names(after, before), names(before, after))
    }

    /// This device was removed: what it has stays, nothing more comes.
    fn leave(&mut self, channel: &mut Channel) -> Done {
        channel.state = State::Left;
        let refusal = Refusal::local(
            LocalCode::NotAllowed,
            "you are no longer a member of this channel; ask the case lead to add you",
        );
        self.give_up_queue(channel.id, &refusal)
    }

    /// A commit that cannot be merged: from here on nothing can be read.
    fn break_channel(&mut self, channel: &mut Channel) -> Done<Written> {
        channel.state = State::Broken;
        self.warn(Caution::GroupBroken, Some(channel.id))?;
        let refusal = Refusal::local(
            LocalCode::GroupBroken,
            "this channel can no longer be used on this device; ask the case lead to remove you and add you again",
        );
        self.give_up_queue(channel.id, &refusal)?;
        Ok(Written {
            shown: Shown::item(TimelineItem::Undecryptable),
            ..Written::default()
        })
    }
}

/// What became of a commit.
enum Merged {
    Yes {
        by: LeafIdentity,
        removed_self: bool,
    },
    No,
    NeedsDirectory,
}
