//! From an intent to jobs: what is checked at once, and what is drawn once and for all.

use beraad_casework::{
    Context, Event, Sender,
    consent::default_expiry,
    event::Body,
    model::{ConsentRecord, ConsentWithdrawal, DisclosureRecord},
};
use beraad_protocol::{
    ChannelId, ConferenceId, EventId, ItemId, PersonId, RecordId, UserId, limits,
    meeting::ConferencePlan,
    request::{InviteUser, OpenOrganisation},
    vocabulary::{ConferenceStatus, Framework},
};
use rusqlite::params;

use crate::{
    channel::{Channel, State},
    database::int,
    engine::Step,
    error::{Done, EngineError},
    history::UNKNOWN,
    intent::{ConsentDraft, DisclosureDraft, Intent, IntentOutcome},
    outbox::{Job, Planned, Task},
    refusal::{LocalCode, Refusal},
    words,
};

/// Characters of a draft.
const MAX_DRAFT: usize = 100_000;
/// Characters of a draft's key.
const MAX_DRAFT_KEY: usize = 200;

/// Why an intent is refused at once, or the step failed.
enum No {
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

fn no<T>(code: LocalCode, detail: impl Into<String>) -> Result<T, No> {
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

    /// What does not happen inside a channel.
    fn compose_elsewhere(&mut self, id: u64, intent: Intent) -> Result<(), No> {
        match intent {
            Intent::MarkRead { channel, seq } => {
                self.db.execute(
                    "UPDATE channel SET read_seq = max(read_seq, ?2) WHERE id = ?1",
                    params![channel.as_bytes(), int(seq)],
                )?;
                self.changed_channel(channel);
                self.answer_done(id);
                Ok(())
            }
            Intent::KeepDraft { key, text } => self.keep_draft(id, &key, &text),
            Intent::PlanConference {
                conference,
                channel,
                kind,
                start,
                end,
                time_zone,
                chair,
                required_capacities,
                invitees,
                cancelled,
            } => {
                let conference =
                    conference.unwrap_or_else(|| ConferenceId::from_bytes(self.draw()));
                let plan = ConferencePlan {
                    id: conference,
                    channel,
                    kind,
                    start,
                    end,
                    time_zone,
                    chair,
                    required_capacities,
                    invitees,
                    status: if cancelled {
                        ConferenceStatus::Cancelled
                    } else {
                        ConferenceStatus::Planned
                    },
                };
                let task = Task::Plan(Box::new(plan));
                self.queue_loose(id, task, Planned::Conference(conference))
            }
            Intent::ReplyInvitation { conference, status } => self.queue_loose(
                id,
                Task::ReplyInvitation { conference, status },
                Planned::Done,
            ),
            Intent::OpenOrganisation {
                name,
                kind,
                admin_name,
            } => {
                let op = self.draw_op();
                let task = Task::OpenOrganisation(OpenOrganisation {
                    op,
                    name,
                    kind,
                    admin_name,
                });
                self.queue_loose(id, task, Planned::Link)
            }
            Intent::InviteUser {
                user,
                name,
                function,
                roles,
                capacities,
            } => {
                let op = self.draw_op();
                let task = Task::InviteUser(InviteUser {
                    op,
                    user,
                    name,
                    function,
                    roles,
                    capacities,
                });
                self.queue_loose(id, task, Planned::Link)
            }
            Intent::ExportPackage {
                purpose,
                legal_basis,
                recipient,
                from,
                until,
            } => Ok(self.begin_export(id, purpose, legal_basis, recipient, from, until)?),
            Intent::Refresh => Ok(self.refresh(id)?),
            _ => no(
                LocalCode::Invalid,
                "this is not something the engine can do",
            ),
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

    fn queue_loose(&mut self, id: u64, task: Task, reply: Planned) -> Result<(), No> {
        let mut job = Job::new(self.draw_op(), task, self.now).answering(Some(id), reply);
        job.n = self.enqueue(&job)?;
        Ok(self.send_loose(job)?)
    }

    /// A channel this device may still write in.
    fn writable(&self, id: ChannelId) -> Result<Channel, No> {
        let Some(channel) = self.channel(id)? else {
            return no(
                LocalCode::UnknownThing,
                "this device does not have that channel; look at the list again",
            );
        };
        match channel.state {
            State::Opening | State::Member => Ok(channel),
            State::Left => no(
                LocalCode::NotAllowed,
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
        if self.cache.people.register_key(org).is_none() {
            let name = &self.me.enrolled.organisation;
            return no(LocalCode::NoRegisterKey, no_register_key(name));
        }
        Ok(())
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
                    LocalCode::NotAllowed,
                    format!("{} no longer works there; choose somebody else", user.name),
                );
            }
            if people.register_key(user.org).is_none() {
                return no(
                    LocalCode::NoRegisterKey,
                    no_register_key(&people.org_name(user.org)),
                );
            }
            if user.devices.is_empty() {
                return no(
                    LocalCode::NotAllowed,
                    format!(
                        "{} has no device yet; the colleague opens the one-time link first",
                        user.name
                    ),
                );
            }
        }
        Ok(())
    }

    fn keep_draft(&mut self, id: u64, key: &str, text: &str) -> Result<(), No> {
        if key.chars().count() > MAX_DRAFT_KEY || text.chars().count() > MAX_DRAFT {
            return no(
                LocalCode::Invalid,
                "this draft is too long to keep; shorten it",
            );
        }
        if text.is_empty() {
            self.db.execute("DELETE FROM draft WHERE key = ?1", [key])?;
        } else {
            self.db.execute(
                "INSERT OR REPLACE INTO draft (key, text) VALUES (?1, ?2)",
                [key, text],
            )?;
        }
        self.answer_done(id);
        Ok(())
    }

    fn consent_record(&mut self, draft: ConsentDraft) -> ConsentRecord {
        consent_record(draft, RecordId::from_bytes(self.draw()), self.now)
    }
}

/// A consent as it would be recorded at `now`.
pub(crate) fn consent_record(
    draft: ConsentDraft,
    id: RecordId,
    now: beraad_protocol::Timestamp,
) -> ConsentRecord {
    ConsentRecord {
        id,
        subject: draft.subject,
        function: draft.function,
        answers: draft.answers,
        categories: draft.categories,
        recipients: draft.recipients,
        purposes: draft.purposes,
        valid_from: now,
        valid_until: draft.valid_until.unwrap_or_else(|| default_expiry(now)),
        method: draft.method,
        freely_given: draft.freely_given,
        under_pressure: draft.under_pressure,
        notice: draft.notice,
        language: draft.language,
    }
}

/// A disclosure as it would be recorded at `now`.
pub(crate) fn disclosure_record(
    draft: DisclosureDraft,
    id: RecordId,
    items: Vec<ItemId>,
    now: beraad_protocol::Timestamp,
) -> DisclosureRecord {
    DisclosureRecord {
        id,
        at: now,
        mechanism: draft.mechanism,
        capacity: draft.capacity,
        lines: draft.lines,
        purpose: draft.purpose,
        description: draft.description,
        items,
        motivation: draft.motivation,
        necessity: draft.necessity,
        proportionality: draft.proportionality,
        subsidiarity: draft.subsidiarity,
        consulted: draft.consulted,
        inform: draft.inform,
        confidentiality: draft.confidentiality,
        emergency: draft.emergency,
        corrects: draft.corrects,
    }
}

/// Which organisation cannot take part, and who can mend it.
pub(crate) fn no_register_key(organisation: &str) -> String {
    format!(
        "{organisation} has no register yet; its compliance officer signs in once, then try again"
    )
}

/// Names of the persons an id stands for, for records and conversations.
pub(crate) fn person_name(household: &beraad_casework::Household, person: PersonId) -> String {
    household
        .person(person)
        .map(|entry| entry.person.name.clone())
        .unwrap_or_default()
}
