//! A server over engines of any kind, an organisation in it, and requests as its people send them.

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use kanvaro::app::{App, Engines};
use kanvaro::cache::{CacheBackend, Lease, MemoryBackend};
use kanvaro::config::Config;
use kanvaro::invalidation::Invalidator;
use kanvaro::metrics::Metrics;
use kanvaro::model::{Clock, Id, Role};
use kanvaro::service::{NewOrganization, NewUser, Password};
use kanvaro::store::StoreBackend;
use kanvaro::store::sqlite::SqliteBackend;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::support::faulty::FaultyStore;
use crate::support::sample::NOON;
use crate::support::server::PASSWORD;

/// A running server.
pub struct Site {
    pub app: App,
    pub clock: Clock,
    pub store: Arc<FaultyStore>,
    client: Client,
    url: String,
    engines: (Arc<dyn StoreBackend>, Opener),
    _kept: Arc<dyn Any + Send + Sync>,
}

/// Opens the cache as another process does.
type Opener = Box<dyn Fn() -> Arc<dyn CacheBackend> + Send + Sync>;

/// Status, headers and body of an answer.
#[derive(Clone, Debug)]
pub struct Got {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Bytes,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// `X-Cache`.
    pub fn cache(&self) -> &str {
        self.header("x-cache")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{} is no JSON: {:?}", self.status, self.body))
    }

    pub fn data(&self) -> Value {
        let mut json = self.json();
        assert_eq!(json.get("errors"), None);
        json["data"].take()
    }

    /// The code of the first error; empty when there is none.
    pub fn code(&self) -> String {
        let code = &self.json()["errors"][0]["extensions"]["code"];
        code.as_str().unwrap_or_default().to_owned()
    }
}

impl Site {
    /// SQLite and the cache in the process.
    pub async fn embedded() -> Site {
        Site::embedded_with(Config::default()).await
    }

    /// The same, configured.
    pub async fn embedded_with(config: Config) -> Site {
        let data = TempDir::new().unwrap();
        let store = Arc::new(SqliteBackend::open(&data.path().join("kanvaro.db")).unwrap());
        let cache: Arc<dyn CacheBackend> = Arc::new(MemoryBackend::new(16 << 20));
        let again = Box::new(move || Arc::clone(&cache));
        Site::over(config, store, again, Clock::manual(NOON), Arc::new(data)).await
    }

    /// SQLite and this cache.
    #[cfg(feature = "redis")]
    pub async fn on_cache(cache: Arc<dyn CacheBackend>) -> Site {
        let data = TempDir::new().unwrap();
        let store = Arc::new(SqliteBackend::open(&data.path().join("kanvaro.db")).unwrap());
        let again = Box::new(move || Arc::clone(&cache));
        Site::over(Config::default(), store, again, Clock::manual(NOON), Arc::new(data)).await
    }

    /// A database of its own in MongoDB, and a Redis of its own.
    #[cfg(all(feature = "mongo", feature = "redis"))]
    pub async fn scaled() -> (Site, String) {
        use crate::support::redis::{LIMIT, Server, backend};
        let (scratch, server) = (crate::mongo::Scratch::bare().await, Server::started());
        let (store, url) = (scratch.backend.clone(), server.url());
        let address = url.clone();
        let cache = Box::new(move || backend(&address, LIMIT));
        let kept = Arc::new((scratch, server));
        (
            Site::over(Config::default(), store, cache, Clock::manual(NOON), kept).await,
            url,
        )
    }

    /// Another process on the same engines.
    pub async fn beside(&self) -> Site {
        let (store, cache) = &self.engines;
        let config = Config::clone(&self.app.config);
        let again = cache();
        let cache = Box::new(move || Arc::clone(&again));
        Site::over(
            config,
            Arc::clone(store),
            cache,
            self.clock.clone(),
            Arc::clone(&self._kept),
        )
        .await
    }

    /// Another process on the same store with this cache.
    #[cfg(feature = "redis")]
    pub async fn beside_on(&self, cache: Arc<dyn CacheBackend>) -> Site {
        let (store, config) = (Arc::clone(&self.engines.0), Config::clone(&self.app.config));
        let again = Box::new(move || Arc::clone(&cache));
        Site::over(config, store, again, self.clock.clone(), Arc::clone(&self._kept)).await
    }

