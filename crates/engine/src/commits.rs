//! Commits at their place: merging one's own and others', and what they do to a channel.

use beraad_group::{Expected, GroupError, MemberInfo, PolicyViolation, Processed};
use beraad_protocol::{ChannelId, directory::LeafIdentity, entry::Entry};

use crate::{
    channel::{Channel, State},
    engine::Step,
    error::Done,
    refusal::{LocalCode, Refusal},
    sync::Written,
    timeline::Shown,
    view::TimelineItem,
    warning::Caution,
};

/// What became of a commit.
enum Merged {
    Yes {
        by: LeafIdentity,
        removed_self: bool,
    },
    No,
    NeedsDirectory,
}

impl Step<'_> {
    /// A commit at its place; none when the directory has to be fetched first.
    pub(crate) fn commit(&mut self, channel: &mut Channel, entry: &Entry) -> Done<Option<Written>> {
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
            LocalCode::NoLongerMember,
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
