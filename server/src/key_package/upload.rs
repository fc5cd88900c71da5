//! `Request::UploadKeyPackages`: KeyPackages of the asking device.

use beraad_group::check_key_package;
use beraad_protocol::{
    limits::MAX_KEY_PACKAGES,
    problem::Code,
    request::{Answer, UploadKeyPackages},
};
use beraad_storage::{
    delivery::NewKeyPackage,
    traits::{DeliveryRead as _, DeliveryWrite as _, DirectoryRead as _},
};

use crate::{
    app::{App, Asker},
    refusal::{Outcome, Refusal},
};

/// Checks every KeyPackage and keeps those that are new.
pub(crate) async fn upload(
    app: &App,
    asker: &Asker,
    request: UploadKeyPackages,
) -> Outcome<Answer> {
    let too_many = || {
        Refusal::because(
            Code::TooLarge,
            &format!("A device keeps {MAX_KEY_PACKAGES} KeyPackages on the server"),
        )
    };
    if request.key_packages.len() > MAX_KEY_PACKAGES {
        return Err(too_many());
    }
    let device = app.store.read().await?.device(asker.device).await?;
    let signature_key = device
        .ok_or_else(|| Refusal::new(Code::Unauthenticated))?
        .signature_key;
    let (asker, suite, now) = (asker.clone(), app.suite, app.now());
    let id = asker.device;
    let checked = tokio::task::spawn_blocking(move || {
        let single = request.key_packages.into_iter().map(|bytes| (bytes, false));
        let all = single.chain(request.last_resort.map(|bytes| (bytes, true)));
        all.map(|(bytes, last_resort)| {
            let info = check_key_package(&bytes, suite)?;
            let own = info.identity.device == asker.device
                && info.identity.user == asker.user
                && info.identity.org == asker.org
                && info.signature_key == signature_key;
            if !own {
                return Err(Refusal::because(
                    Code::BadBundle,
                    "A KeyPackage is another device's",
                ));
            }
            if info.last_resort != last_resort || info.not_after <= now {
                return Err(Refusal::invalid(
                    "A KeyPackage is out of date or in the wrong place",
                ));
            }
            Ok(NewKeyPackage {
                hash: info.hash_ref,
                last_resort,
                bytes: bytes.into_vec(),
            })
        })
        .collect::<Outcome<Vec<_>>>()
    })
    .await??;
    let left = app
        .write(move |tx| {
            Box::pin(async move {
                for key_package in &checked {
                    tx.add_key_package(id, key_package).await?;
                }
                let left = tx.key_packages_left(id).await?;
                if left as usize > MAX_KEY_PACKAGES {
                    Err(too_many())
                } else {
                    Ok(left)
                }
            })
        })
        .await?;
    Ok(Answer::KeyPackages { left })
}
