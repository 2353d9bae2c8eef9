//! Documents in the order of their ids, a page at a time: of a store, or of whatever else holds them so.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use async_trait::async_trait;

use super::parcel::Parcel;
use crate::model::{AnyEntity, Direction, Id, Kind, Query, Seek, Sort, Value};
use crate::store::StoreBackend;

/// How many documents are read at once.
pub const PAGE: u32 = 500;

/// What documents are read from.
#[async_trait]
pub trait Source: Send {
    /// The documents of this kind behind this id, in the order of their ids, at most `PAGE`; none: there are no more.
    /// A kind's pages are asked for one after the other.
    async fn page(&mut self, kind: Kind, after: Option<Id>) -> Result<Vec<AnyEntity>>;
}

/// The documents of a store.
pub struct StoreSource {
    store: Arc<dyn StoreBackend>,
    parcel: Parcel,
}

impl StoreSource {
    /// Those of a parcel.
    pub fn new(store: &Arc<dyn StoreBackend>, parcel: Parcel) -> StoreSource {
        let store = Arc::clone(store);
        StoreSource { store, parcel }
    }

    /// How many there are of each kind.
    pub async fn count(&self) -> Result<BTreeMap<&'static str, u64>> {
        let mut counts = BTreeMap::new();
        for kind in self.parcel.kinds() {
            let count = self.store.count(kind, &[self.parcel.filter(kind)]).await?;
            counts.insert(kind.collection(), count.into_iter().sum());
        }
        Ok(counts)
    }
}

#[async_trait]
impl Source for StoreSource {
    async fn page(&mut self, kind: Kind, after: Option<Id>) -> Result<Vec<AnyEntity>> {
        let query = Query {
            filter: self.parcel.filter(kind),
            sort: Sort {
                field: "_id",
                direction: Direction::Ascending,
            },
            after: after.map(|id| Seek {
                value: Value::Id(id),
                id,
            }),
            skip: 0,
            limit: PAGE,
        };
        let pages = self.store.pages(kind, &[query]).await?;
        let format = self.store.format();
        let documents = pages.iter().flatten();
        Ok(documents
            .map(|document| format.decode(kind, document))
            .collect::<Result<_, _>>()?)
    }
}
