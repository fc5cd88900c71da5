//! The views by name, for those who know which one they asked for.

use beraad_engine::{
    intent::{ConsentDraft, DisclosureDraft},
    view::{
        AgendaView, CasesView, ChannelView, CheckView, ConferencesView, ConsentCheckView,
        DirectoryView, HomeView, ProvisionsView, RegisterView, TimelineView, View, ViewRequest,
    },
};
use beraad_protocol::{ChannelId, ConferenceId, OrgId, vocabulary::ActingCapacity};

use super::{Host, HostError};

impl Host {
    /// Who this is, the connection, the channels.
    pub async fn home(&self) -> Result<HomeView, HostError> {
        match self.view(ViewRequest::Home).await? {
            View::Home(home) => Ok(home),
            _ => Err(other_view()),
        }
    }

    /// Everybody on the server.
    pub async fn directory(&self) -> Result<DirectoryView, HostError> {
        match self.view(ViewRequest::Directory).await? {
            View::Directory(directory) => Ok(directory),
            _ => Err(other_view()),
        }
    }

    /// One channel.
    pub async fn channel(&self, channel: ChannelId) -> Result<ChannelView, HostError> {
        match self.view(ViewRequest::Channel { channel }).await? {
            View::Channel(channel) => Ok(*channel),
            _ => Err(other_view()),
        }
    }

    /// The newest `limit` things in a channel, or those before an entry.
    pub async fn timeline(
        &self,
        channel: ChannelId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<TimelineView, HostError> {
        match self
            .view(ViewRequest::Timeline {
                channel,
                before,
                limit,
            })
            .await?
        {
            View::Timeline(timeline) => Ok(timeline),
            _ => Err(other_view()),
        }
    }

    /// The agenda of a conference.
    pub async fn agenda(
        &self,
        channel: ChannelId,
        conference: ConferenceId,
    ) -> Result<AgendaView, HostError> {
        match self
            .view(ViewRequest::Agenda {
                channel,
                conference,
            })
            .await?
        {
            View::Agenda(agenda) => Ok(agenda),
            _ => Err(other_view()),
        }
    }

    /// What the rules say about a disclosure.
    pub async fn check_disclosure(
        &self,
        channel: ChannelId,
        draft: DisclosureDraft,
    ) -> Result<CheckView, HostError> {
        match self
            .view(ViewRequest::DisclosureCheck { channel, draft })
            .await?
        {
            View::DisclosureCheck(check) => Ok(check),
            _ => Err(other_view()),
        }
    }

    /// Who has to consent, and what is missing.
    pub async fn check_consent(
        &self,
        channel: ChannelId,
        draft: ConsentDraft,
    ) -> Result<ConsentCheckView, HostError> {
        match self
            .view(ViewRequest::ConsentCheck { channel, draft })
            .await?
        {
            View::ConsentCheck(check) => Ok(check),
            _ => Err(other_view()),
        }
    }

    /// Provisions that fit a discloser and a recipient.
    pub async fn provisions(
        &self,
        channel: ChannelId,
        capacity: ActingCapacity,
        recipient: OrgId,
    ) -> Result<ProvisionsView, HostError> {
        match self
            .view(ViewRequest::Provisions {
                channel,
                capacity,
                recipient,
            })
            .await?
        {
            View::Provisions(provisions) => Ok(provisions),
            _ => Err(other_view()),
        }
    }

    /// Case codes this person may plan for.
    pub async fn cases(&self) -> Result<CasesView, HostError> {
        match self.view(ViewRequest::Cases).await? {
            View::Cases(cases) => Ok(cases),
            _ => Err(other_view()),
        }
    }

    /// Conferences this person has to do with.
    pub async fn conferences(&self) -> Result<ConferencesView, HostError> {
        match self.view(ViewRequest::Conferences).await? {
            View::Conferences(conferences) => Ok(conferences),
            _ => Err(other_view()),
        }
    }

    /// Records of the own organisation.
    pub async fn register(&self) -> Result<RegisterView, HostError> {
        match self.view(ViewRequest::Register).await? {
            View::Register(register) => Ok(register),
            _ => Err(other_view()),
        }
    }
}

fn other_view() -> HostError {
    HostError::Engine {
        detail: "it answered with another view than was asked for".into(),
    }
}
