//! A mutation that has written nothing replies with what it has found, perhaps another's write that nobody was told of
//! yet: so it agrees with the caches first (`invalidation` shows what that does). The walk goes by the schema.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::ServiceDocument;
use async_trait::async_trait;
use kanvaro::app::Engines;
use kanvaro::cache::{Cache, Lease, MemoryBackend};
use kanvaro::config::Config;
use kanvaro::graphql::schema;
use kanvaro::invalidation::Invalidator;
use kanvaro::model::{Change, Role};
use kanvaro::service::{NewOrganization, NewUser, Password};
use kanvaro::store::sqlite::SqliteBackend;
use kanvaro::store::{Outcome, Settle, StoreBackend, StoreError, Ticket};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::app::TestApp;
use crate::support::home::{Home, UPLOAD};
use crate::support::sdl::fields;

/// The invalidator, and how often it was asked to agree.
struct Counted {
    invalidator: Invalidator,
    agreed: Arc<AtomicU64>,
}

#[async_trait]
impl Settle for Counted {
    async fn before(&self, changes: &[Change]) -> Ticket {
        self.invalidator.before(changes).await
    }

    async fn after(&self, ticket: Ticket, outcome: Outcome) {
        self.invalidator.after(ticket, outcome).await;
    }

    async fn agree(&self) -> Result<(), StoreError> {
        self.agreed.fetch_add(1, Ordering::SeqCst);
        self.invalidator.agree().await
    }
}

/// An API that counts.
struct Site {
    app: TestApp,
    home: Home,
    agreed: Arc<AtomicU64>,
}

impl Site {
    async fn open() -> Site {
        let data = TempDir::new().unwrap();
        let engines = Engines {
            store: Arc::new(SqliteBackend::open(&data.path().join("kanvaro.db")).unwrap()),
            cache: Arc::new(MemoryBackend::new(16 << 20)),
            lease: Lease::forever(),
        };
        let agreed = Arc::<AtomicU64>::default();
        let counted = agreed.clone();
        let door = |cache: Cache, store: Arc<dyn StoreBackend>| -> Arc<dyn Settle> {
            Arc::new(Counted {
                invalidator: Invalidator::new(cache, store),
                agreed: counted,
            })
        };
        let app = TestApp::behind(Config::default(), engines, Box::new(data), door).await;
        let app = app.bringing_a_picture().await;
        let home = Home::seed(&app).await;
        Site { app, home, agreed }
    }

    /// Does this as the administrator; tells how it ended, and whether it has written or agreed before.
    async fn ending(&self, mutation: &str, input: &Value) -> String {
        let counts = || {
            let written = self.app.app.metrics.store_calls("write", "all");
            (written, self.agreed.load(Ordering::SeqCst))
        };
        let before = counts();
        let done = self.app.mutate(&self.home.tenant.admin, mutation, input.clone()).await;
        let after = counts();
        let refusals = done.refusals().into_iter().map(|(_, code)| code);
        let ended = refusals.chain([done.error(), "done"]).find(|code| !code.is_empty());
        let how = match (after.0 > before.0, after.1 > before.1) {
            (_, true) => "agreed",
            (true, false) => "written",
            (false, false) => "neither",
        };
        format!("{} {how}", ended.unwrap())
    }
}

/// The inputs of those that name nothing of a home.
fn own(mutation: &str) -> Option<Value> {
    Some(match mutation {
        "updateProfile" => json!({ "timezone": "Europe/Berlin" }),
        "updatePreferences" => json!({ "theme": "DARK" }),
        "updateOrganization" => json!({ "timezone": "Europe/Vienna" }),
        "createCustomRole" => json!({ "name": "Listener", "permissions": [] }),
        "inviteUser" => json!({ "email": "grace@elsewhere.test", "role": "TEAM_MEMBER" }),
        "uploadAvatar" | "uploadOrganizationLogo" => json!({ "file": UPLOAD }),
        _ => return None,
    })
}

/// Those that are not walked: a sign-in has a test of its own; the others show nothing that they have not written.
const APART: [&str; 8] = [
    "login",
    "logout",
    "logoutEverywhere",
    "changePassword",
    "acceptInvitation",
    "requestPasswordReset",
    "resetPassword",
    "purgeCache",
];

