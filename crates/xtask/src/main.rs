//! `cargo xtask`: everything a developer runs, in one place and in plain Rust, so that a fresh
//! machine needs only Rust and Node. Each command is a module of its own name; start at
//! [`commands`](Task) below, then [`setup`] and [`web`], which the other commands call first.
//!
//! It never does anything the product needs at run time.

mod bench;
mod demo;
mod lint;
mod run;
mod setup;
mod tally;
mod test;
mod types;
mod wasm;
mod web;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use workspace::Workspace;

/// Builds, checks and shows Beraad.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Check what this machine has, and install what is missing
    Setup {
        /// What the machine is to be used for
        #[arg(long = "for", value_enum, default_value_t = setup::Purpose::Demo)]
        purpose: setup::Purpose,
    },
    /// Start a filled server on this machine and print a link per kind of user
    Demo(demo::Options),
    /// Build the engine for the browser and the web client
    Web {
        /// Build quickly rather than small
        #[arg(long, conflicts_with = "release")]
        dev: bool,
        /// Build small (the default)
        #[arg(long)]
        release: bool,
        /// Stop after the engine: what `npm run dev` in client-web needs
        #[arg(long)]
        engine_only: bool,
    },
    /// Write the TypeScript declarations of the engine's intents and views
    Types {
        /// Change nothing; fail when the committed files differ
        #[arg(long)]
        check: bool,
    },
    /// Format check, clippy, dependency rules, web lint and type check
    Lint,
    /// Everything: Rust tests, web tests, browser tests, one summary line
    Test,
    /// Measure the server against a floor and write docs/BENCHMARKS.md
    Bench {
        /// Passed on to the load driver
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match perform(arguments.task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    match task {
        Task::Setup { purpose } => setup::prepare(&workspace, purpose)?,
        Task::Demo(options) => demo::show(&workspace, &options)?,
        Task::Web {
            dev,
            engine_only,
            release: _,
        } => {
            let profile = if dev {
                web::Profile::Dev
            } else {
                web::Profile::Release
            };
            setup::prepare(&workspace, setup::Purpose::Web)?;
            web::build_engine(&workspace, profile)?;
            if !engine_only {
                web::build_client(&workspace)?;
            }
        }
        Task::Types { check } => types::generate(&workspace, check)?,
        Task::Lint => return Ok(lint::check(&workspace)),
        Task::Test => return test::everything(&workspace),
        Task::Bench { arguments } => bench::measure(&workspace, &arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Where a path came from is of no interest in messages; how it reads from the clone is.
fn shown(workspace: &Workspace, path: &std::path::Path) -> String {
    let short: PathBuf = path
        .strip_prefix(&workspace.root)
        .unwrap_or(path)
        .to_owned();
    short.display().to_string()
}
