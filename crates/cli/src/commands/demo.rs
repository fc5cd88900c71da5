//! `beraad demo`: the fictional region.

use std::path::PathBuf;

use beraad_cli::{
    demo::{self, DemoError, Folder, VisitorLink},
    host::{Link, ServerUrl},
};
use clap::{Args, Subcommand};

use super::Answer;
use crate::{args::Global, failure::Failure};

/// What to do with the region.
#[derive(Debug, Subcommand)]
pub(crate) enum DemoCommand {
    /// Fill a new server with the region, or make fresh links for one that is filled. The links
    /// are also left in links.json in the folder.
    Fill(FillArgs),
    /// Receive visitors: open a household for each as soon as the link was opened in a browser.
    /// Runs until every visitor came, or Ctrl-C.
    Watch {
        /// The folder of the region.
        #[arg(long, value_name = "FOLDER")]
        state: PathBuf,
    },
}

/// Which server.
#[derive(Debug, Args)]
pub(crate) struct FillArgs {
    /// The server's address.
    #[arg(long)]
    server: String,
    /// The folder that keeps the region's devices and what was done.
    #[arg(long, value_name = "FOLDER")]
    state: PathBuf,
    /// The link for the first administrator that a new server prints.
    #[arg(long, value_name = "LINK")]
    admin_link: Option<String>,
}

pub(crate) async fn run(global: &Global, command: DemoCommand) -> Result<Answer, Failure> {
    let quiet = global.json;
    let tell = |what: &str| {
        if !quiet {
            eprintln!("demo: {what}");
        }
    };
    let interrupted = tokio::signal::ctrl_c();
    match command {
        DemoCommand::Fill(args) => {
            let server: ServerUrl = args.server.parse()?;
            let link: Option<Link> = args.admin_link.as_deref().map(str::parse).transpose()?;
            let folder = Folder::new(args.state);
            let links = tokio::select! {
                links = demo::fill::fill(&folder, &server, link.as_ref(), tell) => links?,
                _ = interrupted => {
                    return Err(Failure::usage("interrupted; running it again goes on from here"));
                }
            };
            Ok(Answer::new(describe(&folder, &links), &links))
        }
        DemoCommand::Watch { state } => {
            let folder = Folder::new(state);
            tokio::select! {
                done = demo::watch::watch(&folder, tell) => done?,
                _ = interrupted => {}
            }
            Ok(Answer::new("", &serde_json::json!({ "ended": true })))
        }
    }
}

fn describe(folder: &Folder, links: &[VisitorLink]) -> String {
    let mut text = String::from("Open each link in a browser profile of its own:\n\n");
    for visitor in links {
        let link = visitor
            .link
            .as_deref()
            .unwrap_or("(opened in a browser already)");
        text += &format!(
            "{}: {}, {}\n  {link}\n  {}\n\n",
            visitor.role, visitor.name, visitor.organisation, visitor.what
        );
    }
    text + &format!(
        "In a terminal, as the compliance officer of Veilig Thuis Waterrijk:\n  beraad --profile {} \
         --passphrase-file {} register\n",
        folder.profile("officer-vt").display(),
        folder.passphrase_file().display(),
    )
}

impl From<DemoError> for Failure {
    fn from(error: DemoError) -> Self {
        match error {
            DemoError::Host(error) => error.into(),
            error => Self::usage(error.to_string()),
        }
    }
}
