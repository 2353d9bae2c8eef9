//! A few tasks of one project, writers and readers in two processes, one fault, and the judge of what was read.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use kanvaro::cache::{Cache, CacheBackend, Lease, MemoryBackend, TieredBackend};
use kanvaro::invalidation::epoch;
use kanvaro::loader::{Assumed, Loaders, Source};
use kanvaro::metrics::Metrics;
use kanvaro::model::{Clock, Direction, Filter, Id, Kind, Query, Row, Sort, Task, Value};
use kanvaro::store::{Settle, Store, StoreBackend, StoreError, Write};
use parking_lot::Mutex;
use tokio::task::yield_now;

use super::engines::{ScheduledCache, ScheduledStore, Tasks};
use super::scheduler::Scheduler;
use crate::support::sample::{self, NOON};

/// What goes wrong in a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// A process dies.
    Crash,
    /// A process can't reach the cache for a while.
    CutOff,
    /// The cache forgets everything.
    Flush,
    /// The cache forgets everything, and a process can't reach it for a while after.
    Restart,
    /// Some writes are not answered for.
    LostAnswers,
    /// Time passes in leaps: marks and leases run out.
    Leaps,
}

impl Fault {
    pub const ALL: [Fault; 7] = [
        Fault::None,
        Fault::Crash,
        Fault::CutOff,
        Fault::Flush,
        Fault::Restart,
        Fault::LostAnswers,
        Fault::Leaps,
    ];

    /// Whether marks may be lost while their write is under way. Then only the write's own reply is kept: whoever replies
    /// with what it has found may be before the writer is, which docs/caching.md says is not covered.
    const fn loses_marks(self) -> bool {
        matches!(self, Fault::Flush | Fault::Restart)
    }
}

/// What stands at the door of a process's store.
pub type Door = Box<dyn FnOnce(Cache) -> Arc<dyn Settle>>;

const PROCESSES: usize = 2;
const WRITERS: usize = 2;
const READERS: usize = 3;
const WRITES: usize = 3;
const READS: usize = 4;
/// Where processes hold values: a read counts on those only once it has been done before.
const NEAR_READS: usize = 12;
const TASKS: usize = 2;
const TODO: &str = "todo";

/// One schedule.
#[derive(Clone)]
pub struct World {
    scheduler: Scheduler,
    tasks: Arc<Tasks>,
    cache: Arc<Mutex<Arc<dyn CacheBackend>>>,
    cut_off: Vec<Arc<AtomicBool>>,
    fault: Fault,
    /// Whether processes hold values, take them for current, and ask for all of them at once: every second schedule.
    near: bool,
    organization: Id,
    project: Id,
    ids: Vec<Id>,
    /// The version of each task that a read begun now must at least see.
    floors: Arc<Mutex<BTreeMap<Id, usize>>>,
    at_work: Arc<AtomicUsize>,
    broken: Arc<Mutex<Option<String>>>,
}

/// One process.
#[derive(Clone)]
struct Process {
    number: usize,
    store: Store,
    source: Source,
}

impl World {
    /// Runs one schedule to its end; what broke the promise, if something did.
    pub fn run(seed: u64, fault: Fault, door: fn(&World, usize) -> Door) -> Option<String> {
        let world = World::played(seed, fault, door);
        let broken = world.broken.lock().take();
        broken.map(|broken| format!("{broken}\n{}", world.scheduler.trace()))
    }

    /// What happened in a schedule.
    pub fn trace(seed: u64, fault: Fault, door: fn(&World, usize) -> Door) -> String {
        World::played(seed, fault, door).scheduler.trace()
    }

    fn played(seed: u64, fault: Fault, door: fn(&World, usize) -> Door) -> World {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build();
        let world = World::new(seed, fault);
        runtime.unwrap().block_on(world.play(door));
        world
    }

