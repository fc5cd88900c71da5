//! A device that runs mls-rs, set up for this product's profile as the documents describe it:
//! nothing here is taken from the group crate but the types of its interface.

use std::collections::BTreeMap;

use beraad_group::{Bundle, MemberInfo, Policy};
use beraad_protocol::{DeviceId, directory::LeafIdentity, from_cbor, to_cbor};
use mls_rs::{
    CipherSuite, Client, Extension, ExtensionList, Group, MlsMessage,
    client_builder::{BaseConfig, PaddingMode, WithCryptoProvider, WithIdentityProvider},
    crypto::SignatureSecretKey,
    error::MlsError,
    extension::{
        ExtensionType,
        built_in::{ExternalSendersExt, RatchetTreeExt, RequiredCapabilitiesExt},
    },
    group::{CommitEffect, ReceivedMessage, Roster},
    identity::{
        CredentialType, SigningIdentity,
        basic::{BasicCredential, BasicIdentityProvider},
    },
    mls_rules::{CommitOptions, DefaultMlsRules, EncryptionOptions},
    storage_provider::in_memory::InMemoryGroupStateStorage,
};
use mls_rs_crypto_rustcrypto::RustCryptoProvider;

use crate::device::{
    CHANNEL, Change, Device, EXPORT, Kind, PAST_EPOCHS, Refusal, State, Taken, Text, Who,
};

const SUITE: CipherSuite = CipherSuite::CURVE25519_AES128;
/// The extension of the GroupContext that carries the policy.
const POLICY: ExtensionType = ExtensionType::new(0xF0BE);
/// Version and wire format that stand before a KeyPackage sent as a message of its own (RFC 9420
/// section 6); the server keeps it without.
const KEY_PACKAGE_HEADER: [u8; 4] = [0, 1, 0, 5];

type Config =
    WithIdentityProvider<BasicIdentityProvider, WithCryptoProvider<RustCryptoProvider, BaseConfig>>;

/// How a device sends, where the profile leaves it open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Habits {
    /// Renew the keys in every commit, also where MLS does not ask it.
    pub(crate) always_path: bool,
    pub(crate) padding: PaddingMode,
}

pub(crate) struct Theirs {
    who: Who,
    habits: Habits,
    client: Client<Config>,
    group: Option<Group<Config>>,
    /// Who sat in which leaf in an epoch: messages name their sender by leaf.
    leaves: BTreeMap<u64, BTreeMap<u32, LeafIdentity>>,
}

impl Theirs {
    pub(crate) fn new(who: Who, habits: Habits) -> Self {
        Self {
            client: client(&who, habits),
            who,
            habits,
            group: None,
            leaves: BTreeMap::new(),
        }
    }

    fn group(&self) -> &Group<Config> {
        self.group.as_ref().expect("it is in the group")
    }

    fn group_mut(&mut self) -> &mut Group<Config> {
        self.group.as_mut().expect("it is in the group")
    }

    /// Takes a new group in place of any old one.
    fn enter(&mut self, group: Group<Config>) {
        let storage = self.client.group_state_storage();
        storage.delete_group(CHANNEL.as_bytes());
        self.leaves.clear();
        self.group = Some(group);
        self.store();
    }

    fn store(&mut self) {
        self.group_mut().write_to_storage().expect("it is stored");
        let epoch = self.group().context().epoch;
        let leaves = leaves(&self.group().roster())
            .into_iter()
            .map(|(index, member)| (index, member.identity));
        self.leaves.insert(epoch, leaves.collect());
    }

    fn try_commit(&mut self, change: &Change) -> Result<Bundle, MlsError> {
        let epoch = self.group().context().epoch;
        let removed: Vec<_> = change
            .remove
            .iter()
            .map(|device| index_of(&self.group().roster(), *device).expect("it is a member"))
            .collect();
        let mut extensions = self.group().context().extensions.clone();
        let mut builder = self.group_mut().commit_builder();
        for package in &change.add {
            let message = [&KEY_PACKAGE_HEADER, package.as_slice()].concat();
            builder = builder.add_member(MlsMessage::from_bytes(&message)?)?;
        }
        for index in removed {
            builder = builder.remove_member(index)?;
        }
        if let Some(policy) = &change.policy {
            extensions.set(policy_extension(policy));
            builder = builder.set_group_context_ext(extensions)?;
        }
        let made = builder.build()?;
        self.store();
        assert!(made.welcome_messages.len() <= 1, "one Welcome for all");
        let info = made.external_commit_group_info.expect("it was asked for");
        Ok(Bundle {
            commit: made.commit_message.to_bytes()?,
            welcome: made
                .welcome_messages
                .first()
                .map(MlsMessage::to_bytes)
                .transpose()?,
            group_info: info.to_bytes()?,
            epoch,
        })
    }

