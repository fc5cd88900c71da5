//! Checkpoints: each text is checked once, and two of one log may not contradict each other.

use std::collections::HashMap;

use beraad_protocol::LogId;

use super::super::report::{FaultCode, Report};
use crate::log::{
    Checkpoint, CheckpointError, Hash, LogVerifier, WitnessVerifier, verify_cosigned_checkpoint,
};

/// The checkpoints that were read so far.
pub(super) struct Heads {
    keys: Vec<LogVerifier>,
    witnesses: Vec<WitnessVerifier>,
    read: HashMap<String, Option<(Checkpoint, usize)>>,
    roots: HashMap<(LogId, u64), Hash>,
    sizes: HashMap<LogId, u64>,
}

impl Heads {
    pub(super) fn new(keys: Vec<LogVerifier>, witnesses: Vec<WitnessVerifier>) -> Self {
        Self {
            keys,
            witnesses,
            read: HashMap::new(),
            roots: HashMap::new(),
            sizes: HashMap::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.read.len()
    }

    /// A checkpoint that was read and found right before.
    pub(super) fn known(&self, text: &str) -> Option<Checkpoint> {
        self.read.get(text)?.as_ref().map(|(head, _)| head.clone())
    }

    /// How many witnesses cosigned it.
    pub(super) fn witnesses_of(&self, text: &str) -> usize {
        self.read
            .get(text)
            .and_then(Option::as_ref)
            .map_or(0, |(_, seen)| *seen)
    }

    /// Reads a checkpoint. A fault in it is reported where it is met first.
    pub(super) fn read(
        &mut self,
        text: &str,
        place: &str,
        report: &mut Report,
    ) -> Option<Checkpoint> {
        if self.read.contains_key(text) {
            return self.known(text);
        }
        let head = match verify_cosigned_checkpoint(text, &self.keys, &self.witnesses) {
            Ok((head, seen)) => Some((head, seen.len())),
            Err(error) => {
                let code = match error {
                    CheckpointError::UnknownKey => FaultCode::LogKeyUnknown,
                    _ => FaultCode::CheckpointInvalid,
                };
                report.fault(code, place, error.to_string());
                None
            }
        };
        self.read.insert(text.to_owned(), head.clone());
        let (head, _) = head?;
        self.compare(&head, place, report);
        Some(head)
    }

    fn compare(&mut self, head: &Checkpoint, place: &str, report: &mut Report) {
        let log = head.origin.log();
        let root = *self.roots.entry((log, head.size)).or_insert(head.root);
        if root != head.root {
            let what = format!("the log showed two trees of size {}", head.size);
            report.fault(FaultCode::SplitView, place, what);
        }
        if self
            .sizes
            .insert(log, head.size)
            .is_some_and(|size| size != head.size)
        {
            let note = format!(
                "log {log} has checkpoints of several sizes here; that each extends the one before is not shown"
            );
            report.note(note);
        }
    }
}
