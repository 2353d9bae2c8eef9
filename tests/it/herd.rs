//! A thousand readers of one thing that nobody has read yet, over four real server processes with one Redis and one
//! MongoDB: each process asks the store for it once at most.

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
/// How many things are read so, one after the other.
const THINGS: usize = 5;
/// Connections to each process; each carries many requests at once.
const CONNECTIONS: usize = 4;

/// Four processes, and somebody who has signed in.
struct Herd {
    servers: Vec<Server>,
    clients: Vec<Client>,
    token: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_readers_of_one_cold_thing_are_one_store_read_a_process_at_most() {
    let (cache, scratch) = (redis::Server::started(), Scratch::bare().await);
    let herd = Herd::start(&cache.url(), &scratch.uri()).await;
    let mut reads = Vec::new();
    for at in 0..THINGS {
        let name = format!("Project {at}");
        let project = herd.make(&name).await;
        let before = herd.reads().await;
        let readers = (0..READERS).map(|reader| herd.name(reader, &project));
        let seen = join_all(readers).await;
        assert!(seen.iter().all(|seen| *seen == name), "{name}");
        reads.push(herd.reads().await - before);
    }
    println!("store reads of {THINGS} things by {READERS} readers each: {reads:?}");
    assert!(reads.iter().all(|reads| (1..=PROCESSES).contains(reads)), "{reads:?}");
}

impl Herd {
    async fn start(cache: &str, database: &str) -> Herd {
        let place = || {
            Place::new()
                .with("KANVARO_DATABASE", database)
                .with("KANVARO_CACHE", cache)
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

    /// A new project's id; nobody has read it.
    async fn make(&self, name: &str) -> String {
        let document = "mutation($input: CreateProjectInput!) { createProject(input: $input) { project { id } } }";
        let made = self.ask(0, document, json!({ "input": { "name": name } })).await;
        text(&made["createProject"]["project"]["id"])
    }

    async fn name(&self, reader: usize, project: &str) -> String {
        let document = "query($id: ID!) { project(id: $id) { name } }";
        text(&self.ask(reader, document, json!({ "id": project })).await["project"]["name"])
    }

    /// How often the processes have asked the store for projects.
    async fn reads(&self) -> usize {
        let mut reads = 0;
        for server in &self.servers {
            let answer = self.clients[0]
                .get(format!("{}/metrics", server.url))
                .send()
                .await
                .unwrap();
            reads += answer.text().await.unwrap().lines().filter_map(projects).sum::<usize>();
        }
        reads
    }
}

/// The count, if this line is one of reads of projects.
fn projects(line: &str) -> Option<usize> {
    let (labels, count) = line.strip_prefix("kanvaro_store_calls_total")?.rsplit_once(' ')?;
    let is_read = labels.contains("\"projects\"") && labels.contains("\"get_many\"");
    is_read.then(|| count.parse().unwrap())
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}
