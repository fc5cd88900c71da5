//! The store keeps the contract, on disk and under load.

use beraad_protocol::{DeviceId, OperationId};
use beraad_storage::{StorageError, Store, contract, operation::DoneOperation, traits::*};
use beraad_storage_sqlite::SqliteStore;
use sqlx::Connection;

#[tokio::test]
async fn sqlite_tells_the_story_and_remembers_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("beraad.db");
    let store = SqliteStore::open(&file).await.unwrap();
    contract::story(&store).await;
    store.close().await;

    let store = SqliteStore::open(&file).await.unwrap();
    contract::afterwards(&store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_that_queue_up_share_a_commit() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("beraad.db"))
        .await
        .unwrap();
    let jobs: Vec<_> = (0..500_u16)
        .map(|n| tokio::spawn(remember(store.clone(), n)))
        .collect();
    for job in jobs {
        job.await.unwrap().unwrap();
    }
    let figures = store.figures();
    assert_eq!(figures.jobs, 500);
    assert!(
        figures.commits <= 125,
        "{} commits for 500 jobs",
        figures.commits
    );
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("beraad.db");
    SqliteStore::open(&file).await.unwrap().close().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&file);
    let mut connection = sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (999, 'from the future', 1, x'00', 0)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();

    let refused = SqliteStore::open(&file).await.map(drop).unwrap_err();
    assert_eq!(
        refused,
        StorageError::NewerSchema {
            found: 999,
            known: 1
        }
    );
}

#[tokio::test]
async fn a_job_that_panics_stops_the_store_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("beraad.db"))
        .await
        .unwrap();
    let outcome: Result<(), StorageError> = store
        .write(|_| Box::pin(async { panic!("a job that panics") }))
        .await;
    assert_eq!(outcome, Err(StorageError::Stopped));
    store.stopped().await;
    assert_eq!(remember(store, 1).await, Err(StorageError::Stopped));
}

async fn remember(store: SqliteStore, n: u16) -> Result<(), StorageError> {
    store
        .write(move |tx| {
            Box::pin(async move {
                let mut op = [0; 16];
                op[..2].copy_from_slice(&n.to_be_bytes());
                let done = DoneOperation {
                    kind: "test".to_owned(),
                    channel: None,
                    answer: vec![],
                };
                tx.remember(
                    DeviceId::from_bytes([1; 16]),
                    OperationId::from_bytes(op),
                    &done,
                )
                .await
            })
        })
        .await
}
