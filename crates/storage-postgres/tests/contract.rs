//! The store keeps the contract, on a real PostgreSQL and across its end.

use beraad_protocol::{DeviceId, OperationId};
use beraad_storage::{StorageError, Store, contract, operation::DoneOperation, traits::*};
use beraad_storage_postgres::{PostgresStore, testing::TestPostgres};
use sqlx::Connection;

const DEVICE: DeviceId = DeviceId::from_bytes([1; 16]);

#[tokio::test]
async fn postgres_tells_the_story_and_remembers_it_through_a_power_cut() {
    let postgres = TestPostgres::start();
    let url = postgres.database("story").await;
    let store = PostgresStore::open(&url).await.unwrap();
    contract::story(&store).await;
    postgres.crash();
    store.close().await;

    postgres.start_again();
    let store = PostgresStore::open(&url).await.unwrap();
    contract::afterwards(&store).await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_that_queue_up_share_a_commit_and_a_failing_one_fails_alone() {
    let postgres = TestPostgres::start();
    let store = PostgresStore::open(&postgres.database("batch").await)
        .await
        .unwrap();
    let jobs: Vec<_> = (0..600_u16)
        // Every third one is a repetition and so a conflict.
        .map(|n| tokio::spawn(remember(store.clone(), n - u16::from(n % 3 == 2))))
        .collect();
    let mut refused = 0;
    for job in jobs {
        match job.await.unwrap() {
            Ok(()) => {}
            Err(StorageError::Conflict) => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(refused, 200);
    let figures = store.figures();
    assert_eq!((figures.jobs, figures.undone), (400, 200));
    assert!(
        figures.commits <= 150,
        "{} commits for 600 jobs",
        figures.commits
    );
    store.close().await;
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_the_way_out() {
    let postgres = TestPostgres::start();
    let url = postgres.database("newer").await;
    PostgresStore::open(&url).await.unwrap().close().await;
    let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (999, 'from the future', TRUE, '\\x00', 0)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();

    let refused = PostgresStore::open(&url).await.map(drop).unwrap_err();
    assert_eq!(
        refused,
        StorageError::NewerSchema {
            found: 999,
            known: 1
        }
    );
}

#[tokio::test]
async fn a_job_that_panics_leaves_nothing_behind_and_the_next_one_runs() {
    let postgres = TestPostgres::start();
    let store = PostgresStore::open(&postgres.database("panics").await)
        .await
        .unwrap();
    let outcome: Result<(), StorageError> = store
        .write(|tx| {
            Box::pin(async move {
                tx.remember(DEVICE, op(1), &done()).await?;
                panic!("a job that panics")
            })
        })
        .await;
    outcome.unwrap_err();
    remember(store.clone(), 2).await.unwrap();
    let mut read = store.read().await.unwrap();
    assert_eq!(read.operation(DEVICE, op(1)).await.unwrap(), None);
    assert_eq!(read.operation(DEVICE, op(2)).await.unwrap(), Some(done()));
    drop(read);
    store.close().await;
}

#[tokio::test]
async fn a_job_that_goes_on_after_a_failed_change_is_not_acknowledged() {
    let postgres = TestPostgres::start();
    let store = PostgresStore::open(&postgres.database("careless").await)
        .await
        .unwrap();
    let careless: Result<(), StorageError> = store
        .write(|tx| {
            Box::pin(async move {
                tx.remember(DEVICE, op(1), &done()).await?;
                // Refers to a device that is not there.
                let key_package = beraad_storage::delivery::NewKeyPackage {
                    hash: vec![1],
                    last_resort: false,
                    bytes: vec![1],
                };
                tx.add_key_package(DEVICE, &key_package).await.unwrap_err();
                Ok(())
            })
        })
        .await;
    careless.unwrap_err();
    let mut read = store.read().await.unwrap();
    assert_eq!(read.operation(DEVICE, op(1)).await.unwrap(), None);
    drop(read);
    store.close().await;
}

async fn remember(store: PostgresStore, n: u16) -> Result<(), StorageError> {
    store
        .write(move |tx| Box::pin(async move { tx.remember(DEVICE, op(n), &done()).await }))
        .await
}

fn op(n: u16) -> OperationId {
    let mut op = [0; 16];
    op[..2].copy_from_slice(&n.to_be_bytes());
    OperationId::from_bytes(op)
}

fn done() -> DoneOperation {
    DoneOperation {
        kind: "test".to_owned(),
        channel: None,
        answer: vec![],
    }
}
