//! `Request::PutRegisterKey`: an organisation's first register key.

use beraad_bus::Wake;
use beraad_protocol::{
    directory::{RegisterKey, register_key_signed_bytes},
    problem::Code,
    request::{Answer, PutRegisterKey},
};
use beraad_storage::traits::{DirectoryRead as _, DirectoryWrite as _};

use crate::{
    app::{App, Asker},
    refusal::{Outcome, Refusal},
};

/// Bytes of the longest public key; the hybrid one has 1,216.
const MAX_PUBLIC_KEY: usize = 4096;

/// Stores the key if the organisation has none. The same key again is fine.
pub(crate) async fn put(app: &App, asker: &Asker, request: PutRegisterKey) -> Outcome<Answer> {
    if request.public_key.is_empty() || request.public_key.len() > MAX_PUBLIC_KEY {
        return Err(Refusal::invalid("This is no register key"));
    }
    let (org, device, now) = (asker.org, asker.device, app.now());
    let version = app
        .write(move |tx| {
            Box::pin(async move {
                let vouching = tx.device(device).await?;
                let vouching = vouching.ok_or_else(|| Refusal::new(Code::Unauthenticated))?;
                let signed = register_key_signed_bytes(org, request.id, &request.public_key);
                beraad_group::verify(&vouching.signature_key, &signed, &request.signature)
                    .map_err(|_| Refusal::invalid("The device's signature over it is not right"))?;
                let organisation = tx.organisation(org).await?;
                let organisation = organisation.ok_or_else(|| Refusal::new(Code::NotFound))?;
                match organisation.register_key {
                    Some(key) if key.id == request.id && key.public_key == request.public_key => {
                        return Ok(None);
                    }
                    Some(_) => {
                        return Err(Refusal::because(
                            Code::Conflict,
                            "The organisation has a register key already",
                        ));
                    }
                    None => {}
                }
                let key = RegisterKey {
                    id: request.id,
                    public_key: request.public_key,
                    device,
                    signature: request.signature,
                    created_at: now,
                };
                tx.add_register_key(org, &key).await?;
                Ok(Some(tx.raise_directory_version().await?))
            })
        })
        .await?;
    if let Some(version) = version {
        app.wake(Wake::Directory { version });
    }
    Ok(Answer::Done)
}
