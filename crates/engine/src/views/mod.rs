//! What screens ask for, read from the database at that moment.

mod channel;
mod checks;
mod home;
mod register;
mod timeline;

use std::borrow::Cow;

use beraad_casework::Household;
use beraad_protocol::{ChannelId, Timestamp};
use rusqlite::{Connection, OptionalExtension};

use crate::{
    channel::{Channel, stored_household},
    conferences,
    engine::{Cache, Identity},
    error::EngineError,
    people::People,
    refusal::{LocalCode, Refusal},
    session::Session,
    view::{CasesView, ConferencesView, DraftView, Label, LabelsView, View, ViewRequest},
};

/// Reads views; changes nothing.
pub(crate) struct Reader<'e> {
    pub(crate) db: &'e Connection,
    pub(crate) me: Option<&'e Identity>,
    pub(crate) cache: &'e Cache,
    pub(crate) session: &'e Session,
    pub(crate) now: Timestamp,
}

impl From<EngineError> for Refusal {
    fn from(error: EngineError) -> Self {
        Self::local(LocalCode::Invalid, error.to_string())
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        EngineError::from(error).into()
    }
}

impl<'e> Reader<'e> {
    pub(crate) fn view(&self, request: &ViewRequest) -> Result<View, Refusal> {
        Ok(match request {
            ViewRequest::Home => View::Home(self.home()?),
            ViewRequest::Labels => View::Labels(labels()),
            ViewRequest::Draft { key } => View::Draft(DraftView {
                text: self.draft(key)?,
            }),
            ViewRequest::Directory => View::Directory(self.directory()),
            ViewRequest::Channel { channel } => {
                View::Channel(Box::new(self.channel_view(*channel)?))
            }
            ViewRequest::Timeline {
                channel,
                before,
                limit,
            } => View::Timeline(self.timeline(*channel, *before, *limit)?),
            ViewRequest::Agenda {
                channel,
                conference,
            } => View::Agenda(self.agenda(*channel, *conference)?),
            ViewRequest::DisclosureCheck { channel, draft } => {
                View::DisclosureCheck(self.disclosure_check(*channel, draft)?)
            }
            ViewRequest::ConsentCheck { channel, draft } => {
                View::ConsentCheck(self.consent_check(*channel, draft)?)
            }
            ViewRequest::Provisions {
                channel,
                capacity,
                recipient,
            } => View::Provisions(self.provisions(*channel, *capacity, *recipient)?),
            ViewRequest::Cases => View::Cases(CasesView {
                cases: conferences::cases(self.db)?,
            }),
            ViewRequest::Conferences => View::Conferences(ConferencesView {
                conferences: conferences::conferences(self.db)?,
            }),
            ViewRequest::Register => View::Register(self.register()?),
        })
    }

    fn draft(&self, key: &str) -> Result<String, Refusal> {
        Ok(self
            .db
            .prepare_cached("SELECT text FROM draft WHERE key = ?1")?
            .query_row([key], |row| row.get(0))
            .optional()?
            .unwrap_or_default())
    }

    const fn people(&self) -> &'e People {
        &self.cache.people
    }

    fn identity(&self) -> Result<&'e Identity, Refusal> {
        self.me.ok_or_else(|| {
            Refusal::local(
                LocalCode::NotEnrolled,
                "this device is not enrolled; open the one-time link first",
            )
        })
    }

    fn channel_row(&self, id: ChannelId) -> Result<Channel, Refusal> {
        Channel::load(self.db, id)?.ok_or_else(|| {
            Refusal::local(
                LocalCode::UnknownThing,
                "this device does not have that channel; look at the list again",
            )
        })
    }

    fn household(&self, channel: &Channel) -> Result<Cow<'e, Household>, Refusal> {
        if let Some(household) = self.cache.households.get(&channel.id) {
            return Ok(Cow::Borrowed(household));
        }
        let stored = stored_household(self.db, channel.id)?;
        Ok(Cow::Owned(
            stored.unwrap_or_else(|| Household::new(channel.framework)),
        ))
    }
}

/// What a screen says of something that rests on what was before this device joined.
fn unjudged() -> Label {
    Label {
        nl: "Dit apparaat kan dit niet beoordelen: het gaat over iets van voordat u meedeed. Het telt wel mee.".to_owned(),
        en: "This device cannot judge this: it is about something from before you joined. It counts all the same.".to_owned(),
    }
}

fn labels() -> LabelsView {
    let lists = beraad_casework::labels().0.iter().map(|(list, codes)| {
        let codes = codes.iter().map(|(code, label)| {
            (
                code.clone(),
                Label {
                    nl: label.nl.clone(),
                    en: label.en.clone(),
                },
            )
        });
        (list.clone(), codes.collect())
    });
    LabelsView {
        lists: lists.collect(),
    }
}
