//! JSON bodies, with refusals of ours.

use axum::{
    Json,
    extract::{FromRequest, Request, rejection::JsonRejection},
};
use beraad_protocol::problem::Code;
use serde::de::DeserializeOwned;

use crate::refusal::Refusal;

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        match Json::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            // Their texts may quote the body, so they are not passed on.
            Err(JsonRejection::BytesRejection(_)) => Err(Refusal::new(Code::TooLarge)),
            Err(_) => Err(Refusal::because(
                Code::Malformed,
                "The body is not the JSON that /api/openapi.json describes",
            )),
        }
    }
}
