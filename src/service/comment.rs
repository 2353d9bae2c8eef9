//! What people say of tasks. Everybody looks after their own words; who may edit all tasks, after everybody's.

use std::sync::Arc;

use crate::model::{Comment, Id, Kind, Permission, Project, Task, Viewer};

use super::access::{CommentInProject, TaskInProject, may};
use super::check::Check;
use super::{ServiceError, Services, UserErrorCode as Code};

/// The most characters of a comment.
const MOST: usize = 2_000;

impl Services {
    /// Says something of a task.
    pub async fn add_comment(&self, viewer: &Viewer, task: Id, body: &str) -> Result<Arc<Comment>, ServiceError> {
        let TaskInProject { task, .. } = self.task_for(viewer, task, Permission::TaskManageComments).await?;
        let now = self.now();
        let mut comment = Comment {
            id: Id::generate(now),
            organization: task.organization,
            version: 0,
            project: task.project,
            task: task.id,
            author: viewer.user(),
            body: checked(body)?,
            edited_at: None,
            search_terms: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        comment.refresh();
        let comment = self.store.insert(comment).await?;
        // The task may have been removed meanwhile, with the comments that it had then.
        match self.store.get::<Task>(task.id).await? {
            Some(_) => Ok(comment),
            None => {
                self.take_back(&comment).await?;
                Err(ServiceError::NotFound(Kind::Task))
            }
        }
    }

    /// Rewords a comment.
    pub async fn edit_comment(&self, viewer: &Viewer, id: Id, body: &str) -> Result<Arc<Comment>, ServiceError> {
        self.retried(|| async {
            let CommentInProject { comment, project } = self.comment(viewer, id).await?;
            may_change(viewer, &comment, &project)?;
            let body = checked(body)?;
            if comment.body == body {
                return Ok(comment);
            }
            let mut after = Comment::clone(&comment);
            (after.body, after.edited_at) = (body, Some(self.now()));
            after.refresh();
            Ok(self.store.update(&comment, after).await?)
        })
        .await
    }

    /// Takes a comment away.
    pub async fn delete_comment(&self, viewer: &Viewer, id: Id) -> Result<Id, ServiceError> {
        self.retried(|| async {
            let CommentInProject { comment, project } = self.comment(viewer, id).await?;
            may_change(viewer, &comment, &project)?;
            self.store.remove(&comment).await?;
            Ok(id)
        })
        .await
    }
}

fn may_change(viewer: &Viewer, comment: &Comment, project: &Project) -> Result<(), ServiceError> {
    let right = match comment.author == viewer.user() {
        true => Permission::TaskManageComments,
        false => Permission::TaskEditAll,
    };
    may(viewer, right, project)
}

fn checked(body: &str) -> Result<String, ServiceError> {
    let mut check = Check::default();
    if body.trim().is_empty() {
        check.fail("body", Code::Required, "can't be blank");
    }
    let body = check.text("body", body.trim(), MOST);
    check.done()?;
    Ok(body)
}
