//! openmls' storage provider over a [`KeyValue`], and the provider that joins it with the crypto.
//!
//! A stored key is a label and the CBOR of what openmls names the value by; a value is CBOR. Lists
//! (queued proposals, own leaf nodes) are one value each, so that a group is a handful of rows.

use std::cell::RefCell;

use openmls_rust_crypto::RustCrypto;
use openmls_traits::{
    OpenMlsProvider,
    storage::{CURRENT_VERSION as V, StorageProvider, traits},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_bytes::ByteBuf;
use zeroize::Zeroizing;

use crate::store::{KeyValue, StoreError};

/// Crypto and storage for one call into openmls.
pub(crate) struct Provider<'a> {
    crypto: &'a RustCrypto,
    storage: Storage<'a>,
}

impl<'a> Provider<'a> {
    pub(crate) fn new(crypto: &'a RustCrypto, store: &'a dyn KeyValue) -> Self {
        Self {
            crypto,
            storage: Storage {
                store,
                failure: RefCell::new(None),
            },
        }
    }

    /// The store's failure during the call, if that is why it failed.
    pub(crate) fn failure(&self) -> Option<StoreError> {
        self.storage.failure.borrow_mut().take()
    }
}

impl<'a> OpenMlsProvider for Provider<'a> {
    type CryptoProvider = RustCrypto;
    type RandProvider = RustCrypto;
    type StorageProvider = Storage<'a>;

    fn storage(&self) -> &Storage<'a> {
        &self.storage
    }

    fn crypto(&self) -> &RustCrypto {
        self.crypto
    }

    fn rand(&self) -> &RustCrypto {
        self.crypto
    }
}

/// A [`KeyValue`] as openmls wants it.
pub(crate) struct Storage<'a> {
    store: &'a dyn KeyValue,
    /// openmls wraps a storage error many ways; here it is found again as it was.
    failure: RefCell<Option<StoreError>>,
}

impl Storage<'_> {
    fn note<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(error) = &result {
            self.failure
                .borrow_mut()
                .get_or_insert_with(|| error.clone());
        }
        result
    }

    fn write(
        &self,
        label: &str,
        key: &impl Serialize,
        value: &(impl Serialize + ?Sized),
    ) -> Result<(), StoreError> {
        let value = encode(value)?;
        self.note(self.store.put(&stored_key(label, key)?, &value))
    }

    fn read<T: DeserializeOwned>(
        &self,
        label: &str,
        key: &impl Serialize,
    ) -> Result<Option<T>, StoreError> {
        let found = self
            .note(self.store.get(&stored_key(label, key)?))?
            .map(Zeroizing::new);
        self.note(found.map(|bytes| decode(&bytes)).transpose())
    }

    fn remove(&self, label: &str, key: &impl Serialize) -> Result<(), StoreError> {
        self.note(self.store.delete(&stored_key(label, key)?))
    }

    fn list(&self, label: &str, key: &impl Serialize) -> Result<Vec<ByteBuf>, StoreError> {
        Ok(self.read(label, key)?.unwrap_or_default())
    }

    fn list_of<T: DeserializeOwned>(
        &self,
        label: &str,
        key: &impl Serialize,
    ) -> Result<Vec<T>, StoreError> {
        let items = self.list(label, key)?;
        self.note(items.iter().map(|item| decode(item)).collect())
    }

    fn append(
        &self,
        label: &str,
        key: &impl Serialize,
        item: &impl Serialize,
    ) -> Result<(), StoreError> {
        let mut items = self.list(label, key)?;
        let item = ByteBuf::from(encode(item)?.to_vec());
        if !items.contains(&item) {
            items.push(item);
        }
        self.write(label, key, &items)
    }
}

const JOIN_CONFIG: &str = "join-config";
const TREE: &str = "tree";
const CONTEXT: &str = "context";
const INTERIM_HASH: &str = "interim-hash";
const CONFIRMATION_TAG: &str = "confirmation-tag";
const GROUP_STATE: &str = "state";
const MESSAGE_SECRETS: &str = "message-secrets";
const RESUMPTION: &str = "resumption";
const OWN_INDEX: &str = "own-index";
const EPOCH_SECRETS: &str = "epoch-secrets";
const OWN_LEAVES: &str = "own-leaves";
const PROPOSAL: &str = "proposal";
const PROPOSALS: &str = "proposals";
const EPOCH_KEYS: &str = "epoch-keys";
const KEY_PACKAGE: &str = "key-package";
const SIGNATURE_KEYS: &str = "signature-keys";
const ENCRYPTION_KEYS: &str = "encryption-keys";
const PSK: &str = "psk";

