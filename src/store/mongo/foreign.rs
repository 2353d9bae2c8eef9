//! Another program's database on a MongoDB server: a standalone one will do, nothing is written.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use bson::{Bson, Document, doc};
use futures_util::TryStreamExt;
use mongodb::options::{ClientOptions, ServerAddress};
use mongodb::{Client, Database};
use serde_json::{Value, json};

use crate::store::StoreError;
use crate::store::foreign::Foreign;

use super::ConnectError;
use super::connection::connect_error;
use super::error::store_error;

/// How long to look for a server.
const SELECTION: Duration = Duration::from_secs(10);

/// The documents of one database.
pub struct MongoForeign {
    database: Database,
    hosts: Vec<ServerAddress>,
}

impl MongoForeign {
    /// Connects to the database that this URI names.
    pub async fn connect(uri: &str) -> Result<MongoForeign, ConnectError> {
        let mut options = ClientOptions::parse(uri).await.map_err(|error| connect_error(&error))?;
        options.server_selection_timeout.get_or_insert(SELECTION);
        let hosts = options.hosts.clone();
        let client = Client::with_options(options).map_err(|error| connect_error(&error))?;
        let unnamed = || ConnectError::Invalid("it has to name the database, like mongodb://host/kanvaro".into());
        let database = client.default_database().ok_or_else(unnamed)?;
        let ping = database.run_command(doc! { "ping": 1 }).await;
        ping.map_err(|error| connect_error(&error))?;
        Ok(MongoForeign { database, hosts })
    }
}

#[async_trait]
impl Foreign for MongoForeign {
    fn is_at(&self, address: &str) -> bool {
        let Some((hosts, rest)) = address.split_once("://").and_then(|(_, rest)| rest.split_once('/')) else {
            return false;
        };
        let hosts = hosts.rsplit('@').next().unwrap_or(hosts);
        let name = rest.split('?').next().unwrap_or_default();
        let named = hosts.split(',').filter_map(|host| ServerAddress::parse(host).ok());
        let shares_host = named.into_iter().any(|host| self.hosts.contains(&host));
        let name = if name.is_empty() {
            super::backend::DATABASE
        } else {
            name
        };
        shares_host && name == self.database.name()
    }

    async fn collections(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        let mut counts = BTreeMap::new();
        for name in self.database.list_collection_names().await.map_err(store_error)? {
            let collection = self.database.collection::<Document>(&name);
            let count = collection.estimated_document_count().await.map_err(store_error)?;
            counts.insert(name, count);
        }
        Ok(counts)
    }

    async fn documents(&self, collection: &str) -> Result<Vec<Value>, StoreError> {
        let collection = self.database.collection::<Document>(collection);
        let found = collection
            .find(doc! {})
            .sort(doc! { "_id": 1 })
            .await
            .map_err(store_error)?;
        let json = |document| async move { Ok(json_of(Bson::Document(document))) };
        found.map_err(store_error).and_then(json).try_collect().await
    }
}

/// As JSON; what the app never writes (code, regular expressions, bytes) is null.
fn json_of(value: Bson) -> Value {
    match value {
        Bson::Document(fields) => fields.into_iter().map(|(name, value)| (name, json_of(value))).collect(),
        Bson::Array(list) => list.into_iter().map(json_of).collect(),
        Bson::String(text) | Bson::Symbol(text) => text.into(),
        Bson::Boolean(yes) => yes.into(),
        Bson::Int32(number) => number.into(),
        Bson::Int64(number) => number.into(),
        Bson::Double(number) => number.into(),
        Bson::Decimal128(number) => json!({ "$numberDecimal": number.to_string() }),
        Bson::ObjectId(id) => json!({ "$oid": id.to_hex() }),
        Bson::DateTime(time) => json!({ "$date": { "$numberLong": time.timestamp_millis().to_string() } }),
        _ => Value::Null,
    }
}
