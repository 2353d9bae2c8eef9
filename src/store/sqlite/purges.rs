//! The queue of purges in the embedded store: a table, and in the process the right to work on it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use parking_lot::Mutex;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, Row, params, params_from_iter};

use crate::model::{Id, PurgeEntry, PurgeItem, Timestamp};
use crate::store::StoreError;
use crate::store::purges::{Backlog, PurgeQueue, QueuedPurge};

use super::error::{corrupt, failed};
use super::readers::Readers;
use super::value::{blob, id};
use super::writer::Writer;

/// The table, which an older release ignores.
pub const TABLE: &str = "purges";
/// Its columns. Times are milliseconds by the engine's clock, items lines of text.
pub const COLUMNS: &str =
    "id BLOB PRIMARY KEY NOT NULL, at INTEGER NOT NULL, due INTEGER NOT NULL, batch BLOB, items TEXT NOT NULL";
/// The time now, in SQL.
const NOW: &str = "CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)";

/// The queue in one file.
pub struct SqlitePurges {
    readers: Arc<Readers>,
    writer: Arc<Writer>,
    right: Arc<Right>,
}

/// Who of this process, the only one that has the file, works on the queue, and until when.
#[derive(Default)]
pub struct Right(Mutex<Option<(Id, Instant)>>);

impl Right {
    fn take(&self, holder: Id, lease: Duration) -> bool {
        let (mut right, now) = (self.0.lock(), Instant::now());
        let is_free = right.is_none_or(|(other, until)| other == holder || until < now);
        if is_free {
            *right = Some((holder, now + lease));
        }
        is_free
    }

    fn give_back(&self, holder: Id) {
        self.0.lock().take_if(|(other, _)| *other == holder);
    }
}

/// Writes an entry, in the transaction of what it belongs to.
pub fn insert(connection: &Connection, entry: &PurgeEntry) -> Result<(), StoreError> {
    let lines: Vec<&str> = entry.items.iter().map(PurgeItem::as_str).collect();
    let sql = format!("INSERT INTO {TABLE} (id, at, due, items) VALUES (?1, {NOW}, {NOW} + ?2, ?3)");
    let mut prepared = connection.prepare_cached(&sql).map_err(failed)?;
    let done = prepared.execute(params![blob(entry.id), millis(entry.hold), lines.join("\n")]);
    done.map(drop).map_err(failed)
}

impl SqlitePurges {
    pub fn new(readers: Arc<Readers>, writer: Arc<Writer>, right: Arc<Right>) -> SqlitePurges {
        SqlitePurges { readers, writer, right }
    }

    /// Does this for each of the entries; `?1` is the entry's id, `?2` what is given, if anything is.
    async fn each(&self, ids: &[Id], sql: String, given: Option<Sql>) -> Result<(), StoreError> {
        let ids = ids.to_vec();
        let work = move |connection: &Connection| {
            let mut prepared = connection.prepare_cached(&sql).map_err(failed)?;
            for id in ids {
                let values = std::iter::once(blob(id)).chain(given.clone());
                prepared.execute(params_from_iter(values)).map_err(failed)?;
            }
            Ok(())
        };
        self.writer.run(work).await
    }
}

#[async_trait]
impl PurgeQueue for SqlitePurges {
    async fn claim(&self, holder: Id, lease: Duration, limit: u32) -> Result<Option<Vec<QueuedPurge>>, StoreError> {
        if !self.right.take(holder, lease) {
            return Ok(None);
        }
        let sql = format!(
            "SELECT id, at, batch, items FROM {TABLE} WHERE due <= {NOW} ORDER BY batch IS NULL, batch, at, id LIMIT ?1"
        );
        let work = move |connection: &Connection| {
            let mut prepared = connection.prepare_cached(&sql).map_err(failed)?;
            let mut rows = prepared.query([limit]).map_err(failed)?;
            let mut found = Vec::new();
            while let Some(row) = rows.next().map_err(failed)? {
                found.push(queued(row)?);
            }
            Ok(found)
        };
        self.readers.run(work).await.map(Some)
    }

    async fn release(&self, holder: Id) -> Result<(), StoreError> {
        self.right.give_back(holder);
        Ok(())
    }

    async fn seal(&self, ids: &[Id], batch: Id) -> Result<(), StoreError> {
        let sql = format!("UPDATE {TABLE} SET batch = ?2 WHERE id = ?1");
        self.each(ids, sql, Some(blob(batch))).await
    }

    async fn hold(&self, ids: &[Id], delay: Duration) -> Result<(), StoreError> {
        let sql = format!("UPDATE {TABLE} SET batch = NULL, due = {NOW} + ?2 WHERE id = ?1");
        self.each(ids, sql, Some(millis(delay).into())).await
    }

    async fn remove(&self, ids: &[Id]) -> Result<(), StoreError> {
        let sql = format!("DELETE FROM {TABLE} WHERE id = ?1");
        self.each(ids, sql, None).await
    }

    async fn count(&self, ids: &[Id]) -> Result<u64, StoreError> {
        let ids = ids.to_vec();
        let sql = format!("SELECT count(*) FROM {TABLE} WHERE id = ?1");
        let work = move |connection: &Connection| {
            let mut prepared = connection.prepare_cached(&sql).map_err(failed)?;
            let counts = ids
                .into_iter()
                .map(|id| prepared.query_row([blob(id)], |row| row.get::<_, u64>(0)));
            counts.sum::<Result<u64, _>>().map_err(failed)
        };
        self.readers.run(work).await
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        let sql = format!("SELECT count(*), coalesce({NOW} - min(at), 0) FROM {TABLE}");
        let work = move |connection: &Connection| {
            let mut prepared = connection.prepare_cached(&sql).map_err(failed)?;
            let read = |row: &Row<'_>| Ok((row.get::<_, u64>(0)?, row.get::<_, i64>(1)?));
            prepared.query_row([], read).map_err(failed)
        };
        let (entries, age) = self.readers.run(work).await?;
        let age = Duration::from_millis(u64::try_from(age).unwrap_or_default());
        Ok(Backlog { entries, age })
    }
}

fn queued(row: &Row<'_>) -> Result<QueuedPurge, StoreError> {
    let bytes = |at: usize| row.get::<_, Option<Vec<u8>>>(at).map_err(failed);
    let items: String = row.get(3).map_err(failed)?;
    Ok(QueuedPurge {
        id: id(&bytes(0)?.unwrap_or_default())?,
        at: Timestamp::from_millis(row.get(1).map_err(failed)?),
        batch: bytes(2)?.map(|batch| id(&batch)).transpose()?,
        items: items
            .lines()
            .map(PurgeItem::parse)
            .collect::<Result<_, _>>()
            .map_err(corrupt)?,
    })
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX / 4)
}
