//! What people are in the organisation, and whether they may sign in.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use crate::graphql::ContextExt;
use crate::graphql::scalar::parse_id;
use crate::model::{Kind, Role};
use crate::service::RoleFields;

use super::Nullable;
use super::patch::{patch, patch_id};
use super::payload::{UserPayload, settled};

/// What somebody is to be; what is left out stays.
#[derive(InputObject)]
pub struct SetUserRoleInput {
    /// Who.
    user_id: ID,
    /// Their role; can't be null.
    role: MaybeUndefined<Role>,
    /// The custom role that they bear besides; null for none.
    custom_role_id: MaybeUndefined<ID>,
    /// The version that the change is meant for: with any other current version nothing is changed, and the answer is
    /// CONFLICT with the current person.
    expected_version: Option<i64>,
}

/// Whether somebody may sign in.
#[derive(InputObject)]
pub struct SetUserActiveInput {
    /// Who; nobody deactivates themselves.
    user_id: ID,
    /// Whether they may sign in from now on.
    active: bool,
    /// The version that the change is meant for: with any other current version nothing is changed, and the answer is
    /// CONFLICT with the current person.
    expected_version: Option<i64>,
}

/// What people are in the organisation.
#[derive(Default)]
pub struct RightsMutation;

#[Object]
impl RightsMutation {
    /// Changes what somebody is in the organisation. Nobody gives more than they may themselves, beside what every team
    /// member may; only an administrator changes an administrator, and the last active one stays one. A right that this
    /// takes away is gone from the person's next request on. Needs user:manage_roles.
    async fn set_user_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is to be what.")] input: SetUserRoleInput,
    ) -> Nullable<UserPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("userId", Kind::User, &input.user_id)?;
            let fields = RoleFields {
                role: patch(input.role),
                custom_role: patch_id("customRoleId", Kind::CustomRole, &input.custom_role_id)?,
            };
            let services = ctx.services();
            let call = services.set_user_role(viewer, id, fields, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Lets somebody sign in again, or no more: then all their sessions have ended. What they have made and what is
    /// assigned to them stays. Only an administrator deactivates an administrator, and the last active one stays active.
    /// Needs user:activate.
    async fn set_user_active(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and whether they may sign in.")] input: SetUserActiveInput,
    ) -> Nullable<UserPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("userId", Kind::User, &input.user_id)?;
            let services = ctx.services();
            let call = services.set_user_active(viewer, id, input.active, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }
}
