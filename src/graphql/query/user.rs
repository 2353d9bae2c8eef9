//! The people of the organisation.

use async_graphql::{Context, ID, InputObject, Object};

use crate::model::{Direction, Filter, Role, Value};

use super::super::connection::Connection;
use super::super::object::{Nullable, UserObject, find};
use super::super::order::SortKey;
use super::super::page::{List, PageArgs};
use super::super::{ApiError, ContextExt, guard};
use super::search::matching;
use super::stored::stored;

/// Which people to list: those that match all of it.
#[derive(Default, InputObject)]
pub struct UserFilter {
    /// Only people of this role.
    role: Option<Role>,
    /// `true`: only people who may sign in; `false`: only those who may not any more.
    #[graphql(default_with = "Some(true)")]
    active: Option<bool>,
    /// Only people whose names or address have words that begin with each word of this; case and accents
    /// don't matter. At most 10 000 characters.
    search: Option<String>,
}

impl UserFilter {
    fn condition(&self) -> Result<Filter, ApiError> {
        let mut all = vec![Filter::Eq("isActive", Value::Bool(self.active.unwrap_or(true)))];
        all.extend(self.role.map(|role| Filter::Eq("role", stored(&role))));
        if let Some(text) = &self.search {
            all.push(matching("filter.search", text)?);
        }
        Ok(Filter::All(all))
    }
}

/// Roots about people.
#[derive(Default)]
pub struct UserQuery;

/// Roots about people.
#[Object]
impl UserQuery {
    /// A person of the organisation; null when there is none with this id.
    async fn user(&self, ctx: &Context<'_>, #[graphql(desc = "The id of a `User`.")] id: ID) -> Nullable<UserObject> {
        find(ctx, "id", &id).await
    }

    /// The people of the organisation; newest first.
    #[allow(clippy::too_many_arguments)]
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only people who match all of this.")] filter: Option<UserFilter>,
        #[graphql(desc = "So many from the start, or after `after`: 1 to 100, 20 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, or before `before`: 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of a page, from 1; instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "So many on each numbered page: 1 to 100, 20 unless given.")] limit: Option<i32>,
    ) -> Nullable<Connection<UserObject>> {
        let page = PageArgs {
            first,
            after,
            last,
            before,
            page,
            limit,
        };
        Some(list(ctx, &filter.unwrap_or_default(), &page).await)
    }
}

async fn list(ctx: &Context<'_>, filter: &UserFilter, page: &PageArgs) -> Result<Connection<UserObject>, ApiError> {
    let tenant = guard::listed(ctx.scope(), ctx.viewer()?, None).await?;
    let people = List {
        filter: tenant.and(filter.condition()?),
        key: SortKey::Created,
        direction: Direction::Descending,
    };
    Connection::load(ctx.scope(), people, page).await
}
