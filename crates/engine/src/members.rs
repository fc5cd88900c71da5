//! Who can read: adding and removing colleagues, welcomes, and this device's KeyPackages.

use beraad_group::{GroupError, Member, check_key_package};
use beraad_protocol::{
    ChannelId, Code, EventId, Problem, UserId,
    limits::{KEY_PACKAGE_TARGET, MAX_KEY_PACKAGES},
    request::{Answer, Request, UploadKeyPackages, WaitingWelcome},
    vocabulary::OrgRole,
};
use rusqlite::params;
use serde_bytes::ByteBuf;

use crate::{
    channel::{Channel, State},
    database::{self, int},
    engine::Step,
    error::{Done, EngineError},
    outbox::{Job, Stage, Task},
    refusal::{LocalCode, Refusal},
    send::{IntoRefusal, Stop, bundle_request, no_group},
    session::Asked,
    view::TimelineItem,
    warning::Caution,
};

/// Set once a last-resort KeyPackage is on the server.
const LAST_RESORT: &str = "last_resort";

impl Step<'_> {
    pub(crate) fn derive_addition(
        &mut self,
        job: &mut Job,
        channel: &Channel,
        users: &[UserId],
    ) -> Result<Request, Stop> {
        let group = self.group(channel.id)?.ok_or_else(no_group)?;
        let members = group.members().map_err(Stop::group)?;
        let is_member = |device| {
            members
                .iter()
                .any(|member| member.identity.device == device)
        };
        let missing: Vec<UserId> = users
            .iter()
            .copied()
            .filter(|user| {
                self.cache.people.user(*user).is_none_or(|user| {
                    user.devices.is_empty()
                        || user.devices.iter().any(|device| !is_member(device.id))
                })
            })
            .collect();
        if missing.is_empty() {
            return Err(Stop::Nothing);
        }
        if job.claimed.is_empty() {
            return Ok(Request::ClaimKeyPackages { users: missing });
        }
        let mut packages = Vec::new();
        for package in &job.claimed {
            let info = check_key_package(package, self.me.suite).map_err(Stop::group)?;
            if !users.contains(&info.identity.user) {
                self.warn(Caution::ForeignKeyPackage, Some(channel.id))?;
                return Err(Stop::refuse(
                    LocalCode::NotVouchedFor,
                    "the server offered a device of somebody who was not to be added; nobody was added, tell the host",
                ));
            }
            if is_member(info.identity.device) {
                continue;
            }
            let member = beraad_group::MemberInfo {
                identity: info.identity,
                signature_key: info.signature_key,
            };
            if !self.cache.people.attests(&member, self.now) {
                return Err(Stop::refuse(
                    LocalCode::NotVouchedFor,
                    "nobody vouches for a colleague's device; refresh the directory, and if it stays, tell the host",
                ));
            }
            packages.push(package.to_vec());
        }
        if packages.is_empty() {
            return Err(Stop::Nothing);
        }
        let store = self.store();
        let group = self.group(channel.id)?.ok_or_else(no_group)?;
        group.clear_pending(&store).map_err(Stop::group)?;
        let bundle = group.add(&store, &packages).map_err(Stop::group)?;
        Ok(bundle_request(job, channel.id, bundle))
    }

    pub(crate) fn derive_removal(
        &mut self,
        job: &mut Job,
        channel: &Channel,
        user: UserId,
    ) -> Result<Request, Stop> {
        let store = self.store();
        let group = self.group(channel.id)?.ok_or_else(no_group)?;
        let devices: Vec<_> = group
            .members()
            .map_err(Stop::group)?
            .iter()
            .filter(|member| member.identity.user == user)
            .map(|member| member.identity.device)
            .collect();
        if devices.is_empty() {
            return Err(Stop::refuse(
                LocalCode::UnknownThing,
                "that colleague is not in this channel; look at the members again",
            ));
        }
        group.clear_pending(&store).map_err(Stop::group)?;
        let bundle = group.remove(&store, &devices).map_err(Stop::group)?;
        Ok(bundle_request(job, channel.id, bundle))
    }

    /// The server handed out KeyPackages for a job.
    pub(crate) fn claim_answered(&mut self, n: i64, result: Result<Answer, Problem>) -> Done {
        let Some(mut job) = self.job(n)? else {
            return Ok(());
        };
        let Some(id) = job.channel else { return Ok(()) };
        if job.stage != Stage::Claiming {
            return Ok(());
        }
        match result {
            Ok(Answer::Claimed(claimed)) if claimed.is_empty() => {
                self.give_up(&job, Problem::new(Code::NoKeyPackage).into_refusal())?;
            }
            Ok(Answer::Claimed(claimed)) => {
                job.claimed = claimed
                    .into_iter()
                    .take(beraad_protocol::limits::MAX_MEMBERS)
                    .map(|claimed| ByteBuf::from(claimed.key_package))
                    .collect();
                job.stage = Stage::New;
                self.save(&job)?;
            }
            Ok(_) => self.give_up(&job, Problem::new(Code::Internal).into_refusal())?,
            Err(problem) if matches!(problem.code, Code::RateLimited | Code::Unavailable) => {
                self.later(job)?;
            }
            Err(problem) => self.give_up(&job, problem.into_refusal())?,
        }
        self.pump(id)
    }

    /// Newcomers get no history, only what is needed to begin: the household's name.
    pub(crate) fn greet_newcomers(&mut self, id: ChannelId) -> Done {
        let event = EventId::from_bytes(self.draw());
        let job = Job::new(self.draw_op(), Task::TellName { event }, self.now)
            .on(id)
            .urgent();
        self.enqueue(&job)?;
        Ok(())
    }

    /// Invitations into groups came in.
    pub(crate) fn welcomes_came(&mut self, result: Result<Answer, Problem>) -> Done {
        let Ok(Answer::Welcomes(welcomes)) = result else {
            return Ok(());
        };
        let mut taken = Vec::new();
        for welcome in welcomes {
            if self.join(&welcome)? {
                taken.push(welcome.channel);
            }
        }
        if !taken.is_empty() {
            self.ask(
                Asked::DropWelcomes,
                Request::DropWelcomes { channels: taken },
            );
        }
        Ok(())
    }

    /// Joins by a Welcome. Whether the server may forget it.
    fn join(&mut self, welcome: &WaitingWelcome) -> Done<bool> {
        let id = welcome.channel;
        self.db.execute_batch("SAVEPOINT welcome")?;
        if self
            .channel(id)?
            .is_some_and(|channel| channel.state == State::Broken)
        {
            self.cache.groups.remove(&id);
            Member::forget(&self.store(), id)?;
        }
        let joined = Member::join(&self.store(), &self.me.keys, &welcome.welcome);
        let member = match joined {
            Ok(member) if member.channel() == id => member,
            Err(GroupError::Store(error)) => return Err(error.into()),
            other => {
                self.db
                    .execute_batch("ROLLBACK TO welcome; RELEASE welcome")?;
                self.cache.groups.remove(&id);
                let again = matches!(other, Err(GroupError::AlreadyMember));
                return self.not_joined(welcome, again);
            }
        };
        // What the members agreed on counts, not what the server says of it.
        let framework = member.policy().map_err(EngineError::Group)?.framework;
        let known = member
            .members()
            .map_err(EngineError::Group)?
            .iter()
            .all(|member| self.cache.people.attests(member, self.now));
        if !known && !self.session.welcomes_retried {
            // Colleagues may have come whom the directory here does not have yet.
            self.db
                .execute_batch("ROLLBACK TO welcome; RELEASE welcome")?;
            self.session.welcomes_retried = true;
            self.ask_directory();
            self.want_welcomes();
            return Ok(false);
        }
        self.db.execute_batch("RELEASE welcome")?;
        let authenticator = member.epoch_authenticator();
        let epoch = member.epoch();
        self.cache.groups.insert(id, member);
        let channel = Channel {
            id,
            case_code: welcome.case_code.clone(),
            framework,
            name: self
                .channel(id)?
                .map(|before| before.name)
                .unwrap_or_default(),
            state: State::Member,
            floor: Some(welcome.seq),
            cursor: Some(welcome.seq),
            history: None,
            read_seq: int(welcome.seq),
            last_at: self.now,
        };
        channel.save(self.db)?;
        self.calm(Caution::GroupBroken, Some(id))?;
        self.calm(Caution::Undecryptable, Some(id))?;
        self.begin_household(&channel);
        self.take_roster(&channel)?;
        self.check_leaves(id)?;
        let item = serde_json::to_string(&TimelineItem::Began).unwrap_or_default();
        let op = self.draw_op();
        self.db.execute(
            "INSERT OR REPLACE INTO entry
             (channel, seq, epoch, at, device, user, org, op, kind, payload_hash, item, authenticator)
             VALUES (?1, ?2, ?3, ?4, ?5, NULL, NULL, ?6, 3, ?7, ?8, ?9)",
            params![
                id.as_bytes(),
                int(welcome.seq),
                int(epoch),
                self.now.0,
                self.me.leaf.device.as_bytes(),
                op.as_bytes(),
                crate::history::payload_hash(&welcome.welcome),
                item,
                authenticator,
            ],
        )?;
        // Jobs from before this device left have nothing to build on.
        self.give_up_queue(
            id,
            &Refusal::local(
                LocalCode::AddedAgain,
                "you were added again; do it once more",
            ),
        )?;
        for waiting in self.queues()? {
            self.pump(waiting)?;
        }
        self.follow(&channel);
        self.changed_channel(id);
        Ok(true)
    }

    /// A Welcome that lets nobody in, `again` when this device is in the group. Whether the server
    /// may forget it.
    fn not_joined(&mut self, welcome: &WaitingWelcome, again: bool) -> Done<bool> {
        let id = welcome.channel;
        let member = self
            .channel(id)?
            .filter(|channel| channel.state == State::Member);
        match member {
            // That it was removed is among what it has not read yet; then it can join.
            Some(channel) if again && channel.next_seq() <= welcome.seq => {
                self.session.welcomes_held.insert(id, welcome.seq);
                return Ok(false);
            }
            None if !again => self.warn(Caution::GroupBroken, None)?,
            _ => {}
        }
        Ok(true)
    }

    /// Uploads KeyPackages when fewer than half of them are left.
    pub(crate) fn refill_key_packages(&mut self) -> Done {
        let Some(left) = self.session.key_packages_left else {
            return Ok(());
        };
        let left = left as usize;
        let last_resort = self.kept::<bool>(LAST_RESORT)?.unwrap_or(false);
        let wanted = left < KEY_PACKAGE_TARGET / 2 || !last_resort;
        if !wanted || self.session.uploading || !self.has_role(OrgRole::Professional) {
            return Ok(());
        }
        let (store, me) = (self.store(), self.me);
        let make = |count, last_resort| {
            Member::key_packages(&store, &me.keys, &me.leaf, me.suite, count, last_resort)
        };
        let count = KEY_PACKAGE_TARGET
            .saturating_sub(left)
            .min(MAX_KEY_PACKAGES);
        let key_packages = make(count, false)?.into_iter().map(ByteBuf::from).collect();
        let last_resort = if last_resort {
            None
        } else {
            make(1, true)?.into_iter().next().map(ByteBuf::from)
        };
        self.session.uploading = true;
        self.ask(
            Asked::KeyPackages,
            Request::UploadKeyPackages(UploadKeyPackages {
                key_packages,
                last_resort,
            }),
        );
        Ok(())
    }

    pub(crate) fn key_packages_uploaded(&mut self, good: bool) -> Done {
        self.session.uploading = false;
        if good {
            database::put_as(self.db, LAST_RESORT, &true)?;
        }
        Ok(())
    }
}
