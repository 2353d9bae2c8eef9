//! Projects.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use crate::graphql::scalar::{MinorUnits, parse_id};
use crate::graphql::{ApiError, ContextExt};
use crate::model::{Kind, Priority, ProjectStatus, Timestamp};
use crate::service::{BudgetFields, ProjectFields};

use super::Nullable;
use super::patch::{given, ids, optional_id, patch, patch_id};
use super::payload::{DeleteProjectPayload, ProjectPayload, settled};

/// What a project may cost. What has been spent is counted by the server.
#[derive(InputObject)]
pub struct BudgetInput {
    /// What may be spent, in minor units of the currency: 1050 is 10.50.
    total: MinorUnits,
    /// ISO 4217 code, like `EUR`.
    currency: String,
}

/// A new project.
#[derive(InputObject)]
pub struct CreateProjectInput {
    /// What it is called: 1 to 200 characters.
    name: String,
    /// What it is about: at most 20 000 characters.
    description: Option<String>,
    /// How far it is; PLANNING unless told otherwise.
    status: Option<ProjectStatus>,
    /// How urgent it is; MEDIUM unless told otherwise.
    priority: Option<Priority>,
    /// The customer it is for: a user of the role client.
    client_id: Option<ID>,
    /// Who belongs to it besides the viewer: at most 500 users.
    member_ids: Option<Vec<ID>>,
    /// When work begins.
    start_date: Option<Timestamp>,
    /// When it shall be done; not before it begins.
    end_date: Option<Timestamp>,
    /// Free words: at most 20 of at most 50 characters.
    tags: Option<Vec<String>>,
    /// What it may cost.
    budget: Option<BudgetInput>,
}

/// What changes of a project; what is left out stays.
#[derive(InputObject)]
pub struct UpdateProjectInput {
    /// Which project.
    project_id: ID,
    /// The version that the change is meant for: with any other current version nothing is changed, and the answer is
    /// CONFLICT with the current project. Left out: the change is made whatever happened meanwhile.
    expected_version: Option<i64>,
    /// What it is called: 1 to 200 characters; can't be null.
    name: MaybeUndefined<String>,
    /// What it is about: at most 20 000 characters; null empties it.
    description: MaybeUndefined<String>,
    /// How far it is; can't be null.
    status: MaybeUndefined<ProjectStatus>,
    /// How urgent it is; can't be null.
    priority: MaybeUndefined<Priority>,
    /// The customer it is for: a user of the role client; null for none. Needs project:manage_team.
    client_id: MaybeUndefined<ID>,
    /// When work begins; null for not settled.
    start_date: MaybeUndefined<Timestamp>,
    /// When it shall be done, not before it begins; null for not settled.
    end_date: MaybeUndefined<Timestamp>,
    /// Free words, at most 20 of at most 50 characters; null for none.
    tags: MaybeUndefined<Vec<String>>,
    /// What it may cost; null for no budget. Needs project:manage_budget.
    budget: MaybeUndefined<BudgetInput>,
}

/// Names a project to put away.
#[derive(InputObject)]
pub struct ArchiveProjectInput {
    /// Which project.
    project_id: ID,
    /// The version that the change is meant for: with any other current version nothing is changed, and the answer is
    /// CONFLICT with the current project.
    expected_version: Option<i64>,
}

/// Names a project to take back.
#[derive(InputObject)]
pub struct RestoreProjectInput {
    /// Which project.
    project_id: ID,
    /// The version that the change is meant for: with any other current version nothing is changed, and the answer is
    /// CONFLICT with the current project.
    expected_version: Option<i64>,
}

/// Names a project to remove.
#[derive(InputObject)]
pub struct DeleteProjectInput {
    /// Which project.
    project_id: ID,
    /// The version that the removal is meant for: with any other current version nothing is removed, and the answer is
    /// CONFLICT with the current project.
    expected_version: Option<i64>,
}

/// Projects.
#[derive(Default)]
pub struct ProjectMutation;

#[Object]
impl ProjectMutation {
    /// Makes a project, with the standard board and the next number of the organisation. The viewer counts as its
    /// manager. Needs project:create.
    async fn create_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new project.")] input: CreateProjectInput,
    ) -> Nullable<ProjectPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let members = ids("memberIds", Kind::User, input.member_ids.as_deref().unwrap_or_default())?;
            let fields = fields_of_new(input)?;
            let call = ctx.services().create_project(viewer, &fields, &members);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Changes a project. Needs project:update.
    async fn update_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateProjectInput,
    ) -> Nullable<ProjectPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("projectId", Kind::Project, &input.project_id)?;
            let (expected, fields) = (input.expected_version, changed_fields(input)?);
            let services = ctx.services();
            let call = services.update_project(viewer, id, expected, &fields);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Puts a project away: lists leave it out unless they ask for what is archived. Needs project:archive.
    async fn archive_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which project.")] input: ArchiveProjectInput,
    ) -> Nullable<ProjectPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("projectId", Kind::Project, &input.project_id)?;
            let services = ctx.services();
            let call = services.archive_project(viewer, id, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Takes a project back that was put away. Needs project:archive.
    async fn restore_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which project.")] input: RestoreProjectInput,
    ) -> Nullable<ProjectPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("projectId", Kind::Project, &input.project_id)?;
            let services = ctx.services();
            let call = services.restore_project(viewer, id, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Removes a project with all its tasks and comments, for good and in one step. One with more than 20 000 tasks is
    /// refused. Needs project:delete.
    async fn delete_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which project.")] input: DeleteProjectInput,
    ) -> Nullable<DeleteProjectPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("projectId", Kind::Project, &input.project_id)?;
            let services = ctx.services();
            let call = services.delete_project(viewer, id, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }
}

impl From<BudgetInput> for BudgetFields {
    fn from(input: BudgetInput) -> BudgetFields {
        BudgetFields {
            total: input.total.0,
            currency: input.currency,
        }
    }
}

fn fields_of_new(input: CreateProjectInput) -> Result<ProjectFields, ApiError> {
    Ok(ProjectFields {
        name: given(Some(input.name)),
        description: given(input.description),
        status: given(input.status),
        priority: given(input.priority),
        client: given(optional_id("clientId", Kind::User, input.client_id.as_ref())?),
        start_date: given(input.start_date),
        end_date: given(input.end_date),
        tags: given(input.tags),
        budget: given(input.budget.map(BudgetFields::from)),
    })
}

fn changed_fields(input: UpdateProjectInput) -> Result<ProjectFields, ApiError> {
    Ok(ProjectFields {
        name: patch(input.name),
        description: patch(input.description),
        status: patch(input.status),
        priority: patch(input.priority),
        client: patch_id("clientId", Kind::User, &input.client_id)?,
        start_date: patch(input.start_date),
        end_date: patch(input.end_date),
        tags: patch(input.tags),
        budget: patch(input.budget.map_value(BudgetFields::from)),
    })
}
