//! The benchmark: the load driver, optimised, against the server and against a floor.

use std::process::Command;

use anyhow::Result;

use crate::run::{cargo, run, say};
use crate::workspace::Workspace;

/// Builds the load driver and the server optimised, and runs the driver.
pub(crate) fn measure(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    say("Building the server and the load driver, optimised (several minutes the first time)");
    run(cargo()
        .current_dir(&workspace.root)
        .env("CARGO_TARGET_DIR", &workspace.target)
        .args([
            "build",
            "--release",
            "--package",
            "beraad-server",
            "--package",
            "beraad-loadgen",
        ]))?;
    say("Measuring (some minutes; leave the machine alone meanwhile)");
    let server = workspace.target.join("release/beraad-server");
    let table = workspace.root.join("docs/BENCHMARKS.md");
    run(
        Command::new(workspace.target.join("release/beraad-loadgen"))
            .arg("bench")
            .arg("--server")
            .arg(server)
            .arg("--out")
            .arg(table)
            .args(arguments),
    )
}
