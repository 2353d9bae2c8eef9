//! Many connections, each of which sends the next request of a plan as soon as it has its answer; beside them, if told,
//! requests of another plan at a steady rate.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::{JoinHandle, LocalSet};
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::arguments::Arguments;
use super::connection::Connection;
use super::figures::Figures;
use super::pool::Pool;

/// Enough that a slow answer doesn't hold up the steady rate.
const BESIDE: usize = 8;

/// What all connections share.
struct Shared {
    address: String,
    wires: Vec<Vec<u8>>,
    /// How long the answer to each request was when it first came.
    lengths: Vec<Cell<usize>>,
    may_change: bool,
    begin: Instant,
    end: Instant,
}

/// A plan and how far it is.
struct Order {
    plan: Vec<usize>,
    next: Cell<usize>,
}

/// Runs the load that the arguments describe.
pub async fn run(arguments: &Arguments) -> Value {
    let pool = Pool::read(arguments);
    let wires = pool.wires(arguments.get("indexed").is_some());
    let begin = Instant::now() + Duration::from_secs_f64(arguments.number("warmup", 0.0));
    let shared = Rc::new(Shared {
        address: arguments.text("address").to_owned(),
        lengths: wires.iter().map(|_| Cell::default()).collect(),
        wires,
        may_change: arguments.get("changing").is_some(),
        begin,
        end: begin + Duration::from_secs_f64(arguments.number("seconds", 10.0)),
    });
    let main = Rc::new(Order::of(&pool, arguments.text("plan")));
    let beside = arguments.get("beside").map(|name| Rc::new(Order::of(&pool, name)));
    let rate: f64 = arguments.number("rate", 0.0);
    let connections: usize = arguments.number("connections", 16);
    let tasks = LocalSet::new();
    let running = async {
        let closed: Vec<_> = (0..connections)
            .map(|_| spawn(closed(Rc::clone(&shared), Rc::clone(&main))))
            .collect();
        let steady = beside.filter(|_| rate > 0.0).map(|order| steady(&shared, &order, rate));
        (joined(closed).await, joined(steady.unwrap_or_default()).await)
    };
    let (figures, written) = tasks.run_until(running).await;
    let time = shared.begin.elapsed();
    let mut report = figures.report(time);
    if arguments.get("beside").is_some() {
        report["beside"] = written.report(time);
    }
    report["connections"] = json!(connections);
    report
}

impl Order {
    fn of(pool: &Pool, name: &str) -> Order {
        Order {
            plan: pool.plan(name).to_vec(),
            next: Cell::new(0),
        }
    }

    fn next(&self) -> usize {
        let at = self.next.get();
        self.next.set((at + 1) % self.plan.len());
        self.plan[at]
    }
}

impl Shared {
    /// Sends one request; counts it when it began within the time that counts.
    async fn ask(&self, connection: &mut Connection, at: usize, figures: &RefCell<Figures>) {
        let start = Instant::now();
        let asked = connection.ask(&self.wires[at]).await;
        let took = start.elapsed();
        let reply = asked.unwrap_or_else(|error| panic!("{}: {error}", self.address));
        let before = self.lengths[at].replace(reply.length);
        let is_changed = !self.may_change && before != 0 && before != reply.length;
        if start >= self.begin {
            figures.borrow_mut().answered(&reply, took, is_changed);
        }
    }
}

async fn closed(shared: Rc<Shared>, order: Rc<Order>) -> Figures {
    let mut connection = Connection::open(&shared.address).await;
    let figures = RefCell::default();
    while Instant::now() < shared.end {
        shared.ask(&mut connection, order.next(), &figures).await;
    }
    figures.into_inner()
}

/// Some connections that together send so many a second.
fn steady(shared: &Rc<Shared>, order: &Rc<Order>, rate: f64) -> Vec<JoinHandle<Figures>> {
    let pause = Duration::from_secs_f64(BESIDE as f64 / rate);
    let one = |at: usize| {
        let (shared, order) = (Rc::clone(shared), Rc::clone(order));
        spawn(async move {
            let mut connection = Connection::open(&shared.address).await;
            let figures = RefCell::default();
            sleep(pause.mul_f64(at as f64 / BESIDE as f64)).await;
            let mut ticks = interval(pause);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
            while Instant::now() < shared.end {
                ticks.tick().await;
                shared.ask(&mut connection, order.next(), &figures).await;
            }
            figures.into_inner()
        })
    };
    (0..BESIDE).map(one).collect()
}

fn spawn(task: impl Future<Output = Figures> + 'static) -> JoinHandle<Figures> {
    tokio::task::spawn_local(task)
}

async fn joined(tasks: Vec<JoinHandle<Figures>>) -> Figures {
    let mut all = Figures::default();
    for task in tasks {
        all = all.with(task.await.expect("a connection ends by itself"));
    }
    all
}
