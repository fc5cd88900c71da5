//! What goes along with a commit must belong to it; and one commit wins per epoch.

use beraad_protocol::{ChannelId, DeviceId, vocabulary::Framework};

use super::{Channel, Device, channel, text};
use crate::{
    Bundle, Changes, Expected, GroupError, Member, Policy, PolicyViolation, PublicView, Suite,
};

#[test]
fn of_two_commits_in_one_epoch_one_wins_and_the_other_is_stale() {
    for suite in Suite::ALL {
        let [lead, anna, bram] = [1, 2, 3].map(Device::new);
        let mut channel = Channel::with(suite, &[&lead, &anna, &bram]);
        let first = anna.member().update(&anna.store).unwrap();
        let second = bram.member().update(&bram.store).unwrap();
        channel.apply(&anna, &first).unwrap();
        assert_eq!(
            channel.apply(&bram, &second),
            Err(GroupError::StaleEpoch { current: 2, got: 1 })
        );
        anna.member().merge_pending(&anna.store).unwrap();
        lead.take_commit(&first.commit).unwrap();
        bram.take_commit(&first.commit).unwrap();
        assert!(!bram.member().has_pending(), "it came too late");
        assert_eq!(
            bram.member().merge_pending(&bram.store),
            Err(GroupError::NoPendingCommit)
        );
        channel.assert_agreed(&[&lead, &anna, &bram]);
        assert_eq!(
            lead.take_commit(&second.commit),
            Err(GroupError::StaleEpoch { current: 2, got: 1 })
        );
    }
}

#[test]
fn what_comes_from_a_later_epoch_says_so() {
    let [lead, anna] = [1, 2].map(Device::new);
    let mut channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let before = channel.view();
    channel.commit(&lead, &[], &Changes::default());
    let message = lead.encrypt("from the future");
    let next = lead.member().update(&lead.store).unwrap();
    let future = GroupError::FutureEpoch { current: 1, got: 2 };
    assert_eq!(anna.read(&message), Err(future.clone()));
    assert_eq!(anna.take_commit(&next.commit), Err(future.clone()));
    assert_eq!(before.check_message(&message), Err(future));
}

#[test]
fn the_committer_must_be_the_sender() {
    let [lead, anna] = [1, 2].map(Device::new);
    let mut channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let bundle = lead.member().update(&lead.store).unwrap();
    assert_eq!(channel.apply(&anna, &bundle), Err(GroupError::NotTheSender));
    channel.apply(&lead, &bundle).unwrap();
}

#[test]
fn a_welcome_goes_to_those_who_are_added_and_nobody_else() {
    let [lead, anna, bram, cleo] = [1, 2, 3, 4].map(Device::new);
    let mut channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let add = |device: &Device| {
        let package = [device.key_package(Suite::Classic)];
        let bundle = lead.unchecked(&Changes {
            add: &package,
            ..Changes::default()
        });
        lead.member().clear_pending(&lead.store).unwrap();
        bundle
    };
    let (for_bram, for_cleo) = (add(&bram), add(&cleo));
    let without = Bundle {
        welcome: None,
        ..for_bram.clone()
    };
    let swapped = Bundle {
        welcome: for_cleo.welcome.clone(),
        ..for_bram.clone()
    };
    for bundle in [&without, &swapped] {
        assert_eq!(
            channel.apply(&lead, bundle),
            Err(GroupError::WelcomeMismatch)
        );
    }
    let update = lead.unchecked(&Changes::default());
    let needless = Bundle {
        welcome: for_cleo.welcome,
        ..update
    };
    assert_eq!(
        channel.apply(&lead, &needless),
        Err(GroupError::WelcomeMismatch)
    );
    assert_eq!(channel.view().epoch(), 1);
    channel.apply(&lead, &for_bram).unwrap();
}

#[test]
fn a_group_info_that_is_not_of_the_new_epoch_is_refused_and_the_view_stands() {
    for suite in Suite::ALL {
        let [lead, anna] = [1, 2].map(Device::new);
        let mut channel = Channel::with(suite, &[&lead, &anna]);
        let before = channel.view().to_bytes();
        let old = lead.member().group_info().unwrap();
        let by_other = anna.unchecked(&Changes::default()).group_info;
        let good = lead.member().update(&lead.store).unwrap();
        let mut tampered = good.group_info.clone();
        *tampered.last_mut().unwrap() ^= 1;
        for group_info in [old, by_other, tampered] {
            let bundle = Bundle {
                group_info,
                ..good.clone()
            };
            assert!(matches!(
                channel.apply(&lead, &bundle),
                Err(GroupError::BadGroupInfo(_))
            ));
            assert_eq!(channel.view().to_bytes(), before);
        }
        channel.apply(&lead, &good).unwrap();
    }
}

