//! Which task a task is a part of: one of the same project, never itself or a part of itself, whatever others change at
//! the same time.

use std::collections::HashSet;
use std::sync::Arc;

use crate::model::{EntityRef, Id, Kind, Task};
use crate::store::StoreError;

use super::check::Check;
use super::services::ATTEMPTS;
use super::task::TaskFields;
use super::{ServiceError, Services, UserErrorCode as Code};

/// The most tasks above a task.
const MOST_ABOVE: usize = 10;

impl Services {
    /// A parent is a task of the same project that isn't below the task itself.
    pub(super) async fn check_parent(
        &self,
        task: &Task,
        fields: &TaskFields,
        check: &mut Check,
    ) -> Result<(), ServiceError> {
        let Some(Some(parent)) = fields.parent else {
            return Ok(());
        };
        let mut next = Some(parent);
        for above in 0..MOST_ABOVE {
            let Some(id) = next else { return Ok(()) };
            if id == task.id {
                check.fail("parentId", Code::Invalid, "is the task itself or a part of it");
                return Ok(());
            }
            let found: Option<Arc<Task>> = self.store.get(id).await?;
            let found = found.filter(|found| found.project == task.project);
            if found.is_none() && above == 0 {
                check.fail("parentId", Code::NotFound, "is no task of the same project");
            }
            next = found.and_then(|found| found.parent);
        }
        if next.is_some() {
            let message = format!("lies too deep: tasks are nested {MOST_ABOVE} levels at most");
            check.fail("parentId", Code::OutOfRange, message);
        }
        Ok(())
    }

    /// The task, unless what it was just made a part of has become a part of it meanwhile, or was moved to another
    /// project: then all is as before, and has to be decided anew. Of several who close a ring together nobody sees it beforehand, but whoever writes last
    /// sees it afterwards.
    pub(super) async fn unless_ring(&self, before: &Task, saved: Arc<Task>) -> Result<Arc<Task>, ServiceError> {
        if saved.parent == before.parent {
            return Ok(saved);
        }
        if self.is_with_parent(&saved).await? && !self.is_below_itself(&saved).await? {
            return Ok(saved);
        }
        let undo = |task: &mut Task| {
            if task.parent == saved.parent {
                task.parent = before.parent;
            }
        };
        self.undo(saved.id, undo).await?;
        Err(decided_too_early(&saved))
    }

    /// Whether what the task is a part of, as far as it is still there, is of its project.
    pub(super) async fn is_with_parent(&self, task: &Task) -> Result<bool, ServiceError> {
        let Some(parent) = task.parent else { return Ok(true) };
        let parent: Option<Arc<Task>> = self.store.get(parent).await?;
        Ok(parent.is_none_or(|parent| parent.project == task.project))
    }

    async fn is_below_itself(&self, task: &Task) -> Result<bool, ServiceError> {
        let (mut next, mut met) = (task.parent, HashSet::new());
        while let Some(id) = next.filter(|id| met.insert(*id)) {
            if id == task.id {
                return Ok(true);
            }
            let found: Option<Arc<Task>> = self.store.get(id).await?;
            next = found.and_then(|found| found.parent);
        }
        Ok(false)
    }

    /// Takes back what this caller has just written, whatever else of the task others have changed since. In no turn: the
    /// caller may hold one.
    pub(super) async fn undo(&self, id: Id, undo: impl Fn(&mut Task)) -> Result<(), ServiceError> {
        for _ in 1..ATTEMPTS {
            match self.undo_once(id, &undo).await {
                Err(ServiceError::Store(StoreError::Conflict(_))) => {}
                done => return done,
            }
        }
        self.undo_once(id, &undo).await
    }

    async fn undo_once(&self, id: Id, undo: &impl Fn(&mut Task)) -> Result<(), ServiceError> {
        let Some(now) = self.store.get::<Task>(id).await? else {
            return Ok(());
        };
        let mut after = Task::clone(&now);
        undo(&mut after);
        self.save(&now, after).await.map(drop)
    }
}

/// What was written hung on something that has changed meanwhile: those of one project decide anew one at a time.
pub(super) fn decided_too_early(task: &Task) -> ServiceError {
    StoreError::Conflict(EntityRef::new(Kind::Project, task.project)).into()
}
