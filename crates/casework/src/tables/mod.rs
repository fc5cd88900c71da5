//! The tables beside the code: which provision fits whom, which data are special, ages and terms,
//! and the words for every code. They change when the law does, and say who reviewed them.

mod labels;
mod lists;
mod load;
mod rows;

use std::{collections::BTreeMap, sync::OnceLock};

use beraad_protocol::vocabulary::{ActingCapacity, OrganisationType};

pub use labels::{Label, Labels};
pub use load::{Sources, TableError};
pub use rows::{
    Ages, Art6Row, Art9Row, Art10Row, CapacityRow, CategoryRow, Mark, OrganisationRow,
    ProvisionRow, Terms, Way,
};

use crate::codes::{Art6, Art9, Art10, Category, Provision};

/// Version of the tables in this release; every table file carries it.
pub const TABLES_VERSION: &str = "2026-11-22";

/// The tables, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// What the provisions say about their review.
    pub reviewed_by: String,
    /// When they were reviewed; none when they were not.
    pub reviewed_on: Option<String>,
    /// Who may use which provision towards whom.
    pub provisions: BTreeMap<Provision, ProvisionRow>,
    /// What is special about a category.
    pub categories: BTreeMap<Category, CategoryRow>,
    /// Privacy bases.
    pub art6: BTreeMap<Art6, Art6Row>,
    /// Exceptions for special categories.
    pub art9: BTreeMap<Art9, Art9Row>,
    /// Grounds for criminal data.
    pub art10: BTreeMap<Art10, Art10Row>,
    /// Kinds of organisations.
    pub organisations: BTreeMap<OrganisationType, OrganisationRow>,
    /// Capacities.
    pub capacities: BTreeMap<ActingCapacity, CapacityRow>,
    /// Ages at which somebody else decides.
    pub ages: Ages,
    /// Periods and lengths.
    pub terms: Terms,
    /// Words for every code.
    pub labels: Labels,
}

/// The tables of this release.
///
/// # Panics
/// Never: they are part of the program, and a test loads them.
pub fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        Tables::load(&Sources::BUILT_IN).expect("the tables in the program pass their checks")
    })
}

/// Words for every code list, for screens.
pub fn labels() -> &'static Labels {
    &tables().labels
}
