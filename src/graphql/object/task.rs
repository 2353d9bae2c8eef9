//! A task as clients see it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use crate::model::{Category, Direction, Filter, Kind, Priority, Project, Task, TaskType, Timestamp, Value};

use super::super::cache_control::Kept;
use super::super::connection::Connection;
use super::super::order::SortKey;
use super::super::page::{List, PageArgs};
use super::super::scalar::global_id;
use super::super::{ApiError, ContextExt, guard};
use super::{BoardColumnObject, CommentObject, Nullable, ProjectObject, UserObject, one, several};

/// A task of a project.
#[derive(Clone)]
pub struct TaskObject(pub Arc<Task>);

impl TaskObject {
    async fn home(&self, ctx: &Context<'_>) -> Result<Option<Arc<Project>>, ApiError> {
        guard::visible_as(ctx.scope(), self.0.project).await
    }

    /// Tells it as it is now; of an open task that will change by itself, so an answer with it ends then.
    fn overdue(&self, ctx: &Context<'_>, project: &Project) -> bool {
        let open = matches!(project.category(&self.0.status), Category::Backlog | Category::Active);
        let Some(due) = self.0.due_date.filter(|_| open) else {
            return false;
        };
        let overdue = due < ctx.services().now();
        if !overdue {
            ctx.scope().cache_until(due);
        }
        overdue
    }
}

/// A task of a project. Seen by everybody who sees the project.
#[Object(name = "Task", directive = Kept::apply(Kind::Task))]
impl TaskObject {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id(Kind::Task, self.0.id)
    }

    /// What people call it: the numbers of project and task, like `7.42`.
    async fn display_id(&self) -> &str {
        &self.0.display_id
    }

    /// Counts the tasks of the project, from 1.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// What there is to do, at most 200 characters.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// More about it; empty when nothing was written.
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// The key of its column on the project's board.
    async fn status(&self) -> &str {
        &self.0.status
    }

    /// Its column on the project's board.
    async fn column(&self, ctx: &Context<'_>) -> Nullable<BoardColumnObject> {
        let project = self.home(ctx).await.transpose()?;
        let column = project.map(|project| BoardColumnObject::find(&project, &self.0.status));
        column.transpose()
    }

    /// How urgent it is.
    async fn priority(&self) -> Priority {
        self.0.priority
    }

    /// What sort of work it is.
    #[graphql(name = "type")]
    async fn task_type(&self) -> TaskType {
        self.0.task_type
    }

    /// The project it belongs to.
    async fn project(&self, ctx: &Context<'_>) -> Nullable<ProjectObject> {
        one(ctx, Some(self.0.project)).await
    }

    /// Who made it; null when they are gone.
    async fn creator(&self, ctx: &Context<'_>) -> Nullable<UserObject> {
        one(ctx, Some(self.0.created_by)).await
    }

    /// Who does it.
    async fn assignees(&self, ctx: &Context<'_>) -> Nullable<Vec<UserObject>> {
        several(ctx, &self.0.assigned_to).await
    }

    /// The task that it is a part of; null when it stands alone.
    async fn parent(&self, ctx: &Context<'_>) -> Nullable<TaskObject> {
        one(ctx, self.0.parent).await
    }

    /// Free words, at most 20.
    async fn labels(&self) -> &[String] {
        &self.0.labels
    }

    /// How much work it is, in points.
    async fn story_points(&self) -> Option<i32> {
        self.0.story_points
    }

    /// How long it should take, in minutes.
    async fn estimated_minutes(&self) -> Option<i32> {
        self.0.estimated_minutes
    }

    /// How long it took, in minutes.
    async fn actual_minutes(&self) -> Option<i32> {
        self.0.actual_minutes
    }

    /// When work begins.
    async fn start_date(&self) -> Option<Timestamp> {
        self.0.start_date
    }

    /// When it shall be done.
    async fn due_date(&self) -> Option<Timestamp> {
        self.0.due_date
    }

    /// When it came into a column of category `DONE`; null unless it is in one.
    async fn completed_at(&self) -> Option<Timestamp> {
        self.0.completed_at
    }

    /// Whether its due date has passed and it is neither done nor cancelled.
    async fn is_overdue(&self, ctx: &Context<'_>) -> Nullable<bool> {
        let project = self.home(ctx).await.transpose()?;
        Some(project.map(|project| self.overdue(ctx, &project)))
    }

    /// Its place in the column: tasks of a column sort by this text, byte by byte.
    async fn rank(&self) -> &str {
        self.0.rank.as_str()
    }

    /// Whether it is put away: left out of lists and the board unless asked for.
    async fn is_archived(&self) -> bool {
        self.0.is_archived
    }

    /// What was said of it; oldest first.
    #[allow(clippy::too_many_arguments)]
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, or after `after`: 1 to 100, 20 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, or before `before`: 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of a page, from 1; instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "So many on each numbered page: 1 to 100, 20 unless given.")] limit: Option<i32>,
    ) -> Nullable<Connection<CommentObject>> {
        let page = PageArgs {
            first,
            after,
            last,
            before,
            page,
            limit,
        };
        let said = List {
            filter: Filter::All(vec![Filter::Eq("task", Value::Id(self.0.id))]),
            key: SortKey::Created,
            direction: Direction::Ascending,
        };
        Some(Connection::load(ctx.scope(), said, &page).await)
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
