//! What a device asks of the server once its connection is open.
//!
//! Requests that change something carry an [`OperationId`]; repeating one after a lost answer gives
//! the first answer again.

use serde::{Deserialize, Serialize};

use crate::{
    ChannelId, ConferenceId, DeviceId, LogId, OperationId, OrgId, RegisterKeyId, Timestamp, UserId,
    directory::Directory,
    entry::{LogPosition, RecordSubmission, RegisterEntry},
    meeting::{Case, Conference, ConferencePlan},
    vocabulary::{ActingCapacity, Framework, OrgRole, OrganisationType, ParticipationStatus},
};

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Everybody on this server. Answer: [`Answer::Directory`].
    Directory,
    /// Opens an organisation with its first admin (host admin). Answer: [`Answer::Invited`].
    OpenOrganisation(OpenOrganisation),
    /// Invites a person (account admin, own organisation). Answer: [`Answer::Invited`].
    InviteUser(InviteUser),
    /// Sets the organisation's first register key (compliance officer). Answer: [`Answer::Done`].
    PutRegisterKey(PutRegisterKey),
    /// Adds KeyPackages of this device. Answer: [`Answer::KeyPackages`].
    UploadKeyPackages(UploadKeyPackages),
    /// Takes one KeyPackage of every device of these users. Answer: [`Answer::Claimed`].
    ClaimKeyPackages {
        /// Whose.
        users: Vec<UserId>,
    },
    /// Opens a household channel. Answer: [`Answer::Accepted`] with `seq` 0.
    CreateChannel(CreateChannel),
    /// Sends an application message. Answer: [`Answer::Accepted`].
    Publish(Publish),
    /// Changes the group. Answer: [`Answer::Accepted`].
    Commit(CommitBundle),
    /// What became of an operation. Answer: [`Answer::Accepted`] or [`Answer::Unknown`].
    Outcome {
        /// The operation.
        op: OperationId,
    },
    /// Welcomes that wait for this device. Answer: [`Answer::Welcomes`].
    TakeWelcomes,
    /// Those welcomes are on this device's disk. Answer: [`Answer::Done`].
    DropWelcomes {
        /// The welcomes' channels.
        channels: Vec<ChannelId>,
    },
    /// Case codes the asker may plan for. Answer: [`Answer::Cases`].
    Cases,
    /// Plans, moves or cancels a conference. Answer: [`Answer::Conference`].
    PlanConference {
        /// Names this change.
        op: OperationId,
        /// The conference as it should be.
        plan: ConferencePlan,
    },
    /// Answers an invitation. Answer: [`Answer::Conference`].
    ReplyInvitation {
        /// The conference.
        conference: ConferenceId,
        /// The reply.
        status: ParticipationStatus,
    },
    /// Conferences the asker planned, is invited to or is a member's colleague of.
    /// Answer: [`Answer::Conferences`].
    Conferences,
    /// Records of the own organisation from this position (compliance officer).
    /// Answer: [`Answer::Register`].
    Register {
        /// First position wanted.
        from: u64,
    },
    /// Proofs that leaves stand in a log (compliance officer of an organisation that has a record
    /// there). Answer: [`Answer::LogProofs`].
    LogProofs {
        /// The log.
        log: LogId,
        /// Which leaves, at most [`crate::limits::MAX_PROOFS`].
        indexes: Vec<u64>,
    },
    /// Every leaf of the own organisation's log in a range (compliance officer).
    /// Answer: [`Answer::LogEntries`].
    LogEntries {
        /// First index.
        from: u64,
        /// One past the last index; at most [`crate::limits::MAX_PROOFS`] further.
        to: u64,
    },
}

/// An organisation to open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenOrganisation {
    /// Names this request.
    pub op: OperationId,
    /// Public name.
    pub name: String,
    /// What kind.
    pub kind: OrganisationType,
    /// Name of the first admin.
    pub admin_name: String,
}

/// A person to invite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteUser {
    /// Names this request.
    pub op: OperationId,
    /// An account that exists and gets another link, or none for a new one.
    pub user: Option<UserId>,
    /// The person's name.
    pub name: String,
    /// The person's function.
    pub function: String,
    /// What the person does for the organisation.
    pub roles: Vec<OrgRole>,
    /// Capacities the admin verified.
    pub capacities: Vec<ActingCapacity>,
}

/// A register key to publish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutRegisterKey {
    /// Names this version.
    pub id: RegisterKeyId,
    /// HPKE public key.
    #[serde(with = "serde_bytes")]
    pub public_key: Vec<u8>,
    /// Ed25519 by the officer's device over
    /// [`register_key_signed_bytes`](crate::directory::register_key_signed_bytes).
    #[serde(with = "serde_bytes")]
    pub signature: Vec<u8>,
}

/// KeyPackages (RFC 9420 section 10), each as TLS-encoded `KeyPackage`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadKeyPackages {
    /// Single-use.
    pub key_packages: Vec<serde_bytes::ByteBuf>,
    /// Served when no single-use one is left, and kept.
    pub last_resort: Option<serde_bytes::ByteBuf>,
}

