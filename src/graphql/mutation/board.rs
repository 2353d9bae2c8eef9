//! The columns of a board.

use async_graphql::{Context, ID, InputObject, Object};

use crate::graphql::ContextExt;
use crate::graphql::scalar::parse_id;
use crate::model::{Category, Kind};
use crate::service::ColumnFields;

use super::Nullable;
use super::payload::{ProjectPayload, settled};

/// A column of a board.
#[derive(InputObject)]
pub struct BoardColumnInput {
    /// The status of its tasks, unique in the board: 1 to 40 lower-case letters, digits and underscores.
    key: String,
    /// What the board shows above it: 1 to 60 characters.
    title: String,
    /// `#rrggbb`.
    color: String,
    /// What its tasks are to progress.
    category: Category,
}

/// The board that a project shall have.
#[derive(InputObject)]
pub struct SetBoardColumnsInput {
    /// Which project.
    project_id: ID,
    /// 1 to 30 columns, from left to right.
    columns: Vec<BoardColumnInput>,
    /// The key of the column that takes the tasks of columns that go; needed when there are such tasks.
    move_tasks_to: Option<String>,
    /// The version that the change is meant for: with any other current version nothing is changed, and the answer is
    /// CONFLICT with the current project.
    expected_version: Option<i64>,
}

/// Boards.
#[derive(Default)]
pub struct BoardMutation;

#[Object]
impl BoardMutation {
    /// Gives a project's board these columns. Tasks of columns that go, and tasks whose column becomes or stops being
    /// of category done, change with it in one step. Needs project:update.
    async fn set_board_columns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The board.")] input: SetBoardColumnsInput,
    ) -> Nullable<ProjectPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let project = parse_id("projectId", Kind::Project, &input.project_id)?;
            let columns: Vec<ColumnFields> = input.columns.into_iter().map(ColumnFields::from).collect();
            let target = input.move_tasks_to.as_deref();
            let services = ctx.services();
            let call = services.set_board_columns(viewer, project, &columns, target, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }
}

impl From<BoardColumnInput> for ColumnFields {
    fn from(input: BoardColumnInput) -> ColumnFields {
        ColumnFields {
            key: input.key,
            title: input.title,
            color: input.color,
            category: input.category,
        }
    }
}
