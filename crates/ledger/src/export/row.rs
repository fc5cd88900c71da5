//! `disclosures.csv`: a row per line of a disclosure, for people and spreadsheets.

use serde::{Deserialize, Serialize};

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident = $column:literal,)*) => {
        /// The cells of one line of a disclosure, as plain text in the words of the organisation.
        ///
        /// Three cells are not here, because they follow from the proof: `volgnr`,
        /// `geregistreerd` (the server's time) and `bladhash` (the leaf's hash).
        #[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct DisclosureRow {
            $($(#[$doc])* #[serde(rename = $column)] pub $name: String,)*
        }

        impl DisclosureRow {
            fn cells(&self) -> Vec<&str> {
                vec![$(self.$name.as_str()),*]
            }
        }

        const COLUMNS: &[&str] = &[$($column),*];
    };
}

columns! {
    /// When it was disclosed, ISO 8601.
    at = "datumtijd",
    /// The organisation that disclosed.
    source = "bronorganisatie",
    /// Who disclosed.
    discloser = "verstrekker",
    /// On whose behalf.
    on_behalf_of = "namens",
    /// In which acting capacity.
    capacity = "hoedanigheid",
    /// About whom.
    subject = "betrokkene",
    /// The subject's age then.
    age = "leeftijd",
    /// The organisation that received.
    recipient_org = "ontvanger_org",
    /// Who received.
    recipient = "ontvanger",
    /// The recipient's type.
    recipient_type = "ontvanger_type",
    /// Where to: address or channel.
    address = "adres",
    /// Categories of data.
    categories = "categorieen",
    /// What it was about, without content.
    description = "omschrijving",
    /// What for.
    purpose = "doel",
    /// GDPR article 6.
    art6 = "art6",
    /// GDPR article 9.
    art9 = "art9",
    /// GDPR article 10.
    art10 = "art10",
    /// The provision it rests on.
    provision = "bepaling",
    /// The ground for lifting secrecy.
    secrecy = "geheimhouding",
    /// The consent it rests on.
    consent_id = "toestemming_id",
    /// How that consent stood.
    consent_status = "toestemming_status",
    /// Why.
    motivation = "motivering",
    /// By which means.
    mechanism = "wijze",
    /// Whether it was an emergency.
    emergency = "spoed",
    /// Whether the subject was informed.
    inform_status = "informeren_status",
    /// Until when informing may wait.
    inform_due = "informeren_uiterlijk",
    /// When the subject was informed.
    informed_at = "geinformeerd_op",
    /// Why informing waits or is left out.
    inform_reason = "reden_uitstel",
    /// Confidentiality.
    confidentiality = "vertrouwelijk",
    /// The record it corrects.
    corrects = "correctie_op",
    /// Who reviewed it.
    review = "review",
}

impl std::fmt::Debug for DisclosureRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DisclosureRow(..)")
    }
}

/// UTF-8 byte order mark: without it spreadsheets guess the encoding wrong.
const MARK: &str = "\u{feff}";
const LINE_END: &str = "\r\n";

/// The header line, without mark and line end.
pub fn csv_header() -> String {
    let mut columns = vec!["volgnr", COLUMNS[0], "geregistreerd"];
    columns.extend_from_slice(&COLUMNS[1..]);
    columns.push("bladhash");
    columns.join(";")
}

/// The file with rows, each with the server's time and the leaf's hash that prove it.
pub(super) fn csv<'a>(
    rows: impl IntoIterator<Item = (&'a DisclosureRow, &'a str, &'a str)>,
) -> String {
    let mut text = format!("{MARK}{}{LINE_END}", csv_header());
    for ((row, recorded_at, leaf_hash), number) in rows.into_iter().zip(1_u64..) {
        let cells = row.cells();
        let number = number.to_string();
        let line = [number.as_str(), cells[0], recorded_at]
            .into_iter()
            .chain(cells[1..].iter().copied())
            .chain([leaf_hash])
            .map(cell)
            .collect::<Vec<_>>()
            .join(";");
        text.push_str(&line);
        text.push_str(LINE_END);
    }
    text
}

/// A cell that no spreadsheet runs as a formula and no reader cuts in two (RFC 4180 section 2).
fn cell(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| {
            if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
                ' '
            } else {
                c
            }
        })
        .collect();
    let starts_formula = plain
        .trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}')
        .starts_with([
            '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
        ]);
    let safe = if starts_formula {
        format!("'{plain}")
    } else {
        plain
    };
    if safe.contains([';', '"', ',']) {
        format!("\"{}\"", safe.replace('"', "\"\""))
    } else {
        safe
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_are_those_of_the_domain() {
        assert_eq!(
            csv_header(),
            "volgnr;datumtijd;geregistreerd;bronorganisatie;verstrekker;namens;hoedanigheid;\
             betrokkene;leeftijd;ontvanger_org;ontvanger;ontvanger_type;adres;categorieen;\
             omschrijving;doel;art6;art9;art10;bepaling;geheimhouding;toestemming_id;\
             toestemming_status;motivering;wijze;spoed;informeren_status;informeren_uiterlijk;\
             geinformeerd_op;reden_uitstel;vertrouwelijk;correctie_op;review;bladhash"
        );
    }

    #[test]
    fn formulas_come_out_as_text() {
        for formula in [
            "=1+1",
            "+31 6",
            "-2",
            "@SUM(A1)",
            " =1",
            "\t=1",
            "\r\n=1",
            "\u{feff}=1",
            "\u{ff1d}1",
        ] {
            assert!(
                cell(formula).starts_with('\''),
                "{formula:?} became {:?}",
                cell(formula)
            );
        }
        assert_eq!(cell("=cmd|' /C calc'!A0;x"), "\"'=cmd|' /C calc'!A0;x\"");
        assert_eq!(cell("2026-01-01"), "2026-01-01");
    }

    #[test]
    fn a_row_stays_one_line_with_all_its_cells() {
        let row = DisclosureRow {
            at: "2026-01-01T10:00:00.000Z".into(),
            motivation: "two\r\nlines; and \"quotes\"".into(),
            ..DisclosureRow::default()
        };
        let text = csv([(&row, "R", "H")]);
        assert!(text.starts_with("\u{feff}volgnr;datumtijd;"));
        let lines: Vec<&str> = text.trim_end().split("\r\n").collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[1].starts_with("1;2026-01-01T10:00:00.000Z;R;;"));
        assert!(lines[1].contains("\"two  lines; and \"\"quotes\"\"\""));
        assert!(lines[1].ends_with(";H"));
    }
}
