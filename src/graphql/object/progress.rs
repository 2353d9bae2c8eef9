//! How much of a project's work is done.

use std::collections::BTreeMap;

use async_graphql::SimpleObject;

use crate::model::{Category, Project};

use super::super::cache_control::Inherit;

/// How much of a project's work is done, by the categories of its columns. Archived tasks don't count.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
#[graphql(directive = Inherit::apply())]
pub struct TaskProgress {
    /// All tasks but the cancelled ones.
    total: u64,
    /// The tasks in columns of category `DONE`.
    done: u64,
    /// `done` of `total` in whole percent: 100 only when all are done, 0 when there are none.
    percent: u64,
}

impl TaskProgress {
    /// The progress of this project, which has so many tasks in each status.
    pub fn of(project: &Project, counts: &BTreeMap<String, u64>) -> TaskProgress {
        let (mut total, mut done) = (0, 0);
        for (status, count) in counts {
            match project.category(status) {
                Category::Cancelled => {}
                Category::Done => (total, done) = (total + count, done + count),
                Category::Backlog | Category::Active => total += count,
            }
        }
        let percent = (done * 100).checked_div(total).unwrap_or_default();
        TaskProgress { total, done, percent }
    }
}
