//! Turns the engine's compiled WebAssembly into what the web client imports: the JavaScript glue,
//! its TypeScript declarations and the final `.wasm`. The same work as the `wasm-bindgen` command,
//! in the version that the lock file pins, so nothing has to be installed.

use std::env;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let usage = "usage: bind INPUT.wasm OUTPUT_FOLDER NAME";
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let input = arguments.next().context(usage)?;
    let output = arguments.next().context(usage)?;
    let name = arguments.next().context(usage)?;

    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(&input)
        .out_name(&name.to_string_lossy())
        .web(true)?
        .typescript(true)
        // The page passes the address of the .wasm itself: the bundler knows it, the glue does not.
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen
        .generate(&output)
        .with_context(|| format!("cannot bind {}", input.display()))
}
