//! The same writers, readers and judge over servers in the test's own process, without faults: with versions that
//! never change they must find what is wrong, and with the real ones nothing.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use kanvaro::app::{App, Engines};
use kanvaro::cache::{CacheBackend, CacheError, Got, Key, Lease, Mark, MemoryBackend, Put, TagState, Version};
use kanvaro::config::Config;
use kanvaro::invalidation::Invalidator;
use kanvaro::metrics::Metrics;
use kanvaro::model::{Clock, Moment, Role, Tag};
use kanvaro::service::{NewOrganization, NewUser, Password};
use kanvaro::store::StoreBackend;
use tokio::net::TcpListener;

use super::client::Processes;
use super::deployment::PROCESSES;
use super::model::History;
use super::run::{Findings, Work, findings, last_reads};
use super::world::{Account, PASSWORD, World};
use crate::support::stack::Database;

/// A cache whose tags all have one version, whatever is written.
struct VersionsOff(MemoryBackend);

fn unchanged(tags: &[Tag]) -> Vec<TagState> {
    vec![TagState::Current(Version::from_token(7), Moment::NONE); tags.len()]
}

#[async_trait]
impl CacheBackend for VersionsOff {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn is_near(&self) -> bool {
        true
    }

    async fn get_many(&self, keys: &[Key], tags: &[Tag]) -> Result<Got, CacheError> {
        let got = self.0.get_many(keys, &[]).await?;
        Ok(Got {
            tags: unchanged(tags),
            ..got
        })
    }

    async fn put_many(&self, puts: Vec<Put>) -> Result<(), CacheError> {
        self.0.put_many(puts).await
    }

    async fn purge(&self, keys: &[Key]) -> Result<(), CacheError> {
        self.0.purge(keys).await
    }

    async fn versions(&self, tags: &[Tag]) -> Result<Vec<TagState>, CacheError> {
        Ok(unchanged(tags))
    }

    async fn mark(&self, _: &[Tag], _: Mark) -> Result<Vec<Version>, CacheError> {
        Ok(Vec::new())
    }

    async fn settle(&self, _: &[Tag], _: u64, _: Moment) -> Result<(), CacheError> {
        Ok(())
    }

    async fn ping(&self) -> Result<(), CacheError> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_that_never_change_are_found() {
    let found = run(Arc::new(VersionsOff(MemoryBackend::new(16 << 20)))).await;
    assert!(found.stale > 10, "only {} of {} were found", found.stale, found.judged);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_as_they_are_let_nothing_be_found() {
    let found = run(Arc::new(MemoryBackend::new(16 << 20))).await;
    assert!(found.judged > 500, "only {} things were seen", found.judged);
    assert_eq!((found.stale, found.lost), (0, 0), "{}", found.text);
}

/// What is found within three seconds on servers over this cache.
async fn run(cache: Arc<dyn CacheBackend>) -> Findings {
    let database = Database::new().await;
    let mut urls = Vec::new();
    let mut apps = Vec::new();
    for _ in 0..PROCESSES {
        let app = app(&database.engine, &cache);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        urls.push(format!("http://{}", listener.local_addr().unwrap()));
        tokio::spawn(kanvaro::http::serve(app.clone(), listener, std::future::pending()));
        apps.push(app);
    }
    let accounts = Account::all();
    make_accounts(&apps[0], &accounts).await;
    let (world, mut writes) = World::new(Processes::at(urls), &accounts).await;
    let world = Arc::new(world);
    let work = Work::done(&world, Duration::from_secs(3), rand::random()).await;
    writes.extend(work.writes);
    let mut reads = work.reads.answered;
    reads.extend(last_reads(&world).await);
    findings(History {
        entities: world.things(),
        writes,
        reads,
        faults: Vec::new(),
    })
}

fn app(store: &Arc<dyn StoreBackend>, cache: &Arc<dyn CacheBackend>) -> App {
    let engines = Engines {
        store: store.clone(),
        cache: cache.clone(),
        lease: Lease::forever(),
    };
    App::assemble(
        Config::default(),
        Clock::system(),
        Metrics::default(),
        engines,
        |cache, store| Arc::new(Invalidator::new(cache, store)),
    )
}

async fn make_accounts(app: &App, accounts: &[Account]) {
    let new = |account: &Account| NewUser {
        first_name: "P".into(),
        last_name: "Q".into(),
        email: account.email.clone(),
        role: if account.role == "admin" {
            Role::Admin
        } else {
            Role::TeamMember
        },
        password: Password::new(PASSWORD),
    };
    let organization = NewOrganization::named("History");
    let made = app
        .services
        .create_organization_with_admin(organization, new(&accounts[0]))
        .await;
    let (organization, _) = made.unwrap();
    for account in &accounts[1..] {
        app.services.create_user(organization.id, &new(account)).await.unwrap();
    }
}
