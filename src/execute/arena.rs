//! What one operation has read so far, each thing once, and what it still wants. An entity stands in it as it was found
//! until it is judged whether the viewer sees it, which is done once; from then on as the viewer sees it.

use std::collections::HashMap;
use std::ops::Range;
use std::task::Poll;

use foldhash::fast::RandomState;

use crate::loader::{BatchKey, LoadError, Loaded, Outcome};
use crate::model::{EntityRef, Row};

use super::listed::Listed;
use super::places::Places;
use super::plan::Room;
use super::{Env, Failure, Seen};

/// The things that an operation reads.
#[derive(Default)]
pub(super) struct Arena {
    /// Where each entity stands among the things.
    places: Places,
    things: Vec<Thing>,
    /// Anything but entities; `None`: it is wanted.
    rest: HashMap<BatchKey, Option<Result<Rest, LoadError>>, RandomState>,
    wanted: Vec<BatchKey>,
    /// The places of the entities of pages, one page after the other.
    lists: Vec<At>,
    /// What was asked for last of what stands above others.
    above: Option<(EntityRef, At)>,
}

/// Which of the entities that an operation has met.
pub(super) type At = u32;

/// An entity, and what is known of it.
struct Thing {
    entity: EntityRef,
    known: Known,
}

/// Anything but an entity.
#[derive(Clone)]
struct Rest {
    loaded: Loaded,
    /// Of a page where the places of its entities are listed, in their order.
    listed: Range<usize>,
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
    /// One with room for so much.
    pub fn new(room: &Room) -> Arena {
        Arena {
            places: Places::new(room.things),
            things: Vec::with_capacity(room.things),
            rest: HashMap::with_capacity_and_hasher(room.rest, RandomState::default()),
            lists: Vec::with_capacity(room.lists),
            ..Arena::default()
        }
    }

    /// How much it holds.
    pub fn room(&self) -> Room {
        Room {
            things: self.things.len(),
            lists: self.lists.len(),
            rest: self.rest.len(),
            ..Room::default()
        }
    }

    /// Where an entity stands, or will.
    pub fn place(&mut self, entity: EntityRef) -> At {
        let Arena { places, things, .. } = self;
        let next = At::try_from(things.len()).expect("an operation meets fewer than four thousand million entities");
        let at = places.get_or_insert(entity, next, |at| things[at as usize].entity);
        if at == next {
            let known = Known::Nothing;
            things.push(Thing { entity, known });
        }
        at
    }

    fn there(&self, entity: &EntityRef) -> Option<At> {
        self.places.get(*entity, |at| self.things[at as usize].entity)
    }

    /// What was asked for in vain since the last time.
    pub fn take_wanted(&mut self) -> Vec<BatchKey> {
        std::mem::take(&mut self.wanted)
    }

    /// Takes what was loaded under these keys; what stands already stays as it is, so that an answer shows one image of
    /// each thing.
    pub fn put(&mut self, keys: Vec<BatchKey>, loaded: impl IntoIterator<Item = Outcome>) {
        for (key, loaded) in keys.into_iter().zip(loaded) {
            if let BatchKey::Entity(entity) = key {
                self.find(entity, || loaded.map(Loaded::entity));
                continue;
            }
            let loaded = loaded.map(|loaded| self.rest_of(loaded));
            self.rest.entry(key).or_default().get_or_insert(loaded);
        }
    }

    fn rest_of(&mut self, loaded: Loaded) -> Rest {
        let listed = match &loaded {
            Loaded::Page(page) => self.list(page),
            _ => 0..0,
        };
        Rest { loaded, listed }
    }

    /// Lists where the entities of a page stand.
    fn list(&mut self, page: &[Row]) -> Range<usize> {
        let start = self.lists.len();
        for row in page {
            let entity = row.reference().expect("a page lists entities");
            let at = self.find(entity, || Ok(Some(row.clone())));
            self.lists.push(at);
        }
        start..self.lists.len()
    }

    /// Lists those of these that the viewer sees; it is known of each.
    pub fn list_shown(&mut self, env: &dyn Env, listed: Range<usize>) -> Range<usize> {
        let start = self.lists.len();
        for at in listed {
            let at = self.lists[at];
            if matches!(self.sees_at(env, at), Poll::Ready(Ok(true))) {
                self.lists.push(at);
            }
        }
        start..self.lists.len()
    }

    /// Where the entity stands that is listed there.
    pub fn listed_at(&self, at: usize) -> At {
        self.lists[at]
    }

    /// Where an entity stands; this was found of it, unless something is known already.
    fn find(&mut self, entity: EntityRef, found: impl FnOnce() -> Result<Option<Row>, LoadError>) -> At {
        let at = self.place(entity);
        let known = &mut self.things[at as usize].known;
        if matches!(known, Known::Nothing | Known::Wanted) {
            *known = Known::Found(found());
        }
        at
    }

