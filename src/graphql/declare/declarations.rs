//! All types that have been declared so far, and the table made of them.

use std::collections::HashSet;

use async_graphql::registry::{MetaDirectiveInvocation, Registry};

use crate::execute::{Field, Resolve, Table, TypeId};
use crate::model::{Column, Declared, Entity, Face, Kind};

use super::field::FieldDeclaration;
use super::ty::{Ty, shape};

/// The types of a schema.
#[derive(Default)]
pub struct Declarations {
    pub(super) types: Vec<TypeDeclaration>,
}

/// A type.
pub(super) struct TypeDeclaration {
    pub name: String,
    pub docs: String,
    pub kind: Option<Kind>,
    pub hint: Option<MetaDirectiveInvocation>,
    pub interface: Option<&'static str>,
    pub is_interface: bool,
    pub fields: Vec<FieldDeclaration>,
}

/// A type that is being declared.
pub struct ObjectDeclaration<'d>(&'d mut TypeDeclaration);

impl Declarations {
    /// An object made for answers.
    pub fn object(&mut self, name: impl Into<String>, docs: &str) -> ObjectDeclaration<'_> {
        self.begin(name.into(), docs.into())
    }

    /// An interface; its objects are those that say so.
    pub fn interface(&mut self, name: &str, docs: &str) -> ObjectDeclaration<'_> {
        let object = self.begin(name.into(), docs.into());
        object.0.is_interface = true;
        object
    }

    /// The type of an entity, with all that clients see of its columns.
    pub fn entity<E: Entity + Declared>(&mut self) -> ObjectDeclaration<'_> {
        let object = self.embedded::<E>(E::KIND.name());
        object.0.kind = Some(E::KIND);
        object.0.interface = Some("Node");
        object
    }

    /// The type of what stands in an entity, with all that clients see of its columns as they are.
    pub fn embedded<T: Declared>(&mut self, name: &str) -> ObjectDeclaration<'_> {
        let object = self.begin(name.into(), T::DOCS.join("\n"));
        let columns = T::COLUMNS.iter().enumerate();
        object
            .0
            .fields
            .extend(columns.filter_map(|(at, column)| stored(at, column)));
        object
    }

    fn begin(&mut self, name: String, docs: String) -> ObjectDeclaration<'_> {
        self.types.push(TypeDeclaration {
            name,
            docs,
            kind: None,
            hint: None,
            interface: None,
            is_interface: false,
            fields: Vec::new(),
        });
        ObjectDeclaration(self.types.last_mut().expect("one was put there"))
    }

    /// The table that operations are executed by.
    ///
    /// # Panics
    /// When a field leads to a type that nobody declared, or a name is taken twice.
    pub fn into_table(self) -> Table {
        let (mut table, mut registry) = (Table::default(), Registry::default());
        let names: HashSet<String> = self.types.iter().map(|declared| declared.name.clone()).collect();
        assert_eq!(names.len(), self.types.len(), "two types have the same name");
        // The library calls its fields, but fragments name it.
        table.reserve("Mutation");
        for declared in self.types {
            let of = table.reserve(&declared.name);
            if let Some(kind) = declared.kind {
                table.holds(of, kind);
            }
            if let Some(interface) = declared.interface {
                let interface = table.reserve(interface);
                table.possible(interface, of);
            }
            for field in declared.fields {
                if let Some(object) = field.ty.object() {
                    let place = format!("{}.{}", declared.name, field.name);
                    assert!(
                        names.contains(object),
                        "{place} leads to {object}, which nobody declared"
                    );
                }
                let field = executed(field, &mut table, &mut registry);
                table.add(of, field);
            }
        }
        table
    }
}

impl ObjectDeclaration<'_> {
    /// How long answers with it may be kept.
    pub fn hint(self, hint: MetaDirectiveInvocation) -> Self {
        self.0.hint = Some(hint);
        self
    }

    /// How long answers with this field may be kept.
    ///
    /// # Panics
    /// When there is no such field.
    pub fn hint_field(self, name: &str, hint: MetaDirectiveInvocation) -> Self {
        let field = self.0.fields.iter_mut().find(|field| field.name == name);
        field.expect("the field was declared before").hint = Some(hint);
        self
    }

    /// One field more. If it shows a column of the entity, it has the rule of that.
    pub fn field(self, field: FieldDeclaration) -> Self {
        let columns = self.0.kind.map_or(&[][..], Kind::columns).iter();
        let rule = columns
            .filter(|column| column.name() == field.name)
            .find_map(|column| column.rule);
        self.0.fields.push(field.ruled(rule));
        self
    }
}

/// What clients see of a column.
fn stored(at: usize, column: &Column) -> Option<FieldDeclaration> {
    let (ty, resolve) = match column.face {
        Face::Id => (Ty::leaf::<async_graphql::ID>(), Resolve::Slot(at)),
        Face::Scalar(create) => (Ty::Leaf(create), Resolve::Slot(at)),
        Face::One(kind) => (Ty::of(kind.name()), Resolve::One(at, kind)),
        Face::Many(kind) => (Ty::of(format!("[{}!]", kind.name())), Resolve::Many(at, kind)),
        // What is embedded knows too little of what it stands in: its type is declared by hand.
        Face::Hidden | Face::Embedded => return None,
    };
    let field = FieldDeclaration::slot(column.name(), ty, column.docs.join("\n"), resolve);
    Some(field.ruled(column.rule))
}

fn executed(field: FieldDeclaration, table: &mut Table, registry: &mut Registry) -> Field {
    let text = field.ty.text(registry);
    let arguments = (field.arguments)(registry);
    let defaults = arguments
        .iter()
        .filter_map(|argument| Some((argument.name.clone(), argument.default.clone()?)));
    assert!(
        field.rule.is_none() || shape(&text).nullable,
        "{} has a rule, so it may be null",
        field.name
    );
    let of: Option<TypeId> = field.ty.object().map(|object| table.reserve(object));
    Field {
        shape: shape(&text),
        of,
        defaults: defaults.collect(),
        bind: field.bind.filter(|_| !arguments.is_empty()),
        resolve: field.resolve,
        rule: field.rule,
        name: field.name,
    }
}
