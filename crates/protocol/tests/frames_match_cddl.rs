//! The CDDL beside this crate and its types say the same.

use beraad_protocol::{
    ChannelId, ClientFrame, Code, ConferenceId, DeviceId, LogId, OperationId, OrgId, Problem,
    RecordId, RegisterKeyId, ServerFrame, Timestamp, UserId,
    directory::{Attestation, Device, Directory, LeafIdentity, Organisation, RegisterKey, User},
    entry::{Entry, EntryKind, LogPosition, RecordSubmission, RegisterEntry, SealedCopy},
    frame::{Changed, Cursor, Hello, Ready},
    meeting::{Case, Conference, ConferencePlan, Invitation},
    request::{
        Accepted, Answer, ClaimedKeyPackage, CommitBundle, CreateChannel, InclusionProof,
        InviteUser, Invited, LogProofs, OpenOrganisation, Publish, PutRegisterKey, Request,
        UploadKeyPackages, WaitingWelcome,
    },
    to_cbor,
    vocabulary::{
        ActingCapacity, ConferenceKind, ConferenceStatus, Framework, OrgRole, OrganisationType,
        ParticipationStatus, RecordKind,
    },
};
use serde::Serialize;
use serde_bytes::ByteBuf;

const CDDL: &str = include_str!("../cddl/frames.cddl");

#[test]
fn every_client_frame_fits_its_description() {
    for frame in client_frames() {
        fits("client-frame", &frame);
    }
}

#[test]
fn every_server_frame_fits_its_description() {
    for frame in server_frames() {
        fits("server-frame", &frame);
    }
}

#[test]
fn what_is_signed_fits_its_description() {
    fits("attestation", &attestation());
    let identity = LeafIdentity {
        org: org(),
        user: user(),
        device: device(),
    };
    fits("leaf-identity", &identity);
}

#[test]
fn every_code_is_in_its_list() {
    for code in OrganisationType::ALL {
        fits("organisation-type", code);
    }
    for code in ActingCapacity::ALL {
        fits("acting-capacity", code);
    }
    for code in OrgRole::ALL {
        fits("org-role", code);
    }
    for code in Framework::ALL {
        fits("framework", code);
    }
    for code in RecordKind::ALL {
        fits("record-kind", code);
    }
    for code in ParticipationStatus::ALL {
        fits("participation-status", code);
    }
    for code in Code::ALL {
        fits("problem-code", code);
    }
    for kind in ConferenceKind::ALL {
        fits(
            "conference-plan",
            &ConferencePlan {
                kind: *kind,
                ..plan()
            },
        );
    }
    for status in ConferenceStatus::ALL {
        fits(
            "conference-plan",
            &ConferencePlan {
                status: *status,
                ..plan()
            },
        );
    }
}

#[test]
fn a_wrong_frame_does_not_fit() {
    let short_token = ClientFrame::Hello(Hello {
        token: vec![0; 31],
        ..hello()
    });
    does_not_fit("client-frame", &to_cbor(&short_token));
    does_not_fit("server-frame", &to_cbor(&short_token));
    does_not_fit("client-frame", &to_cbor(&"hello"));
    does_not_fit("server-frame", &to_cbor(&"welcomes"));

    let ack = to_cbor(&ClientFrame::Ack {
        channel: channel(),
        seq: 7,
    });
    does_not_fit(
        "client-frame",
        &with_fields_changed(&ack, |fields| {
            fields.push(("extra".into(), 3.into()));
        }),
    );
    does_not_fit(
        "client-frame",
        &with_fields_changed(&ack, |fields| {
            fields.pop();
        }),
    );
    does_not_fit(
        "client-frame",
        &with_fields_changed(&ack, |fields| {
            fields[1].1 = "seven".into();
        }),
    );
    let mut cut = to_cbor(&client_frames()[0]);
    cut.pop();
    does_not_fit("client-frame", &cut);
    let nonce = ServerFrame::Challenge {
        protocol: 1,
        nonce: vec![0; 33],
    };
    does_not_fit("server-frame", &to_cbor(&nonce));
}

