//! What the scripts played, so that a fixed set which misses something is noticed.

use std::{collections::BTreeMap, fmt};

use crate::device::Kind;

/// How often each thing happened.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<String, u64>);

impl Tally {
    pub(crate) fn count(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (what, times) in other.0 {
            *self.0.entry(what).or_default() += times;
        }
    }

    /// Everything the scripts are there for has been played.
    pub(crate) fn assert_all_were_played(&self) {
        let mut wanted: Vec<String> = [
            "view refused a tampered bundle",
            "view refused another epoch",
            "view refused a stranger",
            "view refused a theft of a place",
            "theirs came back from outside",
            "theirs refused a message of somebody who left",
            "ours read a message of somebody who left",
            "a device was added again",
        ]
        .map(str::to_owned)
        .to_vec();
        for kind in Kind::ALL {
            wanted.extend([
                format!("{kind} opened the channel"),
                format!("{kind} renewed its keys"),
                format!("{kind} changed the policy"),
                format!("{kind} lost a race"),
                format!("{kind} restarted"),
                format!("{kind} refused a tampered commit"),
                format!("{kind} refused a forged message"),
                format!("{kind} refused a replay"),
                format!("{kind} refused a message that is too old"),
            ]);
            for other in Kind::ALL {
                wanted.extend([
                    format!("{kind} added {other}"),
                    format!("{kind} removed {other}"),
                    format!("{kind} read {other}"),
                    format!("{kind} read {other} of a past epoch"),
                ]);
            }
        }
        for rule in ["AddByOther", "RemoveByOther", "PolicyByOther"] {
            wanted.push(format!("view refused {rule}"));
            wanted.push(format!("ours refused {rule}"));
        }
        let missing: Vec<_> = wanted
            .iter()
            .filter(|what| !self.0.contains_key(*what))
            .collect();
        assert!(missing.is_empty(), "no script played: {missing:?}");
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|(what, times)| writeln!(f, "{times:6} {what}"))
    }
}
