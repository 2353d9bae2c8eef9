//! The schema as a whole. It needs no service to exist, so the SDL prints without a database.

use async_graphql::{EmptySubscription, Schema};

use super::Policies;
use super::mutation::Mutation;
use super::query::Query;

/// The schema with its roots.
pub type ApiSchema = Schema<Query, Mutation, EmptySubscription>;

/// The schema; without introspection unless asked for. It has no extensions: one would slow every field down.
///
/// # Panics
/// When a cache hint can't be meant: the text says which and what is allowed.
pub fn schema(introspection: bool) -> ApiSchema {
    let builder = Schema::build(Query::default(), Mutation::default(), EmptySubscription);
    let schema = if introspection {
        builder.finish()
    } else {
        builder.disable_introspection().finish()
    };
    if let Err(error) = Policies::new(&schema.sdl()) {
        panic!("{error}");
    }
    schema
}
