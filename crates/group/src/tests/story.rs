//! The ordinary life of a channel, on both suites.

use super::{Channel, Device, channel, text};
use crate::{Changes, GroupError, Member, Policy, Processed, Suite};

#[test]
fn a_channel_lives_through_additions_updates_removals_and_messages() {
    for suite in Suite::ALL {
        let [lead, anna, bram, cleo] = [1, 2, 3, 4].map(Device::new);
        let mut channel = Channel::with(suite, &[&lead, &anna, &bram, &cleo]);
        channel.assert_agreed(&[&lead, &anna, &bram, &cleo]);

        let hello = lead.encrypt("hello");
        channel.view().check_message(&hello).unwrap();
        for device in [&anna, &bram, &cleo] {
            let got = device.read(&hello).unwrap();
            assert_eq!(
                got,
                Processed::Message {
                    sender: lead.identity,
                    epoch: 1,
                    plaintext: b"hello".to_vec(),
                    aad: b"in the open".to_vec(),
                }
            );
        }
        let back = anna.encrypt("hello lead");
        assert_eq!(text(&lead.read(&back).unwrap()), "hello lead");

        channel.commit(&bram, &[&lead, &anna, &cleo], &Changes::default());
        channel.assert_agreed(&[&lead, &anna, &bram, &cleo]);

        let remove = Changes {
            remove: &[bram.id()],
            ..Changes::default()
        };
        let bundle = channel.commit(&lead, &[&anna, &cleo], &remove);
        assert!(bundle.welcome.is_none());
        channel.assert_agreed(&[&lead, &anna, &cleo]);
        assert_eq!(
            bram.take_commit(&bundle.commit).unwrap(),
            Processed::Commit {
                by: lead.identity,
                added: vec![],
                removed: vec![bram.identity],
                removed_self: true,
                epoch: 3,
            }
        );

        let secret = cleo.encrypt("without bram");
        assert_eq!(text(&anna.read(&secret).unwrap()), "without bram");
        assert_eq!(bram.read(&secret), Err(GroupError::Removed));
        assert_eq!(
            bram.member().encrypt(&bram.store, b"x", b""),
            Err(GroupError::Removed)
        );
        assert_eq!(bram.member().update(&bram.store), Err(GroupError::Removed));
    }
}

#[test]
fn a_commit_reports_who_came_and_by_whom() {
    let [lead, anna, bram] = [1, 2, 3].map(Device::new);
    let mut channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let package = [bram.key_package(Suite::Classic)];
    let bundle = lead.member().add(&lead.store, &package).unwrap();
    let applied = channel.apply(&lead, &bundle).unwrap();
    assert_eq!(applied.epoch, 2);
    assert_eq!(applied.added.len(), 1);
    assert_eq!(applied.added[0].identity, bram.identity);
    assert_eq!(applied.added[0].signature_key, bram.keys.public());
    assert_eq!(
        anna.take_commit(&bundle.commit).unwrap(),
        Processed::Commit {
            by: lead.identity,
            added: vec![bram.identity],
            removed: vec![],
            removed_self: false,
            epoch: 2,
        }
    );
}

#[test]
fn a_message_of_a_past_epoch_is_read_up_to_five_commits_later() {
    let [lead, anna] = [1, 2].map(Device::new);
    let mut channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let late = lead.encrypt("late");
    let too_late = lead.encrypt("too late");
    for _ in 0..5 {
        channel.commit(&lead, &[&anna], &Changes::default());
    }
    assert_eq!(text(&anna.read(&late).unwrap()), "late");
    channel.commit(&lead, &[&anna], &Changes::default());
    assert!(matches!(
        anna.read(&too_late),
        Err(GroupError::Undecryptable(_))
    ));
    assert!(matches!(
        channel.view().check_message(&too_late),
        Err(GroupError::StaleEpoch { current: 7, got: 1 })
    ));
}

