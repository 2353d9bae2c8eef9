//! Fields that not everybody may read who sees their object: null and FORBIDDEN at their path, wherever they stand; and
//! nothing that is found, ranked or shown tells their value.

use kanvaro::model::{Project, Role, User};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::mutation;
use crate::support::sample;
use crate::support::world::{Tenant, gid};

/// What a client's address says that nothing else does.
const SECRET: &str = "zanzibar";

/// A project with a client, in which Ada works.
struct Case {
    app: TestApp,
    acme: Tenant,
    ada: User,
    client: User,
    project: Project,
}

impl Case {
    async fn new() -> Case {
        let app = TestApp::new().await;
        let acme = Tenant::seed(&app).await;
        let ada = acme.member(&app, Role::TeamMember).await;
        let mut client = User {
            role: Role::Client,
            first_name: "Customer".into(),
            email: format!("{SECRET}{}@client.test", sample::number()),
            ..sample::user(acme.organization.id)
        };
        client.refresh();
        app.seed([client.clone()]).await;
        let project = Project {
            client: Some(client.id),
            team_members: vec![ada.id],
            budget: Some(kanvaro::model::Budget {
                total: 1_000,
                spent: 10,
                currency: "EUR".into(),
            }),
            ..sample::project(&acme.admin)
        };
        app.seed([project.clone()]).await;
        Case {
            app,
            acme,
            ada,
            client,
            project,
        }
    }

    async fn ask(&self, who: &User, document: &str) -> Value {
        let ids = json!({ "client": gid(&self.client), "project": gid(&self.project) });
        self.app.query(who, document, ids).await
    }

    /// The names of the people that a search of all people finds, and of one over everything.
    async fn found(&self, who: &User, text: &str) -> [Vec<String>; 2] {
        let document = "query($text: String!) { users(filter: { search: $text }) { nodes { firstName } } \
                        search(text: $text) { nodes { ... on User { firstName } } } }";
        let data = self.app.data(who, document, json!({ "text": text })).await;
        ["users", "search"].map(|list| {
            let nodes = data[list]["nodes"].as_array().unwrap().iter();
            nodes
                .map(|node| node["firstName"].as_str().unwrap().to_owned())
                .collect()
        })
    }
}

/// Where errors stand that say FORBIDDEN, as JSON pointers.
fn forbidden(answer: &Value) -> Vec<String> {
    let errors = answer["errors"].as_array().map_or(&[][..], Vec::as_slice).iter();
    let places = errors.map(|error| {
        assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{answer}");
        let steps = error["path"].as_array().unwrap().iter();
        let text = |step: &Value| step.as_str().map_or_else(|| step.to_string(), str::to_owned);
        steps.map(|step| format!("/{}", text(step))).collect()
    });
    let mut places: Vec<String> = places.collect();
    places.sort_unstable();
    places
}

/// Everywhere that one can stand.
const EVERYWHERE: &str = "query($client: ID!, $project: ID!) {
    user(id: $client) { email lastName }
    node(id: $client) { ... on User { address: email } }
    users(filter: { role: CLIENT }) { nodes { email } edges { node { email } } }
    project(id: $project) { client { email } roles { user { email } } }
    search(text: \"customer\") { nodes { ... on User { email } } }
}";

#[tokio::test]
async fn a_clients_address_is_null_and_forbidden_wherever_it_stands() {
    let case = Case::new().await;
    let answer = case.ask(&case.ada, EVERYWHERE).await;
    let expected = [
        "/node/address",
        "/project/client/email",
        "/project/roles/1/user/email",
        "/search/nodes/0/email",
        "/user/email",
        "/users/edges/0/node/email",
        "/users/nodes/0/email",
    ];
    assert_eq!(forbidden(&answer), expected);
    assert!(!answer.to_string().contains(SECRET), "{answer}");
    assert_eq!(answer["data"]["user"], json!({ "email": null, "lastName": "Lovelace" }));
    let shown = expected
        .iter()
        .filter(|place| !answer["data"].pointer(place).unwrap().is_null());
    assert_eq!(shown.count(), 0);
}

#[tokio::test]
async fn colleagues_see_each_others_addresses() {
    let case = Case::new().await;
    let answer = case
        .ask(&case.ada, "{ users(filter: { role: ADMIN }) { nodes { email } } }")
        .await;
    assert_eq!(
        answer["data"]["users"]["nodes"],
        json!([{ "email": case.acme.admin.email }])
    );
}

#[tokio::test]
async fn who_deals_with_clients_reads_their_addresses() {
    let case = Case::new().await;
    for role in [
        Role::Admin,
        Role::HumanResource,
        Role::ProjectManager,
        Role::AccountManager,
    ] {
        let who = case.acme.member(&case.app, role).await;
        let answer = case
            .ask(&who, "query($client: ID!) { user(id: $client) { email } }")
            .await;
        assert_eq!(answer["data"]["user"]["email"], json!(case.client.email), "{role:?}");
    }
    for role in [
        Role::TeamMember,
        Role::Client,
        Role::Viewer,
        Role::QaEngineer,
        Role::Tester,
    ] {
        let who = case.acme.member(&case.app, role).await;
        let answer = case
            .ask(&who, "query($client: ID!) { user(id: $client) { email } }")
            .await;
        assert_eq!(forbidden(&answer), ["/user/email"], "{role:?}");
    }
}

