//! One module per thing to say, named after it.

pub(crate) mod admin;
pub(crate) mod agenda;
pub(crate) mod channel;
pub(crate) mod conference;
pub(crate) mod consent;
pub(crate) mod demo;
pub(crate) mod enrol;
pub(crate) mod message;
pub(crate) mod overview;
pub(crate) mod person;
pub(crate) mod register;
pub(crate) mod session;
pub(crate) mod share;
pub(crate) mod verify;

use serde::Serialize;
use serde_json::Value;

use crate::{
    args::{Cli, Command},
    failure::{Exit, Failure},
};

/// What a command has to say.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) json: Value,
    pub(crate) exit: Exit,
}

impl Answer {
    /// Text for people, the same as data for scripts.
    pub(crate) fn new(text: impl Into<String>, data: &impl Serialize) -> Self {
        let json = serde_json::to_value(data).unwrap_or(Value::Null);
        let mut text = text.into();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        Self {
            text,
            json,
            exit: Exit::Done,
        }
    }
}

/// Carries out a command.
pub(crate) async fn run(cli: Cli) -> Result<Answer, Failure> {
    let global = &cli.global;
    match cli.command {
        Command::Enrol(args) => enrol::run(global, args).await,
        Command::Status => overview::status(global).await,
        Command::People => overview::people(global).await,
        Command::Channels => overview::channels(global).await,
        Command::Channel(command) => channel::run(global, command).await,
        Command::Send(args) => message::send(global, args).await,
        Command::Read(args) => message::read(global, args).await,
        Command::Follow(args) => message::follow(global, args).await,
        Command::Person(command) => person::run(global, command).await,
        Command::Agenda(command) => agenda::run(global, command).await,
        Command::Consent(command) => consent::run(global, command).await,
        Command::Share(args) => share::run(global, *args).await,
        Command::Conference(command) => conference::run(global, command).await,
        Command::Register => register::run(global).await,
        Command::Export(args) => register::export(global, args).await,
        Command::Verify(args) => verify::run(&args),
        Command::Org(command) => admin::org(global, command).await,
        Command::Invite(args) => admin::invite(global, args).await,
        Command::Demo(command) => demo::run(global, command).await,
    }
}
