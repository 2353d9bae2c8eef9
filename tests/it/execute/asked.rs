//! A small organisation that tests ask about, and answers as they are sent.

use kanvaro::graphql::Reply;
use kanvaro::model::{Kind, Project, Role, User, Viewer};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::sample;
use crate::support::world::{Tenant, gid};

/// An organisation with one project of a name, one task and one comment, and somebody in its team.
pub struct Asked {
    pub app: TestApp,
    pub acme: Tenant,
    /// A team member, who may not see what a project costs.
    pub ada: User,
    /// Ada's project.
    pub project: Project,
}

impl Asked {
    pub async fn new() -> Asked {
        Asked::on(TestApp::new().await).await
    }

    /// The same in this API, which is empty.
    pub async fn on(app: TestApp) -> Asked {
        let acme = Tenant::seed(&app).await;
        let ada = acme.member(&app, Role::TeamMember).await;
        let project = Project {
            name: "Shop".into(),
            team_members: vec![ada.id],
            ..sample::project(&acme.admin)
        };
        app.seed([project.clone()]).await;
        Asked {
            app,
            acme,
            ada,
            project,
        }
    }

    /// The ids that documents name: `$project` and `$task`, and `$ids`, both.
    pub fn ids(&self) -> Value {
        let (project, task) = (gid(&self.acme.project), gid(&self.acme.task));
        json!({ "ids": [project, task], "project": project, "task": task })
    }

    /// What the admin is answered.
    pub async fn reply(&self, document: &str, variables: Value) -> Reply {
        self.reply_to(&self.acme.admin, document, variables).await
    }

    /// What this user is answered.
    pub async fn reply_to(&self, who: &User, document: &str, variables: Value) -> Reply {
        let viewer = Viewer::new(who, &sample::session(who));
        let scope = self.app.app.scope(Some(viewer), self.app.app.loaders(), "test".into());
        self.app.execute(scope, document, variables).await
    }

    /// How many multi-gets the cache was asked for, and how many reads the store, so far.
    pub fn reads(&self) -> (u64, u64) {
        let metrics = &self.app.app.metrics;
        let verbs = ["get_many", "pages", "ids", "count", "count_by"];
        let collections = Kind::ALL.iter().map(|kind| kind.collection());
        let calls = collections.flat_map(|of| verbs.map(|verb| metrics.store_calls(verb, of)));
        (metrics.cache_calls("get_many"), calls.sum())
    }

    /// The data that the admin is answered, byte by byte, to a document with any of `ids`; panics when there are errors.
    pub async fn data(&self, document: &str) -> String {
        self.data_with(document, self.ids()).await
    }

    /// The same with these variables.
    pub async fn data_with(&self, document: &str, variables: Value) -> String {
        let reply = self.reply(document, variables).await;
        assert!(reply.errors.is_empty(), "{document}: {:?}", reply.errors);
        text(&reply)
    }
}

/// The data as it is sent.
pub fn text(reply: &Reply) -> String {
    String::from_utf8(reply.data.to_vec()).unwrap()
}

/// The errors as they are sent.
pub fn errors(reply: &Reply) -> Value {
    serde_json::to_value(&reply.errors).unwrap()
}

/// The paths of the errors.
pub fn paths(reply: &Reply) -> Vec<Value> {
    let errors = reply.errors.iter();
    errors.map(|error| serde_json::to_value(&error.path).unwrap()).collect()
}

/// Where the errors point into the document, as line and column.
pub fn locations(reply: &Reply) -> Vec<Vec<(usize, usize)>> {
    let errors = reply.errors.iter();
    errors
        .map(|error| error.locations.iter().map(|at| (at.line, at.column)).collect())
        .collect()
}
