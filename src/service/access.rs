//! Fresh looks at what a viewer wants to change. What they don't see answers as absent, whatever the reason;
//! what they see but may not change says which permission it takes.

use std::sync::Arc;

use crate::model::{AnyEntity, Comment, Entity, Id, Kind, Permission, Project, Task, User, Viewer, permission};

use super::{ServiceError, Services};

/// A task with the project it is seen through.
pub(super) struct TaskInProject {
    pub(super) task: Arc<Task>,
    pub(super) project: Arc<Project>,
}

/// A comment with the project it is seen through.
pub(super) struct CommentInProject {
    pub(super) comment: Arc<Comment>,
    pub(super) project: Arc<Project>,
}

impl Services {
    /// The project, if the viewer sees it.
    pub(super) async fn project(&self, viewer: &Viewer, id: Id) -> Result<Arc<Project>, ServiceError> {
        let project: Option<Arc<Project>> = self.store.get(id).await?;
        project
            .filter(|project| permission::sees_project(viewer, project))
            .ok_or(ServiceError::NotFound(Kind::Project))
    }

    /// The project, if the viewer may do this to it.
    pub(super) async fn project_for(
        &self,
        viewer: &Viewer,
        id: Id,
        right: Permission,
    ) -> Result<Arc<Project>, ServiceError> {
        let project = self.project(viewer, id).await?;
        may(viewer, right, &project)?;
        Ok(project)
    }

    /// The task, if the viewer sees it.
    pub(super) async fn task(&self, viewer: &Viewer, id: Id) -> Result<TaskInProject, ServiceError> {
        let absent = ServiceError::NotFound(Kind::Task);
        let task: Option<Arc<Task>> = self.store.get(id).await?;
        let task = task.filter(|task| task.organization == viewer.organization());
        let Some(task) = task else { return Err(absent) };
        let project: Option<Arc<Project>> = self.store.get(task.project).await?;
        match project.filter(|project| permission::sees_task(viewer, &task, project)) {
            Some(project) => Ok(TaskInProject { task, project }),
            None => Err(absent),
        }
    }

    /// The task, if the viewer may do this in its project.
    pub(super) async fn task_for(
        &self,
        viewer: &Viewer,
        id: Id,
        right: Permission,
    ) -> Result<TaskInProject, ServiceError> {
        let found = self.task(viewer, id).await?;
        may(viewer, right, &found.project)?;
        Ok(found)
    }

    /// The comment, if the viewer sees it.
    pub(super) async fn comment(&self, viewer: &Viewer, id: Id) -> Result<CommentInProject, ServiceError> {
        let absent = ServiceError::NotFound(Kind::Comment);
        let comment: Option<Arc<Comment>> = self.store.get(id).await?;
        let comment = comment.filter(|comment| comment.organization == viewer.organization());
        let Some(comment) = comment else { return Err(absent) };
        match self.task(viewer, comment.task).await {
            Ok(TaskInProject { project, .. }) => Ok(CommentInProject { comment, project }),
            Err(ServiceError::NotFound(_)) => Err(absent),
            Err(other) => Err(other),
        }
    }

    /// The viewer's own record.
    pub(super) async fn me(&self, viewer: &Viewer) -> Result<Arc<User>, ServiceError> {
        let me: Option<Arc<User>> = self.store.get(viewer.user()).await?;
        me.ok_or(ServiceError::NotFound(Kind::User))
    }

    /// Somebody of the viewer's organisation.
    pub(super) async fn colleague(&self, viewer: &Viewer, id: Id) -> Result<Arc<User>, ServiceError> {
        let user: Option<Arc<User>> = self.store.get(id).await?;
        user.filter(|user| user.organization == viewer.organization())
            .ok_or(ServiceError::NotFound(Kind::User))
    }

    /// Those of these users who are active members of the organisation.
    pub(super) async fn people(&self, organization: Id, ids: &[Id]) -> Result<Vec<Arc<User>>, ServiceError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.store.get_many(Kind::User, ids).await?;
        let users = found.into_iter().filter_map(|any| Arc::<User>::try_from(any).ok());
        Ok(users
            .filter(|user| user.organization == organization && user.is_active)
            .collect())
    }
}

/// Refuses unless the viewer may do this in the project, which they see.
pub(super) fn may(viewer: &Viewer, right: Permission, project: &Project) -> Result<(), ServiceError> {
    match permission::may_in_project(viewer, right, project) {
        true => Ok(()),
        false => Err(ServiceError::Forbidden(right)),
    }
}

/// Refuses, with the current object, unless it has the expected version.
pub(super) fn expect<E: Entity>(current: &Arc<E>, expected: Option<i64>) -> Result<(), ServiceError> {
    match expected {
        Some(version) if version != current.version() => Err(ServiceError::Conflict(any(current))),
        _ => Ok(()),
    }
}

/// A copy of it as an entity of any kind.
pub(super) fn any<E: Entity>(entity: &Arc<E>) -> AnyEntity {
    E::clone(entity).into()
}
