//! Comments.

use async_graphql::{Context, ID, InputObject, Object};

use crate::graphql::ContextExt;
use crate::graphql::scalar::parse_id;
use crate::model::Kind;

use super::Nullable;
use super::payload::{CommentPayload, DeleteCommentPayload, settled};

/// A new comment.
#[derive(InputObject)]
pub struct AddCommentInput {
    /// The task it is about.
    task_id: ID,
    /// What is said: 1 to 2000 characters.
    body: String,
}

/// Other words for a comment.
#[derive(InputObject)]
pub struct EditCommentInput {
    /// Which comment.
    comment_id: ID,
    /// What is said instead: 1 to 2000 characters.
    body: String,
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
    /// Says something of a task. Needs task:manage_comments.
    async fn add_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is said of what.")] input: AddCommentInput,
    ) -> Nullable<CommentPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let task = parse_id("taskId", Kind::Task, &input.task_id)?;
            let call = ctx.services().add_comment(viewer, task, &input.body);
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
            let call = ctx.services().edit_comment(viewer, id, &input.body);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Takes a comment away. One's own needs task:manage_comments, others' task:edit_all.
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
