//! From the outbox to the server: deriving requests, and what their answers mean.
//!
//! A job's request is derived from what is wanted at the moment it goes out, and written down
//! before it does. After a lost connection the server is asked what became of it: accepted, then it
//! is taken as sent; unknown, then the same bytes go again as long as the epoch is the same.
//! Refused because the channel moved on, then the engine reads on and derives it anew.

use beraad_casework::{Context, Event, Sender, event::Body};
use beraad_group::{GroupError, Policy};
use beraad_protocol::{
    ChannelId, Code, EventId, OperationId, Problem, limits,
    request::{Accepted, Answer, CommitBundle, CreateChannel, Publish, Request},
    to_cbor,
    vocabulary::Framework,
};
use serde_bytes::ByteBuf;

use crate::{
    channel::{Channel, State},
    engine::Step,
    error::{Done, EngineError},
    history::{UNKNOWN, payload_hash},
    intent::{IntentOutcome, Reply},
    outbox::{Job, Planned, Sent, Stage, Task, of_channel},
    records::SealedRecord,
    refusal::{LocalCode, Refusal},
    session::Asked,
    warning::Caution,
};

/// Room for a request's frame around its parts.
const FRAME_ROOM: usize = 256;
/// Tries in vain before a job is given up.
const MAX_TRIES: u32 = 8;

/// Why a job is not sent now.
pub(crate) enum Stop {
    /// Never.
    Refuse(Box<Refusal>),
    /// It is so already.
    Nothing,
    /// Not before something else is done.
    Later(Stage),
    /// The step failed.
    Failed(EngineError),
}

impl<E: Into<EngineError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Stop {
    pub(crate) fn refuse(code: LocalCode, detail: impl Into<String>) -> Self {
        Self::Refuse(Box::new(Refusal::local(code, detail)))
    }

    /// What a failing group means for the job that needed it.
    pub(crate) fn group(error: GroupError) -> Self {
        match error {
            GroupError::Store(_) => Self::Failed(error.into()),
            GroupError::TooLarge { .. } | GroupError::BadKeyPackage(_) => {
                Self::refuse(LocalCode::Invalid, error.to_string())
            }
            GroupError::Policy(_) | GroupError::Removed => {
                Self::refuse(LocalCode::NotAllowed, error.to_string())
            }
            GroupError::UnknownDevice(_) => {
                Self::refuse(LocalCode::UnknownThing, error.to_string())
            }
            _ => Self::refuse(LocalCode::GroupBroken, error.to_string()),
        }
    }
}

