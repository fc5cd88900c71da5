//! The TypeScript of everything a screen exchanges with the engine, in one committed file.

use std::{any::TypeId, collections::BTreeMap, collections::HashSet, path::Path};

use ts_rs::{Config, TS, TypeVisitor};

use crate::{
    intent::{Intent, IntentOutcome, Reply},
    refusal::Refusal,
    view::{Topic, View, ViewRequest},
};

const HEAD: &str = "// Generated from the Rust types by `cargo xtask types`. Do not edit.\n";

/// The file's text.
fn types() -> String {
    let mut collected = Collected {
        config: Config::new().with_large_int("number"),
        seen: HashSet::new(),
        declarations: BTreeMap::new(),
    };
    collected.visit::<Intent>();
    collected.visit::<IntentOutcome>();
    collected.visit::<Reply>();
    collected.visit::<Refusal>();
    collected.visit::<ViewRequest>();
    collected.visit::<View>();
    collected.visit::<Topic>();
    collected.visit::<beraad_protocol::http::LinkPreview>();
    let mut text = HEAD.to_owned();
    for declaration in collected.declarations.values() {
        text.push('\n');
        text.push_str(declaration);
    }
    text
}

struct Collected {
    config: Config,
    seen: HashSet<TypeId>,
    declarations: BTreeMap<String, String>,
}

impl TypeVisitor for Collected {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_none() || !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        let name = T::ident(&self.config);
        let docs = T::docs().unwrap_or_default();
        let declaration = format!("{docs}export {}\n", T::decl(&self.config));
        let before = self.declarations.insert(name.clone(), declaration);
        assert!(before.is_none(), "two types are called {name}");
        T::visit_dependencies(self);
    }
}

#[test]
fn the_committed_types_are_those_of_the_engine() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../client-web/src/engine/types.ts");
    let types = types();
    if std::env::var_os("BERAAD_WRITE_TYPES").is_some() {
        std::fs::create_dir_all(path.parent().expect("the path has a folder"))
            .and_then(|()| std::fs::write(&path, &types))
            .expect("client-web/src/engine is writable");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == types,
        "client-web/src/engine/types.ts is out of date: run cargo xtask types"
    );
}
