//! Channels and members on the real server, made over the real protocol.
//!
//! Members are enrolled devices in MLS groups. Only the first member of a channel keeps its group's
//! state: it publishes. The others receive, and need not decrypt to be delivered to.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use beraad_group::{DeviceKeys, Member, MemoryStore, Policy, Suite};
use beraad_ledger::seal::RegisterSecret;
use beraad_protocol::{
    ChannelId, ClientFrame, DeviceId, OperationId, RegisterKeyId, ServerFrame, UserId,
    directory::{LeafIdentity, register_key_signed_bytes},
    frame::{Cursor, Hello, PROTOCOL_VERSION, hello_signed_bytes},
    from_cbor,
    http::{Enrol, Enrolled, enrol_signed_bytes},
    limits,
    request::{
        Answer, CommitBundle, CreateChannel, InviteUser, OpenOrganisation, Publish, PutRegisterKey,
        Request, UploadKeyPackages,
    },
    to_cbor,
    vocabulary::{Framework, OrgRole, OrganisationType},
};
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_bytes::ByteBuf;
use sha2::{Digest as _, Sha256};
use tokio_tungstenite::tungstenite::{Message, protocol::WebSocketConfig};

use crate::drive::{Arrival, ChannelLoad, Socket, Wire};

/// A device that was enrolled.
pub(crate) struct Device {
    base: String,
    keys: DeviceKeys,
    id: DeviceId,
    token: [u8; 32],
    who: Enrolled,
    store: MemoryStore,
}

/// A connection of a device, with requests answered in order.
pub(crate) struct Connection {
    socket: Socket,
    next: u64,
}

/// A channel that can be published to.
pub(crate) struct Published {
    channel: ChannelId,
    epoch: u64,
    message: Vec<u8>,
}

/// Everything one workload needs: the publishing side and every member's connection.
pub(crate) struct Channels {
    /// What is published, one per channel.
    pub(crate) published: Vec<Published>,
    /// Connections, the publisher's first.
    pub(crate) loads: Vec<ChannelLoad>,
    members: Vec<(Device, Cursor)>,
}

impl Channels {
    /// Opens so many more connections, of all members in turn, and leaves them idle.
    pub(crate) async fn idle(&self, count: usize) -> anyhow::Result<Vec<Connection>> {
        let mut idle = Vec::new();
        for (device, cursor) in self.members.iter().cycle().take(count) {
            idle.push(device.connect(vec![*cursor]).await?);
        }
        Ok(idle)
    }
}

/// People of one organisation that has a register key.
pub(crate) struct Region {
    base: String,
    admin: Connection,
    // Keeps the organisation's compliance officer enrolled.
    _officer: Device,
}

impl Device {
    async fn enrol(base: &str, link: &str) -> anyhow::Result<Self> {
        let keys = DeviceKeys::generate()?;
        let id = DeviceId::from_bytes(random());
        let token: [u8; 32] = random();
        let session_hash = hex::encode(Sha256::digest(token));
        let signature = keys.sign(&enrol_signed_bytes(link, id, &session_hash));
        let answer = reqwest::Client::new()
            .post(format!("{base}/api/enrolments"))
            .json(&Enrol {
                token: link.to_owned(),
                device: id,
                signature_key: hex::encode(keys.public()),
                signature: hex::encode(signature),
                session_hash,
            })
            .send()
            .await?;
        if !answer.status().is_success() {
            bail!("enrolling failed: {}", answer.text().await?);
        }
        let who = answer.json().await?;
        Ok(Self {
            base: base.to_owned(),
            keys,
            id,
            token,
            who,
            store: MemoryStore::new(),
        })
    }

    fn identity(&self) -> LeafIdentity {
        LeafIdentity {
            org: self.who.org,
            user: self.who.user,
            device: self.id,
        }
    }

    fn suite(&self) -> anyhow::Result<Suite> {
        Ok(Suite::try_from(self.who.server.ciphersuite)?)
    }

    /// Opens a connection that delivers `channel` from its newest entry on.
    pub(crate) async fn connect(&self, cursors: Vec<Cursor>) -> anyhow::Result<Connection> {
        let address = format!("{}/api/socket", self.base.replacen("http", "ws", 1));
        let config = WebSocketConfig::default()
            .read_buffer_size(8 * 1024)
            .max_message_size(Some(limits::MAX_FRAME));
        let (socket, _) =
            tokio_tungstenite::connect_async_with_config(address, Some(config), true).await?;
        let mut connection = Connection {
            socket,
            next: 1 << 32,
        };
        let ServerFrame::Challenge { nonce, .. } = connection.receive().await? else {
            bail!("the server did not begin with a challenge");
        };
        let signature = self
            .keys
            .sign(&hello_signed_bytes(&nonce, self.id))
            .to_vec();
        connection
            .send(&ClientFrame::Hello(Hello {
                protocol: PROTOCOL_VERSION,
                device: self.id,
                token: self.token.to_vec(),
                signature,
                cursors,
            }))
            .await?;
        match connection.receive().await? {
            ServerFrame::Ready(_) => Ok(connection),
            other => bail!("the hello was answered by {other:?}"),
        }
    }
}

