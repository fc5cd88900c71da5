//! The server's view of a channel's group: everything public, nothing to read with.
//!
//! A view begins with the GroupInfo of epoch 0 ([`PublicView::open`]) and takes every commit after
//! it ([`PublicView::apply`]). It runs the commit through MLS, through the channel's policy, and
//! checks that what goes along (Welcome, GroupInfo) belongs to it. Whatever fails, the view is as it
//! was before; the channel goes on from there. Between requests it is kept as bytes.

use std::{collections::BTreeSet, fmt};

use beraad_protocol::{ChannelId, DeviceId, directory::LeafIdentity, limits};
use openmls::prelude::{
    ContentType, Extension, ExtensionType, GroupId, LeafNodeIndex, OpenMlsProvider as _,
    OpenMlsSignaturePublicKey, ProcessedMessageContent, Proposal, ProposalStore, ProtocolMessage,
    PublicGroup, PublicProcessMessageError, RatchetTreeExtension, StagedCommit, ValidationError,
    Verifiable as _,
};
use openmls_rust_crypto::RustCrypto;

use crate::{
    GroupError, MemberInfo, MemoryStore, MessageInfo, Policy, PolicyViolation, StoreError, Suite,
    check,
    key_package::{self, internal},
    policy, profile,
    provider::Provider,
    wire,
};

/// The server's view of a channel's group.
pub struct PublicView {
    group: PublicGroup,
    store: MemoryStore,
    crypto: RustCrypto,
    channel: ChannelId,
    suite: Suite,
}

/// What an accepted commit did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The epoch the group is in now.
    pub epoch: u64,
    /// Who came in, in the order of the commit: each gets a copy of the Welcome.
    pub added: Vec<MemberInfo>,
    /// Who went out.
    pub removed: Vec<LeafIdentity>,
}

impl PublicView {
    /// Opens the view of a new channel from the GroupInfo of its epoch 0: one leaf, which leads, and
    /// a policy that is about this channel.
    pub fn open(group_info: &[u8], channel: ChannelId) -> Result<Self, GroupError> {
        let info = wire::group_info(group_info)?;
        let suite = Suite::try_from(u16::from(info.ciphersuite()))?;
        let tree = match info.extensions().ratchet_tree() {
            Some(extension) => extension.ratchet_tree().clone(),
            None => return Err(bad_info("it has no ratchet tree")),
        };
        let (crypto, store) = (RustCrypto::default(), MemoryStore::new());
        let provider = Provider::new(&crypto, &store);
        let (group, _) = PublicGroup::from_external(
            provider.crypto(),
            provider.storage(),
            tree,
            info,
            ProposalStore::new(),
        )
        .map_err(|error| bad_info(&error.to_string()))?;
        drop(provider);
        let context = group.group_context();
        if context.group_id().as_slice() != channel.as_bytes() {
            return Err(GroupError::WrongChannel);
        }
        let policy = Policy::of(context)?;
        policy::check_extensions(context.extensions())?;
        if context.epoch().as_u64() != 0 {
            return Err(bad_info("a new group is at epoch 0"));
        }
        let roster = check::roster(&group, suite)?;
        match roster.as_slice() {
            [founder] if founder.identity.user == policy.lead => {}
            [_] => return Err(PolicyViolation::RoleNotMember.into()),
            _ => return Err(bad_info("a new group has one member")),
        }
        if policy.chair.is_some_and(|chair| chair != policy.lead) {
            return Err(PolicyViolation::RoleNotMember.into());
        }
        Ok(Self {
            group,
            store,
            crypto,
            channel,
            suite,
        })
    }

