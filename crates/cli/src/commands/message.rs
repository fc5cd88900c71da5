//! `beraad send`, `read`, `follow`: the conversation.

use std::io::{Read as _, Write as _};

use beraad_engine::{intent::Intent, view::Topic};
use beraad_protocol::ChannelId;
use clap::Args;
use tokio::sync::broadcast::error::RecvError;

use super::{
    Answer,
    session::{Session, with},
};
use crate::{args::Global, failure::Failure, show};

/// What to send where.
#[derive(Debug, Args)]
pub(crate) struct SendArgs {
    /// The channel.
    pub(crate) channel: String,
    /// The message; without it, standard input.
    pub(crate) text: Option<String>,
}

/// What to read.
#[derive(Debug, Args)]
pub(crate) struct ReadArgs {
    /// The channel.
    pub(crate) channel: String,
    /// How many of the newest.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=500))]
    pub(crate) limit: u32,
    /// Only what stands before this number.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) before: Option<u64>,
    /// Leave it unread.
    #[arg(long)]
    pub(crate) peek: bool,
}

/// What to follow.
#[derive(Debug, Args)]
pub(crate) struct FollowArgs {
    /// The channel.
    pub(crate) channel: String,
    /// Begin with so many of the newest.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=500))]
    pub(crate) last: u32,
}

pub(crate) async fn send(global: &Global, args: SendArgs) -> Result<Answer, Failure> {
    let text = text_or_stdin(args.text)?;
    with(global, async |session| {
        let channel = session.channel(&args.channel).await?.summary.id;
        let reply = session
            .intent(Intent::SendMessage { channel, text })
            .await?;
        Ok(Answer::new("sent", &reply))
    })
    .await
}

pub(crate) async fn read(global: &Global, args: ReadArgs) -> Result<Answer, Failure> {
    with(global, async |session| {
        let channel = session.channel(&args.channel).await?.summary.id;
        let timeline = session
            .host
            .timeline(channel, args.before, args.limit)
            .await?;
        let mut text: String = timeline.entries.iter().map(show::entry).collect();
        if timeline.more
            && let Some(first) = timeline.entries.iter().find_map(|entry| entry.seq)
        {
            text = format!("(earlier: beraad read --before {first})\n{text}");
        }
        let last = timeline.entries.iter().filter_map(|entry| entry.seq).max();
        if let Some(seq) = last.filter(|_| !args.peek) {
            session.intent(Intent::MarkRead { channel, seq }).await?;
        }
        Ok(Answer::new(text, &timeline))
    })
    .await
}

pub(crate) async fn follow(global: &Global, args: FollowArgs) -> Result<Answer, Failure> {
    with(global, async |session| {
        let channel = session.channel(&args.channel).await?.summary.id;
        tokio::select! {
            ended = show_as_it_happens(session, channel, args.last, global.json) => ended?,
            _ = tokio::signal::ctrl_c() => {}
        }
        Ok(Answer::new("", &serde_json::json!({ "ended": true })))
    })
    .await
}

async fn show_as_it_happens(
    session: &Session,
    channel: ChannelId,
    last: u32,
    json: bool,
) -> Result<(), Failure> {
    let mut changes = session.host.subscribe();
    let mut seen: Option<u64> = None;
    let mut limit = last;
    loop {
        let timeline = session.host.timeline(channel, None, limit).await?;
        limit = CATCH_UP;
        let mut newest = None;
        for entry in &timeline.entries {
            if entry.seq.is_none() || entry.seq <= seen {
                continue;
            }
            newest = newest.max(entry.seq);
            let text = if json {
                serde_json::to_string(entry).map_err(|_| Failure::unexpected())? + "\n"
            } else {
                show::entry(entry)
            };
            let mut out = std::io::stdout().lock();
            if out
                .write_all(text.as_bytes())
                .and_then(|()| out.flush())
                .is_err()
            {
                return Ok(());
            }
        }
        if let Some(seq) = newest {
            seen = seen.max(newest);
            session.intent(Intent::MarkRead { channel, seq }).await?;
        }
        loop {
            match changes.recv().await {
                Ok(Topic::Channel { channel: which }) if which == channel => break,
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => break,
                Err(RecvError::Closed) => return Ok(()),
            }
        }
    }
}

/// The text that was typed, or standard input.
pub(crate) fn text_or_stdin(text: Option<String>) -> Result<String, Failure> {
    let text = if let Some(text) = text {
        text
    } else {
        let mut text = String::new();
        std::io::stdin()
            .take(MAX_INPUT)
            .read_to_string(&mut text)
            .map_err(|error| {
                Failure::usage(format!("standard input cannot be read as text: {error}"))
            })?;
        text
    };
    let text = text.trim_end().to_owned();
    if text.is_empty() {
        Err(Failure::usage("there is nothing to send"))
    } else {
        Ok(text)
    }
}

/// Entries looked back at after a change; more come at once only after a long pause.
const CATCH_UP: u32 = 200;
const MAX_INPUT: u64 = 1024 * 1024;
