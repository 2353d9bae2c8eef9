//! How tasks move to another project: with their subtasks and all that hangs on them, in one step. Each gets the next number
//! there and is still found by what it was called before.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{
    AnyEntity, Asset, Change, Comment, Entity, Filter, Id, Kind, Permission, Project, Rank, Task, Value, Viewer,
};
use crate::store::StoreError;

use super::access::{TaskInProject, expect};
use super::check::Check;
use super::number::task_counter;
use super::place::{check_column, put};
use super::services::ATTEMPTS;
use super::{ServiceError, Services, UserErrorCode as Code};

/// The most tasks that move together.
const MOST_TASKS: usize = 100;
/// The most comments and files that move with them.
const MOST_BELOW: usize = 500;
/// How many of the names remain that a task had before.
const MOST_NAMES: usize = 50;
/// How many people are looked at together: as many as one task has at most.
const PEOPLE: usize = 20;

/// All that moves together, as it was read.
struct Family {
    /// The task that is moved, then its subtasks.
    tasks: Vec<Arc<Task>>,
    comments: Vec<Arc<Comment>>,
    files: Vec<Arc<Asset>>,
}

/// Where each task of a family goes.
struct Goal {
    project: Arc<Project>,
    /// The key of the column of each.
    columns: Vec<String>,
    /// The last rank of each of these columns.
    ends: BTreeMap<String, Rank>,
}

impl Services {
    /// Moves a task with its subtasks to another project: into this column, or else into the one that is most like its own.
    pub async fn move_task_to_project(
        &self,
        viewer: &Viewer,
        id: Id,
        to: Id,
        status: Option<&str>,
        expected: Option<i64>,
    ) -> Result<Arc<Task>, ServiceError> {
        let (moved, from, all) = self
            .retried(|| async {
                let TaskInProject { task, project: from } = self.task_for(viewer, id, Permission::TaskUpdate).await?;
                expect(&task, expected)?;
                let to = self.project_for(viewer, to, Permission::TaskCreate).await?;
                check_move(&task, &to)?;
                let family = self.family(task).await?;
                let columns = columns(&family.tasks, &from, &to, status)?;
                self.check_assignees(&family.tasks, &to).await?;
                let goal = self.goal(to, columns).await?;
                let ids: Vec<Id> = family.tasks.iter().map(|task| task.id).collect();
                Ok((self.relocate(&family, &goal).await?, from.id, ids))
            })
            .await?;
        self.bring_late(from, moved.project, &all).await?;
        Ok(moved)
    }

    /// The comment, once it is of the project that its task was moved to while it was written.
    pub(super) async fn brought_along(
        &self,
        comment: &Arc<Comment>,
        project: Id,
    ) -> Result<Arc<Comment>, ServiceError> {
        let after = Comment {
            project,
            ..Comment::clone(comment)
        };
        match self.store.update(comment, after).await {
            // Whoever has moved the task was faster.
            Err(StoreError::Conflict(_)) => {
                let now = self.store.get(comment.id).await?;
                now.ok_or(ServiceError::NotFound(Kind::Comment))
            }
            done => Ok(done?),
        }
    }

    async fn family(&self, task: Arc<Task>) -> Result<Family, ServiceError> {
        let mut tasks = vec![task];
        let mut parents = vec![tasks[0].id];
        while !parents.is_empty() {
            let parts = Filter::In("parent", values(&parents));
            let mut found: Vec<Arc<Task>> = self.matching(&parts, MOST_TASKS + 1).await?;
            found.retain(|part| part.project == tasks[0].project && tasks.iter().all(|task| task.id != part.id));
            parents = found.iter().map(|part| part.id).collect();
            tasks.extend(found);
            check_size(tasks.len(), MOST_TASKS, "subtasks")?;
        }
        let ids: Vec<Id> = tasks.iter().map(|task| task.id).collect();
        let comments = self.matching(&Filter::In("task", values(&ids)), MOST_BELOW + 1).await?;
        let files = self
            .matching(&Filter::In("owner", values(&ids)), MOST_BELOW + 1)
            .await?;
        check_size(comments.len() + files.len(), MOST_BELOW, "comments and files")?;
        Ok(Family { tasks, comments, files })
    }

