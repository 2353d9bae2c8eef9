//! Two organisations with people, projects, tasks and comments, to look at each other's things.

use kanvaro::model::{AnyEntity, Comment, Entity, EntityRef, Organization, Project, Role, Task, User};

use super::app::TestApp;
use super::sample;

/// What an entity is called in the API.
pub fn gid<E: Entity>(entity: &E) -> String {
    EntityRef::new(E::KIND, entity.id()).global()
}

/// An organisation with one admin who made one project with one task and one comment.
pub struct Tenant {
    pub organization: Organization,
    pub admin: User,
    pub project: Project,
    pub task: Task,
    pub comment: Comment,
}

impl Tenant {
    /// A new organisation in this store.
    pub async fn seed(app: &TestApp) -> Tenant {
        let organization = sample::organization();
        let admin = User {
            role: Role::Admin,
            ..sample::user(organization.id)
        };
        let project = sample::project(&admin);
        let task = sample::task(&project);
        let comment = sample::comment(&task, admin.id);
        let all: [AnyEntity; 5] = [
            organization.clone().into(),
            admin.clone().into(),
            project.clone().into(),
            task.clone().into(),
            comment.clone().into(),
        ];
        app.seed(all).await;
        Tenant {
            organization,
            admin,
            project,
            task,
            comment,
        }
    }

    /// The same organisation with another project of the same admin's.
    pub async fn beside(&self, app: &TestApp) -> Tenant {
        let project = sample::project(&self.admin);
        let task = sample::task(&project);
        let comment = sample::comment(&task, self.admin.id);
        let all: [AnyEntity; 3] = [project.clone().into(), task.clone().into(), comment.clone().into()];
        app.seed(all).await;
        Tenant {
            organization: self.organization.clone(),
            admin: self.admin.clone(),
            project,
            task,
            comment,
        }
    }

    /// Another member of this role.
    pub async fn member(&self, app: &TestApp, role: Role) -> User {
        let mut user = User {
            role,
            ..sample::user(self.organization.id)
        };
        user.refresh();
        app.seed([user.clone()]).await;
        user
    }
}
