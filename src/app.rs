//! The composition root: the only file that names concrete backends.

use std::sync::Arc;
use std::time::Duration;

use crate::cache::{Cache, CacheBackend};
use crate::config::Config;
use crate::graphql::{ApiSchema, Scope, schema};
use crate::loader::Loaders;
use crate::metrics::Metrics;
use crate::model::{Clock, Viewer};
use crate::service::{Services, SessionPolicy};
use crate::store::{Settle, Store, StoreBackend};

/// All that a server or a command works with; clones share everything.
#[derive(Clone)]
pub struct App {
    /// How it was configured.
    pub config: Arc<Config>,
    /// The durable store.
    pub store: Store,
    /// The cache.
    pub cache: Cache,
    /// Writes and identity.
    pub services: Services,
    /// What operators watch.
    pub metrics: Metrics,
    /// The schema.
    pub schema: ApiSchema,
}

impl App {
    /// Puts the floors together over these engines.
    pub fn assemble(
        config: Config,
        clock: Clock,
        metrics: Metrics,
        store: Arc<dyn StoreBackend>,
        cache: Arc<dyn CacheBackend>,
        settle: impl FnOnce(Cache) -> Arc<dyn Settle>,
    ) -> App {
        let cache = Cache::new(cache, Duration::from_millis(config.cache_timeout_ms), metrics.clone());
        let store = Store::new(store, settle(cache.clone()), clock, metrics.clone());
        let sessions = SessionPolicy {
            ttl: Duration::from_secs(u64::from(config.session_days) * 86_400),
        };
        let services = Services::new(store.clone(), sessions);
        App {
            schema: schema(config.serves_introspection()),
            config: Arc::new(config),
            store,
            cache,
            services,
            metrics,
        }
    }

    /// What a request of this viewer brings along.
    pub fn scope(&self, viewer: Option<Viewer>, loaders: Loaders, user_agent: String) -> Scope {
        Scope {
            viewer,
            loaders,
            services: self.services.clone(),
            user_agent,
            secure_cookie: self.config.secures_cookie(),
        }
    }

    /// The loaders for one request.
    pub fn loaders(&self) -> Loaders {
        Loaders::new(self.cache.clone(), self.store.clone(), self.metrics.clone())
    }
}
