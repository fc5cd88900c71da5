//! What has to be done and is not done yet: on disk before anything goes out.
//!
//! An intent becomes one or more jobs. Jobs of one channel run one at a time and in order, so at
//! most one message or commit of a channel is under way; a job leaves when the server has it on
//! disk *and* its entry came back in its place, or when it was refused for good.

use beraad_casework::event::Body;
use beraad_protocol::{
    ChannelId, ConferenceId, EventId, ItemId, OperationId, RecordId, Timestamp, UserId,
    meeting::ConferencePlan,
    request::{Accepted, InviteUser, OpenOrganisation},
    vocabulary::{Framework, ParticipationStatus},
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::{database, engine::Step, error::Done, intent::Reply};

/// Something to do, and how far it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Job {
    /// Its place in the outbox.
    #[serde(skip)]
    pub(crate) n: i64,
    /// The host's number of the intent, in this process only.
    #[serde(skip)]
    pub(crate) intent: Option<u64>,
    /// Names it towards the server; drawn anew once the server has refused it.
    pub(crate) op: OperationId,
    /// The queue it stands in; none where order does not matter.
    pub(crate) channel: Option<ChannelId>,
    /// Goes before the rest of its queue.
    pub(crate) urgent: bool,
    /// When it was wanted.
    pub(crate) written_at: Timestamp,
    /// What to do.
    pub(crate) task: Task,
    /// What to answer when it is done; none when nobody waits for it.
    pub(crate) reply: Option<Planned>,
    /// How far it is.
    pub(crate) stage: Stage,
    /// The exact request, once there is one.
    pub(crate) request: Option<ByteBuf>,
    /// Everything that went out under `op` and may come back as an entry.
    pub(crate) sent: Vec<Sent>,
    /// KeyPackages that were claimed for it and not used yet.
    pub(crate) claimed: Vec<ByteBuf>,
    /// The server has it on disk.
    pub(crate) accepted: Option<Accepted>,
    /// Its entry came back and was folded.
    pub(crate) folded: bool,
    /// Tries in vain.
    pub(crate) tries: u32,
}

/// What to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Task {
    /// Open the channel.
    CreateChannel {
        /// Random words.
        case_code: String,
        /// The legal frame.
        framework: Framework,
    },
    /// Say that something happened.
    Event {
        /// Names the event.
        event: EventId,
        /// What happened.
        body: Box<Body>,
    },
    /// Tell newcomers the household's name.
    TellName {
        /// Names the event.
        event: EventId,
    },
    /// Add colleagues.
    AddMembers {
        /// Whom.
        users: Vec<UserId>,
        /// As part of opening the channel.
        opening: bool,
    },
    /// Remove a colleague.
    RemoveMember {
        /// Whom.
        user: UserId,
    },
    /// Plan, move or cancel a conference.
    Plan(Box<ConferencePlan>),
    /// Answer an invitation.
    ReplyInvitation {
        /// Which conference.
        conference: ConferenceId,
        /// The reply.
        status: ParticipationStatus,
    },
    /// Open an organisation.
    OpenOrganisation(OpenOrganisation),
    /// Invite a colleague.
    InviteUser(InviteUser),
}

impl Task {
    /// Whether a record goes along.
    pub(crate) fn has_record(&self) -> bool {
        matches!(self, Self::Event { body, .. } if matches!(
            **body,
            Body::ConsentRecorded { .. } | Body::ConsentWithdrawn { .. } | Body::InformationShared { .. }
        ))
    }

    /// Whether it changes the group.
    pub(crate) const fn is_commit(&self) -> bool {
        matches!(self, Self::AddMembers { .. } | Self::RemoveMember { .. })
    }
}

/// What to answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Planned {
    Done,
    Channel {
        channel: ChannelId,
        case_code: String,
    },
    Item(ItemId),
    Record(RecordId),
    Conference(ConferenceId),
    /// The server's answer decides.
    Link,
}

