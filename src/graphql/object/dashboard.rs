//! What stands on a person's first page: how much there is to do, and what has happened. Counted by the store, in groups:
//! no task is read to count it.

use std::collections::HashMap;
use std::sync::Arc;
use std::task::{Poll, ready};

use crate::execute::{Call, Failure, Object, Output};
use crate::graphql::cache_control::KeptList;
use crate::graphql::connection::Connection;
use crate::graphql::declare::{Declarations, FieldDeclaration, Resolved, Ty, arguments};
use crate::graphql::guard;
use crate::graphql::order::SortKey;
use crate::graphql::page::{List, PageArgs};
use crate::model::{Direction, Filter, Id, Kind, Query, Row, Value};

use super::task_counts::{self, TaskCountsOf};
use super::viewer_of;

/// More projects than anybody has.
const MOST_PROJECTS: u32 = 100_000;

/// The first page of the viewer; its fields look for what they say.
pub struct Dashboard;

arguments! {
    /// How many tasks to show.
    pub struct Recent {
        /// How many at most: 1 to 100.
        first: i32 = 10,
    }
}

/// Declares it.
pub fn declare(to: &mut Declarations) {
    to.object(
        "Dashboard",
        "How much there is to do in the projects that the viewer sees, and what has happened there.",
    )
    .hint(KeptList::apply(Kind::Task))
    .field(FieldDeclaration::made(
        "all",
        Ty::of("TaskCounts"),
        "The tasks of all these projects.",
        |_: &Dashboard, call| all(call),
    ))
    .field(FieldDeclaration::made(
        "mine",
        Ty::of("TaskCounts"),
        "Those of them that the viewer does.",
        |_: &Dashboard, call| mine(call),
    ))
    .field(FieldDeclaration::made_with(
        "recent",
        Ty::of("[Task!]"),
        "The tasks that were made or changed last, the latest first; also those of archived projects. For more of them,\n\
         ask `tasks`, sorted `UPDATED_DESC`.",
        |_: &Dashboard, asked: &Recent, call| recent(call, asked.first),
    ));
    task_counts::declare(to);
}

/// Each project is counted by itself, so that a change in one leaves the counts of the others in the cache.
fn all(call: &mut Call<'_>) -> Resolved {
    let projects = ready!(projects(call))?;
    let counts: Vec<_> = projects.keys().map(|id| (*id, call.status_counts(*id))).collect();
    if counts.iter().any(|(_, counts)| counts.is_pending()) {
        return Poll::Pending;
    }
    let mut of = ready!(counted(call, projects))?;
    for (project, counts) in counts {
        for (status, count) in &*ready!(counts)? {
            of.add(project, status, *count);
        }
    }
    Poll::Ready(Ok(Output::Object(Object::made(call.of(), of))))
}

fn mine(call: &mut Call<'_>) -> Resolved {
    let me = viewer_of(call)?.user();
    let projects = ready!(projects(call))?;
    let mut of = ready!(counted(call, projects))?.done_by(me);
    let counts = ready!(call.task_counts(of.filter()))?;
    for ((project, status), count) in &*counts {
        of.add(*project, status, *count);
    }
    Poll::Ready(Ok(Output::Object(Object::made(call.of(), of))))
}

/// Counts of nothing yet, of the tasks of these projects.
fn counted(call: &mut Call<'_>, projects: Arc<HashMap<Id, Row>>) -> Poll<Result<TaskCountsOf, Failure>> {
    let viewer = viewer_of(call)?;
    let within = ready!(guard::listed(call, &viewer, Some("project")))?;
    Poll::Ready(Ok(TaskCountsOf::new(within, projects)))
}

/// The projects that the viewer sees, without archived ones.
fn projects(call: &mut Call<'_>) -> Poll<Result<Arc<HashMap<Id, Row>>, Failure>> {
    let viewer = viewer_of(call)?;
    let seen = ready!(guard::listed(call, &viewer, Some("_id")))?;
    let query = Query {
        filter: seen.and(Filter::Eq("isArchived", Value::Bool(false))),
        sort: SortKey::Created.sort(Direction::Descending),
        after: None,
        skip: 0,
        limit: MOST_PROJECTS,
    };
    let rows = ready!(call.page(Kind::Project, query))?;
    let rows = ready!(call.admit_many(&rows, rows.len()))?;
    let by_id = call
        .seen(&rows)
        .filter_map(|row| Some((row.reference()?.id, row.into_row())));
    Poll::Ready(Ok(Arc::new(by_id.collect())))
}

fn recent(call: &mut Call<'_>, first: i32) -> Resolved {
    let page = Connection::load(call, Kind::Task, &PageArgs::first(first), |call| {
        let viewer = viewer_of(call)?;
        let seen = ready!(guard::listed(call, &viewer, Some("project")))?;
        Poll::Ready(Ok(List {
            filter: seen.and(Filter::Eq("isArchived", Value::Bool(false))),
            key: SortKey::Updated,
            direction: Direction::Descending,
        }))
    });
    Poll::Ready(Ok(ready!(page)?.nodes(call)))
}
