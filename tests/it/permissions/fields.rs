//! Every field of every type, read of an object that is reached by some way.

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{ServiceDocument, TypeKind};
use kanvaro::graphql::schema;
use serde_json::Value;

use super::cast::{OWN, PLACES, Stage};
use super::queries::used;
use super::seen::Seen;
use super::walk::Tried;
use crate::support::sdl::{kind, outputs, types};

/// A way to an object: type, what is special about this one, the document with `%` for what is selected, and where it
/// stands in the answer. A document that names nothing is asked once.
type Way = (&'static str, &'static str, &'static str, &'static str);

const WAYS: &[Way] = &[
    (
        "Asset",
        "",
        "query($attachment: ID!) { node(id: $attachment) { ... on Asset { % } } }",
        "node",
    ),
    (
        "Asset",
        " (a picture)",
        "query($cover: ID!) { node(id: $cover) { ... on Asset { % } } }",
        "node",
    ),
    (
        "Board",
        "",
        "query($project: ID!) { board(projectId: $project) { % } }",
        "board",
    ),
    (
        "BoardColumn",
        "",
        "query($project: ID!) { board(projectId: $project) { columns { % } } }",
        "board/columns/1",
    ),
    (
        "Budget",
        "",
        "query($project: ID!) { project(id: $project) { budget { % } } }",
        "project/budget",
    ),
    (
        "Comment",
        "",
        "query($comment: ID!) { node(id: $comment) { ... on Comment { % } } }",
        "node",
    ),
    (
        "CommentConnection",
        "",
        "query($task: ID!) { task(id: $task) { comments { % } } }",
        "task/comments",
    ),
    (
        "CommentEdge",
        "",
        "query($task: ID!) { task(id: $task) { comments { edges { % } } } }",
        "task/comments/edges/0",
    ),
    (
        "CustomRole",
        "",
        "query($customRole: ID!) { node(id: $customRole) { ... on CustomRole { % } } }",
        "node",
    ),
    ("CustomRoleConnection", "", "{ customRoles { % } }", "customRoles"),
    (
        "CustomRoleEdge",
        "",
        "{ customRoles { edges { % } } }",
        "customRoles/edges/0",
    ),
    (
        "Invitation",
        "",
        "query($invitation: ID!) { node(id: $invitation) { ... on Invitation { % } } }",
        "node",
    ),
    ("InvitationConnection", "", "{ invitations { % } }", "invitations"),
    (
        "InvitationEdge",
        "",
        "{ invitations { edges { % } } }",
        "invitations/edges/0",
    ),
    ("Dashboard", "", "{ dashboard { % } }", "dashboard"),
    (
        "Image",
        "",
        "query($project: ID!) { project(id: $project) { cover { % } } }",
        "project/cover",
    ),
    (
        "ImageVariant",
        "",
        "query($project: ID!) { project(id: $project) { cover { variants { % } } } }",
        "project/cover/variants/0",
    ),
    (
        "Money",
        "",
        "query($project: ID!) { project(id: $project) { budget { total { % } } } }",
        "project/budget/total",
    ),
    (
        "Organization",
        "",
        "query($organization: ID!) { node(id: $organization) { ... on Organization { % } } }",
        "node",
    ),
    (
        "PageInfo",
        "",
        "query($project: ID!) { project(id: $project) { tasks { pageInfo { % } } } }",
        "project/tasks/pageInfo",
    ),
    (
        "Preferences",
        "",
        "{ viewer { preferences { % } } }",
        "viewer/preferences",
    ),
    (
        "Project",
        "",
        "query($project: ID!) { project(id: $project) { % } }",
        "project",
    ),
    ("ProjectConnection", "", "{ projects { % } }", "projects"),
    ("ProjectEdge", "", "{ projects { edges { % } } }", "projects/edges/0"),
    (
        "ProjectMember",
        "",
        "query($project: ID!) { project(id: $project) { roles { % } } }",
        "project/roles/0",
    ),
    (
        "SearchConnection",
        "",
        "query($project: ID!) { search(text: \"write\", projectId: $project) { % } }",
        "search",
    ),
    (
        "SearchEdge",
        "",
        "query($project: ID!) { search(text: \"write\", projectId: $project) { edges { % } } }",
        "search/edges/0",
    ),
    (
        "SearchFragment",
        "",
        "query($project: ID!) { search(text: \"write\", projectId: $project) { edges { fragments { % } } } }",
        "search/edges/0/fragments/0",
    ),
    (
        "SearchPart",
        "",
        "query($project: ID!) { search(text: \"write\", projectId: $project) { edges { fragments { parts { % } } } } }",
        "search/edges/0/fragments/0/parts/0",
    ),
    (
        "Session",
        "",
        "query($session: ID!) { node(id: $session) { ... on Session { % } } }",
        "node",
    ),
    (
        "SessionConnection",
        "",
        "{ viewer { sessions { % } } }",
        "viewer/sessions",
    ),
    (
        "SessionEdge",
        "",
        "{ viewer { sessions { edges { % } } } }",
        "viewer/sessions/edges/0",
    ),
    ("Task", "", "query($task: ID!) { task(id: $task) { % } }", "task"),
    (
        "TaskConnection",
        "",
        "query($project: ID!) { project(id: $project) { tasks { % } } }",
        "project/tasks",
    ),
    ("TaskCounts", "", "{ dashboard { all { % } } }", "dashboard/all"),
    (
        "TaskEdge",
        "",
        "query($project: ID!) { project(id: $project) { tasks { edges { % } } } }",
        "project/tasks/edges/0",
    ),
    (
        "TaskProgress",
        "",
        "query($project: ID!) { project(id: $project) { progress { % } } }",
        "project/progress",
    ),
    (
        "User",
        "",
        "query($colleague: ID!) { user(id: $colleague) { % } }",
        "user",
    ),
    (
        "User",
        " (a client)",
        "query($client: ID!) { user(id: $client) { % } }",
        "user",
    ),
    ("User", " (oneself)", "{ viewer { user { % } } }", "viewer/user"),
    ("UserConnection", "", "{ users { % } }", "users"),
    ("UserEdge", "", "{ users { edges { % } } }", "users/edges/0"),
    ("Viewer", "", "{ viewer { % } }", "viewer"),
];

