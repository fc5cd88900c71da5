//! The fictional region: filled once, ready for visitors.

use std::process::Stdio;

use crate::support::Desk;

#[test]
fn the_region_is_filled_once_and_receives_its_visitors() {
    let desk = Desk::new();
    let state = desk.place.path().join("region");
    let state = state.to_str().unwrap();
    let nobody = desk.terminal("nobody");
    let fill = [
        "demo",
        "fill",
        "--server",
        &desk.server.url,
        "--state",
        state,
    ];
    let (code, said) = nobody.fails(&fill);
    assert!(code == 2 && said.contains("--admin-link"), "{said}");

    let link = desk.server.first_link.clone().unwrap();
    let links = nobody.json(&[&fill[..], &["--admin-link", &link]].concat());
    let links = links.as_array().unwrap();
    assert_eq!(
        links.len(),
        5,
        "a link per kind of user, and a second professional"
    );
    let again = nobody.json(&fill);
    for (first, second) in links.iter().zip(again.as_array().unwrap()) {
        assert_eq!(first["name"], second["name"]);
        assert!(second["link"].is_string());
    }

    let mut watching = nobody
        .command(&["demo", "watch", "--state", state])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let link_of = |role: &str| {
        let found = again
            .as_array()
            .unwrap()
            .iter()
            .find(|link| link["role"] == role);
        found.unwrap()["link"].as_str().unwrap().to_owned()
    };
    let planner = desk.enrolled("planner", &link_of("Coordinator"));
    assert_eq!(
        planner
            .json(&["conference", "cases"])
            .as_array()
            .unwrap()
            .len(),
        3
    );
    let robin = desk.enrolled("robin", &link_of("Professional"));
    desk.enrolled("noa", &link_of("Professional, another organisation"));
    let officer = desk.enrolled("officer", &link_of("Compliance officer"));
    assert!(watching.wait().unwrap().success(), "everybody came");

    assert_eq!(
        robin.json(&["channels"])[0]["household_name"],
        "Gezin Vermeulen"
    );
    assert_eq!(
        robin
            .json(&["person", "list", "Gezin"])
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(
        robin
            .json(&["consent", "list", "Gezin"])
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let read = robin.json(&["read", "Gezin", "--limit", "500"]);
    let rejected = |entry: &&serde_json::Value| !entry["rejected"].as_array().unwrap().is_empty();
    assert_eq!(
        read["entries"].as_array().unwrap().iter().find(rejected),
        None
    );
    assert_eq!(
        officer.json(&["register"])["records"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
}