    fn try_take(&mut self, commit: &[u8]) -> Result<Taken, Refusal> {
        let message = MlsMessage::from_bytes(commit).map_err(|error| error.to_string())?;
        // A member who is removed has no roster afterwards, one from outside none before.
        let before = leaves(&self.group().roster());
        let received = self.group_mut().process_incoming_message(message);
        let ReceivedMessage::Commit(done) = received.map_err(|error| error.to_string())? else {
            return Err("not a commit".to_owned());
        };
        let after = leaves(&self.group().roster());
        let leaves = if done.is_external { &after } else { &before };
        let by = leaves.get(&done.committer).expect("a member committed");
        let removed_self = matches!(done.effect, CommitEffect::Removed { .. });
        Ok(Taken {
            by: by.identity,
            removed_self,
        })
    }
}

impl Device for Theirs {
    fn kind(&self) -> Kind {
        Kind::Theirs
    }

    fn who(&self) -> &Who {
        &self.who
    }

    fn key_package(&mut self) -> Vec<u8> {
        let message = self
            .client
            .generate_key_package_message(ExtensionList::new(), ExtensionList::new(), None)
            .and_then(|message| message.to_bytes())
            .expect("a KeyPackage is made");
        message
            .strip_prefix(&KEY_PACKAGE_HEADER)
            .expect("it is a KeyPackage")
            .to_vec()
    }

    fn create(&mut self, policy: &Policy, server: &[u8; 32]) -> Vec<u8> {
        let group = self
            .client
            .group_builder()
            .expect("it has an identity")
            .with_group_id(CHANNEL.as_bytes().to_vec())
            .with_group_context_extensions(context_extensions(policy, server))
            .build()
            .expect("the channel is opened");
        self.enter(group);
        group_info(self.group())
    }

    fn join(&mut self, welcome: &[u8]) {
        let welcome = MlsMessage::from_bytes(welcome).expect("it is a message");
        let (group, _) = self
            .client
            .join_group(None, &welcome, None)
            .expect("the Welcome opens");
        self.enter(group);
    }

    fn commit(&mut self, change: &Change) -> Bundle {
        self.try_commit(change).expect("the commit is made")
    }

    fn merge(&mut self) {
        self.group_mut()
            .apply_pending_commit()
            .expect("the commit is merged");
        self.store();
    }

    fn clear(&mut self) {
        self.group_mut().clear_pending_commit();
        self.store();
    }

    fn take_commit(&mut self, commit: &[u8]) -> Result<Taken, Refusal> {
        let taken = self.try_take(commit)?;
        if !taken.removed_self {
            self.store();
        }
        Ok(taken)
    }

    fn encrypt(&mut self, plaintext: &[u8], aad: &[u8]) -> Vec<u8> {
        let message = self
            .group_mut()
            .encrypt_application_message(plaintext, aad.to_vec())
            .and_then(|message| message.to_bytes())
            .expect("the message is encrypted");
        self.store();
        message
    }

    fn read(&mut self, message: &[u8]) -> Result<Text, Refusal> {
        let message = MlsMessage::from_bytes(message).map_err(|error| error.to_string())?;
        let epoch = message.epoch().ok_or("not a message of a group")?;
        let received = self.group_mut().process_incoming_message(message);
        let text = match received {
            Ok(ReceivedMessage::ApplicationMessage(text)) => text,
            Ok(_) => return Err("not an application message".to_owned()),
            Err(error) => {
                // The group in memory has used up the message's key, the stored one has not.
                self.restart();
                return Err(error.to_string());
            }
        };
        self.store();
        let sender = self.leaves[&epoch][&text.sender_index];
        Ok(Text {
            sender,
            plaintext: text.data().to_vec(),
            aad: text.authenticated_data,
        })
    }

    /// mls-rs does not say who sat in a leaf in a past epoch, and therefore reads messages of that
    /// epoch only while the same device sits in the same leaf.
    fn still_reads(&self, sender: DeviceId, epoch: u64) -> bool {
        let now = self.group().context().epoch;
        let leaf_in = |epoch| {
            let leaves: Option<&BTreeMap<u32, LeafIdentity>> = self.leaves.get(epoch);
            leaves?
                .iter()
                .find(|(_, identity)| identity.device == sender)
                .map(|(leaf, _)| *leaf)
        };
        now - epoch <= PAST_EPOCHS && leaf_in(&now) == leaf_in(&epoch)
    }

