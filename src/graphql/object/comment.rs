//! A comment as clients see it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use crate::model::{Comment, Kind, Timestamp};

use super::super::cache_control::Kept;
use super::super::scalar::global_id;
use super::{Nullable, ProjectObject, TaskObject, UserObject, one};

/// What somebody said of a task.
#[derive(Clone)]
pub struct CommentObject(pub Arc<Comment>);

/// What somebody said of a task.
#[Object(name = "Comment", directive = Kept::apply(Kind::Comment))]
impl CommentObject {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id(Kind::Comment, self.0.id)
    }

    /// What was said, at most 2000 characters.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// Who said it; null when they are gone.
    async fn author(&self, ctx: &Context<'_>) -> Nullable<UserObject> {
        one(ctx, Some(self.0.author)).await
    }

    /// What it is about.
    async fn task(&self, ctx: &Context<'_>) -> Nullable<TaskObject> {
        one(ctx, Some(self.0.task)).await
    }

    /// The project of the task.
    async fn project(&self, ctx: &Context<'_>) -> Nullable<ProjectObject> {
        one(ctx, Some(self.0.project)).await
    }

    /// When it was last reworded; null if it never was.
    async fn edited_at(&self) -> Option<Timestamp> {
        self.0.edited_at
    }

    /// How often it has been written; grows by one with each change.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was said.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> Timestamp {
        self.0.updated_at
    }
}
