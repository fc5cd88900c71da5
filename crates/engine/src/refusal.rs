//! Why an intent was not carried out, for screens and scripts.

use beraad_casework::Block;
use beraad_protocol::Problem;
use serde::{Deserialize, Serialize};

/// Why not, and the way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "refused_by", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Refusal {
    /// Rules of the work block it; each block names its rule and what would solve it.
    #[error("{} rule(s) of the work block this", blocks.len())]
    Rules {
        /// Every block, not only the first.
        blocks: Vec<Block>,
    },
    /// The server refused it.
    #[error("{problem}")]
    Server {
        /// What it said.
        problem: Problem,
    },
    /// The engine cannot do it in the state it is in.
    #[error("{detail}")]
    Local {
        /// Stable, for programs and translations.
        code: LocalCode,
        /// English, for people: what is wrong and the way out.
        detail: String,
    },
}

/// Why the engine itself refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum LocalCode {
    /// This device is not enrolled.
    NotEnrolled,
    /// No such thing on this device.
    UnknownThing,
    /// Only with a connection.
    Offline,
    /// Not with this role: ask somebody whose role allows it.
    NotAllowed,
    /// A value that cannot be.
    Invalid,
    /// The colleague's organisation has no register key.
    NoRegisterKey,
    /// An organisation's register key is another than this device knows: its compliance officer is
    /// called first.
    RegisterKeyChanged,
    /// The group cannot be used on this device: the case lead removes this person and adds them again.
    GroupBroken,
    /// This person is no longer in the channel: the case lead adds them.
    NoLongerMember,
    /// A device in the channel, or of a colleague who is to join, has nobody's word: it is left out first.
    NotVouchedFor,
    /// The colleague has no device yet: they open their one-time link first.
    NoDevice,
    /// The colleague no longer works there: choose somebody else.
    ColleagueLeft,
    /// This person was added to the channel anew while it waited: do it once more.
    AddedAgain,
}

impl Refusal {
    /// The engine's own refusal.
    pub(crate) fn local(code: LocalCode, detail: impl Into<String>) -> Self {
        Self::Local {
            code,
            detail: detail.into(),
        }
    }
}
