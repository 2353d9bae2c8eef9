//! Projects: making, changing, putting away, removing. Their people stand in `member`, their boards in `board`.

use std::sync::Arc;

use crate::model::{
    BoardColumn, Budget, Change, Filter, Id, Kind, Permission, Priority, Project, ProjectStatus, Role, Timestamp,
    Value, Viewer,
};

use super::access::{expect, may};
use super::check::{Check, Patch};
use super::number::project_counter;
use super::{ServiceError, Services, UserErrorCode as Code};

/// The most tasks that are removed with their project in one unit of work.
const MOST_TASKS: u64 = 20_000;
/// The most people of one project.
pub(super) const MOST_MEMBERS: usize = 500;
/// The most money, in minor units: what every client's number type holds exactly.
const MOST_MONEY: i64 = (1 << 53) - 1;

/// What a project is made of or changed to.
#[derive(Clone, Debug, Default)]
pub struct ProjectFields {
    /// What it is called.
    pub name: Patch<String>,
    /// What it is about; none is blank.
    pub description: Patch<String>,
    /// How far it is.
    pub status: Patch<ProjectStatus>,
    /// How urgent it is.
    pub priority: Patch<Priority>,
    /// The customer it is for.
    pub client: Patch<Id>,
    /// When work begins.
    pub start_date: Patch<Timestamp>,
    /// When it shall be done.
    pub end_date: Patch<Timestamp>,
    /// Free words; none is no words.
    pub tags: Patch<Vec<String>>,
    /// What it may cost.
    pub budget: Patch<BudgetFields>,
}

/// What a project may cost. What has been spent is the server's to count.
#[derive(Clone, Debug)]
pub struct BudgetFields {
    /// What may be spent, in minor units.
    pub total: i64,
    /// ISO 4217 code.
    pub currency: String,
}

impl Services {
    /// Makes a project; the viewer counts as its manager.
    pub async fn create_project(
        &self,
        viewer: &Viewer,
        fields: &ProjectFields,
        members: &[Id],
    ) -> Result<Arc<Project>, ServiceError> {
        self.told(self.put_project(viewer, fields, members).await).await
    }

    async fn put_project(
        &self,
        viewer: &Viewer,
        fields: &ProjectFields,
        members: &[Id],
    ) -> Result<Arc<Project>, ServiceError> {
        if !viewer.has(Permission::ProjectCreate) {
            return Err(ServiceError::Forbidden(Permission::ProjectCreate));
        }
        let (mut project, mut check) = (blank(viewer, self.now()), Check::default());
        if fields.name.is_none() {
            check.fail("name", Code::Required, "is needed");
        }
        fields.apply(&mut project, &mut check);
        self.check_client(&project, fields, &mut check).await?;
        project.team_members = self.checked_members(&project, members, &mut check).await?;
        check.done()?;
        let counter = project_counter(viewer.organization());
        let siblings = Filter::Eq("organization", Value::Id(viewer.organization()));
        let numbered = |number| Project {
            number,
            ..project.clone()
        };
        self.insert_numbered(&counter, &siblings, numbered).await
    }

    /// Changes a project.
    pub async fn update_project(
        &self,
        viewer: &Viewer,
        id: Id,
        expected: Option<i64>,
        fields: &ProjectFields,
    ) -> Result<Arc<Project>, ServiceError> {
        self.retried(|| async {
            let before = self.project_for(viewer, id, Permission::ProjectUpdate).await?;
            if fields.budget.is_some() {
                may(viewer, Permission::ProjectManageBudget, &before)?;
            }
            if fields.client.is_some() {
                may(viewer, Permission::ProjectManageTeam, &before)?;
            }
            expect(&before, expected)?;
            let (mut after, mut check) = (Project::clone(&before), Check::default());
            fields.apply(&mut after, &mut check);
            self.check_client(&before, fields, &mut check).await?;
            check.done()?;
            self.save(&before, after).await
        })
        .await
    }

    /// Puts a project away.
    pub async fn archive_project(
        &self,
        viewer: &Viewer,
        id: Id,
        expected: Option<i64>,
    ) -> Result<Arc<Project>, ServiceError> {
        self.set_archived(viewer, id, expected, true).await
    }

    /// Takes a project back that was put away.
    pub async fn restore_project(
        &self,
        viewer: &Viewer,
        id: Id,
        expected: Option<i64>,
    ) -> Result<Arc<Project>, ServiceError> {
        self.set_archived(viewer, id, expected, false).await
    }

    async fn set_archived(
        &self,
        viewer: &Viewer,
        id: Id,
        expected: Option<i64>,
        archived: bool,
    ) -> Result<Arc<Project>, ServiceError> {
        self.retried(|| async {
            let before = self.project_for(viewer, id, Permission::ProjectArchive).await?;
            expect(&before, expected)?;
            let mut after = Project::clone(&before);
            after.is_archived = archived;
            self.save(&before, after).await
        })
        .await
    }

    /// Removes a project with its tasks, comments and files, all or nothing.
    pub async fn delete_project(&self, viewer: &Viewer, id: Id, expected: Option<i64>) -> Result<Id, ServiceError> {
        let within = Filter::Eq("project", Value::Id(id));
        let below = || {
            [Kind::Task, Kind::Comment, Kind::Asset].map(|kind| Change::RemoveBelow {
                kind,
                organization: viewer.organization(),
                filter: within.clone(),
            })
        };
        self.retried(|| async {
            let before = self.project_for(viewer, id, Permission::ProjectDelete).await?;
            expect(&before, expected)?;
            self.check_size(&within).await?;
            let mut changes = vec![Change::Remove(super::access::any(&before))];
            changes.extend(below());
            Ok(self.store.write(changes).await?)
        })
        .await?;
        // What was being written while it went; whoever writes later sees that it is gone.
        self.store.write(below().into()).await?;
        Ok(id)
    }

