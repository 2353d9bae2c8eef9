//! The schema as operations are made from it: its fields with their arguments, read from the SDL.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition,
};

/// Where the SDL stands.
pub const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/schema.graphql");

/// The types of the schema by their names.
pub struct Sdl {
    types: BTreeMap<String, Kinds>,
}

enum Kinds {
    /// An object type or an interface.
    Composite {
        fields: Vec<Field>,
        interfaces: BTreeSet<String>,
        is_interface: bool,
    },
    Input(Vec<Argument>),
    Enum(Vec<String>),
    Leaf,
}

/// A field of a type.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub ty: Type,
    pub arguments: Vec<Argument>,
}

/// An argument of a field, or a field of an input object.
#[derive(Clone, Debug)]
pub struct Argument {
    pub name: String,
    pub ty: Type,
    pub has_default: bool,
}

impl Sdl {
    /// Reads the schema's SDL.
    pub fn read() -> Sdl {
        let document = parse_schema(std::fs::read_to_string(PATH).unwrap()).unwrap();
        let mut types = BTreeMap::new();
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let name = definition.node.name.node.to_string();
            types.insert(name, kinds(definition.node.kind));
        }
        Sdl { types }
    }

    /// The fields of an object type or interface.
    pub fn fields(&self, of: &str) -> &[Field] {
        match &self.types[of] {
            Kinds::Composite { fields, .. } => fields,
            _ => panic!("{of} has no fields"),
        }
    }

    /// Whether its fields have to be selected.
    pub fn is_composite(&self, name: &str) -> bool {
        matches!(self.types.get(name), Some(Kinds::Composite { .. }))
    }

    /// Whether it is an interface.
    pub fn is_interface(&self, name: &str) -> bool {
        matches!(self.types.get(name), Some(Kinds::Composite { is_interface: true, .. }))
    }

    /// The types whose objects can be of this type too: itself, the interfaces of an object type, the object types
    /// of an interface.
    pub fn overlapping(&self, of: &str) -> Vec<&str> {
        let overlaps = |(name, kinds): (&String, &Kinds)| match kinds {
            Kinds::Composite { interfaces, .. } => name == of || interfaces.contains(of) || self.implements(of, name),
            _ => false,
        };
        let all = self.types.iter().filter(|(name, kinds)| overlaps((name, kinds)));
        all.map(|(name, _)| name.as_str()).collect()
    }

    fn implements(&self, object: &str, interface: &str) -> bool {
        match &self.types[object] {
            Kinds::Composite { interfaces, .. } => interfaces.contains(interface),
            _ => false,
        }
    }

    /// Whether a field of an interface has this name.
    pub fn is_of_interface(&self, field: &str) -> bool {
        self.types.values().any(|kinds| match kinds {
            Kinds::Composite {
                fields,
                is_interface: true,
                ..
            } => fields.iter().any(|own| own.name == field),
            _ => false,
        })
    }

    /// The fields of an input object.
    pub fn input(&self, name: &str) -> Option<&[Argument]> {
        match self.types.get(name) {
            Some(Kinds::Input(fields)) => Some(fields),
            _ => None,
        }
    }

    /// The values of an enum.
    pub fn values(&self, name: &str) -> Option<&[String]> {
        match self.types.get(name) {
            Some(Kinds::Enum(values)) => Some(values),
            _ => None,
        }
    }
}

fn kinds(kind: TypeKind) -> Kinds {
    match kind {
        TypeKind::Object(object) => Kinds::Composite {
            fields: object.fields.into_iter().map(|field| Field::new(field.node)).collect(),
            interfaces: object.implements.iter().map(|name| name.node.to_string()).collect(),
            is_interface: false,
        },
        TypeKind::Interface(interface) => Kinds::Composite {
            fields: interface
                .fields
                .into_iter()
                .map(|field| Field::new(field.node))
                .collect(),
            interfaces: BTreeSet::new(),
            is_interface: true,
        },
        TypeKind::InputObject(input) => Kinds::Input(
            input
                .fields
                .into_iter()
                .map(|field| Argument::new(field.node))
                .collect(),
        ),
        TypeKind::Enum(of) => Kinds::Enum(
            of.values
                .iter()
                .map(|value| value.node.value.node.to_string())
                .collect(),
        ),
        TypeKind::Scalar | TypeKind::Union(_) => Kinds::Leaf,
    }
}

impl Field {
    fn new(field: FieldDefinition) -> Field {
        Field {
            name: field.name.node.to_string(),
            ty: field.ty.node,
            arguments: field
                .arguments
                .into_iter()
                .map(|argument| Argument::new(argument.node))
                .collect(),
        }
    }

    /// What an answer has in its place, without regard to which fields are selected of objects: where two fields of
    /// different types stand under one name, it must be the same.
    pub fn shape(&self, sdl: &Sdl) -> String {
        let (text, name) = (self.ty.to_string(), named(&self.ty));
        if sdl.is_composite(name) {
            text.replace(name, "{}")
        } else {
            text
        }
    }
}

impl Argument {
    fn new(argument: InputValueDefinition) -> Argument {
        Argument {
            name: argument.name.node.to_string(),
            ty: argument.ty.node,
            has_default: argument.default_value.is_some(),
        }
    }
}

/// The name of the type inside lists.
pub fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => named(inner),
    }
}

/// The type of a list's items.
pub fn item(ty: &Type) -> Option<&Type> {
    match &ty.base {
        BaseType::Named(_) => None,
        BaseType::List(inner) => Some(inner),
    }
}
