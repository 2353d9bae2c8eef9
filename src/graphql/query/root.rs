//! The query root: what the nouns' files offer, in one type. The library prints and validates it; what is selected of it
//! is executed by a plan, also where the library executes the rest of an operation.

use std::borrow::Cow;

use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult, Value,
};

use crate::execute::Subject;

use super::super::declare::{Declarations, register};
use super::super::inner::execute_inner;
use super::super::schema::declarations;
use super::{custom_role, dashboard, invitation, node, project, search, task, user, viewer};

/// What can be read.
pub struct Query;

const DOCS: &str = "What can be read. Everything but `viewer` needs somebody signed in; what the viewer doesn't see,\n\
                    or another organisation has, answers as if it didn't exist.";

/// Declares it.
pub fn declare(to: &mut Declarations) {
    let query = to.object("Query", DOCS);
    let query = user::declare(invitation::declare(viewer::declare(query)));
    let query = project::declare(custom_role::declare(query));
    node::declare(search::declare(dashboard::declare(task::declare(query))));
}

#[async_trait::async_trait]
impl OutputType for Query {
    fn type_name() -> Cow<'static, str> {
        "Query".into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        register(&declarations(), registry);
        "Query!".into()
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        unreachable!("nothing leads to the root")
    }
}

#[async_trait::async_trait]
impl ContainerType for Query {
    /// One root field of an operation that the library executes, because it asks for the schema beside.
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let (field, pos) = (ctx.item.clone(), ctx.item.pos);
        let key = field.node.response_key().node.clone();
        let alone = SelectionSet {
            items: vec![Positioned::new(Selection::Field(field), pos)],
        };
        let value = execute_inner(ctx, None, "Query", Subject::Root, &alone).await?;
        Ok(match value {
            Value::Object(mut object) => object.swap_remove(&key),
            _ => None,
        })
    }
}

impl ObjectType for Query {}
