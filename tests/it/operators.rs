//! What operators ask of the cache through the API: purges and explanations.

use std::time::{Duration, Instant};

use kanvaro::app::App;
use kanvaro::cache::{Entry, Key, Stamp, TagState};
use kanvaro::model::{AnyEntity, Entity, Role, Tag, Task};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::sample;
use crate::support::server::{Answer, TestServer};
use crate::support::world::{Tenant, gid};

const PURGE: &str = "mutation($input: PurgeCacheInput!) \
    { purgeCache(input: $input) { tag isEverything userErrors { field } } }";

/// Puts a wrong image of an entity into the cache under its current version, which nothing of ours ever does.
pub async fn poke(app: &App, wrong: impl Into<AnyEntity>) {
    let (wrong, ttl): (AnyEntity, _) = (wrong.into(), Duration::from_secs(600));
    let entity = wrong.reference();
    let states = app
        .cache
        .versions(&[Tag::entity(entity.kind, entity.id)])
        .await
        .unwrap();
    let [TagState::Current(version, _)] = states[..] else {
        panic!("{states:?}")
    };
    let (filled_at, cost) = (app.store.clock().now(), Duration::ZERO);
    let stamp = Stamp { filled_at, ttl, cost };
    let row = Some(wrong.to_row());
    let entry = Entry { version, stamp, row };
    let put = (Key::Entity(entity), entry.encode(), ttl);
    app.cache.put_many(vec![put]).await.unwrap();
}

async fn title(app: &TestApp, tenant: &Tenant) -> Value {
    let document = format!("{{ task(id: \"{}\") {{ title }} }}", gid(&tenant.task));
    app.data(&tenant.admin, &document, json!({})).await["task"]["title"].take()
}

#[tokio::test]
async fn what_is_purged_is_read_from_the_store_anew() {
    let app = TestApp::new().await;
    let tenant = Tenant::seed(&app).await;
    let right = title(&app, &tenant).await;
    let tag = Tag::entity(Task::KIND, tenant.task.id).to_string();
    for (input, only) in [
        (json!({ "tag": tag }), json!(tag)),
        (json!({ "type": "Task" }), json!(null)),
        (json!({ "all": true }), json!(null)),
    ] {
        let wrong = Task {
            title: "Wrong".into(),
            ..tenant.task.clone()
        };
        poke(&app.app, wrong).await;
        assert_eq!(
            title(&app, &tenant).await,
            "Wrong",
            "the cache serves what was put there"
        );
        let done = app.data(&tenant.admin, PURGE, json!({ "input": input })).await;
        let expected = json!({ "tag": only, "isEverything": only.is_null(), "userErrors": [] });
        assert_eq!(done["purgeCache"], expected);
        assert_eq!(title(&app, &tenant).await, right, "{input}");
    }
}

#[tokio::test]
async fn a_purge_of_one_tag_leaves_the_others_be() {
    let app = TestApp::new().await;
    let tenant = Tenant::seed(&app).await;
    title(&app, &tenant).await;
    let tag = Tag::entity(Task::KIND, tenant.task.id).to_string();
    app.data(&tenant.admin, PURGE, json!({ "input": { "tag": tag } })).await;
    let hits = app.app.metrics.cache_hits("Project");
    title(&app, &tenant).await;
    assert_eq!(app.app.metrics.cache_hits("Project"), hits + 1);
}

#[tokio::test]
async fn a_purge_of_an_owner_reaches_its_lists_of_one_value() {
    let app = TestApp::new().await;
    let tenant = Tenant::seed(&app).await;
    let board = format!(
        "{{ board(projectId: \"{}\") {{ columns {{ tasks {{ id }} }} }} }}",
        gid(&tenant.project)
    );
    let pages_found_after = async |tag: String| {
        app.data(&tenant.admin, PURGE, json!({ "input": { "tag": tag } })).await;
        let before = app.app.metrics.cache_hits("page");
        app.data(&tenant.admin, &board, json!({})).await;
        app.app.metrics.cache_hits("page") - before
    };
    app.data(&tenant.admin, &board, json!({})).await;
    let columns = pages_found_after(format!("task:{}", tenant.task.id)).await;
    assert!(columns > 1, "{columns} pages are cached");
    let found = pages_found_after(format!("task:project={}", tenant.project.id)).await;
    assert_eq!(found, 0);
}

#[tokio::test]
async fn a_purge_that_cannot_be_meant_is_refused_with_what_is_allowed() {
    let app = TestApp::new().await;
    let tenant = Tenant::seed(&app).await;
    for (input, said) in [
        (json!({}), "exactly one of tag, type and all"),
        (json!({ "all": false }), "exactly one of tag, type and all"),
        (
            json!({ "all": true, "type": "Task" }),
            "exactly one of tag, type and all",
        ),
        (
            json!({ "type": "Invoice" }),
            "Organization, User, Project, Task, Comment, Session",
        ),
        (json!({ "tag": "task:1" }), "task:project=ID"),
        (json!({ "tag": "x".repeat(100_000) }), "task:project=ID"),
    ] {
        let (code, message) = app.error(&tenant.admin, PURGE, json!({ "input": input })).await;
        assert_eq!(code, "BAD_USER_INPUT");
        assert!(message.contains(said) && message.len() < 1_000, "{message}");
    }
}

