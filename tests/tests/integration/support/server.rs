//! A server in a process of its own, which can be killed.
//!
//! The process is this test binary again, told by its environment to be a server.

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use beraad_server::{Config, Server, telemetry};
use tracing_subscriber::EnvFilter;

use super::WITHIN;

/// A running server process.
pub struct Process {
    child: Child,
    /// Where it listens.
    pub addr: SocketAddr,
    /// The first administrator's link, while nobody used one.
    pub first_link: Option<String>,
}

impl Process {
    /// Starts a server on `data`, logging everything to `log`.
    pub async fn start(place: &Path, public_url: &str) -> Self {
        let ready = place.join("ready.json");
        if ready.exists() {
            fs::remove_file(&ready).unwrap();
        }
        let child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "support::server::a_server_process",
                "--ignored",
                "--nocapture",
            ])
            .env("BERAAD_TEST_SERVER", place)
            .env("BERAAD_TEST_URL", public_url)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut process = Self {
            child,
            addr: ([127, 0, 0, 1], 0).into(),
            first_link: None,
        };
        let wait = async {
            let mut pause = tokio::time::interval(Duration::from_millis(20));
            loop {
                pause.tick().await;
                if let Ok(text) = fs::read(&ready)
                    && let Ok(answer) = serde_json::from_slice::<serde_json::Value>(&text)
                {
                    return answer;
                }
                if let Some(status) = process.child.try_wait().unwrap() {
                    panic!("the server ended ({status}); see its log: {}", log(place));
                }
            }
        };
        let answer = tokio::time::timeout(WITHIN, wait)
            .await
            .expect("the server did not start");
        process.addr = answer["addr"].as_str().unwrap().parse().unwrap();
        process.first_link = answer["first_link"].as_str().map(str::to_owned);
        process
    }

    /// Ends it without a word: no handler runs, nothing is flushed.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, and waits.
    pub async fn stop(mut self, place: &Path) {
        fs::write(place.join("stop"), "").unwrap();
        let wait = async {
            let mut pause = tokio::time::interval(Duration::from_millis(20));
            while self.child.try_wait().unwrap().is_none() {
                pause.tick().await;
            }
        };
        tokio::time::timeout(WITHIN, wait)
            .await
            .expect("the server did not stop");
        fs::remove_file(place.join("stop")).unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The last lines of the server's log.
pub fn log(place: &Path) -> String {
    let text = fs::read_to_string(place.join("server.log")).unwrap_or_default();
    let lines: Vec<_> = text
        .lines()
        .filter(|line| !line.contains("TRACE"))
        .collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

/// The other end of [`Process::start`]; without its environment there is nothing to do.
#[test]
#[ignore = "the body of the server process that other tests start"]
fn a_server_process() {
    let Some(place) = std::env::var_os("BERAAD_TEST_SERVER") else {
        return;
    };
    let place = Path::new(&place);
    let mut config = Config::for_test(place.join("data"));
    config.public_url = std::env::var("BERAAD_TEST_URL").ok();
    let metrics = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    config.metrics = Some(metrics.local_addr().unwrap());
    drop(metrics);
    let metrics = config.metrics.unwrap();
    let log = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(place.join("server.log"));
    tracing_subscriber::fmt()
        .with_env_filter(telemetry::discreet(&EnvFilter::new("trace")))
        .with_ansi(false)
        .with_writer(std::sync::Mutex::new(log.unwrap()))
        .init();
    super::run(async {
        let server = Server::start(config).await.unwrap();
        let answer = serde_json::json!({
            "addr": server.addr, "first_link": server.first_link, "metrics": metrics,
        });
        fs::write(place.join("ready.part"), answer.to_string()).unwrap();
        fs::rename(place.join("ready.part"), place.join("ready.json")).unwrap();
        let mut pause = tokio::time::interval(Duration::from_millis(20));
        while !place.join("stop").exists() {
            pause.tick().await;
        }
        server.shutdown().await.unwrap();
    });
}
