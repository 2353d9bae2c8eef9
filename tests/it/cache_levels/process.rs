//! A process at some level, and a project for it to read.

use std::sync::Arc;

use kanvaro::loader::Loaders;
use kanvaro::model::Project;
use kanvaro::store::Store;

use crate::support::levels::Leveled;
use crate::support::sample;
use crate::support::stack::{Database, Stack};

/// A process at some level.
pub struct Process {
    pub cache: Leveled,
    pub stack: Stack,
}

impl Process {
    pub fn on(database: &Database, cache: Leveled) -> Process {
        let stack = Stack::on(database.engine.clone(), cache.engine.clone());
        Process { cache, stack }
    }

    pub fn store(&self) -> &Store {
        &self.stack.store
    }

    pub fn request(&self) -> Loaders {
        self.stack.request()
    }

    pub async fn version_of(&self, project: &Project) -> i64 {
        let found = self.request().get_as::<Project>(project.id).await.unwrap();
        found.unwrap().version
    }

    /// How often the store was read.
    pub fn store_reads(&self) -> u64 {
        self.stack.reads().1
    }
}

/// A project that this process has made.
pub async fn project(process: &Process) -> Arc<Project> {
    let project = sample::project(&sample::user(sample::id()));
    process.store().insert(project).await.unwrap()
}

/// Writes it again.
pub async fn update(process: &Process, before: &Arc<Project>) -> Arc<Project> {
    process.store().update(before, Project::clone(before)).await.unwrap()
}
