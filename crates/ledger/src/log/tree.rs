//! The Merkle tree: appending, roots, proofs and their verification.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, HashMap},
    hash::BuildHasher,
};

use tlog_tiles::tlog;

/// A SHA-256 hash of a leaf or a node.
pub type Hash = [u8; 32];

/// The root of the tree without leaves: SHA-256 of nothing.
pub const EMPTY_ROOT: Hash = tlog::EMPTY_HASH.0;
/// Leaves that a log may have.
pub const MAX_SIZE: u64 = 1 << 40;
/// Hashes in the longest proof that is looked at.
pub const MAX_PROOF: usize = 64;

/// Why a log operation cannot be done, or a proof does not prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The reader lacks a stored hash it was told of; fetch the `needed_…` numbers first.
    #[error("stored hash {0} is not there; fetch what the needed_… function names")]
    MissingHash(u64),
    /// The leaf or size lies outside the tree; ask for one below the size.
    #[error("position {position} lies outside a tree of {size}; ask for one inside it")]
    OutOfRange {
        /// What was asked.
        position: u64,
        /// The size of the tree.
        size: u64,
    },
    /// More than [`MAX_SIZE`] leaves; start a new log.
    #[error("a log has at most {max} leaves; start a new log", max = MAX_SIZE)]
    TooLarge,
    /// The proof leads to another root; do not trust the log's answer.
    #[error("the proof leads to another root; do not trust this answer")]
    NotProven,
}

/// Where stored hashes are read.
pub trait HashReader {
    /// The stored hash with this number, if it is there.
    fn stored_hash(&self, index: u64) -> Option<Hash>;
}

impl HashReader for BTreeMap<u64, Hash> {
    fn stored_hash(&self, index: u64) -> Option<Hash> {
        self.get(&index).copied()
    }
}

impl<S: BuildHasher> HashReader for HashMap<u64, Hash, S> {
    fn stored_hash(&self, index: u64) -> Option<Hash> {
        self.get(&index).copied()
    }
}

impl HashReader for [Hash] {
    fn stored_hash(&self, index: u64) -> Option<Hash> {
        self.get(usize::try_from(index).ok()?).copied()
    }
}

impl HashReader for Vec<Hash> {
    fn stored_hash(&self, index: u64) -> Option<Hash> {
        self.as_slice().stored_hash(index)
    }
}

/// The hash of a leaf: SHA-256 of 0x00 and its data.
pub fn leaf_hash(data: &[u8]) -> Hash {
    tlog::record_hash(data).0
}

/// How many stored hashes a tree of `size` leaves has; they are numbered from 0 without gaps.
pub fn stored_count(size: u64) -> u64 {
    tlog::stored_hash_count(size.min(MAX_SIZE))
}

/// What appending leaves changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Stored hashes to write, numbered without gaps from [`stored_count`] of the old size.
    pub hashes: Vec<(u64, Hash)>,
    /// The new size.
    pub size: u64,
    /// The new root.
    pub root: Hash,
}

/// Stored hashes that [`append`] and [`root`] read at this size: at most 40.
pub fn needed_to_append(size: u64) -> Result<Vec<u64>, LogError> {
    check_size(size)?;
    Ok(tlog::sub_tree_index(0, size, Vec::new()))
}

/// Appends leaves to a tree of `size` and gives the hashes to store and the new root.
pub fn append<R: HashReader + ?Sized>(
    size: u64,
    leaves: &[Hash],
    reader: &R,
) -> Result<Appended, LogError> {
    let grown = size
        .checked_add(leaves.len() as u64)
        .ok_or(LogError::TooLarge)?;
    check_size(grown)?;
    let mut overlay = Overlay {
        below: reader,
        first: stored_count(size),
        new: Vec::new(),
    };
    for (leaf, number) in leaves.iter().zip(size..) {
        let hashes = run(&overlay, |source| {
            tlog::stored_hashes_for_record_hash(number, tlog::Hash(*leaf), source)
        })?;
        overlay.new.extend(hashes.into_iter().map(|hash| hash.0));
    }
    let root = root(grown, &overlay)?;
    let first = overlay.first;
    Ok(Appended {
        hashes: (first..).zip(overlay.new).collect(),
        size: grown,
        root,
    })
}

/// The root of the tree of the first `size` leaves.
pub fn root<R: HashReader + ?Sized>(size: u64, reader: &R) -> Result<Hash, LogError> {
    check_size(size)?;
    Ok(run(reader, |source| tlog::tree_hash(size, source))?.0)
}

/// Stored hashes that [`prove_inclusion`] reads.
pub fn needed_for_inclusion(size: u64, index: u64) -> Result<Vec<u64>, LogError> {
    check_leaf(size, index)?;
    Ok(Recorder::record(|source| {
        tlog::prove_record(size, index, source).map(drop)
    }))
}

/// Proves that leaf `index` stands in the tree of `size`: sibling hashes from the leaf up.
pub fn prove_inclusion<R: HashReader + ?Sized>(
    size: u64,
    index: u64,
    reader: &R,
) -> Result<Vec<Hash>, LogError> {
    check_leaf(size, index)?;
    let proof = run(reader, |source| tlog::prove_record(size, index, source))?;
    Ok(proof.into_iter().map(|hash| hash.0).collect())
}

