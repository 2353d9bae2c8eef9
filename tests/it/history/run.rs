//! A run: writers and readers at work on a world for a while.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::time::sleep;

use super::model::{History, Read, Write};
use super::readers::{self, Reads};
use super::violation::Violation;
use super::world::World;
use super::{judge, writers};

const WRITERS: usize = 8;
const READERS: usize = 24;
/// How long the processes may take until they answer every read again.
const RECOVERY: Duration = Duration::from_secs(60);
/// How many violations are printed with their histories, and how many are at most of one kind.
const PRINTED: usize = 16;
const PRINTED_OF_A_KIND: usize = 8;

/// What everybody did.
#[derive(Default)]
pub struct Work {
    pub writes: Vec<Write>,
    pub reads: Reads,
}

impl Work {
    /// Lets the writers and readers work for so long, and ends the run.
    pub async fn done(world: &Arc<World>, time: Duration, seed: u64) -> Work {
        let mut dice = StdRng::seed_from_u64(seed);
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| tokio::spawn(writers::write(world.clone(), dice.random())))
            .collect();
        let readers: Vec<_> = (0..READERS)
            .map(|_| tokio::spawn(readers::read(world.clone(), dice.random())))
            .collect();
        sleep(time).await;
        world.end();
        let mut work = Work::default();
        for writer in writers {
            work.writes.extend(writer.await.unwrap());
        }
        for reader in readers {
            let reads = reader.await.unwrap();
            work.reads.answered.extend(reads.answered);
            work.reads.failed += reads.failed;
        }
        work
    }
}

/// What every process says of everything when all is over, once all of it is answered.
pub async fn last_reads(world: &Arc<World>) -> Vec<Read> {
    let start = Instant::now();
    loop {
        let reads = readers::read_all(world).await;
        if reads.failed == 0 {
            return reads.answered;
        }
        let patience = start.elapsed() < RECOVERY;
        assert!(patience, "{} reads fail long after the last fault", reads.failed);
        sleep(Duration::from_millis(500)).await;
    }
}

/// The violations of a run, as they are printed.
pub struct Findings {
    pub judged: usize,
    pub stale: usize,
    /// Writes that were lost, done although refused, or seen to be something else.
    pub lost: usize,
    pub text: String,
}

/// Judges a run and says what was found.
pub fn findings(mut history: History) -> Findings {
    let verdict = judge::judge(&mut history);
    let count = |of: &dyn Fn(&Violation) -> bool| verdict.violations.iter().filter(|violation| of(violation)).count();
    let mut text = String::new();
    // One of a read, because what is wrong with one is often wrong with all that it saw.
    let mut printed: Vec<&Violation> = Vec::new();
    for violation in &verdict.violations {
        let of_kind = printed.iter().filter(|told| told.kind == violation.kind).count();
        let is_told = printed.iter().any(|told| told.span == violation.span);
        if printed.len() < PRINTED && of_kind < PRINTED_OF_A_KIND && !is_told {
            printed.push(violation);
            text += &violation.told(&history);
        }
    }
    let mut kinds: Vec<_> = verdict.violations.iter().map(|violation| violation.kind).collect();
    kinds.sort_unstable();
    for same in kinds.chunk_by(|one, other| one == other) {
        text += &format!("{} x {:?}\n", same.len(), same[0]);
    }
    for fault in &history.faults {
        let during = |violation: &&Violation| {
            let (from, to) = (fault.span.start, fault.span.end + 1_000_000);
            violation.span.start <= to && violation.span.end >= from
        };
        let (seconds, wrong) = (
            fault.span.start as f64 / 1e6,
            verdict.violations.iter().filter(during).count(),
        );
        text += &format!(
            "fault at {seconds:.1} s: {} ({wrong} violations until 1 s after it)\n",
            fault.name
        );
    }
    text += &format!(
        "{} rows were older than a read had seen before that nobody was told of\n",
        verdict.back
    );
    Findings {
        judged: verdict.judged,
        stale: count(&|violation| violation.kind.is_stale()),
        lost: count(&|violation| !violation.kind.is_stale()),
        text,
    }
}
