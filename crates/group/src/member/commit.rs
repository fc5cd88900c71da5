//! Changing the group: a pending commit in the store, a bundle to send, then merge or clear.

use beraad_protocol::{DeviceId, limits};
use openmls::prelude::{Extensions, GroupContext, LeafNodeIndex, OpenMlsProvider as _, Sender};

use super::Member;
use crate::{
    GroupError, KeyValue, Policy, check,
    identity::MlsSigner,
    key_package::{self, internal},
    provider::Provider,
    wire,
};

/// What a commit is to do. With nothing in it, it renews this device's own keys (which every
/// commit does as well).
#[derive(Debug, Clone, Default)]
pub struct Changes<'a> {
    /// KeyPackages of the devices to add, TLS-encoded.
    pub add: &'a [Vec<u8>],
    /// Devices to remove.
    pub remove: &'a [DeviceId],
    /// The policy from now on.
    pub policy: Option<&'a Policy>,
}

/// A commit and all that goes with it, as TLS-encoded `MLSMessage`s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// PublicMessage with the commit.
    pub commit: Vec<u8>,
    /// Welcome for those it adds; none when it adds nobody.
    pub welcome: Option<Vec<u8>>,
    /// GroupInfo of the epoch it starts.
    pub group_info: Vec<u8>,
    /// The epoch it was made in; it starts the one after.
    pub epoch: u64,
}

impl Member {
    /// Adds devices by their KeyPackages. See [`Self::commit`].
    pub fn add(
        &mut self,
        store: &dyn KeyValue,
        key_packages: &[Vec<u8>],
    ) -> Result<Bundle, GroupError> {
        self.commit(
            store,
            &Changes {
                add: key_packages,
                ..Changes::default()
            },
        )
    }

    /// Removes devices. See [`Self::commit`].
    pub fn remove(
        &mut self,
        store: &dyn KeyValue,
        devices: &[DeviceId],
    ) -> Result<Bundle, GroupError> {
        self.commit(
            store,
            &Changes {
                remove: devices,
                ..Changes::default()
            },
        )
    }

    /// Renews this device's keys in the group. See [`Self::commit`].
    pub fn update(&mut self, store: &dyn KeyValue) -> Result<Bundle, GroupError> {
        self.commit(store, &Changes::default())
    }

    /// Changes the policy. See [`Self::commit`].
    pub fn change_policy(
        &mut self,
        store: &dyn KeyValue,
        policy: &Policy,
    ) -> Result<Bundle, GroupError> {
        self.commit(
            store,
            &Changes {
                policy: Some(policy),
                ..Changes::default()
            },
        )
    }

    /// Makes a commit, which stays pending in the store. Proposals that wait are committed along.
    ///
    /// Refused here, before anything is sent, if the policy or MLS does not allow it; then nothing
    /// is pending.
    pub fn commit(
        &mut self,
        store: &dyn KeyValue,
        changes: &Changes<'_>,
    ) -> Result<Bundle, GroupError> {
        let bundle = self.commit_unchecked(store, changes)?;
        if let Err(refused) = self.check_pending().and_then(|()| check_size(&bundle)) {
            self.clear_pending(store)?;
            return Err(refused);
        }
        Ok(bundle)
    }

    /// The server accepted the pending commit: the group moves to the next epoch.
    pub fn merge_pending(&mut self, store: &dyn KeyValue) -> Result<(), GroupError> {
        if !self.has_pending() {
            return Err(GroupError::NoPendingCommit);
        }
        let provider = Provider::new(&self.crypto, store);
        self.group
            .merge_pending_commit(&provider)
            .map_err(|error| internal(&provider, &error))
    }

    /// The server refused the pending commit: the group stays as it is. Nothing pending is fine.
    pub fn clear_pending(&mut self, store: &dyn KeyValue) -> Result<(), GroupError> {
        let provider = Provider::new(&self.crypto, store);
        self.group
            .clear_pending_commit(provider.storage())
            .map_err(|error| internal(&provider, &error))
    }