#[test]
fn an_accepted_commit_is_not_accepted_twice() {
    let lead = Device::new(1);
    let mut channel = Channel::open(Suite::Classic, &lead);
    let bundle = lead.member().update(&lead.store).unwrap();
    channel.apply(&lead, &bundle).unwrap();
    assert_eq!(
        channel.apply(&lead, &bundle),
        Err(GroupError::StaleEpoch { current: 1, got: 0 })
    );
}

#[test]
fn what_belongs_to_another_channel_is_refused() {
    let [lead, anna] = [1, 2].map(Device::new);
    let mut here = Channel::with(Suite::Classic, &[&lead, &anna]);
    let elsewhere = Device::of_user(1, 1);
    let other = ChannelId::from_bytes([0xAB; 16]);
    let policy = Policy::new(other, Framework::WgsZvh, Suite::Classic, elsewhere.user());
    let Device {
        store,
        keys,
        identity,
    } = &elsewhere;
    let (mut member, info) = Member::create(store, keys, identity, &policy, None).unwrap();
    let message = member.encrypt(store, b"elsewhere", b"").unwrap();
    let bundle = member.update(store).unwrap();

    assert_eq!(
        PublicView::open(&info, channel()).map(drop),
        Err(GroupError::WrongChannel)
    );
    assert_eq!(
        here.view().check_message(&message),
        Err(GroupError::WrongChannel)
    );
    assert_eq!(
        here.apply(&elsewhere, &bundle),
        Err(GroupError::WrongChannel)
    );
    assert_eq!(anna.read(&message), Err(GroupError::WrongChannel));
    assert_eq!(
        anna.take_commit(&bundle.commit),
        Err(GroupError::WrongChannel)
    );
    let foreign = PublicView::from_bytes(&here.view().to_bytes(), other);
    assert!(matches!(foreign, Err(GroupError::Store(_))));
}

#[test]
fn a_view_opens_from_epoch_zero_with_the_lead_alone() {
    let [lead, anna] = [1, 2].map(Device::new);
    let mut known = Channel::with(Suite::Classic, &[&lead, &anna]);
    let info = lead.member().group_info().unwrap();
    assert!(matches!(
        PublicView::open(&info, channel()),
        Err(GroupError::BadGroupInfo(_))
    ));
    known.commit(&lead, &[&anna], &Changes::default());

    let policy = Policy::new(channel(), Framework::OwnLaws, Suite::Classic, anna.user());
    let stranger = Device::new(3);
    let refused = Member::create(
        &stranger.store,
        &stranger.keys,
        &stranger.identity,
        &policy,
        None,
    );
    assert_eq!(
        refused.map(drop),
        Err(PolicyViolation::RoleNotMember.into())
    );
}

#[test]
fn a_message_is_not_taken_for_a_commit_nor_the_reverse() {
    let [lead, anna] = [1, 2].map(Device::new);
    let mut channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let message = lead.encrypt("hello");
    let bundle = lead.member().update(&lead.store).unwrap();
    let as_message = anna
        .member()
        .process(&anna.store, Expected::Message, &bundle.commit);
    assert_eq!(
        as_message,
        Err(GroupError::Unexpected {
            expected: "an application message"
        })
    );
    assert_eq!(
        anna.take_commit(&message),
        Err(GroupError::Unexpected {
            expected: "a commit"
        })
    );
    assert!(matches!(
        channel.view().check_message(&bundle.commit),
        Err(GroupError::Unexpected { .. })
    ));
    let swapped = Bundle {
        commit: message.clone(),
        ..bundle
    };
    assert!(matches!(
        channel.apply(&lead, &swapped),
        Err(GroupError::Unexpected { .. })
    ));
    assert_eq!(text(&anna.read(&message).unwrap()), "hello");
}

#[test]
fn ones_own_message_and_commit_are_named_as_such() {
    let [lead, anna] = [1, 2].map(Device::new);
    let mut channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let message = lead.encrypt("mine");
    assert_eq!(lead.read(&message), Err(GroupError::OwnMessage));
    let bundle = lead.member().update(&lead.store).unwrap();
    channel.apply(&lead, &bundle).unwrap();
    assert_eq!(lead.take_commit(&bundle.commit), Err(GroupError::OwnCommit));
    lead.member().merge_pending(&lead.store).unwrap();
    anna.take_commit(&bundle.commit).unwrap();
    channel.assert_agreed(&[&lead, &anna]);
}

#[test]
fn a_device_that_is_not_there_cannot_be_removed_nor_oneself() {
    let [lead, anna] = [1, 2].map(Device::new);
    let _channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let nobody = DeviceId::from_bytes([9; 16]);
    assert_eq!(
        lead.member().remove(&lead.store, &[nobody]),
        Err(GroupError::UnknownDevice(nobody))
    );
    assert!(matches!(
        lead.member().remove(&lead.store, &[lead.id()]),
        Err(GroupError::InvalidChange(_))
    ));
    assert!(!lead.member().has_pending());
}
