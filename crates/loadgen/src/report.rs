//! The table in docs/BENCHMARKS.md.

use std::{fmt::Write as _, time::Duration};

use crate::bench::{PAYLOAD, Result, Workload};

/// How the line of the commit counter begins.
pub(crate) const COMMITS_METRIC: &str = "beraad_storage_commits_total ";

/// Goals: share of the floor's accepted messages, times the floor's p99, bytes per idle
/// connection, accepted messages per commit.
const GOALS: (f64, f64, u64, f64) = (0.6, 2.0, 16 * 1024, 4.0);

/// Every result as Markdown.
pub(crate) fn table(results: &[(Workload, Result, Result)], length: Duration) -> String {
    let mut text = format!(
        "# Benchmarks\n\n\
         `cargo xtask bench` writes this page. The *floor* is the least a durable fan-out can be: a WebSocket \
         server that writes what queued up in one SQLite transaction (`synchronous=FULL`) and fans out, without \
         accounts, groups, checks or catch-up. Both are driven by the same code on the same machine, one after \
         the other; driver and server share its cores. Payloads are {PAYLOAD} bytes before encryption; runs last \
         {} s. Machine: {}.\n\n\
         Goals: at least {:.0} % of the floor's accepted messages, p99 at 200/s within {:.0} times the floor's, at \
         most {} KiB per idle connection, at least {:.0} accepted messages per commit to disk under load.\n",
        length.as_secs(),
        machine(),
        GOALS.0 * 100.0,
        GOALS.1,
        GOALS.2 / 1024,
        GOALS.3,
    );
    text.push_str(
        "\n| channels x members | | accepted/s | deliveries/s | accepted per commit | p50 at 200/s | p99 at 200/s | idle connection |\n\
         |---|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for (workload, floor, server) in results {
        for (name, result) in [("floor", floor), ("beraad-server", server)] {
            writeln!(
                text,
                "| {} x {} | {name} | {:.0} | {:.0} | {:.1} | {} | {} | {:.1} KiB |",
                workload.channels,
                workload.members,
                result.full.accepted,
                result.full.delivered,
                per_commit(result),
                millis(result.paced.p50),
                millis(result.paced.p99),
                kib(result.idle),
            )
            .expect("writing to a string");
        }
        writeln!(
            text,
            "| | **ratio** | {:.0} % {} | {:.0} % | {} | {:.1} x | {:.1} x {} | {} |",
            share(server.full.accepted, floor.full.accepted) * 100.0,
            mark(share(server.full.accepted, floor.full.accepted) >= GOALS.0),
            share(server.full.delivered, floor.full.delivered) * 100.0,
            mark(per_commit(server) >= GOALS.3),
            share(
                server.paced.p50.as_secs_f64(),
                floor.paced.p50.as_secs_f64()
            ),
            share(
                server.paced.p99.as_secs_f64(),
                floor.paced.p99.as_secs_f64()
            ),
            mark(
                share(
                    server.paced.p99.as_secs_f64(),
                    floor.paced.p99.as_secs_f64()
                ) <= GOALS.1
            ),
            mark(server.idle <= GOALS.2),
        )
        .expect("writing to a string");
    }
    text
}

fn share(value: f64, floor: f64) -> f64 {
    if floor > 0.0 { value / floor } else { 0.0 }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of one run are far below 2^52"
)]
fn per_commit(result: &Result) -> f64 {
    share(result.full.messages as f64, result.commits as f64)
}

fn millis(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1000.0)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "bytes of one connection are far below 2^52"
)]
fn kib(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}

fn mark(met: bool) -> &'static str {
    if met { "(met)" } else { "(not met)" }
}

fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown processor", |rest| {
            rest.trim_start_matches([' ', '\t', ':'])
        });
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{model}, {cores} cores")
}
