//! A project as clients see it: its people, its money, its board, its tasks.

use std::task::{Poll, ready};

use crate::execute::{Call, Object, Output, Resolve};
use crate::graphql::cache_control::{Inherit, Kept, KeptList};
use crate::graphql::declare::{Declarations, FieldDeclaration, Resolved, Ty, json};
use crate::graphql::page::PageArgs;
use crate::graphql::query::{TaskListArgs, tasks_of};
use crate::model::{Budget, Kind, Project, Row};

use super::task_progress::TaskProgress;
use super::{board, image, project_member};

/// Declares it, and its budget.
pub fn declare(to: &mut Declarations) {
    to.entity::<Project>()
        .hint(Kept::apply(Kind::Project))
        .field(FieldDeclaration::row(
            "memberCount",
            Ty::leaf::<usize>(),
            "How many are in the team.",
            |project, call| json(call, &(project.many(Project::SLOTS.team_members).len() as u64)),
        ))
        .field(FieldDeclaration::row(
            "roles",
            Ty::of("[ProjectMember!]"),
            "Everybody who belongs to it, creator and client first, each with the role they have in it.",
            |project, call| project_member::members(call, project),
        ))
        .field(FieldDeclaration::row(
            "columns",
            Ty::of("[BoardColumn!]!"),
            "The columns of its board, from left to right.",
            |project, call| Poll::Ready(Ok(board::columns(call, project))),
        ))
        .field(FieldDeclaration::slot(
            "budget",
            Ty::of("Budget"),
            "What it may cost; null when nothing was set.",
            Resolve::Embedded(Project::SLOTS.budget),
        ))
        .field(
            FieldDeclaration::row(
                "progress",
                Ty::of("TaskProgress"),
                "How much of its work is done.",
                progress,
            )
            .hint(KeptList::apply(Kind::Task)),
        )
        .field(image::field(
            "cover",
            "Its picture; null when there is none.",
            Project::SLOTS.cover,
        ))
        .field(FieldDeclaration::row_with(
            "tasks",
            Ty::of("TaskConnection"),
            "Its tasks; newest first unless sorted otherwise.",
            |project, (asked, page): &(TaskListArgs, PageArgs), call| {
                let within = project.reference().map(|entity| entity.id);
                let page = ready!(tasks_of(call, within, asked, page))?;
                Poll::Ready(Ok(page.output(call)))
            },
        ));
    declare_budget(to);
}

fn progress(project: &Row, call: &mut Call<'_>) -> Resolved {
    let Some(entity) = project.reference() else {
        return Poll::Ready(Ok(Output::Null));
    };
    let counts = ready!(call.status_counts(entity.id))?;
    let progress = TaskProgress::of(project, &counts);
    Poll::Ready(Ok(Output::Object(Object::made(call.of(), progress))))
}

fn declare_budget(to: &mut Declarations) {
    let money =
        |name: &str, docs: &str, slot| FieldDeclaration::slot(name, Ty::of("Money!"), docs, Resolve::Embedded(slot));
    to.object("Budget", "What a project may cost and has cost.")
        .hint(Inherit::apply())
        .field(money("total", "What may be spent.", Budget::TOTAL))
        .field(money("spent", "What has been spent.", Budget::SPENT))
        .field(money(
            "remaining",
            "What is left; less than zero when more has been spent than may be.",
            Budget::REMAINING,
        ));
}
