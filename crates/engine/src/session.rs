//! The connection: greeting, requests and their answers, and what to do when it begins and ends.
//!
//! Nothing here outlives the connection; what has to is in the database.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use beraad_protocol::{
    ChannelId, ClientFrame, Code, LogId, Problem, ServerFrame, Timestamp,
    frame::{Changed, Cursor, Hello, PROTOCOL_VERSION, Ready, hello_signed_bytes},
    from_cbor,
    request::{Answer, Request},
    to_cbor,
};

use crate::{
    channel::{Channel, State},
    database,
    engine::{Output, Step},
    error::Done,
    export::Export,
    intent::{Intent, IntentOutcome},
    outbox::Stage,
    refusal::{LocalCode, Refusal},
    view::{Connection, Topic},
};

/// Requests that are open at once; the server allows more, so that nothing is ever cut off.
const MAX_OPEN: usize = 32;

/// What is known of the connection.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says that one independent thing is under way"
)]
pub(crate) struct Session {
    link: Link,
    next_request: u64,
    pub(crate) open: HashMap<u64, Asked>,
    /// Requests that wait for others to be answered.
    pub(crate) backlog: VecDeque<(Asked, Request)>,
    catching: BTreeMap<ChannelId, Catching>,
    /// Channels whose entries were asked for again after a gap.
    pub(crate) refollowed: HashSet<ChannelId>,
    /// The directory as it came in last is the server's newest.
    pub(crate) directory: Directory,
    /// Requests for it that failed, since one was answered.
    pub(crate) directory_tries: u32,
    /// When to ask for it again.
    pub(crate) directory_again: Option<Timestamp>,
    /// Channels that wait for the directory before they go on.
    pub(crate) waiting_for_directory: HashSet<ChannelId>,
    /// Commits for which the directory was already fetched anew.
    pub(crate) looked_up: HashSet<(ChannelId, u64)>,
    /// Welcomes that were already retried with a new directory.
    pub(crate) welcomes_retried: bool,
    pub(crate) welcomes_wanted: bool,
    /// Channels this device is to be in anew, and from which entry: it has not read yet that it was
    /// removed before.
    pub(crate) welcomes_held: HashMap<ChannelId, u64>,
    pub(crate) key_packages_left: Option<u32>,
    pub(crate) uploading: bool,
    /// Intents that the directory here speaks against; the newest one decides.
    pub(crate) in_doubt: Vec<(u64, Intent)>,
    pub(crate) pulling_register: bool,
    /// Leaves that are still to be asked for, to compare the register with the logs.
    pub(crate) leaves: VecDeque<(LogId, Vec<u64>)>,
    pub(crate) export: Option<Export>,
    /// Intents that wait until nothing is being fetched any more.
    pub(crate) refreshes: Vec<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Link {
    #[default]
    Offline,
    /// Connected, not greeted yet.
    Greeting,
    Ready,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Directory {
    #[default]
    Unknown,
    Asked,
    /// Asked, and it changed since.
    Stale,
    Fresh,
}

struct Catching {
    start: u64,
    done: u64,
    head: u64,
}

/// What an answer will be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Directory,
    /// The request of a job.
    Job(i64),
    /// What became of a job.
    Outcome(i64),
    /// KeyPackages for a job.
    Claim(i64),
    KeyPackages,
    Welcomes,
    DropWelcomes,
    Cases,
    Conferences,
    Register,
    PutRegisterKey,
    Leaves,
    ExportProofs,
}

impl Session {
    pub(crate) const fn is_ready(&self) -> bool {
        matches!(self.link, Link::Ready)
    }

    /// As a screen shows it.
    pub(crate) fn connection(&self) -> Connection {
        if !self.is_ready() {
            return Connection::Offline;
        }
        let behind = self
            .catching
            .values()
            .any(|channel| channel.done < channel.head);
        if !behind {
            return Connection::Online;
        }
        let sum = |part: fn(&Catching) -> u64| {
            self.catching
                .values()
                .map(part)
                .fold(0, u64::saturating_add)
        };
        Connection::CatchingUp {
            done: sum(|channel| channel.done - channel.start),
            total: sum(|channel| channel.head.max(channel.done) - channel.start),
        }
    }

    /// A channel was read from `from` entries to `to`, of which there are `total`.
    pub(crate) fn caught(&mut self, channel: ChannelId, from: u64, to: u64, total: u64) {
        let catching = self.catching.entry(channel).or_insert(Catching {
            start: from,
            done: from,
            head: total,
        });
        catching.done = catching.done.max(to);
        catching.head = catching.head.max(total);
    }
}

impl Step<'_> {
    pub(crate) fn connected(&mut self) {
        *self.session = Session {
            link: Link::Greeting,
            ..Session::default()
        };
    }

