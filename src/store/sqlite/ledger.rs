//! Counters and the epoch of the cache in SQLite: rows of one table.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};

use crate::store::StoreError;
use crate::store::ledger::Ledger;

use super::error::failed;
use super::readers::Readers;
use super::write::EPOCH;
use super::writer::Writer;

/// The counters of one file.
pub struct SqliteLedger {
    readers: Arc<Readers>,
    writer: Arc<Writer>,
}

impl SqliteLedger {
    /// Over the connections of an engine.
    pub fn new(readers: Arc<Readers>, writer: Arc<Writer>) -> SqliteLedger {
        SqliteLedger { readers, writer }
    }
}

#[async_trait]
impl Ledger for SqliteLedger {
    async fn counters(&self) -> Result<BTreeMap<String, i64>, StoreError> {
        let all = |connection: &Connection| {
            let sql = "SELECT name, value FROM counters WHERE name <> ?1";
            let mut prepared = connection.prepare_cached(sql).map_err(failed)?;
            let rows = prepared.query_map([EPOCH], |row| Ok((row.get(0)?, row.get(1)?)));
            rows.map_err(failed)?.collect::<Result<_, _>>().map_err(failed)
        };
        self.readers.run(all).await
    }

    async fn counter(&self, name: &str) -> Result<Option<i64>, StoreError> {
        let name = name.to_owned();
        let one = move |connection: &Connection| {
            let sql = "SELECT value FROM counters WHERE name = ?1";
            let mut prepared = connection.prepare_cached(sql).map_err(failed)?;
            prepared.query_row([name], |row| row.get(0)).optional().map_err(failed)
        };
        self.readers.run(one).await
    }

    async fn set_counter(&self, name: &str, last: Option<i64>) -> Result<(), StoreError> {
        let name = name.to_owned();
        let set = move |connection: &Connection| {
            let done = match last {
                Some(last) => connection.execute(
                    "INSERT INTO counters (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
                    params![name, last],
                ),
                None => connection.execute("DELETE FROM counters WHERE name = ?1", [name]),
            };
            done.map(drop).map_err(failed)
        };
        self.writer.run(set).await
    }

    async fn raise_epoch(&self, least: u64) -> Result<(), StoreError> {
        let least = i64::try_from(least).unwrap_or(i64::MAX);
        let raise = move |connection: &Connection| {
            let sql = "INSERT INTO counters (name, value) VALUES (?1, ?2) \
                       ON CONFLICT (name) DO UPDATE SET value = max(value, ?2)";
            connection.execute(sql, params![EPOCH, least]).map(drop).map_err(failed)
        };
        self.writer.run(raise).await
    }

    /// Whoever has opened the file holds the lock on its directory.
    async fn is_served(&self) -> Result<bool, StoreError> {
        Ok(false)
    }
}
