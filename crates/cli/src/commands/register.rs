//! `beraad register`, `export`: accounting for what was shared.

use std::path::PathBuf;

use beraad_cli::profile::write_private;
use beraad_engine::{
    intent::{Intent, Reply},
    view::RegisterRecordView,
};
use beraad_protocol::Timestamp;
use clap::Args;
use jiff::{civil::Date, tz::TimeZone};

use super::{Answer, session::with};
use crate::{
    args::Global,
    failure::Failure,
    show::{moment, short, table},
};

/// What to pack.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Where to save the package (a ZIP file).
    file: PathBuf,
    /// What it is for.
    #[arg(long)]
    purpose: String,
    /// On which legal ground it is handed over.
    #[arg(long)]
    legal_basis: String,
    /// For whom.
    #[arg(long)]
    recipient: String,
    /// Only what was logged on this day or later.
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// Only what was logged before this day.
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
}

pub(crate) async fn run(global: &Global) -> Result<Answer, Failure> {
    with(global, async |session| {
        let register = session.host.register().await?;
        if !register.ready {
            return Err(Failure::usage(
                "the register key is not on this device; only a compliance officer who set it up \
                 can read the register",
            ));
        }
        let rows: Vec<_> = register
            .records
            .iter()
            .map(|record| {
                vec![
                    short(record.id),
                    moment(record.recorded_at),
                    record.kind.code().to_owned(),
                    record.source_name.clone(),
                    record.recipient_names.join(", "),
                    record.author_name.clone(),
                    names(record),
                    checked(record).into(),
                ]
            })
            .collect();
        let header = [
            "id",
            "logged",
            "kind",
            "source",
            "recipients",
            "by",
            "about",
            "",
        ];
        Ok(Answer::new(table(&header, &rows), &register))
    })
    .await
}

fn names(record: &RegisterRecordView) -> String {
    let names: Vec<&str> = record
        .subjects
        .iter()
        .map(|subject| subject.name.as_str())
        .collect();
    names.join(", ")
}

/// What was checked of a record, and how it went.
fn checked(record: &RegisterRecordView) -> &'static str {
    match (record.verified, record.logged) {
        (true, Some(true)) => "verified",
        (true, _) => "signed, log not asked yet",
        (false, Some(false)) => "NOT VERIFIED: not what the log has",
        (false, _) => "NOT VERIFIED",
    }
}

pub(crate) async fn export(global: &Global, args: ExportArgs) -> Result<Answer, Failure> {
    with(global, async |session| {
        let reply = session
            .intent(Intent::ExportPackage {
                purpose: args.purpose,
                legal_basis: args.legal_basis,
                recipient: args.recipient,
                from: args.from.map(start_of_day).transpose()?,
                until: args.until.map(start_of_day).transpose()?,
            })
            .await?;
        let Reply::Package {
            bytes,
            exported,
            withheld,
            unverifiable,
            ..
        } = reply
        else {
            return Err(Failure::unexpected());
        };
        write_private(&args.file, &bytes)?;
        let data = serde_json::json!({
            "file": args.file, "exported": exported, "withheld": withheld,
            "unverifiable": unverifiable,
        });
        let mut text = format!(
            "{exported} record(s), {withheld} withheld, saved as {}",
            args.file.display()
        );
        if unverifiable > 0 {
            text += &format!(
                "\n{unverifiable} received record(s) cannot be verified and are named in manifest.json"
            );
        }
        Ok(Answer::new(text, &data))
    })
    .await
}

fn start_of_day(day: Date) -> Result<Timestamp, Failure> {
    let start = day.to_zoned(TimeZone::system());
    start
        .map(|start| Timestamp(start.timestamp().as_millisecond()))
        .map_err(|error| Failure::usage(error.to_string()))
}
