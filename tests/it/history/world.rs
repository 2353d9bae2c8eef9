//! The organisation that a run works on: fifty entities that stay, tasks that come and go, and what everybody knows
//! of them so far.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use parking_lot::{Mutex, RwLock};
use rand::Rng;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::client::{Api, Processes, Reply};
use super::model::{DOERS, Number, Op, Outcome, PEOPLE, PLACES, STAGES, STORE, Span, State, Thing, Watch, What, Write};

/// How many projects and tasks stay; with the people they are fifty.
const PROJECTS: usize = 4;
const TASKS: usize = 38;
/// How many tasks that come and go there may be at a time.
pub const PASSING: usize = 12;

/// The password of every account.
pub const PASSWORD: &str = "correct horse battery";

/// An account to be made.
pub struct Account {
    pub email: String,
    /// As the program's command takes it.
    pub role: &'static str,
}

impl Account {
    /// The administrator who makes everything, and the people in their order.
    pub fn all() -> Vec<Account> {
        let account = |at: u8| Account {
            email: format!("p{at}@example.com"),
            role: if at <= DOERS { "admin" } else { "team_member" },
        };
        (0..=PEOPLE).map(account).collect()
    }
}

/// Somebody who signed in.
pub struct Person {
    pub id: String,
    pub token: String,
    pub number: Number,
}

/// What is known of an entity.
#[derive(Clone)]
pub struct Known {
    pub thing: Thing,
    pub version: u32,
    pub passing: bool,
}

/// Everything that a run shares.
pub struct World {
    pub watch: Watch,
    pub processes: Processes,
    pub admin: String,
    pub people: Vec<Person>,
    pub projects: Vec<Number>,
    known: RwLock<Vec<Known>>,
    numbers: RwLock<HashMap<String, Number>>,
    /// What writers may change.
    open: Mutex<Vec<Number>>,
    /// What was changed last.
    latest: AtomicU32,
    stamps: AtomicU32,
    over: AtomicBool,
}

impl World {
    /// Signs in who has these accounts, and makes the rest of the organisation. Also returns these writes.
    pub async fn new(processes: Processes, accounts: &[Account]) -> (World, Vec<Write>) {
        let mut world = World {
            watch: Watch::started(),
            processes,
            admin: String::new(),
            people: Vec::new(),
            projects: Vec::new(),
            known: RwLock::default(),
            numbers: RwLock::default(),
            open: Mutex::default(),
            latest: AtomicU32::new(0),
            stamps: AtomicU32::new(0),
            over: AtomicBool::new(false),
        };
        let mut writes = world.sign_in(accounts).await;
        for at in 0..PROJECTS {
            let op = Op::Create {
                what: What::Project,
                state: world.state(at % STAGES.len()),
            };
            writes.push(world.make(op).await);
        }
        for at in 0..TASKS {
            let project = world.projects[at % PROJECTS];
            let state = world.state(at / PROJECTS % PLACES.len());
            writes.push(
                world
                    .make(Op::Create {
                        what: What::Task { project },
                        state,
                    })
                    .await,
            );
        }
        (world, writes)
    }

    async fn sign_in(&mut self, accounts: &[Account]) -> Vec<Write> {
        let (login, rename) = (
            "mutation($input: LoginInput!) { login(input: $input) { token } }",
            "mutation($input: UpdateProfileInput!) { updateProfile(input: $input) { user { id version } } }",
        );
        let mut writes = Vec::new();
        for (at, account) in accounts.iter().enumerate() {
            let input = json!({ "email": account.email, "password": PASSWORD });
            let token = text(&self.insist("", login, &input).await["login"]["token"]);
            if at == 0 {
                self.admin = token;
                continue;
            }
            let state = self.state(0);
            let input = json!({ "lastName": stamp(state.stamp) });
            let user = self.insist(&token, rename, &input).await["updateProfile"]["user"].take();
            let (number, write) = self.enter(What::User, &user, state);
            writes.push(write);
            self.people.push(Person {
                id: text(&user["id"]),
                token,
                number,
            });
        }
        writes
    }

    async fn make(&mut self, op: Op) -> Write {
        let (document, input, object) = creation(op, self);
        let mut data = self.insist(&self.admin, document, &input).await;
        let Op::Create { what, state } = op else {
            unreachable!("it makes something")
        };
        let (number, write) = self.enter(what, &data["made"][object].take(), state);
        if what == What::Project {
            self.projects.push(number);
        }
        write
    }

    async fn insist(&self, token: &str, document: &str, input: &Value) -> Value {
        let api = Api::new(self.watch);
        let variables = json!({ "input": input });
        match api.ask(self.processes.url(0), token, document, &variables).await.1 {
            Reply::Data(data) => data,
            Reply::Refused(why) | Reply::Unknown(why) => panic!("{document}: {why}"),
        }
    }

