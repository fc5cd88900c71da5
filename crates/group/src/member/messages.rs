//! Sending and receiving: application messages, and the handshakes of others.

use beraad_protocol::{directory::LeafIdentity, limits};
use openmls::prelude::{
    ContentType, MlsGroupStateError, OpenMlsProvider as _, ProcessMessageError,
    ProcessedMessageContent, ProtocolMessage, Sender, StagedCommit, ValidationError,
};

use super::Member;
use crate::{
    GroupError, KeyValue, MemberInfo, StoreError, check,
    identity::{MlsSigner, identity_of},
    key_package::internal,
    provider::Provider,
    wire,
};

/// Room for framing, padding and authentication in an encrypted message.
const OVERHEAD: usize = 4 * 1024;

/// What the bytes should be: the channel's entry says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// An application message.
    Message,
    /// A commit or a proposal.
    Handshake,
}

/// What came of what somebody sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Processed {
    /// An application message.
    Message {
        /// Who sent it, as the group authenticated it.
        sender: LeafIdentity,
        /// The epoch it was encrypted in.
        epoch: u64,
        /// What was said.
        plaintext: Vec<u8>,
        /// What was sent along in the open, authenticated.
        aad: Vec<u8>,
    },
    /// A commit, now merged. A pending commit of this member is gone: it came too late.
    Commit {
        /// Who made it.
        by: LeafIdentity,
        /// Who came in.
        added: Vec<LeafIdentity>,
        /// Who went out.
        removed: Vec<LeafIdentity>,
        /// This device is among them: the group ends for it.
        removed_self: bool,
        /// The epoch the group is in now.
        epoch: u64,
    },
    /// A proposal, kept for the next commit.
    Proposal,
}

