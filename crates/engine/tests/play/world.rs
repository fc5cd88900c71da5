//! Engines around a server in memory, and short ways to say what happens.

use std::{collections::HashMap, path::PathBuf};

use beraad_casework::{
    codes::{
        AgendaSection, Art6, Art9, Category, Confidentiality, ConsentAnswer, ConsentFunction,
        ConsentMethod, DecisionCapacity, GiverCapacity, Mechanism, Purpose, RecipientType, Secrecy,
    },
    model::{AgendaContent, AgendaDraft, DisclosureLine, GiverAnswer, Inform, Person},
};
use beraad_engine::{
    Engine, Input, Output, database,
    intent::{ConsentDraft, DisclosureDraft, Intent, IntentOutcome, Reply},
    protocol::{
        ChannelId, ConferenceId, DeviceId, OrgId, PersonId, RecordId, Timestamp, UserId,
        vocabulary::{ActingCapacity, Framework, OrgRole, OrganisationType},
    },
    refusal::Refusal,
    view::{ChannelView, HomeView, TimelineItem, TimelineView, View, ViewRequest},
};
use beraad_group::Suite;

use crate::server::Server;

/// 22 November 2026, 10:00 in Amsterdam.
pub(crate) const NOW: Timestamp = Timestamp(1_795_338_000_000);
pub(crate) const KEY: [u8; 32] = [3; 32];

pub(crate) const GGZ: OrgId = OrgId::from_bytes([1; 16]);
pub(crate) const VT: OrgId = OrgId::from_bytes([2; 16]);
pub(crate) const ANNA: UserId = UserId::from_bytes([11; 16]);
pub(crate) const VERA: UserId = UserId::from_bytes([12; 16]);
pub(crate) const VIC: UserId = UserId::from_bytes([13; 16]);
pub(crate) const FG_GGZ: UserId = UserId::from_bytes([14; 16]);
pub(crate) const FG_VT: UserId = UserId::from_bytes([15; 16]);
pub(crate) const LENA: PersonId = PersonId::from_bytes([21; 16]);
pub(crate) const CONFERENCE: ConferenceId = ConferenceId::from_bytes([31; 16]);

/// One person's device.
pub(crate) struct Client {
    engine: Option<Engine>,
    path: PathBuf,
    pub(crate) device: DeviceId,
    connected: bool,
    pub(crate) answers: HashMap<u64, IntentOutcome>,
    /// Intents a form may let go of.
    pub(crate) queued: Vec<u64>,
    next_intent: u64,
    wake: Option<Timestamp>,
    /// Frames that were given to the host and not sent: what a crash loses.
    unsent: Vec<Vec<u8>>,
    /// The host stops after so many more steps.
    pub(crate) steps_left: Option<u32>,
    pub(crate) last_disconnect: Option<beraad_engine::protocol::Problem>,
}

pub(crate) struct World {
    folder: tempfile::TempDir,
    pub(crate) server: Server,
    pub(crate) clients: HashMap<UserId, Client>,
    pub(crate) now: Timestamp,
}

impl World {
    /// Two organisations with an officer each, and three professionals.
    pub(crate) fn new() -> Self {
        Self::with(Suite::Classic)
    }

    pub(crate) fn with(suite: Suite) -> Self {
        Self::enrolling(suite, &[FG_GGZ, FG_VT, ANNA, VERA, VIC])
    }

    /// As if that organisation's officer had not opened the link yet.
    pub(crate) fn without_officer_of(org: OrgId) -> Self {
        let officer = if org == VT { FG_GGZ } else { FG_VT };
        Self::enrolling(Suite::Classic, &[officer, ANNA, VERA, VIC])
    }

    pub(crate) fn join(&mut self, user: UserId) {
        self.enrol(user);
        self.online(user);
    }

    fn enrolling(suite: Suite, users: &[UserId]) -> Self {
        let mut server = Server::new(NOW, suite);
        server.organisation(GGZ, "GGZ Waterrijk", OrganisationType::Ggz);
        server.organisation(VT, "Veilig Thuis Waterrijk", OrganisationType::Vt);
        let professional = || vec![OrgRole::Professional];
        let officer = || vec![OrgRole::ComplianceOfficer];
        server.user(
            ANNA,
            GGZ,
            "Anna",
            professional(),
            vec![ActingCapacity::GgzBehandelaar],
        );
        server.user(
            VERA,
            VT,
            "Vera",
            professional(),
            vec![ActingCapacity::VtMelding],
        );
        server.user(
            VIC,
            VT,
            "Vic",
            professional(),
            vec![ActingCapacity::VtMelding],
        );
        server.user(FG_GGZ, GGZ, "Fatima", officer(), vec![]);
        server.user(FG_VT, VT, "Femke", officer(), vec![]);
        let mut world = Self {
            folder: tempfile::tempdir().unwrap(),
            server,
            clients: HashMap::new(),
            now: NOW,
        };
        for user in users {
            world.join(*user);
        }
        world
    }

