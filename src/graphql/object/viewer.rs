//! The signed-in person and what they may.

use async_graphql::{Context, Object};

use crate::model::{Kind, Permission, Role, Viewer};

use super::super::cache_control::Kept;
use super::super::{ApiError, ContextExt};
use super::{Nullable, OrganizationObject, UserObject};

/// The signed-in person and what they may.
#[derive(Clone)]
pub struct ViewerObject(pub Viewer);

/// The signed-in person and what they may in their organisation.
#[Object(name = "Viewer", directive = Kept::apply(Kind::User))]
impl ViewerObject {
    /// Who is signed in.
    async fn user(&self, ctx: &Context<'_>) -> Nullable<UserObject> {
        let user = ctx.loaders().get_as(self.0.user()).await.transpose()?;
        Some(user.map(UserObject).map_err(ApiError::from))
    }

    /// Their organisation.
    async fn organization(&self, ctx: &Context<'_>) -> Nullable<OrganizationObject> {
        let organization = ctx.loaders().get_as(self.0.organization()).await.transpose()?;
        Some(organization.map(OrganizationObject).map_err(ApiError::from))
    }

    /// What they are in the organisation.
    async fn role(&self) -> Role {
        self.0.role()
    }

    /// What they may anywhere in the organisation, as `resource:verb`, like `project:create`.
    /// In a project they may also what their role there gives.
    async fn permissions(&self) -> Vec<&'static str> {
        self.0.permissions().iter().map(Permission::name).collect()
    }
}
