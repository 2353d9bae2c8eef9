//! What the tests of MongoDB stand on: a database of one's own, and servers of one's own.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kanvaro::model::{AnyEntity, Clock, Id, Kind, Project, Task};
use kanvaro::store::mongo::{ConnectError, MongoBackend, MongoOptions};
use kanvaro::store::{Format, StoreBackend, Write};
use mongodb::event::EventHandler;
use mongodb::event::command::CommandEvent;
use mongodb::{Client, Database};
use parking_lot::Mutex;

use crate::contract::StoreFixture;
use crate::support::sample;
use crate::support::signal::signal;

/// A fixture of the contract on a database of its own.
pub async fn fresh() -> StoreFixture {
    let scratch = Scratch::bare().await;
    StoreFixture::new(scratch.backend.clone(), scratch).await
}

/// A database that nobody else uses, dropped at the end.
pub struct Scratch {
    pub backend: Arc<MongoBackend>,
    /// The same database, past the backend.
    pub database: Database,
    commands: Arc<Mutex<Vec<String>>>,
    _dropped: Dropped,
}

impl Scratch {
    /// An empty database with the indexes of the register.
    pub async fn new() -> Scratch {
        let scratch = Scratch::bare().await;
        scratch.backend.ensure_indexes().await.unwrap();
        scratch
    }

    /// Its address, for a process of its own.
    pub fn uri(&self) -> String {
        let server = uri();
        let (hosts, options) = server.split_once("/?").expect("the address has options");
        format!("{hosts}/{}?{options}", self.database.name())
    }

    /// An empty database.
    pub async fn bare() -> Scratch {
        let name = format!("kanvaro_test_{}", Id::generate(Clock::system().now()));
        let mut options = options(&uri()).client_options().await.unwrap();
        options.default_database = Some(name.clone());
        let commands = Arc::new(Mutex::new(Vec::new()));
        let (log, of) = (commands.clone(), name.clone());
        options.command_event_handler = Some(EventHandler::callback(move |event| match event {
            CommandEvent::Started(started) if started.db == of => log.lock().push(started.command_name),
            _ => {}
        }));
        let client = Client::with_options(options).unwrap();
        Scratch {
            backend: Arc::new(MongoBackend::over(client, 10, Duration::from_secs(45))),
            database: Client::with_uri_str(uri()).await.unwrap().database(&name),
            commands,
            _dropped: Dropped(name),
        }
    }

    /// The commands that the backend has sent to its database while this ran.
    pub async fn commands<T>(&self, call: impl Future<Output = T>) -> (T, Vec<String>) {
        self.commands.lock().clear();
        let answer = call.await;
        (answer, self.commands.lock().clone())
    }

    /// Writes new entities as they are, in one unit of work.
    pub async fn insert(&self, entities: impl IntoIterator<Item = impl Into<AnyEntity>>) {
        let writes = entities.into_iter().map(|entity| insertion(&entity.into()));
        self.backend.write(writes.collect(), sample::LIMIT).await.unwrap();
    }

    /// A project with so many tasks in it, each changed by its place.
    pub async fn tasks(&self, count: usize, change: impl Fn(usize, &mut Task)) -> (Project, Vec<Task>) {
        let project = sample::project(&sample::user(sample::id()));
        let mut tasks: Vec<Task> = (0..count).map(|_| sample::task(&project)).collect();
        for (place, task) in tasks.iter_mut().enumerate() {
            change(place, task);
            task.refresh();
        }
        self.insert(tasks.clone()).await;
        (project, tasks)
    }
}

/// The write of a new entity.
pub fn insertion(entity: &AnyEntity) -> Write {
    Write::Insert {
        entity: entity.reference(),
        document: Format::Bson.encode(entity).unwrap(),
    }
}

/// The write of a task over this version of it, with another title.
pub fn replacement(task: &Task, version: i64, title: &str) -> Write {
    let after = AnyEntity::from(Task {
        title: title.into(),
        version: version + 1,
        ..task.clone()
    });
    Write::Replace {
        entity: after.reference(),
        version,
        document: Format::Bson.encode(&after).unwrap(),
    }
}