impl Planned {
    /// The reply, given where the server put it.
    pub(crate) fn reply(self, accepted: Option<&Accepted>) -> Reply {
        match self {
            Self::Done | Self::Link => Reply::Done,
            Self::Channel { channel, case_code } => Reply::Channel { channel, case_code },
            Self::Item(item) => Reply::Item { item },
            Self::Conference(conference) => Reply::Conference { conference },
            Self::Record(record) => Reply::Record {
                record,
                index: accepted
                    .and_then(|accepted| {
                        accepted
                            .records
                            .iter()
                            .find(|position| position.record == record)
                    })
                    .map_or(0, |position| position.index),
            },
        }
    }
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stage {
    /// To be derived from what is wanted.
    New,
    /// To be derived once the channel was read up to here.
    WaitHead {
        /// The entry.
        seq: u64,
    },
    /// The same request goes out again at that moment; without a request it is derived then.
    WaitUntil {
        /// The moment.
        at: Timestamp,
    },
    /// KeyPackages were asked for.
    Claiming,
    /// The request went out, perhaps.
    Sent,
}

/// A copy that went out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Sent {
    /// SHA-256 of the payload, as it will stand in the entry.
    pub(crate) payload_hash: ByteBuf,
    /// What was encrypted; empty for a commit.
    pub(crate) plaintext: ByteBuf,
    /// The hash of the record that went along.
    pub(crate) record: Option<ByteBuf>,
}

impl Job {
    /// A job that nothing was done for yet.
    pub(crate) fn new(op: OperationId, task: Task, written_at: Timestamp) -> Self {
        Self {
            n: 0,
            intent: None,
            op,
            channel: None,
            urgent: false,
            written_at,
            task,
            reply: None,
            stage: Stage::New,
            request: None,
            sent: Vec::new(),
            claimed: Vec::new(),
            accepted: None,
            folded: false,
            tries: 0,
        }
    }

    pub(crate) fn on(mut self, channel: ChannelId) -> Self {
        self.channel = Some(channel);
        self
    }

    pub(crate) fn urgent(mut self) -> Self {
        self.urgent = true;
        self
    }

    pub(crate) fn answering(mut self, intent: Option<u64>, reply: Planned) -> Self {
        self.intent = intent;
        self.reply = Some(reply);
        self
    }

