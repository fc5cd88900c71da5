//! A native host of the engine: it owns the database, the clock and the connection.
//!
//! The engine lives on a thread of its own ([`engine_thread`]), because each of its steps is a
//! durable transaction. A task keeps the WebSocket up ([`connection`]). Both talk over channels;
//! a [`Host`] is the handle that people and scripts use, and can be cloned.

mod address;
mod connection;
mod engine_thread;
mod error;
mod http;
mod views;

use std::{path::Path, sync::Arc, time::Duration};

use beraad_engine::{
    intent::{Intent, Reply},
    view::{Connection, Topic, View, ViewRequest},
};
use beraad_protocol::{Code, ConferenceId, Problem, Timestamp, http::LinkPreview};
use tokio::{
    sync::{Mutex, broadcast, mpsc, oneshot, watch},
    task::JoinHandle,
};
use zeroize::Zeroizing;

pub use self::{
    address::{Link, ServerUrl},
    error::{HostError, MIN_PASSPHRASE},
    http::Http,
};
use self::{
    connection::Wish,
    engine_thread::{EngineThread, Work},
};
use crate::profile::Profile;

/// A running engine with its profile and its connection.
#[derive(Clone)]
pub struct Host {
    shared: Arc<Shared>,
}

struct Shared {
    engine: mpsc::Sender<Work>,
    topics: broadcast::Sender<Topic>,
    wish: watch::Sender<Wish>,
    resting: watch::Receiver<bool>,
    dismissed: watch::Receiver<Option<Problem>>,
    http: Http,
    server: ServerUrl,
    running: Mutex<Option<Running>>,
}

/// What has to end before the profile is free again.
struct Running {
    thread: EngineThread,
    connection: JoinHandle<()>,
}

impl Host {
    /// Opens the device in `folder` and begins to connect.
    pub async fn open(folder: &Path, passphrase: &str) -> Result<Self, HostError> {
        let profile = Profile::open(folder)?;
        let (host, enrolled) = Self::start(profile, passphrase).await?;
        if !enrolled {
            host.shutdown().await;
            return Err(HostError::NotEnrolled);
        }
        host.go_online();
        Ok(host)
    }

    /// Makes the profile in `folder` a device by a one-time link, and begins to connect.
    ///
    /// After a failure on the way it can be repeated with the same link and passphrase.
    pub async fn enrol(folder: &Path, link: &Link, passphrase: &str) -> Result<Self, HostError> {
        if passphrase.chars().count() < MIN_PASSPHRASE {
            return Err(HostError::WeakPassphrase);
        }
        let profile = Profile::open_or_create(folder, &link.server)?;
        let (host, enrolled) = Self::start(profile, passphrase).await?;
        let outcome = if enrolled {
            Err(HostError::AlreadyEnrolled)
        } else {
            host.finish_enrol(link).await
        };
        if let Err(error) = outcome {
            host.shutdown().await;
            return Err(error);
        }
        host.go_online();
        Ok(host)
    }

    /// Whose link this is, before using it.
    pub async fn preview(link: &Link) -> Result<LinkPreview, HostError> {
        Http::new(&link.server)?.preview(&link.token).await
    }

    /// Wants something done, and waits for what came of it.
    ///
    /// An intent that needs the server is kept on disk until it is answered; dropping the future
    /// does not take it back.
    pub async fn intent(&self, intent: Intent) -> Result<Reply, HostError> {
        self.ask(|answer| Work::Intent(Box::new(intent), answer))
            .await?
    }

    /// Wants something done, and gives up waiting after `within`; it stays in the outbox.
    pub async fn intent_within(
        &self,
        intent: Intent,
        within: Duration,
    ) -> Result<Reply, HostError> {
        tokio::time::timeout(within, self.intent(intent))
            .await
            .unwrap_or_else(|_| {
                Err(HostError::TimedOut {
                    what: "it is kept on this device and goes out with the next connection".into(),
                    seconds: within.as_secs(),
                })
            })
    }

    /// Looks at something.
    pub async fn view(&self, request: ViewRequest) -> Result<View, HostError> {
        Ok(self
            .ask(|answer| Work::View(Box::new(request), answer))
            .await??)
    }

