//! What may stand at a store's door: the invalidator, or one that leaves a rule of it out. That a rule is left out must
//! be found, or the schedules would show nothing.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use kanvaro::cache::{Cache, Entry, Key, Lease, Mark, Stamp, TagState};
use kanvaro::invalidation::{Filling, Invalidator};
use kanvaro::model::{Change, Clock, Kind, Moment, Row, Tag};
use kanvaro::store::{Outcome, Settle, StoreError, Ticket};

use super::world::{Door, World};
use crate::support::sample::NOON;

/// The door of the program.
pub fn invalidator(world: &World, process: usize) -> Door {
    let store = world.store(process);
    let filling = Filling::new(Clock::manual(NOON), Kind::ttl);
    Box::new(move |cache| Arc::new(Invalidator::new(cache, store).filling(filling)))
}

/// What was written is kept under whatever version its tag has after it was settled.
pub fn overbold(world: &World, process: usize) -> Door {
    struct Overbold(Invalidator, Cache);

    #[async_trait]
    impl Settle for Overbold {
        async fn before(&self, changes: &[Change]) -> Ticket {
            let ticket = self.0.before(changes).await;
            let rows = changes.iter().filter_map(|change| match change {
                Change::Update { after, .. } => Some((after.to_row(), 0)),
                _ => None,
            });
            let images = rows.collect();
            Ticket { images, ..ticket }
        }

        async fn after(&self, ticket: Ticket, outcome: Outcome) {
            let rows: Vec<Row> = ticket.images.iter().map(|(row, _)| row.clone()).collect();
            self.0.after(ticket, outcome).await;
            for row in rows.iter().filter(|_| matches!(outcome, Outcome::Written(_))) {
                self.keep(row).await;
            }
        }
    }

    impl Overbold {
        async fn keep(&self, row: &Row) {
            let entity = row.reference().unwrap();
            let tags = [Tag::entity(entity.kind, entity.id)];
            let found = self.1.get_many(&[], &tags).await.map(|got| got.tags);
            let Ok([TagState::Current(version, _)]) = found.as_deref() else {
                return;
            };
            let (filled_at, ttl, cost) = (NOON, Duration::from_secs(60), Duration::ZERO);
            let entry = Entry {
                version: *version,
                stamp: Stamp { filled_at, ttl, cost },
                row: Some(row.clone()),
            };
            let _ = self.1.put_many(vec![(Key::Entity(entity), entry.encode(), ttl)]).await;
        }
    }

    let store = world.store(process);
    Box::new(|cache| Arc::new(Overbold(Invalidator::new(cache.clone(), store), cache)))
}

/// Nobody stands there.
pub fn nobody(_: &World, _: usize) -> Door {
    struct Nobody;

    #[async_trait]
    impl Settle for Nobody {
        async fn before(&self, _: &[Change]) -> Ticket {
            Ticket::free()
        }

        async fn after(&self, _: Ticket, _: Outcome) {}
    }

    Box::new(|_| Arc::new(Nobody))
}

/// New versions after the write, but no marks before it.
pub fn unmarked(_: &World, _: usize) -> Door {
    struct Unmarked(Cache);

    #[async_trait]
    impl Settle for Unmarked {
        async fn before(&self, changes: &[Change]) -> Ticket {
            let tags = tags(changes, true);
            let limit = Duration::from_secs(9);
            Ticket {
                tags,
                limit,
                ..Ticket::free()
            }
        }

        async fn after(&self, ticket: Ticket, _: Outcome) {
            let _ = self.0.settle(&ticket.tags, ticket.mark, Moment::NONE).await;
        }
    }

    Box::new(|cache| Arc::new(Unmarked(cache)))
}

/// A write of unknown outcome is settled at once.
pub fn hasty(world: &World, process: usize) -> Door {
    struct Hasty(Invalidator);

    #[async_trait]
    impl Settle for Hasty {
        async fn before(&self, changes: &[Change]) -> Ticket {
            self.0.before(changes).await
        }

        async fn after(&self, ticket: Ticket, outcome: Outcome) {
            let outcome = match outcome {
                Outcome::Unknown => Outcome::Written(Moment::NONE),
                known => known,
            };
            self.0.after(ticket, outcome).await;
        }

        async fn agree(&self) -> Result<(), StoreError> {
            self.0.agree().await
        }
    }

    let store = world.store(process);
    Box::new(|cache| Arc::new(Hasty(Invalidator::new(cache, store))))
}

/// Whoever finds nothing to change replies with it at once.
pub fn disagreeing(world: &World, process: usize) -> Door {
    struct Disagreeing(Invalidator);

    #[async_trait]
    impl Settle for Disagreeing {
        async fn before(&self, changes: &[Change]) -> Ticket {
            self.0.before(changes).await
        }

        async fn after(&self, ticket: Ticket, outcome: Outcome) {
            self.0.after(ticket, outcome).await;
        }
    }

    let store = world.store(process);
    Box::new(|cache| Arc::new(Disagreeing(Invalidator::new(cache, store))))
}

/// Where the marks can't be confirmed nothing is made of it.
pub fn unraised(_: &World, _: usize) -> Door {
    Box::new(|cache| {
        Arc::new(Trusting {
            cache,
            raises: false,
            tells_tenants: true,
        })
    })
}

/// Where settling fails the marks are trusted to guard.
pub fn trusting(_: &World, _: usize) -> Door {
    Box::new(|cache| {
        Arc::new(Trusting {
            cache,
            raises: true,
            tells_tenants: true,
        })
    })
}

/// Only the tags of what is written are marked, not those of the tenants.
pub fn untenanted(_: &World, _: usize) -> Door {
    Box::new(|cache| {
        Arc::new(Trusting {
            cache,
            raises: true,
            tells_tenants: false,
        })
    })
}

/// Takes a settle that fails for a settle; raises the epoch at most where marking fails.
struct Trusting {
    cache: Cache,
    raises: bool,
    tells_tenants: bool,
}

#[async_trait]
impl Settle for Trusting {
    async fn before(&self, changes: &[Change]) -> Ticket {
        let tags = tags(changes, self.tells_tenants);
        let mark = Mark::new(Duration::from_secs(10));
        let marked = self.cache.mark(&tags, mark).await;
        Ticket {
            tags,
            mark: mark.id,
            raises_epoch: self.raises && marked.is_err(),
            purges: Vec::new(),
            images: Vec::new(),
            limit: Duration::from_secs(9),
        }
    }

    async fn after(&self, ticket: Ticket, outcome: Outcome) {
        if ticket.raises_epoch && matches!(outcome, Outcome::Written(_)) {
            tokio::time::sleep(Lease::TERM * 2).await;
        } else {
            let _ = self.cache.settle(&ticket.tags, ticket.mark, Moment::NONE).await;
        }
    }
}

fn tags(changes: &[Change], tells_tenants: bool) -> Vec<Tag> {
    let mut tags: Vec<Tag> = changes.iter().flat_map(Change::tags).collect();
    if tells_tenants {
        tags.extend(changes.iter().flat_map(Change::tenants));
    }
    tags.sort_unstable();
    tags.dedup();
    tags
}