    fn new(seed: u64, fault: Fault) -> World {
        let project = sample::project(&sample::user(sample::id()));
        let tasks = Arc::new(Tasks::default());
        let mut ids = Vec::new();
        let engine = World::engine(&tasks, &Scheduler::new(0), 0, false);
        for _ in 0..TASKS {
            let task = Task {
                version: 1,
                status: TODO.into(),
                ..sample::task(&project)
            };
            ids.push(task.id);
            let entity = kanvaro::model::EntityRef::new(Kind::Task, task.id);
            let document = engine.format().encode(&task.into()).unwrap();
            tasks.seed(&[Write::Insert { entity, document }]);
        }
        let memory: Arc<dyn CacheBackend> = Arc::new(MemoryBackend::new(1 << 20));
        World {
            scheduler: Scheduler::new(seed),
            tasks,
            cache: Arc::new(Mutex::new(memory)),
            cut_off: (0..PROCESSES).map(|_| Arc::default()).collect(),
            fault,
            near: seed % 2 == 1,
            organization: project.organization,
            project: project.id,
            floors: Arc::new(Mutex::new(ids.iter().map(|id| (*id, 1)).collect())),
            ids,
            at_work: Arc::default(),
            broken: Arc::default(),
        }
    }

    fn engine(tasks: &Arc<Tasks>, scheduler: &Scheduler, process: usize, loses_answers: bool) -> ScheduledStore {
        ScheduledStore {
            tasks: tasks.clone(),
            scheduler: scheduler.clone(),
            process,
            loses_answers,
        }
    }

    /// The store as a process sees it.
    pub fn store(&self, process: usize) -> Arc<dyn StoreBackend> {
        let loses = self.fault == Fault::LostAnswers;
        Arc::new(World::engine(&self.tasks, &self.scheduler, process, loses))
    }

    fn process(&self, number: usize, door: Door) -> Process {
        let (lease, metrics) = (Lease::unread(), Metrics::default());
        let engine = ScheduledCache {
            inner: self.cache.clone(),
            scheduler: self.scheduler.clone(),
            process: number,
            cut_off: self.cut_off[number].clone(),
        };
        let engine: Arc<dyn CacheBackend> = match self.near {
            true => Arc::new(TieredBackend::validated(Arc::new(engine), 1 << 20, Clock::manual(NOON))),
            false => Arc::new(engine),
        };
        let cache = Cache::new(engine, lease.clone(), Duration::from_secs(60), metrics.clone());
        let backend = self.store(number);
        let kept = Arc::clone(&backend);
        tokio::spawn(async move {
            epoch::keep(lease, &kept).await;
            // Held to the end, so that the lease is kept as long.
            std::future::pending::<()>().await;
        });
        let store = Store::new(backend, door(cache.clone()), Clock::manual(NOON), metrics.clone());
        Process {
            number,
            source: Source::new(cache, store.clone(), metrics),
            store,
        }
    }

