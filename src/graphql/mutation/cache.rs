//! Purges of the cache.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use crate::graphql::object::Nullable;
use crate::graphql::{ApiError, ContextExt};
use crate::model::Permission;
use crate::service::{Purge, ServiceError};

use super::payload::{UserError, settled};

/// What to purge: exactly one of these.
#[derive(InputObject)]
pub struct PurgeCacheInput {
    /// What bears this tag: `task:ID` is one task, `task:project=ID` the lists and counts of a project's tasks, where
    /// ID is 24 hexadecimal digits. `extensions.cache` of a request with `X-Cache-Explain: 1` shows tags.
    tag: Option<String>,
    /// What was made of things of this type, like `Task`. The cache has no list of them, so everything is purged.
    #[graphql(name = "type")]
    kind: Option<String>,
    /// Everything, when true.
    all: Option<bool>,
}

/// What a purge answers.
#[derive(SimpleObject)]
pub struct PurgeCachePayload {
    /// The tag whose bearers are served no more as they were cached; null when everything was purged.
    pub tag: Option<String>,
    /// Whether everything was purged: by `all`, and by `type` too.
    pub is_everything: bool,
    /// Always empty: what is wrong with the input is a GraphQL error that names what is allowed.
    pub user_errors: Vec<UserError>,
}

/// The cache.
#[derive(Default)]
pub struct CacheMutation;

#[Object]
impl CacheMutation {
    /// Makes the cache forget, for all organisations: from the answer on nothing is served, by any process, as it was
    /// cached before. Nothing is lost by it but the time to read the store again; everything at once is a load on the
    /// store. Needs cache:purge.
    async fn purge_cache(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to purge.")] input: PurgeCacheInput,
    ) -> Nullable<PurgeCachePayload> {
        let answer = async {
            let viewer = ctx.viewer_with(Permission::CachePurge)?;
            let all = input.all.unwrap_or_default();
            let purge = Purge::read(input.tag.as_deref(), input.kind.as_deref(), all);
            let purge = purge.map_err(|error| ApiError::BadUserInput(error.to_string()))?;
            purged(ctx, purge, ctx.services().purge_cache(viewer, purge)).await
        };
        Some(answer.await)
    }
}

async fn purged(
    ctx: &Context<'_>,
    purge: Purge,
    call: impl Future<Output = Result<(), ServiceError>>,
) -> Result<PurgeCachePayload, ApiError> {
    let settled = settled(ctx, call).await?;
    let tag = purge.only_tag();
    Ok(PurgeCachePayload {
        tag: tag.map(|tag| tag.to_string()),
        is_everything: tag.is_none(),
        user_errors: settled.errors,
    })
}
