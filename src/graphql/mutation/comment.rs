//! Comments.

use async_graphql::{Context, ID, InputObject, Object};

use crate::graphql::scalar::parse_id;
use crate::graphql::{ApiError, ContextExt};
use crate::model::{Id, Kind};
use crate::service::CommentFields;

use super::Nullable;
use super::patch::{ids, optional_id};
use super::payload::{CommentPayload, DeleteCommentPayload, settled};

/// A new comment.
#[derive(InputObject)]
pub struct AddCommentInput {
    /// The task it is about.
    task_id: ID,
    /// What is said: 1 to 2000 characters.
    body: String,
    /// The comment on the same task that it answers.
    parent_id: Option<ID>,
    /// Who is spoken to: at most 20 active users who see the project.
    mention_ids: Option<Vec<ID>>,
}

/// Other words for a comment.
#[derive(InputObject)]
pub struct EditCommentInput {
    /// Which comment.
    comment_id: ID,
    /// What is said instead: 1 to 2000 characters.
    body: String,
    /// Who is spoken to from now on, and nobody else: at most 20 active users who see the project; left out, those of
    /// before.
    mention_ids: Option<Vec<ID>>,
}

/// Names a comment to take away.
#[derive(InputObject)]
pub struct DeleteCommentInput {
    /// Which comment.
    comment_id: ID,
}

/// Comments.
#[derive(Default)]
pub struct CommentMutation;

#[Object]
impl CommentMutation {
    /// Says something of a task, or answers what was said. Needs task:manage_comments.
    async fn add_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is said of what.")] input: AddCommentInput,
    ) -> Nullable<CommentPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let task = parse_id("taskId", Kind::Task, &input.task_id)?;
            let said = CommentFields {
                body: input.body,
                parent: optional_id("parentId", Kind::Comment, input.parent_id.as_ref())?,
                mentions: mentions(input.mention_ids)?,
            };
            let call = ctx.services().add_comment(viewer, task, &said);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Rewords a comment. One's own needs task:manage_comments, others' task:edit_all.
    async fn edit_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which comment says what.")] input: EditCommentInput,
    ) -> Nullable<CommentPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("commentId", Kind::Comment, &input.comment_id)?;
            let said = CommentFields {
                body: input.body,
                parent: None,
                mentions: mentions(input.mention_ids)?,
            };
            let call = ctx.services().edit_comment(viewer, id, &said);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Takes a comment away; answers to it stay. One's own needs task:manage_comments, others' task:edit_all.
    async fn delete_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which comment.")] input: DeleteCommentInput,
    ) -> Nullable<DeleteCommentPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("commentId", Kind::Comment, &input.comment_id)?;
            let call = ctx.services().delete_comment(viewer, id);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }
}

fn mentions(given: Option<Vec<ID>>) -> Result<Option<Vec<Id>>, ApiError> {
    given.map(|given| ids("mentionIds", Kind::User, &given)).transpose()
}
