//! A right that was taken away is gone from the next request on: also in another process, and where that has the whole
//! answer in its cache.

use kanvaro::model::{Id, Role};
use kanvaro::service::Password;
use reqwest::Method;
use serde_json::{Value, json};

use crate::answers::site::{Got, Site, on_each_site};
use crate::support::mutation::document;
use crate::support::server::PASSWORD;

on_each_site!(
    with_a_role_goes_what_it_gave,
    with_what_a_custom_role_gave_it_goes_from_all_who_bear_it,
    a_custom_role_that_is_taken_off_gives_nothing,
    who_was_deactivated_is_nobody,
    who_was_taken_from_a_project_does_not_see_it,
    who_bears_a_custom_role_is_let_in_by_as_many_batches_as_anybody,
);

/// What somebody sees by their rights in the organisation.
const SEEN: &str = "{ viewer { permissions } projects { nodes { name } } }";

/// Two processes, an administrator with a project, and somebody who asks the second process.
struct Scene {
    here: Site,
    there: Site,
    admin: String,
    organization: Id,
    project: String,
    ben: String,
    ben_id: String,
}

impl Scene {
    async fn of(here: Site, role: Role) -> Scene {
        let there = here.beside().await;
        let (organization, admin) = here.admin("ada@example.org").await;
        let project = here.project(&admin, "Website").await;
        let ben = here.member(organization, "ben@example.org", role).await;
        let own = here.ask(&ben, "{ viewer { user { id } } }", json!({})).await.data();
        Scene {
            ben_id: own["viewer"]["user"]["id"].as_str().unwrap().to_owned(),
            here,
            there,
            admin,
            organization,
            project,
            ben,
        }
    }

    /// Does this in the first process, as the administrator.
    async fn done(&self, mutation: &str, input: Value) -> Value {
        let got = self
            .here
            .ask(&self.admin, &document(mutation), json!({ "input": input }))
            .await;
        let mut data = got.data();
        assert_eq!(data["done"]["userErrors"], json!([]), "{mutation}");
        data["done"].take()
    }

    /// Asks the second process until it serves the answer as it was asked for: from what it keeps by requests, too.
    async fn kept(&self, query: &str, variables: Value) -> Value {
        self.there.hit(&self.ben, query, variables.clone()).await;
        let got = self.there.ask(&self.ben, query, variables).await;
        assert_eq!(got.cache(), "HIT");
        got.data()
    }

    async fn asked(&self, query: &str, variables: Value) -> Got {
        self.there.ask(&self.ben, query, variables).await
    }

    /// The names of the projects that Ben sees now, and whether he may see all.
    async fn seen(&self) -> (usize, bool) {
        seen(&self.asked(SEEN, json!({})).await.data())
    }
}

fn seen(data: &Value) -> (usize, bool) {
    let projects = data["projects"]["nodes"].as_array().unwrap().len();
    let permissions = data["viewer"]["permissions"].as_array().unwrap();
    (projects, permissions.contains(&json!("project:view_all")))
}

async fn with_a_role_goes_what_it_gave(site: Site) {
    let scene = Scene::of(site, Role::ProjectManager).await;
    let create = document("createProject");
    for _ in 0..5 {
        assert_eq!(seen(&scene.kept(SEEN, json!({})).await), (1, true));
        let change = |role: &str| json!({ "userId": scene.ben_id, "role": role });
        scene.done("setUserRole", change("TEAM_MEMBER")).await;
        assert_eq!(scene.seen().await, (0, false));
        let made = scene.asked(&create, json!({ "input": { "name": "Mine" } })).await;
        assert_eq!(made.code(), "FORBIDDEN");
        assert_eq!(seen(&scene.kept(SEEN, json!({})).await), (0, false));
        scene.done("setUserRole", change("PROJECT_MANAGER")).await;
        assert_eq!(scene.seen().await, (1, true));
    }
}

async fn with_what_a_custom_role_gave_it_goes_from_all_who_bear_it(site: Site) {
    let scene = Scene::of(site, Role::TeamMember).await;
    let role = scene
        .done(
            "createCustomRole",
            json!({ "name": "Auditor", "permissions": ["project:view_all"] }),
        )
        .await;
    let role = &role["customRole"]["id"];
    let cleo = scene
        .here
        .member(scene.organization, "cleo@example.org", Role::Viewer)
        .await;
    let own = scene
        .here
        .ask(&cleo, "{ viewer { user { id } } }", json!({}))
        .await
        .data();
    for bearer in [&json!(scene.ben_id), &own["viewer"]["user"]["id"]] {
        scene
            .done("setUserRole", json!({ "userId": bearer, "customRoleId": role }))
            .await;
    }
    for _ in 0..5 {
        assert_eq!(seen(&scene.kept(SEEN, json!({})).await), (1, true));
        scene.there.hit(&cleo, SEEN, json!({})).await;
        let change = |permissions: Value| json!({ "customRoleId": role, "permissions": permissions });
        scene.done("updateCustomRole", change(json!([]))).await;
        assert_eq!(scene.seen().await, (0, false));
        let data = scene.there.ask(&cleo, SEEN, json!({})).await.data();
        assert_eq!(seen(&data), (0, false));
        assert_eq!(seen(&scene.kept(SEEN, json!({})).await), (0, false));
        scene
            .done("updateCustomRole", change(json!(["project:view_all"])))
            .await;
        assert_eq!(scene.seen().await, (1, true));
    }
}

