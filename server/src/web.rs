//! The web app, embedded: everything that is no route of the API.
//!
//! Files under `assets/` have a hash of their content in their name and never change; the page
//! that names them is fetched anew each time. A debug build reads the folder at run time.

use axum::{
    http::{HeaderMap, Method, Uri, header},
    response::{Html, IntoResponse, Response},
};
use beraad_protocol::problem::Code;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::refusal::Refusal;

#[derive(RustEmbed)]
#[folder = "../client-web/dist/"]
struct Files;

/// What a build without the web app shows.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Beraad\
     </title><p>The server runs. Its web app was not built in: run <code>cargo xtask web</code>.";

/// Serves a file of the web app.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let not_found = || Refusal::new(Code::NotFound).into_response();
    if method != Method::GET && method != Method::HEAD {
        return not_found();
    }
    let path = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        path => path,
    };
    if path
        .split('/')
        .any(|part| part.is_empty() || part.starts_with('.'))
    {
        return not_found();
    }
    match Files::get(path) {
        Some(file) => answer(path, &file, &headers),
        None if path == "index.html" => {
            ([(header::CACHE_CONTROL, "no-store")], Html(NOT_BUILT)).into_response()
        }
        None => not_found(),
    }
}

fn answer(path: &str, file: &EmbeddedFile, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    let caching = match path {
        "index.html" => "no-store",
        _ if path.starts_with("assets/") => "public, max-age=31536000, immutable",
        _ => "no-cache",
    };
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let common = [
        (header::CACHE_CONTROL, caching.to_owned()),
        (header::ETAG, tag.clone()),
    ];
    if caching != "no-store" && known == Some(tag.as_str()) {
        return (axum::http::StatusCode::NOT_MODIFIED, common).into_response();
    }
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kind = match kind.essence_str() {
        text @ ("text/html" | "text/css" | "text/javascript") => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    };
    (
        common,
        [(header::CONTENT_TYPE, kind)],
        file.data.clone().into_owned(),
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(path: &str) -> Response {
        serve(Method::GET, path.parse().unwrap(), HeaderMap::new()).await
    }

    #[tokio::test]
    async fn the_page_is_fetched_anew_each_time() {
        let page = get("/").await;
        assert_eq!(page.status(), 200);
        assert_eq!(page.headers()[header::CACHE_CONTROL], "no-store");
    }

    #[tokio::test]
    async fn nothing_outside_the_app_is_served() {
        for path in [
            "/../Cargo.toml",
            "/..%2fCargo.toml",
            "/.hidden",
            "//etc/passwd",
            "/nothing",
        ] {
            assert_eq!(get(path).await.status(), 404, "{path}");
        }
        let posted = serve(Method::POST, Uri::from_static("/"), HeaderMap::new()).await;
        assert_eq!(posted.status(), 404);
    }
}
