//! The story every database is told. An adapter's test calls [`story`] with an empty store, opens
//! the same store again and calls [`afterwards`].
//!
//! It panics where a database tells another story.

use beraad_protocol::{
    ChannelId, ConferenceId, DeviceId, LogId, OperationId, OrgId, RecordId, RegisterKeyId,
    Timestamp, UserId,
    directory::RegisterKey,
    entry::{EntryKind, SealedCopy},
    meeting::ConferencePlan,
    vocabulary::{
        ActingCapacity, ConferenceKind, ConferenceStatus, Framework, OrgRole, OrganisationType,
        ParticipationStatus, RecordKind,
    },
};

use crate::{
    Result, StorageError,
    channel::{Head, Member, NewChannel, NewEntry, Stint},
    delivery::NewKeyPackage,
    directory::{Account, EnrolledDevice, Link},
    meeting::Onlooker,
    operation::DoneOperation,
    register::{NewLeaf, NewRegisterEntry},
    traits::{
        ChannelRead, ChannelWrite, DeliveryRead, DeliveryWrite, DirectoryRead, DirectoryWrite,
        MeetingRead, MeetingWrite, OperationRead, OperationWrite, RegisterRead, RegisterWrite,
        Store, Write,
    },
};

const ORG: OrgId = OrgId::from_bytes([1; 16]);
const OTHER_ORG: OrgId = OrgId::from_bytes([2; 16]);
const LEAD: UserId = UserId::from_bytes([3; 16]);
const COLLEAGUE: UserId = UserId::from_bytes([4; 16]);
const LEAD_DEVICE: DeviceId = DeviceId::from_bytes([5; 16]);
const COLLEAGUE_DEVICE: DeviceId = DeviceId::from_bytes([6; 16]);
const CHANNEL: ChannelId = ChannelId::from_bytes([7; 16]);
const CONFERENCE: ConferenceId = ConferenceId::from_bytes([8; 16]);
const KEY: RegisterKeyId = RegisterKeyId::from_bytes([9; 16]);
const NOW: Timestamp = Timestamp(1_700_000_000_000);

/// Tells an empty store the whole story.
///
/// # Panics
/// Where the database tells another one.
pub async fn story<S: Store>(store: &S) {
    people_enrol(store).await;
    a_failed_job_undoes_itself_alone(store).await;
    effects_follow_commits(store).await;
    key_packages_are_claimed_once(store).await;
    a_channel_grows_without_gaps(store).await;
    members_come_and_go(store).await;
    welcomes_wait_until_dropped(store).await;
    conferences_are_planned_and_answered(store).await;
    records_enter_log_and_register(store).await;
}

/// What the story left behind is still there when the store is opened again.
///
/// # Panics
/// Where something is missing.
pub async fn afterwards<S: Store>(store: &S) {
    let mut read = store.read().await.unwrap();
    assert_eq!(read.directory_version().await.unwrap(), 1);
    assert_eq!(read.directory().await.unwrap().users.len(), 2);
    let channel = read.channel(CHANNEL).await.unwrap().unwrap();
    assert_eq!((channel.head, channel.epoch), (3, 1));
    assert_eq!(read.log_size(LogId::from(ORG)).await.unwrap(), 1);
}