async fn a_custom_role_that_is_taken_off_gives_nothing(site: Site) {
    let scene = Scene::of(site, Role::TeamMember).await;
    let mut roles = Vec::new();
    for (name, permissions) in [
        ("All", json!(["project:view_all"])),
        ("Invites", json!(["user:invite"])),
    ] {
        let made = scene
            .done("createCustomRole", json!({ "name": name, "permissions": permissions }))
            .await;
        roles.push(made["customRole"]["id"].clone());
    }
    let change = |role: &Value| json!({ "userId": scene.ben_id, "customRoleId": role });
    for other in [Value::Null, roles[1].clone(), Value::Null] {
        scene.done("setUserRole", change(&roles[0])).await;
        assert_eq!(scene.seen().await, (1, true));
        assert_eq!(seen(&scene.kept(SEEN, json!({})).await), (1, true));
        scene.done("setUserRole", change(&other)).await;
        assert_eq!(scene.seen().await, (0, false), "instead: {other}");
    }
    scene
        .done("deleteCustomRole", json!({ "customRoleId": roles[0] }))
        .await;
    assert_eq!(scene.seen().await, (0, false));
}

async fn who_was_deactivated_is_nobody(site: Site) {
    let scene = Scene::of(site, Role::ProjectManager).await;
    assert_eq!(seen(&scene.kept(SEEN, json!({})).await), (1, true));
    let change = |active: bool| json!({ "userId": scene.ben_id, "active": active });
    scene.done("setUserActive", change(false)).await;
    for process in [&scene.there, &scene.here] {
        assert_eq!(process.ask(&scene.ben, SEEN, json!({})).await.code(), "UNAUTHENTICATED");
        let password = Password::new(PASSWORD);
        let login = process.app.services.login("ben@example.org", &password, "test").await;
        assert!(login.is_err(), "nobody signs in as somebody inactive");
    }
    scene.done("setUserActive", change(true)).await;
    assert_eq!(
        scene.asked(SEEN, json!({})).await.code(),
        "UNAUTHENTICATED",
        "the sessions have ended and don't come back"
    );
    let password = Password::new(PASSWORD);
    let login = scene
        .there
        .app
        .services
        .login("ben@example.org", &password, "test")
        .await;
    let (token, ..) = login.unwrap();
    assert_eq!(
        seen(&scene.there.ask(&token.text(), SEEN, json!({})).await.data()),
        (1, true)
    );
}

async fn who_was_taken_from_a_project_does_not_see_it(site: Site) {
    let scene = Scene::of(site, Role::TeamMember).await;
    let query = "query($id: ID!) { project(id: $id) { name } projects { nodes { name } } }";
    let id = json!({ "id": scene.project });
    let member = json!({ "projectId": scene.project, "userId": scene.ben_id });
    let task = document("createTask");
    let input = json!({ "input": { "projectId": scene.project, "title": "New" } });
    for _ in 0..5 {
        scene.done("addProjectMember", member.clone()).await;
        let kept = scene.kept(query, id.clone()).await;
        assert_eq!(kept["project"]["name"], "Website");
        scene.done("removeProjectMember", member.clone()).await;
        let data = scene.asked(query, id.clone()).await.data();
        assert_eq!(data, json!({ "project": null, "projects": { "nodes": [] } }));
        assert_eq!(scene.asked(&task, input.clone()).await.code(), "NOT_FOUND");
        let viewer = json!({ "projectId": scene.project, "userId": scene.ben_id, "role": "PROJECT_VIEWER" });
        scene.done("addProjectMember", member.clone()).await;
        assert_eq!(scene.asked(&task, input.clone()).await.code(), "");
        scene.done("setProjectRole", viewer).await;
        assert_eq!(scene.asked(&task, input.clone()).await.code(), "FORBIDDEN");
        scene.done("removeProjectMember", member.clone()).await;
    }
}

async fn who_bears_a_custom_role_is_let_in_by_as_many_batches_as_anybody(site: Site) {
    let scene = Scene::of(site, Role::TeamMember).await;
    let made = json!({ "name": "Auditor", "permissions": ["project:view_all"] });
    let role = scene.done("createCustomRole", made).await;
    let given = json!({ "userId": scene.ben_id, "customRoleId": role["customRole"]["id"] });
    scene.done("setUserRole", given).await;
    let body = json!({ "query": "{ viewer { role } }" });
    let asked = async |token: &str| {
        let before = scene.there.app.metrics.cache_calls("get_many");
        let request = scene
            .there
            .request(Method::POST, token)
            .header("cache-control", "no-cache");
        assert_eq!(Site::send(request.json(&body)).await.cache(), "BYPASS");
        scene.there.app.metrics.cache_calls("get_many") - before
    };
    for token in [&scene.admin, &scene.ben] {
        asked(token).await;
    }
    assert_eq!((asked(&scene.admin).await, asked(&scene.ben).await), (1, 1));
}