#[tokio::test]
async fn a_purge_needs_its_right() {
    let app = TestApp::new().await;
    let tenant = Tenant::seed(&app).await;
    let all = || json!({ "input": { "all": true } });
    for role in [Role::ProjectManager, Role::HumanResource, Role::TeamMember] {
        let member = tenant.member(&app, role).await;
        assert_eq!(app.error(&member, PURGE, all()).await.0, "FORBIDDEN");
    }
    assert_eq!(app.error(None, PURGE, all()).await.0, "UNAUTHENTICATED");
}

#[tokio::test]
async fn what_is_of_another_organisation_is_not_purged_and_looks_like_what_is_absent() {
    let app = TestApp::new().await;
    let (acme, other) = (Tenant::seed(&app).await, Tenant::seed(&app).await);
    title(&app, &other).await;
    let wrong = Task {
        title: "Wrong".into(),
        ..other.task.clone()
    };
    poke(&app.app, wrong).await;
    let of = |tenant: &Tenant| {
        [
            format!("task:{}", tenant.task.id),
            format!("task:project={}", tenant.project.id),
            format!("task:organization={}", tenant.organization.id),
            format!("project:member={}", tenant.admin.id),
            format!("comment:task={}", tenant.task.id),
            format!("organization:{}", tenant.organization.id),
            format!("user:{}", tenant.admin.id),
        ]
    };
    for (own, theirs) in of(&acme).into_iter().zip(of(&other)) {
        let purge = |tag: &str| json!({ "input": { "tag": tag } });
        let done = app.data(&acme.admin, PURGE, purge(&own)).await;
        assert_eq!(done["purgeCache"]["tag"], own);
        let (code, message) = app.error(&acme.admin, PURGE, purge(&theirs)).await;
        assert_eq!(code, "NOT_FOUND");
        let way_out = format!("`kanvaro cache purge --tag {theirs}`");
        assert!(message.contains(&way_out), "{message}");
        let split = theirs.len() - 24;
        let absent = format!("{}{}", &theirs[..split], sample::id());
        let nothing = app.error(&acme.admin, PURGE, purge(&absent)).await;
        assert_eq!(
            (nothing.0.as_str(), nothing.1.replace(&absent, &theirs)),
            ("NOT_FOUND", message)
        );
    }
    assert_eq!(title(&app, &other).await, "Wrong", "what is theirs is cached still");
}

#[tokio::test]
async fn a_purge_that_reaches_other_organisations_is_for_who_runs_the_server() {
    let app = TestApp::new().await;
    let (acme, other) = (Tenant::seed(&app).await, Tenant::seed(&app).await);
    title(&app, &other).await;
    let wrong = Task {
        title: "Wrong".into(),
        ..other.task.clone()
    };
    poke(&app.app, wrong).await;
    for (input, command) in [
        (json!({ "type": "task" }), "`kanvaro cache purge --type Task`"),
        (json!({ "all": true }), "`kanvaro cache purge --all`"),
    ] {
        let (code, message) = app.error(&acme.admin, PURGE, json!({ "input": input })).await;
        assert!(code == "FORBIDDEN" && message.contains(command), "{code} {message}");
    }
    assert_eq!(title(&app, &other).await, "Wrong");
    let purge = kanvaro::service::Purge::All;
    app.app.services.purge(purge).await.unwrap();
    assert_eq!(title(&app, &other).await, other.task.title, "the command does it");
}

const ORGANIZATION: &str = "{ organization { name } }";

async fn explained(server: &TestServer, token: &str) -> Answer {
    let request = server.post(&json!({ "query": ORGANIZATION })).bearer_auth(token);
    server.send(request.header("x-cache-explain", "1")).await
}

async fn plain(server: &TestServer, token: &str) -> Answer {
    let request = server.post(&json!({ "query": ORGANIZATION })).bearer_auth(token);
    server.send(request).await
}