async fn people_enrol<S: Store>(store: &S) {
    let mut read = store.read().await.unwrap();
    assert_eq!(read.directory_version().await.unwrap(), 0);
    assert_eq!(read.organisation(ORG).await.unwrap(), None);
    assert_eq!(read.account(LEAD).await.unwrap(), None);
    assert_eq!(read.device(LEAD_DEVICE).await.unwrap(), None);
    assert_eq!(read.link([1; 32]).await.unwrap(), None);
    drop(read);

    write(store, |tx| {
        Box::pin(async move {
            tx.add_organisation(ORG, "One", OrganisationType::Vt, NOW)
                .await?;
            tx.add_organisation(OTHER_ORG, "Two", OrganisationType::Gi, NOW)
                .await?;
            tx.add_account(&account(LEAD, ORG), NOW).await?;
            tx.add_account(&account(COLLEAGUE, OTHER_ORG), NOW).await?;
            let link = Link {
                token_hash: [1; 32],
                user: LEAD,
                expires_at: NOW,
                used_by: None,
            };
            tx.add_link(&link).await?;
            tx.add_link(&Link {
                token_hash: [2; 32],
                ..link
            })
            .await?;
            tx.add_device(&device(LEAD_DEVICE, LEAD, 1)).await?;
            tx.add_device(&device(COLLEAGUE_DEVICE, COLLEAGUE, 2))
                .await?;
            assert!(
                tx.use_link([1; 32], LEAD_DEVICE).await?,
                "a link works once"
            );
            assert!(
                !tx.use_link([1; 32], COLLEAGUE_DEVICE).await?,
                "and not twice"
            );
            tx.drop_unused_links(LEAD).await?;
            tx.attest_anew(LEAD_DEVICE, &[3], &[4]).await?;
            let promoted = Account {
                capacities: vec![ActingCapacity::VtMelding],
                ..account(LEAD, ORG)
            };
            tx.update_account(&promoted).await?;
            let key = RegisterKey {
                id: KEY,
                public_key: vec![1],
                device: LEAD_DEVICE,
                signature: vec![2],
                created_at: NOW,
            };
            tx.add_register_key(ORG, &key).await?;
            assert_eq!(tx.raise_directory_version().await?, 1);
            Ok(())
        })
    })
    .await
    .unwrap();

    names_and_keys_are_given_once(store).await;
    the_directory_lists_everybody(store).await;
}

async fn names_and_keys_are_given_once<S: Store>(store: &S) {
    let taken = write(store, |tx| {
        Box::pin(async move {
            tx.add_organisation(
                OrgId::from_bytes([99; 16]),
                "One",
                OrganisationType::Vt,
                NOW,
            )
            .await
        })
    });
    assert_eq!(
        taken.await,
        Err(StorageError::Conflict),
        "a name is given once"
    );
    let copied = write(store, |tx| {
        Box::pin(async move {
            tx.add_device(&device(DeviceId::from_bytes([98; 16]), LEAD, 1))
                .await
        })
    });
    assert_eq!(
        copied.await,
        Err(StorageError::Conflict),
        "a key is one device"
    );
    let nobody = write(store, |tx| {
        Box::pin(async move {
            tx.add_device(&device(
                DeviceId::from_bytes([97; 16]),
                UserId::from_bytes([97; 16]),
                9,
            ))
            .await
        })
    });
    assert_eq!(nobody.await, Err(StorageError::Dangling));
}

async fn the_directory_lists_everybody<S: Store>(store: &S) {
    let mut read = store.read().await.unwrap();
    let directory = read.directory().await.unwrap();
    assert_eq!(directory.version, 1);
    assert_eq!(directory.organisations.len(), 2);
    assert_eq!(
        directory.organisations[0].register_key.as_ref().unwrap().id,
        KEY
    );
    assert_eq!(directory.organisations[1].register_key, None);
    assert_eq!(directory.users.len(), 2);
    assert!(directory.users.iter().all(|user| user.devices.len() == 1));
    let lead = read.account(LEAD).await.unwrap().unwrap();
    assert_eq!(lead.capacities, [ActingCapacity::VtMelding]);
    assert_eq!(lead.roles, [OrgRole::Professional, OrgRole::AccountAdmin]);
    assert_eq!(read.devices_of(LEAD).await.unwrap(), [LEAD_DEVICE]);
    let found = read.device(LEAD_DEVICE).await.unwrap().unwrap();
    assert_eq!(found.attestation, [3], "attested anew");
    assert_eq!(read.device_by_session([1; 32]).await.unwrap(), Some(found));
    assert_eq!(read.device_by_session([9; 32]).await.unwrap(), None);
    assert_eq!(
        read.link([1; 32]).await.unwrap().unwrap().used_by,
        Some(LEAD_DEVICE)
    );
    assert_eq!(
        read.link([2; 32]).await.unwrap(),
        None,
        "unused links were dropped"
    );
}

async fn a_failed_job_undoes_itself_alone<S: Store>(store: &S) {
    remember(store, 201, true).await.unwrap();
    assert_eq!(
        remember(store, 202, false).await,
        Err(StorageError::Stopped)
    );
    remember(store, 203, true).await.unwrap();
    let mut read = store.read().await.unwrap();
    assert_eq!(
        read.operation(LEAD_DEVICE, op(201)).await.unwrap(),
        Some(done(201))
    );
    assert_eq!(read.operation(LEAD_DEVICE, op(202)).await.unwrap(), None);
    assert_eq!(
        read.operation(LEAD_DEVICE, op(203)).await.unwrap(),
        Some(done(203))
    );
    assert_eq!(
        read.operation(COLLEAGUE_DEVICE, op(201)).await.unwrap(),
        None
    );
}

