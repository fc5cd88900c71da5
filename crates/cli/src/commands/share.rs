//! `beraad share`: information, with the account of sharing it.

use std::path::PathBuf;

use beraad_casework::{
    codes::{
        Art6, Art9, Art10, Category, Confidentiality, Mechanism, Provision, Purpose, RecipientType,
        Secrecy,
    },
    model::{DisclosureLine, Inform},
};
use beraad_engine::{
    intent::{DisclosureDraft, Intent, Reply},
    view::{ChannelView, DirectoryView},
};
use beraad_protocol::{OrgId, RecordId, vocabulary::ActingCapacity};
use clap::Args;

use super::{
    Answer,
    consent::other_organisations,
    message::text_or_stdin,
    session::{Session, with},
};
use crate::{
    args::Global,
    failure::{Failure, describe_blocks},
    names,
    show::{one_line, short},
};

/// What is shared, and why it may be.
///
/// Everybody in the channel reads what is shared, so there is a line for every subject and every
/// other organisation in it. The flags give all lines the same ground; where lines differ, write
/// the account as JSON and give it with --account.
#[derive(Debug, Args)]
pub(crate) struct ShareArgs {
    /// The channel.
    channel: String,
    /// What is shared; without it, standard input.
    #[arg(long)]
    text: Option<String>,
    /// The whole account as JSON instead of flags: what `--check --json` prints as `account`, edited.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["subjects", "categories"])]
    account: Option<PathBuf>,
    /// Whom it is about; repeat for more.
    #[arg(
        long = "subject",
        value_name = "PERSON",
        required_unless_present = "account"
    )]
    subjects: Vec<String>,
    /// A kind of data (INCIDENT, PSYCHISCH, ...); repeat for more.
    #[arg(
        long = "category",
        value_name = "CATEGORY",
        required_unless_present = "account"
    )]
    categories: Vec<Category>,
    /// What for (VEILIGHEIDSPLAN, RISICOTAXATIE, ...).
    #[arg(long, required_unless_present = "account")]
    purpose: Option<Purpose>,
    /// The capacity you act in; without it your first verified one.
    #[arg(long)]
    capacity: Option<ActingCapacity>,
    /// Privacy basis: 6A to 6F, WPG or WJSG.
    #[arg(long, default_value = "6E")]
    art6: Art6,
    /// Exception for special categories: 9A, 9C, 9F, 9G, 9H or UAVG30_3A.
    #[arg(long)]
    art9: Option<Art9>,
    /// Ground for criminal data: UAVG32, UAVG33 or WGS.
    #[arg(long)]
    art10: Option<Art10>,
    /// The provision it rests on (WMO_5_2_6, JW_7_3_11_4R, ...).
    #[arg(long)]
    provision: Option<Provision>,
    /// How secrecy was dealt with: GEEN, TOESTEMMING, PLICHT, RECHT, DIRECT_BETROKKEN,
    /// VERTEGENWOORDIGER or CONFLICT_VAN_PLICHTEN.
    #[arg(long, default_value = "GEEN")]
    secrecy: Secrecy,
    /// The consent it rests on, by the beginning of its id.
    #[arg(long)]
    consent: Option<String>,
    /// What kind of information, without content.
    #[arg(long, default_value = "")]
    description: String,
    /// Why it is needed.
    #[arg(long, default_value = "")]
    motivation: String,
    /// Why this much.
    #[arg(long, default_value = "")]
    necessity: String,
    /// Why the harm to privacy is outweighed.
    #[arg(long, default_value = "")]
    proportionality: String,
    /// Why nothing less would do.
    #[arg(long, default_value = "")]
    subsidiarity: String,
    /// The colleague who was consulted.
    #[arg(long, value_name = "COLLEAGUE")]
    consulted: Option<String>,
    /// Whether the family is told: known, due:DATE, done:DATE or omitted:REASON.
    #[arg(long, default_value = "known", value_parser = inform)]
    inform: Inform,
    /// Keep the record confidential towards the family.
    #[arg(long)]
    confidential: bool,
    /// How it is shared.
    #[arg(long, default_value = "BERICHT")]
    mechanism: Mechanism,
    /// Shared at once because of danger; the motivation follows within 24 hours.
    #[arg(long)]
    emergency: bool,
    /// The record this one corrects.
    #[arg(long, value_name = "RECORD")]
    corrects: Option<RecordId>,
    /// Only say what the rules say; share nothing.
    #[arg(long)]
    check: bool,
}

pub(crate) async fn run(global: &Global, args: ShareArgs) -> Result<Answer, Failure> {
    with(global, async |session| {
        let channel = session.channel(&args.channel).await?;
        let check_only = args.check;
        let text = args.text.clone();
        let draft = match &args.account {
            Some(file) => {
                let bytes =
                    std::fs::read(file).map_err(|error| Failure::file("read", file, &error))?;
                serde_json::from_slice(&bytes).map_err(|error| {
                    Failure::usage(format!("{} is no account: {error}", file.display()))
                })?
            }
            None => draft(session, &channel, args).await?,
        };
        let check = session
            .host
            .check_disclosure(channel.summary.id, draft.clone())
            .await?;
        if check_only {
            let verdict = if check.allowed {
                "may be shared"
            } else {
                "may not be shared:"
            };
            let text = format!("{verdict}\n{}", describe_blocks(&check.blocks));
            let data = serde_json::json!({
                "allowed": check.allowed, "blocks": check.blocks, "account": draft,
            });
            return Ok(Answer::new(text, &data));
        }
        if !check.allowed {
            return Err(Failure::blocked(check.blocks));
        }
        let intent = Intent::ShareInformation {
            channel: channel.summary.id,
            text: text_or_stdin(text)?,
            disclosure: draft,
        };
        let reply = session.intent(intent).await?;
        let Reply::Record { record, index } = &reply else {
            return Err(Failure::unexpected());
        };
        let text = format!(
            "shared; accounted for as {}, number {index} in the log",
            short(record)
        );
        Ok(Answer::new(text, &reply))
    })
    .await
}

