//! `beraad`: a device of a professional, coordinator, compliance officer or admin, in a terminal.
//!
//! This binary turns words into intents and views into words; everything else is done by the
//! engine behind [`beraad_cli::host::Host`]. Start reading at [`args`] for what there is to say,
//! then at the module of the same name in [`commands`].

#![expect(
    clippy::format_push_string,
    reason = "text for a terminal: an allocation is nothing, and writing to memory cannot fail"
)]
#![expect(
    clippy::doc_markdown,
    reason = "comments on arguments are the help text, shown as they stand"
)]

mod args;
mod commands;
mod failure;
mod names;
mod show;

use std::{io::Write as _, process::ExitCode};

use clap::Parser;

use crate::{args::Cli, commands::Answer};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.global.json;
    if std::env::var_os("BERAAD_LOG").is_some() {
        let filter = tracing_subscriber::EnvFilter::from_env("BERAAD_LOG");
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .init();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("beraad: the system gives this program no threads: {error}");
            return ExitCode::from(failure::Exit::Internal as u8);
        }
    };
    match runtime.block_on(commands::run(cli)) {
        Ok(answer) => print(&answer, json),
        Err(failure) => {
            failure.print(json);
            ExitCode::from(failure.exit as u8)
        }
    }
}

fn print(answer: &Answer, json: bool) -> ExitCode {
    let text = if json {
        serde_json::to_string_pretty(&answer.json).expect("an answer is plain data") + "\n"
    } else {
        answer.text.clone()
    };
    let mut out = std::io::stdout().lock();
    // A reader that went away (`| head`) is no failure of ours.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    ExitCode::from(answer.exit as u8)
}
