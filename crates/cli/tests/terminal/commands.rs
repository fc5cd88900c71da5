//! Enrol, list, send, follow, record, export, verify; and what goes wrong.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::support::{Desk, Terminal};

#[test]
fn a_terminal_does_the_whole_work() {
    let desk = Desk::new();
    let town = Town::found(&desk);
    let Town {
        anna, bas, officer, ..
    } = &town;

    let opened = anna.json(&["channel", "new", "Gezin De Terminal", "--with", "Bas"]);
    let code = opened["case_code"].as_str().unwrap();
    assert_eq!(code.split('-').count(), 3, "{code}");
    anna.json(&["send", "gezin", "goedemorgen"]);
    bas.json(&["send", code, "goedemiddag"]);
    let read = anna.json(&["read", "Gezin De Terminal"]);
    assert_eq!(messages(&read), ["goedemorgen", "goedemiddag"]);
    assert_eq!(
        anna.json(&["channels"])[0]["unread"],
        0,
        "reading marks it read"
    );
    assert_eq!(
        anna.json(&["channel", "members", "gezin"])
            .as_array()
            .unwrap()
            .len(),
        2
    );

    anna.json(&[
        "person",
        "put",
        "gezin",
        "--name",
        "Lena",
        "--relation",
        "moeder",
        "--born",
        "1988-03-14",
        "--capacity",
        "capable",
    ]);
    assert_eq!(
        bas.json(&["person", "list", "gezin"])[0]["person"]["name"],
        "Lena"
    );
    anna.json(&[
        "person",
        "put",
        "gezin",
        "--change",
        "lena",
        "--relation",
        "mama",
    ]);

    anna.json(&[
        "conference",
        "plan",
        code,
        "--start",
        "2026-12-01T14:00",
        "--end",
        "2026-12-01T15:00",
        "--requires",
        "VT_MELDING",
    ]);
    let planned = bas.json(&["conference", "list"]);
    let conference = planned[0]["plan"]["id"].as_str().unwrap();
    assert_eq!(
        planned[0]["plan"]["start"], 1_796_130_000_000_i64,
        "14:00 in Amsterdam"
    );
    bas.json(&["conference", "reply", &conference[..6], "ACCEPTED"]);
    let file = desk.place.path().join("conference.ics");
    bas.json(&["conference", "ics", conference, file.to_str().unwrap()]);
    assert!(
        fs::read_to_string(file)
            .unwrap()
            .starts_with("BEGIN:VCALENDAR")
    );
    bas.json(&[
        "agenda",
        "put",
        "gezin",
        conference,
        "topic",
        "Hoe gaat het?",
    ]);
    bas.json(&[
        "agenda",
        "put",
        "gezin",
        conference,
        "scale",
        "4",
        "--rater",
        "Bas",
        "--on",
        "2026-11-20",
    ]);
    let agenda = anna.json(&["agenda", "list", "gezin", conference]);
    assert_eq!(agenda["items"].as_array().unwrap().len(), 2);

    share(anna, bas);
    account(&desk, officer);
}