    pub(crate) fn disconnected(&mut self) -> Done {
        let was = std::mem::take(self.session);
        for (id, intent) in was.in_doubt {
            self.intent_for_good(id, intent)?;
        }
        for intent in was.refreshes {
            self.answer(Some(intent), offline());
        }
        if let Some(export) = was.export {
            self.answer(Some(export.intent), offline());
        }
        self.changed(Topic::Home);
        Ok(())
    }

    pub(crate) fn frame(&mut self, bytes: &[u8]) -> Done {
        if self.session.link == Link::Offline {
            return Ok(());
        }
        let Ok(frame) = from_cbor::<ServerFrame>(bytes) else {
            return self.hang_up(Problem::new(Code::Malformed));
        };
        match (self.session.link, frame) {
            (_, ServerFrame::Goodbye(problem)) => self.hang_up(problem),
            (Link::Greeting, ServerFrame::Challenge { protocol, nonce }) => {
                self.greet(protocol, &nonce)
            }
            (Link::Greeting, ServerFrame::Ready(ready)) => self.ready(&ready),
            (Link::Ready, ServerFrame::Answer { id, result }) => {
                let Some(asked) = self.session.open.remove(&id) else {
                    return Ok(());
                };
                self.answered(asked, result)?;
                self.send_backlog();
                self.end_refreshes();
                Ok(())
            }
            (
                Link::Ready,
                ServerFrame::Entries {
                    channel,
                    entries,
                    head,
                },
            ) => self.entries(channel, entries, head),
            (Link::Ready, ServerFrame::WelcomesWaiting) => {
                self.want_welcomes();
                Ok(())
            }
            (Link::Ready, ServerFrame::Changed(changed)) => self.something_changed(changed),
            // Out of turn: ignored, it may have crossed a frame of ours.
            _ => Ok(()),
        }
    }

    /// Ends the connection from this side.
    fn hang_up(&mut self, problem: Problem) -> Done {
        self.out.push(Output::Disconnect {
            problem: Some(problem),
        });
        self.disconnected()
    }

    fn greet(&mut self, protocol: u16, nonce: &[u8]) -> Done {
        if protocol != PROTOCOL_VERSION {
            return self.hang_up(Problem::new(Code::VersionUnsupported));
        }
        let device = self.me.leaf.device;
        let cursors = Channel::all(self.db)?
            .into_iter()
            .filter(|channel| matches!(channel.state, State::Member))
            .map(|channel| Cursor {
                channel: channel.id,
                after: channel.cursor,
            })
            .take(beraad_protocol::limits::MAX_CHANNELS)
            .collect();
        let hello = Hello {
            protocol: PROTOCOL_VERSION,
            device,
            token: self.me.token.to_vec(),
            signature: self
                .me
                .keys
                .sign(&hello_signed_bytes(nonce, device))
                .to_vec(),
            cursors,
        };
        self.send(&ClientFrame::Hello(hello));
        Ok(())
    }

    fn ready(&mut self, ready: &Ready) -> Done {
        if (ready.user, ready.org) != (self.me.leaf.user, self.me.leaf.org) {
            return self.hang_up(Problem::because(
                Code::Unauthenticated,
                "the server takes this device for another person's",
            ));
        }
        self.session.link = Link::Ready;
        self.session.key_packages_left = Some(ready.key_packages);
        self.session.welcomes_wanted = true;
        self.changed(Topic::Home);
        let same = self.cache.people.directory.version == ready.directory
            && !self.cache.people.directory.users.is_empty();
        if same {
            self.session.directory = Directory::Fresh;
            self.directory_is_fresh()?;
        } else {
            self.ask_directory();
        }
        self.ask(Asked::Conferences, Request::Conferences);
        self.ask(Asked::Cases, Request::Cases);
        self.refill_key_packages()?;
        self.take_up_outbox()
    }

    /// What was under way when the last connection ended, and what was written since.
    fn take_up_outbox(&mut self) -> Done {
        for channel in self.queues()? {
            let Some(mut job) = self.head_job(channel)? else {
                continue;
            };
            match job.stage {
                Stage::Sent => {
                    self.ask(Asked::Outcome(job.n), Request::Outcome { op: job.op });
                }
                Stage::Claiming => {
                    job.stage = Stage::New;
                    self.save(&job)?;
                    self.pump(channel)?;
                }
                _ => self.pump(channel)?,
            }
        }
        for job in self.loose_jobs()? {
            self.send_loose(job)?;
        }
        Ok(())
    }

