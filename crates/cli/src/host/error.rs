//! What can go wrong between a person and the engine.

use std::{
    io,
    path::{Path, PathBuf},
};

use beraad_engine::refusal::Refusal;
use beraad_protocol::Problem;

/// Why a host could not do something, and the way out.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// Enrol first, or name the right folder.
    #[error("there is no profile in {folder}; enrol with `beraad enrol LINK`, or name another folder with --profile", folder = folder.display())]
    NoProfile {
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// Restore the file from a backup, or enrol in another folder with a new link.
    #[error("{file} is damaged or of a newer version; restore it from a backup, or enrol in another folder with a new link", file = file.display())]
    BadProfile {
        /// Which file.
        file: PathBuf,
    },
    /// Use another folder for another server.
    #[error("the profile in {folder} belongs to another server; name another folder with --profile", folder = folder.display())]
    OtherServer {
        /// Which folder.
        folder: PathBuf,
    },
    /// Use another folder for another account.
    #[error(
        "this profile is a device already; name another folder with --profile to enrol another one"
    )]
    AlreadyEnrolled,
    /// Repeat the enrolment with the link.
    #[error("this profile is not a device yet; enrol with `beraad enrol LINK`")]
    NotEnrolled,
    /// End the other process.
    #[error("another process uses the profile in {folder}; end it and try again", folder = folder.display())]
    InUse {
        /// Which folder.
        folder: PathBuf,
    },
    /// Type the passphrase that was chosen at enrolment.
    #[error(
        "that is not the passphrase of this profile; without it its database cannot be opened, and the account admin has to make a new link"
    )]
    WrongPassphrase,
    /// Choose a longer one.
    #[error(
        "a passphrase has at least {MIN_PASSPHRASE} characters; a few unrelated words are easy to keep in mind"
    )]
    WeakPassphrase,
    /// Use https, or a server on this machine.
    #[error(
        "a server on another machine is reached by https:// only; plain http:// works on this machine alone"
    )]
    InsecureUrl,
    /// Copy the whole link.
    #[error(
        "that is not a one-time link; copy it whole, it looks like https://SERVER/#/enrol/SECRET"
    )]
    BadLink,
    /// Check the address and the connection.
    #[error("the server at {server} cannot be reached; check the address and the connection")]
    Unreachable {
        /// Which server.
        server: String,
    },
    /// Update the app or the server.
    #[error("the answer of the server at {server} is not Beraad's, or of another version")]
    Foreign {
        /// Which server.
        server: String,
    },
    /// What the server's problem says.
    #[error("{0}")]
    Server(Problem),
    /// What the refusal says.
    #[error("{0}")]
    Refused(Refusal),
    /// Wait longer, or see what keeps it.
    #[error("nothing came of it in {seconds} s: {what}")]
    TimedOut {
        /// What was waited for.
        what: String,
        /// How long.
        seconds: u64,
    },
    /// Give this account the right to the file, or make room.
    #[error("cannot {action} {path}: {source}", path = path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system has no random generator; nothing can be done safely.
    #[error("the system gives no random numbers; nothing can be done safely on it")]
    NoRandomness,
    /// Keep the profile folder and report it.
    #[error("the local database failed: {detail}; keep the profile folder and report this")]
    Engine {
        /// What it said; never content.
        detail: String,
    },
    /// Start it again.
    #[error("this device was closed")]
    Closed,
}

impl HostError {
    /// A failure of the file system.
    pub fn file(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::File {
            action,
            path: path.to_owned(),
            source,
        }
    }
}

impl From<Refusal> for HostError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Characters a passphrase has at least.
pub const MIN_PASSPHRASE: usize = 12;
