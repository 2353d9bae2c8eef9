//! Brings a store to what a source holds: writes what is missing, and where an earlier run was cut short, goes on with it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::task::JoinHandle;

use super::end::End;
use super::parcel::Parcel;
use super::source::{PAGE, Source, StoreSource};
use super::tally::Tally;
use super::walk::{Difference, Walk};
use crate::cli::progress::Progress;
use crate::model::{AnyEntity, Filter};
use crate::store::ledger::UNFINISHED;
use crate::store::{StoreBackend, StoreError, Write};

/// How long a write may take. MongoDB keeps the transaction of a process that was killed for a minute, and what that has
/// touched can't be written until then.
const LIMIT: Duration = Duration::from_secs(180);

/// What a store is to be filled with.
pub struct Filling<'a> {
    /// The documents.
    pub source: &'a mut dyn Source,
    /// Which of them.
    pub parcel: Parcel,
    /// The counters.
    pub counters: BTreeMap<String, i64>,
    /// Tells this source from others, so that only what it has begun is gone on with.
    pub mark: i64,
    /// The epoch of the cache that the store must be beyond.
    pub epoch: u64,
    /// How many documents there are.
    pub total: u64,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Whether an earlier run was gone on with.
    pub resumed: bool,
    /// Documents that were missing.
    pub inserted: u64,
    /// Documents that were otherwise.
    pub replaced: u64,
    /// Documents that had gone from the source.
    pub removed: u64,
}

/// Fills it; `None`: it holds the same already, and nothing was written. Until `finish` it counts as unfinished.
pub async fn fill(target: &End, filling: Filling<'_>, progress: &Progress) -> Result<Option<Filled>> {
    let mut filling = filling;
    let standing = target.ledger.counter(UNFINISHED).await?;
    let resumed = match standing {
        Some(mark) if mark == filling.mark => true,
        Some(_) => bail!(
            "{} holds the unfinished copy of something else; empty it (or finish that one) first",
            target.name
        ),
        None if is_empty(target).await? => false,
        None if holds(target, &mut filling, progress).await? => return Ok(None),
        None => bail!(
            "{} isn't empty, and holds something else; nothing was written. A copy needs an empty store, or one where it was cut short",
            target.name
        ),
    };
    if target.ledger.is_served().await? {
        bail!(
            "a server works with {}: stop it first (after a crash, wait a few seconds); it would show a part of the data",
            target.name
        );
    }
    target.ledger.set_counter(UNFINISHED, Some(filling.mark)).await?;
    target
        .store
        .ensure_indexes()
        .await
        .context("can't create the indexes")?;
    let filled = documents(target, &mut filling, progress).await?;
    counters(target, &filling.counters).await?;
    let epoch = target.store.epoch().await?.max(filling.epoch) + 1;
    target.ledger.raise_epoch(epoch).await?;
    Ok(Some(Filled { resumed, ..filled }))
}

/// Compares the store with what it should hold, and if it does, takes it for finished.
pub async fn finish(target: &End, parcel: Parcel, expected: &Tally, progress: &Progress) -> Result<Tally> {
    let held = held(target, parcel, progress, expected.total()).await?;
    let differing = expected.differing(&held);
    if !differing.is_empty() {
        bail!(
            "{} doesn't hold the same in: {}. Something was written meanwhile: stop what writes, and run the same command again; it \
             takes over what has changed",
            target.name,
            differing.join(", ")
        );
    }
    target.ledger.set_counter(UNFINISHED, None).await?;
    Ok(held)
}

async fn held(target: &End, parcel: Parcel, progress: &Progress, total: u64) -> Result<Tally> {
    let mut counters = target.ledger.counters().await?;
    counters.remove(UNFINISHED);
    let mut source = StoreSource::new(&target.store, parcel);
    Tally::of(&mut source, parcel, &counters, progress, total).await
}

async fn is_empty(target: &End) -> Result<bool> {
    let all = Parcel::whole(crate::model::Timestamp::MIN);
    for kind in all.kinds() {
        if !target.store.ids(kind, &Filter::everything(), 1).await?.is_empty() {
            return Ok(false);
        }
    }
    Ok(target.ledger.counters().await?.is_empty())
}