async fn remember<S: Store>(store: &S, n: u8, good: bool) -> Result<()> {
    write(store, move |tx| {
        Box::pin(async move {
            tx.remember(LEAD_DEVICE, op(n), &done(n)).await?;
            if good {
                Ok(())
            } else {
                Err(StorageError::Stopped)
            }
        })
    })
    .await
}

async fn effects_follow_commits<S: Store>(store: &S) {
    let (sender, effects) = std::sync::mpsc::channel();
    let failing = sender.clone();
    write(store, move |tx| {
        Box::pin(async move {
            tx.after_commit(Box::new(move || sender.send("first").unwrap()));
            Ok(())
        })
    })
    .await
    .unwrap();
    write(store, move |tx| {
        Box::pin(async move {
            tx.after_commit(Box::new(move || failing.send("never").unwrap()));
            Err::<(), _>(StorageError::Stopped)
        })
    })
    .await
    .unwrap_err();
    assert_eq!(effects.try_iter().collect::<Vec<_>>(), ["first"]);
}

async fn key_packages_are_claimed_once<S: Store>(store: &S) {
    write(store, |tx| {
        Box::pin(async move {
            for (n, last_resort) in [(1, false), (2, false), (3, true), (4, true)] {
                let package = NewKeyPackage {
                    hash: vec![n],
                    last_resort,
                    bytes: vec![n; 3],
                };
                assert!(tx.add_key_package(LEAD_DEVICE, &package).await?);
            }
            assert_eq!(tx.key_packages_left(LEAD_DEVICE).await?, 2);
            for expected in [1, 2, 4, 4] {
                let claimed = tx.claim_key_package(LEAD_DEVICE).await?;
                assert_eq!(
                    claimed,
                    Some(vec![expected; 3]),
                    "oldest first, last resort kept"
                );
            }
            assert_eq!(tx.claim_key_package(COLLEAGUE_DEVICE).await?, None);
            Ok(())
        })
    })
    .await
    .unwrap();
    write(store, |tx| {
        Box::pin(async move {
            let claimed = NewKeyPackage {
                hash: vec![1],
                last_resort: false,
                bytes: vec![1; 3],
            };
            assert!(
                !tx.add_key_package(LEAD_DEVICE, &claimed).await?,
                "none comes back"
            );
            assert_eq!(tx.key_packages_left(LEAD_DEVICE).await?, 0);
            Ok(())
        })
    })
    .await
    .unwrap();
}

async fn a_channel_grows_without_gaps<S: Store>(store: &S) {
    write(store, |tx| {
        Box::pin(async move {
            let mut channel = tx.open_channel(&new_channel(CHANNEL, "blue otter")).await?;
            assert_eq!(channel.append(tx, entry(EntryKind::Created, 10)).await?, 0);
            tx.put_view(&channel, b"view 0").await?;
            tx.add_member(&channel, &member(LEAD_DEVICE, LEAD, ORG, 0))
                .await?;
            Ok(())
        })
    })
    .await
    .unwrap();
    let twice = write(store, |tx| {
        Box::pin(async move {
            tx.open_channel(&new_channel(ChannelId::from_bytes([70; 16]), "blue otter"))
                .await
                .map(drop)
        })
    });
    assert_eq!(
        twice.await,
        Err(StorageError::Conflict),
        "a case code names one case"
    );

    write(store, |tx| {
        Box::pin(async move {
            let unknown = tx.lock_channel(ChannelId::from_bytes([71; 16]), LEAD_DEVICE, op(1));
            assert!(unknown.await?.is_none());
            let mut channel = tx
                .lock_channel(CHANNEL, LEAD_DEVICE, op(11))
                .await?
                .unwrap();
            assert!(channel.asker_is_member);
            assert_eq!((channel.head, channel.epoch), (Some(0), 0));
            assert_eq!(channel.earlier, None);
            assert_eq!(channel.append(tx, entry(EntryKind::Message, 11)).await?, 1);
            assert_eq!(channel.append(tx, entry(EntryKind::Commit, 12)).await?, 2);
            assert_eq!((channel.head, channel.epoch), (Some(2), 1));
            tx.put_view(&channel, b"view 1").await?;
            assert_eq!(channel.append(tx, entry(EntryKind::Message, 13)).await?, 3);
            Ok(())
        })
    })
    .await
    .unwrap();
    write(store, |tx| {
        Box::pin(async move {
            let again = tx
                .lock_channel(CHANNEL, LEAD_DEVICE, op(11))
                .await?
                .unwrap();
            let earlier = again.earlier.as_ref().unwrap();
            assert_eq!(
                (earlier.kind.as_str(), earlier.channel),
                ("test", Some(CHANNEL))
            );
            let stranger = tx
                .lock_channel(CHANNEL, COLLEAGUE_DEVICE, op(11))
                .await?
                .unwrap();
            assert!(!stranger.asker_is_member);
            assert_eq!(stranger.earlier, None, "operations belong to a device");
            Ok(())
        })
    })
    .await
    .unwrap();
    let repeated = write(store, |tx| {
        Box::pin(async move {
            let mut channel = tx
                .lock_channel(CHANNEL, LEAD_DEVICE, op(14))
                .await?
                .unwrap();
            channel
                .append(tx, entry(EntryKind::Message, 11))
                .await
                .map(drop)
        })
    });
    assert_eq!(
        repeated.await,
        Err(StorageError::Conflict),
        "an operation is done once"
    );

    a_channel_is_read_in_parts(store).await;
}

