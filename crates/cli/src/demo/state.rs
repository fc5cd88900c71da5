//! What was made already, so that a second start does not make it twice.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use beraad_protocol::{ChannelId, ConferenceId, OrgId, PersonId, RecordId, UserId};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::DemoError;
use crate::{
    host::ServerUrl,
    profile::{create_private_folder, fill_random, write_private},
};

/// The folder of a demo: profiles, their passphrase, what was done.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder at `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The profile of an account of [`super::region`].
    pub fn profile(&self, key: &str) -> PathBuf {
        self.root.join("profiles").join(key)
    }

    /// Where the passphrase of every profile is.
    pub fn passphrase_file(&self) -> PathBuf {
        self.root.join("passphrase")
    }

    /// Where the visitor's links are.
    pub fn links_file(&self) -> PathBuf {
        self.root.join("links.json")
    }

    pub(super) fn create(&self) -> Result<(), DemoError> {
        create_private_folder(&self.root)?;
        if !self.passphrase_file().exists() {
            let mut bytes = Zeroizing::new([0; 16]);
            fill_random(&mut *bytes)?;
            let passphrase = Zeroizing::new(hex::encode(*bytes) + "\n");
            write_private(&self.passphrase_file(), passphrase.as_bytes())?;
        }
        Ok(())
    }

    /// The passphrase of every profile in the folder.
    pub fn passphrase(&self) -> Result<Zeroizing<String>, DemoError> {
        let path = self.passphrase_file();
        let text = fs::read_to_string(&path).map_err(|_| self.not_filled())?;
        Ok(Zeroizing::new(text.trim().to_owned()))
    }

    pub(super) fn load(&self) -> Result<Option<State>, DemoError> {
        let path = self.state_file();
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(_) => return Err(DemoError::Damaged { path }),
        };
        serde_json::from_slice(&text)
            .map(Some)
            .map_err(|_| DemoError::Damaged { path })
    }

    pub(super) fn save(&self, state: &State) -> Result<(), DemoError> {
        let text = serde_json::to_vec_pretty(state).expect("the state is plain data");
        Ok(write_private(&self.state_file(), &text)?)
    }

    pub(super) fn save_links(&self, links: &[VisitorLink]) -> Result<(), DemoError> {
        let text = serde_json::to_vec_pretty(links).expect("links are plain data");
        Ok(write_private(&self.links_file(), &text)?)
    }

    pub(super) fn not_filled(&self) -> DemoError {
        DemoError::NotFilled {
            path: self.root.clone(),
        }
    }

    fn state_file(&self) -> PathBuf {
        self.root.join("state.json")
    }
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        &self.root
    }
}

/// A link for a visitor's browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorLink {
    /// The kind of user, for people.
    pub role: String,
    /// The account's name.
    pub name: String,
    /// Its organisation's name.
    pub organisation: String,
    /// The one-time link; none when it was used already.
    pub link: Option<String>,
    /// What there is to do.
    pub what: String,
}

/// What was made already.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) server: ServerUrl,
    pub(super) organisations: BTreeMap<String, OrgId>,
    pub(super) accounts: BTreeMap<String, AccountState>,
    pub(super) households: BTreeMap<String, HouseholdState>,
    pub(super) filled: bool,
}

impl State {
    pub(super) fn new(server: ServerUrl) -> Self {
        Self {
            server,
            organisations: BTreeMap::new(),
            accounts: BTreeMap::new(),
            households: BTreeMap::new(),
            filled: false,
        }
    }
}

/// How far an account is.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct AccountState {
    pub(super) user: Option<UserId>,
    /// The secret of a link that was not used yet.
    pub(super) token: Option<String>,
    pub(super) enrolled: bool,
}

impl std::fmt::Debug for AccountState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountState")
            .field("enrolled", &self.enrolled)
            .finish_non_exhaustive()
    }
}

/// How far a household is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct HouseholdState {
    pub(super) channel: Option<ChannelId>,
    pub(super) conference: Option<ConferenceId>,
    pub(super) persons: BTreeMap<String, PersonId>,
    pub(super) consents: BTreeMap<String, RecordId>,
    /// Scenes that were played.
    pub(super) played: usize,
}
