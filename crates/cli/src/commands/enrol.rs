//! `beraad enrol`: make this profile a device.

use std::time::Duration;

use beraad_cli::host::{Host, Link};
use clap::Args;

use super::{
    Answer,
    session::{Ask, passphrase, profile_folder},
};
use crate::{args::Global, failure::Failure, show::one_line};

/// Which link.
#[derive(Debug, Args)]
pub(crate) struct EnrolArgs {
    /// The one-time link, whole: https://SERVER/#/enrol/SECRET. `-` reads it from standard input,
    /// which keeps it out of the list of processes.
    pub(crate) link: String,
}

pub(crate) async fn run(global: &Global, args: EnrolArgs) -> Result<Answer, Failure> {
    let text = if args.link == "-" {
        let mut line = String::new();
        std::io::stdin()
            .read_line(&mut line)
            .map_err(|error| Failure::usage(format!("standard input cannot be read: {error}")))?;
        line
    } else {
        args.link
    };
    let link: Link = text.parse()?;
    let folder = profile_folder(global)?;
    let host = Host::enrol(&folder, &link, &passphrase(global, Ask::Twice)?).await?;
    // The KeyPackages go up on the first connection; colleagues can add this device after that.
    let settled = host.settled(Duration::from_secs(global.timeout)).await;
    let home = host.home().await;
    host.shutdown().await;
    settled?;
    let me = home?.me.ok_or_else(Failure::unexpected)?;
    Ok(Answer::new(
        format!(
            "This profile is now a device of {}, {} at {}.\nIt is kept in {}",
            one_line(&me.name),
            one_line(&me.function),
            one_line(&me.organisation),
            folder.display(),
        ),
        &me,
    ))
}
