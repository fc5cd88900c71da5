//! Plays what happens in a household, one scene after the other, each by its own device.

mod day;
mod ground;
mod records;

use std::time::Duration;

use beraad_casework::{
    codes::{ActionStatus, ConsentMethod},
    date::CivilDate,
    model::{self, AgendaContent, AgendaDraft, Representation},
};
use beraad_engine::{
    intent::{Intent, Reply},
    view::{ChannelView, View, ViewRequest},
};
use beraad_protocol::{
    ChannelId, PersonId, RecordId, Timestamp, UserId,
    vocabulary::{ActingCapacity, ConferenceKind, Framework},
};
use jiff::ToSpan as _;
use tokio::time::interval;

use self::day::{ZONE, in_days, today};
use super::{
    Cast, DemoError, WITHIN,
    region::{self, Content, Household, Scene},
    state::{HouseholdState, State},
};
use crate::{
    host::{Host, HostError},
    profile::fill_random,
};

/// Opens the household's channel and plays its scenes, from where it was left.
pub(super) async fn play(
    cast: &mut Cast<'_>,
    state: &mut State,
    household: &Household,
) -> Result<(), DemoError> {
    let mut progress = state
        .households
        .get(household.key)
        .cloned()
        .unwrap_or_default();
    let channel = if let Some(channel) = progress.channel {
        channel
    } else {
        let channel = open(cast, state, household).await?;
        progress.channel = Some(channel);
        keep(cast, state, household, &progress)?;
        channel
    };
    everybody_is_in(cast, state, household, channel).await?;
    while let Some(scene) = household.scenes.get(progress.played) {
        Stage {
            cast: &mut *cast,
            state: &*state,
            household,
            progress: &mut progress,
        }
        .play(scene)
        .await?;
        progress.played += 1;
        keep(cast, state, household, &progress)?;
    }
    Ok(())
}

fn keep(
    cast: &Cast<'_>,
    state: &mut State,
    household: &Household,
    progress: &HouseholdState,
) -> Result<(), DemoError> {
    state
        .households
        .insert(household.key.to_owned(), progress.clone());
    cast.folder.save(state)
}

async fn open(
    cast: &mut Cast<'_>,
    state: &State,
    household: &Household,
) -> Result<ChannelId, DemoError> {
    let members = members(state, household)
        .map_err(DemoError::step(household.lead, "looking up the members"))?;
    let lead = cast.host(household.lead).await?;
    let failed = || DemoError::step(household.lead, "opening a channel");
    // Somebody who enrolled a moment ago may have no keys on the server yet.
    let wanted = members.clone();
    lead.wait_until(
        "the members are not in the directory",
        WITHIN,
        ViewRequest::Directory,
        |view| {
            let View::Directory(directory) = view else {
                return None;
            };
            wanted
                .iter()
                .all(|user| {
                    directory
                        .people
                        .iter()
                        .any(|who| who.id == *user && who.devices > 0)
                })
                .then_some(())
        },
    )
    .await
    .map_err(failed())?;
    let intent = Intent::CreateChannel {
        household_name: household.name.to_owned(),
        framework: Framework::OwnLaws,
        members,
    };
    match lead.intent_within(intent, WITHIN).await.map_err(failed())? {
        Reply::Channel { channel, .. } => Ok(channel),
        _ => Err(failed()(HostError::Closed)),
    }
}

/// A channel is opened even when somebody could not be added to it, as a visitor whose keys are
/// still on their way; that is made up for here.
async fn everybody_is_in(
    cast: &mut Cast<'_>,
    state: &State,
    household: &Household,
    channel: ChannelId,
) -> Result<(), DemoError> {
    let lead = cast.host(household.lead).await?;
    let failed = || DemoError::step(household.lead, "adding the members");
    let wanted = members(state, household).map_err(failed())?;
    let mut patience = interval(Duration::from_secs(1));
    for attempt in 1.. {
        patience.tick().await;
        let view = lead.channel(channel).await.map_err(failed())?;
        let is_in = |user: &UserId| view.members.iter().any(|member| member.user == *user);
        let users: Vec<_> = wanted.iter().copied().filter(|user| !is_in(user)).collect();
        if users.is_empty() {
            break;
        }
        match lead
            .intent_within(Intent::AddMembers { channel, users }, WITHIN)
            .await
        {
            Err(HostError::Refused(_)) if attempt < ATTEMPTS => {}
            outcome => drop(outcome.map_err(failed())?),
        }
    }
    Ok(())
}

