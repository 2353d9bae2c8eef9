//! What mutations answer: the changed object, or what the sender can mend.

use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject};

use crate::graphql::object::{CommentObject, ProjectObject, TaskObject, UserObject};
use crate::graphql::scalar::global_id;
use crate::graphql::{ApiError, ContextExt};
use crate::model::{AnyEntity, Comment, Id, Kind, Project, Task, User};
use crate::service::{FieldError, ServiceError, UserErrorCode};

/// Something about the input that its sender can mend.
#[derive(SimpleObject)]
pub struct UserError {
    /// The input field, as the schema names it; with dots inside objects and lists: `columns.2.key`.
    pub field: String,
    /// What sort of problem it is.
    pub code: UserErrorCode,
    /// What is wrong and what is allowed, for people.
    pub message: String,
}

/// What a change of a project answers.
#[derive(SimpleObject)]
pub struct ProjectPayload {
    /// The project as it is now; with a CONFLICT, as somebody else has left it; null when the input isn't acceptable.
    pub project: Option<ProjectObject>,
    /// What is wrong with the input; empty when it was done.
    pub user_errors: Vec<UserError>,
}

/// What a change of a task answers.
#[derive(SimpleObject)]
pub struct TaskPayload {
    /// The task as it is now; with a CONFLICT, as somebody else has left it; null when the input isn't acceptable.
    pub task: Option<TaskObject>,
    /// What is wrong with the input; empty when it was done.
    pub user_errors: Vec<UserError>,
}

/// What a change of a comment answers.
#[derive(SimpleObject)]
pub struct CommentPayload {
    /// The comment as it is now; null when the input isn't acceptable.
    pub comment: Option<CommentObject>,
    /// What is wrong with the input; empty when it was done.
    pub user_errors: Vec<UserError>,
}

/// What a change of a person answers.
#[derive(SimpleObject)]
pub struct UserPayload {
    /// The person as they are now; null when the input isn't acceptable.
    pub user: Option<UserObject>,
    /// What is wrong with the input; empty when it was done.
    pub user_errors: Vec<UserError>,
}

/// What the removal of a project answers.
#[derive(SimpleObject)]
pub struct DeleteProjectPayload {
    /// The id of the project that is gone; null when it isn't.
    pub deleted_id: Option<ID>,
    /// With a CONFLICT, the project as somebody else has left it.
    pub project: Option<ProjectObject>,
    /// Why it wasn't removed; empty when it was.
    pub user_errors: Vec<UserError>,
}

/// What the removal of a task answers.
#[derive(SimpleObject)]
pub struct DeleteTaskPayload {
    /// The id of the task that is gone; null when it isn't.
    pub deleted_id: Option<ID>,
    /// With a CONFLICT, the task as somebody else has left it.
    pub task: Option<TaskObject>,
    /// Why it wasn't removed; empty when it was.
    pub user_errors: Vec<UserError>,
}

/// What the removal of a comment answers.
#[derive(SimpleObject)]
pub struct DeleteCommentPayload {
    /// The id of the comment that is gone; null when it isn't.
    pub deleted_id: Option<ID>,
    /// Why it wasn't removed; empty when it was.
    pub user_errors: Vec<UserError>,
}

/// How a service call ended that the sender can live with.
pub(super) struct Settled<T> {
    /// What was done.
    pub(super) value: Option<T>,
    /// After a conflict, the object as it is.
    pub(super) current: Option<AnyEntity>,
    /// What the sender can mend.
    pub(super) errors: Vec<UserError>,
}

/// Waits for a service call, forgets what this request read before it, and sorts refusals into those that the
/// sender can mend and errors.
pub(super) async fn settled<T>(
    ctx: &Context<'_>,
    call: impl Future<Output = Result<T, ServiceError>>,
) -> Result<Settled<T>, ApiError> {
    let done = call.await;
    ctx.loaders().clear().await;
    match done {
        Ok(value) => Ok(Settled::new(Some(value), None, Vec::new())),
        Err(ServiceError::Invalid(errors)) => Ok(Settled::new(
            None,
            None,
            errors.into_iter().map(UserError::from).collect(),
        )),
        Err(ServiceError::Conflict(current)) => Ok(Settled::new(None, Some(current), vec![UserError::conflict()])),
        Err(error) => Err(error.into()),
    }
}

