//! A thousand readers of one thing that nobody has read yet, over four real server processes with one Redis and one
//! MongoDB: each process asks the store for it once at most. Where a process could not ask the cache, as on a busy
//! machine, readers ask the store alone: that is counted and allowed for, and of enough things most have to be told.

use futures_util::future::join_all;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::block_in_place;

use crate::mongo::Scratch;
use crate::support::process::{Place, Server};
use crate::support::redis;
use crate::support::server::PASSWORD;

const PROCESSES: usize = 4;
const READERS: usize = 1_000;
/// How many things have to be read so while the cache answered most of the readers.
const THINGS: usize = 3;
/// How many may be tried for that, one after the other.
const MOST_THINGS: usize = 20;
/// Connections to each process; each carries many requests at once.
const CONNECTIONS: usize = 4;

/// How patient a process is with Redis: a thousand requests at once take an unoptimised build seconds.
const PATIENCE_MS: &str = "30000";

/// Reads of projects.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    /// How often the store was asked.
    reads: usize,
    /// Readers whom the cache did not answer, and fills that it did not take.
    alone: usize,
}

/// Four processes, and somebody who has signed in.
struct Herd {
    servers: Vec<Server>,
    clients: Vec<Client>,
    token: String,
}

/// A project that was made.
struct Made {
    id: String,
    name: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_readers_of_one_cold_thing_are_one_store_read_a_process_at_most() {
    let (cache, scratch) = (redis::Server::started(), Scratch::bare().await);
    let herd = Herd::start(&cache.url(), &scratch.uri()).await;
    let mut counts = Vec::new();
    let is_told = |counts: &&Counts| counts.alone <= READERS / 2;
    while counts.iter().filter(is_told).count() < THINGS {
        assert!(counts.len() < MOST_THINGS, "the cache answered too seldom: {counts:?}");
        let project = herd.make(&format!("Project {}", counts.len())).await;
        // Whoever has made it has kept it.
        cache.run::<()>("FLUSHALL");
        counts.push(herd.read(&project).await);
    }
    println!("{READERS} readers of each: {counts:?}");
    let is_kept = |counts: &Counts| (1..=PROCESSES + counts.alone).contains(&counts.reads);
    assert!(counts.iter().all(is_kept), "{counts:?}");
}

impl Herd {
    async fn start(cache: &str, database: &str) -> Herd {
        let place = || {
            Place::new()
                .with("KANVARO_DATABASE", database)
                .with("KANVARO_CACHE", cache)
                .with("KANVARO_CACHE_TIMEOUT_MS", PATIENCE_MS)
                .with("KANVARO_DEMO", "false")
                .with("KANVARO_LOG", "error")
        };
        let (email, places) = ("ada@example.com", [(); PROCESSES].map(|()| place()));
        let account = [
            "user",
            "add",
            "--email",
            email,
            "--first-name",
            "Ada",
            "--last-name",
            "Example",
        ];
        let arguments = [&account[..], &["--admin", "--organization", "Herd"]].concat();
        let made = block_in_place(|| places[0].run_with_input(&arguments, &format!("{PASSWORD}\n")));
        assert_eq!(made.code, 0, "{}", made.err);
        let client = || Client::builder().no_proxy().http2_prior_knowledge().build().unwrap();
        let mut herd = Herd {
            servers: block_in_place(|| places.iter().map(Place::serve).collect()),
            clients: (0..CONNECTIONS).map(|_| client()).collect(),
            token: String::new(),
        };
        let login = "mutation($input: LoginInput!) { login(input: $input) { token } }";
        let input = json!({ "input": { "email": email, "password": PASSWORD } });
        herd.token = text(&herd.ask(0, login, input).await["login"]["token"]);
        herd
    }

    /// What a client of this number is answered; a client goes to one process, and takes nothing that was kept whole.
    async fn ask(&self, reader: usize, document: &str, variables: Value) -> Value {
        let client = &self.clients[reader / PROCESSES % CONNECTIONS];
        let url = format!("{}/graphql", self.servers[reader % PROCESSES].url);
        let mut request = client.post(url).header("cache-control", "no-cache");
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        let sent = request
            .json(&json!({ "query": document, "variables": variables }))
            .send();
        let mut answer: Value = sent.await.unwrap().json().await.unwrap();
        assert_eq!(answer.get("errors"), None, "{document}");
        answer["data"].take()
    }

    /// A new project.
    async fn make(&self, name: &str) -> Made {
        let document = "mutation($input: CreateProjectInput!) { createProject(input: $input) { project { id } } }";
        let made = self.ask(0, document, json!({ "input": { "name": name } })).await;
        let id = text(&made["createProject"]["project"]["id"]);
        let name = name.to_owned();
        Made { id, name }
    }

    /// What it takes that all readers read it at once.
    async fn read(&self, made: &Made) -> Counts {
        let before = self.counts().await;
        let readers = (0..READERS).map(|reader| self.name(reader, &made.id));
        let seen = join_all(readers).await;
        assert!(seen.iter().all(|seen| *seen == made.name), "{}", made.name);
        let after = self.counts().await;
        Counts {
            reads: after.reads - before.reads,
            alone: after.alone - before.alone,
        }
    }

    async fn name(&self, reader: usize, project: &str) -> String {
        let document = "query($id: ID!) { project(id: $id) { name } }";
        text(&self.ask(reader, document, json!({ "id": project })).await["project"]["name"])
    }

    /// What the processes have counted so far.
    async fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for server in &self.servers {
            let url = format!("{}/metrics", server.url);
            let text = self.clients[0].get(url).send().await.unwrap().text().await.unwrap();
            counts.reads += sum(&text, "kanvaro_store_calls_total", &["\"projects\"", "\"get_many\""]);
            counts.alone += sum(&text, "kanvaro_cache_entries_total", &["\"Project\"", "\"unknown\""]);
            for verb in ["\"versions\"", "\"put_many\""] {
                counts.alone += sum(&text, "kanvaro_cache_calls_total", &[verb, "\"error\""]);
            }
        }
        counts
    }
}

/// The sum of a metric over the lines that bear these labels.
fn sum(text: &str, metric: &str, labels: &[&str]) -> usize {
    let lines = text
        .lines()
        .filter_map(|line| line.strip_prefix(metric)?.rsplit_once(' '));
    let asked = lines.filter(|(of, _)| labels.iter().all(|label| of.contains(label)));
    asked.map(|(_, count)| count.parse::<usize>().unwrap()).sum()
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}
