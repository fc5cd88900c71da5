//! Reading the tables and checking that they are whole.

use std::collections::BTreeMap;

use beraad_protocol::vocabulary::{ActingCapacity, OrganisationType};
use serde::{Deserialize, de::DeserializeOwned};

use super::lists::lists;
use super::{
    Ages, Art6Row, Art9Row, Art10Row, CapacityRow, CategoryRow, Label, Labels, OrganisationRow,
    ProvisionRow, TABLES_VERSION, Tables, Terms,
};
use crate::codes::{Art6, Art9, Art10, Category, Provision};

/// The files the tables are read from, as text.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// `provisions.json`.
    pub provisions: &'a str,
    /// `categories.json`.
    pub categories: &'a str,
    /// `grounds.json`.
    pub grounds: &'a str,
    /// `parties.json`.
    pub parties: &'a str,
    /// `ages.json`.
    pub ages: &'a str,
    /// `terms.json`.
    pub terms: &'a str,
    /// `labels.json`.
    pub labels: &'a str,
}

impl Sources<'static> {
    /// The files of this release.
    pub const BUILT_IN: Self = Self {
        provisions: include_str!("../../data/provisions.json"),
        categories: include_str!("../../data/categories.json"),
        grounds: include_str!("../../data/grounds.json"),
        parties: include_str!("../../data/parties.json"),
        ages: include_str!("../../data/ages.json"),
        terms: include_str!("../../data/terms.json"),
        labels: include_str!("../../data/labels.json"),
    };
}

/// Why the tables are not whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The file is not JSON of its shape; the message says where to mend it.
    #[error("{file} cannot be read: {why}")]
    Unreadable {
        /// The file.
        file: &'static str,
        /// What the parser found, and where.
        why: String,
    },
    /// The file is of another version; give every table the version in `TABLES_VERSION`.
    #[error("{file} has version {found}, the others have {TABLES_VERSION}")]
    Version {
        /// The file.
        file: &'static str,
        /// Its version.
        found: String,
    },
    /// A code of the list has no row; add one.
    #[error("the list {list} has no row for {code}")]
    NoRow {
        /// The list.
        list: &'static str,
        /// The code.
        code: String,
    },
    /// A row has a code the list does not know, or one it has already; remove it.
    #[error("the list {list} has a row too many: {code}")]
    RowTooMany {
        /// The list.
        list: &'static str,
        /// The code.
        code: String,
    },
    /// A row has no words; write them.
    #[error("{code} of the list {list} has no words in Dutch or English")]
    NoWords {
        /// The list.
        list: &'static str,
        /// The code.
        code: String,
    },
    /// A provision nobody may use, or towards nobody; fill in who and towards whom.
    #[error("nobody can use the provision {0}")]
    UnusableProvision(Provision),
    /// The ages do not rise; give them in order.
    #[error("the ages have to rise from one to the next")]
    AgesDoNotRise,
    /// A period or length is zero or less; give it a length.
    #[error("every term has to be longer than nothing")]
    EmptyTerm,
}

#[derive(Deserialize)]
struct Table<T> {
    version: String,
    reviewed_by: String,
    reviewed_on: Option<String>,
    #[serde(flatten)]
    rows: T,
}

#[derive(Deserialize)]
struct Provisions {
    provisions: Vec<ProvisionRow>,
}

#[derive(Deserialize)]
struct Categories {
    categories: Vec<CategoryRow>,
}

#[derive(Deserialize)]
struct Grounds {
    art6: Vec<Art6Row>,
    art9: Vec<Art9Row>,
    art10: Vec<Art10Row>,
}

#[derive(Deserialize)]
struct Parties {
    organisation_types: Vec<OrganisationRow>,
    capacities: Vec<CapacityRow>,
}

#[derive(Deserialize)]
struct LabelFile {
    version: String,
    lists: BTreeMap<String, Vec<LabelRow>>,
}

#[derive(Deserialize)]
struct LabelRow {
    code: String,
    nl: String,
    en: String,
}

