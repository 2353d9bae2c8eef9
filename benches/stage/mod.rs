//! The embedded stack in process, filled for benches: an organisation, 40 people, 20 projects with 10 members each, and
//! their tasks with two assignees each.

use std::sync::Arc;

use async_graphql::Variables;
use kanvaro::app::{App, Engines};
use kanvaro::cache::{Lease, MemoryBackend};
use kanvaro::config::Config;
use kanvaro::execute::Data;
use kanvaro::graphql::Document;
use kanvaro::invalidation::Invalidator;
use kanvaro::loader::Assumed;
use kanvaro::metrics::Metrics;
use kanvaro::model::{AnyEntity, Change, Clock, Entity, EntityRef, Kind, Project, Role, Task, User, Viewer};
use kanvaro::store::sqlite::SqliteBackend;
use serde_json::Value;
use tempfile::TempDir;

#[allow(dead_code, reason = "shared with the tests")]
#[path = "../../tests/it/support/sample.rs"]
mod sample;

/// The stack and who asks it.
pub struct Stage {
    pub app: App,
    pub viewer: Viewer,
    /// Global ids.
    pub projects: Vec<String>,
    pub tasks: Vec<String>,
    _folder: TempDir,
}

const PEOPLE: usize = 40;
const PROJECTS: usize = 20;
const MEMBERS: usize = 10;
/// How many tasks have a comment.
const SAID: usize = 5;

impl Stage {
    /// A stage on which the project at each place has so many tasks.
    pub async fn filled(cards_of: impl Fn(usize) -> usize) -> Stage {
        let (folder, app) = empty().await;
        let organization = sample::organization();
        let people: Vec<User> = (0..PEOPLE).map(|_| sample::user(organization.id)).collect();
        let projects: Vec<Project> = (0..PROJECTS).map(|at| project(&people, at)).collect();
        let places = projects.iter().enumerate();
        let tasks: Vec<Task> = places
            .flat_map(|(at, project)| cards(&people, project, cards_of(at)))
            .collect();
        let said = tasks.iter().take(SAID).map(|task| sample::comment(task, people[1].id));
        let mut all: Vec<AnyEntity> = vec![organization.into()];
        all.extend(said.map(AnyEntity::from));
        let stage = Stage {
            app,
            viewer: viewer(&people[0]),
            projects: projects.iter().map(global).collect(),
            tasks: tasks.iter().map(global).collect(),
            _folder: folder,
        };
        all.extend(people.into_iter().map(AnyEntity::from));
        all.extend(projects.into_iter().map(AnyEntity::from));
        all.extend(tasks.into_iter().map(AnyEntity::from));
        let changes = all.into_iter().map(Change::Insert).collect();
        stage.app.store.write(changes).await.expect("the data is written");
        stage
    }

    /// The data of the answer to this, as a request over HTTP has it: what is at hand is assumed, and all of it asked for at the end.
    pub async fn answer(&self, document: &Document, variables: &Value) -> Data {
        let assumed = Assumed::default();
        let loaders = self.app.assuming_loaders(&assumed);
        let scope = self.app.scope(Some(self.viewer.clone()), loaders, "".into());
        let variables = Variables::from_json(variables.clone());
        let reply = self.app.executor.execute(document, None, &variables, scope).await;
        assert!(reply.errors.is_empty(), "{:?}", reply.errors);
        let tenant = Some(self.viewer.organization());
        assert!(self.app.holds(&assumed.take(), tenant).await, "nothing is written");
        reply.data
    }
}

async fn empty() -> (TempDir, App) {
    let folder = TempDir::new().expect("a temporary directory");
    let store = SqliteBackend::open(&folder.path().join("kanvaro.db")).expect("the store opens");
    let engines = Engines {
        store: Arc::new(store),
        cache: Arc::new(MemoryBackend::new(64 << 20)),
        lease: Lease::forever(),
    };
    let settle = |cache, store| Arc::new(Invalidator::new(cache, store)) as Arc<_>;
    let app = App::assemble(Config::default(), Clock::system(), Metrics::default(), engines, settle);
    app.store.ensure_indexes().await.expect("indexes are created");
    (folder, app)
}

fn project(people: &[User], at: usize) -> Project {
    let members = (0..MEMBERS)
        .map(|member| people[(at * 3 + member) % people.len()].id)
        .collect();
    Project {
        team_members: members,
        ..sample::project(&people[0])
    }
}

fn cards(people: &[User], project: &Project, count: usize) -> Vec<Task> {
    let assignees = |card: usize| vec![people[card % people.len()].id, people[(card * 7 + 3) % people.len()].id];
    (0..count)
        .map(|card| Task {
            assigned_to: assignees(card),
            ..sample::task(project)
        })
        .collect()
}

fn viewer(user: &User) -> Viewer {
    let mut admin = user.clone();
    admin.role = Role::Admin;
    Viewer::new(&admin, &sample::session(&admin))
}

fn global<E: Entity>(entity: &E) -> String {
    let kind: Kind = E::KIND;
    EntityRef::new(kind, entity.id()).global()
}
