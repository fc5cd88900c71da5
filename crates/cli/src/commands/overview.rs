//! `beraad status`, `people`, `channels`: what there is.

use beraad_engine::view::Connection;

use super::{Answer, session::with};
use crate::{
    args::Global,
    failure::Failure,
    show::{moment, one_line, plain, table},
};

pub(crate) async fn status(global: &Global) -> Result<Answer, Failure> {
    with(global, async |session| {
        let home = session.host.home().await?;
        let mut text = String::new();
        if let Some(me) = &home.me {
            let roles: Vec<_> = me.roles.iter().map(|role| role.code()).collect();
            text += &format!(
                "{}, {} at {} ({})\n",
                one_line(&me.name),
                one_line(&me.function),
                one_line(&me.organisation),
                roles.join(", ")
            );
        }
        text += &match home.connection {
            Connection::Offline => format!("offline; server {}\n", session.host.server()),
            Connection::CatchingUp { done, total } => {
                format!(
                    "catching up, {done} of {total}; server {}\n",
                    session.host.server()
                )
            }
            Connection::Online => format!("up to date; server {}\n", session.host.server()),
        };
        text += &format!(
            "{} channel(s), {} waiting to be sent\n",
            home.channels.len(),
            home.waiting
        );
        for warning in &home.warnings {
            text += &format!("WARNING {}: {}\n", warning.code, plain(&warning.en));
        }
        Ok(Answer::new(text, &home))
    })
    .await
}

pub(crate) async fn people(global: &Global) -> Result<Answer, Failure> {
    with(global, async |session| {
        let directory = session.directory().await?;
        let mut text = String::new();
        for org in &directory.organisations {
            let register = if org.has_register {
                ""
            } else {
                ", no register key yet"
            };
            text += &format!("{} ({}{register})\n", one_line(&org.name), org.kind);
            let rows: Vec<_> = directory
                .people
                .iter()
                .filter(|person| person.org == org.id)
                .map(|person| {
                    let roles: Vec<_> = person.roles.iter().map(|role| role.code()).collect();
                    let capacities: Vec<_> = person.capacities.iter().map(|c| c.code()).collect();
                    vec![
                        format!("  {}", person.name),
                        person.function.clone(),
                        roles.join(", "),
                        capacities.join(", "),
                        if person.suspended {
                            "suspended".into()
                        } else {
                            person.devices.to_string()
                        },
                    ]
                })
                .collect();
            text += &table(
                &["  name", "function", "roles", "capacities", "devices"],
                &rows,
            );
        }
        Ok(Answer::new(text, &directory))
    })
    .await
}

pub(crate) async fn channels(global: &Global) -> Result<Answer, Failure> {
    with(global, async |session| {
        let channels = session.host.home().await?.channels;
        let rows: Vec<_> = channels
            .iter()
            .map(|channel| {
                vec![
                    channel.case_code.clone(),
                    channel.household_name.clone(),
                    channel.unread.to_string(),
                    moment(channel.last_at),
                    if channel.left {
                        "no longer a member".into()
                    } else {
                        String::new()
                    },
                ]
            })
            .collect();
        Ok(Answer::new(
            table(&["case code", "household", "unread", "last", ""], &rows),
            &channels,
        ))
    })
    .await
}