#[tokio::test]
async fn an_explained_answer_tells_where_each_thing_came_from() {
    let server = TestServer::start().await;
    let token = server.token("ada@example.org").await;
    let calls = || {
        let metrics = &server.app.metrics;
        let cache = ["get_many", "versions", "put_many"].map(|verb| metrics.cache_calls(verb));
        cache.iter().sum::<u64>()
    };
    let before = calls();
    let cold = explained(&server, &token).await;
    let lookup = 1;
    assert_eq!(
        calls() - before,
        2 + 2 + lookup,
        "those that are told, and the one for the whole answer"
    );
    let told = &cold.body["extensions"]["cache"];
    assert_eq!(told["reads"][0]["of"], "Organization", "{told}");
    assert_eq!(told["reads"][0]["fields"], json!(["Query.organization"]), "{told}");
    assert_eq!(
        (&told["reads"][0]["level"], &told["reads"][0]["outcome"]),
        (&json!("store"), &json!("absent"))
    );
    assert_eq!(
        told["roundTrips"],
        json!({ "cache": 2, "store": 1 }),
        "get_many, put_many: {told}"
    );
    assert_eq!(told["answer"]["held"], json!({ "outcome": "miss", "reason": "absent" }));
    server.clock.advance(Duration::from_secs(5));
    let warm = explained(&server, &token).await;
    let told = &warm.body["extensions"]["cache"];
    let read = &told["reads"][0];
    assert_eq!(
        (&read["level"], &read["outcome"], &read["age"]),
        (&json!("process"), &json!("hit"), &json!(5.0))
    );
    assert_eq!(read["tag"], read["key"], "an entity's tag is named as its key");
    assert!(read["ttlLeft"].as_f64().unwrap() > 60.0, "{read}");
    assert_eq!(told["roundTrips"], json!({ "cache": 1, "store": 0 }), "{told}");
    assert_eq!(
        told["identity"]["reads"].as_array().unwrap().len(),
        2,
        "session and user: {told}"
    );
    assert_eq!(
        (&told["answer"]["keepable"], &told["answer"]["scope"]),
        (&json!(true), &json!("PRIVATE"))
    );
    assert_eq!(told["answer"]["tags"], json!([read["tag"]]));
    assert_eq!(warm.body["data"], cold.body["data"]);
}

#[tokio::test]
async fn an_explained_answer_is_made_anew_and_kept_by_nobody() {
    let server = TestServer::start().await;
    let token = server.token("ada@example.org").await;
    let first = explained(&server, &token).await;
    assert_eq!(
        (first.header("x-cache"), first.header("cache-control")),
        ("BYPASS", "no-store")
    );
    assert_eq!(
        plain(&server, &token).await.header("x-cache"),
        "MISS",
        "the explained one was not kept"
    );
    let start = Instant::now();
    while plain(&server, &token).await.header("x-cache") != "HIT" {
        assert!(start.elapsed() < Duration::from_secs(20), "it is never a hit");
    }
    let again = explained(&server, &token).await;
    assert_eq!(again.header("x-cache"), "BYPASS");
    assert_eq!(again.body["extensions"]["cache"]["answer"]["held"]["outcome"], "hit");
    assert_eq!(server.app.metrics.answers("bypass", "explained"), 2);
    assert_eq!(plain(&server, &token).await.body.get("extensions"), None);
}

#[tokio::test]
async fn an_explanation_does_not_tell_what_is_anothers_from_what_is_absent() {
    let server = TestServer::start().await;
    let token = server.token("ada@example.org").await;
    let stranger = sample::user(sample::id());
    let project = sample::project(&stranger);
    let task = sample::task(&project);
    let store = &server.app.store;
    store.insert(project.clone()).await.unwrap();
    store.insert(task.clone()).await.unwrap();
    let nothing = sample::task(&project);
    let mut told = Vec::new();
    for asked in [&task, &nothing] {
        let query = format!("{{ node(id: \"{}\") {{ id }} }}", gid(asked));
        for _ in ["cold", "warm", "held"] {
            let request = || server.post(&json!({ "query": query })).bearer_auth(&token);
            let answer = server.send(request().header("x-cache-explain", "1")).await;
            server.send(request()).await;
            let told_of = &answer.body["extensions"]["cache"];
            assert_eq!(told_of["paths"][1]["outcome"], "withheld", "{told_of}");
            assert!(!told_of.to_string().contains(&asked.id.to_string()), "{told_of}");
            told.push(
                ["reads", "plan", "paths", "answer"]
                    .map(|part| told_of[part].to_string())
                    .concat(),
            );
        }
    }
    assert!(told[0].contains("withheld"), "{told:?}");
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn nobody_else_is_told() {
    let server = TestServer::start().await;
    let ada = server.admin("ada@example.org").await;
    let services = &server.app.services;
    let member = kanvaro::service::NewUser {
        first_name: "Bob".into(),
        last_name: "Builder".into(),
        email: "bob@example.org".into(),
        role: Role::ProjectManager,
        password: kanvaro::service::Password::new(crate::support::server::PASSWORD),
    };
    services.create_user(ada.organization, &member).await.unwrap();
    let login = services.login(&member.email, &member.password, "test").await;
    let token = login.unwrap().0.text();
    let answer = explained(&server, &token).await;
    assert_eq!(
        (answer.header("x-cache"), answer.body.get("extensions")),
        ("MISS", None)
    );
    let request = server.post(&json!({ "query": ORGANIZATION }));
    let nobody = server.send(request.header("x-cache-explain", "1")).await;
    assert_eq!(nobody.body.get("extensions"), None);
}
