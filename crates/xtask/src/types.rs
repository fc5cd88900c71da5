//! The TypeScript declarations of the engine's intents and views: made from the Rust types,
//! committed, and compared in the tests, so that both sides cannot drift apart unseen.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::run::{cargo, run, say};
use crate::shown;
use crate::workspace::Workspace;

/// Writes the declarations, or with `check` only compares them with the committed ones.
pub(crate) fn generate(workspace: &Workspace, check: bool) -> Result<()> {
    let committed = workspace.client().join("src/engine/types");
    let made = workspace.target.join("xtask/types");
    if made.exists() {
        fs::remove_dir_all(&made)?;
    }
    fs::create_dir_all(&made)?;
    say("Making the TypeScript declarations");
    run(cargo()
        .current_dir(&workspace.root)
        .env("CARGO_TARGET_DIR", &workspace.target)
        .env("TS_RS_EXPORT_DIR", &made)
        .args([
            "test",
            "--quiet",
            "--package",
            "beraad-engine",
            "--features",
            "ts,native",
        ])
        .args(["--lib", "export_bindings"]))?;
    let new = read(&made)?;
    if new.is_empty() {
        bail!("the engine exported no declarations");
    }
    let old = read(&committed)?;
    if new == old {
        return Ok(());
    }
    if check {
        let differing: Vec<_> = new
            .iter()
            .filter(|(name, text)| old.get(*name) != Some(text))
            .map(|(name, _)| name.as_str())
            .chain(
                old.keys()
                    .filter(|name| !new.contains_key(*name))
                    .map(String::as_str),
            )
            .collect();
        bail!(
            "{} differs from the Rust types ({}): run `cargo xtask types` and commit the result",
            shown(workspace, &committed),
            differing.join(", ")
        );
    }
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        fs::remove_file(committed.join(name))?;
    }
    for (name, text) in &new {
        let file = committed.join(name);
        fs::create_dir_all(file.parent().context("a file lies in a folder")?)?;
        fs::write(file, text)?;
    }
    println!("    {}: {} files", shown(workspace, &committed), new.len());
    Ok(())
}

/// All declarations under a folder, by their path within it.
fn read(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let Ok(entries) = fs::read_dir(&next) else {
            continue;
        };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "ts") {
                let name = path.strip_prefix(folder)?.to_string_lossy().into_owned();
                files.insert(name, fs::read_to_string(&path)?);
            }
        }
    }
    Ok(files)
}
