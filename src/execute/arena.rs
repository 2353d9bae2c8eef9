//! What one operation has read so far, each thing once, and what it still wants. An entity stands in it as it was found
//! until it is judged whether the viewer sees it, which is done once; from then on as the viewer sees it.

use std::collections::HashMap;
use std::task::Poll;

use foldhash::fast::RandomState;

use crate::loader::{BatchKey, Found, LoadError, Loaded};
use crate::model::{EntityRef, Row};

use super::{Env, Failure};

/// The things that an operation reads.
#[derive(Default)]
pub(super) struct Arena {
    /// Where each entity stands among the things.
    places: HashMap<EntityRef, At, RandomState>,
    things: Vec<Thing>,
    /// Anything but entities; `None`: it is wanted.
    rest: HashMap<BatchKey, Option<Result<Loaded, LoadError>>, RandomState>,
    wanted: Vec<BatchKey>,
}

/// Which of the entities that an operation has met.
pub(super) type At = u32;

/// An entity, and what is known of it.
struct Thing {
    entity: EntityRef,
    known: Known,
}

enum Known {
    /// Nothing, and nobody has asked.
    Nothing,
    /// Nothing; it is wanted.
    Wanted,
    /// It, whoever sees it.
    Found(Result<Option<Row>, LoadError>),
    /// It, if the viewer sees it.
    Seen(Option<Row>),
}

impl Arena {
    /// One with room for so many things.
    pub fn new(things: usize) -> Arena {
        Arena {
            places: HashMap::with_capacity_and_hasher(things, RandomState::default()),
            things: Vec::with_capacity(things),
            ..Arena::default()
        }
    }

    /// How many things it holds.
    pub fn len(&self) -> usize {
        self.things.len()
    }

    /// Where an entity stands, or will.
    pub fn place(&mut self, entity: EntityRef) -> At {
        let next =
            At::try_from(self.things.len()).expect("an operation meets fewer than four thousand million entities");
        let at = *self.places.entry(entity).or_insert(next);
        if at == next {
            let known = Known::Nothing;
            self.things.push(Thing { entity, known });
        }
        at
    }

    /// What was asked for in vain since the last time.
    pub fn take_wanted(&mut self) -> Vec<BatchKey> {
        std::mem::take(&mut self.wanted)
    }

    /// Takes what was loaded; what stands already stays as it is, so that an answer shows one image of each thing.
    pub fn put(&mut self, found: Found) {
        for (key, loaded) in found {
            if let BatchKey::Entity(entity) = key {
                let at = self.place(entity);
                let known = &mut self.things[at as usize].known;
                if matches!(known, Known::Nothing | Known::Wanted) {
                    *known = Known::Found(loaded.map(Loaded::entity));
                }
            } else {
                self.rest.entry(key).or_default().get_or_insert(loaded);
            }
        }
    }

    /// Takes over what `from` knows of these, an entity as the viewer sees it; whether that was anything.
    pub fn take_over(&mut self, from: &Arena, keys: &[BatchKey]) -> bool {
        let known = keys.iter().filter_map(|key| Some((key.clone(), from.known(key)?)));
        let known: Found = known.collect();
        let is_some = !known.is_empty();
        self.put(known);
        is_some
    }

    fn known(&self, key: &BatchKey) -> Option<Result<Loaded, LoadError>> {
        let BatchKey::Entity(entity) = key else {
            return self.rest.get(key)?.clone();
        };
        match &self.things[*self.places.get(entity)? as usize].known {
            Known::Nothing | Known::Wanted => None,
            Known::Found(found) => Some(found.clone().map(Loaded::Entity)),
            Known::Seen(seen) => Some(Ok(Loaded::Entity(seen.clone()))),
        }
    }

    /// The entities of a page.
    pub fn listed(&self, key: &BatchKey) -> impl Iterator<Item = EntityRef> {
        let page: &[Row] = match self.rest.get(key) {
            Some(Some(Ok(Loaded::Page(page)))) => page,
            _ => &[],
        };
        page.iter().filter_map(Row::reference)
    }

    /// The entity, if it is there and the viewer sees it.
    pub fn see(&mut self, env: &dyn Env, entity: EntityRef) -> Poll<Result<Option<Row>, Failure>> {
        let at = self.place(entity);
        self.see_at(env, at)
    }

    /// The same of the entity that stands there.
    pub fn see_at(&mut self, env: &dyn Env, at: At) -> Poll<Result<Option<Row>, Failure>> {
        let Thing { entity, known } = &mut self.things[at as usize];
        let entity = *entity;
        match known {
            Known::Seen(row) => Poll::Ready(Ok(row.clone())),
            Known::Wanted => Poll::Pending,
            Known::Nothing => {
                *known = Known::Wanted;
                self.wanted.push(BatchKey::Entity(entity));
                Poll::Pending
            }
            Known::Found(Err(error)) => Poll::Ready(Err(env.failed(error.clone()))),
            Known::Found(Ok(None)) => {
                *known = Known::Seen(None);
                Poll::Ready(Ok(None))
            }
            Known::Found(Ok(Some(row))) => {
                let row = row.clone();
                self.judge(env, at, row)
            }
        }
    }

    /// The row of an entity, if the viewer sees it.
    pub fn admit(&mut self, env: &dyn Env, row: Row) -> Poll<Result<Option<Row>, Failure>> {
        let Some(entity) = row.reference() else {
            return env
                .sees(&row, &mut |above| self.see(env, above))
                .map_ok(|sees| sees.then_some(row));
        };
        let at = self.place(entity);
        if let Known::Seen(seen) = &self.things[at as usize].known {
            return Poll::Ready(Ok(seen.clone()));
        }
        self.judge(env, at, row)
    }

    /// Finds out whether the viewer sees what stands there.
    fn judge(&mut self, env: &dyn Env, at: At, row: Row) -> Poll<Result<Option<Row>, Failure>> {
        let sees = env.sees(&row, &mut |above| self.see(env, above));
        sees.map_ok(|sees| {
            let row = sees.then_some(row);
            self.things[at as usize].known = Known::Seen(row.clone());
            row
        })
    }

    /// Anything but an entity.
    pub fn load(&mut self, env: &dyn Env, key: &BatchKey) -> Poll<Result<Loaded, Failure>> {
        match self.rest.get(key) {
            Some(Some(loaded)) => Poll::Ready(loaded.clone().map_err(|error| env.failed(error))),
            Some(None) => Poll::Pending,
            None => {
                self.rest.insert(key.clone(), None);
                self.wanted.push(key.clone());
                Poll::Pending
            }
        }
    }
}