/// Checks that a leaf stands at `index` in the tree of `size` with this root.
pub fn verify_inclusion(
    index: u64,
    leaf: &Hash,
    size: u64,
    root: &Hash,
    proof: &[Hash],
) -> Result<(), LogError> {
    check_leaf(size, index)?;
    let proof = bounded(proof)?;
    tlog::check_record(&proof, size, tlog::Hash(*root), index, tlog::Hash(*leaf))
        .map_err(|_| LogError::NotProven)
}

/// Stored hashes that [`prove_consistency`] reads.
pub fn needed_for_consistency(from: u64, to: u64) -> Result<Vec<u64>, LogError> {
    check_growth(from, to)?;
    if from == 0 {
        return Ok(Vec::new());
    }
    Ok(Recorder::record(|source| {
        tlog::prove_tree(to, from, source).map(drop)
    }))
}

/// Proves that the tree of `to` begins with the tree of `from`.
pub fn prove_consistency<R: HashReader + ?Sized>(
    from: u64,
    to: u64,
    reader: &R,
) -> Result<Vec<Hash>, LogError> {
    check_growth(from, to)?;
    if from == 0 {
        return Ok(Vec::new());
    }
    let proof = run(reader, |source| tlog::prove_tree(to, from, source))?;
    Ok(proof.into_iter().map(|hash| hash.0).collect())
}

/// Checks that the tree of `to` begins with the tree of `from`.
pub fn verify_consistency(
    from: u64,
    from_root: &Hash,
    to: u64,
    to_root: &Hash,
    proof: &[Hash],
) -> Result<(), LogError> {
    check_growth(from, to)?;
    if from == 0 {
        let empty = proof.is_empty() && *from_root == EMPTY_ROOT;
        return if empty {
            Ok(())
        } else {
            Err(LogError::NotProven)
        };
    }
    let proof = bounded(proof)?;
    tlog::check_tree(
        &proof,
        to,
        tlog::Hash(*to_root),
        from,
        tlog::Hash(*from_root),
    )
    .map_err(|_| LogError::NotProven)
}

fn check_size(size: u64) -> Result<(), LogError> {
    if size <= MAX_SIZE {
        Ok(())
    } else {
        Err(LogError::TooLarge)
    }
}

fn check_leaf(size: u64, index: u64) -> Result<(), LogError> {
    check_size(size)?;
    if index < size {
        Ok(())
    } else {
        Err(LogError::OutOfRange {
            position: index,
            size,
        })
    }
}

fn check_growth(from: u64, to: u64) -> Result<(), LogError> {
    check_size(to)?;
    if from <= to {
        Ok(())
    } else {
        Err(LogError::OutOfRange {
            position: from,
            size: to,
        })
    }
}

fn bounded(proof: &[Hash]) -> Result<Vec<tlog::Hash>, LogError> {
    if proof.len() > MAX_PROOF {
        return Err(LogError::NotProven);
    }
    Ok(proof.iter().map(|hash| tlog::Hash(*hash)).collect())
}

fn run<R: HashReader + ?Sized, T>(
    reader: &R,
    work: impl FnOnce(&Source<'_, R>) -> Result<T, tlog::Error>,
) -> Result<T, LogError> {
    let source = Source {
        reader,
        missing: Cell::new(None),
    };
    work(&source).map_err(|_| {
        source
            .missing
            .get()
            .map_or(LogError::NotProven, LogError::MissingHash)
    })
}

/// Hands our reader to the tree functions and remembers what it lacked.
struct Source<'a, R: ?Sized> {
    reader: &'a R,
    missing: Cell<Option<u64>>,
}

impl<R: HashReader + ?Sized> tlog::HashReader for Source<'_, R> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        indexes
            .iter()
            .map(|&index| {
                self.reader
                    .stored_hash(index)
                    .map(tlog::Hash)
                    .ok_or_else(|| {
                        self.missing.set(Some(index));
                        tlog::Error::IndexesNotInTree
                    })
            })
            .collect()
    }
}

/// The store below with the new hashes on top.
struct Overlay<'a, R: ?Sized> {
    below: &'a R,
    first: u64,
    new: Vec<Hash>,
}

impl<R: HashReader + ?Sized> HashReader for Overlay<'_, R> {
    fn stored_hash(&self, index: u64) -> Option<Hash> {
        match index.checked_sub(self.first) {
            Some(offset) => self.new.stored_hash(offset),
            None => self.below.stored_hash(index),
        }
    }
}

/// Answers every read with zeros and remembers what was asked.
#[derive(Default)]
struct Recorder(RefCell<Vec<u64>>);

impl Recorder {
    fn record(work: impl FnOnce(&Self) -> Result<(), tlog::Error>) -> Vec<u64> {
        let recorder = Self::default();
        // The answer is meaningless, only the questions count; ranges were checked before.
        let _ = work(&recorder);
        recorder.0.into_inner()
    }
}

impl tlog::HashReader for Recorder {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        self.0.borrow_mut().extend_from_slice(indexes);
        Ok(vec![tlog::Hash::default(); indexes.len()])
    }
}
