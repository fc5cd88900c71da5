//! The engine and its step: one input, one transaction, the outputs after the commit.

use std::collections::{HashMap, HashSet};

use beraad_casework::Household;
use beraad_group::{DeviceKeys, Member, Suite};
use beraad_protocol::{
    ChannelId, OperationId, Problem, Timestamp, directory::LeafIdentity, http::Enrolled,
    vocabulary::OrgRole,
};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore, SeedableRng},
};
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{
    database,
    error::{Done, EngineError},
    intent::{Intent, IntentOutcome},
    kv::SqlStore,
    outbox,
    people::People,
    refusal::{LocalCode, Refusal},
    session::Session,
    view::{Topic, View, ViewRequest},
    views::Reader,
};

/// What happened outside.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "an input is handed over once and kept nowhere"
)]
pub enum Input {
    /// A WebSocket is open; the server's challenge comes as a frame.
    Connected,
    /// One binary WebSocket message.
    Frame(Vec<u8>),
    /// The WebSocket ended.
    Disconnected,
    /// Somebody wants something.
    Intent {
        /// Names the answer; the host's own numbering.
        id: u64,
        /// What is wanted.
        intent: Intent,
    },
    /// The moment of an [`Output::WakeAt`] passed.
    Tick,
}

/// What the host has to do, in this order.
#[derive(Debug)]
pub enum Output {
    /// Send this as one binary WebSocket message.
    Send(Vec<u8>),
    /// An intent is on disk: whatever happens, its words are not lost, and a form may let go of
    /// them. Its end comes as [`Output::Answer`]. Not for what is answered or refused at once.
    Queued {
        /// The host's number.
        id: u64,
    },
    /// An intent came to its end.
    Answer {
        /// The host's number.
        id: u64,
        /// How it ended.
        outcome: IntentOutcome,
    },
    /// Views of this topic may have changed.
    Changed(Topic),
    /// Give [`Input::Tick`] at this moment; a later one replaces an earlier one.
    WakeAt(Timestamp),
    /// Close the WebSocket. With a problem: show it; without one, connect anew.
    Disconnect {
        /// Why.
        problem: Option<Problem>,
    },
}

/// The client of one person on one device.
pub struct Engine {
    db: Connection,
    rng: ChaCha20Rng,
    me: Option<Identity>,
    cache: Cache,
    session: Session,
}

impl Engine {
    /// Creates or checks the schema and reads who this device is.
    ///
    /// `seed` is 32 fresh random bytes from the host: ids and salts are drawn from it.
    pub fn open(db: Connection, seed: [u8; 32], now: Timestamp) -> Result<Self, EngineError> {
        let _ = now;
        database::prepare(&db)?;
        db.set_prepared_statement_cache_capacity(64);
        let rng = seeded(&db, seed)?;
        let me = Identity::load(&db)?;
        outbox::forget_intents(&db)?;
        let cache = Cache {
            people: People::load(&db)?,
            ..Cache::default()
        };
        Ok(Self {
            db,
            rng,
            me,
            cache,
            session: Session::default(),
        })
    }

    /// Whether this device belongs to a person.
    pub fn enrolled(&self) -> bool {
        self.me.is_some()
    }

    /// The session token in hexadecimal digits, for `Authorization: Bearer`; none until enrolled.
    pub fn session_token(&self) -> Option<Zeroizing<String>> {
        self.me
            .as_ref()
            .map(|me| Zeroizing::new(hex::encode(me.token.as_slice())))
    }

    /// Takes one input in. Everything it leads to is on disk when this returns.
    ///
    /// An error means that nothing of the step remains; the host then closes its WebSocket and
    /// connects anew.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Result<Vec<Output>, EngineError> {
        let Some(me) = &self.me else {
            return Ok(not_enrolled(&input));
        };
        self.db.execute_batch("BEGIN IMMEDIATE")?;
        let mut step = Step {
            db: &self.db,
            rng: &mut self.rng,
            me,
            cache: &mut self.cache,
            session: &mut self.session,
            now,
            out: Vec::new(),
            topics: Vec::new(),
            dirty: HashSet::new(),
            roster_changed: HashSet::new(),
            reading: false,
            pump_all: false,
            queued: Vec::new(),
        };
        let outputs = step.run(input).and_then(|()| {
            let outputs = step.finish()?;
            self.db.execute_batch("COMMIT")?;
            Ok(outputs)
        });
        if outputs.is_err() {
            self.roll_back()?;
        }
        outputs
    }

    /// What a screen shows, read at this moment.
    pub fn view(&self, request: &ViewRequest, now: Timestamp) -> Result<View, Refusal> {
        Reader {
            db: &self.db,
            me: self.me.as_ref(),
            cache: &self.cache,
            session: &self.session,
            now,
        }
        .view(request)
    }

    /// The database is as before the step; what was held in memory may not be.
    fn roll_back(&mut self) -> Done {
        // SQLite rolls back by itself on some errors; then there is nothing left to roll back.
        let _ = self.db.execute_batch("ROLLBACK");
        self.session = Session::default();
        self.cache = Cache {
            people: People::load(&self.db)?,
            ..Cache::default()
        };
        Ok(())
    }

    pub(crate) const fn parts(&mut self) -> (&Connection, &mut ChaCha20Rng, &mut Option<Identity>) {
        (&self.db, &mut self.rng, &mut self.me)
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("enrolled", &self.enrolled())
            .finish_non_exhaustive()
    }
}

