//! A NATS server of its own for a test.

use std::{
    fmt,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

/// Beside the path: a user's path may leave out the system's folders.
const FOLDERS: &[&str] = &["/usr/sbin", "/usr/local/sbin", "/usr/local/bin"];
/// How often it is looked whether the server is there.
const LOOKS: u32 = 500;

/// A running `nats-server` on a free port of this machine.
pub struct TestNats {
    program: PathBuf,
    port: u16,
    server: Mutex<Option<Child>>,
}

impl fmt::Debug for TestNats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestNats")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

impl TestNats {
    /// Starts one.
    ///
    /// # Panics
    /// Without `nats-server` on this machine, or when it does not start.
    pub fn start() -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let program = std::env::split_paths(&path)
            .chain(FOLDERS.iter().map(PathBuf::from))
            .map(|folder| folder.join("nats-server"))
            .find(|program| program.is_file());
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let nats = Self {
            program: program
                .expect("nats-server is not installed: `cargo xtask setup test` does it"),
            port,
            server: Mutex::new(None),
        };
        nats.start_again();
        nats
    }

    /// Where it is, for [`NatsBus::connect`](crate::nats::NatsBus::connect).
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Kills it.
    ///
    /// # Panics
    /// When it was not running.
    pub fn stop(&self) {
        let mut child = self
            .server
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
            .expect("it runs");
        // The shell ends the server when nobody holds its input any more.
        drop(child.stdin.take());
        child.wait().expect("it ends");
    }

    /// Starts it after [`Self::stop`], on the same port.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&self) {
        let script = "\"$0\" -a 127.0.0.1 -p \"$1\" & read ended; kill -9 $!; wait $!";
        let child = Command::new("/bin/sh")
            .args(["-c", script])
            .arg(&self.program)
            .arg(self.port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
        for _ in 0..LOOKS {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return;
            }
            // Not for the test's outcome: only so as not to look too often.
            thread::sleep(Duration::from_millis(20));
        }
        panic!("nats-server did not start on port {}", self.port);
    }
}

impl Drop for TestNats {
    fn drop(&mut self) {
        let server = self
            .server
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(mut child) = server.take() {
            drop(child.stdin.take());
            // If it cannot be waited for, nothing else happens.
            let _ = child.wait();
        }
    }
}