    fn state(&self) -> State {
        let group = self.group();
        let context = group.context();
        let (label, about, length) = EXPORT;
        let policy = context.extensions.get(POLICY).expect("it has a policy");
        State {
            epoch: context.epoch,
            authenticator: group
                .epoch_authenticator()
                .expect("it has one")
                .as_bytes()
                .to_vec(),
            tree_hash: context.tree_hash.clone(),
            exported: group
                .export_secret(label.as_bytes(), about, length)
                .expect("a member exports")
                .as_bytes()
                .to_vec(),
            roster: leaves(&group.roster()).into_values().collect(),
            policy: from_cbor(&policy.extension_data).expect("it is a policy"),
        }
    }

    fn restart(&mut self) {
        let loaded = self.client.load_group(CHANNEL.as_bytes());
        self.group = Some(loaded.expect("it is loaded"));
    }

    fn enter_from_outside(
        &mut self,
        group_info: &[u8],
        instead_of: Option<DeviceId>,
    ) -> Option<Bundle> {
        let message = MlsMessage::from_bytes(group_info).expect("it is a message");
        let info = message.as_group_info().expect("it is a GroupInfo");
        let epoch = info.group_context().epoch;
        let index = instead_of.map(|device| {
            let tree: RatchetTreeExt = info.extensions().get_as().expect("it is read")?;
            index_of(&tree.tree_data.roster(), device)
        });
        let client = client(&self.who, self.habits);
        let mut builder = client
            .external_commit_builder()
            .expect("it has an identity");
        if let Some(index) = index {
            builder = builder.with_removal(index.expect("it is a member"));
        }
        let (group, commit) = builder.build(message).ok()?;
        let bundle = Bundle {
            commit: commit.to_bytes().expect("it is encoded"),
            welcome: None,
            group_info: self::group_info(&group),
            epoch,
        };
        self.client = client;
        self.enter(group);
        Some(bundle)
    }
}

fn client(who: &Who, habits: Habits) -> Client<Config> {
    let public = who.keys.public();
    let secret = [who.keys.to_bytes().as_slice(), &public].concat();
    let credential = BasicCredential::new(to_cbor(&who.identity)).into_credential();
    let past_epochs = usize::try_from(PAST_EPOCHS).expect("it is small");
    let storage = InMemoryGroupStateStorage::new().with_max_epoch_retention(past_epochs);
    let rules = DefaultMlsRules::new()
        .with_commit_options(
            CommitOptions::new()
                .with_path_required(habits.always_path)
                .with_ratchet_tree_extension(true)
                .with_single_welcome_message(true)
                .with_allow_external_commit(true),
        )
        .with_encryption_options(EncryptionOptions::new(false, habits.padding));
    Client::builder()
        .crypto_provider(RustCryptoProvider::with_enabled_cipher_suites(vec![SUITE]))
        .identity_provider(BasicIdentityProvider::new())
        .group_state_storage(storage.expect("it keeps some"))
        .mls_rules(rules)
        .extension_type(POLICY)
        .signing_identity(
            SigningIdentity::new(credential, public.to_vec().into()),
            SignatureSecretKey::from(secret),
            SUITE,
        )
        .build()
}

fn context_extensions(policy: &Policy, server: &[u8; 32]) -> ExtensionList {
    let required = RequiredCapabilitiesExt::new(vec![POLICY], vec![], vec![CredentialType::BASIC]);
    let server = SigningIdentity::new(
        BasicCredential::new(b"beraad server".to_vec()).into_credential(),
        server.to_vec().into(),
    );
    let mut extensions = ExtensionList::new();
    extensions.set_from(required).expect("it is encoded");
    extensions.set(policy_extension(policy));
    extensions
        .set_from(ExternalSendersExt::new(vec![server]))
        .expect("it is encoded");
    extensions
}

fn policy_extension(policy: &Policy) -> Extension {
    Extension::new(POLICY, to_cbor(policy))
}

fn group_info(group: &Group<Config>) -> Vec<u8> {
    group
        .group_info_message_allowing_ext_commit(true)
        .and_then(|info| info.to_bytes())
        .expect("the GroupInfo is made")
}

/// Who sits in which leaf.
fn leaves(roster: &Roster<'_>) -> BTreeMap<u32, MemberInfo> {
    let member = |identity: &SigningIdentity| MemberInfo {
        identity: from_cbor(&identity.credential.as_basic().expect("basic").identifier)
            .expect("it is an identity"),
        signature_key: identity
            .signature_key
            .as_bytes()
            .try_into()
            .expect("Ed25519"),
    };
    roster
        .members_iter()
        .map(|leaf| (leaf.index, member(&leaf.signing_identity)))
        .collect()
}

fn index_of(roster: &Roster<'_>, device: DeviceId) -> Option<u32> {
    leaves(roster)
        .into_iter()
        .find(|(_, member)| member.identity.device == device)
        .map(|(index, _)| index)
}
