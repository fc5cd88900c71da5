//! `Request::OpenOrganisation`: the host lets an organisation in, with its first admin.

use beraad_bus::Wake;
use beraad_protocol::{
    OrgId, UserId,
    request::{Answer, OpenOrganisation},
    vocabulary::{OrgRole, OrganisationType},
};
use beraad_storage::{directory::Account, traits::DirectoryWrite as _};

use crate::{
    account::link::{self, Linked},
    app::{App, Asker},
    clock,
    names::name,
    refusal::{Outcome, Refusal},
};

/// Opens the organisation and makes its admin's link.
pub(crate) async fn open(app: &App, asker: &Asker, request: OpenOrganisation) -> Outcome<Answer> {
    let called = name(&request.name, "An organisation's name")?;
    let admin_name = name(&request.admin_name, "A name")?;
    if request.kind == OrganisationType::Host {
        return Err(Refusal::invalid("There is one host"));
    }
    let now = app.now();
    let link = link::derive(app, asker.device, request.op, now);
    let (org, user) = (
        OrgId::from_bytes(clock::random()),
        UserId::from_bytes(clock::random()),
    );
    let Linked { invited, version } = app
        .write(move |tx| {
            Box::pin(async move {
                if let Some(earlier) = link.earlier(tx, "open_organisation").await? {
                    return Ok(earlier);
                }
                tx.add_organisation(org, &called, request.kind, now).await?;
                let admin = Account {
                    id: user,
                    org,
                    name: admin_name,
                    function: "Beheer".to_owned(),
                    roles: vec![OrgRole::AccountAdmin],
                    capacities: Vec::new(),
                    suspended: false,
                };
                tx.add_account(&admin, now).await?;
                link.store(tx, "open_organisation", org, user).await
            })
        })
        .await?;
    if let Some(version) = version {
        app.wake(Wake::Directory { version });
    }
    Ok(Answer::Invited(invited))
}
