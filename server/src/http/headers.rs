//! Headers on every answer: nothing from elsewhere runs here, and nothing here runs elsewhere.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::Response,
};

use crate::app::App;

/// The headers, ready to be copied.
#[derive(Clone)]
pub(super) struct Headers(Arc<[(HeaderName, HeaderValue)]>);

impl Headers {
    /// Those of this server.
    pub(super) fn of(app: &App) -> Self {
        let secure = app.url.starts_with("https://");
        let fixed = |name: &'static str, value: &'static str| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        let mut headers = vec![
            fixed("cross-origin-opener-policy", "same-origin"),
            fixed("cross-origin-embedder-policy", "require-corp"),
            fixed("cross-origin-resource-policy", "same-origin"),
            fixed("x-content-type-options", "nosniff"),
            fixed("referrer-policy", "no-referrer"),
            fixed("permissions-policy", PERMISSIONS),
        ];
        // Host names were checked at the start, so this is always a header's text.
        if let Ok(policy) = HeaderValue::from_str(&content_security_policy(&app.url)) {
            headers.push((header::CONTENT_SECURITY_POLICY, policy));
        }
        if secure {
            headers.push(fixed(
                "strict-transport-security",
                "max-age=63072000; includeSubDomains",
            ));
        }
        Self(headers.into())
    }
}

/// Nothing of the machine but what the app uses.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), \
     fullscreen=(self), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), \
     payment=(), publickey-credentials-get=(self), publickey-credentials-create=(self), usb=()";

/// Sets them where the answer has not set them itself.
pub(super) async fn set(State(headers): State<Headers>, mut response: Response) -> Response {
    for (name, value) in headers.0.iter() {
        response
            .headers_mut()
            .entry(name)
            .or_insert_with(|| value.clone());
    }
    response
}

/// Own scripts, styles and connections only. The WebSocket's address is spelled out for browsers
/// whose `'self'` does not cover it. The app's one Trusted Types policy loads its worker.
fn content_security_policy(url: &str) -> String {
    let socket = url.replacen("http", "ws", 1);
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         connect-src 'self' {socket}; worker-src 'self'; img-src 'self' data: blob:; \
         font-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
         form-action 'none'; require-trusted-types-for 'script'; trusted-types beraad"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_allows_the_own_socket_and_nothing_inline() {
        let policy = content_security_policy("https://beraad.example.org");
        assert!(policy.contains("connect-src 'self' wss://beraad.example.org;"));
        assert!(policy.starts_with("default-src 'none';"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
        assert!(HeaderValue::from_str(&policy).is_ok());
    }
}
