//! Moving tasks to other projects.

use async_graphql::{Context, ID, InputObject, Object};

use crate::graphql::ContextExt;
use crate::graphql::scalar::parse_id;
use crate::model::Kind;

use super::Nullable;
use super::payload::{TaskPayload, settled};

/// A task that goes to another project.
#[derive(InputObject)]
pub struct MoveTaskToProjectInput {
    /// Which task; one that is a part of another goes with that one only.
    task_id: ID,
    /// The project that it goes to.
    project_id: ID,
    /// The key of the column of that project to put it into, at its end. Unless told otherwise the one of the same category, with
    /// the same key if there is one; its subtasks go where they would go so.
    status: Option<String>,
    /// The version that the move is meant for: with any other current version nothing is moved, and the answer is
    /// CONFLICT with the current task.
    expected_version: Option<i64>,
}

/// Tasks between projects.
#[derive(Default)]
pub struct RelocationMutation;

#[Object]
impl RelocationMutation {
    /// Moves a task to another project, with its subtasks, comments and files and in one step. It gets the next number there, and
    /// is still found by what it was called before; what depends on it goes on to. Who does it has to see that project. Needs
    /// task:update in the project that it leaves and task:create in the one that it goes to.
    async fn move_task_to_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which task goes where.")] input: MoveTaskToProjectInput,
    ) -> Nullable<TaskPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let task = parse_id("taskId", Kind::Task, &input.task_id)?;
            let project = parse_id("projectId", Kind::Project, &input.project_id)?;
            let (services, status) = (ctx.services(), input.status.as_deref());
            let call = services.move_task_to_project(viewer, task, project, status, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }
}
