//! Tiles: the public form of a log (C2SP tlog-tiles), at `tile/<L>/<N>[.p/<W>]` and
//! `tile/entries/<N>[.p/<W>]`.

use std::{fmt, ops::Range, str::FromStr};

use tlog_tiles::tlog::stored_hash_index;

use super::tree::{HashReader, LogError, MAX_SIZE};

/// Hashes or entries in a full tile.
pub const TILE_WIDTH: u16 = 256;
const HEIGHT: u8 = 8;
/// Levels that a tree of [`MAX_SIZE`] can have tiles on.
const MAX_LEVEL: u8 = 5;
/// Characters of the longest path that can name a tile of ours.
const MAX_PATH: usize = 48;

/// The text is not the path of a tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a tile path; they read tile/<level>/<number>[.p/<width>] with the number in groups of three digits, all but the last with an x"
)]
pub struct TilePathError;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TileKind {
    /// Hashes of one level; level `L` holds roots of subtrees of 256^L leaves.
    Hashes {
        /// The level.
        level: u8,
    },
    /// The leaves' data.
    Entries,
}

/// The place of one tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TilePath {
    kind: TileKind,
    number: u64,
    width: u16,
}

impl TilePath {
    /// The tile with this number and width; none where no tree could have it.
    pub fn new(kind: TileKind, number: u64, width: u16) -> Option<Self> {
        let path = Self {
            kind,
            number,
            width,
        };
        let possible = (1..=TILE_WIDTH).contains(&width) && path.leaves()? <= MAX_SIZE;
        possible.then_some(path)
    }

    /// What it holds.
    pub const fn kind(&self) -> TileKind {
        self.kind
    }

    /// Its number within its level.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// How many hashes or entries it holds.
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Whether it can never grow, so that it may be cached for ever. So may a partial tile: its
    /// bytes never change, a wider one takes its place.
    pub const fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// Whether a log of this size has it.
    pub fn exists_at(&self, size: u64) -> bool {
        self.leaves().is_some_and(|leaves| leaves <= size)
    }

    /// The positions on its level: for entries, the indexes of the leaves.
    pub fn positions(&self) -> Range<u64> {
        let first = self.number * u64::from(TILE_WIDTH);
        first..first + u64::from(self.width)
    }

    /// Stored hashes it is made of; none for entries.
    pub fn needed_hashes(&self) -> Vec<u64> {
        match self.kind {
            TileKind::Hashes { level } => self
                .positions()
                .map(|n| stored_hash_index(level * HEIGHT, n))
                .collect(),
            TileKind::Entries => Vec::new(),
        }
    }

    /// The bytes of a tile of hashes; of a tile of entries see [`entry_bundle`].
    pub fn hash_tile<R: HashReader + ?Sized>(&self, reader: &R) -> Result<Vec<u8>, LogError> {
        let mut bytes = Vec::with_capacity(usize::from(self.width) * 32);
        for index in self.needed_hashes() {
            let hash = reader
                .stored_hash(index)
                .ok_or(LogError::MissingHash(index))?;
            bytes.extend_from_slice(&hash);
        }
        Ok(bytes)
    }

    /// Leaves a log needs to have it; none where that is no number.
    fn leaves(&self) -> Option<u64> {
        let level = match self.kind {
            TileKind::Hashes { level } if level <= MAX_LEVEL => level,
            TileKind::Hashes { .. } => return None,
            TileKind::Entries => 0,
        };
        let end = self.number.checked_mul(u64::from(TILE_WIDTH))?;
        end.checked_add(u64::from(self.width))?
            .checked_mul(1 << (level * HEIGHT))
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes { level } => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        let mut groups = vec![self.number % 1000];
        let mut rest = self.number / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        while let Some(group) = groups.pop() {
            let last = groups.is_empty();
            write!(
                f,
                "{}{group:03}{}",
                if last { "" } else { "x" },
                if last { "" } else { "/" }
            )?;
        }
        if self.is_full() {
            Ok(())
        } else {
            write!(f, ".p/{}", self.width)
        }
    }
}

impl FromStr for TilePath {
    type Err = TilePathError;

    fn from_str(text: &str) -> Result<Self, TilePathError> {
        let path = parse(text).ok_or(TilePathError)?;
        if path.to_string() == text {
            Ok(path)
        } else {
            Err(TilePathError)
        }
    }
}

