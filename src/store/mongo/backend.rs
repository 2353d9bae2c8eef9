//! MongoDB as an engine of the store: what each verb becomes stands in the files beside; here every call is
//! bounded in time and sent to its collection.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bson::doc;
use mongodb::{Client, Database};

use crate::model::{Clock, Field, Filter, Finding, Id, Kind, Moment, Query, Timestamp, Value};
use crate::store::feed::Feed;
use crate::store::ledger::Ledger;
use crate::store::purges::PurgeQueue;
use crate::store::{Document, Format, StoreBackend, StoreError, Write};

use super::connection::{self, ConnectError, MongoOptions};
use super::error::store_error;
use super::floor::Floor;
use super::ledger::MongoLedger;
use super::purges::MongoPurges;
use super::shared_call::SharedCall;
use super::source::Source;
use super::watch::MongoFeed;
use super::write::Writer;
use super::{count, counter, epoch, examine, explain, index, read};

/// The database of a URI that names none.
pub(super) const DATABASE: &str = "kanvaro";

/// A store on a MongoDB replica set or sharded cluster.
pub struct MongoBackend {
    client: Client,
    database: Database,
    writer: Writer,
    floor: Floor,
    /// The reading of the epoch by which one catches up.
    catching_up: SharedCall,
    timeout: Duration,
}

impl MongoBackend {
    /// Connects and makes sure that the server can do what is needed of it.
    pub async fn connect(options: &MongoOptions) -> Result<MongoBackend, ConnectError> {
        let driver = options.client_options().await?;
        let client = Client::with_options(driver.clone()).map_err(|error| connection::connect_error(&error))?;
        connection::check(&client, &driver).await?;
        let connections = driver.max_pool_size.unwrap_or(options.max_pool_size);
        Ok(MongoBackend::over(client, connections, options.operation_timeout))
    }

    /// A store over a client of so many connections that was set up with `MongoOptions::client_options`; nothing is
    /// checked.
    pub fn over(client: Client, connections: u32, timeout: Duration) -> MongoBackend {
        let database = client.default_database().unwrap_or_else(|| client.database(DATABASE));
        MongoBackend {
            writer: Writer::new(client.clone(), database.clone(), connections),
            client,
            database,
            floor: Floor::default(),
            catching_up: SharedCall::default(),
            timeout,
        }
    }

    fn source(&self, kind: Kind) -> Source {
        Source::new(&self.client, &self.database, kind, self.floor.clone())
    }

    /// The driver has no limit for a whole operation; whoever waits for a store has one.
    async fn bounded<T>(&self, call: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let late = |_| StoreError::Unavailable(format!("MongoDB didn't answer within {:?}", self.timeout));
        tokio::time::timeout(self.timeout, call).await.map_err(late)?
    }
}

#[async_trait]
impl StoreBackend for MongoBackend {
    fn name(&self) -> &'static str {
        "mongodb"
    }

    fn format(&self) -> Format {
        Format::Bson
    }

    async fn get_many(&self, kind: Kind, ids: &[Id]) -> Result<Vec<Document>, StoreError> {
        self.bounded(read::get_many(&self.source(kind), ids)).await
    }

    async fn pages(&self, kind: Kind, queries: &[Query]) -> Result<Vec<Vec<Document>>, StoreError> {
        self.bounded(read::pages(&self.source(kind), queries)).await
    }

    async fn ids(&self, kind: Kind, filter: &Filter, limit: u32) -> Result<Vec<Id>, StoreError> {
        self.bounded(read::ids(&self.source(kind), filter, limit)).await
    }

    async fn count(&self, kind: Kind, filters: &[Filter]) -> Result<Vec<u64>, StoreError> {
        self.bounded(count::count(&self.source(kind), filters)).await
    }

    async fn count_by(
        &self,
        kind: Kind,
        filter: &Filter,
        fields: &[Field],
    ) -> Result<Vec<(Vec<Value>, u64)>, StoreError> {
        self.bounded(count::count_by(&self.source(kind), filter, fields)).await
    }

    async fn write(&self, writes: Vec<Write>, limit: Duration) -> Result<Moment, StoreError> {
        let written = self.writer.write(writes, limit).await?;
        self.floor.advance(written);
        Ok(written)
    }

    async fn epoch(&self) -> Result<u64, StoreError> {
        let (epoch, moment) = self
            .bounded(epoch::current(&self.client, &self.database, self.timeout))
            .await?;
        self.floor.advance(moment);
        Ok(epoch)
    }

    async fn catch_up(&self) -> Result<(), StoreError> {
        self.catching_up.share(|| async { self.epoch().await.map(drop) }).await
    }

    async fn barrier(&self) -> Result<Moment, StoreError> {
        self.bounded(self.writer.barrier(self.timeout)).await
    }

    fn advance(&self, moment: Moment) {
        self.floor.advance(moment);
    }

    async fn feed(&self) -> Result<Option<Arc<dyn Feed>>, StoreError> {
        if !index::has_images(&self.database).await.map_err(store_error)? {
            tracing::warn!(
                "what others write to this database can't be followed, and may be missed until cached things expire: \
                 its collections keep no images of their changes (MongoDB 6.0 can; creating the indexes sets it up)"
            );
            return Ok(None);
        }
        Ok(Some(Arc::new(MongoFeed::open(self.database.clone()).await?)))
    }

    fn purges(&self) -> Option<Arc<dyn PurgeQueue>> {
        Some(Arc::new(MongoPurges::new(self.database.clone(), self.timeout)))
    }

    fn ledger(&self) -> Option<Arc<dyn Ledger>> {
        Some(Arc::new(MongoLedger::new(self.database.clone(), self.timeout)))
    }

    async fn reserve(&self, counter: &str, count: u32) -> Result<i64, StoreError> {
        self.bounded(counter::reserve(&self.database, counter, count)).await
    }

    /// Not bounded in time: an index of a large collection takes as long as it takes.
    async fn ensure_indexes(&self) -> Result<u32, StoreError> {
        index::ensure(&self.database).await
    }

    async fn explain(&self, kind: Kind, query: &Query) -> Result<String, StoreError> {
        self.bounded(explain::explain(&self.database, kind, query)).await
    }

    /// Looks for a primary: without one nothing here can be used.
    async fn ping(&self) -> Result<(), StoreError> {
        let ping = async { self.database.run_command(doc! { "ping": 1 }).await.map_err(store_error) };
        self.bounded(ping).await.map(|_| ())
    }

    async fn examine(&self, clock: &Clock) -> Vec<Finding> {
        let found = self.bounded(examine::deployment(&self.database, clock)).await;
        found.unwrap_or_else(|error| vec![examine::unusable(&error)])
    }

    /// The server's own TTL index does it.
    async fn sweep(&self, _now: Timestamp) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn close(&self) {
        let finished = tokio::time::timeout(self.timeout, self.client.clone().shutdown()).await;
        if finished.is_err() {
            self.client.clone().shutdown().immediate(true).await;
        }
    }
}