fn share(anna: &Terminal, bas: &Terminal) {
    let on_consent = [
        "share",
        "gezin",
        "--text",
        "wat Lena vertelde",
        "--subject",
        "Lena",
        "--category",
        "GEZIN",
        "--purpose",
        "VEILIGHEIDSPLAN",
        "--art6",
        "6A",
        "--secrecy",
        "TOESTEMMING",
        "--description",
        "verslag",
    ];
    let (code, said) = bas.fails(&on_consent);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("way out:") && said.contains("consent"),
        "{said}"
    );

    let recorded = bas.json(&[
        "consent",
        "record",
        "gezin",
        "Lena",
        "--answer",
        "Lena=given",
        "--category",
        "GEZIN",
        "--purpose",
        "VEILIGHEIDSPLAN",
        "--notice",
        "uitgelegd",
    ]);
    let consent = recorded["record"].as_str().unwrap();
    let with_consent = [&on_consent[..], &["--consent", &consent[..8]]].concat();
    let checked = bas.json(&[&with_consent[..], &["--check"]].concat());
    assert_eq!(checked["allowed"], true);
    // What was checked can be kept, edited and given as it is.
    let account = bas.profile.join("account.json");
    fs::write(&account, checked["account"].to_string()).unwrap();
    let account = account.to_str().unwrap();
    bas.json(&[
        "share",
        "gezin",
        "--text",
        "wat Lena vertelde",
        "--account",
        account,
    ]);
    anna.json(&["consent", "withdraw", "gezin", consent, "--by", "Lena"]);
    assert_eq!(
        bas.json(&["consent", "list", "gezin"])[0]["state"],
        "withdrawn"
    );
    assert_eq!(bas.fails(&with_consent).0, 1, "blocked after withdrawal");

    anna.json(&[
        "share",
        "gezin",
        "--text",
        "wat er in de melding staat",
        "--subject",
        "Lena",
        "--category",
        "INCIDENT",
        "--purpose",
        "DIRECTE_VEILIGHEID",
        "--provision",
        "WMO_5_1_6",
        "--secrecy",
        "RECHT",
        "--description",
        "melding",
        "--motivation",
        "Zonder dit feit kan niemand het gevaar van vandaag inschatten.",
        "--necessity",
        "Alleen dit ene feit.",
        "--proportionality",
        "Veiligheid weegt zwaarder.",
        "--subsidiarity",
        "Het kan niet met minder.",
        "--inform",
        "omitted:GEVAAR_SLACHTOFFER",
    ]);
}

fn account(desk: &Desk, officer: &Terminal) {
    let register = officer.json(&["register"]);
    let records = register["records"].as_array().unwrap();
    assert_eq!(
        records.len(),
        4,
        "consent, disclosure, withdrawal, disclosure"
    );
    assert!(records.iter().all(|record| record["verified"] == true));

    let package = desk.place.path().join("package.zip");
    let path = package.to_str().unwrap();
    officer.json(&[
        "export",
        path,
        "--purpose",
        "toezicht",
        "--legal-basis",
        "AVG",
        "--recipient",
        "toezichthouder",
    ]);
    let nobody = desk.terminal("nobody");
    assert_eq!(
        nobody.json(&["verify", path])["verdict"],
        "OK",
        "without a profile"
    );

    let mut bytes = fs::read(&package).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let changed = desk.place.path().join("changed.zip");
    fs::write(&changed, &bytes).unwrap();
    let output = nobody.run(&["verify", changed.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(5));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("CHANGED\n  - "), "{said}");
    assert_eq!(nobody.run(&["verify", "/dev/null"]).status.code(), Some(5));
    assert_eq!(nobody.fails(&["verify", "/nowhere/at/all"]).0, 2);
}

