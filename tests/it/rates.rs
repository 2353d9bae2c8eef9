//! What an hour of somebody is worth: who sets it, who reads it, and that nobody else learns of it anywhere.

use kanvaro::model::{CustomRole, Money, Project, Role, Task, User, Viewer};
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_each_store};
use crate::support::mutation::document;
use crate::support::sample;
use crate::support::world::{Tenant, gid};

on_each_store!(
    rates_are_set_kept_and_taken_off,
    a_rate_of_another_version_is_a_conflict,
    a_person_of_another_organisation_is_absent,
    who_keeps_records_keeps_those_of_administrators_and_their_own,
    who_may_not_change_people_sets_no_rates,
);

/// Amounts that stand nowhere else.
const COST: i64 = 987_654;
const BILLED: i64 = 1_876_543;

fn euros(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

/// Somebody with rates, who works on a task.
struct Case {
    app: TestApp,
    acme: Tenant,
    ada: User,
    task: Task,
}

impl Case {
    async fn new() -> Case {
        let app = TestApp::new().await;
        let acme = Tenant::seed(&app).await;
        let money = |amount| {
            let currency = "EUR".into();
            Some(Money { amount, currency })
        };
        let ada = User {
            hourly_rate: money(COST),
            billing_rate: money(BILLED),
            ..sample::user(acme.organization.id)
        };
        app.seed([ada.clone()]).await;
        let project = Project {
            team_members: vec![ada.id],
            ..sample::project(&ada)
        };
        let task = Task {
            assigned_to: vec![ada.id],
            ..sample::task(&project)
        };
        app.seed([project]).await;
        app.seed([task.clone()]).await;
        Case { app, acme, ada, task }
    }

    async fn ask(&self, who: &User, document: &str) -> Value {
        let ids = json!({ "ada": gid(&self.ada), "task": gid(&self.task) });
        self.app.query(who, document, ids).await
    }

    /// What this person is answered for each rate of Ada's: the amount, or the code of the error.
    async fn read(&self, who: &User) -> [Value; 2] {
        let answer = self.ask(who, READ).await;
        ["hourlyRate", "billingRate"].map(|field| {
            let errors = answer["errors"].as_array().map_or(&[][..], Vec::as_slice);
            let refused = errors.iter().find(|error| error["path"] == json!(["user", field]));
            let shown = &answer["data"]["user"][field];
            match refused {
                Some(error) if shown.is_null() => error["extensions"]["code"].clone(),
                Some(error) => panic!("{error}, and yet {shown}"),
                None => shown["amount"].clone(),
            }
        })
    }
}

const READ: &str = "query($ada: ID!) { user(id: $ada) { hourlyRate { amount } billingRate { amount } } }";

/// Where errors stand that say FORBIDDEN, as JSON pointers into the data, where null has to be.
fn forbidden(answer: &Value) -> Vec<String> {
    let errors = answer["errors"].as_array().map_or(&[][..], Vec::as_slice).iter();
    let mut places: Vec<String> = errors
        .map(|error| {
            assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{answer}");
            let steps = error["path"].as_array().unwrap().iter();
            let text = |step: &Value| step.as_str().map_or_else(|| step.to_string(), str::to_owned);
            steps.map(|step| format!("/{}", text(step))).collect()
        })
        .inspect(|place: &String| assert_eq!(answer["data"].pointer(place), Some(&Value::Null), "{answer}"))
        .collect();
    places.sort_unstable();
    places
}

#[tokio::test]
async fn who_reads_money_or_looks_after_people_reads_rates() {
    let case = Case::new().await;
    for (role, may) in [
        (Role::Admin, true),
        (Role::HumanResource, true),
        (Role::ProjectManager, true),
        (Role::AccountManager, true),
        (Role::TeamMember, false),
        (Role::Client, false),
        (Role::Viewer, false),
        (Role::QaEngineer, false),
        (Role::Tester, false),
    ] {
        let who = case.acme.member(&case.app, role).await;
        let expected = match may {
            true => [json!(COST), json!(BILLED)],
            false => [json!("FORBIDDEN"), json!("FORBIDDEN")],
        };
        assert_eq!(case.read(&who).await, expected, "{role:?}");
    }
}

#[tokio::test]
async fn one_reads_what_one_costs_and_not_what_is_billed_for_it() {
    let case = Case::new().await;
    assert_eq!(case.read(&case.ada).await, [json!(COST), json!("FORBIDDEN")]);
    let document = "{ viewer { user { hourlyRate { amount currency } billingRate { amount } } } }";
    let answer = case.ask(&case.ada, document).await;
    assert_eq!(answer["data"]["viewer"]["user"]["hourlyRate"], euros(COST));
    assert_eq!(forbidden(&answer), ["/viewer/user/billingRate"]);
}

#[tokio::test]
async fn a_custom_role_with_either_right_shows_rates() {
    let case = Case::new().await;
    for right in ["financial:read", "user:update"] {
        let role = CustomRole {
            permissions: vec![right.into()],
            ..sample::custom_role(case.acme.organization.id)
        };
        let bearer = User {
            custom_role: Some(role.id),
            ..sample::user(case.acme.organization.id)
        };
        case.app.seed([role]).await;
        case.app.seed([bearer.clone()]).await;
        assert_eq!(case.read(&bearer).await, [json!(COST), json!(BILLED)], "{right}");
    }
}

/// Everywhere that a person can stand.
const EVERYWHERE: &str = "query($ada: ID!, $task: ID!) {
    user(id: $ada) { ...R }
    node(id: $ada) { ...R }
    nodes(ids: [$ada]) { ...R }
    users(filter: { search: \"ada\" }) { nodes { ...R } edges { node { ...R } } }
    task(id: $task) { assignees { ...R } creator { ...R } project { members { ...R } roles { user { ...R } } } }
    search(text: \"ada\") { nodes { ...R } edges { node { ...R } fragments { parts { text } } } }
} fragment R on User { id hourlyRate { amount } billed: billingRate { amount } }";

#[tokio::test]
async fn rates_are_null_and_forbidden_wherever_they_stand() {
    let case = Case::new().await;
    let mut client = User {
        role: Role::Client,
        first_name: "Customer".into(),
        ..sample::user(case.acme.organization.id)
    };
    client.refresh();
    case.app.seed([client.clone()]).await;
    for who in [client, case.acme.member(&case.app, Role::Tester).await] {
        let project = Project {
            team_members: vec![case.ada.id, who.id],
            ..sample::project(&case.ada)
        };
        let task = Task {
            assigned_to: vec![case.ada.id],
            ..sample::task(&project)
        };
        case.app.seed([project]).await;
        case.app.seed([task.clone()]).await;
        let ids = json!({ "ada": gid(&case.ada), "task": gid(&task) });
        let answer = case.app.query(&who, EVERYWHERE, ids).await;
        let found = forbidden(&answer);
        for place in [
            "/user",
            "/node",
            "/nodes/0",
            "/users/nodes/0",
            "/users/edges/0/node",
            "/task/assignees/0",
            "/task/creator",
            "/task/project/members/0",
            "/task/project/roles/0/user",
            "/search/nodes/0",
            "/search/edges/0/node",
        ] {
            assert!(found.contains(&format!("{place}/billed")), "{place}: {answer}");
        }
        let text = answer.to_string();
        assert!(!text.contains(&COST.to_string()) && !text.contains(&BILLED.to_string()));
    }
}

#[tokio::test]
async fn below_a_payload_the_rule_is_the_same() {
    let case = Case::new().await;
    let tester = case.acme.member(&case.app, Role::Tester).await;
    let input = json!({ "input": { "firstName": "Grace" } });
    let change = "mutation($input: UpdateProfileInput!) { updateProfile(input: $input) {
        user { firstName hourlyRate { amount } billingRate { amount } } } }";
    let answer = case.app.query(&case.ada, change, input).await;
    assert_eq!(
        answer["data"]["updateProfile"]["user"]["hourlyRate"],
        json!({ "amount": COST })
    );
    assert_eq!(forbidden(&answer), ["/updateProfile/user/billingRate"]);
    let change = document("setUserRates");
    let input = json!({ "input": { "userId": gid(&case.ada), "hourlyRate": euros(1) } });
    let answer = case.app.query(&tester, &change, input).await;
    assert_eq!(forbidden(&answer), ["/done"]);
    assert!(!answer.to_string().contains(&COST.to_string()), "{answer}");
}

#[tokio::test]
async fn nobody_is_found_by_what_they_are_worth() {
    let case = Case::new().await;
    let document = "query($text: String!) { users(filter: { search: $text }) { nodes { id } } search(text: $text) { nodes { id } } }";
    for amount in [COST, BILLED] {
        let text = json!({ "text": amount.to_string() });
        let found = case.app.data(&case.acme.admin, document, text).await;
        assert_eq!(
            found,
            json!({ "users": { "nodes": [] }, "search": { "nodes": [] } }),
            "{amount}"
        );
    }
}

#[tokio::test]
async fn what_decided_about_a_rate_is_what_answers_are_shared_by() {
    use kanvaro::model::Consulted::{Permissions, Person};
    let case = Case::new().await;
    let tester = case.acme.member(&case.app, Role::Tester).await;
    let manager = case.acme.member(&case.app, Role::AccountManager).await;
    let one = |field: &str| format!("query($ada: ID!) {{ user(id: $ada) {{ {field} {{ amount }} }} }}");
    for (who, field, expected) in [
        // Whoever lacks the right might be the person.
        (&tester, "hourlyRate", Person),
        (&tester, "billingRate", Permissions),
        (&manager, "hourlyRate", Permissions),
    ] {
        let viewer = Viewer::new(who, &sample::session(who));
        let scope = case.app.app.scope(Some(viewer), case.app.app.loaders(), "test".into());
        let ids = json!({ "ada": gid(&case.ada) });
        case.app.execute(scope.clone(), &one(field), ids).await;
        assert_eq!(scope.consulted(), expected, "{field}");
    }
}

async fn rates_are_set_kept_and_taken_off(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let user = acme.member(&app, Role::TeamMember).await;
    let set = async |rates: Value| {
        let mut input = rates;
        input["userId"] = json!(gid(&user));
        app.done(&acme.admin, "setUserRates", input).await
    };
    let both = set(json!({ "hourlyRate": euros(4_250), "billingRate": { "amount": 0, "currency": "JPY" } })).await;
    assert_eq!(both["hourlyRate"], euros(4_250));
    assert_eq!(both["billingRate"], json!({ "amount": 0, "currency": "JPY" }));
    let one = set(json!({ "billingRate": euros(User::MOST_RATE) })).await;
    assert_eq!(one["hourlyRate"], euros(4_250), "what is left out stays");
    assert_eq!(one["billingRate"], euros(User::MOST_RATE));
    let again = set(json!({ "billingRate": euros(User::MOST_RATE) })).await;
    assert_eq!(again["version"], one["version"], "once more changes nothing");
    let off = set(json!({ "hourlyRate": null })).await;
    assert_eq!(
        (&off["hourlyRate"], &off["billingRate"]),
        (&Value::Null, &euros(User::MOST_RATE))
    );
    let stored = app.app.store.get::<User>(user.id).await.unwrap().unwrap();
    assert_eq!(
        stored.billing_rate.as_ref().map(|rate| rate.amount),
        Some(User::MOST_RATE)
    );
}

async fn a_rate_of_another_version_is_a_conflict(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let user = acme.member(&app, Role::TeamMember).await;
    let input = |amount: i64, version: &Value| json!({ "userId": gid(&user), "hourlyRate": euros(amount), "expectedVersion": version });
    let first = json!({ "userId": gid(&user), "hourlyRate": euros(1) });
    let is = app.done(&acme.admin, "setUserRates", first).await;
    let next = app.done(&acme.admin, "setUserRates", input(2, &is["version"])).await;
    let late = app.mutate(&acme.admin, "setUserRates", input(3, &is["version"])).await;
    assert_eq!(late.refusals(), [("expectedVersion", "CONFLICT")]);
    assert_eq!(late.payload()["user"], next, "with the current person");
}

async fn a_person_of_another_organisation_is_absent(app: TestApp) {
    let (acme, other) = (Tenant::seed(&app).await, Tenant::seed(&app).await);
    let before = app.everything().await;
    let input = json!({ "userId": gid(&other.admin), "hourlyRate": euros(1) });
    let done = app.mutate(&acme.admin, "setUserRates", input).await;
    assert_eq!(done.error(), "NOT_FOUND");
    let seen = app
        .data(
            &acme.admin,
            "query($id: ID!) { user(id: $id) { hourlyRate { amount } } }",
            json!({ "id": gid(&other.admin) }),
        )
        .await;
    assert_eq!(seen, json!({ "user": null }));
    assert!(app.everything().await == before);
}

async fn who_keeps_records_keeps_those_of_administrators_and_their_own(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let people = acme.member(&app, Role::HumanResource).await;
    for user in [&acme.admin, &people] {
        let input = json!({ "userId": gid(user), "hourlyRate": euros(7_000) });
        let is = app.done(&people, "setUserRates", input).await;
        assert_eq!(is["hourlyRate"], euros(7_000), "{:?}", user.role);
    }
}

async fn who_may_not_change_people_sets_no_rates(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    for role in [Role::ProjectManager, Role::AccountManager, Role::TeamMember] {
        let who = acme.member(&app, role).await;
        let before = app.everything().await;
        for user in [&acme.admin, &who] {
            let input = json!({ "userId": gid(user), "hourlyRate": euros(1) });
            let done = app.mutate(&who, "setUserRates", input).await;
            assert_eq!(done.error(), "FORBIDDEN", "{role:?}");
        }
        assert!(app.everything().await == before);
    }
}
