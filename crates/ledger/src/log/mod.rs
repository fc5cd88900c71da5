//! The transparency log of an organisation: an append-only Merkle tree (RFC 6962 section 2.1)
//! published as C2SP tlog-tiles with C2SP tlog-checkpoint heads.
//!
//! A leaf holds the hash of a record and the moment the server took it in, and no organisation:
//! tiles are public. The caller keeps *stored hashes*, numbered without gaps in the order in which
//! they come into being, and hands them in through [`HashReader`]; every function says beforehand
//! which numbers it wants (`needed_…`), so that an asynchronous store can fetch them in one go.
//!
//! ```
//! use beraad_ledger::log::{LogEntry, MemoryLog, leaf_hash, verify_inclusion};
//! use beraad_protocol::Timestamp;
//!
//! let mut log = MemoryLog::default();
//! let entry = LogEntry::new([7; 32], Timestamp(0)).to_bytes();
//! let index = log.append(entry.clone())?;
//! let proof = log.prove_inclusion(index)?;
//! verify_inclusion(index, &leaf_hash(&entry), log.size(), &log.root()?, &proof)?;
//! # Ok::<(), beraad_ledger::log::LogError>(())
//! ```

mod checkpoint;
mod entry;
mod memory;
mod proof;
mod tiles;
mod tree;

pub use checkpoint::{
    Checkpoint, CheckpointError, LogSigner, LogVerifier, Origin, WitnessVerifier, sign_checkpoint,
    verify_checkpoint, verify_cosigned_checkpoint,
};
pub use entry::LogEntry;
pub use memory::MemoryLog;
pub use proof::{ProofTextError, TlogProof};
pub use tiles::{TILE_WIDTH, TileKind, TilePath, TilePathError, entry_bundle, read_entry_bundle};
pub use tree::{
    Appended, EMPTY_ROOT, Hash, HashReader, LogError, MAX_PROOF, MAX_SIZE, append, leaf_hash,
    needed_for_consistency, needed_for_inclusion, needed_to_append, prove_consistency,
    prove_inclusion, root, stored_count, verify_consistency, verify_inclusion,
};
