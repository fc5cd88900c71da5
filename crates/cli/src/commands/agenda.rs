//! `beraad agenda`: what a conference talks about.

use beraad_casework::{
    codes::{ActionStatus, AgendaSection},
    date::CivilDate,
    model::{AgendaContent, AgendaDraft},
};
use beraad_engine::{
    intent::{Intent, Reply},
    view::{AgendaItemView, AgendaView, DirectoryView},
};
use beraad_protocol::{ChannelId, ConferenceId};
use clap::{Args, Subcommand};

use super::{
    Answer,
    session::{Session, with},
};
use crate::{
    args::Global,
    failure::Failure,
    names,
    show::{one_line, plain, short},
};

/// What to do with an agenda.
#[derive(Debug, Subcommand)]
pub(crate) enum AgendaCommand {
    /// The items of a conference, in order.
    List(Which),
    /// Add an item, or change one with --item.
    Put(PutArgs),
    /// Take an item off.
    Remove {
        #[command(flatten)]
        which: Which,
        /// The item.
        item: String,
    },
}

/// Which agenda.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The channel.
    channel: String,
    /// The conference, by the beginning of its id.
    conference: String,
}

/// What to put on it.
#[derive(Debug, Args)]
pub(crate) struct PutArgs {
    #[command(flatten)]
    which: Which,
    /// Change this item. Other versions that were written meanwhile stay beside it.
    #[arg(long)]
    item: Option<String>,
    /// With --item: the new text settles every other version of it.
    #[arg(long, requires = "item")]
    settle: bool,
    /// Where it stands (confidentiality, old_actions, reason, information, voice,
    /// worries_strengths, scale, safety_plan, decisions, inform_family, review_date).
    #[arg(long)]
    section: Option<AgendaSection>,
    /// What it holds.
    #[command(subcommand)]
    content: Content,
}

/// Kinds of items.
#[derive(Debug, Subcommand)]
enum Content {
    /// Something to talk about.
    Topic {
        /// In a few words.
        title: String,
        /// What was said.
        #[arg(long, default_value = "")]
        notes: String,
    },
    /// Who worries about what danger.
    Danger {
        /// About what danger.
        danger: String,
        /// Who worries.
        #[arg(long)]
        who_worries: String,
        /// With what impact on whom.
        #[arg(long)]
        impact: String,
        /// Who sees it otherwise, and how.
        #[arg(long, default_value = "")]
        disputed: String,
    },
    /// What will be seen when it is safe.
    Goal {
        /// Observable behaviour.
        goal: String,
        /// How long it has to last.
        #[arg(long)]
        how_long: String,
    },
    /// Who does what when.
    Agreement {
        /// What is done.
        what: String,
        /// Who does it.
        #[arg(long)]
        who: String,
        /// When, or at which trigger.
        #[arg(long)]
        when: String,
        /// If it fails, then.
        #[arg(long, default_value = "")]
        if_then: String,
        /// Who checks it, how often.
        #[arg(long, default_value = "")]
        checked_by: String,
    },
    /// How safe it is, from 0 to 10.
    Scale {
        /// 0: nothing keeps them safe; 10: safe enough.
        value: u8,
        /// Who rates.
        #[arg(long)]
        rater: String,
        /// Of which day.
        #[arg(long, value_name = "DATE")]
        on: CivilDate,
        /// Why this number.
        #[arg(long, default_value = "")]
        why: String,
    },
    /// Something one professional will do.
    Action {
        /// What.
        text: String,
        /// Which colleague does it.
        #[arg(long)]
        owner: String,
        /// By when.
        #[arg(long, value_name = "DATE")]
        deadline: CivilDate,
        /// How far it is: open, busy, done, impossible, not_done, handed_over or lapsed.
        #[arg(long, default_value = "open")]
        status: ActionStatus,
    },
}

pub(crate) async fn run(global: &Global, command: AgendaCommand) -> Result<Answer, Failure> {
    with(global, async |session| match command {
        AgendaCommand::List(which) => {
            let (_, _, agenda) = find(session, &which).await?;
            Ok(list(&agenda, &session.directory().await?))
        }
        AgendaCommand::Put(args) => put(session, args).await,
        AgendaCommand::Remove { which, item } => {
            let (channel, _, agenda) = find(session, &which).await?;
            let AgendaItemView { id, version, .. } = names::item(&agenda.items, &item)?;
            let intent = Intent::RemoveAgendaItem {
                channel,
                item: *id,
                base: *version,
            };
            Ok(Answer::new("taken off", &session.intent(intent).await?))
        }
    })
    .await
}

async fn find(
    session: &Session,
    which: &Which,
) -> Result<(ChannelId, ConferenceId, AgendaView), Failure> {
    let channel = session.channel(&which.channel).await?;
    let conference = names::conference(&channel.conferences, &which.conference)?
        .plan
        .id;
    let agenda = session.host.agenda(channel.summary.id, conference).await?;
    Ok((channel.summary.id, conference, agenda))
}

