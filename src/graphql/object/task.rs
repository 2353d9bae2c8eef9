//! A task as clients see it.

use std::task::{Poll, ready};

use crate::execute::{Call, Failure, Object, Output, Seen};
use crate::graphql::cache_control::{Kept, KeptList};
use crate::graphql::connection::Connection;
use crate::graphql::declare::{Declarations, FieldDeclaration, Resolved, Ty, json};
use crate::graphql::order::SortKey;
use crate::graphql::page::{List, PageArgs};
use crate::model::{Category, Direction, EntityRef, Filter, Kind, Row, Task, Timestamp, Value};

use super::board;
use super::task_progress::TaskProgress;

/// Declares it.
pub fn declare(to: &mut Declarations) {
    to.entity::<Task>()
        .hint(Kept::apply(Kind::Task))
        .field(FieldDeclaration::row(
            "column",
            Ty::of("BoardColumn"),
            "Its column on the project's board.",
            |task, call| {
                let project = ready!(home(call, task))?;
                let column = project.map(|project| board::column(call, &project, task.slot(Task::SLOTS.status)));
                Poll::Ready(Ok(column.unwrap_or(Output::Null)))
            },
        ))
        .field(FieldDeclaration::row(
            "isOverdue",
            Ty::leaf::<Option<bool>>(),
            "Whether its due date has passed and it is neither done nor cancelled.",
            |task, call| match ready!(home(call, task))? {
                Some(project) => json(call, &is_overdue(call, task, &project)),
                None => Poll::Ready(Ok(Output::Null)),
            },
        ))
        .field(FieldDeclaration::row(
            "isBlocked",
            Ty::leaf::<Option<bool>>(),
            "Whether it waits for another: it is neither done nor cancelled, and neither is one of its `dependencies`.\n\
             As there, tasks that the viewer doesn't see don't count.",
            is_blocked,
        ))
        .field(FieldDeclaration::row_with(
            "subtasks",
            Ty::of("TaskConnection"),
            "The tasks that are a part of it, without archived ones; oldest first.",
            subtasks,
        ))
        .field(
            FieldDeclaration::row(
                "progress",
                Ty::of("TaskProgress"),
                "How much of its subtasks' work is done.",
                progress,
            )
            .hint(KeptList::apply(Kind::Task)),
        )
        .field(FieldDeclaration::row_with(
            "comments",
            Ty::of("CommentConnection"),
            "What was said of it; oldest first.",
            comments,
        ));
}

fn home(call: &mut Call<'_>, task: &Row) -> Poll<Result<Option<Seen>, Failure>> {
    match task.one(Task::SLOTS.project) {
        Some(project) => call.see(EntityRef::new(Kind::Project, project)),
        None => Poll::Ready(Ok(None)),
    }
}

/// What the viewer doesn't see is left out here as in the list: the answer tells nothing of it, and agrees with what is
/// shown beside.
fn is_blocked(task: &Row, call: &mut Call<'_>) -> Resolved {
    let Some(project) = ready!(home(call, task))? else {
        return Poll::Ready(Ok(Output::Null));
    };
    if !is_open(task, &project) {
        return json(call, &false);
    }
    let before = task.many(Task::SLOTS.dependencies);
    let before = before.map(|id| EntityRef::new(Kind::Task, id)).collect::<Vec<_>>();
    let before = ready!(call.see_many(before.into_iter()))?;
    let before: Vec<Seen> = before.into_iter().flatten().collect();
    let homes = before.iter().filter_map(|task| task.one(Task::SLOTS.project));
    let homes: Vec<EntityRef> = homes.map(|id| EntityRef::new(Kind::Project, id)).collect();
    let homes = ready!(call.see_many(homes.into_iter()))?;
    let open = |(task, project): (&Seen, &Option<Seen>)| project.as_ref().is_some_and(|project| is_open(task, project));
    json(call, &before.iter().zip(&homes).any(open))
}

fn is_open(task: &Row, project: &Row) -> bool {
    let category = board::category_of(project, task.slot(Task::SLOTS.status));
    matches!(category, Category::Backlog | Category::Active)
}

/// Tells it as it is now; of an open task that will change by itself, so an answer with it ends then.
fn is_overdue(call: &Call<'_>, task: &Row, project: &Row) -> bool {
    let due = task.get::<Option<Timestamp>>(Task::SLOTS.due_date).flatten();
    let Some(due) = due.filter(|_| is_open(task, project)) else {
        return false;
    };
    let scope = call.scope();
    let overdue = due < scope.now();
    if !overdue {
        scope.cache_until(due);
    }
    overdue
}

fn subtasks(task: &Row, page: &PageArgs, call: &mut Call<'_>) -> Resolved {
    let Some(filter) = parts(task) else {
        return Poll::Ready(Ok(Output::Null));
    };
    let parts = List {
        filter,
        key: SortKey::Created,
        direction: Direction::Ascending,
    };
    let page = ready!(Connection::load(call, Kind::Task, page, |_| Poll::Ready(Ok(parts))))?;
    Poll::Ready(Ok(page.output(call)))
}

/// Which tasks are a part of this one; its project is theirs.
fn parts(task: &Row) -> Option<Filter> {
    let (task, project) = (task.reference()?.id, task.one(Task::SLOTS.project)?);
    Some(Filter::All(vec![
        Filter::Eq("project", Value::Id(project)),
        Filter::Eq("parent", Value::Id(task)),
        Filter::Eq("isArchived", Value::Bool(false)),
    ]))
}

/// Counted by the store, for all tasks that are asked together in one call.
fn progress(task: &Row, call: &mut Call<'_>) -> Resolved {
    let (Some(project), Some(parts)) = (ready!(home(call, task))?, parts(task)) else {
        return Poll::Ready(Ok(Output::Null));
    };
    let of = |category| Filter::In("status", board::statuses(&project, category).map(Value::Text).collect());
    let counts = [
        call.count(Kind::Task, parts.clone()),
        call.count(Kind::Task, parts.clone().and(of(Category::Cancelled))),
        call.count(Kind::Task, parts.and(of(Category::Done))),
    ];
    if counts.iter().any(Poll::is_pending) {
        return Poll::Pending;
    }
    let [all, cancelled, done] = counts;
    let progress = TaskProgress::new(ready!(all)?.saturating_sub(ready!(cancelled)?), ready!(done)?);
    Poll::Ready(Ok(Output::Object(Object::made(call.of(), progress))))
}

fn comments(task: &Row, page: &PageArgs, call: &mut Call<'_>) -> Resolved {
    let Some(task) = task.reference() else {
        return Poll::Ready(Ok(Output::Null));
    };
    let said = |_: &mut Call<'_>| {
        Poll::Ready(Ok(List {
            filter: Filter::All(vec![Filter::Eq("task", Value::Id(task.id))]),
            key: SortKey::Created,
            direction: Direction::Ascending,
        }))
    };
    let page = ready!(Connection::load(call, Kind::Comment, page, said))?;
    Poll::Ready(Ok(page.output(call)))
}
