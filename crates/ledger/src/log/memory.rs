//! A log in memory, for tests and for those who audit a copy.

use super::tree::{self, Hash, LogError, leaf_hash};

/// A whole log: leaf data and stored hashes.
#[derive(Debug, Clone, Default)]
pub struct MemoryLog {
    entries: Vec<Vec<u8>>,
    hashes: Vec<Hash>,
}

impl MemoryLog {
    /// Appends a leaf and gives its index.
    pub fn append(&mut self, entry: Vec<u8>) -> Result<u64, LogError> {
        let index = self.size();
        let appended = tree::append(index, &[leaf_hash(&entry)], &self.hashes)?;
        self.hashes
            .extend(appended.hashes.into_iter().map(|(_, hash)| hash));
        self.entries.push(entry);
        Ok(index)
    }

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The leaves' data, in order.
    pub fn entries(&self) -> &[Vec<u8>] {
        &self.entries
    }

    /// The stored hashes, in order.
    pub fn stored_hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// The root now.
    pub fn root(&self) -> Result<Hash, LogError> {
        tree::root(self.size(), &self.hashes)
    }

    /// Proves a leaf against the root now.
    pub fn prove_inclusion(&self, index: u64) -> Result<Vec<Hash>, LogError> {
        tree::prove_inclusion(self.size(), index, &self.hashes)
    }