async fn put(session: &Session, args: PutArgs) -> Result<Answer, Failure> {
    let (channel, conference, agenda) = find(session, &args.which).await?;
    let old = args
        .item
        .map(|item| names::item(&agenda.items, &item))
        .transpose()?;
    let content = content(&session.directory().await?, args.content)?;
    let section = args
        .section
        .or_else(|| old.map(|old| old.draft.section))
        .unwrap_or_else(|| usual_section(&content));
    let settles = match old {
        Some(old) if args.settle => old.alternatives.iter().map(|other| other.event).collect(),
        _ => Vec::new(),
    };
    let intent = Intent::PutAgendaItem {
        channel,
        conference,
        item: old.map(|old| old.id),
        base: old.map_or(0, |old| old.version),
        settles,
        draft: AgendaDraft { section, content },
    };
    let reply = session.intent(intent).await?;
    let Reply::Item { item } = &reply else {
        return Err(Failure::unexpected());
    };
    Ok(Answer::new(
        format!("on the agenda as {}", short(item)),
        &reply,
    ))
}

fn content(directory: &DirectoryView, content: Content) -> Result<AgendaContent, Failure> {
    Ok(match content {
        Content::Topic { title, notes } => AgendaContent::Topic { title, notes },
        Content::Danger {
            danger,
            who_worries,
            impact,
            disputed,
        } => AgendaContent::DangerStatement {
            who_worries,
            danger,
            impact,
            disputed,
        },
        Content::Goal { goal, how_long } => AgendaContent::SafetyGoal { goal, how_long },
        Content::Agreement {
            what,
            who,
            when,
            if_then,
            checked_by,
        } => AgendaContent::Agreement {
            who,
            what,
            when,
            if_then,
            checked_by,
        },
        Content::Scale {
            value,
            rater,
            on,
            why,
        } => AgendaContent::Scale {
            rater,
            value,
            on,
            why,
        },
        Content::Action {
            text,
            owner,
            deadline,
            status,
        } => AgendaContent::Action {
            text,
            owner: names::colleague(directory, &owner)?.id,
            deadline,
            status,
        },
    })
}

fn usual_section(content: &AgendaContent) -> AgendaSection {
    match content {
        AgendaContent::Topic { .. } => AgendaSection::Information,
        AgendaContent::DangerStatement { .. } => AgendaSection::WorriesStrengths,
        AgendaContent::SafetyGoal { .. } | AgendaContent::Agreement { .. } => {
            AgendaSection::SafetyPlan
        }
        AgendaContent::Scale { .. } => AgendaSection::Scale,
        AgendaContent::Action { .. } => AgendaSection::Decisions,
    }
}

fn list(agenda: &AgendaView, directory: &DirectoryView) -> Answer {
    let mut text = String::new();
    for item in &agenda.items {
        let waiting = if item.waiting {
            ", waiting to be sent"
        } else {
            ""
        };
        text += &format!(
            "[{}] {}, version {} by {}{waiting}\n    {}\n",
            short(item.id),
            item.draft.section,
            item.version,
            one_line(&item.by_name),
            describe(&item.draft.content, directory)
        );
        for other in &item.alternatives {
            text += &format!(
                "  written at the same time by {}:\n    {}\n",
                one_line(&other.by_name),
                describe(&other.draft.content, directory)
            );
        }
    }
    if text.is_empty() {
        text = "the agenda is empty".into();
    }
    Answer::new(text, agenda)
}

fn describe(content: &AgendaContent, directory: &DirectoryView) -> String {
    let text = match content {
        AgendaContent::Topic { title, notes } if notes.is_empty() => title.clone(),
        AgendaContent::Topic { title, notes } => format!("{title}\n{notes}"),
        AgendaContent::DangerStatement {
            who_worries,
            danger,
            impact,
            disputed,
        } => {
            let disputed = if disputed.is_empty() {
                String::new()
            } else {
                format!("\nDisputed: {disputed}")
            };
            format!("{who_worries} worries: {danger}\nImpact: {impact}{disputed}")
        }
        AgendaContent::SafetyGoal { goal, how_long } => format!("Goal: {goal}\nFor: {how_long}"),
        AgendaContent::Agreement {
            who,
            what,
            when,
            if_then,
            checked_by,
        } => {
            format!("{who}: {what}\nWhen: {when}\nIf not: {if_then}\nChecked: {checked_by}")
        }
        AgendaContent::Scale {
            rater,
            value,
            on,
            why,
        } => {
            format!("{value} of 10 by {rater} on {on}: {why}")
        }
        AgendaContent::Action {
            text,
            owner,
            deadline,
            status,
        } => {
            let owner = directory.people.iter().find(|person| person.id == *owner);
            let owner = owner.map_or("somebody", |owner| owner.name.as_str());
            format!("{text}\n{owner}, by {deadline}: {status}")
        }
    };
    plain(&text).replace('\n', "\n    ")
}
