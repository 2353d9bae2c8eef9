//! An API that sends mail, and what is done there by who isn't signed in.

use std::sync::Arc;
use std::time::Duration;

use kanvaro::config::Config;
use kanvaro::model::{Role, User};
use kanvaro::service::{NewOrganization, NewUser, Password};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::mutation::{Done, document};
use crate::support::smtp::Server;

pub const EMAIL: &str = "ada@example.org";
pub const OLD: &str = "correct horse";
pub const NEW: &str = "battery staple";
pub const MINUTE: Duration = Duration::from_secs(60);
pub const DAY: Duration = Duration::from_secs(86_400);

/// An API that sends by this server, and its first admin.
pub async fn app(server: &Server) -> (TestApp, Arc<User>) {
    let config = Config {
        mail: server.url().as_str().into(),
        app_url: Some("https://app.example.org/".into()),
        ..Config::default()
    };
    let app = TestApp::with(config).await;
    let admin = organization(&app, "Acme", EMAIL).await;
    (app, admin)
}

/// An organisation with an admin who signs in with `OLD`.
pub async fn organization(app: &TestApp, name: &str, email: &str) -> Arc<User> {
    let admin = NewUser {
        first_name: "Ada".into(),
        last_name: "Example".into(),
        email: email.into(),
        role: Role::Admin,
        password: Password::new(OLD),
    };
    let services = &app.app.services;
    let made = services.create_organization_with_admin(NewOrganization::named(name), admin);
    made.await.unwrap().1
}

/// Does this as nobody.
pub async fn anonymous(app: &TestApp, mutation: &str, input: Value) -> Done {
    let answer = app.query(None, &document(mutation), json!({ "input": input })).await;
    Done { answer }
}

/// Asks for a new password.
pub async fn ask(app: &TestApp, email: &str) -> Value {
    anonymous(app, "requestPasswordReset", json!({ "email": email }))
        .await
        .answer
}

/// The mails for this address, once all that are due were tried.
pub async fn delivered(app: &TestApp, server: &Server, email: &str) -> Vec<String> {
    app.app.services.send_mail().await.unwrap();
    server.mails(email)
}

/// Chooses a new password.
pub async fn reset(app: &TestApp, token: &str, password: &str) -> Done {
    anonymous(app, "resetPassword", json!({ "token": token, "newPassword": password })).await
}

/// Whether they get in.
pub async fn signs_in(app: &TestApp, email: &str, password: &str) -> bool {
    let login = app.app.services.login(email, &Password::new(password), "test").await;
    login.is_ok()
}

/// The refusal of a token that is no good.
pub const SPENT: [(&str, &str); 1] = [("token", "INVALID")];

/// Joins as Grace.
pub async fn accept(app: &TestApp, token: &str) -> Done {
    let input = json!({ "token": token, "firstName": "Grace", "lastName": "Hopper", "password": NEW });
    anonymous(app, "acceptInvitation", input).await
}

/// What is no token where this one is: nothing, pieces of it, it with its last letter changed, one that is for something
/// else, what no token looks like.
pub fn no_tokens(own: &str, of_another: &str) -> [String; 7] {
    let altered = format!("{}{}", &own[..58], if own.ends_with('A') { 'E' } else { 'A' });
    [
        String::new(),
        "x".into(),
        own[1..].into(),
        altered,
        of_another.into(),
        "é".repeat(59),
        "x".repeat(1 << 16),
    ]
}
