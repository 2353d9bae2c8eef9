//! Pages of lists: every row once in any order and direction, page numbers, and what can't be a page.

use std::collections::HashSet;

use kanvaro::model::{Comment, User};
use serde_json::{Value, json};

use super::ask::{TASKS, ids, tasks, tied_tasks};
use crate::support::app::TestApp;
use crate::support::sample::{self, after_noon};
use crate::support::world::{Tenant, gid};

const SORTS: [&str; 10] = [
    "CREATED_ASC",
    "CREATED_DESC",
    "UPDATED_ASC",
    "UPDATED_DESC",
    "DUE_ASC",
    "DUE_DESC",
    "PRIORITY_ASC",
    "PRIORITY_DESC",
    "RANK_ASC",
    "RANK_DESC",
];

/// All pages from the start.
async fn forwards(app: &TestApp, who: &User, sort: &str, first: i64) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let list = tasks(app, who, json!({ "sort": sort, "first": first, "after": after })).await;
        all.extend(ids(&list));
        after = list["pageInfo"]["endCursor"].clone();
        if list["pageInfo"]["hasNextPage"] == json!(false) {
            return all;
        }
    }
}

/// All pages from the end, put in the order of the list.
async fn backwards(app: &TestApp, who: &User, sort: &str, last: i64) -> Vec<String> {
    let (mut all, mut before) = (Vec::new(), Value::Null);
    loop {
        let list = tasks(app, who, json!({ "sort": sort, "last": last, "before": before })).await;
        let page = ids(&list);
        all.splice(0..0, page);
        before = list["pageInfo"]["startCursor"].clone();
        if list["pageInfo"]["hasPreviousPage"] == json!(false) {
            return all;
        }
    }
}

#[tokio::test]
async fn every_row_is_read_once_in_every_order_both_ways() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    app.seed(tied_tasks(&acme.project, 22)).await;
    for sort in SORTS {
        let all = forwards(&app, &acme.admin, sort, 100).await;
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 23, "{sort}");
        assert_eq!(forwards(&app, &acme.admin, sort, 4).await, all, "{sort}");
        assert_eq!(backwards(&app, &acme.admin, sort, 4).await, all, "{sort}");
        let other = sort.replace("ASC", "-").replace("DESC", "ASC").replace('-', "DESC");
        let mut reversed = forwards(&app, &acme.admin, &other, 5).await;
        reversed.reverse();
        assert_eq!(reversed, all, "{sort}");
    }
}

#[tokio::test]
async fn rows_that_arrive_between_pages_move_nothing() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    app.seed(tied_tasks(&acme.project, 12)).await;
    let known = forwards(&app, &acme.admin, "CREATED_DESC", 100).await;
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    for round in 0.. {
        let list = tasks(&app, &acme.admin, json!({ "first": 4, "after": after })).await;
        seen.extend(ids(&list).into_iter().filter(|id| known.contains(id)));
        after = list["pageInfo"]["endCursor"].clone();
        if list["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        app.seed(tied_tasks(&acme.project, 6).into_iter().take(6)).await;
        assert!(round < 20, "it never ends");
    }
    assert_eq!(seen, known);
}

#[tokio::test]
async fn a_page_says_what_lies_before_and_after_it() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    app.seed(tied_tasks(&acme.project, 8)).await;
    let around = |list: &Value| {
        let info = &list["pageInfo"];
        (
            info["hasPreviousPage"] == json!(true),
            info["hasNextPage"] == json!(true),
        )
    };
    let start = tasks(&app, &acme.admin, json!({ "first": 3 })).await;
    assert_eq!(around(&start), (false, true));
    let after = start["pageInfo"]["endCursor"].clone();
    let middle = tasks(&app, &acme.admin, json!({ "first": 3, "after": after })).await;
    assert_eq!(around(&middle), (true, true));
    assert_eq!(middle["edges"][2]["cursor"], middle["pageInfo"]["endCursor"]);
    let after = middle["pageInfo"]["endCursor"].clone();
    let end = tasks(&app, &acme.admin, json!({ "first": 3, "after": after })).await;
    assert_eq!(around(&end), (true, false));
    let back = tasks(&app, &acme.admin, json!({ "last": 3, "before": after })).await;
    assert_eq!((around(&back), ids(&back).len()), ((true, true), 3));
}

