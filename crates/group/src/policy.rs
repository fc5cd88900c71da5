//! Who may do what in a channel: part of the group itself, so that everybody agrees on it.
//!
//! The policy stands in the GroupContext as an extension of our own. It is authenticated by every
//! epoch's keys and visible to the server.

use beraad_protocol::{
    ChannelId, OrgId, RegisterKeyId, UserId,
    codec::from_cbor,
    to_cbor,
    vocabulary::{ChannelRole, Framework},
};
use openmls::prelude::{Extension, ExtensionType, Extensions, GroupContext, UnknownExtension};
use serde::{Deserialize, Serialize};

use crate::{GroupError, MemberInfo, PolicyViolation, Suite, profile};

/// The version of [`Policy`] this crate writes.
const VERSION: u16 = 1;
/// Register keys a policy may name.
const MAX_REGISTER_KEYS: usize = 64;

/// The channel's policy. Its fields stand in the order of their canonical CBOR (RFC 8949 section
/// 4.2.1); leave them so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Version of this shape: 1.
    pub v: u16,
    /// The case lead: adds and removes members, changes this policy.
    pub lead: UserId,
    /// Chairs the conferences; nobody in particular when none.
    pub chair: Option<UserId>,
    /// The cipher suite, as its code point.
    pub suite: u16,
    /// The channel, which is the group's id as well.
    pub channel: ChannelId,
    /// The legal frame the members work in.
    pub framework: Framework,
    /// The version of each organisation's register key that members seal records to, by
    /// organisation, each once.
    pub register_keys: Vec<(OrgId, RegisterKeyId)>,
}

impl Policy {
    /// The policy of a new channel: `lead` opens it, nobody chairs yet.
    pub fn new(channel: ChannelId, framework: Framework, suite: Suite, lead: UserId) -> Self {
        Self {
            v: VERSION,
            lead,
            chair: None,
            suite: suite.code(),
            channel,
            framework,
            register_keys: Vec::new(),
        }
    }

    /// What a user does in the channel. The lead's duties go before the chair's.
    pub fn role(&self, user: UserId) -> ChannelRole {
        if user == self.lead {
            ChannelRole::CaseLead
        } else if Some(user) == self.chair {
            ChannelRole::Chair
        } else {
            ChannelRole::Participant
        }
    }

    /// Who leads right now, given the roster in leaf order: the lead, or while no device of the
    /// lead is in the group the chair, or else the member who has been in longest. So a household
    /// is never left without somebody who can add, remove and hand over.
    pub fn acting_lead(&self, roster: &[MemberInfo]) -> Option<UserId> {
        let present = |user: &UserId| roster.iter().any(|member| member.identity.user == *user);
        Some(self.lead)
            .filter(present)
            .or_else(|| self.chair.filter(present))
            .or_else(|| roster.first().map(|member| member.identity.user))
    }

    /// The suite, as this crate knows it.
    pub fn suite(&self) -> Result<Suite, GroupError> {
        Suite::try_from(self.suite)
    }

    /// Whether it is one this crate may write.
    pub(crate) fn check(&self) -> Result<(), PolicyViolation> {
        let sorted = self
            .register_keys
            .windows(2)
            .all(|pair| pair[0].0 < pair[1].0);
        if self.v == VERSION
            && Suite::try_from(self.suite).is_ok()
            && sorted
            && self.register_keys.len() <= MAX_REGISTER_KEYS
        {
            Ok(())
        } else {
            Err(PolicyViolation::PolicyMalformed)
        }
    }

    pub(crate) fn extension(&self) -> Extension {
        Extension::Unknown(profile::POLICY_EXTENSION, UnknownExtension(to_cbor(self)))
    }

    /// The policy in a GroupContext, checked against the context around it.
    pub(crate) fn of(context: &GroupContext) -> Result<Self, PolicyViolation> {
        let bytes = context
            .extensions()
            .unknown(profile::POLICY_EXTENSION)
            .ok_or(PolicyViolation::PolicyMalformed)?;
        let policy: Self = from_cbor(&bytes.0).map_err(|_| PolicyViolation::PolicyMalformed)?;
        policy.check()?;
        let fits = to_cbor(&policy) == bytes.0
            && context.group_id().as_slice() == policy.channel.as_bytes()
            && u16::from(context.ciphersuite()) == policy.suite;
        if fits {
            Ok(policy)
        } else {
            Err(PolicyViolation::PolicyMalformed)
        }
    }
}

/// Whether a GroupContext carries the extensions it should and no others.
pub(crate) fn check_extensions(
    extensions: &Extensions<GroupContext>,
) -> Result<(), PolicyViolation> {
    let known = extensions.iter().all(|extension| {
        matches!(
            extension.extension_type(),
            ExtensionType::RequiredCapabilities
                | ExtensionType::ExternalSenders
                | ExtensionType::Unknown(profile::POLICY_EXTENSION)
        )
    });
    if known && extensions.required_capabilities() == Some(&profile::required_capabilities()) {
        Ok(())
    } else {
        Err(PolicyViolation::ExtensionsFixed)
    }
}
