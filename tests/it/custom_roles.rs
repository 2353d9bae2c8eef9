//! Roles that an organisation makes itself: what they give, who makes them, and that one somebody bears stays.

use futures_util::future::join_all;
use kanvaro::model::{CustomRole, Permission, Role, User};
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_each_store};
use crate::support::mutation::Done;
use crate::support::sample;
use crate::support::world::{Tenant, gid};

on_each_store!(
    what_a_custom_role_gives_its_bearers_may,
    custom_roles_are_listed_and_so_are_those_who_bear_one,
    two_of_one_name_are_refused_also_when_made_at_once,
    what_is_wrong_with_a_custom_role_is_told,
    nobody_puts_into_one_what_they_may_not_hand_out,
    only_who_manages_roles_makes_them,
    one_that_somebody_bears_stays,
    one_that_is_given_while_it_goes_is_given_or_gone,
    a_change_of_another_version_is_a_conflict,
);

async fn role(app: &TestApp, tenant: &Tenant, permissions: &[&str]) -> CustomRole {
    let role = CustomRole {
        permissions: permissions.iter().map(|name| (*name).to_owned()).collect(),
        ..sample::custom_role(tenant.organization.id)
    };
    app.seed([role.clone()]).await;
    role
}

async fn bearer(app: &TestApp, tenant: &Tenant, of: Role, role: &CustomRole) -> User {
    let user = User {
        role: of,
        custom_role: Some(role.id),
        ..sample::user(tenant.organization.id)
    };
    app.seed([user.clone()]).await;
    user
}

fn messages(done: &Done) -> String {
    done.payload()["userErrors"].to_string()
}

async fn what_a_custom_role_gives_its_bearers_may(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let role = role(&app, &acme, &["project:view_all", "project:create"]).await;
    let plain = acme.member(&app, Role::TeamMember).await;
    let bearer = bearer(&app, &acme, Role::TeamMember, &role).await;
    let seen = "{ projects { nodes { id } } viewer { permissions } }";
    let of = async |user: &User| app.data(user, seen, json!({})).await;
    assert_eq!(of(&plain).await["projects"]["nodes"], json!([]));
    let more = of(&bearer).await;
    assert_eq!(more["projects"]["nodes"], json!([{ "id": gid(&acme.project) }]));
    let permissions = |data: &Value| data["viewer"]["permissions"].as_array().unwrap().len();
    assert_eq!(
        permissions(&more),
        permissions(&of(&plain).await) + 2,
        "it adds and takes nothing away"
    );
    let made = |user| app.mutate(user, "createProject", json!({ "name": "New" }));
    assert_eq!(made(&plain).await.error(), "FORBIDDEN");
    assert_eq!(made(&bearer).await.error(), "");
    let assigned = json!({ "taskId": gid(&acme.task), "assigneeIds": [gid(&bearer)] });
    assert_eq!(
        app.done(&acme.admin, "assignTask", assigned).await["assignees"],
        json!([{ "id": gid(&bearer) }]),
        "who sees the project by a custom role may be given its tasks"
    );
}

async fn custom_roles_are_listed_and_so_are_those_who_bear_one(app: TestApp) {
    let (acme, other) = (Tenant::seed(&app).await, Tenant::seed(&app).await);
    let own = role(&app, &acme, &["user:invite"]).await;
    role(&app, &other, &[]).await;
    let bearer = bearer(&app, &acme, Role::Viewer, &own).await;
    let client = acme.member(&app, Role::Client).await;
    let document = "query($role: ID!) { customRoles { totalCount nodes { id name permissions } } \
                    users(filter: {customRoleId: $role}) { nodes { id customRole { id } } } }";
    let data = app.data(&client, document, json!({ "role": gid(&own) })).await;
    let shown = json!({ "id": gid(&own), "name": own.name, "permissions": ["user:invite"] });
    assert_eq!(data["customRoles"], json!({ "totalCount": 1, "nodes": [shown] }));
    let people = json!([{ "id": gid(&bearer), "customRole": { "id": gid(&own) } }]);
    assert_eq!(data["users"]["nodes"], people);
    let foreign = app.data(&other.admin, document, json!({ "role": gid(&own) })).await;
    assert_eq!(foreign["users"]["nodes"], json!([]));
}

