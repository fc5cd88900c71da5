//! The binary `beraad-server`.

use std::{io::Write as _, process::ExitCode};

use anyhow::Context as _;
use beraad_server::{Config, Server, telemetry};
use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let config = Config::parse();
    telemetry::log_to_stderr();
    match run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("beraad-server: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(config: Config) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime did not start")?
        .block_on(serve(config))
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let server = Server::start(config).await?;
    say(&server)?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        () = server.failed() => {}
    }
    server.shutdown().await?;
    Ok(())
}

/// Standard output is for the person who starts it; everything else is logged to standard error.
fn say(server: &beraad_server::RunningServer) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match &server.first_link {
        Some(link) => writeln!(out, "First administrator, once: {link}")?,
        None => writeln!(out, "Beraad listens on {}", server.addr)?,
    }
    out.flush()
}
