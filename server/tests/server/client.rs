//! A device for tests: enrols over HTTP, speaks frames over the WebSocket.

use std::{path::Path, sync::atomic::AtomicU64, time::Duration};

use beraad_group::{DeviceKeys, Member, MemoryStore, Policy, Suite};
use beraad_ledger::seal::RegisterSecret;
use beraad_protocol::{
    ChannelId, ClientFrame, DeviceId, OperationId, Problem, RegisterKeyId, ServerFrame,
    directory::{LeafIdentity, register_key_signed_bytes},
    entry::Entry,
    frame::{Changed, Cursor, Hello, PROTOCOL_VERSION, Ready, hello_signed_bytes},
    from_cbor,
    http::{Enrol, Enrolled, enrol_signed_bytes},
    problem::Code,
    request::{
        Accepted, Answer, CommitBundle, CreateChannel, InviteUser, OpenOrganisation, Publish,
        PutRegisterKey, Request, UploadKeyPackages,
    },
    to_cbor,
    vocabulary::{Framework, OrgRole, OrganisationType},
};
use beraad_server::{Config, RunningServer, Server, SuiteChoice};
use futures_util::{SinkExt as _, StreamExt as _};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);
static COUNTER: AtomicU64 = AtomicU64::new(1);

/// 16 bytes that were not given before.
pub(crate) fn unique() -> [u8; 16] {
    let mut id = [0; 16];
    let n = COUNTER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    id[..8].copy_from_slice(&n.to_be_bytes());
    id[8..].copy_from_slice(&DeviceKeys::generate().unwrap().public()[..8]);
    id
}

pub(crate) fn op() -> OperationId {
    OperationId::from_bytes(unique())
}

pub(crate) async fn start(data: &Path) -> RunningServer {
    start_with(data, SuiteChoice::Classic).await
}

pub(crate) async fn start_with(data: &Path, suite: SuiteChoice) -> RunningServer {
    // The classic suite keeps the tests quick; one story runs on the hybrid one.
    let config = Config {
        suite,
        ..Config::for_test(data.to_owned())
    };
    Server::start(config).await.unwrap()
}

/// An enrolled device.
pub(crate) struct Device {
    pub(crate) url: String,
    pub(crate) keys: DeviceKeys,
    pub(crate) id: DeviceId,
    pub(crate) token: [u8; 32],
    pub(crate) who: Enrolled,
    pub(crate) store: MemoryStore,
}

/// What a device posts to become one.
pub(crate) fn enrolment(
    link: &str,
    keys: &DeviceKeys,
    device: DeviceId,
    token: &[u8; 32],
) -> Enrol {
    let session_hash = hex::encode(Sha256::digest(token));
    let signature = keys.sign(&enrol_signed_bytes(link, device, &session_hash));
    Enrol {
        token: link.to_owned(),
        device,
        signature_key: hex::encode(keys.public()),
        signature: hex::encode(signature),
        session_hash,
    }
}

pub(crate) async fn post<B: serde::Serialize + Sync>(
    url: &str,
    path: &str,
    body: &B,
) -> reqwest::Response {
    reqwest::Client::new()
        .post(format!("{url}{path}"))
        .json(body)
        .send()
        .await
        .unwrap()
}

pub(crate) async fn problem_of(response: reqwest::Response) -> Code {
    let status = response.status().as_u16();
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    let problem: Problem = response.json().await.unwrap();
    assert_eq!(status, problem.code.status());
    problem.code
}

impl Device {
    pub(crate) async fn enrol(url: &str, link: &str) -> Self {
        let keys = DeviceKeys::generate().unwrap();
        let id = DeviceId::from_bytes(unique());
        let token: [u8; 32] = DeviceKeys::generate().unwrap().public();
        let response = post(url, "/api/enrolments", &enrolment(link, &keys, id, &token)).await;
        assert_eq!(response.status(), 200);
        let who = response.json().await.unwrap();
        Self {
            url: url.to_owned(),
            keys,
            id,
            token,
            who,
            store: MemoryStore::new(),
        }
    }

    pub(crate) fn identity(&self) -> LeafIdentity {
        LeafIdentity {
            org: self.who.org,
            user: self.who.user,
            device: self.id,
        }
    }

    pub(crate) fn suite(&self) -> Suite {
        Suite::try_from(self.who.server.ciphersuite).unwrap()
    }

