//! A project as clients see it: its people, its money, its board, its tasks.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use crate::model::{Kind, Permission, Priority, Project, ProjectStatus, Timestamp, permission};

use super::super::cache_control::{Kept, KeptList};
use super::super::connection::Connection;
use super::super::page::PageArgs;
use super::super::query::{TaskFilter, TaskSort, tasks_of};
use super::super::scalar::global_id;
use super::super::{ApiError, ContextExt};
use super::{
    BoardColumnObject, BudgetObject, Nullable, ProjectMember, TaskObject, TaskProgress, UserObject, one, several,
};

/// A project with its board.
#[derive(Clone)]
pub struct ProjectObject(pub Arc<Project>);

impl ProjectObject {
    fn budget_seen(&self, ctx: &Context<'_>) -> Result<Option<BudgetObject>, ApiError> {
        let (viewer, needed) = (ctx.viewer()?, Permission::ProjectManageBudget);
        let may = |permission| permission::may_in_project(viewer, permission, &self.0);
        if may(needed) || may(Permission::FinancialRead) {
            return Ok(self.0.budget.as_ref().map(BudgetObject::from));
        }
        Err(ApiError::Forbidden(needed))
    }
}

/// A project with its board. Seen by everybody who belongs to it, and by who may `project:view_all`.
#[Object(name = "Project", directive = Kept::apply(Kind::Project))]
impl ProjectObject {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id(Kind::Project, self.0.id)
    }

    /// Counts the projects of the organisation, from 1; the first part of its tasks' `displayId`.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// What it is called, at most 200 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is about; empty when nothing was written.
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// How far it is.
    async fn status(&self) -> ProjectStatus {
        self.0.status
    }

    /// How urgent it is.
    async fn priority(&self) -> Priority {
        self.0.priority
    }

    /// Who made it; null when they are gone.
    async fn creator(&self, ctx: &Context<'_>) -> Nullable<UserObject> {
        one(ctx, Some(self.0.created_by)).await
    }

    /// The customer it is for; null when there is none.
    async fn client(&self, ctx: &Context<'_>) -> Nullable<UserObject> {
        one(ctx, self.0.client).await
    }

    /// The team: everybody who belongs to it besides creator and client.
    async fn members(&self, ctx: &Context<'_>) -> Nullable<Vec<UserObject>> {
        several(ctx, &self.0.team_members).await
    }

    /// How many are in the team.
    async fn member_count(&self) -> usize {
        self.0.team_members.len()
    }

    /// Everybody who belongs to it, creator and client first, each with the role they have in it.
    async fn roles(&self, ctx: &Context<'_>) -> Nullable<Vec<ProjectMember>> {
        let people = several(ctx, &ProjectMember::ids(&self.0)).await?;
        let role = |user| ProjectMember::of(&self.0, user);
        Some(people.map(|people| people.into_iter().filter_map(role).collect()))
    }

    /// When work begins.
    async fn start_date(&self) -> Option<Timestamp> {
        self.0.start_date
    }

    /// When it shall be done.
    async fn end_date(&self) -> Option<Timestamp> {
        self.0.end_date
    }

    /// Free words, at most 20.
    async fn tags(&self) -> &[String] {
        &self.0.tags
    }

    /// The columns of its board, from left to right.
    async fn columns(&self) -> Vec<BoardColumnObject> {
        BoardColumnObject::all(&self.0)
    }

    /// What it may cost; null when nothing was set. FORBIDDEN without `project:manage_budget` or `financial:read`.
    async fn budget(&self, ctx: &Context<'_>) -> Nullable<BudgetObject> {
        self.budget_seen(ctx).transpose()
    }

    /// Whether it is put away: left out of lists unless asked for.
    async fn is_archived(&self) -> bool {
        self.0.is_archived
    }

    /// How much of its work is done.
    #[graphql(directive = KeptList::apply(Kind::Task))]
    async fn progress(&self, ctx: &Context<'_>) -> Nullable<TaskProgress> {
        let counts = ctx.loaders().status_counts(self.0.id).await;
        Some(
            counts
                .map(|counts| TaskProgress::of(&self.0, &counts))
                .map_err(ApiError::from),
        )
    }

    /// Its tasks; newest first unless sorted otherwise.
    #[allow(clippy::too_many_arguments)]
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only tasks that match all of this.")] filter: Option<TaskFilter>,
        #[graphql(desc = "In which order.", default_with = "Some(TaskSort::default())")] sort: Option<TaskSort>,
        #[graphql(desc = "So many from the start, or after `after`: 1 to 100, 20 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, or before `before`: 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of a page, from 1; instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "So many on each numbered page: 1 to 100, 20 unless given.")] limit: Option<i32>,
    ) -> Nullable<Connection<TaskObject>> {
        let page = PageArgs {
            first,
            after,
            last,
            before,
            page,
            limit,
        };
        Some(tasks_of(ctx, Some(self.0.id), filter, sort, &page).await)
    }

    /// How often it has been written: send it as `expectedVersion` to change only what you have seen.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> Timestamp {
        self.0.updated_at
    }
}
