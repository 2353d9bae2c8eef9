//! The tasks that the viewer sees, of all their projects or of one.

use async_graphql::{Context, Enum, ID, InputObject, Object};

use crate::model::Direction::{Ascending, Descending};
use crate::model::{Filter, Id, Kind, Priority, Project, Timestamp, Value};

use super::super::connection::Connection;
use super::super::object::{Nullable, TaskObject, find};
use super::super::order::SortKey;
use super::super::page::{List, PageArgs};
use super::super::scalar::parse_id;
use super::super::{ApiError, ContextExt, guard};
use super::search::matching;
use super::stored::{one_of, stored};

/// Which tasks to list: those that match all of it.
#[derive(Default, InputObject)]
pub struct TaskFilter {
    /// Only tasks of this project.
    project_id: Option<ID>,
    /// Only tasks in one of these columns, by their keys; at most 100.
    status: Option<Vec<String>>,
    /// Only tasks of one of these priorities.
    priority: Option<Vec<Priority>>,
    /// Only tasks that this person does.
    assignee_id: Option<ID>,
    /// Only tasks that this person made.
    creator_id: Option<ID>,
    /// Only tasks that are due then or later.
    due_from: Option<Timestamp>,
    /// Only tasks that are due then or earlier.
    due_to: Option<Timestamp>,
    /// Only tasks that were made or changed then or later.
    updated_since: Option<Timestamp>,
    /// Only tasks whose title, displayId, labels or description have words that begin with each word of this;
    /// case and accents don't matter. At most 10 000 characters.
    search: Option<String>,
    /// `false`: only tasks that aren't archived; `true`: only archived ones.
    #[graphql(default_with = "Some(false)")]
    archived: Option<bool>,
}

/// In which order to list tasks; ties go by age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum TaskSort {
    /// Oldest first.
    CreatedAsc,
    /// Newest first.
    #[default]
    CreatedDesc,
    /// Unchanged for longest first.
    UpdatedAsc,
    /// Last changed first.
    UpdatedDesc,
    /// Due soonest first; tasks without a due date come last.
    DueAsc,
    /// Due latest first; tasks without a due date come before all others.
    DueDesc,
    /// Least urgent first.
    PriorityAsc,
    /// Most urgent first.
    PriorityDesc,
    /// From the top of the columns down.
    RankAsc,
    /// From the bottom of the columns up.
    RankDesc,
}

impl TaskSort {
    fn order(self) -> (SortKey, crate::model::Direction) {
        match self {
            TaskSort::CreatedAsc => (SortKey::Created, Ascending),
            TaskSort::CreatedDesc => (SortKey::Created, Descending),
            TaskSort::UpdatedAsc => (SortKey::Updated, Ascending),
            TaskSort::UpdatedDesc => (SortKey::Updated, Descending),
            TaskSort::DueAsc => (SortKey::Due, Ascending),
            TaskSort::DueDesc => (SortKey::Due, Descending),
            TaskSort::PriorityAsc => (SortKey::Priority, Ascending),
            TaskSort::PriorityDesc => (SortKey::Priority, Descending),
            TaskSort::RankAsc => (SortKey::Rank, Ascending),
            TaskSort::RankDesc => (SortKey::Rank, Descending),
        }
    }
}

impl TaskFilter {
    fn project(&self) -> Result<Option<Id>, ApiError> {
        person_or_project("filter.projectId", Kind::Project, self.project_id.as_ref())
    }

    fn condition(&self) -> Result<Filter, ApiError> {
        let mut all = vec![Filter::Eq("isArchived", Value::Bool(self.archived.unwrap_or(false)))];
        if let Some(keys) = &self.status {
            let keys = keys.iter().cloned().map(Value::Text).collect();
            all.push(one_of("filter.status", "status", keys)?);
        }
        if let Some(priorities) = &self.priority {
            let ranks = priorities.iter().map(stored).collect();
            all.push(one_of("filter.priority", "priority", ranks)?);
        }
        let assignee = person_or_project("filter.assigneeId", Kind::User, self.assignee_id.as_ref())?;
        all.extend(assignee.map(|id| Filter::Has("assignedTo", Value::Id(id))));
        let creator = person_or_project("filter.creatorId", Kind::User, self.creator_id.as_ref())?;
        all.extend(creator.map(|id| Filter::Eq("createdBy", Value::Id(id))));
        all.extend(self.due_from.map(|time| Filter::Gte("dueDate", Value::Time(time))));
        all.extend(self.due_to.map(|time| Filter::Lte("dueDate", Value::Time(time))));
        all.extend(
            self.updated_since
                .map(|time| Filter::Gte("updatedAt", Value::Time(time))),
        );
        if let Some(text) = &self.search {
            all.push(matching("filter.search", text)?);
        }
        Ok(Filter::All(all))
    }
}

/// Roots about tasks.
#[derive(Default)]
pub struct TaskQuery;

/// Roots about tasks.
#[Object]
impl TaskQuery {
    /// A task; null when there is none with this id that the viewer sees.
    async fn task(&self, ctx: &Context<'_>, #[graphql(desc = "The id of a `Task`.")] id: ID) -> Nullable<TaskObject> {
        find(ctx, "id", &id).await
    }

    /// The tasks that the viewer sees; newest first unless sorted otherwise.
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
        Some(tasks_of(ctx, None, filter, sort, &page).await)
    }
}

/// The tasks of a project that the viewer is known to see, or of all that they see.
pub async fn tasks_of(
    ctx: &Context<'_>,
    within: Option<Id>,
    filter: Option<TaskFilter>,
    sort: Option<TaskSort>,
    page: &PageArgs,
) -> Result<Connection<TaskObject>, ApiError> {
    let filter = filter.unwrap_or_default();
    let (key, direction) = sort.unwrap_or_default().order();
    let tasks = List {
        filter: place(ctx, within, filter.project()?).await?.and(filter.condition()?),
        key,
        direction,
    };
    Connection::load(ctx.scope(), tasks, page).await
}

/// Where to look: in one project that the viewer sees, or in all of them.
async fn place(ctx: &Context<'_>, within: Option<Id>, asked: Option<Id>) -> Result<Filter, ApiError> {
    let (scope, viewer) = (ctx.scope(), ctx.viewer()?);
    let tenant = guard::listed(scope, viewer, None).await?;
    let project = match (within, asked) {
        (None, None) => return guard::listed(scope, viewer, Some("project")).await,
        (Some(within), Some(asked)) if within != asked => return Ok(Filter::nothing()),
        (Some(within), _) => Some(within),
        (None, Some(asked)) => guard::visible_as::<Project>(scope, asked)
            .await?
            .map(|project| project.id),
    };
    Ok(match project {
        Some(project) => tenant.and(Filter::Eq("project", Value::Id(project))),
        None => Filter::nothing(),
    })
}

fn person_or_project(argument: &str, kind: Kind, id: Option<&ID>) -> Result<Option<Id>, ApiError> {
    id.map(|id| parse_id(argument, kind, id)).transpose()
}