async fn two_of_one_name_are_refused_also_when_made_at_once(app: TestApp) {
    let (acme, other) = (Tenant::seed(&app).await, Tenant::seed(&app).await);
    let input = json!({ "name": " Auditor ", "permissions": [] });
    let make = |who| app.mutate(who, "createCustomRole", input.clone());
    let done = join_all([(); 4].map(|()| make(&acme.admin))).await;
    let made: Vec<&Done> = done.iter().filter(|done| done.refusals().is_empty()).collect();
    assert_eq!(made.len(), 1, "{done:?}");
    assert_eq!(made[0].object("customRole")["name"], "Auditor");
    let refused = done.iter().filter(|done| done.refusals() == [("name", "TAKEN")]);
    assert_eq!(refused.count(), 3);
    assert_eq!(
        make(&other.admin).await.refusals(),
        [],
        "another organisation has its own"
    );
    let second = app
        .done(
            &acme.admin,
            "createCustomRole",
            json!({ "name": "Second", "permissions": [] }),
        )
        .await;
    let renamed = json!({ "customRoleId": second["id"], "name": "Auditor" });
    let renamed = app.mutate(&acme.admin, "updateCustomRole", renamed).await;
    assert_eq!(renamed.refusals(), [("name", "TAKEN")]);
}