fn fits(rule: &str, item: &impl Serialize) {
    let bytes = to_cbor(item);
    if let Err(error) = cddl_cat::validate_cbor_bytes(rule, CDDL, &bytes) {
        panic!("{rule}: {error}: {}", hex::encode(bytes));
    }
}

fn does_not_fit(rule: &str, bytes: &[u8]) {
    assert!(
        cddl_cat::validate_cbor_bytes(rule, CDDL, bytes).is_err(),
        "{rule} takes {}",
        hex::encode(bytes)
    );
}

/// Changes the fields of a frame's content.
fn with_fields_changed(
    frame: &[u8],
    change: impl FnOnce(&mut Vec<(ciborium::Value, ciborium::Value)>),
) -> Vec<u8> {
    let mut value: ciborium::Value = ciborium::from_reader(frame).unwrap();
    let content = &mut value.as_map_mut().unwrap()[0].1;
    change(content.as_map_mut().unwrap());
    to_cbor(&value)
}

fn client_frames() -> Vec<ClientFrame> {
    let mut frames = vec![
        ClientFrame::Hello(hello()),
        ClientFrame::Follow(Cursor {
            channel: channel(),
            after: Some(7),
        }),
        ClientFrame::Follow(Cursor {
            channel: channel(),
            after: None,
        }),
        ClientFrame::Ack {
            channel: channel(),
            seq: 7,
        },
    ];
    frames.extend(requests().into_iter().map(|body| ClientFrame::Request {
        id: 1,
        body: Box::new(body),
    }));
    frames
}

/// Every variant; the match makes a new one fail to compile until it stands in the list below.
#[expect(clippy::too_many_lines, reason = "a list of every request")]
fn requests() -> Vec<Request> {
    let all = vec![
        Request::Directory,
        Request::OpenOrganisation(OpenOrganisation {
            op: op(),
            name: "Organisation".into(),
            kind: OrganisationType::Vt,
            admin_name: "Admin".into(),
        }),
        Request::InviteUser(InviteUser {
            op: op(),
            user: Some(user()),
            name: "Name".into(),
            function: "Function".into(),
            roles: OrgRole::ALL.to_vec(),
            capacities: ActingCapacity::ALL.to_vec(),
        }),
        Request::PutRegisterKey(PutRegisterKey {
            id: RegisterKeyId::from_bytes([6; 16]),
            public_key: vec![1; 1216],
            signature: vec![2; 64],
        }),
        Request::UploadKeyPackages(UploadKeyPackages {
            key_packages: vec![ByteBuf::from(vec![1, 2])],
            last_resort: Some(ByteBuf::from(vec![3])),
        }),
        Request::UploadKeyPackages(UploadKeyPackages {
            key_packages: vec![],
            last_resort: None,
        }),
        Request::ClaimKeyPackages {
            users: vec![user()],
        },
        Request::CreateChannel(CreateChannel {
            op: op(),
            channel: channel(),
            case_code: "berk-mos-ree".into(),
            framework: Framework::OwnLaws,
            group_info: vec![1],
        }),
        Request::Publish(Publish {
            op: op(),
            channel: channel(),
            epoch: 3,
            if_head: Some(9),
            message: vec![1],
            records: vec![record()],
        }),
        Request::Publish(Publish {
            op: op(),
            channel: channel(),
            epoch: 3,
            if_head: None,
            message: vec![1],
            records: vec![],
        }),
        Request::Commit(CommitBundle {
            op: op(),
            channel: channel(),
            epoch: 3,
            commit: vec![1],
            welcome: Some(ByteBuf::from(vec![3])),
            group_info: vec![2],
            records: vec![record()],
        }),
        Request::Outcome { op: op() },
        Request::TakeWelcomes,
        Request::DropWelcomes {
            channels: vec![channel()],
        },
        Request::Cases,
        Request::PlanConference {
            op: op(),
            plan: plan(),
        },
        Request::ReplyInvitation {
            conference: ConferenceId::from_bytes([4; 16]),
            status: ParticipationStatus::Accepted,
        },
        Request::Conferences,
        Request::Register { from: 0 },
        Request::LogProofs {
            log: LogId::from_bytes([5; 16]),
            indexes: vec![0, 9],
        },
        Request::LogEntries { from: 0, to: 200 },
    ];
    for request in &all {
        match request {
            Request::Directory
            | Request::OpenOrganisation(_)
            | Request::InviteUser(_)
            | Request::PutRegisterKey(_)
            | Request::UploadKeyPackages(_)
            | Request::ClaimKeyPackages { .. }
            | Request::CreateChannel(_)
            | Request::Publish(_)
            | Request::Commit(_)
            | Request::Outcome { .. }
            | Request::TakeWelcomes
            | Request::DropWelcomes { .. }
            | Request::Cases
            | Request::PlanConference { .. }
            | Request::ReplyInvitation { .. }
            | Request::Conferences
            | Request::Register { .. }
            | Request::LogProofs { .. }
            | Request::LogEntries { .. } => {}
        }
    }
    all
}

