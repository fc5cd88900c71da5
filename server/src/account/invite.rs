//! `Request::InviteUser`: an admin makes an account, or another link for one.

use beraad_bus::Wake;
use beraad_protocol::{
    Timestamp, UserId,
    problem::Code,
    request::{Answer, InviteUser},
    vocabulary::{ActingCapacity, OrgRole, OrganisationType},
};
use beraad_storage::{
    directory::Account,
    traits::{ChannelRead as _, DirectoryRead as _, DirectoryWrite as _},
};

use super::link::{self, Linked};
use crate::{
    app::{App, Asker},
    clock,
    directory::attest::attest,
    names::name,
    refusal::{Outcome, Refusal},
    roles::may_take_part,
    store::Tx,
};

/// Makes or updates the account and makes its link.
pub(crate) async fn invite(
    app: &std::sync::Arc<App>,
    asker: &Asker,
    request: InviteUser,
) -> Outcome<Answer> {
    let draft = Draft::read(&request)?;
    let now = app.now();
    let link = link::derive(app, asker.device, request.op, now);
    let (org, shared) = (asker.org, std::sync::Arc::clone(app));
    let Linked { invited, version } = app
        .write(move |tx| {
            Box::pin(async move {
                if let Some(earlier) = link.earlier(tx, "invite_user").await? {
                    return Ok(earlier);
                }
                let organisation = tx.organisation(org).await?;
                let organisation = organisation.ok_or_else(|| Refusal::new(Code::NotFound))?;
                draft.check_roles(organisation.kind)?;
                let user = request
                    .user
                    .unwrap_or_else(|| UserId::from_bytes(clock::random()));
                let account = Account {
                    id: user,
                    org,
                    name: draft.name,
                    function: draft.function,
                    roles: draft.roles,
                    capacities: draft.capacities,
                    suspended: false,
                };
                if request.user.is_some() {
                    update(&shared, tx, &account, now).await?;
                } else {
                    tx.add_account(&account, now).await?;
                }
                link.store(tx, "invite_user", org, user).await
            })
        })
        .await?;
    if let Some(version) = version {
        app.wake(Wake::Directory { version });
    }
    Ok(Answer::Invited(invited))
}

/// Replaces what an account says, and attests its devices anew.
async fn update(app: &App, tx: &mut Tx<'_>, account: &Account, now: Timestamp) -> Outcome<()> {
    let known = match tx.account(account.id).await? {
        Some(known) if known.org == account.org => known,
        _ => return Err(Refusal::new(Code::NotFound)),
    };
    let devices = tx.devices_of(account.id).await?;
    if !may_take_part(&account.roles) {
        for id in &devices {
            let stints = tx.stints_of(*id).await?;
            if stints.iter().any(|(_, stint)| stint.until.is_none()) {
                return Err(Refusal::invalid(
                    "The person is in a household channel and would have no right to be: the case \
                     lead removes the person there first",
                ));
            }
        }
    }
    let account = &Account {
        suspended: known.suspended,
        ..account.clone()
    };
    tx.update_account(account).await?;
    for id in devices {
        if let Some(device) = tx.device(id).await? {
            let attested = attest(&app.keys, account, id, device.signature_key, now)?;
            tx.attest_anew(id, &attested.attestation, &attested.signature)
                .await?;
        }
    }
    Ok(())
}

/// What the admin wrote, checked.
#[derive(Clone)]
struct Draft {
    name: String,
    function: String,
    roles: Vec<OrgRole>,
    capacities: Vec<ActingCapacity>,
}

impl Draft {
    fn read(request: &InviteUser) -> Outcome<Self> {
        if request.roles.is_empty() {
            return Err(Refusal::invalid("A person has at least one role"));
        }
        Ok(Self {
            name: name(&request.name, "A name")?,
            function: name(&request.function, "A function")?,
            roles: each_once(&request.roles),
            capacities: each_once(&request.capacities),
        })
    }

    /// The host administers and takes part in nothing; nobody else administers the host.
    fn check_roles(&self, kind: OrganisationType) -> Outcome<()> {
        let at_host = |role: &OrgRole| matches!(role, OrgRole::AccountAdmin | OrgRole::HostAdmin);
        let good = match kind {
            OrganisationType::Host => self.roles.iter().all(at_host),
            _ => !self.roles.contains(&OrgRole::HostAdmin),
        };
        if good {
            Ok(())
        } else {
            Err(Refusal::invalid(
                "A role does not exist at this kind of organisation",
            ))
        }
    }
}

fn each_once<T: Copy + Ord>(list: &[T]) -> Vec<T> {
    let mut list = list.to_vec();
    list.sort_unstable();
    list.dedup();
    list
}
