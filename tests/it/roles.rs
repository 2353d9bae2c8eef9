//! What people are in the organisation and whether they may sign in: who changes it, and that an administrator remains.

use futures_util::future::join_all;
use kanvaro::model::{Filter, Kind, Role, User, Value as Stored};
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_each_store};
use crate::support::sample;
use crate::support::world::{Tenant, gid};

on_each_store!(
    a_person_becomes_what_they_are_made,
    the_last_active_administrator_stays,
    of_two_administrators_who_go_at_once_one_stays,
    nobody_gives_more_than_they_may,
    only_administrators_change_administrators,
    each_needs_the_permission,
    nobody_deactivates_themselves,
    a_person_of_another_version_is_a_conflict,
    the_organisation_says_something_else_of_itself,
    what_is_wrong_with_an_organisation_is_told,
);

/// How often it is tried; a race is won seldom.
const ROUNDS: usize = 20;

async fn admins(app: &TestApp, tenant: &Tenant) -> u64 {
    let active = Filter::All(vec![
        Filter::Eq("organization", Stored::Id(tenant.organization.id)),
        Filter::Eq("role", Stored::Text("admin".into())),
        Filter::Eq("isActive", Stored::Bool(true)),
    ]);
    app.app.store.count(Kind::User, &[active]).await.unwrap()[0]
}

fn demoted(user: &User) -> Value {
    json!({ "userId": gid(user), "role": "TEAM_MEMBER" })
}

fn inactive(user: &User) -> Value {
    json!({ "userId": gid(user), "active": false })
}

async fn a_person_becomes_what_they_are_made(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let user = acme.member(&app, Role::TeamMember).await;
    let role = sample::custom_role(acme.organization.id);
    app.seed([role.clone()]).await;
    let both = json!({ "userId": gid(&user), "role": "QA_ENGINEER", "customRoleId": gid(&role) });
    let is = app.done(&acme.admin, "setUserRole", both).await;
    assert_eq!(
        (&is["role"], &is["customRole"]["id"]),
        (&json!("QA_ENGINEER"), &json!(gid(&role)))
    );
    let one = json!({ "userId": gid(&user), "role": "TESTER" });
    let is = app.done(&acme.admin, "setUserRole", one).await;
    assert_eq!(
        (&is["role"], &is["customRole"]["id"]),
        (&json!("TESTER"), &json!(gid(&role))),
        "what is left out stays"
    );
    let null = json!({ "userId": gid(&user), "role": null });
    let done = app.mutate(&acme.admin, "setUserRole", null).await;
    assert_eq!(done.refusals(), [("role", "REQUIRED")]);
    let is = app.done(&acme.admin, "setUserActive", inactive(&user)).await;
    assert_eq!(is["isActive"], false);
    let again = app.done(&acme.admin, "setUserActive", inactive(&user)).await;
    assert_eq!(again["version"], is["version"], "once more changes nothing");
    let back = json!({ "userId": gid(&user), "active": true });
    assert_eq!(app.done(&acme.admin, "setUserActive", back).await["isActive"], true);
}

async fn the_last_active_administrator_stays(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let gone = User {
        role: Role::Admin,
        is_active: false,
        ..sample::user(acme.organization.id)
    };
    app.seed([gone]).await;
    Tenant::seed(&app).await;
    let done = app.mutate(&acme.admin, "setUserRole", demoted(&acme.admin)).await;
    assert_eq!(done.refusals(), [("role", "INVALID")], "{done:?}");
    let told = done.payload()["userErrors"][0]["message"].as_str().unwrap();
    assert!(told.contains("last active administrator"), "{told}");
    let second = acme.member(&app, Role::Admin).await;
    let is = app.done(&acme.admin, "setUserRole", demoted(&acme.admin)).await;
    assert_eq!(is["role"], "TEAM_MEMBER", "one of two may go");
    let done = app.mutate(&second, "setUserRole", demoted(&second)).await;
    assert_eq!(done.refusals(), [("role", "INVALID")]);
    assert_eq!(admins(&app, &acme).await, 1);
}

