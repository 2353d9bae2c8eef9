//! Tasks and their place on the board.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use crate::graphql::scalar::parse_id;
use crate::graphql::{ApiError, ContextExt};
use crate::model::{Kind, Priority, TaskType, Timestamp};
use crate::service::{Place, TaskFields};

use super::Nullable;
use super::patch::{given, ids, optional_id, patch, patch_id};
use super::payload::{DeleteTaskPayload, TaskPayload, settled};

/// A new task.
#[derive(InputObject)]
pub struct CreateTaskInput {
    /// The project it belongs to.
    project_id: ID,
    /// What it is about, in a line: 1 to 200 characters.
    title: String,
    /// What it is about: at most 20 000 characters.
    description: Option<String>,
    /// The key of the column to put it into, at its end; the first column unless told otherwise.
    status: Option<String>,
    /// How urgent it is; MEDIUM unless told otherwise.
    priority: Option<Priority>,
    /// What sort of work it is; TASK unless told otherwise.
    #[graphql(name = "type")]
    task_type: Option<TaskType>,
    /// Who does it: at most 20 active users who see the project. Needs task:assign.
    assignee_ids: Option<Vec<ID>>,
    /// The task of the same project that it is a part of.
    parent_id: Option<ID>,
    /// Free words: at most 20 of at most 50 characters.
    labels: Option<Vec<String>>,
    /// How much work it is, in points: 0 to 1000.
    story_points: Option<i32>,
    /// How long it should take, in minutes: 0 to 1 000 000.
    estimated_minutes: Option<i32>,
    /// When work begins.
    start_date: Option<Timestamp>,
    /// When it shall be done; not before it begins.
    due_date: Option<Timestamp>,
}

/// What changes of a task; what is left out stays.
#[derive(InputObject)]
pub struct UpdateTaskInput {
    /// Which task.
    task_id: ID,
    /// The version that the change is meant for: with any other current version nothing is changed, and the answer is
    /// CONFLICT with the current task. Left out: the change is made whatever happened meanwhile.
    expected_version: Option<i64>,
    /// What it is about, in a line: 1 to 200 characters; can't be null.
    title: MaybeUndefined<String>,
    /// What it is about: at most 20 000 characters; null empties it.
    description: MaybeUndefined<String>,
    /// How urgent it is; can't be null.
    priority: MaybeUndefined<Priority>,
    /// What sort of work it is; can't be null.
    #[graphql(name = "type")]
    task_type: MaybeUndefined<TaskType>,
    /// The task of the same project that it is a part of; null for none.
    parent_id: MaybeUndefined<ID>,
    /// Free words, at most 20 of at most 50 characters; null for none.
    labels: MaybeUndefined<Vec<String>>,
    /// How much work it is, in points: 0 to 1000; null for not estimated.
    story_points: MaybeUndefined<i32>,
    /// How long it should take, in minutes: 0 to 1 000 000; null for not estimated.
    estimated_minutes: MaybeUndefined<i32>,
    /// How long it took, in minutes: 0 to 1 000 000; null for not known.
    actual_minutes: MaybeUndefined<i32>,
    /// When work begins; null for not settled.
    start_date: MaybeUndefined<Timestamp>,
    /// When it shall be done, not before it begins; null for not settled.
    due_date: MaybeUndefined<Timestamp>,
    /// Whether it is put away; can't be null.
    is_archived: MaybeUndefined<bool>,
}

/// Names a task to remove.
#[derive(InputObject)]
pub struct DeleteTaskInput {
    /// Which task.
    task_id: ID,
    /// The version that the removal is meant for: with any other current version nothing is removed, and the answer is
    /// CONFLICT with the current task.
    expected_version: Option<i64>,
}

/// Who does a task.
#[derive(InputObject)]
pub struct AssignTaskInput {
    /// Which task.
    task_id: ID,
    /// Who does it from now on, and nobody else: at most 20 active users who see the project.
    assignee_ids: Vec<ID>,
    /// The version that the change is meant for: with any other current version nothing is changed, and the answer is
    /// CONFLICT with the current task.
    expected_version: Option<i64>,
}

/// Where a task goes on its board.
#[derive(InputObject)]
pub struct MoveTaskInput {
    /// Which task.
    task_id: ID,
    /// The key of the column it goes into, or stays in.
    status: String,
    /// The task of that column to stand right after.
    after_id: Option<ID>,
    /// The task of that column to stand right before. With neither, it goes to the end.
    before_id: Option<ID>,
    /// The version that the move is meant for: with any other current version nothing is moved, and the answer is
    /// CONFLICT with the current task.
    expected_version: Option<i64>,
}

