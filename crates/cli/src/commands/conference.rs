//! `beraad conference`: plan, reply, list, calendar file.

use std::path::PathBuf;

use beraad_engine::{
    intent::{Intent, Reply},
    view::DirectoryView,
};
use beraad_protocol::{
    Timestamp,
    meeting::{Case, Conference},
    vocabulary::{ActingCapacity, ConferenceKind, ConferenceStatus, ParticipationStatus},
};
use clap::{Args, Subcommand};
use jiff::{civil::DateTime, tz::TimeZone};

use super::{
    Answer,
    channel::users,
    session::{Session, with},
};
use crate::{
    args::Global,
    failure::Failure,
    names,
    show::{self, one_line, table},
};

/// What to do with conferences.
#[derive(Debug, Subcommand)]
pub(crate) enum ConferenceCommand {
    /// The case codes you may plan for.
    Cases,
    /// The conferences you have to do with, and the replies.
    List,
    /// Plan a conference, or move one with --change.
    Plan(Box<PlanArgs>),
    /// Call a conference off.
    Cancel {
        /// The conference, by the beginning of its id.
        conference: String,
    },
    /// Answer an invitation.
    Reply {
        /// The conference, by the beginning of its id.
        conference: String,
        /// ACCEPTED, TENTATIVE or DECLINED.
        status: ParticipationStatus,
    },
    /// Save the neutral calendar file.
    Ics {
        /// The conference, by the beginning of its id.
        conference: String,
        /// Where to; without it, standard output.
        file: Option<PathBuf>,
    },
}

/// A conference.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// The case, by its code.
    #[arg(required_unless_present = "change")]
    case: Option<String>,
    /// Move this conference; what is not given stays as it is.
    #[arg(long, value_name = "CONFERENCE")]
    change: Option<String>,
    /// Begins, as 2026-12-01T14:00 on the clock of --zone.
    #[arg(long, value_name = "TIME", required_unless_present = "change")]
    start: Option<DateTime>,
    /// Ends.
    #[arg(long, value_name = "TIME", required_unless_present = "change")]
    end: Option<DateTime>,
    /// Time zone (default: Europe/Amsterdam).
    #[arg(long)]
    zone: Option<String>,
    /// urgent, regular, review or closing (default: regular).
    #[arg(long)]
    kind: Option<ConferenceKind>,
    /// Who chairs.
    #[arg(long, value_name = "COLLEAGUE")]
    chair: Option<String>,
    /// A capacity it cannot decide without; repeat for more.
    #[arg(long = "requires", value_name = "CAPACITY")]
    required: Vec<ActingCapacity>,
    /// Whom to invite; repeat for more. Without it: every member of the case.
    #[arg(long = "invite", value_name = "COLLEAGUE")]
    invitees: Vec<String>,
}

pub(crate) async fn run(global: &Global, command: ConferenceCommand) -> Result<Answer, Failure> {
    with(global, async |session| match command {
        ConferenceCommand::Cases => {
            let cases = session.host.cases().await?.cases;
            let rows: Vec<_> = cases
                .iter()
                .map(|case| {
                    vec![
                        case.case_code.clone(),
                        case.members.len().to_string(),
                        show::moment(case.created_at),
                    ]
                })
                .collect();
            Ok(Answer::new(
                table(&["case code", "members", "opened"], &rows),
                &cases,
            ))
        }
        ConferenceCommand::List => {
            let conferences = session.host.conferences().await?.conferences;
            Ok(list(&conferences, &session.directory().await?))
        }
        ConferenceCommand::Plan(args) => plan(session, *args).await,
        ConferenceCommand::Cancel { conference } => {
            let old = find(session, &conference).await?;
            let reply = session.intent(planned(&old, true)).await?;
            Ok(Answer::new(
                "called off; everybody who was invited sees it",
                &reply,
            ))
        }
        ConferenceCommand::Reply { conference, status } => {
            let conference = find(session, &conference).await?.plan.id;
            let reply = session
                .intent(Intent::ReplyInvitation { conference, status })
                .await?;
            Ok(Answer::new("replied", &reply))
        }
        ConferenceCommand::Ics { conference, file } => {
            let conference = find(session, &conference).await?.plan.id;
            let bytes = session.host.calendar(conference).await?;
            let Some(file) = file else {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let data = serde_json::json!({ "ics": text });
                return Ok(Answer::new(text, &data));
            };
            std::fs::write(&file, &bytes).map_err(|error| Failure::file("write", &file, &error))?;
            let data = serde_json::json!({ "file": file });
            Ok(Answer::new(format!("saved as {}", file.display()), &data))
        }
    })
    .await
}

