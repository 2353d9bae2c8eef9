//! The handle that a request reads through. It batches what is asked for side by side, and remembers it for the request.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use dataloader::cached::Loader;
use tokio::task::coop::unconstrained;

use crate::model::{Entity, EntityRef, Filter, Id, Kind, Query, Row};
use crate::store::StoreError;

use super::dispatch::Dispatch;
use super::key::{BatchKey, Found, Loaded};
use super::reading::Reading;
use super::{Explanation, LoadError, Provenance, Source};

/// The loaders of one request, never of two: what one viewer has read is remembered here. Cheap to clone.
#[derive(Clone)]
pub struct Loaders {
    loader: Loader<BatchKey, Result<Loaded, LoadError>, Dispatch>,
    reading: Arc<Reading>,
}

/// How often a reader lets others go before its batch leaves; see `tests/it/loader.rs` for what fewer would cost.
const YIELDS: usize = 1;

impl Loaders {
    /// Loaders for one request.
    pub fn new(source: &Source) -> Loaders {
        Loaders::told(source, None)
    }

    /// The same, telling how each thing was read.
    pub fn explained(source: &Source) -> Loaders {
        Loaders::told(source, Some(Explanation::default()))
    }

    fn told(source: &Source, explanation: Option<Explanation>) -> Loaders {
        let reading = Arc::new(Reading::new(source.clone(), explanation));
        Loaders {
            loader: Loader::new(Dispatch(Arc::clone(&reading)))
                .with_max_batch_size(usize::MAX)
                .with_yield_count(YIELDS),
            reading,
        }
    }

    /// How all was read so far; `None` unless these loaders tell.
    pub fn explanation(&self) -> Option<&Explanation> {
        self.reading.explanation()
    }

    /// What an answer made of all that was read so far rests on.
    pub fn provenance(&self) -> Provenance {
        self.reading.provenance()
    }

    /// The row of one entity; `None` when there is none.
    pub async fn get(&self, entity: EntityRef) -> Result<Option<Row>, LoadError> {
        self.load(BatchKey::Entity(entity)).await.map(Loaded::entity)
    }

    /// One entity of a known kind, decoded.
    pub async fn get_as<E: Entity>(&self, id: Id) -> Result<Option<Arc<E>>, LoadError> {
        let row = self.get(EntityRef::new(E::KIND, id)).await?;
        // What can't be decoded is there; to take it for absent would be a lie.
        let decode = |row: Row| E::from_row(&row).map(Arc::new).ok_or_else(|| unreadable(&row));
        row.map(decode).transpose()
    }

    /// The rows of many entities: order and duplicates kept, `None` for what is absent.
    pub async fn get_many(&self, entities: &[EntityRef]) -> Result<Vec<Option<Row>>, LoadError> {
        let loaded = self.load_many(entities).await;
        let found = |entity| loaded[&BatchKey::Entity(entity)].clone().map(Loaded::entity);
        entities.iter().copied().map(found).collect()
    }

    /// The rows of one page of a list.
    pub async fn page(&self, kind: Kind, query: Query) -> Result<Arc<[Row]>, LoadError> {
        self.load(BatchKey::Page(kind, query)).await.map(Loaded::page)
    }

    /// How many match.
    pub async fn count(&self, kind: Kind, filter: Filter) -> Result<u64, LoadError> {
        self.load(BatchKey::Count(kind, filter)).await.map(Loaded::count)
    }

    /// How many tasks of a project aren't archived, by status; a status without any is left out.
    pub async fn status_counts(&self, project: Id) -> Result<Arc<BTreeMap<String, u64>>, LoadError> {
        let loaded = self.load(BatchKey::StatusCounts(project)).await;
        loaded.map(Loaded::status_counts)
    }

    /// The projects that a user belongs to: as creator, client or team member.
    pub async fn memberships(&self, user: Id) -> Result<Arc<HashSet<Id>>, LoadError> {
        self.load(BatchKey::Memberships(user)).await.map(Loaded::memberships)
    }

    /// All that these keys ask for, each once, as one batch that leaves at once. It neither waits for what others ask for
    /// nor remembers anything: who calls this has a round of a plan together and keeps what it gets.
    pub async fn load_batch(&self, keys: &[BatchKey]) -> Found {
        self.reading.load(keys).await
    }

    /// Forgets what the request has read: called after each mutation field, so that what follows sees it.
    pub async fn clear(&self) {
        self.loader.clear_all().await;
    }

    /// The crate answers with an error where a key was not in what it loaded. The batch leaves none out, so that says:
    /// another reader took the key along and was dropped before it was done. Then the key is asked for once more.
    ///
    /// Unconstrained, because the crate's locks would use up the task's budget, and the joined readers that come after
    /// would be too late for the batch.
    async fn load(&self, key: BatchKey) -> Result<Loaded, LoadError> {
        loop {
            if let Ok(loaded) = unconstrained(self.loader.try_load(key.clone())).await {
                return loaded;
            }
        }
    }

    async fn load_many(&self, entities: &[EntityRef]) -> HashMap<BatchKey, Result<Loaded, LoadError>> {
        let keys: Vec<BatchKey> = entities.iter().copied().map(BatchKey::Entity).collect();
        loop {
            if let Ok(loaded) = unconstrained(self.loader.try_load_many(keys.clone())).await {
                return loaded;
            }
        }
    }
}

fn unreadable(row: &Row) -> LoadError {
    StoreError::Corrupt(format!("{row:?} can't be decoded")).into()
}
