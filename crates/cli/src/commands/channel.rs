//! `beraad channel`: open a channel, see and change who can read it.

use beraad_engine::{
    intent::{Intent, Reply},
    view::{ChannelView, DirectoryView},
};
use beraad_protocol::{UserId, vocabulary::Framework};
use clap::Subcommand;

use super::{
    Answer,
    session::{Session, with},
};
use crate::{
    args::Global,
    failure::Failure,
    names,
    show::{one_line, table},
};

/// What to do with a channel.
#[derive(Debug, Subcommand)]
pub(crate) enum ChannelCommand {
    /// Open a channel for a household and lead it.
    New {
        /// As the members call the household; the server never sees it.
        name: String,
        /// A colleague to add at once; repeat for more.
        #[arg(long = "with", value_name = "COLLEAGUE")]
        members: Vec<String>,
        /// The legal frame: own_laws, wgs_zvh or uk_marac.
        #[arg(long, default_value = "own_laws")]
        framework: Framework,
    },
    /// Add colleagues; they read from now on, not what was before.
    Add {
        /// The channel.
        channel: String,
        /// Whom.
        #[arg(required = true)]
        colleagues: Vec<String>,
    },
    /// Remove a colleague; the keys rotate.
    Remove {
        /// The channel.
        channel: String,
        /// Whom.
        colleague: String,
    },
    /// Who can read.
    Members {
        /// The channel.
        channel: String,
    },
}

pub(crate) async fn run(global: &Global, command: ChannelCommand) -> Result<Answer, Failure> {
    with(global, async |session| match command {
        ChannelCommand::New {
            name,
            members,
            framework,
        } => new(session, name, &members, framework).await,
        ChannelCommand::Add {
            channel,
            colleagues,
        } => {
            let channel = session.channel(&channel).await?.summary.id;
            let users = users(&session.directory().await?, &colleagues)?;
            let reply = session
                .intent(Intent::AddMembers { channel, users })
                .await?;
            Ok(Answer::new("added", &reply))
        }
        ChannelCommand::Remove { channel, colleague } => {
            let channel = session.channel(&channel).await?.summary.id;
            let user = names::colleague(&session.directory().await?, &colleague)?.id;
            let reply = session
                .intent(Intent::RemoveMember { channel, user })
                .await?;
            Ok(Answer::new("removed; the keys were changed", &reply))
        }
        ChannelCommand::Members { channel } => Ok(members(&session.channel(&channel).await?)),
    })
    .await
}

async fn new(
    session: &Session,
    household_name: String,
    members: &[String],
    framework: Framework,
) -> Result<Answer, Failure> {
    let members = users(&session.directory().await?, members)?;
    let intent = Intent::CreateChannel {
        household_name,
        framework,
        members,
    };
    let reply = session.intent(intent).await?;
    let Reply::Channel { case_code, .. } = &reply else {
        return Err(Failure::unexpected());
    };
    Ok(Answer::new(
        format!("opened; its case code is {case_code}"),
        &reply,
    ))
}

fn members(channel: &ChannelView) -> Answer {
    let rows: Vec<_> = channel
        .members
        .iter()
        .map(|member| {
            let capacities: Vec<_> = member.capacities.iter().map(|c| c.code()).collect();
            vec![
                one_line(&member.name),
                one_line(&member.organisation),
                member.role.code().to_owned(),
                capacities.join(", "),
                member.devices.to_string(),
            ]
        })
        .collect();
    Answer::new(
        table(
            &["name", "organisation", "role", "capacities", "devices"],
            &rows,
        ),
        &channel.members,
    )
}

/// Every colleague that is named.
pub(crate) fn users(directory: &DirectoryView, wanted: &[String]) -> Result<Vec<UserId>, Failure> {
    wanted
        .iter()
        .map(|name| names::colleague(directory, name).map(|found| found.id))
        .collect()
}
