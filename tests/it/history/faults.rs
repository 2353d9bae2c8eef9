//! What goes wrong during a run, one thing after another, at random.

use std::sync::Arc;
use std::time::Duration;

use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Document, doc};
use mongodb::options::ReturnDocument;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use tokio::time::sleep;

use super::deployment::{Deployment, Engine, PROCESSES};
use super::model::{Injected, Number, Op, Outcome, PLACES, STORE, Span, Time, What, Write};
use super::proxy::Way;
use super::stored;
use super::world::{Known, World, stamp};
use crate::support::redis;
use crate::support::signal::signal;

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A process is killed in the middle of a write.
    Kill,
    /// A process stops running for a while and then goes on as if nothing had been.
    Freeze,
    RedisFreeze,
    /// Redis is killed and comes back with nothing.
    RedisKill,
    RedisFlush,
    /// Redis is killed and comes back with what it held some seconds before.
    RedisOld,
    /// One process loses Redis at once, and notices.
    CutOff,
    /// One process loses Redis without noticing, and what it sent arrives late.
    Stuck,
    /// Only one process reaches Redis.
    OnlyOne,
    /// Redis forgets what it held in the middle of a write, and the writer doesn't reach it any more: as when a replica
    /// is promoted that had missed the last writes.
    Forgotten,
    /// The replica of a cluster is promoted that has missed the last writes.
    Promoted,
    StepDown,
    /// The primary stops running until another is elected, and then goes on as if nothing had been.
    PrimaryFreeze,
    /// Somebody writes into the store, past the program.
    Foreign,
}

/// Those of a cluster, whose ways are not one process's alone.
const CLUSTERED: [Fault; 10] = [
    Fault::Kill,
    Fault::Freeze,
    Fault::RedisFreeze,
    Fault::RedisKill,
    Fault::RedisFlush,
    Fault::RedisOld,
    Fault::Promoted,
    Fault::StepDown,
    Fault::PrimaryFreeze,
    Fault::Foreign,
];
/// Those of one server.
const USUAL: [Fault; 13] = [
    Fault::Kill,
    Fault::Freeze,
    Fault::RedisFreeze,
    Fault::RedisKill,
    Fault::RedisFlush,
    Fault::RedisOld,
    Fault::CutOff,
    Fault::Stuck,
    Fault::OnlyOne,
    Fault::Forgotten,
    Fault::StepDown,
    Fault::PrimaryFreeze,
    Fault::Foreign,
];
/// How long after a write past the program it may still be missed, in microseconds.
const FOREIGN_BOUND: u64 = 2_000_000;
/// The same where other things go wrong: the process that notices such writes may have gone, and another takes over.
const TAKEN_OVER_BOUND: u64 = 10_000_000;
/// How long a fault lasts, and how long nothing is wrong between two, in milliseconds.
const LASTS: std::ops::Range<u64> = 800..3_000;
const BETWEEN: std::ops::Range<u64> = 300..1_500;
/// Longer than the replica set waits before it elects another primary.
const ELECTION: Duration = Duration::from_millis(4_500);

/// Shorter than a cluster waits for a node.
const UNNOTICED: Duration = Duration::from_millis(1_000);

impl Fault {
    /// Those that a list of names says, `usual` standing for those that are usual with this cache; `none` for none.
    pub fn named(names: &str, engine: Engine) -> Vec<Fault> {
        let usual = match engine {
            Engine::Server => USUAL.to_vec(),
            Engine::Cluster => CLUSTERED.to_vec(),
        };
        let known: Vec<_> = usual
            .iter()
            .map(|fault| (format!("{fault:?}").to_lowercase(), *fault))
            .collect();
        let mut named = Vec::new();
        for name in names.split(',').filter(|name| *name != "none") {
            if name == "usual" {
                named.extend(&usual);
                continue;
            }
            let found = known.iter().find(|(known, _)| known == name);
            named.push(found.unwrap_or_else(|| panic!("there is no fault {name}: {known:?}")).1);
        }
        named
    }
}

/// What was injected: the faults, and the writes past the program.
#[derive(Default)]
pub struct Faults {
    pub injected: Vec<Injected>,
    pub writes: Vec<Write>,
}

/// Injects these faults in turns until the run is over; everything works when it returns.
pub async fn inject(deployment: &mut Deployment, world: &Arc<World>, kinds: &[Fault], seed: u64) -> Faults {
    let mut injector = Injector {
        deployment,
        world,
        dice: StdRng::seed_from_u64(seed),
        writes: Vec::new(),
        bound: if kinds == [Fault::Foreign] {
            FOREIGN_BOUND
        } else {
            TAKEN_OVER_BOUND
        },
    };
    let mut injected = Vec::new();
    let mut left: Vec<Fault> = Vec::new();
    while !world.is_over() {
        let rest = injector.dice.random_range(BETWEEN);
        sleep(Duration::from_millis(rest)).await;
        if left.is_empty() {
            left = kinds.to_vec();
            left.shuffle(&mut injector.dice);
        }
        let Some(fault) = left.pop() else { continue };
        let start = world.watch.now();
        let name = injector.inject(fault).await;
        let span = Span {
            start,
            end: world.watch.now(),
        };
        injected.push(Injected { name, span });
    }
    Faults {
        injected,
        writes: injector.writes,
    }
}

