//! What can be said to `beraad`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    admin::{InviteArgs, OrgCommand},
    agenda::AgendaCommand,
    channel::ChannelCommand,
    conference::ConferenceCommand,
    consent::ConsentCommand,
    demo::DemoCommand,
    enrol::EnrolArgs,
    message::{FollowArgs, ReadArgs, SendArgs},
    person::PersonCommand,
    register::ExportArgs,
    share::ShareArgs,
    verify::VerifyArgs,
};

/// Beraad in a terminal: end-to-end encrypted case conferences.
///
/// A profile folder is one device of one person: its keys and what it has read, encrypted with a
/// passphrase. Begin with `beraad enrol LINK`, with the one-time link your account admin gave you.
///
/// Channels are named by case code or by the household's name, colleagues and organisations by
/// name, records, items and conferences by the beginning of their id.
#[derive(Debug, Parser)]
#[command(name = "beraad", version, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command understands.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The profile folder (default: `beraad` in your data folder).
    #[arg(long, global = true, env = "BERAAD_PROFILE", value_name = "FOLDER")]
    pub(crate) profile: Option<PathBuf>,
    /// Read the passphrase from the first line of this file. Without it: from the environment
    /// variable BERAAD_PASSPHRASE, or else by asking.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Print JSON, for scripts. Errors are JSON too, on standard error.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// How long to wait for the server.
    #[arg(long, global = true, default_value_t = 30, value_name = "SECONDS")]
    pub(crate) timeout: u64,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make this profile a device of the person a one-time link is for.
    Enrol(EnrolArgs),
    /// Who this is, whether the server is there, what needs attention.
    Status,
    /// Colleagues by organisation.
    People,
    /// The household channels of this device.
    Channels,
    /// Open a channel, see and change who can read it.
    #[command(subcommand)]
    Channel(ChannelCommand),
    /// Write a message.
    Send(SendArgs),
    /// Read a channel's conversation.
    Read(ReadArgs),
    /// Show what happens in a channel, live, until Ctrl-C.
    Follow(FollowArgs),
    /// People of the household.
    #[command(subcommand)]
    Person(PersonCommand),
    /// The agenda of a conference.
    #[command(subcommand)]
    Agenda(AgendaCommand),
    /// Consent of people of the household.
    #[command(subcommand)]
    Consent(ConsentCommand),
    /// Share information, with the account of sharing it.
    Share(Box<ShareArgs>),
    /// Conferences: plan, reply, list, calendar file.
    #[command(subcommand)]
    Conference(ConferenceCommand),
    /// Records of your organisation (compliance officer).
    Register,
    /// Pack records for handing over (compliance officer).
    Export(ExportArgs),
    /// Check a package, offline and without a profile.
    Verify(VerifyArgs),
    /// Organisations on this server (host admin).
    #[command(subcommand)]
    Org(OrgCommand),
    /// Invite a colleague (account admin).
    Invite(InviteArgs),
    /// The fictional region for trying Beraad out.
    #[command(subcommand)]
    Demo(DemoCommand),
}

const EXIT_CODES: &str = "\
Exit codes:
  0   done
  1   refused by the rules of the work or by the server; the message says the way out
  2   something typed cannot be, or a file cannot be read or written
  3   no profile, a profile in use, or a wrong passphrase
  4   the server was not reached in time; what was written is kept and goes out later
  5   the package is not OK
  70  a fault of this program";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }

    #[test]
    fn every_command_and_flag_has_help() {
        fn check(command: &clap::Command) {
            assert!(
                command.get_about().is_some(),
                "{} has no help",
                command.get_name()
            );
            for argument in command.get_arguments() {
                assert!(
                    argument.get_help().is_some(),
                    "{} of {} has no help",
                    argument.get_id(),
                    command.get_name()
                );
            }
            command.get_subcommands().for_each(check);
        }
        check(&super::Cli::command());
    }
}
