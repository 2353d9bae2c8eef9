//! A whole API in the test's process: an embedded store in a directory of its own, an in-process cache, a clock
//! that the test moves.

use std::any::Any;
use std::sync::Arc;

use async_graphql::Variables;
use kanvaro::app::{App, Engines};
use kanvaro::cache::{Cache, Lease, MemoryBackend};
use kanvaro::config::Config;
use kanvaro::graphql::{Document, Reply, Scope};
use kanvaro::invalidation::Invalidator;
use kanvaro::media::Uploads;
use kanvaro::metrics::Metrics;
use kanvaro::model::{AnyEntity, Change, Clock, CustomRole, User, Viewer};
use kanvaro::store::sqlite::SqliteBackend;
use kanvaro::store::{Settle, StoreBackend};
use serde_json::Value;
use tempfile::TempDir;

use super::sample::{self, NOON};

/// The API over fresh engines.
pub struct TestApp {
    pub app: App,
    pub clock: Clock,
    /// What every request brings.
    pub uploads: Uploads,
    _data: Box<dyn Any + Send + Sync>,
}

impl TestApp {
    /// An API whose store is empty and whose clock stands at noon.
    pub async fn new() -> TestApp {
        let data = TempDir::new().unwrap();
        let store = SqliteBackend::open(&data.path().join("kanvaro.db")).unwrap();
        let config = Config {
            data: data.path().to_owned(),
            ..Config::default()
        };
        TestApp::assembled(config, engines(Arc::new(store)), Box::new(data)).await
    }

    /// The same, configured so.
    pub async fn with(config: Config) -> TestApp {
        let data = TempDir::new().unwrap();
        let store = SqliteBackend::open(&data.path().join("kanvaro.db")).unwrap();
        TestApp::assembled(config, engines(Arc::new(store)), Box::new(data)).await
    }

    /// The same on a database of its own in MongoDB.
    #[cfg(feature = "mongo")]
    pub async fn on_mongodb() -> TestApp {
        let scratch = crate::mongo::Scratch::bare().await;
        TestApp::over(scratch.backend.clone(), Box::new(scratch)).await
    }

    /// The same, and the plans of the pages that it asks for.
    #[cfg(feature = "mongo")]
    pub async fn explaining_mongodb() -> (TestApp, Arc<super::explaining::Explaining>) {
        let scratch = crate::mongo::Scratch::bare().await;
        let explaining = super::explaining::Explaining::over(scratch.backend.clone());
        let app = TestApp::over(explaining.clone(), Box::new(scratch)).await;
        (app, explaining)
    }

    #[cfg(feature = "mongo")]
    async fn over(store: Arc<dyn StoreBackend>, data: Box<dyn Any + Send + Sync>) -> TestApp {
        TestApp::on(engines(store), data).await
    }

    /// An API on these engines; `data` is let go of last.
    pub async fn on(engines: Engines, data: Box<dyn Any + Send + Sync>) -> TestApp {
        TestApp::assembled(Config::default(), engines, data).await
    }

    /// The same, configured so.
    pub async fn assembled(config: Config, engines: Engines, data: Box<dyn Any + Send + Sync>) -> TestApp {
        let door = |cache, store| -> Arc<dyn Settle> { Arc::new(Invalidator::new(cache, store)) };
        TestApp::behind(config, engines, data, door).await
    }

    /// The same with something else than the invalidator at the store's door.
    pub async fn behind(
        config: Config,
        engines: Engines,
        data: Box<dyn Any + Send + Sync>,
        door: impl FnOnce(Cache, Arc<dyn StoreBackend>) -> Arc<dyn Settle>,
    ) -> TestApp {
        let clock = Clock::manual(NOON);
        let app = App::assemble(config, clock.clone(), Metrics::default(), engines, door);
        app.store.ensure_indexes().await.unwrap();
        TestApp {
            app,
            clock,
            uploads: Uploads::default(),
            _data: data,
        }
    }

    /// Puts these into the store as they are, in one unit of work.
    pub async fn seed(&self, entities: impl IntoIterator<Item = impl Into<AnyEntity>>) {
        let new = entities.into_iter().map(|entity| Change::Insert(entity.into()));
        self.app.store.write(new.collect()).await.unwrap();
    }

    /// What this user is answered, as JSON with `data` and `errors`; `None`: nobody is signed in.
    pub async fn query<'u>(&self, who: impl Into<Option<&'u User>>, document: &str, variables: Value) -> Value {
        let viewer = match who.into() {
            Some(user) => Some(self.viewer(user).await),
            None => None,
        };
        let scope = self.app.scope(viewer, self.app.loaders(), "test".into());
        let scope = scope.with_uploads(self.uploads.clone());
        json(&self.execute(scope, document, variables).await)
    }

    /// This user, signed in, with what the custom role that they bear gives.
    pub async fn viewer(&self, user: &User) -> Viewer {
        let viewer = Viewer::new(user, &sample::session(user));
        let Some(id) = user.custom_role else { return viewer };
        let role = self.app.store.get::<CustomRole>(id).await.unwrap();
        role.map_or(viewer.clone(), |role| viewer.bearing(&role))
    }

    /// What a request in this scope comes to.
    pub async fn execute(&self, scope: Scope, document: &str, variables: Value) -> Reply {
        match Document::parse(document) {
            Ok(document) => {
                let variables = Variables::from_json(variables);
                self.app.executor.execute(&document, None, &variables, scope).await
            }
            Err(error) => Reply::refused(vec![error]),
        }
    }

    /// The `data` that this user is answered; panics when there are errors.
    pub async fn data<'u>(&self, who: impl Into<Option<&'u User>>, document: &str, variables: Value) -> Value {
        let mut answer = self.query(who, document, variables).await;
        assert_eq!(answer.get("errors"), None, "{document}");
        answer["data"].take()
    }

    /// Code and message of the first error that this user is answered; panics when there is none.
    pub async fn error<'u>(
        &self,
        who: impl Into<Option<&'u User>>,
        document: &str,
        variables: Value,
    ) -> (String, String) {
        let answer = self.query(who, document, variables).await;
        let error = &answer["errors"][0];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let found = (text(&error["extensions"]["code"]), text(&error["message"]));
        assert!(!found.1.is_empty(), "no error in {answer}");
        found
    }
}

/// This store, and a cache in the process.
fn engines(store: Arc<dyn StoreBackend>) -> Engines {
    Engines {
        store,
        cache: Arc::new(MemoryBackend::new(16 << 20)),
        lease: Lease::forever(),
    }
}

/// Makes tests of these functions, each an `async fn(app: TestApp)`: one on every store.
macro_rules! on_each_store {
    ($($test:ident),* $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $test() {
                super::$test($crate::support::app::TestApp::new().await).await;
            })*
        }

        #[cfg(feature = "mongo")]
        mod on_mongodb {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $test() {
                super::$test($crate::support::app::TestApp::on_mongodb().await).await;
            })*
        }
    };
}
pub(crate) use on_each_store;

/// What an operation came to, as clients read it.
pub fn json(reply: &Reply) -> Value {
    let data: Value = serde_json::from_slice(&reply.data).unwrap();
    let mut answer = serde_json::json!({ "data": data });
    if !reply.errors.is_empty() {
        answer["errors"] = serde_json::to_value(&reply.errors).unwrap();
    }
    answer
}
