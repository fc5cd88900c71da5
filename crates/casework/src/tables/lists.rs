//! Every code list that has words, of this crate and of the protocol.

use beraad_protocol::vocabulary::{
    ActingCapacity, ChannelRole, ConferenceKind, ConferenceStatus, Framework, OrgRole,
    OrganisationType, ParticipationStatus, RecordKind,
};

use crate::{
    codes::{
        ActionStatus, AgendaSection, Art6, Art9, Art10, Category, Confidentiality, ConsentAnswer,
        ConsentFunction, ConsentMethod, DecisionCapacity, GiverCapacity, Mechanism, Provision,
        Purpose, ReasonNotToInform, RecipientType, Secrecy,
    },
    consent::ConsentState,
};

macro_rules! lists {
    ($($name:literal: $codes:ident,)*) => {
        vec![$(($name, $codes::ALL.iter().map(|code| code.code()).collect::<Vec<_>>()),)*]
    };
}

/// Every list that has words, with its codes in order.
pub(super) fn lists() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut lists = lists! {
        "acting_capacity": ActingCapacity,
        "action_status": ActionStatus,
        "agenda_section": AgendaSection,
        "art10": Art10,
        "art6": Art6,
        "art9": Art9,
        "category": Category,
        "channel_role": ChannelRole,
        "conference_kind": ConferenceKind,
        "conference_status": ConferenceStatus,
        "confidentiality": Confidentiality,
        "consent_answer": ConsentAnswer,
        "consent_function": ConsentFunction,
        "consent_method": ConsentMethod,
        "consent_state": ConsentState,
        "decision_capacity": DecisionCapacity,
        "framework": Framework,
        "giver_capacity": GiverCapacity,
        "mechanism": Mechanism,
        "org_role": OrgRole,
        "organisation_type": OrganisationType,
        "participation_status": ParticipationStatus,
        "provision": Provision,
        "purpose": Purpose,
        "reason_not_to_inform": ReasonNotToInform,
        "recipient_type": RecipientType,
        "record_kind": RecordKind,
        "secrecy": Secrecy,
    };
    lists.push((
        "agenda_content",
        crate::model::AgendaContent::KINDS.to_vec(),
    ));
    lists
}