    fn something_changed(&mut self, changed: Changed) -> Done {
        match changed {
            Changed::Directory(version) => {
                if version != self.cache.people.directory.version
                    || self.session.directory != Directory::Fresh
                {
                    self.ask_directory();
                }
            }
            Changed::Conferences => {
                self.ask(Asked::Conferences, Request::Conferences);
                self.ask(Asked::Cases, Request::Cases);
            }
            Changed::Register => self.pull_register()?,
            Changed::KeyPackages(left) => {
                self.session.key_packages_left = Some(left);
                self.refill_key_packages()?;
            }
        }
        Ok(())
    }

    fn answered(&mut self, asked: Asked, result: Result<Box<Answer>, Problem>) -> Done {
        let result = result.map(|answer| *answer);
        match asked {
            Asked::Directory => self.directory_came(result),
            Asked::Job(n) => self.job_answered(n, result),
            Asked::Outcome(n) => self.outcome_answered(n, result),
            Asked::Claim(n) => self.claim_answered(n, result),
            Asked::KeyPackages => {
                self.key_packages_uploaded(result.is_ok())?;
                Ok(())
            }
            Asked::Welcomes => self.welcomes_came(result),
            Asked::DropWelcomes => Ok(()),
            Asked::Cases => self.cases_came(result),
            Asked::Conferences => self.conferences_came(result),
            Asked::Register => self.register_came(result),
            Asked::PutRegisterKey => {
                self.register_key_put(&result);
                Ok(())
            }
            Asked::Leaves => self.leaves_came(result),
            Asked::ExportProofs => self.export_proofs_came(result),
        }
    }

    /// Goes on reading a channel after its cursor.
    pub(crate) fn follow(&mut self, channel: &Channel) {
        if self.session.is_ready() {
            self.send(&ClientFrame::Follow(Cursor {
                channel: channel.id,
                after: channel.cursor,
            }));
        }
    }

    /// Sends a request, now or when others are answered. Without a connection it is dropped: what
    /// has to be asked again is asked again when there is one.
    pub(crate) fn ask(&mut self, asked: Asked, request: Request) {
        if !self.session.is_ready() {
            return;
        }
        self.session.backlog.push_back((asked, request));
        self.send_backlog();
    }

    fn send_backlog(&mut self) {
        while self.session.open.len() < MAX_OPEN {
            let Some((asked, request)) = self.session.backlog.pop_front() else {
                return;
            };
            let id = self.session.next_request;
            self.session.next_request += 1;
            self.session.open.insert(id, asked);
            self.send(&ClientFrame::Request {
                id,
                body: Box::new(request),
            });
        }
    }

    pub(crate) fn send(&mut self, frame: &ClientFrame) {
        self.out.push(Output::Send(to_cbor(frame)));
    }

    /// The moment of a wake-up: goes on with what waited for it.
    pub(crate) fn tick(&mut self) -> Done {
        if self
            .session
            .directory_again
            .is_some_and(|at| at <= self.now)
        {
            self.ask_directory();
        }
        for channel in self.queues()? {
            self.pump(channel)?;
        }
        for job in self.loose_jobs()? {
            if matches!(job.stage, Stage::WaitUntil { at } if at <= self.now) {
                self.send_loose(job)?;
            }
        }
        Ok(())
    }

    /// The earliest moment something waits for.
    pub(crate) fn next_wake(&mut self) -> Done<Option<Timestamp>> {
        if !self.session.is_ready() {
            return Ok(None);
        }
        let mut heads = self.loose_jobs()?;
        for channel in self.queues()? {
            heads.extend(self.head_job(channel)?);
        }
        Ok(heads
            .into_iter()
            .filter_map(|job| match job.stage {
                Stage::WaitUntil { at } => Some(at),
                _ => None,
            })
            .chain(self.session.directory_again)
            .min())
    }

    /// A value that was kept; see [`database::get_as`].
    pub(crate) fn kept<T: serde::de::DeserializeOwned>(
        &self,
        key: &'static str,
    ) -> Done<Option<T>> {
        database::get_as(self.db, key)
    }
}

/// Only with a connection.
pub(crate) fn offline() -> IntentOutcome {
    IntentOutcome::Refused {
        refusal: Refusal::local(
            LocalCode::Offline,
            "this needs the server; try again once there is a connection",
        ),
    }
}
