//! What may be found: of each kind the newest that have all the words; of tasks also the newest that have them all where
//! it tells most, so that many that only mention them keep none of those out.

use std::collections::HashSet;
use std::sync::Arc;
use std::task::{Poll, ready};

use async_graphql::{Enum, ID};

use crate::execute::{Call, Failure, Seen};
use crate::graphql::declare::arguments;
use crate::graphql::guard;
use crate::graphql::object::viewer_of;
use crate::graphql::query::{display_numbers, findable, matching, task_called, task_place};
use crate::graphql::scalar::parse_id;
use crate::model::{Direction, Filter, Id, Kind, Query, Sort, Task, Value, search};

use super::rank::Place;

/// How many are ranked of those that one question finds.
const MOST: u32 = 100;

/// What a search looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum SearchKind {
    /// Projects that aren't archived, by name and description.
    Project,
    /// Tasks that aren't archived, by title, displayId, labels and description.
    Task,
    /// People who may sign in, by name and address; clients by their address only for who may read it.
    User,
    /// Comments, by what they say.
    Comment,
}

arguments! {
    /// What to look for.
    pub struct SearchArgs {
        /// Words or their beginnings; one or two letters count as a whole word. Case and accents don't matter, and nothing
        /// in it is an operator. At most 10 000 characters, of which the first 10 words count. What a task is called, like
        /// `7.42`, finds that task first.
        text: String,
        /// Only these kinds; all unless given.
        kinds: Option<Vec<SearchKind>>,
        /// Only tasks and comments of this project.
        project_id: Option<ID>,
    }
}

/// What was found.
pub struct Found {
    /// The best first.
    pub rows: Vec<Seen>,
    /// The words by which.
    pub words: Arc<[String]>,
}

impl Found {
    /// Looks for what is asked.
    pub fn load(call: &mut Call<'_>, asked: &SearchArgs) -> Poll<Result<Found, Failure>> {
        let viewer = viewer_of(call)?;
        matching("text", &asked.text)?;
        let project = asked.project_id.as_ref();
        let project = project.map(|id| parse_id("projectId", Kind::Project, id)).transpose()?;
        let words: Arc<[String]> = search::words(&asked.text).into();
        // Both are asked for before either is waited for.
        let (named, rows) = (asked.named(call, project), asked.rows(call, project, &words));
        let (named, rows) = (ready!(named)?, ready!(rows)?);
        let mut known = HashSet::new();
        let mut placed: Vec<(Place, Seen)> = named
            .into_iter()
            .map(|row| (Place::first(&row, &viewer), row))
            .collect();
        placed.extend(rows.into_iter().map(|row| (Place::of(&row, &words, &viewer), row)));
        placed.sort_by(|(one, _), (other, _)| other.cmp(one));
        let rows = placed.into_iter().map(|(_, row)| row);
        let rows = rows.filter(|row| known.insert(row.reference())).collect();
        Poll::Ready(Ok(Found { rows, words }))
    }
}

impl SearchArgs {
    fn looks_for(&self, kind: SearchKind) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind))
    }

    /// The task that is called so.
    fn named(&self, call: &mut Call<'_>, project: Option<Id>) -> Poll<Result<Option<Seen>, Failure>> {
        let Some(numbers) = display_numbers(&self.text).filter(|_| self.looks_for(SearchKind::Task)) else {
            return Poll::Ready(Ok(None));
        };
        let task = ready!(task_called(call, numbers))?;
        let is_within = |task: &Seen| project.is_none() || task.one(Task::SLOTS.project) == project;
        Poll::Ready(Ok(task.filter(is_within)))
    }

    /// What has all the words and is seen by the viewer, in no order.
    fn rows(&self, call: &mut Call<'_>, project: Option<Id>, words: &[String]) -> Poll<Result<Vec<Seen>, Failure>> {
        if words.is_empty() {
            return Poll::Ready(Ok(Vec::new()));
        }
        let mut pages = Vec::new();
        for (kind, filter) in ready!(self.questions(call, project, words))? {
            pages.push(call.page(kind, newest(filter)));
        }
        if pages.iter().any(Poll::is_pending) {
            return Poll::Pending;
        }
        let mut admitted = Vec::with_capacity(pages.len());
        for page in pages {
            let page = ready!(page)?;
            admitted.push(call.admit_many(&page, page.len()));
        }
        let mut rows = Vec::new();
        for some in admitted {
            rows.extend(call.seen(&ready!(some)?));
        }
        Poll::Ready(Ok(rows))
    }

    fn questions(
        &self,
        call: &mut Call<'_>,
        project: Option<Id>,
        words: &[String],
    ) -> Poll<Result<Vec<(Kind, Filter)>, Failure>> {
        let (viewer, all) = (viewer_of(call)?, search::wanted(words));
        let mut questions = Vec::new();
        let is = |field, value| Filter::Eq(field, Value::Bool(value));
        let hung = ready!(task_place(call, None, project))?;
        if self.looks_for(SearchKind::Task) {
            let tasks = hung.clone().and(is("isArchived", false));
            questions.push((Kind::Task, tasks.clone().and(search::headed(words))));
            questions.push((Kind::Task, tasks.and(all.clone())));
        }
        if self.looks_for(SearchKind::Comment) {
            questions.push((Kind::Comment, hung.and(all.clone())));
        }
        if project.is_none() && self.looks_for(SearchKind::Project) {
            let projects = ready!(guard::listed(call, &viewer, Some("_id")))?;
            questions.push((Kind::Project, projects.and(is("isArchived", false)).and(all.clone())));
        }
        if project.is_none() && self.looks_for(SearchKind::User) {
            let people = ready!(guard::listed(call, &viewer, None))?;
            let named = findable(&viewer, all.clone());
            questions.push((Kind::User, people.and(is("isActive", true)).and(named)));
        }
        Poll::Ready(Ok(questions))
    }
}

/// Ids grow with time, and both engines find the last ones among many without sorting them all.
fn newest(filter: Filter) -> Query {
    Query {
        filter,
        sort: Sort {
            field: "_id",
            direction: Direction::Descending,
        },
        after: None,
        skip: 0,
        limit: MOST,
    }
}
