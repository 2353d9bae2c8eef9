//! A search over 50 000 tasks on both stores, through the whole API in process, against a scan of all of them for the same
//! words in the same run: LIKE in SQLite, a case-insensitive regular expression in MongoDB (KANVARO_TEST_MONGODB).
//! `cargo bench --bench search`

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::Variables;
use bson::{Document as Bson, doc};
use futures_util::TryStreamExt;
use kanvaro::app::{App, Engines};
use kanvaro::cache::{Lease, MemoryBackend};
use kanvaro::config::Config;
use kanvaro::graphql::Document;
use kanvaro::invalidation::Invalidator;
use kanvaro::metrics::Metrics;
use kanvaro::model::{AnyEntity, Change, Clock, Organization, Project, Role, Task, User, Viewer};
use kanvaro::store::StoreBackend;
use kanvaro::store::mongo::{MongoBackend, MongoOptions};
use kanvaro::store::sqlite::SqliteBackend;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::json;
use tempfile::TempDir;

#[path = "../tests/it/support/sample.rs"]
#[allow(dead_code, missing_docs, clippy::unwrap_used)]
mod sample;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TASKS: usize = 50_000;
const PROJECTS: usize = 50;
/// How many words there are; the first ones are the most frequent.
const WORDS: usize = 5_000;
const SEARCHES: usize = 400;
/// A scan takes long, so that fewer of them have to do.
const SCANS: usize = 40;

const SEARCH: &str = "query($text: String!) { search(text: $text, first: 20) { edges { node { id ... on Task { title displayId } } \
    fragments { field parts { text isMatch } } } pageInfo { hasNextPage } } }";

#[tokio::main]
async fn main() {
    let folder = TempDir::new().expect("a temporary directory");
    let path = folder.path().join("kanvaro.db");
    let sqlite = SqliteBackend::open(&path).expect("the store opens");
    println!("| store | search | ms: median | p95 | most |\n|---|---|---|---|---|");
    let stage = Stage::filled(Arc::new(sqlite)).await;
    stage.measure("SQLite").await;
    let reader = rusqlite::Connection::open(&path).expect("the file opens");
    let scan = "SELECT id FROM tasks WHERE json_extract(doc, '$.organization') = ?1 AND (json_extract(doc, '$.title') LIKE ?2 \
        OR json_extract(doc, '$.description') LIKE ?2) ORDER BY json_extract(doc, '$.updatedAt') DESC LIMIT 20";
    let organization = stage.organization.id.to_string();
    let mut times = Vec::new();
    for text in stage.texts(SCANS) {
        let start = Instant::now();
        let mut prepared = reader.prepare_cached(scan).expect("it is SQL");
        let rows = prepared.query_map([&organization, &format!("%{text}%")], |_| Ok(()));
        rows.expect("it runs").for_each(drop);
        times.push(start.elapsed());
    }
    print("SQLite", "scan with LIKE", times);
    match std::env::var("KANVARO_TEST_MONGODB") {
        Ok(uri) => on_mongodb(&uri).await,
        Err(_) => println!("MongoDB is left out: KANVARO_TEST_MONGODB is not set"),
    }
}

async fn on_mongodb(server: &str) {
    let name = format!("search{}", std::process::id());
    let uri = server.replace("/?", &format!("/{name}?"));
    let backend = MongoBackend::connect(&MongoOptions::new(&uri))
        .await
        .expect("it connects");
    let stage = Stage::filled(Arc::new(backend)).await;
    stage.measure("MongoDB").await;
    let client = mongodb::Client::with_uri_str(&uri).await.expect("it connects");
    let tasks = client.database(&name).collection::<Bson>("tasks");
    let organization = bson::oid::ObjectId::from_bytes(*stage.organization.id.bytes());
    let mut times = Vec::new();
    for text in stage.texts(SCANS) {
        let start = Instant::now();
        let wanted = doc! { "$regex": &text, "$options": "i" };
        let either = doc! { "organization": organization, "$or": [{ "title": &wanted }, { "description": &wanted }] };
        let find = tasks.find(either).sort(doc! { "updatedAt": -1 }).limit(20).await;
        let found: Vec<Bson> = find.expect("it finds").try_collect().await.expect("it reads");
        drop(found);
        times.push(start.elapsed());
    }
    print("MongoDB", "scan with a regular expression", times);
    client.database(&name).drop().await.expect("it is dropped");
}

