//! A connection, as a state machine: *Init*, then *Fetch* and *Wait* in turns.
//!
//! - **Init**: challenge, hello, ready. From here on it is known whose connection this is.
//! - **Fetch**: take what was marked in the inbox, and send what the device may have of the
//!   channels that grew, a portion each in turn. Live delivery and catching up are this one path: a
//!   connection that cannot keep up simply has more to fetch.
//! - **Wait**: for the first of a wake-up, a frame from the device, an answer that is ready, or the
//!   end.
//!
//! Nothing is queued for a connection but open requests, and they are counted. Frames are fed and
//! flushed once per turn.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use axum::extract::ws::{Message, WebSocket};
use beraad_protocol::{
    ChannelId, ClientFrame, Problem, ServerFrame,
    frame::{Changed, Cursor, PROTOCOL_VERSION},
    from_cbor,
    limits::{MAX_CHANNELS, MAX_OPEN_REQUESTS},
    problem::Code,
    request::Answer,
    to_cbor,
    vocabulary::OrgRole,
};
use beraad_storage::BoxFuture;
use bytes::Bytes;
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _, stream::FuturesUnordered};
use tokio::{
    sync::watch,
    time::{Instant, Interval, MissedTickBehavior, interval_at, timeout},
};

use super::{answer, hello};
use crate::{
    app::{App, SignedIn},
    clock,
    hub::{Feed, Inbox, Joined, Reading},
    refusal::{Outcome, Refusal},
};

/// How long a device may take for its hello.
const HELLO_PATIENCE: Duration = Duration::from_secs(15);
/// How long the network may take for what was sent.
const SEND_PATIENCE: Duration = Duration::from_mins(1);
/// How often an idle connection is asked whether it is still there; twice in vain ends it.
const PING_EVERY: Duration = Duration::from_secs(45);
/// Frames taken from the device before others get their turn.
const FRAMES_AT_ONCE: usize = 64;

/// Serves one connection to its end.
pub(super) async fn run(app: Arc<App>, mut socket: WebSocket) {
    let alive = app.alive.subscribe();
    // Boxed, so that an idle connection does not keep the room its hello needed.
    let ending = match Box::pin(Session::init(app, &mut socket)).await {
        Ok(mut session) => session.live(&mut socket).await,
        Err(ending) => ending,
    };
    if let Ending::Goodbye(problem) = ending {
        let farewell = async {
            let frame = Bytes::from(to_cbor(&ServerFrame::Goodbye(*problem)));
            socket.send(Message::Binary(frame)).await?;
            socket.send(Message::Close(None)).await?;
            // Until the device has read it and closes as well.
            while let Some(Ok(_)) = socket.recv().await {}
            Ok::<_, axum::Error>(())
        };
        // Gone already, or too slow: then nobody reads it.
        drop(Box::pin(timeout(Duration::from_secs(2), farewell)).await);
    }
    drop(alive);
}

/// Why a connection ends.
pub(super) enum Ending {
    /// The other side is gone.
    Gone,
    /// The device is told why.
    Goodbye(Box<Problem>),
}

impl From<Refusal> for Ending {
    fn from(refusal: Refusal) -> Self {
        Self::Goodbye(Box::new(refusal.0))
    }
}

/// What a session does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Fetch,
    Wait,
}

/// A followed channel.
pub(super) struct Following {
    pub(super) feed: Arc<Feed>,
    pub(super) reading: Reading,
}

type Answered = (u64, Outcome<Answer>);

pub(super) struct Session {
    pub(super) app: Arc<App>,
    pub(super) who: SignedIn,
    pub(super) joined: Joined,
    pub(super) following: BTreeMap<ChannelId, Following>,
    /// Channels with something to fetch.
    pub(super) due: BTreeSet<ChannelId>,
    open: FuturesUnordered<BoxFuture<'static, Answered>>,
    stopping: watch::Receiver<bool>,
    ping: Interval,
    heard: bool,
}

