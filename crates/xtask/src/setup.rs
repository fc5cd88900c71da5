//! What a machine needs, why, and how to get it. Quick and silent when everything is there.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::run::{BROWSERS, ask, find, run, say};
use crate::wasm::{CTools, TARGET, Toolchain};
use crate::workspace::Workspace;

/// What the machine is to be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Purpose {
    /// Building the web client.
    Web,
    /// Running the demo.
    Demo,
    /// Running all tests.
    Test,
    /// Everything the automatic checks use.
    Ci,
}

/// Installs what is missing, saying what and why; fails with what to do where it cannot.
pub(crate) fn prepare(workspace: &Workspace, purpose: Purpose) -> Result<()> {
    require_node()?;
    let missing = missing_needs(workspace, purpose);
    if missing.is_empty() {
        return Ok(());
    }
    say("This machine misses:");
    for need in &missing {
        println!("    {}: {}", need.what, need.why);
    }
    let mut left = Vec::new();
    for need in missing {
        if let Some(attempt) = need.attempt {
            attempt();
        }
        if !(need.present)(workspace) {
            left.push(need);
        }
    }
    install_packages(&left)?;
    let still: Vec<_> = left
        .iter()
        .filter(|need| !(need.present)(workspace))
        .collect();
    if still.is_empty() {
        say("Everything needed is installed.");
        return Ok(());
    }
    let mut text = "still missing after the installation:".to_owned();
    for need in still {
        write!(text, "\n  {} ({}). {}", need.what, need.why, need.by_hand)?;
    }
    bail!(text)
}

/// One thing a machine must have.
struct Need {
    what: &'static str,
    why: &'static str,
    from: Purpose,
    /// Whether this clone needs it at all.
    wanted: fn(&Workspace) -> bool,
    present: fn(&Workspace) -> bool,
    /// Something quicker to try before packages.
    attempt: Option<fn()>,
    /// Debian packages, the preferred set first.
    packages: &'static [&'static [&'static str]],
    by_hand: &'static str,
}

/// The whole table.
const NEEDS: [Need; 8] = [
    Need {
        what: "a C compiler",
        why: "compiles SQLite and links everything",
        from: Purpose::Demo,
        wanted: always,
        present: |_| find(&["cc", "gcc", "clang"]).is_some(),
        attempt: None,
        packages: &[&["build-essential"]],
        by_hand: "Install gcc or clang.",
    },
    Need {
        what: "OpenSSL's headers and pkg-config",
        why: "SQLCipher encrypts the local database of the terminal client with libcrypto",
        from: Purpose::Demo,
        wanted: always,
        present: |_| ask(Command::new("pkg-config").args(["--exists", "openssl"])).is_some(),
        attempt: None,
        packages: &[&["libssl-dev", "pkg-config"]],
        by_hand: "Install the development package of OpenSSL 3, and pkg-config.",
    },
    Need {
        what: "a clang that compiles WebAssembly",
        why: "compiles SQLite for the browser",
        from: Purpose::Web,
        wanted: always,
        present: |_| CTools::find().is_some(),
        attempt: None,
        packages: &[
            &["clang-22", "llvm-22"],
            &["clang-19", "llvm-19"],
            &["clang-18", "llvm-18"],
        ],
        by_hand: "Install clang and llvm, version 18 or later.",
    },
    Need {
        what: "Rust's standard library for the browser",
        why: "the engine runs in the browser as WebAssembly",
        from: Purpose::Web,
        wanted: always,
        present: |_| Toolchain::find().is_some(),
        attempt: Some(add_target),
        packages: &[&[
            "rustc-web",
            "cargo-web",
            "rust-web-src",
            "lld-22",
            "clang-22",
            "llvm-22",
        ]],
        by_hand: "Run `rustup target add wasm32-unknown-unknown`.",
    },
    Need {
        what: "Chromium",
        why: "the browser tests run in it",
        from: Purpose::Test,
        wanted: always,
        present: |_| find(&BROWSERS).is_some(),
        attempt: None,
        packages: &[&["chromium"]],
        by_hand: "Install Chromium or Chrome.",
    },
    Need {
        what: "PostgreSQL",
        why: "the storage tests start a server of their own in a temporary folder",
        from: Purpose::Test,
        wanted: |workspace| workspace.root.join("crates/storage-postgres").is_dir(),
        present: |_| find(&["initdb"]).is_some() || has_postgresql(),
        attempt: None,
        packages: &[&["postgresql"]],
        by_hand: "Install PostgreSQL 15 or later.",
    },
    Need {
        what: "nats-server",
        why: "the tests with several nodes start one",
        from: Purpose::Test,
        wanted: |workspace| workspace.root.join("crates/bus/src/nats.rs").is_file(),
        // Debian puts it where not everybody's path leads.
        present: |_| {
            find(&["nats-server"]).is_some() || Path::new("/usr/sbin/nats-server").is_file()
        },
        attempt: None,
        packages: &[&["nats-server"]],
        by_hand: "Install nats-server 2.9 or later.",
    },
    Need {
        what: "cargo-deny",
        why: "checks licences, sources and forbidden dependencies (compiling it takes minutes)",
        from: Purpose::Ci,
        wanted: always,
        present: |_| find(&["cargo-deny"]).is_some(),
        attempt: Some(install_cargo_deny),
        packages: &[],
        by_hand: "Run `cargo install cargo-deny --locked`.",
    },
];

impl Purpose {
    /// Whether a machine for `self` also needs what is needed for `need`.
    fn includes(self, need: Self) -> bool {
        self.rank() >= need.rank()
    }

