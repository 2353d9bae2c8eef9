//! Changes that both sides make the same: each of one document, mostly allowed.

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

const TEXTS: [&str; 4] = ["Something else", "Crème \"brûlée\"", "  trimmed ", " "];

impl Change {
    /// Some change.
    pub fn new(dice: &mut StdRng, values: Values<'_>) -> Change {
        let (field, payload) = *[
            ("updateTask", "TaskPayload"),
            ("updateTask", "TaskPayload"),
            ("addComment", "CommentPayload"),
            ("addComment", "CommentPayload"),
            ("editComment", "CommentPayload"),
            ("deleteComment", "DeleteCommentPayload"),
            ("archiveProject", "ProjectPayload"),
            ("restoreProject", "ProjectPayload"),
            ("updateProfile", "UserPayload"),
            ("updatePreferences", "PreferencesPayload"),
            ("setUserRates", "UserPayload"),
            ("setUserRates", "UserPayload"),
        ]
        .choose(dice)
        .unwrap();
        let id = |dice: &mut StdRng, kind| Literal::Text(values.pool.id(dice, Some(kind)));
        let text = |dice: &mut StdRng| Literal::Text((*TEXTS.choose(dice).unwrap()).to_owned());
        let mut members = match field {
            "updateTask" => vec![("taskId", id(dice, Kind::Task))],
            "addComment" => vec![("taskId", id(dice, Kind::Task)), ("body", text(dice))],
            "editComment" => vec![("commentId", id(dice, Kind::Comment)), ("body", text(dice))],
            "deleteComment" => vec![("commentId", id(dice, Kind::Comment))],
            "updateProfile" => vec![("firstName", text(dice))],
            "updatePreferences" => vec![preference(dice)],
            "setUserRates" => vec![("userId", id(dice, Kind::User)), rate(dice)],
            _ => vec![("projectId", id(dice, Kind::Project))],
        };
        if field == "updateTask" {
            let fields = [
                ("title", text(dice)),
                ("priority", Literal::Enum("HIGH".into())),
                ("storyPoints", Literal::Int(dice.random_range(0..9))),
                ("storyPoints", Literal::Null),
                ("isArchived", Literal::Bool(dice.random_bool(0.5))),
            ];
            members.push(fields.choose(dice).unwrap().clone());
        }
        if (payload == "TaskPayload" || field == "setUserRates") && dice.random_bool(0.2) {
            members.push(("expectedVersion", Literal::Int(dice.random_range(1..9))));
        }
        let members = members.into_iter().map(|(name, value)| (name.to_owned(), value));
        Change {
            field,
            input: Literal::Object(members.collect()),
            payload,
        }
    }
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