async fn of_two_administrators_who_go_at_once_one_stays(app: TestApp) {
    for round in 0..ROUNDS {
        let acme = Tenant::seed(&app).await;
        let (one, other) = (acme.admin.clone(), acme.member(&app, Role::Admin).await);
        let pairs = [
            [
                (&one, "setUserRole", demoted(&one)),
                (&other, "setUserRole", demoted(&other)),
            ],
            [
                (&one, "setUserRole", demoted(&other)),
                (&other, "setUserRole", demoted(&one)),
            ],
            [
                (&one, "setUserActive", inactive(&other)),
                (&other, "setUserActive", inactive(&one)),
            ],
            [
                (&one, "setUserRole", demoted(&one)),
                (&one, "setUserActive", inactive(&other)),
            ],
        ];
        let pair = &pairs[round % pairs.len()];
        let done = join_all(
            pair.iter()
                .map(|(who, name, input)| app.mutate(who, name, input.clone())),
        )
        .await;
        let through = done.iter().filter(|done| !done.payload()["user"].is_null()).count();
        assert_eq!((through, admins(&app, &acme).await), (1, 1), "{done:?}");
    }
}

async fn nobody_gives_more_than_they_may(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let role = sample::custom_role(acme.organization.id);
    app.seed([role.clone()]).await;
    let people = acme.member(&app, Role::HumanResource).await;
    let user = acme.member(&app, Role::Viewer).await;
    for (change, refusals) in [
        (json!({ "role": "CLIENT" }), vec![]),
        (json!({ "role": "TEAM_MEMBER" }), vec![]),
        (json!({ "role": "HUMAN_RESOURCE" }), vec![]),
        (json!({ "role": "TESTER" }), vec![("role", "OUT_OF_RANGE")]),
        (json!({ "role": "PROJECT_MANAGER" }), vec![("role", "OUT_OF_RANGE")]),
        (json!({ "role": "ADMIN" }), vec![("role", "OUT_OF_RANGE")]),
        (
            json!({ "customRoleId": gid(&role) }),
            vec![("customRoleId", "OUT_OF_RANGE")],
        ),
        (
            json!({ "role": "ADMIN", "customRoleId": gid(&role) }),
            vec![("role", "OUT_OF_RANGE"), ("customRoleId", "OUT_OF_RANGE")],
        ),
    ] {
        let mut input = change.clone();
        input["userId"] = json!(gid(&user));
        let done = app.mutate(&people, "setUserRole", input).await;
        assert_eq!(done.refusals(), refusals, "{change}");
    }
    let to_self = json!({ "userId": gid(&people), "role": "ADMIN" });
    let done = app.mutate(&people, "setUserRole", to_self).await;
    assert_eq!(done.refusals(), [("role", "OUT_OF_RANGE")], "nor to themselves");
    let manager = acme.member(&app, Role::ProjectManager).await;
    let is = app.done(&people, "setUserRole", demoted(&manager)).await;
    assert_eq!(is["role"], "TEAM_MEMBER", "to take is not to give");
}

async fn only_administrators_change_administrators(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let people = acme.member(&app, Role::HumanResource).await;
    let (second, third) = (
        acme.member(&app, Role::Admin).await,
        acme.member(&app, Role::Admin).await,
    );
    for (mutation, input) in [("setUserRole", demoted(&second)), ("setUserActive", inactive(&third))] {
        let done = app.mutate(&people, mutation, input.clone()).await;
        assert_eq!(done.error(), "FORBIDDEN", "{mutation}");
        let done = app.mutate(&acme.admin, mutation, input).await;
        assert_eq!((done.error(), done.refusals()), ("", vec![]), "{mutation}");
    }
}

