//! What does not belong to a channel's order: conferences, cases, organisations, invitations.

use beraad_protocol::{
    Code, Problem,
    meeting::{Case, Conference},
    request::{Answer, Request},
    to_cbor,
};
use rusqlite::{Connection, params};
use serde_bytes::ByteBuf;

use crate::{
    database,
    engine::Step,
    error::Done,
    intent::{IntentOutcome, Reply},
    outbox::{Job, Planned, Stage, Task},
    send::IntoRefusal,
    session::Asked,
    view::Topic,
};

/// The conferences this device knows, by start.
pub(crate) fn conferences(db: &Connection) -> Done<Vec<Conference>> {
    let mut statement =
        db.prepare_cached("SELECT conference FROM conference ORDER BY start, id")?;
    let rows = statement
        .query_map([], |row| row.get::<_, Vec<u8>>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    rows.iter()
        .map(|bytes| database::decode(bytes, "a conference"))
        .collect()
}

/// The cases this person may plan for, by code.
pub(crate) fn cases(db: &Connection) -> Done<Vec<Case>> {
    let mut statement = db.prepare_cached("SELECT detail FROM cases")?;
    let rows = statement
        .query_map([], |row| row.get::<_, Vec<u8>>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    let mut cases: Vec<Case> = rows
        .iter()
        .map(|bytes| database::decode(bytes, "a case"))
        .collect::<Done<_>>()?;
    cases.sort_by(|a, b| a.case_code.cmp(&b.case_code));
    Ok(cases)
}

impl Step<'_> {
    /// Sends a job that stands in no queue. Repeating its request gives its first answer.
    pub(crate) fn send_loose(&mut self, mut job: Job) -> Done {
        if !self.session.is_ready() {
            return Ok(());
        }
        let request = match &job.task {
            Task::Plan(plan) => Request::PlanConference {
                op: job.op,
                plan: plan.as_ref().clone(),
            },
            Task::ReplyInvitation { conference, status } => Request::ReplyInvitation {
                conference: *conference,
                status: *status,
            },
            Task::OpenOrganisation(request) => Request::OpenOrganisation(request.clone()),
            Task::InviteUser(request) => Request::InviteUser(request.clone()),
            _ => return Ok(()),
        };
        job.stage = Stage::Sent;
        job.request = Some(ByteBuf::from(to_cbor(&request)));
        self.save(&job)?;
        self.ask(Asked::Job(job.n), request);
        Ok(())
    }

    pub(crate) fn loose_answered(&mut self, job: Job, result: Result<Answer, Problem>) -> Done {
        let reply = match result {
            Ok(Answer::Conference(conference)) => {
                self.keep_conference(&conference)?;
                self.changed(Topic::Conferences);
                job.reply.clone().unwrap_or(Planned::Done).reply(None)
            }
            Ok(Answer::Invited(invited)) => {
                self.ask_directory();
                Reply::Link {
                    user: invited.user,
                    org: invited.org,
                    token: invited.token,
                    expires_at: invited.expires_at,
                }
            }
            Ok(_) => return self.give_up(&job, Problem::new(Code::Internal).into_refusal()),
            Err(problem) if matches!(problem.code, Code::RateLimited | Code::Unavailable) => {
                return self.later(job);
            }
            Err(problem) => return self.give_up(&job, problem.into_refusal()),
        };
        self.remove(&job)?;
        self.changed(Topic::Home);
        self.answer(job.intent, IntentOutcome::Ok { reply });
        Ok(())
    }

    pub(crate) fn conferences_came(&mut self, result: Result<Answer, Problem>) -> Done {
        let Ok(Answer::Conferences(conferences)) = result else {
            return Ok(());
        };
        self.db.execute("DELETE FROM conference", [])?;
        for conference in &conferences {
            self.keep_conference(conference)?;
        }
        self.changed(Topic::Conferences);
        for conference in &conferences {
            self.changed(Topic::Channel {
                channel: conference.plan.channel,
            });
        }
        Ok(())
    }

    pub(crate) fn cases_came(&mut self, result: Result<Answer, Problem>) -> Done {
        let Ok(Answer::Cases(cases)) = result else {
            return Ok(());
        };
        self.db.execute("DELETE FROM cases", [])?;
        for case in &cases {
            self.db
                .prepare_cached("INSERT OR REPLACE INTO cases (channel, detail) VALUES (?1, ?2)")?
                .execute(params![case.channel.as_bytes(), to_cbor(case)])?;
        }
        self.changed(Topic::Conferences);
        Ok(())
    }

    fn keep_conference(&mut self, conference: &Conference) -> Done {
        self.db
            .prepare_cached(
                "INSERT OR REPLACE INTO conference (id, channel, start, conference)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                conference.plan.id.as_bytes(),
                conference.plan.channel.as_bytes(),
                conference.plan.start.0,
                to_cbor(conference)
            ])?;
        Ok(())
    }
}
