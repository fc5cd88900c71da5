//! `beraad org`, `invite`: organisations and accounts.

use beraad_engine::intent::{Intent, Reply};
use beraad_protocol::vocabulary::{ActingCapacity, OrgRole, OrganisationType};
use clap::{Args, Subcommand};

use super::{
    Answer,
    session::{Session, with},
};
use crate::{args::Global, failure::Failure, names, show::moment};

/// What to do with organisations.
#[derive(Debug, Subcommand)]
pub(crate) enum OrgCommand {
    /// Open an organisation, and make a link for its first account admin.
    Open {
        /// Its public name.
        name: String,
        /// What kind: VT, GI, RVDK, SLACHTOFFERHULP, RECL, JR, GGZ, LOKAAL_TEAM, GEMEENTE,
        /// POLITIE, OM or ZVH.
        #[arg(long)]
        kind: OrganisationType,
        /// Name of its first account admin.
        #[arg(long, value_name = "NAME")]
        admin: String,
    },
}

/// Whom to invite.
#[derive(Debug, Args)]
pub(crate) struct InviteArgs {
    /// The colleague's name; of an account that exists with --again.
    name: String,
    /// The account exists; make another link for another device.
    #[arg(long)]
    again: bool,
    /// The colleague's function, in your organisation's words.
    #[arg(long, default_value = "", required_unless_present = "again")]
    function: String,
    /// What the colleague does: professional, coordinator, compliance_officer or account_admin;
    /// repeat for more.
    #[arg(long = "role", value_name = "ROLE", required_unless_present = "again")]
    roles: Vec<OrgRole>,
    /// A capacity you verified (VT_MELDING, GI_OTS, ...); repeat for more.
    #[arg(long = "capacity", value_name = "CAPACITY")]
    capacities: Vec<ActingCapacity>,
}

pub(crate) async fn org(global: &Global, command: OrgCommand) -> Result<Answer, Failure> {
    let OrgCommand::Open { name, kind, admin } = command;
    with(global, async |session| {
        let intent = Intent::OpenOrganisation {
            name,
            kind,
            admin_name: admin,
        };
        link(session, intent).await
    })
    .await
}

pub(crate) async fn invite(global: &Global, args: InviteArgs) -> Result<Answer, Failure> {
    with(global, async |session| {
        let intent = if args.again {
            let directory = session.directory().await?;
            let found = names::colleague(&directory, &args.name)?;
            Intent::InviteUser {
                user: Some(found.id),
                name: found.name.clone(),
                function: found.function.clone(),
                roles: found.roles.clone(),
                capacities: found.capacities.clone(),
            }
        } else {
            Intent::InviteUser {
                user: None,
                name: args.name,
                function: args.function,
                roles: args.roles,
                capacities: args.capacities,
            }
        };
        link(session, intent).await
    })
    .await
}

async fn link(session: &Session, intent: Intent) -> Result<Answer, Failure> {
    let reply = session.intent(intent).await?;
    let Reply::Link {
        user,
        org,
        token,
        expires_at,
    } = reply
    else {
        return Err(Failure::unexpected());
    };
    let link = session.host.server().link(&token);
    let data = serde_json::json!({
        "link": link, "user": user, "org": org, "expires_at": expires_at,
    });
    let text = format!(
        "{link}\nIt works once, until {}. Give it to the person in private; it is not shown again.",
        moment(expires_at)
    );
    Ok(Answer::new(text, &data))
}
