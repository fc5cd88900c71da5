//! Intents that do not happen inside a channel: planning, inviting, exporting, drafts.

use beraad_protocol::{
    ConferenceId,
    meeting::ConferencePlan,
    request::{InviteUser, OpenOrganisation},
    vocabulary::ConferenceStatus,
};
use rusqlite::params;

use crate::{
    compose::{No, no},
    database::int,
    engine::Step,
    intent::Intent,
    outbox::{Job, Planned, Task},
    refusal::LocalCode,
    warning::Caution,
};

/// Characters of a draft.
const MAX_DRAFT: usize = 100_000;
/// Characters of a draft's key.
const MAX_DRAFT_KEY: usize = 200;

impl Step<'_> {
    /// What does not happen inside a channel.
    pub(crate) fn compose_elsewhere(&mut self, id: u64, intent: Intent) -> Result<(), No> {
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
            other => self.compose_choice(id, other),
        }
    }

    /// What a person decides about something the engine showed.
    fn compose_choice(&mut self, id: u64, intent: Intent) -> Result<(), No> {
        match intent {
            Intent::RetryRefused { key } => self.retry_refused(id, &key),
            Intent::DropRefused { key } => self.drop_refused(id, &key),
            Intent::DismissWarning { code, channel } => {
                let Some(caution) = Caution::dismissable(&code) else {
                    return no(
                        LocalCode::Invalid,
                        "this warning stays until it is solved; it says how",
                    );
                };
                self.dismiss(caution, channel)?;
                self.answer_done(id);
                Ok(())
            }
            _ => no(
                LocalCode::Invalid,
                "this is not something the engine can do",
            ),
        }
    }

    fn queue_loose(&mut self, id: u64, task: Task, reply: Planned) -> Result<(), No> {
        let mut job = Job::new(self.draw_op(), task, self.now).answering(Some(id), reply);
        job.n = self.enqueue(&job)?;
        Ok(self.send_loose(job)?)
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
}
