//! Who may do what: one table of role and action, and nothing beside it.
//!
//! What depends on a channel (being a member, leading it) is checked where the channel is at hand;
//! the channel's own policy is part of its group and checked there.

use beraad_protocol::{problem::Code, request::Request, vocabulary::OrgRole};

use crate::{
    app::Asker,
    refusal::{Outcome, Refusal},
};

/// What somebody asks to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    /// See who takes part.
    ReadDirectory,
    /// Open an organisation.
    OpenOrganisation,
    /// Make an account of the own organisation, or a link for one.
    InviteUser,
    /// Set up the own organisation's register key.
    PutRegisterKey,
    /// Keep KeyPackages and welcomes of the own device.
    KeepDevice,
    /// Take colleagues' KeyPackages.
    ClaimKeyPackages,
    /// Open a household channel.
    CreateChannel,
    /// Send into a channel, or change its group.
    TakePart,
    /// See case codes.
    SeeCases,
    /// Plan conferences.
    PlanConference,
    /// Answer an invitation, see conferences.
    Attend,
    /// Read the register and the log.
    ReadRegister,
}

use OrgRole::{AccountAdmin, ComplianceOfficer, Coordinator, HostAdmin, Professional};

/// The table.
const TABLE: &[(Action, &[OrgRole])] = &[
    (Action::ReadDirectory, OrgRole::ALL),
    (Action::OpenOrganisation, &[HostAdmin]),
    (Action::InviteUser, &[AccountAdmin]),
    (Action::PutRegisterKey, &[ComplianceOfficer]),
    (Action::KeepDevice, OrgRole::ALL),
    (Action::ClaimKeyPackages, &[Professional]),
    (Action::CreateChannel, &[Professional]),
    (Action::TakePart, &[Professional]),
    (
        Action::SeeCases,
        &[Professional, Coordinator, ComplianceOfficer],
    ),
    (Action::PlanConference, &[Professional, Coordinator]),
    (
        Action::Attend,
        &[Professional, Coordinator, ComplianceOfficer],
    ),
    (Action::ReadRegister, &[ComplianceOfficer]),
];

/// Whether a role may do it.
pub(crate) fn may(role: OrgRole, action: Action) -> bool {
    TABLE
        .iter()
        .any(|(row, roles)| *row == action && roles.contains(&role))
}

/// Refuses unless one of the asker's roles may do it.
pub(crate) fn check(asker: &Asker, action: Action) -> Outcome<()> {
    if asker.roles.iter().any(|role| may(*role, action)) {
        Ok(())
    } else {
        Err(Refusal::new(Code::Forbidden))
    }
}

/// Whether somebody with these roles may be in household channels: the same person may not account
/// for disclosures and take part in them.
pub(crate) fn may_take_part(roles: &[OrgRole]) -> bool {
    roles.iter().any(|role| may(*role, Action::TakePart)) && !roles.contains(&ComplianceOfficer)
}

/// The row of the table a request belongs to.
pub(crate) fn action_of(request: &Request) -> Action {
    match request {
        Request::Directory => Action::ReadDirectory,
        Request::OpenOrganisation(_) => Action::OpenOrganisation,
        Request::InviteUser(_) => Action::InviteUser,
        Request::PutRegisterKey(_) => Action::PutRegisterKey,
        Request::UploadKeyPackages(_)
        | Request::TakeWelcomes
        | Request::DropWelcomes { .. }
        | Request::Outcome { .. } => Action::KeepDevice,
        Request::ClaimKeyPackages { .. } => Action::ClaimKeyPackages,
        Request::CreateChannel(_) => Action::CreateChannel,
        Request::Publish(_) | Request::Commit(_) => Action::TakePart,
        Request::Cases => Action::SeeCases,
        Request::PlanConference { .. } => Action::PlanConference,
        Request::ReplyInvitation { .. } | Request::Conferences => Action::Attend,
        Request::Register { .. } | Request::LogProofs { .. } | Request::LogEntries { .. } => {
            Action::ReadRegister
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cell by cell, written out a second time on purpose: a change of the table is a decision.
    #[test]
    fn every_cell_of_the_table_is_as_decided() {
        let roles = [
            Professional,
            Coordinator,
            ComplianceOfficer,
            AccountAdmin,
            HostAdmin,
        ];
        assert_eq!(roles.len(), OrgRole::ALL.len());
        let decided = [
            (Action::ReadDirectory, [true, true, true, true, true]),
            (Action::OpenOrganisation, [false, false, false, false, true]),
            (Action::InviteUser, [false, false, false, true, false]),
            (Action::PutRegisterKey, [false, false, true, false, false]),
            (Action::KeepDevice, [true, true, true, true, true]),
            (Action::ClaimKeyPackages, [true, false, false, false, false]),
            (Action::CreateChannel, [true, false, false, false, false]),
            (Action::TakePart, [true, false, false, false, false]),
            (Action::SeeCases, [true, true, true, false, false]),
            (Action::PlanConference, [true, true, false, false, false]),
            (Action::Attend, [true, true, true, false, false]),
            (Action::ReadRegister, [false, false, true, false, false]),
        ];
        assert_eq!(decided.len(), TABLE.len());
        for (action, row) in decided {
            for (role, cell) in roles.into_iter().zip(row) {
                assert_eq!(may(role, action), cell, "{role} {action:?}");
            }
        }
    }

    #[test]
    fn an_officer_takes_part_in_no_channel_whatever_else_the_person_does() {
        assert!(may_take_part(&[Professional, Coordinator]));
        assert!(!may_take_part(&[Professional, ComplianceOfficer]));
        assert!(!may_take_part(&[Coordinator]));
        assert!(!may_take_part(&[]));
    }
}
