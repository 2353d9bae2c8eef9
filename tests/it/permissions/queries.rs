//! Every query, and every type of node.

use kanvaro::graphql::{schema, table};
use kanvaro::model::Kind;
use serde_json::{Value, json};

use super::cast::{OWN, PLACES, Stage};
use super::seen::{Letters, Seen};
use super::walk::Tried;
use crate::support::sdl::fields;

/// A question, and the id whose object has to be in the answer of who may ask it.
struct Question {
    document: &'static str,
    shows: &'static str,
    is_everywhere: bool,
}

const fn in_each_place(document: &'static str, shows: &'static str) -> Option<Question> {
    Some(Question {
        document,
        shows,
        is_everywhere: true,
    })
}

const fn once(document: &'static str, shows: &'static str) -> Option<Question> {
    Some(Question {
        document,
        shows,
        is_everywhere: false,
    })
}

fn question(query: &str) -> Option<Question> {
    match query {
        "viewer" => once("{ viewer { user { id } } }", "self"),
        "organization" => in_each_place("{ organization { id } }", "organization"),
        "user" => in_each_place("query($client: ID!) { user(id: $client) { id } }", "client"),
        "users" => in_each_place("{ users(first: 100) { nodes { id } } }", "client"),
        "project" => in_each_place("query($project: ID!) { project(id: $project) { id } }", "project"),
        "projects" => in_each_place("{ projects(first: 100) { nodes { id } } }", "project"),
        "board" => in_each_place(
            "query($project: ID!) { board(projectId: $project) { project { id } } }",
            "project",
        ),
        "task" => in_each_place("query($task: ID!) { task(id: $task) { id } }", "task"),
        "tasks" => in_each_place("{ tasks(first: 100) { nodes { id } } }", "task"),
        "taskByDisplayId" => in_each_place(
            "query($displayId: String!) { taskByDisplayId(displayId: $displayId) { id } }",
            "task",
        ),
        "search" => in_each_place(
            "{ search(text: \"write the text\", first: 100) { nodes { id } } }",
            "task",
        ),
        "dashboard" => in_each_place("{ dashboard { recent(first: 50) { id } } }", "task"),
        "customRoles" => in_each_place("{ customRoles(first: 100) { nodes { id } } }", "customRole"),
        "invitations" => in_each_place("{ invitations(first: 100) { nodes { id } } }", "invitation"),
        "node" => in_each_place("query($task: ID!) { node(id: $task) { id } }", "task"),
        "nodes" => in_each_place("query($task: ID!) { nodes(ids: [$task]) { id } }", "task"),
        _ => None,
    }
}

/// The id of a node of this kind, and whether it isn't the same everywhere.
fn node(kind: Kind) -> &'static str {
    match kind {
        Kind::Organization => "organization",
        Kind::User => "client",
        Kind::Project => "project",
        Kind::Task => "task",
        Kind::Comment => "comment",
        Kind::Session => "session",
        Kind::Asset => "attachment",
        Kind::Invitation => "invitation",
        Kind::CustomRole => "customRole",
        Kind::PasswordReset | Kind::Mail => unreachable!("clients see none"),
    }
}

/// Asks everything.
pub async fn ask(stage: &Stage, tried: &mut Tried) {
    let sdl = async_graphql::parser::parse_schema(schema(true).sdl()).unwrap();
    for (query, _) in fields(&sdl, "Query") {
        let question =
            question(&query).unwrap_or_else(|| panic!("Query.{query} has no row in tests/it/permissions/queries.rs"));
        let letters = answers(stage, &question).await;
        tried.insert(("queries", query), letters);
    }
    for kind in Kind::ALL.iter().filter(|kind| table().of_kind(**kind).is_some()) {
        let question = Question {
            document: "query($id: ID!) { node(id: $id) { id } }",
            shows: node(*kind),
            is_everywhere: true,
        };
        tried.insert(("nodes", kind.name().to_owned()), answers(stage, &question).await);
    }
}

async fn answers(stage: &Stage, question: &Question) -> Letters {
    let mut letters = Letters::default();
    for place in (0..PLACES).take_while(|place| *place == OWN || question.is_everywhere) {
        let mut ids = stage.ids(place);
        let shown = ids[question.shows].as_str().unwrap().to_owned();
        ids["id"] = json!(shown);
        let answer = stage.ask(question.document, used(question.document, ids)).await;
        letters.0[place] = letter(&answer, &shown);
    }
    letters
}

/// Those that the document names.
pub fn used(document: &str, mut ids: Value) -> Value {
    let all = ids.as_object_mut().unwrap();
    all.retain(|name, _| document.contains(&format!("${name}:")));
    ids
}

fn letter(answer: &Value, shown: &str) -> Seen {
    match Seen::by_error(answer) {
        Some(seen) => seen,
        None if answer["data"].to_string().contains(shown) => Seen::Yes,
        None => Seen::Absent,
    }
}
