//! Rollbacks, restarts, failing stores, and what comes from outside the group.

use std::cell::Cell;

use openmls::prelude::{
    CommitMessageBundle, ExternalCommitBuilder, ExternalProposal, GroupId, LeafNodeIndex,
    LeafNodeParameters, MlsMessageOut, OpenMlsProvider as _, SenderExtensionIndex,
};
use openmls_rust_crypto::RustCrypto;

use super::{Channel, Device, channel, server, text};
use crate::{
    Bundle, Changes, Expected, GroupError, KeyValue, Member, MemoryStore, Policy, PolicyViolation,
    Processed, StoreError, Suite, identity, identity::MlsSigner, profile, provider::Provider, wire,
};

#[test]
fn a_pending_commit_outlives_a_restart_and_is_merged_or_cleared() {
    for suite in Suite::ALL {
        let [lead, anna] = [1, 2].map(Device::new);
        let mut channel = Channel::with(suite, &[&lead, &anna]);
        lead.member().update(&lead.store).unwrap();
        assert!(lead.member().has_pending());
        assert_eq!(
            lead.member().update(&lead.store),
            Err(GroupError::PendingCommit)
        );
        lead.member().clear_pending(&lead.store).unwrap();
        lead.member().clear_pending(&lead.store).unwrap();
        assert_eq!(lead.member().epoch(), 1);

        channel.commit(&lead, &[&anna], &Changes::default());
        channel.assert_agreed(&[&lead, &anna]);
        // While one waits for the server's answer, messages go on in the old epoch.
        lead.member().update(&lead.store).unwrap();
        assert_eq!(
            text(&anna.read(&lead.encrypt("meanwhile")).unwrap()),
            "meanwhile"
        );
        assert_eq!(text(&lead.read(&anna.encrypt("yes")).unwrap()), "yes");
    }
}

#[test]
fn after_a_rollback_the_same_message_is_read_again() {
    let [lead, anna] = [1, 2].map(Device::new);
    let _channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let message = lead.encrypt("once");
    let before = anna.store.clone();
    assert_eq!(text(&anna.read(&message).unwrap()), "once");
    let rolled_back = Device {
        store: before,
        ..anna
    };
    assert_eq!(text(&rolled_back.read(&message).unwrap()), "once");
}

/// Fails every write after the first few.
struct Failing<'a> {
    store: &'a MemoryStore,
    writes_left: Cell<usize>,
}

impl KeyValue for Failing<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.get(key)
    }

    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let left = self.writes_left.get();
        self.writes_left.set(left.saturating_sub(1));
        if left == 0 {
            return Err(StoreError::Backend("disk full".to_owned()));
        }
        self.store.put(key, value)
    }

    fn delete(&self, key: &[u8]) -> Result<(), StoreError> {
        self.store.delete(key)
    }
}

#[test]
fn a_failing_store_is_named_wherever_it_fails_and_a_rollback_mends_it() {
    let [lead, anna] = [1, 2].map(Device::new);
    let mut channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let bundle = lead.member().update(&lead.store).unwrap();
    channel.apply(&lead, &bundle).unwrap();
    lead.member().merge_pending(&lead.store).unwrap();
    let full = GroupError::Store(StoreError::Backend("disk full".to_owned()));
    let mut failures = 0;
    for writes in 0.. {
        let copy = anna.store.clone();
        let failing = Failing {
            store: &copy,
            writes_left: Cell::new(writes),
        };
        let mut member = Member::load(&failing, &anna.keys, super::channel())
            .unwrap()
            .unwrap();
        match member.process(&failing, Expected::Handshake, &bundle.commit) {
            Ok(_) => break,
            Err(error) => assert_eq!(error, full),
        }
        failures += 1;
    }
    assert!(failures > 3, "a merge writes several values");
    anna.take_commit(&bundle.commit).unwrap();
    channel.assert_agreed(&[&lead, &anna]);
}

#[test]
fn a_leaf_that_the_directory_does_not_attest_refuses_the_commit() {
    let [lead, anna, ghost] = [1, 2, 3].map(Device::new);
    let _channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let package = [ghost.key_package(Suite::Classic)];
    let bundle = lead.member().add(&lead.store, &package).unwrap();
    let mut member = anna.member();
    let refused = member.process_with(&anna.store, Expected::Handshake, &bundle.commit, &|leaf| {
        leaf.identity != ghost.identity
    });
    assert_eq!(refused, Err(PolicyViolation::LeafMalformed.into()));
    assert_eq!(anna.member().epoch(), 1);
}

