//! What a person has to know about safety, until it is solved.

use beraad_protocol::ChannelId;
use rusqlite::{Connection, params};

use crate::{
    engine::Step,
    error::Done,
    view::{Topic, Warning},
};

/// Kinds of warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caution {
    HistoryDiffers,
    UnattestedLeaf,
    NewerVersion,
    NoRegisterKey,
    Undecryptable,
    GroupBroken,
    MembersNotAdded,
    ForeignKeyPackage,
}

impl Caution {
    const ALL: [Self; 8] = [
        Self::HistoryDiffers,
        Self::UnattestedLeaf,
        Self::NewerVersion,
        Self::NoRegisterKey,
        Self::Undecryptable,
        Self::GroupBroken,
        Self::MembersNotAdded,
        Self::ForeignKeyPackage,
    ];

    const fn code(self) -> &'static str {
        match self {
            Self::HistoryDiffers => "history_differs",
            Self::UnattestedLeaf => "unattested_leaf",
            Self::NewerVersion => "newer_version_needed",
            Self::NoRegisterKey => "no_register_key",
            Self::Undecryptable => "undecryptable",
            Self::GroupBroken => "group_broken",
            Self::MembersNotAdded => "members_not_added",
            Self::ForeignKeyPackage => "foreign_key_package",
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::HistoryDiffers => (
                "Een collega heeft in dit kanaal iets anders gezien dan dit apparaat. Deel hier niets tot de beheerder van de server het heeft uitgezocht, en overleg buiten Beraad om met uw collega's.",
                "A colleague saw something else in this channel than this device did. Share nothing here until the server's host has looked into it, and talk to your colleagues outside Beraad.",
            ),
            Self::UnattestedLeaf => (
                "In dit kanaal zit een apparaat dat niemand heeft bevestigd. Er gaat niets meer uit tot de casusregisseur het verwijdert.",
                "A device that nobody vouches for is in this channel. Nothing is sent any more until the case lead removes it.",
            ),
            Self::NewerVersion => (
                "Iemand schreef iets wat deze versie nog niet kent. Werk dit programma bij om het te lezen.",
                "Somebody wrote something this version does not know yet. Update this program to read it.",
            ),
            Self::NoRegisterKey => (
                "Uw organisatie heeft nog geen register en kan geen gegevens delen. De functionaris gegevensbescherming (FG) meldt zich één keer aan; dan is het in orde.",
                "Your organisation has no register yet and cannot share data. Its compliance officer signs in once; then it is in order.",
            ),
            Self::Undecryptable => (
                "Een bericht in dit kanaal kon niet worden ontsleuteld. Vraag de afzender om het opnieuw te sturen.",
                "A message in this channel could not be decrypted. Ask its sender to send it again.",
            ),
            Self::GroupBroken => (
                "Dit kanaal kan op dit apparaat niet meer worden gebruikt. Wat u al had, blijft leesbaar. Vraag de casusregisseur om u te verwijderen en opnieuw toe te voegen.",
                "This channel can no longer be used on this device. What you had stays readable. Ask the case lead to remove you and add you again.",
            ),
            Self::MembersNotAdded => (
                "Het kanaal is geopend, maar niet alle collega's konden worden toegevoegd. Voeg ze toe vanuit het kanaal.",
                "The channel was opened, but not every colleague could be added. Add them from the channel.",
            ),
            Self::ForeignKeyPackage => (
                "De server wilde een apparaat toevoegen van iemand die u niet koos. Er is niemand toegevoegd. Meld dit aan de beheerder van de server, buiten Beraad om, voordat u het opnieuw probeert.",
                "The server offered a device of somebody you did not choose. Nobody was added. Tell the server's host, outside Beraad, before you try again.",
            ),
        }
    }

    /// One that tells of something that happened, which a person may put away once it was read.
    pub(crate) fn dismissable(code: &str) -> Option<Self> {
        [Self::HistoryDiffers, Self::Undecryptable]
            .into_iter()
            .find(|caution| caution.code() == code)
    }

    /// As a screen shows it.
    pub(crate) fn shown(self, channel: Option<ChannelId>) -> Warning {
        let (nl, en) = self.words();
        Warning {
            code: self.code().to_owned(),
            channel,
            nl: nl.to_owned(),
            en: en.to_owned(),
        }
    }
}