impl Tables {
    /// Reads and checks the tables.
    pub fn load(sources: &Sources<'_>) -> Result<Self, TableError> {
        let provisions: Table<Provisions> = table("provisions.json", sources.provisions)?;
        let categories: Table<Categories> = table("categories.json", sources.categories)?;
        let grounds: Table<Grounds> = table("grounds.json", sources.grounds)?;
        let parties: Table<Parties> = table("parties.json", sources.parties)?;
        let ages: Table<Ages> = table("ages.json", sources.ages)?;
        let terms: Table<Terms> = table("terms.json", sources.terms)?;
        let mut words = Words(label_file(sources.labels)?);

        let tables = Self {
            reviewed_by: provisions.reviewed_by,
            reviewed_on: provisions.reviewed_on,
            provisions: words.rows("provision", Provision::ALL, provisions.rows.provisions)?,
            categories: words.rows("category", Category::ALL, categories.rows.categories)?,
            art6: words.rows("art6", Art6::ALL, grounds.rows.art6)?,
            art9: words.rows("art9", Art9::ALL, grounds.rows.art9)?,
            art10: words.rows("art10", Art10::ALL, grounds.rows.art10)?,
            organisations: words.rows(
                "organisation_type",
                OrganisationType::ALL,
                parties.rows.organisation_types,
            )?,
            capacities: words.rows(
                "acting_capacity",
                ActingCapacity::ALL,
                parties.rows.capacities,
            )?,
            ages: ages.rows,
            terms: terms.rows,
            labels: words.finish()?,
        };
        tables.check()?;
        Ok(tables)
    }

    fn check(&self) -> Result<(), TableError> {
        for row in self.provisions.values() {
            let reachable = row.ways.iter().any(|way| !way.towards.is_empty());
            if row.used_by.is_empty() || !reachable {
                return Err(TableError::UnusableProvision(row.code));
            }
        }
        let ages = &self.ages;
        if !(0 < ages.joint_from
            && ages.joint_from < ages.self_from
            && ages.self_from <= ages.adult_from)
        {
            return Err(TableError::AgesDoNotRise);
        }
        let terms = &self.terms;
        let periods = [
            terms.consent_months,
            terms.authority_months,
            i32::from(terms.emergency_motivation_hours),
            i32::from(terms.emergency_review_working_days),
            terms.inform_vt_days,
            terms.inform_other_months,
        ];
        let lengths = [
            terms.motivation_min_chars,
            terms.motivation_min_words,
            terms.reason_min_chars,
        ];
        if periods.iter().any(|period| *period <= 0) || lengths.contains(&0) {
            return Err(TableError::EmptyTerm);
        }
        Ok(())
    }
}

fn table<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<Table<T>, TableError> {
    let table: Table<T> = json(file, text)?;
    version(file, &table.version)?;
    if table.reviewed_by.is_empty() {
        return Err(TableError::NoWords {
            list: file,
            code: "reviewed_by".to_owned(),
        });
    }
    Ok(table)
}

fn label_file(text: &str) -> Result<BTreeMap<String, Vec<LabelRow>>, TableError> {
    let file: LabelFile = json("labels.json", text)?;
    version("labels.json", &file.version)?;
    Ok(file.lists)
}

fn json<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<T, TableError> {
    serde_json::from_str(text).map_err(|error| TableError::Unreadable {
        file,
        why: error.to_string(),
    })
}

fn version(file: &'static str, found: &str) -> Result<(), TableError> {
    if found == TABLES_VERSION {
        Ok(())
    } else {
        Err(TableError::Version {
            file,
            found: found.to_owned(),
        })
    }
}

/// The words read so far; tables that carry their own add them.
struct Words(BTreeMap<String, Vec<LabelRow>>);

impl Words {
    /// Indexes a table's rows by code and takes over their words.
    fn rows<C: Copy + Ord + ToString, R: Row<Code = C>>(
        &mut self,
        list: &'static str,
        all: &[C],
        rows: Vec<R>,
    ) -> Result<BTreeMap<C, R>, TableError> {
        let mut indexed = BTreeMap::new();
        let mut words = Vec::new();
        for row in rows {
            let code = row.code();
            let (nl, en) = row.words();
            words.push(LabelRow {
                code: code.to_string(),
                nl: nl.to_owned(),
                en: en.to_owned(),
            });
            if indexed.insert(code, row).is_some() {
                return Err(TableError::RowTooMany {
                    list,
                    code: code.to_string(),
                });
            }
        }
        if let Some(code) = all.iter().find(|code| !indexed.contains_key(code)) {
            return Err(TableError::NoRow {
                list,
                code: code.to_string(),
            });
        }
        self.0.insert(list.to_owned(), words);
        Ok(indexed)
    }

