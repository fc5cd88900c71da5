//! `Request::PlanConference`: plans, moves or cancels a conference.

use std::{collections::BTreeSet, sync::Arc};

use beraad_group::PublicView;
use beraad_protocol::{
    ChannelId, OperationId, from_cbor,
    limits::MAX_INVITEES,
    meeting::ConferencePlan,
    problem::Code,
    request::Answer,
    to_cbor,
    vocabulary::{ChannelRole, OrgRole},
};
use beraad_storage::{
    operation::DoneOperation,
    traits::{
        ChannelRead as _, DirectoryRead as _, MeetingRead as _, MeetingWrite as _,
        OperationRead as _, OperationWrite as _, Write as _,
    },
};

use super::wake_for;
use crate::{
    app::{App, Asker},
    refusal::{Outcome, Refusal},
    store::Tx,
};

/// Names the request among operations.
const REQUEST: &str = "plan_conference";
/// The longest conference.
const MAX_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Stores the plan and tells everybody who sees it.
pub(crate) async fn plan(
    app: &Arc<App>,
    asker: &Asker,
    op: OperationId,
    plan: ConferencePlan,
) -> Outcome<Answer> {
    check_shape(&plan)?;
    check_may_plan(app, asker, plan.channel).await?;
    let (asker, now, bus) = (asker.clone(), app.now(), Arc::clone(&app.bus));
    app.write(move |tx| {
        Box::pin(async move {
            if let Some(done) = tx.operation(asker.device, op).await? {
                return before(&done, plan.channel);
            }
            check_people(tx, &plan).await?;
            let earlier = tx.conference(plan.id).await?;
            let (planned_by, sequence, ask_again) = match &earlier {
                None => (asker.user, 0, false),
                Some(earlier) if earlier.plan.channel != plan.channel => {
                    return Err(Refusal::new(Code::Conflict));
                }
                // A time that changed asks everybody anew (RFC 5546 section 3.2.2).
                Some(earlier) => {
                    let moved = earlier.plan.start != plan.start || earlier.plan.end != plan.end;
                    (
                        earlier.planned_by,
                        earlier.sequence.saturating_add(1),
                        moved,
                    )
                }
            };
            tx.put_conference(&plan, planned_by, sequence, ask_again, now)
                .await?;
            let conference = tx.conference(plan.id).await?;
            let conference = conference.ok_or_else(|| Refusal::new(Code::Internal))?;
            let members = tx.members(plan.channel).await?;
            let mut wakes = vec![wake_for(&conference, &members)];
            // Those who are no longer invited hear of it once more.
            wakes.extend(earlier.map(|earlier| wake_for(&earlier, &[])));
            let answer = Answer::Conference(conference);
            let done = DoneOperation {
                kind: REQUEST.to_owned(),
                channel: Some(plan.channel),
                answer: to_cbor(&answer),
            };
            tx.remember(asker.device, op, &done).await?;
            tx.after_commit(Box::new(move || {
                for wake in wakes {
                    bus.publish(wake);
                }
            }));
            Ok(answer)
        })
    })
    .await
}

fn before(done: &DoneOperation, channel: ChannelId) -> Outcome<Answer> {
    match from_cbor(&done.answer) {
        Ok(answer @ Answer::Conference(_))
            if done.kind == REQUEST && done.channel == Some(channel) =>
        {
            Ok(answer)
        }
        _ => Err(Refusal::new(Code::Conflict)),
    }
}

