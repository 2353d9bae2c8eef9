//! No cached list, count or membership is ever old: after each of many random writes, each is compared with the store's
//! own answer, in the writer's process and in another.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use kanvaro::cache::{Cache, Mark, TagState};
use kanvaro::model::{
    AnyEntity, Change, Direction, Filter, Id, Kind, Moment, Priority, Project, Query, Rank, Row, Sort, Tag, Task, Term,
    Timestamp, User, Value,
};
use kanvaro::store::{Outcome, Settle, Ticket};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::support::sample;
use crate::support::stack::{Database, Stack, memory};

const STEPS: usize = 150;
const STATUSES: [&str; 3] = ["todo", "review", "done"];

/// Two organisations with some people, whose projects and tasks come and go.
struct World {
    dice: StdRng,
    people: Vec<User>,
    projects: Vec<Arc<Project>>,
    tasks: Vec<Arc<Task>>,
}

impl World {
    async fn new(seed: u64, process: &Stack) -> World {
        let organizations = [sample::id(), sample::id()];
        let people: Vec<User> = (0..6).map(|at| sample::user(organizations[at % 2])).collect();
        for user in &people {
            process.store.insert(user.clone()).await.unwrap();
        }
        let mut world = World {
            dice: StdRng::seed_from_u64(seed),
            people,
            projects: Vec::new(),
            tasks: Vec::new(),
        };
        for _ in 0..3 {
            world.add_project(process).await;
        }
        world
    }

