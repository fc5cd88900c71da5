//! The HTTP surface: status, health, description, headers.

use beraad_protocol::http::Status;

use crate::client::start;

#[tokio::test]
async fn status_health_and_description_are_served_with_strict_headers() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path()).await;
    let get = async |path: &str| reqwest::get(format!("{}{path}", server.url)).await.unwrap();

    let status: Status = get("/api/status").await.json().await.unwrap();
    assert_eq!(status.ciphersuite, 1);
    assert!(status.log_key.starts_with(&status.log_prefix));
    assert_eq!(get("/healthz").await.text().await.unwrap(), "ok");
    let description: serde_json::Value = get("/api/openapi.json").await.json().await.unwrap();
    assert!(description["paths"]["/api/enrolments"]["post"].is_object());

    for path in ["/", "/api/status", "/nothing"] {
        let page = get(path).await;
        let headers = page.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
        assert_eq!(headers["cross-origin-embedder-policy"], "require-corp");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert!(
            !headers.contains_key("strict-transport-security"),
            "only under TLS"
        );
    }
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn figures_are_served_on_their_own_listener_only() {
    let folder = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let config = beraad_server::Config {
        metrics: Some(free),
        ..beraad_server::Config::for_test(folder.path().to_owned())
    };
    let server = beraad_server::Server::start(config).await.unwrap();
    let text = reqwest::get(format!("http://{free}/metrics"))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let commits = text
        .lines()
        .find_map(|line| line.strip_prefix("beraad_storage_commits_total "));
    assert!(commits.unwrap().parse::<u64>().unwrap() >= 1);
    assert!(text.contains("beraad_requests_refused_total{code=\"stale_epoch\"} 0"));
    let outside = reqwest::get(format!("{}/metrics", server.url))
        .await
        .unwrap();
    assert_eq!(outside.status(), 404);
    server.shutdown().await.unwrap();
}
