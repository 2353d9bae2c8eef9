//! The board of a project: its columns from left to right with their cards in order.

use std::sync::Arc;

use async_graphql::{Context, Object};

use crate::model::{BoardColumn, Category, Direction, Filter, Kind, Project, Value};

use super::super::cache_control::{Inherit, Kept, KeptList};
use super::super::connection::Connection;
use super::super::order::SortKey;
use super::super::page::{List, PageArgs};
use super::super::{ApiError, ContextExt};
use super::{Nullable, ProjectObject, TaskObject};

/// The board of a project.
#[derive(Clone)]
pub struct BoardObject(pub Arc<Project>);

/// The board of a project.
#[Object(name = "Board", directive = Kept::apply(Kind::Project))]
impl BoardObject {
    /// The project whose board it is.
    async fn project(&self) -> ProjectObject {
        ProjectObject(Arc::clone(&self.0))
    }

    /// The columns, from left to right.
    async fn columns(&self) -> Vec<BoardColumnObject> {
        BoardColumnObject::all(&self.0)
    }
}

/// A column of a project's board.
#[derive(Clone)]
pub struct BoardColumnObject {
    project: Arc<Project>,
    at: usize,
}

impl BoardColumnObject {
    /// The columns of a project, from left to right.
    pub fn all(project: &Arc<Project>) -> Vec<BoardColumnObject> {
        let column = |at| BoardColumnObject {
            project: Arc::clone(project),
            at,
        };
        (0..project.board_columns.len()).map(column).collect()
    }

    /// The column of this status; `None` when the board has no such.
    pub fn find(project: &Arc<Project>, status: &str) -> Option<BoardColumnObject> {
        let columns = BoardColumnObject::all(project);
        columns.into_iter().find(|column| column.column().key == status)
    }

    fn column(&self) -> &BoardColumn {
        &self.project.board_columns[self.at]
    }

    fn tasks_in_order(&self) -> List {
        let of = [
            Filter::Eq("project", Value::Id(self.project.id)),
            Filter::Eq("status", Value::Text(self.column().key.clone())),
            Filter::Eq("isArchived", Value::Bool(false)),
        ];
        List {
            filter: Filter::All(of.into()),
            key: SortKey::Rank,
            direction: Direction::Ascending,
        }
    }
}

/// A column of a project's board.
#[Object(name = "BoardColumn", directive = Inherit::apply())]
impl BoardColumnObject {
    /// The status of the tasks in it: lower-case letters, digits and underscores, unique on the board.
    async fn key(&self) -> &str {
        &self.column().key
    }

    /// What the board shows above it.
    async fn title(&self) -> &str {
        &self.column().title
    }

    /// Its colour, as `#rrggbb`.
    async fn color(&self) -> &str {
        &self.column().color
    }

    /// What its tasks are to progress and due dates.
    async fn category(&self) -> Category {
        self.column().category
    }

    /// How many tasks are in it, without archived ones.
    #[graphql(directive = KeptList::apply(Kind::Task))]
    async fn count(&self, ctx: &Context<'_>) -> Nullable<u64> {
        let counts = ctx.loaders().status_counts(self.project.id).await;
        let here = counts.map(|counts| counts.get(&self.column().key).copied().unwrap_or_default());
        Some(here.map_err(ApiError::from))
    }

    /// Its first tasks by rank, without archived ones. For more of them, ask `tasks` for this project and
    /// status, sorted `RANK_ASC`.
    #[graphql(directive = KeptList::apply(Kind::Task))]
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many at most: 1 to 100.", default = 100)] first: i32,
    ) -> Nullable<Vec<TaskObject>> {
        let page = PageArgs {
            first: Some(first),
            ..PageArgs::default()
        };
        let cards = Connection::load(ctx.scope(), self.tasks_in_order(), &page).await;
        Some(cards.map(Connection::into_nodes))
    }
}
