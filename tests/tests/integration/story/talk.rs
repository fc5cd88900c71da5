//! Talking: live, in order, and after being away.

use beraad_engine::intent::Intent;
use beraad_protocol::ChannelId;

use super::{Cast, Words, plain, support};

/// Three people of three organisations write; one of them is away for a while.
pub async fn people_talk(cast: &Cast, words: Words<'_>) -> ChannelId {
    let (channel, _) = cast
        .marieke
        .opens(&words("household"), &[&cast.karima, &cast.daan])
        .await;
    for member in cast.members() {
        member
            .sees(channel, |view| {
                view.summary.household_name == words("household")
            })
            .await;
    }
    let said: Vec<String> = (0..7)
        .map(|number| words(&format!("message {number}")))
        .collect();
    let said: Vec<&str> = said.iter().map(String::as_str).collect();

    cast.marieke.says(channel, said[0]).await;
    cast.karima.reads(channel, &said[..1]).await;
    cast.karima.says(channel, said[1]).await;
    cast.daan.reads(channel, &said[..2]).await;
    cast.daan.says(channel, said[2]).await;

    cast.karima.host.go_offline().await;
    cast.marieke.says(channel, said[3]).await;
    cast.marieke.says(channel, said[4]).await;
    let away = [5, 6].map(|number| {
        let host = cast.karima.host.clone();
        let text = said[number].to_owned();
        async move { host.intent(Intent::SendMessage { channel, text }).await }
    });
    let [first, second] = away.map(tokio::spawn);
    cast.karima.host.go_online();
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();

    for member in cast.members() {
        // Two intents that were given at the same time may go in either order.
        let turned = [&said[..5], &[said[6], said[5]]].concat();
        let timeline = member.host.timeline(channel, None, 500).await.unwrap();
        let read = support::town::messages(&beraad_engine::view::View::Timeline(timeline));
        if read == turned {
            member.reads(channel, &turned).await;
        } else {
            member.reads(channel, &said).await;
        }
    }
    channel
}

#[test]
fn what_is_said_arrives_once_and_in_order_also_after_being_away() {
    support::run(async {
        let cast = Cast::gather().await;
        people_talk(&cast, &plain).await;
    });
}
