//! A server, and terminals on it.

use std::{
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use beraad_server::{Config, RunningServer, Server};
use serde_json::Value;
use tempfile::TempDir;

const PASSPHRASE: &str = "paard batterij nietje juist";

/// A server and the folder everything is in.
pub(crate) struct Desk {
    pub(crate) place: TempDir,
    pub(crate) server: RunningServer,
    runtime: tokio::runtime::Runtime,
}

impl Desk {
    /// Starts a server on an empty folder.
    pub(crate) fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let config = Config::for_test(place.path().join("server"));
        let server = runtime.block_on(Server::start(config)).unwrap();
        Self {
            place,
            server,
            runtime,
        }
    }

    /// Puts an empty server in the place of the one that runs.
    pub(crate) fn replace_server(&mut self) {
        let listen = self.server.addr;
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let config = Config {
            listen,
            ..Config::for_test(self.place.path().join("other server"))
        };
        let old = std::mem::replace(&mut self.runtime, runtime);
        drop(old);
        self.server = self.runtime.block_on(Server::start(config)).unwrap();
    }

    /// The terminal of somebody.
    pub(crate) fn terminal(&self, who: &str) -> Terminal {
        Terminal {
            profile: self.place.path().join(who),
        }
    }

    /// The terminal of somebody who enrolled with this link.
    pub(crate) fn enrolled(&self, who: &str, link: &str) -> Terminal {
        let terminal = self.terminal(who);
        terminal.json(&["enrol", link]);
        terminal
    }
}

/// Somebody's terminal.
pub(crate) struct Terminal {
    pub(crate) profile: PathBuf,
}

impl Terminal {
    /// `beraad` with these arguments.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beraad"));
        command
            .args(arguments)
            .env("BERAAD_PROFILE", &self.profile)
            .env("BERAAD_PASSPHRASE", PASSPHRASE)
            .stdin(Stdio::null());
        command
    }

    /// Runs it to its end. Whatever happens, it does not panic.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!said.contains("panicked"), "{said}");
        assert_ne!(output.status.code(), Some(101), "{said}");
        output
    }

    /// What it prints as JSON when it does what it should.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[&["--json"], arguments].concat());
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Its exit code and message when it does not.
    pub(crate) fn fails(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?} should fail");
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }

    /// The link that inviting or opening gives.
    pub(crate) fn link(&self, arguments: &[&str]) -> String {
        self.json(arguments)["link"].as_str().unwrap().to_owned()
    }
}
