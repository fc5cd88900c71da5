//! A server that is killed loses nothing it acknowledged.

use beraad_cli::host::Host;
use beraad_engine::{
    intent::Intent,
    view::{View, ViewRequest},
};
use beraad_protocol::vocabulary::{ActingCapacity, OrganisationType};

use super::support::{self, Professional, Town, WITHIN};

#[test]
fn what_was_acknowledged_before_a_kill_is_there_after_it_and_what_was_not_comes_once() {
    support::run(async {
        let mut town = Town::found().await;
        let vt = town
            .organisation("Veilig Thuis", OrganisationType::Vt)
            .await;
        let gi = town.organisation("De Brug", OrganisationType::Gi).await;
        let anna = town
            .professional(&vt, "Anna", ActingCapacity::VtMelding)
            .await;
        let bas = town.professional(&gi, "Bas", ActingCapacity::GiOts).await;
        let (channel, _) = anna.opens("Gezin", &[&bas]).await;

        let mut acknowledged = Vec::new();
        for round in 0..3 {
            for number in 0..5 {
                let text = format!("ronde {round} bericht {number}");
                anna.says(channel, &text).await;
                acknowledged.push(text);
            }
            // Under way when the server dies: it may be on disk or not.
            let host = anna.host.clone();
            let text = format!("ronde {round} onderweg");
            acknowledged.push(text.clone());
            let under_way =
                tokio::spawn(
                    async move { host.intent(Intent::SendMessage { channel, text }).await },
                );
            tokio::task::yield_now().await;
            town.kill_server();
            town.start_server().await;
            tokio::time::timeout(WITHIN, under_way)
                .await
                .unwrap()
                .unwrap()
                .unwrap();
        }
        let wanted: Vec<&str> = acknowledged.iter().map(String::as_str).collect();
        anna.reads(channel, &wanted).await;
        bas.reads(channel, &wanted).await;
    });
}

#[test]
fn a_device_that_was_closed_with_something_to_send_sends_it_once() {
    support::run(async {
        let town = Town::found().await;
        let vt = town
            .organisation("Veilig Thuis", OrganisationType::Vt)
            .await;
        let anna = town
            .professional(&vt, "Anna", ActingCapacity::VtMelding)
            .await;
        let bas = town
            .professional(&vt, "Bas", ActingCapacity::VtMelding)
            .await;
        let (channel, _) = anna.opens("Gezin", &[&bas]).await;
        anna.host.go_offline().await;
        let host = anna.host.clone();
        let text = "geschreven zonder verbinding".to_owned();
        let unanswered =
            tokio::spawn(async move { host.intent(Intent::SendMessage { channel, text }).await });
        let request = ViewRequest::Timeline {
            channel,
            before: None,
            limit: 10,
        };
        anna.host
            .wait_until("it does not wait", WITHIN, request, |view| {
                let View::Timeline(timeline) = view else {
                    return None;
                };
                timeline
                    .entries
                    .iter()
                    .any(|entry| entry.seq.is_none())
                    .then_some(())
            })
            .await
            .unwrap();
        anna.host.shutdown().await;
        assert!(unanswered.await.unwrap().is_err());

        let host = Host::open(&anna.profile, support::town::PASSPHRASE)
            .await
            .unwrap();
        let anna = Professional { host, ..anna };
        bas.reads(channel, &["geschreven zonder verbinding"]).await;
        anna.reads(channel, &["geschreven zonder verbinding"]).await;
        let timeline = anna.host.timeline(channel, None, 10).await.unwrap();
        assert!(
            timeline.entries.iter().all(|entry| entry.seq.is_some()),
            "nothing waits"
        );
    });
}
