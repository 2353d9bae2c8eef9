//! The writers: each change gives an entity a stamp that nobody wrote before, or moves it between lists.

use std::sync::Arc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::client::{Api, Reply};
use super::model::{DOERS, Number, Op, Outcome, PEOPLE, PLACES, STAGES, State, What, Write};
use super::row;
use super::world::{Known, PASSING, World, creation, stamp};

/// How long a writer rests between two writes, in milliseconds.
const REST: std::ops::Range<u64> = 20..100;
/// How many of the changes are made for a version that is expected: their writers compete.
const EXPECTING: f64 = 0.4;

const STAMP_TASK: &str = "mutation($input: UpdateTaskInput!) { made: updateTask(input: $input) {
    task { id version title status assignees { id } } userErrors { code message } } }";
const STAMP_PROJECT: &str = "mutation($input: UpdateProjectInput!) { made: updateProject(input: $input) {
    project { id version name status members { id } } userErrors { code message } } }";
const STAMP_USER: &str = "mutation($input: UpdateProfileInput!) { made: updateProfile(input: $input) {
    user { id version lastName } userErrors { code message } } }";
const PLACE: &str = "mutation($input: ChangeTaskStatusInput!) { made: changeTaskStatus(input: $input) {
    task { id version title status assignees { id } } userErrors { code message } } }";
const ASSIGN: &str = "mutation($input: AssignTaskInput!) { made: assignTask(input: $input) {
    task { id version title status assignees { id } } userErrors { code message } } }";
const JOIN: &str = "mutation($input: AddProjectMemberInput!) { made: addProjectMember(input: $input) {
    project { id version name status members { id } } userErrors { code message } } }";
const LEAVE: &str = "mutation($input: RemoveProjectMemberInput!) { made: removeProjectMember(input: $input) {
    project { id version name status members { id } } userErrors { code message } } }";
const REMOVE: &str = "mutation($input: DeleteTaskInput!) { made: deleteTask(input: $input) {
    deletedId userErrors { code message } } }";

/// Writes until the run is over; what it wrote.
pub async fn write(world: Arc<World>, seed: u64) -> Vec<Write> {
    let mut writer = Writer {
        api: Api::new(world.watch),
        dice: StdRng::seed_from_u64(seed),
        world,
    };
    let mut written = Vec::new();
    while !writer.world.is_over() {
        if let Some(order) = writer.choose() {
            written.push(writer.carry_out(order).await);
        }
        let rest = writer.dice.random_range(REST);
        sleep(Duration::from_millis(rest)).await;
    }
    written
}

struct Writer {
    world: Arc<World>,
    api: Api,
    dice: StdRng,
}

/// A write to be sent.
struct Order {
    entity: Option<Number>,
    op: Op,
    what: What,
    document: &'static str,
    input: Value,
    token: String,
}

impl Writer {
    /// A write of some sort; `None` when there is nothing to do it to.
    fn choose(&mut self) -> Option<Order> {
        match self.dice.random_range(0..100) {
            0..10 if self.world.passing() < PASSING => Some(self.creating()),
            0..20 => self.removing(),
            20..40 => self.moving(),
            40..55 => self.changing_people(),
            _ => self.stamping(),
        }
    }

    fn creating(&mut self) -> Order {
        let project = self.world.projects[self.dice.random_range(0..self.world.projects.len())];
        let place = self.dice.random_range(0..PLACES.len() as u8);
        let state = State {
            stamp: self.world.stamp(),
            place,
            who: 0,
        };
        let what = What::Task { project };
        let op = Op::Create { what, state };
        let (document, input, _) = creation(op, &self.world);
        let token = self.world.admin.clone();
        Order {
            entity: None,
            op,
            what,
            document,
            input,
            token,
        }
    }

    fn removing(&mut self) -> Option<Order> {
        let (number, known) = self.world.pick(&mut self.dice, |known| known.passing)?;
        Some(self.order(number, &known, Op::Remove, REMOVE, json!({ "taskId": known.thing.id })))
    }

