//! Tasks: making, changing, assigning. Their place on the board stands in `place`, how they go in `removal`.

use std::sync::Arc;

use crate::model::{
    Filter, Id, Kind, Permission, Priority, Project, Rank, Task, TaskType, Timestamp, Value, Viewer, permission,
};

use super::access::{TaskInProject, expect, may};
use super::check::{Check, Patch};
use super::number::task_counter;
use super::parent::decided_too_early;
use super::place::{check_column, put};
use super::{ServiceError, Services, UserErrorCode as Code};

/// The most people assigned to one task, or spoken to at once.
const MOST_PEOPLE: usize = 20;

/// What a task is made of or changed to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskFields {
    /// What it is about, in a line.
    pub title: Patch<String>,
    /// What it is about; none is blank.
    pub description: Patch<String>,
    /// How urgent it is.
    pub priority: Patch<Priority>,
    /// What sort of work it is.
    pub task_type: Patch<TaskType>,
    /// The task that it is a part of.
    pub parent: Patch<Id>,
    /// Free words; none is no words.
    pub labels: Patch<Vec<String>>,
    /// How much work it is, in points.
    pub story_points: Patch<i32>,
    /// How long it should take, in minutes.
    pub estimated_minutes: Patch<i32>,
    /// How long it took, in minutes.
    pub actual_minutes: Patch<i32>,
    /// When work begins.
    pub start_date: Patch<Timestamp>,
    /// When it shall be done.
    pub due_date: Patch<Timestamp>,
    /// Whether it is put away.
    pub is_archived: Patch<bool>,
}

impl Services {
    /// Makes a task at the end of a column, the first one unless told otherwise.
    pub async fn create_task(
        &self,
        viewer: &Viewer,
        project: Id,
        status: Option<&str>,
        assignees: &[Id],
        fields: &TaskFields,
    ) -> Result<Arc<Task>, ServiceError> {
        self.retried(|| async {
            let project = self.project_for(viewer, project, Permission::TaskCreate).await?;
            if !assignees.is_empty() {
                may(viewer, Permission::TaskAssign, &project)?;
            }
            let (mut task, mut check) = (blank(viewer, &project, self.now()), Check::default());
            if fields.title.is_none() {
                check.fail("title", Code::Required, "is needed");
            }
            fields.apply(&mut task, &mut check);
            if let Some(status) = status {
                check_column(&project, status, &mut check);
                put(&mut task, &project, status, self.now());
            }
            self.check_parent(&task, fields, &mut check).await?;
            task.assigned_to = self
                .checked_people("assigneeIds", &project, assignees, &mut check)
                .await?;
            check.done()?;
            self.insert_task(&project, task).await
        })
        .await
    }

    /// Changes a task.
    pub async fn update_task(
        &self,
        viewer: &Viewer,
        id: Id,
        expected: Option<i64>,
        fields: &TaskFields,
    ) -> Result<Arc<Task>, ServiceError> {
        self.retried(|| async {
            let TaskInProject { task, .. } = self.task_for(viewer, id, Permission::TaskUpdate).await?;
            expect(&task, expected)?;
            let (mut after, mut check) = (Task::clone(&task), Check::default());
            fields.apply(&mut after, &mut check);
            self.check_parent(&task, fields, &mut check).await?;
            check.done()?;
            let saved = self.save(&task, after).await?;
            self.unless_ring(&task, saved).await
        })
        .await
    }

    /// Assigns a task to these people and no others.
    pub async fn assign_task(
        &self,
        viewer: &Viewer,
        id: Id,
        assignees: &[Id],
        expected: Option<i64>,
    ) -> Result<Arc<Task>, ServiceError> {
        self.retried(|| async {
            let TaskInProject { task, project } = self.task_for(viewer, id, Permission::TaskAssign).await?;
            expect(&task, expected)?;
            let mut check = Check::default();
            let mut after = Task::clone(&task);
            after.assigned_to = self
                .checked_people("assigneeIds", &project, assignees, &mut check)
                .await?;
            check.done()?;
            after.refresh();
            self.save(&task, after).await
        })
        .await
    }

    async fn insert_task(&self, project: &Project, task: Task) -> Result<Arc<Task>, ServiceError> {
        let counter = task_counter(project.id);
        let siblings = Filter::Eq("project", Value::Id(project.id));
        let rank = self.rank_at_end(project.id, &task.status).await?;
        let numbered = |number| {
            let mut task = task.clone();
            task.number = number;
            task.display_id = format!("{}.{number}", project.number);
            task.rank = rank.distinct(number);
            task.refresh();
            task
        };
        let task = self.insert_numbered(&counter, &siblings, numbered).await?;
        if !self.is_with_parent(&task).await? {
            self.take_back(&task).await?;
            return Err(decided_too_early(&task));
        }
        // The project may have been removed meanwhile, with the tasks that it had then; or the column.
        match self.store.get::<Project>(project.id).await? {
            Some(project) if project.column(&task.status).is_some() || project.board_columns.is_empty() => Ok(task),
            Some(_) => {
                self.take_back(&task).await?;
                Err(decided_too_early(&task))
            }
            None => {
                self.take_back(&task).await?;
                Err(ServiceError::NotFound(Kind::Project))
            }
        }
    }

