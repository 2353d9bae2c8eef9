//! Reads that take what the process holds for current and ask once for all of it: how much they ask, and that nothing
//! they assumed wrongly is answered.

use std::sync::Arc;
use std::time::Duration;

use kanvaro::app::{App, Engines};
use kanvaro::cache::{Key, Lease, Mark};
use kanvaro::config::Config;
use kanvaro::invalidation::Invalidator;
use kanvaro::loader::{Assumed, Loaders, Source};
use kanvaro::metrics::Metrics;
use kanvaro::model::{Clock, Direction, EntityRef, Filter, Kind, Project, Query, Role, Row, Sort, Tag, Value};
use kanvaro::service::{NewOrganization, NewUser, Password};
use reqwest::Client;
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;

use crate::support::levels::Leveled;
use crate::support::redis::{Server, shared_url};
use crate::support::sample;
use crate::support::stack::{Database, Stack};

/// A process that holds values, and a project that it has read.
struct Process {
    cache: Leveled,
    stack: Stack,
    project: Arc<Project>,
    database: Database,
}

impl Process {
    async fn new(url: &str) -> Process {
        let (database, cache) = (Database::new().await, Leveled::validated(url));
        let stack = Stack::on(database.engine.clone(), cache.engine.clone());
        let project = sample::project(&sample::user(sample::id()));
        let project = stack.store.insert(project).await.unwrap();
        let process = Process {
            cache,
            stack,
            project,
            database,
        };
        for _ in 0..2 {
            process.read(&process.stack.request()).await;
        }
        process.cache.far.looks();
        process
    }

    async fn read(&self, loaders: &Loaders) -> i64 {
        let found = loaders.get_as::<Project>(self.project.id).await.unwrap();
        found.unwrap().version
    }

    /// What is read where that is assumed, and whether it holds.
    async fn assumed(&self) -> (i64, bool) {
        let assumed = Assumed::default();
        let version = self.read(&Loaders::assuming(&self.stack.source, &assumed)).await;
        (version, assumed.take().holds(&self.stack.source, None).await)
    }

    /// Writes the project as another process does.
    async fn write_elsewhere(&self, url: &str) {
        let next = Project::clone(&self.project);
        self.elsewhere(url).store.update(&self.project, next).await.unwrap();
    }

    /// Another process.
    fn elsewhere(&self, url: &str) -> Stack {
        Stack::on(self.database.engine.clone(), Leveled::redis(url).engine)
    }

    /// What is read where that is assumed of this tenant, whether it holds, and how many tags were asked for each time.
    async fn known(&self) -> (i64, bool, Vec<usize>) {
        let assumed = Assumed::default();
        let version = self.read(&Loaders::assuming(&self.stack.source, &assumed)).await;
        let tenant = Some(self.project.organization);
        let holds = assumed.take().holds(&self.stack.source, tenant).await;
        let looks = self.cache.far.looks().into_iter().map(|(_, tags)| tags);
        (version, holds, looks.collect())
    }

    /// The page that lists the project, read where what the process holds is assumed; and whether that holds.
    async fn page(&self) -> (Vec<i64>, bool) {
        let assumed = Assumed::default();
        let page = self.listed(&Loaders::assuming(&self.stack.source, &assumed)).await;
        let holds = assumed.take().holds(&self.stack.source, None).await;
        (page, holds)
    }

    async fn listed(&self, loaders: &Loaders) -> Vec<i64> {
        let organization = Value::Id(self.project.organization);
        let query = Query {
            filter: Filter::Eq("organization", organization),
            sort: Sort {
                field: "createdAt",
                direction: Direction::Ascending,
            },
            after: None,
            skip: 0,
            limit: 10,
        };
        let page = loaders.page(Kind::Project, query).await.unwrap();
        page.iter().map(Row::version).collect()
    }

    /// The same once it has been found to hold often enough to be known.
    async fn settled(url: &str) -> Process {
        let process = Process::new(url).await;
        assert_eq!(
            process.known().await,
            (1, true, vec![3]),
            "nobody knows anything of the tenant"
        );
        assert_eq!(
            process.known().await,
            (1, true, vec![3]),
            "what was taken before is the same"
        );
        assert_eq!(
            process.known().await,
            (1, true, vec![2]),
            "the tenant alone is asked for"
        );
        process
    }
}

#[tokio::test]
async fn what_is_held_is_asked_for_when_all_is_read() {
    let process = Process::new(&shared_url()).await;
    let assumed = Assumed::default();
    let loaders = Loaders::assuming(&process.stack.source, &assumed);
    process.read(&loaders).await;
    process.read(&loaders).await;
    assert_eq!(process.cache.far.looks(), []);
    assert!(assumed.take().holds(&process.stack.source, None).await);
    assert_eq!(process.cache.far.looks(), [(0, 2)]);
}

