//! `GET /api/conferences/{id}/calendar.ics`: a calendar item that tells nothing.
//!
//! One fixed summary; no description, place, attendees, organisation or case code. The UID is
//! derived from the conference's id and does not lead back to it.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use beraad_protocol::{
    ConferenceId, Problem, Timestamp, meeting::Conference, problem::Code,
    vocabulary::ConferenceStatus,
};
use beraad_storage::traits::MeetingRead as _;
use icalendar::{Calendar, Component as _, Event, EventStatus, Property};
use sha2::{Digest as _, Sha256};

use super::onlooker;
use crate::{
    app::App,
    http::Bearer,
    refusal::{Outcome, Refusal},
    roles::{self, Action},
};

/// What everybody who looks over a shoulder reads.
const SUMMARY: &str = "Beraad";

/// A neutral calendar file (RFC 5545) of a conference the asker may know.
#[utoipa::path(
    get,
    path = "/api/conferences/{id}/calendar.ics",
    params(("id" = ConferenceId, Path, description = "The conference")),
    responses(
        (status = 200, description = "The calendar file", body = String,
            content_type = "text/calendar"),
        (status = 401, description = "No valid session", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such conference, or not one the asker may know",
            body = Problem, content_type = "application/problem+json"),
    ),
    security(("session" = [])),
    tag = "conference"
)]
pub(crate) async fn calendar(
    State(app): State<Arc<App>>,
    Bearer(asker): Bearer,
    Path(id): Path<String>,
) -> Outcome<Response> {
    roles::check(&asker, Action::Attend)?;
    let not_found = || Refusal::new(Code::NotFound);
    let id: ConferenceId = id.parse().map_err(|_| not_found())?;
    let mut read = app.store.read().await?;
    let seen = read.conferences(onlooker(&asker)).await?;
    let conference = seen.into_iter().find(|conference| conference.plan.id == id);
    let conference = conference.ok_or_else(not_found)?;
    let changed_at = read
        .conference_changed_at(id)
        .await?
        .ok_or_else(not_found)?;
    let text = file(&conference, changed_at).ok_or_else(|| Refusal::new(Code::Internal))?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"beraad.ics\"",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}

/// The file's text; none when a time lies outside the calendar, which no accepted plan's does.
fn file(conference: &Conference, changed_at: Timestamp) -> Option<String> {
    let plan = &conference.plan;
    let status = match plan.status {
        ConferenceStatus::Planned => EventStatus::Confirmed,
        ConferenceStatus::Cancelled => EventStatus::Cancelled,
    };
    let mut event = Event::new();
    event
        .uid(&uid(plan.id))
        .summary(SUMMARY)
        .status(status)
        .sequence(conference.sequence)
        .append_property(Property::new("DTSTAMP", utc(changed_at)?))
        .append_property(Property::new("DTSTART", utc(plan.start)?))
        .append_property(Property::new("DTEND", utc(plan.end)?))
        .append_property(Property::new("CLASS", "PRIVATE"));
    let mut calendar = Calendar::empty();
    calendar
        .append_property(Property::new("VERSION", "2.0"))
        .append_property(Property::new("PRODID", "-//Beraad//Beraad//NL"))
        .append_property(Property::new("METHOD", "PUBLISH"))
        .push(event.done());
    Some(calendar.done().to_string())
}

fn uid(id: ConferenceId) -> String {
    let mut hash = Sha256::new();
    hash.update(b"beraad calendar v1\0");
    hash.update(id.as_bytes());
    hex::encode(&hash.finalize()[..16])
}

/// A moment as RFC 5545 section 3.3.5 writes UTC.
fn utc(at: Timestamp) -> Option<String> {
    let at = jiff::Timestamp::from_millisecond(at.0).ok()?;
    Some(at.strftime("%Y%m%dT%H%M%SZ").to_string())
}

#[cfg(test)]
mod tests {
    use beraad_protocol::{
        ChannelId, UserId,
        meeting::{ConferencePlan, Invitation},
        vocabulary::{ActingCapacity, ConferenceKind, ParticipationStatus},
    };

    use super::*;

    fn conference() -> Conference {
        let invitee = UserId::from_bytes([0xcc; 16]);
        Conference {
            plan: ConferencePlan {
                id: ConferenceId::from_bytes([0xaa; 16]),
                channel: ChannelId::from_bytes([0xbb; 16]),
                kind: ConferenceKind::Urgent,
                start: Timestamp(1_800_000_000_000),
                end: Timestamp(1_800_003_600_000),
                time_zone: "Europe/Amsterdam".to_owned(),
                chair: Some(invitee),
                required_capacities: vec![ActingCapacity::GiOts],
                invitees: vec![invitee],
                status: ConferenceStatus::Planned,
            },
            case_code: "canary-otter".to_owned(),
            planned_by: UserId::from_bytes([0xdd; 16]),
            sequence: 3,
            invitations: vec![Invitation {
                user: invitee,
                status: ParticipationStatus::Accepted,
                replied_at: None,
            }],
        }
    }

    #[test]
    fn a_calendar_file_has_times_and_nothing_else() {
        let text = file(&conference(), Timestamp(1_799_000_000_000)).unwrap();
        let lines: Vec<_> = text.split_terminator("\r\n").collect();
        let expected = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Beraad//Beraad//NL",
            "METHOD:PUBLISH",
            "BEGIN:VEVENT",
            "CLASS:PRIVATE",
            "DTEND:20270115T090000Z",
            "DTSTAMP:20270103T181320Z",
            "DTSTART:20270115T080000Z",
            "SEQUENCE:3",
            "STATUS:CONFIRMED",
            "SUMMARY:Beraad",
            &format!("UID:{}", uid(conference().plan.id)),
            "END:VEVENT",
            "END:VCALENDAR",
        ];
        assert_eq!(lines, expected);
        for telling in [
            "canary",
            "otter",
            "aaaa",
            "bbbb",
            "cccc",
            "dddd",
            "Amsterdam",
            "urgent",
        ] {
            assert!(!text.contains(telling), "{telling}");
        }
    }

    #[test]
    fn a_cancelled_conference_says_so() {
        let mut conference = conference();
        conference.plan.status = ConferenceStatus::Cancelled;
        let text = file(&conference, Timestamp(0)).unwrap();
        assert!(text.contains("STATUS:CANCELLED\r\n"));
    }
}
