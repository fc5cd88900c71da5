//! `POST /api/enrolments/preview`: whose link this is.

use std::sync::Arc;

use axum::{Json, extract::State};
use beraad_protocol::{
    Problem,
    http::{LinkPreview, LinkToken},
    problem::Code,
};
use beraad_storage::traits::DirectoryRead as _;

use crate::{
    account::link,
    app::App,
    http::Body,
    refusal::{Outcome, Refusal},
};

/// Whose link this is. Does not use it up.
#[utoipa::path(
    post,
    path = "/api/enrolments/preview",
    request_body = LinkToken,
    responses(
        (status = 200, description = "For whom the link was made", body = LinkPreview),
        (status = 410, description = "Used, unknown or expired", body = Problem,
            content_type = "application/problem+json"),
    ),
    tag = "enrolment"
)]
pub(crate) async fn preview(
    State(app): State<Arc<App>>,
    Body(request): Body<LinkToken>,
) -> Outcome<Json<LinkPreview>> {
    let gone = || Refusal::new(Code::LinkUsed);
    let token_hash = link::hash_of(&request.token).ok_or_else(gone)?;
    let mut read = app.store.read().await?;
    let link = read.link(token_hash).await?.ok_or_else(gone)?;
    if link.used_by.is_some() {
        return Err(gone());
    }
    if link.expires_at <= app.now() {
        return Err(Refusal::new(Code::LinkExpired));
    }
    let account = read.account(link.user).await?.ok_or_else(gone)?;
    let organisation = read.organisation(account.org).await?.ok_or_else(gone)?;
    Ok(Json(LinkPreview {
        organisation: organisation.name,
        name: account.name,
        function: account.function,
        expires_at: link.expires_at,
    }))
}
