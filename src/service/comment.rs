//! What people say of tasks. Everybody looks after their own words; who may edit all tasks, after everybody's.

use std::sync::Arc;

use crate::model::{Comment, Id, Kind, Permission, Project, Task, Viewer};

use super::access::{CommentInProject, TaskInProject, may};
use super::check::Check;
use super::{ServiceError, Services, UserErrorCode as Code};

/// The most characters of a comment.
const MOST: usize = 2_000;

/// What is said.
#[derive(Clone, Debug)]
pub struct CommentFields {
    /// The words.
    pub body: String,
    /// The comment that it answers; it stays what it was.
    pub parent: Option<Id>,
    /// Who is spoken to; `None`: nobody, or those of before.
    pub mentions: Option<Vec<Id>>,
}

impl Services {
    /// Says something of a task.
    pub async fn add_comment(
        &self,
        viewer: &Viewer,
        task: Id,
        said: &CommentFields,
    ) -> Result<Arc<Comment>, ServiceError> {
        self.told(self.put_comment(viewer, task, said).await).await
    }

    async fn put_comment(&self, viewer: &Viewer, task: Id, said: &CommentFields) -> Result<Arc<Comment>, ServiceError> {
        let TaskInProject { task, project } = self.task_for(viewer, task, Permission::TaskManageComments).await?;
        let (now, mut check) = (self.now(), Check::default());
        let body = checked(&said.body, &mut check);
        self.check_answered(&task, said.parent, &mut check).await?;
        let mentions = self.checked_mentions(&project, said, &mut check).await?;
        check.done()?;
        let mut comment = Comment {
            id: Id::generate(now),
            organization: task.organization,
            version: 0,
            project: task.project,
            task: task.id,
            author: viewer.user(),
            body,
            parent: said.parent,
            mentions: mentions.unwrap_or_default(),
            edited_at: None,
            search_terms: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        comment.refresh();
        let comment = self.store.insert(comment).await?;
        // The task may have been moved or removed meanwhile, with the comments that it had then.
        match self.store.get::<Task>(task.id).await? {
            Some(task) if task.project == comment.project => Ok(comment),
            Some(task) => self.brought_along(&comment, task.project).await,
            None => {
                self.take_back(&comment).await?;
                Err(ServiceError::NotFound(Kind::Task))
            }
        }
    }

    /// Rewords a comment.
    pub async fn edit_comment(
        &self,
        viewer: &Viewer,
        id: Id,
        said: &CommentFields,
    ) -> Result<Arc<Comment>, ServiceError> {
        self.retried(|| async {
            let CommentInProject { comment, project } = self.comment(viewer, id).await?;
            may_change(viewer, &comment, &project)?;
            let (mut after, mut check) = (Comment::clone(&comment), Check::default());
            after.body = checked(&said.body, &mut check);
            if let Some(mentions) = self.checked_mentions(&project, said, &mut check).await? {
                after.mentions = mentions;
            }
            check.done()?;
            if after == *comment {
                return self.unchanged(comment).await;
            }
            after.edited_at = Some(self.now());
            after.refresh();
            Ok(self.store.update(&comment, after).await?)
        })
        .await
    }

    /// What is answered is said of the same task.
    async fn check_answered(&self, task: &Task, parent: Option<Id>, check: &mut Check) -> Result<(), ServiceError> {
        let Some(parent) = parent else { return Ok(()) };
        let answered: Option<Arc<Comment>> = self.store.get(parent).await?;
        if answered.is_none_or(|answered| answered.task != task.id) {
            check.fail("parentId", Code::NotFound, "is no comment on the same task");
        }
        Ok(())
    }

    /// `None`: nothing is said of them.
    async fn checked_mentions(
        &self,
        project: &Project,
        said: &CommentFields,
        check: &mut Check,
    ) -> Result<Option<Vec<Id>>, ServiceError> {
        let Some(mentions) = &said.mentions else {
            return Ok(None);
        };
        Ok(Some(self.checked_people("mentionIds", project, mentions, check).await?))
    }

    /// Takes a comment away; answers to it stay.
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

fn checked(body: &str, check: &mut Check) -> String {
    if body.trim().is_empty() {
        check.fail("body", Code::Required, "can't be blank");
    }
    check.text("body", body.trim(), MOST)
}