/// The title of an encoded task.
pub fn title(document: &[u8]) -> String {
    let task = Format::Bson.decode(Kind::Task, document).unwrap();
    Arc::<Task>::try_from(task).unwrap().title.clone()
}

/// The server that the tests share.
pub fn uri() -> String {
    std::env::var("KANVARO_TEST_MONGODB").expect("KANVARO_TEST_MONGODB names no MongoDB server: run ./scripts/test.sh")
}

/// The same server with this database.
pub fn uri_of(database: &str) -> String {
    let uri = uri();
    let (hosts, options) = uri.split_once("/?").expect("the address has options and no database");
    format!("{hosts}/{database}?{options}")
}

/// The usual options, without connections kept for later.
pub fn options(uri: &str) -> MongoOptions {
    MongoOptions {
        min_pool_size: 0,
        ..MongoOptions::new(uri)
    }
}

/// Connects, and doesn't wait for long.
pub async fn connect(uri: &str) -> Result<MongoBackend, ConnectError> {
    let quick = MongoOptions {
        selection_timeout: Duration::from_secs(1),
        operation_timeout: Duration::from_secs(2),
        ..options(uri)
    };
    MongoBackend::connect(&quick).await
}

/// Tries again as a server's start does, for 20 seconds.
pub async fn connect_until(
    uri: &str,
    done: impl Fn(&Result<MongoBackend, ConnectError>) -> bool,
) -> Result<MongoBackend, ConnectError> {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let tried = connect(uri).await;
        if done(&tried) || Instant::now() > end {
            return tried;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Drops the database even when the test fails.
struct Dropped(String);

impl Drop for Dropped {
    fn drop(&mut self) {
        let name = self.0.clone();
        let drop = async move {
            let client = Client::with_uri_str(uri()).await.unwrap();
            client.database(&name).drop().await.unwrap();
        };
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build();
        std::thread::spawn(move || runtime().unwrap().block_on(drop))
            .join()
            .unwrap();
    }
}

/// A MongoDB server of one's own, on data that goes away with it.
pub struct Server {
    process: Child,
    port: u16,
    _data: tempfile::TempDir,
}

impl Server {
    /// Starts one with these arguments beside the usual ones; it may need a moment before it listens.
    pub fn start(arguments: &[&str]) -> Server {
        let data = tempfile::tempdir().unwrap();
        let port = free_port();
        let process = Command::new(mongod())
            .args([
                "--bind_ip",
                "127.0.0.1",
                "--nounixsocket",
                "--wiredTigerCacheSizeGB",
                "0.25",
            ])
            .args(["--port", &port.to_string(), "--dbpath"])
            .arg(data.path())
            .args(arguments)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Server {
            process,
            port,
            _data: data,
        }
    }

    /// Where it listens, with these options.
    pub fn uri(&self, options: &str) -> String {
        format!("mongodb://127.0.0.1:{}/?{options}", self.port)
    }

    /// Runs a command on it, past everything of ours.
    pub async fn command(&self, command: bson::Document) {
        let client = Client::with_uri_str(self.uri("directConnection=true")).await.unwrap();
        client.database("admin").run_command(command).await.unwrap();
    }

    /// A store on it, as soon as it is the primary.
    pub async fn connect(&self) -> MongoBackend {
        connect_until(&self.uri("replicaSet=rs0"), Result::is_ok).await.unwrap()
    }

    /// What `rs.initiate()` does.
    pub async fn initiate(&self) {
        let member = bson::doc! { "_id": 0, "host": format!("127.0.0.1:{}", self.port) };
        self.command(bson::doc! { "replSetInitiate": { "_id": "rs0", "members": [member] } })
            .await;
    }

    /// Sends it a signal: `STOP`, `CONT`, `KILL`.
    pub fn signal(&self, name: &str) {
        signal(self.process.id(), name);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn mongod() -> PathBuf {
    let path = std::env::var_os("KANVARO_TEST_MONGOD");
    path.expect("KANVARO_TEST_MONGOD names no mongod: run ./scripts/test.sh")
        .into()
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
