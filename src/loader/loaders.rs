//! PLACEHOLDER of the batching loader (replaced by branch `cache`): the same API, straight to the store.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::cache::Cache;
use crate::metrics::Metrics;
use crate::model::{AnyEntity, Entity, EntityRef, Filter, Id, Kind, Query, Value};
use crate::store::{Store, StoreError};

/// Why a load failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LoadError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The loaders of one request.
#[derive(Clone)]
pub struct Loaders {
    store: Store,
}

impl Loaders {
    /// One set per request.
    pub fn new(_cache: Cache, store: Store, _metrics: Metrics) -> Loaders {
        Loaders { store }
    }

    /// One entity.
    pub async fn get(&self, entity: EntityRef) -> Result<Option<AnyEntity>, LoadError> {
        Ok(self.store.get_many(entity.kind, &[entity.id]).await?.pop())
    }

    /// One entity of a known kind.
    pub async fn get_as<E: Entity>(&self, id: Id) -> Result<Option<Arc<E>>, LoadError>
    where
        Arc<E>: TryFrom<AnyEntity>,
    {
        Ok(self.store.get(id).await?)
    }

    /// Many entities: order and duplicates kept, absent is `None`.
    pub async fn get_many(&self, entities: &[EntityRef]) -> Result<Vec<Option<AnyEntity>>, LoadError> {
        let mut found = Vec::new();
        for entity in entities {
            found.push(self.get(*entity).await?);
        }
        Ok(found)
    }

    /// A page.
    pub async fn page(&self, kind: Kind, query: Query) -> Result<Arc<[AnyEntity]>, LoadError> {
        Ok(self.store.page(kind, query).await?.into())
    }

    /// A count.
    pub async fn count(&self, kind: Kind, filter: Filter) -> Result<u64, LoadError> {
        Ok(self.store.count(kind, &[filter]).await?[0])
    }

    /// Tasks of a project that aren't archived, by status.
    pub async fn status_counts(&self, project: Id) -> Result<Arc<BTreeMap<String, u64>>, LoadError> {
        let of = Filter::Eq("project", Value::Id(project)).and(Filter::Eq("isArchived", Value::Bool(false)));
        let counts = self.store.count_by(Kind::Task, &of, &["status"]).await?;
        let named = counts
            .into_iter()
            .filter_map(|(values, count)| match values.into_iter().next() {
                Some(Value::Text(status)) => Some((status, count)),
                _ => None,
            });
        Ok(Arc::new(named.collect()))
    }

    /// The projects that a user belongs to.
    pub async fn memberships(&self, user: Id) -> Result<Arc<HashSet<Id>>, LoadError> {
        let me = || Value::Id(user);
        let mine = Filter::Any(vec![
            Filter::Eq("createdBy", me()),
            Filter::Eq("client", me()),
            Filter::Has("teamMembers", me()),
        ]);
        Ok(Arc::new(
            self.store
                .ids(Kind::Project, &mine, 10_000)
                .await?
                .into_iter()
                .collect(),
        ))
    }

    /// Drops the memos.
    pub async fn clear(&self) {}
}