    pub(crate) async fn connect(&self, cursors: Vec<Cursor>) -> Connection {
        let mut connection = Connection::open(&self.url).await;
        let hello = self.hello(&connection.nonce, cursors);
        connection.send(&ClientFrame::Hello(hello)).await;
        match connection.receive().await {
            ServerFrame::Ready(ready) => connection.ready = Some(ready),
            other => panic!("the hello was answered by {other:?}"),
        }
        connection
    }

    pub(crate) fn hello(&self, nonce: &[u8], cursors: Vec<Cursor>) -> Hello {
        Hello {
            protocol: PROTOCOL_VERSION,
            device: self.id,
            token: self.token.to_vec(),
            signature: self.keys.sign(&hello_signed_bytes(nonce, self.id)).to_vec(),
            cursors,
        }
    }

    /// A connection without channels, for requests.
    pub(crate) async fn asks(&self, request: Request) -> Result<Answer, Problem> {
        self.connect(vec![]).await.ask(request).await
    }

    pub(crate) fn key_packages(
        &self,
        count: usize,
        last_resort: bool,
    ) -> Vec<serde_bytes::ByteBuf> {
        let identity = self.identity();
        Member::key_packages(
            &self.store,
            &self.keys,
            &identity,
            self.suite(),
            count,
            last_resort,
        )
        .unwrap()
        .into_iter()
        .map(Into::into)
        .collect()
    }

    pub(crate) async fn upload(&self, count: usize) {
        let key_packages = self.key_packages(count, false);
        let upload = UploadKeyPackages {
            key_packages,
            last_resort: None,
        };
        self.asks(Request::UploadKeyPackages(upload)).await.unwrap();
    }

    /// Begins a channel with this device alone in it.
    pub(crate) fn found(&self) -> (Member, CreateChannel) {
        let channel = ChannelId::from_bytes(unique());
        let policy = Policy::new(channel, Framework::OwnLaws, self.suite(), self.who.user);
        let external: [u8; 32] = hex::decode(&self.who.server.external_sender_key)
            .unwrap()
            .try_into()
            .unwrap();
        let (member, group_info) = Member::create(
            &self.store,
            &self.keys,
            &self.identity(),
            &policy,
            Some(&external),
        )
        .unwrap();
        let request = CreateChannel {
            op: op(),
            channel,
            case_code: format!("zaak {channel}"),
            framework: Framework::OwnLaws,
            group_info,
        };
        (member, request)
    }

    pub(crate) async fn create(&self, connection: &mut Connection) -> Member {
        let (member, request) = self.found();
        connection.accepted(Request::CreateChannel(request)).await;
        member
    }

    pub(crate) fn message(&self, member: &mut Member, text: &[u8]) -> Publish {
        Publish {
            op: op(),
            channel: member.channel(),
            epoch: member.epoch(),
            if_head: None,
            message: member.encrypt(&self.store, text, &[]).unwrap(),
            records: vec![],
        }
    }

    /// Claims, adds and commits.
    pub(crate) async fn add(
        &self,
        member: &mut Member,
        connection: &mut Connection,
        who: &[&Self],
    ) {
        let users = who.iter().map(|device| device.who.user).collect();
        let claimed = connection
            .ask(Request::ClaimKeyPackages { users })
            .await
            .unwrap();
        let Answer::Claimed(claimed) = claimed else {
            panic!("{claimed:?}")
        };
        let packages: Vec<_> = claimed.into_iter().map(|one| one.key_package).collect();
        let bundle = member.add(&self.store, &packages).unwrap();
        connection
            .accepted(Request::Commit(bundled(member, bundle)))
            .await;
        member.merge_pending(&self.store).unwrap();
    }

    /// Takes the one welcome that waits.
    pub(crate) async fn join(&self, connection: &mut Connection) -> (Member, u64) {
        let welcomes = connection.ask(Request::TakeWelcomes).await.unwrap();
        let Answer::Welcomes(mut welcomes) = welcomes else {
            panic!("{welcomes:?}")
        };
        assert_eq!(welcomes.len(), 1);
        let welcome = welcomes.remove(0);
        let member = Member::join(&self.store, &self.keys, &welcome.welcome).unwrap();
        let drop = Request::DropWelcomes {
            channels: vec![welcome.channel],
        };
        assert_eq!(connection.ask(drop).await, Ok(Answer::Done));
        (member, welcome.seq)
    }
}

