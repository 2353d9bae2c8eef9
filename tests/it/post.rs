//! What goes out by mail, through a real mail server: passwords that were forgotten and invitations. Each is good once and for
//! a while; a server that is away delays it.

use std::sync::Arc;
use std::time::Duration;

use kanvaro::config::Config;
use kanvaro::model::{Role, Session, User};
use kanvaro::service::{NewOrganization, NewUser, Password};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::mutation::{Done, document};
use crate::support::sample;
use crate::support::smtp::{Server, token};
use crate::support::world::gid;

const EMAIL: &str = "ada@example.org";
const OLD: &str = "correct horse";
const NEW: &str = "battery staple";
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

/// An API that sends by this server, and its first admin.
async fn app(server: &Server) -> (TestApp, Arc<User>) {
    let config = Config {
        mail: server.url().as_str().into(),
        app_url: Some("https://app.example.org/".into()),
        ..Config::default()
    };
    let app = TestApp::with(config).await;
    let admin = organization(&app, "Acme", EMAIL).await;
    (app, admin)
}

async fn organization(app: &TestApp, name: &str, email: &str) -> Arc<User> {
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
async fn anonymous(app: &TestApp, mutation: &str, input: Value) -> Done {
    let answer = app.query(None, &document(mutation), json!({ "input": input })).await;
    Done { answer }
}

async fn ask(app: &TestApp, email: &str) -> Value {
    anonymous(app, "requestPasswordReset", json!({ "email": email }))
        .await
        .answer
}

/// The mails for this address, once all that are due were tried.
async fn delivered(app: &TestApp, server: &Server, email: &str) -> Vec<String> {
    app.app.services.send_mail().await.unwrap();
    server.mails(email)
}

async fn reset(app: &TestApp, token: &str, password: &str) -> Done {
    anonymous(app, "resetPassword", json!({ "token": token, "newPassword": password })).await
}

async fn signs_in(app: &TestApp, email: &str, password: &str) -> bool {
    let login = app.app.services.login(email, &Password::new(password), "test").await;
    login.is_ok()
}

const SPENT: [(&str, &str); 1] = [("token", "INVALID")];

#[tokio::test]
async fn a_forgotten_password_is_chosen_anew_once_and_ends_all_sessions() {
    let server = Server::started();
    let (app, ada) = app(&server).await;
    let (_, _, session) = app
        .app
        .services
        .login(EMAIL, &Password::new(OLD), "test")
        .await
        .unwrap();
    ask(&app, " ADA@Example.org ").await;
    let mails = delivered(&app, &server, EMAIL).await;
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    let token = token(mail);
    assert!(mail.contains("https://app.example.org/reset-password?token"), "{mail}");
    assert!(
        !app.everything()
            .await
            .iter()
            .any(|text| text.contains(&token) || text.contains(&token[16..]))
    );

    let short = reset(&app, &token, "short").await;
    assert_eq!(
        short.refusals(),
        [("newPassword", "OUT_OF_RANGE")],
        "and it is not spent"
    );
    let done = reset(&app, &token, NEW).await;
    assert_eq!(done.payload()["changed"], true, "{}", done.answer);
    assert!(app.app.store.get::<Session>(session.id).await.unwrap().is_none());
    assert!(signs_in(&app, EMAIL, NEW).await && !signs_in(&app, EMAIL, OLD).await);
    assert_eq!(reset(&app, &token, "another one").await.refusals(), SPENT);
    assert_eq!(app.app.store.get::<User>(ada.id).await.unwrap().unwrap().version, 2);
}

#[tokio::test]
async fn whoever_asks_is_answered_alike_and_only_who_may_sign_in_gets_a_mail() {
    let server = Server::started();
    let (app, ada) = app(&server).await;
    let gone = User {
        is_active: false,
        email: "gone@example.org".into(),
        ..sample::user(ada.organization)
    };
    app.seed([gone]).await;
    let writes = || app.app.metrics.store_calls("write", "all");
    let mut told = Vec::new();
    for email in [EMAIL, "gone@example.org", "nobody@example.org"] {
        let (before, works) = (writes(), app.app.metrics.password_works());
        told.push((ask(&app, email).await, writes() - before));
        assert_eq!(app.app.metrics.password_works(), works);
    }
    assert!(told.iter().all(|answer| *answer == told[0]), "{told:?}");
    assert_eq!(told[0].0["data"]["done"]["accepted"], true);
    let posted = app.app.services.send_mail().await.unwrap();
    assert_eq!((posted.sent, posted.dropped, posted.delayed), (1, 2, 0));
    assert_eq!(server.mails(EMAIL).len(), 1);
    assert!(server.mails("gone@example.org").is_empty() && server.mails("nobody@example.org").is_empty());
}

#[tokio::test]
async fn a_request_is_good_for_half_an_hour_and_ends_with_any_other() {
    let server = Server::started();
    let (app, _) = app(&server).await;
    ask(&app, EMAIL).await;
    ask(&app, EMAIL).await;
    let tokens: Vec<String> = delivered(&app, &server, EMAIL)
        .await
        .iter()
        .map(|mail| token(mail))
        .collect();
    assert_eq!(tokens.len(), 2);
    app.clock.advance(29 * MINUTE);
    assert_eq!(reset(&app, &tokens[0], NEW).await.payload()["changed"], true);
    assert_eq!(reset(&app, &tokens[1], OLD).await.refusals(), SPENT);
    ask(&app, EMAIL).await;
    let mails = delivered(&app, &server, EMAIL).await;
    app.clock.advance(30 * MINUTE);
    assert_eq!(reset(&app, &token(mails.last().unwrap()), OLD).await.refusals(), SPENT);
    assert!(signs_in(&app, EMAIL, NEW).await);
}

#[tokio::test]
async fn what_is_no_token_of_a_reset_changes_nothing() {
    let server = Server::started();
    let (app, ada) = app(&server).await;
    ask(&app, EMAIL).await;
    let invited = json!({ "email": "grace@example.org", "role": "TESTER" });
    app.done(&ada, "inviteUser", invited).await;
    let own = token(&delivered(&app, &server, EMAIL).await[0]);
    let of_invitation = token(&server.mails("grace@example.org")[0]);
    let before = app.everything().await;
    let altered = format!("{}{}", &own[..58], if own.ends_with('A') { 'E' } else { 'A' });
    for bad in [
        "",
        "x",
        &own[1..],
        &altered,
        &of_invitation,
        &"é".repeat(59),
        &"x".repeat(1 << 16),
    ] {
        assert_eq!(reset(&app, bad, NEW).await.refusals(), SPENT, "{bad:?}");
    }
    assert!(app.everything().await == before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_use_a_token_at_once_one_gets_through() {
    let server = Server::started();
    let (app, _) = app(&server).await;
    ask(&app, EMAIL).await;
    let token = token(&delivered(&app, &server, EMAIL).await[0]);
    let passwords: Vec<String> = (0..8).map(|turn| format!("battery staple {turn}")).collect();
    let tries = passwords.iter().map(|password| reset(&app, &token, password));
    let done = futures_util::future::join_all(tries).await;
    let changed: Vec<bool> = done.iter().map(|done| done.payload()["changed"] == true).collect();
    assert_eq!(changed.iter().filter(|changed| **changed).count(), 1, "{done:?}");
    let won = changed.iter().position(|changed| *changed).unwrap();
    assert!(signs_in(&app, EMAIL, &passwords[won]).await);
}

#[tokio::test]
async fn a_mail_server_that_is_away_delays_the_mail_and_fails_nobody() {
    let mut server = Server::absent();
    let (app, _) = app(&server).await;
    assert_eq!(ask(&app, EMAIL).await["data"]["done"]["accepted"], true);
    for wait in [0, 5, 10, 20, 40] {
        app.clock.advance(Duration::from_secs(wait));
        let posted = app.app.services.send_mail().await.unwrap();
        assert_eq!((posted.sent, posted.delayed), (0, 1), "after {wait} s more");
        let again = app.app.services.send_mail().await.unwrap();
        assert_eq!(again, Default::default(), "it is not tried before its pause is over");
    }
    server.start();
    app.clock.advance(Duration::from_secs(80));
    let mails = delivered(&app, &server, EMAIL).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(reset(&app, &token(&mails[0]), NEW).await.payload()["changed"], true);
    assert_eq!(
        app.app.services.send_mail().await.unwrap(),
        Default::default(),
        "nothing is left"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_several_who_send_each_mail_is_sent_by_one() {
    let server = Server::started();
    let (app, ada) = app(&server).await;
    for turn in 0..12 {
        let invited = json!({ "email": format!("p{turn}@example.org"), "role": "TESTER" });
        app.done(&ada, "inviteUser", invited).await;
    }
    let services = &app.app.services;
    let posted = tokio::join!(services.send_mail(), services.send_mail(), services.send_mail());
    let sent = posted.0.unwrap().sent + posted.1.unwrap().sent + posted.2.unwrap().sent;
    assert_eq!(sent, 12);
    for turn in 0..12 {
        assert_eq!(server.mails(&format!("p{turn}@example.org")).len(), 1);
    }
}

#[tokio::test]
async fn who_asks_too_often_has_to_wait_whether_or_not_anybody_has_the_address() {
    let server = Server::absent();
    let (app, _) = app(&server).await;
    for email in [EMAIL, "nobody@example.org"] {
        let codes: Vec<Value> = {
            let mut codes = Vec::new();
            for _ in 0..5 {
                codes.push(ask(&app, email).await["errors"][0]["extensions"]["retryAfter"].clone());
            }
            codes
        };
        assert_eq!(codes, [json!(null), json!(null), json!(null), json!(60), json!(60)]);
    }
}

async fn accept(app: &TestApp, token: &str) -> Done {
    let input = json!({ "token": token, "firstName": "Grace", "lastName": "Hopper", "password": NEW });
    anonymous(app, "acceptInvitation", input).await
}

#[tokio::test]
async fn who_was_asked_joins_once_as_what_they_were_asked() {
    let server = Server::started();
    let (app, ada) = app(&server).await;
    let email = "grace+work@exämple.org";
    let invited = json!({ "email": "Grace+Work@EXÄMPLE.org", "role": "PROJECT_MANAGER" });
    let invitation = app.done(&ada, "inviteUser", invited.clone()).await;
    assert_eq!(
        (&invitation["email"], &invitation["role"]),
        (&json!(email), &json!("PROJECT_MANAGER"))
    );
    app.app.services.send_mail().await.unwrap();
    // The server writes the address as it was told.
    let first = server
        .mails("grace+work@xn--exmple-cua.org")
        .into_iter()
        .chain(server.mails(email))
        .next()
        .unwrap();
    app.clock.advance(6 * DAY);
    let done = accept(&app, &token(&first)).await;
    assert_eq!(done.payload()["user"]["firstName"], "Grace", "{}", done.answer);
    assert!(done.payload()["token"].is_string());
    assert!(signs_in(&app, email, NEW).await);
    assert_eq!(accept(&app, &token(&first)).await.refusals(), SPENT);
    let again = app.mutate(&ada, "inviteUser", invited).await;
    assert_eq!(again.refusals(), [("email", "TAKEN")]);
}

#[tokio::test]
async fn an_invitation_ends_by_a_week_by_being_cancelled_and_by_another() {
    let server = Server::started();
    let (app, ada) = app(&server).await;
    let email = "grace@example.org";
    let invite = async || {
        let invited = json!({ "email": email, "role": "TESTER" });
        let invitation = app.done(&ada, "inviteUser", invited).await;
        let mails = delivered(&app, &server, email).await;
        (
            invitation["id"].as_str().unwrap().to_owned(),
            token(mails.last().unwrap()),
        )
    };
    let (_, first) = invite().await;
    let (second, of_second) = invite().await;
    assert_eq!(accept(&app, &first).await.refusals(), SPENT);
    let cancelled = app
        .mutate(&ada, "cancelInvitation", json!({ "invitationId": second }))
        .await;
    assert_eq!(cancelled.payload()["deletedId"], second, "{}", cancelled.answer);
    assert_eq!(accept(&app, &of_second).await.refusals(), SPENT);
    let (_, third) = invite().await;
    app.clock.advance(7 * DAY);
    assert_eq!(accept(&app, &third).await.refusals(), SPENT);
}

#[tokio::test]
async fn nobody_is_asked_to_be_more_than_who_asks_nor_by_who_may_not() {
    let server = Server::absent();
    let (app, ada) = app(&server).await;
    let person = |role| User {
        role,
        ..sample::user(ada.organization)
    };
    let (manager, member) = (person(Role::ProjectManager), person(Role::TeamMember));
    app.seed([manager.clone(), member.clone()]).await;
    let before = app.everything().await;
    for role in ["ADMIN", "HUMAN_RESOURCE"] {
        let done = app
            .mutate(
                &manager,
                "inviteUser",
                json!({ "email": "x@example.org", "role": role }),
            )
            .await;
        assert_eq!(done.refusals(), [("role", "OUT_OF_RANGE")], "{role}");
    }
    let done = app
        .mutate(
            &member,
            "inviteUser",
            json!({ "email": "x@example.org", "role": "VIEWER" }),
        )
        .await;
    assert_eq!(done.error(), "FORBIDDEN");
    let oneself = json!({ "email": manager.email.to_uppercase(), "role": "TESTER" });
    assert_eq!(
        app.mutate(&manager, "inviteUser", oneself).await.refusals(),
        [("email", "TAKEN")]
    );
    for bad in ["", "x", "a b@example.org", "a@b@c"] {
        let done = app
            .mutate(&manager, "inviteUser", json!({ "email": bad, "role": "TESTER" }))
            .await;
        assert_eq!(done.refusals()[0].0, "email", "{bad}");
    }
    assert!(app.everything().await == before);
    app.done(
        &manager,
        "inviteUser",
        json!({ "email": "x@example.org", "role": "PROJECT_MANAGER" }),
    )
    .await;
}

#[tokio::test]
async fn who_asks_does_not_learn_of_accounts_elsewhere() {
    let server = Server::started();
    let (app, ada) = app(&server).await;
    let there = "edsger@other.example";
    organization(&app, "Other", there).await;
    let mut told = Vec::new();
    for email in [there, "nobody@other.example"] {
        let done = app
            .mutate(&ada, "inviteUser", json!({ "email": email, "role": "TESTER" }))
            .await;
        assert_eq!((done.error(), done.refusals().len()), ("", 0), "{}", done.answer);
        told.push(done.payload()["invitation"]["role"].clone());
    }
    assert_eq!(told[0], told[1]);
    let mails = delivered(&app, &server, there).await;
    let done = accept(&app, &token(&mails[0])).await;
    assert_eq!(
        done.refusals(),
        [("token", "TAKEN")],
        "who has the mail has the address"
    );
    assert!(signs_in(&app, there, OLD).await);
}

#[tokio::test]
async fn an_invitation_is_worth_no_more_than_who_sent_it_still_may() {
    let server = Server::started();
    let (app, ada) = app(&server).await;
    let manager = User {
        role: Role::ProjectManager,
        ..sample::user(ada.organization)
    };
    app.seed([manager.clone()]).await;
    app.done(
        &manager,
        "inviteUser",
        json!({ "email": "x@example.org", "role": "PROJECT_MANAGER" }),
    )
    .await;
    let token = token(&delivered(&app, &server, "x@example.org").await[0]);
    let before = app.app.store.get::<User>(manager.id).await.unwrap().unwrap();
    let demoted = User {
        role: Role::TeamMember,
        ..User::clone(&before)
    };
    app.app.store.update(&before, demoted).await.unwrap();
    assert_eq!(accept(&app, &token).await.refusals(), SPENT);
}

#[tokio::test]
async fn who_may_invite_sees_who_was_asked_and_nobody_else_does() {
    let server = Server::absent();
    let (app, ada) = app(&server).await;
    let invitation = app
        .done(
            &ada,
            "inviteUser",
            json!({ "email": "x@example.org", "role": "TESTER" }),
        )
        .await;
    let list = "{ invitations { nodes { id email role invitedBy { id } expiresAt } } }";
    let seen = app.data(&*ada, list, json!({})).await;
    let node = &seen["invitations"]["nodes"][0];
    assert_eq!(
        (&node["id"], &node["invitedBy"]["id"]),
        (&invitation["id"], &json!(gid(&*ada)))
    );
    let stranger = organization(&app, "Other", "edsger@other.example").await;
    let member = sample::user(ada.organization);
    app.seed([member.clone()]).await;
    for other in [&*stranger, &member] {
        let answer = app.query(other, list, json!({})).await;
        assert!(!answer.to_string().contains("x@example.org"), "{answer}");
        let cancelled = app
            .mutate(other, "cancelInvitation", json!({ "invitationId": invitation["id"] }))
            .await;
        assert_eq!(cancelled.error(), "NOT_FOUND");
    }
}

#[tokio::test]
async fn without_a_mail_server_production_prints_nothing_and_keeps_the_mail() {
    let config = Config {
        env: kanvaro::config::Environment::Production,
        ..Config::default()
    };
    let app = TestApp::with(config).await;
    organization(&app, "Acme", EMAIL).await;
    ask(&app, EMAIL).await;
    let posted = app.app.services.send_mail().await.unwrap();
    assert_eq!((posted.sent, posted.delayed), (0, 1));
}