fn members(state: &State, household: &Household) -> Result<Vec<UserId>, HostError> {
    household
        .members
        .iter()
        .map(|key| user(state, key))
        .collect()
}

/// One household at the moment one scene is played.
struct Stage<'a, 'f> {
    cast: &'a mut Cast<'f>,
    state: &'a State,
    household: &'a Household,
    progress: &'a mut HouseholdState,
}

impl Stage<'_, '_> {
    async fn play(&mut self, scene: &Scene) -> Result<(), DemoError> {
        let (by, what) = describe(scene, self.household.lead);
        self.act(by, scene).await.map_err(|error| match error {
            Trouble::Demo(error) => error,
            Trouble::Host(source) => DemoError::step(by, what)(source),
        })
    }

    async fn act(&mut self, by: &str, scene: &Scene) -> Result<(), Trouble> {
        let host = self.cast.host(by).await?;
        let channel = self.channel();
        match scene {
            Scene::Person(person) => self.person(&host, person).await?,
            Scene::Message(_, text) => {
                self.caught_up(&host).await?;
                self.done(
                    &host,
                    Intent::SendMessage {
                        channel,
                        text: (*text).to_owned(),
                    },
                )
                .await?;
            }
            Scene::Conference(_, days, kind, required) => {
                self.conference(&host, *days, *kind, required).await?;
            }
            Scene::Reply(_, status) => {
                let conference = self.progress.conference.ok_or_else(nothing_yet)?;
                let seen = |view| match view {
                    View::Conferences(found) => found
                        .conferences
                        .iter()
                        .any(|it| it.plan.id == conference)
                        .then_some(()),
                    _ => None,
                };
                host.wait_until(
                    "the invitation did not come",
                    WITHIN,
                    ViewRequest::Conferences,
                    seen,
                )
                .await?;
                self.done(
                    &host,
                    Intent::ReplyInvitation {
                        conference,
                        status: *status,
                    },
                )
                .await?;
            }
            Scene::Agenda(_, section, content) => {
                self.caught_up(&host).await?;
                let intent = Intent::PutAgendaItem {
                    channel,
                    conference: self.progress.conference.ok_or_else(nothing_yet)?,
                    item: None,
                    base: 0,
                    settles: Vec::new(),
                    draft: AgendaDraft {
                        section: *section,
                        content: self.content(content)?,
                    },
                };
                self.done(&host, intent).await?;
            }
            Scene::Consent(consent) => self.consent(&host, consent).await?,
            Scene::Withdraw(_, consent, person) => {
                self.caught_up(&host).await?;
                let intent = Intent::WithdrawConsent {
                    channel,
                    consent: self.consent_id(consent)?,
                    by: self.person_id(person)?,
                    method: ConsentMethod::Oral,
                };
                self.done(&host, intent).await?;
            }
            Scene::Share(share) => self.share(&host, share).await?,
        }
        Ok(())
    }

    fn channel(&self) -> ChannelId {
        self.progress
            .channel
            .expect("scenes are played after the channel was opened")
    }

    async fn done(&self, host: &Host, intent: Intent) -> Result<Reply, HostError> {
        host.intent_within(intent, WITHIN).await
    }

    /// Waits until what was played before is on this device too.
    async fn caught_up(&self, host: &Host) -> Result<ChannelView, HostError> {
        let request = ViewRequest::Channel {
            channel: self.channel(),
        };
        host.wait_until("the channel did not come", WITHIN, request, |view| {
            let View::Channel(channel) = view else {
                return None;
            };
            let persons = self
                .progress
                .persons
                .values()
                .all(|id| channel.persons.iter().any(|known| known.person.id == *id));
            let consents = self
                .progress
                .consents
                .values()
                .all(|id| channel.consents.iter().any(|known| known.consent.id == *id));
            let conference = self
                .progress
                .conference
                .iter()
                .all(|id| channel.conferences.iter().any(|known| known.plan.id == *id));
            (persons && consents && conference).then_some(*channel)
        })
        .await
    }

