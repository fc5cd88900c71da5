//! Disclosures and consents that hold, to be changed where a test wants them not to.

use beraad_casework::{
    codes::{
        Art6, Art9, Category, Confidentiality, ConsentAnswer, ConsentFunction, ConsentMethod,
        GiverCapacity, Mechanism, Provision, Purpose, Secrecy,
    },
    model::{DisclosureLine, GiverAnswer, Inform},
};
use beraad_engine::intent::{ConsentDraft, DisclosureDraft};
use beraad_protocol::{OrgId, PersonId, RecordId, vocabulary::ActingCapacity};

use super::Organisation;

/// Consent of an adult to share mental health data with these organisations.
pub fn consent(subject: PersonId, recipients: Vec<OrgId>, notice: &str) -> ConsentDraft {
    ConsentDraft {
        subject,
        function: ConsentFunction::Both,
        answers: vec![GiverAnswer {
            person: subject,
            capacity: GiverCapacity::Zelf,
            answer: ConsentAnswer::Given,
        }],
        categories: vec![Category::Psychisch],
        recipients,
        purposes: vec![Purpose::Risicotaxatie],
        valid_until: None,
        method: ConsentMethod::Oral,
        freely_given: true,
        under_pressure: false,
        notice: notice.to_owned(),
        language: "nl".into(),
    }
}

/// A practitioner shares mental health data, on consent or (without one) on nothing.
pub fn on_consent(
    subject: PersonId,
    recipients: &[&Organisation],
    consent: Option<RecordId>,
) -> DisclosureDraft {
    let lines = recipients.iter().map(|org| DisclosureLine {
        subject,
        recipient: Some(org.id),
        recipient_type: org.kind.code().parse().unwrap(),
        categories: vec![Category::Psychisch],
        art6: Art6::A,
        art9: Some(Art9::A),
        art10: None,
        provision: None,
        secrecy: Secrecy::Toestemming,
        consent,
    });
    DisclosureDraft {
        lines: lines.collect(),
        ..bare(ActingCapacity::GgzBehandelaar)
    }
}

/// Veilig Thuis shares an incident on its own law, with the reasons it takes.
pub fn on_law(subject: PersonId, recipients: &[&Organisation]) -> DisclosureDraft {
    let lines = recipients.iter().map(|org| DisclosureLine {
        subject,
        recipient: Some(org.id),
        recipient_type: org.kind.code().parse().unwrap(),
        categories: vec![Category::Incident],
        art6: Art6::E,
        art9: None,
        art10: None,
        provision: Some(Provision::Wmo516),
        secrecy: Secrecy::Recht,
        consent: None,
    });
    DisclosureDraft {
        lines: lines.collect(),
        purpose: Purpose::DirecteVeiligheid,
        motivation: "Zonder dit feit kan niemand het gevaar voor vandaag inschatten.".into(),
        necessity: "Alleen dit ene feit, zonder de rest van het dossier.".into(),
        proportionality: "Veiligheid weegt hier zwaarder dan de inbreuk op de privacy.".into(),
        subsidiarity: "Met minder gegevens kan het gevaar niet worden ingeschat.".into(),
        inform: Inform::Omitted {
            reason: beraad_casework::codes::ReasonNotToInform::GevaarSlachtoffer,
        },
        ..bare(ActingCapacity::VtMelding)
    }
}

fn bare(capacity: ActingCapacity) -> DisclosureDraft {
    DisclosureDraft {
        mechanism: Mechanism::Bericht,
        capacity,
        lines: Vec::new(),
        purpose: Purpose::Risicotaxatie,
        description: "een stuk uit het dossier".into(),
        motivation: String::new(),
        necessity: String::new(),
        proportionality: String::new(),
        subsidiarity: String::new(),
        consulted: None,
        inform: Inform::Known,
        confidentiality: Confidentiality::Normal,
        emergency: false,
        corrects: None,
    }
}