/// A channel to open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateChannel {
    /// Names this request.
    pub op: OperationId,
    /// The channel, and the MLS group id.
    pub channel: ChannelId,
    /// Random words, drawn by the client.
    pub case_code: String,
    /// The legal frame.
    pub framework: Framework,
    /// GroupInfo of epoch 0 with ratchet tree, as TLS-encoded `MLSMessage`.
    #[serde(with = "serde_bytes")]
    pub group_info: Vec<u8>,
}

/// An application message and what must go with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publish {
    /// Names this message.
    pub op: OperationId,
    /// The channel.
    pub channel: ChannelId,
    /// The epoch it was encrypted in; must be the current one.
    pub epoch: u64,
    /// Accept only while the channel's last entry is this one. Set where the sender's right to
    /// send depends on what it has seen, as with a disclosure.
    pub if_head: Option<u64>,
    /// PrivateMessage, as TLS-encoded `MLSMessage`.
    #[serde(with = "serde_bytes")]
    pub message: Vec<u8>,
    /// Records that go along.
    pub records: Vec<RecordSubmission>,
}

/// A commit and all that must be accepted with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitBundle {
    /// Names this bundle.
    pub op: OperationId,
    /// The channel.
    pub channel: ChannelId,
    /// The epoch it was made in; must be the current one.
    pub epoch: u64,
    /// PublicMessage with the commit, as TLS-encoded `MLSMessage`.
    #[serde(with = "serde_bytes")]
    pub commit: Vec<u8>,
    /// Welcome for those it adds, as TLS-encoded `MLSMessage`; none when it adds nobody.
    pub welcome: Option<serde_bytes::ByteBuf>,
    /// GroupInfo of the new epoch, as TLS-encoded `MLSMessage`.
    #[serde(with = "serde_bytes")]
    pub group_info: Vec<u8>,
    /// Records that go along.
    pub records: Vec<RecordSubmission>,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is so.
    Done,
    /// To [`Request::Directory`].
    Directory(Directory),
    /// To [`Request::OpenOrganisation`] and [`Request::InviteUser`].
    Invited(Invited),
    /// To [`Request::UploadKeyPackages`]: so many single-use ones are there now.
    KeyPackages {
        /// How many.
        left: u32,
    },
    /// To [`Request::ClaimKeyPackages`].
    Claimed(Vec<ClaimedKeyPackage>),
    /// It is on disk.
    Accepted(Accepted),
    /// The server does not know the operation.
    Unknown,
    /// To [`Request::TakeWelcomes`].
    Welcomes(Vec<WaitingWelcome>),
    /// To [`Request::Cases`].
    Cases(Vec<Case>),
    /// To [`Request::PlanConference`] and [`Request::ReplyInvitation`].
    Conference(Conference),
    /// To [`Request::Conferences`].
    Conferences(Vec<Conference>),
    /// To [`Request::Register`].
    Register {
        /// In order of position.
        entries: Vec<RegisterEntry>,
        /// How many the register has.
        total: u64,
    },
    /// To [`Request::LogProofs`].
    LogProofs(LogProofs),
    /// To [`Request::LogEntries`].
    LogEntries {
        /// Each leaf's data, in order.
        entries: Vec<serde_bytes::ByteBuf>,
    },
}

/// A one-time link was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// The organisation.
    pub org: OrgId,
    /// The account.
    pub user: UserId,
    /// The link's secret, base64url without padding; it stands in the link's fragment, which
    /// browsers do not send.
    pub token: String,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// One device's KeyPackage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimedKeyPackage {
    /// Whose.
    pub user: UserId,
    /// Of which device.
    pub device: DeviceId,
    /// TLS-encoded `KeyPackage`.
    #[serde(with = "serde_bytes")]
    pub key_package: Vec<u8>,
}

/// An operation that is on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The operation.
    pub op: OperationId,
    /// Where it stands in the channel.
    pub seq: u64,
    /// When the server took it in.
    pub at: Timestamp,
    /// Where its records stand in their log.
    pub records: Vec<LogPosition>,
}

/// A welcome that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingWelcome {
    /// Into which channel.
    pub channel: ChannelId,
    /// Its case code.
    pub case_code: String,
    /// The legal frame.
    pub framework: Framework,
    /// The commit that added this device; it reads from the entry after it.
    pub seq: u64,
    /// TLS-encoded `MLSMessage` with the Welcome.
    #[serde(with = "serde_bytes")]
    pub welcome: Vec<u8>,
}

/// Proofs from one log, all against one checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogProofs {
    /// Signed note (C2SP tlog-checkpoint).
    pub checkpoint: String,
    /// One per leaf asked.
    pub proofs: Vec<InclusionProof>,
}

/// That a leaf stands in a tree (RFC 6962 section 2.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InclusionProof {
    /// The leaf.
    pub index: u64,
    /// The leaf's data; its hash is SHA-256 of 0x00 and these bytes.
    #[serde(with = "serde_bytes")]
    pub entry: Vec<u8>,
    /// Sibling hashes from the leaf up, 32 bytes each.
    pub hashes: Vec<serde_bytes::ByteBuf>,
}
