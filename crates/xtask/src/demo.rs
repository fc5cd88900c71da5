//! `cargo xtask demo`: a server on this machine, filled with a fictional region, and a link per
//! kind of user. Everything it makes lies in one folder, so the next start finds it again.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use serde_json::Value;

use crate::run::{BROWSERS, cargo, find, run, say};
use crate::setup::{self, Purpose};
use crate::shown;
use crate::web::{self, Profile};
use crate::workspace::Workspace;

/// Where and how the demo runs.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Throw away the data of earlier demos first
    #[arg(long)]
    fresh: bool,
    /// The port on this machine
    #[arg(long, default_value_t = 7780)]
    port: u16,
    /// Where everything is kept [default: data/demo in the clone]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Sets up, builds, starts, fills, prints the links, and waits for Ctrl-C.
pub(crate) fn show(workspace: &Workspace, options: &Options) -> Result<()> {
    setup::prepare(workspace, Purpose::Demo)?;
    web::build_engine(workspace, Profile::Release)?;
    web::build_client(workspace)?;
    say("Building the server and the terminal client (minutes the first time)");
    run(cargo()
        .current_dir(&workspace.root)
        .env("CARGO_TARGET_DIR", &workspace.target)
        .args([
            "build",
            "--package",
            "beraad-server",
            "--package",
            "beraad-cli",
        ]))?;

    let folder = DemoFolder::prepare(workspace, options)?;
    let stop = stop_on_signal()?;
    let mut server = Server::start(workspace, &folder, options.port)?;
    let outcome = present(workspace, &folder, &mut server, &stop);
    let stopped = server.stop();
    outcome.and(stopped)
}

fn present(
    workspace: &Workspace,
    folder: &DemoFolder,
    server: &mut Server,
    stop: &AtomicBool,
) -> Result<()> {
    if !server.wait_until_ready(stop)? || !fill(workspace, folder, server, stop)? {
        return Ok(());
    }
    print_links(workspace, folder, server)?;
    let mut host = VisitorsHost {
        workspace,
        folder,
        running: None,
        pause: 0,
    };
    let outcome = attend(server, &mut host, stop);
    host.end().and(outcome)
}

/// Until told to stop, or until the server ends by itself.
fn attend(server: &mut Server, host: &mut VisitorsHost<'_>, stop: &AtomicBool) -> Result<()> {
    while !stop.load(Ordering::Relaxed) {
        if let Some(status) = server.child.try_wait()? {
            bail!("the server stopped by itself ({status}); its last lines are above");
        }
        host.keep()?;
        thread::sleep(POLL);
    }
    Ok(())
}

/// Opens a household for each visitor that arrives, and ends by itself when everybody came.
struct VisitorsHost<'a> {
    workspace: &'a Workspace,
    folder: &'a DemoFolder,
    running: Option<Child>,
    /// Polls to wait before the next start.
    pause: u32,
}

impl VisitorsHost<'_> {
    /// Starts it, and again when it gave up: a visitor may have been half-way through the door.
    fn keep(&mut self) -> Result<()> {
        if let Some(child) = &mut self.running {
            match child.try_wait()? {
                Some(status) if !status.success() => {
                    self.running = None;
                    self.pause = PAUSE_POLLS;
                }
                _ => {}
            }
        } else if self.pause > 0 {
            self.pause -= 1;
        } else {
            let mut command = beraad(self.workspace, &["demo", "watch"], self.folder);
            self.running = Some(
                command
                    .spawn()
                    .context("cannot start the terminal client")?,
            );
        }
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        if let Some(child) = &mut self.running
            && child.try_wait()?.is_none()
        {
            signal(child, "INT")?;
            child.wait()?;
        }
        Ok(())
    }
}

/// Runs the filler, which goes on where it stopped and leaves a finished region alone.
/// Gives false when told to stop meanwhile.
fn fill(
    workspace: &Workspace,
    folder: &DemoFolder,
    server: &Server,
    stop: &AtomicBool,
) -> Result<bool> {
    say("Filling a fictional region (a minute the first time)");
    let mut command = beraad(workspace, &["demo", "fill"], folder);
    command.args(["--server", &server.url]);
    if let Some(link) = &server.first_link {
        command.args(["--admin-link", link]);
    }
    // What it prints at the end is printed below, with a command for each link.
    let mut filler = command
        .stdout(Stdio::null())
        .spawn()
        .context("cannot start the filler")?;
    loop {
        if let Some(status) = filler.try_wait()? {
            if !status.success() {
                bail!(
                    "filling the demo failed ({status}): start it again to go on, or with --fresh to \
                     begin anew"
                );
            }
            return Ok(true);
        }
        if stop.load(Ordering::Relaxed) {
            signal(&filler, "INT")?;
            filler.wait()?;
            return Ok(false);
        }
        thread::sleep(POLL);
    }
}

