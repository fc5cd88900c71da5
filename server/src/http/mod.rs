//! The HTTP edge: routes, bodies, sessions, problems, headers.

mod bearer;
mod body;
mod headers;
mod health;
mod openapi;
mod problem;
mod status;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{MethodRouter, get, post},
};
use beraad_protocol::problem::Code;
use tower_http::compression::CompressionLayer;

pub(crate) use bearer::Bearer;
pub(crate) use body::Body;

use crate::{app::App, conference, enrolment, log, refusal::Refusal, socket, web};

/// Bytes of the largest body that is read: the API's are small.
const MAX_BODY: usize = 64 * 1024;

/// Every route of the API. A test holds the OpenAPI description to this list.
fn routes() -> Vec<(&'static str, MethodRouter<Arc<App>>)> {
    vec![
        ("/healthz", get(health::health)),
        ("/api/status", get(status::status)),
        ("/api/openapi.json", get(openapi::openapi)),
        ("/api/socket", get(socket::open)),
        ("/api/enrolments", post(enrolment::enrol::enrol)),
        ("/api/enrolments/preview", post(enrolment::preview::preview)),
        (
            "/api/conferences/{id}/calendar.ics",
            get(conference::calendar::calendar),
        ),
        ("/log/{log}/checkpoint", get(log::checkpoint::checkpoint)),
        ("/log/{log}/tile/{*path}", get(log::tile::tile)),
    ]
}

/// Everything the server serves.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let mut router = Router::new();
    for (path, method) in routes() {
        router = router.route(path, method.fallback(wrong_method));
    }
    router
        .fallback(web::serve)
        .layer(CompressionLayer::new())
        .layer(middleware::map_response_with_state(
            headers::Headers::of(app),
            headers::set,
        ))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Arc::clone(app))
}

async fn wrong_method() -> Refusal {
    Refusal::because(
        Code::NotFound,
        "This is not how it is asked for; see /api/openapi.json",
    )
}