    /// What may have changed, from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Topic> {
        self.shared.topics.subscribe()
    }

    /// Looks at something again and again, whenever something changed, until `accept` takes it.
    ///
    /// What cannot be seen yet counts as not accepted.
    pub async fn wait_until<T>(
        &self,
        what: &str,
        within: Duration,
        request: ViewRequest,
        mut accept: impl FnMut(View) -> Option<T>,
    ) -> Result<T, HostError> {
        let mut changes = self.subscribe();
        let looking = async {
            loop {
                match self.view(request.clone()).await {
                    Ok(view) => {
                        if let Some(found) = accept(view) {
                            return Ok(found);
                        }
                    }
                    Err(HostError::Refused(_)) => {}
                    Err(error) => return Err(error),
                }
                match changes.recv().await {
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return Err(HostError::Closed),
                }
            }
        };
        tokio::time::timeout(within, looking)
            .await
            .unwrap_or_else(|_| {
                Err(HostError::TimedOut {
                    what: what.to_owned(),
                    seconds: within.as_secs(),
                })
            })
    }

    /// Waits until everything that happened elsewhere is on this device; or until the server says
    /// that it will not have this device.
    pub async fn online(&self, within: Duration) -> Result<(), HostError> {
        let what = "the server was not reached";
        let reached = self.wait_until(what, within, ViewRequest::Home, |view| match view {
            View::Home(home) if home.connection == Connection::Online => Some(()),
            _ => None,
        });
        tokio::select! {
            reached = reached => reached,
            problem = self.sent_away() => Err(HostError::Server(problem)),
        }
    }

    /// The server sent this device away for a reason that another attempt does not change.
    async fn sent_away(&self) -> Problem {
        let mut dismissed = self.shared.dismissed.clone();
        let lasting = |problem: &Option<Problem>| {
            problem.as_ref().is_some_and(|problem| {
                matches!(
                    problem.code,
                    Code::Unauthenticated | Code::Forbidden | Code::VersionUnsupported
                )
            })
        };
        match dismissed
            .wait_for(lasting)
            .await
            .map(|problem| problem.clone())
        {
            Ok(Some(problem)) => problem,
            // The engine has ended; whoever waits for it hears that.
            _ => std::future::pending().await,
        }
    }

    /// Waits until what there was to fetch or to hand in is done: directory, conferences, entries,
    /// welcomes into channels, and the keys by which colleagues can add this device.
    pub async fn settled(&self, within: Duration) -> Result<(), HostError> {
        self.online(within).await?;
        // The first brings welcomes in, the second what was said in the channels they lead to:
        // the server sends entries before answers.
        self.intent_within(Intent::Refresh, within).await?;
        self.intent_within(Intent::Refresh, within).await?;
        self.online(within).await
    }

    /// Ends the connection and stays away until [`Host::go_online`].
    pub async fn go_offline(&self) {
        self.wish(Wish::Offline);
        let mut resting = self.shared.resting.clone();
        // An error means that the connection's task has ended: offline as well.
        let _ = resting.wait_for(|resting| *resting).await;
    }

    /// Connects, now and whenever the connection is lost.
    pub fn go_online(&self) {
        self.wish(Wish::Online);
    }

    /// The server this device belongs to.
    pub fn server(&self) -> &ServerUrl {
        &self.shared.server
    }

    /// The neutral calendar file of a conference.
    pub async fn calendar(&self, conference: ConferenceId) -> Result<Vec<u8>, HostError> {
        let token = self.session_token().await?;
        self.shared.http.calendar(conference, &token).await
    }

    /// Ends the connection, closes the database and frees the profile.
    pub async fn shutdown(&self) {
        let Some(running) = self.shared.running.lock().await.take() else {
            return;
        };
        self.wish(Wish::End);
        // A task that panicked has ended too.
        let _ = running.connection.await;
        let _ = self.shared.engine.send(Work::Stop).await;
        let _ = tokio::task::spawn_blocking(move || running.thread.join()).await;
    }

    async fn start(profile: Profile, passphrase: &str) -> Result<(Self, bool), HostError> {
        let server = profile.server().clone();
        let http = Http::new(&server)?;
        let (engine, inbox) = mpsc::channel(INBOX);
        let (topics, _) = broadcast::channel(TOPICS);
        let (wish, wishes) = watch::channel(Wish::Offline);
        let (rests, resting) = watch::channel(true);
        let (wake, wakes) = watch::channel(None);
        let (dismiss, dismissed) = watch::channel(None);

        let passphrase = Zeroizing::new(passphrase.to_owned());
        let (thread, opened) =
            EngineThread::start(profile, passphrase, inbox, topics.clone(), wake, dismiss);
        let enrolled = opened.await.map_err(|_| HostError::Closed)??;
        let connection = tokio::spawn(connection::keep(
            server.clone(),
            engine.clone(),
            wishes,
            rests,
            wakes,
        ));
        let running = Mutex::new(Some(Running { thread, connection }));
        let shared = Shared {
            engine,
            topics,
            wish,
            resting,
            dismissed,
            http,
            server,
            running,
        };
        Ok((
            Self {
                shared: Arc::new(shared),
            },
            enrolled,
        ))
    }

    async fn finish_enrol(&self, link: &Link) -> Result<(), HostError> {
        let token = link.token.clone();
        let request = self.ask(|answer| Work::BeginEnrol(token, answer)).await??;
        let enrolled = self.shared.http.enrol(&request).await?;
        self.ask(|answer| Work::FinishEnrol(Box::new(enrolled), answer))
            .await?
    }

    fn wish(&self, wanted: Wish) {
        self.shared
            .wish
            .send_if_modified(|wish| std::mem::replace(wish, wanted) != wanted);
    }

    async fn session_token(&self) -> Result<Zeroizing<String>, HostError> {
        self.ask(Work::SessionToken)
            .await?
            .ok_or(HostError::NotEnrolled)
    }

    async fn ask<T>(&self, work: impl FnOnce(oneshot::Sender<T>) -> Work) -> Result<T, HostError> {
        let (answer, answered) = oneshot::channel();
        self.shared
            .engine
            .send(work(answer))
            .await
            .map_err(|_| HostError::Closed)?;
        answered.await.map_err(|_| HostError::Closed)
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host")
            .field("server", &self.shared.server)
            .finish_non_exhaustive()
    }
}

/// The moment it is; a host is where the clock is read.
#[expect(
    clippy::disallowed_methods,
    reason = "a host is the edge that gives the engine its time"
)]
pub fn now() -> Timestamp {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_millis());
    Timestamp(i64::try_from(since).unwrap_or(i64::MAX))
}

/// One family of cryptography for TLS in this process, whatever else is linked in.
fn choose_cryptography() {
    // An error means that somebody chose before.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Work that may wait for the engine; senders wait beyond it.
const INBOX: usize = 256;
/// Changes a slow reader may lag behind before it just looks again.
const TOPICS: usize = 1024;
