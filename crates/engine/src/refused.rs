//! What was refused after it had been taken in: kept with its words, outside every queue.
//!
//! Whoever wrote it may be gone when it is refused, and the form it was typed in is closed. So it
//! stays in its conversation with the reason, until its author tries it again or drops it.

use beraad_casework::event::Body;
use beraad_protocol::{ChannelId, EventId};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    channel::{Channel, State},
    compose::{No, no},
    database,
    engine::Step,
    error::{Done, EngineError},
    outbox::{Job, Stage, Task},
    refusal::{LocalCode, Refusal},
};

/// Something that was refused.
pub(crate) struct Kept {
    pub(crate) job: Job,
    pub(crate) refusal: Refusal,
}

impl Kept {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<(String, Vec<u8>)> {
        Ok((row.get(0)?, row.get(1)?))
    }

    fn decode((refusal, job): (String, Vec<u8>)) -> Done<Self> {
        Ok(Self {
            job: database::decode(&job, "a refused job")?,
            refusal: serde_json::from_str(&refusal)
                .map_err(|_| EngineError::Damaged("a refusal"))?,
        })
    }
}

impl Task {
    /// The event that holds words somebody typed, which nobody should have to type again.
    pub(crate) fn words(&self) -> Option<EventId> {
        match self {
            Self::Event { event, body } => match **body {
                Body::MessagePosted { .. }
                | Body::PersonPut { .. }
                | Body::AgendaItemPut { .. }
                | Body::ConsentRecorded { .. }
                | Body::ConsentWithdrawn { .. }
                | Body::InformationShared { .. } => Some(*event),
                Body::HouseholdNamed { .. } | Body::AgendaItemRemoved { .. } => None,
            },
            _ => None,
        }
    }
}

/// What was refused in a channel, in the order it was written.
pub(crate) fn of_channel(db: &Connection, channel: ChannelId) -> Done<Vec<Kept>> {
    let mut statement =
        db.prepare_cached("SELECT refusal, job FROM refused WHERE channel = ?1 ORDER BY n")?;
    let rows = statement
        .query_map([channel.as_bytes()], Kept::from_row)?
        .collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().map(Kept::decode).collect()
}

impl Step<'_> {
    /// Keeps a job that will not be done, if it holds words somebody typed.
    pub(crate) fn keep_refused(&mut self, job: &Job, refusal: &Refusal) -> Done {
        let (Some(event), Some(channel)) = (job.task.words(), job.channel) else {
            return Ok(());
        };
        if let Some(intent) = job.intent
            && let Some(at) = self.queued.iter().position(|queued| *queued == intent)
        {
            // Refused in the step it came in: whoever wrote it has the form before them.
            self.queued.swap_remove(at);
            return Ok(());
        }
        let kept = Job {
            reply: job.reply.clone(),
            ..Job::new(job.op, job.task.clone(), job.written_at)
        }
        .on(channel);
        let why = serde_json::to_string(refusal).map_err(|_| EngineError::Damaged("a refusal"))?;
        self.db
            .prepare_cached(
                "INSERT OR REPLACE INTO refused (key, n, channel, refusal, job)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                event.to_string(),
                job.n,
                channel.as_bytes(),
                why,
                beraad_protocol::to_cbor(&kept),
            ])?;
        Ok(())
    }

    /// Puts what was refused back in its queue, at the end. It keeps its event's name, so that
    /// nothing happens twice should the first try have been taken in after all.
    pub(crate) fn retry_refused(&mut self, id: u64, key: &str) -> Result<(), No> {
        let (channel, kept) = self.kept_refused(key)?;
        self.writable(channel)?;
        self.db
            .execute("DELETE FROM refused WHERE key = ?1", [key])?;
        let job = Job {
            op: self.draw_op(),
            stage: Stage::New,
            intent: Some(id),
            ..kept.job
        };
        self.enqueue(&job)?;
        // Should it be refused at once, it goes back to where it was: there is no form for it.
        self.queued.retain(|queued| *queued != id);
        self.out.push(crate::engine::Output::Queued { id });
        self.changed_channel(channel);
        Ok(self.pump(channel)?)
    }

    /// Lets go of what was refused.
    pub(crate) fn drop_refused(&mut self, id: u64, key: &str) -> Result<(), No> {
        let (channel, _) = self.kept_refused(key)?;
        self.db
            .execute("DELETE FROM refused WHERE key = ?1", [key])?;
        self.forget_if_never_opened(channel)?;
        self.answer_done(id);
        self.changed_channel(channel);
        Ok(())
    }

    fn kept_refused(&self, key: &str) -> Result<(ChannelId, Kept), No> {
        let found = self
            .db
            .prepare_cached("SELECT refusal, job FROM refused WHERE key = ?1")?
            .query_row([key], Kept::from_row)
            .optional()?
            .map(Kept::decode)
            .transpose()?
            .and_then(|kept| Some((kept.job.channel?, kept)));
        match found {
            Some(found) => Ok(found),
            None => no(
                LocalCode::UnknownThing,
                "nothing refused has that key; look at the conversation again",
            ),
        }
    }

    /// A channel that could not be opened stays only for the words that wait in it.
    fn forget_if_never_opened(&mut self, id: ChannelId) -> Done {
        let never_opened = Channel::load(self.db, id)?
            .is_some_and(|channel| channel.state == State::Broken && channel.cursor.is_none());
        if never_opened && of_channel(self.db, id)?.is_empty() {
            self.erase_channel(id)?;
        }
        Ok(())
    }
}
