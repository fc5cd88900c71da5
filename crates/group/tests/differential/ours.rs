//! A device that runs this product's group crate.

use beraad_group::{
    Bundle, Changes, Expected, GroupError, Member, MemoryStore, Policy, Processed, Suite,
};
use beraad_protocol::DeviceId;

use crate::device::{
    CHANNEL, Change, Device, EXPORT, Kind, PAST_EPOCHS, Refusal, State, Taken, Text, Who,
};

pub(crate) struct Ours {
    who: Who,
    store: MemoryStore,
    member: Option<Member>,
}

impl Ours {
    pub(crate) fn new(who: Who) -> Self {
        Self {
            who,
            store: MemoryStore::new(),
            member: None,
        }
    }

    fn member(&self) -> &Member {
        self.member.as_ref().expect("it is in the group")
    }

    /// The session and its store, for one call.
    fn with<T>(
        &mut self,
        call: impl FnOnce(&mut Member, &MemoryStore) -> Result<T, GroupError>,
    ) -> Result<T, GroupError> {
        let member = self.member.as_mut().expect("it is in the group");
        call(member, &self.store)
    }
}

impl Device for Ours {
    fn kind(&self) -> Kind {
        Kind::Ours
    }

    fn who(&self) -> &Who {
        &self.who
    }

    fn key_package(&mut self) -> Vec<u8> {
        let Who { identity, keys } = &self.who;
        Member::key_packages(&self.store, keys, identity, Suite::Classic, 1, false)
            .expect("a KeyPackage is made")
            .remove(0)
    }

    fn create(&mut self, policy: &Policy, server: &[u8; 32]) -> Vec<u8> {
        let Who { identity, keys } = &self.who;
        let (member, info) = Member::create(&self.store, keys, identity, policy, Some(server))
            .expect("the channel is opened");
        self.member = Some(member);
        info
    }

    fn join(&mut self, welcome: &[u8]) {
        let member = Member::join(&self.store, &self.who.keys, welcome);
        self.member = Some(member.expect("the Welcome opens"));
    }

    fn commit(&mut self, change: &Change) -> Bundle {
        let changes = Changes {
            add: &change.add,
            remove: &change.remove,
            policy: change.policy.as_ref(),
        };
        self.with(|member, store| member.commit(store, &changes))
            .expect("the commit is made")
    }

    fn merge(&mut self) {
        self.with(|member, store| member.merge_pending(store))
            .expect("the commit is merged");
    }

    fn clear(&mut self) {
        self.with(|member, store| member.clear_pending(store))
            .expect("the commit is cleared");
    }

    fn take_commit(&mut self, commit: &[u8]) -> Result<Taken, Refusal> {
        let taken = self.with(|member, store| member.process(store, Expected::Handshake, commit));
        match taken.map_err(|error| format!("{error:?}"))? {
            Processed::Commit {
                by, removed_self, ..
            } => Ok(Taken { by, removed_self }),
            other => Err(format!("not a commit: {other:?}")),
        }
    }

    fn encrypt(&mut self, plaintext: &[u8], aad: &[u8]) -> Vec<u8> {
        self.with(|member, store| member.encrypt(store, plaintext, aad))
            .expect("the message is encrypted")
    }

    fn read(&mut self, message: &[u8]) -> Result<Text, Refusal> {
        let read = self.with(|member, store| member.process(store, Expected::Message, message));
        match read.map_err(|error| format!("{error:?}"))? {
            Processed::Message {
                sender,
                plaintext,
                aad,
                ..
            } => Ok(Text {
                sender,
                plaintext,
                aad,
            }),
            other => Err(format!("not a message: {other:?}")),
        }
    }

    fn still_reads(&self, _: DeviceId, epoch: u64) -> bool {
        self.member().epoch() - epoch <= PAST_EPOCHS
    }

    fn state(&self) -> State {
        let member = self.member();
        let (label, context, length) = EXPORT;
        State {
            epoch: member.epoch(),
            authenticator: member.epoch_authenticator(),
            tree_hash: member.tree_hash(),
            exported: member
                .export_secret(label, context, length)
                .expect("a member exports")
                .to_vec(),
            roster: member.members().expect("the roster is in order"),
            policy: member.policy().expect("the policy is in order"),
        }
    }

    fn restart(&mut self) {
        self.member = Member::load(&self.store, &self.who.keys, CHANNEL).expect("it is loaded");
    }

    fn enter_from_outside(&mut self, _: &[u8], _: Option<DeviceId>) -> Option<Bundle> {
        None
    }
}
