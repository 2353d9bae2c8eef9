//! Load over HTTP, as screens would make it: the board of 100 tasks and the tiny user, on both stacks, the server on one core,
//! beside a bare axum handler that returns the same bytes. Needs `wrk` and `taskset`; MongoDB and Redis come from `scripts/services.sh`.
//! `cargo bench --bench http_load [-- SECONDS]` prints a Markdown table.

use std::fs;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const SERVER_CORE: &str = "0";
const CLIENT_CORE: &str = "1";
const CONNECTIONS: u32 = 16;

const BOARD: &str = "query Board($id: ID!) { board(projectId: $id) { project { id name } columns { key title count tasks(first: 100) { \
    id displayId title status priority dueDate assignees { id fullName } creator { id fullName } } } } }";
const TINY_USER: &str = "query Me { viewer { user { id fullName email } } }";

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    if let [flag, port, body] = arguments.as_slice()
        && flag == "--bare"
    {
        return bare(port, fs::read(body).expect("the body file is there"));
    }
    let seconds = arguments.first().and_then(|text| text.parse().ok()).unwrap_or(10);
    println!("| stack | query | bytes | requests/s | p50 ms | p99 ms | CPU µs/request | RSS MB | of bare axum |");
    println!("|---|---|---|---|---|---|---|---|---|");
    measure("SQLite, in process", &[], seconds);
    let mongo = std::env::var("KANVARO_TEST_MONGODB").expect("MongoDB: source what scripts/services.sh start prints");
    let redis = std::env::var("KANVARO_TEST_REDIS").expect("Redis: source what scripts/services.sh start prints");
    let database = mongo.replace("/?", &format!("/load{}?", std::process::id()));
    measure(
        "MongoDB, Redis",
        &[("KANVARO_DATABASE", &database), ("KANVARO_CACHE", &redis)],
        seconds,
    );
}

/// Both queries on one stack.
fn measure(stack: &str, environment: &[(&str, &str)], seconds: u32) {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let mut engines = environment.to_vec();
    let data = folder.path().to_string_lossy().into_owned();
    engines.push(("KANVARO_DATA", &data));
    let (email, password) = fill(&engines);
    let server = Server::start(&engines);
    let (token, board) = server.sign_in(&email, &password);
    for (name, query, variables) in [
        ("board of 100", BOARD, json!({ "id": board })),
        ("tiny user", TINY_USER, json!({})),
    ] {
        let request = json!({ "query": query, "variables": variables }).to_string();
        let answer = server.post(&request, Some(&token));
        assert!(answer.get("errors").is_none(), "{answer}");
        let bytes = answer.to_string().into_bytes();
        let script = script(folder.path(), &request, Some(&token));
        let ours = wrk(&server.url, &script, seconds, server.process.id());
        let body = folder.path().join("body.json");
        fs::write(&body, &bytes).expect("the body file is written");
        let peer = Server::bare(&body);
        let limit = wrk(&peer.url, &script, seconds, peer.process.id());
        println!(
            "| {stack} | {name} | {} | {:.0} | {:.2} | {:.2} | {:.0} | {:.0} | {:.2} |",
            bytes.len(),
            ours.rate,
            ours.p50,
            ours.p99,
            ours.cpu,
            ours.rss,
            ours.rate / limit.rate
        );
    }
}

