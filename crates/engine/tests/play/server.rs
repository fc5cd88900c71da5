//! A server in memory: what the real one answers, without network, disk or rate limits.

use std::collections::{BTreeMap, HashMap, VecDeque};

use beraad_engine::protocol::{
    ChannelId, ClientFrame, Code, DeviceId, LogId, OperationId, OrgId, Problem, ServerFrame,
    Timestamp, UserId,
    directory::{
        Attestation, Device, Directory, Organisation, RegisterKey, User, attestation_signed_bytes,
    },
    entry::{Entry, EntryKind, LogPosition, RecordSubmission, RegisterEntry},
    frame::{Changed, PROTOCOL_VERSION, Ready},
    http::{Enrol, Enrolled, Status},
    meeting::{Case, Conference, Invitation},
    request::{
        Accepted, Answer, ClaimedKeyPackage, InclusionProof, Invited, LogProofs, Request,
        WaitingWelcome,
    },
    to_cbor,
    vocabulary::{ActingCapacity, Framework, OrgRole, OrganisationType, ParticipationStatus},
};
use beraad_group::{PublicView, Suite};
use beraad_ledger::canonical;
use beraad_ledger::log::{LogEntry, LogSigner, MemoryLog, sign_checkpoint};
use ed25519_dalek::{Signer, SigningKey};
use serde_bytes::ByteBuf;

pub(crate) struct Channel {
    view: PublicView,
    pub(crate) entries: Vec<Entry>,
    case_code: String,
    pub(crate) framework: Framework,
    /// From which entry on a device may read, and up to which, each time it was in.
    stints: HashMap<DeviceId, Vec<(u64, Option<u64>)>>,
}

#[derive(Default)]
struct Connection {
    cursors: HashMap<ChannelId, u64>,
}

pub(crate) struct Server {
    attestation: SigningKey,
    logs: LogSigner,
    pub(crate) suite: Suite,
    pub(crate) directory: Directory,
    pub(crate) channels: BTreeMap<ChannelId, Channel>,
    key_packages: HashMap<DeviceId, (VecDeque<ByteBuf>, Option<ByteBuf>)>,
    welcomes: HashMap<DeviceId, Vec<WaitingWelcome>>,
    outcomes: HashMap<OperationId, Accepted>,
    pub(crate) registers: HashMap<OrgId, Vec<RegisterEntry>>,
    pub(crate) log: HashMap<LogId, MemoryLog>,
    conferences: Vec<Conference>,
    connections: HashMap<DeviceId, Connection>,
    pub(crate) outgoing: VecDeque<(DeviceId, Vec<u8>)>,
    pub(crate) now: Timestamp,
    /// Frames of this device are taken in, their answers lost.
    pub(crate) deaf: Option<DeviceId>,
    /// Whoever's KeyPackages are asked for, this user's are handed out.
    pub(crate) offers: Option<UserId>,
    /// So many messages with a record are put off.
    pub(crate) busy: u32,
    /// So many messages are refused.
    pub(crate) forbids: u32,
    /// So many channels come with a case code that is taken.
    pub(crate) taken_codes: u32,
    /// So many requests for the directory fail.
    pub(crate) no_directory: u32,
}

/// Entries of a channel that one frame holds.
const PAGE: usize = 50;

impl Server {
    pub(crate) fn new(now: Timestamp, suite: Suite) -> Self {
        Self {
            attestation: SigningKey::from_bytes(&[7; 32]),
            logs: LogSigner::new("beraad.test/log", &[8; 32]).unwrap(),
            suite,
            directory: Directory {
                version: 1,
                ..Directory::default()
            },
            channels: BTreeMap::new(),
            key_packages: HashMap::new(),
            welcomes: HashMap::new(),
            outcomes: HashMap::new(),
            registers: HashMap::new(),
            log: HashMap::new(),
            conferences: Vec::new(),
            connections: HashMap::new(),
            outgoing: VecDeque::new(),
            now,
            deaf: None,
            offers: None,
            busy: 0,
            forbids: 0,
            taken_codes: 0,
            no_directory: 0,
        }
    }

