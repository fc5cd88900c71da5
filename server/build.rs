//! The web app is embedded from `client-web/dist`, which a fresh clone does not have yet.

use std::{env, fs, path::Path};

fn main() {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let dist = Path::new(&manifest).join("../client-web/dist");
    // Where it cannot be made, the derive on the folder names the problem.
    drop(fs::create_dir_all(&dist));
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../client-web/dist");
}