fn stored_key(label: &str, key: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    let mut bytes = [b"mls/", label.as_bytes(), b"/"].concat();
    ciborium::into_writer(key, &mut bytes)
        .map_err(|_| StoreError::Damaged("a key cannot be written"))?;
    Ok(bytes)
}

fn encode(value: &(impl Serialize + ?Sized)) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let mut bytes = Zeroizing::new(Vec::new());
    ciborium::into_writer(value, &mut *bytes)
        .map_err(|_| StoreError::Damaged("a value cannot be written"))?;
    Ok(bytes)
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    ciborium::from_reader(bytes).map_err(|_| StoreError::Damaged("a value cannot be read"))
}

/// Methods that set, get and remove one value of a group.
macro_rules! of_group {
    ($($label:ident: $value:ident, $write:ident, $read:ident, $delete:ident;)*) => {$(
        fn $write<G: traits::GroupId<V>, T: traits::$value<V>>(
            &self,
            group: &G,
            value: &T,
        ) -> Result<(), StoreError> {
            self.write($label, group, value)
        }

        fn $read<G: traits::GroupId<V>, T: traits::$value<V>>(
            &self,
            group: &G,
        ) -> Result<Option<T>, StoreError> {
            self.read($label, group)
        }

        fn $delete<G: traits::GroupId<V>>(&self, group: &G) -> Result<(), StoreError> {
            self.remove($label, group)
        }
    )*};
}

/// Methods that set, get and remove one value named by itself.
macro_rules! by_key {
    ($($label:ident: $key:ident => $value:ident, $write:ident, $delete:ident;)*) => {$(
        fn $write<K: traits::$key<V>, T: traits::$value<V>>(
            &self,
            key: &K,
            value: &T,
        ) -> Result<(), StoreError> {
            self.write($label, key, value)
        }

        fn $delete<K: traits::$key<V>>(&self, key: &K) -> Result<(), StoreError> {
            self.remove($label, key)
        }
    )*};
}

