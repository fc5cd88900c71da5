//! Several nodes on one database: each change happens once, and the end of PostgreSQL is no end.

use std::{collections::BTreeSet, time::Duration};

use beraad_protocol::{
    ChannelId, DeviceId, LogId, OperationId, OrgId, RecordId, RegisterKeyId, Timestamp, UserId,
    directory::RegisterKey,
    entry::{EntryKind, SealedCopy},
    vocabulary::{Framework, OrgRole, OrganisationType, RecordKind},
};
use beraad_storage::{
    Result, StorageError, Store,
    channel::{Member, NewChannel, NewEntry},
    delivery::NewKeyPackage,
    directory::{Account, EnrolledDevice},
    operation::DoneOperation,
    register::{NewLeaf, NewRegisterEntry},
    traits::*,
};
use beraad_storage_postgres::{PostgresStore, testing::TestPostgres};

const ORGS: [OrgId; 2] = [OrgId::from_bytes([1; 16]), OrgId::from_bytes([2; 16])];
const KEYS: [RegisterKeyId; 2] = [
    RegisterKeyId::from_bytes([1; 16]),
    RegisterKeyId::from_bytes([2; 16]),
];
const USER: UserId = UserId::from_bytes([3; 16]);
const DEVICE: DeviceId = DeviceId::from_bytes([4; 16]);
const NOW: Timestamp = Timestamp(1_700_000_000_000);

