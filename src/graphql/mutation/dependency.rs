//! What tasks depend on.

use async_graphql::{Context, ID, InputObject, Object};

use crate::graphql::ContextExt;
use crate::graphql::scalar::parse_id;
use crate::model::Kind;

use super::Nullable;
use super::payload::{TaskPayload, settled};

/// A task that waits for another.
#[derive(InputObject)]
pub struct AddTaskDependencyInput {
    /// The task that waits.
    task_id: ID,
    /// The task that has to be done before, of any project that you see; it doesn't wait for the first one itself.
    depends_on_id: ID,
    /// The version that the change is meant for: with any other current version nothing is changed, and the answer is
    /// CONFLICT with the current task.
    expected_version: Option<i64>,
}

/// A task that waits for another no longer.
#[derive(InputObject)]
pub struct RemoveTaskDependencyInput {
    /// The task that waits.
    task_id: ID,
    /// One of its `dependencies`.
    depends_on_id: ID,
    /// The version that the change is meant for: with any other current version nothing is changed, and the answer is
    /// CONFLICT with the current task.
    expected_version: Option<i64>,
}

/// What tasks depend on.
#[derive(Default)]
pub struct DependencyMutation;

#[Object]
impl DependencyMutation {
    /// Makes a task depend on another, which has to be done before it. Tasks never wait for each other in a ring. Needs
    /// task:update.
    async fn add_task_dependency(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which task waits for which.")] input: AddTaskDependencyInput,
    ) -> Nullable<TaskPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let task = parse_id("taskId", Kind::Task, &input.task_id)?;
            let on = parse_id("dependsOnId", Kind::Task, &input.depends_on_id)?;
            let services = ctx.services();
            let call = services.add_task_dependency(viewer, task, on, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Makes a task depend on another no longer. Needs task:update.
    async fn remove_task_dependency(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which task waits for which no longer.")] input: RemoveTaskDependencyInput,
    ) -> Nullable<TaskPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let task = parse_id("taskId", Kind::Task, &input.task_id)?;
            let on = parse_id("dependsOnId", Kind::Task, &input.depends_on_id)?;
            let services = ctx.services();
            let call = services.remove_task_dependency(viewer, task, on, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }
}
