//! `GET /api/openapi.json`: the description of the HTTP API.

use axum::Json;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

/// The description.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Beraad",
        description = "What happens before a device exists, and downloads. Everything a device \
                       does goes over the WebSocket, described in docs/PROTOCOL.md.",
    ),
    paths(
        openapi,
        super::health::health,
        super::status::status,
        crate::socket::open,
        crate::enrolment::enrol::enrol,
        crate::enrolment::preview::preview,
        crate::conference::calendar::calendar,
        crate::log::checkpoint::checkpoint,
        crate::log::tile::tile,
    ),
    modifiers(&Session)
)]
struct Description;

struct Session;

impl Modify for Session {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        openapi
            .components
            .get_or_insert_default()
            .add_security_scheme("session", SecurityScheme::Http(scheme));
    }
}

/// This description.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")),
    tag = "server"
)]
pub(crate) async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let described: BTreeSet<_> = Description::openapi().paths.paths.into_keys().collect();
        let served: BTreeSet<_> = crate::http::routes()
            .into_iter()
            .map(|(path, _)| path.replace("{*", "{"))
            .collect();
        assert_eq!(described, served);
    }

    #[test]
    fn the_bodies_are_described() {
        let text = Description::openapi().to_json().unwrap();
        for schema in [
            "Enrol",
            "Enrolled",
            "LinkToken",
            "LinkPreview",
            "Status",
            "Problem",
        ] {
            assert!(
                text.contains(&format!("\"#/components/schemas/{schema}\"")),
                "{schema}"
            );
        }
    }
}
