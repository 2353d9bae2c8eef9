//! What the writers and readers speak: GraphQL over HTTP to one of the server processes.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rand::Rng;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::model::{Span, Watch};

/// How long anybody waits for a reply.
const PATIENCE: Duration = Duration::from_secs(15);
/// Errors after which nothing was done and nothing will be.
const REFUSALS: [&str; 6] = [
    "NOT_FOUND",
    "FORBIDDEN",
    "BAD_USER_INPUT",
    "CONFLICT",
    "UNAUTHENTICATED",
    "RATE_LIMITED",
];

/// The server processes, as their clients see them.
pub struct Processes {
    urls: Vec<String>,
    /// Whether clients shall ask it.
    live: Vec<AtomicBool>,
    /// How many writes each is at.
    writing: Vec<AtomicUsize>,
}

impl Processes {
    pub fn at(urls: Vec<String>) -> Processes {
        Processes {
            live: urls.iter().map(|_| AtomicBool::new(true)).collect(),
            writing: urls.iter().map(|_| AtomicUsize::new(0)).collect(),
            urls,
        }
    }

    pub fn count(&self) -> u8 {
        u8::try_from(self.urls.len()).unwrap()
    }

    pub fn url(&self, process: u8) -> &str {
        &self.urls[usize::from(process)]
    }

    /// One of those that live, at random; any, when none does.
    pub fn any(&self, dice: &mut StdRng) -> u8 {
        let lives = |process: &u8| self.live[usize::from(*process)].load(Ordering::Relaxed);
        let live: Vec<u8> = (0..self.count()).filter(lives).collect();
        match live.len() {
            0 => dice.random_range(0..self.count()),
            count => live[dice.random_range(0..count)],
        }
    }

    pub fn set_live(&self, process: u8, live: bool) {
        self.live[usize::from(process)].store(live, Ordering::Relaxed);
    }

    pub fn is_writing(&self, process: u8) -> bool {
        self.writing[usize::from(process)].load(Ordering::Relaxed) > 0
    }

    /// Counts a write while it runs.
    pub async fn writing<T>(&self, process: u8, write: impl Future<Output = T>) -> T {
        let count = &self.writing[usize::from(process)];
        count.fetch_add(1, Ordering::Relaxed);
        let done = write.await;
        count.fetch_sub(1, Ordering::Relaxed);
        done
    }
}

/// What came back.
pub enum Reply {
    Data(Value),
    /// An error that means that nothing was done.
    Refused(String),
    /// No reply, or one that leaves it open.
    Unknown(String),
}

/// A client with connections of its own.
#[derive(Clone)]
pub struct Api {
    client: reqwest::Client,
    watch: Watch,
}

impl Api {
    pub fn new(watch: Watch) -> Api {
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build();
        Api {
            client: client.unwrap(),
            watch,
        }
    }

    /// Asks, and says from when to when that took.
    pub async fn ask(&self, url: &str, token: &str, document: &str, variables: &Value) -> (Span, Reply) {
        let body = json!({ "query": document, "variables": variables });
        let request = self.client.post(format!("{url}/graphql")).json(&body);
        let request = if token.is_empty() {
            request
        } else {
            request.bearer_auth(token)
        };
        let start = self.watch.now();
        let answer = async { request.send().await?.json::<Value>().await };
        let reply = match answer.await {
            Ok(answer) => reply(answer),
            Err(error) if error.is_connect() => Reply::Refused("no connection".into()),
            Err(error) => Reply::Unknown(cause(&error)),
        };
        let end = self.watch.now();
        (Span { start, end }, reply)
    }
}

fn reply(mut answer: Value) -> Reply {
    let Some(error) = answer["errors"].get(0) else {
        return Reply::Data(answer["data"].take());
    };
    let code = error["extensions"]["code"].as_str().unwrap_or_default();
    let text = format!("{code}: {}", error["message"].as_str().unwrap_or_default());
    if REFUSALS.contains(&code) {
        Reply::Refused(text)
    } else {
        Reply::Unknown(text)
    }
}

/// The innermost cause, which says more than the outer ones.
fn cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), cause)
}