    pub(crate) fn log_key(&self) -> String {
        self.logs.vkey()
    }

    pub(crate) fn attestation_key(&self) -> [u8; 32] {
        self.attestation.verifying_key().to_bytes()
    }

    pub(crate) fn organisation(&mut self, id: OrgId, name: &str, kind: OrganisationType) {
        self.directory.organisations.push(Organisation {
            id,
            name: name.to_owned(),
            kind,
            register_key: None,
        });
        self.directory.version += 1;
    }

    pub(crate) fn user(
        &mut self,
        id: UserId,
        org: OrgId,
        name: &str,
        roles: Vec<OrgRole>,
        capacities: Vec<ActingCapacity>,
    ) {
        self.directory.users.push(User {
            id,
            org,
            name: name.to_owned(),
            function: "medewerker".to_owned(),
            roles,
            capacities,
            devices: Vec::new(),
            suspended: false,
        });
        self.directory.version += 1;
    }

    pub(crate) fn enrol(&mut self, user: UserId, request: &Enrol) -> Enrolled {
        let key = hex::decode(&request.signature_key).unwrap();
        let attestation_key = self.attestation.clone();
        let org_name = |directory: &Directory, org| {
            directory
                .organisations
                .iter()
                .find(|known| known.id == org)
                .unwrap()
                .name
                .clone()
        };
        let person = self
            .directory
            .users
            .iter_mut()
            .find(|known| known.id == user)
            .unwrap();
        let attestation = canonical::to_vec(&Attestation {
            v: 1,
            org: person.org,
            user,
            device: request.device,
            signature_key: key,
            function: person.function.clone(),
            capacities: person.capacities.clone(),
            not_before: Timestamp(0),
            not_after: Timestamp(i64::MAX),
        })
        .unwrap();
        let signature = attestation_key
            .sign(&attestation_signed_bytes(&attestation))
            .to_bytes()
            .to_vec();
        person.devices.push(Device {
            id: request.device,
            attestation,
            signature,
        });
        let person = person.clone();
        self.directory.version += 1;
        self.tell_all(Changed::Directory(self.directory.version));
        Enrolled {
            org: person.org,
            user,
            organisation: org_name(&self.directory, person.org),
            name: person.name,
            function: person.function,
            roles: person.roles,
            capacities: person.capacities,
            server: Status {
                version: "0".to_owned(),
                protocol: PROTOCOL_VERSION,
                now: self.now,
                attestation_key: hex::encode(self.attestation_key()),
                external_sender_key: hex::encode(
                    SigningKey::from_bytes(&[9; 32]).verifying_key().to_bytes(),
                ),
                log_key: self.log_key(),
                log_prefix: "beraad.test/log".to_owned(),
                ciphersuite: self.suite.code(),
            },
        }
    }

    /// The server's word for a device, whoever's it is.
    pub(crate) fn attest(&self, of: UserId, id: DeviceId, key: &[u8; 32], until: i64) -> Device {
        let person = self
            .directory
            .users
            .iter()
            .find(|user| user.id == of)
            .unwrap();
        let attestation = canonical::to_vec(&Attestation {
            v: 1,
            org: person.org,
            user: of,
            device: id,
            signature_key: key.to_vec(),
            function: person.function.clone(),
            capacities: person.capacities.clone(),
            not_before: Timestamp(0),
            not_after: Timestamp(until),
        })
        .unwrap();
        let signature = self
            .attestation
            .sign(&attestation_signed_bytes(&attestation));
        Device {
            id,
            attestation,
            signature: signature.to_bytes().to_vec(),
        }
    }

    pub(crate) fn person(&mut self, id: UserId) -> &mut User {
        self.directory
            .users
            .iter_mut()
            .find(|user| user.id == id)
            .unwrap()
    }