impl Member {
    /// Encrypts an application message, as TLS-encoded `MLSMessage`. `aad` travels in the open but
    /// cannot be changed. The sender cannot decrypt it again: keep the plaintext.
    pub fn encrypt(
        &mut self,
        store: &dyn KeyValue,
        plaintext: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, GroupError> {
        self.check_active()?;
        wire::at_most(
            "message",
            plaintext.len().saturating_add(aad.len()),
            limits::MAX_MESSAGE - OVERHEAD,
        )?;
        let Self {
            group,
            keys,
            crypto,
            ..
        } = self;
        let provider = Provider::new(crypto, store);
        group.set_aad(aad.to_vec());
        let message = group
            .create_message(&provider, &MlsSigner(keys), plaintext)
            .map_err(|error| match error {
                openmls::prelude::CreateMessageError::GroupStateError(
                    MlsGroupStateError::PendingProposal,
                ) => GroupError::PendingProposals,
                other => internal(&provider, &other),
            })?;
        wire::encode(&message)
    }

    /// Takes in what another member sent. A commit is checked against the policy first and merged
    /// only if it passes.
    ///
    /// On an error the group is as it was, except that an error of the store asks for a rollback
    /// and a reload.
    pub fn process(
        &mut self,
        store: &dyn KeyValue,
        expected: Expected,
        bytes: &[u8],
    ) -> Result<Processed, GroupError> {
        self.process_with(store, expected, bytes, &|_| true)
    }

    /// Like [`Self::process`], and asks `accept` about every leaf a commit adds before it is
    /// merged: the directory must attest to it. One that is not accepted refuses the commit with
    /// [`PolicyViolation::LeafMalformed`](crate::PolicyViolation::LeafMalformed).
    pub fn process_with(
        &mut self,
        store: &dyn KeyValue,
        expected: Expected,
        bytes: &[u8],
        accept: &dyn Fn(&MemberInfo) -> bool,
    ) -> Result<Processed, GroupError> {
        let message = wire::protocol_message(bytes)?;
        self.check_frame(&message, expected)?;
        let Self { group, crypto, .. } = self;
        let provider = Provider::new(crypto, store);
        let processed = group
            .process_message(&provider, message)
            .map_err(|error| failure(&provider, expected, error))?;
        let epoch = processed.epoch().as_u64();
        let sender = processed.sender().clone();
        let identity = identity_of(processed.credential());
        let aad = processed.aad().to_vec();
        match processed.into_content() {
            ProcessedMessageContent::ApplicationMessage(message) => Ok(Processed::Message {
                sender: identity.ok_or(crate::PolicyViolation::LeafMalformed)?,
                epoch,
                plaintext: message.into_bytes(),
                aad,
            }),
            ProcessedMessageContent::StagedCommitMessage(staged) => {
                self.merge(store, *staged, &sender, accept)
            }
            ProcessedMessageContent::ProposalMessage(proposal) => {
                check::check_proposal(group.public_group(), &proposal)?;
                group
                    .store_pending_proposal(provider.storage(), *proposal)
                    .map_err(|error| internal(&provider, &error))?;
                Ok(Processed::Proposal)
            }
            ProcessedMessageContent::ExternalJoinProposalMessage(_) => {
                Err(crate::PolicyViolation::AddByOther.into())
            }
            ProcessedMessageContent::OwnPendingCommit => Err(GroupError::OwnCommit),
            ProcessedMessageContent::OwnPrivateMessage => Err(GroupError::OwnMessage),
        }
    }

    fn merge(
        &mut self,
        store: &dyn KeyValue,
        staged: StagedCommit,
        sender: &Sender,
        accept: &dyn Fn(&MemberInfo) -> bool,
    ) -> Result<Processed, GroupError> {
        let checked = check::check_commit(self.public(), &staged, sender)?;
        if !checked.added.iter().all(accept) {
            return Err(crate::PolicyViolation::LeafMalformed.into());
        }
        let removed_self = staged.self_removed();
        let provider = Provider::new(&self.crypto, store);
        self.group
            .merge_staged_commit(&provider, staged)
            .map_err(|error| internal(&provider, &error))?;
        let identities =
            |members: Vec<MemberInfo>| members.into_iter().map(|member| member.identity).collect();
        Ok(Processed::Commit {
            by: checked.by.identity,
            added: identities(checked.added),
            removed: identities(checked.removed),
            removed_self,
            epoch: self.epoch(),
        })
    }

    /// What the frame alone decides: kind, channel, epoch, own commit.
    fn check_frame(&self, message: &ProtocolMessage, expected: Expected) -> Result<(), GroupError> {
        let is_message = message.content_type() == ContentType::Application;
        match expected {
            Expected::Message if !is_message => {
                return Err(GroupError::Unexpected {
                    expected: "an application message",
                });
            }
            Expected::Handshake if is_message => {
                return Err(GroupError::Unexpected {
                    expected: "a commit",
                });
            }
            Expected::Message | Expected::Handshake => {}
        }
        let info = wire::info(message)?;
        if info.channel != self.channel {
            return Err(GroupError::WrongChannel);
        }
        self.check_active()?;
        // Messages of a few past epochs can still be read; openmls knows which.
        if !is_message || info.epoch > self.epoch() {
            wire::check_epoch(self.epoch(), info.epoch)?;
        }
        match message {
            ProtocolMessage::PublicMessage(public)
                if *public.sender() == Sender::Member(self.group.own_leaf_index()) =>
            {
                Err(GroupError::OwnCommit)
            }
            _ => Ok(()),
        }
    }
}

fn failure(
    provider: &Provider<'_>,
    expected: Expected,
    error: ProcessMessageError<StoreError>,
) -> GroupError {
    if let Some(failure) = provider.failure() {
        return failure.into();
    }
    match (error, expected) {
        (ProcessMessageError::LibraryError(error), _) => GroupError::Internal(error.to_string()),
        (ProcessMessageError::ValidationError(ValidationError::InvalidSignature), _) => {
            GroupError::BadSignature
        }
        (error, Expected::Message) => GroupError::Undecryptable(error.to_string()),
        (error, Expected::Handshake) => GroupError::InvalidChange(error.to_string()),
    }
}