    /// So many of one kind that match, at most.
    async fn matching<E: Entity>(&self, filter: &Filter, most: usize) -> Result<Vec<Arc<E>>, ServiceError>
    where
        Arc<E>: TryFrom<AnyEntity>,
    {
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        let ids = self.store.ids(E::KIND, filter, most).await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.store.get_many(E::KIND, &ids).await?;
        Ok(found.into_iter().filter_map(|any| any.try_into().ok()).collect())
    }

    /// Whoever does one of the tasks has to see where it goes.
    async fn check_assignees(&self, tasks: &[Arc<Task>], to: &Project) -> Result<(), ServiceError> {
        let mut ids: Vec<Id> = tasks.iter().flat_map(|task| task.assigned_to.iter().copied()).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut strangers = 0;
        for ids in ids.chunks(PEOPLE) {
            let active = self.people(to.organization, ids).await?;
            let active: Vec<Id> = active.iter().map(|user| user.id).collect();
            let kept = self
                .checked_people("projectId", to, &active, &mut Check::default())
                .await?;
            strangers += active.len() - kept.len();
        }
        let mut check = Check::default();
        if strangers > 0 {
            let message = format!(
                "is not seen by {strangers} of those who do the task; make them members of the project or assign it anew first"
            );
            check.fail("projectId", Code::Invalid, message);
        }
        check.done()
    }

    async fn goal(&self, project: Arc<Project>, columns: Vec<String>) -> Result<Goal, ServiceError> {
        let mut ends = BTreeMap::new();
        for column in &columns {
            if !ends.contains_key(column) {
                ends.insert(column.clone(), self.rank_at_end(project.id, column).await?);
            }
        }
        Ok(Goal { project, columns, ends })
    }

    /// Writes all of it, under the next numbers of the project.
    async fn relocate(&self, family: &Family, goal: &Goal) -> Result<Arc<Task>, ServiceError> {
        let project = goal.project.id;
        let (counter, siblings) = (task_counter(project), Filter::Eq("project", Value::Id(project)));
        let count = u32::try_from(family.tasks.len()).unwrap_or(u32::MAX);
        for _ in 1..ATTEMPTS {
            let first = self.store.reserve(&counter, count).await?;
            match self.relocate_as(family, goal, first).await {
                Err(StoreError::Duplicate { .. }) => {
                    let last = first + i64::from(count) - 1;
                    self.pass_taken(&counter, last, Kind::Task, &siblings).await?;
                }
                done => return Ok(done?),
            }
        }
        let first = self.store.reserve(&counter, count).await?;
        Ok(self.relocate_as(family, goal, first).await?)
    }

    async fn relocate_as(&self, family: &Family, goal: &Goal, first: i64) -> Result<Arc<Task>, StoreError> {
        let project = &goal.project;
        let mut ends = goal.ends.clone();
        let mut tasks = Vec::new();
        // Written along as it is: neither its columns nor itself can go meanwhile.
        let mut changes = vec![self.store.updating(project, Project::clone(project)).0];
        for ((task, column), number) in family.tasks.iter().zip(&goal.columns).zip(first..) {
            let mut after = Task::clone(task);
            after.rename(project, number);
            put(&mut after, project, column, self.now());
            let end = ends.entry(column.clone()).or_default();
            after.rank = end.distinct(number);
            *end = Rank::between(Some(&after.rank), None);
            after.refresh();
            let (change, after) = self.store.updating(task, after);
            changes.push(change);
            tasks.push(after);
        }
        changes.extend(self.comments_to(project.id, &family.comments));
        changes.extend(family.files.iter().map(|file| {
            let mut after = Asset::clone(file);
            after.project = Some(project.id);
            self.store.updating(file, after).0
        }));
        self.store.write(changes).await?;
        Ok(tasks.swap_remove(0))
    }

