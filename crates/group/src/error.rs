//! What can go wrong with a group, each with its way out.

use beraad_protocol::DeviceId;

use crate::store::StoreError;

/// Why a group did not do what was asked. The group is as it was before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GroupError {
    /// Larger than a limit: send less at once, or fewer members per commit.
    #[error("{what}: {size} is more than the {limit} allowed; do less at once")]
    TooLarge {
        /// What was too large.
        what: &'static str,
        /// How large or many it was.
        size: usize,
        /// How large or many it may be.
        limit: usize,
    },
    /// Not the encoding it should be: drop it and ask for it again.
    #[error("this is not a well-formed {0}; drop it and fetch it again")]
    Malformed(&'static str),
    /// Well-formed, but something else than belongs here: drop it.
    #[error("expected {expected}, got something else; drop it and fetch the channel's entries")]
    Unexpected {
        /// What belongs here.
        expected: &'static str,
    },
    /// Belongs to another channel: hand it to that channel's group.
    #[error("this belongs to another channel; hand it to that channel's group")]
    WrongChannel,
    /// Made in an epoch that has passed: process the entries up to the head, then derive it anew.
    #[error("made in epoch {got}, the group is in {current}; catch up and derive it anew")]
    StaleEpoch {
        /// The group's epoch.
        current: u64,
        /// The epoch it was made in.
        got: u64,
    },
    /// Made in an epoch that has not come yet: keep it until the commits before it are processed.
    #[error("made in epoch {got}, the group is in {current}; process the commits before it first")]
    FutureEpoch {
        /// The group's epoch.
        current: u64,
        /// The epoch it was made in.
        got: u64,
    },
    /// The suite is not one of this product's: choose one of [`crate::Suite::ALL`].
    #[error("suite {0:#06x} is not supported; choose the hybrid or the classic one")]
    UnsupportedSuite(u16),
    /// The policy forbids it: ask the member whose role allows it, or correct the request.
    #[error(transparent)]
    Policy(#[from] PolicyViolation),
    /// MLS refuses the commit or proposal: drop it, catch up and derive it anew.
    #[error("the change is not valid in this group ({0}); catch up and derive it anew")]
    InvalidChange(String),
    /// The message cannot be decrypted: seen before, tampered with, or its keys are gone. Skip it
    /// and tell the reader that one message could not be read.
    #[error("the message cannot be decrypted ({0}); it was read before, changed, or is too old")]
    Undecryptable(String),
    /// The member's own message: take the plaintext from the outbox by its operation.
    #[error("this is the member's own message; its text is in the outbox")]
    OwnMessage,
    /// The member's own commit: merge the pending one if the server accepted it.
    #[error("this is the member's own commit; merge the pending commit instead")]
    OwnCommit,
    /// A commit waits for the server's answer: merge or clear it first.
    #[error("a commit of this member is pending; merge or clear it first")]
    PendingCommit,
    /// There is no pending commit: it was merged, cleared or overtaken by another's.
    #[error("there is no pending commit; another member's commit may have come first")]
    NoPendingCommit,
    /// Proposals wait for a commit: commit them, then send.
    #[error("proposals wait for a commit; commit them, then send")]
    PendingProposals,
    /// This member was removed: it can read what it has and must be added again to go on.
    #[error("this device was removed from the group; ask the case lead to add it again")]
    Removed,
    /// The device is not in the group: fetch the roster and choose again.
    #[error("device {0} is not in the group; look at the roster again")]
    UnknownDevice(DeviceId),
    /// The stored group belongs to other keys: open it with the keys it was joined with.
    #[error("the stored group belongs to another device key; open it with the device's own keys")]
    WrongKeys,
    /// This device already takes part in the group: process its entries, or forget it first.
    #[error("this device is already in the group; process the entries, or forget it to join anew")]
    AlreadyMember,
    /// The KeyPackage is not usable: the colleague's app uploads new ones when it is next opened.
    #[error("the KeyPackage is not usable ({0}); have the colleague open the app, then claim anew")]
    BadKeyPackage(String),
    /// None of this device's KeyPackages is meant: it was used before or is another device's.
    #[error("the Welcome is for no KeyPackage of this device; ask the case lead to add it again")]
    NotForThisDevice,
    /// The Welcome does not open or does not fit: ask to be added again.
    #[error("the Welcome is not usable ({0}); ask the case lead to add this device again")]
    BadWelcome(String),
    /// The Welcome's secrets are not one per added KeyPackage: derive the bundle anew.
    #[error("the Welcome does not fit the members the commit adds; derive the bundle anew")]
    WelcomeMismatch,
    /// The GroupInfo is not that of the group: derive the bundle anew.
    #[error("the GroupInfo does not fit the group ({0}); derive the bundle anew")]
    BadGroupInfo(String),
    /// The commit was made by another device than the one that sends it: send one's own.
    #[error("the commit was made by another device than the one that sends it")]
    NotTheSender,
    /// A signature is not by the key it should be: drop what it signs.
    #[error("the signature is not by this key; drop what it signs")]
    BadSignature,
    /// The bytes are no signature key: enrol the device anew.
    #[error("these bytes are no device key; enrol the device anew")]
    BadKey,
    /// The store failed: roll back, reload the group and try again.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The library failed where it should not: roll back and report it.
    #[error("the MLS library failed ({0}); roll back, reload and report it")]
    Internal(String),
}

/// Which rule of the channel's policy a change breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyViolation {
    /// Ask the case lead to add the colleague.
    #[error("only the case lead adds members; ask the case lead")]
    AddByOther,
    /// Ask the case lead, or leave by a proposal of one's own.
    #[error("only the case lead removes members; ask the case lead")]
    RemoveByOther,
    /// Ask the case lead to change the roles.
    #[error("only the case lead changes the policy; ask the case lead")]
    PolicyByOther,
    /// Keep version, channel and suite as they were.
    #[error("the policy's version, channel and suite stay what they were at the start")]
    PolicyFixed,
    /// Send a policy as this crate encodes it.
    #[error("the group carries no well-formed policy; open the channel anew")]
    PolicyMalformed,
    /// Choose a lead and chair among the members.
    #[error("lead and chair must take part in the channel; add them first")]
    RoleNotMember,
    /// Keep the group's other extensions as they were.
    #[error("the group's other extensions stay what they were")]
    ExtensionsFixed,
    /// Use credentials and capabilities as this crate makes them.
    #[error("a leaf is not as this product makes them; update the app that made it")]
    LeafMalformed,
    /// A device keeps its identity and key: enrol a new device instead.
    #[error("a leaf changed its identity or key; enrol a new device instead")]
    LeafChanged,
    /// Remove the device's old leaf first.
    #[error("a device is in the group twice; remove its old leaf first")]
    DuplicateDevice,
    /// Remove members who no longer take part.
    #[error("the group is full; remove members who no longer take part")]
    TooManyMembers,
    /// Ask to be added by the case lead.
    #[error(
        "joining from outside is only for a device that replaces its own leaf; ask to be added"
    )]
    ExternalCommit,
    /// Use additions, removals, updates and policy changes only.
    #[error("the change uses a kind of proposal that is not used here")]
    ProposalNotUsed,
}