/// The terminal client for the region in `folder`, in a group of its own as the server is.
fn beraad(workspace: &Workspace, words: &[&str], folder: &DemoFolder) -> Command {
    let mut command = Command::new(workspace.target.join("debug/beraad"));
    command
        .args(words)
        .arg("--state")
        .arg(&folder.state)
        .stdin(Stdio::null())
        .process_group(0);
    command
}

/// Prints what the filler left in `links.json`: a list of `{role, name, organisation, link, what}`.
fn print_links(workspace: &Workspace, folder: &DemoFolder, server: &Server) -> Result<()> {
    let file = folder.state.join("links.json");
    let text = fs::read_to_string(&file)
        .with_context(|| format!("the filler left no {}", shown(workspace, &file)))?;
    let links: Value = serde_json::from_str(&text)
        .with_context(|| format!("{} is damaged: start with --fresh", shown(workspace, &file)))?;
    let browser = find(&BROWSERS)
        .and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .unwrap_or_else(|| "chromium".to_owned());
    println!();
    say(&format!("Beraad runs at {}", server.url));
    println!(
        "    Each person needs a browser profile of their own. A link works once; afterwards the"
    );
    println!("    same command without the link asks for the passphrase chosen there.");
    for (index, person) in links.as_array().into_iter().flatten().enumerate() {
        let word = |name: &str| person.get(name).and_then(Value::as_str);
        let said = |name: &str| word(name).unwrap_or_default();
        let profile = quoted(&folder.root.join("browsers").join(format!("{}", index + 1)));
        println!(
            "\n  {}: {}, {}",
            said("role"),
            said("name"),
            said("organisation")
        );
        println!("    {}", said("what"));
        let (address, note) = match word("link") {
            Some(link) => (link, ""),
            None => (server.url.as_str(), "    (opened in a browser already)\n"),
        };
        print!("{note}");
        println!("    {browser} --user-data-dir={profile} '{address}'");
    }
    println!(
        "\n    Data: {}. Ctrl-C stops; --fresh begins anew.",
        shown(workspace, &folder.root)
    );
    std::io::stdout().flush()?;
    Ok(())
}

fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    if text.contains([' ', '\'']) {
        format!("'{}'", text.replace('\'', "'\\''"))
    } else {
        text
    }
}

/// The folder that holds a demo.
struct DemoFolder {
    root: PathBuf,
    server: PathBuf,
    state: PathBuf,
}

impl DemoFolder {
    fn prepare(workspace: &Workspace, options: &Options) -> Result<Self> {
        let root = match &options.data {
            Some(folder) => std::path::absolute(folder)?,
            None => workspace.root.join("data/demo"),
        };
        let marker = root.join(MARKER);
        let occupied = fs::read_dir(&root).is_ok_and(|mut entries| entries.next().is_some());
        if occupied && !marker.is_file() {
            bail!(
                "{} holds something that is not a demo: choose another folder with --data",
                root.display()
            );
        }
        if options.fresh && root.exists() {
            say(&format!(
                "Removing the earlier demo in {}",
                shown(workspace, &root)
            ));
            fs::remove_dir_all(&root)?;
        }
        let (server, state) = (root.join("server"), root.join("people"));
        fs::create_dir_all(&server)?;
        fs::create_dir_all(&state)?;
        fs::write(
            &marker,
            "A demo of Beraad. `cargo xtask demo --fresh` removes this folder.\n",
        )?;
        Ok(Self {
            root,
            server,
            state,
        })
    }
}

/// The running server.
struct Server {
    child: Child,
    url: String,
    address: SocketAddr,
    /// What its first line held, which it prints when it is ready.
    announced: Receiver<Option<String>>,
    /// The link for the first administrator, when there is none yet.
    first_link: Option<String>,
}

