//! One request after the other, each after the caches were emptied: Redis by FLUSHALL, a cache in the process by the purge
//! that the server offers.

use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::arguments::Arguments;
use super::connection::Connection;
use super::figures::Figures;
use super::pool::Pool;

/// Until what a server writes back after its answer is in the cache, and until it has heard that the cache is empty.
const PAUSE: Duration = Duration::from_millis(10);

enum Emptied {
    Redis(TcpStream),
    Server(Connection, Vec<u8>),
}

/// Runs the rounds that the arguments describe.
pub async fn run(arguments: &Arguments) -> Value {
    let pool = Pool::read(arguments);
    let wires = pool.wires(false);
    let plan = pool.plan(arguments.text("plan"));
    let mut emptied = Emptied::of(arguments, &pool, &wires).await;
    let mut connection = Connection::open(arguments.text("address")).await;
    let rounds: usize = arguments.number("rounds", 50);
    let mut figures = Figures::default();
    let begin = Instant::now();
    for at in plan.iter().cycle().take(rounds) {
        sleep(PAUSE).await;
        emptied.empty().await;
        sleep(PAUSE).await;
        let start = Instant::now();
        let reply = connection.ask(&wires[*at]).await.expect("the server answers");
        figures.answered(&reply, start.elapsed(), false);
    }
    figures.report(begin.elapsed())
}

impl Emptied {
    async fn of(arguments: &Arguments, pool: &Pool, wires: &[Vec<u8>]) -> Emptied {
        if let Some(address) = arguments.get("redis") {
            let stream = TcpStream::connect(address).await;
            return Emptied::Redis(stream.unwrap_or_else(|error| panic!("{address}: {error}")));
        }
        let at = pool.plan(arguments.text("purge"))[0];
        Emptied::Server(Connection::open(arguments.text("address")).await, wires[at].clone())
    }

    async fn empty(&mut self) {
        match self {
            Emptied::Redis(stream) => {
                let mut answer = [0; 5];
                stream
                    .write_all(b"*1\r\n$8\r\nFLUSHALL\r\n")
                    .await
                    .expect("Redis takes a command");
                stream.read_exact(&mut answer).await.expect("Redis answers");
                assert_eq!(&answer, b"+OK\r\n");
            }
            Emptied::Server(connection, purge) => {
                let reply = connection.ask(purge).await.expect("the server answers");
                assert!(reply.is_data, "the server refuses to purge its cache");
            }
        }
    }
}