/// Types that only mutations answer with, about what was changed: who may change it is shown that.
const ANSWERS: [&str; 4] = ["BulkTaskResult", "DirectUpload", "UploadHeader", "UserError"];

/// What may be null or empty for everybody here.
const NEVER_SHOWN: &[&str] = &[];

fn sdl() -> ServiceDocument {
    parse_schema(schema(true).sdl()).unwrap()
}

/// The fields of what only mutations answer with.
pub fn answers() -> Vec<String> {
    let sdl = sdl();
    let is_answer = |name: &str| ANSWERS.contains(&name) || name.ends_with("Payload");
    let objects = types(&sdl).filter(|(_, kind)| matches!(kind, TypeKind::Object(_)));
    let mut rows = Vec::new();
    for (name, _) in objects.filter(|(name, _)| !["Query", "Mutation"].contains(name)) {
        if is_answer(name) {
            rows.push(name.to_owned());
            rows.extend(
                outputs(&sdl, name)
                    .into_iter()
                    .map(|(field, _)| format!("{name}.{field}")),
            );
        } else {
            let has_way = WAYS.iter().any(|(of, ..)| *of == name);
            assert!(has_way, "{name} has no row in tests/it/permissions/fields.rs");
        }
    }
    rows
}

/// Reads everything.
pub async fn read(stage: &Stage, tried: &mut Tried) {
    let sdl = sdl();
    for (of, label, document, at) in WAYS {
        let fields = outputs(&sdl, of);
        let document = document.replace('%', &selection(&sdl, &fields));
        let places = if document.starts_with('{') { 1 } else { PLACES };
        let at: Vec<&str> = at.split('/').collect();
        for place in 0..places {
            let answer = stage.ask(&document, used(&document, stage.ids(place))).await;
            let mut note = |section, row: String, seen| {
                tried.entry((section, row)).or_default().0[place] = seen;
            };
            note("fields", format!("{of}{label}"), letter(&answer, &at));
            for (field, _) in &fields {
                let path = [at.as_slice(), &[field]].concat();
                note("fields", format!("{of}{label}.{field}"), letter(&answer, &path));
                if place == OWN && is_shown(&answer, &path) {
                    note("shown", format!("{of}.{field}"), Seen::Yes);
                }
            }
        }
    }
}

/// The fields that nobody was shown anything in: there is no telling who may read them.
pub fn never_shown(shown: impl Fn(&str) -> bool) -> Vec<String> {
    let sdl = sdl();
    let all = WAYS.iter().flat_map(|(of, ..)| {
        let fields = outputs(&sdl, of).into_iter();
        fields.map(move |(field, _)| format!("{of}.{field}"))
    });
    all.filter(|field| !shown(field) && !NEVER_SHOWN.contains(&field.as_str()))
        .collect()
}

/// Each field, of an object as little as there can be.
fn selection(sdl: &ServiceDocument, fields: &[(String, String)]) -> String {
    let is_object = |of: &str| {
        let built_in = ["ID", "String", "Int", "Float", "Boolean"].contains(&of);
        !built_in
            && matches!(
                kind(sdl, of),
                TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_)
            )
    };
    let selected = fields.iter().map(|(field, of)| match is_object(of) {
        true => format!("{field} {{ __typename }}"),
        false => field.clone(),
    });
    selected.collect::<Vec<_>>().join(" ")
}

/// What stands at this place: it was refused, or what it stands in, or it is there, though it may be null.
fn letter(answer: &Value, path: &[&str]) -> Seen {
    let errors = answer["errors"].as_array().map_or(&[][..], Vec::as_slice);
    let refused = errors.iter().find(|error| {
        let steps = error["path"].as_array().map_or(&[][..], Vec::as_slice);
        let mut both = steps.iter().zip(path);
        steps.len() <= path.len() && both.all(|(one, other)| text(one) == **other)
    });
    if let Some(error) = refused {
        let code = error["extensions"]["code"].as_str().unwrap_or_default();
        return Seen::by_code(code).unwrap_or_else(|| panic!("this says nothing of rights: {error}"));
    }
    let (_, above) = path.split_last().unwrap();
    match (value(answer, path), value(answer, above)) {
        (Some(found), _) if !found.is_null() => Seen::Yes,
        // A field of an object that is there, and an object that is none.
        (Some(_), Some(above)) if above.is_object() && path.len() > 1 => Seen::Yes,
        _ => Seen::Absent,
    }
}

fn is_shown(answer: &Value, path: &[&str]) -> bool {
    value(answer, path).is_some_and(|value| !value.is_null() && *value != serde_json::json!([]))
}

fn value<'a>(answer: &'a Value, path: &[&str]) -> Option<&'a Value> {
    answer["data"].pointer(&path.iter().map(|step| format!("/{step}")).collect::<String>())
}

fn text(step: &Value) -> String {
    step.as_str().map_or_else(|| step.to_string(), str::to_owned)
}
