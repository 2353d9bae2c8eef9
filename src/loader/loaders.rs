//! The handle that a request reads through. Whatever it is asked for goes out as one batch at once; it remembers
//! nothing but what the answer rests on: who has several things to ask for asks for them together, and keeps them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::slice;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::model::{Entity, EntityRef, Filter, Id, Kind, Query, Row};
use crate::store::StoreError;

use super::batch::Batch;
use super::key::{BatchKey, Loaded, Outcome, TaskCounts};
use super::{Assumed, Explanation, LoadError, Provenance, Source};

/// The loaders of one request. Cheap to clone; clones note what they read in one place.
#[derive(Clone)]
pub struct Loaders {
    reading: Arc<Reading>,
}

/// Where a request reads, and what is noted of what it has read.
struct Reading {
    source: Source,
    provenance: Mutex<Provenance>,
    told: Option<Explanation>,
    assumed: Option<Assumed>,
}

/// What batches promise.
const EVERY_KEY: &str = "a batch answers every key";

impl Loaders {
    /// Loaders for one request.
    pub fn new(source: &Source) -> Loaders {
        Loaders::with(source, None, None)
    }

    /// The same, telling how each thing was read.
    pub fn explained(source: &Source) -> Loaders {
        Loaders::with(source, Some(Explanation::default()), None)
    }

    /// The same, taking what this process holds for current: what is read may be answered only if that holds then.
    pub fn assuming(source: &Source, assumed: &Assumed) -> Loaders {
        Loaders::with(source, None, Some(assumed.clone()))
    }

    fn with(source: &Source, told: Option<Explanation>, assumed: Option<Assumed>) -> Loaders {
        let reading = Reading {
            source: source.clone(),
            provenance: Mutex::default(),
            told,
            assumed,
        };
        Loaders {
            reading: Arc::new(reading),
        }
    }

    /// How all was read so far; `None` unless these loaders tell.
    pub fn explanation(&self) -> Option<&Explanation> {
        self.reading.told.as_ref()
    }

    /// What is taken for current; `None`: nothing is.
    pub fn assumed(&self) -> Option<&Assumed> {
        self.reading.assumed.as_ref()
    }

    /// What an answer made of all that was read so far rests on.
    pub fn provenance(&self) -> Provenance {
        self.reading.provenance.lock().clone()
    }

    /// What these keys ask for, in their order: a round of a plan.
    pub async fn load_batch(&self, keys: &[BatchKey]) -> Vec<Outcome> {
        let Reading {
            source,
            provenance,
            told,
            assumed,
        } = &*self.reading;
        let batch = Batch::new(source, provenance, told.as_ref());
        batch.assuming(assumed.as_ref()).load(keys).await
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
        let mut places = HashMap::new();
        let mut keys = Vec::new();
        for entity in entities {
            places.entry(*entity).or_insert_with(|| {
                keys.push(BatchKey::Entity(*entity));
                keys.len() - 1
            });
        }
        let found = self.load_batch(&keys).await;
        let row = |entity: &EntityRef| found[places[entity]].clone().map(Loaded::entity);
        entities.iter().map(row).collect()
    }

    /// The rows of one page of a list.
    pub async fn page(&self, kind: Kind, query: Query) -> Result<Arc<[Row]>, LoadError> {
        self.load(BatchKey::page(kind, query)).await.map(Loaded::page)
    }

    /// How many match.
    pub async fn count(&self, kind: Kind, filter: Filter) -> Result<u64, LoadError> {
        self.load(BatchKey::count(kind, filter)).await.map(Loaded::count)
    }

    /// How many tasks of a project aren't archived, by status; a status without any is left out.
    pub async fn status_counts(&self, project: Id) -> Result<Arc<BTreeMap<String, u64>>, LoadError> {
        let loaded = self.load(BatchKey::StatusCounts(project)).await;
        loaded.map(Loaded::status_counts)
    }

    /// How many tasks match, by project and status; what has none is left out.
    pub async fn task_counts(&self, filter: Filter) -> Result<Arc<TaskCounts>, LoadError> {
        let loaded = self.load(BatchKey::task_counts(filter)).await;
        loaded.map(Loaded::task_counts)
    }

    /// The projects that a user belongs to: as creator, client or team member.
    pub async fn memberships(&self, user: Id) -> Result<Arc<HashSet<Id>>, LoadError> {
        self.load(BatchKey::Memberships(user)).await.map(Loaded::memberships)
    }

    async fn load(&self, key: BatchKey) -> Result<Loaded, LoadError> {
        self.load_batch(slice::from_ref(&key)).await.pop().expect(EVERY_KEY)
    }
}

fn unreadable(row: &Row) -> LoadError {
    StoreError::Corrupt(format!("{row:?} can't be decoded")).into()
}
