//! `Request::CreateChannel`: a professional opens a household channel and leads it.

use std::sync::Arc;

use beraad_bus::Wake;
use beraad_group::PublicView;
use beraad_protocol::{
    entry::EntryKind,
    limits::MAX_BUNDLE,
    problem::Code,
    request::{Answer, CreateChannel},
};
use beraad_storage::{
    channel::{Member, NewChannel},
    traits::{ChannelWrite as _, OperationRead as _},
};

use super::{
    append::{Entry, append, before},
    member::check_newcomer,
};
use crate::{
    app::{App, Asker},
    names::case_code,
    refusal::{Outcome, Refusal},
};

/// Names the request among operations.
const REQUEST: &str = "create_channel";

/// Opens the channel from the group's first state.
pub(crate) async fn create(
    app: &Arc<App>,
    asker: &Asker,
    request: CreateChannel,
) -> Outcome<Answer> {
    let case_code = case_code(&request.case_code)?;
    if request.group_info.len() > MAX_BUNDLE {
        return Err(Refusal::because(
            Code::TooLarge,
            "The GroupInfo is too large",
        ));
    }
    let CreateChannel {
        op,
        channel,
        framework,
        group_info,
        ..
    } = request;
    let bad = |what| Refusal::because(Code::BadBundle, what);
    let expected_suite = app.suite;
    let (founder, state, group_info) = tokio::task::spawn_blocking(move || {
        let view = PublicView::open(&group_info, channel)?;
        if view.suite() != expected_suite {
            return Err(bad(
                "The group has another cipher suite than new channels have",
            ));
        }
        if view.policy()?.framework != framework {
            return Err(bad("The group's policy names another legal frame"));
        }
        let roster = view.roster()?;
        let founder = *roster.first().ok_or_else(|| bad("The group is empty"))?;
        Ok((founder, view.to_bytes(), group_info))
    })
    .await??;
    if founder.identity.device != asker.device || founder.identity.user != asker.user {
        return Err(bad("The group's first member is another device"));
    }
    let (asker, now, shared) = (asker.clone(), app.now(), Arc::clone(app));
    app.write(move |tx| {
        Box::pin(async move {
            if let Some(done) = tx.operation(asker.device, op).await? {
                return before(&done, channel, REQUEST).map(Answer::Accepted);
            }
            check_newcomer(tx, &founder).await?;
            let new = NewChannel {
                id: channel,
                case_code,
                framework,
                created_by: asker.user,
                created_at: now,
            };
            let mut channel = tx.open_channel(&new).await?;
            let entry = Entry {
                at: now,
                sender: asker.device,
                op,
                kind: EntryKind::Created,
                payload: &group_info,
                request: REQUEST,
                positions: Vec::new(),
                changed: vec![asker.device],
                wakes: vec![Wake::Conferences {
                    users: vec![],
                    orgs: vec![asker.org],
                }],
            };
            let accepted = append(&shared, tx, &mut channel, entry).await?;
            tx.put_view(&channel, &state).await?;
            let founder = Member {
                device: asker.device,
                user: asker.user,
                org: asker.org,
                from: 0,
            };
            tx.add_member(&channel, &founder).await?;
            Ok(Answer::Accepted(accepted))
        })
    })
    .await
}
