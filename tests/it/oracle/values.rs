//! What arguments mean and values that fit: mostly sensible, sometimes empty, absent or wrong.

use async_graphql::parser::types::Type;
use kanvaro::model::Kind;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::literal::Literal;
use super::pool::Pool;
use super::sdl::{Argument, Sdl, item, named};

/// What an argument means, as far as its type doesn't tell.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// The global id of something of this kind, or of any.
    Id(Option<Kind>),
    /// How many rows.
    Rows,
    /// The number of a page.
    Page,
    /// Pixels across.
    Pixels,
    /// A place in a list that is sorted by this field.
    Cursor(&'static str),
    /// The key of a column.
    Status,
    /// Words to search for.
    Words,
    /// What a task is called.
    Called,
    Moment,
    Flag,
    Enum(String),
    Input(String),
}

const STATUSES: [&str; 5] = ["backlog", "todo", "in_progress", "done", "nowhere"];
const WORDS: [&str; 10] = [
    "web",
    "WEBS",
    "write te",
    "creme",
    "zoë",
    "1.2",
    "",
    "  ",
    "-",
    "strasse fi",
];
const MOMENTS: [&str; 6] = [
    "2026-01-01T12:00:00Z",
    "2026-01-01T13:30:00+01:00",
    "2026-01-01T10:00:00.000Z",
    "2026-01-01T14:30:00.123Z",
    "1900-01-01T00:00:00Z",
    "9999-12-29T00:00:00Z",
];

impl Meaning {
    /// What this argument of this field means; `key`: what the field's list is sorted by.
    pub fn of(sdl: &Sdl, field: &str, argument: &Argument, key: &'static str) -> Meaning {
        let name = named(&argument.ty);
        match (name, field, argument.name.as_str()) {
            ("ID", _, "customRoleId") => Meaning::Id(Some(Kind::CustomRole)),
            ("ID", "user", _) | ("ID", _, "assigneeId" | "creatorId") => Meaning::Id(Some(Kind::User)),
            ("ID", "project" | "board", _) | ("ID", _, "projectId") => Meaning::Id(Some(Kind::Project)),
            ("ID", "task", _) => Meaning::Id(Some(Kind::Task)),
            ("ID", _, _) => Meaning::Id(None),
            ("Int", _, "first" | "last" | "limit") => Meaning::Rows,
            ("Int", _, "page") => Meaning::Page,
            ("Int", _, "width") => Meaning::Pixels,
            ("String", "search", "after") => Meaning::Cursor("search"),
            ("String", _, "after" | "before") => Meaning::Cursor(key),
            ("String", _, "status") => Meaning::Status,
            ("String", _, "search" | "text") => Meaning::Words,
            ("String", _, "displayId") => Meaning::Called,
            ("DateTime", _, _) => Meaning::Moment,
            ("Boolean", _, _) => Meaning::Flag,
            _ if sdl.values(name).is_some() => Meaning::Enum(name.into()),
            _ if sdl.input(name).is_some() => Meaning::Input(name.into()),
            (_, field, argument) => panic!("nothing is known of {field}({argument}: {name})"),
        }
    }
}

/// Makes values.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    pub sdl: &'a Sdl,
    pub pool: &'a Pool,
}

impl Values<'_> {
    /// A value of this type, without variables in it.
    pub fn value(&self, dice: &mut StdRng, meaning: &Meaning, ty: &Type) -> Literal {
        let Some(item) = item(ty) else {
            return self.one(dice, meaning);
        };
        // One value counts as a list of it.
        if dice.random_bool(0.15) {
            return self.value(dice, meaning, item);
        }
        let most = if dice.random_bool(0.01) { 101 } else { 4 };
        let count = dice.random_range(0..=most);
        Literal::List((0..count).map(|_| self.value(dice, meaning, item)).collect())
    }

    /// A value that this type doesn't take.
    pub fn wrong(&self, dice: &mut StdRng, meaning: &Meaning) -> Literal {
        let object = Literal::Object(vec![("nothing".into(), Literal::Int(1))]);
        match meaning {
            Meaning::Rows | Meaning::Page | Meaning::Pixels | Meaning::Flag => Literal::Text("1".into()),
            Meaning::Enum(_) => Literal::Enum("NOTHING".into()),
            Meaning::Moment => Literal::Text("yesterday".into()),
            Meaning::Input(_) if dice.random_bool(0.5) => Literal::Text("all".into()),
            Meaning::Id(_) | Meaning::Input(_) => object,
            Meaning::Cursor(_) | Meaning::Status | Meaning::Words | Meaning::Called => Literal::Int(7),
        }
    }

    fn one(&self, dice: &mut StdRng, meaning: &Meaning) -> Literal {
        let text = |text: &str| Literal::Text(text.to_owned());
        match meaning {
            Meaning::Id(None | Some(Kind::Task)) if dice.random_bool(0.01) => Literal::Int(42),
            Meaning::Id(kind) => Literal::Text(self.pool.id(dice, *kind)),
            Meaning::Rows => Literal::Int(rows(dice)),
            Meaning::Page => Literal::Int(page(dice)),
            Meaning::Pixels => Literal::Int(*[-1, 0, 150, 320, 321, 640, 9_000].choose(dice).unwrap()),
            Meaning::Cursor(key) => Literal::Text(self.pool.cursor(dice, key)),
            Meaning::Status => text(STATUSES.choose(dice).unwrap()),
            Meaning::Words if dice.random_bool(0.01) => Literal::Text("é ".repeat(5_001)),
            Meaning::Words => text(WORDS.choose(dice).unwrap()),
            Meaning::Called if dice.random_bool(0.05) => {
                text(["", "1", "1.", "1.x", "+1.2", "1.2.3"].choose(dice).unwrap())
            }
            Meaning::Called => text(&format!("{}.{}", dice.random_range(1..=10), dice.random_range(1..=7))),
            Meaning::Moment => text(MOMENTS.choose(dice).unwrap()),
            Meaning::Flag => Literal::Bool(dice.random_bool(0.5)),
            Meaning::Enum(name) => Literal::Enum(self.sdl.values(name).unwrap().choose(dice).unwrap().clone()),
            Meaning::Input(name) => {
                let fields = self.sdl.input(name).unwrap();
                let taken: Vec<&Argument> = fields.iter().filter(|_| dice.random_bool(0.25)).collect();
                Literal::Object(taken.into_iter().map(|field| self.member(dice, field)).collect())
            }
        }
    }

    fn member(&self, dice: &mut StdRng, field: &Argument) -> (String, Literal) {
        let value = match field.ty.nullable && dice.random_bool(0.08) {
            true => Literal::Null,
            false => self.value(dice, &Meaning::of(self.sdl, "", field, ""), &field.ty),
        };
        (field.name.clone(), value)
    }
}

/// Few, so that nested lists stay small; seldom as many as are refused.
fn rows(dice: &mut StdRng) -> i64 {
    match dice.random_range(0..100) {
        0..96 => dice.random_range(1..=6),
        96 => 0,
        97 => -3,
        98 => 101,
        _ => 100,
    }
}

fn page(dice: &mut StdRng) -> i64 {
    match dice.random_range(0..100) {
        0..92 => dice.random_range(1..=3),
        92..95 => 0,
        95..97 => -1,
        _ => 2_147_483_647,
    }
}
