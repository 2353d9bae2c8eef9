//! The embedded engine behind the store's handle: reads go to the pool, writes to the one writer, none of them
//! on a thread of the runtime.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;

use crate::model::{Clock, Field, Filter, Finding, Id, Kind, Moment, Query, Timestamp, Value};
use crate::store::ledger::Ledger;
use crate::store::purges::PurgeQueue;
use crate::store::{Document, Format, StoreBackend, StoreError, Write};

use super::OpenError;
use super::error::failed;
use super::ledger::SqliteLedger;
use super::lock::{DirectoryLock, touch};
use super::purges::{Right, SqlitePurges};
use super::readers::Readers;
use super::statement::{Statement, document, found_id, group, number};
use super::writer::Writer;
use super::{examine, schema, write};

/// Documents in one SQLite file.
pub struct SqliteBackend {
    readers: Arc<Readers>,
    writer: Arc<Writer>,
    purging: Arc<Right>,
}

impl SqliteBackend {
    /// Opens the database file, and makes it and its directory if they are missing. Takes the lock on the directory
    /// until it is closed.
    pub fn open(path: &Path) -> Result<SqliteBackend, OpenError> {
        let lock = DirectoryLock::take(path)?;
        touch(path)?;
        let connection = schema::open(path)?;
        let writer = Writer::start(connection, lock).map_err(|source| OpenError::File {
            path: path.to_owned(),
            source,
        })?;
        Ok(SqliteBackend {
            readers: Arc::new(Readers::new(path)),
            writer: Arc::new(writer),
            purging: Arc::default(),
        })
    }
}

#[async_trait]
impl StoreBackend for SqliteBackend {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn format(&self) -> Format {
        Format::Json
    }

    async fn get_many(&self, kind: Kind, ids: &[Id]) -> Result<Vec<Document>, StoreError> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let get = move |connection: &_| {
            let found = ids
                .iter()
                .map(|id| Statement::get(kind, *id).rows(connection, document));
            Ok(found.collect::<Result<Vec<_>, _>>()?.concat())
        };
        self.readers.run(get).await
    }

    async fn pages(&self, kind: Kind, queries: &[Query]) -> Result<Vec<Vec<Document>>, StoreError> {
        let pages = queries.iter().map(|query| Statement::page(kind, query));
        let pages = pages.collect::<Result<Vec<_>, _>>()?;
        self.readers
            .run(move |connection| pages.iter().map(|page| page.rows(connection, document)).collect())
            .await
    }

    async fn ids(&self, kind: Kind, filter: &Filter, limit: u32) -> Result<Vec<Id>, StoreError> {
        let ids = Statement::ids(kind, filter, limit)?;
        self.readers.run(move |connection| ids.rows(connection, found_id)).await
    }

    async fn count(&self, kind: Kind, filters: &[Filter]) -> Result<Vec<u64>, StoreError> {
        let counts = filters.iter().map(|filter| Statement::count(kind, filter));
        let counts = counts.collect::<Result<Vec<_>, _>>()?;
        let count = move |connection: &_| {
            let found = counts.iter().map(|count| count.rows(connection, |row| number(row, 0)));
            Ok(found.collect::<Result<Vec<_>, _>>()?.concat())
        };
        self.readers.run(count).await
    }

    async fn count_by(
        &self,
        kind: Kind,
        filter: &Filter,
        fields: &[Field],
    ) -> Result<Vec<(Vec<Value>, u64)>, StoreError> {
        let groups = Statement::count_by(kind, filter, fields)?;
        let fields = fields.to_vec();
        self.readers
            .run(move |connection| groups.rows(connection, |row| group(row, &fields)))
            .await
    }

    async fn write(&self, writes: Vec<Write>, limit: Duration) -> Result<Moment, StoreError> {
        let end = Instant::now() + limit;
        let unit = move |connection: &_| {
            if Instant::now() >= end {
                return Err(StoreError::Unavailable(format!("not begun within {limit:?}")));
            }
            writes.iter().try_for_each(|one| write::apply(connection, one))
        };
        self.writer.run(unit).await.map(|()| Moment::NONE)
    }

    async fn epoch(&self) -> Result<u64, StoreError> {
        self.readers.run(write::epoch).await
    }

    /// Writes are done in the order in which they come.
    async fn barrier(&self) -> Result<Moment, StoreError> {
        self.writer.run(|_| Ok(Moment::NONE)).await
    }

    /// There is one file, and what is committed is seen by whoever reads next.
    fn advance(&self, _moment: Moment) {}

    fn purges(&self) -> Option<Arc<dyn PurgeQueue>> {
        Some(Arc::new(SqlitePurges::new(
            Arc::clone(&self.readers),
            Arc::clone(&self.writer),
            Arc::clone(&self.purging),
        )))
    }

    fn ledger(&self) -> Option<Arc<dyn Ledger>> {
        let (readers, writer) = (Arc::clone(&self.readers), Arc::clone(&self.writer));
        Some(Arc::new(SqliteLedger::new(readers, writer)))
    }

    async fn reserve(&self, counter: &str, count: u32) -> Result<i64, StoreError> {
        let counter = counter.to_owned();
        self.writer
            .run(move |connection| write::reserve(connection, &counter, count))
            .await
    }

    async fn ensure_indexes(&self) -> Result<u32, StoreError> {
        self.writer.run(schema::ensure_indexes).await
    }

    async fn explain(&self, kind: Kind, query: &Query) -> Result<String, StoreError> {
        let plan = Statement::page(kind, query)?.explain();
        let step = |row: &rusqlite::Row<'_>| row.get::<_, String>("detail").map_err(failed);
        let steps = self.readers.run(move |connection| plan.rows(connection, step)).await?;
        Ok(steps.join("\n"))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.writer.check()?;
        self.readers
            .run(|connection| {
                connection
                    .execute_batch("SELECT count(*) FROM counters")
                    .map_err(failed)
            })
            .await
    }

    async fn examine(&self, _clock: &Clock) -> Vec<Finding> {
        let found = self.readers.run(examine::file).await;
        found.unwrap_or_else(|error| vec![examine::unusable(&error)])
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.writer.run(move |connection| write::sweep(connection, now)).await
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