impl StorageProvider<V> for Storage<'_> {
    type Error = StoreError;

    of_group! {
        JOIN_CONFIG: MlsGroupJoinConfig, write_mls_join_config, mls_group_join_config, delete_group_config;
        TREE: TreeSync, write_tree, tree, delete_tree;
        CONTEXT: GroupContext, write_context, group_context, delete_context;
        INTERIM_HASH: InterimTranscriptHash, write_interim_transcript_hash, interim_transcript_hash, delete_interim_transcript_hash;
        CONFIRMATION_TAG: ConfirmationTag, write_confirmation_tag, confirmation_tag, delete_confirmation_tag;
        MESSAGE_SECRETS: MessageSecrets, write_message_secrets, message_secrets, delete_message_secrets;
        RESUMPTION: ResumptionPskStore, write_resumption_psk_store, resumption_psk_store, delete_all_resumption_psk_secrets;
        OWN_INDEX: LeafNodeIndex, write_own_leaf_index, own_leaf_index, delete_own_leaf_index;
        EPOCH_SECRETS: GroupEpochSecrets, write_group_epoch_secrets, group_epoch_secrets, delete_group_epoch_secrets;
    }

    by_key! {
        KEY_PACKAGE: HashReference => KeyPackage, write_key_package, delete_key_package;
        SIGNATURE_KEYS: SignaturePublicKey => SignatureKeyPair, write_signature_key_pair, delete_signature_key_pair;
        ENCRYPTION_KEYS: EncryptionKey => HpkeKeyPair, write_encryption_key_pair, delete_encryption_key_pair;
        PSK: PskId => PskBundle, write_psk, delete_psk;
    }

    fn key_package<K: traits::HashReference<V>, T: traits::KeyPackage<V>>(
        &self,
        key: &K,
    ) -> Result<Option<T>, StoreError> {
        self.read(KEY_PACKAGE, key)
    }

    fn signature_key_pair<K: traits::SignaturePublicKey<V>, T: traits::SignatureKeyPair<V>>(
        &self,
        key: &K,
    ) -> Result<Option<T>, StoreError> {
        self.read(SIGNATURE_KEYS, key)
    }

    fn encryption_key_pair<T: traits::HpkeKeyPair<V>, K: traits::EncryptionKey<V>>(
        &self,
        key: &K,
    ) -> Result<Option<T>, StoreError> {
        self.read(ENCRYPTION_KEYS, key)
    }

    fn psk<T: traits::PskBundle<V>, K: traits::PskId<V>>(
        &self,
        key: &K,
    ) -> Result<Option<T>, StoreError> {
        self.read(PSK, key)
    }

    fn write_group_state<T: traits::GroupState<V>, G: traits::GroupId<V>>(
        &self,
        group: &G,
        value: &T,
    ) -> Result<(), StoreError> {
        self.write(GROUP_STATE, group, value)
    }

    fn group_state<T: traits::GroupState<V>, G: traits::GroupId<V>>(
        &self,
        group: &G,
    ) -> Result<Option<T>, StoreError> {
        self.read(GROUP_STATE, group)
    }

    fn delete_group_state<G: traits::GroupId<V>>(&self, group: &G) -> Result<(), StoreError> {
        self.remove(GROUP_STATE, group)
    }

    fn append_own_leaf_node<G: traits::GroupId<V>, T: traits::LeafNode<V>>(
        &self,
        group: &G,
        leaf: &T,
    ) -> Result<(), StoreError> {
        self.append(OWN_LEAVES, group, leaf)
    }

    fn own_leaf_nodes<G: traits::GroupId<V>, T: traits::LeafNode<V>>(
        &self,
        group: &G,
    ) -> Result<Vec<T>, StoreError> {
        self.list_of(OWN_LEAVES, group)
    }

    fn delete_own_leaf_nodes<G: traits::GroupId<V>>(&self, group: &G) -> Result<(), StoreError> {
        self.remove(OWN_LEAVES, group)
    }

    fn queue_proposal<
        G: traits::GroupId<V>,
        R: traits::ProposalRef<V>,
        T: traits::QueuedProposal<V>,
    >(
        &self,
        group: &G,
        reference: &R,
        proposal: &T,
    ) -> Result<(), StoreError> {
        self.write(PROPOSAL, &(group, reference), proposal)?;
        self.append(PROPOSALS, group, reference)
    }

    fn queued_proposal_refs<G: traits::GroupId<V>, R: traits::ProposalRef<V>>(
        &self,
        group: &G,
    ) -> Result<Vec<R>, StoreError> {
        self.list_of(PROPOSALS, group)
    }

    fn queued_proposals<
        G: traits::GroupId<V>,
        R: traits::ProposalRef<V>,
        T: traits::QueuedProposal<V>,
    >(
        &self,
        group: &G,
    ) -> Result<Vec<(R, T)>, StoreError> {
        self.list_of(PROPOSALS, group)?
            .into_iter()
            .map(|reference: R| {
                let proposal = self.read(PROPOSAL, &(group, &reference))?;
                let proposal = proposal.ok_or(StoreError::Damaged("a proposal is missing"));
                Ok((reference, self.note(proposal)?))
            })
            .collect()
    }

    fn remove_proposal<G: traits::GroupId<V>, R: traits::ProposalRef<V>>(
        &self,
        group: &G,
        reference: &R,
    ) -> Result<(), StoreError> {
        let mut references = self.list(PROPOSALS, group)?;
        let gone = encode(reference)?;
        references.retain(|kept| **kept != *gone);
        self.write(PROPOSALS, group, &references)?;
        self.remove(PROPOSAL, &(group, reference))
    }

    fn clear_proposal_queue<G: traits::GroupId<V>, R: traits::ProposalRef<V>>(
        &self,
        group: &G,
    ) -> Result<(), StoreError> {
        for reference in self.list_of::<R>(PROPOSALS, group)? {
            self.remove(PROPOSAL, &(group, reference))?;
        }
        self.remove(PROPOSALS, group)
    }

    fn write_encryption_epoch_key_pairs<
        G: traits::GroupId<V>,
        E: traits::EpochKey<V>,
        T: traits::HpkeKeyPair<V>,
    >(
        &self,
        group: &G,
        epoch: &E,
        leaf: u32,
        pairs: &[T],
    ) -> Result<(), StoreError> {
        self.write(EPOCH_KEYS, &(group, epoch, leaf), pairs)
    }

    fn encryption_epoch_key_pairs<
        G: traits::GroupId<V>,
        E: traits::EpochKey<V>,
        T: traits::HpkeKeyPair<V>,
    >(
        &self,
        group: &G,
        epoch: &E,
        leaf: u32,
    ) -> Result<Vec<T>, StoreError> {
        Ok(self
            .read(EPOCH_KEYS, &(group, epoch, leaf))?
            .unwrap_or_default())
    }

    fn delete_encryption_epoch_key_pairs<G: traits::GroupId<V>, E: traits::EpochKey<V>>(
        &self,
        group: &G,
        epoch: &E,
        leaf: u32,
    ) -> Result<(), StoreError> {
        self.remove(EPOCH_KEYS, &(group, epoch, leaf))
    }
}
