//! Truncated, changed and random bytes: a typed refusal, never a panic, and nothing harmed.

use beraad_protocol::limits;

use super::{Channel, Device, channel, text};
use crate::{
    Bundle, Changes, Expected, GroupError, KeyValue as _, Member, MemoryStore, PublicView, Suite,
    check_key_package,
};

/// A world in which one commit, its parts and a message have just been made.
struct Made {
    channel: Channel,
    lead: Device,
    anna: Device,
    cleo: Device,
    package: Vec<u8>,
    message: Vec<u8>,
    bundle: Bundle,
}

fn made() -> Made {
    let [lead, anna, cleo] = [1, 2, 3].map(Device::new);
    let channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let message = lead.encrypt("hello");
    let package = cleo.key_package(Suite::Classic);
    let bundle = lead
        .member()
        .add(&lead.store, std::slice::from_ref(&package))
        .unwrap();
    Made {
        channel,
        lead,
        anna,
        cleo,
        package,
        message,
        bundle,
    }
}

impl Made {
    /// Gives the bytes to whatever reads bytes; each must refuse them.
    fn refuse_everywhere(&self, part: Part, bytes: &[u8]) {
        let apply = |commit: &[u8], welcome: &[u8], info: &[u8]| {
            let mut view = self.channel.view();
            let before = view.to_bytes();
            view.apply(commit, Some(welcome), info, self.lead.id())
                .unwrap_err();
            assert_eq!(view.to_bytes(), before);
        };
        let Bundle {
            commit,
            welcome,
            group_info,
            ..
        } = &self.bundle;
        let welcome = welcome.as_ref().unwrap();
        match part {
            Part::Commit => {
                apply(bytes, welcome, group_info);
                let mut anna = self.anna.member();
                anna.process(&self.anna.store, Expected::Handshake, bytes)
                    .unwrap_err();
            }
            Part::Welcome => {
                let copy = self.cleo.store.clone();
                Member::join(&copy, &self.cleo.keys, bytes).unwrap_err();
            }
            Part::GroupInfo => {
                apply(commit, welcome, bytes);
                PublicView::open(bytes, channel()).unwrap_err();
            }
            Part::Message => {
                let copy = self.anna.store.clone();
                let mut anna = Member::load(&copy, &self.anna.keys, channel())
                    .unwrap()
                    .unwrap();
                anna.process(&copy, Expected::Message, bytes).unwrap_err();
            }
            Part::KeyPackage => {
                check_key_package(bytes, Suite::Classic).unwrap_err();
            }
        }
    }

    fn parts(&self) -> [(Part, &[u8]); 5] {
        let Bundle {
            commit,
            welcome,
            group_info,
            ..
        } = &self.bundle;
        [
            (Part::Commit, commit),
            (Part::Welcome, welcome.as_ref().unwrap()),
            (Part::GroupInfo, group_info),
            (Part::Message, &self.message),
            (Part::KeyPackage, &self.package),
        ]
    }
}

/// Bytes of the tag of the classic suite, SHA-256.
const MEMBERSHIP_TAG: usize = 32;

#[derive(Clone, Copy)]
enum Part {
    Commit,
    Welcome,
    GroupInfo,
    Message,
    KeyPackage,
}

#[test]
fn truncated_at_any_length_it_is_refused() {
    let made = made();
    for (part, bytes) in made.parts() {
        for length in 0..bytes.len() {
            made.refuse_everywhere(part, &bytes[..length]);
        }
        made.refuse_everywhere(part, &[bytes, &[0]].concat());
    }
    assert_unharmed(made);
}