    fn rank(self) -> u8 {
        match self {
            Self::Web => 0,
            Self::Demo => 1,
            Self::Test => 2,
            Self::Ci => 3,
        }
    }
}

fn missing_needs(workspace: &Workspace, purpose: Purpose) -> Vec<Need> {
    let missing = |need: &Need| {
        purpose.includes(need.from) && (need.wanted)(workspace) && !(need.present)(workspace)
    };
    NEEDS.into_iter().filter(missing).collect()
}

fn require_node() -> Result<()> {
    let version = ask(Command::new("node").arg("--version")).unwrap_or_default();
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .unwrap_or_default();
    match major.parse::<u32>() {
        Ok(major) if major >= OLDEST_NODE => {}
        Ok(_) => bail!(
            "Node {version} is too old: install Node {OLDEST_NODE} or later (https://nodejs.org), \
             then run this again"
        ),
        Err(_) => bail!(
            "Node is missing: install Node {OLDEST_NODE} or later (https://nodejs.org), then run \
             this again"
        ),
    }
    if find(&["npm"]).is_none() {
        bail!("npm is missing: it comes with Node; install it, then run this again");
    }
    Ok(())
}

fn install_packages(needs: &[Need]) -> Result<()> {
    let wanting: Vec<_> = needs
        .iter()
        .filter(|need| !need.packages.is_empty())
        .collect();
    if wanting.is_empty() {
        return Ok(());
    }
    if find(&["apt-get"]).is_none() {
        let mut text = "this machine has no apt-get, so please install by hand:".to_owned();
        for need in wanting {
            write!(text, "\n  {} ({}). {}", need.what, need.why, need.by_hand)?;
        }
        bail!(text);
    }
    let Some(privilege) = privilege() else {
        let packages: Vec<_> = wanting
            .iter()
            .flat_map(|need| need.packages[0])
            .copied()
            .collect();
        bail!(
            "installing packages needs root: run this, then start again:\n  \
             apt-get update && apt-get install --yes {}",
            packages.join(" ")
        );
    };
    say("Refreshing the list of packages");
    run(privilege.command("apt-get").args(["update", "--quiet"]))?;
    let mut packages = Vec::new();
    for need in wanting {
        let known = need
            .packages
            .iter()
            .find(|set| set.iter().all(|name| is_known(name)));
        match known {
            Some(set) => packages.extend_from_slice(set),
            None => bail!("no package offers {}. {}", need.what, need.by_hand),
        }
    }
    packages.sort_unstable();
    packages.dedup();
    say(&format!("Installing {}", packages.join(" ")));
    run(privilege
        .command("apt-get")
        .args(["install", "--yes", "--quiet", "--no-install-recommends"])
        .args(&packages))
}

/// How to become root.
enum Privilege {
    Root,
    Sudo,
}

impl Privilege {
    fn command(&self, program: &str) -> Command {
        match self {
            Self::Root => {
                let mut command = Command::new(program);
                command.env("DEBIAN_FRONTEND", "noninteractive");
                command
            }
            Self::Sudo => {
                let mut command = Command::new("sudo");
                command.args(["DEBIAN_FRONTEND=noninteractive", program]);
                command
            }
        }
    }
}

fn privilege() -> Option<Privilege> {
    if ask(Command::new("id").arg("-u")).as_deref() == Some("0") {
        return Some(Privilege::Root);
    }
    find(&["sudo"])?;
    let silent = ask(Command::new("sudo").args(["-n", "true"])).is_some();
    (silent || std::io::stdin().is_terminal()).then_some(Privilege::Sudo)
}

fn is_known(package: &str) -> bool {
    let policy = ask(Command::new("apt-cache").args(["policy", package])).unwrap_or_default();
    policy
        .lines()
        .any(|line| line.contains("Candidate:") && !line.contains("(none)"))
}

fn add_target() {
    if find(&["rustup"]).is_some() {
        say("Asking rustup for it");
        // Some networks mirror only part of rustup's server; the Debian packages come next then.
        if run(Command::new("rustup").args(["target", "add", TARGET])).is_err() {
            println!("    rustup cannot provide it here");
        }
    }
}

fn install_cargo_deny() {
    if run(crate::run::cargo().args(["install", "cargo-deny", "--locked"])).is_err() {
        println!("    cargo could not install it");
    }
}

fn has_postgresql() -> bool {
    std::fs::read_dir("/usr/lib/postgresql").is_ok_and(|versions| {
        versions
            .flatten()
            .any(|version| Path::new(&version.path()).join("bin/initdb").is_file())
    })
}

fn always(_: &Workspace) -> bool {
    true
}

const OLDEST_NODE: u32 = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_for_tests_can_also_run_the_demo() {
        assert!(Purpose::Test.includes(Purpose::Demo));
        assert!(!Purpose::Demo.includes(Purpose::Test));
        assert!(!Purpose::Web.includes(Purpose::Demo));
    }
}
