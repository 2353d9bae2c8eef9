//! The schema as a whole. It needs no service to exist, so the SDL prints without a database.

use std::sync::LazyLock;

use async_graphql::{EmptySubscription, Schema, SchemaBuilder};

use super::Policies;
use super::mutation::Mutation;
use super::query::Query;

/// The schema with its roots.
pub type ApiSchema = Schema<Query, Mutation, EmptySubscription>;

/// The schema; without introspection unless asked for. It has no extensions: one would slow every field down.
///
/// # Panics
/// When a cache hint can't be meant; the text says which and what is allowed.
pub fn schema(introspection: bool) -> ApiSchema {
    policies();
    if introspection {
        build().finish()
    } else {
        build().disable_introspection().finish()
    }
}

/// How long the answers of the schema's operations may be kept, read from its SDL once.
///
/// # Panics
/// When a cache hint can't be meant; the text says which and what is allowed.
pub fn policies() -> &'static Policies {
    static READ: LazyLock<Policies> = LazyLock::new(|| {
        let sdl = build().finish().sdl();
        Policies::new(&sdl).unwrap_or_else(|refused| panic!("{refused}"))
    });
    &READ
}

fn build() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription)
}
