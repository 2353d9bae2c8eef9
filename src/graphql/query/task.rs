//! The tasks that the viewer sees, of all their projects or of one.

use std::task::{Poll, ready};

use async_graphql::{Enum, ID, InputObject};

use crate::execute::{Call, Failure, Output, Seen};
use crate::model::Direction::{Ascending, Descending};
use crate::model::{EntityRef, Filter, Id, Kind, Priority, Query, Sort, Timestamp, Value};

use super::super::connection::Connection;
use super::super::declare::{FieldDeclaration, ObjectDeclaration, Ty, arguments};
use super::super::object::{find, viewer_of};
use super::super::order::SortKey;
use super::super::page::{List, PageArgs};
use super::super::scalar::parse_id;
use super::super::{ApiError, guard};
use super::one_of::one_of;
use super::search::matching;

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
            let ranks = priorities.iter().map(Value::stored).collect();
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

arguments! {
    /// Which tasks, in which order.
    pub struct TaskListArgs {
        /// Only tasks that match all of this.
        filter: Option<TaskFilter>,
        /// In which order.
        sort: Option<TaskSort> = Some(TaskSort::default()),
    }
}

/// Declares the roots about tasks.
pub fn declare(query: ObjectDeclaration<'_>) -> ObjectDeclaration<'_> {
    query
        .field(FieldDeclaration::root::<TaskArgs>(
            "task",
            Ty::of("Task"),
            "A task; null when there is none with this id that the viewer sees.",
            |asked, call| {
                let task = ready!(find(call, "id", Kind::Task, &asked.id))?;
                Poll::Ready(Ok(Output::seen(call.type_of("Task"), task)))
            },
        ))
        .field(FieldDeclaration::root::<DisplayIdArgs>(
            "taskByDisplayId",
            Ty::of("Task"),
            "A task by what people call it, or called it in a project that it was moved out of; null when the viewer sees none.",
            |asked, call| {
                viewer_of(call)?;
                let Some(numbers) = display_numbers(&asked.display_id) else {
                    let shown: String = asked.display_id.chars().take(60).collect();
                    let refused = format!("displayId: {shown:?} is not what a task is called, like 7.42");
                    return Poll::Ready(Err(ApiError::BadUserInput(refused).into()));
                };
                let task = ready!(task_called(call, numbers))?;
                Poll::Ready(Ok(Output::seen(call.type_of("Task"), task)))
            },
        ))
        .field(FieldDeclaration::root::<(TaskListArgs, PageArgs)>(
            "tasks",
            Ty::of("TaskConnection"),
            "The tasks that the viewer sees; newest first unless sorted otherwise.",
            |(asked, page), call| {
                let page = ready!(tasks_of(call, None, asked, page))?;
                Poll::Ready(Ok(page.output(call)))
            },
        ))
}

arguments! {
    /// Which task.
    pub struct TaskArgs {
        /// The id of a `Task`.
        id: ID,
    }
}

arguments! {
    /// Which task.
    pub struct DisplayIdArgs {
        /// The numbers of project and task, like `7.42`.
        display_id: String,
    }
}

/// The task with the numbers of its project and its own, or that had them before it was moved, if the viewer sees it.
pub fn task_called(call: &mut Call<'_>, (project, task): (i64, i64)) -> Poll<Result<Option<Seen>, Failure>> {
    let viewer = viewer_of(call)?;
    let tenant = ready!(guard::listed(call, &viewer, None))?;
    let home = ready!(numbered(call, Kind::Project, tenant.clone(), project))?;
    if let Some(home) = home.and_then(|home| home.reference()) {
        let within = tenant.clone().and(Filter::Eq("project", Value::Id(home.id)));
        if let Some(found) = ready!(numbered(call, Kind::Task, within, task))? {
            return Poll::Ready(Ok(Some(found)));
        }
    }
    let former = Value::Text(format!("{project}.{task}"));
    only(call, Kind::Task, tenant.and(Filter::Has("formerDisplayIds", former)))
}

/// The numbers of project and task in what a task is called; `None`: it is something else.
pub fn display_numbers(display_id: &str) -> Option<(i64, i64)> {
    let (project, task) = display_id.trim().split_once('.')?;
    let number = |text: &str| {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| is_plain)
    };
    Some((number(project)?, number(task)?))
}

/// What has this number there, if the viewer sees it.
fn numbered(call: &mut Call<'_>, kind: Kind, within: Filter, number: i64) -> Poll<Result<Option<Seen>, Failure>> {
    only(call, kind, within.and(Filter::Eq("number", Value::Int(number))))
}

/// The one that matches, if the viewer sees it.
fn only(call: &mut Call<'_>, kind: Kind, filter: Filter) -> Poll<Result<Option<Seen>, Failure>> {
    let query = Query {
        filter,
        sort: Sort {
            field: "number",
            direction: Ascending,
        },
        after: None,
        skip: 0,
        limit: 1,
    };
    let found = ready!(call.page(kind, query))?;
    let admitted = ready!(call.admit_many(&found, 1))?;
    Poll::Ready(Ok(call.seen(&admitted).next()))
}

/// The tasks of a project that the viewer is known to see, or of all that they see.
pub fn tasks_of(
    call: &mut Call<'_>,
    within: Option<Id>,
    asked: &TaskListArgs,
    page: &PageArgs,
) -> Poll<Result<Connection, Failure>> {
    Connection::load(call, Kind::Task, page, |call| {
        let none = TaskFilter::default();
        let filter = asked.filter.as_ref().unwrap_or(&none);
        let (key, direction) = asked.sort.unwrap_or_default().order();
        let place = ready!(task_place(call, within, filter.project()?))?;
        Poll::Ready(Ok(List {
            filter: place.and(filter.condition()?),
            key,
            direction,
        }))
    })
}

/// Where to look: in one project that the viewer sees, or in all of them.
pub fn task_place(call: &mut Call<'_>, within: Option<Id>, asked: Option<Id>) -> Poll<Result<Filter, Failure>> {
    let viewer = viewer_of(call)?;
    let project = match (within, asked) {
        (None, None) => return guard::listed(call, &viewer, Some("project")),
        (Some(within), Some(asked)) if within != asked => return Poll::Ready(Ok(Filter::nothing())),
        (Some(within), _) => Some(within),
        (None, Some(asked)) => {
            let seen = ready!(call.see(EntityRef::new(Kind::Project, asked)))?;
            seen.map(|_| asked)
        }
    };
    let Some(project) = project else {
        return Poll::Ready(Ok(Filter::nothing()));
    };
    let tenant = ready!(guard::listed(call, &viewer, None))?;
    Poll::Ready(Ok(tenant.and(Filter::Eq("project", Value::Id(project)))))
}

fn person_or_project(argument: &str, kind: Kind, id: Option<&ID>) -> Result<Option<Id>, ApiError> {
    id.map(|id| parse_id(argument, kind, id)).transpose()
}
