//! A channel, played out: devices with stores of their own, and the server's view between them.
//!
//! Every step loads the member from its store and drops it again, and takes the view through its
//! bytes, so nothing can live only in memory.

mod bad_input;
mod bundle;
mod keys;
mod policy;
mod recovery;
mod story;

use beraad_protocol::{
    ChannelId, DeviceId, OrgId, UserId, directory::LeafIdentity, vocabulary::Framework,
};

use crate::{
    Applied, Bundle, Changes, DeviceKeys, Expected, GroupError, KeyValue as _, Member, MemoryStore,
    Policy, Processed, PublicView, Suite,
};

/// A device: what it has on disk, its key and who it is.
pub(crate) struct Device {
    pub(crate) store: MemoryStore,
    pub(crate) keys: DeviceKeys,
    pub(crate) identity: LeafIdentity,
}

impl Device {
    /// A device of its own user at its own organisation.
    pub(crate) fn new(n: u8) -> Self {
        Self::of_user(n, n)
    }

    pub(crate) fn of_user(user: u8, device: u8) -> Self {
        Self {
            store: MemoryStore::new(),
            keys: DeviceKeys::generate().unwrap(),
            identity: LeafIdentity {
                org: OrgId::from_bytes([user; 16]),
                user: UserId::from_bytes([user; 16]),
                device: DeviceId::from_bytes([device; 16]),
            },
        }
    }

    pub(crate) fn id(&self) -> DeviceId {
        self.identity.device
    }

    pub(crate) fn user(&self) -> UserId {
        self.identity.user
    }

    pub(crate) fn member(&self) -> Member {
        Member::load(&self.store, &self.keys, channel())
            .unwrap()
            .expect("it is in the group")
    }

    pub(crate) fn key_package(&self, suite: Suite) -> Vec<u8> {
        Member::key_packages(&self.store, &self.keys, &self.identity, suite, 1, false)
            .unwrap()
            .remove(0)
    }

    pub(crate) fn encrypt(&self, text: &str) -> Vec<u8> {
        self.member()
            .encrypt(&self.store, text.as_bytes(), b"in the open")
            .unwrap()
    }

    pub(crate) fn read(&self, message: &[u8]) -> Result<Processed, GroupError> {
        self.member()
            .process(&self.store, Expected::Message, message)
    }

    pub(crate) fn take_commit(&self, commit: &[u8]) -> Result<Processed, GroupError> {
        self.member()
            .process(&self.store, Expected::Handshake, commit)
    }

    /// A commit that does not ask the policy first.
    pub(crate) fn unchecked(&self, changes: &Changes<'_>) -> Bundle {
        self.member()
            .commit_unchecked(&self.store, changes)
            .unwrap()
    }
}

/// A channel with its server's view.
pub(crate) struct Channel {
    pub(crate) suite: Suite,
    view: Vec<u8>,
}

impl Channel {
    /// `lead` opens it.
    pub(crate) fn open(suite: Suite, lead: &Device) -> Self {
        let policy = Policy::new(channel(), Framework::OwnLaws, suite, lead.user());
        let (_, info) = Member::create(
            &lead.store,
            &lead.keys,
            &lead.identity,
            &policy,
            Some(&server().public()),
        )
        .unwrap();
        let view = PublicView::open(&info, channel()).unwrap().to_bytes();
        Self { suite, view }
    }

    /// `lead` opens it and adds the others.
    pub(crate) fn with(suite: Suite, devices: &[&Device]) -> Self {
        let mut channel = Self::open(suite, devices[0]);
        if devices.len() > 1 {
            channel.add(devices[0], &[], &devices[1..]);
        }
        channel
    }

    pub(crate) fn view(&self) -> PublicView {
        PublicView::from_bytes(&self.view, channel()).unwrap()
    }

    /// What the server says to a bundle; an accepted one is kept.
    pub(crate) fn apply(&mut self, by: &Device, bundle: &Bundle) -> Result<Applied, GroupError> {
        let mut view = self.view();
        let applied = view.apply(
            &bundle.commit,
            bundle.welcome.as_deref(),
            &bundle.group_info,
            by.id(),
        );
        self.view = view.to_bytes();
        applied
    }

    /// `by` commits, the server accepts, `others` take it in.
    pub(crate) fn commit(
        &mut self,
        by: &Device,
        others: &[&Device],
        changes: &Changes<'_>,
    ) -> Bundle {
        let bundle = by.member().commit(&by.store, changes).unwrap();
        self.apply(by, &bundle).unwrap();
        by.member().merge_pending(&by.store).unwrap();
        for other in others {
            assert!(matches!(
                other.take_commit(&bundle.commit).unwrap(),
                Processed::Commit { .. }
            ));
        }
        bundle
    }

    /// `lead` adds newcomers while `others` look on.
    pub(crate) fn add(&mut self, lead: &Device, others: &[&Device], newcomers: &[&Device]) {
        let packages: Vec<_> = newcomers
            .iter()
            .map(|device| device.key_package(self.suite))
            .collect();
        let changes = Changes {
            add: &packages,
            ..Changes::default()
        };
        let bundle = self.commit(lead, others, &changes);
        let welcome = bundle.welcome.expect("somebody was added");
        for newcomer in newcomers {
            Member::join(&newcomer.store, &newcomer.keys, &welcome).unwrap();
        }
    }

    /// All members and the view are in the same state.
    pub(crate) fn assert_agreed(&self, devices: &[&Device]) {
        let view = self.view();
        let authenticator = devices[0].member().epoch_authenticator();
        for device in devices {
            let member = device.member();
            assert_eq!(member.epoch(), view.epoch());
            assert_eq!(member.tree_hash(), view.tree_hash());
            assert_eq!(member.members().unwrap(), view.roster().unwrap());
            assert_eq!(member.policy().unwrap(), view.policy().unwrap());
            assert_eq!(member.epoch_authenticator(), authenticator);
            assert!(member.has_device(device.id()).unwrap());
        }
        assert_eq!(view.roster().unwrap().len(), devices.len());
    }
}

pub(crate) fn channel() -> ChannelId {
    ChannelId::from_bytes([0xC0; 16])
}

/// The server's key, as sender from outside.
pub(crate) fn server() -> DeviceKeys {
    DeviceKeys::from_bytes(&[0x5E; 32]).unwrap()
}

/// What a message says.
pub(crate) fn text(processed: &Processed) -> &str {
    let Processed::Message { plaintext, .. } = processed else {
        panic!("not a message: {processed:?}")
    };
    std::str::from_utf8(plaintext).unwrap()
}

#[test]
fn a_memory_store_comes_back_from_its_bytes() {
    let store = MemoryStore::new();
    store.put(b"a", b"1").unwrap();
    store.put(b"b", b"2").unwrap();
    store.delete(b"a").unwrap();
    let again = MemoryStore::from_bytes(&store.to_bytes()).unwrap();
    assert_eq!(again.get(b"a").unwrap(), None);
    assert_eq!(again.get(b"b").unwrap().as_deref(), Some(&b"2"[..]));
    assert!(MemoryStore::from_bytes(b"no map").is_err());
    assert!(MemoryStore::from_bytes(&[store.to_bytes(), vec![0]].concat()).is_err());
}

#[test]
fn sessions_and_views_may_move_between_threads() {
    fn moves<T: Send>() {}
    fn is_shared<T: Sync>() {}
    moves::<Member>();
    moves::<PublicView>();
    is_shared::<PublicView>();
}
