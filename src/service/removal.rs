//! How tasks go: with their comments and files, in one step. What was a part of them or depended on them stands on its
//! own from then on.

use std::sync::Arc;

use crate::model::{Change, Filter, Id, Kind, Permission, Task, Value, Viewer};

use super::access::{TaskInProject, any, expect};
use super::check::Check;
use super::{ServiceError, Services, UserErrorCode as Code};

/// The most subtasks and dependants that tasks leave which go together.
const MOST_LEFT: u32 = 500;

impl Services {
    /// Removes a task.
    pub async fn delete_task(&self, viewer: &Viewer, id: Id, expected: Option<i64>) -> Result<Id, ServiceError> {
        self.retried(|| async {
            let TaskInProject { task, .. } = self.task_for(viewer, id, Permission::TaskDelete).await?;
            expect(&task, expected)?;
            self.remove_tasks("taskId", &[task]).await
        })
        .await?;
        self.remove_late(viewer.organization(), &[id]).await?;
        Ok(id)
    }

    /// Removes these tasks of one organisation, all or none; `field` is the one that names them.
    pub(super) async fn remove_tasks(&self, field: &str, tasks: &[Arc<Task>]) -> Result<(), ServiceError> {
        let ids: Vec<Id> = tasks.iter().map(|task| task.id).collect();
        let left = self.left_by(&ids).await?;
        if left.len() > MOST_LEFT as usize {
            let message = format!(
                "has more than {MOST_LEFT} subtasks and tasks that depend on it; delete or move some of them first"
            );
            let mut check = Check::default();
            check.fail(field, Code::OutOfRange, message);
            check.done()?;
        }
        let mut changes = self.loosened(&left, &ids);
        for task in tasks {
            changes.push(Change::Remove(any(task)));
            changes.extend(below(task.organization, task.id));
        }
        Ok(self.store.write(changes).await?)
    }

    /// Removes what was said of the tasks while they went, and loosens what was hung on them; whoever does that later
    /// sees that they are gone.
    pub(super) async fn remove_late(&self, organization: Id, ids: &[Id]) -> Result<(), ServiceError> {
        let said = ids.iter().flat_map(|id| below(organization, *id));
        self.store.write(said.collect()).await?;
        self.retried(|| async {
            let left = self.left_by(ids).await?;
            if left.is_empty() {
                return Ok(());
            }
            Ok(self.store.write(self.loosened(&left, ids)).await?)
        })
        .await
    }

    /// Other tasks that are a part of these or depend on them, one more at most than may be.
    async fn left_by(&self, ids: &[Id]) -> Result<Vec<Arc<Task>>, ServiceError> {
        let id = |id: &Id| Value::Id(*id);
        let parts = Filter::In("parent", ids.iter().map(id).collect());
        let dependants = ids.iter().map(|task| Filter::Has("dependencies", id(task)));
        let either = Filter::Any([parts].into_iter().chain(dependants).collect());
        let mut left = self.store.ids(Kind::Task, &either, MOST_LEFT + 1 + most(ids)).await?;
        left.retain(|task| !ids.contains(task));
        if left.is_empty() {
            return Ok(Vec::new());
        }
        let tasks = self.store.get_many(Kind::Task, &left).await?;
        Ok(tasks.into_iter().filter_map(|any| any.try_into().ok()).collect())
    }

    /// These, no longer parts of those and no longer waiting for them.
    pub(super) fn loosened(&self, left: &[Arc<Task>], from: &[Id]) -> Vec<Change> {
        let loosened = left.iter().map(|task| {
            let mut alone = Task::clone(task);
            alone.parent = alone.parent.filter(|parent| !from.contains(parent));
            alone.dependencies.retain(|id| !from.contains(id));
            self.store.updating(task, alone).0
        });
        loosened.collect()
    }
}

/// What hangs below a task.
fn below(organization: Id, task: Id) -> [Change; 2] {
    [(Kind::Comment, "task"), (Kind::Asset, "owner")].map(|(kind, field)| Change::RemoveBelow {
        kind,
        organization,
        filter: Filter::Eq(field, Value::Id(task)),
    })
}

/// How many of them may be parts of each other.
fn most(ids: &[Id]) -> u32 {
    u32::try_from(ids.len()).unwrap_or(u32::MAX)
}
