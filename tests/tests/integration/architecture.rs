//! The arrows between crates, and what never stands at the end of one.
//!
//! The server cannot read what it cannot parse: that the crates which understand a household are
//! out of its reach is a property of the dependency graph, so it is checked there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// For every crate of ours the crates of ours it may build on.
const ARROWS: &[(&str, &[&str])] = &[
    ("protocol", &[]),
    ("casework", &["protocol"]),
    ("ledger", &["protocol"]),
    ("group", &["protocol"]),
    ("storage", &["protocol"]),
    ("bus", &["protocol"]),
    ("storage-sqlite", &["protocol", "storage"]),
    ("storage-postgres", &["protocol", "storage"]),
    (
        "server",
        &[
            "protocol",
            "ledger",
            "group",
            "storage",
            "storage-sqlite",
            "storage-postgres",
            "bus",
        ],
    ),
    ("engine", &["protocol", "casework", "ledger", "group"]),
    ("engine-wasm", &["protocol", "group", "engine"]),
    ("cli", &["protocol", "casework", "ledger", "engine"]),
    ("loadgen", &["protocol", "ledger", "group"]),
    ("xtask", &[]),
    ("tests", &[]),
];

/// Libraries with one home: their names begin so, and only these crates name them.
const HOMES: &[(&str, &[&str])] = &[
    ("sqlx", &["storage-sqlite", "storage-postgres"]),
    ("async-nats", &["bus"]),
    ("axum", &["server"]),
    ("openmls", &["group"]),
    // The load driver compares the server with a bare floor of its own.
    ("rusqlite", &["engine", "engine-wasm", "loadgen"]),
    ("anyhow", &["server", "loadgen", "xtask"]),
];

#[test]
fn every_arrow_between_our_crates_is_one_that_may_be() {
    let graph = Graph::read();
    for (name, package) in &graph.ours {
        let (_, allowed) = ARROWS
            .iter()
            .find(|(known, _)| known == name)
            .unwrap_or_else(|| panic!("{name} is new: say what it may build on"));
        for target in graph.direct(package).filter_map(|id| graph.our_name(id)) {
            assert!(
                allowed.contains(&target),
                "{name} may not build on {target}"
            );
        }
    }
    assert_eq!(
        graph.ours.len(),
        ARROWS.len(),
        "a crate in the list is gone"
    );
}

#[test]
fn the_server_cannot_reach_what_understands_a_household() {
    let graph = Graph::read();
    for name in [
        "server",
        "storage",
        "storage-sqlite",
        "storage-postgres",
        "bus",
    ] {
        let reached = graph.reachable(name);
        for never in ["beraad-casework", "beraad-engine", "beraad-cli"] {
            assert!(!reached.contains(never), "{name} reaches {never}");
        }
    }
    assert!(
        graph.reachable("cli").contains("beraad-casework"),
        "the search would find it"
    );
}

#[test]
fn what_is_sans_io_reaches_no_runtime_and_no_socket() {
    let graph = Graph::read();
    for name in ["protocol", "casework", "ledger", "group", "engine"] {
        let reached = graph.reachable(name);
        for never in [
            "tokio",
            "mio",
            "hyper",
            "reqwest",
            "axum",
            "sqlx",
            "async-std",
            "smol",
        ] {
            assert!(!reached.contains(never), "{name} reaches {never}");
        }
    }
    assert!(
        graph.reachable("server").contains("tokio"),
        "the search would find it"
    );
}

#[test]
fn a_library_with_a_home_is_named_nowhere_else() {
    let graph = Graph::read();
    for (library, homes) in HOMES {
        let mut seen = false;
        for (name, package) in &graph.ours {
            let named = graph
                .direct(package)
                .any(|id| graph.names[id].starts_with(library));
            seen |= named;
            assert!(
                !named || homes.contains(&name.as_str()),
                "{name} names {library}"
            );
        }
        assert!(seen, "{library} is named nowhere: take it off the list");
    }
}

#[test]
fn anyhow_stays_in_binaries() {
    for file in rust_files(&root().join("server/src")) {
        let text = fs::read_to_string(&file).unwrap();
        let is_binary = file.ends_with("main.rs");
        assert!(
            is_binary || !text.contains("anyhow"),
            "{} uses anyhow",
            file.display()
        );
    }
}

/// The resolved dependency graph, without what only tests and build scripts need.
struct Graph {
    /// Our crates: name without `beraad-`, and package id.
    ours: BTreeMap<String, String>,
    names: BTreeMap<String, String>,
    edges: BTreeMap<String, Vec<String>>,
}

impl Graph {
    fn read() -> Self {
        // For this machine alone: what other platforms need may never have been downloaded.
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--offline", "--format-version", "1"])
            .args(["--filter-platform", &this_machine()])
            .current_dir(root())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let names: BTreeMap<_, _> = metadata["packages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|package| (text(&package["id"]), text(&package["name"])))
            .collect();
        let ours = metadata["workspace_members"]
            .as_array()
            .unwrap()
            .iter()
            .map(text)
            .map(|id| {
                (
                    names[&id]
                        .strip_prefix("beraad-")
                        .unwrap_or(&names[&id])
                        .to_owned(),
                    id,
                )
            })
            .collect();
        let edges = metadata["resolve"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| {
                let normal = node["deps"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|dependency| {
                        dependency["dep_kinds"]
                            .as_array()
                            .unwrap()
                            .iter()
                            .any(|kind| kind["kind"].is_null())
                    });
                (
                    text(&node["id"]),
                    normal.map(|dependency| text(&dependency["pkg"])).collect(),
                )
            })
            .collect();
        Self { ours, names, edges }
    }

    fn direct(&self, id: &str) -> impl Iterator<Item = &String> {
        self.edges[id].iter()
    }

    fn our_name(&self, id: &str) -> Option<&str> {
        self.ours
            .iter()
            .find(|(_, known)| *known == id)
            .map(|(name, _)| name.as_str())
    }

    /// Names of everything one of our crates builds on, near or far.
    fn reachable(&self, name: &str) -> BTreeSet<&str> {
        let mut reached = BTreeSet::new();
        let mut waiting = vec![self.ours[name].as_str()];
        while let Some(id) = waiting.pop() {
            for next in self.direct(id) {
                if reached.insert(next.as_str()) {
                    waiting.push(next);
                }
            }
        }
        reached
            .into_iter()
            .map(|id| self.names[id].as_str())
            .collect()
    }
}

/// The target triple of the compiler.
fn this_machine() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.unwrap().to_owned()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    super::support::search::files(folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}