/// An organisation's register key is another than this device saw first.
pub(crate) fn register_key_changed(organisation: &str) -> Warning {
    Warning {
        code: "register_key_changed".to_owned(),
        channel: None,
        nl: format!(
            "De registersleutel van {organisation} is een andere dan dit apparaat kent. Er wordt niets mee gedeeld. Bel de functionaris gegevensbescherming (FG) van {organisation} en vraag of dat klopt; zo niet, meld het aan de beheerder van de server."
        ),
        en: format!(
            "The register key of {organisation} is another than this device knows. Nothing is shared with it. Call the compliance officer of {organisation} and ask whether that is right; if not, tell the server's host."
        ),
    }
}

/// To an officer: the published register key is not the one on this device.
pub(crate) fn register_key_not_yours() -> Warning {
    Warning {
        code: "register_key_not_yours".to_owned(),
        channel: None,
        nl: "De gepubliceerde registersleutel van uw organisatie staat niet op dit apparaat. Heeft een collega-FG het register ingericht, gebruik dan diens apparaat. Zo niet, dan is de sleutel niet van u: laat uw organisatie niets delen en bel de beheerder van de server.".to_owned(),
        en: "Your organisation's published register key is not on this device. If a fellow compliance officer set the register up, use that device. If not, the key is not yours: let your organisation share nothing and call the server's host.".to_owned(),
    }
}

/// The warnings that stand, oldest first.
pub(crate) fn standing(db: &Connection) -> Done<Vec<Warning>> {
    let mut statement = db.prepare_cached(
        "SELECT code, channel FROM warning WHERE NOT dismissed ORDER BY at, rowid",
    )?;
    let rows = statement
        .query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<[u8; 16]>>(1)?))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    Ok(rows
        .into_iter()
        .filter_map(|(code, channel)| {
            let caution = Caution::ALL
                .into_iter()
                .find(|caution| caution.code() == code)?;
            Some(caution.shown(channel.map(ChannelId::from_bytes)))
        })
        .collect())
}

impl Step<'_> {
    /// Warns, once for each channel; again when an earlier warning was put away.
    pub(crate) fn warn(&mut self, caution: Caution, channel: Option<ChannelId>) -> Done {
        let new = self
            .db
            .prepare_cached(
                "INSERT INTO warning (code, channel, at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (code, ifnull(channel, x''))
                 DO UPDATE SET at = excluded.at, dismissed = 0 WHERE dismissed",
            )?
            .execute(params![
                caution.code(),
                channel.as_ref().map(ChannelId::as_bytes),
                self.now.0
            ])?;
        if new > 0 {
            self.changed(Topic::Home);
        }
        Ok(())
    }

    /// A person read it; it comes back when it happens again.
    pub(crate) fn dismiss(&mut self, caution: Caution, channel: Option<ChannelId>) -> Done {
        self.db
            .prepare_cached("UPDATE warning SET dismissed = 1 WHERE code = ?1 AND channel IS ?2")?
            .execute(params![
                caution.code(),
                channel.as_ref().map(ChannelId::as_bytes)
            ])?;
        self.changed(Topic::Home);
        Ok(())
    }

    /// It is solved.
    pub(crate) fn calm(&mut self, caution: Caution, channel: Option<ChannelId>) -> Done {
        let gone = self
            .db
            .prepare_cached("DELETE FROM warning WHERE code = ?1 AND channel IS ?2")?
            .execute(params![
                caution.code(),
                channel.as_ref().map(ChannelId::as_bytes)
            ])?;
        if gone > 0 {
            self.changed(Topic::Home);
        }
        Ok(())
    }

    pub(crate) fn warned(&self, caution: Caution, channel: ChannelId) -> Done<bool> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM warning WHERE code = ?1 AND channel = ?2)",
            )?
            .query_row(params![caution.code(), channel.as_bytes()], |row| {
                row.get(0)
            })?)
    }
}
