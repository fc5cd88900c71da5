//! Several nodes on one PostgreSQL, woken by NATS: to a device they are one server.

use std::{fs, path::Path};

use beraad_bus::testing::TestNats;
use beraad_group::Expected;
use beraad_protocol::{
    ServerFrame,
    entry::{Entry, EntryKind},
    frame::{Changed, Cursor},
    problem::Code,
    request::{Answer, Request},
    vocabulary::OrgRole,
};
use beraad_server::{Config, RunningServer, Server, SuiteChoice};
use beraad_storage_postgres::testing::TestPostgres;

use crate::client::{Connection, Device, Region, bundled, enrolled};

/// A region with a second node.
struct Nodes {
    postgres: TestPostgres,
    nats: TestNats,
    database: String,
    region: Region,
    second: RunningServer,
    second_folder: tempfile::TempDir,
}

impl Nodes {
    async fn new() -> Self {
        let (postgres, nats) = (TestPostgres::start(), TestNats::start());
        let database = postgres.database("region").await;
        let folder = tempfile::tempdir().unwrap();
        let first = start(folder.path(), &database, &nats).await.unwrap();
        let region = Region::of(first, folder).await;
        let second_folder = tempfile::tempdir().unwrap();
        copy_keys(region.folder.path(), second_folder.path());
        let second = start(second_folder.path(), &database, &nats).await.unwrap();
        Self {
            postgres,
            nats,
            database,
            region,
            second,
            second_folder,
        }
    }

    /// A professional of the first organisation, at the first node.
    async fn at_first(&self) -> Device {
        self.region.one.professional().await
    }

    /// A professional of the second organisation, at the second node.
    async fn at_second(&self) -> Device {
        let mut device = self.region.two.professional().await;
        device.url.clone_from(&self.second.url);
        device
    }

    async fn stop(self) {
        self.second.shutdown().await.unwrap();
        self.region.server.shutdown().await.unwrap();
    }
}

async fn start(
    data: &Path,
    database: &str,
    nats: &TestNats,
) -> Result<RunningServer, beraad_server::ServerError> {
    let config = Config {
        suite: SuiteChoice::Classic,
        database: Some(database.to_owned().into()),
        bus: Some(nats.url().into()),
        ..Config::for_test(data.to_owned())
    };
    Server::start(config).await
}

