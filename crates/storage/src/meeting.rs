//! Cases and conferences as the server sees them.

use beraad_protocol::{
    ConferenceId, OrgId, Timestamp, UserId,
    meeting::{Case, Conference, ConferencePlan},
    vocabulary::ParticipationStatus,
};

use crate::Result;

/// For whom cases and conferences are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Onlooker {
    /// The person.
    pub user: UserId,
    /// Set for a coordinator: channels in which this organisation has a member count too.
    pub coordinates_for: Option<OrgId>,
}

/// Lookups of cases and conferences.
pub trait MeetingRead {
    /// Cases the person is a member of, or coordinates for; by code.
    fn cases(&mut self, whose: Onlooker) -> impl Future<Output = Result<Vec<Case>>> + Send;
    /// Conferences the person planned, is invited to, is a member of or coordinates for; by start.
    fn conferences(
        &mut self,
        whose: Onlooker,
    ) -> impl Future<Output = Result<Vec<Conference>>> + Send;
    /// One conference, whoever asks.
    fn conference(
        &mut self,
        id: ConferenceId,
    ) -> impl Future<Output = Result<Option<Conference>>> + Send;
    /// A number that changes when a conference or a reply does: for noticing, not for counting.
    fn meetings_mark(&mut self) -> impl Future<Output = Result<u64>> + Send;
    /// When a conference was changed last.
    fn conference_changed_at(
        &mut self,
        id: ConferenceId,
    ) -> impl Future<Output = Result<Option<Timestamp>>> + Send;
}

/// Changes of conferences.
pub trait MeetingWrite {
    /// Stores a plan: a new one, or over the one of the same id. Replies of those who stay invited
    /// are kept, unless `ask_again`.
    fn put_conference(
        &mut self,
        plan: &ConferencePlan,
        planned_by: UserId,
        sequence: u32,
        ask_again: bool,
        at: Timestamp,
    ) -> impl Future<Output = Result<()>> + Send;
    /// Stores a reply; false when the person is not invited.
    fn reply(
        &mut self,
        conference: ConferenceId,
        user: UserId,
        status: ParticipationStatus,
        at: Timestamp,
    ) -> impl Future<Output = Result<bool>> + Send;
}
