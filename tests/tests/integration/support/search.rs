//! Looks for words in bytes, however they are written.

use std::{
    fs,
    path::{Path, PathBuf},
};

use aho_corasick::AhoCorasick;
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};

/// Looks for all words at once.
pub struct Search {
    automaton: AhoCorasick,
    names: Vec<String>,
}

impl Search {
    /// For these words, in every form they may be written in.
    pub fn new(words: &[String]) -> Self {
        let forms: Vec<(String, Vec<u8>)> = words
            .iter()
            .flat_map(|word| {
                forms(word)
                    .into_iter()
                    .map(move |(form, bytes)| (format!("{word} ({form})"), bytes))
            })
            .collect();
        let automaton = AhoCorasick::new(forms.iter().map(|(_, bytes)| bytes)).unwrap();
        Self {
            automaton,
            names: forms.into_iter().map(|(name, _)| name).collect(),
        }
    }

    /// What is found in `bytes`.
    pub fn bytes(&self, place: &str, bytes: &[u8]) -> Vec<String> {
        let mut found: Vec<_> = self
            .automaton
            .find_overlapping_iter(bytes)
            .map(|found| format!("{} in {place}", self.names[found.pattern().as_usize()]))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What is found in every file under `folder`, and in their names.
    pub fn folder(&self, folder: &Path) -> Vec<String> {
        files(folder)
            .iter()
            .flat_map(|file| {
                let name = file.display().to_string();
                let mut found = self.bytes(&name, &fs::read(file).unwrap());
                found.extend(self.bytes("the name of a file", name.as_bytes()));
                found
            })
            .collect()
    }
}

/// Every file under `folder`.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all
}

fn forms(word: &str) -> Vec<(&'static str, Vec<u8>)> {
    let wide = |bytes: fn(u16) -> [u8; 2]| word.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let mut forms = vec![
        ("UTF-8", word.as_bytes().to_vec()),
        ("UTF-16 LE", wide(u16::to_le_bytes)),
        ("UTF-16 BE", wide(u16::to_be_bytes)),
        ("hex", hex::encode(word).into_bytes()),
        ("HEX", hex::encode_upper(word).into_bytes()),
    ];
    // Base64 looks different by where in a group of three bytes the word begins; what its first
    // and last characters share with the neighbours is left out.
    for before in 0..3 {
        let mut padded = vec![0; before];
        padded.extend_from_slice(word.as_bytes());
        let skip = [0, 2, 3][before];
        let keep = padded.len() / 3 * 4;
        let cut = |text: String| text.as_bytes()[skip..keep].to_vec();
        forms.push(("base64", cut(BASE64_STANDARD_NO_PAD.encode(&padded))));
        forms.push(("base64url", cut(BASE64_URL_SAFE_NO_PAD.encode(&padded))));
    }
    forms
}

#[test]
fn a_word_is_found_in_every_form_and_place() {
    let word = "kanarie?vogel";
    let search = Search::new(&[word.to_owned()]);
    let text = format!("voor {word} na");
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide_be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [text.clone().into_bytes(), wide, wide_be] {
        assert!(!search.bytes("text", &bytes).is_empty());
    }
    for before in 0..6 {
        let text = format!("{}{word}{}", "x".repeat(before), "y".repeat(before));
        let written = [
            BASE64_STANDARD_NO_PAD.encode(&text),
            BASE64_URL_SAFE_NO_PAD.encode(&text),
            hex::encode(&text),
            hex::encode_upper(&text),
        ];
        for written in written {
            assert!(
                !search.bytes("text", written.as_bytes()).is_empty(),
                "{before} {written}"
            );
        }
    }
    assert!(search.bytes("text", b"kanarievogel").is_empty());
}
