//! Changes that both sides make the same, mostly allowed.

use kanvaro::model::{Kind, User};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::literal::Literal;
use super::values::Values;

/// A field of the mutation root.
pub struct Change {
    pub field: &'static str,
    pub input: Literal,
    /// The type of what it answers.
    pub payload: &'static str,
}

/// The fields with their payloads; the more often one stands here, the more often it is chosen.
const FIELDS: [(&str, &str); 23] = [
    ("updateTask", "TaskPayload"),
    ("updateTask", "TaskPayload"),
    ("addComment", "CommentPayload"),
    ("addComment", "CommentPayload"),
    ("editComment", "CommentPayload"),
    ("deleteComment", "DeleteCommentPayload"),
    ("archiveProject", "ProjectPayload"),
    ("restoreProject", "ProjectPayload"),
    ("updateProfile", "UserPayload"),
    ("addTaskDependency", "TaskPayload"),
    ("addTaskDependency", "TaskPayload"),
    ("removeTaskDependency", "TaskPayload"),
    ("bulkUpdateTasks", "BulkTasksPayload"),
    ("bulkUpdateTasks", "BulkTasksPayload"),
    ("bulkDeleteTasks", "BulkTasksPayload"),
    ("createCustomRole", "CustomRolePayload"),
    ("updateCustomRole", "CustomRolePayload"),
    ("deleteCustomRole", "DeleteCustomRolePayload"),
    ("setUserRole", "UserPayload"),
    ("setUserRole", "UserPayload"),
    ("setUserRates", "UserPayload"),
    ("setUserRates", "UserPayload"),
    ("updatePreferences", "PreferencesPayload"),
];
/// Those whose input has an `expectedVersion`.
const VERSIONED: [&str; 7] = [
    "updateTask",
    "addTaskDependency",
    "removeTaskDependency",
    "updateCustomRole",
    "deleteCustomRole",
    "setUserRole",
    "setUserRates",
];
const TEXTS: [&str; 4] = ["Something else", "Crème \"brûlée\"", "  trimmed ", " "];
const ROLES: [&str; 5] = ["ADMIN", "PROJECT_MANAGER", "TEAM_MEMBER", "CLIENT", "VIEWER"];
const PERMISSIONS: [&str; 7] = [
    "project:view_all",
    "user:invite",
    "task:update",
    "task:delete",
    "financial:read",
    "task:read",
    "task:fly",
];

