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

#[tokio::test]
async fn an_answer_names_what_it_answers_which_is_said_of_the_same_task() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let other = sample::task(&acme.project);
    app.seed([other.clone()]).await;
    let elsewhere = sample::comment(&other, acme.admin.id);
    app.seed([elsewhere.clone()]).await;
    let answer = |parent: String| json!({ "taskId": gid(&acme.task), "body": "Yes.", "parentId": parent });
    for parent in [gid(&elsewhere), gid(&sample::comment(&other, acme.admin.id))] {
        let done = app.mutate(&acme.admin, "addComment", answer(parent)).await;
        assert_eq!(done.refusals(), [("parentId", "NOT_FOUND")]);
    }
    let said = app.done(&acme.admin, "addComment", answer(gid(&acme.comment))).await;
    assert_eq!(said["parent"]["id"], gid(&acme.comment));
    app.done(&acme.admin, "deleteComment", json!({ "commentId": gid(&acme.comment) }))
        .await;
    let document = "query($id: ID!) { node(id: $id) { ... on Comment { body parent { id } } } }";
    let data = app.data(&acme.admin, document, json!({ "id": said["id"] })).await;
    assert_eq!(
        data["node"],
        json!({ "body": "Yes.", "parent": null }),
        "an answer stays"
    );
}

#[tokio::test]
async fn who_is_spoken_to_sees_the_project_and_is_named_once() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let (inside, outside) = (
        acme.member(&app, Role::Tester).await,
        acme.member(&app, Role::Tester).await,
    );
    let join = json!({ "projectId": gid(&acme.project), "userId": gid(&inside) });
    app.done(&acme.admin, "addProjectMember", join).await;
    let say = |people: Vec<String>| json!({ "taskId": gid(&acme.task), "body": "Look.", "mentionIds": people });
    let done = app
        .mutate(&acme.admin, "addComment", say(vec![gid(&inside), gid(&outside)]))
        .await;
    assert_eq!(done.refusals(), [("mentionIds.1", "INVALID")]);
    let said = app
        .done(&acme.admin, "addComment", say(vec![gid(&inside), gid(&inside)]))
        .await;
    assert_eq!(said["mentions"], json!([{ "id": gid(&inside) }]));
    let edit = |more: Value| {
        let mut input = json!({ "commentId": said["id"], "body": "Look here." });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let reworded = app.done(&acme.admin, "editComment", edit(json!({}))).await;
    assert_eq!(reworded["mentions"], said["mentions"], "left out, they stay");
    let emptied = app
        .done(&acme.admin, "editComment", edit(json!({ "mentionIds": [] })))
        .await;
    assert_eq!(emptied["mentions"], json!([]));
}
