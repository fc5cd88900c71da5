//! The thread the engine lives on: one piece of work at a time, each a durable transaction.

use std::{collections::HashMap, thread};

use beraad_engine::{
    Engine, EngineError, Input, Output, database,
    intent::{Intent, IntentOutcome, Reply},
    keys,
    refusal::Refusal,
    view::{Topic, View, ViewRequest},
};
use beraad_protocol::{
    Problem, Timestamp,
    http::{Enrol, Enrolled},
};
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use zeroize::Zeroizing;

use super::{HostError, connection::ToSocket, now};
use crate::profile::{Profile, fill_random};

/// Something for the engine to do.
pub(super) enum Work {
    Intent(Box<Intent>, oneshot::Sender<Result<Reply, HostError>>),
    View(Box<ViewRequest>, oneshot::Sender<Result<View, Refusal>>),
    BeginEnrol(Zeroizing<String>, oneshot::Sender<Result<Enrol, HostError>>),
    FinishEnrol(Box<Enrolled>, oneshot::Sender<Result<(), HostError>>),
    SessionToken(oneshot::Sender<Option<Zeroizing<String>>>),
    Connected(mpsc::UnboundedSender<ToSocket>),
    Frame(Vec<u8>),
    Disconnected,
    Tick,
    Stop,
}

/// The running thread.
pub(super) struct EngineThread {
    handle: thread::JoinHandle<()>,
}

impl EngineThread {
    /// Opens the database on a new thread; the receiver tells whether the device is enrolled.
    pub(super) fn start(
        profile: Profile,
        passphrase: Zeroizing<String>,
        inbox: mpsc::Receiver<Work>,
        topics: broadcast::Sender<Topic>,
        wake: watch::Sender<Option<Timestamp>>,
        dismissed: watch::Sender<Option<Problem>>,
    ) -> (Self, oneshot::Receiver<Result<bool, HostError>>) {
        let (opened, is_open) = oneshot::channel();
        let handle = thread::spawn(move || match open(&profile, &passphrase) {
            Ok(engine) => {
                drop(passphrase);
                if opened.send(Ok(engine.enrolled())).is_ok() {
                    let attendant = Attendant {
                        engine,
                        socket: None,
                        waiting: HashMap::new(),
                        next: 0,
                        topics,
                        wake,
                        dismissed,
                    };
                    attendant.run(inbox);
                }
            }
            Err(error) => {
                // Free again before anybody hears of the failure and tries once more.
                drop(profile);
                drop(opened.send(Err(error)));
            }
        });
        (Self { handle }, is_open)
    }

    /// Waits until the database is closed.
    pub(super) fn join(self) {
        // A panic was reported on its own thread.
        let _ = self.handle.join();
    }
}

fn open(profile: &Profile, passphrase: &str) -> Result<Engine, HostError> {
    profile.make_database_private()?;
    let key = keys::derive(passphrase, profile.salt()).map_err(failed)?;
    let connection =
        database::open_native(&profile.database(), &key).map_err(|error| match error {
            database::OpenError::WrongKey => HostError::WrongPassphrase,
            database::OpenError::Busy => HostError::InUse {
                folder: profile.folder().to_owned(),
            },
            other @ database::OpenError::Failed(_) => failed(other),
        })?;
    drop(key);
    let mut seed = Zeroizing::new([0; 32]);
    fill_random(&mut *seed)?;
    Engine::open(connection, *seed, now()).map_err(failed)
}

/// Gives the engine its work and carries out what it says.
struct Attendant {
    engine: Engine,
    socket: Option<mpsc::UnboundedSender<ToSocket>>,
    /// Who waits for the answer to which intent.
    waiting: HashMap<u64, oneshot::Sender<Result<Reply, HostError>>>,
    next: u64,
    topics: broadcast::Sender<Topic>,
    wake: watch::Sender<Option<Timestamp>>,
    /// Why the server ended the last connection, if it said so.
    dismissed: watch::Sender<Option<Problem>>,
}

impl Attendant {
    fn run(mut self, mut inbox: mpsc::Receiver<Work>) {
        while let Some(work) = inbox.blocking_recv() {
            match work {
                Work::Intent(intent, answer) => self.intent(*intent, answer),
                // Whoever asked may have gone in the meantime; here and below.
                Work::View(request, answer) => {
                    drop(answer.send(self.engine.view(&request, now())));
                }
                Work::BeginEnrol(token, answer) => {
                    drop(answer.send(self.engine.begin_enrol(&token, now()).map_err(failed)));
                }
                Work::FinishEnrol(enrolled, answer) => {
                    drop(answer.send(self.engine.finish_enrol(*enrolled, now()).map_err(failed)));
                }
                Work::SessionToken(answer) => drop(answer.send(self.engine.session_token())),
                Work::Connected(socket) => {
                    self.dismissed.send_replace(None);
                    self.socket = Some(socket);
                    self.step(Input::Connected);
                }
                Work::Frame(frame) => self.step(Input::Frame(frame)),
                Work::Disconnected => {
                    self.socket = None;
                    self.step(Input::Disconnected);
                }
                Work::Tick => {
                    self.wake.send_replace(None);
                    self.step(Input::Tick);
                }
                Work::Stop => return,
            }
        }
    }

    fn intent(&mut self, intent: Intent, answer: oneshot::Sender<Result<Reply, HostError>>) {
        let id = self.next;
        self.next += 1;
        self.waiting.insert(id, answer);
        if let Err(error) = self.handle(Input::Intent { id, intent })
            && let Some(answer) = self.waiting.remove(&id)
        {
            drop(answer.send(Err(failed(error))));
        }
    }

    /// A step nobody waits for. When it fails nothing of it remains: the connection is ended, and
    /// the next one begins where the database stands.
    fn step(&mut self, input: Input) {
        if let Err(error) = self.handle(input) {
            tracing::warn!(%error, "a step failed and was undone");
            self.to_socket(ToSocket::Close);
        }
    }

    fn handle(&mut self, input: Input) -> Result<(), EngineError> {
        for output in self.engine.handle(input, now())? {
            match output {
                Output::Send(frame) => self.to_socket(ToSocket::Send(frame)),
                Output::Answer { id, outcome } => self.answer(id, outcome),
                // A command waits for the end.
                Output::Queued { .. } => {}
                // Nobody may be looking.
                Output::Changed(topic) => drop(self.topics.send(topic)),
                Output::WakeAt(at) => {
                    self.wake.send_modify(|wake| {
                        *wake = Some(wake.map_or(at, |sooner| sooner.min(at)));
                    });
                }
                Output::Disconnect { problem } => {
                    if let Some(problem) = problem {
                        tracing::warn!(code = %problem.code, "the server ended the connection");
                        self.dismissed.send_replace(Some(problem));
                    }
                    self.to_socket(ToSocket::Close);
                }
            }
        }
        Ok(())
    }

    fn answer(&mut self, id: u64, outcome: IntentOutcome) {
        let Some(answer) = self.waiting.remove(&id) else {
            return;
        };
        let outcome = match outcome {
            IntentOutcome::Ok { reply } => Ok(reply),
            IntentOutcome::Refused { refusal } => Err(HostError::Refused(refusal)),
        };
        drop(answer.send(outcome));
    }

    fn to_socket(&self, what: ToSocket) {
        if let Some(socket) = &self.socket {
            // The connection may have ended; the engine hears of that next.
            let _ = socket.send(what);
        }
    }
}

fn failed(error: impl std::fmt::Display) -> HostError {
    HostError::Engine {
        detail: error.to_string(),
    }
}