    fn comments_to(&self, project: Id, comments: &[Arc<Comment>]) -> Vec<Change> {
        let moved = comments.iter().map(|comment| {
            let mut after = Comment::clone(comment);
            after.project = project;
            self.store.updating(comment, after).0
        });
        moved.collect()
    }

    /// Brings what was said of the tasks while they moved, and loosens what became a part of them; whoever does that later
    /// sees where they are.
    async fn bring_late(&self, from: Id, to: Id, ids: &[Id]) -> Result<(), ServiceError> {
        let left = |field| Filter::In(field, values(ids)).and(Filter::Eq("project", Value::Id(from)));
        self.retried(|| async {
            let comments: Vec<Arc<Comment>> = self.matching(&left("task"), MOST_BELOW).await?;
            let parts: Vec<Arc<Task>> = self.matching(&left("parent"), MOST_BELOW).await?;
            let mut changes = self.comments_to(to, &comments);
            changes.extend(self.loosened(&parts, ids));
            match changes.is_empty() {
                true => Ok(()),
                false => Ok(self.store.write(changes).await?),
            }
        })
        .await
    }
}

impl Task {
    /// Has it called what it is called in this project under this number; what it was called stays known.
    fn rename(&mut self, project: &Project, number: i64) {
        let name = format!("{}.{number}", project.number);
        let former = std::mem::replace(&mut self.display_id, name);
        self.former_display_ids.push(former);
        self.former_display_ids.retain(|name| *name != self.display_id);
        let skipped = self.former_display_ids.len().saturating_sub(MOST_NAMES);
        self.former_display_ids.drain(..skipped);
        (self.project, self.number) = (project.id, number);
    }
}

fn values(ids: &[Id]) -> Vec<Value> {
    ids.iter().copied().map(Value::Id).collect()
}

fn check_move(task: &Task, to: &Project) -> Result<(), ServiceError> {
    let mut check = Check::default();
    if task.project == to.id {
        check.fail("projectId", Code::Invalid, "is the project that it is in already");
    } else if task.parent.is_some() {
        let message = "is a part of another task: move that one, or make this one stand alone (parentId: null) first";
        check.fail("taskId", Code::Invalid, message);
    }
    check.done()
}

fn check_size(there: usize, most: usize, what: &str) -> Result<(), ServiceError> {
    let mut check = Check::default();
    if there > most {
        let message = format!("has too many {what} to move in one step: {most} are allowed");
        check.fail("taskId", Code::OutOfRange, message);
    }
    check.done()
}

/// The key of the column that each task goes into; the first one has a say in its own.
fn columns(
    tasks: &[Arc<Task>],
    from: &Project,
    to: &Project,
    status: Option<&str>,
) -> Result<Vec<String>, ServiceError> {
    let mut check = Check::default();
    if let Some(status) = status {
        check_column(to, status, &mut check);
    }
    let mut columns = Vec::new();
    for (place, task) in tasks.iter().enumerate() {
        let named = status.filter(|_| place == 0);
        match named.or_else(|| column_like(&task.status, from, to)) {
            Some(key) => columns.push(key.to_owned()),
            None => {
                let message = format!(
                    "has no column like {} for {}: name one for the task, or move its subtasks on their boards first",
                    task.status, task.display_id
                );
                check.fail("status", Code::Required, message);
            }
        }
    }
    check.done()?;
    Ok(columns)
}

/// Of the same category, with the same key if there is one.
fn column_like<'p>(status: &str, from: &Project, to: &'p Project) -> Option<&'p str> {
    let category = from.category(status);
    let mut alike = to.board_columns.iter().filter(|column| column.category == category);
    let same = alike.clone().find(|column| column.key == status);
    same.or_else(|| alike.next()).map(|column| column.key.as_str())
}
