//! `beraad person`: people of the household.

use beraad_casework::{
    codes::{DecisionCapacity, GiverCapacity},
    date::CivilDate,
    model::{Person, Representation},
};
use beraad_cli::profile::fill_random;
use beraad_engine::{intent::Intent, view::ChannelView};
use beraad_protocol::PersonId;
use clap::{Args, Subcommand};

use super::{
    Answer,
    session::{Session, with},
};
use crate::{
    args::Global,
    failure::Failure,
    names,
    show::{one_line, short, table},
};

/// What to do with people of the household.
#[derive(Debug, Subcommand)]
pub(crate) enum PersonCommand {
    /// Add a person, or change one with --change.
    Put(PutArgs),
    /// Who is known.
    List {
        /// The channel.
        channel: String,
    },
}

/// What is known of a person.
#[derive(Debug, Args)]
pub(crate) struct PutArgs {
    /// The channel.
    channel: String,
    /// Change this person instead of adding one; what is not given stays as it is.
    #[arg(long, value_name = "PERSON")]
    change: Option<String>,
    /// As the household calls the person.
    #[arg(long)]
    name: Option<String>,
    /// Date of birth, as 2017-05-30; decides who has to consent.
    #[arg(long, value_name = "DATE")]
    born: Option<CivilDate>,
    /// Place in the household, in words ("moeder", "buurman").
    #[arg(long)]
    relation: Option<String>,
    /// Whether the person can decide: capable, incapable or unassessed.
    #[arg(long)]
    capacity: Option<DecisionCapacity>,
    /// Who decides for the person, as PERSON:CAPACITY:DATE:SOURCE; repeat for more. CAPACITY is
    /// PARENTAL_AUTHORITY, GUARDIAN, CURATOR or MENTOR, DATE when it was looked up, SOURCE where.
    #[arg(long, value_name = "PERSON:CAPACITY:DATE:SOURCE")]
    represented_by: Vec<String>,
}

pub(crate) async fn run(global: &Global, command: PersonCommand) -> Result<Answer, Failure> {
    with(global, async |session| match command {
        PersonCommand::Put(args) => put(session, args).await,
        PersonCommand::List { channel } => Ok(list(&session.channel(&channel).await?)),
    })
    .await
}

async fn put(session: &Session, args: PutArgs) -> Result<Answer, Failure> {
    let channel = session.channel(&args.channel).await?;
    let (base, mut person) = match &args.change {
        Some(wanted) => {
            let found = names::person(&channel, wanted)?;
            (found.version, found.person.clone())
        }
        None => (0, new_person()?),
    };
    if let Some(name) = args.name {
        person.name = name;
    }
    if person.name.trim().is_empty() {
        return Err(Failure::usage("a new person needs --name"));
    }
    person.date_of_birth = args.born.or(person.date_of_birth);
    person.relation = args.relation.unwrap_or(person.relation);
    person.capacity = args.capacity.unwrap_or(person.capacity);
    if !args.represented_by.is_empty() {
        person.represented_by = args
            .represented_by
            .iter()
            .map(|text| representation(&channel, text))
            .collect::<Result<_, _>>()?;
    }
    let id = person.id;
    session
        .intent(Intent::PutPerson {
            channel: channel.summary.id,
            base,
            person,
        })
        .await?;
    Ok(Answer::new(
        format!("noted as {}", short(id)),
        &serde_json::json!({ "person": id }),
    ))
}

fn new_person() -> Result<Person, Failure> {
    let mut id = [0; 16];
    fill_random(&mut id)?;
    Ok(Person {
        id: PersonId::from_bytes(id),
        name: String::new(),
        date_of_birth: None,
        relation: String::new(),
        capacity: DecisionCapacity::Unassessed,
        represented_by: Vec::new(),
    })
}

fn representation(channel: &ChannelView, text: &str) -> Result<Representation, Failure> {
    let mut parts = text.splitn(4, ':');
    let (Some(holder), Some(capacity), Some(date), Some(source)) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Failure::usage(
            "who decides for the person is written as PERSON:CAPACITY:DATE:SOURCE",
        ));
    };
    let capacity: GiverCapacity = capacity
        .parse()
        .map_err(|error| Failure::usage(format!("{capacity:?}: {error}")))?;
    Ok(Representation {
        holder: names::person(channel, holder)?.person.id,
        capacity,
        source: source.to_owned(),
        checked_on: date
            .parse()
            .map_err(|error| Failure::usage(format!("{date:?}: {error}")))?,
    })
}

fn list(channel: &ChannelView) -> Answer {
    let name_of = |id: PersonId| {
        let found = channel.persons.iter().find(|view| view.person.id == id);
        found.map_or_else(|| short(id), |view| one_line(&view.person.name))
    };
    let rows: Vec<_> = channel
        .persons
        .iter()
        .map(|view| {
            let person = &view.person;
            let deciders: Vec<_> = person
                .represented_by
                .iter()
                .map(|by| format!("{} ({})", name_of(by.holder), by.capacity))
                .collect();
            vec![
                short(person.id),
                person.name.clone(),
                person
                    .date_of_birth
                    .map(|date| date.to_string())
                    .unwrap_or_default(),
                person.relation.clone(),
                person.capacity.code().to_owned(),
                deciders.join(", "),
                if view.alternatives.is_empty() {
                    String::new()
                } else {
                    format!("{} other version(s)", view.alternatives.len())
                },
            ]
        })
        .collect();
    let header = [
        "id",
        "name",
        "born",
        "relation",
        "decides",
        "represented by",
        "",
    ];
    Answer::new(table(&header, &rows), &channel.persons)
}
