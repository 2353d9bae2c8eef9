//! Many tasks changed in one step: for each the rules of one alone, and all of them or none.

use std::collections::btree_map::{BTreeMap, Entry};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::model::{AnyEntity, Id, Kind, Permission, Project, Rank, Task, Viewer, permission};

use super::access::{TaskInProject, expect, may};
use super::check::Check;
use super::parent::decided_too_early;
use super::place::{check_column, put};
use super::{FieldError, ServiceError, Services, TaskFields, UserErrorCode as Code};

/// The most tasks that are named at once.
const MOST: usize = 100;

/// Which tasks, and the versions that they are expected to have.
#[derive(Clone, Debug)]
pub struct Named {
    /// Which, each once.
    pub ids: Vec<Id>,
    /// The version of each in its place; `None`: any will do.
    pub versions: Option<Vec<i64>>,
}

/// What becomes of all of them.
#[derive(Clone, Debug, Default)]
pub struct BulkFields {
    /// The key of the column that they go into, at its end.
    pub status: Option<String>,
    /// Who does them from now on.
    pub assignees: Option<Vec<Id>>,
    /// What else changes of each.
    pub fields: TaskFields,
}

/// What came of one of them.
#[derive(Clone, Debug)]
pub struct BulkTask {
    /// Which.
    pub id: Id,
    /// It as it is now; `None`: there is none that the viewer sees.
    pub task: Option<Arc<Task>>,
    /// Why nothing was done, as far as it is about this one.
    pub errors: Vec<FieldError>,
}

/// A task that changes, as it was read and as it shall be.
struct Draft {
    before: Arc<Task>,
    after: Task,
}

impl Services {
    /// Changes these tasks; if there is an error of one of them, none was changed.
    pub async fn bulk_update_tasks(
        &self,
        viewer: &Viewer,
        named: &Named,
        change: &BulkFields,
    ) -> Result<Vec<BulkTask>, ServiceError> {
        named.check()?;
        self.retried(|| async {
            let found = self.named_tasks(viewer, named).await?;
            for right in change.rights() {
                may_all(viewer, right, &found)?;
            }
            let mut results = named.judged(&found);
            let drafts = self.drafts(&found, change, &mut results).await?;
            if results.iter().any(|result| !result.errors.is_empty()) {
                return self.unchanged(results).await;
            }
            for (result, saved) in results.iter_mut().zip(self.write_drafts(drafts).await?) {
                result.task = Some(saved);
            }
            Ok(results)
        })
        .await
    }

    /// Removes these tasks; if there is an error of one of them, none was removed.
    pub async fn bulk_delete_tasks(&self, viewer: &Viewer, named: &Named) -> Result<Vec<BulkTask>, ServiceError> {
        named.check()?;
        let results = self
            .retried(|| async {
                let found = self.named_tasks(viewer, named).await?;
                may_all(viewer, Permission::TaskDelete, &found)?;
                let mut results = named.judged(&found);
                if results.iter().any(|result| !result.errors.is_empty()) {
                    return self.unchanged(results).await;
                }
                let tasks: Vec<Arc<Task>> = results.iter_mut().filter_map(|result| result.task.take()).collect();
                self.remove_tasks("taskIds", &tasks).await?;
                Ok(results)
            })
            .await?;
        if results.iter().all(|result| result.errors.is_empty()) {
            self.remove_late(viewer.organization(), &named.ids).await?;
        }
        Ok(results)
    }

    /// The named tasks in their places, as far as the viewer sees them.
    async fn named_tasks(&self, viewer: &Viewer, named: &Named) -> Result<Vec<Option<TaskInProject>>, ServiceError> {
        let tasks = self.store.get_many(Kind::Task, &named.ids).await?;
        let tasks = tasks.into_iter().filter_map(|any| Arc::<Task>::try_from(any).ok());
        let tasks: HashMap<Id, Arc<Task>> = tasks
            .filter(|task| task.organization == viewer.organization())
            .map(|task| (task.id, task))
            .collect();
        let homes: HashSet<Id> = tasks.values().map(|task| task.project).collect();
        let projects = self.projects(homes.into_iter().collect()).await?;
        let seen = |id: &Id| {
            let task = tasks.get(id)?.clone();
            let project = projects.get(&task.project)?.clone();
            permission::sees_task(viewer, &task, &project).then_some(TaskInProject { task, project })
        };
        Ok(named.ids.iter().map(seen).collect())
    }

    async fn projects(&self, ids: Vec<Id>) -> Result<HashMap<Id, Arc<Project>>, ServiceError> {
        let found: Vec<AnyEntity> = match ids.is_empty() {
            true => Vec::new(),
            false => self.store.get_many(Kind::Project, &ids).await?,
        };
        let projects = found.into_iter().filter_map(|any| Arc::<Project>::try_from(any).ok());
        Ok(projects.map(|project| (project.id, project)).collect())
    }