async fn what_is_wrong_with_a_custom_role_is_told(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let before = app.everything().await;
    for (name, permissions, refusals) in [
        ("", json!([]), vec![("name", "REQUIRED")]),
        (" \t ", json!([]), vec![("name", "REQUIRED")]),
        ("a\nb", json!([]), vec![("name", "INVALID")]),
        (&"x".repeat(101), json!([]), vec![("name", "TOO_LONG")]),
        (
            "",
            json!(["task:fly"]),
            vec![("name", "REQUIRED"), ("permissions.0", "INVALID")],
        ),
        (
            "A",
            json!(["user:read", "", "Task:Create"]),
            vec![("permissions.1", "INVALID"), ("permissions.2", "INVALID")],
        ),
        ("A", json!(vec!["user:read"; 101]), vec![("permissions", "TOO_LONG")]),
    ] {
        let input = json!({ "name": name, "permissions": permissions });
        let done = app.mutate(&acme.admin, "createCustomRole", input.clone()).await;
        assert_eq!(done.refusals(), refusals, "{input}");
    }
    assert_eq!(app.everything().await, before);
    let input = json!({ "name": "A", "permissions": ["task:fly", "x".repeat(10_000)] });
    let done = app.mutate(&acme.admin, "createCustomRole", input).await;
    let told = messages(&done);
    assert!(
        told.contains(r#"\"task:fly\" is no permission; there are user:create, "#),
        "{told}"
    );
    for permission in Permission::ALL {
        assert!(told.contains(permission.name()), "{}", permission.name());
    }
    assert!(told.len() < 2_500, "what was sent is not sent back: {told}");
}

async fn nobody_puts_into_one_what_they_may_not_hand_out(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let people = acme.member(&app, Role::HumanResource).await;
    let refused = [("permissions", "OUT_OF_RANGE")];
    for (permission, refusals) in [
        ("project:delete", &refused[..]),
        ("user:invite", &[]),
        // Every team member has it.
        ("task:change_status", &[]),
    ] {
        let input = json!({ "name": permission, "permissions": [permission] });
        let done = app.mutate(&people, "createCustomRole", input).await;
        assert_eq!(done.refusals(), refusals, "{permission}");
    }
    let role = role(&app, &acme, &["project:delete"]).await;
    let with = |more: &str| json!({ "customRoleId": gid(&role), "permissions": ["project:delete", more] });
    let done = app.mutate(&people, "updateCustomRole", with("project:archive")).await;
    assert_eq!(done.refusals(), refused);
    assert!(messages(&done).contains("project:archive"), "{}", messages(&done));
    let done = app.done(&people, "updateCustomRole", with("user:invite")).await;
    assert_eq!(
        done["permissions"],
        json!(["user:invite", "project:delete"]),
        "what was in it already stays"
    );
}

async fn only_who_manages_roles_makes_them(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let role = role(&app, &acme, &[]).await;
    for (of, code) in [
        (Role::Viewer, "FORBIDDEN"),
        (Role::TeamMember, "FORBIDDEN"),
        (Role::ProjectManager, "FORBIDDEN"),
        (Role::HumanResource, ""),
    ] {
        let who = acme.member(&app, of).await;
        let made = json!({ "name": format!("{of:?}"), "permissions": [] });
        assert_eq!(app.mutate(&who, "createCustomRole", made).await.error(), code, "{of:?}");
        let renamed = json!({ "customRoleId": gid(&role), "name": format!("by {of:?}") });
        assert_eq!(
            app.mutate(&who, "updateCustomRole", renamed).await.error(),
            code,
            "{of:?}"
        );
        let gone = json!({ "customRoleId": gid(&role) });
        assert_eq!(app.mutate(&who, "deleteCustomRole", gone).await.error(), code, "{of:?}");
    }
}

async fn one_that_somebody_bears_stays(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let role = role(&app, &acme, &["user:invite"]).await;
    let bearer = bearer(&app, &acme, Role::TeamMember, &role).await;
    let input = json!({ "customRoleId": gid(&role) });
    let done = app.mutate(&acme.admin, "deleteCustomRole", input.clone()).await;
    assert_eq!(done.refusals(), [("customRoleId", "INVALID")]);
    assert!(messages(&done).contains("1 person"), "{}", messages(&done));
    let taken = json!({ "userId": gid(&bearer), "customRoleId": null });
    let taken = app.done(&acme.admin, "setUserRole", taken).await;
    assert_eq!(
        (&taken["role"], &taken["customRole"]),
        (&json!("TEAM_MEMBER"), &Value::Null)
    );
    let done = app.mutate(&acme.admin, "deleteCustomRole", input.clone()).await;
    assert_eq!(done.payload()["deletedId"], gid(&role));
    let again = app.mutate(&acme.admin, "deleteCustomRole", input).await;
    assert_eq!(again.error(), "NOT_FOUND");
}

async fn one_that_is_given_while_it_goes_is_given_or_gone(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    for _ in 0..20 {
        let role = role(&app, &acme, &["user:invite"]).await;
        let user = acme.member(&app, Role::TeamMember).await;
        let given = json!({ "userId": gid(&user), "customRoleId": gid(&role) });
        let gone = json!({ "customRoleId": gid(&role) });
        let (given, gone) = tokio::join!(
            app.mutate(&acme.admin, "setUserRole", given),
            app.mutate(&acme.admin, "deleteCustomRole", gone),
        );
        let is_given = given.payload()["user"]["customRole"]["id"] == gid(&role);
        let is_gone = gone.payload()["deletedId"] == gid(&role);
        assert!(is_given != is_gone, "{given:?} {gone:?}");
        let user = app.app.store.get::<User>(user.id).await.unwrap().unwrap();
        let role = app.app.store.get::<CustomRole>(role.id).await.unwrap();
        assert_eq!((user.custom_role.is_some(), role.is_some()), (is_given, is_given));
    }
}

async fn a_change_of_another_version_is_a_conflict(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let input = json!({ "name": "Auditor", "permissions": ["user:invite"] });
    let role = app.done(&acme.admin, "createCustomRole", input).await;
    let (id, version) = (&role["id"], role["version"].as_i64().unwrap());
    for (mutation, input) in [
        (
            "updateCustomRole",
            json!({ "customRoleId": id, "name": "B", "expectedVersion": version - 1 }),
        ),
        (
            "deleteCustomRole",
            json!({ "customRoleId": id, "expectedVersion": version - 1 }),
        ),
    ] {
        let done = app.mutate(&acme.admin, mutation, input).await;
        assert_eq!(done.refusals(), [("expectedVersion", "CONFLICT")], "{mutation}");
        assert_eq!(done.payload()["customRole"], role, "{mutation}");
    }
    let input = json!({ "customRoleId": id, "permissions": ["user:invite"], "expectedVersion": version });
    let same = app.done(&acme.admin, "updateCustomRole", input).await;
    assert_eq!(same["version"], version, "what changes nothing writes nothing");
}