#[test]
fn following_shows_what_is_said_as_it_is_said() {
    let desk = Desk::new();
    let Town { anna, bas, .. } = Town::found(&desk);
    anna.json(&["channel", "new", "Gezin", "--with", "Bas"]);
    anna.json(&["send", "Gezin", "eerste"]);
    let mut following = bas
        .command(&["follow", "Gezin"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
    let mut until = |wanted: &str| {
        lines
            .by_ref()
            .map(Result::unwrap)
            .find(|line| line.ends_with(wanted))
            .is_some()
    };
    assert!(until("eerste"));
    anna.json(&["send", "Gezin", "tweede"]);
    assert!(until("Anna (Veilig Thuis): tweede"));
    let interrupted = Command::new("kill")
        .args(["-INT", &following.id().to_string()])
        .status();
    assert!(interrupted.unwrap().success());
    assert!(
        following.wait().unwrap().success(),
        "Ctrl-C is the way to end it"
    );
}

#[test]
fn what_goes_wrong_is_said_with_the_way_out() {
    let desk = Desk::new();
    let Town { anna, link, .. } = Town::found(&desk);
    let says = |terminal: &Terminal, arguments: &[&str], code: i32, words: &[&str]| {
        let (found, said) = terminal.fails(arguments);
        assert_eq!(found, code, "{arguments:?}: {said}");
        for word in words {
            assert!(said.contains(word), "{arguments:?}: {said}");
        }
    };
    let stranger = desk.terminal("stranger");
    says(&stranger, &["status"], 3, &["no profile", "beraad enrol"]);
    says(
        &stranger,
        &["enrol", "http://beraad.example/#/enrol/abc"],
        2,
        &["https"],
    );
    says(&stranger, &["enrol", "abc"], 2, &["one-time link"]);
    says(
        &stranger,
        &["enrol", &link],
        1,
        &["link_used", "account admin"],
    );
    says(&anna, &["enrol", &link], 3, &["--profile"]);
    says(
        &anna,
        &["send", "Gezin Onbekend", "hallo"],
        2,
        &["no channel"],
    );
    says(
        &anna,
        &["channel", "new", "Gezin", "--with", "Niemand"],
        2,
        &["no colleague"],
    );
    says(
        &anna,
        &[
            "invite",
            "Chris",
            "--function",
            "x",
            "--role",
            "professional",
        ],
        1,
        &["role"],
    );
    says(&anna, &["register"], 2, &["compliance officer"]);

    let mut wrong = anna.command(&["status"]);
    let output = wrong
        .env("BERAAD_PASSPHRASE", "iets heel anders")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("not the passphrase"), "{said}");
    anna.json(&["status"]);

    let json = anna.run(&["--json", "send", "Gezin Onbekend", "hallo"]);
    let error: Value = serde_json::from_slice(&json.stderr).unwrap();
    assert_eq!(error["error"]["exit"], 2);
}

#[test]
fn a_device_the_server_does_not_know_is_told_so_and_still_shows_what_it_has() {
    let mut desk = Desk::new();
    let Town { anna, .. } = Town::found(&desk);
    anna.json(&["channel", "new", "Gezin"]);
    anna.json(&["send", "Gezin", "goedemorgen"]);
    desk.replace_server();
    let output = anna.run(&["read", "Gezin"]);
    assert!(output.status.success());
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("goedemorgen")
    );
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("unauthenticated") && said.contains("account admin"),
        "{said}"
    );
    let (code, said) = anna.fails(&["--timeout", "2", "send", "Gezin", "hallo?"]);
    assert!(code == 4 && said.contains("kept on this device"), "{said}");
}

/// Two organisations, a professional at each, and an officer.
struct Town {
    anna: Terminal,
    bas: Terminal,
    officer: Terminal,
    /// Anna's link, which was used.
    link: String,
}

impl Town {
    fn found(desk: &Desk) -> Self {
        let host = desk.enrolled("host", desk.server.first_link.as_deref().unwrap());
        let mut officers = Vec::new();
        let mut people = Vec::new();
        let mut links = Vec::new();
        for (name, kind, person, capacity) in [
            ("Veilig Thuis", "VT", "Anna", "VT_MELDING"),
            ("Wijkteam", "LOKAAL_TEAM", "Bas", "LT_HULP"),
        ] {
            let link = host.link(&["org", "open", name, "--kind", kind, "--admin", "Admin"]);
            let admin = desk.enrolled(&format!("admin {name}"), &link);
            let invite = |who: &str, role: &[&str]| {
                admin.link(&[&["invite", who, "--function", "Medewerker"], role].concat())
            };
            let link = invite("FG", &["--role", "compliance_officer"]);
            officers.push(desk.enrolled(&format!("officer {name}"), &link));
            let link = invite(person, &["--role", "professional", "--capacity", capacity]);
            people.push(desk.enrolled(person, &link));
            links.push(link);
        }
        let bas = people.pop().unwrap();
        let anna = people.pop().unwrap();
        Self {
            anna,
            bas,
            officer: officers.swap_remove(0),
            link: links.swap_remove(0),
        }
    }
}

fn messages(timeline: &Value) -> Vec<&str> {
    timeline["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["what"]["kind"] == "message")
        .map(|entry| entry["what"]["text"].as_str().unwrap())
        .collect()
}
