//! Logs and figures. Neither ever carries content, names, case codes or tokens.

use std::{
    fmt::Write as _,
    io::IsTerminal as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use beraad_protocol::problem::Code;
use tracing_subscriber::EnvFilter;

use crate::app::App;

/// Sends logs to standard error. `RUST_LOG` chooses what; without it, what a host wants to know.
pub fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("warn,beraad_server=info"));
    // An error means that logs go somewhere already.
    drop(
        tracing_subscriber::fmt()
            .with_env_filter(discreet(&filter))
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal())
            .try_init(),
    );
}

/// The same filter without what would log frames: at `trace` the WebSocket library writes every
/// one of them out, case codes and session tokens included. What was asked of these libraries by
/// name is left out as well.
#[must_use]
pub fn discreet(filter: &EnvFilter) -> EnvFilter {
    let asked = filter.to_string();
    let kept = asked
        .split(',')
        .filter(|directive| !directive.contains("tungstenite"))
        .chain(["tungstenite=info", "tokio_tungstenite=info"]);
    EnvFilter::new(kept.collect::<Vec<_>>().join(","))
}

/// What the server counts. Everything begins at zero, so that a rate can be taken at once.
#[derive(Debug)]
pub(crate) struct Figures {
    delivered: AtomicU64,
    answered: AtomicU64,
    refused: Vec<(Code, AtomicU64)>,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            delivered: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            refused: Code::ALL
                .iter()
                .map(|code| (*code, AtomicU64::new(0)))
                .collect(),
        }
    }
}

impl Figures {
    pub(crate) fn delivered(&self, entries: usize) {
        self.delivered.fetch_add(entries as u64, Ordering::Relaxed);
    }

    pub(crate) fn answered(&self, refused: Option<Code>) {
        let counter = refused
            .and_then(|code| self.refused.iter().find(|(known, _)| *known == code))
            .map_or(&self.answered, |(_, counter)| counter);
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// Serves the figures, on a listener of their own.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .with_state(app)
}

async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        text(&app),
    )
}

fn text(app: &App) -> String {
    let mut out = String::new();
    let writer = app.store.figures();
    let counters = [
        (
            "beraad_storage_commits_total",
            "Transactions on disk, one fsync each",
            writer.commits,
        ),
        ("beraad_storage_jobs_total", "Changes on disk", writer.jobs),
        (
            "beraad_storage_undone_total",
            "Changes refused or failed",
            writer.undone,
        ),
        (
            "beraad_entries_delivered_total",
            "Entries sent to devices",
            app.figures.delivered.load(Ordering::Relaxed),
        ),
        (
            "beraad_requests_answered_total",
            "Requests answered as asked",
            app.figures.answered.load(Ordering::Relaxed),
        ),
    ];
    for (name, help, value) in counters {
        line(&mut out, name, "counter", help);
        // Writing to a string does not fail.
        let _ = writeln!(out, "{name} {value}");
    }
    line(
        &mut out,
        "beraad_requests_refused_total",
        "counter",
        "Requests refused, by code",
    );
    for (code, counter) in &app.figures.refused {
        let count = counter.load(Ordering::Relaxed);
        let _ = writeln!(
            out,
            "beraad_requests_refused_total{{code=\"{code}\"}} {count}"
        );
    }
    line(&mut out, "beraad_connections", "gauge", "Devices connected");
    let _ = writeln!(out, "beraad_connections {}", app.hub.connections());
    out
}

fn line(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_setting_makes_the_websocket_library_write_frames_out() {
        for asked in [
            "trace",
            "tungstenite::protocol=trace",
            "info,tungstenite=debug",
        ] {
            let filter = discreet(&EnvFilter::new(asked)).to_string();
            let of_the_library: Vec<_> = filter
                .split(',')
                .filter(|directive| directive.contains("tungstenite"))
                .collect();
            assert!(
                of_the_library
                    .iter()
                    .all(|directive| directive.ends_with("=info"))
                    && of_the_library.len() == 2,
                "{filter}"
            );
        }
    }
}
