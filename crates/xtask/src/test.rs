//! Every test there is: Rust, web client, browser. Output streams as it comes; the last line adds
//! everything up.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use crate::run::{BROWSERS, cargo, find, npm, run, run_seeing, say};
use crate::setup::{self, Purpose};
use crate::tally::Tally;
use crate::web::{self, Profile};
use crate::workspace::Workspace;

/// Runs everything and prints `N passed, N failed`.
pub(crate) fn everything(workspace: &Workspace) -> Result<ExitCode> {
    setup::prepare(workspace, Purpose::Test)?;
    let mut total = Tally::default();
    let mut broken = Vec::new();
    let mut note = |what: &'static str, outcome: Result<Tally>| {
        let tally = outcome.unwrap_or_else(|error| {
            println!("    {error:#}");
            Tally::default().judged(false)
        });
        if tally.failed > 0 {
            broken.push(what);
        }
        total.add(tally);
    };
    note("web build", build_web(workspace).map(|()| Tally::default()));
    note("rust tests", rust_tests(workspace));
    note("web tests", web_tests(workspace));
    note("browser tests", browser_tests(workspace));

    println!();
    if !broken.is_empty() {
        println!("failed: {}", broken.join(", "));
    }
    println!("{total}");
    Ok(if total.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn build_web(workspace: &Workspace) -> Result<()> {
    web::build_engine(workspace, Profile::Release)?;
    if has_client(workspace) {
        web::build_client(workspace)?;
    }
    Ok(())
}

fn rust_tests(workspace: &Workspace) -> Result<Tally> {
    say("Rust tests");
    let mut tally = Tally::default();
    let succeeded = run_seeing(
        in_workspace(workspace)
            .args(["test", "--workspace", "--no-fail-fast"])
            // With it, the engine compares the committed TypeScript declarations.
            .args(["--features", "beraad-engine/ts"]),
        |line| tally.add(Tally::from_cargo_line(line).unwrap_or_default()),
    )?;
    Ok(tally.judged(succeeded))
}

fn web_tests(workspace: &Workspace) -> Result<Tally> {
    if !has_client(workspace) {
        return Ok(Tally::default());
    }
    web::install_client(workspace)?;
    say("Web client tests");
    let report = workspace.target.join("xtask/vitest.json");
    forget(&report)?;
    let succeeded = run_seeing(
        npm(&workspace.client())
            .args(["test", "--", "--reporter=default", "--reporter=json"])
            .arg(format!("--outputFile={}", report.display())),
        |_| {},
    )?;
    let tally = fs::read_to_string(&report)
        .ok()
        .and_then(|text| Tally::from_vitest(&text));
    Ok(tally.unwrap_or_default().judged(succeeded))
}

/// The `*.test.mjs` of [`BROWSER_TESTS`]. They start what they need themselves; where the binaries
/// and the browser are they learn from `BERAAD_BIN` and `BERAAD_CHROMIUM`.
fn browser_tests(workspace: &Workspace) -> Result<Tally> {
    let files: Vec<_> = BROWSER_TESTS
        .iter()
        .flat_map(|folder| test_files(&workspace.root.join(folder)))
        .collect();
    if files.is_empty() {
        return Ok(Tally::default());
    }
    web::install_client(workspace)?;
    say("Browser tests");
    // As the Rust tests built them: with other features everything would be compiled anew.
    let binaries = [
        "build",
        "--workspace",
        "--bins",
        "--features",
        "beraad-engine/ts",
    ];
    run(in_workspace(workspace).args(binaries))?;
    let browser = find(&BROWSERS).context("no Chromium: run `cargo xtask setup --for test`")?;
    let summary = workspace.target.join("xtask/browser.tap");
    forget(&summary)?;
    let succeeded = run_seeing(
        Command::new("node")
            .current_dir(&workspace.root)
            .env("BERAAD_BIN", workspace.target.join("debug"))
            .env("BERAAD_CHROMIUM", browser)
            .args(["--test", "--test-concurrency=1"])
            .args(["--test-reporter=spec", "--test-reporter-destination=stdout"])
            .arg("--test-reporter=tap")
            .arg(format!("--test-reporter-destination={}", summary.display()))
            .args(files),
        |_| {},
    )?;
    let mut tally = Tally::default();
    for line in fs::read_to_string(&summary).unwrap_or_default().lines() {
        tally.add(Tally::from_node_line(line).unwrap_or_default());
    }
    Ok(tally.judged(succeeded))
}

fn test_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let is_test = |path: &PathBuf| path.to_string_lossy().ends_with(".test.mjs");
    let mut files: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(is_test)
        .collect();
    files.sort();
    files
}

/// A report of an earlier run must not be taken for this one's.
fn forget(report: &Path) -> Result<()> {
    if let Some(folder) = report.parent() {
        fs::create_dir_all(folder)?;
    }
    match fs::remove_file(report) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn has_client(workspace: &Workspace) -> bool {
    workspace.client().join("package.json").is_file()
}

fn in_workspace(workspace: &Workspace) -> Command {
    let mut command = cargo();
    command
        .current_dir(&workspace.root)
        .env("CARGO_TARGET_DIR", &workspace.target);
    command
}

/// The engine's storage alone, then the whole product.
const BROWSER_TESTS: [&str; 2] = ["crates/engine-wasm/tests/browser", "tests/browser"];
