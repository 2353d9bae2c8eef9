//! The readers: single entities, many by their ids, lists with their counts, boards, and what somebody sees who
//! comes and goes.

use std::sync::Arc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::client::{Api, Reply};
use super::model::{DOERS, List, Number, PEOPLE, PLACES, Read, STAGES, Seen, What};
use super::real::setting;
use super::row::{self, PROJECT, Row, TASK, USER};
use super::world::World;

/// How long a reader rests at most between two reads, in milliseconds, unless the run says otherwise.
const REST: u64 = 60;
/// How many entities are asked for at once.
const MANY: usize = 20;

/// What a reader did: the reads that were answered, and how many were not.
#[derive(Default)]
pub struct Reads {
    pub answered: Vec<Read>,
    pub failed: usize,
}

/// Reads until the run is over.
pub async fn read(world: Arc<World>, seed: u64) -> Reads {
    let mut reader = Reader {
        api: Api::new(world.watch),
        dice: StdRng::seed_from_u64(seed),
        world,
    };
    let mut reads = Reads::default();
    let longest = setting("REST").map_or(REST, |text| text.parse().unwrap());
    while !reader.world.is_over() {
        let process = reader.world.processes.any(&mut reader.dice);
        let question = reader.choose();
        match reader.ask(process, question).await {
            Some(read) => reads.answered.push(read),
            None => reads.failed += 1,
        }
        let rest = reader.dice.random_range(longest / 6..=longest);
        sleep(Duration::from_millis(rest)).await;
    }
    reads
}

/// Reads everything of every process once: what each says when all is over.
pub async fn read_all(world: &Arc<World>) -> Reads {
    let mut reader = Reader {
        api: Api::new(world.watch),
        dice: StdRng::seed_from_u64(0),
        world: world.clone(),
    };
    let mut reads = Reads::default();
    let all: Vec<Number> = (0..u32::try_from(world.things().len()).unwrap()).collect();
    for process in 0..world.processes.count() {
        let mut questions: Vec<Question> = all.chunks(MANY).map(|some| Question::Many(some.to_vec())).collect();
        questions.extend(world.projects.iter().map(|project| Question::Board(*project)));
        questions.extend((DOERS..PEOPLE).map(Question::Member));
        questions.extend((0..DOERS).map(Question::Doer));
        questions.extend((0..STAGES.len() as u8).map(Question::Stage));
        for question in questions {
            match reader.ask(process, question).await {
                Some(read) => reads.answered.push(read),
                None => reads.failed += 1,
            }
        }
    }
    reads
}

struct Reader {
    world: Arc<World>,
    api: Api,
    dice: StdRng,
}

/// What is asked.
enum Question {
    One(Number),
    Many(Vec<Number>),
    Column {
        project: Number,
        place: u8,
    },
    Board(Number),
    Doer(u8),
    Stage(u8),
    People,
    /// All projects that somebody sees who comes and goes.
    Member(u8),
    /// Whether such a person sees a project.
    Admitted {
        person: u8,
        project: Number,
    },
}

impl Question {
    fn name(&self) -> &'static str {
        match self {
            Question::One(_) => "one entity",
            Question::Many(_) => "many entities",
            Question::Column { .. } => "tasks of a column",
            Question::Board(_) => "board",
            Question::Doer(_) => "tasks of a person",
            Question::Stage(_) => "projects of a stage",
            Question::People => "people",
            Question::Member(_) => "projects of a member",
            Question::Admitted { .. } => "project of a member",
        }
    }
}