    async fn person(&mut self, host: &Host, person: &region::Person) -> Result<(), Trouble> {
        self.caught_up(host).await?;
        let mut id = [0; 16];
        fill_random(&mut id)?;
        let id = PersonId::from_bytes(id);
        let checked_on = CivilDate::from(today()?.date());
        let represented_by = person
            .represented_by
            .iter()
            .map(|(holder, capacity)| {
                Ok(Representation {
                    holder: self.person_id(holder)?,
                    capacity: *capacity,
                    source: "gezagsregister".into(),
                    checked_on,
                })
            })
            .collect::<Result<_, HostError>>()?;
        let person_put = model::Person {
            id,
            name: person.name.to_owned(),
            date_of_birth: Some(person.born),
            relation: person.relation.to_owned(),
            capacity: person.capacity,
            represented_by,
        };
        let intent = Intent::PutPerson {
            channel: self.channel(),
            base: 0,
            person: person_put,
        };
        self.done(host, intent).await?;
        self.progress.persons.insert(person.name.to_owned(), id);
        Ok(())
    }

    async fn conference(
        &mut self,
        host: &Host,
        days: i64,
        kind: ConferenceKind,
        required: &[ActingCapacity],
    ) -> Result<(), Trouble> {
        let day = today()?
            .checked_add(days.days())
            .map_err(|_| HostError::Closed)?;
        let start = day
            .with()
            .hour(10)
            .minute(0)
            .second(0)
            .subsec_nanosecond(0)
            .build();
        let start = Timestamp(
            start
                .map_err(|_| HostError::Closed)?
                .timestamp()
                .as_millisecond(),
        );
        let invitees = std::iter::once(&self.household.lead)
            .chain(&self.household.members)
            .map(|key| user(self.state, key))
            .collect::<Result<Vec<_>, _>>()?;
        let intent = Intent::PlanConference {
            conference: None,
            channel: self.channel(),
            kind,
            start,
            end: start.plus_millis(60 * 60 * 1000),
            time_zone: ZONE.into(),
            chair: Some(user(self.state, self.household.lead)?),
            required_capacities: required.to_vec(),
            invitees,
            cancelled: false,
        };
        match self.done(host, intent).await? {
            Reply::Conference { conference } => {
                self.progress.conference = Some(conference);
                Ok(())
            }
            _ => Err(HostError::Closed.into()),
        }
    }

    fn content(&self, content: &Content) -> Result<AgendaContent, HostError> {
        Ok(match content {
            Content::Fixed(content) => content.clone(),
            Content::Scale(rater, value, why) => AgendaContent::Scale {
                rater: (*rater).to_owned(),
                value: *value,
                on: CivilDate::from(today()?.date()),
                why: (*why).to_owned(),
            },
            Content::Action(text, owner, days) => AgendaContent::Action {
                text: (*text).to_owned(),
                owner: user(self.state, owner)?,
                deadline: in_days(*days)?,
                status: ActionStatus::Open,
            },
        })
    }

    fn person_id(&self, name: &str) -> Result<PersonId, HostError> {
        self.progress
            .persons
            .get(name)
            .copied()
            .ok_or_else(nothing_yet)
    }

    fn consent_id(&self, key: &str) -> Result<RecordId, HostError> {
        self.progress
            .consents
            .get(key)
            .copied()
            .ok_or_else(nothing_yet)
    }
}

/// What went wrong in a scene, before it is known whose it was.
enum Trouble {
    Demo(DemoError),
    Host(HostError),
}

impl From<DemoError> for Trouble {
    fn from(error: DemoError) -> Self {
        Self::Demo(error)
    }
}

impl From<HostError> for Trouble {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

fn describe<'a>(scene: &'a Scene, lead: &'a str) -> (&'a str, &'static str) {
    match scene {
        Scene::Person(_) => (lead, "noting a person"),
        Scene::Message(by, _) => (by, "writing a message"),
        Scene::Conference(by, ..) => (by, "planning a conference"),
        Scene::Reply(by, _) => (by, "replying to an invitation"),
        Scene::Agenda(by, ..) => (by, "putting an item on the agenda"),
        Scene::Consent(consent) => (consent.by, "recording a consent"),
        Scene::Withdraw(by, ..) => (by, "recording a withdrawal"),
        Scene::Share(share) => (share.by, "sharing information"),
    }
}

fn user(state: &State, key: &str) -> Result<UserId, HostError> {
    state
        .accounts
        .get(key)
        .and_then(|account| account.user)
        .ok_or_else(nothing_yet)
}

/// The state does not have what the scene builds on: the folder was changed by hand.
fn nothing_yet() -> HostError {
    HostError::Engine {
        detail: "the demo's state lacks something this builds on".into(),
    }
}

/// How often it is tried to add somebody.
const ATTEMPTS: u32 = 30;
