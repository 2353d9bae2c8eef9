//! The schema as a whole. It needs no service to exist, so the SDL prints without a database.

use async_graphql::{EmptySubscription, Schema};

use super::mutation::Mutation;
use super::query::Query;

/// The schema with its roots.
pub type ApiSchema = Schema<Query, Mutation, EmptySubscription>;

/// The schema; without introspection unless asked for. It has no extensions: one would slow every field down.
pub fn schema(introspection: bool) -> ApiSchema {
    let builder = Schema::build(Query::default(), Mutation::default(), EmptySubscription);
    if introspection {
        builder.finish()
    } else {
        builder.disable_introspection().finish()
    }
}
