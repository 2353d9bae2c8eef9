//! The query root. (Branch `read` fills this.)

use async_graphql::{Context, Object};

use super::object::UserObject;
use super::{ApiError, ContextExt};

/// What can be read.
#[derive(Default)]
pub struct Query;

#[Object]
impl Query {
    /// The signed-in person; null when nobody is.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Option<UserObject>, ApiError> {
        let Some(viewer) = &ctx.scope().viewer else {
            return Ok(None);
        };
        Ok(ctx.loaders().get_as(viewer.user).await?.map(UserObject))
    }
}
