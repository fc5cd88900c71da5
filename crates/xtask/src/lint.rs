//! Everything that reads the code without running it. All checks run, so one look shows all faults.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::run::{cargo, find, npm, run, say};
use crate::wasm::{self, TARGET, Toolchain};
use crate::web;
use crate::workspace::Workspace;

/// Runs every check and names those that failed.
pub(crate) fn check(workspace: &Workspace) -> ExitCode {
    let mut failed = Vec::new();
    let mut note = |what: &'static str, outcome: Result<()>| {
        if let Err(error) = outcome {
            println!("    {error:#}");
            failed.push(what);
        }
    };
    say("Format");
    note(
        "format",
        run(in_workspace(workspace).args(["fmt", "--all", "--check"])),
    );
    say("Clippy");
    note(
        "clippy",
        run(&mut clippy(workspace, &["--workspace", "--all-targets"])),
    );
    let bind = ["--package", "xtask", "--bin", "bind", "--features", "bind"];
    note("clippy (bind)", run(&mut clippy(workspace, &bind)));
    note("clippy (browser)", clippy_browser(workspace));
    note("dependency rules", dependency_rules(workspace));
    note("web client", web_client(workspace));

    if failed.is_empty() {
        say("No faults found");
        return ExitCode::SUCCESS;
    }
    println!("\nlint failed: {}", failed.join(", "));
    ExitCode::FAILURE
}

fn clippy(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = in_workspace(workspace);
    command
        .arg("clippy")
        .args(arguments)
        .args(["--", "--deny", "warnings"]);
    command
}

/// The engine's browser half is empty natively, so it needs a look of its own.
fn clippy_browser(workspace: &Workspace) -> Result<()> {
    let (toolchain, tools) = wasm::require()?;
    if toolchain != Toolchain::Installed {
        println!("    (browser code: no clippy without the target's installed standard library)");
        return Ok(());
    }
    // Its dependencies are looked at natively; on 32 bits some expectations differ.
    let arguments = [
        "--package",
        "beraad-engine-wasm",
        "--target",
        TARGET,
        "--no-deps",
    ];
    let mut command = clippy(workspace, &arguments);
    wasm::environment(&mut command, workspace, &tools);
    run(&mut command)
}

fn dependency_rules(workspace: &Workspace) -> Result<()> {
    if find(&["cargo-deny"]).is_none() {
        println!("    (cargo-deny is not installed: `cargo xtask setup --for ci` installs it)");
        return Ok(());
    }
    say("Licences, sources, forbidden dependencies");
    // Advisories need the network and change without a commit: they are a scheduled job's, not this.
    run(in_workspace(workspace)
        .args(["deny", "--all-features", "check"])
        .args(["bans", "licenses", "sources"]))
}

fn web_client(workspace: &Workspace) -> Result<()> {
    let client = workspace.client();
    if !client.join("package.json").is_file() {
        return Ok(());
    }
    web::build_engine(workspace, web::Profile::Release)?;
    web::install_client(workspace)?;
    say("Web client");
    run(npm(&client).args(["run", "lint"]))?;
    run(npm(&client).args(["run", "typecheck"]))
}

fn in_workspace(workspace: &Workspace) -> Command {
    let mut command = cargo();
    command
        .current_dir(&workspace.root)
        .env("CARGO_TARGET_DIR", &workspace.target);
    command
}