/// The column of a task.
#[derive(InputObject)]
pub struct ChangeTaskStatusInput {
    /// Which task.
    task_id: ID,
    /// The key of the column it goes into, at its end.
    status: String,
    /// The version that the change is meant for: with any other current version nothing is changed, and the answer is
    /// CONFLICT with the current task.
    expected_version: Option<i64>,
}

/// Tasks.
#[derive(Default)]
pub struct TaskMutation;

#[Object]
impl TaskMutation {
    /// Makes a task, with the next number of its project. Needs task:create.
    async fn create_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new task.")] input: CreateTaskInput,
    ) -> Nullable<TaskPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let project = parse_id("projectId", Kind::Project, &input.project_id)?;
            let assignees = input.assignee_ids.as_deref().unwrap_or_default();
            let assignees = ids("assigneeIds", Kind::User, assignees)?;
            let (status, fields) = (input.status.clone(), fields_of_new(input)?);
            let services = ctx.services();
            let call = services.create_task(viewer, project, status.as_deref(), &assignees, &fields);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Changes a task. Needs task:update.
    async fn update_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateTaskInput,
    ) -> Nullable<TaskPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("taskId", Kind::Task, &input.task_id)?;
            let (expected, fields) = (input.expected_version, changed_fields(input)?);
            let services = ctx.services();
            let call = services.update_task(viewer, id, expected, &fields);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Removes a task with its comments, for good and in one step; its subtasks stay and stand on their own. Needs task:delete.
    async fn delete_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which task.")] input: DeleteTaskInput,
    ) -> Nullable<DeleteTaskPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("taskId", Kind::Task, &input.task_id)?;
            let call = ctx.services().delete_task(viewer, id, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Assigns a task to these people and nobody else; an empty list to nobody. Needs task:assign.
    async fn assign_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who does which task.")] input: AssignTaskInput,
    ) -> Nullable<TaskPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("taskId", Kind::Task, &input.task_id)?;
            let assignees = ids("assigneeIds", Kind::User, &input.assignee_ids)?;
            let services = ctx.services();
            let call = services.assign_task(viewer, id, &assignees, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Moves a task on its board: into a column and between two tasks there. Where the two are no neighbours any more,
    /// it stands right after the first. Needs task:change_status.
    async fn move_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where it goes.")] input: MoveTaskInput,
    ) -> Nullable<TaskPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("taskId", Kind::Task, &input.task_id)?;
            let place = Place {
                status: input.status,
                after: optional_id("afterId", Kind::Task, input.after_id.as_ref())?,
                before: optional_id("beforeId", Kind::Task, input.before_id.as_ref())?,
            };
            let services = ctx.services();
            let call = services.move_task(viewer, id, &place, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Puts a task at the end of another column; in its own column it stays where it is. Needs task:change_status.
    async fn change_task_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which task goes where.")] input: ChangeTaskStatusInput,
    ) -> Nullable<TaskPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("taskId", Kind::Task, &input.task_id)?;
            let services = ctx.services();
            let call = services.change_task_status(viewer, id, &input.status, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }
}

fn fields_of_new(input: CreateTaskInput) -> Result<TaskFields, ApiError> {
    Ok(TaskFields {
        title: given(Some(input.title)),
        description: given(input.description),
        priority: given(input.priority),
        task_type: given(input.task_type),
        parent: given(optional_id("parentId", Kind::Task, input.parent_id.as_ref())?),
        labels: given(input.labels),
        story_points: given(input.story_points),
        estimated_minutes: given(input.estimated_minutes),
        actual_minutes: None,
        start_date: given(input.start_date),
        due_date: given(input.due_date),
        is_archived: None,
    })
}

fn changed_fields(input: UpdateTaskInput) -> Result<TaskFields, ApiError> {
    Ok(TaskFields {
        title: patch(input.title),
        description: patch(input.description),
        priority: patch(input.priority),
        task_type: patch(input.task_type),
        parent: patch_id("parentId", Kind::Task, &input.parent_id)?,
        labels: patch(input.labels),
        story_points: patch(input.story_points),
        estimated_minutes: patch(input.estimated_minutes),
        actual_minutes: patch(input.actual_minutes),
        start_date: patch(input.start_date),
        due_date: patch(input.due_date),
        is_archived: patch(input.is_archived),
    })
}
