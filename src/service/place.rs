//! Where a task stands on its board: its column and its rank in it. A move writes the one task, no other.

use std::sync::Arc;

use crate::model::{
    AnyEntity, Category, Direction, Filter, Id, Kind, Permission, Project, Query, Rank, Sort, Task, Timestamp, Value,
    Viewer,
};

use super::access::{TaskInProject, expect};
use super::check::Check;
use super::parent::decided_too_early;
use super::{ServiceError, Services, UserErrorCode as Code};

/// Where to put a task.
#[derive(Clone, Debug)]
pub struct Place {
    /// The key of the column.
    pub status: String,
    /// The task to stand after.
    pub after: Option<Id>,
    /// The task to stand before; with neither, it goes to the end.
    pub before: Option<Id>,
}

impl Services {
    /// Moves a task to a place on its board.
    pub async fn move_task(
        &self,
        viewer: &Viewer,
        id: Id,
        place: &Place,
        expected: Option<i64>,
    ) -> Result<Arc<Task>, ServiceError> {
        self.retried(|| async {
            let TaskInProject { task, project } = self.task_for(viewer, id, Permission::TaskChangeStatus).await?;
            expect(&task, expected)?;
            let mut check = Check::default();
            check_column(&project, &place.status, &mut check);
            let low = self.anchor("afterId", &task, place.after, place, &mut check).await?;
            let high = self.anchor("beforeId", &task, place.before, place, &mut check).await?;
            check.done()?;
            let rank = self.rank_between(&task, place, low, high).await?;
            let mut after = Task::clone(&task);
            put(&mut after, &project, &place.status, self.now());
            after.rank = rank.distinct(task.number);
            after.refresh();
            let saved = self.save(&task, after).await?;
            self.unless_gone(&task, saved).await
        })
        .await
    }

    /// Puts a task at the end of another column.
    pub async fn change_task_status(
        &self,
        viewer: &Viewer,
        id: Id,
        status: &str,
        expected: Option<i64>,
    ) -> Result<Arc<Task>, ServiceError> {
        self.retried(|| async {
            let TaskInProject { task, project } = self.task_for(viewer, id, Permission::TaskChangeStatus).await?;
            expect(&task, expected)?;
            let mut check = Check::default();
            check_column(&project, status, &mut check);
            check.done()?;
            if task.status == status {
                return self.unchanged(task).await;
            }
            let mut after = Task::clone(&task);
            put(&mut after, &project, status, self.now());
            after.rank = self.rank_at_end(project.id, status).await?.distinct(task.number);
            after.refresh();
            let saved = self.save(&task, after).await?;
            self.unless_gone(&task, saved).await
        })
        .await
    }

    /// The task, unless the column that it was just put into was taken away meanwhile: then it is back where it was, and
    /// has to be decided anew. Whoever takes a column away looks for tasks in it afterwards, and this looks for the
    /// column after the task was written, so one of the two sees the other.
    async fn unless_gone(&self, before: &Task, saved: Arc<Task>) -> Result<Arc<Task>, ServiceError> {
        if saved.status == before.status {
            return Ok(saved);
        }
        let project: Option<Arc<Project>> = self.store.get(saved.project).await?;
        if project.is_none_or(|project| project.column(&saved.status).is_some()) {
            return Ok(saved);
        }
        let undo = |task: &mut Task| {
            if task.status == saved.status {
                task.status.clone_from(&before.status);
                task.rank = before.rank.clone();
                task.completed_at = before.completed_at;
            }
        };
        self.undo(saved.id, undo).await?;
        Err(decided_too_early(&saved))
    }

    /// A rank after all tasks of the column.
    pub(super) async fn rank_at_end(&self, project: Id, status: &str) -> Result<Rank, ServiceError> {
        let last = self
            .ranked(in_column(project, status), Direction::Descending, None)
            .await?;
        Ok(Rank::between(last.as_ref(), None))
    }

    /// The rank of the task that `id` names, which stands in the column to move to.
    async fn anchor(
        &self,
        field: &str,
        moved: &Task,
        id: Option<Id>,
        place: &Place,
        check: &mut Check,
    ) -> Result<Option<Rank>, ServiceError> {
        let Some(id) = id else { return Ok(None) };
        if id == moved.id {
            check.fail(field, Code::Invalid, "is the moved task itself");
            return Ok(None);
        }
        let neighbour: Option<Arc<Task>> = self.store.get(id).await?;
        let neighbour = neighbour.filter(|task| task.project == moved.project && task.status == place.status);
        if neighbour.is_none() {
            check.fail(field, Code::NotFound, "is no task of that column; read the board again");
        }
        Ok(neighbour.map(|task| task.rank.clone()))
    }

    /// A rank between the named neighbours; where only one is named, next to it.
    async fn rank_between(
        &self,
        moved: &Task,
        place: &Place,
        low: Option<Rank>,
        high: Option<Rank>,
    ) -> Result<Rank, ServiceError> {
        let column = || in_column(moved.project, &place.status);
        let text = |rank: &Rank| Value::Text(rank.as_str().to_owned());
        match (low, high) {
            (Some(low), Some(high)) if low < high => Ok(Rank::between(Some(&low), Some(&high))),
            // Named the wrong way round, the board has changed since it was read: the first counts.
            (Some(low), _) => {
                let above = column().and(Filter::Gt("rank", text(&low)));
                let high = self.ranked(above, Direction::Ascending, Some(moved.id)).await?;
                Ok(Rank::between(Some(&low), high.as_ref()))
            }
            (None, Some(high)) => {
                let below = column().and(Filter::Lt("rank", text(&high)));
                let low = self.ranked(below, Direction::Descending, Some(moved.id)).await?;
                Ok(Rank::between(low.as_ref(), Some(&high)))
            }
            (None, None) => {
                let last = self.ranked(column(), Direction::Descending, Some(moved.id)).await?;
                Ok(Rank::between(last.as_ref(), None))
            }
        }
    }

    /// The first rank in this order of what matches, passing over one task.
    async fn ranked(
        &self,
        filter: Filter,
        direction: Direction,
        but: Option<Id>,
    ) -> Result<Option<Rank>, ServiceError> {
        let query = Query {
            filter,
            sort: Sort {
                field: "rank",
                direction,
            },
            after: None,
            skip: 0,
            limit: 2,
        };
        let found = self.store.page(Kind::Task, query).await?;
        Ok(found.into_iter().find_map(|any| match any {
            AnyEntity::Task(task) if Some(task.id) != but => Some(task.rank.clone()),
            _ => None,
        }))
    }
}

/// Puts a task into a column of its project; it is completed from entering a column of category done to leaving it.
pub(super) fn put(task: &mut Task, project: &Project, status: &str, now: Timestamp) {
    status.clone_into(&mut task.status);
    task.completed_at = match project.category(status) {
        Category::Done => task.completed_at.or(Some(now)),
        _ => None,
    };
}

/// Refuses a status that is no column of the project.
pub(super) fn check_column(project: &Project, status: &str, check: &mut Check) {
    if project.column(status).is_none() {
        let keys: Vec<&str> = project.board_columns.iter().map(|column| column.key.as_str()).collect();
        let message = format!("is no column of the project's board, which has {}", keys.join(", "));
        check.fail("status", Code::Invalid, message);
    }
}

fn in_column(project: Id, status: &str) -> Filter {
    Filter::Eq("project", Value::Id(project)).and(Filter::Eq("status", Value::Text(status.to_owned())))
}