/// Whether the store holds what the source does, and nothing else.
async fn holds(target: &End, filling: &mut Filling<'_>, progress: &Progress) -> Result<bool> {
    if target.ledger.counters().await? != filling.counters {
        return Ok(false);
    }
    let mut done = 0;
    for kind in filling.parcel.kinds() {
        let mut theirs = StoreSource::new(&target.store, filling.parcel);
        let mut walk = Walk::new(kind, filling.source, &mut theirs);
        while let Some(difference) = walk.next().await? {
            if difference.is_some() {
                return Ok(false);
            }
            done += 1;
            step(progress, "documents compared", done, filling.total);
        }
    }
    Ok(true)
}

async fn documents(target: &End, filling: &mut Filling<'_>, progress: &Progress) -> Result<Filled> {
    let (mut filled, mut done) = (Filled::default(), 0);
    let mut writing = Writing::into(&target.store);
    for kind in filling.parcel.kinds() {
        let mut theirs = StoreSource::new(&target.store, filling.parcel);
        let mut walk = Walk::new(kind, filling.source, &mut theirs);
        while let Some(difference) = walk.next().await? {
            match difference {
                Some(Difference::Missing(_)) => filled.inserted += 1,
                Some(Difference::Other { .. }) => filled.replaced += 1,
                Some(Difference::Extra(_)) => filled.removed += 1,
                None => {}
            }
            if let Some(difference) = difference {
                writing.add(difference).await?;
            }
            done += 1;
            step(progress, "documents", done, filling.total);
        }
    }
    writing.finish().await?;
    Ok(filled)
}

fn step(progress: &Progress, of: &str, done: u64, total: u64) {
    if done.is_multiple_of(u64::from(PAGE)) || done == total {
        progress.step(of, done, total);
    }
}

/// Counters are few: one for each project.
async fn counters(target: &End, wanted: &BTreeMap<String, i64>) -> Result<()> {
    let present = target.ledger.counters().await?;
    for (name, last) in wanted.iter().filter(|(name, last)| present.get(*name) != Some(last)) {
        target.ledger.set_counter(name, Some(*last)).await?;
    }
    for name in present
        .keys()
        .filter(|name| *name != UNFINISHED && !wanted.contains_key(*name))
    {
        target.ledger.set_counter(name, None).await?;
    }
    Ok(())
}

/// The way of documents into a store: many in one unit of work, the next gathered while the last are written.
struct Writing {
    store: Arc<dyn StoreBackend>,
    writes: Vec<Write>,
    running: Option<JoinHandle<Result<(), StoreError>>>,
}

impl Writing {
    fn into(store: &Arc<dyn StoreBackend>) -> Writing {
        Writing {
            store: Arc::clone(store),
            writes: Vec::new(),
            running: None,
        }
    }

    async fn add(&mut self, difference: Difference) -> Result<()> {
        self.writes.push(self.write(&difference)?);
        if self.writes.len() == PAGE as usize {
            self.flush().await?;
        }
        Ok(())
    }

    fn write(&self, difference: &Difference) -> Result<Write, StoreError> {
        let encode = |entity: &AnyEntity| self.store.format().encode(entity);
        Ok(match difference {
            Difference::Missing(entity) => Write::Insert {
                entity: entity.reference(),
                document: encode(entity)?,
            },
            Difference::Other { source, target } => Write::Replace {
                entity: target.reference(),
                version: target.version(),
                document: encode(source)?,
            },
            Difference::Extra(entity) => Write::Remove {
                entity: entity.reference(),
                version: entity.version(),
            },
        })
    }

    async fn flush(&mut self) -> Result<()> {
        self.settled().await?;
        let (store, writes) = (Arc::clone(&self.store), std::mem::take(&mut self.writes));
        self.running = Some(tokio::spawn(async move { store.write(writes, LIMIT).await.map(drop) }));
        Ok(())
    }

    async fn settled(&mut self) -> Result<()> {
        if let Some(running) = self.running.take() {
            running.await.context("a write broke off")??;
        }
        Ok(())
    }

    async fn finish(mut self) -> Result<()> {
        self.flush().await?;
        self.settled().await
    }
}
