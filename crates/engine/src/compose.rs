//! From an intent to jobs: what is checked at once, and what is drawn once and for all.

use beraad_casework::{
    Context, Event, Sender,
    event::Body,
    model::{ConsentRecord, ConsentWithdrawal},
};
use beraad_protocol::{
    ChannelId, EventId, ItemId, RecordId, UserId, limits, vocabulary::Framework,
};

use crate::{
    channel::{Channel, State},
    drafts::{consent_record, disclosure_record},
    engine::Step,
    error::{Done, EngineError},
    history::UNKNOWN,
    intent::{ConsentDraft, Intent, IntentOutcome},
    outbox::{Job, Planned, Task},
    refusal::{LocalCode, Refusal},
    words,
};

/// Why an intent is refused at once, or the step failed.
pub(crate) enum No {
    Refused(Refusal),
    Failed(EngineError),
}

impl From<EngineError> for No {
    fn from(error: EngineError) -> Self {
        Self::Failed(error)
    }
}

impl From<rusqlite::Error> for No {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.into())
    }
}

pub(crate) fn no<T>(code: LocalCode, detail: impl Into<String>) -> Result<T, No> {
    Err(No::Refused(Refusal::local(code, detail)))
}

impl Step<'_> {
    /// Takes an intent in: answered at once, or written down and answered later.
    ///
    /// What only the directory here speaks against waits for the newest one, so that nobody is
    /// refused for what has just been mended.
    pub(crate) fn intent(&mut self, id: u64, intent: Intent) -> Done {
        let doubtful = match &intent {
            Intent::CreateChannel { members, .. } => self
                .check_organisation()
                .and_then(|()| self.check_colleagues(members)),
            Intent::AddMembers { users, .. } => self.check_colleagues(users),
            _ => Ok(()),
        };
        match doubtful {
            Err(No::Failed(error)) => Err(error),
            Err(No::Refused(_)) if self.session.is_ready() => {
                self.session.in_doubt.push((id, intent));
                self.ask_directory();
                Ok(())
            }
            _ => self.intent_for_good(id, intent),
        }
    }

    /// Takes an intent in, with the directory that there is.
    pub(crate) fn intent_for_good(&mut self, id: u64, intent: Intent) -> Done {
        match self.compose(id, intent) {
            Ok(()) => Ok(()),
            Err(No::Refused(refusal)) => {
                self.answer(Some(id), IntentOutcome::Refused { refusal });
                Ok(())
            }
            Err(No::Failed(error)) => Err(error),
        }
    }

    fn compose(&mut self, id: u64, intent: Intent) -> Result<(), No> {
        match intent {
            Intent::CreateChannel {
                household_name,
                framework,
                members,
            } => self.compose_channel(id, &household_name, framework, members),
            Intent::AddMembers { channel, users } => {
                let channel = self.writable(channel)?;
                self.check_colleagues(&users)?;
                let task = Task::AddMembers {
                    users,
                    opening: false,
                };
                self.queue(id, &channel, task, Planned::Done)
            }
            Intent::RemoveMember { channel, user } => {
                let channel = self.writable(channel)?;
                if user == self.me.leaf.user {
                    return no(
                        LocalCode::NotAllowed,
                        "nobody removes themselves; ask the case lead",
                    );
                }
                self.queue(id, &channel, Task::RemoveMember { user }, Planned::Done)
            }
            Intent::SendMessage { channel, text } => {
                if text.trim().is_empty() {
                    return no(LocalCode::Invalid, "a message needs text; write something");
                }
                self.say(id, channel, Body::MessagePosted { text }, Planned::Done)
            }
            Intent::PutPerson {
                channel,
                base,
                person,
            } => self.say(id, channel, Body::PersonPut { base, person }, Planned::Done),
            Intent::PutAgendaItem {
                channel,
                conference,
                item,
                base,
                settles,
                draft,
            } => {
                let item = item.unwrap_or_else(|| ItemId::from_bytes(self.draw()));
                let body = Body::AgendaItemPut {
                    item,
                    conference,
                    base,
                    settles,
                    draft,
                };
                self.say(id, channel, body, Planned::Item(item))
            }
            Intent::RemoveAgendaItem {
                channel,
                item,
                base,
            } => self.say(
                id,
                channel,
                Body::AgendaItemRemoved { item, base },
                Planned::Done,
            ),
            other => self.compose_record(id, other),
        }
    }

    /// What is accounted for with a record.
    fn compose_record(&mut self, id: u64, intent: Intent) -> Result<(), No> {
        match intent {
            Intent::RecordConsent { channel, consent } => {
                let consent = self.consent_record(consent);
                let record = consent.id;
                let body = Body::ConsentRecorded { consent };
                self.say(id, channel, body, Planned::Record(record))
            }
            Intent::WithdrawConsent {
                channel,
                consent,
                by,
                method,
            } => {
                let withdrawal = ConsentWithdrawal {
                    id: RecordId::from_bytes(self.draw()),
                    consent,
                    by,
                    method,
                };
                let record = withdrawal.id;
                let body = Body::ConsentWithdrawn { withdrawal };
                self.say(id, channel, body, Planned::Record(record))
            }
            Intent::ShareInformation {
                channel,
                text,
                disclosure,
            } => {
                let item = ItemId::from_bytes(self.draw());
                let record = RecordId::from_bytes(self.draw());
                let disclosure = disclosure_record(disclosure, record, vec![item], self.now);
                let body = Body::InformationShared {
                    item,
                    text,
                    disclosure,
                };
                self.say(id, channel, body, Planned::Record(record))
            }
            other => self.compose_elsewhere(id, other),
        }
    }

    fn compose_channel(
        &mut self,
        id: u64,
        name: &str,
        framework: Framework,
        members: Vec<UserId>,
    ) -> Result<(), No> {
        let name = name.trim().to_owned();
        if name.is_empty() || name.chars().count() > limits::MAX_NAME {
            return no(
                LocalCode::Invalid,
                format!(
                    "a household's name has 1 to {} characters",
                    limits::MAX_NAME
                ),
            );
        }
        self.check_organisation()?;
        self.check_colleagues(&members)?;
        let channel = Channel {
            id: ChannelId::from_bytes(self.draw()),
            case_code: words::case_code(self.rng),
            framework,
            name: name.clone(),
            state: State::Opening,
            floor: None,
            cursor: None,
            history: Some(crate::history::START),
            read_seq: -1,
            last_at: self.now,
        };
        channel.save(self.db)?;
        let reply = Planned::Channel {
            channel: channel.id,
            case_code: channel.case_code.clone(),
        };
        let create = Task::CreateChannel {
            case_code: channel.case_code.clone(),
            framework,
        };
        let event = EventId::from_bytes(self.draw());
        let body = Box::new(Body::HouseholdNamed { name });
        let mut tasks = vec![create, Task::Event { event, body }];
        if !members.is_empty() {
            tasks.push(Task::AddMembers {
                users: members,
                opening: true,
            });
        }
        let last = tasks.len() - 1;
        for (at, task) in tasks.into_iter().enumerate() {
            let mut job = Job::new(self.draw_op(), task, self.now).on(channel.id);
            if at == last {
                job = job.answering(Some(id), reply.clone());
            }
            self.enqueue(&job)?;
        }
        self.changed_channel(channel.id);
        Ok(self.pump(channel.id)?)
    }

    /// Queues an event; refused at once when the rules already say no.
    fn say(&mut self, id: u64, channel: ChannelId, body: Body, reply: Planned) -> Result<(), No> {
        let channel = self.writable(channel)?;
        let event = Event {
            v: 1,
            id: EventId::from_bytes(self.draw()),
            seen: channel.cursor.unwrap_or(0),
            history: UNKNOWN.to_vec(),
            body,
        };
        // What waits before it may be what it builds on; then it is judged when its turn comes.
        if channel.state == State::Member && self.head_job(channel.id)?.is_none() {
            let context = Context {
                seq: channel.next_seq(),
                at: self.now,
                sender: Sender {
                    user: self.me.leaf.user,
                    org: self.me.leaf.org,
                },
            };
            let blocks = self.household(&channel)?.check(&context, &event);
            if !blocks.is_empty() {
                return Err(No::Refused(Refusal::Rules { blocks }));
            }
        }
        let task = Task::Event {
            event: event.id,
            body: Box::new(event.body),
        };
        self.queue(id, &channel, task, reply)
    }

    fn queue(&mut self, id: u64, channel: &Channel, task: Task, reply: Planned) -> Result<(), No> {
        let job = Job::new(self.draw_op(), task, self.now)
            .on(channel.id)
            .answering(Some(id), reply);
        self.enqueue(&job)?;
        self.changed_channel(channel.id);
        Ok(self.pump(channel.id)?)
    }

    /// A channel this device may still write in.
    pub(crate) fn writable(&self, id: ChannelId) -> Result<Channel, No> {
        let Some(channel) = self.channel(id)? else {
            return no(
                LocalCode::UnknownThing,
                "this device does not have that channel; look at the list again",
            );
        };
        match channel.state {
            State::Opening | State::Member => Ok(channel),
            State::Left => no(
                LocalCode::NoLongerMember,
                "you are no longer a member of this channel; ask the case lead to add you",
            ),
            State::Broken => no(
                LocalCode::GroupBroken,
                "this channel can no longer be used on this device; ask the case lead to remove you and add you again",
            ),
        }
    }

    /// Whether the own organisation can take part in a channel.
    fn check_organisation(&self) -> Result<(), No> {
        let org = self.me.leaf.org;
        self.cache
            .people
            .register_key(org, self.now)
            .map(|_| ())
            .map_err(|why| No::Refused(why.refusal(&self.me.enrolled.organisation)))
    }

    /// Whether colleagues can be added, as far as this device knows.
    fn check_colleagues(&self, users: &[UserId]) -> Result<(), No> {
        if users.len() > limits::MAX_CLAIM_USERS {
            return no(
                LocalCode::Invalid,
                "these are too many colleagues at once; add fewer",
            );
        }
        let people = &self.cache.people;
        for id in users {
            let Some(user) = people.user(*id) else {
                return no(
                    LocalCode::UnknownThing,
                    "the directory does not have that colleague; refresh it and choose again",
                );
            };
            if user.suspended {
                return no(
                    LocalCode::ColleagueLeft,
                    format!("{} no longer works there; choose somebody else", user.name),
                );
            }
            if let Err(why) = people.register_key(user.org, self.now) {
                return Err(No::Refused(why.refusal(&people.org_name(user.org))));
            }
            if user.devices.is_empty() {
                return no(
                    LocalCode::NoDevice,
                    format!(
                        "{} has no device yet; the colleague opens the one-time link first",
                        user.name
                    ),
                );
            }
        }
        Ok(())
    }

    fn consent_record(&mut self, draft: ConsentDraft) -> ConsentRecord {
        consent_record(draft, RecordId::from_bytes(self.draw()), self.now)
    }
}
