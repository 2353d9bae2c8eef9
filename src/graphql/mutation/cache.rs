//! Purges of the cache.

use async_graphql::{Context, InputObject, Object};

use crate::graphql::declare::{Declarations, FieldDeclaration, Ty, json};
use crate::graphql::{ApiError, ContextExt};
use crate::model::Permission;
use crate::service::{Purge, ServiceError};

use super::Nullable;
use super::answer::answers;
use super::payload::{UserError, settled, user_errors};

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
#[derive(Clone)]
pub struct PurgeCachePayload {
    tag: Option<String>,
    is_everything: bool,
    user_errors: Vec<UserError>,
}

answers! { PurgeCachePayload as "PurgeCachePayload" }

/// The cache.
#[derive(Default)]
pub struct CacheMutation;

#[Object]
impl CacheMutation {
    /// Makes the cache forget what is of the viewer's organisation: from the answer on it is served by no process as it
    /// was cached before. Nothing is lost by it but the time to read the store again. Needs cache:purge; a tag of
    /// anything else is NOT_FOUND. `type` and `all` reach the whole server, so they are FORBIDDEN where it has more than
    /// one organisation: whoever runs it uses `kanvaro cache purge`.
    async fn purge_cache(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to purge.")] input: PurgeCacheInput,
    ) -> Nullable<PurgeCachePayload> {
        let answer = async {
            let viewer = ctx.viewer_with(Permission::CachePurge)?;
            let all = input.all.unwrap_or_default();
            let purge = Purge::read(input.tag.as_deref(), input.kind.as_deref(), all);
            let purge = purge.map_err(ServiceError::from)?;
            purged(purge, ctx.services().purge_cache(viewer, purge)).await
        };
        Some(answer.await)
    }
}

async fn purged(
    purge: Purge,
    call: impl Future<Output = Result<(), ServiceError>>,
) -> Result<PurgeCachePayload, ApiError> {
    let settled = settled(call).await?;
    let tag = purge.only_tag();
    Ok(PurgeCachePayload {
        tag: tag.map(|tag| tag.to_string()),
        is_everything: tag.is_none(),
        user_errors: settled.errors,
    })
}

/// Declares the payload.
pub(super) fn declare(to: &mut Declarations) {
    to.object("PurgeCachePayload", "What a purge answers.")
        .field(FieldDeclaration::made(
            "tag",
            Ty::leaf::<Option<String>>(),
            "The tag whose bearers are served no more as they were cached; null when everything was purged.",
            |payload: &PurgeCachePayload, call| json(call, &payload.tag),
        ))
        .field(FieldDeclaration::made(
            "isEverything",
            Ty::leaf::<bool>(),
            "Whether everything was purged: by `all`, and by `type` too.",
            |payload: &PurgeCachePayload, call| json(call, &payload.is_everything),
        ))
        .field(user_errors(
            "Always empty: what is wrong with the input is a GraphQL error that names what is allowed.",
            |payload: &PurgeCachePayload| &payload.user_errors,
        ));
}
