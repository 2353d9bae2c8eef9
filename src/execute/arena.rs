//! What one operation has read so far, each thing once, and what it still wants. Entities stand in it as they were
//! found; whether the viewer sees them is judged once each.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::task::Poll;

use foldhash::fast::RandomState;

use crate::loader::{BatchKey, Explanation, Found, LoadError, Loaded};
use crate::model::{EntityRef, Row};

use super::{Env, Failure};

/// The things that an operation reads.
#[derive(Default)]
pub(super) struct Arena {
    rows: HashMap<EntityRef, Result<Option<Row>, LoadError>, RandomState>,
    seen: HashMap<EntityRef, Option<Row>, RandomState>,
    rest: HashMap<BatchKey, Result<Loaded, LoadError>, RandomState>,
    wanted: HashSet<BatchKey, RandomState>,
    asking: Option<Asking>,
}

/// The field that is being resolved, for who is told which field has read what.
struct Asking {
    told: Explanation,
    field: Arc<str>,
}

impl Arena {
    /// One with room for so many things; `told` is told which field asks for what.
    pub fn new(things: usize, told: Option<&Explanation>) -> Arena {
        let asking = |told: &Explanation| Asking {
            told: told.clone(),
            field: Arc::from(""),
        };
        Arena {
            asking: told.map(asking),
            rows: HashMap::with_capacity_and_hasher(things, RandomState::default()),
            seen: HashMap::with_capacity_and_hasher(things, RandomState::default()),
            ..Arena::default()
        }
    }

    /// From now on this field of this type asks.
    pub fn begin(&mut self, of: &str, field: &str) {
        if let Some(asking) = &mut self.asking {
            asking.field = format!("{of}.{field}").into();
        }
    }

    fn tell(&self, key: impl FnOnce() -> BatchKey) {
        if let Some(Asking { told, field }) = &self.asking {
            told.asked(field, &key());
        }
    }

    /// How many things it holds.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// What was asked for in vain since the last time.
    pub fn take_wanted(&mut self) -> Vec<BatchKey> {
        self.wanted.drain().collect()
    }

    /// Takes what was loaded; what stands already stays as it is, so that an answer shows one image of each thing.
    pub fn put(&mut self, found: Found) {
        for (key, loaded) in found {
            match key {
                BatchKey::Entity(entity) => {
                    self.rows.entry(entity).or_insert_with(|| loaded.map(Loaded::entity));
                }
                key => {
                    self.rest.entry(key).or_insert(loaded);
                }
            }
        }
    }

    /// The entity as it was found, whoever asks.
    fn row(&mut self, entity: EntityRef) -> Poll<Result<Option<Row>, LoadError>> {
        match self.rows.get(&entity) {
            Some(row) => Poll::Ready(row.clone()),
            None => {
                self.wanted.insert(BatchKey::Entity(entity));
                Poll::Pending
            }
        }
    }

    /// The entity, if it is there and the viewer sees it.
    pub fn see(&mut self, env: &dyn Env, entity: EntityRef) -> Poll<Result<Option<Row>, Failure>> {
        self.tell(|| BatchKey::Entity(entity));
        if let Some(seen) = self.seen.get(&entity) {
            return Poll::Ready(Ok(seen.clone()));
        }
        match self.row(entity) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Err(env.failed(error))),
            Poll::Ready(Ok(None)) => {
                self.seen.insert(entity, None);
                Poll::Ready(Ok(None))
            }
            Poll::Ready(Ok(Some(row))) => self.admit(env, row),
        }
    }

    /// The row of an entity, if the viewer sees it.
    pub fn admit(&mut self, env: &dyn Env, row: Row) -> Poll<Result<Option<Row>, Failure>> {
        let entity = row.reference();
        if let Some(entity) = entity {
            self.tell(|| BatchKey::Entity(entity));
        }
        if let Some(seen) = entity.and_then(|entity| self.seen.get(&entity)) {
            return Poll::Ready(Ok(seen.clone()));
        }
        let sees = env.sees(&row, &mut |above| self.see(env, above));
        sees.map(|sees| {
            let row = sees?.then_some(row);
            if let Some(entity) = entity {
                self.seen.insert(entity, row.clone());
            }
            Ok(row)
        })
    }

    /// Anything but an entity.
    pub fn load(&mut self, env: &dyn Env, key: &BatchKey) -> Poll<Result<Loaded, Failure>> {
        self.tell(|| key.clone());
        match self.rest.get(key) {
            Some(loaded) => Poll::Ready(loaded.clone().map_err(|error| env.failed(error))),
            None => {
                self.wanted.insert(key.clone());
                Poll::Pending
            }
        }
    }
}