    /// Takes note of what was there before the run began.
    fn enter(&self, what: What, object: &Value, state: State) -> (Number, Write) {
        let version = u32::try_from(object["version"].as_u64().unwrap()).unwrap();
        let number = self.number(what, object["id"].as_str().unwrap());
        self.learn(number, version, false);
        let write = Write {
            entity: Some(number),
            op: Op::Create { what, state },
            process: STORE,
            span: Span::default(),
            outcome: Outcome::Acked { version, state },
        };
        (number, write)
    }

    fn state(&self, place: usize) -> State {
        State {
            stamp: self.stamp(),
            place: u8::try_from(place).unwrap(),
            who: 0,
        }
    }

    /// A stamp that nobody has written.
    pub fn stamp(&self) -> u32 {
        self.stamps.fetch_add(1, Ordering::Relaxed)
    }

    /// The number of the entity with this id.
    pub fn number(&self, what: What, id: &str) -> Number {
        if let Some(number) = self.numbers.read().get(id) {
            return *number;
        }
        let mut numbers = self.numbers.write();
        let mut known = self.known.write();
        *numbers.entry(id.to_owned()).or_insert_with(|| {
            let thing = Thing {
                id: id.to_owned(),
                what,
            };
            known.push(Known {
                thing,
                version: 0,
                passing: true,
            });
            Number::try_from(known.len() - 1).unwrap()
        })
    }

    /// What a reply said: the entity is there in this version, for writers to change.
    pub fn learn(&self, number: Number, version: u32, passing: bool) {
        let known = &mut self.known.write()[number as usize];
        if known.version == 0 {
            known.passing = passing;
            self.open.lock().push(number);
        }
        known.version = known.version.max(version);
        self.latest.store(number, Ordering::Relaxed);
    }

    /// Nobody shall change it any more.
    pub fn forget(&self, number: Number) {
        self.open.lock().retain(|open| *open != number);
        self.latest.store(number, Ordering::Relaxed);
    }

    pub fn known(&self, number: Number) -> Known {
        self.known.read()[number as usize].clone()
    }

    pub fn things(&self) -> Vec<Thing> {
        self.known.read().iter().map(|known| known.thing.clone()).collect()
    }

    /// One that writers may change, of those that this accepts.
    pub fn pick(&self, dice: &mut StdRng, accept: impl Fn(&Known) -> bool) -> Option<(Number, Known)> {
        let open = self.open.lock().clone();
        let known = self.known.read();
        let fit: Vec<Number> = open
            .into_iter()
            .filter(|number| accept(&known[*number as usize]))
            .collect();
        let number = *fit.get(dice.random_range(0..fit.len().max(1)))?;
        Some((number, known[number as usize].clone()))
    }

    /// One that a read may ask for: often what was changed last, else any of those that are there.
    pub fn interesting(&self, dice: &mut StdRng) -> (Number, Known) {
        let latest = self.latest.load(Ordering::Relaxed);
        match dice.random_bool(0.5) {
            true => (latest, self.known(latest)),
            false => self.pick(dice, |_| true).expect("some stay"),
        }
    }

    pub fn passing(&self) -> usize {
        let known = self.known.read();
        self.open
            .lock()
            .iter()
            .filter(|number| known[**number as usize].passing)
            .count()
    }

    /// The bits of the people with these ids.
    pub fn bits(&self, people: &Value) -> u8 {
        let ids = people
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|person| person["id"].as_str());
        let bit = |id: &str| {
            self.people
                .iter()
                .position(|person| person.id == id)
                .map_or(0, |at| 1 << at)
        };
        ids.map(bit).sum()
    }

    pub fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }
}

/// How a stamp stands in a name or title.
pub fn stamp(stamp: u32) -> String {
    format!("s:{stamp}")
}

/// The stamp in a name or title; what stands there from before the run has none.
pub fn stamped(text: &Value) -> u32 {
    let number = text.as_str().and_then(|text| text.strip_prefix("s:"));
    number.and_then(|number| number.parse().ok()).unwrap_or(u32::MAX)
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The document, the input and the object of a mutation that makes an entity.
pub fn creation(op: Op, world: &World) -> (&'static str, Value, &'static str) {
    let Op::Create { what, state } = op else {
        unreachable!("it makes something")
    };
    match what {
        What::Task { project } => (
            "mutation($input: CreateTaskInput!) { made: createTask(input: $input) {
                task { id version title status assignees { id } } userErrors { code message } } }",
            json!({
                "projectId": world.known(project).thing.id,
                "title": stamp(state.stamp),
                "status": PLACES[usize::from(state.place)],
            }),
            "task",
        ),
        What::Project | What::User => (
            "mutation($input: CreateProjectInput!) { made: createProject(input: $input) {
                project { id version name status } userErrors { code message } } }",
            json!({ "name": stamp(state.stamp), "status": STAGES[usize::from(state.place)] }),
            "project",
        ),
    }
}
