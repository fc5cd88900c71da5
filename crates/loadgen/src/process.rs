//! The servers under measurement, each a process of its own.

use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader, Lines},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use anyhow::Context as _;

/// A running server; killed when dropped.
pub(crate) struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    stdin: Option<ChildStdin>,
}

impl Process {
    /// Starts a program with its standard output read by this process.
    pub(crate) fn start<A: AsRef<OsStr>>(program: &Path, arguments: &[A]) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .args(arguments)
            .env("RUST_LOG", "warn")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let stdout = child.stdout.take().context("standard output is piped")?;
        let stdin = child.stdin.take();
        Ok(Self {
            child,
            lines: BufReader::new(stdout).lines(),
            stdin,
        })
    }

    /// Reads lines until one has `mark`, and gives what follows it, up to white space.
    pub(crate) fn wait_for(&mut self, mark: &str) -> anyhow::Result<String> {
        for line in self.lines.by_ref() {
            let line = line?;
            if let Some((_, rest)) = line.split_once(mark) {
                let word = rest.split_whitespace().next().unwrap_or_default();
                return Ok(word.to_owned());
            }
        }
        anyhow::bail!("the server ended before it said \"{mark}\"")
    }

    /// Sends an empty line and gives what the answer says after `mark`.
    pub(crate) fn ask(&mut self, mark: &str) -> anyhow::Result<String> {
        use std::io::Write as _;
        let stdin = self.stdin.as_mut().context("standard input is piped")?;
        writeln!(stdin)?;
        self.wait_for(mark)
    }

    /// Resident memory in bytes (Linux `/proc/<pid>/smaps_rollup`, without shared file pages).
    pub(crate) fn memory(&self) -> anyhow::Result<u64> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path)?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("RssAnon:"))
            .context("no RssAnon in /proc")?;
        let kib: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib * 1024)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; there is nobody left to tell.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