    /// The view, to be stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.store.to_bytes()
    }

    /// Reads back what [`Self::to_bytes`] gave for this channel.
    pub fn from_bytes(bytes: &[u8], channel: ChannelId) -> Result<Self, GroupError> {
        let (crypto, store) = (RustCrypto::default(), MemoryStore::from_bytes(bytes)?);
        let group = load(&crypto, &store, channel)?;
        let suite = Policy::of(group.group_context())?.suite()?;
        Ok(Self {
            group,
            store,
            crypto,
            channel,
            suite,
        })
    }

    /// The channel.
    pub fn channel(&self) -> ChannelId {
        self.channel
    }

    /// The epoch.
    pub fn epoch(&self) -> u64 {
        self.group.group_context().epoch().as_u64()
    }

    /// Hash over every leaf and key of the tree (RFC 9420 section 7.8): members have the same.
    pub fn tree_hash(&self) -> Vec<u8> {
        self.group.group_context().tree_hash().to_vec()
    }

    /// The suite.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// Who is in the group, in leaf order.
    pub fn roster(&self) -> Result<Vec<MemberInfo>, GroupError> {
        Ok(check::roster(&self.group, self.suite)?)
    }

    /// The channel's policy.
    pub fn policy(&self) -> Result<Policy, GroupError> {
        Ok(Policy::of(self.group.group_context())?)
    }

    /// Whether bytes are an encrypted application message of this group and epoch. Nobody but the
    /// members can tell more.
    pub fn check_message(&self, bytes: &[u8]) -> Result<MessageInfo, GroupError> {
        let message = wire::protocol_message(bytes)?;
        if message.content_type() != ContentType::Application {
            return Err(GroupError::Unexpected {
                expected: "an application message",
            });
        }
        self.check_place(&message)
    }

    /// Takes a commit that device `by` sent, with the Welcome for those it adds and the GroupInfo
    /// of the epoch it starts.
    pub fn apply(
        &mut self,
        commit: &[u8],
        welcome: Option<&[u8]>,
        group_info: &[u8],
        by: DeviceId,
    ) -> Result<Applied, GroupError> {
        let bytes = commit.len() + welcome.map_or(0, <[u8]>::len) + group_info.len();
        wire::at_most("commit bundle", bytes, limits::MAX_BUNDLE)?;
        let message = wire::protocol_message(commit)?;
        if message.content_type() != ContentType::Commit {
            return Err(GroupError::Unexpected {
                expected: "a commit",
            });
        }
        self.check_place(&message)?;
        let processed = self
            .group
            .process_message(&self.crypto, message)
            .map_err(refused)?;
        let sender = processed.sender().clone();
        let ProcessedMessageContent::StagedCommitMessage(staged) = processed.into_content() else {
            return Err(GroupError::Unexpected {
                expected: "a commit",
            });
        };
        let checked = check::check_commit(&self.group, &staged, &sender)?;
        if checked.by.identity.device != by {
            return Err(GroupError::NotTheSender);
        }
        self.check_welcome(&staged, welcome)?;

        let before = self.store.clone();
        if let Err(error) = self.merge_and_compare(*staged, group_info, &checked) {
            self.store = before;
            self.group = load(&self.crypto, &self.store, self.channel)?;
            return Err(error);
        }
        Ok(Applied {
            epoch: self.epoch(),
            added: checked.added,
            removed: checked
                .removed
                .into_iter()
                .map(|member| member.identity)
                .collect(),
        })
    }

    fn check_place(&self, message: &ProtocolMessage) -> Result<MessageInfo, GroupError> {
        let info = wire::info(message)?;
        if info.channel != self.channel {
            return Err(GroupError::WrongChannel);
        }
        wire::check_epoch(self.epoch(), info.epoch)?;
        Ok(info)
    }

    /// One secret per added KeyPackage, and no Welcome when nobody is added.
    fn check_welcome(
        &self,
        staged: &StagedCommit,
        welcome: Option<&[u8]>,
    ) -> Result<(), GroupError> {
        let added = staged
            .queued_proposals()
            .filter_map(|queued| match queued.proposal() {
                Proposal::Add(add) => Some(key_package::hash_ref(&self.crypto, add.key_package())),
                _ => None,
            })
            .collect::<Result<BTreeSet<_>, _>>()?;
        let Some(welcome) = welcome.map(wire::welcome).transpose()? else {
            return if added.is_empty() {
                Ok(())
            } else {
                Err(GroupError::WelcomeMismatch)
            };
        };
        let welcomed: BTreeSet<_> = welcome
            .secrets()
            .iter()
            .map(|secret| secret.new_member().as_slice().to_vec())
            .collect();
        let fits = !added.is_empty()
            && welcome.ciphersuite() == self.suite.ciphersuite()
            && welcome.secrets().len() == added.len()
            && welcomed == added;
        if fits {
            Ok(())
        } else {
            Err(GroupError::WelcomeMismatch)
        }
    }

    fn merge_and_compare(
        &mut self,
        staged: StagedCommit,
        group_info: &[u8],
        checked: &check::Checked,
    ) -> Result<(), GroupError> {
        let Self {
            group,
            store,
            crypto,
            ..
        } = self;
        let provider = Provider::new(crypto, &*store);
        group
            .merge_commit(provider.storage(), staged)
            .map_err(|error| internal(&provider, &error))?;
        drop(provider);
        self.check_group_info(group_info, checked)
    }

    /// The GroupInfo must say exactly what the commit left behind: context, confirmation tag and
    /// tree, signed by the committer. Then a newcomer who trusts it sees what everybody else sees.
    fn check_group_info(
        &self,
        group_info: &[u8],
        checked: &check::Checked,
    ) -> Result<(), GroupError> {
        let info = wire::group_info(group_info)?;
        let expected_tree = encoded(&Extension::RatchetTree(RatchetTreeExtension::new(
            self.group.export_ratchet_tree(),
        )))?;
        let mut has_tree = false;
        for extension in info.extensions().iter() {
            match extension.extension_type() {
                ExtensionType::RatchetTree if encoded(extension)? == expected_tree => {
                    has_tree = true;
                }
                ExtensionType::RatchetTree => return Err(bad_info("its tree is another")),
                ExtensionType::ExternalPub => {}
                _ => return Err(bad_info("it has an extension that is not used")),
            }
        }
        if !has_tree {
            return Err(bad_info("it has no ratchet tree"));
        }
        let expected = [
            encoded(self.group.group_context())?,
            encoded(info.extensions())?,
            encoded(self.group.confirmation_tag())?,
            encoded::<LeafNodeIndex>(&checked.by_index)?,
        ]
        .concat();
        let stated = info
            .unsigned_payload()
            .map_err(|error| bad_info(&error.to_string()))?;
        if stated != expected {
            return Err(bad_info("it describes another state"));
        }
        let key = OpenMlsSignaturePublicKey::new(
            checked.by.signature_key.to_vec().into(),
            profile::SIGNATURES,
        )
        .map_err(|error| GroupError::Internal(error.to_string()))?;
        info.verify(&self.crypto, &key)
            .map_err(|_| bad_info("its signature is not right"))?;
        Ok(())
    }
}