impl Reader {
    fn choose(&mut self) -> Question {
        let (latest, known) = self.world.interesting(&mut self.dice);
        let project = match known.thing.what {
            What::Task { project } => project,
            What::Project => latest,
            What::User => self.world.projects[self.dice.random_range(0..self.world.projects.len())],
        };
        let place = self.dice.random_range(0..PLACES.len() as u8);
        let person = self.dice.random_range(DOERS..PEOPLE);
        match self.dice.random_range(0..100) {
            0..35 => Question::One(latest),
            35..45 => Question::Many((0..MANY).map(|_| self.world.interesting(&mut self.dice).0).collect()),
            45..60 => Question::Column { project, place },
            60..70 => Question::Board(project),
            70..76 => Question::Doer(self.dice.random_range(0..DOERS)),
            76..82 => Question::Stage(place),
            82..86 => Question::People,
            86..92 => Question::Member(person),
            _ => Question::Admitted { person, project },
        }
    }

    async fn ask(&mut self, process: u8, question: Question) -> Option<Read> {
        let (document, variables, token) = self.document(&question);
        let url = self.world.processes.url(process);
        let (span, reply) = self.api.ask(url, token, &document, &variables).await;
        let Reply::Data(data) = reply else { return None };
        Some(Read {
            process,
            asked: question.name(),
            span,
            seen: self.seen(&question, &data),
        })
    }

    fn id(&self, number: Number) -> String {
        self.world.known(number).thing.id
    }