    pub(crate) fn publish_directory(&mut self) {
        self.directory.version += 1;
        self.tell_all(Changed::Directory(self.directory.version));
    }

    pub(crate) fn connect(&mut self, device: DeviceId) {
        self.connections.remove(&device);
        let frame = ServerFrame::Challenge {
            protocol: PROTOCOL_VERSION,
            nonce: vec![1; 32],
        };
        self.send(device, &frame);
    }

    pub(crate) fn disconnect(&mut self, device: DeviceId) {
        self.connections.remove(&device);
        self.outgoing.retain(|(to, _)| *to != device);
    }

    pub(crate) fn send(&mut self, device: DeviceId, frame: &ServerFrame) {
        self.outgoing.push_back((device, to_cbor(frame)));
    }

    fn tell_all(&mut self, changed: Changed) {
        for device in self.connections.keys().copied().collect::<Vec<_>>() {
            self.send(device, &ServerFrame::Changed(changed));
        }
    }

    fn owner(&self, device: DeviceId) -> User {
        let owns = |user: &&User| user.devices.iter().any(|known| known.id == device);
        self.directory.users.iter().find(owns).unwrap().clone()
    }

    pub(crate) fn receive(&mut self, device: DeviceId, bytes: &[u8]) {
        let frame: ClientFrame = beraad_engine::protocol::from_cbor(bytes).unwrap();
        match frame {
            ClientFrame::Hello(hello) => {
                assert_eq!(hello.device, device);
                let mut connection = Connection::default();
                for cursor in hello.cursors {
                    connection
                        .cursors
                        .insert(cursor.channel, cursor.after.map_or(0, |after| after + 1));
                }
                self.connections.insert(device, connection);
                let owner = self.owner(device);
                let ready = Ready {
                    now: self.now,
                    user: owner.id,
                    org: owner.org,
                    directory: self.directory.version,
                    key_packages: self
                        .key_packages
                        .get(&device)
                        .map_or(0, |(packages, _)| u32::try_from(packages.len()).unwrap()),
                    channels: Vec::new(),
                };
                self.send(device, &ServerFrame::Ready(ready));
                self.deliver();
            }
            ClientFrame::Request { id, body } => {
                let result = self.answer(device, *body).map(Box::new);
                if self.deaf != Some(device) {
                    self.send(device, &ServerFrame::Answer { id, result });
                }
                self.deliver();
            }
            ClientFrame::Follow(cursor) => {
                if let Some(connection) = self.connections.get_mut(&device) {
                    let next = cursor.after.map_or(0, |after| after + 1);
                    connection.cursors.insert(cursor.channel, next);
                }
                self.deliver();
            }
            // What is read makes room for the next page.
            ClientFrame::Ack { .. } => self.deliver(),
        }
    }

