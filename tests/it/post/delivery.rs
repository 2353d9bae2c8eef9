//! How mails go out, and that none is lost.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use kanvaro::app::App;
use kanvaro::config::Config;
use kanvaro::model::{Role, Viewer};
use kanvaro::service::{NewOrganization, NewUser, Password};
use serde_json::{Value, json};

use super::office::*;
use crate::support::app::TestApp;
use crate::support::certificates::Certificates;
use crate::support::mutation::{Done, document};
use crate::support::process::{self, Place};
use crate::support::sample;
use crate::support::smtp::{Server, Tls, token};

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

#[tokio::test]
async fn mail_goes_out_over_tls_to_a_server_of_the_named_authority_only() {
    for tls in [Tls::Implicit, Tls::StartTls] {
        let server = Server::over_tls(tls, "DNS:localhost,IP:127.0.0.1");
        let stranger = Certificates::signed_for("DNS:localhost");
        for (authority, sent) in [
            (None, 0),
            (Some(stranger.file("ca.pem")), 0),
            (Some(server.authority()), 1),
        ] {
            let config = Config {
                mail: server.url().as_str().into(),
                mail_ca: authority.clone(),
                ..Config::default()
            };
            let app = TestApp::with(config).await;
            organization(&app, "Acme", EMAIL).await;
            ask(&app, EMAIL).await;
            let posted = app.app.services.send_mail().await.unwrap();
            assert_eq!((posted.sent, posted.delayed), (sent, 1 - sent), "{authority:?}");
        }
        assert_eq!(server.mails(EMAIL).len(), 1);
    }
}

#[tokio::test]
async fn nothing_is_said_to_a_server_that_speaks_no_tls_where_tls_is_wanted() {
    let server = Server::started();
    for url in [
        format!("{}?tls=required", server.url()),
        server.url().replace("smtp:", "smtps:"),
    ] {
        let config = Config {
            mail: url.as_str().into(),
            ..Config::default()
        };
        let app = TestApp::with(config).await;
        organization(&app, "Acme", EMAIL).await;
        ask(&app, EMAIL).await;
        let posted = app.app.services.send_mail().await.unwrap();
        assert_eq!((posted.sent, posted.delayed), (0, 1), "{url}");
    }
    assert!(server.mails(EMAIL).is_empty());
}

#[tokio::test]
async fn operators_see_how_many_mails_wait_and_for_how_long() {
    let mut server = Server::absent();
    let (app, _) = app(&server).await;
    let waits = async || {
        app.app.services.send_mail().await.unwrap();
        let text = app.app.metrics.render();
        let of = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(name));
            line.and_then(|line| line.split(' ').nth(1)?.parse::<u64>().ok())
                .unwrap()
        };
        (of("kanvaro_mail_queue_entries "), of("kanvaro_mail_queue_age_seconds "))
    };
    ask(&app, EMAIL).await;
    app.clock.advance(MINUTE);
    ask(&app, EMAIL).await;
    assert_eq!(waits().await, (2, 60));
    server.start();
    app.clock.advance(MINUTE);
    assert_eq!(waits().await, (0, 0));
}

/// What a running server answers.
async fn posted(server: &process::Server, mutation: &str, input: Value) -> Done {
    let body = json!({ "query": document(mutation), "variables": { "input": input } });
    let request = reqwest::Client::new()
        .post(format!("{}/graphql", server.url))
        .json(&body);
    Done {
        answer: request.send().await.unwrap().json().await.unwrap(),
    }
}

#[tokio::test]
async fn a_killed_process_loses_no_mail_that_it_has_promised() {
    let mut mail = Server::absent();
    let place = Place::new().with("KANVARO_MAIL", &mail.url());
    let mut killed = place.serve();
    let email = killed.told("Sign in as").unwrap().to_owned();
    let done = posted(&killed, "requestPasswordReset", json!({ "email": email })).await;
    assert_eq!(done.payload()["accepted"], true, "{}", done.answer);
    killed.signal("KILL");
    assert_eq!(killed.wait(), None);
    mail.start();
    let server = place.serve();
    let start = Instant::now();
    while mail.mails(&email).is_empty() {
        // As long as a process that died while it sent has the mail for itself, and some.
        assert!(start.elapsed() < 4 * MINUTE, "the mail is lost");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let input = json!({ "token": token(&mail.mails(&email)[0]), "newPassword": NEW });
    let done = posted(&server, "resetPassword", input).await;
    assert_eq!(done.payload()["changed"], true, "{}", done.answer);
    server.stop();
}

#[tokio::test]
async fn an_invitation_and_its_waiting_mail_are_copied_with_a_store_and_resets_are_not() {
    let mut mail = Server::absent();
    let place = Place::new();
    let config = |data: PathBuf| Config {
        data,
        mail: mail.url().as_str().into(),
        ..Config::default()
    };
    let first = App::start(config(place.data())).await.unwrap();
    first.prepare().await.unwrap();
    let made = NewUser {
        first_name: "Ada".into(),
        last_name: "Example".into(),
        email: EMAIL.into(),
        role: Role::Admin,
        password: Password::new(OLD),
    };
    let services = &first.services;
    let (_, ada) = services
        .create_organization_with_admin(NewOrganization::named("Acme"), made)
        .await
        .unwrap();
    let viewer = Viewer::new(&ada, &sample::session(&ada));
    services
        .invite_user(&viewer, "grace@example.org", Role::Tester)
        .await
        .unwrap();
    services.request_password_reset(EMAIL, &"test".into()).await.unwrap();
    first.store.close().await;
    let other = place.directory.path().join("other");
    let copied = place.run(&["copy", "--from", "sqlite:data", "--to", "sqlite:other"]);
    assert_eq!(copied.code, 0, "{}{}", copied.out, copied.err);
    let second = App::start(config(other)).await.unwrap();
    mail.start();
    let posted = second.services.send_mail().await.unwrap();
    assert_eq!((posted.sent, posted.dropped, posted.delayed), (1, 0, 0));
    assert_eq!(mail.mails("grace@example.org").len(), 1);
    second.store.close().await;
}

#[test]
fn the_doctor_says_whether_the_mail_server_answers() {
    let mut server = Server::absent();
    let place = Place::new().with("KANVARO_MAIL", &server.url());
    let doctor = || {
        let ended = place.run(&["doctor"]);
        (ended.code, ended.out)
    };
    let (code, said) = doctor();
    assert!(code == 1 && said.contains("WRONG    mail"), "{said}");
    server.start();
    let (code, said) = doctor();
    assert!(code == 0 && said.contains("answers"), "{said}");
}
