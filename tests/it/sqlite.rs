//! What only the embedded store promises: one process a directory, data that outlives it, files for their owner.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use kanvaro::model::{Filter, Kind, search};
use kanvaro::store::StoreBackend;
use kanvaro::store::sqlite::{OpenError, SqliteBackend};
use tempfile::TempDir;

use crate::contract::StoreFixture;
use crate::support::sample;

/// A fixture on a new file in a directory of its own.
pub async fn fresh() -> StoreFixture {
    let directory = TempDir::new().unwrap();
    let backend = open(directory.path()).unwrap();
    StoreFixture::new(Arc::new(backend), directory).await
}

fn open(directory: &Path) -> Result<SqliteBackend, OpenError> {
    SqliteBackend::open(&directory.join("kanvaro.db"))
}

#[tokio::test]
async fn a_second_opener_is_told_who_is_there_and_what_to_do() {
    let directory = TempDir::new().unwrap();
    let first = open(directory.path()).unwrap();
    let refused = open(directory.path()).map(drop).unwrap_err();
    assert!(matches!(refused, OpenError::InUse(_)), "{refused:?}");
    let text = refused.to_string();
    for part in [&*directory.path().to_string_lossy(), "in use", "MongoDB and Redis"] {
        assert!(text.contains(part), "{text}");
    }
    first.close().await;
    open(directory.path()).expect("a closed store lets go").close().await;
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let directory = TempDir::new().unwrap();
    let fixture = StoreFixture::new(Arc::new(open(directory.path()).unwrap()), ()).await;
    let user = fixture.store.insert(sample::user(sample::id())).await.unwrap();
    assert_eq!(fixture.store.reserve("tasks:one", 3).await.unwrap(), 1);
    fixture.store.close().await;

    let start = Instant::now();
    let backend = open(directory.path()).unwrap();
    let opening = start.elapsed();
    assert!(opening.as_millis() < 100, "opening took {opening:?}");
    let again = StoreFixture::new(Arc::new(backend), ()).await;
    assert_eq!(again.matching(Kind::User, Filter::everything()).await, [user.id]);
    assert_eq!(again.store.reserve("tasks:one", 1).await.unwrap(), 4);
    assert_eq!(again.store.ensure_indexes().await.unwrap(), 0);
    again.store.close().await;
}

#[tokio::test]
async fn the_directory_is_made_and_the_files_are_their_owners() {
    let directory = TempDir::new().unwrap();
    let below = directory.path().join("deep/data");
    let fixture = StoreFixture::new(Arc::new(open(&below).unwrap()), ()).await;
    fixture.store.insert(sample::user(sample::id())).await.unwrap();
    #[cfg(unix)]
    for file in std::fs::read_dir(&below).unwrap() {
        use std::os::unix::fs::PermissionsExt;
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.path());
    }
    fixture.store.close().await;
    assert!(!below.join("kanvaro.db-wal").exists(), "the log is written back");
}

#[tokio::test]
async fn a_file_of_a_newer_release_and_one_that_is_no_database_are_refused() {
    let directory = TempDir::new().unwrap();
    open(directory.path()).unwrap().close().await;
    let path = directory.path().join("kanvaro.db");
    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    let newer = open(directory.path()).map(drop).unwrap_err();
    assert!(matches!(newer, OpenError::Newer { found: 99, .. }), "{newer}");

    std::fs::write(&path, "this is no database, only text of some length".repeat(100)).unwrap();
    let other = open(directory.path()).map(drop).unwrap_err();
    assert!(matches!(other, OpenError::Engine { .. }), "{other}");
}

#[tokio::test]
async fn a_link_table_that_is_missing_is_filled_from_the_documents() {
    let directory = TempDir::new().unwrap();
    let fixture = StoreFixture::new(Arc::new(open(directory.path()).unwrap()), ()).await;
    let (_, tasks) = fixture.tasks(3, |_, _| {}).await;
    fixture.store.close().await;
    let raw = rusqlite::Connection::open(directory.path().join("kanvaro.db")).unwrap();
    raw.execute_batch("DROP TABLE tasks_searchTerms").unwrap();
    drop(raw);
    let again = StoreFixture::new(Arc::new(open(directory.path()).unwrap()), ()).await;
    assert_eq!(
        again.matching(Kind::Task, search::filter("write")).await.len(),
        tasks.len()
    );
    again.store.close().await;
}