    async fn over(
        config: Config,
        store: Arc<dyn StoreBackend>,
        cache: Opener,
        clock: Clock,
        kept: Arc<dyn Any + Send + Sync>,
    ) -> Site {
        let faulty = FaultyStore::over(Arc::clone(&store));
        let engines = Engines {
            store: faulty.clone(),
            cache: cache(),
            lease: Lease::forever(),
        };
        let app = App::assemble(config, clock.clone(), Metrics::default(), engines, |cache, store| {
            Arc::new(Invalidator::new(cache, store))
        });
        app.store.ensure_indexes().await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/graphql", listener.local_addr().unwrap());
        tokio::spawn(kanvaro::http::serve(app.clone(), listener, std::future::pending()));
        Site {
            app,
            clock,
            store: faulty,
            client: Client::builder().no_proxy().build().unwrap(),
            url,
            engines: (store, cache),
            _kept: kept,
        }
    }

    /// The token of the first admin of a new organisation.
    pub async fn admin(&self, email: &str) -> (Id, String) {
        let organization = NewOrganization::named("Example");
        let services = &self.app.services;
        let made = services.create_organization_with_admin(organization, user(email, Role::Admin));
        let organization = made.await.unwrap().0.id;
        (organization, self.login(email).await)
    }

    /// The token of another member.
    pub async fn member(&self, organization: Id, email: &str, role: Role) -> String {
        self.app
            .services
            .create_user(organization, &user(email, role))
            .await
            .unwrap();
        self.login(email).await
    }

    async fn login(&self, email: &str) -> String {
        let password = Password::new(PASSWORD);
        self.app
            .services
            .login(email, &password, "test")
            .await
            .unwrap()
            .0
            .text()
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://").trim_end_matches("/graphql")
    }

    /// A request with this method, in the name of whom the token admits; empty: of nobody.
    pub fn request(&self, method: Method, token: &str) -> RequestBuilder {
        let request = self.client.request(method, &self.url);
        if token.is_empty() {
            request
        } else {
            request.bearer_auth(token)
        }
    }

    /// What a POST of this is answered.
    pub async fn post(&self, token: &str, body: &Value) -> Got {
        Site::send(self.request(Method::POST, token).json(body)).await
    }

    /// What this document with these variables is answered.
    pub async fn ask(&self, token: &str, query: &str, variables: Value) -> Got {
        self.post(token, &json!({ "query": query, "variables": variables }))
            .await
    }

    pub async fn send(request: RequestBuilder) -> Got {
        let response = request.send().await.unwrap();
        Got {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.unwrap(),
        }
    }

    /// The same request until it is answered from the cache: keeping goes on beside the request.
    pub async fn hit(&self, token: &str, query: &str, variables: Value) -> Got {
        let start = Instant::now();
        loop {
            let got = self.ask(token, query, variables.clone()).await;
            if got.cache() == "HIT" {
                return got;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "it is never a hit: {got:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Returns when so many answers have been kept in all.
    pub async fn kept(&self, answers: u64) {
        let start = Instant::now();
        while self.app.metrics.answers_filled() < answers {
            assert!(start.elapsed() < Duration::from_secs(20), "they are never kept");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// A new project's id.
    pub async fn project(&self, token: &str, name: &str) -> String {
        let document = "mutation($input: CreateProjectInput!) { createProject(input: $input) { project { id } } }";
        let made = self.ask(token, document, json!({ "input": { "name": name } })).await;
        let data = made.data();
        data["createProject"]["project"]["id"].as_str().unwrap().to_owned()
    }

    /// A new task's id.
    pub async fn task(&self, token: &str, mut input: Value, project: &str) -> String {
        let document = "mutation($input: CreateTaskInput!) { createTask(input: $input) { task { id } } }";
        input["projectId"] = json!(project);
        let data = self.ask(token, document, json!({ "input": input })).await.data();
        data["createTask"]["task"]["id"].as_str().unwrap().to_owned()
    }

    /// Gives a project another name; returns when the mutation has been answered.
    pub async fn rename(&self, token: &str, project: &str, name: &str) -> Got {
        let document = "mutation($input: UpdateProjectInput!) { updateProject(input: $input) { project { name } } }";
        let input = json!({ "input": { "projectId": project, "name": name } });
        let renamed = self.ask(token, document, input).await;
        assert_eq!(renamed.data()["updateProject"]["project"]["name"], name);
        renamed
    }
}

fn user(email: &str, role: Role) -> NewUser {
    NewUser {
        first_name: "Ada".into(),
        last_name: "Example".into(),
        email: email.into(),
        role,
        password: Password::new(PASSWORD),
    }
}

/// Makes tests of these functions, each an `async fn(site: Site)`: one on SQLite with the cache in the process, one on
/// MongoDB with Redis.
macro_rules! on_each_site {
    ($($test:ident),* $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $test() {
                super::$test($crate::answers::site::Site::embedded().await).await;
            })*
        }

        #[cfg(all(feature = "mongo", feature = "redis"))]
        mod scaled {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $test() {
                super::$test($crate::answers::site::Site::scaled().await.0).await;
            })*
        }
    };
}
pub(crate) use on_each_site;
