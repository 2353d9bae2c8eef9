//! Queries made by dice over the real schema, read from its SDL: whatever it offers is asked for sooner or later.

use std::collections::HashMap;
use std::fmt::Write;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use kanvaro::graphql::schema;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

/// What queries may name.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Global ids by what their kind's begin with, like `tsk`; ids of nothing among them.
    pub ids: HashMap<&'static str, Vec<String>>,
    /// Statuses of tasks.
    pub statuses: Vec<String>,
    /// Words to search for.
    pub words: Vec<String>,
    /// Moments, as RFC 3339.
    pub moments: Vec<String>,
}

/// Makes queries.
pub struct Queries {
    types: HashMap<String, TypeDefinition>,
    names: Names,
}

/// How many levels of objects stand in each other at most.
const DEEPEST: usize = 4;

impl Queries {
    /// Queries over the schema that name these.
    pub fn new(names: Names) -> Queries {
        let document = parse_schema(schema(true).sdl()).unwrap();
        let types = document
            .definitions
            .into_iter()
            .filter_map(|definition| match definition {
                TypeSystemDefinition::Type(definition) => {
                    Some((definition.node.name.node.to_string(), definition.node))
                }
                _ => None,
            });
        Queries {
            types: types.collect(),
            names,
        }
    }

    /// A query with one to three roots.
    pub fn make(&self, dice: &mut StdRng) -> String {
        let mut text = String::new();
        let roots = dice.random_range(1..=3);
        self.fields(dice, "Query", roots, 0, &mut text);
        text
    }

    fn selection(&self, dice: &mut StdRng, of: &str, level: usize, text: &mut String) {
        match &self.types[of].kind {
            TypeKind::Interface(_) => {
                text.push_str("{ __typename id");
                for (name, _) in self.implementing(of) {
                    write!(text, " ... on {name} ").unwrap();
                    let count = dice.random_range(1..=2);
                    self.fields(dice, name, count, level, text);
                }
                text.push('}');
            }
            _ => {
                let count = dice.random_range(1..=4);
                self.fields(dice, of, count, level, text);
            }
        }
    }

    fn implementing(&self, interface: &str) -> Vec<(&String, &TypeDefinition)> {
        let implements = |definition: &TypeDefinition| match &definition.kind {
            TypeKind::Object(object) => object.implements.iter().any(|name| name.node == interface),
            _ => false,
        };
        let mut all: Vec<_> = self
            .types
            .iter()
            .filter(|(_, definition)| implements(definition))
            .collect();
        all.sort_by_key(|(name, _)| *name);
        all
    }

    /// So many fields of a type, each under a name of its own, so that they never merge.
    fn fields(&self, dice: &mut StdRng, of: &str, count: usize, level: usize, text: &mut String) {
        let TypeKind::Object(object) = &self.types[of].kind else {
            panic!("{of} has no fields")
        };
        let all: Vec<&FieldDefinition> = object.fields.iter().map(|field| &field.node).collect();
        let leaf = |field: &&FieldDefinition| !self.leads_on(&field.ty.node);
        let leaves: Vec<&FieldDefinition> = all.iter().copied().filter(leaf).collect();
        text.push_str("{ __typename");
        for _ in 0..count {
            let choice = if level < DEEPEST { &all } else { &leaves };
            let Some(field) = choice.choose(dice) else { continue };
            let alias = text.len();
            write!(text, " f{alias}: {}", field.name.node).unwrap();
            self.arguments(dice, field, text);
            if self.leads_on(&field.ty.node) {
                text.push(' ');
                self.selection(dice, named(&field.ty.node), level + 1, text);
            }
        }
        text.push_str(" }");
    }

    fn leads_on(&self, ty: &Type) -> bool {
        let definition = self.types.get(named(ty));
        definition.is_some_and(|definition| matches!(definition.kind, TypeKind::Object(_) | TypeKind::Interface(_)))
    }

    fn arguments(&self, dice: &mut StdRng, field: &FieldDefinition, text: &mut String) {
        let paging = *["first", "last", "limit", "page", ""].choose(dice).unwrap();
        let mut given = Vec::new();
        for argument in field.arguments.iter().map(|argument| &argument.node) {
            let name = argument.name.node.as_str();
            let is_paging = ["first", "last", "limit", "page", "after", "before"].contains(&name);
            let is_taken = match is_paging {
                true => name == paging,
                false => !argument.ty.node.nullable || dice.random_bool(0.5),
            };
            if is_taken {
                given.push(format!(
                    "{name}: {}",
                    self.value(dice, field.name.node.as_str(), argument)
                ));
            }
        }
        if !given.is_empty() {
            write!(text, "({})", given.join(", ")).unwrap();
        }
    }

    fn value(&self, dice: &mut StdRng, owner: &str, argument: &InputValueDefinition) -> String {
        let name = argument.name.node.as_str();
        match &argument.ty.node.base {
            BaseType::Named(_) => self.one(dice, owner, name, &argument.ty.node),
            BaseType::List(item) => {
                let count = dice.random_range(1..=4);
                let items: Vec<String> = (0..count).map(|_| self.one(dice, owner, name, item)).collect();
                format!("[{}]", items.join(", "))
            }
        }
    }

    fn one(&self, dice: &mut StdRng, owner: &str, name: &str, ty: &Type) -> String {
        let pick = |dice: &mut StdRng, from: &[String]| format!("{:?}", from.choose(dice).unwrap());
        match named(ty) {
            "ID" => self.id(dice, owner, name),
            "Int" => dice.random_range(1..=4).to_string(),
            "Boolean" => dice.random_bool(0.3).to_string(),
            "DateTime" => pick(dice, &self.names.moments),
            "String" if name == "status" => pick(dice, &self.names.statuses),
            "String" => pick(dice, &self.names.words),
            other => match &self.types[other].kind {
                TypeKind::Enum(values) => values.values.choose(dice).unwrap().node.value.node.to_string(),
                TypeKind::InputObject(input) => {
                    let fields = input.fields.iter().map(|field| &field.node);
                    let taken: Vec<_> = fields.filter(|_| dice.random_bool(0.25)).collect();
                    let fields = taken.into_iter();
                    let given: Vec<String> = fields
                        .map(|field| format!("{}: {}", field.name.node, self.value(dice, owner, field)))
                        .collect();
                    format!("{{{}}}", given.join(", "))
                }
                _ => panic!("no value of the type {other}"),
            },
        }
    }

    /// Mostly of the kind that is meant; now and then of another, which is refused.
    fn id(&self, dice: &mut StdRng, owner: &str, name: &str) -> String {
        let meant = match (owner, name) {
            (_, "customRoleId") => Some("rol"),
            ("user", _) | (_, "assigneeId" | "creatorId") => Some("usr"),
            ("project", _) | (_, "projectId") => Some("prj"),
            ("task", _) => Some("tsk"),
            _ => None,
        };
        let mut codes: Vec<&str> = self.names.ids.keys().copied().collect();
        codes.sort_unstable();
        let code = match meant.filter(|_| dice.random_bool(0.97)) {
            Some(code) => code,
            None => codes.choose(dice).unwrap(),
        };
        format!("{:?}", self.names.ids[code].choose(dice).unwrap())
    }
}

fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => named(inner),
    }
}
