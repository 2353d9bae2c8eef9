//! Who is signed in, and their organisation.

use async_graphql::{Context, Object};

use super::super::object::{Nullable, OrganizationObject, ViewerObject, one};
use super::super::{ApiError, ContextExt};

/// Roots about the viewer.
#[derive(Default)]
pub struct ViewerQuery;

/// Roots about the viewer.
#[Object]
impl ViewerQuery {
    /// The signed-in person; null when nobody is.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<ViewerObject> {
        ctx.scope().viewer().cloned().map(ViewerObject)
    }

    /// The viewer's organisation.
    async fn organization(&self, ctx: &Context<'_>) -> Nullable<OrganizationObject> {
        match ctx.viewer() {
            Ok(viewer) => one(ctx, Some(viewer.organization())).await,
            Err(error) => Some(Err::<_, ApiError>(error)),
        }
    }
}