    /// One write of some sort, by this process; says what it wrote.
    async fn write(&mut self, process: &Stack) -> &'static [Kind] {
        match self.dice.random_range(0..20) {
            0 => self.add_project(process).await,
            1 | 2 => self.change_project(process).await,
            3 if self.projects.len() > 2 => {
                self.remove_project(process).await;
                return &[Kind::Project, Kind::Task];
            }
            4 | 5 if !self.tasks.is_empty() => {
                self.remove_task(process).await;
                return &[Kind::Task];
            }
            6..=14 if !self.tasks.is_empty() => {
                self.change_task(process).await;
                return &[Kind::Task];
            }
            _ => {
                self.add_task(process).await;
                return &[Kind::Task];
            }
        }
        &[Kind::Project]
    }

    async fn add_project(&mut self, process: &Stack) {
        let creator = self.dice.random_range(0..self.people.len());
        let project = sample::project(&self.people[creator]);
        self.projects.push(process.store.insert(project).await.unwrap());
    }

    async fn change_project(&mut self, process: &Stack) {
        let at = self.dice.random_range(0..self.projects.len());
        let mut after = Project::clone(&self.projects[at]);
        let member = self.people[self.dice.random_range(0..self.people.len())].id;
        match after.team_members.iter().position(|known| *known == member) {
            Some(known) => drop(after.team_members.remove(known)),
            None => after.team_members.push(member),
        }
        after.is_archived = self.dice.random_bool(0.3);
        after.name = format!("{} words", self.dice.random::<u32>());
        after.refresh();
        self.projects[at] = process.store.update(&self.projects[at], after).await.unwrap();
    }

    async fn remove_project(&mut self, process: &Stack) {
        let project = self.projects.remove(self.dice.random_range(0..self.projects.len()));
        self.tasks.retain(|task| task.project != project.id);
        let below = Change::RemoveBelow {
            kind: Kind::Task,
            organization: project.organization,
            filter: is("project", project.id),
        };
        let gone = Change::Remove(Project::clone(&project).into());
        process.store.write(vec![gone, below]).await.unwrap();
    }

    async fn add_task(&mut self, process: &Stack) {
        let project = self.projects[self.dice.random_range(0..self.projects.len())].clone();
        let task = Task {
            status: self.status(),
            assigned_to: self.assignees(),
            ..sample::task(&project)
        };
        self.tasks.push(process.store.insert(task).await.unwrap());
    }

    async fn change_task(&mut self, process: &Stack) {
        let at = self.dice.random_range(0..self.tasks.len());
        let mut after = Task::clone(&self.tasks[at]);
        match self.dice.random_range(0..8) {
            0 => after.status = self.status(),
            1 => after.priority = Priority::Critical,
            2 => after.rank = Rank::between(Some(&after.rank), None),
            3 => after.assigned_to = self.assignees(),
            4 => after.due_date = Some(Timestamp::from_millis(self.dice.random_range(1..1_000_000))),
            5 | 6 => after.title = format!("{} words", self.dice.random::<u32>()),
            // Moved to another project, so that the lists of both change.
            _ => after.project = self.sibling(&after),
        }
        after.refresh();
        self.tasks[at] = process.store.update(&self.tasks[at], after).await.unwrap();
    }

    /// A project of the task's organisation.
    fn sibling(&mut self, task: &Task) -> Id {
        let same = |project: &&Arc<Project>| project.organization == task.organization;
        let siblings: Vec<Id> = self.projects.iter().filter(same).map(|project| project.id).collect();
        siblings[self.dice.random_range(0..siblings.len())]
    }

    async fn remove_task(&mut self, process: &Stack) {
        let task = self.tasks.remove(self.dice.random_range(0..self.tasks.len()));
        process.store.remove(&task).await.unwrap();
    }

    /// Nobody, or one or two people, maybe the same.
    fn assignees(&mut self) -> Vec<Id> {
        let count = self.dice.random_range(0..3);
        (0..count)
            .map(|_| self.people[self.dice.random_range(0..self.people.len())].id)
            .collect()
    }

    fn status(&mut self) -> String {
        STATUSES[self.dice.random_range(0..STATUSES.len())].to_owned()
    }

    /// The lists that screens ask for.
    fn lists(&self) -> Vec<(Kind, Query)> {
        let (newest, ranked) = (("createdAt", Direction::Descending), ("rank", Direction::Ascending));
        let changed = ("updatedAt", Direction::Descending);
        let mut lists = Vec::new();
        for organization in [self.people[0].organization, self.people[1].organization] {
            let own = || is("organization", organization);
            lists.push((Kind::Project, list(own(), newest)));
            lists.push((
                Kind::Project,
                list(own().and(Filter::Eq("isArchived", Value::Bool(false))), newest),
            ));
            lists.push((Kind::Task, list(own(), ("priority", Direction::Descending))));
            lists.push((Kind::Task, list(own(), changed)));
            lists.push((Kind::Task, list(own(), ("dueSort", Direction::Ascending))));
            let words = Filter::Prefix("searchTerms", "words".into());
            lists.push((Kind::Task, list(own().and(words), newest)));
            lists.push((Kind::Task, list(own().and(has_status("done")), newest)));
            lists.push((Kind::User, list(own(), newest)));
        }
        for user in &self.people {
            let theirs = is("organization", user.organization).and(Filter::Has("assignedTo", Value::Id(user.id)));
            lists.push((Kind::Task, list(theirs.clone(), newest)));
            lists.push((Kind::Task, list(theirs, changed)));
        }
        for project in &self.projects {
            let own = || is("project", project.id);
            lists.push((Kind::Task, list(own(), newest)));
            lists.push((Kind::Task, list(own().and(has_status("done")), changed)));
            for status in STATUSES {
                lists.push((Kind::Task, list(own().and(has_status(status)), ranked)));
            }
        }
        lists
    }

    /// How many of the lists, counts and memberships differ from what the store says now.
    async fn old(&self, process: &Stack) -> usize {
        let loaders = process.request();
        let mut old = 0;
        for (kind, query) in self.lists() {
            let (cached, fresh) = (
                loaders.page(kind, query.clone()).await,
                process.store.page(kind, query.clone()).await,
            );
            let fresh: Vec<Row> = fresh.unwrap().iter().map(AnyEntity::to_row).collect();
            old += usize::from(*cached.unwrap() != *fresh);
            let count = loaders.count(kind, query.filter.clone()).await.unwrap();
            old += usize::from(vec![count] != process.store.count(kind, &[query.filter]).await.unwrap());
        }
        for project in &self.projects {
            let counts = loaders.status_counts(project.id).await.unwrap();
            let tasks = self.tasks.iter().filter(|task| task.project == project.id).count() as u64;
            old += usize::from(counts.values().sum::<u64>() != tasks);
        }
        for organization in [self.people[0].organization, self.people[1].organization] {
            let todo = is("organization", organization).and(has_status("todo"));
            let mut counts = BTreeMap::new();
            let own = self.tasks.iter().filter(|task| task.organization == organization);
            for task in own.filter(|task| task.status == "todo") {
                *counts.entry((task.project, task.status.clone())).or_insert(0) += 1;
            }
            old += usize::from(*loaders.task_counts(todo).await.unwrap() != counts);
        }
        for user in &self.people {
            let belongs =
                |project: &&Arc<Project>| project.created_by == user.id || project.team_members.contains(&user.id);
            let theirs: HashSet<Id> = self.projects.iter().filter(belongs).map(|project| project.id).collect();
            old += usize::from(*loaders.memberships(user.id).await.unwrap() != theirs);
        }
        old
    }
}

fn is(field: &'static str, id: Id) -> Filter {
    Filter::All(vec![Filter::Eq(field, Value::Id(id))])
}

fn has_status(status: &str) -> Filter {
    Filter::Eq("status", Value::Text(status.into()))
}

