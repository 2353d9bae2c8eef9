//! A stranger's walk: every mutation, called with the real ids of another organisation, finds nothing and changes
//! nothing. The walk goes by the schema, so a mutation or an id that is new fails here until it has its row.

use async_graphql::parser::parse_schema;
use kanvaro::graphql::schema;
use kanvaro::model::Role;
use serde_json::{Map, Value, json};

use crate::support::app::TestApp;
use crate::support::home::Home;
use crate::support::sdl::fields;
use crate::support::world::gid;

/// Mutations of people and of what they are.
const ABOUT_COLLEAGUES: [&str; 5] = [
    "setUserRole",
    "setUserActive",
    "setUserRates",
    "updateCustomRole",
    "deleteCustomRole",
];

async fn app() -> TestApp {
    TestApp::new().await.bringing_a_picture().await
}

/// Every mutation of the schema with the fields of its input that hold ids.
fn mutations() -> Vec<(String, Vec<String>)> {
    let sdl = parse_schema(schema(true).sdl()).unwrap();
    let mut all = Vec::new();
    for (mutation, input) in fields(&sdl, "Mutation") {
        let mut ids = Vec::new();
        if !input.is_empty() {
            ids = fields(&sdl, &input);
            ids.retain(|(_, of)| of == "ID");
        }
        all.push((mutation, ids.into_iter().map(|(field, _)| field).collect()));
    }
    all
}

fn with(mut input: Map<String, Value>, field: &str, foreign: &Value) -> Value {
    let value = foreign.get(field).unwrap_or_else(|| panic!("no row names {field}"));
    input.insert(field.to_owned(), value.clone());
    input.into()
}

#[tokio::test]
async fn the_ids_of_another_organisation_are_absent_in_every_mutation() {
    let mut walked = 0;
    for (mutation, ids) in mutations() {
        if ids.is_empty() {
            continue;
        }
        let app = app().await;
        let (home, other) = (Home::seed(&app).await, Home::seed(&app).await);
        let row = || panic!("{mutation}: has no row in the stranger's walk");
        let (own, foreign) = (
            home.input(&mutation).unwrap_or_else(row),
            other.input(&mutation).unwrap_or_else(row),
        );
        let own = own.as_object().cloned().unwrap();
        let before = app.everything().await;
        let tries = ids
            .iter()
            .map(|field| with(own.clone(), field, &foreign))
            .chain([foreign.clone()]);
        for input in tries {
            let done = app.mutate(&home.tenant.admin, &mutation, input.clone()).await;
            let refused = done.error() == "NOT_FOUND" || done.refusals().iter().any(|(_, code)| *code == "NOT_FOUND");
            assert!(refused, "{mutation} {input}: {}", done.answer);
            assert!(
                app.everything().await == before,
                "{mutation} {input} has changed something"
            );
            walked += 1;
        }
        let done = app.mutate(&home.tenant.admin, &mutation, own.into()).await;
        assert!(
            done.error().is_empty() && done.refusals().is_empty(),
            "{mutation}: {}",
            done.answer
        );
    }
    assert!(walked >= 18 * 2, "only {walked} calls");
}

#[tokio::test]
async fn nobody_signed_in_changes_nothing() {
    let app = app().await;
    let home = Home::seed(&app).await;
    let before = app.everything().await;
    for (mutation, _) in mutations().iter().filter(|(_, ids)| !ids.is_empty()) {
        let input = json!({ "input": home.input(mutation) });
        let document = crate::support::mutation::document(mutation);
        assert_eq!(
            app.error(None, &document, input).await.0,
            "UNAUTHENTICATED",
            "{mutation}"
        );
    }
    assert!(app.everything().await == before);
}

#[tokio::test]
async fn a_project_that_is_not_seen_is_as_absent_as_a_foreign_one() {
    let app = app().await;
    let home = Home::seed(&app).await;
    let outsider = home.tenant.member(&app, Role::Tester).await;
    let before = app.everything().await;
    for (mutation, ids) in mutations() {
        // Whom and what everybody of the organisation sees is not absent.
        if ids.is_empty() || mutation == "createProject" || ABOUT_COLLEAGUES.contains(&mutation.as_str()) {
            continue;
        }
        let done = app.mutate(&outsider, &mutation, home.input(&mutation).unwrap()).await;
        let refused = match mutation.starts_with("bulk") {
            true => done.refusals() == [("taskIds.0", "NOT_FOUND"), ("taskIds.1", "NOT_FOUND")],
            false => done.error() == "NOT_FOUND",
        };
        assert!(refused, "{mutation}: {}", done.answer);
    }
    assert!(app.everything().await == before);
}

#[tokio::test]
async fn ids_that_are_none_or_of_another_kind_are_named_with_their_field() {
    let app = app().await;
    let home = Home::seed(&app).await;
    let organization = gid(&home.tenant.organization);
    for (mutation, ids) in mutations() {
        for field in ids {
            let own = home.input(&mutation).unwrap();
            let own = own.as_object().cloned().unwrap();
            for bad in ["", "prj_x", "\0", &"x".repeat(1 << 20), &organization] {
                let is_list = own[&field].is_array();
                let bad = if is_list { json!([bad]) } else { json!(bad) };
                let done = app
                    .mutate(
                        &home.tenant.admin,
                        &mutation,
                        with(own.clone(), &field, &json!({ &field: bad })),
                    )
                    .await;
                assert_eq!(done.error(), "BAD_USER_INPUT", "{mutation}.{field}");
                let message = done.answer["errors"][0]["message"].as_str().unwrap();
                assert!(
                    message.starts_with(&field) && message.len() < 300,
                    "{mutation}.{field}: {message}"
                );
            }
        }
    }
}