    /// The people that `field` names: active, each once, and able to see the project.
    pub(super) async fn checked_people(
        &self,
        field: &str,
        project: &Project,
        ids: &[Id],
        check: &mut Check,
    ) -> Result<Vec<Id>, ServiceError> {
        if ids.len() > MOST_PEOPLE {
            let message = format!("{} are too many; {MOST_PEOPLE} are allowed", ids.len());
            check.fail(field, Code::TooLong, message);
            return Ok(Vec::new());
        }
        let people = self.people(project.organization, ids).await?;
        let mut kept = Vec::new();
        for (place, id) in ids.iter().enumerate() {
            let field = format!("{field}.{place}");
            match people.iter().find(|user| user.id == *id) {
                None => check.fail(&field, Code::NotFound, "is no active user of the organisation"),
                Some(user) => {
                    let sees_all = self.rights_of(user).await?.has(Permission::ProjectViewAll);
                    if !sees_all && permission::project_role(user.id, user.role, project).is_none() {
                        check.fail(
                            &field,
                            Code::Invalid,
                            "does not see the project; make them a member first",
                        );
                    } else if !kept.contains(id) {
                        kept.push(*id);
                    }
                }
            }
        }
        Ok(kept)
    }
}

impl TaskFields {
    /// Changes `task` as far as the fields are there; all that needs no store is checked.
    pub(super) fn apply(&self, task: &mut Task, check: &mut Check) {
        self.apply_texts(task, check);
        if let Some(priority) = check.filled("priority", &self.priority) {
            task.priority = *priority;
        }
        if let Some(task_type) = check.filled("type", &self.task_type) {
            task.task_type = *task_type;
        }
        if let Some(archived) = check.filled("isArchived", &self.is_archived) {
            task.is_archived = *archived;
        }
        task.parent = self.parent.unwrap_or(task.parent);
        self.apply_numbers(task, check);
        if self.start_date.is_some() || self.due_date.is_some() {
            task.start_date = self.start_date.unwrap_or(task.start_date);
            task.due_date = self.due_date.unwrap_or(task.due_date);
            check.ordered("dueDate", task.start_date, task.due_date);
        }
        task.refresh();
    }

    fn apply_texts(&self, task: &mut Task, check: &mut Check) {
        if let Some(title) = check.filled("title", &self.title) {
            task.title = check.line("title", title, 200);
        }
        if let Some(text) = &self.description {
            task.description = check.text("description", text.as_deref().unwrap_or_default(), 20_000);
        }
        if let Some(labels) = &self.labels {
            task.labels = check.words("labels", labels.as_deref().unwrap_or_default());
        }
    }

    fn apply_numbers(&self, task: &mut Task, check: &mut Check) {
        let numbers = [
            ("storyPoints", self.story_points, &mut task.story_points, 1_000),
            (
                "estimatedMinutes",
                self.estimated_minutes,
                &mut task.estimated_minutes,
                1_000_000,
            ),
            (
                "actualMinutes",
                self.actual_minutes,
                &mut task.actual_minutes,
                1_000_000,
            ),
        ];
        for (field, patch, number, most) in numbers {
            if let Some(Some(value)) = patch {
                check.within(field, value.into(), &(0..=most));
            }
            *number = patch.unwrap_or(*number);
        }
    }
}

fn blank(viewer: &Viewer, project: &Project, now: Timestamp) -> Task {
    let first = project.board_columns.first();
    let mut task = Task {
        id: Id::generate(now),
        organization: project.organization,
        version: 0,
        project: project.id,
        number: 0,
        display_id: String::new(),
        former_display_ids: Vec::new(),
        title: String::new(),
        description: String::new(),
        status: String::new(),
        priority: Priority::default(),
        task_type: TaskType::default(),
        created_by: viewer.user(),
        assigned_to: Vec::new(),
        parent: None,
        labels: Vec::new(),
        dependencies: Vec::new(),
        attachments: Vec::new(),
        story_points: None,
        estimated_minutes: None,
        actual_minutes: None,
        start_date: None,
        due_date: None,
        due_sort: Timestamp::MAX,
        completed_at: None,
        rank: Rank::default(),
        is_archived: false,
        search_terms: Vec::new(),
        created_at: now,
        updated_at: now,
    };
    put(&mut task, project, first.map_or("backlog", |column| &column.key), now);
    task
}
