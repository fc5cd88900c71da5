//! The browser's side: the engine as WebAssembly, then the web client around it.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::ValueEnum;

use crate::run::{cargo, npm, run, say};
use crate::shown;
use crate::wasm::{self, TARGET};
use crate::workspace::{Fingerprint, Workspace};

/// What the build is optimised for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// A quick build.
    Dev,
    /// A small download.
    Release,
}

/// Compiles the engine and puts what the client imports into `client-web/src/engine/pkg`.
pub(crate) fn build_engine(workspace: &Workspace, profile: Profile) -> Result<()> {
    let (toolchain, tools) = wasm::require()?;
    let recipe = format!("engine {} {}", profile.cargo_name(), toolchain.name());
    let mut fingerprint = Fingerprint::of(&recipe);
    for input in ENGINE_INPUTS {
        fingerprint = fingerprint.with(&workspace.root.join(input))?;
    }
    let stamp = workspace.stamp("web-engine");
    let package = package_folder(workspace);
    if stamp.matches(&fingerprint) && package.join(format!("{NAME}_bg.wasm")).is_file() {
        return Ok(());
    }
    say(&format!(
        "Compiling the engine for the browser ({})",
        toolchain.name()
    ));
    run(toolchain.build(workspace, &tools).args([
        "--package",
        "beraad-engine-wasm",
        "--profile",
        profile.cargo_name(),
    ]))?;
    let compiled = workspace
        .wasm_target
        .join(TARGET)
        .join(profile.cargo_name())
        .join("beraad_engine_wasm.wasm");
    say("Making the JavaScript around it");
    run(cargo()
        .current_dir(&workspace.root)
        .env("CARGO_TARGET_DIR", &workspace.target)
        .args([
            "run",
            "--package",
            "xtask",
            "--bin",
            "bind",
            "--features",
            "bind",
            "--",
        ])
        .args([&compiled, &package])
        .arg(NAME))?;
    report_size(workspace)?;
    stamp.write(&fingerprint)
}

/// Fetches the client's dependencies as its lock file names them.
pub(crate) fn install_client(workspace: &Workspace) -> Result<()> {
    let client = workspace.client();
    let fingerprint = Fingerprint::of("npm ci").with(&client.join("package-lock.json"))?;
    let stamp = workspace.stamp("web-npm");
    if stamp.matches(&fingerprint) && client.join("node_modules").is_dir() {
        return Ok(());
    }
    say("Fetching the web client's dependencies");
    run(npm(&client).arg("ci"))?;
    stamp.write(&fingerprint)
}

/// Builds the web client into `client-web/dist`.
pub(crate) fn build_client(workspace: &Workspace) -> Result<()> {
    install_client(workspace)?;
    let client = workspace.client();
    let fingerprint = Fingerprint::of("client").with(&client)?;
    let stamp = workspace.stamp("web-client");
    if stamp.matches(&fingerprint) && client.join("dist/index.html").is_file() {
        return Ok(());
    }
    say("Building the web client");
    run(npm(&client).args(["run", "build"]))?;
    // The build itself may write into the source folder (compiled translations).
    stamp.write(&Fingerprint::of("client").with(&client)?)
}

impl Profile {
    fn cargo_name(self) -> &'static str {
        match self {
            Self::Dev => "web-dev",
            Self::Release => "web",
        }
    }
}

fn package_folder(workspace: &Workspace) -> PathBuf {
    workspace.client().join("src/engine/pkg")
}

fn report_size(workspace: &Workspace) -> Result<()> {
    let file = package_folder(workspace).join(format!("{NAME}_bg.wasm"));
    let bytes = fs::metadata(&file)
        .with_context(|| format!("{} was not written", shown(workspace, &file)))?
        .len();
    println!(
        "    {}: {} kB",
        shown(workspace, &file),
        bytes.div_ceil(1000)
    );
    Ok(())
}

/// Everything the browser's engine is made of.
const ENGINE_INPUTS: [&str; 9] = [
    "Cargo.toml",
    "Cargo.lock",
    "crates/protocol",
    "crates/casework",
    "crates/ledger",
    "crates/group",
    "crates/engine",
    "crates/engine-wasm",
    "crates/xtask/src/bin/bind.rs",
];

/// The file name of the package: `engine.js`, `engine.d.ts`, `engine_bg.wasm`.
const NAME: &str = "engine";
