//! How things look in a terminal.

use std::fmt::Write as _;

use beraad_engine::view::{TimelineEntry, TimelineItem};
use beraad_protocol::{ConferenceId, Timestamp};
use jiff::tz::TimeZone;

/// Text of somebody else without what would steer the terminal.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\n' && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

/// The same on one line.
pub(crate) fn one_line(text: &str) -> String {
    plain(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A moment on this machine's clock.
pub(crate) fn moment(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(
        |_| at.0.to_string(),
        |at| {
            at.to_zoned(TimeZone::system())
                .strftime("%Y-%m-%d %H:%M")
                .to_string()
        },
    )
}

/// The beginning of an id: enough for a person to name it again.
pub(crate) fn short(id: impl std::fmt::Display) -> String {
    let mut text = id.to_string();
    text.truncate(8);
    text
}

/// Rows under each other, columns as wide as their widest cell.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let widths: Vec<usize> = (0..header.len())
        .map(|column| {
            let cells = rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|c| c.chars().count());
            cells
                .chain([header[column].chars().count()])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    let heads: Vec<String> = header.iter().map(|head| (*head).to_owned()).collect();
    for row in std::iter::once(&heads).chain(rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let pad = width.saturating_sub(cell.chars().count());
            let _ = write!(line, "{}{}  ", one_line(cell), " ".repeat(pad));
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// One thing of a conversation.
pub(crate) fn entry(entry: &TimelineEntry) -> String {
    let number = entry
        .seq
        .map_or_else(|| "waiting".to_owned(), |seq| format!("#{seq}"));
    let by = if entry.by_organisation.is_empty() {
        plain(&entry.by_name)
    } else {
        format!(
            "{} ({})",
            one_line(&entry.by_name),
            one_line(&entry.by_organisation)
        )
    };
    let mut text = format!(
        "{}  {number}  {by}: {}\n",
        moment(entry.at),
        what(&entry.what)
    );
    if !entry.rejected.is_empty() {
        text.push_str("  changed nothing:\n");
        text.push_str(&crate::failure::describe_blocks(&entry.rejected));
    }
    if !entry.doubts.is_empty() {
        text.push_str("  stands, though not verified:\n");
        text.push_str(&crate::failure::describe_blocks(&entry.doubts));
    }
    if let Some(refusal) = &entry.refused {
        text.push_str("  was refused and not sent: ");
        text.push_str(&refusal.to_string());
        text.push('\n');
    }
    if let Some(note) = &entry.unjudged {
        text.push_str(&format!("  {}\n", plain(&note.en)));
    }
    text
}

fn what(item: &TimelineItem) -> String {
    match item {
        TimelineItem::Began => "the conversation begins here".into(),
        TimelineItem::HouseholdNamed { name } => format!("named the household {}", one_line(name)),
        TimelineItem::Message { text } => plain(text).replace('\n', "\n    "),
        TimelineItem::MembersChanged { added, removed } => {
            let mut parts = Vec::new();
            if !added.is_empty() {
                parts.push(format!("added {}", one_line(&added.join(", "))));
            }
            if !removed.is_empty() {
                parts.push(format!("removed {}", one_line(&removed.join(", "))));
            }
            parts.join("; ")
        }
        TimelineItem::PersonPut { name } => format!("noted {}", one_line(name)),
        TimelineItem::AgendaChanged {
            title,
            removed,
            conflict,
            item,
            ..
        } => {
            let verb = if *removed {
                "took off the agenda"
            } else {
                "put on the agenda"
            };
            let beside = if *conflict {
                " (two versions stand beside each other)"
            } else {
                ""
            };
            format!("{verb} {} [{}]{beside}", one_line(title), short(item))
        }
        TimelineItem::Consent { record, given, .. } => {
            let said = if *given { "given" } else { "not given" };
            format!("recorded a consent, {said} [{}]", short(record))
        }
        TimelineItem::ConsentWithdrawn { consent, .. } => {
            format!("recorded that consent [{}] was withdrawn", short(consent))
        }
        TimelineItem::Information {
            text,
            subjects,
            recipients,
            purpose,
            record,
            ..
        } => format!(
            "shared about {} with {} for {purpose} [{}]\n    {}",
            one_line(&subjects.join(", ")),
            one_line(&recipients.join(", ")),
            short(record),
            plain(text).replace('\n', "\n    "),
        ),
        TimelineItem::Newer => "something a newer version wrote; update to see it".into(),
        TimelineItem::Undecryptable => "something this device cannot decrypt".into(),
    }
}

/// When a conference is, in its own zone.
pub(crate) fn when(start: Timestamp, end: Timestamp, zone: &str) -> String {
    let show = |at: Timestamp, format: &str| {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        jiff::Timestamp::from_millisecond(at.0).map_or_else(
            |_| at.0.to_string(),
            |at| at.to_zoned(zone).strftime(format).to_string(),
        )
    };
    format!(
        "{} - {} {}",
        show(start, "%Y-%m-%d %H:%M"),
        show(end, "%H:%M"),
        one_line(zone)
    )
}

/// A conference's id, short.
pub(crate) fn conference(id: ConferenceId) -> String {
    short(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\u{7}"), "a\u{fffd}[2Jb\u{fffd}");
        assert_eq!(one_line("a\n\tb  c"), "a b c");
    }

    #[test]
    fn a_table_lines_up() {
        let rows = vec![
            vec!["abc".into(), "d".into()],
            vec!["é".into(), "ff".into()],
        ];
        assert_eq!(table(&["x", "y"], &rows), "x    y\nabc  d\né    ff\n");
    }
}
