//! Sessions over HTTP: `Authorization: Bearer <session token>`.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use beraad_protocol::problem::Code;
use beraad_storage::traits::DirectoryRead as _;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::{
    app::{App, Asker},
    refusal::{Outcome, Refusal},
};

/// Who asks.
pub(crate) struct Bearer(pub(crate) Asker);

impl FromRequestParts<Arc<App>> for Bearer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let unknown = || Refusal::new(Code::Unauthenticated);
        let text = parts
            .headers
            .get(header::AUTHORIZATION)
            .ok_or_else(unknown)?;
        let token = text.to_str().ok().and_then(token_of).ok_or_else(unknown)?;
        asker_of(app, &token).await.map(Self)
    }
}

async fn asker_of(app: &App, token: &[u8; 32]) -> Outcome<Asker> {
    let unknown = || Refusal::new(Code::Unauthenticated);
    let hash: [u8; 32] = Sha256::digest(token).into();
    let mut read = app.store.read().await?;
    let device = read.device_by_session(hash).await?.ok_or_else(unknown)?;
    let same: bool = device.session_hash.ct_eq(&hash).into();
    if !same || device.revoked_at.is_some() {
        return Err(unknown());
    }
    let account = read.account(device.user).await?.ok_or_else(unknown)?;
    Asker::new(device.id, &account)
}

/// 32 bytes in hex or base64url.
fn token_of(header: &str) -> Option<Zeroizing<[u8; 32]>> {
    let text = header.strip_prefix("Bearer ")?.trim();
    let mut token = Zeroizing::new([0; 32]);
    if text.len() == 64 {
        hex::decode_to_slice(text, &mut *token).ok()?;
    } else {
        let bytes = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?);
        token.copy_from_slice(bytes.get(..).filter(|bytes| bytes.len() == 32)?);
    }
    Some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_hex_or_base64url_and_nothing_else() {
        let token = [0xa5; 32];
        let hex = format!("Bearer {}", hex::encode(token));
        let base64 = format!("Bearer {}", BASE64_URL_SAFE_NO_PAD.encode(token));
        assert_eq!(*token_of(&hex).unwrap(), token);
        assert_eq!(*token_of(&base64).unwrap(), token);
        for bad in [
            "",
            "Bearer",
            "Bearer ",
            "Basic abc",
            "Bearer ab",
            &hex[..70],
            "Bearer é",
        ] {
            assert!(token_of(bad).is_none(), "{bad}");
        }
    }
}