impl Session {
    /// Challenge, hello, ready.
    async fn init(app: Arc<App>, socket: &mut WebSocket) -> Result<Self, Ending> {
        let nonce: [u8; 32] = clock::random();
        let challenge = ServerFrame::Challenge {
            protocol: PROTOCOL_VERSION,
            nonce: nonce.to_vec(),
        };
        send(socket, to_cbor(&challenge).into()).await?;
        let mut stopping = app.stopping.clone();
        let frame = tokio::select! {
            frame = timeout(HELLO_PATIENCE, first_frame(socket)) => {
                frame.map_err(|_| Refusal::because(Code::Unauthenticated, "No hello came"))??
            }
            () = stopped(&mut stopping) => {
                return Err(Refusal::from(App::stopping_problem()).into());
            }
        };
        let (asker, hello) = hello::check(&app, &nonce, &frame).await?;
        let who = SignedIn {
            device: asker.device,
            user: asker.user,
            org: asker.org,
        };
        let officer = asker.has(OrgRole::ComplianceOfficer);
        let inbox = Inbox::new(who, officer, officer || asker.has(OrgRole::Coordinator));
        // Joined before it is looked up what waits, so that nothing falls in between.
        let joined = app.hub.join(Arc::new(inbox));
        let (ready, welcomes_wait) = hello::ready(&app, &asker).await?;
        if welcomes_wait {
            joined.inbox.tell(|news| news.welcomes = true);
        }
        let mut ping = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut session = Self {
            app,
            who,
            joined,
            following: BTreeMap::new(),
            due: BTreeSet::new(),
            open: FuturesUnordered::new(),
            stopping,
            ping,
            heard: true,
        };
        send(socket, to_cbor(&ServerFrame::Ready(ready)).into()).await?;
        session.follow_all(&hello.cursors).await?;
        Ok(session)
    }

    async fn live(&mut self, socket: &mut WebSocket) -> Ending {
        let mut step = Step::Fetch;
        loop {
            let next = match step {
                Step::Fetch => Box::pin(self.fetch(socket)).await,
                Step::Wait => self.wait(socket).await,
            };
            step = match next {
                Ok(step) => step,
                Err(ending) => return ending,
            };
        }
    }

    /// Sends what changed, and a portion of every channel that is due.
    async fn fetch(&mut self, socket: &mut WebSocket) -> Result<Step, Ending> {
        let news = self.joined.inbox.take();
        for channel in news.membership {
            self.look_up_stints(channel).await?;
            self.due.insert(channel);
        }
        self.due.extend(news.channels);
        if news.welcomes {
            feed(socket, to_cbor(&ServerFrame::WelcomesWaiting).into()).await?;
        }
        let changed = [
            news.directory.map(Changed::Directory),
            news.conferences.then_some(Changed::Conferences),
            news.register.then_some(Changed::Register),
            news.key_packages.map(Changed::KeyPackages),
        ];
        for changed in changed.into_iter().flatten() {
            feed(socket, to_cbor(&ServerFrame::Changed(changed)).into()).await?;
        }
        for channel in std::mem::take(&mut self.due) {
            if self.deliver(socket, channel).await? {
                self.due.insert(channel);
            }
        }
        flush(socket).await?;
        Ok(Step::Wait)
    }

    /// Waits for the first thing to do. With channels still due it only looks.
    async fn wait(&mut self, socket: &mut WebSocket) -> Result<Step, Ending> {
        tokio::select! {
            () = stopped(&mut self.stopping) => {
                Err(Refusal::from(App::stopping_problem()).into())
            }
            Some(answered) = self.open.next(), if !self.open.is_empty() => {
                self.send_answers(socket, answered).await?;
                Ok(Step::Wait)
            }
            message = socket.recv() => {
                self.take_frames(socket, message).await?;
                Ok(Step::Fetch)
            }
            () = self.joined.inbox.woken(), if self.due.is_empty() => Ok(Step::Fetch),
            () = std::future::ready(()), if !self.due.is_empty() => Ok(Step::Fetch),
            _ = self.ping.tick() => {
                if !std::mem::take(&mut self.heard) {
                    return Err(Ending::Gone);
                }
                send_message(socket, Message::Ping(Bytes::new())).await?;
                Ok(Step::Wait)
            }
        }
    }

    /// Sends an answer and whatever else is ready, and flushes once.
    async fn send_answers(
        &mut self,
        socket: &mut WebSocket,
        first: Answered,
    ) -> Result<(), Ending> {
        let mut next = Some(first);
        while let Some((id, result)) = next {
            feed(socket, answer::frame(id, result)).await?;
            next = if self.open.is_empty() {
                None
            } else {
                self.open.next().now_or_never().flatten()
            };
        }
        flush(socket).await
    }

    /// Takes a frame and whatever else has come in.
    async fn take_frames(
        &mut self,
        socket: &mut WebSocket,
        first: Option<Result<Message, axum::Error>>,
    ) -> Result<(), Ending> {
        let mut next = Some(first);
        let mut taken = 0;
        while let Some(message) = next {
            self.heard = true;
            match message {
                Some(Err(error)) => return Err(receive_failed(&error)),
                Some(Ok(Message::Binary(bytes))) => self.take_frame(socket, &bytes).await?,
                Some(Ok(Message::Text(_))) => {
                    return Err(
                        Refusal::because(Code::Malformed, "Frames are binary messages").into(),
                    );
                }
                None | Some(Ok(Message::Close(_))) => return Err(Ending::Gone),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            }
            taken += 1;
            next = if taken < FRAMES_AT_ONCE {
                socket.recv().now_or_never()
            } else {
                None
            };
        }
        Ok(())
    }

