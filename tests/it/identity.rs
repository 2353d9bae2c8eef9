//! Signing in and out, sessions, passwords.

use std::sync::Arc;
use std::time::Duration;

use kanvaro::graphql::Reply;
use kanvaro::model::{Session, Timestamp, User, Viewer};
use kanvaro::service::{NewOrganization, NewUser, Password, ServiceError, Token};
use serde_json::{Value, json};

use crate::support::app::{TestApp, json as answered, on_each_store};
use crate::support::mutation::document;
use crate::support::sample::NOON;
use crate::support::world::gid;

on_each_store!(
    no_sign_in_with_the_old_password_survives_a_change_of_it,
    a_new_password_ends_the_other_sessions_and_the_old_password,
);

const EMAIL: &str = "grace@acme.test";
const PASSWORD: &str = "correct horse";

fn person(email: &str) -> NewUser {
    NewUser {
        first_name: "Grace".into(),
        last_name: "Hopper".into(),
        email: email.into(),
        role: kanvaro::model::Role::TeamMember,
        password: Password::new(PASSWORD),
    }
}

/// An API with one organisation whose admin can sign in.
async fn app() -> (TestApp, Arc<User>) {
    let app = TestApp::new().await;
    let grace = settle(&app).await;
    (app, grace)
}

/// Makes that organisation.
async fn settle(app: &TestApp) -> Arc<User> {
    let made = app
        .app
        .services
        .create_organization_with_admin(NewOrganization::named("Acme"), person(EMAIL))
        .await;
    made.unwrap().1
}

async fn execute(app: &TestApp, viewer: Option<Viewer>, document: &str, variables: Value) -> Reply {
    let scope = app.app.scope(viewer, app.app.loaders(), "Test/1.0\0".into());
    app.execute(scope, document, variables).await
}

async fn login(app: &TestApp, email: &str, password: &str) -> (Value, Reply) {
    let input = json!({ "input": { "email": email, "password": password } });
    let response = execute(app, None, &document("login"), input).await;
    (answered(&response), response)
}

