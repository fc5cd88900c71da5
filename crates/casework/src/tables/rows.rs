//! What a row of each table says.

use beraad_protocol::vocabulary::{ActingCapacity, Framework, OrganisationType};
use serde::Deserialize;

use crate::codes::{Art6, Art9, Art10, Category, Provision, RecipientType, Secrecy};

/// How sure a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Mark {
    /// Found in a published source.
    F,
    /// General professional knowledge; a lawyer has to confirm it.
    K,
}

/// A provision.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvisionRow {
    /// The code.
    pub code: Provision,
    /// In Dutch.
    pub nl: String,
    /// In English.
    pub en: String,
    /// Where it is found.
    pub source: String,
    /// How sure the row is.
    pub mark: Mark,
    /// Capacities that may use it.
    pub used_by: Vec<ActingCapacity>,
    /// Frames it holds in; none for every frame.
    pub frameworks: Option<Vec<Framework>>,
    /// Ways in which it lets information through.
    pub ways: Vec<Way>,
}

/// One way in which a provision lets information through.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// How secrecy is dealt with on this way.
    pub secrecy: Secrecy,
    /// Recipients it is open to.
    pub towards: Vec<RecipientType>,
    /// Capacities of which the recipient needs one; empty when it does not matter.
    #[serde(default)]
    pub towards_capacities: Vec<ActingCapacity>,
}

/// A category of data.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each flag is a column of the table"
)]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryRow {
    /// The code.
    pub code: Category,
    /// In Dutch.
    pub nl: String,
    /// In English.
    pub en: String,
    /// Of a special category: article 9(1) GDPR.
    pub special: bool,
    /// Criminal data: article 10 GDPR.
    pub criminal: bool,
    /// Lives in a compartment of its own.
    pub compartment: bool,
    /// Not shared here at all.
    pub blocked: bool,
}

/// A privacy basis.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Art6Row {
    /// The code.
    pub code: Art6,
    /// In Dutch.
    pub nl: String,
    /// In English.
    pub en: String,
    /// How sure the row is.
    pub mark: Mark,
    /// Whether public bodies may use it in their tasks.
    pub public_bodies: bool,
    /// Kinds of organisations that may use it; none for all.
    pub only_for: Option<Vec<OrganisationType>>,
    /// A regime outside the GDPR: its articles 9 and 10 do not apply.
    pub outside_gdpr: bool,
}

/// An exception for special categories.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Art9Row {
    /// The code.
    pub code: Art9,
    /// In Dutch.
    pub nl: String,
    /// In English.
    pub en: String,
    /// How sure the row is.
    pub mark: Mark,
    /// It is consent itself.
    pub consent: bool,
}

/// A ground for criminal data.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Art10Row {
    /// The code.
    pub code: Art10,
    /// In Dutch.
    pub nl: String,
    /// In English.
    pub en: String,
    /// How sure the row is.
    pub mark: Mark,
    /// Frames it holds in; none for every frame.
    pub frameworks: Option<Vec<Framework>>,
}

/// A kind of organisation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganisationRow {
    /// The code.
    pub code: OrganisationType,
    /// In Dutch.
    pub nl: String,
    /// In English.
    pub en: String,
    /// A public body in its tasks.
    pub public_body: bool,
    /// Regimes outside the GDPR of which it has to use one; empty when the GDPR holds.
    pub regimes: Vec<Art6>,
}

/// A capacity.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityRow {
    /// The code.
    pub code: ActingCapacity,
    /// In Dutch.
    pub nl: String,
    /// In English.
    pub en: String,
    /// Has a duty of secrecy that has to be dealt with.
    pub secrecy: bool,
    /// May record data of a family.
    pub may_record: bool,
}

/// Ages at which somebody else decides.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Ages {
    /// From here on the child decides along with the holders of authority.
    pub joint_from: i16,
    /// From here on a person decides alone.
    pub self_from: i16,
    /// From here on parental authority has ended.
    pub adult_from: i16,
}

/// Periods and lengths.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Terms {
    /// How long consent holds by default.
    pub consent_months: i32,
    /// How long a check of parental authority holds.
    pub authority_months: i32,
    /// Within how many hours the motivation of an emergency follows.
    pub emergency_motivation_hours: u16,
    /// Within how many working days an emergency is reviewed.
    pub emergency_review_working_days: u8,
    /// Within how many days Veilig Thuis informs.
    pub inform_vt_days: i32,
    /// Within how many months others inform.
    pub inform_other_months: i32,
    /// Characters a motivation has at least.
    pub motivation_min_chars: usize,
    /// Different words a motivation has at least.
    pub motivation_min_words: usize,
    /// Characters necessity, proportionality and subsidiarity have at least.
    pub reason_min_chars: usize,
    /// Phrases that say nothing.
    pub empty_phrases: Vec<String>,
}
