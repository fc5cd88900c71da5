//! Proofs as text files (C2SP tlog-proof): a leaf, its path and the checkpoint it leads to.

use std::{fmt::Write, str::FromStr};

use base64::{Engine, prelude::BASE64_STANDARD};

use super::tree::{Hash, MAX_PROOF};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// Bytes of the longest proof that is looked at.
const MAX_TEXT: usize = 128 * 1024;

/// The text is not a proof; ask for it anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a tlog-proof in its one spelling; ask for it anew")]
pub struct ProofTextError;

/// A proof that travels by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// The leaf's data, where the proof carries it.
    pub extra: Option<Vec<u8>>,
    /// Where the leaf stands.
    pub index: u64,
    /// Sibling hashes from the leaf up.
    pub hashes: Vec<Hash>,
    /// The checkpoint (signed note) of the tree that the hashes lead to.
    pub checkpoint: String,
}

impl TlogProof {
    /// The proof as text.
    pub fn encode(&self) -> String {
        let mut text = format!("{FIRST_LINE}\n");
        let mut line = |name: &str, value: &str| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name}{value}");
        };
        if let Some(extra) = &self.extra {
            line("extra ", &BASE64_STANDARD.encode(extra));
        }
        line("index ", &self.index.to_string());
        for hash in &self.hashes {
            line("", &BASE64_STANDARD.encode(hash));
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }
}

impl FromStr for TlogProof {
    type Err = ProofTextError;

    /// Reads a proof; its checkpoint is taken as it is and has to be verified by the caller.
    fn from_str(text: &str) -> Result<Self, ProofTextError> {
        let proof = parse(text).ok_or(ProofTextError)?;
        if proof.encode() == text {
            Ok(proof)
        } else {
            Err(ProofTextError)
        }
    }
}

fn parse(text: &str) -> Option<TlogProof> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let (head, checkpoint) = text.split_once("\n\n")?;
    let mut lines = head.split('\n');
    if lines.next()? != FIRST_LINE {
        return None;
    }
    let mut line = lines.next()?;
    let mut extra = None;
    if let Some(value) = line.strip_prefix("extra ") {
        extra = Some(BASE64_STANDARD.decode(value).ok()?);
        line = lines.next()?;
    }
    let index = line.strip_prefix("index ")?.parse().ok()?;
    let hashes = lines
        .map(|line| BASE64_STANDARD.decode(line).ok()?.try_into().ok())
        .collect::<Option<Vec<Hash>>>()?;
    (hashes.len() <= MAX_PROOF).then(|| TlogProof {
        extra,
        index,
        hashes,
        checkpoint: checkpoint.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proof(extra: Option<Vec<u8>>, hashes: usize) -> TlogProof {
        TlogProof {
            extra,
            index: 10_000,
            hashes: vec![[5; 32]; hashes],
            checkpoint: "example.org/log\n20000\nAAAA\n\n\u{2014} example.org/log BBBB\n".into(),
        }
    }

    #[test]
    fn a_proof_reads_back() {
        for proof in [
            proof(None, 0),
            proof(Some(vec![1, 2]), 3),
            proof(None, MAX_PROOF),
        ] {
            assert_eq!(proof.encode().parse(), Ok(proof));
        }
        assert!(
            proof(None, 1)
                .encode()
                .starts_with("c2sp.org/tlog-proof@v1\nindex 10000\nBQUFBQ")
        );
    }

    #[test]
    fn other_texts_are_refused() {
        let good = proof(Some(vec![1, 2]), 1).encode();
        let refused = [
            String::new(),
            "c2sp.org/tlog-proof@v1".into(),
            "c2sp.org/tlog-proof@v1\n\n".into(),
            good.replace("@v1", "@v2"),
            good.replace("index 10000", "index 010000"),
            good.replace("index 10000", "index -1"),
            good.replace("index 10000\n", ""),
            good.replace("extra AQI=", "extra AQI"),
            good.replace("BQUF", "????"),
            good.replace('\n', "\r\n"),
            proof(None, MAX_PROOF + 1).encode(),
            "x".repeat(MAX_TEXT + 1),
        ];
        for text in refused {
            assert_eq!(text.parse::<TlogProof>(), Err(ProofTextError), "{text}");
        }
    }
}
