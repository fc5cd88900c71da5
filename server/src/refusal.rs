//! Why a use case says no: a problem of the protocol, whatever layer it came from.

use beraad_group::GroupError;
use beraad_ledger::log::LogError;
use beraad_protocol::{DecodeError, Problem, problem::Code};
use beraad_storage::StorageError;

/// The result of a use case.
pub(crate) type Outcome<T> = Result<T, Refusal>;

/// A refusal: what the asker is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal(pub(crate) Problem);

impl Refusal {
    /// With the text that belongs to the code.
    pub(crate) fn new(code: Code) -> Self {
        Self(Problem::new(code))
    }

    /// With what exactly was wrong; never content, a name or a case code.
    pub(crate) fn because(code: Code, what: &str) -> Self {
        Self(Problem::because(code, what))
    }

    /// A field that cannot be so.
    pub(crate) fn invalid(what: &str) -> Self {
        Self::because(Code::Invalid, what)
    }

    pub(crate) fn code(&self) -> Code {
        self.0.code
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<StorageError> for Refusal {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Conflict => Self::new(Code::Conflict),
            StorageError::Dangling => Self::new(Code::NotFound),
            StorageError::Stopped | StorageError::Unavailable => Self::new(Code::Unavailable),
            StorageError::Damaged(_)
            | StorageError::NewerSchema { .. }
            | StorageError::Database(_) => {
                tracing::error!(%error, "the store failed");
                Self::new(Code::Internal)
            }
        }
    }
}

impl From<GroupError> for Refusal {
    fn from(error: GroupError) -> Self {
        match error {
            GroupError::TooLarge { .. } => Self::because(Code::TooLarge, &error.to_string()),
            GroupError::Store(_) | GroupError::Internal(_) => {
                tracing::error!(%error, "a group's public state failed");
                Self::new(Code::Internal)
            }
            _ => Self::because(Code::BadBundle, &error.to_string()),
        }
    }
}

impl From<LogError> for Refusal {
    fn from(error: LogError) -> Self {
        match error {
            LogError::OutOfRange { .. } => Self::invalid("The log has no such leaf"),
            LogError::MissingHash(_) | LogError::TooLarge | LogError::NotProven => {
                tracing::error!(%error, "a log failed");
                Self::new(Code::Internal)
            }
        }
    }
}

impl From<DecodeError> for Refusal {
    fn from(error: DecodeError) -> Self {
        let code = match error {
            DecodeError::TooLong(_) => Code::TooLarge,
            DecodeError::Malformed(_) | DecodeError::Trailing(_) => Code::Malformed,
        };
        Self::because(code, &error.to_string())
    }
}

/// A task that computes was ended, which happens only at shutdown or when it panicked.
impl From<tokio::task::JoinError> for Refusal {
    fn from(error: tokio::task::JoinError) -> Self {
        if error.is_panic() {
            tracing::error!("a computation panicked");
            Self::new(Code::Internal)
        } else {
            Self::new(Code::Unavailable)
        }
    }
}