#[tokio::test]
async fn what_another_process_has_written_does_not_hold() {
    let url = shared_url();
    let process = Process::new(&url).await;
    process.write_elsewhere(&url).await;
    assert_eq!(process.assumed().await, (1, false));
    assert_eq!(process.read(&process.stack.request()).await, 2);
    assert_eq!(process.assumed().await, (2, true));
    assert_eq!(process.stack.metrics.assumptions("restarted"), 1);
}

#[tokio::test]
async fn what_is_being_written_does_not_hold() {
    let process = Process::new(&shared_url()).await;
    let tag = Tag::entity(Kind::Project, process.project.id);
    let mark = Mark::new(Duration::from_secs(30));
    process.cache.engine.mark(&[tag], mark).await.unwrap();
    assert_eq!(process.assumed().await, (1, false));
}

#[tokio::test]
async fn what_is_not_held_is_read_as_ever() {
    let process = Process::new(&shared_url()).await;
    let other = sample::project(&sample::user(sample::id()));
    let other = process.stack.store.insert(other).await.unwrap();
    let (assumed, of) = (Assumed::default(), |id| EntityRef::new(Kind::Project, id));
    let loaders = Loaders::assuming(&process.stack.source, &assumed);
    let both = [of(process.project.id), of(other.id)];
    let found = loaders.get_many(&both).await.unwrap();
    assert!(found.iter().all(Option::is_some));
    assert_eq!(process.cache.far.looks(), [(1, 2)], "one batch, asked for at once");
    assert!(
        assumed.take().holds(&process.stack.source, None).await,
        "nothing was assumed"
    );
    assert_eq!(process.cache.far.looks(), []);
}

#[tokio::test]
async fn nothing_holds_without_redis() {
    let mut server = Server::started();
    let process = Process::new(&server.url()).await;
    server.stop();
    assert_eq!(process.assumed().await, (1, false));
    assert_eq!(process.read(&process.stack.request()).await, 1, "the store is asked");
}

#[tokio::test]
async fn what_was_found_current_together_is_current_while_nothing_of_its_tenant_is_written() {
    let url = shared_url();
    let process = Process::settled(&url).await;
    let elsewhere = process.elsewhere(&url);
    let foreign = sample::project(&sample::user(sample::id()));
    elsewhere.store.insert(foreign).await.unwrap();
    assert_eq!(
        process.known().await,
        (1, true, vec![2]),
        "another tenant's write is no matter"
    );
    let mut own = sample::project(&sample::user(process.project.organization));
    own.organization = process.project.organization;
    elsewhere.store.insert(own).await.unwrap();
    assert_eq!(process.known().await, (1, true, vec![2, 3]), "something was written");
    assert_eq!(process.known().await, (1, true, vec![2]));
    process.write_elsewhere(&url).await;
    assert_eq!(process.known().await, (1, false, vec![2, 3]), "this was written");
}

#[tokio::test]
async fn while_something_of_a_tenant_is_written_all_is_asked_for() {
    let process = Process::settled(&shared_url()).await;
    let mark = Mark::new(Duration::from_secs(30));
    let tenant = Tag::Tenant(process.project.organization);
    process.cache.engine.mark(&[tenant], mark).await.unwrap();
    assert_eq!(process.known().await, (1, true, vec![2, 3]));
    assert_eq!(process.known().await, (1, true, vec![3]));
}

#[tokio::test]
async fn what_is_purged_does_not_hold_though_nothing_was_written() {
    let url = shared_url();
    let process = Process::settled(&url).await;
    let tag = Tag::entity(Kind::Project, process.project.id);
    process.elsewhere(&url).store.renew(&[tag]).await.unwrap();
    assert_eq!(process.known().await, (1, false, vec![2, 3]));
}

#[tokio::test]
async fn a_batch_that_was_found_before_is_not_looked_for_and_all_of_it_is_asked_for() {
    let process = Process::new(&shared_url()).await;
    for _ in 0..3 {
        assert_eq!(process.page().await, (vec![1], true));
    }
    // What the process holds of them goes, and what Redis holds.
    let project = EntityRef::new(Kind::Project, process.project.id);
    process.cache.engine.purge(&[Key::Entity(project)]).await.unwrap();
    process.cache.far.looks();
    assert_eq!(process.page().await, (vec![1], true));
    assert_eq!(
        process.cache.far.looks(),
        [(0, 2)],
        "the tags of the page and of the project"
    );
}

