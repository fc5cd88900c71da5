//! The server knows nothing: whatever it stores, logs, counts, receives or sends, the words of a
//! household are not in it.

use std::{collections::BTreeSet, fs, sync::Mutex};

use sha2::{Digest, Sha256};

use super::{
    story::{
        Cast, coordinator_schedules, officer_accounts, people_confer, people_share, people_talk,
    },
    support::{self, Town, search::Search},
};

#[test]
fn the_server_knows_nothing() {
    support::run(async {
        let mut cast = Cast::gather().await;
        let canaries = Mutex::new(BTreeSet::new());
        let words = |what: &str| {
            let word = canary(what);
            canaries.lock().unwrap().insert(word.clone());
            word
        };
        let channel = people_talk(&cast, &words).await;
        people_confer(&cast, channel, &words).await;
        let disclosed = people_share(&cast, channel, &words).await;
        coordinator_schedules(&cast, channel).await;
        officer_accounts(&cast, &disclosed, &words).await;

        let canaries: Vec<String> = canaries.into_inner().unwrap().into_iter().collect();
        assert!(canaries.len() > 40, "{} words were said", canaries.len());
        let search = Search::new(&canaries);
        // While it runs, so that the write-ahead log is looked at too; and after it has stopped.
        assert_eq!(
            everything_seen(&cast.town, &search).await,
            Vec::<String>::new()
        );
        cast.town.stop_server().await;
        assert_eq!(search.folder(&cast.town.data()), Vec::<String>::new());
        // Nor does a device write any of it unencrypted.
        assert_eq!(
            search.folder(&cast.town.place.path().join("devices")),
            Vec::<String>::new()
        );
    });
}

#[test]
fn the_search_finds_what_the_server_does_see() {
    support::run(async {
        let cast = Cast::gather().await;
        let (_, case_code) = cast
            .marieke
            .opens("Gezin", &[&cast.karima, &cast.daan])
            .await;
        for word in [case_code, "Jeugdbescherming Proefstad".to_owned()] {
            let found =
                everything_seen(&cast.town, &Search::new(std::slice::from_ref(&word))).await;
            let on = |place: &str| found.iter().any(|line| line.contains(place));
            assert!(on("beraad.db"), "{word} stands in the database: {found:?}");
            assert!(on("the wire"), "{word} went over the wire: {found:?}");
            assert!(
                !on("server.log") && !on("metrics"),
                "{word} is not logged: {found:?}"
            );
        }
    });
}

/// Everything found in the data folder, the log, the figures and on the wire.
async fn everything_seen(town: &Town, search: &Search) -> Vec<String> {
    let mut found = search.folder(&town.data());
    let log = fs::read(town.place.path().join("server.log")).unwrap();
    assert!(
        log.windows(5).any(|bytes| bytes == b"TRACE"),
        "everything is logged"
    );
    found.extend(search.bytes("server.log", &log));
    let figures = reqwest::get(town.metrics())
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert!(figures.starts_with(b"# HELP"));
    found.extend(search.bytes("metrics", &figures));
    let heard = town.proxy.heard();
    let total: usize = heard.iter().map(Vec::len).sum();
    assert!(total > 100_000, "{total} bytes were heard");
    for bytes in heard {
        found.extend(search.bytes("the wire", &bytes));
    }
    found
}

/// A word that stands nowhere else.
fn canary(what: &str) -> String {
    let mark = hex::encode(&Sha256::digest(what)[..6]);
    format!("Kanarie{mark}")
}
