//! Conferring: a structured agenda that several people write at once.

use beraad_casework::{
    codes::{ActionStatus, AgendaSection, GiverCapacity},
    model::{AgendaContent, AgendaDraft, Representation},
};
use beraad_engine::{
    intent::{Intent, Reply},
    view::{AgendaItemView, AgendaView, View, ViewRequest},
};
use beraad_protocol::{
    ChannelId, ConferenceId, EventId, ItemId, Timestamp,
    vocabulary::{ActingCapacity, ConferenceKind},
};

use super::{Cast, Professional, WITHIN, Words, plain, support};

/// People note the household, plan a conference and fill its agenda; two edit one item at once.
pub async fn people_confer(cast: &Cast, channel: ChannelId, words: Words<'_>) -> ConferenceId {
    let mother = cast
        .marieke
        .notes(
            channel,
            &words("mother"),
            &words("relation"),
            "1988-03-14",
            vec![],
        )
        .await;
    let holder = Representation {
        holder: mother,
        capacity: GiverCapacity::Gezag,
        source: words("source of authority"),
        checked_on: "2026-11-01".parse().unwrap(),
    };
    let child = cast
        .marieke
        .notes(
            channel,
            &words("child"),
            "dochter",
            "2017-05-30",
            vec![holder],
        )
        .await;
    for member in cast.members() {
        member.knows(channel, &[mother, child]).await;
    }
    let conference = plan(cast, channel).await;
    for member in cast.members() {
        member
            .sees(channel, |view| {
                view.conferences.iter().any(|it| it.plan.id == conference)
            })
            .await;
    }
    let agenda = Agenda {
        channel,
        conference,
    };
    for content in every_kind(cast, words) {
        agenda.put(&cast.karima, None, content).await;
    }
    let item = agenda
        .put(&cast.marieke, None, topic(words("title"), words("notes")))
        .await;
    two_edit_at_once(cast, agenda, item, words).await;
    conference
}

async fn two_edit_at_once(cast: &Cast, agenda: Agenda, item: ItemId, words: Words<'_>) {
    agenda.shows(&cast.karima, item, |it| it.version == 1).await;
    cast.karima.host.go_offline().await;
    let mine = topic(words("title"), words("notes by one"));
    let theirs = topic(words("title"), words("notes by another"));
    let away = {
        let host = cast.karima.host.clone();
        let intent = agenda.intent(Some((item, 1)), vec![], theirs.clone());
        tokio::spawn(async move { host.intent(intent).await })
    };
    agenda
        .put(&cast.marieke, Some((item, 1)), mine.clone())
        .await;
    cast.karima.host.go_online();
    away.await.unwrap().unwrap();

    let mut beside = EventId::from_bytes([0; 16]);
    for member in cast.members() {
        let seen = agenda
            .shows(member, item, |it| {
                it.version == 2 && it.alternatives.len() == 1
            })
            .await;
        assert_eq!(seen.draft.content, mine);
        assert_eq!(seen.alternatives[0].draft.content, theirs);
        assert_eq!(seen.alternatives[0].by, cast.karima.user);
        beside = seen.alternatives[0].event;
    }
    let both = topic(words("title"), words("notes by both"));
    let settle = agenda.intent(Some((item, 2)), vec![beside], both.clone());
    cast.daan.wants(settle).await;
    for member in cast.members() {
        let seen = agenda.shows(member, item, |it| it.version == 3).await;
        assert_eq!(
            (seen.draft.content, seen.alternatives.len()),
            (both.clone(), 0)
        );
    }
}

async fn plan(cast: &Cast, channel: ChannelId) -> ConferenceId {
    let start = Timestamp(1_796_122_800_000);
    let reply = cast
        .marieke
        .wants(Intent::PlanConference {
            conference: None,
            channel,
            kind: ConferenceKind::Regular,
            start,
            end: start.plus_millis(3_600_000),
            time_zone: "Europe/Amsterdam".into(),
            chair: None,
            required_capacities: vec![ActingCapacity::VtMelding],
            invitees: cast.members().map(|member| member.user).to_vec(),
            cancelled: false,
        })
        .await;
    let Reply::Conference { conference } = reply else {
        panic!("{reply:?}")
    };
    conference
}

/// The agenda of one conference.
#[derive(Clone, Copy)]
struct Agenda {
    channel: ChannelId,
    conference: ConferenceId,
}

impl Agenda {
    fn intent(
        self,
        on: Option<(ItemId, u32)>,
        settles: Vec<EventId>,
        content: AgendaContent,
    ) -> Intent {
        Intent::PutAgendaItem {
            channel: self.channel,
            conference: self.conference,
            item: on.map(|(item, _)| item),
            base: on.map_or(0, |(_, base)| base),
            settles,
            draft: AgendaDraft {
                section: AgendaSection::Information,
                content,
            },
        }
    }

    async fn put(
        self,
        by: &Professional,
        on: Option<(ItemId, u32)>,
        content: AgendaContent,
    ) -> ItemId {
        let reply = by.wants(self.intent(on, vec![], content)).await;
        let Reply::Item { item } = reply else {
            panic!("{reply:?}")
        };
        item
    }

    async fn shows(
        self,
        to: &Professional,
        item: ItemId,
        so: impl Fn(&AgendaItemView) -> bool,
    ) -> AgendaItemView {
        let Self {
            channel,
            conference,
        } = self;
        let request = ViewRequest::Agenda {
            channel,
            conference,
        };
        to.host
            .wait_until("the item does not look so", WITHIN, request, |view| {
                let View::Agenda(AgendaView { items }) = view else {
                    return None;
                };
                items
                    .into_iter()
                    .find(|it| it.id == item)
                    .filter(|it| so(it))
            })
            .await
            .unwrap()
    }
}

fn topic(title: String, notes: String) -> AgendaContent {
    AgendaContent::Topic { title, notes }
}

fn every_kind(cast: &Cast, words: Words<'_>) -> Vec<AgendaContent> {
    vec![
        AgendaContent::DangerStatement {
            who_worries: words("who worries"),
            danger: words("danger"),
            impact: words("impact"),
            disputed: words("disputed"),
        },
        AgendaContent::SafetyGoal {
            goal: words("goal"),
            how_long: words("how long"),
        },
        AgendaContent::Agreement {
            who: words("who agrees"),
            what: words("what is agreed"),
            when: words("when it is done"),
            if_then: words("if not"),
            checked_by: words("who checks"),
        },
        AgendaContent::Scale {
            rater: words("rater"),
            value: 4,
            on: "2026-11-20".parse().unwrap(),
            why: words("why this number"),
        },
        AgendaContent::Action {
            text: words("action"),
            owner: cast.karima.user,
            deadline: "2026-12-20".parse().unwrap(),
            status: ActionStatus::Open,
        },
    ]
}

#[test]
fn two_who_edit_one_item_lose_nothing() {
    support::run(async {
        let cast = Cast::gather().await;
        let channel = cast.in_a_channel().await;
        people_confer(&cast, channel, &plain).await;
    });
}
