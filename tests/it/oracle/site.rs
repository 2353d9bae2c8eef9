//! The API over the world's store, asked in the test's process through everything that stands behind its port.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use kanvaro::app::Engines;
use kanvaro::cache::{Lease, MemoryBackend};
use kanvaro::config::Config;
use kanvaro::http::router;
use kanvaro::model::{Filter, Id, Kind};
use kanvaro::store::StoreBackend;
use kanvaro::store::sqlite::SqliteBackend;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use super::person::Person;
use crate::support::app::TestApp;

/// A database, and processes that serve it one after the other.
pub struct Site {
    engine: Arc<dyn StoreBackend>,
    data: Arc<TempDir>,
    /// The process that serves now.
    pub app: TestApp,
    router: Router,
}

/// How many operations one request may have.
const MOST_TOGETHER: usize = 10;

impl Site {
    /// An empty database.
    pub async fn new() -> Site {
        let data = Arc::new(TempDir::new().unwrap());
        let engine: Arc<dyn StoreBackend> = Arc::new(SqliteBackend::open(&data.path().join("kanvaro.db")).unwrap());
        let app = open(&engine, &data).await;
        Site {
            router: router(app.app.clone()),
            engine,
            data,
            app,
        }
    }

    /// Another process serves from now on, which has cached nothing.
    pub async fn restart(&mut self) {
        self.app = open(&self.engine, &self.data).await;
        self.router = router(self.app.app.clone());
    }

    /// Where a file may stand for as long as the database.
    pub fn file(&self, name: &str) -> std::path::PathBuf {
        self.data.path().join(name)
    }

    /// What the store has of a kind.
    pub async fn ids(&self, kind: Kind) -> BTreeSet<Id> {
        let store = &self.app.app.store;
        let ids = store.ids(kind, &Filter::everything(), 100_000).await.unwrap();
        ids.into_iter().collect()
    }

    /// The bodies that this person is answered when they ask all of these in one request.
    pub async fn ask_together(&self, who: Option<&Person>, questions: &[Value]) -> Vec<String> {
        let mut bodies = Vec::new();
        for some in questions.chunks(MOST_TOGETHER) {
            let body = self.ask(who, &json!(some)).await;
            let all: Vec<&RawValue> = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"));
            bodies.extend(all.iter().map(|one| one.get().to_owned()));
        }
        bodies
    }

    /// The body that this person is answered; `None`: nobody is signed in.
    pub async fn ask(&self, who: Option<&Person>, question: &Value) -> String {
        let mut request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/graphql-response+json");
        if let Some(person) = who {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", person.token));
        }
        let request = request.body(Body::from(question.to_string())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(bytes.into()).unwrap()
    }
}

async fn open(engine: &Arc<dyn StoreBackend>, data: &Arc<TempDir>) -> TestApp {
    let engines = Engines {
        store: Arc::clone(engine),
        cache: Arc::new(MemoryBackend::new(16 << 20)),
        lease: Lease::forever(),
    };
    // The oracle signs with the same.
    let config = Config {
        assets_secret: "0123456789abcdef0123456789abcdef".into(),
        ..Config::default()
    };
    TestApp::assembled(config, engines, Box::new(Arc::clone(data))).await
}
