//! The work, from enrolment to a verified package.
//!
//! Each part is a function that plays it with words of the caller's choice, so that
//! [`super::knows_nothing`] can play the same with words to look for afterwards.

mod account;
mod confer;
mod disclose;
mod schedule;
mod talk;

use beraad_cli::host::{Host, HostError};
use beraad_protocol::{
    ChannelId,
    vocabulary::{ActingCapacity, OrganisationType},
};

use super::support::{self, Organisation, Professional, Town, WITHIN, town::PASSPHRASE};

pub use self::{
    account::officer_accounts,
    confer::people_confer,
    disclose::{Disclosed, people_share},
    schedule::coordinator_schedules,
    talk::people_talk,
};

/// The words of a play: something to say, by what it is.
pub type Words<'a> = &'a (dyn Fn(&str) -> String + Sync);

/// Who plays.
pub struct Cast {
    pub town: Town,
    pub vt: Organisation,
    pub gi: Organisation,
    pub ggz: Organisation,
    pub marieke: Professional,
    pub karima: Professional,
    pub daan: Professional,
}

impl Cast {
    /// Three organisations with a professional each.
    pub async fn gather() -> Self {
        let town = Town::found().await;
        let vt = town
            .organisation("Veilig Thuis Proefstad", OrganisationType::Vt)
            .await;
        let gi = town
            .organisation("Jeugdbescherming Proefstad", OrganisationType::Gi)
            .await;
        let ggz = town
            .organisation("GGZ Proefstad", OrganisationType::Ggz)
            .await;
        let marieke = town
            .professional(&vt, "Marieke", ActingCapacity::VtMelding)
            .await;
        let karima = town
            .professional(&gi, "Karima", ActingCapacity::GiOts)
            .await;
        let daan = town
            .professional(&ggz, "Daan", ActingCapacity::GgzBehandelaar)
            .await;
        Self {
            town,
            vt,
            gi,
            ggz,
            marieke,
            karima,
            daan,
        }
    }

    /// Everybody in one household's channel.
    pub async fn in_a_channel(&self) -> ChannelId {
        self.marieke
            .opens("Gezin De Proef", &[&self.karima, &self.daan])
            .await
            .0
    }

    /// Everybody who can be in a channel.
    pub fn members(&self) -> [&Professional; 3] {
        [&self.marieke, &self.karima, &self.daan]
    }
}

/// Plain words.
pub fn plain(what: &str) -> String {
    format!("iets over {what}")
}

#[test]
fn a_closed_device_opens_with_its_passphrase_alone_and_shows_what_was_there() {
    support::run(async {
        let cast = Cast::gather().await;
        let channel = people_talk(&cast, &plain).await;
        let before = cast.karima.host.timeline(channel, None, 500).await.unwrap();
        cast.karima.host.shutdown().await;

        let wrong = Host::open(&cast.karima.profile, "paard batterij nietje onjuist").await;
        assert!(
            matches!(wrong, Err(HostError::WrongPassphrase)),
            "{wrong:?}"
        );

        let host = Host::open(&cast.karima.profile, PASSPHRASE).await.unwrap();
        let karima = Professional {
            host,
            ..cast.karima
        };
        assert_eq!(
            karima.host.timeline(channel, None, 500).await.unwrap(),
            before
        );
        karima.host.online(WITHIN).await.unwrap();
        karima.says(channel, "ik ben er weer").await;
    });
}

#[test]
fn a_link_works_once() {
    support::run(async {
        let town = Town::found().await;
        let vt = town
            .organisation_without_register("Veilig Thuis", OrganisationType::Vt)
            .await;
        let role = beraad_protocol::vocabulary::OrgRole::Professional;
        let (_, token) = town.link(&vt, "Anna", role, None).await;
        let preview = Host::preview(&town.link_of(&token)).await.unwrap();
        assert_eq!(
            (preview.name.as_str(), preview.organisation.as_str()),
            ("Anna", "Veilig Thuis")
        );
        let anna = town.enrol("Anna", &token).await;
        assert_eq!(anna.home().await.unwrap().me.unwrap().name, "Anna");

        let again = Host::enrol(&town.profile("other"), &town.link_of(&token), PASSPHRASE).await;
        let Err(HostError::Server(problem)) = again else {
            panic!("{again:?}")
        };
        assert_eq!(problem.code, beraad_protocol::Code::LinkUsed);

        let short = Host::enrol(&town.profile("short"), &town.link_of(&token), "kort").await;
        assert!(matches!(short, Err(HostError::WeakPassphrase)), "{short:?}");
    });
}

#[test]
fn an_organisation_without_register_cannot_take_part_and_the_refusal_says_who_can_mend_it() {
    support::run(async {
        let town = Town::found().await;
        let vt = town
            .organisation("Veilig Thuis", OrganisationType::Vt)
            .await;
        let gi = town
            .organisation_without_register("De Brug", OrganisationType::Gi)
            .await;
        let marieke = town
            .professional(&vt, "Marieke", ActingCapacity::VtMelding)
            .await;
        let karima = town
            .professional(&gi, "Karima", ActingCapacity::GiOts)
            .await;
        marieke
            .host
            .intent_within(beraad_engine::intent::Intent::Refresh, WITHIN)
            .await
            .unwrap();
        let refused = marieke
            .host
            .intent_within(
                beraad_engine::intent::Intent::CreateChannel {
                    household_name: "Gezin".into(),
                    framework: beraad_protocol::vocabulary::Framework::OwnLaws,
                    members: vec![karima.user],
                },
                WITHIN,
            )
            .await
            .unwrap_err();
        let text = refused.to_string();
        assert!(
            text.contains("De Brug") && text.contains("compliance officer"),
            "{text}"
        );
        assert!(marieke.host.home().await.unwrap().channels.is_empty());
    });
}
