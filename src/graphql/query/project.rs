//! The projects that the viewer sees, and their boards.

use async_graphql::{Context, ID, InputObject, Object};

use crate::model::{Direction, Filter, ProjectStatus, Value};

use super::super::connection::Connection;
use super::super::object::{BoardObject, Nullable, ProjectObject, find};
use super::super::order::SortKey;
use super::super::page::{List, PageArgs};
use super::super::{ApiError, ContextExt, guard};
use super::search::matching;
use super::stored::stored;

/// Which projects to list: those that match all of it.
#[derive(Default, InputObject)]
pub struct ProjectFilter {
    /// Only projects that are so far.
    status: Option<ProjectStatus>,
    /// Only projects whose name or description has words that begin with each word of this; case and accents
    /// don't matter. At most 10 000 characters.
    search: Option<String>,
    /// `false`: only projects that aren't archived; `true`: only archived ones.
    #[graphql(default_with = "Some(false)")]
    archived: Option<bool>,
}

impl ProjectFilter {
    fn condition(&self) -> Result<Filter, ApiError> {
        let mut all = vec![Filter::Eq("isArchived", Value::Bool(self.archived.unwrap_or(false)))];
        all.extend(self.status.map(|status| Filter::Eq("status", stored(&status))));
        if let Some(text) = &self.search {
            all.push(matching("filter.search", text)?);
        }
        Ok(Filter::All(all))
    }
}

/// Roots about projects.
#[derive(Default)]
pub struct ProjectQuery;

/// Roots about projects.
#[Object]
impl ProjectQuery {
    /// A project; null when there is none with this id that the viewer sees.
    async fn project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a `Project`.")] id: ID,
    ) -> Nullable<ProjectObject> {
        find(ctx, "id", &id).await
    }

    /// The projects that the viewer sees; newest first.
    #[allow(clippy::too_many_arguments)]
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only projects that match all of this.")] filter: Option<ProjectFilter>,
        #[graphql(desc = "So many from the start, or after `after`: 1 to 100, 20 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, or before `before`: 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of a page, from 1; instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "So many on each numbered page: 1 to 100, 20 unless given.")] limit: Option<i32>,
    ) -> Nullable<Connection<ProjectObject>> {
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

    /// The board of a project: its columns with their tasks and counts; null when the viewer sees no such project.
    async fn board(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a `Project`.")] project_id: ID,
    ) -> Nullable<BoardObject> {
        let project: Nullable<ProjectObject> = find(ctx, "projectId", &project_id).await;
        Some(project?.map(|project| BoardObject(project.0)))
    }
}

async fn list(
    ctx: &Context<'_>,
    filter: &ProjectFilter,
    page: &PageArgs,
) -> Result<Connection<ProjectObject>, ApiError> {
    let seen = guard::listed(ctx.scope(), ctx.viewer()?, Some("_id")).await?;
    let projects = List {
        filter: seen.and(filter.condition()?),
        key: SortKey::Created,
        direction: Direction::Descending,
    };
    Connection::load(ctx.scope(), projects, page).await
}