fn list(filter: Filter, (field, direction): (&'static str, Direction)) -> Query {
    Query {
        filter,
        sort: Sort { field, direction },
        after: None,
        skip: 0,
        limit: 50,
    }
}

/// How many answers were old after each write by some of the processes, read in all of them.
async fn walk(seed: u64, processes: &[Stack]) -> usize {
    let mut world = World::new(seed, &processes[0]).await;
    let mut old = 0;
    for _ in 0..STEPS {
        let writer = world.dice.random_range(0..processes.len());
        world.write(&processes[writer]).await;
        for process in processes {
            old += world.old(process).await;
        }
    }
    old
}

#[tokio::test]
async fn no_list_is_old_after_any_write() {
    let seed = rand::random();
    let database = Database::new().await;
    let process = Stack::on(database.engine.clone(), memory());
    assert_eq!(walk(seed, std::slice::from_ref(&process)).await, 0, "seed {seed}");
    let hits = process.metrics.cache_hits("page");
    assert!(hits > 500, "the cache answered only {hits} pages");
}

/// What writes do to the lists that were read before them, each with its count.
#[derive(Debug, Default)]
struct Tally {
    /// Those that a write has changed.
    changed: usize,
    /// Those that it has renewed.
    renewed: usize,
    /// Those of an owner of what it wrote, whatever they ask for and go by.
    of_owner: usize,
    /// Those of the kinds that it wrote: what purging the type would renew.
    of_type: usize,
    /// All.
    lists: usize,
}

/// A list as it stood: the states of its tag and of all lists of its owner, and what was in it.
type Stood = HashMap<(Kind, Query), ([TagState; 2], (Vec<Id>, u64))>;

impl World {
    /// How all lists stand, each read through the cache.
    async fn stand(&self, process: &Stack) -> Stood {
        let loaders = process.request();
        let mut stood = Stood::new();
        for (kind, query) in self.lists() {
            let page = loaders.page(kind, query.clone()).await.unwrap();
            let ids = page.iter().map(|row| row.reference().unwrap().id).collect();
            let count = loaders.count(kind, query.filter.clone()).await.unwrap();
            let tag = Tag::list(kind, &query.filter).unwrap();
            let (owner, id) = Tag::owner(kind, &query.filter).unwrap();
            let tags = [tag, Tag::List(kind, owner, id, Term::ALL)];
            let states = process.cache.versions(&tags).await.unwrap();
            stood.insert((kind, query), (states.try_into().unwrap(), (ids, count)));
        }
        stood
    }
}

/// What so many random writes do.
async fn tally(seed: u64, process: &Stack) -> Tally {
    let mut world = World::new(seed, process).await;
    let mut tally = Tally::default();
    for _ in 0..STEPS {
        let before = world.stand(process).await;
        let kinds = world.write(process).await;
        let after = world.stand(process).await;
        for (list, ([own, owner], content)) in &before {
            let Some(([own_after, owner_after], content_after)) = after.get(list) else {
                continue;
            };
            tally.lists += 1;
            tally.changed += usize::from(content != content_after);
            tally.renewed += usize::from(own != own_after);
            tally.of_owner += usize::from(owner != owner_after);
            tally.of_type += usize::from(kinds.contains(&list.0));
        }
    }
    tally
}

#[tokio::test]
async fn few_lists_are_renewed_that_a_write_has_not_changed() {
    let database = Database::new().await;
    let process = Stack::on(database.engine.clone(), memory());
    let seed = rand::random();
    let tally = tally(seed, &process).await;
    let [needless, by_owner, by_type] = [tally.renewed, tally.of_owner, tally.of_type].map(|all| all - tally.changed);
    println!("{tally:?}, seed {seed}; renewed and not changed: {needless}, by owner {by_owner}, by type {by_type}");
    assert!(tally.changed > 300, "only {} lists changed, seed {seed}", tally.changed);
    assert!(needless * 3 < by_type && needless < by_owner, "{tally:?}, seed {seed}");
}

/// Renews what each entity is, but not the lists that it is in.
struct ListsForgotten(Cache);

#[async_trait]
impl Settle for ListsForgotten {
    async fn before(&self, changes: &[Change]) -> Ticket {
        let mut tags: Vec<Tag> = changes.iter().flat_map(Change::tags).collect();
        tags.retain(|tag| matches!(tag, Tag::Entity(..)));
        let mark = Mark::new(sample::LIMIT);
        self.0.mark(&tags, mark).await.unwrap();
        Ticket {
            tags,
            mark: mark.id,
            ..Ticket::free()
        }
    }

    async fn after(&self, ticket: Ticket, _outcome: Outcome) {
        self.0.settle(&ticket.tags, ticket.mark, Moment::NONE).await.unwrap();
    }
}

#[tokio::test]
async fn the_walk_finds_old_lists_where_their_tags_are_forgotten() {
    let forgotten = |cache| -> Arc<dyn Settle> { Arc::new(ListsForgotten(cache)) };
    let database = Database::new().await;
    let process = Stack::settled_by(database.engine.clone(), memory(), forgotten);
    assert!(walk(1, &[process]).await > 0);
}

#[cfg(feature = "redis")]
mod redis {
    use super::*;
    use crate::support::levels::Leveled;
    use crate::support::redis::shared_url;

    async fn old_in_two(level: fn(&str) -> Leveled) -> (u64, usize) {
        let seed = rand::random();
        let database = Database::new().await;
        let processes = [(), ()].map(|()| Stack::on(database.engine.clone(), level(&shared_url()).engine));
        (seed, walk(seed, &processes).await)
    }

    #[tokio::test]
    async fn no_list_is_old_in_either_of_two_processes_over_redis() {
        let (seed, old) = old_in_two(Leveled::redis).await;
        assert_eq!(old, 0, "seed {seed}");
    }

    #[tokio::test]
    async fn no_list_is_old_in_either_of_two_processes_with_values_of_their_own() {
        let (seed, old) = old_in_two(Leveled::validated).await;
        assert_eq!(old, 0, "seed {seed}");
    }
}
