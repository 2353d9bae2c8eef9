//! What a task depends on: tasks of the organisation, in any project, and never in a ring, whatever others change at
//! the same time.

use std::collections::HashSet;
use std::sync::Arc;

use crate::model::{AnyEntity, EntityRef, Id, Kind, Permission, Task, Viewer};
use crate::store::StoreError;

use super::access::{TaskInProject, expect};
use super::check::Check;
use super::{ServiceError, Services, UserErrorCode as Code};

/// The most tasks that one depends on directly.
const MOST: usize = 50;
/// The most tasks that one depends on at all: so many are looked at for a ring.
const MOST_BEHIND: usize = 1_000;

/// The input field that names the other task.
const FIELD: &str = "dependsOnId";

/// What following the dependencies of a task leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Behind {
    /// Nothing that matters.
    Clear,
    /// The task that one came from.
    Ring,
    /// More tasks than are looked at.
    TooMany,
}

impl Services {
    /// Makes a task depend on another.
    pub async fn add_task_dependency(
        &self,
        viewer: &Viewer,
        id: Id,
        on: Id,
        expected: Option<i64>,
    ) -> Result<Arc<Task>, ServiceError> {
        self.retried(|| async {
            let TaskInProject { task, .. } = self.task_for(viewer, id, Permission::TaskUpdate).await?;
            expect(&task, expected)?;
            self.check_dependency(viewer, &task, on).await?;
            if task.dependencies.contains(&on) {
                return self.unchanged(task).await;
            }
            let mut after = Task::clone(&task);
            after.dependencies.push(on);
            let saved = self.store.update(&task, after).await?;
            self.unless_overtaken(saved, on).await
        })
        .await
    }

    /// Makes a task depend on another no longer.
    pub async fn remove_task_dependency(
        &self,
        viewer: &Viewer,
        id: Id,
        on: Id,
        expected: Option<i64>,
    ) -> Result<Arc<Task>, ServiceError> {
        self.retried(|| async {
            let TaskInProject { task, .. } = self.task_for(viewer, id, Permission::TaskUpdate).await?;
            expect(&task, expected)?;
            let mut check = Check::default();
            if !task.dependencies.contains(&on) || !self.sees_task(viewer, on).await? {
                check.fail(FIELD, Code::NotFound, "is none of the tasks that this one depends on");
            }
            check.done()?;
            let mut after = Task::clone(&task);
            after.dependencies.retain(|id| *id != on);
            Ok(self.store.update(&task, after).await?)
        })
        .await
    }

    async fn check_dependency(&self, viewer: &Viewer, task: &Task, on: Id) -> Result<(), ServiceError> {
        let mut check = Check::default();
        if on == task.id {
            check.fail(FIELD, Code::Invalid, "is the task itself");
        } else if !self.sees_task(viewer, on).await? {
            check.fail(FIELD, Code::NotFound, "is no task of the organisation");
        } else if task.dependencies.len() >= MOST && !task.dependencies.contains(&on) {
            let message = format!("is one too many: a task depends on {MOST} others at most");
            check.fail(FIELD, Code::OutOfRange, message);
        } else {
            match self.behind(task.id, on).await? {
                Behind::Clear => {}
                Behind::Ring => check.fail(FIELD, Code::Invalid, "depends on this task itself, if by way of others"),
                Behind::TooMany => {
                    let message = format!("depends on {MOST_BEHIND} tasks or more, if by way of others");
                    check.fail(FIELD, Code::OutOfRange, message);
                }
            }
        }
        check.done()
    }

    async fn sees_task(&self, viewer: &Viewer, id: Id) -> Result<bool, ServiceError> {
        match self.task(viewer, id).await {
            Ok(_) => Ok(true),
            Err(ServiceError::NotFound(_)) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// The task, unless what it was just made to depend on has gone, or has come to depend on it: then all is as before,
    /// and has to be decided anew. Of several who close a ring together nobody sees it beforehand, but whoever writes
    /// last sees it afterwards.
    async fn unless_overtaken(&self, saved: Arc<Task>, on: Id) -> Result<Arc<Task>, ServiceError> {
        let is_there = self.store.get::<Task>(on).await?.is_some();
        if is_there && self.behind(saved.id, on).await? == Behind::Clear {
            return Ok(saved);
        }
        self.undo(saved.id, |task| task.dependencies.retain(|id| *id != on))
            .await?;
        // Rings may go through several projects: those of one organisation decide anew one at a time.
        Err(StoreError::Conflict(EntityRef::new(Kind::Organization, saved.organization)).into())
    }

    /// What lies behind a task that `task` shall depend on; a round trip for each step away from it.
    async fn behind(&self, task: Id, on: Id) -> Result<Behind, ServiceError> {
        let (mut met, mut next) = (HashSet::from([on]), vec![on]);
        while !next.is_empty() {
            if met.len() > MOST_BEHIND {
                return Ok(Behind::TooMany);
            }
            let tasks = self.store.get_many(Kind::Task, &next).await?;
            next.clear();
            for any in tasks {
                let AnyEntity::Task(found) = any else { continue };
                next.extend(found.dependencies.iter().filter(|id| met.insert(**id)));
            }
            if met.contains(&task) {
                return Ok(Behind::Ring);
            }
        }
        Ok(Behind::Clear)
    }
}
