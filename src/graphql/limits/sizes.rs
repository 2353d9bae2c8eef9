//! How many objects stand behind each field of the schema, read from its SDL once at start.

use std::collections::HashMap;

use async_graphql::Value;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, ServiceDocument, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};

use super::super::page::{DEFAULT_ROWS, MAX_ROWS};

/// What is assumed of a list without a size in its arguments, like the assignees of a task.
const PLAIN_LIST: u64 = 5;

/// The lists of introspection: small enough for the tools' queries, growing fast when they are nested in each other.
const INTROSPECTION: &[(&str, &str, &str, u64)] = &[
    ("__Schema", "types", "__Type", 10),
    ("__Schema", "queryType", "__Type", 1),
    ("__Schema", "mutationType", "__Type", 1),
    ("__Schema", "subscriptionType", "__Type", 1),
    ("__Schema", "directives", "__Directive", PLAIN_LIST),
    ("__Type", "fields", "__Field", 10),
    ("__Type", "inputFields", "__InputValue", 10),
    ("__Type", "possibleTypes", "__Type", 10),
    ("__Type", "interfaces", "__Type", PLAIN_LIST),
    ("__Type", "enumValues", "__EnumValue", PLAIN_LIST),
    ("__Type", "ofType", "__Type", 1),
    ("__Field", "args", "__InputValue", 2),
    ("__Field", "type", "__Type", 1),
    ("__InputValue", "type", "__Type", 1),
    ("__Directive", "args", "__InputValue", 2),
];

/// The fields of every type.
#[derive(Clone, Debug, Default)]
pub struct Sizes {
    types: HashMap<String, HashMap<String, Shape>>,
}

/// What stands behind a field.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The type of its objects.
    pub of: String,
    /// How many there are.
    pub size: Size,
}

/// How many objects stand behind a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Size {
    /// Always as many.
    Fixed(u64),
    /// As many as `first`, `last` or `limit` says, or so many without.
    Rows(u64),
    /// As many as this argument names.
    Named(String),
}

impl Sizes {
    /// Reads them from a parsed schema.
    pub fn new(schema: &ServiceDocument) -> Sizes {
        let mut sizes = Sizes::default();
        for definition in &schema.definitions {
            if let TypeSystemDefinition::Type(definition) = definition {
                sizes.add_type(&definition.node);
            }
        }
        for (of, field, result, size) in INTROSPECTION {
            sizes.add(of, field, result, Size::Fixed(*size));
        }
        sizes.add("Query", "__schema", "__Schema", Size::Fixed(1));
        sizes.add("Query", "__type", "__Type", Size::Fixed(1));
        sizes
    }

    /// What stands behind this field; `None` when there is no such field.
    pub fn shape(&self, of: &str, field: &str) -> Option<&Shape> {
        self.types.get(of)?.get(field)
    }

    fn add_type(&mut self, definition: &TypeDefinition) {
        let fields = match &definition.kind {
            TypeKind::Object(object) => &object.fields,
            TypeKind::Interface(interface) => &interface.fields,
            _ => return,
        };
        let name = definition.name.node.as_str();
        for field in fields {
            let (result, list) = unwrap(&field.node.ty.node);
            let size = size(name, &field.node, result, list);
            self.add(name, field.node.name.node.as_str(), result, size);
        }
    }

    fn add(&mut self, of: &str, field: &str, result: &str, size: Size) {
        let shape = Shape {
            of: result.into(),
            size,
        };
        self.types.entry(of.into()).or_default().insert(field.into(), shape);
    }
}

fn size(of: &str, field: &FieldDefinition, result: &str, list: bool) -> Size {
    if result.ends_with("Connection") {
        return Size::Rows(DEFAULT_ROWS.into());
    }
    // The rows of a connection have been counted where the connection stands.
    if !list || of.ends_with("Connection") {
        return Size::Fixed(1);
    }
    for argument in &field.arguments {
        let (name, argument) = (argument.node.name.node.as_str(), &argument.node);
        if name == "first" {
            let default = argument.default_value.as_ref().and_then(|value| rows(&value.node));
            return Size::Rows(default.unwrap_or(DEFAULT_ROWS.into()));
        }
        if matches!(argument.ty.node.base, BaseType::List(_)) {
            return Size::Named(name.into());
        }
    }
    Size::Fixed(PLAIN_LIST)
}

/// As many rows as an argument asks for; more than a page holds is refused later, so it counts as a full page.
pub fn rows(value: &Value) -> Option<u64> {
    let Value::Number(number) = value else { return None };
    Some(number.as_i64()?.clamp(1, MAX_ROWS.into()).unsigned_abs())
}

fn unwrap(ty: &Type) -> (&str, bool) {
    match &ty.base {
        BaseType::Named(name) => (name.as_str(), false),
        BaseType::List(inner) => (unwrap(inner).0, true),
    }
}
