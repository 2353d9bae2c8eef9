//! A process that has CloudFront forget what it writes, on either store.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kanvaro::invalidation::{Invalidator, Purger, Purging};
use kanvaro::media::cdn::{Cdn, CdnOptions, CloudFrontBackend, CloudFrontOptions};
use kanvaro::metrics::Metrics;
use kanvaro::model::{Clock, Kind, Project, PurgeItem};
use kanvaro::store::StoreBackend;
use tokio::time::sleep;

use super::gate::Gate;
use crate::support::aws::{Distribution, Invalidation};
use crate::support::sample;
use crate::support::stack::{Stack, memory};

/// A process, its way to CloudFront and the distribution there.
pub struct Rig {
    pub stack: Stack,
    pub engine: Arc<dyn StoreBackend>,
    pub cdn: Cdn,
    pub purging: Purging,
    pub gate: Gate,
    pub distribution: Distribution,
    pub metrics: Metrics,
}

/// How long anything may take that a test waits for.
const PATIENCE: Duration = Duration::from_secs(60);

impl Rig {
    /// On this engine, where writes of projects are purged by tag.
    pub async fn on(engine: Arc<dyn StoreBackend>) -> Rig {
        Rig::with(engine, true).await
    }

    /// The same, with tags or without.
    pub async fn with(engine: Arc<dyn StoreBackend>, has_tags: bool) -> Rig {
        let (gate, distribution, metrics) = (Gate::new().await, Distribution::new().await, Metrics::default());
        let backend = CloudFrontBackend::connect(CloudFrontOptions {
            distribution: distribution.id.clone(),
            endpoint: Some(gate.url.clone()),
        });
        let kinds = vec![Kind::Project];
        let options = CdnOptions { has_tags, kinds };
        let cdn = Cdn::new(Arc::new(backend.await), options, metrics.clone());
        let purging = Purging::new(cdn.clone(), Clock::system());
        let (store, purged) = (Arc::clone(&engine), purging.clone());
        let stack = Stack::settled_by(Arc::clone(&engine), memory(), |cache| {
            Arc::new(Invalidator::new(cache, store).purging(Some(purged)))
        });
        Rig {
            stack,
            engine,
            cdn,
            purging,
            gate,
            distribution,
            metrics,
        }
    }

    /// Works on the queue from now on.
    pub fn work(&self) -> Purger {
        let queue = self.engine.purges().unwrap();
        let (cdn, purging) = (self.cdn.clone(), self.purging.clone());
        Purger::spawn(queue, cdn, purging, &Clock::system(), self.metrics.clone())
    }

    /// Writes a new project; its tag as CloudFront knows it.
    pub async fn write(&self) -> (Arc<Project>, String) {
        let user = sample::user(sample::id());
        let project = self.stack.store.insert(sample::project(&user)).await.unwrap();
        let tag = format!("#project:{}", project.id);
        (project, tag)
    }

    /// Puts these paths into the queue.
    pub async fn purge(&self, paths: impl IntoIterator<Item = String>) {
        let items: Vec<PurgeItem> = paths.into_iter().map(|path| PurgeItem::parse(&path).unwrap()).collect();
        self.purging.queue_items(self.engine.as_ref(), &items).await.unwrap();
    }

    /// How many entries wait.
    pub async fn waiting(&self) -> u64 {
        self.engine.purges().unwrap().backlog().await.unwrap().entries
    }

    /// What CloudFront has been told once nothing waits any more.
    pub async fn told(&self) -> Vec<Invalidation> {
        let start = Instant::now();
        while self.waiting().await > 0 {
            assert!(
                start.elapsed() < PATIENCE,
                "{} entries still wait",
                self.waiting().await
            );
            sleep(Duration::from_millis(100)).await;
        }
        self.distribution.invalidations().await
    }

    /// Waits until so many orders have come.
    pub async fn seen(&self, count: usize) {
        let start = Instant::now();
        while self.gate.seen().len() < count {
            assert!(start.elapsed() < PATIENCE, "{:?}", self.gate.seen());
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Makes tests of these functions, each an `async fn(rig: Rig)`: one on every store.
macro_rules! on_each_engine {
    ($($test:ident),* $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let database = $crate::support::stack::Database::new().await;
                super::$test($crate::cdn::rig::Rig::on(database.engine.clone()).await).await;
            })*
        }

        #[cfg(feature = "mongo")]
        mod on_mongodb {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let scratch = $crate::mongo::Scratch::new().await;
                super::$test($crate::cdn::rig::Rig::on(scratch.backend.clone()).await).await;
            })*
        }
    };
}
pub(crate) use on_each_engine;