    /// Whether its request exists: then it may have gone out, or goes out again as it is.
    fn may_be_on_its_way(&self) -> bool {
        self.stage == Stage::Sent || self.request.is_some()
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<(i64, Option<i64>, Vec<u8>)> {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    }

    fn decode((n, intent, job): (i64, Option<i64>, Vec<u8>)) -> Done<Self> {
        let job: Self = database::decode(&job, "a job of the outbox")?;
        Ok(Self {
            n,
            intent: intent.map(i64::cast_unsigned),
            ..job
        })
    }
}

/// The host's numbers mean nothing after a restart, and neither does a link nobody will be shown.
pub(crate) fn forget_intents(db: &Connection) -> Done {
    db.execute("UPDATE outbox SET intent = NULL", [])?;
    for job in jobs(
        db,
        "SELECT n, intent, job FROM outbox WHERE channel IS NULL",
        [],
    )? {
        if matches!(job.task, Task::OpenOrganisation(_) | Task::InviteUser(_)) {
            db.execute("DELETE FROM outbox WHERE n = ?1", [job.n])?;
        }
    }
    Ok(())
}

/// How many intents wait for their end.
pub(crate) fn waiting(db: &Connection) -> Done<u32> {
    Ok(db
        .prepare_cached("SELECT count(*) FROM outbox WHERE answers")?
        .query_row([], |row| row.get(0))?)
}

/// The jobs of a channel, in the order they run.
pub(crate) fn of_channel(db: &Connection, channel: ChannelId) -> Done<Vec<Job>> {
    jobs(
        db,
        "SELECT n, intent, job FROM outbox WHERE channel = ?1 ORDER BY urgent DESC, n",
        [channel.as_bytes()],
    )
}

fn jobs<P: rusqlite::Params>(db: &Connection, sql: &str, params: P) -> Done<Vec<Job>> {
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement
        .query_map(params, Job::from_row)?
        .collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().map(Job::decode).collect()
}

impl Step<'_> {
    /// Puts a job in its queue; it is on disk when the step ends.
    pub(crate) fn enqueue(&mut self, job: &Job) -> Done<i64> {
        self.db
            .prepare_cached(
                "INSERT INTO outbox (op, channel, urgent, intent, answers, record, sent, job)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                job.op.as_bytes(),
                job.channel.as_ref().map(ChannelId::as_bytes),
                job.urgent,
                job.intent.map(u64::cast_signed),
                job.reply.is_some(),
                job.task.has_record(),
                job.may_be_on_its_way(),
                beraad_protocol::to_cbor(job),
            ])?;
        // A link is shown to whoever waits for it, or to nobody: it is not kept over a restart.
        let lasts = !matches!(job.task, Task::OpenOrganisation(_) | Task::InviteUser(_));
        if lasts && job.reply.is_some() {
            self.queued.extend(job.intent);
        }
        Ok(self.db.last_insert_rowid())
    }

    /// Writes down how far a job is.
    pub(crate) fn save(&mut self, job: &Job) -> Done {
        self.db
            .prepare_cached("UPDATE outbox SET op = ?2, sent = ?3, job = ?4 WHERE n = ?1")?
            .execute(params![
                job.n,
                job.op.as_bytes(),
                job.may_be_on_its_way(),
                beraad_protocol::to_cbor(job)
            ])?;
        Ok(())
    }

    pub(crate) fn remove(&mut self, job: &Job) -> Done {
        self.db
            .prepare_cached("DELETE FROM outbox WHERE n = ?1")?
            .execute([job.n])?;
        Ok(())
    }

    pub(crate) fn job(&self, n: i64) -> Done<Option<Job>> {
        self.one("SELECT n, intent, job FROM outbox WHERE n = ?1", [n])
    }

    pub(crate) fn job_by_op(&self, op: OperationId) -> Done<Option<Job>> {
        self.one(
            "SELECT n, intent, job FROM outbox WHERE op = ?1",
            [op.as_bytes()],
        )
    }

    /// The next one in a channel's queue.
    pub(crate) fn head_job(&self, channel: ChannelId) -> Done<Option<Job>> {
        self.one(
            "SELECT n, intent, job FROM outbox WHERE channel = ?1 ORDER BY urgent DESC, n LIMIT 1",
            [channel.as_bytes()],
        )
    }

    /// Whether a record of this device is under way in another channel: records form one chain.
    /// One that was signed and waits to go out again counts too: it names the record before it.
    pub(crate) fn record_under_way(&self, but: i64) -> Done<bool> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM outbox WHERE record AND sent AND n <> ?1)",
            )?
            .query_row([but], |row| row.get(0))?)
    }

    /// The jobs that stand in no queue.
    pub(crate) fn loose_jobs(&self) -> Done<Vec<Job>> {
        jobs(
            self.db,
            "SELECT n, intent, job FROM outbox WHERE channel IS NULL ORDER BY n",
            [],
        )
    }

    /// The channels that have a queue.
    pub(crate) fn queues(&self) -> Done<Vec<ChannelId>> {
        let mut statement = self
            .db
            .prepare_cached("SELECT DISTINCT channel FROM outbox WHERE channel IS NOT NULL")?;
        let rows = statement
            .query_map([], |row| row.get::<_, [u8; 16]>(0))?
            .collect::<Result<Vec<_>, _>>()?;
        Ok(rows.into_iter().map(ChannelId::from_bytes).collect())
    }

    fn one<P: rusqlite::Params>(&self, sql: &str, params: P) -> Done<Option<Job>> {
        self.db
            .prepare_cached(sql)?
            .query_row(params, Job::from_row)
            .optional()?
            .map(Job::decode)
            .transpose()
    }
}