/// The input with a version that nothing has, where one can be expected.
fn outdated(sdl: &ServiceDocument, of: &str, input: &Value) -> Option<Value> {
    let expects = fields(sdl, of).iter().any(|(name, _)| name == "expectedVersion");
    let mut input = input.clone();
    input["expectedVersion"] = json!(77);
    expects.then_some(input)
}

#[tokio::test]
async fn every_mutation_that_has_written_nothing_agrees_with_the_caches_before_its_reply() {
    // A link to upload to says nothing of what others have written.
    let sdl = parse_schema(schema(true).sdl()).unwrap();
    let mut table = Vec::new();
    for (mutation, of) in fields(&sdl, "Mutation") {
        let site = Site::open().await;
        let Some(input) = site.home.input(&mutation).or_else(|| own(&mutation)) else {
            assert!(APART.contains(&&*mutation), "{mutation} has no input here");
            continue;
        };
        let mut endings = Vec::new();
        if let Some(outdated) = outdated(&sdl, &of, &input) {
            endings.push(site.ending(&mutation, &outdated).await);
        }
        for _ in 0..2 {
            endings.push(site.ending(&mutation, &input).await);
        }
        table.push(format!("{mutation}: {}", endings.join(", ")));
    }
    insta::assert_snapshot!(table.join("\n"), @"
    revokeSession: done written, NOT_FOUND agreed
    inviteUser: done written, done written
    cancelInvitation: done written, NOT_FOUND agreed
    updateProfile: done written, done agreed
    updatePreferences: done written, done agreed
    updateOrganization: CONFLICT agreed, done written, done agreed
    setUserRole: CONFLICT agreed, done written, done agreed
    setUserActive: CONFLICT agreed, done written, done agreed
    setUserRates: CONFLICT agreed, done written, done agreed
    createCustomRole: done written, TAKEN agreed
    updateCustomRole: CONFLICT agreed, done written, done agreed
    deleteCustomRole: CONFLICT agreed, done written, NOT_FOUND agreed
    createProject: done written, done written
    updateProject: CONFLICT agreed, done written, done agreed
    archiveProject: CONFLICT agreed, done written, done agreed
    restoreProject: CONFLICT agreed, done agreed, done agreed
    deleteProject: CONFLICT agreed, done written, NOT_FOUND agreed
    addProjectMember: CONFLICT agreed, done written, done agreed
    removeProjectMember: CONFLICT agreed, done written, NOT_FOUND agreed
    setProjectRole: CONFLICT agreed, done written, done agreed
    setBoardColumns: CONFLICT agreed, done agreed, done agreed
    createTask: done written, done written
    updateTask: CONFLICT agreed, done written, done agreed
    deleteTask: CONFLICT agreed, done written, NOT_FOUND agreed
    assignTask: CONFLICT agreed, done written, done agreed
    moveTask: CONFLICT agreed, done written, done agreed
    changeTaskStatus: CONFLICT agreed, done written, done agreed
    addTaskDependency: CONFLICT agreed, done written, done agreed
    removeTaskDependency: CONFLICT agreed, done written, NOT_FOUND agreed
    moveTaskToProject: CONFLICT agreed, done written, INVALID agreed
    bulkUpdateTasks: done written, done agreed
    bulkDeleteTasks: done written, NOT_FOUND agreed
    addComment: done written, done written
    editComment: done written, done agreed
    deleteComment: done written, NOT_FOUND agreed
    uploadAvatar: done written, done written
    uploadProjectCover: CONFLICT agreed, done written, done written
    uploadOrganizationLogo: done written, done written
    attachToTask: done written, done written
    detachFromTask: done written, NOT_FOUND agreed
    createUpload: done neither, done neither
    completeUpload: done written, TAKEN agreed, TAKEN agreed
    ");
}

#[tokio::test]
async fn a_sign_in_agrees_with_the_caches_before_it_shows_who_has_signed_in() {
    let site = Site::open().await;
    let grace = NewUser {
        first_name: "Grace".into(),
        last_name: "Hopper".into(),
        email: "grace@elsewhere.test".into(),
        role: Role::Admin,
        password: Password::new("correct horse"),
    };
    let made = site
        .app
        .app
        .services
        .create_organization_with_admin(NewOrganization::named("Elsewhere"), grace);
    made.await.unwrap();
    let input = json!({ "email": "grace@elsewhere.test", "password": "correct horse" });
    assert_eq!(site.ending("login", &input).await, "done agreed");
}