async fn draft(
    session: &Session,
    channel: &ChannelView,
    args: ShareArgs,
) -> Result<DisclosureDraft, Failure> {
    let me = session
        .host
        .home()
        .await?
        .me
        .ok_or_else(Failure::unexpected)?;
    let directory = session.directory().await?;
    let capacity = args
        .capacity
        .or_else(|| me.capacities.first().copied())
        .ok_or_else(|| {
            Failure::usage("no capacity of yours was verified; ask your account admin to do so")
        })?;
    let purpose = args
        .purpose
        .ok_or_else(|| Failure::usage("say what for with --purpose"))?;
    let consulted = args
        .consulted
        .as_deref()
        .map(|name| names::colleague(&directory, name).map(|found| found.id))
        .transpose()?;
    Ok(DisclosureDraft {
        mechanism: args.mechanism,
        capacity,
        lines: lines(session, channel, &directory, &args).await?,
        purpose,
        description: args.description,
        motivation: args.motivation,
        necessity: args.necessity,
        proportionality: args.proportionality,
        subsidiarity: args.subsidiarity,
        consulted,
        inform: args.inform,
        confidentiality: if args.confidential {
            Confidentiality::Confidential
        } else {
            Confidentiality::Normal
        },
        emergency: args.emergency,
        corrects: args.corrects,
    })
}

/// One line per subject and other organisation in the channel.
async fn lines(
    session: &Session,
    channel: &ChannelView,
    directory: &DirectoryView,
    args: &ShareArgs,
) -> Result<Vec<DisclosureLine>, Failure> {
    let consent = args
        .consent
        .as_deref()
        .map(|id| names::consent(channel, id).map(|view| view.consent.id))
        .transpose()?;
    let recipients = other_organisations(session, channel).await?;
    if recipients.is_empty() {
        return Err(Failure::usage(
            "nobody of another organisation is in this channel; a message is enough",
        ));
    }
    let mut lines = Vec::new();
    for subject in &args.subjects {
        let subject = names::person(channel, subject)?.person.id;
        for recipient in &recipients {
            lines.push(DisclosureLine {
                subject,
                recipient: Some(*recipient),
                recipient_type: recipient_type(directory, *recipient)?,
                categories: args.categories.clone(),
                art6: args.art6,
                art9: args.art9,
                art10: args.art10,
                provision: args.provision,
                secrecy: args.secrecy,
                consent,
            });
        }
    }
    Ok(lines)
}

fn recipient_type(directory: &DirectoryView, org: OrgId) -> Result<RecipientType, Failure> {
    let org = directory
        .organisations
        .iter()
        .find(|known| known.id == org)
        .ok_or_else(|| Failure::usage("an organisation in the channel is not known; try again"))?;
    // The host's own organisation takes part in nothing; every other kind is a recipient's too.
    org.kind
        .code()
        .parse()
        .map_err(|_| Failure::usage(format!("{} cannot receive anything", one_line(&org.name))))
}

fn inform(text: &str) -> Result<Inform, String> {
    let (state, detail) = text.split_once(':').unwrap_or((text, ""));
    let date = || detail.parse().map_err(|error| format!("{error}"));
    match state {
        "known" => Ok(Inform::Known),
        "due" => Ok(Inform::Due { by: date()? }),
        "done" => Ok(Inform::Done { on: date()? }),
        "omitted" => Ok(Inform::Omitted {
            reason: detail.parse().map_err(|_| {
                "the reason is GEVAAR_SLACHTOFFER, GEVAAR_KIND, GEVAAR_PROFESSIONAL, OPSPORING, \
                 ONDERZOEK or ONMOGELIJK"
                    .to_owned()
            })?,
        }),
        _ => Err("write known, due:DATE, done:DATE or omitted:REASON".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telling_the_family_is_written_in_one_word() {
        assert_eq!(inform("known"), Ok(Inform::Known));
        assert_eq!(
            inform("due:2026-12-20"),
            Ok(Inform::Due {
                by: "2026-12-20".parse().unwrap()
            })
        );
        assert!(inform("due").is_err());
        assert!(inform("omitted:BECAUSE").is_err());
        assert!(inform("soon").is_err());
    }

    #[test]
    fn every_organisation_that_takes_part_is_a_recipient_type() {
        use beraad_protocol::vocabulary::OrganisationType;
        for kind in OrganisationType::ALL {
            let is_recipient = kind.code().parse::<RecipientType>().is_ok();
            assert_eq!(is_recipient, *kind != OrganisationType::Host, "{kind}");
        }
    }
}