#[tokio::test]
async fn a_batch_that_was_found_before_does_not_hold_where_something_of_it_was_written() {
    let url = shared_url();
    let process = Process::new(&url).await;
    for _ in 0..3 {
        assert_eq!(process.page().await, (vec![1], true));
    }
    process.write_elsewhere(&url).await;
    // As a request does: what does not hold is read anew. The page first, which brings rows of its own, then what is on it.
    for _ in 0..2 {
        assert_eq!(process.page().await, (vec![1], false));
        assert_eq!(process.listed(&process.stack.request()).await, [2]);
    }
    for _ in 0..3 {
        assert_eq!(process.page().await, (vec![2], true), "what was old is forgotten");
    }
}

/// Most hang up before they are answered; who asks for all that wait is among them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hangs_up_keeps_nobody_waiting() {
    let process = Process::settled(&shared_url()).await;
    let tenant = Some(process.project.organization);
    let claim = async |source: &Source| {
        let assumed = Assumed::default();
        let read = Loaders::assuming(source, &assumed)
            .get_as::<Project>(process.project.id)
            .await;
        (read.unwrap().unwrap(), assumed.take())
    };
    for round in 0..200 {
        let mut asking = Vec::new();
        for _ in 0..8 {
            let (source, (_, claim)) = (process.stack.source.clone(), claim(&process.stack.source).await);
            asking.push(tokio::spawn(async move { claim.holds(&source, tenant).await }));
        }
        tokio::time::sleep(Duration::from_micros(round)).await;
        let last = asking.pop().unwrap();
        asking.iter().for_each(tokio::task::JoinHandle::abort);
        let told = tokio::time::timeout(Duration::from_secs(5), last).await;
        assert!(told.expect("nobody waits forever").unwrap(), "round {round}");
    }
}

/// A server over these engines.
struct Site {
    app: App,
    url: String,
    client: Client,
}

impl Site {
    async fn new(database: &Database, cache: &Leveled) -> Site {
        let engines = Engines {
            store: database.engine.clone(),
            cache: cache.engine.clone(),
            lease: Lease::forever(),
        };
        let (clock, metrics) = (Clock::system(), Metrics::default());
        // Whole answers would be read instead of what they are made of.
        let config = Config {
            answer_seconds: 0,
            ..Config::default()
        };
        let app = App::assemble(config, clock, metrics, engines, |cache, store| {
            Arc::new(Invalidator::new(cache, store))
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/graphql", listener.local_addr().unwrap());
        tokio::spawn(kanvaro::http::serve(app.clone(), listener, std::future::pending()));
        let client = Client::new();
        Site { app, url, client }
    }

    async fn ask(&self, token: &str, query: &str, variables: Json) -> Json {
        let mut request = self
            .client
            .post(&self.url)
            .json(&json!({ "query": query, "variables": variables }));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        let answer: Json = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer.get("errors"), None, "{query}");
        answer["data"].clone()
    }
}

const PASSWORD: &str = "correct horse battery";
const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) { token } }";
const ME: &str = "{ viewer { user { firstName organization { name } } } }";
const RENAME: &str = "mutation($name: String!) { updateProfile(input: { firstName: $name }) { user { firstName } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_warm_query_asks_redis_once_whoever_asks_and_sees_every_write() {
    let (database, url) = (Database::new().await, shared_url());
    let cache = Leveled::validated(&url);
    let (here, there) = (
        Site::new(&database, &cache).await,
        Site::new(&database, &Leveled::validated(&url)).await,
    );
    here.app.store.ensure_indexes().await.unwrap();
    let person = NewUser {
        first_name: "P".into(),
        last_name: "Q".into(),
        email: "p@acme.test".into(),
        role: Role::Admin,
        password: Password::new(PASSWORD),
    };
    let services = &here.app.services;
    let made = services.create_organization_with_admin(NewOrganization::named("Acme"), person);
    made.await.unwrap();
    let input = json!({ "input": { "email": "p@acme.test", "password": PASSWORD } });
    let token = here.ask("", LOGIN, input).await["login"]["token"]
        .as_str()
        .unwrap()
        .to_owned();
    for _ in 0..3 {
        here.ask(&token, ME, json!({})).await;
    }
    cache.far.looks();
    here.ask(&token, ME, json!({})).await;
    let looks = cache.far.looks();
    assert!(
        matches!(looks[..], [(0, _)]),
        "session, person and organisation in one look: {looks:?}"
    );
    for round in 0..20 {
        let (writer, reader) = if round % 2 == 0 {
            (&there, &here)
        } else {
            (&here, &there)
        };
        let name = format!("Ada {round}");
        writer.ask(&token, RENAME, json!({ "name": name })).await;
        assert_eq!(
            reader.ask(&token, ME, json!({})).await["viewer"]["user"]["firstName"],
            name
        );
    }
    assert!(here.app.metrics.assumptions("restarted") > 0);
}