    async fn take_frame(&mut self, socket: &mut WebSocket, bytes: &[u8]) -> Result<(), Ending> {
        match from_cbor(bytes) {
            Ok(ClientFrame::Request { id, body }) => {
                if self.open.len() >= MAX_OPEN_REQUESTS {
                    return refuse(socket, id, Refusal::new(Code::RateLimited)).await;
                }
                let (app, who) = (Arc::clone(&self.app), self.who);
                // Polled in this order, so that messages reach the store's writer in this order.
                self.open.push(Box::pin(async move {
                    (id, answer::answer(app, who, *body).await)
                }));
                Ok(())
            }
            Ok(ClientFrame::Follow(cursor)) => self.follow_all(&[cursor]).await,
            // Kept for retention: the server forgets nothing yet.
            Ok(ClientFrame::Ack { .. }) => Ok(()),
            Ok(ClientFrame::Hello(_)) => {
                Err(Refusal::because(Code::Malformed, "A hello comes once").into())
            }
            Err(error) => match answer::id_of_malformed(bytes) {
                Some(id) => refuse(socket, id, error.into()).await,
                None => Err(Refusal::from(error).into()),
            },
        }
    }

    /// Follows these channels from where the device stands. Channels it may not know are followed
    /// in silence: nothing comes, and nothing tells whether they exist.
    async fn follow_all(&mut self, cursors: &[Cursor]) -> Result<(), Ending> {
        for cursor in cursors {
            if self.following.len() >= MAX_CHANNELS && !self.following.contains_key(&cursor.channel)
            {
                return Err(Refusal::new(Code::TooLarge).into());
            }
            let feed = self.joined.follow(cursor.channel);
            let next = cursor.after.map_or(0, |after| after.saturating_add(1));
            let reading = Reading {
                next,
                stints: Vec::new(),
                known_at: 0,
            };
            self.following
                .insert(cursor.channel, Following { feed, reading });
            self.look_up_stints(cursor.channel).await?;
            self.due.insert(cursor.channel);
        }
        Ok(())
    }
}

/// Resolves when the server stops.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that nobody can say so any more: the server is gone.
    drop(stopping.wait_for(|stopping| *stopping).await);
}

/// The first binary message.
async fn first_frame(socket: &mut WebSocket) -> Result<Bytes, Ending> {
    loop {
        match socket.recv().await {
            Some(Ok(Message::Binary(bytes))) => return Ok(bytes),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Text(_))) => {
                return Err(Refusal::because(Code::Malformed, "Frames are binary messages").into());
            }
            Some(Err(error)) => return Err(receive_failed(&error)),
            Some(Ok(Message::Close(_))) | None => return Err(Ending::Gone),
        }
    }
}

/// A message over the limit is told; anything else means the connection is no more.
fn receive_failed(error: &axum::Error) -> Ending {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.to_string().contains("too long") {
            return Refusal::new(Code::TooLarge).into();
        }
        cause = error.source();
    }
    Ending::Gone
}

async fn refuse(socket: &mut WebSocket, id: u64, refusal: Refusal) -> Result<(), Ending> {
    send(socket, answer::frame(id, Err(refusal))).await
}

pub(super) async fn feed(socket: &mut WebSocket, frame: Bytes) -> Result<(), Ending> {
    let feeding = socket.feed(Message::Binary(frame));
    timeout(SEND_PATIENCE, feeding)
        .await
        .ok()
        .and_then(Result::ok)
        .ok_or(Ending::Gone)
}

async fn flush(socket: &mut WebSocket) -> Result<(), Ending> {
    timeout(SEND_PATIENCE, socket.flush())
        .await
        .ok()
        .and_then(Result::ok)
        .ok_or(Ending::Gone)
}

async fn send(socket: &mut WebSocket, frame: Bytes) -> Result<(), Ending> {
    send_message(socket, Message::Binary(frame)).await
}

async fn send_message(socket: &mut WebSocket, message: Message) -> Result<(), Ending> {
    timeout(SEND_PATIENCE, socket.send(message))
        .await
        .ok()
        .and_then(Result::ok)
        .ok_or(Ending::Gone)
}