impl fmt::Debug for PublicView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicView")
            .field("channel", &self.channel)
            .field("epoch", &self.epoch())
            .finish_non_exhaustive()
    }
}

fn load(
    crypto: &RustCrypto,
    store: &MemoryStore,
    channel: ChannelId,
) -> Result<PublicGroup, GroupError> {
    let provider = Provider::new(crypto, store);
    PublicGroup::load(provider.storage(), &GroupId::from_slice(channel.as_bytes()))
        .map_err(|error| internal(&provider, &error))?
        .ok_or_else(|| StoreError::Damaged("it is not about this channel").into())
}

fn refused(error: PublicProcessMessageError) -> GroupError {
    match error {
        PublicProcessMessageError::ValidationError(ValidationError::InvalidSignature) => {
            GroupError::BadSignature
        }
        PublicProcessMessageError::LibraryError(error) => GroupError::Internal(error.to_string()),
        other => GroupError::InvalidChange(other.to_string()),
    }
}

fn bad_info(why: &str) -> GroupError {
    GroupError::BadGroupInfo(why.to_owned())
}

fn encoded<T: openmls::prelude::tls_codec::Serialize>(value: &T) -> Result<Vec<u8>, GroupError> {
    value
        .tls_serialize_detached()
        .map_err(|error| GroupError::Internal(error.to_string()))
}
