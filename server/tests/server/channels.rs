//! Channels: messages in one order for everybody, changes of the group, coming and going.

use beraad_group::{Expected, Processed};
use beraad_protocol::{
    ServerFrame,
    entry::EntryKind,
    frame::{Changed, Cursor},
    problem::Code,
    request::{Answer, Request, UploadKeyPackages},
    vocabulary::{OrgRole, OrganisationType},
};
use beraad_server::SuiteChoice;

use crate::client::{Device, Organisation, Region, bundled, enrolled, op, start};

#[tokio::test]
async fn two_organisations_talk_on_the_hybrid_suite() {
    let region = Region::with(SuiteChoice::Hybrid).await;
    let (lead, other) = (
        region.one.professional().await,
        region.two.professional().await,
    );
    other.upload(2).await;
    let mut lead_line = lead.connect(vec![]).await;
    let mut other_line = other.connect(vec![]).await;
    let mut leading = lead.create(&mut lead_line).await;
    let channel = leading.channel();
    lead_line.follow(channel, None).await;
    let created = lead_line.entries(channel, 1).await;
    assert_eq!(created[0].kind, EntryKind::Created);

    lead.add(&mut leading, &mut lead_line, &[&other]).await;
    while !other_line.kept.contains(&ServerFrame::WelcomesWaiting) {
        let frame = other_line.receive().await;
        other_line.kept.push(frame);
    }
    let (mut joined, seq) = other.join(&mut other_line).await;
    assert_eq!(seq, 1);
    assert_eq!(joined.epoch_authenticator(), leading.epoch_authenticator());
    other_line.follow(channel, None).await;

    let publish = lead.message(&mut leading, b"first words");
    let accepted = lead_line.accepted(Request::Publish(publish.clone())).await;
    assert_eq!((accepted.op, accepted.seq), (publish.op, 2));
    let heard = other_line.entries(channel, 1).await;
    assert_eq!(
        (heard[0].seq, heard[0].sender, heard[0].op),
        (2, lead.id, publish.op)
    );
    let said = joined
        .process(&other.store, Expected::Message, &heard[0].payload)
        .unwrap();
    let Processed::Message {
        sender, plaintext, ..
    } = said
    else {
        panic!("{said:?}")
    };
    assert_eq!(
        (sender, plaintext.as_slice()),
        (lead.identity(), &b"first words"[..])
    );

    let reply = other.message(&mut joined, b"heard");
    other_line.accepted(Request::Publish(reply)).await;
    let entries = lead_line.entries(channel, 3).await;
    assert_eq!(
        entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    let said = leading
        .process(&lead.store, Expected::Message, &entries[2].payload)
        .unwrap();
    assert!(matches!(said, Processed::Message { plaintext, .. } if plaintext == b"heard"));

    let (joined_keys, left) = other_line.ready.map(|r| (r.key_packages, 1)).unwrap();
    assert_eq!((joined_keys, left), (2, 1));
    region.server.shutdown().await.unwrap();
}

#[tokio::test]
async fn everything_arrives_once_and_in_order_after_being_away() {
    let region = Region::new().await;
    let (lead, other) = (
        region.one.professional().await,
        region.two.professional().await,
    );
    other.upload(1).await;
    let mut line = lead.connect(vec![]).await;
    let mut leading = lead.create(&mut line).await;
    let channel = leading.channel();
    lead.add(&mut leading, &mut line, &[&other]).await;

    // Many at once, answered in any order but accepted in the order they were sent.
    let mut wanted = Vec::new();
    for n in 0..40_u8 {
        let publish = lead.message(&mut leading, &[n]);
        wanted.push((publish.op, line.request(Request::Publish(publish)).await));
    }
    for (n, (op, id)) in wanted.iter().enumerate() {
        let Ok(Answer::Accepted(accepted)) = line.answer(*id).await else {
            panic!()
        };
        assert_eq!((accepted.op, accepted.seq), (*op, n as u64 + 2));
    }

    let cursor = |after| vec![Cursor { channel, after }];
    let mut back = other.connect(cursor(None)).await;
    let (mut joined, _) = other.join(&mut back).await;
    let entries = back.entries(channel, 40).await;
    for (n, entry) in (0_u8..).zip(&entries) {
        assert_eq!(
            entry.seq,
            u64::from(n) + 2,
            "a newcomer reads from after its welcome"
        );
        let said = joined
            .process(&other.store, Expected::Message, &entry.payload)
            .unwrap();
        assert!(matches!(said, Processed::Message { plaintext, .. } if plaintext == [n]));
    }
    let mut again = other.connect(cursor(Some(39))).await;
    assert_eq!(again.entries(channel, 2).await[0].seq, 40);

    let Region { server, folder, .. } = region;
    server.shutdown().await.unwrap();
    let server = start(folder.path()).await;
    let lead = Device {
        url: server.url.clone(),
        ..lead
    };
    let mut line = lead.connect(cursor(None)).await;
    assert_eq!(line.ready.as_ref().unwrap().channels, [channel]);
    assert_eq!(
        line.entries(channel, 42).await.len(),
        42,
        "a restart keeps everything"
    );
    let publish = lead.message(&mut leading, b"after the restart");
    assert_eq!(line.accepted(Request::Publish(publish)).await.seq, 42);
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_repeated_operation_gets_its_first_answer() {
    let region = Region::new().await;
    let lead = region.one.professional().await;
    let mut line = lead.connect(vec![]).await;
    let (mut leading, create) = lead.found();
    let first = line.accepted(Request::CreateChannel(create.clone())).await;
    assert_eq!(
        line.accepted(Request::CreateChannel(create.clone())).await,
        first
    );

    let publish = lead.message(&mut leading, b"once");
    let published = line.accepted(Request::Publish(publish.clone())).await;
    let bundle = leading.update(&lead.store).unwrap();
    let bundle = bundled(&leading, bundle);
    let committed = line.accepted(Request::Commit(bundle.clone())).await;
    leading.merge_pending(&lead.store).unwrap();

    // The epoch has passed, and still: accepted, never stale.
    assert_eq!(
        line.accepted(Request::Publish(publish.clone())).await,
        published
    );
    assert_eq!(
        line.accepted(Request::Commit(bundle.clone())).await,
        committed
    );
    let mut line = lead.connect(vec![]).await;
    for (op, accepted) in [
        (publish.op, published),
        (bundle.op, committed),
        (create.op, first),
    ] {
        let outcome = line.ask(Request::Outcome { op }).await;
        assert_eq!(outcome, Ok(Answer::Accepted(accepted)));
    }
    assert_eq!(
        line.ask(Request::Outcome { op: op() }).await,
        Ok(Answer::Unknown)
    );

    let mut other = lead.message(&mut leading, b"another");
    other.op = bundle.op;
    assert_eq!(line.refused(Request::Publish(other)).await, Code::Conflict);
    line.follow(leading.channel(), None).await;
    assert_eq!(
        line.entries(leading.channel(), 3).await.len(),
        3,
        "each is there once"
    );
}

#[tokio::test]
async fn a_stale_commit_is_refused_and_the_epoch_stands() {
    let region = Region::new().await;
    let (lead, other) = (
        region.one.professional().await,
        region.two.professional().await,
    );
    other.upload(1).await;
    let mut lead_line = lead.connect(vec![]).await;
    let mut other_line = other.connect(vec![]).await;
    let mut leading = lead.create(&mut lead_line).await;
    lead.add(&mut leading, &mut lead_line, &[&other]).await;
    let (mut joined, _) = other.join(&mut other_line).await;

    let mine = leading.update(&lead.store).unwrap();
    let theirs = joined.update(&other.store).unwrap();
    let mine = lead_line
        .accepted(Request::Commit(bundled(&leading, mine)))
        .await;
    let stale = Request::Commit(bundled(&joined, theirs));
    let problem = other_line.ask(stale).await.unwrap_err();
    assert_eq!(problem.code, Code::StaleEpoch);
    assert_eq!((problem.epoch, problem.head), (Some(2), Some(mine.seq)));

    // The loser drops its commit, takes the winner's and goes on.
    joined.clear_pending(&other.store).unwrap();
    let old = other.message(&mut joined, b"too late");
    let problem = other_line.ask(Request::Publish(old)).await.unwrap_err();
    assert_eq!((problem.code, problem.epoch), (Code::StaleEpoch, Some(2)));
    other_line.follow(joined.channel(), Some(1)).await;
    let entries = other_line.entries(joined.channel(), 1).await;
    joined
        .process(&other.store, Expected::Handshake, &entries[0].payload)
        .unwrap();
    let again = other.message(&mut joined, b"in time");
    other_line.accepted(Request::Publish(again)).await;
}

#[tokio::test]
async fn a_commit_that_does_not_hold_changes_nothing() {
    let region = Region::new().await;
    let (lead, other) = (
        region.one.professional().await,
        region.two.professional().await,
    );
    other.upload(2).await;
    let mut line = lead.connect(vec![]).await;
    let mut other_line = other.connect(vec![]).await;
    let mut leading = lead.create(&mut line).await;
    lead.add(&mut leading, &mut line, &[&other]).await;
    let (mut joined, _) = other.join(&mut other_line).await;

    let bundle = leading.update(&lead.store).unwrap();
    let good = bundled(&leading, bundle);
    let mut bent = good.clone();
    let middle = bent.commit.len() / 2;
    bent.commit[middle] ^= 1;
    assert_eq!(line.refused(Request::Commit(bent)).await, Code::BadBundle);
    let mut cut = good.clone();
    cut.group_info.truncate(cut.group_info.len() / 2);
    assert_eq!(line.refused(Request::Commit(cut)).await, Code::BadBundle);
    let mut surplus = good.clone();
    surplus.welcome = Some(vec![1, 2, 3].into());
    assert_eq!(
        line.refused(Request::Commit(surplus)).await,
        Code::BadBundle
    );
    let mut lent = good.clone();
    lent.op = op();
    assert_eq!(
        other_line.refused(Request::Commit(lent)).await,
        Code::BadBundle,
        "not its own"
    );
    let mut future = good.clone();
    future.epoch += 1;
    assert_eq!(
        line.refused(Request::Commit(future)).await,
        Code::StaleEpoch
    );
    line.accepted(Request::Commit(good)).await;

    // A participant may not remove others; the group's policy says so to the server as well.
    let refused = joined.remove(&other.store, &[lead.id]);
    assert!(refused.is_err());
}

#[tokio::test]
async fn a_removed_member_gets_its_removal_and_nothing_after_it() {
    let region = Region::new().await;
    let (lead, other) = (
        region.one.professional().await,
        region.two.professional().await,
    );
    other.upload(2).await;
    let mut lead_line = lead.connect(vec![]).await;
    let mut other_line = other.connect(vec![]).await;
    let mut leading = lead.create(&mut lead_line).await;
    let channel = leading.channel();
    lead.add(&mut leading, &mut lead_line, &[&other]).await;
    let (mut joined, _) = other.join(&mut other_line).await;
    other_line.follow(channel, Some(1)).await;
    other_line.settled().await;

    let bundle = leading.remove(&lead.store, &[other.id]).unwrap();
    lead_line
        .accepted(Request::Commit(bundled(&leading, bundle)))
        .await;
    leading.merge_pending(&lead.store).unwrap();
    let after = lead.message(&mut leading, b"among ourselves");
    let after = lead_line.accepted(Request::Publish(after)).await;

    let removal = other_line.entries(channel, 1).await;
    assert_eq!((removal[0].seq, removal[0].kind), (2, EntryKind::Commit));
    let said = joined
        .process(&other.store, Expected::Handshake, &removal[0].payload)
        .unwrap();
    assert!(matches!(
        said,
        Processed::Commit {
            removed_self: true,
            ..
        }
    ));
    other_line.settled().await;
    let leaked = |frame: &ServerFrame| matches!(frame, ServerFrame::Entries { .. });
    assert!(!other_line.kept.iter().any(leaked));
    let mut again = other
        .connect(vec![Cursor {
            channel,
            after: None,
        }])
        .await;
    assert_eq!(again.entries(channel, 1).await[0].seq, 2);
    again.settled().await;
    assert!(!again.kept.iter().any(leaked));
    assert!(again.ready.as_ref().unwrap().channels.is_empty());

    // Added again, it reads on from there.
    lead.add(&mut leading, &mut lead_line, &[&other]).await;
    let (mut rejoined, seq) = other.join(&mut other_line).await;
    assert_eq!(seq, after.seq + 1);
    let welcome_back = lead.message(&mut leading, b"welcome back");
    let said = lead_line.accepted(Request::Publish(welcome_back)).await;
    let entries = other_line.entries(channel, 1).await;
    assert_eq!(entries[0].seq, said.seq);
    rejoined
        .process(&other.store, Expected::Message, &entries[0].payload)
        .unwrap();
}

#[tokio::test]
async fn someone_elses_channel_stays_unknown() {
    let region = Region::new().await;
    let (lead, stranger) = (
        region.one.professional().await,
        region.two.professional().await,
    );
    let mut line = lead.connect(vec![]).await;
    let mut leading = lead.create(&mut line).await;
    let channel = leading.channel();
    let mut strange = stranger
        .connect(vec![Cursor {
            channel,
            after: None,
        }])
        .await;
    let publish = lead.message(&mut leading, b"private");
    let mut overheard = publish.clone();
    overheard.op = op();
    assert_eq!(
        strange.refused(Request::Publish(overheard)).await,
        Code::NotFound
    );
    let bundle = leading.update(&lead.store).unwrap();
    let bundle = bundled(&leading, bundle);
    assert_eq!(
        strange.refused(Request::Commit(bundle)).await,
        Code::NotFound
    );
    strange.follow(channel, None).await;
    line.accepted(Request::Publish(publish)).await;
    strange.settled().await;
    assert!(strange.kept.is_empty(), "nothing came: {:?}", strange.kept);
    assert_eq!(strange.ask(Request::Cases).await, Ok(Answer::Cases(vec![])));

    let (mut other, mut create) = stranger.found();
    let unknown = stranger.message(&mut other, b"nowhere");
    assert_eq!(
        strange.refused(Request::Publish(unknown)).await,
        Code::NotFound
    );
    create.case_code = format!("zaak {channel}");
    assert_eq!(
        strange.refused(Request::CreateChannel(create)).await,
        Code::Conflict
    );
}

#[tokio::test]
async fn only_professionals_of_organisations_with_a_register_take_part() {
    let region = Region::new().await;
    let admin = Organisation::without_register(&region.host, "GGZ", OrganisationType::Ggz).await;
    let unregistered = enrolled(&admin, &[OrgRole::Professional]).await;
    let both = enrolled(
        &region.two.admin,
        &[OrgRole::Professional, OrgRole::ComplianceOfficer],
    )
    .await;
    let coordinator = enrolled(&region.two.admin, &[OrgRole::Coordinator]).await;
    let lead = region.one.professional().await;
    let mut line = lead.connect(vec![]).await;
    let mut leading = lead.create(&mut line).await;

    let outsiders = [
        (&unregistered, Code::NoRegisterKey),
        (&both, Code::Forbidden),
        (&coordinator, Code::Forbidden),
    ];
    for (device, code) in outsiders {
        device.upload(1).await;
        let users = vec![device.who.user];
        let claimed = line.ask(Request::ClaimKeyPackages { users }).await.unwrap();
        let Answer::Claimed(claimed) = claimed else {
            panic!()
        };
        let packages = [claimed[0].key_package.clone()];
        let bundle = leading.add(&lead.store, &packages).unwrap();
        let bundle = bundled(&leading, bundle);
        assert_eq!(line.refused(Request::Commit(bundle)).await, code);
        leading.clear_pending(&lead.store).unwrap();
    }
    let (_, create) = unregistered.found();
    let refused = unregistered
        .asks(Request::CreateChannel(create))
        .await
        .unwrap_err();
    assert_eq!(refused.code, Code::NoRegisterKey);
    let (_, create) = both.found();
    let refused = both.asks(Request::CreateChannel(create)).await.unwrap_err();
    assert_eq!(refused.code, Code::Forbidden);
    let publish = lead.message(&mut leading, b"alone still");
    line.accepted(Request::Publish(publish)).await;
}

#[tokio::test]
async fn key_packages_are_checked_counted_and_served_once() {
    let region = Region::new().await;
    let (lead, other) = (
        region.one.professional().await,
        region.two.professional().await,
    );
    let mut line = lead.connect(vec![]).await;
    let mut other_line = other.connect(vec![]).await;
    let claim = || Request::ClaimKeyPackages {
        users: vec![other.who.user],
    };
    assert_eq!(line.refused(claim()).await, Code::NoKeyPackage);

    let upload = Request::UploadKeyPackages(UploadKeyPackages {
        key_packages: other.key_packages(2, false),
        last_resort: other.key_packages(1, true).pop(),
    });
    let two_left = Ok(Answer::KeyPackages { left: 2 });
    assert_eq!(other_line.ask(upload.clone()).await, two_left);
    assert_eq!(
        other_line.ask(upload.clone()).await,
        two_left,
        "repeating adds nothing"
    );
    assert_eq!(
        line.refused(upload.clone()).await,
        Code::BadBundle,
        "another device's"
    );

    let mut claimed = Vec::new();
    for _ in 0..4 {
        let Answer::Claimed(mut one) = line.ask(claim()).await.unwrap() else {
            panic!()
        };
        claimed.push(one.remove(0).key_package);
    }
    assert_ne!(claimed[0], claimed[1]);
    assert_eq!(claimed[2], claimed[3], "the last resort is kept");
    other_line
        .hint(|changed| changed == Changed::KeyPackages(0))
        .await;
    assert_eq!(
        other_line.ask(upload).await,
        Ok(Answer::KeyPackages { left: 0 }),
        "what was claimed does not come back"
    );
    let misplaced = Request::UploadKeyPackages(UploadKeyPackages {
        key_packages: other.key_packages(1, true),
        last_resort: None,
    });
    assert_eq!(other_line.refused(misplaced).await, Code::Invalid);
}
