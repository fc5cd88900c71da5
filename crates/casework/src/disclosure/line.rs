//! One line: one subject towards one recipient (rules 2 to 5, 7 and 8).

use beraad_protocol::{Timestamp, vocabulary::ActingCapacity};

use super::{
    Discloser, Recipient, Trust,
    provisions::{self, Misfit},
};
use crate::{
    block::{Block, BlockCode, WayOutCode},
    codes::{Art6, ConsentFunction, Mechanism, RecipientType, Secrecy},
    consent::{self, Asked},
    household::Household,
    model::{DisclosureLine, DisclosureRecord},
    tables::{CategoryRow, tables},
};

/// A line and what it is judged by.
pub(super) struct Test<'a> {
    pub(super) household: &'a Household,
    pub(super) discloser: &'a Discloser,
    pub(super) record: &'a DisclosureRecord,
    pub(super) line: &'a DisclosureLine,
    pub(super) at: Timestamp,
    pub(super) trust: Trust,
}

/// Whether the line stands on consent, as its privacy basis or to lift secrecy.
pub(super) fn rests_on_consent(line: &DisclosureLine) -> bool {
    line.art6 == Art6::A || line.secrecy == Secrecy::Toestemming
}

impl Test<'_> {
    pub(super) fn blocks(&self) -> Vec<Block> {
        if self.household.person(self.line.subject).is_none() {
            return vec![unknown_subject()];
        }
        let mut blocks = self.recipient().into_iter().collect::<Vec<_>>();
        blocks.extend(self.categories());
        blocks.extend(self.basis());
        blocks.extend(self.special());
        blocks.extend(self.secrecy());
        blocks.extend(self.provision());
        blocks.extend(self.consent());
        let subject = self.line.subject;
        blocks
            .into_iter()
            .map(|block| block.about(subject))
            .collect()
    }

    fn recipient(&self) -> Option<Block> {
        let org = self.line.recipient?;
        if org == self.discloser.org {
            return Some(
                Block::new(
                    1,
                    BlockCode::RecipientIsSource,
                    "De ontvanger is uw eigen organisatie.",
                    "The recipient is your own organisation.",
                )
                .way_out(WayOutCode::Correct),
            );
        }
        let Some(member) = self.household.recipient(org) else {
            let by_message = matches!(
                self.record.mechanism,
                Mechanism::Bericht | Mechanism::LidMetHistorie
            );
            return by_message.then(|| {
                Block::new(
                    1,
                    BlockCode::RecipientNotInChannel,
                    "Deze ontvanger doet niet mee in dit kanaal.",
                    "This recipient does not take part in this channel.",
                )
                .way_out(WayOutCode::Correct)
                .way_out(WayOutCode::AskColleague)
            });
        };
        (member.kind != self.line.recipient_type).then(|| {
            let (nl, en) = kind_words(member.kind);
            Block::new(
                4,
                BlockCode::RecipientTypeDiffers,
                format!("Deze ontvanger is van een ander soort: {nl}."),
                format!("This recipient is of another kind: {en}."),
            )
            .way_out(WayOutCode::Correct)
        })
    }

    /// The categories' own limits: none at all, compartments, never (rule 8).
    fn categories(&self) -> Vec<Block> {
        if self.line.categories.is_empty() {
            return vec![
                Block::new(
                    1,
                    BlockCode::NoCategories,
                    "Er staat niet in welke soort gegevens u deelt.",
                    "It does not say which kind of data you share.",
                )
                .way_out(WayOutCode::FillIn),
            ];
        }
        self.rows()
            .filter_map(|row| {
                let (nl, en) = (&row.nl, &row.en);
                if row.blocked {
                    Some(
                        Block::new(
                            8,
                            BlockCode::CategoryBlocked,
                            format!("Dit wordt hier niet gedeeld: {nl}."),
                            format!("This is not shared here: {en}."),
                        )
                        .way_out(WayOutCode::LeaveOut),
                    )
                } else if row.compartment {
                    Some(
                        Block::new(
                            8,
                            BlockCode::CompartmentOnly,
                            format!("Dit mag alleen in een apart, afgeschermd deel staan: {nl}."),
                            format!("This may only be in a compartment of its own: {en}."),
                        )
                        .way_out(WayOutCode::LeaveOut)
                        .way_out(WayOutCode::LeaveRecipientOut),
                    )
                } else {
                    None
                }
            })
            .collect()
    }

    /// The privacy basis: who may use it, and the regime of police and prosecution.
    fn basis(&self) -> Option<Block> {
        let tables = tables();
        let source = tables.organisations.get(&self.discloser.org_type)?;
        let basis = tables.art6.get(&self.line.art6)?;
        if !source.regimes.is_empty() && !source.regimes.contains(&self.line.art6) {
            let regime = source
                .regimes
                .iter()
                .map(|regime| regime.code())
                .collect::<Vec<_>>();
            let regime = regime.join(", ");
            return Some(
                Block::new(
                    3,
                    BlockCode::RegimeRequired,
                    format!("Uw organisatie deelt alleen op grond van {regime}."),
                    format!("Your organisation shares under {regime} only."),
                )
                .way_out(WayOutCode::OtherBasis),
            );
        }
        let reserved = basis
            .only_for
            .as_ref()
            .is_some_and(|kinds| !kinds.contains(&self.discloser.org_type));
        (reserved || (source.public_body && !basis.public_bodies)).then(|| {
            Block::new(
                2,
                BlockCode::BasisNotAllowed,
                format!("Deze grondslag is niet voor uw organisatie: {}.", basis.nl),
                format!(
                    "This privacy basis is not for your organisation: {}.",
                    basis.en
                ),
            )
            .way_out(WayOutCode::OtherBasis)
        })
    }

    /// Special categories and criminal data (rule 3). Outside the GDPR its articles do not apply.
    fn special(&self) -> Vec<Block> {
        let tables = tables();
        if tables
            .art6
            .get(&self.line.art6)
            .is_some_and(|basis| basis.outside_gdpr)
        {
            return Vec::new();
        }
        let mut blocks = Vec::new();
        if let Some(row) = self.rows().find(|row| row.special)
            && self.line.art9.is_none()
        {
            blocks.push(
                Block::new(
                    3,
                    BlockCode::Art9Required,
                    format!(
                        "{} is een bijzonder persoonsgegeven en heeft een eigen grond nodig.",
                        row.nl
                    ),
                    format!(
                        "{} is of a special category and needs a ground of its own.",
                        row.en
                    ),
                )
                .way_out(WayOutCode::ChooseArt9)
                .way_out(WayOutCode::LeaveOut),
            );
        }
        if let Some(row) = self.rows().find(|row| row.criminal)
            && self.line.art10.is_none()
        {
            blocks.push(
                Block::new(
                    3,
                    BlockCode::Art10Required,
                    format!(
                        "{}: hiervoor is een grond voor strafrechtelijke gegevens nodig.",
                        row.nl
                    ),
                    format!("{}: this needs a ground for criminal data.", row.en),
                )
                .way_out(WayOutCode::ChooseArt10)
                .way_out(WayOutCode::LeaveOut),
            );
        }
        let framework = self.household.framework();
        if let Some(ground) = self.line.art10.and_then(|art10| tables.art10.get(&art10))
            && ground
                .frameworks
                .as_ref()
                .is_some_and(|frames| !frames.contains(&framework))
        {
            blocks.push(not_in_framework(
                &ground.nl,
                &ground.en,
                WayOutCode::ChooseArt10,
            ));
        }
        blocks
    }

    /// Secrecy, where the capacity has a duty of it (rule 2).
    fn secrecy(&self) -> Option<Block> {
        let bound = tables()
            .capacities
            .get(&self.record.capacity)
            .is_some_and(|row| row.secrecy);
        (bound && self.line.secrecy == Secrecy::Geen).then(|| {
            Block::new(
                2,
                BlockCode::SecrecyNotDealtWith,
                "U heeft een beroepsgeheim. Er staat niet in hoe u daarmee bent omgegaan.",
                "You have a duty of secrecy. It does not say how you dealt with it.",
            )
            .way_out(WayOutCode::DealWithSecrecy)
            .way_out(WayOutCode::AskConsent)
        })
    }

    /// The provision: there where it has to be, and fit for both sides (rules 4 and 6).
    fn provision(&self) -> Option<Block> {
        let Some(provision) = self.line.provision else {
            return if !rests_on_consent(self.line) {
                Some(
                    Block::new(
                        6,
                        BlockCode::ProvisionRequired,
                        "Zonder toestemming is een wettelijke bepaling nodig.",
                        "Without consent a legal provision is needed.",
                    )
                    .way_out(WayOutCode::OtherProvision)
                    .way_out(WayOutCode::AskConsent)
                    .way_out(WayOutCode::LeaveRecipientOut),
                )
            } else if provisions::needs_way(self.line.secrecy) {
                Some(self.secrecy_not_by_provision())
            } else {
                None
            };
        };
        let recipient = self
            .line
            .recipient
            .and_then(|org| self.household.recipient(org))
            .filter(|recipient| recipient.kind == self.line.recipient_type)
            .map(|recipient| match self.trust {
                Trust::Verified => recipient,
                Trust::Claimed => Recipient {
                    capacities: ActingCapacity::ALL.to_vec(),
                    ..recipient
                },
            })
            .unwrap_or(Recipient {
                kind: self.line.recipient_type,
                capacities: Vec::new(),
            });
        let misfit = provisions::fits(
            provision,
            self.record.capacity,
            &recipient,
            self.household.framework(),
            self.line.secrecy,
        )
        .err()?;
        let (nl, en) = tables().labels.words("provision", provision.code());
        Some(match misfit {
            Misfit::Framework => not_in_framework(nl, en, WayOutCode::OtherProvision),
            Misfit::Discloser => Block::new(
                4,
                BlockCode::ProvisionNotForDiscloser,
                format!("U mag deze bepaling in uw hoedanigheid niet gebruiken: {nl}."),
                format!("You may not use this provision in your capacity: {en}."),
            )
            .way_out(WayOutCode::OtherProvision)
            .way_out(WayOutCode::OtherCapacity)
            .way_out(WayOutCode::AskConsent),
            Misfit::Recipient => {
                let (kind_nl, kind_en) = kind_words(self.line.recipient_type);
                Block::new(
                    4,
                    BlockCode::ProvisionNotForRecipient,
                    format!("Deze bepaling geldt niet voor deze ontvanger ({kind_nl}): {nl}."),
                    format!("This provision is not for this recipient ({kind_en}): {en}."),
                )
                .way_out(WayOutCode::OtherProvision)
                .way_out(WayOutCode::AskConsent)
                .way_out(WayOutCode::LeaveRecipientOut)
            }
            Misfit::Secrecy => self.secrecy_not_by_provision(),
        })
    }

    /// Consent, where the line stands on it (rules 5 and 7).
    fn consent(&self) -> Vec<Block> {
        let line = self.line;
        let explicit = line
            .art9
            .and_then(|art9| tables().art9.get(&art9))
            .is_some_and(|exception| exception.consent);
        let mut functions = Vec::new();
        if line.art6 == Art6::A || explicit {
            functions.push(ConsentFunction::GdprBasis);
        }
        if line.secrecy == Secrecy::Toestemming {
            functions.push(ConsentFunction::LiftSecrecy);
        }
        if functions.is_empty() {
            return Vec::new();
        }
        let Some(consent) = line.consent else {
            return vec![self.consent_missing()];
        };
        let mut blocks = Vec::<Block>::new();
        for function in functions {
            for category in &line.categories {
                let asked = Asked {
                    subject: line.subject,
                    category: *category,
                    recipient: line.recipient,
                    purpose: self.record.purpose,
                    moment: self.at,
                    function,
                };
                for block in consent::problems(self.household, consent, &asked) {
                    if !blocks.contains(&block) {
                        blocks.push(block);
                    }
                }
            }
        }
        blocks
    }

    fn consent_missing(&self) -> Block {
        let who = consent::describe(self.household, self.line.subject);
        if rests_on_consent(self.line) {
            Block::new(
                5,
                BlockCode::ConsentMissing,
                format!("Er is geen toestemming gekozen voor de gegevens van {who}."),
                format!("No consent was chosen for the data of {who}."),
            )
            .way_out(WayOutCode::AskConsent)
            .way_out(WayOutCode::OtherBasis)
        } else {
            Block::new(
                3,
                BlockCode::Art9NeedsConsent,
                format!("De grond is uitdrukkelijke toestemming, maar er is geen toestemming gekozen voor {who}."),
                format!("The ground is explicit consent, but no consent was chosen for {who}."),
            )
            .way_out(WayOutCode::AskConsent)
            .way_out(WayOutCode::ChooseArt9)
        }
    }

    fn secrecy_not_by_provision(&self) -> Block {
        let (nl, en) = tables().labels.words("secrecy", self.line.secrecy.code());
        Block::new(
            2,
            BlockCode::SecrecyNotByProvision,
            format!("Bij deze keuze voor het beroepsgeheim hoort een andere bepaling: {nl}."),
            format!("This choice for secrecy goes with another provision: {en}."),
        )
        .way_out(WayOutCode::OtherProvision)
        .way_out(WayOutCode::DealWithSecrecy)
    }

    fn rows(&self) -> impl Iterator<Item = &'static CategoryRow> {
        self.line
            .categories
            .iter()
            .filter_map(|category| tables().categories.get(category))
    }
}

/// A kind of recipient in words.
pub(super) fn kind_words(kind: RecipientType) -> (&'static str, &'static str) {
    tables().labels.words("recipient_type", kind.code())
}

fn not_in_framework(nl: &str, en: &str, way_out: WayOutCode) -> Block {
    Block::new(
        4,
        BlockCode::GroundNotInFramework,
        format!("Dit geldt niet in het samenwerkingsverband van dit kanaal: {nl}."),
        format!("This does not hold in the legal frame of this channel: {en}."),
    )
    .way_out(way_out)
    .way_out(WayOutCode::AskConsent)
}

fn unknown_subject() -> Block {
    Block::new(
        7,
        BlockCode::UnknownPerson,
        "Deze persoon hoort niet bij dit huishouden.",
        "This person is not of this household.",
    )
    .way_out(WayOutCode::AddPerson)
}
