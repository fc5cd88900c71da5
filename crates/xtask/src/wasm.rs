//! How this machine compiles for the browser.
//!
//! Two ways work: a Rust toolchain that has the `wasm32-unknown-unknown` standard library, or the
//! Debian packages that build that library from source. Both also need a C compiler that knows
//! WebAssembly, for SQLite.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::run::{ask, ask_with, cargo, find, forget_package};
use crate::workspace::Workspace;

/// The compilation target.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// A way to compile for the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The running toolchain has the target's standard library.
    Installed,
    /// Debian's toolchain builds the standard library from its source.
    DebianFromSource {
        /// `wasm-ld`.
        linker: PathBuf,
    },
}

/// The C side, for SQLite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CTools {
    compiler: PathBuf,
    archiver: PathBuf,
}

impl Toolchain {
    /// The best one this machine has.
    pub(crate) fn find() -> Option<Self> {
        let sysroot = ask(Command::new("rustc").args(["--print", "sysroot"]))?;
        if Path::new(&sysroot)
            .join("lib/rustlib")
            .join(TARGET)
            .is_dir()
        {
            return Some(Self::Installed);
        }
        let sysroot = ask(debian_environment(
            Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"]),
        ))?;
        let source = Path::new(&sysroot).join("lib/rustlib/src/rust/library/std");
        let complete = source.is_dir() && Path::new(DEBIAN_CARGO).is_file();
        let linker = find(&["wasm-ld-22", "wasm-ld"])?;
        complete.then_some(Self::DebianFromSource { linker })
    }

    /// `cargo build` for the browser, with everything but the package and the profile.
    pub(crate) fn build(&self, workspace: &Workspace, tools: &CTools) -> Command {
        let mut command = match self {
            Self::Installed => cargo(),
            Self::DebianFromSource { .. } => Command::new(DEBIAN_CARGO),
        };
        command.arg("build").args(["--target", TARGET]);
        if let Self::DebianFromSource { linker } = self {
            debian_environment(&mut command);
            command
                .arg("-Zbuild-std=std,panic_abort")
                .env("RUSTC", DEBIAN_RUSTC)
                // -Z flags on a stable compiler.
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        environment(&mut command, workspace, tools);
        command
    }

    /// The word that tells one way of building from another.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Installed => "installed target",
            Self::DebianFromSource { .. } => "Debian, standard library from source",
        }
    }
}

impl CTools {
    /// The newest clang and archiver on the path; `CC_wasm32_unknown_unknown` and
    /// `AR_wasm32_unknown_unknown` go first.
    pub(crate) fn find() -> Option<Self> {
        let set = |name| env::var_os(name).map(PathBuf::from);
        let compiler = set(CC).or_else(|| {
            CLANGS
                .iter()
                .filter_map(|name| find(&[name]))
                .find(|clang| compiles(clang))
        })?;
        let archiver = set(AR).or_else(|| find(&ARCHIVERS))?;
        Some(Self { compiler, archiver })
    }
}

/// What every compilation for the browser needs in its environment, clippy included.
pub(crate) fn environment(command: &mut Command, workspace: &Workspace, tools: &CTools) {
    forget_package(command);
    command
        .current_dir(&workspace.root)
        .env("CARGO_TARGET_DIR", &workspace.wasm_target)
        .env(CC, &tools.compiler)
        .env(AR, &tools.archiver)
        // A general RUSTFLAGS would hide the target's own.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", RANDOMNESS);
}

/// The tools, or what to do about their absence.
pub(crate) fn require() -> Result<(Toolchain, CTools)> {
    let advice = "run `cargo xtask setup` first";
    let toolchain = Toolchain::find()
        .with_context(|| format!("this machine cannot compile Rust for the browser: {advice}"))?;
    let tools = CTools::find()
        .with_context(|| format!("no clang that can compile for the browser: {advice}"))?;
    Ok((toolchain, tools))
}

/// Whether this clang knows the target and the C that SQLite's shim is written in
/// (version 14 does not, and Apple's lacks the target).
fn compiles(clang: &Path) -> bool {
    let arguments = [
        "--target=wasm32-unknown-unknown",
        "-x",
        "c",
        "-c",
        "-",
        "-o",
        "/dev/null",
    ];
    ask_with(
        Command::new(clang).args(arguments),
        "[[noreturn]] void stop(void);\n",
    )
    .is_some()
}

/// Debian's toolchain must not see what the running one put into the environment.
fn debian_environment(command: &mut Command) -> &mut Command {
    for name in [
        "RUSTUP_TOOLCHAIN",
        "LD_LIBRARY_PATH",
        "RUSTC",
        "RUSTDOC",
        "CARGO",
    ] {
        command.env_remove(name);
    }
    command
}

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const CC: &str = "CC_wasm32_unknown_unknown";
const AR: &str = "AR_wasm32_unknown_unknown";
/// Tells getrandom 0.3 to ask the browser.
const RANDOMNESS: &str = "--cfg getrandom_backend=\"wasm_js\"";
const CLANGS: [&str; 6] = [
    "clang-22", "clang-21", "clang-20", "clang-19", "clang-18", "clang",
];
const ARCHIVERS: [&str; 6] = [
    "llvm-ar-22",
    "llvm-ar-21",
    "llvm-ar-20",
    "llvm-ar-19",
    "llvm-ar-18",
    "llvm-ar",
];
