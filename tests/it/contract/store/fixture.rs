//! A store on an empty database, and how the promises look into it.

use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;

use kanvaro::metrics::Metrics;
use kanvaro::model::{
    AnyEntity, Change, Clock, Direction, Entity, Field, Filter, Id, Kind, Project, Query, Sort, Task,
};
use kanvaro::store::{Document, Format, Outcome, Settle, Store, StoreBackend, StoreError, Ticket, Write};

use crate::support::sample;

/// An engine on an empty database with its indexes, and a store on it.
pub struct StoreFixture {
    /// The engine itself.
    pub backend: Arc<dyn StoreBackend>,
    /// The handle on it; its clock stands at `sample::NOON`.
    pub store: Store,
    /// What went through the door.
    pub door: Arc<Door>,
    _keep: Box<dyn Any + Send + Sync>,
}

/// A settle that renews nothing and remembers that it was asked.
#[derive(Default)]
pub struct Door {
    /// `before`, then how the write ended.
    pub passed: Mutex<Vec<Option<Outcome>>>,
}

#[async_trait]
impl Settle for Door {
    async fn before(&self, _: &[Change]) -> Ticket {
        self.passed.lock().push(None);
        Ticket::free()
    }

    async fn after(&self, _: Ticket, outcome: Outcome) {
        self.passed.lock().push(Some(outcome));
    }
}

impl StoreFixture {
    /// A fixture on this empty engine; `keep` is let go of last.
    pub async fn new(backend: Arc<dyn StoreBackend>, keep: impl Any + Send + Sync) -> StoreFixture {
        let door = Arc::new(Door::default());
        let clock = Clock::manual(sample::NOON);
        let store = Store::new(backend.clone(), door.clone(), clock, Metrics::default());
        store.ensure_indexes().await.unwrap();
        StoreFixture {
            backend,
            store,
            door,
            _keep: Box::new(keep),
        }
    }

    /// Writes new entities as they are, unstamped, in one unit of work.
    pub async fn insert<E: Entity>(&self, entities: impl IntoIterator<Item = E>) {
        let changes = entities.into_iter().map(|entity| Change::Insert(entity.into()));
        self.store.write(changes.collect()).await.unwrap();
    }

    /// A project with so many tasks in it, each changed by its place.
    pub async fn tasks(&self, count: usize, change: impl Fn(usize, &mut Task)) -> (Project, Vec<Task>) {
        let project = sample::project(&sample::user(sample::id()));
        let tasks: Vec<Task> = (0..count)
            .map(|place| {
                let mut task = sample::task(&project);
                change(place, &mut task);
                task.refresh();
                task
            })
            .collect();
        self.insert(tasks.clone()).await;
        (project, tasks)
    }

    /// The ids of what matches, in no order.
    pub async fn matching(&self, kind: Kind, filter: Filter) -> Vec<Id> {
        let mut ids = self.store.ids(kind, &filter, 10_000).await.unwrap();
        ids.sort_unstable();
        ids
    }

    /// The ids of a page.
    pub async fn page(&self, kind: Kind, query: Query) -> Vec<Id> {
        ids(&self.store.page(kind, query).await.unwrap())
    }

    /// Writes a document that lacks a field.
    pub async fn insert_without(&self, entity: AnyEntity, field: &str) {
        let document = without(self.backend.format(), &entity, field);
        let entity = entity.reference();
        self.backend
            .write(vec![Write::Insert { entity, document }], sample::LIMIT)
            .await
            .unwrap();
    }
}

fn without(format: Format, entity: &AnyEntity, field: &str) -> Document {
    match format {
        Format::Json => {
            let mut json = json(entity);
            json.as_object_mut().unwrap().remove(field).unwrap();
            serde_json::to_vec(&json).unwrap()
        }
        #[cfg(feature = "mongo")]
        Format::Bson => {
            let mut document =
                bson::deserialize_from_slice::<bson::Document>(&bson::serialize_to_vec(entity).unwrap()).unwrap();
            document.remove(field).unwrap();
            bson::serialize_to_vec(&document).unwrap()
        }
    }
}

/// A query for at most 10 000, in this order.
pub fn sorted(filter: Filter, field: Field, direction: Direction) -> Query {
    Query {
        filter,
        sort: Sort { field, direction },
        after: None,
        skip: 0,
        limit: 10_000,
    }
}

/// What an entity is, to compare by.
pub fn json(entity: &AnyEntity) -> serde_json::Value {
    serde_json::to_value(entity).unwrap()
}

/// Their ids, in their order.
pub fn ids(entities: &[AnyEntity]) -> Vec<Id> {
    entities.iter().map(|entity| entity.reference().id).collect()
}

/// Their ids, sorted.
pub fn ids_of<'e, E: Entity>(entities: impl IntoIterator<Item = &'e E>) -> Vec<Id> {
    let mut ids: Vec<Id> = entities.into_iter().map(Entity::id).collect();
    ids.sort_unstable();
    ids
}

/// The index that refused.
pub fn duplicate<T: std::fmt::Debug>(done: Result<T, StoreError>) -> (Kind, String) {
    match done {
        Err(StoreError::Duplicate { kind, index }) => (kind, index),
        other => panic!("a duplicate was expected: {other:?}"),
    }
}