impl Server {
    fn start(workspace: &Workspace, folder: &DemoFolder, port: u16) -> Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpStream::connect_timeout(&address, POLL).is_ok() {
            bail!("port {port} is taken: stop what listens there, or choose another with --port");
        }
        let url = format!("http://localhost:{port}");
        say("Starting the server");
        let mut child = Command::new(workspace.target.join("debug/beraad-server"))
            .arg("--data")
            .arg(&folder.server)
            .args(["--listen", &address.to_string(), "--public-url", &url])
            .stdout(Stdio::piped())
            // Its own group: Ctrl-C reaches it once, from here, when this task is ready for it.
            .process_group(0)
            .spawn()
            .context("cannot start beraad-server")?;
        let output = child
            .stdout
            .take()
            .context("standard output was piped above")?;
        let (announce, announced) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let link = enrolment_link(&line);
                // The filler uses a link up; showing it would only mislead.
                if link.is_none() {
                    println!("    {line}");
                }
                // Only the first line is waited for.
                let _ = announce.send(link);
            }
        });
        Ok(Self {
            child,
            url,
            address,
            announced,
            first_link: None,
        })
    }

    /// Gives false when told to stop while waiting.
    fn wait_until_ready(&mut self, stop: &AtomicBool) -> Result<bool> {
        let mut has_announced = false;
        for _ in 0..READY_POLLS {
            if stop.load(Ordering::Relaxed) {
                return Ok(false);
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the server did not start ({status}); the reason is above");
            }
            if let Ok(link) = self.announced.try_recv() {
                self.first_link = link;
                has_announced = true;
            }
            if has_announced && self.is_healthy() {
                return Ok(true);
            }
            thread::sleep(POLL);
        }
        bail!("the server did not become healthy at {}", self.url)
    }

    fn is_healthy(&self) -> bool {
        let ask = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect_timeout(&self.address, POLL)?;
            stream.set_read_timeout(Some(Duration::from_secs(2)))?;
            write!(
                stream,
                "GET /healthz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
                self.address
            )?;
            let mut answer = String::new();
            stream.take(MAX_ANSWER).read_to_string(&mut answer)?;
            Ok(answer)
        };
        ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
    }

    /// Asks the server to finish and waits for it.
    fn stop(mut self) -> Result<()> {
        if self.child.try_wait()?.is_some() {
            return Ok(());
        }
        println!();
        say("Stopping the server");
        signal(&self.child, "INT")?;
        for _ in 0..STOP_POLLS {
            if self.child.try_wait()?.is_some() {
                say("Stopped. The data stays for the next start.");
                return Ok(());
            }
            thread::sleep(POLL);
        }
        self.child.kill()?;
        bail!("the server did not stop in time and was ended; its data is safe to reopen")
    }
}

fn enrolment_link(line: &str) -> Option<String> {
    let word = line
        .split_whitespace()
        .find(|word| word.contains("/#/enrol/"))?;
    // A token may end in `-` or `_`, so only what surrounds a link in a sentence is cut off.
    let around = ['(', ')', '<', '>', '"', '\'', ',', '.'];
    Some(word.trim_matches(around).to_owned())
}

fn signal(child: &Child, name: &str) -> Result<()> {
    let status = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status();
    status.context("cannot run kill")?;
    Ok(())
}

fn stop_on_signal() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    ctrlc::set_handler(move || asked.store(true, Ordering::Relaxed))?;
    Ok(stop)
}

const MARKER: &str = ".beraad-demo";
const POLL: Duration = Duration::from_millis(100);
/// A minute: a first start makes keys and a database.
const READY_POLLS: u32 = 600;
/// Twenty seconds to finish what was accepted.
const STOP_POLLS: u32 = 200;
/// Three seconds before the host of the visitors tries again.
const PAUSE_POLLS: u32 = 30;
const MAX_ANSWER: u64 = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_link_is_found_in_what_the_server_prints() {
        let line = "First administrator: http://localhost:7780/#/enrol/abc1-_, works once";
        assert_eq!(
            enrolment_link(line).as_deref(),
            Some("http://localhost:7780/#/enrol/abc1-_")
        );
        assert_eq!(enrolment_link("listening on 127.0.0.1:7780"), None);
    }

    #[test]
    fn a_folder_with_a_quote_survives_the_shell() {
        assert_eq!(quoted(Path::new("/a/b")), "/a/b");
        assert_eq!(quoted(Path::new("/a/it's")), "'/a/it'\\''s'");
    }
}
