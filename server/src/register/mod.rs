//! What a compliance officer reads: sealed records, proofs, the own organisation's log.

pub(crate) mod entries;
pub(crate) mod list;
pub(crate) mod proofs;