/// Nobody is anybody yet: intents are refused, frames are nobody's.
fn not_enrolled(input: &Input) -> Vec<Output> {
    match input {
        Input::Intent { id, .. } => vec![Output::Answer {
            id: *id,
            outcome: IntentOutcome::Refused {
                refusal: Refusal::local(
                    LocalCode::NotEnrolled,
                    "this device is not enrolled; open the one-time link first",
                ),
            },
        }],
        Input::Connected | Input::Frame(_) => vec![Output::Disconnect { problem: None }],
        Input::Disconnected | Input::Tick => Vec::new(),
    }
}

/// A generator that never repeats itself, even if a host hands in the same seed twice.
fn seeded(db: &Connection, seed: [u8; 32]) -> Done<ChaCha20Rng> {
    const OPENED: &str = "opened";
    let opened = database::get_as::<u64>(db, OPENED)?.unwrap_or(0) + 1;
    database::put_as(db, OPENED, &opened)?;
    let seed = Sha256::new_with_prefix(b"beraad engine seed v1\0")
        .chain_update(seed)
        .chain_update(opened.to_be_bytes())
        .finalize();
    Ok(ChaCha20Rng::from_seed(seed.into()))
}

/// Who this device is, once it is enrolled.
pub(crate) struct Identity {
    pub(crate) leaf: LeafIdentity,
    pub(crate) keys: DeviceKeys,
    pub(crate) token: Zeroizing<Vec<u8>>,
    pub(crate) enrolled: Enrolled,
    pub(crate) attestation_key: [u8; 32],
    pub(crate) external_sender: [u8; 32],
    pub(crate) suite: Suite,
}

/// What was read from the database before; dropped whenever a step fails.
#[derive(Default)]
pub(crate) struct Cache {
    pub(crate) people: People,
    pub(crate) groups: HashMap<ChannelId, Member>,
    pub(crate) households: HashMap<ChannelId, Household>,
}

/// One step: what it works on and what it leads to.
pub(crate) struct Step<'e> {
    pub(crate) db: &'e Connection,
    pub(crate) rng: &'e mut ChaCha20Rng,
    pub(crate) me: &'e Identity,
    pub(crate) cache: &'e mut Cache,
    pub(crate) session: &'e mut Session,
    pub(crate) now: Timestamp,
    pub(crate) out: Vec<Output>,
    pub(crate) topics: Vec<Topic>,
    /// Households that changed and are written down at the end.
    pub(crate) dirty: HashSet<ChannelId>,
    /// Those whose members changed, which no event tells.
    pub(crate) roster_changed: HashSet<ChannelId>,
    /// Entries are being read: nothing is derived before the last one of the frame.
    pub(crate) reading: bool,
    /// After reading, every queue may go on.
    pub(crate) pump_all: bool,
    /// Intents that were put in the outbox in this step.
    pub(crate) queued: Vec<u64>,
}

impl<'e> Step<'e> {
    fn run(&mut self, input: Input) -> Done {
        match input {
            Input::Connected => self.connected(),
            Input::Frame(bytes) => self.frame(&bytes)?,
            Input::Disconnected => self.disconnected()?,
            Input::Intent { id, intent } => self.intent(id, intent)?,
            Input::Tick => self.tick()?,
        }
        Ok(())
    }

    fn finish(&mut self) -> Done<Vec<Output>> {
        self.write_households()?;
        let wake = self.next_wake()?;
        let mut outputs: Vec<Output> = std::mem::take(&mut self.queued)
            .into_iter()
            .map(|id| Output::Queued { id })
            .collect();
        outputs.append(&mut self.out);
        outputs.extend(
            std::mem::take(&mut self.topics)
                .into_iter()
                .map(Output::Changed),
        );
        outputs.extend(wake.map(Output::WakeAt));
        Ok(outputs)
    }

    /// The groups' store in this step's transaction.
    pub(crate) const fn store(&self) -> SqlStore<'e> {
        SqlStore(self.db)
    }

    /// 16 random bytes for an id.
    pub(crate) fn draw(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }

    pub(crate) fn draw_op(&mut self) -> OperationId {
        OperationId::from_bytes(self.draw())
    }

    /// Views of `topic` may have changed.
    pub(crate) fn changed(&mut self, topic: Topic) {
        if !self.topics.contains(&topic) {
            self.topics.push(topic);
        }
    }

    pub(crate) fn changed_channel(&mut self, channel: ChannelId) {
        self.changed(Topic::Channel { channel });
        self.changed(Topic::Home);
    }

    /// Answers an intent of this process.
    pub(crate) fn answer(&mut self, intent: Option<u64>, outcome: IntentOutcome) {
        if let Some(id) = intent {
            self.out.push(Output::Answer { id, outcome });
        }
    }

    /// Whether this person has a role, by the newest word there is.
    pub(crate) fn has_role(&self, role: OrgRole) -> bool {
        self.cache.people.roles(self.me).contains(&role)
    }
}