fn copy_keys(from: &Path, to: &Path) {
    fs::create_dir(to.join("keys")).unwrap();
    for file in fs::read_dir(from.join("keys")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join("keys").join(file.file_name())).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn devices_at_two_nodes_talk_as_if_there_were_one() {
    let nodes = Nodes::new().await;
    let (lead, other) = (nodes.at_first().await, nodes.at_second().await);
    other.upload(2).await;
    let mut lead_line = lead.connect(vec![]).await;
    let mut other_line = other.connect(vec![]).await;
    let mut leading = lead.create(&mut lead_line).await;
    let channel = leading.channel();
    lead_line.follow(channel, None).await;
    lead.add(&mut leading, &mut lead_line, &[&other]).await;

    // Its welcome came to the first node, it listens at the second.
    until_welcomed(&mut other_line).await;
    let (mut joined, seq) = other.join(&mut other_line).await;
    assert_eq!(seq, 1);
    other_line.follow(channel, None).await;
    assert_eq!(lead_line.entries(channel, 2).await.len(), 2);

    for n in 0..10_u8 {
        let words = lead.message(&mut leading, &[n]);
        let accepted = lead_line.accepted(Request::Publish(words)).await;
        let heard = other_line.entries(channel, 1).await;
        assert_eq!(heard[0].seq, accepted.seq);
        let said = joined.process(&other.store, Expected::Message, &heard[0].payload);
        said.unwrap();
        let words = other.message(&mut joined, &[n]);
        let accepted = other_line.accepted(Request::Publish(words)).await;
        // Its own message is in its channel too, after the ones it read.
        assert_eq!(other_line.entries(channel, 1).await[0].seq, accepted.seq);
        let heard = lead_line.entries(channel, 2).await;
        assert_eq!(heard[1].seq, accepted.seq);
    }

    // Whoever is put out gets to know it at the other node, and nothing after it.
    let bundle = leading.remove(&lead.store, &[other.id]).unwrap();
    let removal = lead_line
        .accepted(Request::Commit(bundled(&leading, bundle)))
        .await;
    leading.merge_pending(&lead.store).unwrap();
    let last = other_line.entries(channel, 1).await;
    assert_eq!(
        (last[0].seq, last[0].kind),
        (removal.seq, EntryKind::Commit)
    );
    let words = lead.message(&mut leading, b"among ourselves");
    lead_line.accepted(Request::Publish(words)).await;
    lead_line.entries(channel, 2).await;
    other_line.settled().await;
    assert!(other_line.kept.iter().all(|frame| !is_entries(frame)));
    nodes.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_nats_everything_still_arrives() {
    let nodes = Nodes::new().await;
    let (lead, other) = (nodes.at_first().await, nodes.at_second().await);
    other.upload(1).await;
    let mut lead_line = lead.connect(vec![]).await;
    let mut other_line = other.connect(vec![]).await;
    nodes.nats.stop();

    let mut leading = lead.create(&mut lead_line).await;
    let channel = leading.channel();
    lead.add(&mut leading, &mut lead_line, &[&other]).await;
    until_welcomed(&mut other_line).await;
    other.join(&mut other_line).await;
    other_line.follow(channel, None).await;
    other_line.settled().await;
    for n in 0..3_u8 {
        let words = lead.message(&mut leading, &[n]);
        let accepted = lead_line.accepted(Request::Publish(words)).await;
        assert_eq!(other_line.entries(channel, 1).await[0].seq, accepted.seq);
    }
    // A change of the directory is noticed as well.
    enrolled(&nodes.region.one.admin, &[OrgRole::Coordinator]).await;
    let directory = |changed| matches!(changed, Changed::Directory(_));
    other_line.hint(directory).await;

    nodes.nats.start_again();
    let words = lead.message(&mut leading, b"again");
    lead_line.accepted(Request::Publish(words)).await;
    other_line.entries(channel, 1).await;
    nodes.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_goes_on_at_the_other_node_when_its_own_is_gone() {
    let nodes = Nodes::new().await;
    let (mut lead, other) = (nodes.at_first().await, nodes.at_second().await);
    other.upload(1).await;
    let mut lead_line = lead.connect(vec![]).await;
    let mut leading = lead.create(&mut lead_line).await;
    let channel = leading.channel();
    lead.add(&mut leading, &mut lead_line, &[&other]).await;
    let mut published = Vec::new();
    for n in 0..20_u8 {
        let words = lead.message(&mut leading, &[n]);
        let accepted = lead_line.accepted(Request::Publish(words.clone())).await;
        published.push((words, accepted));
    }
    lead.url.clone_from(&nodes.second.url);
    drop(lead_line);
    let Nodes {
        postgres: _postgres,
        nats: _nats,
        region: Region { server, .. },
        second,
        ..
    } = nodes;
    server.shutdown().await.unwrap();

    // What it sent and may not have had an answer to gets its first answer.
    let mut again = lead
        .connect(vec![Cursor {
            channel,
            after: Some(1),
        }])
        .await;
    for (words, accepted) in published {
        assert_eq!(again.accepted(Request::Publish(words)).await, accepted);
    }
    let entries = again.entries(channel, 20).await;
    assert_eq!(numbers(&entries), (2..22).collect::<Vec<_>>());
    second.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_postgres_is_away_devices_are_told_so_and_then_go_on() {
    let nodes = Nodes::new().await;
    let lead = nodes.at_first().await;
    let mut line = lead.connect(vec![]).await;
    let mut leading = lead.create(&mut line).await;
    let words = lead.message(&mut leading, b"words");

    nodes.postgres.crash();
    let refused = line.ask(Request::Publish(words.clone())).await;
    assert_eq!(refused.unwrap_err().code, Code::Unavailable);

    nodes.postgres.start_again();
    let accepted = loop {
        match line.ask(Request::Publish(words.clone())).await {
            Ok(Answer::Accepted(accepted)) => break accepted,
            Err(problem) if problem.code == Code::Unavailable => tokio::task::yield_now().await,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(accepted.seq, 1, "once");
    nodes.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_with_keys_of_its_own_does_not_start() {
    let nodes = Nodes::new().await;
    let folder = tempfile::tempdir().unwrap();
    let refused = start(folder.path(), &nodes.database, &nodes.nats).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("keys of another node"), "{refused}");
    assert!(nodes.second_folder.path().join("keys/attestation").exists());
    nodes.stop().await;
}

#[tokio::test]
async fn a_database_that_is_not_there_is_named_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    for (database, bus) in [
        ("postgres://beraad:hush@127.0.0.1:1/beraad", None),
        ("mysql://beraad:hush@127.0.0.1/beraad", None),
        (
            "postgres://beraad:hush@127.0.0.1:1/beraad",
            Some("nats:/beraad:hush@host"),
        ),
    ] {
        let config = Config {
            database: Some(database.to_owned().into()),
            bus: bus.map(|bus| bus.to_owned().into()),
            ..Config::for_test(folder.path().to_owned())
        };
        let refused = Server::start(config).await.unwrap_err();
        assert!(!format!("{refused} {refused:?}").contains("hush"));
    }
}

async fn until_welcomed(line: &mut Connection) {
    while !line.kept.contains(&ServerFrame::WelcomesWaiting) {
        let frame = line.receive().await;
        line.kept.push(frame);
    }
}

fn is_entries(frame: &ServerFrame) -> bool {
    matches!(frame, ServerFrame::Entries { .. })
}

fn numbers(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq).collect()
}
