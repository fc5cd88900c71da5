//! What every use case works with.

use std::sync::Arc;

use beraad_bus::{Bus, Wake};
use beraad_group::Suite;
use beraad_protocol::{
    DeviceId, OrgId, Problem, Timestamp, UserId, frame::PROTOCOL_VERSION, http::Status,
    problem::Code, vocabulary::OrgRole,
};
use beraad_storage::{BoxFuture, directory::Account, traits::DirectoryRead};
use tokio::sync::watch;

use crate::{
    clock,
    hub::Hub,
    keys::Keys,
    limiter::ClaimLimiter,
    refusal::{Outcome, Refusal},
    store::{Store, Tx},
    telemetry::Figures,
};

/// The server's parts, shared by every connection.
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) hub: Arc<Hub>,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) keys: Keys,
    pub(crate) suite: Suite,
    pub(crate) claims: ClaimLimiter,
    pub(crate) figures: Figures,
    /// How people reach it; no slash at the end.
    pub(crate) url: String,
    /// Turns true when the server stops.
    pub(crate) stopping: watch::Receiver<bool>,
    /// Every connection listens to it while it lives, so that it shows when all have ended.
    pub(crate) alive: watch::Sender<()>,
}

/// A device that proved who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SignedIn {
    pub(crate) device: DeviceId,
    pub(crate) user: UserId,
    pub(crate) org: OrgId,
}

/// Who asks, with the account as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asker {
    pub(crate) device: DeviceId,
    pub(crate) user: UserId,
    pub(crate) org: OrgId,
    pub(crate) roles: Vec<OrgRole>,
}

impl Asker {
    /// The asker, from the account of a device that proved who it is.
    pub(crate) fn new(device: DeviceId, account: &Account) -> Outcome<Self> {
        if account.suspended {
            return Err(Refusal::new(Code::Unauthenticated));
        }
        Ok(Self {
            device,
            user: account.id,
            org: account.org,
            roles: account.roles.clone(),
        })
    }

    pub(crate) fn has(&self, role: OrgRole) -> bool {
        self.roles.contains(&role)
    }
}

impl App {
    /// The time.
    #[expect(
        clippy::unused_self,
        reason = "use cases take the time from the app they are given"
    )]
    pub(crate) fn now(&self) -> Timestamp {
        clock::now()
    }

    /// The asker with the roles it has now.
    pub(crate) async fn asker(&self, who: SignedIn) -> Outcome<Asker> {
        let account = self.store.read().await?.account(who.user).await?;
        let account = account.ok_or_else(|| Refusal::new(Code::Unauthenticated))?;
        Asker::new(who.device, &account)
    }

    /// Runs a use case's change in one transaction.
    pub(crate) fn write<T, F>(&self, job: F) -> impl Future<Output = Outcome<T>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: for<'r, 't> FnOnce(&'r mut Tx<'t>) -> BoxFuture<'r, Outcome<T>> + Clone + Send + 'static,
    {
        let store = self.store.clone();
        async move { store.write(job).await }
    }

    /// Wakes whoever it concerns.
    pub(crate) fn wake(&self, wake: Wake) {
        self.bus.publish(wake);
    }

    /// What a client must know of this server.
    pub(crate) fn status(&self) -> Status {
        Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            protocol: PROTOCOL_VERSION,
            now: self.now(),
            attestation_key: hex::encode(self.keys.attestation_public()),
            external_sender_key: hex::encode(self.keys.external_sender_public()),
            log_key: self.keys.log.vkey(),
            log_prefix: self.keys.log.prefix().to_owned(),
            ciphersuite: self.suite.code(),
        }
    }

    /// The address of a one-time link.
    pub(crate) fn link(&self, token: &str) -> String {
        format!("{}/#/enrol/{token}", self.url)
    }

    /// What connections are told when the server stops.
    pub(crate) fn stopping_problem() -> Problem {
        Problem::new(Code::Unavailable)
    }
}