impl Connection {
    async fn send(&mut self, frame: &ClientFrame) -> anyhow::Result<()> {
        Ok(self
            .socket
            .send(Message::Binary(to_cbor(frame).into()))
            .await?)
    }

    async fn receive(&mut self) -> anyhow::Result<ServerFrame> {
        loop {
            let message = self
                .socket
                .next()
                .await
                .context("the server closed the connection")??;
            if message.is_binary() {
                return Ok(from_cbor(&message.into_data())?);
            }
        }
    }

    async fn ask(&mut self, request: Request) -> anyhow::Result<Answer> {
        self.next += 1;
        let wanted = self.next;
        self.send(&ClientFrame::Request {
            id: wanted,
            body: Box::new(request),
        })
        .await?;
        loop {
            match self.receive().await? {
                ServerFrame::Answer { id, result } if id == wanted => return Ok(*result?),
                ServerFrame::Goodbye(problem) => bail!("the server said goodbye: {problem}"),
                _ => {}
            }
        }
    }

    async fn invited(&mut self, request: Request) -> anyhow::Result<String> {
        match self.ask(request).await? {
            Answer::Invited(invited) => Ok(invited.token),
            other => bail!("an invitation was answered by {other:?}"),
        }
    }
}

impl Region {
    /// Opens an organisation with a register on a fresh server.
    pub(crate) async fn open(base: &str, first_link: &str) -> anyhow::Result<Self> {
        let host = Device::enrol(base, first_link).await?;
        let link = host
            .connect(Vec::new())
            .await?
            .invited(Request::OpenOrganisation(OpenOrganisation {
                op: operation(),
                name: "Voorbeeldorganisatie".to_owned(),
                kind: OrganisationType::LokaalTeam,
                admin_name: "Beheer".to_owned(),
            }))
            .await?;
        let admin = Device::enrol(base, &link).await?;
        let mut connection = admin.connect(Vec::new()).await?;
        let link = connection
            .invited(invitation("FG", OrgRole::ComplianceOfficer))
            .await?;
        let officer = Device::enrol(base, &link).await?;
        let id = RegisterKeyId::from_bytes(random());
        let public_key = RegisterSecret::generate()?.public_key()?;
        let signature = officer
            .keys
            .sign(&register_key_signed_bytes(officer.who.org, id, &public_key))
            .to_vec();
        officer
            .connect(Vec::new())
            .await?
            .ask(Request::PutRegisterKey(PutRegisterKey {
                id,
                public_key,
                signature,
            }))
            .await?;
        Ok(Self {
            base: base.to_owned(),
            admin: connection,
            _officer: officer,
        })
    }

    /// Opens `count` channels of `members` devices each and connects every device.
    pub(crate) async fn channels(
        &mut self,
        count: usize,
        members: usize,
    ) -> anyhow::Result<Channels> {
        let mut channels = Channels {
            published: Vec::new(),
            loads: Vec::new(),
            members: Vec::new(),
        };
        for _ in 0..count {
            let mut devices = Vec::new();
            for _ in 0..members {
                let link = self
                    .admin
                    .invited(invitation("Deelnemer", OrgRole::Professional))
                    .await?;
                devices.push(Device::enrol(&self.base, &link).await?);
            }
            let (published, load, cursor) = open_channel(&devices).await?;
            channels.published.push(published);
            channels.loads.push(load);
            let members = devices.into_iter().map(|device| (device, cursor));
            channels.members.extend(members);
        }
        Ok(channels)
    }
}

