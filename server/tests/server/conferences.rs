//! Conferences: planned for a case code, answered, downloaded; never a word of the household.

use beraad_protocol::{
    ChannelId, ConferenceId, Timestamp, UserId,
    frame::Changed,
    meeting::{Conference, ConferencePlan},
    problem::Code,
    request::{Answer, Request},
    vocabulary::{ActingCapacity, ConferenceKind, ConferenceStatus, OrgRole, ParticipationStatus},
};

use crate::client::{Device, Region, enrolled, op, problem_of, unique};

fn plan(channel: ChannelId, invitees: &[&Device]) -> ConferencePlan {
    ConferencePlan {
        id: ConferenceId::from_bytes(unique()),
        channel,
        kind: ConferenceKind::Regular,
        start: Timestamp(1_800_000_000_000),
        end: Timestamp(1_800_003_600_000),
        time_zone: "Europe/Amsterdam".to_owned(),
        chair: None,
        required_capacities: vec![ActingCapacity::VtMelding],
        invitees: invitees.iter().map(|device| device.who.user).collect(),
        status: ConferenceStatus::Planned,
    }
}

fn planned(plan: &ConferencePlan) -> Request {
    Request::PlanConference {
        op: op(),
        plan: plan.clone(),
    }
}

fn conference(answer: Result<Answer, beraad_protocol::Problem>) -> Conference {
    match answer {
        Ok(Answer::Conference(conference)) => conference,
        other => panic!("no conference but {other:?}"),
    }
}

