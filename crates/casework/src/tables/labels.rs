//! Words for codes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Words for every code: name of the list, then the code.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Labels(pub BTreeMap<String, BTreeMap<String, Label>>);

impl Labels {
    /// The words for `code` of `list`.
    pub fn get(&self, list: &str, code: &str) -> Option<&Label> {
        self.0.get(list)?.get(code)
    }

    /// The words for `code` of `list`, Dutch and English; the code itself where there are none.
    pub(crate) fn words<'a>(&'a self, list: &str, code: &'a str) -> (&'a str, &'a str) {
        self.get(list, code)
            .map_or((code, code), |label| (&label.nl, &label.en))
    }
}

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
