//! What becomes of a job: accepted, folded and done; refused and derived anew; or given up.

use beraad_protocol::{
    ChannelId, Code, Problem,
    request::{Accepted, Answer, Request},
};

use crate::{
    channel::State,
    engine::Step,
    error::Done,
    intent::{IntentOutcome, Reply},
    outbox::{Job, Planned, Stage, Task, of_channel},
    refusal::Refusal,
    refused,
    send::{IntoRefusal, request_epoch, stored_request},
    session::Asked,
    warning::Caution,
};

/// Tries in vain before a job is given up.
const MAX_TRIES: u32 = 8;

impl Step<'_> {
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
            self.calm(Caution::ForeignKeyPackage, Some(channel))?;
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
            Code::Conflict
                if matches!(job.task, Task::CreateChannel { .. }) && job.tries < MAX_TRIES =>
            {
                self.draw_another_code(job, id)
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

    /// Another channel has the case code: this one gets a new one before anybody saw the first.
    fn draw_another_code(&mut self, mut job: Job, id: ChannelId) -> Done {
        let Some(mut channel) = self.channel(id)? else {
            return self.remove(&job);
        };
        channel.case_code = crate::words::case_code(self.rng);
        channel.save(self.db)?;
        if let Task::CreateChannel { case_code, .. } = &mut job.task {
            case_code.clone_from(&channel.case_code);
        }
        job.op = self.draw_op();
        job.sent.clear();
        job.tries += 1;
        self.derive_anew(&mut job, Stage::New)?;
        for mut waiting in of_channel(self.db, id)? {
            if let Some(Planned::Channel { case_code, .. }) = &mut waiting.reply {
                case_code.clone_from(&channel.case_code);
                self.save(&waiting)?;
            }
        }
        self.changed_channel(id);
        self.pump(id)
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

    /// It will not be done: tells whoever waits, and keeps the words that were typed.
    pub(crate) fn give_up(&mut self, job: &Job, refusal: Refusal) -> Done {
        self.remove(job)?;
        self.keep_refused(job, &refusal)?;
        // Records of other channels may have waited for this one.
        self.pump_all |= job.task.has_record() && self.reading;
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
            self.keep_refused(&job, refusal)?;
            if job.reply.is_some() {
                let refusal = refusal.clone();
                self.answer(job.intent, IntentOutcome::Refused { refusal });
            }
        }
        if !refused::of_channel(self.db, id)?.is_empty()
            && let Some(mut channel) = self.channel(id)?
        {
            // It was never opened; what was written in it stays until its author dropped it.
            channel.state = State::Broken;
            return channel.save(self.db);
        }
        self.erase_channel(id)
    }

    /// Nothing of a channel stays.
    pub(crate) fn erase_channel(&mut self, id: ChannelId) -> Done {
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
