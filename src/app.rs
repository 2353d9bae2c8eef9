//! The composition root: the only file that names concrete backends.

mod assets;
mod cdn;
mod mail;
mod tally;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

pub use self::assets::at_rest as assets_at_rest;
pub use self::mail::examine as examine_mail;
use crate::cache::{Cache, CacheBackend, Lease, MemoryBackend, UnreadBackend};
#[cfg(feature = "redis")]
use crate::cache::{RedisBackend, RedisOptions, TieredBackend};
#[cfg(feature = "redis")]
use crate::config::RedisAddress;
#[cfg(feature = "mongo")]
use crate::config::Secret;
use crate::config::{CacheLevel, Config};
use crate::graphql::{Client, Executor, Scope, TrustedDocuments};
use crate::invalidation::{Filling, Follower, Invalidator, Purging, epoch};
use crate::loader::{Assumed, Claim, Lifetimes, Loaders, Source};
use crate::media::Assets;
use crate::media::cdn::Cdn;
use crate::metrics::Metrics;
use crate::model::{Clock, Id, Kind, Viewer};
use crate::service::{Origin, Services, SessionPolicy};
#[cfg(feature = "mongo")]
use crate::store::foreign::Foreign;
use crate::store::ledger::{Ledger, UNFINISHED};
#[cfg(feature = "mongo")]
use crate::store::mongo::{ConnectError, MongoBackend, MongoForeign, MongoOptions};
use crate::store::sqlite::SqliteBackend;
use crate::store::{Settle, Store, StoreBackend};

use self::tally::CachedTally;

/// All that a server or a command works with; clones share everything.
#[derive(Clone)]
pub struct App {
    /// How it was configured.
    pub config: Arc<Config>,
    /// The durable store.
    pub store: Store,
    /// The cache.
    pub cache: Cache,
    /// Where the loaders of every request read.
    pub source: Source,
    /// Pictures and files.
    pub assets: Assets,
    /// What stands between browsers and all of it.
    pub cdn: Cdn,
    /// Writes and identity.
    pub services: Services,
    /// What operators watch.
    pub metrics: Metrics,
    /// Executes operations.
    pub executor: Executor,
    /// Documents that clients name by an id.
    pub trusted: Arc<TrustedDocuments>,
    engine: Arc<dyn StoreBackend>,
    purging: Option<Purging>,
}

/// The engines of an app.
pub struct Engines {
    /// Holds the data.
    pub store: Arc<dyn StoreBackend>,
    /// Holds what is kept for a while.
    pub cache: Arc<dyn CacheBackend>,
    /// The right to use the cache.
    pub lease: Lease,
}

impl App {
    /// Opens the engines that the configuration names. Waits for a database that can't be reached yet, as long as
    /// configured; not for the cache, which may come later.
    pub async fn start(config: Config) -> Result<App> {
        let store = open_store(&config).await?;
        let cache = open_cache(&config)?;
        let lease = lease(&config);
        let engines = Engines {
            store: Arc::clone(&store),
            cache,
            lease: lease.clone(),
        };
        let (clock, metrics) = (Clock::system(), Metrics::default());
        let cdn = cdn::open(&config, &metrics).await;
        let purging = cdn.keeps().then(|| Purging::new(cdn.clone(), clock.clone()));
        let purged = purging.clone();
        let lives = lifetimes(&config);
        let filling = Filling::new(clock.clone(), move |kind| lives.of_entity(kind));
        let settle = |cache, store| -> Arc<dyn Settle> {
            let invalidator = Invalidator::new(cache, store).purging(purged);
            Arc::new(invalidator.filling(filling))
        };
        let assets = assets::open(&config, clock.clone(), &metrics).await?;
        let app = App::assemble(config, clock, metrics, engines, settle);
        let app = app.with_assets(assets).with_cdn(cdn, purging);
        epoch::keep(lease, &store).await;
        let cache = app.cache.clone();
        tokio::spawn(async move {
            if let Err(error) = cache.ping().await {
                tracing::warn!(%error, "serving without the cache until it comes");
            }
        });
        Ok(app)
    }

    /// Makes the store ready for use: creates the indexes that are missing, unless told not to.
    pub async fn prepare(&self) -> Result<()> {
        if let Some(ledger) = self.engine.ledger()
            && ledger.counter(UNFINISHED).await?.is_some()
        {
            bail!(
                "this store is being filled by kanvaro copy or import, or that was cut short; run the same command again until it is done"
            );
        }
        if self.config.ensure_indexes {
            let created = self.store.ensure_indexes().await.context("can't create the indexes")?;
            tracing::debug!(created, "the indexes are there");
        }
        Ok(())
    }

    /// The counters of the store; `None` where it doesn't show them.
    pub fn ledger(&self) -> Option<Arc<dyn Ledger>> {
        self.engine.ledger()
    }