/// Reads a path; the caller checks that it is the one spelling.
fn parse(text: &str) -> Option<TilePath> {
    if text.len() > MAX_PATH {
        return None;
    }
    let (kind, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let kind = match kind {
        "entries" => TileKind::Entries,
        level => TileKind::Hashes {
            level: level.parse().ok()?,
        },
    };
    let (number, width) = match rest.split_once(".p/") {
        Some((number, width)) => (number, width.parse().ok()?),
        None => (rest, TILE_WIDTH),
    };
    let mut value: u64 = 0;
    for group in number.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        value = value.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    TilePath::new(kind, value, width)
}

/// The bytes of a tile of entries: each with its length before it, two bytes big-endian.
/// None where an entry is longer than 65,535 bytes.
pub fn entry_bundle<E: AsRef<[u8]>>(entries: &[E]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for entry in entries {
        let entry = entry.as_ref();
        bytes.extend_from_slice(&u16::try_from(entry.len()).ok()?.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Some(bytes)
}

/// Reads a tile of entries; none where it is cut short or has more than a tile holds.
pub fn read_entry_bundle(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        if entries.len() == usize::from(TILE_WIDTH) {
            return None;
        }
        entries.push(entry.to_vec());
        bytes = rest;
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::log::{MemoryLog, leaf_hash, root};

    #[test]
    fn paths_read_as_the_standard_writes_them() {
        let hashes = |level| TileKind::Hashes { level };
        let examples = [
            ("tile/0/000", hashes(0), 0, 256),
            ("tile/0/x001/x234/067", hashes(0), 1_234_067, 256),
            ("tile/0/x001/x234/067.p/8", hashes(0), 1_234_067, 8),
            ("tile/3/017.p/255", hashes(3), 17, 255),
            ("tile/entries/x001/002.p/1", TileKind::Entries, 1002, 1),
        ];
        for (text, kind, number, width) in examples {
            let path = TilePath::new(kind, number, width).unwrap();
            assert_eq!(path.to_string(), text);
            assert_eq!(text.parse(), Ok(path));
        }
    }

    #[test]
    fn other_spellings_and_impossible_tiles_are_refused() {
        for text in [
            "",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/",
            "tile/0/0",
            "tile/0/00",
            "tile/0/0000",
            "tile/00/000",
            "tile/+0/000",
            "tile/-1/000",
            "tile/6/000",
            "tile/64/000",
            "tile/255/000",
            "tile/256/000",
            "tile/data/000",
            "tile/8/0/000",
            "tile/0/x000/000",
            "tile/0/001/000",
            "tile/0/x001/x000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/",
            "tile/0/000.p",
            "tile/0/000.p/1/2",
            "/tile/0/000",
            "tile/0/000/",
            "tile//000",
            "tile/0/../000",
            "tile/0/0a0",
            "tile/0/x999/x999/x999/x999/x999/x999/999",
            "tile/0/x005/x000/x000/000",
            "tile/0/\u{661}\u{661}\u{661}",
        ] {
            assert_eq!(text.parse::<TilePath>(), Err(TilePathError), "{text}");
        }
    }

    #[test]
    fn tiles_hold_what_the_tree_hashes() {
        let mut log = MemoryLog::default();
        for i in 0..600_u32 {
            log.append(i.to_be_bytes().to_vec()).unwrap();
        }
        let path: TilePath = "tile/0/001".parse().unwrap();
        assert!(path.exists_at(512) && !path.exists_at(511));
        let tile = path.hash_tile(log.stored_hashes()).unwrap();
        assert_eq!(tile.len(), 256 * 32);
        assert_eq!(tile[..32], leaf_hash(&256_u32.to_be_bytes()));

        let above: TilePath = "tile/1/000.p/2".parse().unwrap();
        assert!(above.exists_at(600) && !above.exists_at(511));
        let tile = above.hash_tile(log.stored_hashes()).unwrap();
        assert_eq!(tile[..32], root(256, log.stored_hashes()).unwrap());

        let entries: TilePath = "tile/entries/002.p/88".parse().unwrap();
        assert!(entries.exists_at(600) && !entries.exists_at(599));
        let range = entries.positions();
        assert_eq!(range, 512..600);
        let bundle = entry_bundle(&log.entries()[512..600]).unwrap();
        assert_eq!(read_entry_bundle(&bundle).unwrap(), log.entries()[512..600]);
        assert_eq!(read_entry_bundle(&bundle[..bundle.len() - 1]), None);
    }

    proptest! {
        #[test]
        fn any_text_is_a_path_in_one_spelling_or_none(text in "(tile/)?[0-9a-zx./]{0,30}") {
            if let Ok(path) = text.parse::<TilePath>() {
                prop_assert_eq!(path.to_string(), text);
                prop_assert!(path.needed_hashes().len() <= 256);
            }
        }
    }
}