    fn moving(&mut self) -> Option<Order> {
        let (number, known) = self
            .world
            .pick(&mut self.dice, |known| known.thing.what != What::User)?;
        let place = self.dice.random_range(0..PLACES.len() as u8);
        let (document, input) = match known.thing.what {
            What::Task { .. } => (
                PLACE,
                json!({ "taskId": known.thing.id, "status": PLACES[usize::from(place)] }),
            ),
            _ => (
                STAMP_PROJECT,
                json!({ "projectId": known.thing.id, "status": STAGES[usize::from(place)] }),
            ),
        };
        Some(self.order(number, &known, Op::Place(place), document, input))
    }

    fn changing_people(&mut self) -> Option<Order> {
        let of_projects = self.dice.random_bool(0.5);
        let fits = |known: &Known| match known.thing.what {
            What::Task { .. } => !of_projects,
            What::Project => of_projects,
            What::User => false,
        };
        let (number, known) = self.world.pick(&mut self.dice, fits)?;
        if !of_projects {
            let who = self.dice.random_range(0..1 << DOERS);
            let people = (0..DOERS).filter(|person| who & (1 << person) != 0);
            let ids: Vec<&str> = people
                .map(|person| self.world.people[usize::from(person)].id.as_str())
                .collect();
            let input = json!({ "taskId": known.thing.id, "assigneeIds": ids });
            return Some(self.order(number, &known, Op::Assign(who), ASSIGN, input));
        }
        let person = self.dice.random_range(DOERS..PEOPLE);
        let (op, document) = match self.dice.random_bool(0.5) {
            true => (Op::Join(person), JOIN),
            false => (Op::Leave(person), LEAVE),
        };
        let user = &self.world.people[usize::from(person)].id;
        let input = json!({ "projectId": known.thing.id, "userId": user });
        Some(self.order(number, &known, op, document, input))
    }

    fn stamping(&mut self) -> Option<Order> {
        let (number, known) = self.world.pick(&mut self.dice, |_| true)?;
        let new = self.world.stamp();
        let (document, input) = match known.thing.what {
            What::Task { .. } => (STAMP_TASK, json!({ "taskId": known.thing.id, "title": stamp(new) })),
            What::Project => (
                STAMP_PROJECT,
                json!({ "projectId": known.thing.id, "name": stamp(new) }),
            ),
            What::User => (STAMP_USER, json!({ "lastName": stamp(new) })),
        };
        Some(self.order(number, &known, Op::Stamp(new), document, input))
    }

    fn order(&mut self, entity: Number, known: &Known, op: Op, document: &'static str, mut input: Value) -> Order {
        let what = known.thing.what;
        let person = self.world.people.iter().find(|person| person.number == entity);
        let token = person.map_or(&self.world.admin, |person| &person.token).clone();
        if what != What::User && self.dice.random_bool(EXPECTING) {
            input["expectedVersion"] = known.version.into();
        }
        Order {
            entity: Some(entity),
            op,
            what,
            document,
            input,
            token,
        }
    }

    async fn carry_out(&mut self, order: Order) -> Write {
        let process = self.world.processes.any(&mut self.dice);
        let variables = json!({ "input": order.input });
        let url = self.world.processes.url(process);
        let asking = self.api.ask(url, &order.token, order.document, &variables);
        let (span, reply) = self.world.processes.writing(process, asking).await;
        let mut entity = order.entity;
        let outcome = match reply {
            Reply::Refused(why) => Outcome::Refused(why),
            Reply::Unknown(why) => Outcome::Unknown(why),
            Reply::Data(data) => self.outcome(&order, &data["made"], &mut entity),
        };
        Write {
            entity,
            op: order.op,
            process,
            span,
            outcome,
        }
    }

    fn outcome(&self, order: &Order, payload: &Value, entity: &mut Option<Number>) -> Outcome {
        if let Some(error) = payload["userErrors"].get(0) {
            return Outcome::Refused(format!("{}: {}", error["code"], error["message"]));
        }
        if order.op == Op::Remove {
            self.world.forget(order.entity.expect("it was known"));
            return Outcome::Removed;
        }
        let object = ["task", "project", "user"]
            .map(|name| &payload[name])
            .into_iter()
            .find(|row| row.is_object());
        let object = object.unwrap_or_else(|| panic!("no object in {payload}"));
        let row = row::read(&self.world, order.what, object);
        *entity = Some(row.number);
        self.world
            .learn(row.number, row.version, matches!(order.what, What::Task { .. }));
        Outcome::Acked {
            version: row.version,
            state: row.state,
        }
    }
}