    /// Puts the floors together over these engines, with assets in the data directory.
    pub fn assemble(
        config: Config,
        clock: Clock,
        metrics: Metrics,
        engines: Engines,
        settle: impl FnOnce(Cache, Arc<dyn StoreBackend>) -> Arc<dyn Settle>,
    ) -> App {
        let limit = Duration::from_millis(config.cache_timeout_ms);
        let cache = Cache::new(engines.cache, engines.lease, limit, metrics.clone());
        let settle = settle(cache.clone(), Arc::clone(&engines.store));
        let assets = assets::embedded(&config, clock.clone(), &metrics);
        let store = Store::new(Arc::clone(&engines.store), settle, clock, metrics.clone());
        let sessions = SessionPolicy {
            ttl: Duration::from_secs(u64::from(config.session_days) * 86_400),
        };
        let tally = Arc::new(CachedTally(cache.clone()));
        let mailer = mail::open(&config, &metrics);
        let services = Services::new(store.clone(), sessions, assets.clone(), tally, mailer, metrics.clone())
            .with_pages(config.app_url.as_deref());
        App {
            executor: Executor::new(config.serves_introspection(), config.max_answer_bytes, metrics.clone()),
            source: Source::new(cache.clone(), store.clone(), metrics.clone())
                .living(lifetimes(&config))
                .shadowed(config.shadow),
            config: Arc::new(config),
            trusted: Arc::default(),
            engine: engines.store,
            cdn: Cdn::direct(metrics.clone()),
            purging: None,
            assets,
            store,
            cache,
            services,
            metrics,
        }
    }

    /// The same with these assets.
    fn with_assets(self, assets: Assets) -> App {
        let services = self.services.with_assets(assets.clone());
        App {
            assets,
            services,
            ..self
        }
    }

    /// The same, trusting these documents.
    pub fn trusting(mut self, documents: TrustedDocuments) -> App {
        self.trusted = Arc::new(documents);
        self
    }

    /// Follows what others write into the database, for as long as the follower is held.
    pub fn follow(&self) -> Follower {
        let (engine, cache) = (Arc::clone(&self.engine), self.cache.clone());
        let purging = self.purging.clone();
        Follower::spawn(engine, cache, self.store.clock(), self.metrics.clone(), purging)
    }

    /// What a request of this viewer brings along.
    pub fn scope(&self, viewer: Option<Viewer>, loaders: Loaders, origin: Origin) -> Scope {
        let client = Client::new(origin, self.config.secures_cookie());
        Scope::new(viewer, loaders, self.services.clone(), client)
    }

    /// The loaders for one request.
    pub fn loaders(&self) -> Loaders {
        Loaders::new(&self.source)
    }

    /// The loaders for one request that takes what the process holds for current until it asks, and notes that here.
    pub fn assuming_loaders(&self, assumed: &Assumed) -> Loaders {
        Loaders::assuming(&self.source, assumed)
    }

    /// Whether this holds, for a request that sees this tenant's things alone.
    pub async fn holds(&self, claim: &Claim, tenant: Option<Id>) -> bool {
        claim.holds(&self.source, tenant).await
    }

    /// The loaders for one request that is to be told how all was read.
    pub fn explained_loaders(&self) -> Loaders {
        Loaders::explained(&self.source)
    }
}

/// The database file in the data directory.
const FILE: &str = "kanvaro.db";
/// How long to wait before a database that can't be reached is tried again.
#[cfg(feature = "mongo")]
const PAUSE: Duration = Duration::from_secs(1);

/// Another program's MongoDB database, to be read.
#[cfg(feature = "mongo")]
pub async fn open_foreign(uri: &str) -> Result<Box<dyn Foreign>> {
    let connected = MongoForeign::connect(uri).await;
    let connected = connected.with_context(|| format!("can't read the database at {}", Secret::from(uri)))?;
    Ok(Box::new(connected))
}

/// Whether an embedded store has been made.
pub fn has_database(config: &Config) -> bool {
    config.data.join(FILE).exists()
}

/// The store that the configuration names, for who works on it without an app. Waits for it as `App::start` does.
pub async fn open_store(config: &Config) -> Result<Arc<dyn StoreBackend>> {
    #[cfg(feature = "mongo")]
    if !config.is_embedded() {
        return Ok(Arc::new(connect(config).await?));
    }
    Ok(Arc::new(SqliteBackend::open(&config.data.join(FILE))?))
}

