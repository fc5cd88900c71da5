//! A device that was unlocked for one command.

use std::{fs, io::IsTerminal as _, path::PathBuf, time::Duration};

use beraad_cli::host::{Host, HostError};
use beraad_engine::{
    intent::{Intent, Reply},
    view::{ChannelView, DirectoryView},
};
use zeroize::Zeroizing;

use crate::{args::Global, failure::Failure, names};

/// An unlocked device.
pub(crate) struct Session {
    pub(crate) host: Host,
    within: Duration,
}

impl Session {
    /// Unlocks the profile and catches up with the server, if it is there.
    pub(crate) async fn open(global: &Global) -> Result<Self, Failure> {
        let host = Host::open(&profile_folder(global)?, &passphrase(global, Ask::Once)?).await?;
        let within = Duration::from_secs(global.timeout);
        let session = Self { host, within };
        match session.host.settled(within.min(CATCH_UP)).await {
            Ok(()) => {}
            Err(HostError::Server(problem)) => {
                eprintln!("beraad: {problem}. Until then this is what the device has");
            }
            Err(_) => eprintln!("beraad: the server was not reached; this is what the device has"),
        }
        Ok(session)
    }

    /// Wants something done, and waits for it as long as the person wants to.
    pub(crate) async fn intent(&self, intent: Intent) -> Result<Reply, Failure> {
        Ok(self.host.intent_within(intent, self.within).await?)
    }

    /// The channel that is meant.
    pub(crate) async fn channel(&self, wanted: &str) -> Result<ChannelView, Failure> {
        let home = self.host.home().await?;
        let id = names::channel(&home.channels, wanted)?.id;
        Ok(self.host.channel(id).await?)
    }

    /// Everybody on the server.
    pub(crate) async fn directory(&self) -> Result<DirectoryView, Failure> {
        Ok(self.host.directory().await?)
    }

    /// Closes the device.
    pub(crate) async fn close(self) {
        self.host.shutdown().await;
    }
}

/// Runs `work` with an unlocked device and closes it, whatever came of it.
pub(crate) async fn with<T>(
    global: &Global,
    work: impl AsyncFnOnce(&Session) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let session = Session::open(global).await?;
    let outcome = work(&session).await;
    session.close().await;
    outcome
}

/// The folder that was named, or the usual one.
pub(crate) fn profile_folder(global: &Global) -> Result<PathBuf, Failure> {
    if let Some(folder) = &global.profile {
        return Ok(folder.clone());
    }
    let set = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("XDG_DATA_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".local/share")))
        .map(|data| data.join("beraad"))
        .ok_or_else(|| Failure::usage("name the profile folder with --profile"))
}

/// How often to ask for a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    /// It exists.
    Once,
    /// It is new: a slip of the finger would lock the person out.
    Twice,
}

/// The passphrase: from a file, the environment, or the person.
pub(crate) fn passphrase(global: &Global, ask: Ask) -> Result<Zeroizing<String>, Failure> {
    if let Some(file) = &global.passphrase_file {
        let text = fs::read_to_string(file)
            .map(Zeroizing::new)
            .map_err(|error| Failure::file("read", file, &error))?;
        return Ok(Zeroizing::new(
            text.lines().next().unwrap_or_default().to_owned(),
        ));
    }
    if let Ok(word) = std::env::var("BERAAD_PASSPHRASE") {
        return Ok(Zeroizing::new(word));
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(
            "there is nobody to ask for the passphrase; give --passphrase-file FILE or set BERAAD_PASSPHRASE",
        ));
    }
    let asked = |question: &str| {
        rpassword::prompt_password(question)
            .map(Zeroizing::new)
            .map_err(|error| Failure::usage(format!("the passphrase could not be read: {error}")))
    };
    let word = asked("Passphrase: ")?;
    if ask == Ask::Twice {
        if word.chars().count() < beraad_cli::host::MIN_PASSPHRASE {
            return Err(HostError::WeakPassphrase.into());
        }
        if *word != *asked("The same passphrase again: ")? {
            return Err(Failure::usage(
                "the two passphrases differ; nothing was done",
            ));
        }
    }
    Ok(word)
}

/// How long a command waits for what it missed before it goes on with what the device has.
const CATCH_UP: Duration = Duration::from_secs(5);
