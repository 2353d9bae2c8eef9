//! The order in which the app's documents come in: whoever is pointed at comes first. What is there already is passed over, so
//! the same again changes nothing, and what was edited since stays.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::comment::comments;
use super::custom_role::CustomRoles;
use super::fields::Fields;
use super::organization;
use super::people::People;
use super::project::{Numbers, Projects};
use super::report::Report;
use super::task::{Tasks, place, statuses};
use super::write::{insert, present};
use crate::app::{self, App};
use crate::config::Config;
use crate::model::{AnyEntity, CustomRole, Entity, Filter, Id, Kind, Project, Role, Task, User};
use crate::service::{project_counter, task_counter};
use crate::store::foreign::Foreign;

/// The collections that are read.
const READ: [&str; 5] = ["organizations", "customroles", "users", "projects", "tasks"];

/// Imports the app's database at this address into the configured store; returns what to tell the person.
pub async fn migrate(config: Config, from: &str) -> Result<String> {
    let foreign = app::open_foreign(from).await?;
    if foreign.is_at(config.database.reveal()) {
        bail!(
            "the configured store is that database: the app's collections have the same names, so import into another one"
        );
    }
    let app = App::start(config).await?;
    let done = Migration::new(&app, foreign).run().await;
    app.store.close().await;
    done
}

struct Migration<'a> {
    app: &'a App,
    foreign: Box<dyn Foreign>,
    report: Report,
}