#[cfg(feature = "mongo")]
async fn connect(config: &Config) -> Result<MongoBackend> {
    let seconds = Duration::from_secs;
    let options = MongoOptions {
        uri: config.database.reveal().to_owned(),
        min_pool_size: config.mongodb_pool_min,
        max_pool_size: config.mongodb_pool_max,
        idle: seconds(config.mongodb_idle_seconds),
        selection_timeout: seconds(config.mongodb_selection_seconds),
        operation_timeout: seconds(config.mongodb_socket_seconds),
        ..MongoOptions::new("")
    };
    let patience = seconds(config.start_seconds);
    let mut last = None;
    let attempts = async {
        loop {
            match MongoBackend::connect(&options).await {
                Err(error @ ConnectError::Unavailable(_)) => {
                    tracing::warn!(%error, "trying again");
                    last = Some(error);
                }
                done => return done,
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    let connected = tokio::select! {
        connected = tokio::time::timeout(patience, attempts) => connected,
        never = say_what_is_waited_for(config) => match never {},
    };
    let unreachable =
        |_| Err(last.unwrap_or_else(|| ConnectError::Unavailable(format!("no answer within {patience:?}"))));
    connected
        .unwrap_or_else(unreachable)
        .with_context(|| format!("no database at {}", config.database))
}

/// So that nobody looks at a silent terminal. A database that answers does so before the first pause is over.
#[cfg(feature = "mongo")]
async fn say_what_is_waited_for(config: &Config) -> std::convert::Infallible {
    tokio::time::sleep(PAUSE).await;
    let (database, limit) = (&config.database, config.start_seconds);
    tracing::warn!("waiting for the database at {database}, for {limit} s at most");
    std::future::pending().await
}

/// The in-process cache lives and dies with the one process that writes; any other needs the epoch to be trusted.
fn lease(config: &Config) -> Lease {
    if config.cache.reveal() == "memory" && config.is_embedded() {
        Lease::forever()
    } else {
        Lease::unread()
    }
}

/// The cache that the configuration names, the same way; nothing is asked of it yet.
pub fn open_cache(config: &Config) -> Result<Arc<dyn CacheBackend>> {
    let capacity = config.cache_memory_mb << 20;
    #[cfg(feature = "redis")]
    if let Some(address) = RedisAddress::parse(config.cache.reveal()) {
        let redis = RedisBackend::new(&RedisOptions {
            address,
            ca: config.cache_ca.clone(),
            connect: Duration::from_secs(config.cache_connect_seconds),
            command: Duration::from_millis(config.cache_timeout_ms),
        })?;
        return leveled(redis, config.cache_level, capacity);
    }
    // A cache in the process is one level anyway.
    let memory = Arc::new(MemoryBackend::new(capacity));
    Ok(match config.cache_level {
        CacheLevel::Off => Arc::new(UnreadBackend::new(memory)),
        CacheLevel::Redis | CacheLevel::Validated | CacheLevel::Tracked => memory,
    })
}

#[cfg(feature = "redis")]
fn leveled(redis: RedisBackend, level: CacheLevel, capacity: u64) -> Result<Arc<dyn CacheBackend>> {
    let (redis, clock) = (Arc::new(redis), Clock::system());
    Ok(match level {
        CacheLevel::Off => Arc::new(UnreadBackend::new(redis)),
        CacheLevel::Redis => redis,
        CacheLevel::Validated => Arc::new(TieredBackend::validated(redis, capacity, clock)),
        CacheLevel::Tracked => {
            let tracked = Arc::default();
            redis.track(&tracked)?;
            Arc::new(TieredBackend::tracked(redis, capacity, clock, tracked))
        }
    })
}

/// The lives that are configured.
fn lifetimes(config: &Config) -> Lifetimes {
    let set: BTreeMap<&str, u64> = config.cache_ttl_seconds.iter().collect();
    let life = |name: &str| set.get(name).copied().map(Duration::from_secs);
    Kind::ALL.iter().fold(Lifetimes::default(), |lifetimes, kind| {
        let name = kind.name().to_lowercase();
        let lifetimes = match life(&name) {
            Some(life) => lifetimes.entities(*kind, life),
            None => lifetimes,
        };
        match life(&format!("{name}_list")) {
            Some(life) => lifetimes.lists(*kind, life),
            None => lifetimes,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::CacheTtls;

    #[test]
    fn every_kind_has_a_life_that_can_be_set() {
        let names: Vec<String> = Kind::ALL.iter().map(|kind| kind.name().to_lowercase()).collect();
        assert_eq!(names, CacheTtls::KINDS);
    }

    #[test]
    fn the_lives_are_those_that_are_configured() {
        let set = [("KANVARO_CACHE_TTL_SECONDS", "user=7, task_list=3")];
        let set = set.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::load(None, set.into_iter()).expect("it reads");
        let seconds = Duration::from_secs;
        let expected = Lifetimes::default()
            .entities(Kind::User, seconds(7))
            .lists(Kind::Task, seconds(3));
        assert_eq!(lifetimes(&config), expected);
    }
}
