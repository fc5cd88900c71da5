//! `Request::Conferences`: conferences the asker may know.

use beraad_protocol::{
    Timestamp, limits::MAX_FRAME, meeting::Conference, request::Answer, to_cbor,
};
use beraad_storage::traits::MeetingRead as _;

use super::onlooker;
use crate::{
    app::{App, Asker},
    refusal::Outcome,
};

/// How long a conference stays in the list after it ended: 90 days.
const KEPT: i64 = 90 * 24 * 60 * 60 * 1000;
/// What an answer may hold, with room for what stands around it.
const ROOM: usize = MAX_FRAME - 16 * 1024;

/// Answers those to come and those of the last 90 days, by start.
pub(crate) async fn list(app: &App, asker: &Asker) -> Outcome<Answer> {
    let all = app.store.read().await?.conferences(onlooker(asker)).await?;
    Ok(Answer::Conferences(recent(all, app.now(), ROOM)))
}

/// The conferences that matter now, as many as fit; the longest past give way first.
fn recent(mut conferences: Vec<Conference>, now: Timestamp, room: usize) -> Vec<Conference> {
    conferences.retain(|conference| conference.plan.end >= now.plus_millis(-KEPT));
    let mut left = room;
    let fitting = conferences
        .iter()
        .rev()
        .take_while(|conference| {
            let size = to_cbor(conference).len();
            let fits = size <= left;
            left = left.saturating_sub(size);
            fits
        })
        .count();
    conferences.split_off(conferences.len() - fitting)
}

#[cfg(test)]
mod tests {
    use beraad_protocol::{
        ChannelId, ConferenceId, UserId,
        meeting::ConferencePlan,
        vocabulary::{ConferenceKind, ConferenceStatus},
    };

    use super::*;

    fn conference(number: u8, end: Timestamp) -> Conference {
        Conference {
            plan: ConferencePlan {
                id: ConferenceId::from_bytes([number; 16]),
                channel: ChannelId::from_bytes([0; 16]),
                kind: ConferenceKind::Regular,
                start: end,
                end,
                time_zone: "Europe/Amsterdam".to_owned(),
                chair: None,
                required_capacities: Vec::new(),
                invitees: Vec::new(),
                status: ConferenceStatus::Planned,
            },
            case_code: String::new(),
            planned_by: UserId::from_bytes([0; 16]),
            sequence: 0,
            invitations: Vec::new(),
        }
    }

    #[test]
    fn the_list_holds_what_is_to_come_and_fits_in_an_answer() {
        let now = Timestamp(1_000 * KEPT);
        let all: Vec<_> = (0..4)
            .map(|n| conference(n, now.plus_millis((i64::from(n) - 2) * KEPT)))
            .collect();
        let numbers = |list: Vec<Conference>| -> Vec<u8> {
            list.iter().map(|one| one.plan.id.as_bytes()[0]).collect()
        };
        assert_eq!(numbers(recent(all.clone(), now, ROOM)), [1, 2, 3]);
        let one = to_cbor(&all[3]).len();
        assert_eq!(numbers(recent(all, now, 2 * one)), [2, 3]);
    }
}