/// A commit as it is sent.
pub(crate) fn bundled(member: &Member, bundle: beraad_group::Bundle) -> CommitBundle {
    CommitBundle {
        op: op(),
        channel: member.channel(),
        epoch: bundle.epoch,
        commit: bundle.commit,
        welcome: bundle.welcome.map(Into::into),
        group_info: bundle.group_info,
        records: vec![],
    }
}

/// A WebSocket.
pub(crate) struct Connection {
    pub(crate) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) nonce: Vec<u8>,
    pub(crate) ready: Option<Ready>,
    /// Frames that came while an answer was awaited.
    pub(crate) kept: Vec<ServerFrame>,
    next: u64,
}

impl Connection {
    /// Up to the challenge.
    pub(crate) async fn open(url: &str) -> Self {
        let address = format!("{}/api/socket", url.replacen("http", "ws", 1));
        let (socket, _) = tokio_tungstenite::connect_async(address).await.unwrap();
        let mut connection = Self {
            socket,
            nonce: vec![],
            ready: None,
            kept: vec![],
            next: 0,
        };
        match connection.receive().await {
            ServerFrame::Challenge {
                protocol: PROTOCOL_VERSION,
                nonce,
            } => {
                connection.nonce = nonce;
            }
            other => panic!("no challenge but {other:?}"),
        }
        connection
    }

    pub(crate) async fn send(&mut self, frame: &ClientFrame) {
        self.send_bytes(to_cbor(frame)).await;
    }

    pub(crate) async fn send_bytes(&mut self, bytes: Vec<u8>) {
        self.socket
            .send(Message::Binary(bytes.into()))
            .await
            .unwrap();
    }

    pub(crate) async fn receive(&mut self) -> ServerFrame {
        let receive = async {
            loop {
                let message = self
                    .socket
                    .next()
                    .await
                    .expect("the connection stands")
                    .unwrap();
                if message.is_binary() {
                    return from_cbor(&message.into_data()).unwrap();
                }
            }
        };
        tokio::time::timeout(PATIENCE, receive)
            .await
            .expect("a frame in time")
    }

    pub(crate) async fn ask(&mut self, request: Request) -> Result<Answer, Problem> {
        let wanted = self.request(request).await;
        self.answer(wanted).await
    }

    pub(crate) async fn request(&mut self, request: Request) -> u64 {
        self.next += 1;
        let frame = ClientFrame::Request {
            id: self.next,
            body: Box::new(request),
        };
        self.send(&frame).await;
        self.next
    }

    pub(crate) async fn answer(&mut self, wanted: u64) -> Result<Answer, Problem> {
        loop {
            match self.receive().await {
                ServerFrame::Answer { id, result } if id == wanted => {
                    return result.map(|answer| *answer);
                }
                other => self.kept.push(other),
            }
        }
    }

    pub(crate) async fn accepted(&mut self, request: Request) -> Accepted {
        match self.ask(request).await {
            Ok(Answer::Accepted(accepted)) => accepted,
            other => panic!("not accepted but {other:?}"),
        }
    }

    /// The code of a refusal.
    pub(crate) async fn refused(&mut self, request: Request) -> Code {
        self.ask(request).await.expect_err("it is refused").code
    }

    pub(crate) async fn goodbye(&mut self) -> Code {
        loop {
            if let ServerFrame::Goodbye(problem) = self.receive().await {
                return problem.code;
            }
        }
    }

    pub(crate) async fn follow(&mut self, channel: ChannelId, after: Option<u64>) {
        self.send(&ClientFrame::Follow(Cursor { channel, after }))
            .await;
    }

    /// The next `count` entries of a channel.
    pub(crate) async fn entries(&mut self, channel: ChannelId, count: usize) -> Vec<Entry> {
        let mut found = Vec::new();
        for frame in std::mem::take(&mut self.kept) {
            match frame {
                ServerFrame::Entries {
                    channel: of,
                    entries,
                    ..
                } if of == channel => {
                    found.extend(entries);
                }
                other => self.kept.push(other),
            }
        }
        while found.len() < count {
            match self.receive().await {
                ServerFrame::Entries {
                    channel: of,
                    entries,
                    ..
                } if of == channel => {
                    found.extend(entries);
                }
                other => self.kept.push(other),
            }
        }
        assert_eq!(found.len(), count, "no more than these");
        found
    }