type Tx = <PostgresStore as Store>::Tx;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_append_to_the_same_channels_without_gaps_or_doubles() {
    let (_postgres, [a, b]) = two_nodes().await;
    let channels = [channel(0), channel(1), channel(2)];
    let mut jobs = Vec::new();
    for n in 0..300_u16 {
        let node = if n % 2 == 0 { &a } else { &b };
        let channel = channels[usize::from(n % 7) % 3];
        jobs.push(tokio::spawn(publish(node.clone(), channel, n)));
    }
    let mut acknowledged = BTreeSet::new();
    for job in jobs {
        let (channel, seq) = job.await.unwrap().unwrap();
        assert!(acknowledged.insert((channel, seq)), "a number given twice");
    }
    assert_eq!(acknowledged.len(), 300);
    let mut read = a.read().await.unwrap();
    let mut stored = 0;
    for channel in channels {
        let head = read.channel(channel).await.unwrap().unwrap().head;
        let entries = read
            .entries(channel, 0, head, 1000, 1_000_000)
            .await
            .unwrap();
        let numbers: Vec<_> = entries.iter().map(|entry| entry.seq).collect();
        assert_eq!(numbers, (0..=head).collect::<Vec<_>>());
        let ops: BTreeSet<_> = entries.iter().map(|entry| entry.op).collect();
        assert_eq!(ops.len(), entries.len(), "an operation entered twice");
        stored += head;
    }
    assert_eq!(stored, 300);
    drop(read);
    close([a, b]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_commit_wins_an_epoch_whichever_node_it_came_to() {
    let (_postgres, [a, b]) = two_nodes().await;
    for epoch in 0..20 {
        let first = commit(a.clone(), epoch, 2 * epoch);
        let second = commit(b.clone(), epoch, 2 * epoch + 1);
        let (first, second) = tokio::join!(tokio::spawn(first), tokio::spawn(second));
        let mut won = [first.unwrap().unwrap(), second.unwrap().unwrap()];
        won.sort_unstable();
        assert_eq!(won, [false, true], "epoch {epoch}");
    }
    let mut read = a.read().await.unwrap();
    let found = read.channel(channel(0)).await.unwrap().unwrap();
    assert_eq!((found.epoch, found.head), (20, 20));
    drop(read);
    close([a, b]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_key_package_is_claimed_twice_and_the_last_resort_comes_last() {
    let (_postgres, [a, b]) = two_nodes().await;
    write(&a, |tx| {
        Box::pin(async move {
            for n in 1..=30 {
                assert!(tx.add_key_package(DEVICE, &key_package(n, false)).await?);
            }
            tx.add_key_package(DEVICE, &key_package(99, true)).await
        })
    })
    .await
    .unwrap();
    let mut jobs = Vec::new();
    for n in 0..40 {
        let node = if n % 2 == 0 { a.clone() } else { b.clone() };
        jobs.push(tokio::spawn(async move {
            write(&node, |tx| Box::pin(tx.claim_key_package(DEVICE))).await
        }));
    }
    let mut claimed = Vec::new();
    for job in jobs {
        claimed.push(job.await.unwrap().unwrap().unwrap()[0]);
    }
    claimed.sort_unstable();
    let single: Vec<_> = (1..=30).collect();
    assert_eq!(claimed[..30], single, "each once");
    assert_eq!(
        claimed[30..],
        [99; 10],
        "then the last resort, again and again"
    );
    close([a, b]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_operation_at_two_nodes_is_done_once_and_answered_the_same() {
    let (_postgres, [a, b]) = two_nodes().await;
    for n in 0..20 {
        let (first, second) = tokio::join!(
            tokio::spawn(do_once(a.clone(), n, 1)),
            tokio::spawn(do_once(b.clone(), n, 2))
        );
        let (first, second) = (first.unwrap().unwrap(), second.unwrap().unwrap());
        assert_eq!(first, second, "one answer to operation {n}");

        let (first, second) = tokio::join!(
            tokio::spawn(publish(a.clone(), channel(0), 1000 + n)),
            tokio::spawn(publish(b.clone(), channel(0), 1000 + n))
        );
        let (first, second) = (first.unwrap().unwrap(), second.unwrap().unwrap());
        assert_eq!(first, second, "one place for message {n}");
    }
    let mut read = b.read().await.unwrap();
    assert_eq!(read.directory_version().await.unwrap(), 20);
    assert_eq!(read.channel(channel(0)).await.unwrap().unwrap().head, 20);
    drop(read);
    close([a, b]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_of_several_organisations_enter_logs_and_registers_without_gaps() {
    let (_postgres, [a, b]) = two_nodes().await;
    let mut jobs = Vec::new();
    for n in 0..60_u16 {
        let node = if n % 2 == 0 { &a } else { &b };
        jobs.push(tokio::spawn(disclose(node.clone(), n)));
    }
    let mut places = BTreeSet::new();
    for job in jobs {
        assert!(places.insert(job.await.unwrap().unwrap()));
    }
    let mut read = a.read().await.unwrap();
    for org in ORGS {
        let log = LogId::from(org);
        assert_eq!(read.log_size(log).await.unwrap(), 30);
        assert_eq!(read.log_leaves(log, 0, 99).await.unwrap().len(), 30);
        let register = read.register(org, 0, 1_000_000).await.unwrap();
        let positions: Vec<_> = register.iter().map(|entry| entry.position).collect();
        assert_eq!(positions, (0..60).collect::<Vec<_>>());
    }
    drop(read);
    close([a, b]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_admins_who_change_one_account_at_once_both_get_an_answer() {
    let (_postgres, [a, b]) = two_nodes().await;
    for _ in 0..5 {
        let change = |node: PostgresStore| async move {
            write(&node, |tx| {
                Box::pin(async move {
                    let account = tx.account(USER).await?.unwrap();
                    tx.update_account(&account).await
                })
            })
            .await
        };
        let (first, second) = tokio::join!(
            tokio::spawn(change(a.clone())),
            tokio::spawn(change(b.clone()))
        );
        first.unwrap().unwrap();
        second.unwrap().unwrap();
    }
    close([a, b]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_postgres_is_away_everybody_is_told_and_then_it_goes_on() {
    let (postgres, [a, b]) = two_nodes().await;
    let before = publish(a.clone(), channel(0), 1).await.unwrap();
    // The connections die under the nodes without a word.
    postgres.crash();
    let refused = publish(a.clone(), channel(0), 2).await.unwrap_err();
    assert_eq!(refused, StorageError::Unavailable);
    let refused = a.read().await.map(drop).unwrap_err();
    assert_eq!(refused, StorageError::Unavailable);

    postgres.start_again();
    for (node, n) in [(&a, 2), (&b, 3)] {
        let seq = until_available(|| publish(node.clone(), channel(0), n)).await;
        assert_eq!(seq, (channel(0), before.1 + u64::from(n) - 1));
    }
    let mut read = until_available(|| a.read()).await;
    assert_eq!(read.channel(channel(0)).await.unwrap().unwrap().head, 3);
    drop(read);
    close([a, b]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_before_postgres_died_under_load_is_there() {
    let (postgres, [a, b]) = two_nodes().await;
    let load = |node: PostgresStore, first: u16| async move {
        let mut acknowledged = Vec::new();
        for n in first.. {
            match publish(node.clone(), channel(0), n).await {
                Ok((_, seq)) => acknowledged.push((seq, op(n))),
                Err(StorageError::Unavailable) => break,
                Err(error) => panic!("{error}"),
            }
        }
        acknowledged
    };
    let loads = [
        tokio::spawn(load(a.clone(), 0)),
        tokio::spawn(load(b.clone(), 30_000)),
    ];
    // Until some hundreds are in.
    while a.figures().jobs + b.figures().jobs < 400 {
        tokio::task::yield_now().await;
    }
    postgres.crash();
    let mut acknowledged = Vec::new();
    for load in loads {
        acknowledged.extend(load.await.unwrap());
    }
    postgres.start_again();
    let mut read = until_available(|| b.read()).await;
    let head = read.channel(channel(0)).await.unwrap().unwrap().head;
    let entries = read
        .entries(channel(0), 0, head, 1_000_000, 1_000_000_000)
        .await
        .unwrap();
    assert_eq!(entries.len() as u64, head + 1);
    for (seq, op) in acknowledged {
        let entry = &entries[usize::try_from(seq).unwrap()];
        assert_eq!((entry.seq, entry.op), (seq, op), "an acknowledged entry");
    }
    drop(read);
    close([a, b]).await;
}

/// One database with people and channels, and two nodes on it.
async fn two_nodes() -> (TestPostgres, [PostgresStore; 2]) {
    let postgres = TestPostgres::start();
    let url = postgres.database("nodes").await;
    // Both bring the schema up: they take turns.
    let (a, b) = tokio::join!(PostgresStore::open(&url), PostgresStore::open(&url));
    let (a, b) = (a.unwrap(), b.unwrap());
    write(&a, |tx| Box::pin(populate(tx))).await.unwrap();
    (postgres, [a, b])
}

async fn populate(tx: &mut Tx) -> Result<()> {
    for (n, org) in (0_u8..).zip(ORGS) {
        tx.add_organisation(org, &format!("Org {n}"), OrganisationType::Vt, NOW)
            .await?;
    }
    let account = Account {
        id: USER,
        org: ORGS[0],
        name: "A. Person".to_owned(),
        function: "does things".to_owned(),
        roles: vec![OrgRole::Professional],
        capacities: vec![],
        suspended: false,
    };
    tx.add_account(&account, NOW).await?;
    tx.add_device(&EnrolledDevice {
        id: DEVICE,
        user: USER,
        signature_key: [1; 32],
        session_hash: [1; 32],
        attestation: vec![],
        signature: vec![],
        enrolled_at: NOW,
        revoked_at: None,
    })
    .await?;
    for (org, id) in ORGS.into_iter().zip(KEYS) {
        let key = RegisterKey {
            id,
            public_key: vec![],
            device: DEVICE,
            signature: vec![],
            created_at: NOW,
        };
        tx.add_register_key(org, &key).await?;
    }
    for n in 0..3 {
        let new = NewChannel {
            id: channel(n),
            case_code: format!("code {n}"),
            framework: Framework::OwnLaws,
            created_by: USER,
            created_at: NOW,
        };
        let mut opened = tx.open_channel(&new).await?;
        let created = entry(EntryKind::Created, op(60_000 + u16::from(n)));
        opened.append(tx, created).await?;
        let member = Member {
            device: DEVICE,
            user: USER,
            org: ORGS[0],
            from: 0,
        };
        tx.add_member(&opened, &member).await?;
    }
    Ok(())
}

/// Appends a message unless it is there, and answers where.
async fn publish(node: PostgresStore, channel: ChannelId, n: u16) -> Result<(ChannelId, u64)> {
    write(&node, move |tx| {
        Box::pin(async move {
            let mut locked = tx.lock_channel(channel, DEVICE, op(n)).await?.unwrap();
            assert!(locked.asker_is_member);
            if let Some(earlier) = &locked.earlier {
                let answer = earlier.answer.as_slice().try_into().unwrap();
                return Ok((channel, u64::from_be_bytes(answer)));
            }
            let seq = locked.next_seq();
            let message = NewEntry {
                answer: &seq.to_be_bytes(),
                ..entry(EntryKind::Message, op(n))
            };
            assert_eq!(locked.append(tx, message).await?, seq);
            Ok((channel, seq))
        })
    })
    .await
}

/// Appends a commit of this epoch, or answers that it is too late.
async fn commit(node: PostgresStore, epoch: u64, n: u64) -> Result<bool> {
    let op = op(u16::try_from(n).unwrap());
    write(&node, move |tx| {
        Box::pin(async move {
            let mut locked = tx.lock_channel(channel(0), DEVICE, op).await?.unwrap();
            if locked.epoch != epoch {
                return Ok(false);
            }
            locked.append(tx, entry(EntryKind::Commit, op)).await?;
            tx.put_view(&locked, b"view").await?;
            Ok(true)
        })
    })
    .await
}

/// Does an operation that is not a channel's, unless it was done, and answers its first answer.
async fn do_once(node: PostgresStore, n: u16, answer: u8) -> Result<Vec<u8>> {
    write(&node, move |tx| {
        Box::pin(async move {
            if let Some(done) = tx.operation(DEVICE, op(n)).await? {
                return Ok(done.answer);
            }
            let done = DoneOperation {
                kind: "test".to_owned(),
                channel: None,
                answer: vec![answer],
            };
            tx.raise_directory_version().await?;
            tx.remember(DEVICE, op(n), &done).await?;
            Ok(done.answer)
        })
    })
    .await
}

/// Logs a record of one organisation and enters it into both registers, in an order of its own.
async fn disclose(node: PostgresStore, n: u16) -> Result<(LogId, u64)> {
    let source = usize::from(n / 2 % 2);
    let log = LogId::from(ORGS[source]);
    let mut record = [0; 16];
    record[..2].copy_from_slice(&n.to_be_bytes());
    let record = RecordId::from_bytes(record);
    write(&node, move |tx| {
        Box::pin(async move {
            let chosen = channel(u8::try_from(n % 3).unwrap());
            tx.lock_channel(chosen, DEVICE, op(n)).await?.unwrap();
            let index = tx.log_size(log).await?;
            let leaf = NewLeaf {
                index,
                record,
                data: vec![1],
                hashes: vec![(index, [1; 32])],
            };
            tx.append_leaf(log, &leaf).await?;
            for copy in [source, 1 - source] {
                tx.organisation(ORGS[copy]).await?.unwrap();
                tx.add_register_entry(&NewRegisterEntry {
                    channel: chosen,
                    record,
                    log,
                    index,
                    recorded_at: NOW,
                    kind: RecordKind::Disclosure,
                    sealed: SealedCopy {
                        org: ORGS[copy],
                        key: KEYS[copy],
                        ciphertext: vec![1],
                    },
                })
                .await?;
            }
            Ok((log, index))
        })
    })
    .await
}

/// Repeats it while the database is away.
async fn until_available<T, W: Future<Output = Result<T>>>(mut what: impl FnMut() -> W) -> T {
    let patience = Duration::from_secs(30);
    let repeated = async {
        loop {
            match what().await {
                Ok(value) => return value,
                Err(StorageError::Unavailable) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        }
    };
    tokio::time::timeout(patience, repeated)
        .await
        .expect("the database comes back")
}

async fn close(nodes: [PostgresStore; 2]) {
    for node in nodes {
        node.close().await;
    }
}

/// Fixes the error type, which closures cannot name.
fn write<T: Send + 'static>(
    store: &PostgresStore,
    job: impl for<'t> FnOnce(&'t mut Tx) -> beraad_storage::BoxFuture<'t, Result<T>>
    + Clone
    + Send
    + 'static,
) -> impl Future<Output = Result<T>> {
    store.write(job)
}

fn channel(n: u8) -> ChannelId {
    ChannelId::from_bytes([10 + n; 16])
}

fn op(n: u16) -> OperationId {
    let mut op = [0; 16];
    op[..2].copy_from_slice(&n.to_be_bytes());
    OperationId::from_bytes(op)
}

fn entry(kind: EntryKind, op: OperationId) -> NewEntry<'static> {
    NewEntry {
        at: NOW,
        sender: DEVICE,
        op,
        kind,
        payload: b"ciphertext",
        request: "test",
        answer: &[],
    }
}

fn key_package(n: u8, last_resort: bool) -> NewKeyPackage {
    NewKeyPackage {
        hash: vec![n],
        last_resort,
        bytes: vec![n; 3],
    }
}
