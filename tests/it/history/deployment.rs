//! What a run works against: three processes of the program, each with a way of its own to one Redis, or all with a Redis
//! Cluster, over a MongoDB replica set of three.

use std::net::TcpListener;
use std::time::Duration;

use mongodb::bson::{Document, doc};
use mongodb::{Client, Collection, Database};
use tokio::task::block_in_place;
use tokio::time::{sleep, timeout};

use super::client::Processes;
use super::proxy::{Proxy, Way};
use super::world::{Account, PASSWORD};
use crate::support::process::{Place, Server};
use crate::support::redis;
use crate::support::redis_cluster::Cluster;

/// What the processes cache in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// One server.
    Server,
    /// Three masters, and a replica of the first.
    Cluster,
}

/// How many server processes there are.
pub const PROCESSES: u8 = 3;
/// How long anything may take to be ready.
const PATIENCE: Duration = Duration::from_secs(60);

/// The processes and engines of a run; all that it started ends with it.
pub struct Deployment {
    /// The only one, or those of the cluster.
    redis: Vec<redis::Server>,
    database: Database,
    places: Vec<Place>,
    servers: Vec<Option<Server>>,
    ways: Vec<Proxy>,
    urls: Vec<String>,
}

impl Deployment {
    /// With this cache, and its levels so, or as they are by default.
    pub async fn start(engine: Engine, level: Option<&str>) -> Deployment {
        let (redis, cluster) = block_in_place(|| nodes(engine));
        let (client, uri) = database().await;
        let (mut places, mut ways, mut urls) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..PROCESSES {
            let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let cache = match &cluster {
                Some(url) => url.clone(),
                None => {
                    let way = Proxy::to(redis[0].port()).await;
                    let port = way.port();
                    ways.push(way);
                    format!("redis://127.0.0.1:{port}")
                }
            };
            let place = Place::new()
                .with("KANVARO_LISTEN", &address.to_string())
                .with("KANVARO_DATABASE", &uri)
                .with("KANVARO_CACHE", &cache)
                .with("KANVARO_DEMO", "false")
                .with("KANVARO_LOG", "error");
            places.push(match level {
                Some(level) => place.with("KANVARO_CACHE_LEVEL", level),
                None => place,
            });
            urls.push(format!("http://{address}"));
        }
        let servers = block_in_place(|| places.iter().map(|place| Some(place.serve())).collect());
        Deployment {
            redis,
            database: client,
            places,
            servers,
            ways,
            urls,
        }
    }

    pub fn processes(&self) -> Processes {
        Processes::at(self.urls.clone())
    }

    /// Makes accounts by the program's own command, the first one's organisation with it.
    pub fn make_accounts(&self, accounts: &[Account]) {
        let place = &self.places[0];
        let add = |account: &Account| {
            let (email, role) = (account.email.as_str(), account.role);
            let mut arguments = vec!["user", "add", "--email", email, "--first-name", "P", "--last-name", "Q"];
            arguments.extend(if role == "admin" {
                vec!["--admin", "--organization", "History"]
            } else {
                vec!["--role", role]
            });
            let ended = place.run_with_input(&arguments, &format!("{PASSWORD}\n"));
            assert_eq!(ended.code, 0, "{}", ended.err);
        };
        block_in_place(|| {
            add(&accounts[0]);
            std::thread::scope(|scope| {
                for account in &accounts[1..] {
                    scope.spawn(|| add(account));
                }
            });
        });
    }

    /// Ends a process as a machine does that loses its power.
    pub fn kill(&mut self, process: u8) {
        let server = self.servers[usize::from(process)].take();
        drop(server.expect("it runs"));
    }

    pub fn restart(&mut self, process: u8) {
        let at = usize::from(process);
        self.servers[at] = Some(block_in_place(|| self.places[at].serve()));
    }

    /// Stops a process from running, or lets it go on, without its noticing.
    pub fn signal(&self, process: u8, name: &str) {
        self.servers[usize::from(process)]
            .as_ref()
            .expect("it runs")
            .signal(name);
    }

    /// The Redis servers that hold what others don't: all but replicas.
    pub fn masters(&mut self) -> Vec<&mut redis::Server> {
        let is_master = |server: &&mut redis::Server| server.role() == "master";
        self.redis.iter_mut().filter(is_master).collect()
    }

    /// The one replica of the cluster.
    pub fn replica(&mut self) -> Option<&mut redis::Server> {
        self.redis.iter_mut().find(|server| server.role() == "slave")
    }

    /// What becomes of a process's way to Redis, which all have who share one server.
    pub fn set_way(&self, process: u8, way: Way) {
        self.ways[usize::from(process)].set(way);
    }

    pub fn collection(&self, name: &str) -> Collection<Document> {
        self.database.collection(name)
    }

    /// Makes the primary step down, and returns when there is one again.
    pub async fn step_down(&self) {
        let admin = self.database.client().database("admin");
        // It closes the connection that it was told on, so this may fail though it was done.
        let _ = admin
            .run_command(doc! { "replSetStepDown": 5, "secondaryCatchUpPeriodSecs": 2 })
            .await;
        self.primary().await;
    }

    /// The process number of the primary, once there is one.
    pub async fn primary(&self) -> u32 {
        let asked = async {
            loop {
                let asked = self
                    .database
                    .run_command(doc! { "serverStatus": 1, "metrics": 0, "wiredTiger": 0 })
                    .await;
                if let Ok(status) = asked {
                    return status.get_i64("pid").expect("a server tells its process number");
                }
                sleep(Duration::from_millis(100)).await;
            }
        };
        let pid = timeout(PATIENCE, asked).await.expect("there is a primary");
        u32::try_from(pid).unwrap()
    }

    /// What the processes count of their caches since each was started: what was found and what wasn't.
    pub async fn lookups(&self) -> (f64, f64) {
        let (mut hits, mut others) = (0.0, 0.0);
        for url in &self.urls {
            let Ok(answer) = reqwest::get(format!("{url}/metrics")).await else {
                continue;
            };
            let text = answer.text().await.unwrap_or_default();
            for line in text
                .lines()
                .filter(|line| line.starts_with("kanvaro_cache_entries_total"))
            {
                let value: f64 = line
                    .rsplit(' ')
                    .next()
                    .and_then(|value| value.parse().ok())
                    .unwrap_or(0.0);
                *(if line.contains("\"hit\"") {
                    &mut hits
                } else {
                    &mut others
                }) += value;
            }
        }
        (hits, others)
    }

    /// Drops the database; the replica set is others' to stop.
    pub async fn end(mut self) {
        self.servers.clear();
        self.database.drop().await.unwrap();
    }
}

/// The servers of a cache, and the address where they are a cluster.
fn nodes(engine: Engine) -> (Vec<redis::Server>, Option<String>) {
    match engine {
        Engine::Server => (vec![redis::Server::started()], None),
        Engine::Cluster => {
            let cluster = Cluster::with_replica();
            let url = cluster.url();
            (cluster.masters.into_iter().chain(cluster.replica).collect(), Some(url))
        }
    }
}

/// A database of this run on the replica set of three, and its address.
async fn database() -> (Database, String) {
    let set = std::env::var("KANVARO_TEST_MONGODB_SET")
        .expect("KANVARO_TEST_MONGODB_SET names no replica set of three: run ./scripts/test.sh, which starts one");
    let name = format!("kanvaro_history_{:x}", rand::random::<u64>());
    let (hosts, options) = set.split_once("/?").expect("the address has options");
    let client = Client::with_uri_str(&set).await.unwrap();
    (client.database(&name), format!("{hosts}/{name}?{options}"))
}
