//! Where things are: the clone, the build folders, and the stamps that say what is up to date.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The clone and its build folders.
pub(crate) struct Workspace {
    /// The folder with the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Where native builds go.
    pub(crate) target: PathBuf,
    /// Where browser builds go: beside the native ones, since another toolchain may fill it.
    pub(crate) wasm_target: PathBuf,
}

impl Workspace {
    /// Finds the clone this task was started from.
    pub(crate) fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest
            .ancestors()
            .nth(2)
            .context("xtask must stay in crates/xtask of the clone")?
            .to_owned();
        let target = target_folder(&root);
        let mut wasm_name = target.file_name().unwrap_or("target".as_ref()).to_owned();
        wasm_name.push("-wasm");
        let wasm_target = target.with_file_name(wasm_name);
        Ok(Self {
            root,
            target,
            wasm_target,
        })
    }

    /// The folder of the web client.
    pub(crate) fn client(&self) -> PathBuf {
        self.root.join("client-web")
    }

    /// A stamp of what `name` was last made from.
    pub(crate) fn stamp(&self, name: &str) -> Stamp {
        Stamp(self.target.join("xtask").join(format!("{name}.stamp")))
    }
}

/// `CARGO_TARGET_DIR` when set, a shared cache when there is one, else the clone's own folder.
fn target_folder(root: &Path) -> PathBuf {
    if let Some(set) = env::var_os("CARGO_TARGET_DIR").filter(|value| !value.is_empty()) {
        return root.join(set);
    }
    let cache = env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/beraad/target"));
    cache
        .filter(|folder| folder.is_dir())
        .unwrap_or_else(|| root.join("target"))
}

/// Remembers the fingerprint of the inputs something was made from.
pub(crate) struct Stamp(PathBuf);

impl Stamp {
    /// Whether it was made from exactly these inputs.
    pub(crate) fn matches(&self, fingerprint: &Fingerprint) -> bool {
        fs::read_to_string(&self.0).is_ok_and(|kept| kept == fingerprint.text())
    }

    /// Notes that it has been made from these inputs.
    pub(crate) fn write(&self, fingerprint: &Fingerprint) -> Result<()> {
        let folder = self.0.parent().context("a stamp lies in a folder")?;
        fs::create_dir_all(folder)?;
        fs::write(&self.0, fingerprint.text())
            .with_context(|| format!("cannot write {}", self.0.display()))
    }
}

/// A hash over names and contents of files; good enough to notice a change, not to prove one.
pub(crate) struct Fingerprint(DefaultHasher);

impl Fingerprint {
    /// Starts from a word that changes when the way of making does.
    pub(crate) fn of(recipe: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        recipe.hash(&mut hasher);
        Self(hasher)
    }

    /// Adds a file, or every file under a folder except build results and dependencies.
    pub(crate) fn with(mut self, path: &Path) -> Result<Self> {
        self.add(path)?;
        Ok(self)
    }

    fn add(&mut self, path: &Path) -> Result<()> {
        if path.is_dir() {
            let mut entries = fs::read_dir(path)?
                .map(|entry| Ok(entry?.path()))
                .collect::<Result<Vec<_>>>()?;
            entries.sort();
            for entry in entries.iter().filter(|entry| !is_product(entry)) {
                self.add(entry)?;
            }
        } else if let Ok(content) = fs::read(path) {
            path.hash(&mut self.0);
            content.hash(&mut self.0);
        }
        Ok(())
    }

    fn text(&self) -> String {
        format!("{:016x}", self.0.finish())
    }
}

fn is_product(path: &Path) -> bool {
    const PRODUCTS: [&str; 4] = ["node_modules", "dist", "target", "coverage"];
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| PRODUCTS.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_changes_with_content_and_ignores_products() {
        let folder = env::temp_dir().join(format!("beraad-xtask-{}", std::process::id()));
        fs::create_dir_all(folder.join("dist")).unwrap();
        fs::write(folder.join("a.ts"), "one").unwrap();
        let of = || Fingerprint::of("x").with(&folder).unwrap().text();
        let first = of();
        fs::write(folder.join("dist/out.js"), "built").unwrap();
        let after_build = of();
        fs::write(folder.join("a.ts"), "two").unwrap();
        let after_edit = of();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(first, after_build);
        assert_ne!(first, after_edit);
    }
}