async fn open_channel(devices: &[Device]) -> anyhow::Result<(Published, ChannelLoad, Cursor)> {
    let (lead, others) = devices.split_first().context("a channel has a member")?;
    let mut users: Vec<UserId> = Vec::new();
    for device in others {
        let key_packages = Member::key_packages(
            &device.store,
            &device.keys,
            &device.identity(),
            device.suite()?,
            1,
            false,
        )?;
        device
            .connect(Vec::new())
            .await?
            .ask(Request::UploadKeyPackages(UploadKeyPackages {
                key_packages: key_packages.into_iter().map(ByteBuf::from).collect(),
                last_resort: None,
            }))
            .await?;
        users.push(device.who.user);
    }
    let channel = ChannelId::from_bytes(random());
    let policy = Policy::new(channel, Framework::OwnLaws, lead.suite()?, lead.who.user);
    let external: [u8; 32] = hex::decode(&lead.who.server.external_sender_key)?
        .try_into()
        .ok()
        .context("an Ed25519 key has 32 bytes")?;
    let (mut member, group_info) = Member::create(
        &lead.store,
        &lead.keys,
        &lead.identity(),
        &policy,
        Some(&external),
    )?;
    let mut connection = lead.connect(Vec::new()).await?;
    connection
        .ask(Request::CreateChannel(CreateChannel {
            op: operation(),
            channel,
            case_code: format!("meting-{channel}"),
            framework: Framework::OwnLaws,
            group_info,
        }))
        .await?;
    for users in users.chunks(limits::MAX_CLAIM_USERS) {
        let Answer::Claimed(claimed) = connection
            .ask(Request::ClaimKeyPackages {
                users: users.to_vec(),
            })
            .await?
        else {
            bail!("a claim was answered by something else");
        };
        let packages: Vec<Vec<u8>> = claimed.into_iter().map(|one| one.key_package).collect();
        let bundle = member.add(&lead.store, &packages)?;
        connection
            .ask(Request::Commit(CommitBundle {
                op: operation(),
                channel,
                epoch: bundle.epoch,
                commit: bundle.commit,
                welcome: bundle.welcome.map(ByteBuf::from),
                group_info: bundle.group_info,
                records: Vec::new(),
            }))
            .await?;
        member.merge_pending(&lead.store)?;
    }
    let message = member.encrypt(&lead.store, &[0x5a; super::bench::PAYLOAD], &[])?;
    let after = Some(u64::try_from(
        users.len().div_ceil(limits::MAX_CLAIM_USERS),
    )?);
    let cursor = Cursor { channel, after };
    let mut sockets = Vec::new();
    for device in devices {
        sockets.push(device.connect(vec![cursor]).await?.socket);
    }
    Ok((
        Published {
            channel,
            epoch: member.epoch(),
            message,
        },
        ChannelLoad { members: sockets },
        cursor,
    ))
}

fn invitation(name: &str, role: OrgRole) -> Request {
    Request::InviteUser(InviteUser {
        op: operation(),
        user: None,
        name: name.to_owned(),
        function: "Meting".to_owned(),
        roles: vec![role],
        capacities: Vec::new(),
    })
}

fn operation() -> OperationId {
    OperationId::from_bytes(random())
}

/// How the real server speaks.
pub(crate) struct BeraadWire {
    /// Sets this run's operations apart.
    pub(crate) tag: [u8; 8],
    /// What is published on each channel.
    pub(crate) published: Arc<Vec<Published>>,
}

/// How an operation's id begins in an encoded entry or answer: the text "op", then 16 bytes.
const OPERATION: &[u8] = b"\x62op\x50";

impl Wire for BeraadWire {
    fn publish(&self, channel: usize, number: u64) -> Bytes {
        let published = &self.published[channel];
        let mut op = [0; 16];
        op[..8].copy_from_slice(&self.tag);
        op[8..].copy_from_slice(&number.to_be_bytes());
        to_cbor(&ClientFrame::Request {
            id: number,
            body: Box::new(Request::Publish(Publish {
                op: OperationId::from_bytes(op),
                channel: published.channel,
                epoch: published.epoch,
                if_head: None,
                message: published.message.clone(),
                records: Vec::new(),
            })),
        })
        .into()
    }

    fn arrivals(&self, frame: &[u8], found: &mut Vec<Arrival>) {
        // Decoding every delivery of a hundred members would measure this driver; operations are
        // found by how they begin instead, and told apart by this run's tag.
        let accepted = frame.get(1..8) == Some(b"\x66answer");
        let mut rest = frame;
        while let Some(at) = find(rest, OPERATION) {
            rest = &rest[at + OPERATION.len()..];
            let Some(op) = rest.get(..16) else { return };
            if op[..8] == self.tag {
                let number = op[8..]
                    .iter()
                    .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
                found.push(if accepted {
                    Arrival::Accepted(number)
                } else {
                    Arrival::Delivered(number)
                });
            }
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

/// Bytes that nobody guesses.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    use rand::{RngCore as _, SeedableRng as _};
    let mut bytes = [0; N];
    rand::rngs::StdRng::from_os_rng().fill_bytes(&mut bytes);
    bytes
}