    fn enrol(&mut self, user: UserId) {
        let path = self.folder.path().join(format!("{user}.db"));
        let mut engine = open(&path, user);
        let request = engine.begin_enrol("link", self.now).unwrap();
        assert_eq!(
            engine.begin_enrol("link", self.now).unwrap(),
            request,
            "the same again"
        );
        let device = request.device;
        let answer = self.server.enrol(user, &request);
        engine.finish_enrol(answer, self.now).unwrap();
        let client = Client {
            engine: Some(engine),
            path,
            device,
            connected: false,
            answers: HashMap::new(),
            queued: Vec::new(),
            next_intent: 0,
            wake: None,
            unsent: Vec::new(),
            steps_left: None,
            last_disconnect: None,
        };
        self.clients.insert(user, client);
    }

    pub(crate) fn client(&mut self, user: UserId) -> &mut Client {
        self.clients.get_mut(&user).unwrap()
    }

    pub(crate) fn online(&mut self, user: UserId) {
        let device = self.client(user).device;
        self.client(user).connected = true;
        self.step(user, Input::Connected);
        self.server.connect(device);
        self.settle();
    }

    pub(crate) fn offline(&mut self, user: UserId) {
        let device = self.client(user).device;
        self.client(user).connected = false;
        self.server.disconnect(device);
        self.step(user, Input::Disconnected);
    }

    /// The process dies: what was not committed is gone, and so is what was not sent.
    pub(crate) fn crash(&mut self, user: UserId) {
        let client = self.client(user);
        let device = client.device;
        client.connected = false;
        client.unsent.clear();
        client.answers.clear();
        client.steps_left = None;
        drop(client.engine.take());
        let engine = open(&client.path, user);
        client.engine = Some(engine);
        self.server.disconnect(device);
    }

    /// One step of an engine; its frames go to the server at once.
    pub(crate) fn step(&mut self, user: UserId, input: Input) {
        let now = self.now;
        let client = self.clients.get_mut(&user).unwrap();
        if let Some(left) = &mut client.steps_left {
            if *left == 0 {
                return;
            }
            *left -= 1;
        }
        let dies = client.steps_left == Some(0);
        let outputs = client.engine.as_mut().unwrap().handle(input, now).unwrap();
        for output in outputs {
            match output {
                // The host dies after the commit and before the network.
                Output::Send(bytes) if dies => client.unsent.push(bytes),
                Output::Send(bytes) if client.connected => {
                    self.server.receive(client.device, &bytes);
                }
                Output::Send(_) | Output::Changed(_) => {}
                Output::Queued { id } => client.queued.push(id),
                Output::Answer { id, outcome } => {
                    assert!(
                        client.answers.insert(id, outcome).is_none(),
                        "answered twice"
                    );
                }
                Output::WakeAt(at) => client.wake = Some(at),
                Output::Disconnect { problem } => client.last_disconnect = problem,
            }
        }
    }

    /// Delivers what is on its way; no time passes.
    pub(crate) fn deliver(&mut self) {
        while let Some((device, bytes)) = self.server.outgoing.pop_front() {
            let user = self
                .clients
                .iter()
                .find(|(_, client)| client.device == device && client.connected)
                .map(|(user, _)| *user);
            if let Some(user) = user {
                self.step(user, Input::Frame(bytes));
            }
        }
    }

    /// Delivers until nothing is on its way any more.
    pub(crate) fn settle(&mut self) {
        loop {
            self.deliver();
            let waiting: Vec<UserId> = self
                .clients
                .iter()
                .filter(|(_, client)| client.connected && client.wake.is_some())
                .map(|(user, _)| *user)
                .collect();
            if waiting.is_empty() {
                return;
            }
            for user in waiting {
                let at = self.client(user).wake.take().unwrap();
                self.now = Timestamp(self.now.0.max(at.0));
                self.step(user, Input::Tick);
            }
        }
    }

    pub(crate) fn intent(&mut self, user: UserId, intent: Intent) -> u64 {
        let client = self.client(user);
        client.next_intent += 1;
        let id = client.next_intent;
        self.step(user, Input::Intent { id, intent });
        id
    }

    pub(crate) fn outcome(&mut self, user: UserId, id: u64) -> Option<IntentOutcome> {
        self.client(user).answers.get(&id).cloned()
    }

    /// Does it and waits for its end.
    pub(crate) fn ask(&mut self, user: UserId, intent: Intent) -> Result<Reply, Refusal> {
        let id = self.intent(user, intent);
        self.settle();
        match self.outcome(user, id).expect("the intent came to its end") {
            IntentOutcome::Ok { reply } => Ok(reply),
            IntentOutcome::Refused { refusal } => Err(refusal),
        }
    }

    pub(crate) fn must(&mut self, user: UserId, intent: Intent) -> Reply {
        self.ask(user, intent)
            .unwrap_or_else(|refusal| panic!("{refusal:?}"))
    }

