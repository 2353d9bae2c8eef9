//! Many tasks at once.

use std::collections::HashSet;
use std::task::Poll;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use crate::execute::{Object as Made, Output};
use crate::graphql::declare::{Declarations, FieldDeclaration, Ty, json};
use crate::graphql::{ApiError, ContextExt};
use crate::model::{Entity, EntityRef, Kind, Priority, Row, TaskType, Timestamp};
use crate::service::{BulkFields, BulkTask, Named, TaskFields};

use super::Nullable;
use super::answer::answers;
use super::patch::{ids, patch};
use super::payload::{Settled, UserError, settled, user_errors};

/// Tasks, and what becomes of all of them; what is left out stays. `updateTask` has what is of one task alone.
#[derive(InputObject)]
pub struct BulkUpdateTasksInput {
    /// Which tasks, each once: 1 to 100.
    task_ids: Vec<ID>,
    /// The versions that the change is meant for, one for each task in its place: where one has any other current
    /// version nothing is changed, and its result is CONFLICT with the current task. Left out: the change is made
    /// whatever happened meanwhile.
    expected_versions: Option<Vec<i64>>,
    /// The key of the column that they go into, in this order at its end; those that are in it stay where they are.
    /// Needs task:change_status.
    status: Option<String>,
    /// Who does them from now on, and nobody else: at most 20 active users who see their projects. Needs task:assign.
    assignee_ids: Option<Vec<ID>>,
    /// How urgent they are; can't be null.
    priority: MaybeUndefined<Priority>,
    /// What sort of work they are; can't be null.
    #[graphql(name = "type")]
    task_type: MaybeUndefined<TaskType>,
    /// Free words, at most 20 of at most 50 characters; null for none.
    labels: MaybeUndefined<Vec<String>>,
    /// How much work each is, in points: 0 to 1000; null for not estimated.
    story_points: MaybeUndefined<i32>,
    /// How long each should take, in minutes: 0 to 1 000 000; null for not estimated.
    estimated_minutes: MaybeUndefined<i32>,
    /// When work begins; null for not settled.
    start_date: MaybeUndefined<Timestamp>,
    /// When they shall be done, not before they begin; null for not settled.
    due_date: MaybeUndefined<Timestamp>,
    /// Whether they are put away; can't be null.
    is_archived: MaybeUndefined<bool>,
}

/// Names tasks to remove.
#[derive(InputObject)]
pub struct BulkDeleteTasksInput {
    /// Which tasks, each once: 1 to 100.
    task_ids: Vec<ID>,
    /// The versions that the removal is meant for, one for each task in its place: where one has any other current
    /// version nothing is removed, and its result is CONFLICT with the current task.
    expected_versions: Option<Vec<i64>>,
}

/// What a change of many tasks answers.
#[derive(Clone)]
pub struct BulkTasksPayload {
    results: Vec<BulkTaskResult>,
    user_errors: Vec<UserError>,
}

/// What came of one task.
#[derive(Clone)]
struct BulkTaskResult {
    task: EntityRef,
    row: Option<Row>,
    user_errors: Vec<UserError>,
}

answers! { BulkTasksPayload as "BulkTasksPayload" }

/// Many tasks at once.
#[derive(Default)]
pub struct BulkMutation;

#[Object]
impl BulkMutation {
    /// Changes many tasks in one step: all of them, or none when anything is wrong with one. For each the rules of
    /// `updateTask`, `changeTaskStatus` and `assignTask` hold. Needs task:update for whatever names no other permission.
    async fn bulk_update_tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What becomes of which tasks.")] input: BulkUpdateTasksInput,
    ) -> Nullable<BulkTasksPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let named = named(&input.task_ids, input.expected_versions.as_ref())?;
            let change = change(input)?;
            let call = ctx.services().bulk_update_tasks(viewer, &named, &change);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Removes many tasks with their comments, for good and in one step: all of them, or none when anything is wrong
    /// with one. For each the rules of `deleteTask` hold. Needs task:delete.
    async fn bulk_delete_tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tasks.")] input: BulkDeleteTasksInput,
    ) -> Nullable<BulkTasksPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let named = named(&input.task_ids, input.expected_versions.as_ref())?;
            let call = ctx.services().bulk_delete_tasks(viewer, &named);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }
}

fn named(tasks: &[ID], versions: Option<&Vec<i64>>) -> Result<Named, ApiError> {
    Ok(Named {
        ids: ids("taskIds", Kind::Task, tasks)?,
        versions: versions.cloned(),
    })
}

fn change(input: BulkUpdateTasksInput) -> Result<BulkFields, ApiError> {
    let assignees = input.assignee_ids.as_deref();
    let assignees = assignees.map(|assignees| ids("assigneeIds", Kind::User, assignees));
    Ok(BulkFields {
        assignees: assignees.transpose()?,
        status: input.status,
        fields: TaskFields {
            priority: patch(input.priority),
            task_type: patch(input.task_type),
            labels: patch(input.labels),
            story_points: patch(input.story_points),
            estimated_minutes: patch(input.estimated_minutes),
            start_date: patch(input.start_date),
            due_date: patch(input.due_date),
            is_archived: patch(input.is_archived),
            ..TaskFields::default()
        },
    })
}

impl From<Settled<Vec<BulkTask>>> for BulkTasksPayload {
    /// What is wrong with several tasks alike is said once of all.
    fn from(settled: Settled<Vec<BulkTask>>) -> BulkTasksPayload {
        let (mut user_errors, mut said) = (settled.errors, HashSet::new());
        let mut results = Vec::new();
        for BulkTask { id, task, errors } in settled.value.into_iter().flatten() {
            let errors_of_all = errors
                .iter()
                .filter(|error| said.insert((error.field.clone(), error.message.clone())));
            user_errors.extend(errors_of_all.cloned().map(UserError::from));
            results.push(BulkTaskResult {
                task: EntityRef::new(Kind::Task, id),
                row: task.map(|task| task.to_row()),
                user_errors: errors.into_iter().map(UserError::from).collect(),
            });
        }
        BulkTasksPayload { results, user_errors }
    }
}

/// Declares the payload.
pub(super) fn declare(to: &mut Declarations) {
    to.object("BulkTasksPayload", "What a change of many tasks answers.")
        .field(FieldDeclaration::made(
            "results",
            Ty::of("[BulkTaskResult!]!"),
            "What came of each task, in the order of `taskIds`; empty when that itself isn't acceptable.",
            |payload: &BulkTasksPayload, call| {
                let of = call.type_of("BulkTaskResult");
                let results = payload.results.iter().cloned();
                Poll::Ready(Ok(Output::Objects(
                    results.map(|result| Some(Made::made(of, result))).collect(),
                )))
            },
        ))
        .field(user_errors(
            "All that is wrong, with any of the tasks; empty when all was done.",
            |payload: &BulkTasksPayload| &payload.user_errors,
        ));
    to.object("BulkTaskResult", "What came of one of many tasks.")
        .field(FieldDeclaration::made(
            "taskId",
            Ty::leaf::<ID>(),
            "Which task.",
            |result: &BulkTaskResult, call| json(call, &result.task.global()),
        ))
        .field(FieldDeclaration::made(
            "task",
            Ty::of("Task"),
            "The task as it is now; null when it was removed, or there is none that the viewer sees.",
            |result: &BulkTaskResult, call| {
                let of = call.type_of("Task");
                Poll::Ready(Ok(Output::row(of, result.row.clone())))
            },
        ))
        .field(user_errors(
            "What is wrong with this one; empty also when nothing was done because of others.",
            |result: &BulkTaskResult| &result.user_errors,
        ));
}
