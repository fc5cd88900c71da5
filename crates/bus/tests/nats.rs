//! Wake-ups between nodes, by a real NATS server.

use std::time::Duration;

use beraad_bus::{
    Bus, Wake,
    nats::{NatsBus, NatsError},
    testing::TestNats,
};
use beraad_protocol::{ChannelId, DeviceId, OrgId, UserId};
use tokio::sync::mpsc::{UnboundedReceiver, error::TryRecvError};

/// Long enough for a slow machine; nobody waits so long where all is well.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wake_up_reaches_the_other_nodes_and_the_own_one_once() {
    let nats = TestNats::start();
    let (a, b) = (connected(&nats).await, connected(&nats).await);
    let (mut at_a, mut at_b) = (a.subscribe(), b.subscribe());
    let wakes = [
        channel(1, 3),
        Wake::Membership {
            channel: ChannelId::from_bytes([1; 16]),
            devices: vec![DeviceId::from_bytes([2; 16]); 500],
        },
        Wake::Directory { version: 9 },
        Wake::Conferences {
            users: vec![UserId::from_bytes([3; 16])],
            orgs: vec![OrgId::from_bytes([4; 16])],
        },
        Wake::Register { orgs: vec![] },
        Wake::Welcomes { devices: vec![] },
        Wake::KeyPackages {
            device: DeviceId::from_bytes([2; 16]),
            left: 1,
        },
    ];
    for wake in wakes {
        a.publish(wake.clone());
        assert_eq!(at_a.try_recv().as_ref(), Ok(&wake), "at once, without NATS");
        assert_eq!(heard(&mut at_b).await, wake);
    }
    // What b says now comes to a after anything of its own that would have come back.
    b.publish(Wake::Directory { version: 10 });
    assert_eq!(heard(&mut at_a).await, Wake::Directory { version: 10 });
    assert_eq!(heard(&mut at_b).await, Wake::Directory { version: 10 });
    assert_eq!(at_a.try_recv(), Err(TryRecvError::Empty));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_of_another_region_hear_nothing() {
    let nats = TestNats::start();
    let east = at(&format!("{}/east", nats.url())).await;
    let also_east = at(&format!("{}/east", nats.url())).await;
    let west = at(&format!("{}/west", nats.url())).await;
    let (mut in_west, mut in_east) = (west.subscribe(), also_east.subscribe());
    east.publish(channel(1, 1));
    assert_eq!(heard(&mut in_east).await, channel(1, 1));
    let also_west = at(&format!("{}/west", nats.url())).await;
    also_west.publish(channel(2, 2));
    assert_eq!(
        heard(&mut in_west).await,
        channel(2, 2),
        "and nothing before it"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_find_each_other_again_after_nats_was_away_and_know_that_they_missed_something() {
    let nats = TestNats::start();
    let (a, b) = (connected(&nats).await, connected(&nats).await);
    let (mut at_a, mut at_b) = (a.subscribe(), b.subscribe());
    let mut gaps = b.gaps();
    gaps.mark_unchanged();

    nats.stop();
    a.publish(channel(1, 1));
    assert_eq!(at_a.try_recv(), Ok(channel(1, 1)), "its own node hears it");
    nats.start_again();
    tokio::time::timeout(PATIENCE, gaps.changed())
        .await
        .expect("b is back")
        .unwrap();

    // a may not be back yet: what it says until then is lost, and that is well.
    let again = async {
        for version in 1.. {
            a.publish(Wake::Directory { version });
            let patience = Duration::from_millis(200);
            if let Ok(heard) = tokio::time::timeout(patience, at_b.recv()).await {
                return heard.unwrap();
            }
        }
        unreachable!("versions do not end")
    };
    tokio::time::timeout(PATIENCE, again)
        .await
        .expect("b hears a");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_starts_without_nats_and_finds_it_later() {
    let nats = TestNats::start();
    nats.stop();
    let a = NatsBus::connect(&nats.url()).await.unwrap();
    let mut at_a = a.subscribe();
    a.publish(channel(1, 1));
    assert_eq!(at_a.try_recv(), Ok(channel(1, 1)));
    nats.start_again();
    tokio::time::timeout(PATIENCE, a.gaps().wait_for(|gaps| *gaps > 0))
        .await
        .expect("NATS is found")
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_stranger_sends_is_not_heard_and_does_no_harm() {
    let nats = TestNats::start();
    let a = connected(&nats).await;
    let mut at_a = a.subscribe();
    let stranger = async_nats::connect(nats.url()).await.unwrap();
    for junk in [vec![], vec![0xff; 2], vec![0x9f; 70_000]] {
        stranger
            .publish("beraad.region.wake", junk.into())
            .await
            .unwrap();
    }
    stranger.flush().await.unwrap();
    let b = connected(&nats).await;
    b.publish(channel(1, 1));
    assert_eq!(heard(&mut at_a).await, channel(1, 1));
}

#[tokio::test]
async fn a_wrong_address_is_refused_without_repeating_it() {
    let refused = NatsBus::connect("http://user:secret@host").await;
    assert_eq!(refused.as_ref().map(drop), Err(&NatsError::Address));
    assert!(!format!("{refused:?}").contains("secret"));
}

/// A node whose wake-ups reach the others.
async fn connected(nats: &TestNats) -> NatsBus {
    at(&nats.url()).await
}

async fn at(url: &str) -> NatsBus {
    let bus = NatsBus::connect(url).await.unwrap();
    tokio::time::timeout(PATIENCE, bus.gaps().wait_for(|gaps| *gaps > 0))
        .await
        .expect("NATS is there")
        .unwrap();
    bus
}

async fn heard(listener: &mut UnboundedReceiver<Wake>) -> Wake {
    tokio::time::timeout(PATIENCE, listener.recv())
        .await
        .expect("a wake-up comes")
        .expect("the bus lives")
}

fn channel(n: u8, head: u64) -> Wake {
    Wake::Channel {
        channel: ChannelId::from_bytes([n; 16]),
        head,
        epoch: 0,
    }
}
