//! The people of a project.

use async_graphql::{Context, ID, InputObject, Object};

use crate::graphql::ContextExt;
use crate::graphql::scalar::parse_id;
use crate::model::{Kind, ProjectRole};

use super::Nullable;
use super::payload::{ProjectPayload, settled};

/// A person to add to a project.
#[derive(InputObject)]
pub struct AddProjectMemberInput {
    /// Which project.
    project_id: ID,
    /// Who: an active user of the organisation.
    user_id: ID,
    /// As what. Left out: as project member; clients and viewers of the organisation as project client and viewer.
    role: Option<ProjectRole>,
    /// The version that the change is meant for: with any other current version nothing is changed, and the answer is
    /// CONFLICT with the current project.
    expected_version: Option<i64>,
}

/// A person to take from a project.
#[derive(InputObject)]
pub struct RemoveProjectMemberInput {
    /// Which project.
    project_id: ID,
    /// Who. Neither its creator nor its client, who belong to it as what they are.
    user_id: ID,
    /// The version that the change is meant for: with any other current version nothing is changed, and the answer is
    /// CONFLICT with the current project.
    expected_version: Option<i64>,
}

/// A person's role in a project.
#[derive(InputObject)]
pub struct SetProjectRoleInput {
    /// Which project.
    project_id: ID,
    /// Who: an active user of the organisation. Who doesn't belong to the project yet joins its team.
    user_id: ID,
    /// As what.
    role: ProjectRole,
    /// The version that the change is meant for: with any other current version nothing is changed, and the answer is
    /// CONFLICT with the current project.
    expected_version: Option<i64>,
}

/// The people of a project.
#[derive(Default)]
pub struct MemberMutation;

#[Object]
impl MemberMutation {
    /// Adds a person to a project; once more changes nothing. Needs project:manage_team, and for the person's role
    /// in the project no more than the viewer may there.
    async fn add_project_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to add, where, as what.")] input: AddProjectMemberInput,
    ) -> Nullable<ProjectPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let project = parse_id("projectId", Kind::Project, &input.project_id)?;
            let user = parse_id("userId", Kind::User, &input.user_id)?;
            let services = ctx.services();
            let call = services.add_project_member(viewer, project, user, input.role, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Takes a person from a project, with their role in it. Their tasks stay assigned. Needs project:manage_team.
    async fn remove_project_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to take away, where.")] input: RemoveProjectMemberInput,
    ) -> Nullable<ProjectPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let project = parse_id("projectId", Kind::Project, &input.project_id)?;
            let user = parse_id("userId", Kind::User, &input.user_id)?;
            let services = ctx.services();
            let call = services.remove_project_member(viewer, project, user, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Gives a person a role in a project. Needs project:manage_team, and for the role no more than the viewer may there.
    async fn set_project_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is what, where.")] input: SetProjectRoleInput,
    ) -> Nullable<ProjectPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let project = parse_id("projectId", Kind::Project, &input.project_id)?;
            let user = parse_id("userId", Kind::User, &input.user_id)?;
            let services = ctx.services();
            let call = services.set_project_role(viewer, project, user, input.role, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }
}
