//! What every field of the schema allows, worked out once at start from the hints in its SDL.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    BaseType, FieldDefinition, ServiceDocument, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};

use super::hint::Hint;
use super::{CacheScope, HintError, Policy};

/// The fields of every type that has fields.
#[derive(Clone, Debug, Default)]
pub struct Table {
    types: HashMap<String, HashMap<String, Entry>>,
}

/// A field: what it allows, and what it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What an answer with it may do at most; `STATIC` where it sets no limit of its own.
    pub allows: Policy,
    /// The named type that it resolves to.
    pub of: String,
}

/// The root of all queries.
pub const ROOT: &str = "Query";

impl Table {
    /// Works it out for a parsed schema; refuses a hint that can't be meant.
    pub fn new(schema: &ServiceDocument) -> Result<Table, HintError> {
        let read = Hints::read(schema)?;
        let mut table = Table::default();
        for (name, shape) in &read.types {
            let entry = |field: &String| (field.clone(), read.entry(name, shape, field));
            let entries = shape.fields.keys().map(entry).collect();
            table.types.insert((*name).into(), entries);
        }
        Ok(table)
    }

    /// The field; `None` when there is no such.
    pub fn get(&self, of: &str, field: &str) -> Option<&Entry> {
        self.types.get(of)?.get(field)
    }

    /// The types that are reached by fields which everybody may be shown alike.
    pub fn public(&self) -> HashSet<&str> {
        let (mut reached, mut open) = (HashSet::new(), vec![ROOT]);
        while let Some(fields) = open.pop().map(|of| self.types.get(of)) {
            let entries = fields.into_iter().flat_map(HashMap::values);
            let is_public = |entry: &&Entry| entry.allows.scope == CacheScope::Public && entry.allows.is_cacheable();
            let types = entries.filter(is_public).map(|entry| entry.of.as_str());
            open.extend(types.filter(|of| reached.insert(*of)));
        }
        reached
    }
}

/// The schema, as far as hints go.
struct Hints<'s> {
    types: HashMap<&'s str, Shape>,
}

/// A type with fields, or a union.
#[derive(Default)]
struct Shape {
    hint: Option<Hint>,
    fields: HashMap<String, (Option<Hint>, String)>,
    /// The types of its objects: of an interface or a union those that there are, of an object none.
    possible: HashSet<String>,
}

impl<'s> Hints<'s> {
    fn read(schema: &'s ServiceDocument) -> Result<Hints<'s>, HintError> {
        let mut hints = Hints { types: HashMap::new() };
        let definitions = schema.definitions.iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(&definition.node),
            _ => None,
        });
        for definition in definitions.clone() {
            if let Some(shape) = Shape::read(definition)? {
                hints.types.insert(&definition.name.node, shape);
            }
        }
        for definition in definitions {
            let TypeKind::Object(object) = &definition.kind else {
                continue;
            };
            for interface in &object.implements {
                let shape = hints.types.entry(&interface.node).or_default();
                shape.possible.insert(definition.name.node.to_string());
            }
        }
        Ok(hints)
    }

    /// A field of a type. Where the objects may be of several types, what all of them allow.
    fn entry(&self, name: &str, shape: &Shape, field: &str) -> Entry {
        let (_, of) = &shape.fields[field];
        let own = self.allows(name, shape, field);
        let allows = shape.possible.iter().fold(own, |allows, possible| {
            let possible = self.types.get_key_value(possible.as_str());
            possible.map_or(Policy::NONE, |(name, shape)| {
                allows.and(self.allows(name, shape, field))
            })
        });
        Entry { allows, of: of.clone() }
    }

    fn allows(&self, name: &str, shape: &Shape, field: &str) -> Policy {
        let Some((own, of)) = shape.fields.get(field) else {
            return Policy::NONE;
        };
        if let Some(policy) = own.and_then(|own| own.policy(own.scope)) {
            return policy;
        }
        let scope = own.and_then(|own| own.scope);
        let inherits = own.is_some_and(|own| own.inherit);
        let objects = self.types.get(of.as_str()).filter(|_| !inherits);
        match objects.map_or(Allowed::AsAbove(scope), |of| self.objects(of, scope)) {
            Allowed::This(policy) => policy,
            // What stands in the root has nothing to inherit from.
            Allowed::AsAbove(_) if name == ROOT => Policy::NONE,
            Allowed::AsAbove(scope) => neutral(scope),
        }
    }

    /// What objects of this type allow where the field itself says no time.
    fn objects(&self, of: &Shape, scope: Option<CacheScope>) -> Allowed {
        let own = |shape: &Shape| match shape.hint {
            None => Allowed::This(Policy::NONE),
            Some(hint) => {
                let scope = scope.or(hint.scope);
                match hint.policy(scope) {
                    Some(policy) => Allowed::This(policy),
                    None if hint.inherit => Allowed::AsAbove(scope),
                    None => Allowed::This(Policy::NONE),
                }
            }
        };
        if of.possible.is_empty() {
            return own(of);
        }
        let possible = of.possible.iter().filter_map(|name| self.types.get(name.as_str()));
        let all = possible.map(own).chain(of.hint.map(|_| own(of)));
        all.reduce(Allowed::and).unwrap_or(Allowed::This(Policy::NONE))
    }
}

/// What is allowed: this, or what is allowed above, for whoever the scope says.
#[derive(Clone, Copy)]
enum Allowed {
    This(Policy),
    AsAbove(Option<CacheScope>),
}

impl Allowed {
    fn and(self, other: Allowed) -> Allowed {
        match (self, other) {
            (Allowed::This(one), Allowed::This(other)) => Allowed::This(one.and(other)),
            (Allowed::This(policy), Allowed::AsAbove(scope)) | (Allowed::AsAbove(scope), Allowed::This(policy)) => {
                Allowed::This(policy.and(neutral(scope)))
            }
            (Allowed::AsAbove(one), Allowed::AsAbove(other)) => {
                let private = [one, other].contains(&Some(CacheScope::Private));
                Allowed::AsAbove(private.then_some(CacheScope::Private).or(one).or(other))
            }
        }
    }
}

/// No limit of its own, except on who may keep it.
fn neutral(scope: Option<CacheScope>) -> Policy {
    match scope {
        Some(CacheScope::Private) => Policy::STATIC.private(),
        Some(CacheScope::Public) | None => Policy::STATIC,
    }
}

impl Shape {
    fn read(definition: &TypeDefinition) -> Result<Option<Shape>, HintError> {
        let name = definition.name.node.as_str();
        let (fields, possible): (&[_], HashSet<String>) = match &definition.kind {
            TypeKind::Object(object) => (&object.fields, HashSet::new()),
            TypeKind::Interface(interface) => (&interface.fields, HashSet::new()),
            TypeKind::Union(union) => {
                let members = union.members.iter();
                (&[], members.map(|member| member.node.to_string()).collect())
            }
            _ => return Ok(None),
        };
        let hint = Hint::read(name, &definition.directives)?;
        let fields = fields.iter().map(|field| read_field(name, &field.node));
        Ok(Some(Shape {
            hint,
            fields: fields.collect::<Result<_, _>>()?,
            possible,
        }))
    }
}

type ReadField = (String, (Option<Hint>, String));

fn read_field(of: &str, field: &FieldDefinition) -> Result<ReadField, HintError> {
    let name = field.name.node.to_string();
    let hint = Hint::read(&format!("{of}.{name}"), &field.directives)?;
    Ok((name, (hint, named(&field.ty.node).to_owned())))
}

fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => named(inner),
    }
}
