//! From the outbox to the server: deriving requests, and what their answers mean.
//!
//! A job's request is derived from what is wanted at the moment it goes out, and written down
//! before it does. After a lost connection the server is asked what became of it: accepted, then it
//! is taken as sent; unknown, then the same bytes go again as long as the epoch is the same.
//! Refused because the channel moved on, then the engine reads on and derives it anew.

use beraad_casework::{Context, Event, Sender, event::Body};
use beraad_group::{GroupError, Policy};
use beraad_protocol::{
    ChannelId, EventId, OperationId, Problem, limits,
    request::{CommitBundle, CreateChannel, Publish, Request},
    to_cbor,
    vocabulary::Framework,
};
use serde_bytes::ByteBuf;

use crate::{
    channel::{Channel, State},
    engine::Step,
    error::{Done, EngineError},
    history::{UNKNOWN, payload_hash},
    outbox::{Job, Sent, Stage, Task},
    records::SealedRecord,
    refusal::{LocalCode, Refusal},
    session::Asked,
    warning::Caution,
};

/// Room for a request's frame around its parts.
const FRAME_ROOM: usize = 256;

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
            GroupError::Policy(_) => Self::refuse(LocalCode::NotAllowed, error.to_string()),
            GroupError::Removed => Self::refuse(LocalCode::NoLongerMember, error.to_string()),
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

    pub(crate) fn resend(&mut self, job: &Job) -> Done<bool> {
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
                    LocalCode::NoLongerMember,
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
                LocalCode::NotVouchedFor,
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

pub(crate) fn stored_request(job: &Job) -> Option<Request> {
    beraad_protocol::from_cbor(job.request.as_ref()?).ok()
}

/// The epoch a request belongs to; none when it belongs to no epoch.
pub(crate) fn request_epoch(request: &Request) -> Option<u64> {
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