async fn a_channel_is_read_in_parts<S: Store>(store: &S) {
    let mut read = store.read().await.unwrap();
    let channel = read.channel(CHANNEL).await.unwrap().unwrap();
    assert_eq!((channel.head, channel.epoch), (3, 1));
    let unknown = ChannelId::from_bytes([71; 16]);
    assert_eq!(
        read.heads(&[unknown, CHANNEL]).await.unwrap(),
        [Head {
            channel: CHANNEL,
            head: 3,
            epoch: 1
        }]
    );
    assert_eq!(
        read.view(CHANNEL).await.unwrap(),
        Some((1, b"view 1".to_vec()))
    );
    let entries = read.entries(CHANNEL, 0, 3, 100, 1000).await.unwrap();
    assert_eq!(
        entries.iter().map(|e| e.seq).collect::<Vec<_>>(),
        [0, 1, 2, 3]
    );
    assert_eq!(
        entries.iter().map(|e| e.epoch).collect::<Vec<_>>(),
        [0, 0, 0, 1]
    );
    assert_eq!(entries[2].kind, EntryKind::Commit);
    assert_eq!(entries[3].payload, [13; 10]);
    let few = read.entries(CHANNEL, 1, 3, 2, 1000).await.unwrap();
    assert_eq!(few.iter().map(|e| e.seq).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(
        read.entries(CHANNEL, 1, 3, 9, 1).await.unwrap().len(),
        1,
        "at least one"
    );
    assert_eq!(read.entries(CHANNEL, 2, 2, 9, 99).await.unwrap().len(), 1);
}

async fn members_come_and_go<S: Store>(store: &S) {
    write(store, |tx| {
        Box::pin(async move {
            let channel = tx
                .lock_channel(CHANNEL, LEAD_DEVICE, op(15))
                .await?
                .unwrap();
            tx.add_member(&channel, &member(COLLEAGUE_DEVICE, COLLEAGUE, OTHER_ORG, 1))
                .await?;
            tx.end_member(&channel, COLLEAGUE_DEVICE, 2).await?;
            tx.add_member(&channel, &member(COLLEAGUE_DEVICE, COLLEAGUE, OTHER_ORG, 3))
                .await?;
            Ok(())
        })
    })
    .await
    .unwrap();
    let mut read = store.read().await.unwrap();
    let stints = read.stints(CHANNEL, COLLEAGUE_DEVICE).await.unwrap();
    assert_eq!(
        stints,
        [
            Stint {
                from: 1,
                until: Some(2)
            },
            Stint {
                from: 3,
                until: None
            }
        ]
    );
    assert_eq!(stints[0].next(0), Some(1));
    assert_eq!(stints[0].next(3), None);
    assert_eq!(read.stints_of(COLLEAGUE_DEVICE).await.unwrap().len(), 2);
    let members = read.members(CHANNEL).await.unwrap();
    assert_eq!(
        members.iter().map(|m| m.user).collect::<Vec<_>>(),
        [LEAD, COLLEAGUE]
    );
}

async fn welcomes_wait_until_dropped<S: Store>(store: &S) {
    write(store, |tx| {
        Box::pin(async move {
            tx.queue_welcome(CHANNEL, 2, &[COLLEAGUE_DEVICE, LEAD_DEVICE], b"welcome")
                .await?;
            let both = [LEAD_DEVICE, COLLEAGUE_DEVICE];
            assert_eq!(tx.untold_of_welcomes(&both).await?, both);
            tx.drop_welcomes(COLLEAGUE_DEVICE, &[CHANNEL]).await?;
            let waiting = tx.take_welcomes(COLLEAGUE_DEVICE, 1).await?;
            assert_eq!(
                waiting.len(),
                1,
                "one that was not handed out is not dropped"
            );
            assert_eq!(tx.untold_of_welcomes(&both).await?, [LEAD_DEVICE]);
            assert_eq!(waiting[0].case_code, "blue otter");
            assert_eq!(
                (waiting[0].seq, waiting[0].welcome.as_slice()),
                (2, &b"welcome"[..])
            );
            tx.drop_welcomes(COLLEAGUE_DEVICE, &[CHANNEL]).await?;
            assert_eq!(tx.welcomes_waiting(COLLEAGUE_DEVICE).await?, 0);
            assert_eq!(
                tx.welcomes_waiting(LEAD_DEVICE).await?,
                1,
                "everybody has a copy"
            );
            assert_eq!(tx.take_welcomes(LEAD_DEVICE, 1000).await?.len(), 1);
            tx.drop_welcomes(LEAD_DEVICE, &[CHANNEL]).await?;
            tx.queue_welcome(CHANNEL, 2, &[], b"the number is free again")
                .await
        })
    })
    .await
    .unwrap();
}

async fn conferences_are_planned_and_answered<S: Store>(store: &S) {
    let lead = Onlooker {
        user: LEAD,
        coordinates_for: None,
    };
    let stranger = Onlooker {
        user: UserId::from_bytes([77; 16]),
        coordinates_for: None,
    };
    let coordinator = Onlooker {
        coordinates_for: Some(OTHER_ORG),
        ..stranger
    };
    write(store, |tx| {
        Box::pin(async move {
            let untouched = tx.meetings_mark().await?;
            tx.put_conference(&plan(vec![LEAD, COLLEAGUE]), LEAD, 0, false, NOW)
                .await?;
            let planned = tx.meetings_mark().await?;
            let accepted = ParticipationStatus::Accepted;
            assert!(tx.reply(CONFERENCE, LEAD, accepted, NOW).await?);
            let replied = tx.meetings_mark().await?;
            assert!(untouched != planned && planned != replied);
            assert!(
                !tx.reply(CONFERENCE, UserId::from_bytes([77; 16]), accepted, NOW)
                    .await?
            );
            tx.put_conference(&plan(vec![COLLEAGUE, LEAD]), LEAD, 1, false, NOW)
                .await?;
            let kept = tx.conference(CONFERENCE).await?.unwrap();
            assert_eq!(kept.sequence, 1);
            assert_eq!(kept.invitations[1].status, accepted, "a reply is kept");
            tx.put_conference(&plan(vec![LEAD]), LEAD, 2, true, NOW)
                .await?;
            let moved = tx.conference(CONFERENCE).await?.unwrap();
            assert_eq!(moved.invitations.len(), 1);
            assert_eq!(
                moved.invitations[0].status,
                ParticipationStatus::NeedsAction
            );
            Ok(())
        })
    })
    .await
    .unwrap();
    let mut read = store.read().await.unwrap();
    assert_eq!(
        read.conference_changed_at(CONFERENCE).await.unwrap(),
        Some(NOW)
    );
    assert_eq!(read.conferences(lead).await.unwrap().len(), 1);
    assert_eq!(read.conferences(stranger).await.unwrap(), []);
    assert_eq!(read.conferences(coordinator).await.unwrap().len(), 1);
    assert_eq!(read.cases(stranger).await.unwrap(), []);
    let cases = read.cases(coordinator).await.unwrap();
    assert_eq!(cases.len(), 1);
    assert_eq!(cases[0].members, [LEAD, COLLEAGUE]);
    assert_eq!(read.cases(lead).await.unwrap(), cases);
}

async fn records_enter_log_and_register<S: Store>(store: &S) {
    let log = LogId::from(ORG);
    let leaf = NewLeaf {
        index: 0,
        record: RecordId::from_bytes([1; 16]),
        data: vec![7],
        hashes: vec![(0, [1; 32])],
    };
    let again = NewLeaf {
        index: 1,
        ..leaf.clone()
    };
    let gap = NewLeaf {
        index: 2,
        record: RecordId::from_bytes([2; 16]),
        ..leaf.clone()
    };
    write(store, move |tx| {
        Box::pin(async move {
            tx.append_leaf(log, &leaf).await?;
            let entry = NewRegisterEntry {
                channel: CHANNEL,
                record: leaf.record,
                log,
                index: 0,
                recorded_at: NOW,
                kind: RecordKind::Disclosure,
                sealed: SealedCopy {
                    org: ORG,
                    key: KEY,
                    ciphertext: vec![5],
                },
            };
            assert_eq!(tx.add_register_entry(&entry).await?, 0);
            Ok(())
        })
    })
    .await
    .unwrap();
    for refused in [again, gap] {
        let refused = write(store, move |tx| {
            Box::pin(async move { tx.append_leaf(log, &refused).await })
        });
        assert_eq!(refused.await, Err(StorageError::Conflict));
    }
    let mut read = store.read().await.unwrap();
    assert_eq!(read.log_size(log).await.unwrap(), 1);
    assert_eq!(read.logs_total().await.unwrap(), 1);
    assert_eq!(read.log_hashes(log, &[0, 1]).await.unwrap(), [(0, [1; 32])]);
    assert_eq!(read.log_leaves(log, 0, 9).await.unwrap(), [vec![7]]);
    assert!(read.has_records_of(ORG, log).await.unwrap());
    assert!(!read.has_records_of(OTHER_ORG, log).await.unwrap());
    assert_eq!(read.register_total(ORG).await.unwrap(), 1);
    let register = read.register(ORG, 0, 1).await.unwrap();
    assert_eq!(register.len(), 1);
    assert_eq!(register[0].logged.index, 0);
    assert_eq!(register[0].sealed.ciphertext, [5]);
    assert_eq!(read.register(ORG, 1, 1000).await.unwrap(), []);
}

/// Fixes the error type, which closures cannot name.
fn write<S: Store, T: Send + 'static>(
    store: &S,
    job: impl for<'t> FnOnce(&'t mut S::Tx) -> crate::BoxFuture<'t, Result<T>> + Clone + Send + 'static,
) -> impl Future<Output = Result<T>> {
    store.write(job)
}

