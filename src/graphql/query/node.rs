//! Anything by its global id.

use async_graphql::{Context, ID, Object};

use crate::model::EntityRef;

use super::super::node::Node;
use super::super::object::Nullable;
use super::super::page::MAX_ROWS;
use super::super::scalar::parse_ref;
use super::super::{ApiError, ContextExt, guard};

/// Roots about anything with an id.
#[derive(Default)]
pub struct NodeQuery;

/// Roots about anything with an id.
#[Object]
impl NodeQuery {
    /// Whatever has this id; null when it is absent or not for the viewer to see.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "A global id, of any type.")] id: ID) -> Nullable<Node> {
        let read = async || {
            ctx.viewer()?;
            guard::visible(ctx.scope(), parse_ref("id", &id)?).await
        };
        Some(read().await.transpose()?.map(Node::wrap)).and_then(Result::transpose)
    }

    /// Whatever has these ids, of any types, each in its place as often as it was named; null in place of
    /// what is absent or not for the viewer to see.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids, of any types; at most 100.")] ids: Vec<ID>,
    ) -> Nullable<Vec<Option<Node>>> {
        Some(many(ctx, &ids).await)
    }
}

async fn many(ctx: &Context<'_>, ids: &[ID]) -> Result<Vec<Option<Node>>, ApiError> {
    ctx.viewer()?;
    if ids.len() > MAX_ROWS as usize {
        return Err(ApiError::BadUserInput(format!(
            "ids: {} are more than the {MAX_ROWS} of one call; ask in parts",
            ids.len()
        )));
    }
    let parse = |(at, id)| parse_ref(&format!("ids[{at}]"), id);
    let references: Vec<EntityRef> = ids.iter().enumerate().map(parse).collect::<Result<_, _>>()?;
    let seen = guard::visible_many(ctx.scope(), &references).await?;
    Ok(seen.into_iter().map(|entity| entity.and_then(Node::wrap)).collect())
}
