//! What the policy forbids is refused by the maker's own engine, by the server and by members alike,
//! and leaves all of them where they were.

use beraad_protocol::{
    OrgId, RegisterKeyId, UserId, directory::LeafIdentity, from_cbor, to_cbor,
    vocabulary::ChannelRole,
};
use openmls::prelude::{
    BasicCredential, Capabilities, CredentialWithKey, KeyPackage, LeafNodeParameters,
    OpenMlsProvider as _, tls_codec::Serialize as _,
};
use openmls_rust_crypto::RustCrypto;

use super::{Channel, Device, text};
use crate::{
    Bundle, Changes, GroupError, Policy, PolicyViolation, Suite, identity, identity::MlsSigner,
    profile, provider::Provider, wire,
};

/// `by` makes the commit without asking its policy; server and `witness` must both refuse it, and
/// the group must go on working.
fn assert_refused(
    channel: &mut Channel,
    by: &Device,
    witness: &Device,
    changes: &Changes<'_>,
    violation: PolicyViolation,
) {
    let refused = Err(GroupError::Policy(violation));
    let before = channel.view().to_bytes();
    assert_eq!(
        by.member().commit(&by.store, changes).map(drop),
        refused,
        "the maker's own check"
    );
    assert!(!by.member().has_pending());

    let bundle = by.unchecked(changes);
    assert_eq!(channel.apply(by, &bundle).map(drop), refused, "the server");
    assert_eq!(channel.view().to_bytes(), before);

    let epoch = witness.member().epoch();
    assert_eq!(
        witness.take_commit(&bundle.commit).map(drop),
        refused,
        "another member"
    );
    assert_eq!(witness.member().epoch(), epoch);

    by.member().clear_pending(&by.store).unwrap();
    assert_eq!(
        text(&witness.read(&by.encrypt("still here")).unwrap()),
        "still here"
    );
}

#[test]
fn only_the_lead_adds_removes_and_changes_the_policy() {
    for suite in Suite::ALL {
        let [lead, anna, bram, cleo] = [1, 2, 3, 4].map(Device::new);
        let mut channel = Channel::with(suite, &[&lead, &anna, &bram]);
        let package = [cleo.key_package(suite)];
        let add = Changes {
            add: &package,
            ..Changes::default()
        };
        assert_refused(
            &mut channel,
            &anna,
            &bram,
            &add,
            PolicyViolation::AddByOther,
        );

        let remove = Changes {
            remove: &[lead.id()],
            ..Changes::default()
        };
        assert_refused(
            &mut channel,
            &anna,
            &bram,
            &remove,
            PolicyViolation::RemoveByOther,
        );

        let usurped = Policy {
            lead: anna.user(),
            ..anna.member().policy().unwrap()
        };
        let policy = Changes {
            policy: Some(&usurped),
            ..Changes::default()
        };
        assert_refused(
            &mut channel,
            &anna,
            &bram,
            &policy,
            PolicyViolation::PolicyByOther,
        );
        channel.assert_agreed(&[&lead, &anna, &bram]);
    }
}

#[test]
fn the_lead_cannot_change_what_is_fixed_nor_name_who_does_not_take_part() {
    let [lead, anna] = [1, 2].map(Device::new);
    let mut channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let policy = lead.member().policy().unwrap();
    let nobody = UserId::from_bytes([0xEE; 16]);
    for (changed, violation) in [
        // The context's own suite no longer fits, so it is not a policy of this group at all.
        (
            Policy {
                suite: 0x4E,
                ..policy.clone()
            },
            PolicyViolation::PolicyMalformed,
        ),
        (
            Policy {
                lead: nobody,
                ..policy.clone()
            },
            PolicyViolation::RoleNotMember,
        ),
        (
            Policy {
                chair: Some(nobody),
                ..policy.clone()
            },
            PolicyViolation::RoleNotMember,
        ),
    ] {
        let changes = Changes {
            policy: Some(&changed),
            ..Changes::default()
        };
        assert_refused(&mut channel, &lead, &anna, &changes, violation);
    }
}

#[test]
fn a_device_is_in_the_group_once() {
    let [lead, anna] = [1, 2].map(Device::new);
    let mut channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let double = Device::of_user(3, 2);
    let package = [double.key_package(Suite::Classic)];
    let changes = Changes {
        add: &package,
        ..Changes::default()
    };
    assert_refused(
        &mut channel,
        &lead,
        &anna,
        &changes,
        PolicyViolation::DuplicateDevice,
    );
}

#[test]
fn the_duties_of_the_lead_can_be_handed_over() {
    let [lead, anna, bram] = [1, 2, 3].map(Device::new);
    let mut channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let policy = Policy {
        lead: anna.user(),
        ..lead.member().policy().unwrap()
    };
    channel.commit(
        &lead,
        &[&anna],
        &Changes {
            policy: Some(&policy),
            ..Changes::default()
        },
    );

    let package = [bram.key_package(Suite::Classic)];
    let add = Changes {
        add: &package,
        ..Changes::default()
    };
    assert_refused(
        &mut channel,
        &lead,
        &anna,
        &add,
        PolicyViolation::AddByOther,
    );
    channel.add(&anna, &[&lead], &[&bram]);
    channel.assert_agreed(&[&lead, &anna, &bram]);
}

