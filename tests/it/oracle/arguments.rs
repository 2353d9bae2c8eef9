//! The arguments of a field: which of them are given, and what as.

use std::collections::BTreeSet;

use async_graphql::parser::types::{BaseType, Type};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};

use super::literal::Literal;
use super::sdl::{Argument, Field, item, named};
use super::values::{Meaning, Values};
use super::variables::{Place, Variables};

/// The arguments that a field is given.
#[derive(Clone, Debug, Default)]
pub struct Given {
    arguments: Vec<(String, Literal)>,
    /// The variables in them, by number.
    pub variables: BTreeSet<usize>,
    /// How many objects the field leads to at most, as far as one can tell.
    pub size: u32,
}

/// Makes arguments.
pub struct Arguments<'a, 'v> {
    pub dice: &'a mut StdRng,
    pub values: Values<'v>,
    pub variables: &'a mut Variables,
    used: BTreeSet<usize>,
}

/// A list without a size in its arguments, like the assignees of a task.
const PLAIN_LIST: u32 = 5;
/// What a page has unless told otherwise.
const PAGE: u32 = 20;
/// What a column of a board shows unless told otherwise.
const FULL_PAGE: u32 = 100;

/// The arguments by which one page is asked for, and how often; the last ones don't go together.
const PAGING: [(u32, &[&str]); 12] = [
    (10, &[]),
    (30, &["first"]),
    (12, &["first", "after"]),
    (10, &["last"]),
    (8, &["last", "before"]),
    (4, &["before"]),
    (4, &["after"]),
    (4, &["first", "after", "before"]),
    (9, &["page", "limit"]),
    (6, &["limit"]),
    (1, &["first", "last"]),
    (1, &["page", "first"]),
];

impl Given {
    /// As they stand behind the field, in any order.
    pub fn text(&self, dice: &mut StdRng) -> String {
        if self.arguments.is_empty() {
            return String::new();
        }
        let mut texts: Vec<String> = self
            .arguments
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.text()))
            .collect();
        texts.shuffle(dice);
        format!("({})", texts.join(", "))
    }
}

impl<'a, 'v> Arguments<'a, 'v> {
    /// Arguments with the variables of a document.
    pub fn new(dice: &'a mut StdRng, values: Values<'v>, variables: &'a mut Variables) -> Arguments<'a, 'v> {
        Arguments {
            dice,
            values,
            variables,
            used: BTreeSet::new(),
        }
    }

    /// Arguments for this field.
    pub fn give(mut self, field: &Field) -> Given {
        let paging = self.paging();
        let (mut key, mut arguments) = ("createdAt", Vec::new());
        let mut size = if item(&field.ty).is_some() { PLAIN_LIST } else { 1 };
        if named(&field.ty).ends_with("Connection") {
            size = PAGE;
        } else if field.arguments.iter().any(|argument| argument.has_default) {
            size = FULL_PAGE;
        }
        // `sort` first: cursors go by it.
        let mut declared: Vec<&Argument> = field.arguments.iter().collect();
        declared.sort_by_key(|argument| argument.name != "sort");
        for argument in declared {
            let is_paging = ["first", "after", "last", "before", "page", "limit"].contains(&argument.name.as_str());
            let is_needed = !argument.ty.nullable && !argument.has_default;
            let is_taken = is_needed
                || match is_paging && !argument.has_default {
                    true => paging.contains(&argument.name.as_str()),
                    false => self.dice.random_bool(if argument.name == "first" { 0.8 } else { 0.4 }),
                };
            if !is_taken {
                continue;
            }
            let value = self.argument(&field.name, argument, key);
            key = sorted_by(argument, &value).unwrap_or(key);
            size = sized(argument, &value).unwrap_or(size);
            arguments.push((argument.name.clone(), value));
        }
        Given {
            arguments,
            variables: self.used,
            size,
        }
    }

    /// A condition of `@skip` or `@include`, and the variable in it.
    pub fn condition(mut self) -> (String, BTreeSet<usize>) {
        let base = BaseType::Named(async_graphql::Name::new("Boolean"));
        let ty = Type { base, nullable: false };
        let place = Place {
            meaning: Meaning::Flag,
            ty: &ty,
            has_default: false,
        };
        let value = if self.dice.random_bool(0.7) {
            self.variable(&place)
        } else {
            Literal::Bool(self.dice.random_bool(0.5))
        };
        (value.text(), self.used)
    }

    fn paging(&mut self) -> &'static [&'static str] {
        PAGING.choose_weighted(self.dice, |(weight, _)| *weight).unwrap().1
    }

    fn argument(&mut self, field: &str, argument: &Argument, key: &'static str) -> Literal {
        let place = Place {
            meaning: Meaning::of(self.values.sdl, field, argument, key),
            ty: &argument.ty,
            has_default: argument.has_default,
        };
        match self.dice.random_range(0..100) {
            0..30 => self.variable(&place),
            30..34 if argument.ty.nullable => Literal::Null,
            _ => self.written(&place),
        }
    }

    /// A value in the document, with variables in its lists and objects.
    fn written(&mut self, place: &Place<'_>) -> Literal {
        if let Meaning::Input(name) = &place.meaning {
            let fields = self.values.sdl.input(name).unwrap();
            let mut members = Vec::new();
            for field in fields {
                if self.dice.random_bool(0.25) {
                    members.push((field.name.clone(), self.argument("", field, "")));
                }
            }
            members.shuffle(self.dice);
            return Literal::Object(members);
        }
        let value = self.values.value(self.dice, &place.meaning, place.ty);
        match (value, item(place.ty)) {
            (Literal::List(mut items), Some(of)) => {
                let place = Place {
                    meaning: place.meaning.clone(),
                    ty: of,
                    has_default: false,
                };
                for item in &mut items {
                    if self.dice.random_bool(0.1) {
                        *item = self.variable(&place);
                    }
                }
                Literal::List(items)
            }
            (value, _) => value,
        }
    }

    fn variable(&mut self, place: &Place<'_>) -> Literal {
        let number = self.variables.place(self.dice, self.values, place);
        self.used.insert(number);
        Literal::Variable(self.variables.get(number).name.clone())
    }
}

/// The field that a list is sorted by when this is its `sort`.
fn sorted_by(argument: &Argument, value: &Literal) -> Option<&'static str> {
    let Literal::Enum(name) = value else { return None };
    let (key, _) = name.rsplit_once('_').filter(|_| argument.name == "sort")?;
    match key {
        "UPDATED" => Some("updatedAt"),
        "DUE" => Some("dueSort"),
        "PRIORITY" => Some("priority"),
        "RANK" => Some("rank"),
        _ => Some("createdAt"),
    }
}

/// How many objects a field leads to when it has this argument.
fn sized(argument: &Argument, value: &Literal) -> Option<u32> {
    match (argument.name.as_str(), value) {
        ("first" | "last" | "limit", Literal::Int(rows)) => u32::try_from((*rows).clamp(1, 100)).ok(),
        ("first" | "last" | "limit", Literal::Variable(_)) => Some(6),
        ("ids", Literal::List(items)) => u32::try_from(items.len()).ok(),
        ("ids", _) => Some(4),
        _ => None,
    }
}
