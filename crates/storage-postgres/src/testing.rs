//! A PostgreSQL of its own for a test: made in a temporary folder, stopped and removed with it.

use std::{
    fmt, fs,
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use sqlx::{Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;

/// Where Debian and Fedora keep what they leave out of the path.
const FOLDERS: &[&str] = &["/usr/lib/postgresql", "/usr/pgsql"];
/// Who runs it when the test runs as root, which PostgreSQL refuses to.
const SERVANTS: &[&str] = &["postgres", "nobody"];
/// Only names the file of the socket; nothing listens on the network.
const PORT: u16 = 5432;

/// A running PostgreSQL with `fsync` on, reached by a socket in its folder.
#[derive(Debug)]
pub struct TestPostgres {
    /// Stops the server when this process ends, however it ends. First, because fields are dropped in
    /// this order and it needs the folder.
    _guard: Guard,
    folder: TempDir,
    programs: Programs,
}

impl TestPostgres {
    /// Makes and starts one.
    ///
    /// # Panics
    /// Without PostgreSQL on this machine, or when it does not start.
    pub fn start() -> Self {
        let programs = Programs::find();
        // Short, because the path of a socket may have about 100 bytes.
        let folder = tempfile::Builder::new()
            .prefix("pg-")
            .tempdir_in("/tmp")
            .expect("a temporary folder");
        programs.hand_over(folder.path());
        programs.run(
            "initdb",
            folder.path(),
            &[
                "--pgdata=data",
                "--username=beraad",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
            ],
        );
        let postgres = Self {
            _guard: Guard::over(&programs, folder.path()),
            folder,
            programs,
        };
        postgres.start_again();
        postgres
    }

    /// The address of a new, empty database.
    ///
    /// # Panics
    /// When PostgreSQL does not answer.
    pub async fn database(&self, name: &str) -> String {
        let mut connection = PgConnection::connect(&self.url("postgres"))
            .await
            .expect("a connection");
        let create = format!("CREATE DATABASE {name}");
        connection
            .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(create)))
            .await
            .expect("a new database");
        connection.close().await.expect("an orderly end");
        self.url(name)
    }

    /// The address of a database.
    pub fn url(&self, name: &str) -> String {
        let socket = self.folder.path().display();
        format!("postgres://beraad@localhost:{PORT}/{name}?host={socket}")
    }

    /// Stops it as a power cut would: sessions end in the middle of what they do.
    ///
    /// # Panics
    /// When it does not stop.
    pub fn crash(&self) {
        let stop = ["stop", "--pgdata=data", "--mode=immediate", "--silent"];
        self.programs.run("pg_ctl", self.folder.path(), &stop);
    }

    /// Starts it after [`Self::crash`], on the same data.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&self) {
        let socket = self.folder.path().display();
        let settings = format!("-k {socket} -p {PORT} -c listen_addresses= -c fsync=on");
        let start = [
            "start",
            "--pgdata=data",
            "--log=log",
            "--wait",
            "--silent",
            "--options",
            &settings,
        ];
        self.programs.run("pg_ctl", self.folder.path(), &start);
    }
}

/// PostgreSQL's programs and who runs them.
#[derive(Debug, Clone)]
struct Programs {
    folder: PathBuf,
    /// Set when this process is root.
    servant: Option<(u32, u32)>,
}

impl Programs {
    fn find() -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut folders: Vec<PathBuf> = FOLDERS
            .iter()
            .filter_map(|folder| fs::read_dir(folder).ok())
            .flatten()
            .flatten()
            .map(|version| version.path().join("bin"))
            .collect();
        folders.sort();
        folders.reverse();
        folders.extend(std::env::split_paths(&path));
        let folder = folders
            .into_iter()
            .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file());
        Self {
            folder: folder.expect("PostgreSQL is not installed: `cargo xtask setup test` does it"),
            servant: servant(),
        }
    }

    fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder).stdin(Stdio::null());
        if let Some((user, group)) = self.servant {
            command.gid(group).uid(user);
        }
        command
    }

    fn run(&self, program: &str, folder: &Path, arguments: &[&str]) {
        // To files: the server that pg_ctl leaves behind would keep a pipe open.
        let said = folder.join("said");
        let out = fs::File::create(&said).expect("a file for what it says");
        let err = out.try_clone().expect("a second handle");
        let status = self
            .command(&self.folder.join(program), folder)
            .args(arguments)
            .stdout(out)
            .stderr(err)
            .status()
            .expect("PostgreSQL's programs run");
        assert!(
            status.success(),
            "{program} failed: {}{}",
            fs::read_to_string(said).unwrap_or_default(),
            fs::read_to_string(folder.join("log")).unwrap_or_default()
        );
    }

    /// Gives the folder to whoever runs the server.
    fn hand_over(&self, folder: &Path) {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).expect("rights");
        if let Some((user, group)) = self.servant {
            std::os::unix::fs::chown(folder, Some(user), Some(group)).expect("another owner");
        }
    }
}

/// A shell that waits for this process to end, then stops the server.
struct Guard(Child);

impl Guard {
    fn over(programs: &Programs, folder: &Path) -> Self {
        let mut shell = programs.command(Path::new("/bin/sh"), folder);
        let pg_ctl = programs.folder.join("pg_ctl");
        let script = format!(
            "read ended; {} stop --pgdata=data --mode=immediate --silent; rm -rf data",
            pg_ctl.display()
        );
        let child = shell
            .args(["-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C is for the test; this one goes on until the server is down.
            .process_group(0)
            .spawn()
            .expect("a shell");
        Self(child)
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guard(..)")
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // If it cannot be waited for, the folder stays behind and nothing else happens.
        let _ = self.0.wait();
    }
}

/// Who runs the server when this process is root.
fn servant() -> Option<(u32, u32)> {
    let own = fs::metadata("/proc/self").map(|process| process.uid());
    if own.ok() != Some(0) {
        return None;
    }
    let accounts = fs::read_to_string("/etc/passwd").expect("the list of accounts");
    let find = |name: &&str| {
        accounts.lines().find_map(|line| {
            let fields: Vec<_> = line.split(':').collect();
            let [account, _, user, group, ..] = fields[..] else {
                return None;
            };
            if account != *name {
                return None;
            }
            Some((user.parse().ok()?, group.parse().ok()?))
        })
    };
    let servant = SERVANTS.iter().find_map(find);
    Some(servant.expect("PostgreSQL does not run as root, and there is no account postgres"))
}