type Members = Vec<(&'static str, Literal)>;

impl Change {
    /// Some change.
    pub fn new(dice: &mut StdRng, values: Values<'_>) -> Change {
        let (field, payload) = *FIELDS.choose(dice).unwrap();
        let mut members = members(field, dice, values);
        if VERSIONED.contains(&field) && dice.random_bool(0.2) {
            members.push(("expectedVersion", version(dice)));
        }
        let members = members.into_iter().map(|(name, value)| (name.to_owned(), value));
        Change {
            field,
            input: Literal::Object(members.collect()),
            payload,
        }
    }
}

/// What the input of this field says.
fn members(field: &str, dice: &mut StdRng, values: Values<'_>) -> Members {
    let id = |dice: &mut StdRng, kind| Literal::Text(values.pool.id(dice, Some(kind)));
    match field {
        "updateTask" => vec![("taskId", id(dice, Kind::Task)), of_task(dice)],
        "addComment" => vec![("taskId", id(dice, Kind::Task)), ("body", text(dice))],
        "editComment" => vec![("commentId", id(dice, Kind::Comment)), ("body", text(dice))],
        "deleteComment" => vec![("commentId", id(dice, Kind::Comment))],
        "updateProfile" => vec![("firstName", text(dice))],
        "updatePreferences" => vec![preference(dice)],
        "setUserRates" => vec![("userId", id(dice, Kind::User)), rate(dice)],
        "addTaskDependency" => vec![("taskId", id(dice, Kind::Task)), ("dependsOnId", id(dice, Kind::Task))],
        "removeTaskDependency" => {
            let (task, on) = values.pool.dependency(dice);
            vec![("taskId", Literal::Text(task)), ("dependsOnId", Literal::Text(on))]
        }
        "bulkUpdateTasks" => {
            let mut members = of_tasks(dice, values);
            members.extend(of_all(dice));
            members
        }
        "bulkDeleteTasks" => of_tasks(dice, values),
        "createCustomRole" => vec![("name", text(dice)), ("permissions", permissions(dice))],
        "updateCustomRole" => vec![("customRoleId", id(dice, Kind::CustomRole)), of_role(dice)],
        "deleteCustomRole" => vec![("customRoleId", id(dice, Kind::CustomRole))],
        "setUserRole" => {
            let role = Literal::Enum((*ROLES.choose(dice).unwrap()).to_owned());
            let custom = match dice.random_bool(0.3) {
                true => Literal::Null,
                false => id(dice, Kind::CustomRole),
            };
            let mut members = vec![("userId", id(dice, Kind::User))];
            members.extend(some(
                dice,
                [("role", role), ("customRoleId", custom), ("role", Literal::Null)],
            ));
            members
        }
        _ => vec![("projectId", id(dice, Kind::Project))],
    }
}

/// What changes of one task.
fn of_task(dice: &mut StdRng) -> (&'static str, Literal) {
    let fields = [
        ("title", text(dice)),
        ("priority", Literal::Enum("HIGH".into())),
        ("storyPoints", Literal::Int(dice.random_range(0..9))),
        ("storyPoints", Literal::Null),
        ("isArchived", Literal::Bool(dice.random_bool(0.5))),
    ];
    fields.choose(dice).unwrap().clone()
}

/// Some tasks, seldom one of them twice, and sometimes the versions that they are expected to have.
fn of_tasks(dice: &mut StdRng, values: Values<'_>) -> Members {
    let count = dice.random_range(0..=3);
    let mut ids: Vec<Literal> = (0..count)
        .map(|_| Literal::Text(values.pool.id(dice, Some(Kind::Task))))
        .collect();
    if dice.random_bool(0.1) {
        ids.extend(ids.first().cloned());
    }
    let versions = (0..ids.len()).map(|_| version(dice)).collect();
    let mut members = vec![("taskIds", Literal::List(ids))];
    if dice.random_bool(0.2) {
        members.push(("expectedVersions", Literal::List(versions)));
    }
    if dice.random_bool(0.03) {
        members.push(("expectedVersions", Literal::List(vec![version(dice)])));
        members.dedup_by_key(|(name, _)| *name);
    }
    members
}

/// What changes of many tasks alike.
fn of_all(dice: &mut StdRng) -> Members {
    let fields = [
        ("labels", Literal::List(vec![text(dice), text(dice)])),
        ("labels", Literal::Null),
        ("priority", Literal::Enum("LOW".into())),
        ("priority", Literal::Null),
        ("storyPoints", Literal::Int(dice.random_range(-1..9))),
        ("isArchived", Literal::Bool(dice.random_bool(0.5))),
    ];
    some(dice, fields)
}

/// What changes of a custom role.
fn of_role(dice: &mut StdRng) -> (&'static str, Literal) {
    let fields = [
        ("name", text(dice)),
        ("permissions", permissions(dice)),
        ("permissions", permissions(dice)),
        ("permissions", Literal::Null),
    ];
    fields.choose(dice).unwrap().clone()
}

/// Some of these, none of a name that another has; sometimes nothing.
fn some<const N: usize>(dice: &mut StdRng, members: [(&'static str, Literal); N]) -> Members {
    let mut some = Members::new();
    for (name, value) in members {
        if dice.random_bool(0.4) && some.iter().all(|(taken, _)| *taken != name) {
            some.push((name, value));
        }
    }
    some
}

fn text(dice: &mut StdRng) -> Literal {
    Literal::Text((*TEXTS.choose(dice).unwrap()).to_owned())
}

fn version(dice: &mut StdRng) -> Literal {
    Literal::Int(dice.random_range(1..9))
}

fn permissions(dice: &mut StdRng) -> Literal {
    let count = dice.random_range(0..=3);
    let names = (0..count).map(|_| Literal::Text((*PERMISSIONS.choose(dice).unwrap()).to_owned()));
    Literal::List(names.collect())
}

fn preference(dice: &mut StdRng) -> (&'static str, Literal) {
    let name = |name: &str| Literal::Enum(name.into());
    let all = [
        ("theme", name("DARK")),
        ("theme", Literal::Null),
        ("sidebarCollapsed", Literal::Bool(dice.random_bool(0.5))),
        ("dateFormat", name("DMY_DOT")),
        ("timeFormat", name("HOURS_24")),
    ];
    all.choose(dice).unwrap().clone()
}

fn rate(dice: &mut StdRng) -> (&'static str, Literal) {
    let amount = *[0, 4_250, User::MOST_RATE, User::MOST_RATE + 1, -1]
        .choose(dice)
        .unwrap();
    let money = [
        ("amount", Literal::Int(amount)),
        ("currency", Literal::Text("EUR".into())),
    ];
    let money = money.map(|(name, value)| (name.to_owned(), value));
    let rate = if dice.random_bool(0.2) {
        Literal::Null
    } else {
        Literal::Object(money.into())
    };
    let field = *["hourlyRate", "billingRate"].choose(dice).unwrap();
    (field, rate)
}
