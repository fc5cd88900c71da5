//! Scheduling: by somebody who sees no household.

use beraad_engine::{
    intent::{Intent, Reply},
    view::{View, ViewRequest},
};
use beraad_protocol::{
    ChannelId, Timestamp,
    vocabulary::{ActingCapacity, ConferenceKind, OrgRole, ParticipationStatus},
};

use super::{Cast, WITHIN, support};

/// A coordinator plans by case code, invitees reply, everybody saves a neutral calendar file.
pub async fn coordinator_schedules(cast: &Cast, channel: ChannelId) {
    let planner = cast
        .town
        .invite(&cast.vt, "Fatima", OrgRole::Coordinator, None)
        .await;
    let planned_for = planner
        .host
        .wait_until("no case", WITHIN, ViewRequest::Cases, |view| match view {
            View::Cases(cases) => cases.cases.into_iter().find(|case| case.channel == channel),
            _ => None,
        })
        .await
        .unwrap();
    assert!(planner.host.home().await.unwrap().channels.is_empty());
    assert!(
        planner.host.channel(channel).await.is_err(),
        "a coordinator reads no household"
    );

    let start = Timestamp(1_796_119_200_000);
    let reply = planner
        .wants(Intent::PlanConference {
            conference: None,
            channel,
            kind: ConferenceKind::Regular,
            start,
            end: start.plus_millis(3_600_000),
            time_zone: "Europe/Amsterdam".into(),
            chair: Some(cast.marieke.user),
            required_capacities: vec![ActingCapacity::VtMelding, ActingCapacity::GiOts],
            invitees: planned_for.members.clone(),
            cancelled: false,
        })
        .await;
    let Reply::Conference { conference } = reply else {
        panic!("{reply:?}")
    };

    let invited = |view: View| match view {
        View::Conferences(all) => all
            .conferences
            .into_iter()
            .find(|it| it.plan.id == conference),
        _ => None,
    };
    for (member, status) in cast.members().into_iter().zip([
        ParticipationStatus::Accepted,
        ParticipationStatus::Tentative,
        ParticipationStatus::Declined,
    ]) {
        member
            .host
            .wait_until("no invitation", WITHIN, ViewRequest::Conferences, invited)
            .await
            .unwrap();
        member
            .wants(Intent::ReplyInvitation { conference, status })
            .await;
        let file = member.host.calendar(conference).await.unwrap();
        neutral(
            cast,
            &String::from_utf8(file).unwrap(),
            &planned_for.case_code,
        );
    }
    planner
        .host
        .wait_until(
            "a reply is missing",
            WITHIN,
            ViewRequest::Conferences,
            |view| {
                let replied = |it: &beraad_protocol::meeting::Invitation| it.replied_at.is_some();
                invited(view).filter(|it| it.invitations.iter().all(replied))
            },
        )
        .await
        .unwrap();
    planner.host.shutdown().await;
}

fn neutral(cast: &Cast, file: &str, case_code: &str) {
    assert!(file.starts_with("BEGIN:VCALENDAR\r\n"), "{file}");
    assert!(
        file.contains("DTSTART:20261202T") || file.contains("DTSTART:2026"),
        "{file}"
    );
    let members = cast.members().map(|member| member.user.to_string());
    let telling = members.iter().map(String::as_str).chain([
        case_code,
        "Proefstad",
        "Marieke",
        "Karima",
        "Gezin",
        "ATTENDEE",
        "ORGANIZER",
        "DESCRIPTION",
        "LOCATION",
        "ATTACH",
    ]);
    for word in telling {
        assert!(!file.contains(word), "{word} stands in {file}");
    }
}

#[test]
fn a_coordinator_plans_without_reading_and_invitees_reply() {
    support::run(async {
        let cast = Cast::gather().await;
        let channel = cast.in_a_channel().await;
        coordinator_schedules(&cast, channel).await;
    });
}
