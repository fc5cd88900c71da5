//! Logs of organisations and the sealed records of their registers.

use beraad_protocol::{
    ChannelId, LogId, OrgId, RecordId, Timestamp,
    entry::{RegisterEntry, SealedCopy},
    vocabulary::RecordKind,
};

use crate::Result;

/// A leaf to append to a log, with the hashes that change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLeaf {
    /// Its index; must be the log's size.
    pub index: u64,
    /// The record it stands for; once in any log.
    pub record: RecordId,
    /// The leaf's data.
    pub data: Vec<u8>,
    /// Stored hashes to add: where, and which.
    pub hashes: Vec<(u64, [u8; 32])>,
}

/// A sealed record for one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRegisterEntry {
    /// The channel it came from.
    pub channel: ChannelId,
    /// The record.
    pub record: RecordId,
    /// The log it stands in.
    pub log: LogId,
    /// Where.
    pub index: u64,
    /// When it was logged.
    pub recorded_at: Timestamp,
    /// Consent or disclosure.
    pub kind: RecordKind,
    /// The copy; names the organisation.
    pub sealed: SealedCopy,
}

/// Lookups in logs and registers.
pub trait RegisterRead {
    /// Leaves of a log; 0 when nothing was logged yet.
    fn log_size(&mut self, log: LogId) -> impl Future<Output = Result<u64>> + Send;
    /// Leaves of all logs together: rises with every record.
    fn logs_total(&mut self) -> impl Future<Output = Result<u64>> + Send;
    /// Stored hashes, in the order asked; a place that is not stored is left out.
    fn log_hashes(
        &mut self,
        log: LogId,
        places: &[u64],
    ) -> impl Future<Output = Result<Vec<(u64, [u8; 32])>>> + Send;
    /// Leaf data from `from` up to, not with, `to`, in order.
    fn log_leaves(
        &mut self,
        log: LogId,
        from: u64,
        to: u64,
    ) -> impl Future<Output = Result<Vec<Vec<u8>>>> + Send;
    /// Whether an organisation's register has records of this log.
    fn has_records_of(
        &mut self,
        org: OrgId,
        log: LogId,
    ) -> impl Future<Output = Result<bool>> + Send;
    /// Records of an organisation from this position: at least one where there is one, and no more
    /// than fit in `max_bytes`.
    fn register(
        &mut self,
        org: OrgId,
        from: u64,
        max_bytes: usize,
    ) -> impl Future<Output = Result<Vec<RegisterEntry>>> + Send;
    /// How many records an organisation's register has.
    fn register_total(&mut self, org: OrgId) -> impl Future<Output = Result<u64>> + Send;
}

/// Changes of logs and registers.
pub trait RegisterWrite {
    /// Appends a leaf.
    fn append_leaf(
        &mut self,
        log: LogId,
        leaf: &NewLeaf,
    ) -> impl Future<Output = Result<()>> + Send;
    /// Adds a sealed record at the end of its organisation's register and answers its position.
    fn add_register_entry(
        &mut self,
        entry: &NewRegisterEntry,
    ) -> impl Future<Output = Result<u64>> + Send;
}