#[test]
fn changed_at_any_place_it_is_refused() {
    let made = made();
    for (part, bytes) in made.parts() {
        // The commit ends in the membership tag, which only members can check.
        let checked_by_all = match part {
            Part::Commit => bytes.len() - MEMBERSHIP_TAG,
            _ => bytes.len(),
        };
        let mut changed = bytes.to_vec();
        for place in (0..checked_by_all).step_by(3) {
            changed[place] ^= 0x11;
            made.refuse_everywhere(part, &changed);
            changed[place] ^= 0x11;
        }
    }
    let mut commit = made.bundle.commit.clone();
    for place in commit.len() - MEMBERSHIP_TAG..commit.len() {
        commit[place] ^= 0x11;
        made.anna.take_commit(&commit).unwrap_err();
        commit[place] ^= 0x11;
    }
    assert_unharmed(made);
}

#[test]
fn one_part_in_the_place_of_another_is_refused() {
    let made = made();
    for (part, right) in made.parts() {
        for (_, wrong) in made
            .parts()
            .into_iter()
            .filter(|(_, wrong)| *wrong != right)
        {
            made.refuse_everywhere(part, wrong);
        }
    }
    assert_unharmed(made);
}

#[test]
fn too_much_is_refused_before_it_is_read() {
    let made = made();
    let large = vec![0; limits::MAX_BUNDLE + 1];
    let too_large = |error: GroupError| matches!(error, GroupError::TooLarge { .. });
    let Made {
        channel,
        lead,
        anna,
        cleo,
        ..
    } = &made;
    assert!(too_large(anna.take_commit(&large).unwrap_err()));
    assert!(too_large(channel.view().check_message(&large).unwrap_err()));
    assert!(too_large(
        Member::join(&cleo.store, &cleo.keys, &large).unwrap_err()
    ));
    assert!(too_large(
        check_key_package(&large, Suite::Classic).unwrap_err()
    ));
    assert!(too_large(
        PublicView::open(&large, super::channel()).unwrap_err()
    ));
    let long = vec![b'x'; limits::MAX_MESSAGE];
    assert!(too_large(
        lead.member().encrypt(&lead.store, &long, b"").unwrap_err()
    ));
    let longest = vec![b'x'; limits::MAX_MESSAGE - 4096];
    let message = lead.member().encrypt(&lead.store, &longest, b"").unwrap();
    assert!(message.len() <= limits::MAX_MESSAGE);
    channel.view().check_message(&message).unwrap();
    assert_unharmed(made);
}

#[test]
fn a_damaged_view_or_store_is_named() {
    let made = made();
    let bytes = made.channel.view().to_bytes();
    for length in (0..bytes.len()).step_by(7) {
        PublicView::from_bytes(&bytes[..length], channel()).unwrap_err();
    }
    let empty = MemoryStore::new().to_bytes();
    assert!(matches!(
        PublicView::from_bytes(&empty, channel()),
        Err(GroupError::Store(_))
    ));

    let store = MemoryStore::from_bytes(&bytes).unwrap();
    let key = [&b"mls/tree/"[..], &key_of_channel()].concat();
    assert!(store.get(&key).unwrap().is_some());
    store.put(&key, b"damage").unwrap();
    let damaged = PublicView::from_bytes(&store.to_bytes(), channel());
    assert!(matches!(damaged, Err(GroupError::Store(_))));
}

fn key_of_channel() -> Vec<u8> {
    let mut bytes = Vec::new();
    let id = openmls::prelude::GroupId::from_slice(channel().as_bytes());
    ciborium::into_writer(&id, &mut bytes).unwrap();
    bytes
}

fn assert_unharmed(mut made: Made) {
    let (lead, anna, cleo) = (&made.lead, &made.anna, &made.cleo);
    made.channel.apply(lead, &made.bundle).unwrap();
    lead.member().merge_pending(&lead.store).unwrap();
    assert_eq!(text(&anna.read(&made.message).unwrap()), "hello");
    anna.take_commit(&made.bundle.commit).unwrap();
    Member::join(
        &cleo.store,
        &cleo.keys,
        made.bundle.welcome.as_ref().unwrap(),
    )
    .unwrap();
    made.channel.assert_agreed(&[lead, anna, cleo]);
    made.channel
        .commit(&made.cleo, &[&made.lead, &made.anna], &Changes::default());
}
