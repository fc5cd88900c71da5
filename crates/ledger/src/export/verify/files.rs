//! The files of a package against its manifest.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use super::super::{
    build::AttestationLine,
    manifest::Manifest,
    path,
    report::{FaultCode, Report},
};
use crate::log::TlogProof;

/// Attestations in a package: as many devices as a large region has.
const MAX_ATTESTATIONS: usize = 20_000;

/// The files that the container gave.
pub(super) struct Files<'a>(BTreeMap<&'a str, &'a [u8]>);

impl<'a> Files<'a> {
    pub(super) const fn new(files: BTreeMap<&'a str, &'a [u8]>) -> Self {
        Self(files)
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a [u8]> {
        self.0.get(name).copied()
    }

    /// Files in a folder.
    pub(super) fn under(&self, folder: &'static str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.0
            .iter()
            .filter(move |(name, _)| name.starts_with(folder))
            .map(|(n, c)| (*n, *c))
    }

    pub(super) fn manifest(&self, report: &mut Report) -> Option<Manifest> {
        let Some(bytes) = self.get(path::MANIFEST) else {
            report.missing(path::MANIFEST);
            return None;
        };
        let manifest = Manifest::from_bytes(bytes);
        if manifest.is_none() {
            let what = "it is not a manifest of a known version";
            report.fault(FaultCode::FileUnreadable, path::MANIFEST, what);
        }
        manifest
    }

    /// Every file is listed with its hash and size, and every listed file is there.
    pub(super) fn compare(&self, manifest: &Manifest, report: &mut Report) {
        let mut listed = BTreeSet::from([path::MANIFEST, path::SIGNATURE]);
        for entry in &manifest.files {
            if !listed.insert(entry.path.as_str()) {
                report.fault(
                    FaultCode::Duplicate,
                    &entry.path,
                    "the manifest lists it twice",
                );
                continue;
            }
            let Some(content) = self.get(&entry.path) else {
                report.missing(&entry.path);
                continue;
            };
            let same = entry.sha256 == hex::encode(Sha256::digest(content))
                && entry.bytes == content.len() as u64;
            if !same {
                let what = "it differs from the hash or size in the manifest";
                report.fault(FaultCode::FileChanged, &entry.path, what);
            }
        }
        for name in self.0.keys().filter(|name| !listed.contains(*name)) {
            report.fault(FaultCode::FileExtra, *name, "the manifest does not know it");
        }
        for name in path::ALWAYS.iter().filter(|name| !listed.contains(*name)) {
            report.missing(name);
        }
    }

    /// A proof, where it can be read.
    pub(super) fn proof(&self, name: &str, report: &mut Report) -> Option<TlogProof> {
        let Some(bytes) = self.get(name) else {
            report.missing(name);
            return None;
        };
        let proof = std::str::from_utf8(bytes)
            .ok()
            .and_then(|text| text.parse().ok());
        if proof.is_none() {
            report.fault(FaultCode::FileUnreadable, name, "it is not a proof");
        }
        proof
    }

    /// Attestations with their signatures and where they stand.
    pub(super) fn attestations(&self, report: &mut Report) -> Vec<(Vec<u8>, Vec<u8>, String)> {
        let mut found = Vec::new();
        let text = self.get(path::ATTESTATIONS).unwrap_or_default();
        for (line, number) in text.split(|&b| b == b'\n').zip(1..) {
            if line.is_empty() {
                continue;
            }
            let place = format!("{} line {number}", path::ATTESTATIONS);
            if found.len() == MAX_ATTESTATIONS {
                report.fault(
                    FaultCode::FileUnreadable,
                    place,
                    "there are more than packages have",
                );
                break;
            }
            let parsed = serde_json::from_slice::<AttestationLine>(line)
                .ok()
                .and_then(|line| {
                    let attestation = BASE64_STANDARD.decode(line.attestation).ok()?;
                    Some((attestation, BASE64_STANDARD.decode(line.signature).ok()?))
                });
            match parsed {
                Some((attestation, signature)) => found.push((attestation, signature, place)),
                None => report.fault(FaultCode::FileUnreadable, place, "it is not an attestation"),
            }
        }
        found
    }
}
