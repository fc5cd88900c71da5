//! Scenes that leave a record: consent and disclosure.

use beraad_casework::{
    codes::{Confidentiality, ConsentFunction, ConsentMethod, Mechanism},
    model::{GiverAnswer, Inform},
};
use beraad_engine::{
    intent::{ConsentDraft, DisclosureDraft, Intent, Reply},
    view::ChannelView,
};
use beraad_protocol::{OrgId, vocabulary::OrganisationType};

use super::{Stage, Trouble, day::in_days, ground::line, nothing_yet};
use crate::{
    demo::region::{self, ORGANISATIONS},
    host::{Host, HostError},
};

impl Stage<'_, '_> {
    pub(super) async fn consent(
        &mut self,
        host: &Host,
        consent: &region::Consent,
    ) -> Result<(), Trouble> {
        let channel = self.caught_up(host).await?;
        let answers = consent
            .answers
            .iter()
            .map(|(person, capacity, answer)| {
                Ok(GiverAnswer {
                    person: self.person_id(person)?,
                    capacity: *capacity,
                    answer: *answer,
                })
            })
            .collect::<Result<_, HostError>>()?;
        let draft = ConsentDraft {
            subject: self.person_id(consent.subject)?,
            function: ConsentFunction::Both,
            answers,
            categories: consent.categories.clone(),
            recipients: others(&channel, own_org(host).await?),
            purposes: consent.purposes.clone(),
            valid_until: None,
            method: ConsentMethod::Oral,
            freely_given: true,
            under_pressure: false,
            notice: "Uitgelegd wat wordt gedeeld, met wie en waarom, en dat intrekken altijd mag."
                .into(),
            language: "nl".into(),
        };
        let intent = Intent::RecordConsent {
            channel: self.channel(),
            consent: draft,
        };
        match self.done(host, intent).await? {
            Reply::Record { record, .. } => {
                self.progress
                    .consents
                    .insert(consent.key.to_owned(), record);
                Ok(())
            }
            _ => Err(HostError::Closed.into()),
        }
    }

    pub(super) async fn share(
        &mut self,
        host: &Host,
        share: &region::Share,
    ) -> Result<(), Trouble> {
        let channel = self.caught_up(host).await?;
        let accounts = region::accounts();
        let discloser = accounts.iter().find(|account| account.key == share.by);
        let capacity = discloser
            .and_then(|account| account.capacity)
            .ok_or_else(nothing_yet)?;
        let consent = share.consent.map(|key| self.consent_id(key)).transpose()?;
        let mut lines = Vec::new();
        for subject in &share.subjects {
            let subject = self.person_id(subject)?;
            for org in others(&channel, own_org(host).await?) {
                let kind = self.kind(org)?;
                lines.push(line(
                    subject,
                    org,
                    kind,
                    &share.categories,
                    capacity,
                    consent,
                )?);
            }
        }
        let said = |text: &str| {
            if consent.is_some() {
                String::new()
            } else {
                text.to_owned()
            }
        };
        let disclosure = DisclosureDraft {
            mechanism: Mechanism::Bericht,
            capacity,
            lines,
            purpose: share.purpose,
            description: share.description.to_owned(),
            motivation: share.motivation.to_owned(),
            necessity: said("Alleen dit feit, zonder de rest van het dossier."),
            proportionality: said("Het belang van veiligheid weegt zwaarder dan de inbreuk."),
            subsidiarity: said("Er is geen manier om dit te bereiken met minder gegevens."),
            consulted: None,
            inform: match consent {
                Some(_) => Inform::Known,
                None => Inform::Due { by: in_days(14)? },
            },
            confidentiality: Confidentiality::Normal,
            emergency: false,
            corrects: None,
        };
        let intent = Intent::ShareInformation {
            channel: self.channel(),
            text: share.text.to_owned(),
            disclosure,
        };
        self.done(host, intent).await?;
        Ok(())
    }

    fn kind(&self, org: OrgId) -> Result<OrganisationType, HostError> {
        let key = self.state.organisations.iter().find(|(_, id)| **id == org);
        key.and_then(|(key, _)| ORGANISATIONS.iter().find(|known| known.key == key))
            .map(|known| known.kind)
            .ok_or_else(nothing_yet)
    }
}

async fn own_org(host: &Host) -> Result<OrgId, HostError> {
    host.home()
        .await?
        .me
        .map(|me| me.org)
        .ok_or(HostError::NotEnrolled)
}

/// The organisations in a channel but one's own.
fn others(channel: &ChannelView, own: OrgId) -> Vec<OrgId> {
    let mut orgs: Vec<_> = channel
        .members
        .iter()
        .map(|member| member.org)
        .filter(|org| *org != own)
        .collect();
    orgs.sort_unstable();
    orgs.dedup();
    orgs
}
