//! Batches as async-graphql's executor makes them: its own joins, a level below the other.

use std::sync::Arc;

use async_graphql::{Context, EmptyMutation, EmptySubscription, Object, Schema};

use kanvaro::loader::Loaders;
use kanvaro::model::{Entity, EntityRef, Id, Kind, Project, Task, User};

use super::world::{World, reference, tasks_of};
use crate::support::sample;
use crate::support::stack::memory;

struct Root;
struct Line(Arc<Project>);
struct Card(Arc<Task>);
struct Person(Arc<User>);

async fn people(context: &Context<'_>, ids: &[Id]) -> Vec<Person> {
    let asked: Vec<EntityRef> = ids.iter().map(|id| EntityRef::new(Kind::User, *id)).collect();
    let found = context.data_unchecked::<Loaders>().get_many(&asked).await.unwrap();
    let users = found.iter().flatten().filter_map(User::from_row);
    users.map(|user| Person(Arc::new(user))).collect()
}

async fn person(context: &Context<'_>, id: Id) -> Option<Person> {
    context
        .data_unchecked::<Loaders>()
        .get_as(id)
        .await
        .unwrap()
        .map(Person)
}

#[Object]
impl Root {
    async fn rows(&self, context: &Context<'_>) -> Vec<Line> {
        let ids = context.data_unchecked::<Vec<EntityRef>>();
        let found = context.data_unchecked::<Loaders>().get_many(ids).await.unwrap();
        let projects = found.iter().flatten().filter_map(Project::from_row);
        projects.map(|project| Line(Arc::new(project))).collect()
    }
}

#[Object]
impl Line {
    async fn creator(&self, context: &Context<'_>) -> Option<Person> {
        person(context, self.0.created_by).await
    }

    async fn members(&self, context: &Context<'_>) -> Vec<Person> {
        people(context, &self.0.team_members).await
    }

    async fn cards(&self, context: &Context<'_>) -> Vec<Card> {
        let loaders = context.data_unchecked::<Loaders>();
        let page = loaders.page(Kind::Task, tasks_of(self.0.id)).await.unwrap();
        let tasks = page.iter().filter_map(Task::from_row);
        tasks.map(|task| Card(Arc::new(task))).collect()
    }

    async fn progress(&self, context: &Context<'_>) -> usize {
        context
            .data_unchecked::<Loaders>()
            .status_counts(self.0.id)
            .await
            .unwrap()
            .len()
    }
}

#[Object]
impl Card {
    async fn assignees(&self, context: &Context<'_>) -> Vec<Person> {
        people(context, &self.0.assigned_to).await
    }

    async fn creator(&self, context: &Context<'_>) -> Option<Person> {
        person(context, self.0.created_by).await
    }
}

#[Object]
impl Person {
    async fn name(&self) -> &str {
        &self.0.first_name
    }
}

/// Multi-gets and store reads of a query over all rows.
async fn reads_of(world: &World, query: &str) -> (u64, u64) {
    let schema = Schema::new(Root, EmptyMutation, EmptySubscription);
    let rows: Vec<EntityRef> = world.projects.iter().map(reference).collect();
    let request = async_graphql::Request::new(query).data(world.request()).data(rows);
    // In a task, as a server executes it: there a yield lets all the others go first.
    let execution = async { tokio::spawn(async move { schema.execute(request).await }).await };
    let (reads, answer) = world.reads_of(execution).await;
    let answer = answer.unwrap();
    assert!(answer.errors.is_empty(), "{:?}", answer.errors);
    reads
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_level_is_one_batch_under_the_executor() {
    let world = World::new(memory()).await;
    // Assignees of a world's tasks that are creators of nothing, so that the last level has something to ask for.
    for task in &world.tasks {
        let stranger = world.stack.store.insert(sample::user(task.organization)).await.unwrap();
        let assigned_to = vec![stranger.id, task.assigned_to[0]];
        world
            .stack
            .store
            .update(
                task,
                Task {
                    assigned_to,
                    ..Task::clone(task)
                },
            )
            .await
            .unwrap();
    }
    let query = "{ rows { creator { name } members { name } progress \
                  cards { creator { name } assignees { name } } } }";
    // Projects; users beside pages and counts; the strangers.
    assert_eq!(reads_of(&world, query).await, (3, 5));
    // The pages are known now: their rows are a level of their own, asked for by id, the first time of the store.
    assert_eq!(reads_of(&world, query).await, (4, 1));
    assert_eq!(reads_of(&world, query).await, (4, 0));
}
