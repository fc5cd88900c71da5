//! `Request::Publish`: an application message, with the records that account for it.

use std::sync::Arc;

use beraad_protocol::{
    Problem,
    entry::EntryKind,
    limits::MAX_MESSAGE,
    problem::Code,
    request::{Answer, Publish},
};

use super::{
    append::{Admitted, Entry, admit, append, register_wakes},
    records,
};
use crate::{
    app::{App, SignedIn},
    refusal::{Outcome, Refusal},
};

/// Names the request among operations.
const REQUEST: &str = "publish";

/// Appends the message, or nothing at all.
pub(crate) async fn publish(app: &Arc<App>, who: SignedIn, request: Publish) -> Outcome<Answer> {
    if request.message.len() > MAX_MESSAGE {
        return Err(Refusal::because(Code::TooLarge, "A message is too large"));
    }
    let frame = beraad_group::message_info(&request.message)?;
    if frame.channel != request.channel || frame.epoch != request.epoch {
        return Err(Refusal::because(
            Code::BadBundle,
            "The message was encrypted for another channel or epoch than it is sent to",
        ));
    }
    records::check_shape(who.org, &request.records)?;
    let (now, shared) = (app.now(), Arc::clone(app));
    app.write(move |tx| {
        Box::pin(async move {
            let Publish {
                op,
                channel,
                epoch,
                if_head,
                message,
                records,
            } = request;
            let mut channel = match admit(tx, channel, who.device, op, REQUEST).await? {
                Admitted::Member(channel) => channel,
                Admitted::Before(accepted) => return Ok(Answer::Accepted(accepted)),
            };
            let head = channel.head.unwrap_or_default();
            if epoch != channel.epoch {
                return Err(Problem::stale_epoch(channel.epoch, head).into());
            }
            if if_head.is_some_and(|expected| expected != head) {
                return Err(Problem::stale_view(head).into());
            }
            let positions = records::enter(tx, channel.id, &records, now).await?;
            let entry = Entry {
                at: now,
                sender: who.device,
                op,
                kind: EntryKind::Message,
                payload: &message,
                request: REQUEST,
                positions,
                changed: Vec::new(),
                wakes: register_wakes(&records),
            };
            append(&shared, tx, &mut channel, entry)
                .await
                .map(Answer::Accepted)
        })
    })
    .await
}