    /// Sends everybody what they follow and do not have.
    fn deliver(&mut self) {
        let mut frames = Vec::new();
        for (device, connection) in &mut self.connections {
            if self.deaf == Some(*device) {
                continue;
            }
            for (channel, next) in &mut connection.cursors {
                let Some(known) = self.channels.get(channel) else {
                    continue;
                };
                let Some(stints) = known.stints.get(device) else {
                    continue;
                };
                let may_read = |seq: u64| {
                    let within = |(from, until): &(u64, Option<u64>)| {
                        seq >= *from && until.is_none_or(|until| seq <= until)
                    };
                    stints.iter().any(within)
                };
                let entries: Vec<Entry> = known
                    .entries
                    .iter()
                    .filter(|entry| entry.seq >= *next && may_read(entry.seq))
                    .take(PAGE)
                    .cloned()
                    .collect();
                let Some(last) = entries.last() else {
                    continue;
                };
                *next = last.seq + 1;
                let head = known.entries.len() as u64 - 1;
                frames.push((
                    *device,
                    ServerFrame::Entries {
                        channel: *channel,
                        entries,
                        head,
                    },
                ));
            }
        }
        for (device, frame) in frames {
            self.send(device, &frame);
        }
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one arm per request reads best in one place"
    )]
    fn answer(&mut self, device: DeviceId, request: Request) -> Result<Answer, Problem> {
        let owner = self.owner(device);
        Ok(match request {
            Request::Directory if self.no_directory > 0 => {
                self.no_directory -= 1;
                return Err(Problem::new(Code::Unavailable));
            }
            Request::Directory => Answer::Directory(self.directory.clone()),
            Request::OpenOrganisation(_) => return Err(Problem::new(Code::Forbidden)),
            Request::InviteUser(_) => Answer::Invited(Invited {
                org: owner.org,
                user: owner.id,
                token: "token".to_owned(),
                expires_at: self.now,
            }),
            Request::PutRegisterKey(put) => {
                let org = self
                    .directory
                    .organisations
                    .iter_mut()
                    .find(|org| org.id == owner.org)
                    .unwrap();
                if org.register_key.is_some() {
                    return Err(Problem::new(Code::Conflict));
                }
                org.register_key = Some(RegisterKey {
                    id: put.id,
                    public_key: put.public_key,
                    device,
                    signature: put.signature,
                    created_at: self.now,
                });
                self.directory.version += 1;
                self.tell_all(Changed::Directory(self.directory.version));
                Answer::Done
            }
            Request::UploadKeyPackages(upload) => {
                let known = self.key_packages.entry(device).or_default();
                known.0.extend(upload.key_packages);
                if upload.last_resort.is_some() {
                    known.1 = upload.last_resort;
                }
                Answer::KeyPackages {
                    left: u32::try_from(known.0.len()).unwrap(),
                }
            }
            Request::ClaimKeyPackages { users } => {
                let mut claimed = Vec::new();
                let offered = self.offers.map(|user| vec![user]);
                for user in offered.unwrap_or(users) {
                    let user = self
                        .directory
                        .users
                        .iter()
                        .find(|known| known.id == user)
                        .ok_or_else(|| Problem::new(Code::NotFound))?
                        .clone();
                    for device in &user.devices {
                        let known = self.key_packages.entry(device.id).or_default();
                        let package = known
                            .0
                            .pop_front()
                            .or_else(|| known.1.clone())
                            .ok_or_else(|| Problem::new(Code::NoKeyPackage))?;
                        claimed.push(ClaimedKeyPackage {
                            user: user.id,
                            device: device.id,
                            key_package: package.into_vec(),
                        });
                    }
                }
                Answer::Claimed(claimed)
            }
            Request::CreateChannel(create) => {
                if let Some(accepted) = self.outcomes.get(&create.op) {
                    return Ok(Answer::Accepted(accepted.clone()));
                }
                if self.taken_codes > 0 {
                    self.taken_codes -= 1;
                    return Err(Problem::new(Code::Conflict));
                }
                let view = PublicView::open(&create.group_info, create.channel).unwrap();
                self.channels.insert(
                    create.channel,
                    Channel {
                        view,
                        entries: Vec::new(),
                        case_code: create.case_code,
                        framework: create.framework,
                        stints: [(device, vec![(0, None)])].into(),
                    },
                );
                let kind = EntryKind::Created;
                self.append(
                    device,
                    create.channel,
                    create.op,
                    kind,
                    create.group_info,
                    &[],
                )
            }
            Request::Publish(publish) => {
                if let Some(accepted) = self.outcomes.get(&publish.op) {
                    return Ok(Answer::Accepted(accepted.clone()));
                }
                if self.forbids > 0 {
                    self.forbids -= 1;
                    return Err(Problem::new(Code::Forbidden));
                }
                if self.busy > 0 && !publish.records.is_empty() {
                    self.busy -= 1;
                    return Err(Problem::new(Code::Unavailable));
                }
                let channel = self.member_of(device, publish.channel)?;
                let head = channel.entries.len() as u64 - 1;
                if publish.epoch != channel.view.epoch() {
                    return Err(Problem::stale_epoch(channel.view.epoch(), head));
                }
                if publish.if_head.is_some_and(|seen| seen != head) {
                    return Err(Problem::stale_view(head));
                }
                channel.view.check_message(&publish.message).unwrap();
                let kind = EntryKind::Message;
                let (op, id) = (publish.op, publish.channel);
                self.append(device, id, op, kind, publish.message, &publish.records)
            }
            Request::Commit(bundle) => self.commit(device, bundle)?,
            Request::Outcome { op } => self
                .outcomes
                .get(&op)
                .cloned()
                .map_or(Answer::Unknown, Answer::Accepted),
            Request::TakeWelcomes => {
                Answer::Welcomes(self.welcomes.get(&device).cloned().unwrap_or_default())
            }
            Request::DropWelcomes { channels } => {
                if let Some(waiting) = self.welcomes.get_mut(&device) {
                    waiting.retain(|welcome| !channels.contains(&welcome.channel));
                }
                Answer::Done
            }
            Request::Cases => Answer::Cases(
                self.channels
                    .iter()
                    .map(|(id, channel)| Case {
                        channel: *id,
                        case_code: channel.case_code.clone(),
                        members: Vec::new(),
                        created_at: self.now,
                    })
                    .collect(),
            ),
            Request::PlanConference { plan, .. } => {
                let conference = Conference {
                    case_code: self.channels[&plan.channel].case_code.clone(),
                    planned_by: owner.id,
                    sequence: 0,
                    invitations: plan
                        .invitees
                        .iter()
                        .map(|user| Invitation {
                            user: *user,
                            status: ParticipationStatus::NeedsAction,
                            replied_at: None,
                        })
                        .collect(),
                    plan,
                };
                self.conferences.push(conference.clone());
                self.tell_all(Changed::Conferences);
                Answer::Conference(conference)
            }
            Request::ReplyInvitation { conference, status } => {
                let now = self.now;
                let known = self
                    .conferences
                    .iter_mut()
                    .find(|known| known.plan.id == conference)
                    .ok_or_else(|| Problem::new(Code::NotFound))?;
                for invitation in &mut known.invitations {
                    if invitation.user == owner.id {
                        invitation.status = status;
                        invitation.replied_at = Some(now);
                    }
                }
                let known = known.clone();
                self.tell_all(Changed::Conferences);
                Answer::Conference(known)
            }
            Request::Conferences => Answer::Conferences(self.conferences.clone()),
            Request::Register { from } => {
                let entries = self.registers.get(&owner.org).cloned().unwrap_or_default();
                let total = entries.len() as u64;
                // Pages of two, so that paging is used.
                let entries = entries
                    .into_iter()
                    .skip(usize::try_from(from).unwrap())
                    .take(2)
                    .collect();
                Answer::Register { entries, total }
            }
            Request::LogProofs { log, indexes } => {
                let memory = self.log.entry(log).or_default();
                let (size, root) = (memory.size(), memory.root().unwrap());
                Answer::LogProofs(LogProofs {
                    checkpoint: sign_checkpoint(&self.logs, log, size, &root).unwrap(),
                    proofs: indexes
                        .into_iter()
                        .map(|index| InclusionProof {
                            index,
                            entry: memory.entries()[usize::try_from(index).unwrap()].clone(),
                            hashes: memory
                                .prove_inclusion(index)
                                .unwrap()
                                .into_iter()
                                .map(|hash| ByteBuf::from(hash.to_vec()))
                                .collect(),
                        })
                        .collect(),
                })
            }
            Request::LogEntries { .. } => return Err(Problem::new(Code::Unavailable)),
        })
    }

    fn member_of(&mut self, device: DeviceId, id: ChannelId) -> Result<&mut Channel, Problem> {
        let not_found = || Problem::new(Code::NotFound);
        let channel = self.channels.get_mut(&id).ok_or_else(not_found)?;
        let roster = channel.view.roster().unwrap();
        if roster.iter().any(|member| member.identity.device == device) {
            Ok(channel)
        } else {
            Err(not_found())
        }
    }

    fn commit(
        &mut self,
        device: DeviceId,
        bundle: beraad_engine::protocol::request::CommitBundle,
    ) -> Result<Answer, Problem> {
        if let Some(accepted) = self.outcomes.get(&bundle.op) {
            return Ok(Answer::Accepted(accepted.clone()));
        }
        let channel = self.member_of(device, bundle.channel)?;
        let seq = channel.entries.len() as u64;
        if bundle.epoch != channel.view.epoch() {
            return Err(Problem::stale_epoch(channel.view.epoch(), seq - 1));
        }
        let welcome = bundle.welcome.as_ref().map(|welcome| welcome.as_slice());
        let applied = channel
            .view
            .apply(&bundle.commit, welcome, &bundle.group_info, device)
            .map_err(|error| Problem::because(Code::BadBundle, error))?;
        let mut waiting = Vec::new();
        for added in &applied.added {
            let stints = channel.stints.entry(added.identity.device);
            stints.or_default().push((seq + 1, None));
            waiting.push((
                added.identity.device,
                WaitingWelcome {
                    channel: bundle.channel,
                    case_code: channel.case_code.clone(),
                    framework: channel.framework,
                    seq,
                    welcome: bundle.welcome.clone().unwrap().into_vec(),
                },
            ));
        }
        for (device, welcome) in waiting {
            self.welcomes.entry(device).or_default().push(welcome);
            if self.connections.contains_key(&device) {
                self.send(device, &ServerFrame::WelcomesWaiting);
            }
        }
        let kind = EntryKind::Commit;
        let answer = self.append(device, bundle.channel, bundle.op, kind, bundle.commit, &[]);
        // A removed device gets the commit that removes it, and nothing after.
        let channel = self.channels.get_mut(&bundle.channel).unwrap();
        for removed in &applied.removed {
            for (_, until) in channel.stints.entry(removed.device).or_default() {
                until.get_or_insert(seq);
            }
        }
        Ok(answer)
    }

    fn append(
        &mut self,
        sender: DeviceId,
        id: ChannelId,
        op: OperationId,
        kind: EntryKind,
        payload: Vec<u8>,
        records: &[RecordSubmission],
    ) -> Answer {
        let at = self.now;
        let mut positions = Vec::new();
        for record in records {
            let log = LogId::from(record.source);
            let commitment = record.commitment.as_slice().try_into().unwrap();
            let memory = self.log.entry(log).or_default();
            let index = memory
                .append(LogEntry::new(commitment, at).to_bytes())
                .unwrap();
            let logged = LogPosition {
                record: record.id,
                log,
                index,
                recorded_at: at,
            };
            positions.push(logged);
            for sealed in &record.sealed {
                let register = self.registers.entry(sealed.org).or_default();
                register.push(RegisterEntry {
                    position: register.len() as u64,
                    channel: id,
                    logged,
                    kind: record.kind,
                    sealed: sealed.clone(),
                });
            }
        }
        if !records.is_empty() {
            self.tell_all(Changed::Register);
        }
        let channel = self.channels.get_mut(&id).unwrap();
        let seq = channel.entries.len() as u64;
        let epoch = channel.view.epoch();
        let epoch = if kind == EntryKind::Commit {
            epoch - 1
        } else {
            epoch
        };
        channel.entries.push(Entry {
            seq,
            epoch,
            at,
            sender,
            op,
            kind,
            payload,
        });
        let accepted = Accepted {
            op,
            seq,
            at,
            records: positions,
        };
        self.outcomes.insert(op, accepted.clone());
        Answer::Accepted(accepted)
    }
}