#[tokio::test]
async fn two_cursors_bound_a_page_on_both_sides() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    app.seed(tied_tasks(&acme.project, 8)).await;
    let all = tasks(&app, &acme.admin, json!({})).await;
    let cursor = |at: usize| all["edges"][at]["cursor"].clone();
    for end in ["first", "last"] {
        let between = tasks(
            &app,
            &acme.admin,
            json!({ end: 10, "after": cursor(1), "before": cursor(6) }),
        )
        .await;
        assert_eq!(ids(&between), ids(&all)[2..6], "{end}");
    }
}

#[tokio::test]
async fn page_numbers_reach_the_same_rows() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    app.seed(tied_tasks(&acme.project, 9)).await;
    let all = forwards(&app, &acme.admin, "PRIORITY_DESC", 100).await;
    let mut seen = Vec::new();
    for page in 1..=4 {
        let list = tasks(
            &app,
            &acme.admin,
            json!({ "sort": "PRIORITY_DESC", "page": page, "limit": 3 }),
        )
        .await;
        assert_eq!(list["totalCount"], 10);
        assert_eq!(list["pageInfo"]["hasNextPage"], json!(page < 4));
        assert_eq!(list["pageInfo"]["hasPreviousPage"], json!(page > 1));
        seen.extend(ids(&list));
    }
    assert_eq!(seen, all);
}

#[tokio::test]
async fn what_cannot_be_a_page_is_refused_with_the_way_out() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let list = tasks(&app, &acme.admin, json!({ "sort": "RANK_ASC" })).await;
    let by_rank = list["edges"][0]["cursor"].clone();
    let cases = [
        (
            json!({ "first": 101 }),
            "first: 101 is more than the 100 rows of one page; ask for at most 100 and go on with after: endCursor",
        ),
        (json!({ "last": 5000 }), "go on with before: startCursor"),
        (json!({ "limit": 101 }), "limit: 101 is more than the 100 rows"),
        (json!({ "first": 0 }), "first: 0 is too few; ask for 1 to 100"),
        (json!({ "last": -1 }), "last: -1 is too few"),
        (json!({ "page": 0 }), "page: pages are numbered from 1"),
        (json!({ "page": -2147483648 }), "page: pages are numbered from 1"),
        (
            json!({ "page": 2147483647 }),
            "page: page numbers reach the first 100000 rows",
        ),
        (json!({ "first": 1, "last": 1 }), "first doesn't go with last"),
        (json!({ "page": 1, "after": by_rank }), "use one kind of paging"),
        (
            json!({ "after": "nonsense" }),
            "after: \"nonsense\" is not a cursor of this API",
        ),
        (json!({ "before": "" }), "before: \"\" is not a cursor"),
        (
            json!({ "after": by_rank }),
            "after: this cursor is of a list sorted by another field",
        ),
    ];
    for (variables, expected) in cases {
        let (code, message) = app.error(&acme.admin, TASKS, variables.clone()).await;
        assert_eq!(code, "BAD_USER_INPUT", "{variables}");
        assert!(message.contains(expected), "{variables}: {message}");
    }
}

#[tokio::test]
async fn comments_are_paged_oldest_first() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let later = |at| Comment {
        body: format!("{at}"),
        created_at: after_noon(at),
        ..sample::comment(&acme.task, acme.admin.id)
    };
    app.seed((1..6).map(later)).await;
    let document = "query($id: ID!) { task(id: $id) { comments(last: 2) { totalCount nodes { body } } } }";
    let data = app.data(&acme.admin, document, json!({ "id": gid(&acme.task) })).await;
    assert_eq!(
        data["task"]["comments"],
        json!({ "totalCount": 6, "nodes": [{ "body": "4" }, { "body": "5" }] })
    );
}