/// The token of a sign-in that must succeed.
async fn token(app: &TestApp) -> String {
    let (answer, _) = login(app, EMAIL, PASSWORD).await;
    answer["data"]["done"]["token"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"))
        .to_owned()
}

/// Who a token lets in, as the server would find out.
async fn admitted(app: &TestApp, token: &str) -> Option<Viewer> {
    let token = Token::parse(token)?;
    let session = app.app.store.get::<Session>(token.session).await.unwrap()?;
    let user = app.app.store.get::<User>(token.user).await.unwrap()?;
    token
        .admits(&session, &user, app.clock.now())
        .then(|| Viewer::new(&user, &session))
}

#[tokio::test]
async fn a_sign_in_gives_a_token_and_a_cookie_that_scripts_do_not_see() {
    let (app, grace) = app().await;
    let (answer, response) = login(&app, "  GRACE@acme.TEST ", PASSWORD).await;
    assert_eq!(answer["data"]["done"]["user"]["id"], gid(&*grace), "{answer}");
    let token = answer["data"]["done"]["token"].as_str().unwrap();
    let cookie = response.headers.get("set-cookie").unwrap().to_str().unwrap();
    let expected = format!("kanvaro_session={token}; HttpOnly; SameSite=Lax; Path=/; Max-Age=2592000");
    assert_eq!(cookie, expected);
    assert_eq!(admitted(&app, token).await.unwrap().user(), grace.id);
}

#[tokio::test]
async fn the_token_itself_is_nowhere_in_the_store() {
    let (app, _) = app().await;
    let token = token(&app).await;
    let session = Token::parse(&token).unwrap().session;
    let stored = app.app.store.get::<Session>(session).await.unwrap().unwrap();
    assert_eq!(stored.token_hash.len(), 64);
    assert_eq!(stored.user_agent, "Test/1.0");
    assert!(
        !app.everything()
            .await
            .iter()
            .any(|text| text.contains(&token) || text.contains(PASSWORD))
    );
}

#[tokio::test]
async fn whatever_is_wrong_with_a_sign_in_the_answer_is_the_same() {
    let (app, _) = app().await;
    let gone = app
        .app
        .services
        .create_user(app_organization(&app).await, &person("gone@acme.test"))
        .await
        .unwrap();
    let inactive = User {
        is_active: false,
        ..User::clone(&gone)
    };
    app.app.store.update(&gone, inactive).await.unwrap();
    let before = app.everything().await;
    let mut answers = Vec::new();
    let tries = [
        (EMAIL, "wrong password"),
        ("nobody@acme.test", PASSWORD),
        ("gone@acme.test", PASSWORD),
        ("no address", "x"),
    ];
    for (email, password) in tries {
        let (mut answer, response) = login(&app, email, password).await;
        assert!(response.headers.get("set-cookie").is_none());
        answers.push(answer["errors"][0].take());
    }
    assert_eq!(answers[0]["extensions"]["code"], "UNAUTHENTICATED", "{}", answers[0]);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert!(app.everything().await == before, "a failed sign-in leaves no trace");
}

async fn app_organization(app: &TestApp) -> kanvaro::model::Id {
    let everything = kanvaro::model::Filter::everything();
    let ids = app
        .app
        .store
        .ids(kanvaro::model::Kind::Organization, &everything, 1)
        .await;
    ids.unwrap()[0]
}

#[tokio::test]
async fn an_unknown_account_costs_as_much_as_a_wrong_password() {
    let (app, _) = app().await;
    let works = || app.app.metrics.password_works();
    let before = works();
    login(&app, EMAIL, "wrong password").await;
    let known = works() - before;
    login(&app, "nobody@acme.test", "wrong password").await;
    assert_eq!((known, works() - before - known), (1, 1));
}

#[tokio::test]
async fn blank_and_overlong_sign_ins_are_told_so() {
    let (app, _) = app().await;
    let (answer, _) = login(&app, " ", "").await;
    let fields: Vec<&Value> = answer["data"]["done"]["userErrors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["field"])
        .collect();
    assert_eq!(fields, ["email", "password"]);
    let (answer, _) = login(&app, EMAIL, &"x".repeat(1 << 20)).await;
    assert_eq!(answer["data"]["done"]["userErrors"][0]["code"], "TOO_LONG");
}

#[tokio::test]
async fn signing_out_ends_the_session_and_clears_the_cookie() {
    let (app, _) = app().await;
    let (token, other) = (token(&app).await, token(&app).await);
    let viewer = admitted(&app, &token).await;
    let response = execute(&app, viewer, "mutation { logout { signedOut } }", json!({})).await;
    assert_eq!(answered(&response)["data"]["logout"]["signedOut"], true);
    let cookie = response.headers.get("set-cookie").unwrap().to_str().unwrap();
    assert_eq!(cookie, "kanvaro_session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0");
    assert!(admitted(&app, &token).await.is_none());
    assert!(
        admitted(&app, &other).await.is_some(),
        "the other device stays signed in"
    );
}

#[tokio::test]
async fn a_session_ends_unless_it_is_used() {
    let (app, _) = app().await;
    let (used, unused) = (token(&app).await, token(&app).await);
    let day = Duration::from_secs(86_400);
    for _ in 0..3 {
        app.clock.advance(20 * day);
        assert_eq!(
            admitted(&app, &unused).await.is_some(),
            app.clock.now() < crate::support::sample::NOON.plus(30 * day)
        );
        let session = Token::parse(&used).unwrap().session;
        let session = app.app.store.get::<Session>(session).await.unwrap().unwrap();
        assert!(admitted(&app, &used).await.is_some());
        assert!(app.app.services.renew(&session).await.unwrap());
    }
    assert!(admitted(&app, &unused).await.is_none());
}

#[tokio::test]
async fn use_is_noted_every_five_minutes_at_most_and_never_against_a_newer_write() {
    let (app, _) = app().await;
    let session = Token::parse(&token(&app).await).unwrap().session;
    let session = app.app.store.get::<Session>(session).await.unwrap().unwrap();
    app.clock.advance(Duration::from_secs(299));
    assert!(!app.app.services.renew(&session).await.unwrap());
    app.clock.advance(Duration::from_secs(1));
    assert!(app.app.services.renew(&session).await.unwrap());
    assert!(
        !app.app.services.renew(&session).await.unwrap(),
        "the image is old, the store knows better"
    );
}

#[tokio::test]
async fn the_last_sign_in_is_noted_every_five_minutes_at_most() {
    let (app, grace) = app().await;
    for (wait, noted) in [(0, 0), (60, 0), (300, 360)] {
        app.clock.advance(Duration::from_secs(wait));
        token(&app).await;
        let user = app.app.store.get::<User>(grace.id).await.unwrap().unwrap();
        let seconds = |at: Timestamp| (at.millis() - NOON.millis()) / 1_000;
        assert_eq!(user.last_login_at.map(seconds), Some(noted), "after {wait} s");
        assert_eq!(user.version, 1, "a quiet field makes no version");
    }
}

async fn a_new_password_ends_the_other_sessions_and_the_old_password(app: TestApp) {
    settle(&app).await;
    let (this, other, third) = (token(&app).await, token(&app).await, token(&app).await);
    let viewer = admitted(&app, &this).await;
    let document = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { endedSessions userErrors { field } } }";
    let input = json!({ "input": { "currentPassword": PASSWORD, "newPassword": "battery staple" } });
    let response = execute(&app, viewer, document, input).await;
    let answer = answered(&response);
    assert_eq!(
        answer["data"]["changePassword"],
        json!({ "endedSessions": 2, "userErrors": [] }),
        "{answer}"
    );
    assert!(admitted(&app, &this).await.is_some());
    assert!(admitted(&app, &other).await.is_none() && admitted(&app, &third).await.is_none());
    assert!(login(&app, EMAIL, PASSWORD).await.0["errors"].is_array());
    assert!(login(&app, EMAIL, "battery staple").await.0["data"]["done"]["token"].is_string());
}

#[tokio::test]
async fn bad_new_passwords_are_refused_with_all_that_is_wrong() {
    let (app, _) = app().await;
    let viewer = admitted(&app, &token(&app).await).await;
    let before = app.everything().await;
    let long = "x".repeat(201);
    let cases = [
        (
            "wrong",
            "short",
            vec![("newPassword", "OUT_OF_RANGE"), ("currentPassword", "INVALID")],
        ),
        (PASSWORD, PASSWORD, vec![("newPassword", "INVALID")]),
        (PASSWORD, &long, vec![("newPassword", "TOO_LONG")]),
        (PASSWORD, "nul\0nul\0nul", vec![("newPassword", "INVALID")]),
        ("wrong", "long enough", vec![("currentPassword", "INVALID")]),
    ];
    for (current, new, expected) in cases {
        let input = json!({ "input": { "currentPassword": current, "newPassword": new } });
        let response = execute(&app, viewer.clone(), &document("changePassword"), input).await;
        let done = crate::support::mutation::Done {
            answer: answered(&response),
        };
        assert_eq!(done.refusals(), expected);
    }
    assert!(app.everything().await == before);
}

async fn no_sign_in_with_the_old_password_survives_a_change_of_it(app: TestApp) {
    settle(&app).await;
    let viewer = admitted(&app, &token(&app).await).await.unwrap();
    let (current, new) = (Password::new(PASSWORD), Password::new("battery staple"));
    let change = app.app.services.change_password(&viewer, &current, &new);
    // One after the other, so that some read the old hash before the change and verify against it after.
    let try_at = async |turn: u64| {
        tokio::time::sleep(Duration::from_millis(turn * 4)).await;
        // So that none is kept out for the many that are tried at once.
        app.clock.advance(Duration::from_secs(1_200));
        login(&app, EMAIL, PASSWORD).await
    };
    let tries = futures_util::future::join_all((0..40).map(try_at));
    let (changed, tries) = tokio::join!(change, tries);
    changed.unwrap();
    for (answer, _) in tries {
        if let Some(token) = answer["data"]["done"]["token"].as_str() {
            assert!(admitted(&app, token).await.is_none());
        }
    }
}

#[tokio::test]
async fn the_operators_set_a_password_and_end_all_sessions() {
    let (app, _) = app().await;
    let token = token(&app).await;
    let services = &app.app.services;
    services
        .set_password(" Grace@Acme.test", &Password::new("battery staple"))
        .await
        .unwrap();
    assert!(admitted(&app, &token).await.is_none());
    assert!(login(&app, EMAIL, "battery staple").await.0["data"]["done"]["token"].is_string());
    let unknown = services
        .set_password("nobody@acme.test", &Password::new("battery staple"))
        .await;
    assert!(matches!(unknown, Err(ServiceError::NotFound(_))));
}

#[tokio::test]
async fn an_address_is_taken_once_whatever_its_case() {
    let (app, grace) = app().await;
    assert!(!app.app.services.is_empty().await.unwrap());
    let again = app
        .app
        .services
        .create_user(grace.organization, &person("GRACE@ACME.TEST"))
        .await;
    let Err(ServiceError::Invalid(errors)) = again else {
        panic!("{again:?}");
    };
    assert_eq!((errors[0].field.as_str(), errors.len()), ("email", 1));
}

#[tokio::test]
async fn the_first_organisation_is_made_whole_or_not_at_all() {
    let app = TestApp::new().await;
    let services = &app.app.services;
    assert!(services.is_empty().await.unwrap());
    let bad = NewUser {
        password: Password::new("short"),
        ..person("no address")
    };
    let refused = services
        .create_organization_with_admin(NewOrganization::named(" "), bad)
        .await;
    let Err(ServiceError::Invalid(errors)) = refused else {
        panic!("{refused:?}");
    };
    let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["organization", "email", "password"]);
    assert!(services.is_empty().await.unwrap());
}