impl Step<'_> {
    /// Sends the next job of a channel's queue, if it may go now.
    pub(crate) fn pump(&mut self, id: ChannelId) -> Done {
        while self.session.is_ready() && !self.reading {
            let Some(job) = self.head_job(id)? else {
                return Ok(());
            };
            let Some(channel) = self.channel(id)? else {
                self.remove(&job)?;
                continue;
            };
            let due = match job.stage {
                Stage::New => true,
                Stage::WaitHead { seq } => channel.next_seq() > seq,
                Stage::WaitUntil { at } => at <= self.now,
                Stage::Claiming | Stage::Sent => false,
            };
            if !due {
                return Ok(());
            }
            // What failed for a passing reason goes out again as it was.
            if matches!(job.stage, Stage::WaitUntil { .. }) && self.resend(&job)? {
                return Ok(());
            }
            if !self.derive_and_send(job, &channel)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether the queue may go on with another job.
    fn derive_and_send(&mut self, mut job: Job, channel: &Channel) -> Done<bool> {
        let derived = match self.derive(&mut job, channel) {
            Ok(request) => fits(request).map_err(|refusal| Stop::Refuse(Box::new(refusal))),
            Err(stop) => Err(stop),
        };
        match derived {
            Ok(request @ Request::ClaimKeyPackages { .. }) => {
                job.stage = Stage::Claiming;
                self.save(&job)?;
                self.ask(Asked::Claim(job.n), request);
                Ok(false)
            }
            Ok(request) => {
                job.stage = Stage::Sent;
                job.request = Some(ByteBuf::from(to_cbor(&request)));
                self.save(&job)?;
                self.ask(Asked::Job(job.n), request);
                Ok(false)
            }
            Err(Stop::Later(stage)) => {
                job.stage = stage;
                self.save(&job)?;
                Ok(false)
            }
            Err(Stop::Nothing) => {
                self.complete(&job)?;
                Ok(true)
            }
            Err(Stop::Refuse(refusal)) => {
                self.give_up(&job, *refusal)?;
                Ok(true)
            }
            Err(Stop::Failed(error)) => Err(error),
        }
    }

    fn resend(&mut self, job: &Job) -> Done<bool> {
        let Some(request) = stored_request(job) else {
            return Ok(false);
        };
        let sent = Job {
            stage: Stage::Sent,
            ..job.clone()
        };
        self.save(&sent)?;
        self.ask(Asked::Job(job.n), request);
        Ok(true)
    }

    /// The request for a job as things stand now.
    fn derive(&mut self, job: &mut Job, channel: &Channel) -> Result<Request, Stop> {
        match channel.state {
            State::Left => {
                return Err(Stop::refuse(
                    LocalCode::NotAllowed,
                    "you are no longer a member of this channel; ask the case lead to add you",
                ));
            }
            State::Broken => {
                return Err(Stop::refuse(
                    LocalCode::GroupBroken,
                    "this channel can no longer be used on this device; ask the case lead to remove you and add you again",
                ));
            }
            State::Opening | State::Member => {}
        }
        match job.task.clone() {
            Task::CreateChannel {
                case_code,
                framework,
            } => self.derive_channel(job.op, channel.id, case_code, framework),
            Task::Event { event, body } => self.derive_event(job, channel, event, *body),
            Task::TellName { event } => {
                if channel.name.is_empty() {
                    return Err(Stop::Nothing);
                }
                let body = Body::HouseholdNamed {
                    name: channel.name.clone(),
                };
                self.derive_event(job, channel, event, body)
            }
            Task::AddMembers { users, .. } => self.derive_addition(job, channel, &users),
            Task::RemoveMember { user } => self.derive_removal(job, channel, user),
            Task::Plan(_)
            | Task::ReplyInvitation { .. }
            | Task::OpenOrganisation(_)
            | Task::InviteUser(_) => Err(Stop::Nothing),
        }
    }

    fn derive_channel(
        &mut self,
        op: OperationId,
        id: ChannelId,
        case_code: String,
        framework: Framework,
    ) -> Result<Request, Stop> {
        let me = self.me;
        let store = self.store();
        let policy = Policy::new(id, framework, me.suite, me.leaf.user);
        // An earlier try may have left a group nobody else knows of.
        self.cache.groups.remove(&id);
        beraad_group::Member::forget(&store, id).map_err(Stop::group)?;
        let (group, group_info) = beraad_group::Member::create(
            &store,
            &me.keys,
            &me.leaf,
            &policy,
            Some(&me.external_sender),
        )
        .map_err(Stop::group)?;
        self.cache.groups.insert(id, group);
        Ok(Request::CreateChannel(CreateChannel {
            op,
            channel: id,
            case_code,
            framework,
            group_info,
        }))
    }

    fn derive_event(
        &mut self,
        job: &mut Job,
        channel: &Channel,
        id: EventId,
        body: Body,
    ) -> Result<Request, Stop> {
        if self.warned(Caution::UnattestedLeaf, channel.id)? && !self.check_leaves(channel.id)? {
            return Err(Stop::refuse(
                LocalCode::NotAllowed,
                "a device that nobody vouches for is in this channel; the case lead removes it first",
            ));
        }
        if job.task.has_record() && self.record_under_way(job.n)? {
            return Err(Stop::Later(Stage::New));
        }
        let event = Event {
            v: 1,
            id,
            seen: channel.cursor.unwrap_or(0),
            history: channel.history.unwrap_or(UNKNOWN).to_vec(),
            body,
        };
        let context = Context {
            seq: channel.next_seq(),
            at: self.now,
            sender: Sender {
                user: self.me.leaf.user,
                org: self.me.leaf.org,
            },
        };
        let blocks = self.household(channel)?.check(&context, &event);
        if !blocks.is_empty() {
            return Err(Stop::Refuse(Box::new(Refusal::Rules { blocks })));
        }
        let record = match self.record_for(job, channel, &event.body) {
            // A key that is not here may have come meanwhile: the newest directory decides.
            Err(Stop::Refuse(refusal)) if job.tries == 0 && lacks_key(&refusal) => {
                job.tries = 1;
                self.ask_directory();
                return Err(Stop::Later(Stage::WaitUntil {
                    at: self.now.plus_millis(500),
                }));
            }
            other => other?,
        };
        let plaintext = event.to_cbor();
        let store = self.store();
        let op = job.op;
        let group = self.group(channel.id)?.ok_or_else(no_group)?;
        let epoch = group.epoch();
        let message = group
            .encrypt(&store, &plaintext, op.as_bytes())
            .map_err(Stop::group)?;
        let (records, hash) = match record {
            Some(SealedRecord { submission, hash }) => (vec![submission], Some(hash)),
            None => (Vec::new(), None),
        };
        job.sent.push(Sent {
            payload_hash: ByteBuf::from(payload_hash(&message)),
            plaintext: ByteBuf::from(plaintext),
            record: hash.map(ByteBuf::from),
        });
        // Whether something may be disclosed depends on everything before it, a withdrawal above all.
        let if_head = matches!(event.body, Body::InformationShared { .. })
            .then_some(channel.cursor)
            .flatten();
        Ok(Request::Publish(Publish {
            op,
            channel: channel.id,
            epoch,
            if_head,
            message,
            records,
        }))
    }

    /// The server answered a job's request.
    pub(crate) fn job_answered(&mut self, n: i64, result: Result<Answer, Problem>) -> Done {
        let Some(job) = self.job(n)? else {
            return Ok(());
        };
        if job.channel.is_none() {
            return self.loose_answered(job, result);
        }
        match result {
            Ok(Answer::Accepted(accepted)) => self.accepted(job, accepted),
            Ok(_) => self.refused(job, Problem::new(Code::Internal)),
            Err(problem) => self.refused(job, problem),
        }
    }

    /// The server said what became of a job.
    pub(crate) fn outcome_answered(&mut self, n: i64, result: Result<Answer, Problem>) -> Done {
        let Some(mut job) = self.job(n)? else {
            return Ok(());
        };
        let Some(id) = job.channel else { return Ok(()) };
        match result {
            Ok(Answer::Accepted(accepted)) => self.accepted(job, accepted),
            // Its entry is here, so the server has it: what it says of the epoch would be wrong.
            _ if job.folded => {
                let seq = self
                    .channel(id)?
                    .and_then(|channel| channel.cursor)
                    .unwrap_or(0);
                let accepted = Accepted {
                    op: job.op,
                    seq,
                    at: self.now,
                    records: Vec::new(),
                };
                self.accepted(job, accepted)
            }
            Ok(_) => {
                let epoch = self.group(id)?.map(|group| group.epoch());
                let same = stored_request(&job).is_some_and(|request| {
                    request_epoch(&request).is_none_or(|made_in| Some(made_in) == epoch)
                });
                if same && self.resend(&job)? {
                    return Ok(());
                }
                self.derive_anew(&mut job, Stage::New)?;
                self.pump(id)
            }
            Err(_) => {
                job.stage = Stage::WaitUntil {
                    at: self.now.plus_millis(1_000),
                };
                self.save(&job)
            }
        }
    }

    /// The server has it on disk.
    fn accepted(&mut self, mut job: Job, accepted: Accepted) -> Done {
        let Some(id) = job.channel else { return Ok(()) };
        let Some(mut channel) = self.channel(id)? else {
            return Ok(());
        };
        if accepted.op != job.op {
            return self.refused(job, Problem::new(Code::Internal));
        }
        if channel.state == State::Opening {
            channel.state = State::Member;
            channel.save(self.db)?;
            self.follow(&channel);
        }
        // An entry that was read and not recognised will not come again.
        job.folded |= channel.cursor.is_some_and(|cursor| cursor >= accepted.seq);
        job.accepted = Some(accepted);
        self.save(&job)?;
        self.finish_if_done(&job)
    }

    /// A job ends when it is on the server's disk and folded here.
    pub(crate) fn finish_if_done(&mut self, job: &Job) -> Done {
        if job.folded && job.accepted.is_some() {
            self.complete(job)?;
            self.pump_after(job)?;
        }
        Ok(())
    }

    fn pump_after(&mut self, job: &Job) -> Done {
        if job.task.has_record() {
            self.pump_all = self.reading;
            for channel in self.queues()? {
                self.pump(channel)?;
            }
            return Ok(());
        }
        job.channel.map_or(Ok(()), |channel| self.pump(channel))
    }

    /// It is done: tells whoever waits.
    pub(crate) fn complete(&mut self, job: &Job) -> Done {
        self.remove(job)?;
        if let (Task::AddMembers { .. }, Some(channel)) = (&job.task, job.channel) {
            self.calm(Caution::MembersNotAdded, Some(channel))?;
        }
        if let Some(reply) = job.reply.clone() {
            let reply = reply.reply(job.accepted.as_ref());
            self.answer(job.intent, IntentOutcome::Ok { reply });
        }
        if let Some(channel) = job.channel {
            self.changed_channel(channel);
        }
        Ok(())
    }

    /// The server refused it.
    fn refused(&mut self, mut job: Job, problem: Problem) -> Done {
        let Some(id) = job.channel else { return Ok(()) };
        if job.folded {
            // Its entry is in the channel, whatever was answered.
            self.ask(Asked::Outcome(job.n), Request::Outcome { op: job.op });
            return Ok(());
        }
        let cursor = self.channel(id)?.and_then(|channel| channel.cursor);
        match problem.code {
            Code::StaleEpoch | Code::StaleView => {
                let next = cursor.map_or(0, |cursor| cursor.saturating_add(1));
                // What the server has more is on its way; without more, waiting solves nothing.
                let head = problem.head.unwrap_or(next);
                if cursor.is_some_and(|cursor| cursor >= head) {
                    job.tries += 1;
                }
                if job.tries > MAX_TRIES {
                    return self.give_up_and_go_on(&job, problem.into_refusal());
                }
                self.drop_pending(&job)?;
                job.op = self.draw_op();
                job.sent.clear();
                self.derive_anew(&mut job, Stage::WaitHead { seq: head })?;
                self.pump(id)
            }
            Code::RateLimited | Code::Unavailable => self.later(job),
            Code::Internal if job.tries < MAX_TRIES => self.later(job),
            Code::BadBundle | Code::BadRecord if job.tries < 3 => {
                self.drop_pending(&job)?;
                job.op = self.draw_op();
                job.sent.clear();
                job.tries += 1;
                self.ask_directory();
                let at = self.now.plus_millis(500);
                self.derive_anew(&mut job, Stage::WaitUntil { at })
            }
            _ => {
                self.drop_pending(&job)?;
                self.give_up_and_go_on(&job, problem.into_refusal())
            }
        }
    }

    /// The same request again, after a while that grows.
    pub(crate) fn later(&mut self, mut job: Job) -> Done {
        let wait = 500_i64 << job.tries.min(7);
        job.tries = job.tries.saturating_add(1);
        job.stage = Stage::WaitUntil {
            at: self.now.plus_millis(wait),
        };
        self.save(&job)
    }

    /// Forgets the request that was derived; the next one may be another.
    fn derive_anew(&mut self, job: &mut Job, stage: Stage) -> Done {
        self.drop_pending(job)?;
        job.request = None;
        job.stage = stage;
        self.save(job)
    }

    fn drop_pending(&mut self, job: &Job) -> Done {
        let Some(id) = job.channel else { return Ok(()) };
        if job.task.is_commit() {
            let store = self.store();
            if let Some(group) = self.group(id)? {
                group.clear_pending(&store)?;
            }
        }
        Ok(())
    }

    fn give_up_and_go_on(&mut self, job: &Job, refusal: Refusal) -> Done {
        self.give_up(job, refusal)?;
        self.pump_after(job)
    }

    /// It will not be done: tells whoever waits, and leaves nothing of it.
    pub(crate) fn give_up(&mut self, job: &Job, refusal: Refusal) -> Done {
        self.remove(job)?;
        let outcome = match (&job.task, job.channel) {
            // Without the channel, nothing that was to happen in it can.
            (Task::CreateChannel { .. }, Some(id)) => {
                self.forget_channel(id, &refusal)?;
                IntentOutcome::Refused { refusal }
            }
            // The channel is there; who is missing can be added from it.
            (Task::AddMembers { opening: true, .. }, Some(id)) => {
                self.warn(Caution::MembersNotAdded, Some(id))?;
                let reply = job.reply.clone().unwrap_or(Planned::Done).reply(None);
                IntentOutcome::Ok { reply }
            }
            _ => IntentOutcome::Refused { refusal },
        };
        if job.reply.is_some() {
            self.answer(job.intent, outcome);
        }
        if let Some(channel) = job.channel {
            self.changed_channel(channel);
        }
        Ok(())
    }

    /// Everything that waits in a channel's queue will not be done.
    pub(crate) fn give_up_queue(&mut self, id: ChannelId, refusal: &Refusal) -> Done {
        for job in of_channel(self.db, id)? {
            if !job.folded {
                self.give_up(&job, refusal.clone())?;
            }
        }
        Ok(())
    }

    fn forget_channel(&mut self, id: ChannelId, refusal: &Refusal) -> Done {
        for job in of_channel(self.db, id)? {
            self.remove(&job)?;
            if job.reply.is_some() {
                let refusal = refusal.clone();
                self.answer(job.intent, IntentOutcome::Refused { refusal });
            }
        }
        beraad_group::Member::forget(&self.store(), id)?;
        self.cache.groups.remove(&id);
        self.cache.households.remove(&id);
        self.dirty.remove(&id);
        for sql in [
            "DELETE FROM channel WHERE id = ?1",
            "DELETE FROM snapshot WHERE channel = ?1",
            "DELETE FROM entry WHERE channel = ?1",
            "DELETE FROM warning WHERE channel = ?1",
        ] {
            self.db.execute(sql, [id.as_bytes()])?;
        }
        Ok(())
    }

    /// Answers an intent that needed nothing from the server.
    pub(crate) fn answer_done(&mut self, intent: u64) {
        self.answer(Some(intent), IntentOutcome::Ok { reply: Reply::Done });
    }
}

/// Writes a commit's bundle down as what this job sends.
pub(crate) fn bundle_request(
    job: &mut Job,
    channel: ChannelId,
    bundle: beraad_group::Bundle,
) -> Request {
    job.sent.push(Sent {
        payload_hash: ByteBuf::from(payload_hash(&bundle.commit)),
        plaintext: ByteBuf::new(),
        record: None,
    });
    Request::Commit(CommitBundle {
        op: job.op,
        channel,
        epoch: bundle.epoch,
        commit: bundle.commit,
        welcome: bundle.welcome.map(ByteBuf::from),
        group_info: bundle.group_info,
        records: Vec::new(),
    })
}

pub(crate) fn no_group() -> Stop {
    Stop::refuse(
        LocalCode::GroupBroken,
        "this device has no group for this channel; ask the case lead to remove you and add you again",
    )
}

fn lacks_key(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Local {
            code: LocalCode::NoRegisterKey,
            ..
        }
    )
}

fn stored_request(job: &Job) -> Option<Request> {
    beraad_protocol::from_cbor(job.request.as_ref()?).ok()
}

/// The epoch a request belongs to; none when it belongs to no epoch.
fn request_epoch(request: &Request) -> Option<u64> {
    match request {
        Request::Publish(publish) => Some(publish.epoch),
        Request::Commit(bundle) => Some(bundle.epoch),
        _ => None,
    }
}

fn fits(request: Request) -> Result<Request, Refusal> {
    if to_cbor(&request).len() + FRAME_ROOM > limits::MAX_FRAME {
        return Err(Refusal::local(
            LocalCode::Invalid,
            "this is more than fits in one message; send it in smaller parts",
        ));
    }
    Ok(request)
}

/// A problem as a refusal.
pub(crate) trait IntoRefusal {
    fn into_refusal(self) -> Refusal;
}

impl IntoRefusal for Problem {
    fn into_refusal(self) -> Refusal {
        Refusal::Server { problem: self }
    }
}
