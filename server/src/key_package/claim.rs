//! `Request::ClaimKeyPackages`: one KeyPackage of every device of these users.

use beraad_bus::Wake;
use beraad_protocol::{
    UserId,
    limits::{KEY_PACKAGE_TARGET, MAX_CLAIM_USERS, MAX_FRAME},
    problem::Code,
    request::{Answer, ClaimedKeyPackage},
};
use beraad_storage::traits::{DeliveryRead as _, DeliveryWrite as _, DirectoryRead as _};

use crate::{
    app::{App, Asker},
    refusal::{Outcome, Refusal},
    store::Tx,
};

/// What an answer holds beside the KeyPackages.
const ROOM: usize = 64 * 1024;

/// Takes them all, or none when a user has none left.
pub(crate) async fn claim(app: &App, asker: &Asker, mut users: Vec<UserId>) -> Outcome<Answer> {
    users.sort_unstable();
    users.dedup();
    if users.len() > MAX_CLAIM_USERS {
        return Err(Refusal::new(Code::TooLarge));
    }
    if !app.claims.allows(asker.user, &users, app.now()) {
        return Err(Refusal::new(Code::RateLimited));
    }
    let own = asker.device;
    let (claimed, low) = app
        .write(move |tx| {
            Box::pin(async move {
                let (mut claimed, mut low, mut size) = (Vec::new(), Vec::new(), 0);
                for user in users {
                    let of_user = claim_of(tx, user, own, &mut low).await?;
                    size += of_user
                        .iter()
                        .map(|one| one.key_package.len() + 96)
                        .sum::<usize>();
                    if size > MAX_FRAME - ROOM {
                        return Err(Refusal::because(Code::TooLarge, "Claim for fewer users"));
                    }
                    claimed.extend(of_user);
                }
                Ok((claimed, low))
            })
        })
        .await?;
    for wake in low {
        app.wake(wake);
    }
    Ok(Answer::Claimed(claimed))
}

async fn claim_of(
    tx: &mut Tx<'_>,
    user: UserId,
    own: beraad_protocol::DeviceId,
    low: &mut Vec<Wake>,
) -> Outcome<Vec<ClaimedKeyPackage>> {
    match tx.account(user).await? {
        Some(account) if !account.suspended => {}
        _ => return Err(Refusal::new(Code::NotFound)),
    }
    let mut claimed = Vec::new();
    let mut has_own = false;
    for device in tx.devices_of(user).await? {
        if device == own {
            has_own = true;
            continue;
        }
        if let Some(key_package) = tx.claim_key_package(device).await? {
            claimed.push(ClaimedKeyPackage {
                user,
                device,
                key_package,
            });
            let left = tx.key_packages_left(device).await?;
            if (left as usize) < KEY_PACKAGE_TARGET {
                low.push(Wake::KeyPackages { device, left });
            }
        }
    }
    if claimed.is_empty() && !has_own {
        return Err(Refusal::new(Code::NoKeyPackage));
    }
    Ok(claimed)
}