    /// The document, its variables, and who asks.
    fn document(&self, question: &Question) -> (String, Value, &str) {
        let admin = self.world.admin.as_str();
        match question {
            Question::One(number) => {
                let (field, fragment, definition) = match self.world.known(*number).thing.what {
                    What::Task { .. } => ("task", "t", TASK),
                    What::Project => ("project", "p", PROJECT),
                    What::User => ("user", "u", USER),
                };
                let text = format!("query($id: ID!) {{ one: {field}(id: $id) {{ ...{fragment} }} }} {definition}");
                (text, json!({ "id": self.id(*number) }), admin)
            }
            Question::Many(numbers) => {
                let ids: Vec<String> = numbers.iter().map(|number| self.id(*number)).collect();
                let text = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename ...t ...p ...u } }";
                (format!("{text} {TASK} {PROJECT} {USER}"), json!({ "ids": ids }), admin)
            }
            Question::Column { project, place } => {
                let filter = json!({ "projectId": self.id(*project), "status": [PLACES[usize::from(*place)]] });
                (tasks(), json!({ "filter": filter }), admin)
            }
            Question::Doer(person) => {
                let filter = json!({ "assigneeId": self.world.people[usize::from(*person)].id });
                (tasks(), json!({ "filter": filter }), admin)
            }
            Question::Board(project) => {
                let text = "query($id: ID!) { board(projectId: $id) { project { ...p }
                    columns { key count tasks(first: 100) { ...t } } } }";
                (
                    format!("{text} {TASK} {PROJECT}"),
                    json!({ "id": self.id(*project) }),
                    admin,
                )
            }
            Question::Stage(place) => {
                let filter = json!({ "status": STAGES[usize::from(*place)] });
                (projects(), json!({ "filter": filter }), admin)
            }
            Question::People => {
                let text = "query { rows: users(first: 100) { nodes { ...u } } }";
                (format!("{text} {USER}"), json!({}), admin)
            }
            Question::Member(person) => (projects(), json!({}), &self.world.people[usize::from(*person)].token),
            Question::Admitted { person, project } => {
                let text = format!("query($id: ID!) {{ one: project(id: $id) {{ ...p }} }} {PROJECT}");
                let token = &self.world.people[usize::from(*person)].token;
                (text, json!({ "id": self.id(*project) }), token)
            }
        }
    }

    /// What an answer says.
    fn seen(&self, question: &Question, data: &Value) -> Vec<Seen> {
        match question {
            Question::One(number) => vec![self.one(*number, &data["one"])],
            Question::Many(numbers) => {
                let nodes = data["nodes"].as_array().expect("nodes are a list");
                let pairs = numbers.iter().zip(nodes);
                pairs.map(|(number, object)| self.one(*number, object)).collect()
            }
            Question::Column { project, place } => self.list(
                List::Column {
                    project: *project,
                    place: *place,
                },
                &data["rows"],
            ),
            Question::Doer(person) => self.list(List::Doer(*person), &data["rows"]),
            Question::Stage(place) => self.list(List::Stage(*place), &data["rows"]),
            Question::Member(person) => self.list(List::Member(*person), &data["rows"]),
            Question::People => {
                // The administrator who made the organisation is no part of the run.
                let known = |object: &&Value| {
                    self.world
                        .people
                        .iter()
                        .any(|person| object["id"] == person.id.as_str())
                };
                let people = nodes(&data["rows"]).iter().filter(known);
                let people: Vec<Row> = people.map(|object| self.row(List::People, object)).collect();
                seen_rows(List::People, &people)
            }
            Question::Board(project) => self.board(*project, &data["board"]),
            Question::Admitted { person, project } => {
                let held = data["one"].is_object();
                let within = Seen::Within {
                    list: List::Member(*person),
                    entity: *project,
                    held,
                };
                let row = held.then(|| row::read(&self.world, What::Project, &data["one"]).seen());
                [within].into_iter().chain(row).collect()
            }
        }
    }

    fn one(&self, number: Number, object: &Value) -> Seen {
        if object.is_null() {
            return Seen::Nothing(number);
        }
        row::read(&self.world, self.world.known(number).thing.what, object).seen()
    }

    fn row(&self, list: List, object: &Value) -> Row {
        match list {
            List::Column { .. } | List::Doer(_) => row::task(&self.world, object),
            List::Stage(_) | List::Member(_) => row::read(&self.world, What::Project, object),
            List::People => row::read(&self.world, What::User, object),
        }
    }

    fn list(&self, list: List, connection: &Value) -> Vec<Seen> {
        let rows: Vec<Row> = nodes(connection).iter().map(|object| self.row(list, object)).collect();
        let mut seen = seen_rows(list, &rows);
        let count = connection["totalCount"].as_u64().expect("it is counted");
        seen.push(Seen::Count { list, count });
        seen
    }

    fn board(&self, project: Number, board: &Value) -> Vec<Seen> {
        if board.is_null() {
            return vec![Seen::Nothing(project)];
        }
        let mut seen = vec![row::read(&self.world, What::Project, &board["project"]).seen()];
        for column in board["columns"].as_array().expect("columns are a list") {
            let tasks = column["tasks"].as_array().expect("tasks are a list");
            let Some(place) = PLACES.iter().position(|place| column["key"] == *place) else {
                assert!(tasks.is_empty(), "nobody moves anything to {}", column["key"]);
                continue;
            };
            let list = List::Column {
                project,
                place: u8::try_from(place).unwrap(),
            };
            let rows: Vec<Row> = tasks.iter().map(|object| self.row(list, object)).collect();
            seen.extend(seen_rows(list, &rows));
            seen.push(Seen::Count {
                list,
                count: column["count"].as_u64().expect("it is counted"),
            });
        }
        seen
    }
}

fn seen_rows(list: List, rows: &[Row]) -> Vec<Seen> {
    let mut seen: Vec<Seen> = rows.iter().map(Row::seen).collect();
    seen.push(Seen::Rows {
        list,
        rows: rows.iter().map(|row| row.number).collect(),
    });
    seen
}

/// Lists are asked for whole; none of them is longer than a page.
fn tasks() -> String {
    let text = "query($filter: TaskFilter) { rows: tasks(filter: $filter, first: 100) { nodes { ...t } totalCount } }";
    format!("{text} {TASK}")
}

fn projects() -> String {
    let text =
        "query($filter: ProjectFilter) { rows: projects(filter: $filter, first: 100) { nodes { ...p } totalCount } }";
    format!("{text} {PROJECT}")
}

fn nodes(connection: &Value) -> &Vec<Value> {
    connection["nodes"].as_array().expect("a connection has nodes")
}