async fn download(device: &Device, id: ConferenceId) -> reqwest::Response {
    reqwest::Client::new()
        .get(format!("{}/api/conferences/{id}/calendar.ics", device.url))
        .bearer_auth(hex::encode(device.token))
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_coordinator_plans_for_a_case_code_and_invitees_answer() {
    let region = Region::new().await;
    let (lead, other) = (
        region.one.professional().await,
        region.two.professional().await,
    );
    let coordinator = enrolled(&region.one.admin, &[OrgRole::Coordinator]).await;
    let elsewhere = enrolled(&region.two.admin, &[OrgRole::Coordinator]).await;
    let mut lead_line = lead.connect(vec![]).await;
    let leading = lead.create(&mut lead_line).await;
    let channel = leading.channel();
    let mut line = coordinator.connect(vec![]).await;

    let Answer::Cases(cases) = line.ask(Request::Cases).await.unwrap() else {
        panic!()
    };
    assert_eq!(cases.len(), 1);
    assert_eq!(
        (cases[0].channel, &cases[0].members),
        (channel, &vec![lead.who.user])
    );
    let mut elsewhere_line = elsewhere.connect(vec![]).await;
    assert_eq!(
        elsewhere_line.ask(Request::Cases).await,
        Ok(Answer::Cases(vec![]))
    );

    let mut other_line = other.connect(vec![]).await;
    let first = plan(channel, &[&lead, &other]);
    assert_eq!(
        elsewhere_line.refused(planned(&first)).await,
        Code::NotFound
    );
    let request = planned(&first);
    let made = conference(line.ask(request.clone()).await);
    assert_eq!((made.sequence, made.planned_by), (0, coordinator.who.user));
    assert_eq!(
        conference(line.ask(request).await),
        made,
        "repeating changes nothing"
    );
    other_line
        .hint(|changed| changed == Changed::Conferences)
        .await;
    lead_line
        .hint(|changed| changed == Changed::Conferences)
        .await;

    let reply = |status| Request::ReplyInvitation {
        conference: first.id,
        status,
    };
    let accepted = ParticipationStatus::Accepted;
    let replied = conference(other_line.ask(reply(accepted)).await);
    assert_eq!(replied.invitations[1].status, accepted);
    line.hint(|changed| changed == Changed::Conferences).await;
    assert_eq!(
        elsewhere_line.refused(reply(accepted)).await,
        Code::NotFound
    );

    let moved = ConferencePlan {
        start: first.start.plus_millis(60_000),
        ..first.clone()
    };
    let moved = conference(line.ask(planned(&moved)).await);
    assert_eq!(moved.sequence, 1);
    assert!(
        moved
            .invitations
            .iter()
            .all(|i| i.status == ParticipationStatus::NeedsAction)
    );
    let gone = ConferencePlan {
        status: ConferenceStatus::Cancelled,
        invitees: vec![lead.who.user],
        ..moved.plan
    };
    let gone = conference(line.ask(planned(&gone)).await);
    assert_eq!((gone.sequence, gone.invitations.len()), (2, 1));
    assert_eq!(
        other_line.ask(Request::Conferences).await,
        Ok(Answer::Conferences(vec![]))
    );
    let seen = lead_line.ask(Request::Conferences).await;
    assert_eq!(seen, Ok(Answer::Conferences(vec![gone])));
}

#[tokio::test]
async fn who_may_plan_follows_the_channel() {
    let region = Region::new().await;
    let (lead, other) = (
        region.one.professional().await,
        region.two.professional().await,
    );
    other.upload(1).await;
    let mut lead_line = lead.connect(vec![]).await;
    let mut other_line = other.connect(vec![]).await;
    let mut leading = lead.create(&mut lead_line).await;
    lead.add(&mut leading, &mut lead_line, &[&other]).await;
    let good = plan(leading.channel(), &[&other]);
    assert_eq!(
        other_line.refused(planned(&good)).await,
        Code::Forbidden,
        "may only propose"
    );
    conference(lead_line.ask(planned(&good)).await);

    let unknown = ConferencePlan {
        channel: ChannelId::from_bytes(unique()),
        ..good.clone()
    };
    assert_eq!(lead_line.refused(planned(&unknown)).await, Code::NotFound);
    let nobody = UserId::from_bytes(unique());
    let nobody = ConferencePlan {
        invitees: vec![nobody],
        ..good.clone()
    };
    assert_eq!(lead_line.refused(planned(&nobody)).await, Code::NotFound);
    let backwards = ConferencePlan {
        end: good.start,
        ..good
    };
    assert_eq!(lead_line.refused(planned(&backwards)).await, Code::Invalid);
}

#[tokio::test]
async fn a_calendar_file_is_neutral_and_only_for_those_who_may_know() {
    let region = Region::new().await;
    let (lead, stranger) = (
        region.one.professional().await,
        region.two.professional().await,
    );
    let mut line = lead.connect(vec![]).await;
    let leading = lead.create(&mut line).await;
    let plan = plan(leading.channel(), &[&lead]);
    let made = conference(line.ask(planned(&plan)).await);

    let file = download(&lead, plan.id).await;
    assert_eq!(file.status(), 200);
    assert_eq!(
        file.headers()["content-type"],
        "text/calendar; charset=utf-8"
    );
    assert_eq!(file.headers()["cache-control"], "no-store");
    let text = file.text().await.unwrap();
    assert!(text.contains("SUMMARY:Beraad\r\n") && text.contains("DTSTART:20270115T080000Z\r\n"));
    let id = plan.id.to_string();
    for telling in [
        made.case_code.as_str(),
        &id,
        "ATTENDEE",
        "ORGANIZER",
        "LOCATION",
        "Veilig",
    ] {
        assert!(!text.contains(telling), "{telling}");
    }
    assert_eq!(
        problem_of(download(&stranger, plan.id).await).await,
        Code::NotFound
    );
    let unknown = ConferenceId::from_bytes(unique());
    assert_eq!(
        problem_of(download(&lead, unknown).await).await,
        Code::NotFound
    );
    let url = format!("{}/api/conferences/{id}/calendar.ics", lead.url);
    let anonymous = reqwest::get(&url).await.unwrap();
    assert_eq!(problem_of(anonymous).await, Code::Unauthenticated);
    let guessed = reqwest::Client::new()
        .get(&url)
        .bearer_auth(hex::encode([0; 32]));
    assert_eq!(
        problem_of(guessed.send().await.unwrap()).await,
        Code::Unauthenticated
    );
}
