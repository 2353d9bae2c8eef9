//! Asking people to join, and joining.

use kanvaro::model::{CustomRole, Role, User};
use serde_json::json;

use super::office::*;
use crate::support::sample;
use crate::support::smtp::{Server, token};
use crate::support::world::gid;

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
async fn what_is_no_token_of_an_invitation_makes_nobody() {
    let server = Server::started();
    let (app, ada) = app(&server).await;
    let invited = json!({ "email": "grace@example.org", "role": "TESTER" });
    app.done(&ada, "inviteUser", invited).await;
    ask(&app, EMAIL).await;
    let of_reset = token(&delivered(&app, &server, EMAIL).await[0]);
    let own = token(&server.mails("grace@example.org")[0]);
    let before = app.everything().await;
    for bad in no_tokens(&own, &of_reset) {
        assert_eq!(accept(&app, &bad).await.refusals(), SPENT, "{bad:?}");
    }
    assert!(app.everything().await == before);
    assert!(accept(&app, &own).await.payload()["token"].is_string());
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
async fn what_a_custom_role_gives_counts_until_it_is_taken_off() {
    let server = Server::started();
    let (app, ada) = app(&server).await;
    let role = CustomRole {
        permissions: vec!["user:invite".into()],
        ..sample::custom_role(ada.organization)
    };
    let member = User {
        custom_role: Some(role.id),
        ..sample::user(ada.organization)
    };
    app.seed([role]).await;
    app.seed([member.clone()]).await;
    let invite = async |email: &str| {
        app.done(&member, "inviteUser", json!({ "email": email, "role": "TEAM_MEMBER" }))
            .await;
        token(&delivered(&app, &server, email).await[0])
    };
    let (first, second) = (invite("x@example.org").await, invite("y@example.org").await);
    assert!(accept(&app, &first).await.payload()["token"].is_string());
    let plain = json!({ "userId": gid(&member), "customRoleId": null });
    app.done(&ada, "setUserRole", plain).await;
    assert_eq!(accept(&app, &second).await.refusals(), SPENT);
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
