//! The ZIP around a package, in one form only: names in ascending order, stored, no dates, no
//! comments, no extra fields. Reading accepts exactly what writing makes.

use std::collections::BTreeMap;

/// Bytes of the largest package.
pub const MAX_PACKAGE: usize = 256 * 1024 * 1024;
/// Files in a package.
pub const MAX_FILES: usize = 60_000;
/// Characters of a file's name.
const MAX_NAME: usize = 120;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const LOCAL_BYTES: usize = 30;
/// Version 2.0, the least that all tools know.
const VERSION: u16 = 20;
/// Names are UTF-8.
const FLAGS: u16 = 0x0800;
const STORED: u16 = 0;
const MIDNIGHT: u16 = 0;
/// 1 January 1980, the first day ZIP knows.
const FIRST_DAY: u16 = 0x0021;

/// The files do not fit in a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLarge;

/// What a package holds.
pub(super) struct Contents<'a> {
    /// By name. Files after a break are not there.
    pub(super) files: BTreeMap<&'a str, &'a [u8]>,
    /// Where the container differs from what writing makes: which file, and how.
    pub(super) faults: Vec<(String, &'static str)>,
    /// Whether all files could be read.
    pub(super) complete: bool,
}

struct Entry<'a> {
    name: &'a str,
    crc: u32,
    size: u32,
    offset: u32,
}

/// Packs files under names made by this crate.
pub(super) fn write(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, TooLarge> {
    if files.len() > MAX_FILES {
        return Err(TooLarge);
    }
    let mut bytes = Vec::new();
    let mut entries = Vec::with_capacity(files.len());
    for (name, content) in files {
        if bytes.len() + content.len() > MAX_PACKAGE || !is_name(name) {
            return Err(TooLarge);
        }
        let size = u32::try_from(content.len()).map_err(|_| TooLarge)?;
        let offset = u32::try_from(bytes.len()).map_err(|_| TooLarge)?;
        let entry = Entry {
            name,
            crc: crc32(content),
            size,
            offset,
        };
        local_header(&entry, &mut bytes);
        bytes.extend_from_slice(content);
        entries.push(entry);
    }
    let tail = tail(&entries, bytes.len());
    bytes.extend(tail.into_iter().flat_map(|(_, part)| part));
    if bytes.len() > MAX_PACKAGE {
        Err(TooLarge)
    } else {
        Ok(bytes)
    }
}

/// Reads a package. Never fails: what is wrong stands in the faults.
pub(super) fn read(bytes: &[u8]) -> Contents<'_> {
    let mut contents = Contents {
        files: BTreeMap::new(),
        faults: Vec::new(),
        complete: false,
    };
    if bytes.len() > MAX_PACKAGE {
        contents
            .faults
            .push((String::new(), "the package is larger than packages are"));
        return contents;
    }
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut offset = 0;
    while !starts_tail(bytes, offset, entries.len()) {
        match read_entry(bytes, offset, entries.last().map(|last| last.name)) {
            Ok((entry, content)) => {
                if crc32(content) != entry.crc {
                    contents
                        .faults
                        .push((entry.name.to_owned(), "its checksum does not match"));
                }
                offset += LOCAL_BYTES + entry.name.len() + content.len();
                contents.files.insert(entry.name, content);
                entries.push(entry);
            }
            Err((name, what)) => {
                contents.faults.push((name, what));
                return contents;
            }
        }
        if entries.len() > MAX_FILES {
            contents
                .faults
                .push((String::new(), "there are more files than packages have"));
            return contents;
        }
    }
    let mut rest = &bytes[offset..];
    for (name, expected) in tail(&entries, offset) {
        let Some(after) = rest.strip_prefix(expected.as_slice()) else {
            contents.faults.push((
                name,
                "its entry in the list of files was changed or is gone",
            ));
            return contents;
        };
        rest = after;
    }
    if !rest.is_empty() {
        contents
            .faults
            .push((String::new(), "bytes follow the package"));
    }
    contents.complete = true;
    contents
}

/// The list of files begins here: after at least one file, or in an empty package.
fn starts_tail(bytes: &[u8], offset: usize, entries: usize) -> bool {
    let signature = bytes
        .get(offset..)
        .and_then(|rest| rest.first_chunk())
        .copied();
    let expected = if entries == 0 { END } else { CENTRAL };
    signature == Some(expected.to_le_bytes())
}

fn read_entry<'a>(
    bytes: &'a [u8],
    offset: usize,
    last: Option<&str>,
) -> Result<(Entry<'a>, &'a [u8]), (String, &'static str)> {
    let place = || last.map_or_else(String::new, |last| format!("after {last}"));
    let rest = &bytes[offset.min(bytes.len())..];
    let header = rest
        .get(..LOCAL_BYTES)
        .ok_or_else(|| (place(), "the package is cut short"))?;
    let number = |at: usize| {
        u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    let name_length = usize::from(u16::from_le_bytes([header[26], header[27]]));
    let name = rest
        .get(LOCAL_BYTES..LOCAL_BYTES + name_length)
        .and_then(|name| std::str::from_utf8(name).ok())
        .filter(|name| is_name(name))
        .ok_or_else(|| (place(), "what follows is not a file of a package"))?;
    if last.is_some_and(|last| last >= name) {
        return Err((
            name.to_owned(),
            "the files are not in order, or one comes twice",
        ));
    }
    let offset = u32::try_from(offset).map_err(|_| (place(), "the package is too large"))?;
    let entry = Entry {
        name,
        crc: number(14),
        size: number(18),
        offset,
    };
    let mut expected = Vec::new();
    local_header(&entry, &mut expected);
    if !rest.starts_with(&expected) {
        return Err((name.to_owned(), "its header in the package was changed"));
    }
    let start = expected.len();
    let content = usize::try_from(entry.size)
        .ok()
        .and_then(|size| rest.get(start..start.checked_add(size)?))
        .ok_or_else(|| (name.to_owned(), "it is cut short"))?;
    Ok((entry, content))
}

fn local_header(entry: &Entry<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(&LOCAL.to_le_bytes());
    common_header(entry, out);
    out.extend_from_slice(entry.name.as_bytes());
}

/// The fields that the header before a file and its entry in the list share.
fn common_header(entry: &Entry<'_>, out: &mut Vec<u8>) {
    for field in [VERSION, FLAGS, STORED, MIDNIGHT, FIRST_DAY] {
        out.extend_from_slice(&field.to_le_bytes());
    }
    for field in [entry.crc, entry.size, entry.size] {
        out.extend_from_slice(&field.to_le_bytes());
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "names are at most MAX_NAME long"
    )]
    let name_length = entry.name.len() as u16;
    out.extend_from_slice(&name_length.to_le_bytes());
    out.extend_from_slice(&0_u16.to_le_bytes());
}