impl<T> Settled<T> {
    fn new(value: Option<T>, current: Option<AnyEntity>, errors: Vec<UserError>) -> Settled<T> {
        Settled { value, current, errors }
    }
}

impl<E> Settled<Arc<E>>
where
    Arc<E>: TryFrom<AnyEntity>,
{
    /// The object to show: as it was written, or as somebody else has left it.
    fn object(self) -> (Option<Arc<E>>, Vec<UserError>) {
        let current = || self.current.and_then(|any| any.try_into().ok());
        (self.value.or_else(current), self.errors)
    }
}

impl Settled<Id> {
    fn deleted<E>(self, kind: Kind) -> (Option<ID>, Option<Arc<E>>, Vec<UserError>)
    where
        Arc<E>: TryFrom<AnyEntity>,
    {
        let current = self.current.and_then(|any| any.try_into().ok());
        (self.value.map(|id| global_id(kind, id)), current, self.errors)
    }
}

impl UserError {
    fn conflict() -> UserError {
        UserError {
            field: "expectedVersion".into(),
            code: UserErrorCode::Conflict,
            message: "somebody else has changed it since; the payload has it as it is now".into(),
        }
    }
}

impl From<FieldError> for UserError {
    fn from(error: FieldError) -> UserError {
        UserError {
            field: error.field,
            code: error.code,
            message: error.message,
        }
    }
}

impl From<Settled<Arc<Project>>> for ProjectPayload {
    fn from(settled: Settled<Arc<Project>>) -> ProjectPayload {
        let (project, user_errors) = settled.object();
        ProjectPayload {
            project: project.map(ProjectObject),
            user_errors,
        }
    }
}

impl From<Settled<Arc<Task>>> for TaskPayload {
    fn from(settled: Settled<Arc<Task>>) -> TaskPayload {
        let (task, user_errors) = settled.object();
        TaskPayload {
            task: task.map(TaskObject),
            user_errors,
        }
    }
}

impl From<Settled<Arc<Comment>>> for CommentPayload {
    fn from(settled: Settled<Arc<Comment>>) -> CommentPayload {
        let (comment, user_errors) = settled.object();
        CommentPayload {
            comment: comment.map(CommentObject),
            user_errors,
        }
    }
}

impl From<Settled<Arc<User>>> for UserPayload {
    fn from(settled: Settled<Arc<User>>) -> UserPayload {
        let (user, user_errors) = settled.object();
        UserPayload {
            user: user.map(UserObject),
            user_errors,
        }
    }
}

impl From<Settled<Id>> for DeleteProjectPayload {
    fn from(settled: Settled<Id>) -> DeleteProjectPayload {
        let (deleted_id, project, user_errors) = settled.deleted(Kind::Project);
        DeleteProjectPayload {
            deleted_id,
            project: project.map(ProjectObject),
            user_errors,
        }
    }
}

impl From<Settled<Id>> for DeleteTaskPayload {
    fn from(settled: Settled<Id>) -> DeleteTaskPayload {
        let (deleted_id, task, user_errors) = settled.deleted(Kind::Task);
        DeleteTaskPayload {
            deleted_id,
            task: task.map(TaskObject),
            user_errors,
        }
    }
}

impl From<Settled<Id>> for DeleteCommentPayload {
    fn from(settled: Settled<Id>) -> DeleteCommentPayload {
        let (deleted_id, _, user_errors) = settled.deleted::<Comment>(Kind::Comment);
        DeleteCommentPayload {
            deleted_id,
            user_errors,
        }
    }
}