fn server_frames() -> Vec<ServerFrame> {
    let mut frames = vec![
        ServerFrame::Challenge {
            protocol: 1,
            nonce: vec![7; 32],
        },
        ServerFrame::Ready(Ready {
            now: now(),
            user: user(),
            org: org(),
            directory: 12,
            key_packages: 20,
            channels: vec![channel()],
        }),
        ServerFrame::WelcomesWaiting,
        ServerFrame::Changed(Changed::Directory(13)),
        ServerFrame::Changed(Changed::Conferences),
        ServerFrame::Changed(Changed::Register),
        ServerFrame::Changed(Changed::KeyPackages(3)),
        ServerFrame::Goodbye(Problem::new(Code::Unavailable)),
        ServerFrame::Answer {
            id: 1,
            result: Err(Problem::stale_epoch(4, 9)),
        },
        ServerFrame::Answer {
            id: 1,
            result: Err(Problem::stale_view(9)),
        },
    ];
    let kinds = [EntryKind::Created, EntryKind::Message, EntryKind::Commit];
    frames.push(ServerFrame::Entries {
        channel: channel(),
        entries: kinds
            .into_iter()
            .zip(0..)
            .map(|(kind, seq)| Entry {
                seq,
                epoch: 0,
                at: now(),
                sender: device(),
                op: op(),
                kind,
                payload: vec![1],
            })
            .collect(),
        head: 2,
    });
    frames.extend(answers().into_iter().map(|answer| ServerFrame::Answer {
        id: u64::MAX,
        result: Ok(Box::new(answer)),
    }));
    frames
}

/// Every variant; the match makes a new one fail to compile until it stands in the list below.
fn answers() -> Vec<Answer> {
    let all = vec![
        Answer::Done,
        Answer::Directory(directory()),
        Answer::Invited(Invited {
            org: org(),
            user: user(),
            token: "token".into(),
            expires_at: now(),
        }),
        Answer::KeyPackages { left: 20 },
        Answer::Claimed(vec![ClaimedKeyPackage {
            user: user(),
            device: device(),
            key_package: vec![1],
        }]),
        Answer::Accepted(Accepted {
            op: op(),
            seq: 4,
            at: now(),
            records: vec![position()],
        }),
        Answer::Unknown,
        Answer::Welcomes(vec![WaitingWelcome {
            channel: channel(),
            case_code: "berk-mos-ree".into(),
            framework: Framework::WgsZvh,
            seq: 4,
            welcome: vec![1],
        }]),
        Answer::Cases(vec![Case {
            channel: channel(),
            case_code: "berk-mos-ree".into(),
            members: vec![user()],
            created_at: now(),
        }]),
        Answer::Conference(conference()),
        Answer::Conferences(vec![conference()]),
        Answer::Register {
            entries: vec![RegisterEntry {
                position: 0,
                channel: channel(),
                logged: position(),
                kind: RecordKind::Disclosure,
                sealed: sealed(),
            }],
            total: 1,
        },
        Answer::LogProofs(LogProofs {
            checkpoint: "origin\n1\nroot\n".into(),
            proofs: vec![InclusionProof {
                index: 0,
                entry: vec![1],
                hashes: vec![ByteBuf::from(vec![0; 32])],
            }],
        }),
        Answer::LogEntries {
            entries: vec![ByteBuf::from(vec![1])],
        },
    ];
    for answer in &all {
        match answer {
            Answer::Done
            | Answer::Directory(_)
            | Answer::Invited(_)
            | Answer::KeyPackages { .. }
            | Answer::Claimed(_)
            | Answer::Accepted(_)
            | Answer::Unknown
            | Answer::Welcomes(_)
            | Answer::Cases(_)
            | Answer::Conference(_)
            | Answer::Conferences(_)
            | Answer::Register { .. }
            | Answer::LogProofs(_)
            | Answer::LogEntries { .. } => {}
        }
    }
    all
}

