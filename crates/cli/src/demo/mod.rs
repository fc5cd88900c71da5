//! The fictional region: four organisations, their people and households, filled over the real
//! protocol by real engines.
//!
//! [`fill`] makes what is there from the start, and leaves one fresh one-time link per kind of user
//! for the visitor's browsers. A device that joins a channel gets no history, so what a visitor is
//! to see is made when the visitor arrives: [`watch`] waits for that and opens a household with
//! the visitor in it. [`region`] says who and what there is.

pub mod fill;
pub mod region;
mod scene;
mod state;
pub mod watch;

use std::{collections::HashMap, path::PathBuf, time::Duration};

use zeroize::Zeroizing;

use crate::host::{Host, HostError};

pub use self::state::{Folder, VisitorLink};

/// Why the region was not filled.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Start the server with an empty data folder and give the link it prints.
    #[error(
        "a new region needs the link for the first administrator that a new server prints; give it with --admin-link"
    )]
    NoAdminLink,
    /// Begin anew with an empty state folder and an empty server.
    #[error("{path} is damaged; begin anew with an empty folder and an empty server", path = path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
    },
    /// Fill it first.
    #[error("there is no filled region in {path}; run `beraad demo fill` first", path = path.display())]
    NotFilled {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Give the folder that belongs to that server, or begin anew.
    #[error("the region in this folder is on another server; begin anew with an empty folder")]
    OtherServer,
    /// What the cause says; running it again goes on where it stopped.
    #[error("{who}, {what}: {source}")]
    Step {
        /// Which account.
        who: String,
        /// What it was doing.
        what: String,
        /// What went wrong.
        source: HostError,
    },
    /// What the cause says.
    #[error(transparent)]
    Host(#[from] HostError),
}

impl DemoError {
    fn step(who: &str, what: &str) -> impl FnOnce(HostError) -> Self {
        let (who, what) = (who.to_owned(), what.to_owned());
        move |source| Self::Step { who, what, source }
    }
}

/// Open devices, a few at a time: each holds a thread, a database and a connection.
struct Cast<'a> {
    folder: &'a Folder,
    passphrase: Zeroizing<String>,
    on_stage: HashMap<String, Host>,
    /// In order of last use.
    order: Vec<String>,
}

impl<'a> Cast<'a> {
    fn new(folder: &'a Folder) -> Result<Self, DemoError> {
        Ok(Self {
            folder,
            passphrase: folder.passphrase()?,
            on_stage: HashMap::new(),
            order: Vec::new(),
        })
    }

    /// The device of an account, up to date.
    async fn host(&mut self, key: &str) -> Result<Host, DemoError> {
        if !self.on_stage.contains_key(key) {
            if self.order.len() >= MAX_ON_STAGE {
                let longest_unused = self.order.remove(0);
                if let Some(host) = self.on_stage.remove(&longest_unused) {
                    host.shutdown().await;
                }
            }
            let host = Host::open(&self.folder.profile(key), &self.passphrase)
                .await
                .map_err(DemoError::step(key, "opening the device"))?;
            self.on_stage.insert(key.to_owned(), host);
        }
        self.order.retain(|other| other != key);
        self.order.push(key.to_owned());
        let host = self.on_stage[key].clone();
        host.online(WITHIN)
            .await
            .map_err(DemoError::step(key, "connecting"))?;
        Ok(host)
    }

    async fn leave(mut self) {
        for (_, host) in self.on_stage.drain() {
            host.shutdown().await;
        }
    }
}

/// How long one step may take; the first ones wait for keys to be made on a slow machine.
const WITHIN: Duration = Duration::from_mins(1);
const MAX_ON_STAGE: usize = 6;