    async fn play(&self, door: fn(&World, usize) -> Door) {
        let processes: Vec<Process> = (0..PROCESSES)
            .map(|number| self.process(number, door(self, number)))
            .collect();
        let on = |actor: usize| processes[actor % PROCESSES].clone();
        for writer in 0..WRITERS {
            self.spawn(self.clone().write(on(writer)), on(writer).number);
        }
        for reader in 0..READERS {
            self.spawn(self.clone().read(on(reader)), on(reader).number);
        }
        self.drive(true).await;
        self.heal();
        // Everything that was left behind has its time, then what is served is what is there.
        for _ in 0..8 {
            tokio::time::advance(Duration::from_secs(5)).await;
            self.settle_down().await;
        }
        let left = processes
            .into_iter()
            .find(|process| !self.scheduler.is_dead(process.number));
        *self.floors.lock() = self.committed();
        if let Some(process) = left {
            self.spawn(self.clone().read(process.clone()), process.number);
            self.drive(false).await;
        }
    }

    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static, process: usize) {
        self.at_work.fetch_add(1, Ordering::SeqCst);
        let (at_work, scheduler) = (self.at_work.clone(), self.scheduler.clone());
        tokio::spawn(async move {
            let mut work = std::pin::pin!(work);
            // A dead process works no more; its tasks are only waited for until then.
            tokio::select! {
                biased;
                () = &mut work => {}
                () = scheduler.death(process) => {}
            }
            at_work.fetch_sub(1, Ordering::SeqCst);
        });
    }

    /// Chooses who goes next until nobody is at work; lets time pass where all wait for it.
    async fn drive(&self, faulty: bool) {
        let mut steps = 0_u32;
        while self.at_work.load(Ordering::SeqCst) > 0 && self.broken.lock().is_none() && steps < 20_000 {
            self.quiet().await;
            steps += 1;
            if faulty {
                self.strike(steps).await;
            }
            if !self.scheduler.step() {
                tokio::time::advance(Duration::from_millis(250)).await;
            }
        }
        if steps >= 20_000 {
            self.broken.lock().get_or_insert_with(|| "it never ends".into());
        }
    }

    /// Lets whoever waits go on, and no new work begin.
    async fn settle_down(&self) {
        for _ in 0..50 {
            self.quiet().await;
            if !self.scheduler.step() {
                return;
            }
        }
    }

    /// Until nobody can go on without a turn or time.
    async fn quiet(&self) {
        let (mut calm, mut waiting) = (0, usize::MAX);
        while calm < 4 {
            yield_now().await;
            let now = self.scheduler.waiting();
            calm = if now == waiting { calm + 1 } else { 0 };
            waiting = now;
        }
    }

    async fn strike(&self, steps: u32) {
        let roll = |sides| self.scheduler.roll(sides);
        match self.fault {
            Fault::Crash if roll(100) == 0 && !self.scheduler.is_dead(0) => self.scheduler.kill(0),
            Fault::CutOff if roll(40) == 0 => {
                let far = &self.cut_off[1];
                far.store(!far.load(Ordering::SeqCst), Ordering::SeqCst);
                self.scheduler.note("process 1 is cut off from the cache, or back");
            }
            Fault::Flush if roll(30) == 0 => {
                *self.cache.lock() = Arc::new(MemoryBackend::new(1 << 20));
                self.scheduler.note("the cache forgets");
            }
            // Mostly when a write has just been told that its marks stand.
            Fault::Restart if self.scheduler.last_was("1 cache marks answered") && roll(2) == 0 => self.restart(),
            Fault::Restart if roll(60) == 0 && self.cut_off[1].load(Ordering::SeqCst) => {
                self.cut_off[1].store(false, Ordering::SeqCst);
                self.scheduler.note("process 1 is back");
            }
            Fault::Restart if roll(200) == 0 => self.restart(),
            Fault::Leaps if roll(20) == 0 => {
                let leap = Duration::from_millis(u64::from(roll(6_000)));
                self.scheduler.note(format!("{leap:?} pass after step {steps}"));
                tokio::time::advance(leap).await;
            }
            _ => {}
        }
    }

    /// The cache forgets everything, and process 1 doesn't find it again yet.
    fn restart(&self) {
        *self.cache.lock() = Arc::new(MemoryBackend::new(1 << 20));
        self.cut_off[1].store(true, Ordering::SeqCst);
        self.scheduler.slow_down(1, self.scheduler.roll(30));
        self.scheduler.note("the cache restarts, and process 1 is cut off");
    }

    fn heal(&self) {
        self.cut_off.iter().for_each(|cut| cut.store(false, Ordering::SeqCst));
        self.scheduler.note("-- all is well again");
    }

    /// How many versions each task has had.
    fn committed(&self) -> BTreeMap<Id, usize> {
        let history = self.tasks.history.lock();
        history.iter().map(|(id, statuses)| (*id, statuses.len())).collect()
    }

    async fn write(self, process: Process) {
        for _ in 0..WRITES {
            let id = self.any_id();
            for _attempt in 0..3 {
                let before: Arc<Task> = process.store.get(id).await.unwrap().unwrap();
                let status = if before.status == TODO { "done" } else { TODO };
                let mut after = Task::clone(&before);
                status.clone_into(&mut after.status);
                match process.store.update(&before, after).await {
                    Ok(written) => {
                        self.told(&process, &written);
                        break;
                    }
                    Err(StoreError::Conflict(_)) => {}
                    Err(_) => break,
                }
            }
        }
    }

    fn any_id(&self) -> Id {
        self.ids[self.scheduler.roll(TASKS as u32) as usize]
    }

    /// A mutation that finds nothing to change, and replies with what it has found.
    async fn look_at(&self, process: &Process, id: Id) {
        let found: Arc<Task> = process.store.get(id).await.unwrap().unwrap();
        if process.store.agree().await.is_ok() {
            self.told(process, &found);
        }
    }

    /// What begins from now on must not be older than this.
    fn told(&self, process: &Process, task: &Task) {
        let version = usize::try_from(task.version).unwrap();
        let mut floors = self.floors.lock();
        let floor = floors.get_mut(&task.id).unwrap();
        *floor = version.max(*floor);
        let place = self.ids.iter().position(|one| *one == task.id).unwrap();
        self.scheduler
            .note(format!("{} is told: version {version} of task {place}", process.number));
    }

    async fn read(self, process: Process) {
        for _ in 0..if self.near { NEAR_READS } else { READS } {
            if !self.fault.loses_marks() && self.scheduler.roll(4) == 0 {
                self.look_at(&process, self.any_id()).await;
            }
            let floors = self.floors.lock().clone();
            let what = self.scheduler.roll(3);
            if let Some(old) = self.read_one(&process, what, &floors).await {
                let text = format!(
                    "process {} was told {old}; it must at least see {floors:?}",
                    process.number
                );
                self.broken.lock().get_or_insert(text);
            }
        }
    }

    /// As the API reads: what the process holds is taken for current, and read anew where it turns out not to be.
    async fn read_one(&self, process: &Process, what: u32, floors: &BTreeMap<Id, usize>) -> Option<String> {
        if self.near {
            let assumed = Assumed::default();
            let told = self
                .look(&Loaders::assuming(&process.source, &assumed), what, floors)
                .await;
            if assumed.take().holds(&process.source, Some(self.organization)).await {
                return told;
            }
        }
        self.look(&Loaders::new(&process.source), what, floors).await
    }

    async fn look(&self, loaders: &Loaders, what: u32, floors: &BTreeMap<Id, usize>) -> Option<String> {
        match what {
            0 => self.read_task(loaders, floors).await,
            1 => self.read_page(loaders, floors).await,
            _ => self.read_count(loaders, floors).await,
        }
    }

    async fn read_task(&self, loaders: &Loaders, floors: &BTreeMap<Id, usize>) -> Option<String> {
        let id = self.any_id();
        let seen = loaders.get_as::<Task>(id).await.unwrap().unwrap();
        let version = usize::try_from(seen.version).unwrap();
        (version < floors[&id]).then(|| format!("version {version} of {id}"))
    }

    async fn read_page(&self, loaders: &Loaders, floors: &BTreeMap<Id, usize>) -> Option<String> {
        let query = Query {
            filter: self.todo(),
            sort: Sort {
                field: "createdAt",
                direction: Direction::Ascending,
            },
            after: None,
            skip: 0,
            limit: 100,
        };
        let page = loaders.page(Kind::Task, query).await.unwrap();
        let there: Vec<Id> = page.iter().filter_map(Row::reference).map(|task| task.id).collect();
        let wrong = self.ids.iter().find(|id| {
            let could = self.could_be_todo(**id, floors[id]);
            !could.contains(&there.contains(id))
        });
        wrong.map(|id| format!("a page with {there:?}, which is wrong for {id}"))
    }

    async fn read_count(&self, loaders: &Loaders, floors: &BTreeMap<Id, usize>) -> Option<String> {
        let count = loaders.count(Kind::Task, self.todo()).await.unwrap();
        let could: Vec<Vec<bool>> = self.ids.iter().map(|id| self.could_be_todo(*id, floors[id])).collect();
        let least = could.iter().filter(|could| !could.contains(&false)).count() as u64;
        let most = could.iter().filter(|could| could.contains(&true)).count() as u64;
        (!(least..=most).contains(&count)).then(|| format!("a count of {count}, not {least} to {most}"))
    }

    fn todo(&self) -> Filter {
        Filter::Eq("project", Value::Id(self.project)).and(Filter::Eq("status", Value::Text(TODO.into())))
    }

    /// What may be seen of a task from this version on: on the list, off it, or either.
    fn could_be_todo(&self, id: Id, floor: usize) -> Vec<bool> {
        let history = self.tasks.history.lock();
        history[&id][floor - 1..].iter().map(|status| status == TODO).collect()
    }
}
