//! How somebody wants things shown: theirs alone, to read and to change.

use kanvaro::model::Role;
use serde_json::json;

use crate::support::app::{TestApp, on_each_store};
use crate::support::mutation::document;
use crate::support::world::{Tenant, gid};

on_each_store!(
    who_has_chosen_nothing_has_what_everybody_has,
    what_is_left_out_stays,
    what_one_chooses_is_nobody_elses,
);

const OWN: &str = "{ viewer { preferences { theme sidebarCollapsed dateFormat timeFormat } } }";

async fn who_has_chosen_nothing_has_what_everybody_has(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let data = app.data(&acme.admin, OWN, json!({})).await;
    let expected = json!({
        "theme": "SYSTEM", "sidebarCollapsed": false, "dateFormat": "MDY_SLASH", "timeFormat": "HOURS_12",
    });
    assert_eq!(data["viewer"]["preferences"], expected);
}

async fn what_is_left_out_stays(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let all = json!({ "theme": "DARK", "sidebarCollapsed": true, "dateFormat": "YMD_DASH", "timeFormat": "HOURS_24" });
    let viewer = app.done(&acme.admin, "updatePreferences", all.clone()).await;
    assert_eq!(viewer["preferences"], all);
    let one = json!({ "theme": "LIGHT" });
    let viewer = app.done(&acme.admin, "updatePreferences", one).await;
    let mut expected = all;
    expected["theme"] = json!("LIGHT");
    assert_eq!(viewer["preferences"], expected);
    assert_eq!(
        app.data(&acme.admin, OWN, json!({})).await["viewer"]["preferences"],
        expected
    );
}

async fn what_one_chooses_is_nobody_elses(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let other = acme.member(&app, Role::Admin).await;
    let before = app.data(&other, OWN, json!({})).await;
    app.done(&acme.admin, "updatePreferences", json!({ "theme": "DARK" }))
        .await;
    assert_eq!(app.data(&other, OWN, json!({})).await, before);
}

#[tokio::test]
async fn of_a_person_nobody_can_even_ask() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    for document in [
        "query($id: ID!) { user(id: $id) { preferences { theme } } }",
        "query($id: ID!) { node(id: $id) { ... on User { preferences { theme } } } }",
    ] {
        let error = app
            .error(&acme.admin, document, json!({ "id": gid(&acme.admin) }))
            .await;
        assert!(error.1.contains("preferences"), "{error:?}");
    }
}

#[tokio::test]
async fn who_is_not_signed_in_has_none() {
    let app = TestApp::new().await;
    assert_eq!(app.data(None, OWN, json!({})).await, json!({ "viewer": null }));
    let input = json!({ "input": { "theme": "DARK" } });
    let error = app.error(None, &document("updatePreferences"), input).await;
    assert_eq!(error.0, "UNAUTHENTICATED");
}

#[tokio::test]
async fn each_change_of_one_operation_answers_what_it_left() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let change = "mutation { a: updatePreferences(input: { theme: DARK }) { viewer { preferences { theme } } }
        b: updatePreferences(input: { theme: LIGHT }) { viewer { preferences { theme } user { version } } }
        c: updatePreferences(input: { theme: null }) { viewer { role } userErrors { field } } }";
    let data = app.data(&acme.admin, change, json!({})).await;
    let theme = |alias: &str| data[alias]["viewer"]["preferences"]["theme"].clone();
    assert_eq!((theme("a"), theme("b")), (json!("DARK"), json!("LIGHT")));
    assert_eq!(data["b"]["viewer"]["user"]["version"], 2);
    assert_eq!(
        data["c"],
        json!({ "viewer": null, "userErrors": [{ "field": "theme" }] })
    );
}
