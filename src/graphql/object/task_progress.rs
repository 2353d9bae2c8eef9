//! How much of a project's work is done.

use std::collections::BTreeMap;

use crate::graphql::cache_control::Inherit;
use crate::graphql::declare::{Declarations, FieldDeclaration, Ty, json};
use crate::model::{Category, Row};

use super::board::categories;

/// How much of a project's work is done, by the categories of its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskProgress {
    total: u64,
    done: u64,
}

impl TaskProgress {
    /// The progress of this project, which has so many tasks in each status.
    pub fn of(project: &Row, counts: &BTreeMap<String, u64>) -> TaskProgress {
        let (mut cancelled, mut done) = (0, 0);
        for (status, category) in categories(project) {
            let counted = || counts.get(&*status).copied().unwrap_or_default();
            match category {
                Category::Cancelled => cancelled += counted(),
                Category::Done => done += counted(),
                Category::Backlog | Category::Active => {}
            }
        }
        let all: u64 = counts.values().sum();
        TaskProgress {
            total: all.saturating_sub(cancelled),
            done,
        }
    }

    /// So many are done of so many.
    pub fn new(total: u64, done: u64) -> TaskProgress {
        TaskProgress { total, done }
    }

    fn percent(self) -> u64 {
        (self.done * 100).checked_div(self.total).unwrap_or_default()
    }
}

/// Declares it.
pub fn declare(to: &mut Declarations) {
    to.object(
        "TaskProgress",
        "How much of a project's work is done, or of a task's parts, by the categories of the columns. Archived tasks don't\n\
         count.",
    )
    .hint(Inherit::apply())
    .field(FieldDeclaration::made(
        "total",
        Ty::leaf::<u64>(),
        "All tasks but the cancelled ones.",
        |progress: &TaskProgress, call| json(call, &progress.total),
    ))
    .field(FieldDeclaration::made(
        "done",
        Ty::leaf::<u64>(),
        "The tasks in columns of category `DONE`.",
        |progress: &TaskProgress, call| json(call, &progress.done),
    ))
    .field(FieldDeclaration::made(
        "percent",
        Ty::leaf::<u64>(),
        "`done` of `total` in whole percent: 100 only when all are done, 0 when there are none.",
        |progress: &TaskProgress, call| json(call, &progress.percent()),
    ));
}
