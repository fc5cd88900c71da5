//! The TypeScript declarations of the engine's intents and views: made from the Rust types,
//! committed, and compared by a test of the engine, so that both sides cannot drift apart unseen.

use anyhow::Result;

use crate::run::{cargo, run, say};
use crate::workspace::Workspace;

/// Writes the declarations, or with `check` only compares them with the committed ones.
pub(crate) fn generate(workspace: &Workspace, check: bool) -> Result<()> {
    say("The TypeScript declarations of the engine");
    let mut command = cargo();
    command
        .current_dir(&workspace.root)
        .env("CARGO_TARGET_DIR", &workspace.target)
        .args([
            "test",
            "--quiet",
            "--package",
            "beraad-engine",
            "--features",
            FEATURES,
            "--lib",
        ])
        .arg("the_committed_types_are_those_of_the_engine");
    if !check {
        command.env("BERAAD_WRITE_TYPES", "1");
    }
    run(&mut command)
}

/// `ts` brings the declarations, `native` an SQLite to link against.
const FEATURES: &str = "ts,native";