    fn finish(mut self) -> Result<Labels, TableError> {
        let mut labels = BTreeMap::new();
        for (list, codes) in lists() {
            let mut rows = BTreeMap::new();
            for row in self.0.remove(list).unwrap_or_default() {
                if row.nl.is_empty() || row.en.is_empty() {
                    return Err(TableError::NoWords {
                        list,
                        code: row.code,
                    });
                }
                let Some(order) = codes.iter().position(|code| *code == row.code) else {
                    return Err(TableError::RowTooMany {
                        list,
                        code: row.code,
                    });
                };
                let order = u16::try_from(order).unwrap_or(u16::MAX);
                let label = Label {
                    nl: row.nl,
                    en: row.en,
                    order,
                };
                if rows.insert(row.code.clone(), label).is_some() {
                    return Err(TableError::RowTooMany {
                        list,
                        code: row.code,
                    });
                }
            }
            if let Some(code) = codes.iter().find(|code| !rows.contains_key(**code)) {
                return Err(TableError::NoRow {
                    list,
                    code: (*code).to_owned(),
                });
            }
            labels.insert(list.to_owned(), rows);
        }
        match self.0.into_keys().next() {
            Some(code) => Err(TableError::RowTooMany {
                list: "labels.json",
                code,
            }),
            None => Ok(Labels(labels)),
        }
    }
}

trait Row {
    type Code;

    fn code(&self) -> Self::Code;
    fn words(&self) -> (&str, &str);
}

macro_rules! rows {
    ($($row:ident: $code:ident,)*) => {$(
        impl Row for $row {
            type Code = $code;

            fn code(&self) -> $code {
                self.code
            }

            fn words(&self) -> (&str, &str) {
                (&self.nl, &self.en)
            }
        }
    )*};
}

rows! {
    ProvisionRow: Provision,
    CategoryRow: Category,
    Art6Row: Art6,
    Art9Row: Art9,
    Art10Row: Art10,
    OrganisationRow: OrganisationType,
    CapacityRow: ActingCapacity,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_tables_are_whole() {
        let tables = Tables::load(&Sources::BUILT_IN).unwrap();
        assert_eq!(tables.reviewed_by, "nog niet juridisch getoetst");
        let label = tables.labels.get("provision", "WMO_5_2_6").unwrap();
        assert!(label.nl.contains("recht om te melden"));
        assert_eq!(
            tables.labels.get("channel_role", "case_lead").unwrap().nl,
            "Casusregisseur"
        );
    }

    #[test]
    fn a_table_that_is_not_whole_is_refused_and_says_where() {
        assert!(matches!(
            Tables::load(&Sources {
                terms: "{",
                ..Sources::BUILT_IN
            })
            .unwrap_err(),
            TableError::Unreadable {
                file: "terms.json",
                ..
            }
        ));
        let labels = Sources::BUILT_IN
            .labels
            .replace("\"MONDELING\"", "\"GEFLUISTERD\"");
        assert_eq!(
            Tables::load(&Sources {
                labels: &labels,
                ..Sources::BUILT_IN
            })
            .unwrap_err(),
            TableError::RowTooMany {
                list: "mechanism",
                code: "GEFLUISTERD".to_owned()
            }
        );
        let ages = Sources::BUILT_IN
            .ages
            .replace("\"self_from\": 16", "\"self_from\": 11");
        assert_eq!(
            Tables::load(&Sources {
                ages: &ages,
                ..Sources::BUILT_IN
            })
            .unwrap_err(),
            TableError::AgesDoNotRise
        );
        let old = Sources::BUILT_IN
            .terms
            .replace(TABLES_VERSION, "1999-01-01");
        assert!(matches!(
            Tables::load(&Sources {
                terms: &old,
                ..Sources::BUILT_IN
            })
            .unwrap_err(),
            TableError::Version {
                file: "terms.json",
                ..
            }
        ));
        let unusable = Sources::BUILT_IN.provisions.replacen("[\"OM\"]", "[]", 1);
        assert_eq!(
            Tables::load(&Sources {
                provisions: &unusable,
                ..Sources::BUILT_IN
            })
            .unwrap_err(),
            TableError::UnusableProvision(Provision::Wjsg39f)
        );
    }
}