    async fn check_size(&self, within: &Filter) -> Result<(), ServiceError> {
        let tasks = self.store.count(Kind::Task, std::slice::from_ref(within)).await?;
        let tasks = tasks.first().copied().unwrap_or_default();
        let mut check = Check::default();
        if tasks > MOST_TASKS {
            let message = format!(
                "has {tasks} tasks, and at most {MOST_TASKS} can be removed with it at once; archive it, or delete tasks first"
            );
            check.fail("projectId", Code::OutOfRange, message);
        }
        check.done()
    }

    /// A client is an active user of that role in the same organisation.
    async fn check_client(
        &self,
        project: &Project,
        fields: &ProjectFields,
        check: &mut Check,
    ) -> Result<(), ServiceError> {
        let Some(Some(client)) = fields.client else {
            return Ok(());
        };
        match self.people(project.organization, &[client]).await?.pop() {
            None => check.fail("clientId", Code::NotFound, "is no active user of the organisation"),
            Some(user) if user.role != Role::Client => {
                check.fail("clientId", Code::Invalid, "is not a user of the role client");
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// The members to begin with: active users of the organisation, each once, without the creator and the client.
    async fn checked_members(
        &self,
        project: &Project,
        members: &[Id],
        check: &mut Check,
    ) -> Result<Vec<Id>, ServiceError> {
        if members.len() > MOST_MEMBERS {
            let message = format!("{} are too many; {MOST_MEMBERS} are allowed", members.len());
            check.fail("memberIds", Code::TooLong, message);
            return Ok(Vec::new());
        }
        let people = self.people(project.organization, members).await?;
        let mut kept = Vec::new();
        for (place, id) in members.iter().enumerate() {
            if !people.iter().any(|user| user.id == *id) {
                check.fail(
                    &format!("memberIds.{place}"),
                    Code::NotFound,
                    "is no active user of the organisation",
                );
            } else if *id != project.created_by && Some(*id) != project.client && !kept.contains(id) {
                kept.push(*id);
            }
        }
        Ok(kept)
    }
}

impl ProjectFields {
    /// Changes `project` as far as the fields are there; all that needs no store is checked.
    fn apply(&self, project: &mut Project, check: &mut Check) {
        self.apply_texts(project, check);
        if let Some(status) = check.filled("status", &self.status) {
            project.status = *status;
        }
        if let Some(priority) = check.filled("priority", &self.priority) {
            project.priority = *priority;
        }
        if let Some(client) = self.client {
            project.client = client;
            drop_strays(project);
        }
        if self.start_date.is_some() || self.end_date.is_some() {
            project.start_date = self.start_date.unwrap_or(project.start_date);
            project.end_date = self.end_date.unwrap_or(project.end_date);
            check.ordered("endDate", project.start_date, project.end_date);
        }
        if let Some(budget) = &self.budget {
            project.budget = check_budget(project.budget.take(), budget.as_ref(), check);
        }
        project.refresh();
    }

    fn apply_texts(&self, project: &mut Project, check: &mut Check) {
        if let Some(name) = check.filled("name", &self.name) {
            project.name = check.line("name", name, 200);
        }
        if let Some(text) = &self.description {
            project.description = check.text("description", text.as_deref().unwrap_or_default(), 20_000);
        }
        if let Some(tags) = &self.tags {
            project.tags = check.words("tags", tags.as_deref().unwrap_or_default());
        }
    }
}

/// Whoever belongs to the project no more, as its former client, has no role in it either.
fn drop_strays(project: &mut Project) {
    let mut roles = std::mem::take(&mut project.project_roles);
    roles.retain(|entry| belongs(project, entry.user));
    project.project_roles = roles;
}

/// Whether the user made the project, is its client, or in its team.
pub(super) fn belongs(project: &Project, user: Id) -> bool {
    project.created_by == user || project.client == Some(user) || project.team_members.contains(&user)
}

/// The new budget: what has been spent stays, in its currency.
fn check_budget(before: Option<Budget>, new: Option<&BudgetFields>, check: &mut Check) -> Option<Budget> {
    let spent = before.as_ref().map_or(0, |budget| budget.spent);
    let currency = new.map(|new| check.currency("budget.currency", &new.currency));
    if spent != 0 && before.map(|budget| budget.currency) != currency {
        check.fail(
            "budget",
            Code::Invalid,
            "has been spent from; its currency stays and it can't be removed",
        );
    }
    let total = new?.total;
    check.within("budget.total", total, &(0..=MOST_MONEY));
    Some(Budget {
        total,
        spent,
        currency: currency?,
    })
}

fn blank(viewer: &Viewer, now: Timestamp) -> Project {
    Project {
        id: Id::generate(now),
        organization: viewer.organization(),
        version: 0,
        number: 0,
        name: String::new(),
        description: String::new(),
        status: ProjectStatus::default(),
        priority: Priority::default(),
        created_by: viewer.user(),
        client: None,
        team_members: Vec::new(),
        project_roles: Vec::new(),
        start_date: None,
        end_date: None,
        tags: Vec::new(),
        board_columns: BoardColumn::standard(),
        budget: None,
        is_archived: false,
        cover: None,
        search_terms: Vec::new(),
        created_at: now,
        updated_at: now,
    }
}
