//! Conferences as the server sees them: times, people, required capacities, replies.
//! What a conference is about lives encrypted in its channel.

use serde::{Deserialize, Serialize};

use crate::{
    ChannelId, ConferenceId, Timestamp, UserId,
    vocabulary::{ActingCapacity, ConferenceKind, ConferenceStatus, ParticipationStatus},
};

/// A case as somebody who plans sees it: a code, nothing of the household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Case {
    /// The channel.
    pub channel: ChannelId,
    /// Random words that name it on screens and on the phone.
    pub case_code: String,
    /// Members, for whom to invite.
    pub members: Vec<UserId>,
    /// When it was opened.
    pub created_at: Timestamp,
}

/// What a planner asks for; the same id again with a later `sequence` moves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ConferencePlan {
    /// Names the conference.
    pub id: ConferenceId,
    /// The case.
    pub channel: ChannelId,
    /// What kind.
    pub kind: ConferenceKind,
    /// Begins.
    pub start: Timestamp,
    /// Ends; after `start`, within 24 hours of it.
    pub end: Timestamp,
    /// IANA time zone in which people read the times, such as `Europe/Amsterdam`.
    pub time_zone: String,
    /// Who chairs.
    pub chair: Option<UserId>,
    /// Capacities without which the conference cannot decide.
    pub required_capacities: Vec<ActingCapacity>,
    /// Who is invited.
    pub invitees: Vec<UserId>,
    /// Planned or cancelled.
    pub status: ConferenceStatus,
}

/// A planned conference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Conference {
    /// As planned last.
    pub plan: ConferencePlan,
    /// The case code, for people.
    pub case_code: String,
    /// Who planned it.
    pub planned_by: UserId,
    /// Rises with every change (RFC 5545 section 3.8.7.4).
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub sequence: u32,
    /// Replies, one per invitee.
    pub invitations: Vec<Invitation>,
}

/// One invitee's reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Invitation {
    /// The invitee.
    pub user: UserId,
    /// The reply.
    pub status: ParticipationStatus,
    /// When it came.
    pub replied_at: Option<Timestamp>,
}