async fn find(session: &Session, wanted: &str) -> Result<Conference, Failure> {
    let conferences = session.host.conferences().await?.conferences;
    names::conference(&conferences, wanted).cloned()
}

async fn plan(session: &Session, args: PlanArgs) -> Result<Answer, Failure> {
    let directory = session.directory().await?;
    let old = match &args.change {
        Some(wanted) => Some(find(session, wanted).await?),
        None => None,
    };
    let case = match &args.case {
        Some(code) => Some(case(session, code).await?),
        None => None,
    };
    let zone = args
        .zone
        .or_else(|| old.as_ref().map(|old| old.plan.time_zone.clone()))
        .unwrap_or_else(|| "Europe/Amsterdam".into());
    let time = |typed: Option<DateTime>, old: Option<Timestamp>| match typed {
        Some(typed) => moment_in(typed, &zone),
        None => old.ok_or_else(|| Failure::usage("say when with --start and --end")),
    };
    let chair = match &args.chair {
        Some(name) => Some(names::colleague(&directory, name)?.id),
        None => old.as_ref().and_then(|old| old.plan.chair),
    };
    let invitees = if !args.invitees.is_empty() {
        users(&directory, &args.invitees)?
    } else if let Some(old) = &old {
        old.plan.invitees.clone()
    } else {
        case.as_ref()
            .map(|case| case.members.clone())
            .unwrap_or_default()
    };
    let required = if args.required.is_empty() {
        old.as_ref()
            .map(|old| old.plan.required_capacities.clone())
            .unwrap_or_default()
    } else {
        args.required
    };
    let channel = old
        .as_ref()
        .map(|old| old.plan.channel)
        .or_else(|| case.as_ref().map(|case| case.channel))
        .ok_or_else(|| Failure::usage("name the case by its code"))?;
    let reply = session
        .intent(Intent::PlanConference {
            conference: old.as_ref().map(|old| old.plan.id),
            channel,
            kind: args
                .kind
                .or_else(|| old.as_ref().map(|old| old.plan.kind))
                .unwrap_or(ConferenceKind::Regular),
            start: time(args.start, old.as_ref().map(|old| old.plan.start))?,
            end: time(args.end, old.as_ref().map(|old| old.plan.end))?,
            time_zone: zone,
            chair,
            required_capacities: required,
            invitees,
            cancelled: false,
        })
        .await?;
    let Reply::Conference { conference } = &reply else {
        return Err(Failure::unexpected());
    };
    Ok(Answer::new(
        format!("planned as {}", show::conference(*conference)),
        &reply,
    ))
}

/// Somebody in the channel may plan as well: what is not in the cases may be in the channels.
async fn case(session: &Session, code: &str) -> Result<Case, Failure> {
    let cases = session.host.cases().await?.cases;
    names::pick("case", code, &cases, |case| {
        vec![case.case_code.clone(), case.channel.to_string()]
    })
    .cloned()
}

/// The same conference again, planned or called off.
fn planned(old: &Conference, cancelled: bool) -> Intent {
    let plan = old.plan.clone();
    Intent::PlanConference {
        conference: Some(plan.id),
        channel: plan.channel,
        kind: plan.kind,
        start: plan.start,
        end: plan.end,
        time_zone: plan.time_zone,
        chair: plan.chair,
        required_capacities: plan.required_capacities,
        invitees: plan.invitees,
        cancelled,
    }
}

fn moment_in(time: DateTime, zone: &str) -> Result<Timestamp, Failure> {
    let zone = TimeZone::get(zone)
        .map_err(|_| Failure::usage(format!("{zone:?} is no time zone; try Europe/Amsterdam")))?;
    let zoned = time
        .to_zoned(zone)
        .map_err(|error| Failure::usage(error.to_string()))?;
    Ok(Timestamp(zoned.timestamp().as_millisecond()))
}

fn list(conferences: &[Conference], directory: &DirectoryView) -> Answer {
    let name_of = |user| {
        let found = directory.people.iter().find(|person| person.id == user);
        found.map_or_else(|| show::short(user), |person| one_line(&person.name))
    };
    let mut text = String::new();
    for conference in conferences {
        let plan = &conference.plan;
        let cancelled = if plan.status == ConferenceStatus::Cancelled {
            ", CALLED OFF"
        } else {
            ""
        };
        text += &format!(
            "[{}] {}  {}, {}{cancelled}\n",
            show::conference(plan.id),
            show::when(plan.start, plan.end, &plan.time_zone),
            one_line(&conference.case_code),
            plan.kind,
        );
        for invitation in &conference.invitations {
            text += &format!("    {}: {}\n", name_of(invitation.user), invitation.status);
        }
    }
    if text.is_empty() {
        text = "no conferences".into();
    }
    Answer::new(text, &conferences)
}
