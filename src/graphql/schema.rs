//! The schema as a whole. It needs no service to exist, so the SDL prints without a database.

use std::sync::{Arc, LazyLock};

use async_graphql::extensions::ExtensionFactory;
use async_graphql::parser::parse_schema;
use async_graphql::{EmptySubscription, Schema, SchemaBuilder, ValidationMode};

use crate::execute::{Inputs, Table};
use crate::model::Timestamp;

use super::declare::Declarations;
use super::mutation::Mutation;
use super::query::Query;
use super::scalar::{MinorUnits, refused};
use super::{Policies, mutation, object, query};

/// The schema with its roots.
pub type ApiSchema = Schema<Query, Mutation, EmptySubscription>;

/// The schema; without introspection unless asked for. It has no extensions: one would slow every field down. Documents
/// are validated before it executes them.
///
/// # Panics
/// When a cache hint can't be meant; the text says which and what is allowed.
pub fn schema(introspection: bool) -> ApiSchema {
    policies();
    let schema = build().validation_mode(ValidationMode::Fast);
    if introspection {
        schema.finish()
    } else {
        schema.disable_introspection().finish()
    }
}

/// The same with an extension.
pub(super) fn cut_short(introspection: bool, extension: impl ExtensionFactory) -> ApiSchema {
    let schema = build().extension(extension);
    if introspection {
        schema.finish()
    } else {
        schema.disable_introspection().finish()
    }
}

/// How long the answers of the schema's operations may be kept, read from its SDL once.
///
/// # Panics
/// When a cache hint can't be meant; the text says which and what is allowed.
pub fn policies() -> &'static Policies {
    static READ: LazyLock<Policies> =
        LazyLock::new(|| Policies::new(sdl()).unwrap_or_else(|refused| panic!("{refused}")));
    &READ
}

/// All that is declared.
pub fn declarations() -> Declarations {
    let mut declarations = Declarations::default();
    query::declare(&mut declarations);
    object::declare(&mut declarations);
    mutation::declare(&mut declarations);
    declarations
}

/// The types that operations are executed by.
pub fn table() -> &'static Arc<Table> {
    static TABLE: LazyLock<Arc<Table>> = LazyLock::new(|| Arc::new(declarations().into_table()));
    &TABLE
}

/// What variables may be.
pub fn inputs() -> &'static Inputs {
    static READ: LazyLock<Inputs> = LazyLock::new(|| {
        let schema = parse_schema(sdl()).expect("the schema prints what its parser reads");
        let inputs = Inputs::new(&schema).scalar("DateTime", refused::<Timestamp>);
        inputs.scalar("MinorUnits", refused::<MinorUnits>)
    });
    &READ
}

fn sdl() -> &'static str {
    static SDL: LazyLock<String> = LazyLock::new(|| build().finish().sdl());
    &SDL
}

fn build() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query, Mutation::default(), EmptySubscription)
}