    /// Proves that the tree now begins with the tree of `from`.
    pub fn prove_consistency(&self, from: u64) -> Result<Vec<Hash>, LogError> {
        tree::prove_consistency(from, self.size(), &self.hashes)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::log::{
        EMPTY_ROOT, MAX_SIZE, needed_for_consistency, needed_for_inclusion, needed_to_append,
        prove_consistency, prove_inclusion, stored_count, verify_consistency, verify_inclusion,
    };

    /// RFC 6962 section 2.1, word for word and without any cleverness.
    mod naive {
        use super::*;

        fn split(n: usize) -> usize {
            let mut k = 1;
            while k * 2 < n {
                k *= 2;
            }
            k
        }

        pub(super) fn mth(leaves: &[Vec<u8>]) -> Hash {
            match leaves {
                [] => Sha256::digest(b"").into(),
                [one] => Sha256::new()
                    .chain_update([0])
                    .chain_update(one)
                    .finalize()
                    .into(),
                many => {
                    let (left, right) = many.split_at(split(many.len()));
                    Sha256::new()
                        .chain_update([1])
                        .chain_update(mth(left))
                        .chain_update(mth(right))
                        .finalize()
                        .into()
                }
            }
        }

        pub(super) fn path(m: usize, leaves: &[Vec<u8>]) -> Vec<Hash> {
            if leaves.len() < 2 {
                return Vec::new();
            }
            let k = split(leaves.len());
            let (left, right) = leaves.split_at(k);
            let (mut path, other) = if m < k {
                (path(m, left), mth(right))
            } else {
                (path(m - k, right), mth(left))
            };
            path.push(other);
            path
        }

        pub(super) fn proof(m: usize, leaves: &[Vec<u8>], whole: bool) -> Vec<Hash> {
            if m == leaves.len() {
                return if whole { Vec::new() } else { vec![mth(leaves)] };
            }
            let k = split(leaves.len());
            let (left, right) = leaves.split_at(k);
            let (mut proof, other) = if m <= k {
                (proof(m, left, whole), mth(right))
            } else {
                (proof(m - k, right, false), mth(left))
            };
            proof.push(other);
            proof
        }
    }

    fn log_of(count: usize) -> (MemoryLog, Vec<Vec<u8>>) {
        let leaves: Vec<Vec<u8>> = (0..count)
            .map(|i| format!("leaf {i}").into_bytes())
            .collect();
        let mut log = MemoryLog::default();
        for leaf in &leaves {
            log.append(leaf.clone()).unwrap();
        }
        (log, leaves)
    }

    /// Only what was announced as needed.
    fn only(log: &MemoryLog, needed: &[u64]) -> BTreeMap<u64, Hash> {
        needed
            .iter()
            .map(|&i| (i, log.hashes[usize::try_from(i).unwrap()]))
            .collect()
    }

    #[test]
    fn an_empty_log_has_the_empty_root() {
        assert_eq!(MemoryLog::default().root(), Ok(EMPTY_ROOT));
        assert_eq!(naive::mth(&[]), EMPTY_ROOT);
    }

    #[test]
    fn positions_outside_the_tree_are_errors_and_nothing_panics() {
        let (log, _) = log_of(3);
        assert!(matches!(
            log.prove_inclusion(3),
            Err(LogError::OutOfRange { .. })
        ));
        assert!(matches!(
            log.prove_consistency(4),
            Err(LogError::OutOfRange { .. })
        ));
        let nothing: &[Hash] = &[];
        assert_eq!(tree::root(u64::MAX, nothing), Err(LogError::TooLarge));
        assert_eq!(
            tree::append(MAX_SIZE, &[[0; 32]], nothing),
            Err(LogError::TooLarge)
        );
        assert!(matches!(
            tree::root(MAX_SIZE, nothing),
            Err(LogError::MissingHash(_))
        ));
        for (index, size) in [
            (0, 0),
            (u64::MAX, u64::MAX),
            (5, MAX_SIZE),
            (MAX_SIZE - 1, MAX_SIZE),
        ] {
            for length in [0, 1, 40, 64, 65, 1000] {
                let proof = vec![[0; 32]; length];
                assert!(verify_inclusion(index, &[1; 32], size, &[2; 32], &proof).is_err());
                assert!(verify_consistency(index, &[1; 32], size, &[2; 32], &proof).is_err());
            }
        }
    }

    proptest! {
        #[test]
        fn roots_and_proofs_are_those_of_the_rfc(count in 1_usize..150, pick in any::<prop::sample::Index>()) {
            let (log, leaves) = log_of(count);
            let size = count as u64;
            let m = pick.index(count);
            let root = naive::mth(&leaves);
            prop_assert_eq!(log.root().unwrap(), root);
            prop_assert_eq!(log.hashes.len() as u64, stored_count(size));

            let needed = needed_for_inclusion(size, m as u64).unwrap();
            let path = prove_inclusion(size, m as u64, &only(&log, &needed)).unwrap();
            prop_assert_eq!(&path, &naive::path(m, &leaves));
            let leaf = leaf_hash(&leaves[m]);
            verify_inclusion(m as u64, &leaf, size, &root, &path).unwrap();

            let from = m as u64 + 1;
            let needed = needed_for_consistency(from, size).unwrap();
            let proof = prove_consistency(from, size, &only(&log, &needed)).unwrap();
            prop_assert_eq!(&proof, &naive::proof(m + 1, &leaves, true));
            verify_consistency(from, &naive::mth(&leaves[..=m]), size, &root, &proof).unwrap();
            verify_consistency(0, &EMPTY_ROOT, size, &root, &[]).unwrap();
        }

        #[test]
        fn a_changed_proof_proves_nothing(count in 2_usize..100, pick in any::<prop::sample::Index>(), flip in any::<prop::sample::Index>()) {
            let (log, leaves) = log_of(count);
            let (size, m, root) = (count as u64, pick.index(count), log.root().unwrap());
            let leaf = leaf_hash(&leaves[m]);
            let path = log.prove_inclusion(m as u64).unwrap();

            let mut changed = path.clone();
            let at = flip.index(changed.len() * 32);
            changed[at / 32][at % 32] ^= 1;
            prop_assert!(verify_inclusion(m as u64, &leaf, size, &root, &changed).is_err());
            let mut longer = path.clone();
            longer.push([0; 32]);
            prop_assert!(verify_inclusion(m as u64, &leaf, size, &root, &longer).is_err());
            prop_assert!(verify_inclusion(m as u64, &leaf, size, &root, &path[1..]).is_err());
            let other = (m as u64 + 1) % size;
            prop_assert!(verify_inclusion(other, &leaf, size, &root, &path).is_err());
            prop_assert!(verify_inclusion(m as u64, &[0; 32], size, &root, &path).is_err());
        }

        #[test]
        fn a_batch_appends_like_one_by_one(before in 0_usize..60, batch in 0_usize..60) {
            let (one_by_one, leaves) = log_of(before + batch);
            let (start, _) = log_of(before);
            let needed = needed_to_append(before as u64).unwrap();
            let hashes: Vec<Hash> = leaves[before..].iter().map(|leaf| leaf_hash(leaf)).collect();
            let appended = tree::append(before as u64, &hashes, &only(&start, &needed)).unwrap();
            prop_assert_eq!(appended.size, one_by_one.size());
            prop_assert_eq!(appended.root, one_by_one.root().unwrap());
            let mut stored = start.hashes;
            for (index, hash) in appended.hashes {
                prop_assert_eq!(index, stored.len() as u64);
                stored.push(hash);
            }
            prop_assert_eq!(stored, one_by_one.hashes);
        }
    }
}
