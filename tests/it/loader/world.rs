//! An organisation to read, and how many calls reading it takes.

use std::sync::Arc;

use kanvaro::cache::CacheBackend;
use kanvaro::loader::Loaders;
use kanvaro::model::{Direction, Entity, EntityRef, Filter, Id, Project, Query, Row, Sort, Task, User, Value};

use crate::support::faulty::{FaultyCache, FaultyStore};
use crate::support::sample;
use crate::support::stack::{Database, Stack};

/// An organisation with some users, projects and tasks.
pub struct World {
    pub stack: Stack,
    pub cache: Arc<FaultyCache>,
    pub engine: Arc<FaultyStore>,
    pub users: Vec<Arc<User>>,
    pub projects: Vec<Arc<Project>>,
    pub tasks: Vec<Arc<Task>>,
    _database: Database,
}

impl World {
    pub async fn new(cache: Arc<dyn CacheBackend>) -> World {
        let database = Database::new().await;
        let (cache, engine) = (FaultyCache::over(cache), FaultyStore::over(database.engine.clone()));
        let stack = Stack::on(engine.clone(), cache.clone());
        let mut world = World {
            stack,
            cache,
            engine,
            users: vec![],
            projects: vec![],
            tasks: vec![],
            _database: database,
        };
        let organization = sample::id();
        for _ in 0..20 {
            world
                .users
                .push(world.stack.store.insert(sample::user(organization)).await.unwrap());
        }
        for number in 0..20 {
            let mut project = sample::project(world.user(number));
            project.team_members = (0..10).map(|place| world.user(number + place).id).collect();
            for number in 0..5 {
                let assigned_to = vec![world.user(number).id];
                let task = Task {
                    assigned_to,
                    ..sample::task(&project)
                };
                world.tasks.push(world.stack.store.insert(task).await.unwrap());
            }
            world.projects.push(world.stack.store.insert(project).await.unwrap());
        }
        world
    }

    pub fn user(&self, place: usize) -> &Arc<User> {
        &self.users[place % self.users.len()]
    }

    pub fn request(&self) -> Loaders {
        self.stack.request()
    }

    /// How many cache multi-gets and store reads the work took.
    pub async fn reads_of<T>(&self, work: impl Future<Output = T>) -> ((u64, u64), T) {
        let before = self.stack.reads();
        let done = work.await;
        let after = self.stack.reads();
        ((after.0 - before.0, after.1 - before.1), done)
    }

    /// Two kinds, three of each.
    pub fn mixed(&self) -> Vec<EntityRef> {
        let users = self.users[..3].iter().map(reference);
        let tasks = self.tasks[..3].iter().map(reference);
        users.zip(tasks).flat_map(|(user, task)| [user, task]).collect()
    }
}

pub fn reference<E: Entity>(entity: &Arc<E>) -> EntityRef {
    EntityRef::new(E::KIND, entity.id())
}

pub fn references(found: &[Option<Row>]) -> Vec<Option<EntityRef>> {
    found.iter().map(|row| row.as_ref().and_then(Row::reference)).collect()
}

pub fn tasks_of(project: Id) -> Query {
    Query {
        filter: Filter::Eq("project", Value::Id(project)),
        sort: Sort {
            field: "createdAt",
            direction: Direction::Descending,
        },
        after: None,
        skip: 0,
        limit: 100,
    }
}