    /// Waits for a hint.
    pub(crate) async fn hint(&mut self, wanted: impl Fn(Changed) -> bool) {
        let is = |frame: &ServerFrame| match frame {
            ServerFrame::Changed(changed) => wanted(*changed),
            _ => false,
        };
        if let Some(at) = self.kept.iter().position(is) {
            self.kept.remove(at);
            return;
        }
        loop {
            let frame = self.receive().await;
            if is(&frame) {
                return;
            }
            self.kept.push(frame);
        }
    }

    /// Whatever was sent before is handled now: requests are answered after what came before.
    pub(crate) async fn settled(&mut self) {
        let unknown = Request::Outcome { op: op() };
        assert_eq!(self.ask(unknown).await, Ok(Answer::Unknown));
    }
}

/// A region: a host, two organisations with registers, and people.
pub(crate) struct Region {
    pub(crate) server: RunningServer,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) host: Device,
    pub(crate) one: Organisation,
    pub(crate) two: Organisation,
}

/// An organisation whose compliance officer has set up the register.
pub(crate) struct Organisation {
    pub(crate) admin: Device,
    pub(crate) officer: Device,
    pub(crate) key: RegisterKeyId,
}

impl Region {
    pub(crate) async fn new() -> Self {
        Self::with(SuiteChoice::Classic).await
    }

    pub(crate) async fn with(suite: SuiteChoice) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = start_with(folder.path(), suite).await;
        Self::of(server, folder).await
    }

    /// On a server that nobody used yet.
    pub(crate) async fn of(server: RunningServer, folder: tempfile::TempDir) -> Self {
        let link = server.first_link.clone().unwrap();
        let token = link.split_once("/#/enrol/").unwrap().1;
        let host = Device::enrol(&server.url, token).await;
        let one = Organisation::open(&host, "Veilig Thuis", OrganisationType::Vt).await;
        let two = Organisation::open(&host, "Jeugdbescherming", OrganisationType::Gi).await;
        Self {
            server,
            folder,
            host,
            one,
            two,
        }
    }
}

impl Organisation {
    pub(crate) async fn open(host: &Device, name: &str, kind: OrganisationType) -> Self {
        let admin = Self::without_register(host, name, kind).await;
        let officer = enrolled(&admin, &[OrgRole::ComplianceOfficer]).await;
        let (key, secret) = (
            RegisterKeyId::from_bytes(unique()),
            RegisterSecret::generate().unwrap(),
        );
        let put = register_key(&officer, key, &secret);
        assert_eq!(
            officer.asks(Request::PutRegisterKey(put)).await,
            Ok(Answer::Done)
        );
        Self {
            admin,
            officer,
            key,
        }
    }

    pub(crate) async fn without_register(
        host: &Device,
        name: &str,
        kind: OrganisationType,
    ) -> Device {
        let open = OpenOrganisation {
            op: op(),
            name: name.to_owned(),
            kind,
            admin_name: "Beheer".to_owned(),
        };
        let invited = host.asks(Request::OpenOrganisation(open)).await.unwrap();
        let Answer::Invited(invited) = invited else {
            panic!("{invited:?}")
        };
        Device::enrol(&host.url, &invited.token).await
    }

    pub(crate) async fn professional(&self) -> Device {
        enrolled(&self.admin, &[OrgRole::Professional]).await
    }
}

pub(crate) fn register_key(
    officer: &Device,
    key: RegisterKeyId,
    secret: &RegisterSecret,
) -> PutRegisterKey {
    let public_key = public(secret);
    let signed = register_key_signed_bytes(officer.who.org, key, &public_key);
    PutRegisterKey {
        id: key,
        public_key,
        signature: officer.keys.sign(&signed).to_vec(),
    }
}

pub(crate) fn public(secret: &RegisterSecret) -> Vec<u8> {
    secret.public_key().unwrap()
}

pub(crate) fn invitation(roles: &[OrgRole]) -> InviteUser {
    InviteUser {
        op: op(),
        user: None,
        name: "Iemand".to_owned(),
        function: "Werk".to_owned(),
        roles: roles.to_vec(),
        capacities: vec![],
    }
}

pub(crate) async fn invited(admin: &Device, roles: &[OrgRole]) -> String {
    let answer = admin
        .asks(Request::InviteUser(invitation(roles)))
        .await
        .unwrap();
    let Answer::Invited(invited) = answer else {
        panic!("{answer:?}")
    };
    invited.token
}

pub(crate) async fn enrolled(admin: &Device, roles: &[OrgRole]) -> Device {
    Device::enrol(&admin.url, &invited(admin, roles).await).await
}
