//! A server on a port of its own, over an embedded store that a test can break and hold.

use std::net::SocketAddr;
use std::sync::Arc;

use kanvaro::app::{App, Engines};
use kanvaro::cache::{Lease, MemoryBackend};
use kanvaro::config::Config;
use kanvaro::invalidation::Invalidator;
use kanvaro::media::blob::{BlobBackend, Blobs};
use kanvaro::metrics::Metrics;
use kanvaro::model::{Clock, Role, Timestamp, User};
use kanvaro::service::{NewOrganization, NewUser, Password};
use kanvaro::store::sqlite::SqliteBackend;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::switch::{Switch, SwitchedCache, SwitchedStore};

/// The media type whose status tells how it went.
pub const RESPONSE: &str = "application/graphql-response+json";
pub const PASSWORD: &str = "correct horse battery";

/// A running server.
pub struct TestServer {
    pub app: App,
    pub clock: Clock,
    pub address: SocketAddr,
    pub client: Client,
    pub store: Switch,
    pub cache: Switch,
    shutdown: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
    _data: TempDir,
}

/// Status, headers and JSON of an answer.
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    pub async fn of(response: Response) -> Answer {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        Answer {
            status,
            headers,
            body: serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status} is no JSON: {text:?}")),
        }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The code of the first error; empty when there is none.
    pub fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_default()
    }

    pub fn message(&self) -> &str {
        self.body["errors"][0]["message"].as_str().unwrap_or_default()
    }
}

impl TestServer {
    pub async fn start() -> TestServer {
        TestServer::with(Config::default()).await
    }

    pub async fn with(config: Config) -> TestServer {
        TestServer::placed(config, None).await
    }

    /// The same with its assets in another place than on disk.
    pub async fn placed(config: Config, place: Option<Arc<dyn BlobBackend>>) -> TestServer {
        let data = TempDir::new().unwrap();
        let (store, cache) = (Switch::default(), Switch::default());
        let clock = Clock::manual(Timestamp::parse("2026-03-01T12:00:00Z").unwrap());
        let mut app = assemble(config, &data, &store, &cache, clock.clone());
        if let Some(place) = place {
            app.assets.blobs = Blobs::new(place, Metrics::default());
            app.services = app.services.with_assets(app.assets.clone());
        }
        app.store.ensure_indexes().await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (shutdown, told) = oneshot::channel::<()>();
        let stopped = async {
            told.await.ok();
        };
        TestServer {
            task: tokio::spawn(kanvaro::http::serve(app.clone(), listener, stopped)),
            app,
            clock,
            address,
            client: Client::builder().no_proxy().build().unwrap(),
            store,
            cache,
            shutdown: Some(shutdown),
            _data: data,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A POST of this JSON to `/graphql`.
    pub fn post(&self, body: &Value) -> RequestBuilder {
        self.client.post(self.url("/graphql")).json(body)
    }

    /// The answer to a document, as `application/graphql-response+json`.
    pub async fn ask(&self, query: &str) -> Answer {
        self.send(self.post(&json!({ "query": query }))).await
    }

    pub async fn send(&self, request: RequestBuilder) -> Answer {
        Answer::of(request.header("accept", RESPONSE).send().await.unwrap()).await
    }

    /// A person who can sign in with `PASSWORD`, the first of a new organisation.
    pub async fn admin(&self, email: &str) -> Arc<User> {
        let admin = NewUser {
            first_name: "Ada".into(),
            last_name: "Admin".into(),
            email: email.into(),
            role: Role::Admin,
            password: Password::new(PASSWORD),
        };
        let organization = NewOrganization::named("Example");
        self.app
            .services
            .create_organization_with_admin(organization, admin)
            .await
            .unwrap()
            .1
    }

    /// A new admin's token.
    pub async fn token(&self, email: &str) -> String {
        self.admin(email).await;
        let password = Password::new(PASSWORD);
        self.app
            .services
            .login(email, &password, "test")
            .await
            .unwrap()
            .0
            .text()
    }

    /// Tells the server to stop; `stopped` waits for it.
    pub fn tell_to_stop(&mut self) {
        self.shutdown.take().expect("it is told once").send(()).unwrap();
    }

    pub async fn stopped(self) {
        self.task.await.unwrap().unwrap();
    }

    /// Whether a new connection is refused.
    pub async fn refuses(&self) -> bool {
        TcpStream::connect(self.address).await.is_err()
    }

    /// Sends these bytes on a connection of their own and returns it, with what is answered still to be read.
    pub async fn raw(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream
    }

    /// What a raw connection is answered until the server closes it.
    pub async fn read(mut stream: TcpStream) -> String {
        let mut text = Vec::new();
        stream.read_to_end(&mut text).await.unwrap();
        String::from_utf8(text).unwrap()
    }
}

fn assemble(config: Config, data: &TempDir, store: &Switch, cache: &Switch, clock: Clock) -> App {
    let backend = SqliteBackend::open(&data.path().join("kanvaro.db")).unwrap();
    let store = SwitchedStore {
        backend,
        switch: store.clone(),
    };
    let cache = SwitchedCache {
        backend: MemoryBackend::new(16 << 20),
        switch: cache.clone(),
    };
    let engines = Engines {
        store: Arc::new(store),
        cache: Arc::new(cache),
        lease: Lease::forever(),
    };
    App::assemble(config, clock, Metrics::default(), engines, |cache, store| {
        Arc::new(Invalidator::new(cache, store))
    })
}
