//! The types of a schema as the executor knows them: which fields there are and how each is had. It names no entity:
//! whoever builds a table brings those along.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;
use std::task::Poll;

use foldhash::fast::RandomState;

use crate::model::{FieldRule, Kind};

use super::arguments::Arguments;
use super::call::Call;
use super::{Failure, Object, Output};

/// Which type, by its place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub u16);

/// All types with fields.
#[derive(Default)]
pub struct Table {
    types: Vec<Type>,
    names: HashMap<String, TypeId, RandomState>,
    kinds: HashMap<Kind, TypeId, RandomState>,
}

/// A type with fields.
pub struct Type {
    /// Its name.
    pub name: String,
    /// Its fields by name.
    pub fields: HashMap<String, Arc<Field>>,
    /// Of an interface or a union the types of its objects; of an object none.
    pub possible: Vec<TypeId>,
}

/// A field of a type.
pub struct Field {
    /// Its name.
    pub name: String,
    /// Where nulls and lists may be.
    pub shape: Shape,
    /// The type of its objects; `None`: it holds scalars.
    pub of: Option<TypeId>,
    /// How it is had.
    pub resolve: Resolve,
    /// Who may read it of those who see its object, a row; `None`: everybody.
    pub rule: Option<FieldRule>,
    /// Reads its arguments; `None`: it has none.
    pub bind: Option<Bind>,
    /// What its arguments default to where the schema says so, by name.
    pub defaults: Vec<(String, async_graphql::Value)>,
}

/// Where nulls and lists may be in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Whether the field may be null.
    pub nullable: bool,
    /// Whether it is a list, and then whether its items may be null.
    pub list: Option<bool>,
}

/// How a field is had.
pub enum Resolve {
    /// The text in this slot of the row.
    Slot(usize),
    /// The entity that this slot names.
    One(usize, Kind),
    /// The entities that this slot names.
    Many(usize, Kind),
    /// The rows in this slot: the first, or all of a list.
    Embedded(usize),
    /// What this makes of the object.
    Call(Resolver),
}

/// Resolves a field of an object. It is called again once what it asked for is there, so it does nothing but read.
pub type Resolver = Box<dyn Fn(&Object, &Bound, &mut Call<'_>) -> Poll<Result<Output, Failure>> + Send + Sync>;
/// Reads a field's arguments, once per operation.
pub type Bind = Box<dyn Fn(&Arguments) -> Result<Bound, Failure> + Send + Sync>;
/// Arguments that have been read.
pub type Bound = Arc<dyn Any + Send + Sync>;

impl Table {
    /// The place for a type of this name, which is filled later.
    pub fn reserve(&mut self, name: &str) -> TypeId {
        if let Some(id) = self.names.get(name) {
            return *id;
        }
        let id = TypeId(u16::try_from(self.types.len()).expect("a schema has fewer than 65 536 types"));
        self.types.push(Type {
            name: name.into(),
            fields: HashMap::new(),
            possible: Vec::new(),
        });
        self.names.insert(name.into(), id);
        id
    }

    /// Adds a field to a type.
    pub fn add(&mut self, of: TypeId, field: Field) {
        let fields = &mut self.types[usize::from(of.0)].fields;
        fields.insert(field.name.clone(), Arc::new(field));
    }

    /// Says that objects of `of` are entities of this kind.
    pub fn holds(&mut self, of: TypeId, kind: Kind) {
        self.kinds.insert(kind, of);
    }

    /// Says that objects of the interface `of` may be of this type.
    pub fn possible(&mut self, of: TypeId, object: TypeId) {
        self.types[usize::from(of.0)].possible.push(object);
    }

    /// The type of this name.
    pub fn find(&self, name: &str) -> Option<TypeId> {
        self.names.get(name).copied()
    }

    /// The type.
    pub fn get(&self, id: TypeId) -> &Type {
        &self.types[usize::from(id.0)]
    }

    /// The type of entities of this kind, if clients may see them.
    pub fn of_kind(&self, kind: Kind) -> Option<TypeId> {
        self.kinds.get(&kind).copied()
    }

    /// All types.
    pub fn types(&self) -> impl Iterator<Item = &Type> {
        self.types.iter()
    }

    /// Whether an object of type `object` is also one of `condition`.
    pub fn is(&self, object: TypeId, condition: TypeId) -> bool {
        object == condition || self.get(condition).possible.contains(&object)
    }
}