#[tokio::test]
async fn a_client_reads_the_own_address_from_the_sign_in_on() {
    let case = Case::new().await;
    let answer = case.ask(&case.client, EVERYWHERE).await;
    assert_eq!(forbidden(&answer), Vec::<String>::new());
    let document = mutation::document("login").replace("token user {", "token user { email role");
    let me = kanvaro::service::NewUser {
        first_name: "Grace".into(),
        last_name: "Hopper".into(),
        email: "grace@client.test".into(),
        role: Role::Client,
        password: kanvaro::service::Password::new("correct horse"),
    };
    let made = case.app.app.services.create_user(case.acme.organization.id, &me).await;
    assert_eq!(made.unwrap().role, Role::Client);
    let input = json!({ "email": "grace@client.test", "password": "correct horse" });
    let data = case.app.data(None, &document, json!({ "input": input })).await;
    assert_eq!(data["done"]["user"]["email"], json!("grace@client.test"));
}

#[tokio::test]
async fn below_a_payload_and_beside_questions_about_the_schema_the_rules_are_the_same() {
    let case = Case::new().await;
    let document = "mutation($project: ID!) { createTask(input: { projectId: $project, title: \"New\" }) {
        task { project { budget { total { amount } } client { email } } } } }";
    let answer = case.ask(&case.ada, document).await;
    let at = "/createTask/task/project";
    assert_eq!(
        forbidden(&answer),
        [format!("{at}/budget"), format!("{at}/client/email")]
    );
    let project = answer["data"].pointer(at).unwrap();
    assert_eq!(*project, json!({ "budget": null, "client": { "email": null } }));
    let document = "query($client: ID!, $project: ID!) { __type(name: \"User\") { name }
        user(id: $client) { email } project(id: $project) { budget { total { amount } } } }";
    let answer = case.ask(&case.ada, document).await;
    assert_eq!(forbidden(&answer), ["/project/budget", "/user/email"]);
    assert_eq!(answer["data"]["__type"]["name"], "User");
}

#[tokio::test]
async fn nobody_finds_a_client_by_an_address_that_they_may_not_read() {
    let case = Case::new().await;
    let none = || [Vec::<String>::new(), Vec::new()];
    let them = || [vec!["Customer".to_owned()], vec!["Customer".to_owned()]];
    for text in [SECRET, "zanz", "customer zanzibar", "client.test", "@zanzibar"] {
        assert_eq!(case.found(&case.ada, text).await, none(), "{text}");
        assert_eq!(case.found(&case.acme.admin, text).await, them(), "{text}");
    }
    assert_eq!(case.found(&case.ada, "customer").await, them());
    let colleague = case.acme.admin.email.split('@').next().unwrap();
    assert_eq!(case.found(&case.ada, colleague).await[0], ["Ada"]);
}

#[tokio::test]
async fn no_fragment_shows_an_address_that_is_kept_from_who_searches() {
    let case = Case::new().await;
    let mut client = User {
        role: Role::Client,
        first_name: "Customer".into(),
        email: "customer@elsewhere.test".into(),
        ..sample::user(case.acme.organization.id)
    };
    client.refresh();
    case.app.seed([client]).await;
    let document = "{ search(text: \"customer\") { edges { fragments { field parts { text } } } } }";
    let fields = |answer: &Value| answer.to_string().matches("\"email\"").count();
    let (kept, shown) = (
        case.ask(&case.ada, document).await,
        case.ask(&case.acme.admin, document).await,
    );
    assert_eq!((fields(&kept), fields(&shown)), (0, 1), "{kept} {shown}");
    assert!(!kept.to_string().contains("elsewhere"));
}

#[tokio::test]
async fn what_decided_about_an_address_is_what_answers_are_shared_by() {
    let case = Case::new().await;
    let document = "query($client: ID!) { user(id: $client) { email } }";
    let (colleague, manager) = (
        case.acme.member(&case.app, Role::TeamMember).await,
        case.acme.member(&case.app, Role::AccountManager).await,
    );
    let mut levels = Vec::new();
    for who in [&case.ada, &colleague, &manager] {
        let viewer = kanvaro::model::Viewer::new(who, &sample::session(who));
        let scope = case.app.app.scope(Some(viewer), case.app.app.loaders(), "test".into());
        let ids = json!({ "client": gid(&case.client) });
        case.app.execute(scope.clone(), document, ids).await;
        levels.push(scope.consulted());
    }
    use kanvaro::model::Consulted::{Permissions, Person};
    // Whoever lacks the right might be the client.
    assert_eq!(levels, [Person, Person, Permissions]);
}

#[tokio::test]
async fn who_becomes_a_client_is_no_longer_found_by_their_address() {
    let case = Case::new().await;
    let mut person = User {
        first_name: "Turncoat".into(),
        email: format!("lighthouse{}@acme.test", sample::number()),
        ..sample::user(case.acme.organization.id)
    };
    person.refresh();
    case.app.seed([person.clone()]).await;
    assert_eq!(case.found(&case.ada, "lighthouse").await[0], ["Turncoat"]);
    let input = json!({ "userId": gid(&person), "role": "CLIENT" });
    let done = case.app.mutate(&case.acme.admin, "setUserRole", input).await;
    assert!(done.error().is_empty() && done.refusals().is_empty(), "{}", done.answer);
    assert_eq!(
        case.found(&case.ada, "lighthouse").await,
        [Vec::<String>::new(), Vec::new()]
    );
    assert_eq!(case.found(&case.acme.admin, "lighthouse").await[0], ["Turncoat"]);
}
