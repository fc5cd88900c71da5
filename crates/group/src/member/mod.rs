//! The member's session in one channel's group.
//!
//! A [`Member`] is opened from the store ([`Member::load`]), from nothing ([`Member::create`]) or
//! from a Welcome ([`Member::join`]). It changes the group in two steps: [`Member::commit`] leaves
//! a *pending* commit in the store and gives the [`Bundle`] to send; once the server has accepted
//! it, [`Member::merge_pending`] takes the group to the next epoch, and if it was refused,
//! [`Member::clear_pending`] drops it. Everything others send goes through [`Member::process`].
//!
//! All state is in the store, in the caller's transaction. After a rollback drop the `Member` and
//! load it again.

mod commit;
mod messages;

use std::fmt;

use beraad_protocol::{ChannelId, DeviceId, directory::LeafIdentity};
use openmls::prelude::{
    Extension, Extensions, ExternalSender, GroupContext, GroupId, JoinBuilder, MlsGroup,
    OpenMlsProvider as _, ProcessedWelcome, PublicGroup, WelcomeError,
};
use openmls_rust_crypto::RustCrypto;
use zeroize::Zeroizing;

pub use commit::{Bundle, Changes};
pub use messages::{Expected, Processed};

use crate::{
    DeviceKeys, GroupError, KeyValue, MemberInfo, Policy, PolicyViolation, StoreError, Suite,
    check,
    identity::{self, MlsSigner},
    key_package::{self, internal},
    policy, profile,
    provider::Provider,
    wire,
};

/// KeyPackages one call makes at most.
const MAX_NEW_KEY_PACKAGES: usize = beraad_protocol::limits::MAX_KEY_PACKAGES;

/// A member's session in one channel's group.
pub struct Member {
    pub(crate) group: MlsGroup,
    keys: DeviceKeys,
    crypto: RustCrypto,
    channel: ChannelId,
}

impl Member {
    /// Makes KeyPackages for this device, each as TLS-encoded `KeyPackage`. Their private halves
    /// stay in the store. A `last_resort` one may be used many times; make one at a time.
    pub fn key_packages(
        store: &dyn KeyValue,
        keys: &DeviceKeys,
        identity: &LeafIdentity,
        suite: Suite,
        count: usize,
        last_resort: bool,
    ) -> Result<Vec<Vec<u8>>, GroupError> {
        wire::at_most("KeyPackages", count, MAX_NEW_KEY_PACKAGES)?;
        key_package::make(
            &RustCrypto::default(),
            store,
            keys,
            identity,
            suite,
            count,
            last_resort,
        )
    }

    /// Opens the group of a new channel with this device alone in it, at epoch 0. Gives the
    /// GroupInfo, with ratchet tree, that the server opens its view from.
    ///
    /// `external_sender` is the server's Ed25519 key: whoever holds it may propose removals.
    pub fn create(
        store: &dyn KeyValue,
        keys: &DeviceKeys,
        identity: &LeafIdentity,
        policy: &Policy,
        external_sender: Option<&[u8; 32]>,
    ) -> Result<(Self, Vec<u8>), GroupError> {
        policy.check()?;
        if policy.lead != identity.user || policy.chair.is_some_and(|chair| chair != identity.user)
        {
            return Err(PolicyViolation::RoleNotMember.into());
        }
        let crypto = RustCrypto::default();
        let provider = Provider::new(&crypto, store);
        let group_id = GroupId::from_slice(policy.channel.as_bytes());
        if load_group(&provider, &group_id)?.is_some() {
            return Err(GroupError::AlreadyMember);
        }
        let config = profile::create_config(policy.suite()?, extensions(policy, external_sender)?);
        let credential = identity::credential(identity, keys);
        let group =
            MlsGroup::new_with_group_id(&provider, &MlsSigner(keys), &config, group_id, credential)
                .map_err(|error| internal(&provider, &error))?;
        let member = Self {
            group,
            keys: keys.clone(),
            crypto,
            channel: policy.channel,
        };
        let group_info = member.group_info()?;
        Ok((member, group_info))
    }

    /// Opens a group from the store; none when this device is not in it.
    pub fn load(
        store: &dyn KeyValue,
        keys: &DeviceKeys,
        channel: ChannelId,
    ) -> Result<Option<Self>, GroupError> {
        let crypto = RustCrypto::default();
        let group_id = GroupId::from_slice(channel.as_bytes());
        let Some(group) = load_group(&Provider::new(&crypto, store), &group_id)? else {
            return Ok(None);
        };
        let own = group
            .own_leaf_node()
            .map(|leaf| leaf.signature_key().as_slice().to_vec());
        // A device that was removed has no leaf any more; what it may still do needs no key.
        if own.is_some_and(|key| key != keys.public()) && group.is_active() {
            return Err(GroupError::WrongKeys);
        }
        Ok(Some(Self {
            group,
            keys: keys.clone(),
            crypto,
            channel,
        }))
    }