    /// What becomes of each task; what stands in the way is noted in its result.
    async fn drafts(
        &self,
        found: &[Option<TaskInProject>],
        change: &BulkFields,
        results: &mut [BulkTask],
    ) -> Result<Vec<Draft>, ServiceError> {
        let (mut drafts, mut ends, mut people) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        for (TaskInProject { task, project }, result) in found.iter().zip(results).filter_map(seen) {
            let (mut after, mut check) = (Task::clone(task), Check::default());
            change.fields.apply(&mut after, &mut check);
            if let Some(status) = change.status.as_ref().filter(|status| **status != task.status) {
                check_column(project, status, &mut check);
                put(&mut after, project, status, self.now());
                let end = match ends.remove(&project.id) {
                    Some(end) => end,
                    None => self.rank_at_end(project.id, status).await?,
                };
                after.rank = end.distinct(task.number);
                ends.insert(project.id, Rank::between(Some(&end), None));
            }
            if let Some(assignees) = &change.assignees {
                let (checked, of_people) = match people.entry(project.id) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => {
                        let mut check = Check::default();
                        let checked = self
                            .checked_people("assigneeIds", project, assignees, &mut check)
                            .await?;
                        new.insert((checked, check))
                    }
                };
                after.assigned_to.clone_from(checked);
                check.add(of_people);
            }
            after.refresh();
            result.errors.extend(check.into_errors());
            let before = task.clone();
            drafts.push(Draft { before, after });
        }
        Ok(drafts)
    }

    /// Writes all of them in one unit of work; returns them as they were written.
    async fn write_drafts(&self, drafts: Vec<Draft>) -> Result<Vec<Arc<Task>>, ServiceError> {
        let (mut changes, mut written) = (Vec::new(), Vec::new());
        for Draft { before, after } in drafts {
            if *before == after {
                written.push((before.clone(), before));
                continue;
            }
            let (change, saved) = self.store.updating(&before, after);
            changes.push(change);
            written.push((before, saved));
        }
        let all_change = changes.len() == written.len();
        if !changes.is_empty() {
            self.store.write(changes).await?;
            self.unless_columns_gone(&written).await?;
        }
        let saved = written.into_iter().map(|(_, saved)| saved).collect();
        match all_change {
            true => Ok(saved),
            false => self.unchanged(saved).await,
        }
    }

    /// Refuses, with all as it was before, when a column that tasks were just put into was taken away meanwhile; as
    /// `unless_gone` does for one task.
    async fn unless_columns_gone(&self, written: &[(Arc<Task>, Arc<Task>)]) -> Result<(), ServiceError> {
        let moved = || written.iter().filter(|(before, saved)| before.status != saved.status);
        let homes: HashSet<Id> = moved().map(|(_, saved)| saved.project).collect();
        let projects = self.projects(homes.into_iter().collect()).await?;
        let gone = |saved: &Task| {
            let project = projects.get(&saved.project);
            project.is_some_and(|project| project.column(&saved.status).is_none())
        };
        let Some((_, lost)) = moved().find(|(_, saved)| gone(saved)) else {
            return Ok(());
        };
        for (before, saved) in written.iter().filter(|(before, saved)| before != saved) {
            self.undo(saved.id, |now| restore(now, before, saved)).await?;
        }
        Err(decided_too_early(lost))
    }
}

impl Named {
    fn check(&self) -> Result<(), ServiceError> {
        let (mut check, count) = (Check::default(), self.ids.len());
        if count == 0 {
            check.fail("taskIds", Code::Required, "names no task");
        }
        if count > MOST {
            check.fail(
                "taskIds",
                Code::TooLong,
                format!("{count} are too many; {MOST} are allowed"),
            );
        }
        let mut known = HashSet::new();
        for (place, _) in self
            .ids
            .iter()
            .enumerate()
            .filter(|(_, id)| !known.insert(**id))
            .take(MOST)
        {
            check.fail(&format!("taskIds.{place}"), Code::Taken, "is named before already");
        }
        if let Some(versions) = self.versions.as_ref().filter(|versions| versions.len() != count) {
            let message = format!("are {}, and the tasks are {count}: one for each", versions.len());
            check.fail("expectedVersions", Code::Invalid, message);
        }
        check.done()
    }

    /// Each as it was found, with what that says against it.
    fn judged(&self, found: &[Option<TaskInProject>]) -> Vec<BulkTask> {
        let judged = self.ids.iter().zip(found).enumerate().map(|(place, (id, found))| {
            let mut check = Check::default();
            match found {
                None => check.fail(
                    &format!("taskIds.{place}"),
                    Code::NotFound,
                    "is no task that you see; it may have been removed",
                ),
                Some(found) => {
                    let version = self.versions.as_ref().map(|versions| versions[place]);
                    if expect(&found.task, version).is_err() {
                        let message = "somebody else has changed the task since; the result has it as it is now";
                        check.fail(&format!("expectedVersions.{place}"), Code::Conflict, message);
                    }
                }
            }
            BulkTask {
                id: *id,
                task: found.as_ref().map(|found| found.task.clone()),
                errors: check.into_errors(),
            }
        });
        judged.collect()
    }
}

impl BulkFields {
    /// What each of the tasks takes.
    fn rights(&self) -> Vec<Permission> {
        let mut rights = Vec::new();
        rights.extend(self.status.as_ref().map(|_| Permission::TaskChangeStatus));
        rights.extend(self.assignees.as_ref().map(|_| Permission::TaskAssign));
        if rights.is_empty() || self.fields != TaskFields::default() {
            rights.push(Permission::TaskUpdate);
        }
        rights
    }
}

fn seen<'a>(
    (found, result): (&'a Option<TaskInProject>, &'a mut BulkTask),
) -> Option<(&'a TaskInProject, &'a mut BulkTask)> {
    Some((found.as_ref()?, result))
}

fn may_all(viewer: &Viewer, right: Permission, found: &[Option<TaskInProject>]) -> Result<(), ServiceError> {
    let mut projects = found.iter().flatten().map(|found| &found.project);
    projects.try_for_each(|project| may(viewer, right, project))
}

/// Takes back what was written, but for what others have written since.
fn restore(now: &mut Task, before: &Task, saved: &Task) {
    macro_rules! fields {
        ($($field:ident)*) => {
            $(if now.$field == saved.$field {
                now.$field.clone_from(&before.$field);
            })*
        };
    }
    fields!(status rank completed_at priority task_type assigned_to labels story_points estimated_minutes);
    fields!(start_date due_date is_archived);
    now.refresh();
}
