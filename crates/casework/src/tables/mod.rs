//! The tables beside the code: which provision fits whom, which data are special, ages and terms,
//! and the words for every code. They change when the law does, and say who reviewed them.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::{Deserialize, Serialize};

/// Version of the tables in this release; every table file carries it.
pub const TABLES_VERSION: &str = "2026-11-22";

/// The tables, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// Periods and lengths.
    pub terms: Terms,
    /// Words for every code.
    pub labels: Labels,
}

/// Periods and lengths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// How long consent holds by default.
    pub consent_months: i32,
    /// Within how many hours the motivation of an emergency follows.
    pub emergency_motivation_hours: u16,
    /// Within how many working days an emergency is reviewed.
    pub emergency_review_working_days: u8,
}

/// Words for every code: name of the list, then the code.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Labels(pub BTreeMap<String, BTreeMap<String, Label>>);

/// A code in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Label {
    /// In Dutch.
    pub nl: String,
    /// In English.
    pub en: String,
    /// Place in the list, from 0.
    pub order: u16,
}

/// The tables of this release.
pub fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| Tables {
        terms: Terms {
            consent_months: 12,
            emergency_motivation_hours: 24,
            emergency_review_working_days: 5,
        },
        labels: Labels::default(),
    })
}

/// Words for every code list, for screens.
pub fn labels() -> &'static Labels {
    &tables().labels
}
