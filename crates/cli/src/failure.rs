//! How a command fails: one message with the way out, one exit code.

use beraad_casework::block::Block;
use beraad_cli::host::HostError;
use beraad_engine::refusal::{LocalCode, Refusal};

use crate::show::plain;

/// The exit codes, as `--help` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Done = 0,
    Refused = 1,
    Usage = 2,
    Profile = 3,
    Unreachable = 4,
    NotOk = 5,
    Internal = 70,
}

/// Why a command did not do what was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    message: String,
    blocks: Vec<Block>,
}

impl Failure {
    /// What was typed cannot be.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            message: message.into(),
            blocks: Vec::new(),
        }
    }

    /// A file could not be read or written.
    pub(crate) fn file(action: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::usage(format!("cannot {action} {}: {error}", path.display()))
    }

    /// Rules of the work stand in the way.
    pub(crate) fn blocked(blocks: Vec<Block>) -> Self {
        Self {
            exit: Exit::Refused,
            message: "the rules of the work block this; nothing was sent".into(),
            blocks,
        }
    }

    /// The engine answered with something else than belongs to the question.
    pub(crate) fn unexpected() -> Self {
        Self {
            exit: Exit::Internal,
            message: "the engine gave another answer than belongs to the question; report this"
                .into(),
            blocks: Vec::new(),
        }
    }

    /// On standard error, as text or as one JSON object.
    pub(crate) fn print(&self, json: bool) {
        if json {
            let error = serde_json::json!({
                "error": { "exit": self.exit as u8, "message": self.message, "blocks": self.blocks }
            });
            eprintln!("{error:#}");
        } else {
            eprintln!("beraad: {}", plain(&self.message));
            eprint!("{}", describe_blocks(&self.blocks));
        }
    }
}

/// Blocks, one a line, each with its ways out.
pub(crate) fn describe_blocks(blocks: &[Block]) -> String {
    use std::fmt::Write as _;

    let mut text = String::new();
    for block in blocks {
        let line = block
            .line
            .map(|line| format!(", line {}", line + 1))
            .unwrap_or_default();
        let _ = writeln!(text, "  - {} (rule {}{line})", plain(&block.en), block.rule);
        for way_out in &block.ways_out {
            let _ = writeln!(text, "      way out: {}", plain(&way_out.en));
        }
    }
    text
}

impl From<HostError> for Failure {
    fn from(error: HostError) -> Self {
        let exit = match &error {
            HostError::NoProfile { .. }
            | HostError::BadProfile { .. }
            | HostError::OtherServer { .. }
            | HostError::AlreadyEnrolled
            | HostError::NotEnrolled
            | HostError::InUse { .. }
            | HostError::WrongPassphrase => Exit::Profile,
            HostError::WeakPassphrase
            | HostError::InsecureUrl
            | HostError::BadLink
            | HostError::File { .. } => Exit::Usage,
            HostError::Unreachable { .. }
            | HostError::Foreign { .. }
            | HostError::TimedOut { .. }
            | HostError::Refused(Refusal::Local {
                code: LocalCode::Offline,
                ..
            }) => Exit::Unreachable,
            HostError::Server(_) | HostError::Refused(_) => Exit::Refused,
            HostError::NoRandomness | HostError::Engine { .. } | HostError::Closed => {
                Exit::Internal
            }
        };
        match error {
            HostError::Refused(Refusal::Rules { blocks }) => Self::blocked(blocks),
            error => Self {
                exit,
                message: error.to_string(),
                blocks: Vec::new(),
            },
        }
    }
}