#[test]
fn a_device_that_lost_its_state_takes_its_own_place_again() {
    for suite in Suite::ALL {
        let [lead, anna] = [1, 2].map(Device::new);
        let mut channel = Channel::with(suite, &[&lead, &anna]);
        let fresh = Device {
            store: MemoryStore::new(),
            keys: anna.keys.clone(),
            identity: anna.identity,
        };
        let bundle = from_outside(&fresh, &lead.member().group_info().unwrap());
        channel.apply(&fresh, &bundle).unwrap();
        assert!(matches!(
            lead.take_commit(&bundle.commit).unwrap(),
            Processed::Commit { by, epoch: 2, .. } if by == anna.identity
        ));
        channel.assert_agreed(&[&lead, &fresh]);
        assert_eq!(text(&lead.read(&fresh.encrypt("back")).unwrap()), "back");
    }
}

#[test]
fn nobody_else_comes_in_from_outside() {
    let [lead, anna] = [1, 2].map(Device::new);
    let mut channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let info = lead.member().group_info().unwrap();
    // A stranger, one who claims to be a member under another key, and a member who would come
    // back as somebody else.
    let renamed = Device {
        keys: anna.keys.clone(),
        ..Device::new(4)
    };
    for intruder in [Device::new(3), Device::new(2), renamed] {
        let bundle = from_outside(&intruder, &info);
        for refused in [
            channel.apply(&intruder, &bundle).map(drop),
            lead.take_commit(&bundle.commit).map(drop),
        ] {
            assert_eq!(refused, Err(PolicyViolation::ExternalCommit.into()));
        }
    }
    channel.assert_agreed(&[&lead, &anna]);
}

#[test]
fn the_server_asks_for_a_removal_and_any_member_may_commit_it() {
    let [lead, anna, bram] = [1, 2, 3].map(Device::new);
    let _channel = Channel::with(Suite::Classic, &[&lead, &anna, &bram]);
    let proposal = |keys, leaf| {
        let message = ExternalProposal::new_remove::<Provider<'_>>(
            LeafNodeIndex::new(leaf),
            GroupId::from_slice(channel().as_bytes()),
            1.into(),
            &MlsSigner(keys),
            SenderExtensionIndex::new(0),
        )
        .unwrap();
        wire::encode(&message).unwrap()
    };
    let stranger = Device::new(8);
    let forged = proposal(&stranger.keys, 2);
    assert!(anna.take_commit(&forged).is_err());

    let asked = proposal(&server(), 2);
    for device in [&lead, &anna] {
        assert_eq!(device.take_commit(&asked), Ok(Processed::Proposal));
    }
    assert_eq!(
        anna.member().encrypt(&anna.store, b"x", b""),
        Err(GroupError::PendingProposals)
    );
    let bundle = anna.member().update(&anna.store).unwrap();
    anna.member().merge_pending(&anna.store).unwrap();
    assert!(matches!(
        lead.take_commit(&bundle.commit).unwrap(),
        Processed::Commit { removed, .. } if removed == [bram.identity]
    ));
    assert_eq!(text(&lead.read(&anna.encrypt("done")).unwrap()), "done");
}

#[test]
fn a_group_is_opened_with_the_keys_it_belongs_to() {
    let [lead, anna] = [1, 2].map(Device::new);
    let _channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    assert_eq!(
        Member::load(&lead.store, &anna.keys, channel()).map(drop),
        Err(GroupError::WrongKeys)
    );
    let policy = Policy {
        ..lead.member().policy().unwrap()
    };
    assert_eq!(
        Member::create(&lead.store, &lead.keys, &lead.identity, &policy, None).map(drop),
        Err(GroupError::AlreadyMember)
    );
}

/// A commit by somebody who knows the GroupInfo only. MLS proposes the removal of a leaf with the
/// same identity by itself.
fn from_outside(device: &Device, group_info: &[u8]) -> Bundle {
    let crypto = RustCrypto::default();
    let provider = Provider::new(&crypto, &device.store);
    let info = wire::group_info(group_info).unwrap();
    let epoch = info.epoch().as_u64();
    let (_, bundle): (_, CommitMessageBundle) = ExternalCommitBuilder::new()
        .with_config(profile::join_config())
        .build_group(
            &provider,
            info,
            identity::credential(&device.identity, &device.keys),
        )
        .unwrap()
        .leaf_node_parameters(
            LeafNodeParameters::builder()
                .with_capabilities(profile::capabilities())
                .build(),
        )
        .load_psks(provider.storage())
        .unwrap()
        .create_group_info(true)
        .use_ratchet_tree_extension(true)
        .build(
            provider.rand(),
            provider.crypto(),
            &MlsSigner(&device.keys),
            |_| true,
        )
        .unwrap()
        .finalize(&provider)
        .unwrap();
    let (commit, _, group_info): (_, _, Option<MlsMessageOut>) = bundle.into_messages();
    Bundle {
        commit: wire::encode(&commit).unwrap(),
        welcome: None,
        group_info: wire::encode(&group_info.unwrap()).unwrap(),
        epoch,
    }
}