/// A store with one organisation, some of whose projects have about 100 tasks; returns the demo login.
fn fill(environment: &[(&str, &str)]) -> (String, String) {
    let demo = [
        "demo",
        "--organizations",
        "1",
        "--users",
        "50",
        "--projects",
        "20",
        "--tasks",
        "2000",
        "--seed",
        "7",
    ];
    let done = kanvaro(environment).args(demo).output().expect("kanvaro runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let text = String::from_utf8(done.stdout).expect("kanvaro writes text");
    let word_after = |mark: &str| {
        text.split_once(mark)
            .and_then(|(_, rest)| rest.split_whitespace().next())
    };
    match (word_after("Sign in as "), word_after("the password ")) {
        (Some(email), Some(password)) => (email.to_owned(), password.to_owned()),
        _ => panic!("demo said: {text}"),
    }
}

fn kanvaro(environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kanvaro"));
    command.envs(environment.iter().copied()).env("KANVARO_LOG", "warn");
    command
}

struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start(environment: &[(&str, &str)]) -> Server {
        let port = free_port();
        let listen = format!("127.0.0.1:{port}");
        let mut pinned = Command::new("taskset");
        pinned.args(["-c", SERVER_CORE, env!("CARGO_BIN_EXE_kanvaro"), "serve"]);
        pinned
            .envs(environment.iter().copied())
            .envs([("KANVARO_LISTEN", listen.as_str()), ("KANVARO_LOG", "warn")]);
        Server::spawn(pinned, port)
    }

    fn bare(body: &Path) -> Server {
        let port = free_port();
        let this = std::env::current_exe().expect("this program has a path");
        let mut pinned = Command::new("taskset");
        pinned
            .args(["-c", SERVER_CORE])
            .arg(this)
            .args(["--bare", &port.to_string()])
            .arg(body);
        Server::spawn(pinned, port)
    }

    fn spawn(mut command: Command, port: u16) -> Server {
        let process = command
            .stdout(Stdio::null())
            .spawn()
            .expect("taskset is installed (util-linux)");
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(30), "the server does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Server {
            process,
            url: format!("http://127.0.0.1:{port}/graphql"),
        }
    }

    /// The token of an admin and the busiest project whose board has about 100 tasks.
    fn sign_in(&self, email: &str, password: &str) -> (String, String) {
        let login = json!({ "query": "mutation($input: LoginInput!) { login(input: $input) { token } }",
            "variables": { "input": { "email": email, "password": password } } });
        let answer = self.post(&login.to_string(), None);
        let token = answer["data"]["login"]["token"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"))
            .to_owned();
        let answer = self.post(
            r#"{"query":"{ projects(first: 100) { nodes { id progress { total } } } }"}"#,
            Some(&token),
        );
        let projects = answer["data"]["projects"]["nodes"]
            .as_array()
            .unwrap_or_else(|| panic!("{answer}"))
            .clone();
        let near = |project: &Value| (project["progress"]["total"].as_i64().unwrap_or(0) - 100).abs();
        let board = projects
            .iter()
            .min_by_key(|project| near(project))
            .expect("there are projects");
        (token, board["id"].as_str().expect("ids are text").to_owned())
    }

    fn post(&self, body: &str, token: Option<&str>) -> Value {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let mut request = reqwest::Client::new()
                .post(&self.url)
                .header("content-type", "application/json")
                .body(body.to_owned());
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            request
                .send()
                .await
                .expect("the server answers")
                .json()
                .await
                .expect("the answer is JSON")
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Figures {
    rate: f64,
    p50: f64,
    p99: f64,
    cpu: f64,
    rss: f64,
}

/// Two seconds to warm up, then the run that counts.
fn wrk(url: &str, script: &Path, seconds: u32, server: u32) -> Figures {
    run_wrk(url, script, 2);
    let before = cpu_micros(server);
    let text = run_wrk(url, script, seconds);
    let cpu = cpu_micros(server) - before;
    let figures: Vec<f64> = text
        .lines()
        .last()
        .unwrap_or_default()
        .split(' ')
        .filter_map(|field| field.parse().ok())
        .collect();
    let [requests, micros, p50, p99, errors] = figures[..] else {
        panic!("wrk said: {text}")
    };
    assert!(errors == 0.0, "{errors} answers were not 200: {text}");
    Figures {
        rate: requests / micros * 1e6,
        p50: p50 / 1e3,
        p99: p99 / 1e3,
        cpu: cpu / requests,
        rss: rss_mb(server),
    }
}

fn run_wrk(url: &str, script: &Path, seconds: u32) -> String {
    let done = Command::new("taskset")
        .args([
            "-c",
            CLIENT_CORE,
            "wrk",
            "-t1",
            &format!("-c{CONNECTIONS}"),
            &format!("-d{seconds}s"),
            "-s",
        ])
        .arg(script)
        .arg(url)
        .output()
        .expect("wrk is installed: apt-get install wrk");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("wrk writes text")
}

fn script(folder: &Path, body: &str, token: Option<&str>) -> PathBuf {
    let path = folder.join("request.lua");
    let mut file = fs::File::create(&path).expect("the script is written");
    let token = token
        .map(|token| format!("wrk.headers['authorization'] = 'Bearer {token}'\n"))
        .unwrap_or_default();
    let report = "done = function(s, l, r) local e = s.errors\n\
        print(s.requests, s.duration, l:percentile(50), l:percentile(99), e.status + e.connect + e.read + e.write + e.timeout)\nend\n";
    let report = report
        .replace("print(", "print(string.format('%d %d %d %d %d', ")
        .replace("e.timeout)", "e.timeout))");
    write!(file, "wrk.method = 'POST'\nwrk.body = [==[{body}]==]\nwrk.headers['content-type'] = 'application/json'\n{token}{report}")
        .expect("the script is written");
    path
}

/// User and system time of a process so far, in microseconds (Linux counts in hundredths of a second).
fn cpu_micros(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("the server runs");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields[at].parse::<f64>().unwrap_or(0.0);
    (ticks(11) + ticks(12)) * 10_000.0
}

fn rss_mb(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("the server runs");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap_or_default();
    line.split_whitespace()
        .nth(1)
        .and_then(|kb| kb.parse::<f64>().ok())
        .unwrap_or(0.0)
        / 1024.0
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}

/// The limit: axum with one handler that returns these bytes.
#[tokio::main]
async fn bare(port: &str, body: Vec<u8>) {
    let body = bytes::Bytes::from(body);
    let answer = move || {
        let body = body.clone();
        async move { ([("content-type", "application/json")], body) }
    };
    let router = axum::Router::new().route("/graphql", axum::routing::post(answer));
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}"))
        .await
        .expect("the port is free");
    axum::serve(listener, router).await.expect("the server runs");
}
