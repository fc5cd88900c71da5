//! Conferences as the server sees them: case codes, times, invitees, replies. Never the household.

pub(crate) mod calendar;
pub(crate) mod cases;
pub(crate) mod list;
pub(crate) mod plan;
pub(crate) mod reply;

use beraad_bus::Wake;
use beraad_protocol::{meeting::Conference, vocabulary::OrgRole};
use beraad_storage::{channel::Member, meeting::Onlooker};

use crate::app::Asker;

/// With whose eyes the asker sees cases and conferences: coordinators and compliance officers with
/// their organisation's as well.
fn onlooker(asker: &Asker) -> Onlooker {
    let oversees = asker.has(OrgRole::Coordinator) || asker.has(OrgRole::ComplianceOfficer);
    Onlooker {
        user: asker.user,
        coordinates_for: oversees.then_some(asker.org),
    }
}

/// Everybody who sees a conference.
fn wake_for(conference: &Conference, members: &[Member]) -> Wake {
    let mut users: Vec<_> = conference
        .invitations
        .iter()
        .map(|invited| invited.user)
        .collect();
    users.push(conference.planned_by);
    users.extend(members.iter().map(|member| member.user));
    let mut orgs: Vec<_> = members.iter().map(|member| member.org).collect();
    users.sort_unstable();
    users.dedup();
    orgs.sort_unstable();
    orgs.dedup();
    Wake::Conferences { users, orgs }
}
