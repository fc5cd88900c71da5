//! Errors as JavaScript sees them: an `Error` with a stable `code` and a `detail` for people.

use beraad_engine::{EngineError, keys::KeyError};
use js_sys::{Error, Reflect};
use wasm_bindgen::JsValue;

use crate::storage::StorageError;

/// A typed error on its way to JavaScript.
pub(crate) struct Thrown {
    code: &'static str,
    detail: String,
}

impl Thrown {
    pub(crate) fn into_js(self) -> JsValue {
        let error = Error::new(&self.detail);
        // Setting an own property of a fresh object cannot fail.
        let _ = Reflect::set(&error, &"code".into(), &self.code.into());
        let _ = Reflect::set(&error, &"detail".into(), &self.detail.into());
        error.into()
    }
}

impl From<&StorageError> for Thrown {
    fn from(error: &StorageError) -> Self {
        Self {
            code: error.code(),
            detail: error.to_string(),
        }
    }
}

impl From<&EngineError> for Thrown {
    fn from(error: &EngineError) -> Self {
        let code = match error {
            EngineError::Database(_) => "storage_failed",
            EngineError::NewerSchema { .. } => "newer_version",
            EngineError::Damaged(_) => "damaged",
            EngineError::Group(_) => "group_failed",
            EngineError::AlreadyEnrolled => "already_enrolled",
            EngineError::NoEnrolment => "not_enrolled",
            EngineError::ServerKeys(_) => "server_keys",
        };
        Self {
            code,
            detail: error.to_string(),
        }
    }
}

impl From<&KeyError> for Thrown {
    fn from(error: &KeyError) -> Self {
        let code = match error {
            KeyError::Length => "passphrase_length",
            KeyError::Memory => "out_of_memory",
        };
        Self {
            code,
            detail: error.to_string(),
        }
    }
}

/// The page called with something that cannot be: a fault of the program, not of its user.
pub(crate) fn invalid(detail: &str) -> JsValue {
    Thrown {
        code: "invalid",
        detail: detail.to_owned(),
    }
    .into_js()
}
