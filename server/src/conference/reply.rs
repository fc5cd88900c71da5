//! `Request::ReplyInvitation`: an invitee answers.

use std::sync::Arc;

use beraad_protocol::{
    ConferenceId, problem::Code, request::Answer, vocabulary::ParticipationStatus,
};
use beraad_storage::traits::{ChannelRead as _, MeetingRead as _, MeetingWrite as _, Write as _};

use super::wake_for;
use crate::{
    app::{App, Asker},
    refusal::{Outcome, Refusal},
};

/// Stores the reply. Who is not invited does not learn whether there is such a conference.
pub(crate) async fn reply(
    app: &App,
    asker: &Asker,
    conference: ConferenceId,
    status: ParticipationStatus,
) -> Outcome<Answer> {
    let (user, now, bus) = (asker.user, app.now(), Arc::clone(&app.bus));
    app.write(move |tx| {
        Box::pin(async move {
            let not_found = || Refusal::new(Code::NotFound);
            if !tx.reply(conference, user, status, now).await? {
                return Err(not_found());
            }
            let conference = tx.conference(conference).await?.ok_or_else(not_found)?;
            let members = tx.members(conference.plan.channel).await?;
            let wake = wake_for(&conference, &members);
            tx.after_commit(Box::new(move || bus.publish(wake)));
            Ok(Answer::Conference(conference))
        })
    })
    .await
}