async fn each_needs_the_permission(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let user = acme.member(&app, Role::Viewer).await;
    for (role, codes) in [
        (Role::TeamMember, ["FORBIDDEN", "FORBIDDEN", "FORBIDDEN"]),
        (Role::ProjectManager, ["FORBIDDEN", "FORBIDDEN", "FORBIDDEN"]),
        (Role::HumanResource, ["", "", "FORBIDDEN"]),
        (Role::Admin, ["", "", ""]),
    ] {
        let who = acme.member(&app, role).await;
        let inputs = [
            ("setUserRole", demoted(&user)),
            ("setUserActive", inactive(&user)),
            ("updateOrganization", json!({ "name": "Renamed" })),
        ];
        for ((mutation, input), code) in inputs.into_iter().zip(codes) {
            let done = app.mutate(&who, mutation, input).await;
            assert_eq!(
                (done.error(), done.refusals()),
                (code, vec![]),
                "{mutation} as {role:?}"
            );
        }
    }
}

async fn nobody_deactivates_themselves(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    acme.member(&app, Role::Admin).await;
    let done = app.mutate(&acme.admin, "setUserActive", inactive(&acme.admin)).await;
    assert_eq!(done.refusals(), [("userId", "INVALID")]);
}

async fn a_person_of_another_version_is_a_conflict(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let user = acme.member(&app, Role::Viewer).await;
    let version = app.app.store.get::<User>(user.id).await.unwrap().unwrap().version;
    for (mutation, mut input) in [("setUserRole", demoted(&user)), ("setUserActive", inactive(&user))] {
        input["expectedVersion"] = json!(version + 1);
        let done = app.mutate(&acme.admin, mutation, input).await;
        assert_eq!(done.refusals(), [("expectedVersion", "CONFLICT")], "{mutation}");
        assert_eq!(done.payload()["user"]["version"], version, "{mutation}");
    }
}

async fn the_organisation_says_something_else_of_itself(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let input = json!({ "name": " Acme & Sons ", "domain": "Acme.Example", "timezone": "Europe/Vienna",
        "currency": "CHF", "language": "de-AT" });
    let is = app.done(&acme.admin, "updateOrganization", input).await;
    let version = &is["version"];
    let expected = json!({ "id": gid(&acme.organization), "version": version, "name": "Acme & Sons",
        "domain": "acme.example", "timezone": "Europe/Vienna", "currency": "CHF", "language": "de-AT" });
    assert_eq!(is, expected);
    let read = "{ organization { id version name domain timezone currency language } }";
    assert_eq!(app.data(&acme.admin, read, json!({})).await["organization"], expected);
    let none = app
        .done(&acme.admin, "updateOrganization", json!({ "domain": null }))
        .await;
    assert_eq!((&none["domain"], &none["name"]), (&Value::Null, &json!("Acme & Sons")));
    let old = json!({ "name": "Late", "expectedVersion": version });
    let done = app.mutate(&acme.admin, "updateOrganization", old).await;
    assert_eq!(done.refusals(), [("expectedVersion", "CONFLICT")]);
    assert_eq!(done.payload()["organization"], none);
}

async fn what_is_wrong_with_an_organisation_is_told(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    for (input, refusals) in [
        (json!({ "name": "" }), vec![("name", "REQUIRED")]),
        (json!({ "name": null }), vec![("name", "REQUIRED")]),
        (json!({ "name": "x".repeat(201) }), vec![("name", "TOO_LONG")]),
        (json!({ "domain": "no domain" }), vec![("domain", "INVALID")]),
        (json!({ "domain": "" }), vec![("domain", "INVALID")]),
        (
            json!({ "timezone": "Vienna!", "currency": "euro", "language": "german language" }),
            vec![
                ("timezone", "INVALID"),
                ("currency", "INVALID"),
                ("language", "INVALID"),
            ],
        ),
    ] {
        let done = app.mutate(&acme.admin, "updateOrganization", input.clone()).await;
        assert_eq!(done.refusals(), refusals, "{input}");
    }
}
