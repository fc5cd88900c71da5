//! `POST /api/enrolments`: makes this browser or terminal a device of the person.

use std::sync::Arc;

use axum::{Json, extract::State};
use beraad_bus::Wake;
use beraad_protocol::{
    DeviceId, Problem, Timestamp,
    http::{Enrol, Enrolled, enrol_signed_bytes},
    problem::Code,
};
use beraad_storage::{
    directory::{Account, EnrolledDevice},
    traits::{DirectoryRead as _, DirectoryWrite as _},
};
use subtle::ConstantTimeEq as _;

use crate::{
    account::link,
    app::App,
    directory::attest::attest,
    http::Body,
    refusal::{Outcome, Refusal},
    store::Tx,
};

/// Uses up a link. Repeating it with the same device, key and session gives the first answer.
#[utoipa::path(
    post,
    path = "/api/enrolments",
    request_body = Enrol,
    responses(
        (status = 200, description = "Who this device is now", body = Enrolled),
        (status = 409, description = "The device or its key is known already", body = Problem,
            content_type = "application/problem+json"),
        (status = 410, description = "Used, unknown or expired", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "A field or the signature is not right", body = Problem,
            content_type = "application/problem+json"),
    ),
    tag = "enrolment"
)]
pub(crate) async fn enrol(
    State(app): State<Arc<App>>,
    Body(request): Body<Enrol>,
) -> Outcome<Json<Enrolled>> {
    let claim = Claim::read(&request)?;
    let now = app.now();
    let shared = Arc::clone(&app);
    let (account, organisation, version) = app
        .write(move |tx| {
            Box::pin(async move {
                let (account, version) = claim.redeem(&shared, tx, now).await?;
                let organisation = tx.organisation(account.org).await?;
                let organisation = organisation.ok_or_else(|| Refusal::new(Code::Internal))?;
                Ok((account, organisation.name, version))
            })
        })
        .await?;
    if let Some(version) = version {
        app.wake(Wake::Directory { version });
    }
    Ok(Json(Enrolled {
        org: account.org,
        user: account.id,
        organisation,
        name: account.name,
        function: account.function,
        roles: account.roles,
        capacities: account.capacities,
        server: app.status(),
    }))
}

/// What a device claims, with its proof checked.
#[derive(Clone)]
struct Claim {
    token_hash: [u8; 32],
    device: DeviceId,
    signature_key: [u8; 32],
    session_hash: [u8; 32],
}

impl Claim {
    fn read(request: &Enrol) -> Outcome<Self> {
        let token_hash =
            link::hash_of(&request.token).ok_or_else(|| Refusal::new(Code::LinkUsed))?;
        let signature_key = digits(&request.signature_key, "The key has 64 hex digits")?;
        let session_hash = digits(&request.session_hash, "The session hash has 64 hex digits")?;
        let signature: [u8; 64] = digits(&request.signature, "The signature has 128 hex digits")?;
        let signed = enrol_signed_bytes(&request.token, request.device, &request.session_hash);
        beraad_group::verify(&signature_key, &signed, &signature)
            .map_err(|_| Refusal::invalid("The signature is not by this key"))?;
        Ok(Self {
            token_hash,
            device: request.device,
            signature_key,
            session_hash,
        })
    }

    /// Makes the device, or finds that this same device did it before.
    async fn redeem(
        self,
        app: &App,
        tx: &mut Tx<'_>,
        now: Timestamp,
    ) -> Outcome<(Account, Option<u64>)> {
        let gone = || Refusal::new(Code::LinkUsed);
        let link = tx.link(self.token_hash).await?.ok_or_else(gone)?;
        let account = tx.account(link.user).await?.ok_or_else(gone)?;
        if account.suspended {
            return Err(gone());
        }
        if let Some(used_by) = link.used_by {
            let known = tx.device(used_by).await?.ok_or_else(gone)?;
            return if self.is(&known) {
                Ok((account, None))
            } else {
                Err(gone())
            };
        }
        if link.expires_at <= now {
            return Err(Refusal::new(Code::LinkExpired));
        }
        let attested = attest(&app.keys, &account, self.device, self.signature_key, now)?;
        tx.add_device(&EnrolledDevice {
            id: self.device,
            user: account.id,
            signature_key: self.signature_key,
            session_hash: self.session_hash,
            attestation: attested.attestation,
            signature: attested.signature,
            enrolled_at: now,
            revoked_at: None,
        })
        .await?;
        if !tx.use_link(self.token_hash, self.device).await? {
            return Err(gone());
        }
        Ok((account, Some(tx.raise_directory_version().await?)))
    }

    fn is(&self, known: &EnrolledDevice) -> bool {
        let same_session: bool = self.session_hash.ct_eq(&known.session_hash).into();
        known.id == self.device
            && known.signature_key == self.signature_key
            && same_session
            && known.revoked_at.is_none()
    }
}

fn digits<const N: usize>(text: &str, what: &str) -> Outcome<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| Refusal::invalid(what))?;
    Ok(bytes)
}
