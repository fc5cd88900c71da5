//! The first start: the host's own organisation, and a link for the first administrator.

use beraad_protocol::{
    OrgId, Timestamp, UserId,
    directory::{Directory, User},
    vocabulary::{OrgRole, OrganisationType},
};
use beraad_storage::{
    directory::{Account, Link},
    traits::{DirectoryRead as _, DirectoryWrite as _},
};
use sha2::{Digest as _, Sha256};

use crate::{
    account::link::{VALID_MILLIS, text_of},
    app::App,
    clock,
    refusal::Outcome,
    store::Tx,
};

/// Makes the host's organisation where there is none. While no administrator of the host has a
/// device, gives a new link for the first one; earlier ones end.
pub(crate) async fn prepare(app: &App) -> Outcome<Option<String>> {
    let now = app.now();
    let token: [u8; 32] = clock::random();
    let offered = app
        .write(move |tx| {
            Box::pin(async move {
                let directory = tx.directory().await?;
                let user = match host_admins(&directory).as_slice() {
                    [] => found(tx, now).await?,
                    admins if admins.iter().any(|admin| !admin.devices.is_empty()) => {
                        return Ok(false);
                    }
                    [first, ..] => first.id,
                };
                tx.drop_unused_links(user).await?;
                let link = Link {
                    token_hash: Sha256::digest(token).into(),
                    user,
                    expires_at: now.plus_millis(VALID_MILLIS),
                    used_by: None,
                };
                tx.add_link(&link).await?;
                Ok(true)
            })
        })
        .await?;
    Ok(offered.then(|| app.link(&text_of(&token))))
}

fn host_admins(directory: &Directory) -> Vec<&User> {
    let is_host = |org: OrgId| {
        directory
            .organisations
            .iter()
            .any(|known| known.id == org && known.kind == OrganisationType::Host)
    };
    directory
        .users
        .iter()
        .filter(|user| user.roles.contains(&OrgRole::HostAdmin) && is_host(user.org))
        .collect()
}

async fn found(tx: &mut Tx<'_>, now: Timestamp) -> Outcome<UserId> {
    let (org, user) = (
        OrgId::from_bytes(clock::random()),
        UserId::from_bytes(clock::random()),
    );
    tx.add_organisation(org, "Beheer", OrganisationType::Host, now)
        .await?;
    let admin = Account {
        id: user,
        org,
        name: "Beheerder".to_owned(),
        function: "Beheer".to_owned(),
        roles: vec![OrgRole::AccountAdmin, OrgRole::HostAdmin],
        capacities: Vec::new(),
        suspended: false,
    };
    tx.add_account(&admin, now).await?;
    tx.raise_directory_version().await?;
    Ok(user)
}
