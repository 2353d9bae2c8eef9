//! How many tasks there are of each category, and how many of the open ones are late or soon due.

use std::collections::HashMap;
use std::sync::Arc;
use std::task::ready;
use std::time::Duration;

use crate::execute::Call;
use crate::graphql::cache_control::Inherit;
use crate::graphql::declare::{Declarations, FieldDeclaration, Resolved, Ty, arguments, json};
use crate::model::{Category, Filter, Id, Row, Timestamp, Value};

use super::board::category_named;

/// Dates are compared with the beginning of the minute, so that who asks in the same minute shares the count.
const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;
/// 1970 began on a Thursday.
const MONDAY: i64 = -3 * DAY;

/// The tasks that match a condition, counted, in projects that the viewer sees.
pub struct TaskCountsOf {
    filter: Filter,
    projects: Arc<HashMap<Id, Row>>,
    counts: Counts,
}

/// How many there are of each category.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    backlog: u64,
    active: u64,
    done: u64,
    cancelled: u64,
}

arguments! {
    /// Until when.
    pub struct Week {
        /// The end of the week; the end of this Sunday in UTC unless given, so name it for another time zone.
        until: Option<Timestamp>,
    }
}

impl TaskCountsOf {
    /// Those that match, without archived ones, in these projects; nothing is counted yet.
    pub fn new(filter: Filter, projects: Arc<HashMap<Id, Row>>) -> TaskCountsOf {
        TaskCountsOf {
            filter: filter.and(Filter::Eq("isArchived", Value::Bool(false))),
            projects,
            counts: Counts::default(),
        }
    }

    /// Only those that this person does.
    #[must_use]
    pub fn done_by(self, person: Id) -> TaskCountsOf {
        let theirs = Filter::Has("assignedTo", Value::Id(person));
        let filter = self.filter.and(theirs);
        TaskCountsOf { filter, ..self }
    }

    /// Which tasks they are.
    pub fn filter(&self) -> Filter {
        self.filter.clone()
    }

    /// Takes so many into account.
    pub fn add(&mut self, project: Id, status: &str, count: u64) {
        self.counts.add(self.category(project, status), count);
    }

    /// `None`: the project is archived, or not for the viewer to see.
    fn category(&self, project: Id, status: &str) -> Option<Category> {
        Some(category_named(self.projects.get(&project)?, status))
    }

    fn overdue(&self, call: &mut Call<'_>) -> Resolved {
        let now = minute(call);
        self.open(call, Filter::Lt("dueSort", Value::Time(now)))
    }

    fn due(&self, week: &Week, call: &mut Call<'_>) -> Resolved {
        let now = minute(call);
        let until = week.until.unwrap_or_else(|| end_of_week(now));
        let from = Filter::Gte("dueSort", Value::Time(now));
        self.open(call, from.and(Filter::Lt("dueSort", Value::Time(until))))
    }

    /// How many of those of this time are open. Only done tasks have a time of completion, which keeps those out that
    /// are the most.
    fn open(&self, call: &mut Call<'_>, due: Filter) -> Resolved {
        let open = self.filter().and(Filter::Eq("completedAt", Value::Null)).and(due);
        let found = ready!(call.task_counts(open))?;
        let mut counts = Counts::default();
        for ((project, status), count) in &*found {
            counts.add(self.category(*project, status), *count);
        }
        json(call, &(counts.backlog + counts.active))
    }
}

impl Counts {
    fn add(&mut self, category: Option<Category>, count: u64) {
        let Some(category) = category else { return };
        *match category {
            Category::Backlog => &mut self.backlog,
            Category::Active => &mut self.active,
            Category::Done => &mut self.done,
            Category::Cancelled => &mut self.cancelled,
        } += count;
    }
}

/// One of the counts.
type Count = fn(&Counts) -> u64;

/// Declares it.
pub fn declare(to: &mut Declarations) {
    let mut object = to
        .object(
            "TaskCounts",
            "How many tasks there are, by the categories of their columns. Archived tasks don't count, nor do those of\n\
             archived projects.",
        )
        .hint(Inherit::apply());
    let counts: [(&str, &str, Count); 4] = [
        ("backlog", "Those that wait to be begun.", |counts| counts.backlog),
        ("active", "Those that are being worked on.", |counts| counts.active),
        ("done", "Those that are done.", |counts| counts.done),
        ("cancelled", "Those that were given up.", |counts| counts.cancelled),
    ];
    for (name, docs, count) in counts {
        let count = move |of: &TaskCountsOf, call: &mut Call<'_>| json(call, &count(&of.counts));
        object = object.field(FieldDeclaration::made(name, Ty::leaf::<u64>(), docs, count));
    }
    object
        .field(FieldDeclaration::made(
            "overdue",
            Ty::leaf::<Option<u64>>(),
            "Those that are neither done nor cancelled and whose due date has passed before this minute began.",
            TaskCountsOf::overdue,
        ))
        .field(FieldDeclaration::made_with(
            "dueThisWeek",
            Ty::leaf::<Option<u64>>(),
            "Those that are neither done nor cancelled and due from this minute to the end of the week.",
            TaskCountsOf::due,
        ));
}

/// The beginning of this minute; the answer is right until it ends.
fn minute(call: &Call<'_>) -> Timestamp {
    let scope = call.scope();
    let now = scope.now().millis();
    let begin = Timestamp::from_millis(now - now.rem_euclid(MINUTE));
    scope.cache_until(begin.plus(Duration::from_secs(60)));
    begin
}

/// The end of the Sunday of this week, in UTC.
fn end_of_week(now: Timestamp) -> Timestamp {
    let since_monday = (now.millis() - MONDAY).rem_euclid(7 * DAY);
    Timestamp::from_millis(now.millis() - since_monday + 7 * DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_ends_with_its_sunday() {
        let end = |text| end_of_week(Timestamp::parse(text).unwrap()).to_string();
        for day in ["2026-01-05T00:00:00Z", "2026-01-08T12:30:00Z", "2026-01-11T23:59:00Z"] {
            assert_eq!(end(day), "2026-01-12T00:00:00.000Z", "{day}");
        }
        assert_eq!(end("2026-01-12T00:00:00Z"), "2026-01-19T00:00:00.000Z");
        assert_eq!(end("1969-12-31T00:00:00Z"), "1970-01-05T00:00:00.000Z");
    }
}