/// The list of files and its end, each part with the name it is about.
#[expect(
    clippy::cast_possible_truncation,
    reason = "bounded by MAX_FILES and MAX_PACKAGE"
)]
fn tail(entries: &[Entry<'_>], start: usize) -> Vec<(String, Vec<u8>)> {
    let mut parts = Vec::with_capacity(entries.len() + 1);
    let mut size = 0;
    for entry in entries {
        let mut part = Vec::new();
        part.extend_from_slice(&CENTRAL.to_le_bytes());
        part.extend_from_slice(&VERSION.to_le_bytes());
        common_header(entry, &mut part);
        // Comment length, disk, internal attributes, external attributes (two words).
        part.extend_from_slice(&[0; 10]);
        part.extend_from_slice(&entry.offset.to_le_bytes());
        part.extend_from_slice(entry.name.as_bytes());
        size += part.len();
        parts.push((entry.name.to_owned(), part));
    }
    let mut end = Vec::new();
    end.extend_from_slice(&END.to_le_bytes());
    let count = (entries.len() as u16).to_le_bytes();
    for field in [[0; 2], [0; 2], count, count] {
        end.extend_from_slice(&field);
    }
    end.extend_from_slice(&(size as u32).to_le_bytes());
    end.extend_from_slice(&(start as u32).to_le_bytes());
    end.extend_from_slice(&[0; 2]);
    parts.push(("the end of the package".to_owned(), end));
    parts
}

/// Plain relative names: nothing that could leave a folder when unpacked.
fn is_name(name: &str) -> bool {
    name.len() <= MAX_NAME
        && name.split('/').all(|part| {
            !part.is_empty()
                && !part.starts_with('.')
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        })
}

/// CRC-32 (ISO 3309), as ZIP wants it.
fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    !bytes.iter().fold(!0, |crc: u32, byte| {
        TABLE[usize::from((crc ^ u32::from(*byte)).to_le_bytes()[0])] ^ (crc >> 8)
    })
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let mut crc = i as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                0xedb8_8320 ^ (crc >> 1)
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[i] = crc;
        i += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn files() -> BTreeMap<String, Vec<u8>> {
        [("a.txt", "alpha"), ("b/c.json", "{}"), ("empty", "")]
            .into_iter()
            .map(|(name, content)| (name.to_owned(), content.as_bytes().to_vec()))
            .collect()
    }

    #[test]
    fn the_checksum_is_the_standard_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn what_is_written_is_read_here_and_by_other_tools() {
        let bytes = write(&files()).unwrap();
        let contents = read(&bytes);
        assert!(contents.complete && contents.faults.is_empty());
        assert_eq!(contents.files.len(), 3);
        assert_eq!(contents.files["a.txt"], b"alpha");

        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
        assert_eq!(archive.len(), 3);
        for (name, content) in files() {
            let mut text = Vec::new();
            archive
                .by_name(&name)
                .unwrap()
                .read_to_end(&mut text)
                .unwrap();
            assert_eq!(text, content);
        }
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_a_fault() {
        let bytes = write(&files()).unwrap();
        for at in 0..bytes.len() {
            for mask in [0x01, 0x20, 0x80] {
                let mut changed = bytes.clone();
                changed[at] ^= mask;
                assert!(!read(&changed).faults.is_empty(), "byte {at}");
            }
            assert!(!read(&bytes[..at]).faults.is_empty(), "cut at {at}");
        }
        let mut longer = bytes;
        longer.push(0);
        assert!(!read(&longer).faults.is_empty());
    }

    #[test]
    fn names_that_leave_the_folder_or_come_twice_are_faults() {
        for name in [
            "../a", "/a", "a//b", "a/", ".", "a\\b", "c:a", "", "a\0", "\u{e9}",
        ] {
            let bad = [(name.to_owned(), Vec::new())].into();
            assert_eq!(write(&bad), Err(TooLarge), "{name:?}");
        }
        let one = [("a".to_owned(), Vec::new())].into();
        let bytes = write(&one).unwrap();
        let twice = [&bytes[..31], &bytes[..]].concat();
        assert!(!read(&twice).faults.is_empty());
    }

    #[test]
    fn a_zip_of_another_tool_is_a_fault() {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        writer
            .start_file("a.txt", zip::write::SimpleFileOptions::default())
            .unwrap();
        let bytes = writer.finish().unwrap().into_inner();
        assert!(!read(&bytes).faults.is_empty());
        assert!(!read(b"").faults.is_empty());
        assert!(!read(b"PK").faults.is_empty());
    }
}