impl<'a> Migration<'a> {
    fn new(app: &'a App, foreign: Box<dyn Foreign>) -> Migration<'a> {
        let report = Report::default();
        Migration { app, foreign, report }
    }

    async fn run(mut self) -> Result<String> {
        self.app.prepare().await?;
        let counts = self.foreign.collections().await?;
        if READ.iter().all(|name| !counts.contains_key(*name)) {
            bail!(
                "there are no collections of the app: {} were looked for",
                READ.join(", ")
            );
        }
        let tasks = self.foreign.documents("tasks").await?;
        self.organizations().await?;
        self.custom_roles().await?;
        self.users().await?;
        let numbers = self.projects(&tasks).await?;
        self.count(numbers, project_counter).await?;
        let numbers = self.tasks(&tasks).await?;
        self.count(numbers, task_counter).await?;
        self.comments(&tasks).await?;
        for (name, count) in counts {
            if !READ.contains(&name.as_str()) {
                self.report.unknown(name, count);
            }
        }
        Ok(self.report.text())
    }

    async fn organizations(&mut self) -> Result<()> {
        let documents = self.foreign.documents("organizations").await?;
        let new = self.new_ones(Kind::Organization, &documents).await?;
        let made = new
            .into_iter()
            .filter_map(|one| organization::organization(one, &mut self.report));
        let made = made.collect();
        insert(&self.app.store, Kind::Organization, made, &mut self.report).await
    }

    async fn custom_roles(&mut self) -> Result<()> {
        let documents = self.foreign.documents("customroles").await?;
        let organizations = self.there(Kind::Organization).await?;
        let there = self.all::<CustomRole>().await?;
        let mut roles = CustomRoles {
            organizations: organizations.into_iter().collect(),
            names: there
                .iter()
                .map(|role| (role.organization, role.name.clone()))
                .collect(),
        };
        let new = self.new_ones(Kind::CustomRole, &documents).await?;
        let made = new
            .into_iter()
            .filter_map(|one| roles.role(one, &mut self.report))
            .collect();
        insert(&self.app.store, Kind::CustomRole, made, &mut self.report).await
    }

    async fn users(&mut self) -> Result<()> {
        let documents = self.foreign.documents("users").await?;
        let organizations = self.there(Kind::Organization).await?;
        let roles = self.all::<CustomRole>().await?;
        let emails = self.all::<User>().await?;
        let mut people = People {
            organizations: organizations.into_iter().collect(),
            roles: roles.iter().map(|role| (role.id, role.organization)).collect(),
            emails: emails.iter().map(|user| user.email.clone()).collect(),
        };
        let new = self.new_ones(Kind::User, &documents).await?;
        let made = new
            .into_iter()
            .filter_map(|one| people.user(one, &mut self.report))
            .collect();
        insert(&self.app.store, Kind::User, made, &mut self.report).await
    }

    async fn projects(&mut self, tasks: &[Value]) -> Result<Numbers> {
        let documents = self.foreign.documents("projects").await?;
        let users = self.all::<User>().await?;
        let mut admins: HashMap<Id, Option<Id>> = HashMap::new();
        for organization in self.there(Kind::Organization).await? {
            let admin = users
                .iter()
                .find(|user| user.organization == organization && user.role == Role::Admin);
            admins.insert(organization, admin.map(|user| user.id));
        }
        let mut numbers = Numbers::default();
        for project in self.all::<Project>().await? {
            numbers.take(project.organization, project.number);
        }
        let mut projects = Projects {
            admins: &admins,
            users: &users.iter().map(|user| user.id).collect(),
            statuses: &statuses(tasks),
            numbers,
        };
        let new = self.new_ones(Kind::Project, &documents).await?;
        let made = new
            .into_iter()
            .filter_map(|one| projects.project(one, &mut self.report))
            .collect();
        let numbers = projects.numbers;
        insert(&self.app.store, Kind::Project, made, &mut self.report).await?;
        Ok(numbers)
    }

    async fn tasks(&mut self, documents: &[Value]) -> Result<Numbers> {
        let projects: HashMap<Id, Arc<Project>> = self
            .all::<Project>()
            .await?
            .into_iter()
            .map(|project| (project.id, project))
            .collect();
        let users: HashSet<Id> = self.there(Kind::User).await?.into_iter().collect();
        let mut known: HashSet<Id> = documents.iter().filter_map(|one| Fields::of(one)?.id()).collect();
        let (mut numbers, mut ranks) = (Numbers::default(), HashMap::new());
        for task in self.all::<Task>().await? {
            known.insert(task.id);
            numbers.take(task.project, task.number);
            let last = ranks.entry(task.project).or_insert_with(|| task.rank.clone());
            *last = task.rank.clone().max(last.clone());
        }
        let mut new = self.new_ones(Kind::Task, documents).await?;
        new.sort_by_cached_key(|task| place(task));
        let mut tasks = Tasks {
            projects: &projects,
            users: &users,
            known: &known,
            numbers,
            ranks,
        };
        let made: Vec<Value> = new
            .into_iter()
            .flat_map(|one| tasks.task(one, &mut self.report))
            .collect();
        let numbers = tasks.numbers;
        insert(&self.app.store, Kind::Task, made, &mut self.report).await?;
        Ok(numbers)
    }

    async fn comments(&mut self, documents: &[Value]) -> Result<()> {
        let tasks: HashMap<Id, Arc<Task>> = self
            .all::<Task>()
            .await?
            .into_iter()
            .map(|task| (task.id, task))
            .collect();
        let mut made = Vec::new();
        for document in documents {
            let task = Fields::of(document).and_then(|fields| tasks.get(&fields.id()?));
            if let Some(task) = task {
                made.extend(comments(document, task, &mut self.report));
            }
        }
        let ids: Vec<Id> = made.iter().filter_map(|one| Fields::of(one)?.id()).collect();
        let there = present(&self.app.store, Kind::Comment, &ids).await?;
        self.report.present(Kind::Comment, there.len());
        made.retain(|one| {
            Fields::of(one)
                .and_then(|fields| fields.id())
                .is_some_and(|id| !there.contains(&id))
        });
        insert(&self.app.store, Kind::Comment, made, &mut self.report).await
    }

    /// Those that the store hasn't got; the others count as there.
    async fn new_ones<'d>(&mut self, kind: Kind, documents: &'d [Value]) -> Result<Vec<&'d Value>> {
        self.report.read(kind, documents.len());
        let id = |one: &Value| Fields::of(one).and_then(|fields| fields.id());
        let ids: Vec<Id> = documents.iter().filter_map(id).collect();
        let there = present(&self.app.store, kind, &ids).await?;
        self.report.present(kind, there.len());
        Ok(documents
            .iter()
            .filter(|one| id(one).is_none_or(|id| !there.contains(&id)))
            .collect())
    }

    /// Has counters go on behind what was imported.
    async fn count(&self, numbers: Numbers, counter: fn(Id) -> String) -> Result<()> {
        let ledger = self.app.ledger().context("the store shows no counters")?;
        for (of, highest) in numbers.highest() {
            let name = counter(of);
            if ledger.counter(&name).await?.unwrap_or_default() < highest {
                ledger.set_counter(&name, Some(highest)).await?;
            }
        }
        Ok(())
    }

    async fn there(&self, kind: Kind) -> Result<Vec<Id>> {
        Ok(self.app.store.ids(kind, &Filter::everything(), u32::MAX >> 1).await?)
    }

    async fn all<E: Entity>(&self) -> Result<Vec<Arc<E>>>
    where
        Arc<E>: TryFrom<AnyEntity>,
    {
        let ids = self.there(E::KIND).await?;
        let mut all = Vec::with_capacity(ids.len());
        for ids in ids.chunks(1_000) {
            let found = self.app.store.get_many(E::KIND, ids).await?;
            all.extend(found.into_iter().filter_map(|any| any.try_into().ok()));
        }
        Ok(all)
    }
}
