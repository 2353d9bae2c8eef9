//! The roles that the organisation makes itself.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use crate::graphql::ContextExt;
use crate::graphql::scalar::parse_id;
use crate::model::Kind;
use crate::service::CustomRoleFields;

use super::Nullable;
use super::patch::patch;
use super::payload::{CustomRolePayload, DeleteCustomRolePayload, settled};

/// A new custom role.
#[derive(InputObject)]
pub struct CreateCustomRoleInput {
    /// What it is called: 1 to 100 characters, and no other custom role is called so.
    name: String,
    /// What it gives anywhere in the organisation, as `resource:verb`, like `project:create`; no more than the viewer
    /// may hand out. With an unknown one nothing is made, and the user error tells which there are.
    permissions: Vec<String>,
}

/// What changes of a custom role; what is left out stays.
#[derive(InputObject)]
pub struct UpdateCustomRoleInput {
    /// Which custom role.
    custom_role_id: ID,
    /// The version that the change is meant for: with any other current version nothing is changed, and the answer is
    /// CONFLICT with the current custom role. Left out: the change is made whatever happened meanwhile.
    expected_version: Option<i64>,
    /// What it is called: 1 to 100 characters, and no other custom role is called so; can't be null.
    name: MaybeUndefined<String>,
    /// All that it gives from now on, as `resource:verb`; what is new of it no more than the viewer may hand out. Can't be
    /// null.
    permissions: MaybeUndefined<Vec<String>>,
}

/// Names a custom role to remove.
#[derive(InputObject)]
pub struct DeleteCustomRoleInput {
    /// Which custom role; one that nobody bears.
    custom_role_id: ID,
    /// The version that the removal is meant for: with any other current version nothing is removed, and the answer is
    /// CONFLICT with the current custom role.
    expected_version: Option<i64>,
}

/// The roles that the organisation makes itself.
#[derive(Default)]
pub struct CustomRoleMutation;

#[Object]
impl CustomRoleMutation {
    /// Makes a role of the organisation's own: a set of rights for those who bear it to have besides those of their role.
    /// Needs user:manage_roles.
    async fn create_custom_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is called and what it gives.")] input: CreateCustomRoleInput,
    ) -> Nullable<CustomRolePayload> {
        let answer = async {
            let fields = CustomRoleFields {
                name: Some(Some(input.name)),
                permissions: Some(Some(input.permissions)),
            };
            let call = ctx.services().create_custom_role(ctx.viewer()?, &fields);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Changes a custom role. What it doesn't give any more is taken from everybody who bears it, from their next request
    /// on. Needs user:manage_roles.
    async fn update_custom_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and what changes.")] input: UpdateCustomRoleInput,
    ) -> Nullable<CustomRolePayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("customRoleId", Kind::CustomRole, &input.custom_role_id)?;
            let fields = CustomRoleFields {
                name: patch(input.name),
                permissions: patch(input.permissions),
            };
            let services = ctx.services();
            let call = services.update_custom_role(viewer, id, &fields, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Removes a custom role that nobody bears; while somebody does, the user error says how many, and
    /// `users(filter: {customRoleId: …})` who. Needs user:manage_roles.
    async fn delete_custom_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: DeleteCustomRoleInput,
    ) -> Nullable<DeleteCustomRolePayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("customRoleId", Kind::CustomRole, &input.custom_role_id)?;
            let services = ctx.services();
            let call = services.delete_custom_role(viewer, id, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }
}