/// A stack over 50 000 tasks of one organisation.
struct Stage {
    app: App,
    organization: Organization,
    viewer: Viewer,
    words: Vec<String>,
}

impl Stage {
    async fn filled(store: Arc<dyn StoreBackend>) -> Stage {
        let engines = Engines {
            store,
            cache: Arc::new(MemoryBackend::new(64 << 20)),
            lease: Lease::forever(),
        };
        let settle = |cache, store| Arc::new(Invalidator::new(cache, store)) as Arc<_>;
        let app = App::assemble(Config::default(), Clock::system(), Metrics::default(), engines, settle);
        app.store.ensure_indexes().await.expect("indexes are created");
        let mut dice = StdRng::seed_from_u64(7);
        let words: Vec<String> = (0..WORDS).map(|_| word(&mut dice)).collect();
        let organization = sample::organization();
        let admin = User {
            role: Role::Admin,
            ..sample::user(organization.id)
        };
        let projects: Vec<Project> = (0..PROJECTS).map(|_| sample::project(&admin)).collect();
        let mut all: Vec<AnyEntity> = vec![organization.clone().into(), admin.clone().into()];
        all.extend(projects.iter().cloned().map(AnyEntity::from));
        all.extend((0..TASKS).map(|at| task(&projects[at % PROJECTS], &words, &mut dice).into()));
        for some in all.chunks(1_000) {
            let changes = some.iter().cloned().map(Change::Insert).collect();
            app.store.write(changes).await.expect("the data is written");
        }
        Stage {
            viewer: Viewer::new(&admin, &sample::session(&admin)),
            app,
            organization,
            words,
        }
    }

    /// What people type: a word, the beginning of one, two of them; frequent and rare ones. No text twice, so that no list
    /// is in the cache.
    fn texts(&self, count: usize) -> Vec<String> {
        let mut dice = StdRng::seed_from_u64(11);
        let mut texts = std::collections::BTreeSet::new();
        while texts.len() < count {
            let one = some(&self.words, &mut dice).clone();
            let text = match dice.random_range(0..4) {
                0 => one,
                1 => one.chars().take(4).collect(),
                2 => one.chars().take(2).collect(),
                _ => format!("{one} {}", some(&self.words, &mut dice)),
            };
            texts.insert(text);
        }
        texts.into_iter().collect()
    }

    async fn measure(&self, store: &str) {
        let document = Document::parse(SEARCH).expect("it is a document");
        let mut times = Vec::new();
        for text in self.texts(SEARCHES) {
            let scope = self
                .app
                .scope(Some(self.viewer.clone()), self.app.loaders(), String::new().into());
            let variables = Variables::from_json(json!({ "text": text }));
            let start = Instant::now();
            let reply = self.app.executor.execute(&document, None, &variables, scope).await;
            times.push(start.elapsed());
            assert!(reply.errors.is_empty(), "{text}: {:?}", reply.errors);
        }
        print(store, "by terms", times);
    }
}

fn task(project: &Project, words: &[String], dice: &mut StdRng) -> Task {
    let mut text = |count: usize| {
        let words: Vec<&str> = (0..count).map(|_| some(words, dice).as_str()).collect();
        words.join(" ")
    };
    let mut task = Task {
        title: text(5),
        description: text(40),
        ..sample::task(project)
    };
    task.refresh();
    task
}

/// The smaller of several dice: as in texts, few words are frequent and most are rare.
fn some<'w>(words: &'w [String], dice: &mut StdRng) -> &'w String {
    let least = (0..3).map(|_| dice.random_range(0..words.len())).min();
    &words[least.unwrap_or_default()]
}

fn word(dice: &mut StdRng) -> String {
    let syllables = dice.random_range(2..=4);
    let syllable = |dice: &mut StdRng| {
        let letter = |dice: &mut StdRng, of: &[u8]| char::from(of[dice.random_range(0..of.len())]);
        [letter(dice, b"bdfgklmnprstvw"), letter(dice, b"aeiou")]
    };
    (0..syllables).flat_map(|_| syllable(dice)).collect()
}

fn print(store: &str, how: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    println!(
        "| {store} | {how} | {:.2} | {:.2} | {:.2} |",
        at(0.5),
        at(0.95),
        at(1.0)
    );
}