    /// Joins by a Welcome. Uses up the KeyPackage it is for, unless that is a last resort.
    ///
    /// Refused while this device is in that group already; a group it was removed from is replaced.
    /// The caller compares the channel with the one the Welcome was delivered for, and
    /// [`Self::members`] with the directory's attestations, before it commits its transaction.
    pub fn join(
        store: &dyn KeyValue,
        keys: &DeviceKeys,
        welcome: &[u8],
    ) -> Result<Self, GroupError> {
        let welcome = wire::welcome(welcome)?;
        let crypto = RustCrypto::default();
        let provider = Provider::new(&crypto, store);
        let refused = |error: WelcomeError<StoreError>| match provider.failure() {
            Some(failure) => failure.into(),
            None if error == WelcomeError::NoMatchingKeyPackage => GroupError::NotForThisDevice,
            None => GroupError::BadWelcome(error.to_string()),
        };
        let opened =
            ProcessedWelcome::new_from_welcome(&provider, &profile::join_config(), welcome)
                .map_err(refused)?;
        let group_id = opened.unverified_group_info().group_id().clone();
        let old = load_group(&provider, &group_id)?;
        if old.as_ref().is_some_and(MlsGroup::is_active) {
            return Err(GroupError::AlreadyMember);
        }
        if let Some(mut old) = old {
            old.delete(provider.storage())
                .map_err(|error| internal(&provider, &error))?;
        }
        // Members stay long after the KeyPackage they came by has run out; the server checked its
        // lifetime when they were added.
        let staged = JoinBuilder::new(&provider, opened)
            .skip_lifetime_validation()
            .build()
            .map_err(refused)?;
        let context = staged.group_context();
        let policy = Policy::of(context)?;
        policy::check_extensions(context.extensions())?;
        let suite = policy.suite()?;
        let group = staged.into_group(&provider).map_err(refused)?;
        check::roster(group.public_group(), suite)?;
        let own = group
            .own_leaf_node()
            .map(|leaf| leaf.signature_key().as_slice());
        if own != Some(&keys.public()) {
            return Err(GroupError::WrongKeys);
        }
        drop(provider);
        Ok(Self {
            group,
            keys: keys.clone(),
            crypto,
            channel: policy.channel,
        })
    }

    /// Drops everything the store holds of a channel's group, so that it can be joined anew.
    pub fn forget(store: &dyn KeyValue, channel: ChannelId) -> Result<(), GroupError> {
        let crypto = RustCrypto::default();
        let provider = Provider::new(&crypto, store);
        if let Some(mut group) = load_group(&provider, &GroupId::from_slice(channel.as_bytes()))? {
            group
                .delete(provider.storage())
                .map_err(|error| internal(&provider, &error))?;
        }
        Ok(())
    }

    /// The channel.
    pub fn channel(&self) -> ChannelId {
        self.channel
    }

    /// The epoch.
    pub fn epoch(&self) -> u64 {
        self.group.epoch().as_u64()
    }

    /// Whether this device is still in the group.
    pub fn is_active(&self) -> bool {
        self.group.is_active()
    }

    /// Equal for everybody who is in the same state of the group in this epoch, and for nobody
    /// else (RFC 9420 section 8.7).
    pub fn epoch_authenticator(&self) -> Vec<u8> {
        self.group.epoch_authenticator().as_slice().to_vec()
    }

    /// Hash over every leaf and key of the tree (RFC 9420 section 7.8): the server's view has the
    /// same.
    pub fn tree_hash(&self) -> Vec<u8> {
        self.public().group_context().tree_hash().to_vec()
    }

    /// Who is in the group, in leaf order.
    pub fn members(&self) -> Result<Vec<MemberInfo>, GroupError> {
        Ok(check::roster(self.public(), self.suite()?)?)
    }

    /// Whether a device is in the group.
    pub fn has_device(&self, device: DeviceId) -> Result<bool, GroupError> {
        Ok(self
            .members()?
            .iter()
            .any(|member| member.identity.device == device))
    }

    /// The channel's policy.
    pub fn policy(&self) -> Result<Policy, GroupError> {
        Ok(Policy::of(self.public().group_context())?)
    }

    /// The suite.
    pub fn suite(&self) -> Result<Suite, GroupError> {
        self.policy()?.suite()
    }

    /// A secret that only the members of this epoch can derive (RFC 9420 section 8.5).
    pub fn export_secret(
        &self,
        label: &str,
        context: &[u8],
        length: usize,
    ) -> Result<Zeroizing<Vec<u8>>, GroupError> {
        self.check_active()?;
        self.group
            .export_secret(&self.crypto, label, context, length)
            .map(Zeroizing::new)
            .map_err(|error| GroupError::Internal(error.to_string()))
    }

    /// The GroupInfo of this epoch, with ratchet tree.
    pub fn group_info(&self) -> Result<Vec<u8>, GroupError> {
        self.check_active()?;
        let info = self
            .group
            .export_group_info(&self.crypto, &MlsSigner(&self.keys), true)
            .map_err(|error| GroupError::Internal(error.to_string()))?;
        wire::encode(&info)
    }

    fn public(&self) -> &PublicGroup {
        self.group.public_group()
    }

    fn check_active(&self) -> Result<(), GroupError> {
        if self.is_active() {
            Ok(())
        } else {
            Err(GroupError::Removed)
        }
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member")
            .field("channel", &self.channel)
            .field("epoch", &self.epoch())
            .finish_non_exhaustive()
    }
}

fn load_group(provider: &Provider<'_>, group_id: &GroupId) -> Result<Option<MlsGroup>, GroupError> {
    MlsGroup::load(provider.storage(), group_id).map_err(|error| internal(provider, &error))
}

/// The GroupContext extensions of a new group. The server appears as a sender from outside.
fn extensions(
    policy: &Policy,
    external_sender: Option<&[u8; 32]>,
) -> Result<Extensions<GroupContext>, GroupError> {
    let mut extensions = vec![
        Extension::RequiredCapabilities(profile::required_capabilities()),
        policy.extension(),
    ];
    if let Some(key) = external_sender {
        let credential = openmls::prelude::BasicCredential::new(b"beraad server".to_vec());
        let sender = ExternalSender::new(key.to_vec().into(), credential.into());
        extensions.push(Extension::ExternalSenders(vec![sender]));
    }
    Extensions::from_vec(extensions).map_err(|error| GroupError::Internal(error.to_string()))
}