#[test]
fn messages_may_overtake_each_other_but_none_is_read_twice() {
    let [lead, anna] = [1, 2].map(Device::new);
    let _channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let messages: Vec<_> = (0..5).map(|n| lead.encrypt(&n.to_string())).collect();
    for n in [3, 0, 4, 1, 2] {
        assert_eq!(text(&anna.read(&messages[n]).unwrap()), n.to_string());
    }
    assert!(matches!(
        anna.read(&messages[3]),
        Err(GroupError::Undecryptable(_))
    ));
}

#[test]
fn lengths_are_padded_so_that_short_messages_look_alike() {
    let [lead, anna] = [1, 2].map(Device::new);
    let _channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let lengths = ["", "yes", "a longer answer than yes"].map(|text| lead.encrypt(text).len());
    assert_eq!(lengths[0], lengths[1]);
    assert_eq!(lengths[1], lengths[2]);
}

#[test]
fn twenty_are_added_in_one_commit() {
    for suite in Suite::ALL {
        let lead = Device::new(1);
        let others: Vec<_> = (2..22).map(Device::new).collect();
        let mut all = vec![&lead];
        all.extend(&others);
        let mut channel = Channel::with(suite, &all);
        channel.assert_agreed(&all);
        channel.commit(&others[7], &[&lead, &others[0]], &Changes::default());
        let message = others[7].encrypt("we are with many");
        assert_eq!(text(&lead.read(&message).unwrap()), "we are with many");
        assert_eq!(text(&others[0].read(&message).unwrap()), "we are with many");
    }
}

#[test]
fn a_user_takes_part_with_two_devices() {
    let [lead, laptop, phone] = [Device::new(1), Device::of_user(2, 2), Device::of_user(2, 3)];
    let channel = Channel::with(Suite::Classic, &[&lead, &laptop, &phone]);
    channel.assert_agreed(&[&lead, &laptop, &phone]);
    assert_eq!(
        text(&phone.read(&laptop.encrypt("from my laptop")).unwrap()),
        "from my laptop"
    );
}

#[test]
fn who_was_removed_can_be_added_again_and_reads_on() {
    let [lead, anna] = [1, 2].map(Device::new);
    let mut channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let remove = Changes {
        remove: &[anna.id()],
        ..Changes::default()
    };
    let bundle = channel.commit(&lead, &[], &remove);
    anna.take_commit(&bundle.commit).unwrap();
    channel.add(&lead, &[], &[&anna]);
    channel.assert_agreed(&[&lead, &anna]);
    assert_eq!(
        text(&anna.read(&lead.encrypt("welcome back")).unwrap()),
        "welcome back"
    );
}

#[test]
fn every_member_exports_the_same_secret_and_another_for_another_label() {
    let [lead, anna] = [1, 2].map(Device::new);
    let _channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let secret = lead.member().export_secret("files", b"1", 32).unwrap();
    assert_eq!(
        anna.member().export_secret("files", b"1", 32).unwrap(),
        secret
    );
    assert_ne!(
        lead.member().export_secret("calls", b"1", 32).unwrap(),
        secret
    );
    assert_eq!(secret.len(), 32);
}

#[test]
fn the_policy_changes_by_a_commit_of_the_lead() {
    let [lead, anna] = [1, 2].map(Device::new);
    let mut channel = Channel::with(Suite::Hybrid, &[&lead, &anna]);
    let policy = Policy {
        chair: Some(anna.user()),
        ..lead.member().policy().unwrap()
    };
    let changes = Changes {
        policy: Some(&policy),
        ..Changes::default()
    };
    channel.commit(&lead, &[&anna], &changes);
    channel.assert_agreed(&[&lead, &anna]);
    assert_eq!(anna.member().policy().unwrap(), policy);
}

#[test]
fn a_device_that_is_not_in_the_group_has_no_session() {
    let stranger = Device::new(9);
    assert!(
        Member::load(&stranger.store, &stranger.keys, channel())
            .unwrap()
            .is_none()
    );
}
