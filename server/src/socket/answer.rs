//! From a request to its use case.

use std::sync::Arc;

use beraad_protocol::{
    Problem, ServerFrame, limits,
    problem::Code,
    request::{Answer, Request},
    to_cbor,
};
use bytes::Bytes;
use ciborium::Value;

use crate::{
    account,
    app::{App, SignedIn},
    channel, conference, directory, key_package, organisation,
    refusal::Outcome,
    register, roles,
};

/// Answers a request.
pub(super) async fn answer(app: Arc<App>, who: SignedIn, request: Request) -> Outcome<Answer> {
    let result = decide(&app, who, request).await;
    app.figures
        .answered(result.as_ref().err().map(crate::refusal::Refusal::code));
    result
}

async fn decide(app: &Arc<App>, who: SignedIn, request: Request) -> Outcome<Answer> {
    // Without looking up the account first: who is a member of a channel was admitted to it. Nothing
    // is awaited before the store's writer has it, so a device's messages keep their order.
    let request = match request {
        Request::Publish(publish) => return channel::publish::publish(app, who, publish).await,
        other => other,
    };
    let asker = app.asker(who).await?;
    roles::check(&asker, roles::action_of(&request))?;
    match request {
        Request::Directory => directory::list::list(app).await,
        Request::OpenOrganisation(open) => organisation::open::open(app, &asker, open).await,
        Request::InviteUser(invite) => account::invite::invite(app, &asker, invite).await,
        Request::PutRegisterKey(key) => directory::put_register_key::put(app, &asker, key).await,
        Request::UploadKeyPackages(upload) => {
            key_package::upload::upload(app, &asker, upload).await
        }
        Request::ClaimKeyPackages { users } => key_package::claim::claim(app, &asker, users).await,
        Request::CreateChannel(create) => channel::create::create(app, &asker, create).await,
        Request::Publish(publish) => channel::publish::publish(app, who, publish).await,
        Request::Commit(bundle) => channel::commit::commit(app, &asker, bundle).await,
        Request::Outcome { op } => channel::outcome::outcome(app, &asker, op).await,
        Request::TakeWelcomes => channel::welcomes::take(app, &asker).await,
        Request::DropWelcomes { channels } => {
            channel::welcomes::drop_taken(app, &asker, channels).await
        }
        Request::Cases => conference::cases::cases(app, &asker).await,
        Request::PlanConference { op, plan } => conference::plan::plan(app, &asker, op, plan).await,
        Request::ReplyInvitation { conference, status } => {
            conference::reply::reply(app, &asker, conference, status).await
        }
        Request::Conferences => conference::list::list(app, &asker).await,
        Request::Register { from } => register::list::list(app, &asker, from).await,
        Request::LogProofs { log, indexes } => {
            register::proofs::prove(app, &asker, log, indexes).await
        }
        Request::LogEntries { from, to } => register::entries::list(app, &asker, from, to).await,
    }
}

/// An answer as a frame. One that no client would take, because it is over the limit of a frame,
/// becomes a refusal: the connection lives on and the device learns why.
pub(super) fn frame(id: u64, result: Outcome<Answer>) -> Bytes {
    let result = result.map(Box::new).map_err(|refusal| refusal.0);
    let frame = to_cbor(&ServerFrame::Answer { id, result });
    if frame.len() <= limits::MAX_FRAME {
        return frame.into();
    }
    let result = Err(Problem::because(
        Code::TooLarge,
        "The answer is larger than one frame",
    ));
    to_cbor(&ServerFrame::Answer { id, result }).into()
}

/// The number of a request whose body is not understood, so that it can be answered.
pub(super) fn id_of_malformed(bytes: &[u8]) -> Option<u64> {
    let value: Value =
        ciborium::de::from_reader_with_recursion_limit(bytes, limits::MAX_DEPTH).ok()?;
    let [(name, request)] = value.as_map()?.as_slice() else {
        return None;
    };
    if name.as_text()? != "request" {
        return None;
    }
    let (_, id) = request
        .as_map()?
        .iter()
        .find(|(field, _)| field.as_text() == Some("id"))?;
    id.as_integer()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_over_the_limit_is_refused_instead_of_ending_the_connection() {
        let entries = vec![vec![0; limits::MAX_FRAME].into()];
        let bytes = frame(7, Ok(Answer::LogEntries { entries }));
        let Ok(ServerFrame::Answer { id, result }) = beraad_protocol::from_cbor(&bytes) else {
            panic!("a client takes the frame");
        };
        assert_eq!((id, result.unwrap_err().code), (7, Code::TooLarge));
    }

    #[test]
    fn a_request_of_another_version_can_still_be_answered() {
        let mut bytes = Vec::new();
        let body = Value::Text("unheard_of".into());
        let request = Value::Map(vec![
            (Value::Text("id".into()), Value::Integer(7.into())),
            (Value::Text("body".into()), body),
        ]);
        let frame = Value::Map(vec![(Value::Text("request".into()), request)]);
        ciborium::into_writer(&frame, &mut bytes).unwrap();
        assert_eq!(id_of_malformed(&bytes), Some(7));
        for garbage in [&b""[..], b"\xff", b"\xa1", b"\x80", b"\xa1\x01\x02"] {
            assert_eq!(id_of_malformed(garbage), None);
        }
    }
}