#[test]
fn without_the_lead_the_chair_acts_or_else_who_is_in_longest() {
    let [lead, anna, bram] = [1, 2, 3].map(Device::new);
    let channel = Channel::with(Suite::Classic, &[&lead, &anna, &bram]);
    let roster = channel.view().roster().unwrap();
    let policy = channel.view().policy().unwrap();
    assert_eq!(policy.acting_lead(&roster), Some(lead.user()));
    assert_eq!(policy.acting_lead(&roster[1..]), Some(anna.user()));
    let chaired = Policy {
        chair: Some(bram.user()),
        ..policy
    };
    assert_eq!(chaired.acting_lead(&roster), Some(lead.user()));
    assert_eq!(chaired.acting_lead(&roster[1..]), Some(bram.user()));
    assert_eq!(chaired.acting_lead(&[]), None);
    assert_eq!(chaired.role(bram.user()), ChannelRole::Chair);
    assert_eq!(chaired.role(lead.user()), ChannelRole::CaseLead);
    assert_eq!(chaired.role(anna.user()), ChannelRole::Participant);
}

#[test]
fn a_leaf_that_is_not_as_this_product_makes_them_stays_out() {
    let [lead, anna, odd] = [1, 2, 3].map(Device::new);
    let _channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let in_another_order = {
        let LeafIdentity { org, user, device } = odd.identity;
        let pairs = [
            to_cbor(&("device", device)),
            to_cbor(&("user", user)),
            to_cbor(&("org", org)),
        ];
        // A map of three, from arrays of two without their heads.
        pairs
            .iter()
            .fold(vec![0xA3], |map, pair| [&map, &pair[1..]].concat())
    };
    assert_eq!(
        from_cbor::<LeafIdentity>(&in_another_order),
        Ok(odd.identity)
    );
    for (identity, capabilities) in [
        (b"not an identity".to_vec(), profile::capabilities()),
        (in_another_order, profile::capabilities()),
        (to_cbor(&odd.identity), Capabilities::default()),
    ] {
        let package = odd_key_package(&odd, identity, capabilities);
        let refused = lead
            .member()
            .add(&lead.store, std::slice::from_ref(&package))
            .map(drop);
        assert_eq!(refused, Err(PolicyViolation::LeafMalformed.into()));
        let checked = crate::check_key_package(&package, Suite::Classic).map(drop);
        assert_eq!(checked, Err(PolicyViolation::LeafMalformed.into()));
    }
}

#[test]
fn nobody_takes_on_another_identity() {
    let [lead, anna] = [1, 2].map(Device::new);
    let mut channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let mut member = anna.member();
    let crypto = RustCrypto::default();
    let provider = Provider::new(&crypto, &anna.store);
    let other = identity::credential(&Device::new(9).identity, &anna.keys);
    let (commit, welcome, group_info) = member
        .group
        .commit_builder()
        .leaf_node_parameters(
            LeafNodeParameters::builder()
                .with_credential_with_key(other)
                .build(),
        )
        .load_psks(provider.storage())
        .unwrap()
        .build(
            provider.rand(),
            provider.crypto(),
            &MlsSigner(&anna.keys),
            |_| true,
        )
        .unwrap()
        .stage_commit(&provider)
        .unwrap()
        .into_messages();
    assert!(welcome.is_none());
    let bundle = Bundle {
        commit: wire::encode(&commit).unwrap(),
        welcome: None,
        group_info: wire::encode(&group_info.unwrap()).unwrap(),
        epoch: 1,
    };
    let refused = Err(GroupError::Policy(PolicyViolation::LeafChanged));
    assert_eq!(channel.apply(&anna, &bundle).map(drop), refused);
    assert_eq!(lead.take_commit(&bundle.commit).map(drop), refused);
}

#[test]
fn a_policy_is_canonical_and_its_register_keys_are_in_order() {
    let lead = Device::new(1);
    let channel = Channel::open(Suite::Classic, &lead);
    let policy = channel.view().policy().unwrap();
    let key = |n: u8| {
        (
            OrgId::from_bytes([n; 16]),
            RegisterKeyId::from_bytes([n; 16]),
        )
    };
    let good = Policy {
        register_keys: vec![key(1), key(2)],
        ..policy.clone()
    };
    assert_eq!(good.check(), Ok(()));
    let bad = Policy {
        register_keys: vec![key(2), key(1)],
        ..policy
    };
    assert_eq!(bad.check(), Err(PolicyViolation::PolicyMalformed));
    assert_eq!(
        lead.member().change_policy(&lead.store, &bad).map(drop),
        Err(PolicyViolation::PolicyMalformed.into())
    );
    // Map keys in the order of RFC 8949 section 4.2.1.
    let bytes = to_cbor(&good);
    let order: Vec<_> = [
        "v",
        "lead",
        "chair",
        "suite",
        "channel",
        "framework",
        "register_keys",
    ]
    .iter()
    .map(|name| {
        let name = to_cbor(name);
        bytes
            .windows(name.len())
            .position(|window| window == name)
            .unwrap()
    })
    .collect();
    assert!(order.is_sorted());
}

fn odd_key_package(device: &Device, identity: Vec<u8>, capabilities: Capabilities) -> Vec<u8> {
    let crypto = RustCrypto::default();
    let provider = Provider::new(&crypto, &device.store);
    let credential = CredentialWithKey {
        credential: BasicCredential::new(identity).into(),
        signature_key: device.keys.public().to_vec().into(),
    };
    KeyPackage::builder()
        .leaf_node_capabilities(capabilities)
        .build(
            Suite::Classic.ciphersuite(),
            &provider,
            &MlsSigner(&device.keys),
            credential,
        )
        .unwrap()
        .key_package()
        .tls_serialize_detached()
        .unwrap()
}
