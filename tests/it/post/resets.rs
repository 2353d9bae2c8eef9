//! Forgotten passwords.

use kanvaro::model::{Session, User};
use kanvaro::service::Password;
use serde_json::{Value, json};

use super::office::*;
use crate::support::sample;
use crate::support::smtp::{Server, token};

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
    for bad in no_tokens(&own, &of_invitation) {
        assert_eq!(reset(&app, &bad, NEW).await.refusals(), SPENT, "{bad:?}");
    }
    assert!(app.everything().await == before);
}

#[tokio::test]
async fn a_reset_that_was_asked_for_before_its_person_was_deactivated_is_worth_nothing() {
    let server = Server::started();
    let (app, ada) = app(&server).await;
    ask(&app, EMAIL).await;
    let token = token(&delivered(&app, &server, EMAIL).await[0]);
    let before = app.app.store.get::<User>(ada.id).await.unwrap().unwrap();
    let gone = User {
        is_active: false,
        ..User::clone(&before)
    };
    app.app.store.update(&before, gone).await.unwrap();
    assert_eq!(reset(&app, &token, NEW).await.refusals(), SPENT);
    let now = app.app.store.get::<User>(ada.id).await.unwrap().unwrap();
    assert_eq!(now.password_hash, before.password_hash);
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
