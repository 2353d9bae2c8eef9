//! Comments: everybody looks after their own words.

use kanvaro::model::{Project, Role, Task};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::sample;
use crate::support::world::{Tenant, gid};

#[tokio::test]
async fn a_comment_is_made_reworded_and_taken_away() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let said = app
        .done(
            &acme.admin,
            "addComment",
            json!({ "taskId": gid(&acme.task), "body": " Hi. " }),
        )
        .await;
    assert_eq!((&said["body"], &said["editedAt"]), (&json!("Hi."), &Value::Null));
    assert_eq!(said["author"]["id"], gid(&acme.admin));
    let edited = app
        .done(
            &acme.admin,
            "editComment",
            json!({ "commentId": said["id"], "body": "Ho." }),
        )
        .await;
    assert_eq!(
        (&edited["body"], &edited["editedAt"]),
        (&json!("Ho."), &json!("2026-01-01T12:00:00.000Z"))
    );
    let gone = app
        .done(&acme.admin, "deleteComment", json!({ "commentId": said["id"] }))
        .await;
    assert_eq!(gone, said["id"]);
    let again = app
        .mutate(&acme.admin, "deleteComment", json!({ "commentId": said["id"] }))
        .await;
    assert_eq!(again.error(), "NOT_FOUND");
}

#[tokio::test]
async fn members_reword_their_own_comments_and_who_edits_all_everybodys() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let (ada, bob) = (
        acme.member(&app, Role::TeamMember).await,
        acme.member(&app, Role::TeamMember).await,
    );
    let project = Project {
        team_members: vec![ada.id, bob.id],
        ..sample::project(&acme.admin)
    };
    let task = Task {
        ..sample::task(&project)
    };
    let comment = sample::comment(&task, ada.id);
    app.seed([project]).await;
    app.seed([task]).await;
    app.seed([comment.clone()]).await;
    for (who, code) in [(&bob, "FORBIDDEN"), (&ada, ""), (&acme.admin, "")] {
        let input = json!({ "commentId": gid(&comment), "body": format!("By {:?}", who.role) });
        assert_eq!(
            app.mutate(who, "editComment", input).await.error(),
            code,
            "{:?}",
            who.role
        );
    }
}

#[tokio::test]
async fn comments_have_1_to_2000_characters_without_nul() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let before = app.everything().await;
    let long = "é".repeat(2001);
    for (body, code) in [
        ("", "REQUIRED"),
        (" \n ", "REQUIRED"),
        ("a\0b", "INVALID"),
        (&long, "TOO_LONG"),
    ] {
        for (mutation, key, id) in [
            ("addComment", "taskId", gid(&acme.task)),
            ("editComment", "commentId", gid(&acme.comment)),
        ] {
            let done = app
                .mutate(&acme.admin, mutation, json!({ key: id, "body": body }))
                .await;
            assert_eq!(done.refusals(), [("body", code)], "{mutation}");
        }
    }
    assert!(app.everything().await == before);
    let longest = "é".repeat(2000);
    app.done(
        &acme.admin,
        "addComment",
        json!({ "taskId": gid(&acme.task), "body": longest }),
    )
    .await;
}
