//! What went wrong, in a form that says how to mend it.
//!
//! Over HTTP a problem is RFC 9457 `application/problem+json`; over the WebSocket it is the same
//! data in CBOR. It never carries content, a name or a case code.

use serde::{Deserialize, Serialize};

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[error("{code}: {detail}")]
pub struct Problem {
    /// Stable, for programs and translations.
    pub code: Code,
    /// English, for people: what is wrong and the way out.
    pub detail: String,
    /// The channel's current epoch, with [`Code::StaleEpoch`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<u64>,
    /// The channel's current head, with [`Code::StaleView`] and [`Code::StaleEpoch`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<u64>,
}

impl Problem {
    /// A problem with the detail that belongs to its code.
    pub fn new(code: Code) -> Self {
        Self {
            code,
            detail: code.way_out().to_owned(),
            epoch: None,
            head: None,
        }
    }

    /// A problem that names what exactly was wrong, before the way out.
    pub fn because(code: Code, what: impl std::fmt::Display) -> Self {
        Self {
            code,
            detail: format!("{what}. {}", code.way_out()),
            epoch: None,
            head: None,
        }
    }

    /// The commit or message names an epoch that has passed.
    pub fn stale_epoch(epoch: u64, head: u64) -> Self {
        Self {
            epoch: Some(epoch),
            head: Some(head),
            ..Self::new(Code::StaleEpoch)
        }
    }

    /// Entries came in that the sender had not seen.
    pub fn stale_view(head: u64) -> Self {
        Self {
            head: Some(head),
            ..Self::new(Code::StaleView)
        }
    }
}

macro_rules! problem_codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $status:literal, $way_out:literal;)*) => {
        /// Why something was refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $code)] $variant,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code as it is written on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The HTTP status that goes with it.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// What to do about it.
            pub const fn way_out(self) -> &'static str {
                match self { $(Self::$variant => $way_out,)* }
            }
        }

        impl std::fmt::Display for Code {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

problem_codes! {
    /// Not an item of the protocol.
    Malformed = "malformed", 400, "Send one item as described in docs/PROTOCOL.md; update the app if it is old";
    /// Larger than a limit.
    TooLarge = "too_large", 413, "Send less at once";
    /// A field has a value that cannot be.
    Invalid = "invalid", 422, "Correct the field and send it again";
    /// No valid session.
    Unauthenticated = "unauthenticated", 401, "Sign in again on this device, or ask the account admin for a new link";
    /// Signed in, but not for this.
    Forbidden = "forbidden", 403, "Ask somebody whose role allows it";
    /// No such thing, or not one the asker may know of.
    NotFound = "not_found", 404, "Check that it still exists and that you take part in it";
    /// The one-time link does not exist or was used.
    LinkUsed = "link_used", 410, "Ask the account admin for a new link";
    /// The one-time link's time has passed.
    LinkExpired = "link_expired", 410, "Ask the account admin for a new link";
    /// The epoch has passed.
    StaleEpoch = "stale_epoch", 409, "Process the entries up to the head, then derive it anew";
    /// Entries came in that the sender had not seen.
    StaleView = "stale_view", 409, "Process the entries up to the head, check again, then send it anew";
    /// A commit, welcome, GroupInfo or message does not fit the group.
    BadBundle = "bad_bundle", 422, "Drop it, process the channel's entries and derive it anew";
    /// A record is missing, malformed or not sealed to every organisation involved.
    BadRecord = "bad_record", 422, "Seal the record to every organisation involved and send it together with the message";
    /// An organisation involved has no register key.
    NoRegisterKey = "no_register_key", 409, "The organisation's compliance officer signs in once and sets up the register key";
    /// A user has no KeyPackage left on any device.
    NoKeyPackage = "no_key_package", 409, "The colleague opens the app once, then try again";
    /// The id was used for something else.
    Conflict = "conflict", 409, "Choose another id or name";
    /// Too many in too short a time.
    RateLimited = "rate_limited", 429, "Wait a minute and try again";
    /// The server speaks another version of the protocol.
    VersionUnsupported = "version_unsupported", 426, "Update the app";
    /// The server cannot do it now.
    Unavailable = "unavailable", 503, "Try again in a moment; nothing was lost";
    /// The server failed.
    Internal = "internal", 500, "Try again; if it stays, tell the host. Nothing was lost";
}
