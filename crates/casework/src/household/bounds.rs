//! How long texts and lists may be. The same bounds hold when writing and when folding.

use crate::{
    block::{Block, BlockCode, WayOutCode},
    event::{Body, Event},
    model::{AgendaContent, ConsentRecord, DisclosureRecord, Person},
};

/// Characters of a message, a shared text or notes.
pub const MAX_TEXT: usize = 20_000;
/// Characters of a name, title or other single line.
pub const MAX_NAME: usize = 200;
/// Characters of a motivation or another reason.
pub const MAX_REASON: usize = 5_000;
/// Characters of a language tag.
pub const MAX_LANGUAGE: usize = 35;
/// Lines of a disclosure.
pub const MAX_LINES: usize = 200;
/// Entries of any other list.
pub const MAX_LIST: usize = 100;
/// Bytes of the history hash.
pub const MAX_HISTORY: usize = 32;

/// Every text and list of `event` that is too long.
pub(super) fn blocks(event: &Event) -> Vec<Block> {
    let mut bounds = Bounds(Vec::new());
    bounds.list(
        "de geschiedenis",
        "the history",
        event.history.len(),
        MAX_HISTORY,
    );
    match &event.body {
        Body::HouseholdNamed { name } => bounds.text("de naam", "the name", name, MAX_NAME),
        Body::MessagePosted { text } => bounds.text("het bericht", "the message", text, MAX_TEXT),
        Body::PersonPut { person, .. } => bounds.person(person),
        Body::AgendaItemPut { settles, draft, .. } => {
            bounds.list(
                "de alternatieven",
                "the alternatives",
                settles.len(),
                MAX_LIST,
            );
            bounds.content(&draft.content);
        }
        Body::AgendaItemRemoved { .. } | Body::ConsentWithdrawn { .. } => {}
        Body::ConsentRecorded { consent } => bounds.consent(consent),
        Body::InformationShared {
            text, disclosure, ..
        } => {
            bounds.text("de informatie", "the information", text, MAX_TEXT);
            bounds.disclosure(disclosure);
        }
    }
    bounds.0
}

struct Bounds(Vec<Block>);

impl Bounds {
    fn text(&mut self, nl: &str, en: &str, text: &str, max: usize) {
        // No character takes less than a byte: most texts need no counting.
        if text.len() > max && text.chars().count() > max {
            self.0.push(
                Block::new(
                    0,
                    BlockCode::TooLong,
                    format!("Te lang: {nl} mag hoogstens {max} tekens hebben."),
                    format!("Too long: {en} may have {max} characters at most."),
                )
                .way_out(WayOutCode::Shorten),
            );
        }
    }

    fn list(&mut self, nl: &str, en: &str, length: usize, max: usize) {
        if length > max {
            self.0.push(
                Block::new(
                    0,
                    BlockCode::TooLong,
                    format!("Te veel: {nl} mag hoogstens {max} onderdelen hebben."),
                    format!("Too many: {en} may have {max} entries at most."),
                )
                .way_out(WayOutCode::Shorten),
            );
        }
    }

    fn person(&mut self, person: &Person) {
        self.text("de naam", "the name", &person.name, MAX_NAME);
        self.text("de relatie", "the relation", &person.relation, MAX_NAME);
        let representations = person.represented_by.len();
        self.list(
            "de vertegenwoordiging",
            "the representation",
            representations,
            MAX_LIST,
        );
        for representation in &person.represented_by {
            self.text("de bron", "the source", &representation.source, MAX_NAME);
        }
    }

    fn content(&mut self, content: &AgendaContent) {
        match content {
            AgendaContent::Topic { title, notes } => {
                self.text("de titel", "the title", title, MAX_NAME);
                self.text("de notities", "the notes", notes, MAX_TEXT);
            }
            AgendaContent::DangerStatement {
                who_worries,
                danger,
                impact,
                disputed,
            } => {
                self.text(
                    "wie zich zorgen maakt",
                    "who worries",
                    who_worries,
                    MAX_NAME,
                );
                self.text("het gevaar", "the danger", danger, MAX_TEXT);
                self.text("het gevolg", "the impact", impact, MAX_TEXT);
                self.text("wie het anders ziet", "who disputes it", disputed, MAX_TEXT);
            }
            AgendaContent::SafetyGoal { goal, how_long } => {
                self.text("het doel", "the goal", goal, MAX_TEXT);
                self.text("hoe lang", "how long", how_long, MAX_NAME);
            }
            AgendaContent::Agreement {
                who,
                what,
                when,
                if_then,
                checked_by,
            } => {
                self.text("wie", "who", who, MAX_NAME);
                self.text("wat", "what", what, MAX_TEXT);
                self.text("wanneer", "when", when, MAX_NAME);
                self.text("als het misgaat", "if it fails", if_then, MAX_TEXT);
                self.text("wie het nagaat", "who checks it", checked_by, MAX_NAME);
            }
            AgendaContent::Scale { rater, why, .. } => {
                self.text("wie het cijfer geeft", "who rates", rater, MAX_NAME);
                self.text("waarom dit cijfer", "why this number", why, MAX_TEXT);
            }
            AgendaContent::Action { text, .. } => {
                self.text("de actie", "the action", text, MAX_TEXT);
            }
        }
    }

    fn consent(&mut self, consent: &ConsentRecord) {
        self.list(
            "de antwoorden",
            "the answers",
            consent.answers.len(),
            MAX_LIST,
        );
        self.list(
            "de soorten gegevens",
            "the categories",
            consent.categories.len(),
            MAX_LIST,
        );
        self.list(
            "de ontvangers",
            "the recipients",
            consent.recipients.len(),
            MAX_LIST,
        );
        self.list(
            "de doelen",
            "the purposes",
            consent.purposes.len(),
            MAX_LIST,
        );
        self.text("de uitleg", "the notice", &consent.notice, MAX_REASON);
        self.text("de taal", "the language", &consent.language, MAX_LANGUAGE);
    }

    fn disclosure(&mut self, record: &DisclosureRecord) {
        self.list("de regels", "the lines", record.lines.len(), MAX_LINES);
        for line in record.lines.iter().take(MAX_LINES) {
            self.list(
                "de soorten gegevens",
                "the categories",
                line.categories.len(),
                MAX_LIST,
            );
        }
        self.list("de onderdelen", "the items", record.items.len(), MAX_LIST);
        self.text(
            "de omschrijving",
            "the description",
            &record.description,
            MAX_REASON,
        );
        self.text(
            "de motivering",
            "the motivation",
            &record.motivation,
            MAX_REASON,
        );
        self.text(
            "de noodzaak",
            "the necessity",
            &record.necessity,
            MAX_REASON,
        );
        self.text(
            "de afweging",
            "the proportionality",
            &record.proportionality,
            MAX_REASON,
        );
        self.text(
            "waarom niet met minder",
            "the subsidiarity",
            &record.subsidiarity,
            MAX_REASON,
        );
    }
}