    pub(crate) fn view(&self, user: UserId, request: &ViewRequest) -> View {
        let engine = self.clients[&user].engine.as_ref().unwrap();
        engine
            .view(request, self.now)
            .unwrap_or_else(|refusal| panic!("{refusal:?}"))
    }

    pub(crate) fn home(&self, user: UserId) -> HomeView {
        let View::Home(home) = self.view(user, &ViewRequest::Home) else {
            panic!("home")
        };
        home
    }

    pub(crate) fn channel(&self, user: UserId, channel: ChannelId) -> ChannelView {
        let View::Channel(view) = self.view(user, &ViewRequest::Channel { channel }) else {
            panic!("channel")
        };
        *view
    }

    pub(crate) fn timeline(&self, user: UserId, channel: ChannelId) -> TimelineView {
        let request = ViewRequest::Timeline {
            channel,
            before: None,
            limit: 100,
        };
        let View::Timeline(view) = self.view(user, &request) else {
            panic!("timeline")
        };
        view
    }

    /// The messages a person sees; those that wait have a mark before them.
    pub(crate) fn messages(&self, user: UserId, channel: ChannelId) -> Vec<String> {
        self.timeline(user, channel)
            .entries
            .into_iter()
            .filter_map(|entry| match entry.what {
                TimelineItem::Message { text } => Some(match entry.seq {
                    Some(_) => text,
                    None => format!("…{text}"),
                }),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn warned(&self, user: UserId) -> Vec<String> {
        self.home(user)
            .warnings
            .into_iter()
            .map(|warning| warning.code)
            .collect()
    }

    /// Anna opens a household channel with these colleagues.
    pub(crate) fn household(&mut self, members: &[UserId]) -> ChannelId {
        let create = Intent::CreateChannel {
            household_name: "Familie Voorbeeld".to_owned(),
            framework: Framework::OwnLaws,
            members: members.to_vec(),
        };
        let Reply::Channel { channel, .. } = self.must(ANNA, create) else {
            panic!("channel")
        };
        channel
    }

    pub(crate) fn send(&mut self, user: UserId, channel: ChannelId, text: &str) -> u64 {
        self.intent(user, message(channel, text))
    }
}

pub(crate) fn open(path: &std::path::Path, user: UserId) -> Engine {
    let db = database::open_native(path, &KEY).unwrap();
    let mut seed = [5; 32];
    seed[..16].copy_from_slice(user.as_bytes());
    Engine::open(db, seed, NOW).unwrap()
}

pub(crate) fn message(channel: ChannelId, text: &str) -> Intent {
    Intent::SendMessage {
        channel,
        text: text.to_owned(),
    }
}

pub(crate) fn lena() -> Person {
    Person {
        id: LENA,
        name: "Lena".to_owned(),
        date_of_birth: Some("1988-02-29".parse().unwrap()),
        relation: "moeder".to_owned(),
        capacity: DecisionCapacity::Capable,
        represented_by: Vec::new(),
    }
}

pub(crate) fn topic(title: &str) -> AgendaDraft {
    AgendaDraft {
        section: AgendaSection::Information,
        content: AgendaContent::Topic {
            title: title.to_owned(),
            notes: String::new(),
        },
    }
}

pub(crate) fn consent() -> ConsentDraft {
    ConsentDraft {
        subject: LENA,
        function: ConsentFunction::Both,
        answers: vec![GiverAnswer {
            person: LENA,
            capacity: GiverCapacity::Zelf,
            answer: ConsentAnswer::Given,
        }],
        categories: vec![Category::Psychisch],
        recipients: vec![VT],
        purposes: vec![Purpose::Veiligheidsplan],
        valid_until: None,
        method: ConsentMethod::Oral,
        freely_given: true,
        under_pressure: false,
        notice: "Uitgelegd wie wat leest en hoe u het intrekt.".to_owned(),
        language: "nl".to_owned(),
    }
}

pub(crate) fn disclosure(consent: Option<RecordId>) -> DisclosureDraft {
    DisclosureDraft {
        mechanism: Mechanism::Bericht,
        capacity: ActingCapacity::GgzBehandelaar,
        lines: vec![DisclosureLine {
            subject: LENA,
            recipient: Some(VT),
            recipient_type: RecipientType::Vt,
            categories: vec![Category::Psychisch],
            art6: Art6::A,
            art9: Some(Art9::A),
            art10: None,
            provision: None,
            secrecy: Secrecy::Toestemming,
            consent,
        }],
        purpose: Purpose::Veiligheidsplan,
        description: "verslag van behandeling".to_owned(),
        motivation: String::new(),
        necessity: String::new(),
        proportionality: String::new(),
        subsidiarity: String::new(),
        consulted: None,
        inform: Inform::Known,
        confidentiality: Confidentiality::Normal,
        emergency: false,
        corrects: None,
    }
}

pub(crate) fn share(channel: ChannelId, text: &str, consent: Option<RecordId>) -> Intent {
    Intent::ShareInformation {
        channel,
        text: text.to_owned(),
        disclosure: disclosure(consent),
    }
}
