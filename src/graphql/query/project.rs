//! The projects that the viewer sees, and their boards.

use std::task::{Poll, ready};

use async_graphql::{ID, InputObject};

use crate::execute::{Call, Output};
use crate::model::{Direction, Filter, Kind, ProjectStatus, Value};

use super::super::connection::Connection;
use super::super::declare::{FieldDeclaration, ObjectDeclaration, Resolved, Ty, arguments};
use super::super::object::{find, viewer_of};
use super::super::order::SortKey;
use super::super::page::{List, PageArgs};
use super::super::{ApiError, guard};
use super::search::matching;

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
        all.extend(self.status.map(|status| Filter::Eq("status", Value::stored(&status))));
        if let Some(text) = &self.search {
            all.push(matching("filter.search", text)?);
        }
        Ok(Filter::All(all))
    }
}

arguments! {
    /// Which projects.
    pub struct ProjectListArgs {
        /// Only projects that match all of this.
        filter: Option<ProjectFilter>,
    }
}

arguments! {
    /// Which project.
    pub struct ProjectArgs {
        /// The id of a `Project`.
        id: ID,
    }
}

arguments! {
    /// Whose board.
    pub struct BoardArgs {
        /// The id of a `Project`.
        project_id: ID,
    }
}

/// Declares the roots about projects.
pub fn declare(query: ObjectDeclaration<'_>) -> ObjectDeclaration<'_> {
    query
        .field(FieldDeclaration::root::<ProjectArgs>(
            "project",
            Ty::of("Project"),
            "A project; null when there is none with this id that the viewer sees.",
            |asked, call| {
                let project = ready!(find(call, "id", Kind::Project, &asked.id))?;
                Poll::Ready(Ok(Output::seen(call.type_of("Project"), project)))
            },
        ))
        .field(FieldDeclaration::root::<(ProjectListArgs, PageArgs)>(
            "projects",
            Ty::of("ProjectConnection"),
            "The projects that the viewer sees; newest first.",
            |(asked, page), call| list(call, asked, page),
        ))
        .field(FieldDeclaration::root::<BoardArgs>(
            "board",
            Ty::of("Board"),
            "The board of a project: its columns with their tasks and counts; null when the viewer sees no such project.",
            |asked, call| {
                let project = ready!(find(call, "projectId", Kind::Project, &asked.project_id))?;
                Poll::Ready(Ok(Output::seen(call.type_of("Board"), project)))
            },
        ))
}

fn list(call: &mut Call<'_>, asked: &ProjectListArgs, page: &PageArgs) -> Resolved {
    let page = ready!(Connection::load(call, Kind::Project, page, |call| {
        let viewer = viewer_of(call)?;
        let seen = ready!(guard::listed(call, &viewer, Some("_id")))?;
        let all = ProjectFilter::default();
        Poll::Ready(Ok(List {
            filter: seen.and(asked.filter.as_ref().unwrap_or(&all).condition()?),
            key: SortKey::Created,
            direction: Direction::Descending,
        }))
    }))?;
    Poll::Ready(Ok(page.output(call)))
}