fn hello() -> Hello {
    Hello {
        protocol: 1,
        device: device(),
        token: vec![0; 32],
        signature: vec![0; 64],
        cursors: vec![
            Cursor {
                channel: channel(),
                after: None,
            },
            Cursor {
                channel: channel(),
                after: Some(4),
            },
        ],
    }
}

fn directory() -> Directory {
    Directory {
        version: 3,
        organisations: vec![
            Organisation {
                id: org(),
                name: "Organisation".into(),
                kind: OrganisationType::Ggz,
                register_key: Some(RegisterKey {
                    id: RegisterKeyId::from_bytes([6; 16]),
                    public_key: vec![1],
                    device: device(),
                    signature: vec![0; 64],
                    created_at: now(),
                }),
            },
            Organisation {
                id: org(),
                name: "Other".into(),
                kind: OrganisationType::Host,
                register_key: None,
            },
        ],
        users: vec![User {
            id: user(),
            org: org(),
            name: "Name".into(),
            function: "Function".into(),
            roles: vec![OrgRole::Professional],
            capacities: vec![ActingCapacity::GiOts],
            devices: vec![Device {
                id: device(),
                attestation: to_cbor(&attestation()),
                signature: vec![0; 64],
            }],
            suspended: false,
        }],
    }
}

fn attestation() -> Attestation {
    Attestation {
        v: 1,
        org: org(),
        user: user(),
        device: device(),
        signature_key: vec![0; 32],
        function: "Function".into(),
        capacities: vec![ActingCapacity::GiOts],
        not_before: now(),
        not_after: now(),
    }
}

fn record() -> RecordSubmission {
    RecordSubmission {
        id: RecordId::from_bytes([8; 16]),
        kind: RecordKind::Consent,
        commitment: vec![0; 32],
        source: org(),
        recipients: vec![org()],
        sealed: vec![sealed()],
    }
}

fn sealed() -> SealedCopy {
    SealedCopy {
        org: org(),
        key: RegisterKeyId::from_bytes([6; 16]),
        ciphertext: vec![1],
    }
}

fn position() -> LogPosition {
    LogPosition {
        record: RecordId::from_bytes([8; 16]),
        log: LogId::from(org()),
        index: 0,
        recorded_at: now(),
    }
}

fn plan() -> ConferencePlan {
    ConferencePlan {
        id: ConferenceId::from_bytes([4; 16]),
        channel: channel(),
        kind: ConferenceKind::Regular,
        start: now(),
        end: now().plus_millis(3_600_000),
        time_zone: "Europe/Amsterdam".into(),
        chair: Some(user()),
        required_capacities: vec![ActingCapacity::VtMelding],
        invitees: vec![user()],
        status: ConferenceStatus::Planned,
    }
}

fn conference() -> Conference {
    Conference {
        plan: ConferencePlan {
            chair: None,
            ..plan()
        },
        case_code: "berk-mos-ree".into(),
        planned_by: user(),
        sequence: 1,
        invitations: vec![
            Invitation {
                user: user(),
                status: ParticipationStatus::NeedsAction,
                replied_at: None,
            },
            Invitation {
                user: user(),
                status: ParticipationStatus::Declined,
                replied_at: Some(now()),
            },
        ],
    }
}

fn org() -> OrgId {
    OrgId::from_bytes([1; 16])
}

fn user() -> UserId {
    UserId::from_bytes([2; 16])
}

fn device() -> DeviceId {
    DeviceId::from_bytes([3; 16])
}

fn channel() -> ChannelId {
    ChannelId::from_bytes([9; 16])
}

fn op() -> OperationId {
    OperationId::from_bytes([7; 16])
}

fn now() -> Timestamp {
    Timestamp(1_795_000_000_000)
}
