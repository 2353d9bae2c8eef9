//! getBatchData: all that one batch asks for, from the cache as far as it knows, the rest from the store, once each.
//! The order of steps is what keeps it fresh: versions first, the store after, fills under the versions taken before.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use foldhash::fast::RandomState;
use futures_util::future::join_all;
use parking_lot::Mutex;

use crate::model::EntityRef;

use super::asked::Asked;
use super::explanation::{Explanation, Floor, trip};
use super::fetch::fetch;
use super::fill::fill;
use super::flight::{Boarding, Flight, landed};
use super::key::{BatchKey, Fetched, Loaded, Outcome};
use super::look::{CachedPage, Look, Missing, Under, count};
use super::remembered::{Basis, Memory};
use super::source::Shared;
use super::{Assumed, LoadError, Provenance, Source, Spoiled};

/// A batch of one request.
pub(super) struct Batch<'b> {
    source: &'b Source,
    provenance: &'b Mutex<Provenance>,
    told: Option<&'b Explanation>,
    assumed: Option<&'b Assumed>,
}

impl<'b> Batch<'b> {
    /// One that is noted here, and told of there.
    pub fn new(source: &'b Source, provenance: &'b Mutex<Provenance>, told: Option<&'b Explanation>) -> Batch<'b> {
        Batch {
            source,
            provenance,
            told,
            assumed: None,
        }
    }

    /// The same, taking what the process holds for current and noting that here.
    pub fn assuming(self, assumed: Option<&'b Assumed>) -> Batch<'b> {
        Batch { assumed, ..self }
    }

    /// What these keys ask for, in their order, with an error only for what it concerns.
    /// A page that the cache holds is a list of ids: its entities are a batch of their own.
    pub async fn load(&self, keys: &[BatchKey]) -> Vec<Outcome> {
        if let Some(memory) = self.remembered(keys) {
            return memory.found.clone();
        }
        let Found {
            mut found,
            pages,
            mut basis,
        } = self.load_once(keys).await;
        if !pages.is_empty() {
            let opened = self.open(keys, pages, &mut found).await;
            basis = basis.zip(opened).map(|(basis, opened)| basis.and(opened));
        }
        let found: Vec<Outcome> = found.into_iter().map(|found| found.expect(EVERY_KEY)).collect();
        self.remember(keys, &found, basis);
        found
    }

    /// What these keys came to before, noted as if they had been looked for.
    fn remembered(&self, keys: &[BatchKey]) -> Option<Arc<Memory>> {
        let assumed = self.assumed?;
        let memory = self.source.remembered.get(keys, self.source.store.clock().now())?;
        assumed.add_all(&memory.basis.pairs);
        self.provenance.lock().add_all(&memory.basis.pairs);
        count(self.source, &memory.basis.counted);
        Some(memory)
    }

    /// Remembers what they came to, where the cache had all of it. Whoever assumes nothing may do so because what was
    /// remembered has turned out old.
    fn remember(&self, keys: &[BatchKey], found: &[Outcome], basis: Option<Basis>) {
        let Shared {
            remembered,
            cache,
            store,
            shadow,
            ..
        } = &**self.source;
        match basis {
            _ if self.assumed.is_none() => remembered.remove(keys),
            // What is due for its age soon would be remembered in vain.
            Some(basis) if cache.is_near() && !shadow.is_on() && store.clock().now() < basis.until => {
                remembered.insert(keys, found, basis);
            }
            _ => {}
        }
    }

    /// The same; a page that the cache holds is still to be opened.
    async fn load_once(&self, keys: &[BatchKey]) -> Found {
        if let Some(told) = self.told {
            told.begin();
        }
        let asked = Asked::of(keys);
        if let Some(assumed) = self.assumed
            && let Some(look) = Look::near(self.source, keys, &asked)
        {
            assumed.add_all(&look.served);
            self.note(&look);
            self.source.shadow.sample(self.source, keys, &look);
            return Found::of(look);
        }
        let looked = Instant::now();
        let mut look = Look::up(self.source, keys, &asked, self.told).await;
        look.give_versions(self.source, self.told).await;
        self.note(&look);
        if let Some(told) = self.told {
            told.read(std::mem::take(&mut look.reads));
        }
        self.source.shadow.sample(self.source, keys, &look);
        let loaded = self.load_missing(&look.missing, looked).await;
        for missing in &look.missing {
            let loaded = loaded.get(&missing.key).cloned().expect(EVERY_KEY);
            if loaded.is_err() {
                self.provenance.lock().spoil(Spoiled::Failed);
            }
            look.found[missing.at] = Some(loaded);
        }
        if let Some(told) = self.told {
            told.loaded(keys, &look.found);
        }
        Found::of(look)
    }

    /// What the answer rests on: what was served, and what is about to be loaded, each under its version.
    fn note(&self, look: &Look) {
        let mut provenance = self.provenance.lock();
        provenance.add_all(&look.served);
        for missing in &look.missing {
            match (&missing.place, missing.under) {
                (None, _) => provenance.spoil(Spoiled::Untagged),
                (Some(place), Under::Version(version)) => provenance.add(place.tag, version),
                (Some(_), Under::Absent | Under::Unknown) => provenance.spoil(Spoiled::Unknown),
                (Some(_), Under::Marked) => provenance.spoil(Spoiled::Marked),
            }
        }
    }

    /// From the store, but for what another request is loading under the same version, or was when this one looked.
    async fn load_missing(&self, missing: &[Missing], looked: Instant) -> Fetched {
        let (mut own, mut flights, mut joined) = (Vec::new(), Vec::new(), Vec::new());
        for missing in missing {
            match missing.under {
                Under::Version(version) => match self.source.flights.board(&missing.key, version, looked) {
                    Boarding::Own(flight) => {
                        flights.push((missing.key.clone(), flight));
                        own.push(missing);
                    }
                    Boarding::Joined(waiting) => {
                        if let Some(told) = self.told {
                            told.joined(missing);
                        }
                        joined.push((missing, waiting));
                    }
                },
                _ => own.push(missing),
            }
        }
        let mut found = self.load_own(&own, flights).await;
        let landings = joined
            .into_iter()
            .map(|(missing, waiting)| async move { (missing, landed(waiting).await) });
        let mut left = Vec::new();
        for (missing, landed) in join_all(landings).await {
            match landed {
                Some(loaded) => {
                    self.source.metrics.flight_joined();
                    found.insert(missing.key.clone(), loaded);
                }
                None => left.push(missing),
            }
        }
        if !left.is_empty() {
            found.extend(self.load_own(&left, Vec::new()).await);
        }
        found
    }

    /// Asks the store, lets those who wait have it, and fills.
    async fn load_own(&self, own: &[&Missing], flights: Vec<(BatchKey, Flight<'_>)>) -> Fetched {
        if own.is_empty() {
            return Fetched::default();
        }
        let Shared { store, metrics, .. } = &**self.source;
        if let Err(error) = self.catch_up(own).await {
            let failed = own.iter().map(|missing| (missing.key.clone(), Err(error.clone())));
            return failed.collect();
        }
        let start = Instant::now();
        let asked = |of, keys| {
            metrics.batch(of, keys);
            trip(self.told, Floor::Store, of, keys);
        };
        let fetched = fetch(store, &asked, own.iter().map(|missing| &missing.key)).await;
        let cost = start.elapsed();
        // Filled before those who wait are let go and before the flight ends, so that nobody finds neither.
        let filled = fill(self.source, own, &fetched, cost).await;
        trip(self.told, Floor::Cache, "put_many", filled);
        for (key, flight) in flights {
            if let Some(loaded) = fetched.get(&key) {
                flight.land(loaded.clone());
            }
        }
        fetched
    }

    /// While the epoch is known, nobody else has been the primary for longer than this process knows; and whoever is told of a
    /// version is told of its moment. Who has neither may be about to ask a primary that was deposed and doesn't know.
    async fn catch_up(&self, own: &[&Missing]) -> Result<(), LoadError> {
        let Shared { cache, store, .. } = &**self.source;
        let knows_no_moment = |missing: &&Missing| matches!(missing.under, Under::Unknown);
        if cache.lease().epoch().is_some() || !own.iter().any(knows_no_moment) {
            return Ok(());
        }
        trip(self.told, Floor::Store, "catch_up", 1);
        Ok(store.catch_up().await?)
    }

    /// Puts the entities of cached pages in their places; one that has gone meanwhile leaves none. What was asked for by
    /// id beside a page stands on it as it was found. Tells what that rests on, where the cache had all of it.
    async fn open(&self, keys: &[BatchKey], pages: Vec<CachedPage>, found: &mut [Option<Outcome>]) -> Option<Basis> {
        let most = keys.len() + pages.iter().map(|page| page.ids.len()).sum::<usize>();
        let mut places = HashMap::with_capacity_and_hasher(most, RandomState::default());
        for (at, key) in keys.iter().enumerate() {
            if let BatchKey::Entity(entity) = key {
                places.insert(*entity, Listed::Asked(at));
            }
        }
        let mut wanted = Vec::with_capacity(most - keys.len());
        let listed = pages.iter().map(|page| {
            let entities = page.ids.iter().map(|id| EntityRef::new(page.kind, *id));
            let place = |entity| {
                *places.entry(entity).or_insert_with(|| {
                    wanted.push(BatchKey::Entity(entity));
                    Listed::Wanted(wanted.len() - 1)
                })
            };
            entities.map(place).collect::<Vec<Listed>>()
        });
        let listed: Vec<Vec<Listed>> = listed.collect();
        let (opened, basis) = match wanted.is_empty() {
            true => (Vec::new(), Some(Basis::nothing())),
            false => {
                let opened = self.load_once(&wanted).await;
                (opened.found, opened.basis)
            }
        };
        for (page, listed) in pages.iter().zip(listed) {
            let mut rows = Vec::with_capacity(listed.len());
            let mut failed = None;
            for place in listed {
                let outcome = match place {
                    Listed::Asked(at) => &found[at],
                    Listed::Wanted(at) => &opened[at],
                };
                match outcome.as_ref().expect(EVERY_KEY) {
                    Ok(Loaded::Entity(row)) => rows.extend(row.clone()),
                    Ok(_) => unreachable!("an entity was asked for"),
                    Err(error) => failed = Some(error.clone()),
                }
            }
            found[page.at] = Some(failed.map_or_else(|| Ok(Loaded::Page(rows.into())), Err));
        }
        basis
    }
}

/// What a batch came to, but for the pages that are still to be opened.
struct Found {
    found: Vec<Option<Outcome>>,
    pages: Vec<CachedPage>,
    /// What it rests on, where the cache had all of it.
    basis: Option<Basis>,
}

impl Found {
    fn of(mut look: Look) -> Found {
        Found {
            found: std::mem::take(&mut look.found),
            pages: std::mem::take(&mut look.pages),
            basis: look.into_basis(),
        }
    }
}

/// Where an entity of a page is had from.
#[derive(Clone, Copy)]
enum Listed {
    /// It was asked for by id in the same batch.
    Asked(usize),
    /// It is one of those that pages alone want.
    Wanted(usize),
}

/// What batches promise.
const EVERY_KEY: &str = "a batch answers every key";
