//! The history checker over real server processes, a real Redis and a real MongoDB replica set, with faults all the
//! while: no read that starts after a mutation's reply sees older data, and no write is lost.
//!
//! KANVARO_TEST_HISTORY_SECONDS: how long, 60 unless given. KANVARO_TEST_HISTORY_SEED: a seed that was printed.
//! KANVARO_TEST_HISTORY_FAULTS: which faults (`usual`, `none`, or names of `Fault` with commas between).
//! KANVARO_TEST_HISTORY_REST: how many milliseconds a reader rests at most between two reads, 60 unless given.
//! KANVARO_TEST_HISTORY_CACHE: `server`, or `cluster` for a Redis Cluster.
//! KANVARO_TEST_HISTORY_LEVEL: how the processes keep what they read, as `cache_level` says it; by default as they do by default.

use std::sync::Arc;
use std::time::Duration;

use super::deployment::{Deployment, Engine};
use super::faults::{Fault, inject};
use super::model::{History, Outcome, Time, Write};
use super::run::{Work, findings, last_reads};
use super::stored;
use super::world::{Account, World};

/// The fewest entities, lists and counts that are seen in a second for a run to say anything.
const LEAST: u64 = 10;
/// How long `tracked` may lag behind the writes of other processes, in microseconds.
const PUSHED: Time = 1_000_000;
/// As long as a write past the program may be missed, and then some.
const SETTLED: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_read_is_older_than_a_reply_and_no_write_is_lost() {
    let seconds = setting("SECONDS").map_or(60, |text| text.parse().unwrap());
    let seed = setting("SEED").map_or_else(rand::random, |text| text.parse().unwrap());
    let engine = match setting("CACHE").as_deref() {
        None | Some("server") => Engine::Server,
        Some("cluster") => Engine::Cluster,
        Some(other) => panic!("there is no cache {other}: server, cluster"),
    };
    let kinds = Fault::named(&setting("FAULTS").unwrap_or("usual".into()), engine);
    let level = setting("LEVEL");
    println!("history: {seconds} s, seed {seed}, cache {engine:?}, faults {kinds:?}, level {level:?}");
    let mut deployment = Deployment::start(engine, level.as_deref()).await;
    let accounts = Account::all();
    deployment.make_accounts(&accounts);
    let (world, mut writes) = World::new(deployment.processes(), &accounts).await;
    let world = Arc::new(world);
    let (work, faults) = tokio::join!(
        Work::done(&world, Duration::from_secs(seconds), seed),
        inject(&mut deployment, &world, &kinds, seed),
    );
    tokio::time::sleep(SETTLED).await;
    let mut reads = work.reads.answered;
    reads.extend(last_reads(&world).await);
    reads.push(stored::read(&deployment, &world).await);
    if level.as_deref() == Some("tracked") {
        // A read so long ago might have been this one.
        reads
            .iter_mut()
            .for_each(|read| read.span.start = read.span.start.saturating_sub(PUSHED));
    }
    let (hits, others) = deployment.lookups().await;
    deployment.end().await;

    println!("writes: {}", told(&work.writes));
    println!("reads: {} answered, {} not", reads.len(), work.reads.failed);
    println!("cache since the last start of each process: {hits} hits, {others} others");
    println!(
        "faults: {}, writes past the program: {}",
        faults.injected.len(),
        faults.writes.len()
    );
    let injected = faults.injected.len();
    writes.extend(work.writes);
    writes.extend(faults.writes);
    let found = findings(History {
        entities: world.things(),
        writes,
        reads,
        faults: faults.injected,
    });
    println!(
        "{}judged: {} things seen; {} stale, {} lost",
        found.text, found.judged, found.stale, found.lost
    );
    assert!(kinds.is_empty() || injected > 0, "nothing went wrong");
    assert!(
        found.judged as u64 > LEAST * seconds,
        "only {} things were seen",
        found.judged
    );
    assert_eq!(
        (found.stale, found.lost),
        (0, 0),
        "stale and lost, with seed {seed}; the histories are above"
    );
}

/// What was said of the run from outside.
pub fn setting(name: &str) -> Option<String> {
    std::env::var(format!("KANVARO_TEST_HISTORY_{name}")).ok()
}

/// How many writes came out how.
fn told(writes: &[Write]) -> String {
    let count = |of: fn(&Outcome) -> bool| writes.iter().filter(|write| of(&write.outcome)).count();
    format!(
        "{} replied, {} refused, {} unknown",
        count(|outcome| matches!(outcome, Outcome::Acked { .. } | Outcome::Removed)),
        count(|outcome| matches!(outcome, Outcome::Refused(_))),
        count(|outcome| matches!(outcome, Outcome::Unknown(_))),
    )
}
