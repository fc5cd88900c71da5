//! The benchmark: the load driver, optimised, against the server and against a floor.

use anyhow::Result;

use crate::run::{cargo, run, say};
use crate::workspace::Workspace;

/// Builds the load driver and the server optimised, and runs the driver.
pub(crate) fn measure(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    say("Building the server and the load driver, optimised (several minutes the first time)");
    for package in ["beraad-server", "beraad-loadgen"] {
        run(cargo()
            .current_dir(&workspace.root)
            .env("CARGO_TARGET_DIR", &workspace.target)
            .args(["build", "--release", "--package", package]))?;
    }
    say("Measuring");
    run(cargo()
        .current_dir(&workspace.root)
        .env("CARGO_TARGET_DIR", &workspace.target)
        .env("BERAAD_BIN", workspace.target.join("release"))
        .args([
            "run",
            "--quiet",
            "--release",
            "--package",
            "beraad-loadgen",
            "--",
        ])
        .args(arguments))
}
