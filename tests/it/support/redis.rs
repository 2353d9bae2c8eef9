//! Redis for tests: the shared server that the test command starts, or one of a test's own to stop and start.

use std::io::Read;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kanvaro::cache::{CacheBackend, CacheError, RedisBackend, RedisOptions};
use kanvaro::config::RedisAddress;
use redis::{Cmd, FromRedisValue};
use tempfile::TempDir;

use super::signal::signal;

/// The limit of a cache call in tests; generous, because the machine may be busy.
pub const LIMIT: Duration = Duration::from_secs(5);

/// The server that the test command has started. Tests share it: each puts a prefix of its own before its keys.
pub fn shared_url() -> String {
    std::env::var("KANVARO_TEST_REDIS")
        .expect("KANVARO_TEST_REDIS names no server: run ./scripts/test.sh, which starts one")
}

/// The cluster that the test command has started, shared like the server.
pub fn shared_cluster_url() -> String {
    std::env::var("KANVARO_TEST_REDIS_CLUSTER")
        .expect("KANVARO_TEST_REDIS_CLUSTER names no cluster: run ./scripts/test.sh, which starts one")
}

/// A backend on a server or cluster.
pub fn backend(url: &str, limit: Duration) -> Arc<dyn CacheBackend> {
    Arc::new(try_backend(url, limit, None).expect("the address can be used"))
}

/// The same, or why it can't be made; `ca` is the file of a certificate authority.
pub fn try_backend(url: &str, limit: Duration, ca: Option<&Path>) -> Result<RedisBackend, CacheError> {
    RedisBackend::new(&RedisOptions {
        address: RedisAddress::parse(url).expect("the address reads"),
        ca: ca.map(Path::to_owned),
        connect: Duration::from_secs(10),
        command: limit,
    })
}

/// A Redis server of one test, stopped at its end.
pub struct Server {
    port: u16,
    directory: TempDir,
    arguments: Vec<String>,
    process: Option<Child>,
}

impl Server {
    /// A free port where no server listens yet.
    pub fn absent() -> Server {
        Server {
            port: free_port(),
            directory: tempfile::tempdir().unwrap(),
            arguments: Vec::new(),
            process: None,
        }
    }

    /// A server that answers.
    pub fn started() -> Server {
        let mut server = Server::absent();
        server.start();
        server
    }

    /// A server that answers, with further arguments.
    pub fn with(arguments: &[&str]) -> Server {
        let mut server = Server::absent();
        server.arguments = arguments.iter().copied().map(str::to_owned).collect();
        server.start();
        server
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Sends it a command of the test, like `SET key value`, on a connection of its own.
    pub fn run<T: FromRedisValue>(&self, command: &str) -> T {
        let done = redis::Client::open(self.url())
            .and_then(|client| client.get_connection())
            .and_then(|mut connection| words(command).query(&mut connection));
        done.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// `master`, or `slave` as replicas call themselves.
    pub fn role(&self) -> String {
        let told: String = self.run("INFO replication");
        let role = told.lines().find_map(|line| line.strip_prefix("role:"));
        role.expect("a server tells its role").trim().to_owned()
    }

    /// Writes what it holds to its directory, to be started with later.
    pub fn keep(&self) {
        self.run::<()>("SAVE");
        std::fs::rename(self.file("dump.rdb"), self.file("kept.rdb")).unwrap();
    }

    /// Starts it on its port with what was kept.
    pub fn start_with_kept(&mut self) {
        std::fs::copy(self.file("kept.rdb"), self.file("dump.rdb")).unwrap();
        self.start();
        // It listens before it has loaded.
        while !self.run::<String>("INFO persistence").contains("loading:0") {
            std::thread::sleep(Duration::from_millis(10));
        }
        std::fs::remove_file(self.file("dump.rdb")).unwrap();
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(name)
    }

    /// Starts it on its port, with nothing in it but what it has saved.
    pub fn start(&mut self) {
        let process = Command::new("redis-server")
            .args([
                "--bind",
                "127.0.0.1",
                "--port",
                &self.port.to_string(),
                "--save",
                "",
                "--appendonly",
                "no",
            ])
            .arg("--dir")
            .arg(self.directory.path())
            .args(&self.arguments)
            .stdout(Stdio::piped())
            .spawn();
        self.process = Some(process.expect("redis-server is on the path: install the package redis-server"));
        let start = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "redis-server did not start: {}",
                self.said()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Kills it.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Makes it hang without closing its connections, as a machine does that is cut off.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        signal(self.process.as_ref().expect("it runs").id(), name);
    }

    fn said(&mut self) -> String {
        self.process.as_mut().map_or_else(String::new, |process| {
            let _ = process.kill();
            let mut text = String::new();
            let _ = process.stdout.take().map(|mut out| out.read_to_string(&mut text));
            text
        })
    }
}

/// A port where nobody listens.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn words(command: &str) -> Cmd {
    let mut parts = command.split_whitespace();
    let mut built = redis::cmd(parts.next().unwrap());
    for part in parts {
        built.arg(part);
    }
    built
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