struct Injector<'d> {
    deployment: &'d mut Deployment,
    world: &'d Arc<World>,
    dice: StdRng,
    writes: Vec<Write>,
    bound: Time,
}

impl Injector<'_> {
    /// Lets a fault happen and mends it; what happened.
    async fn inject(&mut self, fault: Fault) -> String {
        let process = self.dice.random_range(0..PROCESSES);
        match fault {
            Fault::Kill => self.kill(process).await,
            Fault::Freeze => self.freeze(process).await,
            Fault::RedisFreeze => self.freeze_redis().await,
            Fault::RedisKill => self.kill_redis().await,
            Fault::RedisFlush => self.redis().run::<()>("FLUSHALL"),
            Fault::RedisOld => self.take_redis_back().await,
            Fault::CutOff => self.cut(&[process], Way::Cut).await,
            Fault::Stuck => self.cut(&[process], Way::Stuck).await,
            Fault::OnlyOne => {
                let others: Vec<u8> = (0..PROCESSES).filter(|other| *other != process).collect();
                let way = if self.dice.random_bool(0.5) {
                    Way::Cut
                } else {
                    Way::Stuck
                };
                self.cut(&others, way).await;
                return format!("OnlyOne (process {process}; the others' ways to Redis were {way:?})");
            }
            Fault::Forgotten => self.forget(process).await,
            Fault::Promoted => self.promote().await,
            Fault::StepDown => self.deployment.step_down().await,
            Fault::PrimaryFreeze => self.freeze_primary().await,
            Fault::Foreign => self.write_past().await,
        }
        match fault {
            Fault::Kill | Fault::Freeze | Fault::CutOff | Fault::Stuck | Fault::Forgotten => {
                format!("{fault:?} (process {process})")
            }
            _ => format!("{fault:?}"),
        }
    }

    fn time(&mut self) -> Duration {
        Duration::from_millis(self.dice.random_range(LASTS))
    }

    async fn last(&mut self) {
        let time = self.time();
        sleep(time).await;
    }

    /// Returns some way into a write of this process.
    async fn mid_write(&mut self, process: u8) {
        for _ in 0..1_000 {
            if self.world.processes.is_writing(process) {
                break;
            }
            sleep(Duration::from_millis(1)).await;
        }
        let way = self.dice.random_range(0..20);
        sleep(Duration::from_millis(way)).await;
    }

    async fn kill(&mut self, process: u8) {
        self.mid_write(process).await;
        self.deployment.kill(process);
        self.world.processes.set_live(process, false);
        self.last().await;
        self.deployment.restart(process);
        self.world.processes.set_live(process, true);
    }

    async fn forget(&mut self, process: u8) {
        for _ in 0..5 {
            self.mid_write(process).await;
            self.deployment.set_way(process, Way::Cut);
            self.redis().run::<()>("FLUSHALL");
            sleep(Duration::from_millis(300)).await;
            self.deployment.set_way(process, Way::Open);
            sleep(Duration::from_millis(300)).await;
        }
    }

    async fn freeze(&mut self, process: u8) {
        self.deployment.signal(process, "STOP");
        self.world.processes.set_live(process, false);
        self.last().await;
        self.deployment.signal(process, "CONT");
        self.world.processes.set_live(process, true);
    }

    /// The Redis server, or a master of the cluster.
    fn redis(&mut self) -> &mut redis::Server {
        let mut masters = self.deployment.masters();
        let at = self.dice.random_range(0..masters.len());
        masters.swap_remove(at)
    }

    async fn freeze_redis(&mut self) {
        let time = self.time();
        let redis = self.redis();
        redis.freeze();
        sleep(time).await;
        redis.thaw();
    }

    /// Half the time it is back before anybody has missed it.
    async fn kill_redis(&mut self) {
        let away = self.dice.random_bool(0.5).then(|| self.time());
        let redis = self.redis();
        redis.stop();
        sleep(away.unwrap_or_default()).await;
        redis.start();
    }

    async fn take_redis_back(&mut self) {
        let (time, away) = (self.time(), self.dice.random_bool(0.5).then(|| self.time()));
        let redis = self.redis();
        redis.keep();
        sleep(time).await;
        redis.stop();
        sleep(away.unwrap_or_default()).await;
        redis.start_with_kept();
    }

    /// Has the replica take over before it has read what it was sent last.
    async fn promote(&mut self) {
        let time = self.time();
        // A master that was away may not have heard yet that another took its place.
        while self.deployment.replica().is_none() {
            sleep(UNNOTICED / 10).await;
        }
        let replica = self.deployment.replica().expect("there is one");
        replica.freeze();
        sleep(time.min(UNNOTICED)).await;
        replica.thaw();
        replica.run::<()>("CLUSTER FAILOVER TAKEOVER");
        sleep(time).await;
    }

    async fn cut(&mut self, processes: &[u8], way: Way) {
        processes
            .iter()
            .for_each(|process| self.deployment.set_way(*process, way));
        self.last().await;
        processes
            .iter()
            .for_each(|process| self.deployment.set_way(*process, Way::Open));
    }

    async fn freeze_primary(&mut self) {
        let frozen = Frozen::new(self.deployment.primary().await);
        sleep(ELECTION).await;
        drop(frozen);
        self.deployment.primary().await;
    }

    /// Some writes past the program: a task gets a new title, another place, a sibling, or is removed.
    async fn write_past(&mut self) {
        for _ in 0..5 {
            let is_task = |known: &Known| matches!(known.thing.what, What::Task { .. });
            let is_passing = self.dice.random_bool(0.3);
            let picked = self
                .world
                .pick(&mut self.dice, |known| is_task(known) && known.passing == is_passing);
            let Some((number, known)) = picked else { continue };
            let start = self.world.watch.now();
            let written = match self.dice.random_range(0..6) {
                0 if is_passing => self.remove_past(number, &known).await,
                1 if is_passing => self.copy_past(&known).await,
                2 | 3 => self.place_past(number, &known).await,
                _ => self.stamp_past(number, &known).await,
            };
            let span = Span {
                start,
                end: self.world.watch.now() + self.bound,
            };
            if let Some((number, op, outcome)) = written {
                self.writes.push(Write {
                    entity: Some(number),
                    op,
                    process: STORE,
                    span,
                    outcome,
                });
            }
            self.last().await;
        }
    }

    async fn stamp_past(&mut self, number: Number, known: &Known) -> Option<(Number, Op, Outcome)> {
        let new = self.world.stamp();
        let outcome = self.update_past(known, doc! { "title": stamp(new) }).await?;
        Some((number, Op::Stamp(new), outcome))
    }

    async fn place_past(&mut self, number: Number, known: &Known) -> Option<(Number, Op, Outcome)> {
        let place = self.dice.random_range(0..PLACES.len() as u8);
        let outcome = self
            .update_past(known, doc! { "status": PLACES[usize::from(place)] })
            .await?;
        Some((number, Op::Place(place), outcome))
    }

    async fn update_past(&self, known: &Known, set: Document) -> Option<Outcome> {
        let tasks = self.deployment.collection(stored::collection(known.thing.what));
        let change = doc! { "$set": set, "$inc": { "version": 1 } };
        let updating = tasks.find_one_and_update(doc! { "_id": stored::object_id(&known.thing) }, change);
        let document = updating.return_document(ReturnDocument::After).await.unwrap()?;
        let (version, state) = stored::state(self.world, known.thing.what, &document);
        Some(Outcome::Acked { version, state })
    }

    async fn remove_past(&self, number: Number, known: &Known) -> Option<(Number, Op, Outcome)> {
        let tasks = self.deployment.collection(stored::collection(known.thing.what));
        let removed = tasks
            .delete_one(doc! { "_id": stored::object_id(&known.thing) })
            .await
            .unwrap();
        self.world.forget(number);
        (removed.deleted_count == 1).then_some((number, Op::Remove, Outcome::Removed))
    }

    async fn copy_past(&mut self, known: &Known) -> Option<(Number, Op, Outcome)> {
        let tasks = self.deployment.collection(stored::collection(known.thing.what));
        let mut document = tasks
            .find_one(doc! { "_id": stored::object_id(&known.thing) })
            .await
            .unwrap()?;
        let (id, new) = (ObjectId::new(), self.world.stamp());
        // Far beyond the numbers that the program gives.
        let number = 1_000_000_i64 + i64::from(new);
        document.extend(doc! { "_id": id, "number": number, "version": 1_i64, "title": stamp(new) });
        tasks.insert_one(&document).await.unwrap();
        let (version, state) = stored::state(self.world, known.thing.what, &document);
        let number = self.world.number(known.thing.what, &format!("tsk_{}", id.to_hex()));
        Some((
            number,
            Op::Create {
                what: known.thing.what,
                state,
            },
            Outcome::Acked { version, state },
        ))
    }
}

/// A process that doesn't run until this is dropped.
struct Frozen(u32);

impl Frozen {
    fn new(pid: u32) -> Frozen {
        signal(pid, "STOP");
        Frozen(pid)
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        signal(self.0, "CONT");
    }
}
