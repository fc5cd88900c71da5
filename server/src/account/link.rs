//! One-time links: 256 bits, of which only the hash is stored; once, for 72 hours.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use beraad_protocol::{
    DeviceId, OperationId, OrgId, Timestamp, UserId, from_cbor,
    problem::Code,
    request::{Answer, Invited},
    to_cbor,
};
use beraad_storage::{
    directory::Link,
    operation::DoneOperation,
    traits::{DirectoryWrite as _, OperationRead as _, OperationWrite as _},
};
use sha2::{Digest as _, Sha256};

use crate::{
    app::App,
    refusal::{Outcome, Refusal},
    store::Tx,
};

/// How long a link works.
pub(crate) const VALID_MILLIS: i64 = 72 * 60 * 60 * 1000;

/// The hash of a link's secret, as it stands in the link.
pub(crate) fn hash_of(token: &str) -> Option<[u8; 32]> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
    (bytes.len() == 32).then(|| Sha256::digest(&bytes).into())
}

/// A secret as it stands in a link.
pub(crate) fn text_of(token: &[u8; 32]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(token)
}

/// A link that an operation makes. Repeating the operation derives the same one.
#[derive(Clone)]
pub(crate) struct OperationLink {
    device: DeviceId,
    op: OperationId,
    token: String,
    token_hash: [u8; 32],
    expires_at: Timestamp,
}

/// A link for a person.
pub(crate) struct Linked {
    pub(crate) invited: Invited,
    /// The directory's new version; none when nothing changed.
    pub(crate) version: Option<u64>,
}

/// The link of this operation of this device.
pub(crate) fn derive(
    app: &App,
    device: DeviceId,
    op: OperationId,
    now: Timestamp,
) -> OperationLink {
    let token = app.keys.link_token(device.as_bytes(), op.as_bytes());
    OperationLink {
        device,
        op,
        token: text_of(&token),
        token_hash: Sha256::digest(*token).into(),
        expires_at: now.plus_millis(VALID_MILLIS),
    }
}

impl OperationLink {
    /// The first answer, when the operation was done before.
    pub(crate) async fn earlier(&self, tx: &mut Tx<'_>, kind: &str) -> Outcome<Option<Linked>> {
        let Some(done) = tx.operation(self.device, self.op).await? else {
            return Ok(None);
        };
        let conflict = || Refusal::new(Code::Conflict);
        if done.kind != kind {
            return Err(conflict());
        }
        let Ok(Answer::Invited(invited)) = from_cbor(&done.answer) else {
            return Err(conflict());
        };
        let invited = Invited {
            token: self.token.clone(),
            ..invited
        };
        Ok(Some(Linked {
            invited,
            version: None,
        }))
    }

    /// Stores the link, in place of earlier unused ones, and remembers the operation without the
    /// secret.
    pub(crate) async fn store(
        &self,
        tx: &mut Tx<'_>,
        kind: &str,
        org: OrgId,
        user: UserId,
    ) -> Outcome<Linked> {
        tx.drop_unused_links(user).await?;
        let link = Link {
            token_hash: self.token_hash,
            user,
            expires_at: self.expires_at,
            used_by: None,
        };
        tx.add_link(&link).await?;
        let invited = Invited {
            org,
            user,
            token: String::new(),
            expires_at: self.expires_at,
        };
        let done = DoneOperation {
            kind: kind.to_owned(),
            channel: None,
            answer: to_cbor(&Answer::Invited(invited.clone())),
        };
        tx.remember(self.device, self.op, &done).await?;
        let version = tx.raise_directory_version().await?;
        let invited = Invited {
            token: self.token.clone(),
            ..invited
        };
        Ok(Linked {
            invited,
            version: Some(version),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_32_bytes_in_base64url() {
        let token = text_of(&[0xff; 32]);
        assert_eq!(hash_of(&token), Some(Sha256::digest([0xff; 32]).into()));
        for bad in ["", "abc", "not base64!", &token[1..], &format!("{token}A")] {
            assert_eq!(hash_of(bad), None);
        }
    }
}
