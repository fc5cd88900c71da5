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
    /// Not with this role.
    NotAllowed,
    /// A value that cannot be.
    Invalid,
    /// The colleague's organisation has no register key.
    NoRegisterKey,
    /// The group cannot be used; it has to be reset.
    GroupBroken,
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
