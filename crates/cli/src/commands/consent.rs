//! `beraad consent`: record, withdraw, list.

use beraad_casework::{
    codes::{Category, ConsentAnswer, ConsentFunction, ConsentMethod, GiverCapacity, Purpose},
    date::CivilDate,
    model::GiverAnswer,
};
use beraad_engine::{
    intent::{ConsentDraft, Intent, Reply},
    view::ChannelView,
};
use beraad_protocol::{OrgId, PersonId, Timestamp};
use clap::{Args, Subcommand};
use jiff::tz::TimeZone;

use super::{
    Answer,
    session::{Session, with},
};
use crate::{
    args::Global,
    failure::{Failure, describe_blocks},
    names,
    show::{moment, one_line, short},
};

/// What to do with consent.
#[derive(Debug, Subcommand)]
pub(crate) enum ConsentCommand {
    /// Record who was asked and what they answered.
    Record(Box<RecordArgs>),
    /// Record that a consent was withdrawn; new disclosures on it are blocked at once.
    Withdraw {
        /// The channel.
        channel: String,
        /// The consent, by the beginning of its id.
        consent: String,
        /// The person who withdrew.
        #[arg(long)]
        by: String,
        /// How: written, oral or digital.
        #[arg(long, default_value = "oral")]
        method: ConsentMethod,
    },
    /// Every consent and whether it can be used.
    List {
        /// The channel.
        channel: String,
    },
}

/// A consent.
#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// The channel.
    channel: String,
    /// Whose data.
    subject: String,
    /// What a person answered, as PERSON=ANSWER; repeat for everybody who has to answer. ANSWER
    /// is given, refused or unsafe_to_ask. In which capacity somebody answers follows from who
    /// decides for the subject.
    #[arg(long = "answer", value_name = "PERSON=ANSWER", required = true)]
    answers: Vec<String>,
    /// What it is for: gdpr_basis, lift_secrecy or both.
    #[arg(long, default_value = "both")]
    function: ConsentFunction,
    /// A kind of data it covers (INCIDENT, PSYCHISCH, ...); repeat for more.
    #[arg(long = "category", value_name = "CATEGORY", required = true)]
    categories: Vec<Category>,
    /// An organisation that may receive; repeat for more. Without it: every other organisation
    /// in the channel.
    #[arg(long = "recipient", value_name = "ORGANISATION")]
    recipients: Vec<String>,
    /// What for (VEILIGHEIDSPLAN, RISICOTAXATIE, ...); repeat for more.
    #[arg(long = "purpose", value_name = "PURPOSE", required = true)]
    purposes: Vec<Purpose>,
    /// The last day it holds; without it the usual term.
    #[arg(long, value_name = "DATE")]
    until: Option<CivilDate>,
    /// How it was given: written, oral or digital.
    #[arg(long, default_value = "oral")]
    method: ConsentMethod,
    /// It was not asked freely, or without time to think.
    #[arg(long)]
    not_freely_given: bool,
    /// A measure or pressure stands behind the question.
    #[arg(long)]
    under_pressure: bool,
    /// What was explained, without content of the case.
    #[arg(long)]
    notice: String,
    /// Language of the explanation (BCP 47).
    #[arg(long, default_value = "nl")]
    language: String,
    /// Only say who has to answer and what is missing.
    #[arg(long)]
    check: bool,
}

pub(crate) async fn run(global: &Global, command: ConsentCommand) -> Result<Answer, Failure> {
    with(global, async |session| match command {
        ConsentCommand::Record(args) => record(session, *args).await,
        ConsentCommand::Withdraw {
            channel,
            consent,
            by,
            method,
        } => {
            let channel = session.channel(&channel).await?;
            let intent = Intent::WithdrawConsent {
                channel: channel.summary.id,
                consent: names::consent(&channel, &consent)?.consent.id,
                by: names::person(&channel, &by)?.person.id,
                method,
            };
            Ok(Answer::new(
                "withdrawn; what was shared lawfully before stays shared, and copies that were \
                 read cannot be recalled",
                &session.intent(intent).await?,
            ))
        }
        ConsentCommand::List { channel } => Ok(list(&session.channel(&channel).await?)),
    })
    .await
}