fn op(n: u8) -> OperationId {
    OperationId::from_bytes([n; 16])
}

fn done(n: u8) -> DoneOperation {
    DoneOperation {
        kind: "test".to_owned(),
        channel: None,
        answer: vec![n],
    }
}

fn account(id: UserId, org: OrgId) -> Account {
    Account {
        id,
        org,
        name: "A. Person".to_owned(),
        function: "does things".to_owned(),
        roles: vec![OrgRole::Professional, OrgRole::AccountAdmin],
        capacities: vec![],
        suspended: false,
    }
}

fn device(id: DeviceId, user: UserId, key: u8) -> EnrolledDevice {
    EnrolledDevice {
        id,
        user,
        signature_key: [key; 32],
        session_hash: [key; 32],
        attestation: vec![1],
        signature: vec![2],
        enrolled_at: NOW,
        revoked_at: None,
    }
}

fn new_channel(id: ChannelId, case_code: &str) -> NewChannel {
    NewChannel {
        id,
        case_code: case_code.to_owned(),
        framework: Framework::OwnLaws,
        created_by: LEAD,
        created_at: NOW,
    }
}

fn entry(kind: EntryKind, n: u8) -> NewEntry<'static> {
    NewEntry {
        at: NOW,
        sender: LEAD_DEVICE,
        op: op(n),
        kind,
        payload: &[13; 10],
        request: "test",
        answer: b"answer",
    }
}

fn member(device: DeviceId, user: UserId, org: OrgId, from: u64) -> Member {
    Member {
        device,
        user,
        org,
        from,
    }
}

fn plan(invitees: Vec<UserId>) -> ConferencePlan {
    ConferencePlan {
        id: CONFERENCE,
        channel: CHANNEL,
        kind: ConferenceKind::Regular,
        start: NOW,
        end: NOW.plus_millis(3_600_000),
        time_zone: "Europe/Amsterdam".to_owned(),
        chair: Some(LEAD),
        required_capacities: vec![],
        invitees,
        status: ConferenceStatus::Planned,
    }
}