    /// Whether a commit waits for the server's answer.
    pub fn has_pending(&self) -> bool {
        self.group.pending_commit().is_some()
    }

    /// A commit that MLS allows, whatever the policy says: what a member who does not keep to it
    /// could send.
    pub(crate) fn commit_unchecked(
        &mut self,
        store: &dyn KeyValue,
        changes: &Changes<'_>,
    ) -> Result<Bundle, GroupError> {
        self.check_active()?;
        if self.has_pending() {
            return Err(GroupError::PendingCommit);
        }
        let suite = self.suite()?;
        let epoch = self.epoch();
        wire::at_most("KeyPackages", changes.add.len(), limits::MAX_MEMBERS)?;
        let added = changes
            .add
            .iter()
            .map(|bytes| Ok(key_package::checked(&self.crypto, bytes, suite)?.0))
            .collect::<Result<Vec<_>, GroupError>>()?;
        let removed = changes
            .remove
            .iter()
            .map(|device| self.index_of(*device))
            .collect::<Result<Vec<_>, _>>()?;
        let extensions = changes
            .policy
            .map(|policy| self.extensions_with(policy))
            .transpose()?;

        let Self {
            group,
            keys,
            crypto,
            ..
        } = self;
        let provider = Provider::new(crypto, store);
        let mut builder = group
            .commit_builder()
            .force_self_update(true)
            .propose_adds(added)
            .propose_removals(removed);
        if let Some(extensions) = extensions {
            builder = builder
                .propose_group_context_extensions(extensions)
                .map_err(|error| refused(&provider, &error))?;
        }
        let bundle = builder
            .load_psks(provider.storage())
            .map_err(|error| refused(&provider, &error))?
            .build(provider.rand(), provider.crypto(), &MlsSigner(keys), |_| {
                true
            })
            .map_err(|error| refused(&provider, &error))?
            .stage_commit(&provider)
            .map_err(|error| internal(&provider, &error))?;
        let (commit, welcome, group_info) = bundle.into_messages();
        let group_info = group_info.ok_or_else(|| GroupError::Internal("no GroupInfo".into()))?;
        Ok(Bundle {
            commit: wire::encode(&commit)?,
            welcome: welcome.as_ref().map(wire::encode).transpose()?,
            group_info: wire::encode(&group_info)?,
            epoch,
        })
    }

    fn check_pending(&self) -> Result<(), GroupError> {
        let pending = self
            .group
            .pending_commit()
            .ok_or(GroupError::NoPendingCommit)?;
        let sender = Sender::Member(self.group.own_leaf_index());
        check::check_commit(self.public(), pending, &sender)?;
        Ok(())
    }

    fn index_of(&self, device: DeviceId) -> Result<LeafNodeIndex, GroupError> {
        self.group
            .members()
            .find(|member| {
                crate::identity::identity_of(&member.credential)
                    .is_some_and(|identity| identity.device == device)
            })
            .map(|member| member.index)
            .ok_or(GroupError::UnknownDevice(device))
    }

    fn extensions_with(&self, policy: &Policy) -> Result<Extensions<GroupContext>, GroupError> {
        policy.check()?;
        let mut extensions = self.group.extensions().clone();
        extensions
            .add_or_replace(policy.extension())
            .map_err(|error| GroupError::Internal(error.to_string()))?;
        Ok(extensions)
    }
}

fn refused(provider: &Provider<'_>, error: &dyn std::fmt::Display) -> GroupError {
    provider.failure().map_or_else(
        || GroupError::InvalidChange(error.to_string()),
        GroupError::Store,
    )
}

fn check_size(bundle: &Bundle) -> Result<(), GroupError> {
    let bytes =
        bundle.commit.len() + bundle.welcome.as_ref().map_or(0, Vec::len) + bundle.group_info.len();
    wire::at_most("commit bundle", bytes, limits::MAX_BUNDLE)
}