    /// Takes over what `from` knows of these, an entity as the viewer sees it; whether that was anything.
    pub fn take_over(&mut self, from: &Arena, keys: &[BatchKey]) -> bool {
        let known = keys.iter().filter_map(|key| Some((key.clone(), from.known(key)?)));
        let (keys, known): (Vec<BatchKey>, Vec<Outcome>) = known.unzip();
        let is_some = !keys.is_empty();
        self.put(keys, known);
        is_some
    }

    fn known(&self, key: &BatchKey) -> Option<Outcome> {
        let BatchKey::Entity(entity) = key else {
            let known = self.rest.get(key)?.clone();
            return known.map(|known| known.map(|rest| rest.loaded));
        };
        match &self.things[self.there(entity)? as usize].known {
            Known::Nothing | Known::Wanted => None,
            Known::Found(found) => Some(found.clone().map(Loaded::Entity)),
            Known::Seen(seen) => Some(Ok(Loaded::Entity(seen.clone()))),
        }
    }

    /// The entities of a page.
    pub fn listed(&self, key: &BatchKey) -> impl Iterator<Item = EntityRef> {
        let listed = match self.rest.get(key) {
            Some(Some(Ok(rest))) => rest.listed.clone(),
            _ => 0..0,
        };
        self.lists[listed].iter().map(|at| self.things[*at as usize].entity)
    }

    /// The entity, if it is there and the viewer sees it.
    pub fn see(&mut self, env: &dyn Env, entity: EntityRef) -> Poll<Result<Option<Seen>, Failure>> {
        let at = self.place(entity);
        self.see_at(env, at)
    }

    /// The same of the entity that stands there.
    pub fn see_at(&mut self, env: &dyn Env, at: At) -> Poll<Result<Option<Seen>, Failure>> {
        self.sees_at(env, at).map_ok(|_| match &self.things[at as usize].known {
            Known::Seen(Some(row)) => Some(Seen::new(row.clone(), at)),
            _ => None,
        })
    }

    /// What stands there, which the viewer is known to see.
    pub fn seen(&self, at: At) -> Seen {
        match &self.things[at as usize].known {
            Known::Seen(Some(row)) => Seen::new(row.clone(), at),
            _ => unreachable!("it was admitted"),
        }
    }

    /// Whether the viewer sees what stands there, which is found out once.
    pub fn sees_at(&mut self, env: &dyn Env, at: At) -> Poll<Result<bool, Failure>> {
        let Thing { entity, known } = &mut self.things[at as usize];
        match known {
            Known::Seen(row) => Poll::Ready(Ok(row.is_some())),
            Known::Wanted => Poll::Pending,
            Known::Nothing => {
                *known = Known::Wanted;
                self.wanted.push(BatchKey::Entity(*entity));
                Poll::Pending
            }
            Known::Found(Err(error)) => Poll::Ready(Err(env.failed(error.clone()))),
            Known::Found(Ok(found)) => match found.take() {
                Some(row) => self.judge(env, at, row),
                None => {
                    *known = Known::Seen(None);
                    Poll::Ready(Ok(false))
                }
            },
        }
    }

    /// Finds out whether the viewer sees this row, which stands there; it is put back.
    fn judge(&mut self, env: &dyn Env, at: At, row: Row) -> Poll<Result<bool, Failure>> {
        let sees = env.sees(&row, &mut |above| self.sees_above(env, above));
        self.things[at as usize].known = match sees {
            Poll::Ready(Ok(sees)) => Known::Seen(sees.then_some(row)),
            Poll::Ready(Err(_)) | Poll::Pending => Known::Found(Ok(Some(row))),
        };
        sees
    }

    /// Whether the viewer sees what stands above something: of many things on a page the same.
    fn sees_above(&mut self, env: &dyn Env, above: EntityRef) -> Poll<Result<bool, Failure>> {
        let at = match self.above {
            Some((last, at)) if last == above => at,
            _ => self.place(above),
        };
        self.above = Some((above, at));
        self.sees_at(env, at)
    }

    /// Anything but an entity or a page.
    pub fn load(&mut self, env: &dyn Env, key: &BatchKey) -> Poll<Result<Loaded, Failure>> {
        self.rest(env, key).map_ok(|rest| rest.loaded.clone())
    }

    /// A page.
    pub fn page(&mut self, env: &dyn Env, key: &BatchKey) -> Poll<Result<Listed, Failure>> {
        let listed = |rest: &Rest| Listed::new(rest.loaded.clone().page(), rest.listed.clone());
        self.rest(env, key).map_ok(listed)
    }

    fn rest(&mut self, env: &dyn Env, key: &BatchKey) -> Poll<Result<&Rest, Failure>> {
        let known = self.rest.entry(key.clone()).or_insert_with(|| {
            self.wanted.push(key.clone());
            None
        });
        match known {
            Some(Ok(rest)) => Poll::Ready(Ok(rest)),
            Some(Err(error)) => Poll::Ready(Err(env.failed(error.clone()))),
            None => Poll::Pending,
        }
    }
}