/// What can be seen of a plan by itself.
fn check_shape(plan: &ConferencePlan) -> Outcome<()> {
    let length = plan.end.millis_since(plan.start);
    if length <= 0 || length > MAX_MILLIS {
        return Err(Refusal::invalid(
            "A conference ends after it begins, within 24 hours",
        ));
    }
    if jiff::Timestamp::from_millisecond(plan.start.0).is_err()
        || jiff::Timestamp::from_millisecond(plan.end.0).is_err()
    {
        return Err(Refusal::invalid("The time lies outside the calendar"));
    }
    if plan.time_zone.len() > 64 || jiff::tz::TimeZone::get(&plan.time_zone).is_err() {
        return Err(Refusal::invalid(
            "The time zone has an IANA name such as Europe/Amsterdam",
        ));
    }
    if plan.invitees.len() > MAX_INVITEES {
        return Err(Refusal::because(Code::TooLarge, "Too many invitees"));
    }
    let each_once = |count: usize, list: usize| count == list;
    let invitees = plan.invitees.iter().collect::<BTreeSet<_>>().len();
    let capacities = plan
        .required_capacities
        .iter()
        .collect::<BTreeSet<_>>()
        .len();
    if !each_once(invitees, plan.invitees.len())
        || !each_once(capacities, plan.required_capacities.len())
    {
        return Err(Refusal::invalid("An invitee or capacity is named twice"));
    }
    Ok(())
}

/// Coordinators plan for channels in which their organisation has a member, case lead and chair for
/// their own.
async fn check_may_plan(app: &App, asker: &Asker, channel: ChannelId) -> Outcome<()> {
    let not_found = || Refusal::new(Code::NotFound);
    let mut read = app.store.read().await?;
    let members = read.members(channel).await?;
    let coordinates = asker.has(OrgRole::Coordinator);
    if coordinates && members.iter().any(|member| member.org == asker.org) {
        return Ok(());
    }
    if !members.iter().any(|member| member.user == asker.user) {
        return Err(not_found());
    }
    let (_, state) = read.view(channel).await?.ok_or_else(not_found)?;
    drop(read);
    let user = asker.user;
    let leads = tokio::task::spawn_blocking(move || {
        let view = PublicView::from_bytes(&state, channel)?;
        let policy = view.policy()?;
        let role = policy.role(user);
        let acting = policy.acting_lead(&view.roster()?);
        Outcome::Ok(
            matches!(role, ChannelRole::CaseLead | ChannelRole::Chair) || acting == Some(user),
        )
    })
    .await??;
    if leads {
        Ok(())
    } else {
        Err(Refusal::new(Code::Forbidden))
    }
}

async fn check_people(tx: &mut Tx<'_>, plan: &ConferencePlan) -> Outcome<()> {
    for user in plan.invitees.iter().chain(&plan.chair) {
        match tx.account(*user).await? {
            Some(account) if !account.suspended => {}
            _ => return Err(Refusal::because(Code::NotFound, "An invitee is not here")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use beraad_protocol::{
        ConferenceId, Timestamp, UserId,
        vocabulary::{ActingCapacity, ConferenceKind, ConferenceStatus},
    };

    use super::*;

    fn good() -> ConferencePlan {
        ConferencePlan {
            id: ConferenceId::from_bytes([1; 16]),
            channel: ChannelId::from_bytes([2; 16]),
            kind: ConferenceKind::Urgent,
            start: Timestamp(1_800_000_000_000),
            end: Timestamp(1_800_003_600_000),
            time_zone: "Europe/Amsterdam".to_owned(),
            chair: None,
            required_capacities: vec![ActingCapacity::GiOts],
            invitees: vec![UserId::from_bytes([3; 16])],
            status: ConferenceStatus::Planned,
        }
    }

    #[test]
    fn a_plan_that_cannot_be_is_refused() {
        assert_eq!(check_shape(&good()), Ok(()));
        let user = UserId::from_bytes([3; 16]);
        let bad = [
            ConferencePlan {
                end: good().start,
                ..good()
            },
            ConferencePlan {
                end: good().start.plus_millis(MAX_MILLIS + 1),
                ..good()
            },
            ConferencePlan {
                start: Timestamp(i64::MAX - 1),
                end: Timestamp(i64::MAX),
                ..good()
            },
            ConferencePlan {
                time_zone: "Nowhere/City".to_owned(),
                ..good()
            },
            ConferencePlan {
                time_zone: String::new(),
                ..good()
            },
            ConferencePlan {
                invitees: vec![user, user],
                ..good()
            },
            ConferencePlan {
                required_capacities: vec![ActingCapacity::Om; 2],
                ..good()
            },
        ];
        for plan in bad {
            assert_eq!(check_shape(&plan).unwrap_err().code(), Code::Invalid);
        }
    }
}