async fn record(session: &Session, args: RecordArgs) -> Result<Answer, Failure> {
    let channel = session.channel(&args.channel).await?;
    let check_only = args.check;
    let mut draft = draft(session, &channel, args).await?;
    let check = session
        .host
        .check_consent(channel.summary.id, draft.clone())
        .await?;
    for answer in &mut draft.answers {
        if let Some(required) = check
            .required
            .iter()
            .find(|giver| giver.person == answer.person)
        {
            answer.capacity = required.capacity;
        }
    }
    if check_only {
        let check = session
            .host
            .check_consent(channel.summary.id, draft)
            .await?;
        let mut text = String::from("has to answer:\n");
        for giver in &check.required {
            text += &format!(
                "  {} as {}\n",
                name_of(&channel, giver.person),
                giver.capacity
            );
        }
        if !check.blocks.is_empty() {
            text += "as it stands it cannot be used:\n";
            text += &describe_blocks(&check.blocks);
        }
        return Ok(Answer::new(text, &check));
    }
    let reply = session
        .intent(Intent::RecordConsent {
            channel: channel.summary.id,
            consent: draft,
        })
        .await?;
    let Reply::Record { record, .. } = &reply else {
        return Err(Failure::unexpected());
    };
    Ok(Answer::new(
        format!("recorded as {}", short(record)),
        &reply,
    ))
}

async fn draft(
    session: &Session,
    channel: &ChannelView,
    args: RecordArgs,
) -> Result<ConsentDraft, Failure> {
    let subject = names::person(channel, &args.subject)?.person.id;
    let answers = args
        .answers
        .iter()
        .map(|text| answer(channel, subject, text))
        .collect::<Result<_, _>>()?;
    let recipients = if args.recipients.is_empty() {
        other_organisations(session, channel).await?
    } else {
        let directory = session.directory().await?;
        args.recipients
            .iter()
            .map(|name| names::organisation(&directory, name).map(|org| org.id))
            .collect::<Result<_, _>>()?
    };
    Ok(ConsentDraft {
        subject,
        function: args.function,
        answers,
        categories: args.categories,
        recipients,
        purposes: args.purposes,
        valid_until: args.until.map(end_of_day).transpose()?,
        method: args.method,
        freely_given: !args.not_freely_given,
        under_pressure: args.under_pressure,
        notice: args.notice,
        language: args.language,
    })
}

fn answer(channel: &ChannelView, subject: PersonId, text: &str) -> Result<GiverAnswer, Failure> {
    let (person, answer) = text
        .rsplit_once('=')
        .ok_or_else(|| Failure::usage("an answer is written as PERSON=ANSWER"))?;
    let person = names::person(channel, person)?.person.id;
    let answer: ConsentAnswer = answer
        .trim()
        .parse()
        .map_err(|error| Failure::usage(format!("{answer:?}: {error}")))?;
    let capacity = if person == subject {
        GiverCapacity::Zelf
    } else {
        GiverCapacity::Gezag
    };
    Ok(GiverAnswer {
        person,
        capacity,
        answer,
    })
}

/// Every organisation in the channel but one's own.
pub(crate) async fn other_organisations(
    session: &Session,
    channel: &ChannelView,
) -> Result<Vec<OrgId>, Failure> {
    let own = session
        .host
        .home()
        .await?
        .me
        .ok_or_else(Failure::unexpected)?
        .org;
    let mut others: Vec<_> = channel
        .members
        .iter()
        .map(|member| member.org)
        .filter(|org| *org != own)
        .collect();
    others.sort_unstable();
    others.dedup();
    Ok(others)
}

fn end_of_day(day: CivilDate) -> Result<Timestamp, Failure> {
    let end = day.inner().at(23, 59, 59, 0).to_zoned(TimeZone::system());
    end.map(|end| Timestamp(end.timestamp().as_millisecond()))
        .map_err(|error| Failure::usage(error.to_string()))
}

fn list(channel: &ChannelView) -> Answer {
    let mut text = String::new();
    for view in &channel.consents {
        let consent = &view.consent;
        let categories: Vec<_> = consent.categories.iter().map(|c| c.code()).collect();
        text += &format!(
            "[{}] {} of {}: {}, until {}, recorded {}\n",
            short(consent.id),
            view.state,
            name_of(channel, consent.subject),
            categories.join(", "),
            moment(consent.valid_until),
            moment(view.recorded_at),
        );
        text += &describe_blocks(&view.blocks);
    }
    if text.is_empty() {
        text = "no consent was recorded".into();
    }
    Answer::new(text, &channel.consents)
}

/// The name of a person of the household.
pub(crate) fn name_of(channel: &ChannelView, id: PersonId) -> String {
    let found = channel.persons.iter().find(|view| view.person.id == id);
    found.map_or_else(|| short(id), |view| one_line(&view.person.name))
}
