//! Lists: every row once in any order and direction, page numbers, filters, search, and what is refused.

use std::collections::HashSet;

use kanvaro::model::{Priority, Project, ProjectStatus, Rank, Role, Task, Timestamp, User};
use serde_json::{Value, json};

use crate::support::sample::{self, after_noon};
use crate::support::{app::TestApp, world::Tenant, world::gid};

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

const TASKS: &str = "query($filter: TaskFilter, $sort: TaskSort, $first: Int, $after: String, $last: Int, \
     $before: String, $page: Int, $limit: Int) { tasks(filter: $filter, sort: $sort, first: $first, after: $after, \
     last: $last, before: $before, page: $page, limit: $limit) { totalCount nodes { id title } \
     edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

/// Tasks with ties in every field that lists are sorted by.
fn tied_tasks(project: &Project, count: i64) -> Vec<Task> {
    let mut ranks = vec![Rank::default()];
    for _ in 0..3 {
        ranks.push(Rank::between(ranks.last(), None));
    }
    let task = |at: i64| {
        let mut task = Task {
            created_at: after_noon(at / 5),
            updated_at: after_noon(at % 4),
            due_date: (at % 3 > 0).then(|| after_noon(at % 3)),
            priority: Priority::from(at % 4),
            rank: ranks[(at % 4) as usize].clone(),
            ..sample::task(project)
        };
        task.refresh();
        task
    };
    (0..count).map(task).collect()
}

async fn tasks(app: &TestApp, who: &User, variables: Value) -> Value {
    app.data(who, TASKS, variables).await["tasks"].take()
}

fn ids(list: &Value) -> Vec<String> {
    let nodes = list["nodes"].as_array().unwrap();
    nodes
        .iter()
        .map(|node| node["id"].as_str().unwrap().to_owned())
        .collect()
}

fn titles(list: &Value) -> Vec<&str> {
    let nodes = list["nodes"].as_array().unwrap();
    let mut titles: Vec<&str> = nodes.iter().map(|node| node["title"].as_str().unwrap()).collect();
    titles.sort_unstable();
    titles
}

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
async fn tasks_are_filtered_by_all_of_the_filter() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let bob = acme.member(&app, Role::TeamMember).await;
    let other = sample::project(&acme.admin);
    app.seed([other.clone()]).await;
    let mut one = Task {
        title: "one".into(),
        status: "review".into(),
        priority: Priority::Critical,
        assigned_to: vec![acme.admin.id, bob.id],
        due_date: Some(after_noon(60)),
        updated_at: after_noon(500),
        ..sample::task(&acme.project)
    };
    one.refresh();
    let two = Task {
        title: "two".into(),
        status: "done".into(),
        created_by: bob.id,
        ..sample::task(&other)
    };
    let put_away = Task {
        title: "put away".into(),
        is_archived: true,
        ..sample::task(&other)
    };
    app.seed([one, two, put_away]).await;
    let first = "Write the text";
    let cases = [
        (json!({}), vec![first, "one", "two"]),
        (json!({ "projectId": gid(&other) }), vec!["two"]),
        (json!({ "status": ["review", "done", "gone"] }), vec!["one", "two"]),
        (json!({ "status": [] }), vec![]),
        (json!({ "priority": ["CRITICAL", "LOW"] }), vec!["one"]),
        (json!({ "assigneeId": gid(&bob) }), vec!["one"]),
        (json!({ "creatorId": gid(&bob) }), vec!["two"]),
        (json!({ "dueFrom": "2026-01-01T13:01:00+01:00" }), vec!["one"]),
        (json!({ "dueFrom": "2026-01-01T12:01:00.001Z" }), vec![]),
        (
            json!({ "dueFrom": "2025-01-01T00:00:00Z", "dueTo": "2026-01-01T12:01:00Z" }),
            vec!["one"],
        ),
        (json!({ "dueTo": "2026-01-01T12:00:59Z" }), vec![]),
        (json!({ "updatedSince": "2026-01-01T12:08:20Z" }), vec!["one"]),
        (json!({ "archived": true }), vec!["put away"]),
        (json!({ "archived": null }), vec![first, "one", "two"]),
        (
            json!({ "status": ["review"], "creatorId": gid(&acme.admin), "projectId": gid(&acme.project) }),
            vec!["one"],
        ),
        (json!({ "status": ["review"], "creatorId": gid(&bob) }), vec![]),
    ];
    for (filter, expected) in cases {
        let list = tasks(&app, &acme.admin, json!({ "filter": filter })).await;
        assert_eq!(titles(&list), expected, "{filter}");
        assert_eq!(list["totalCount"], expected.len(), "{filter}");
    }
}

#[tokio::test]
async fn whatever_is_searched_for_is_literal() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let texts = ["100% sure", "Café crème", "a.b (draft)", "naïve OR wild", "日本語 text"];
    let named = texts.map(|title| {
        let mut task = Task {
            title: title.into(),
            ..sample::task(&acme.project)
        };
        task.refresh();
        task
    });
    app.seed(named).await;
    let cases = [
        ("100%", vec!["100% sure"]),
        ("%", vec![]),
        (".*", vec![]),
        ("CAFE", vec!["Café crème"]),
        ("crè caf", vec!["Café crème"]),
        ("rème", vec![]),
        ("\"draft\" a", vec!["a.b (draft)"]),
        ("naive -wild", vec!["naïve OR wild"]),
        ("100 OR cafe", vec![]),
        ("日本", vec!["日本語 text"]),
        ("su\u{0}re", vec![]),
        ("'; DROP TABLE tasks; --", vec![]),
    ];
    for (search, expected) in cases {
        let list = tasks(&app, &acme.admin, json!({ "filter": { "search": search } })).await;
        assert_eq!(titles(&list), expected, "{search}");
    }
    let all = tasks(&app, &acme.admin, json!({ "filter": { "search": "  " } })).await;
    assert_eq!(titles(&all).len(), 6);
}

#[tokio::test]
async fn input_that_is_too_long_or_out_of_range_is_refused() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let cases = [
        (
            json!({ "search": "x".repeat(1_000_000) }),
            "filter.search: 1000000 characters are more than the 10000",
        ),
        (
            json!({ "status": vec!["todo"; 101] }),
            "filter.status: 101 values are more than the 100",
        ),
        (
            json!({ "projectId": "rubbish" }),
            "filter.projectId: \"rubbish\" is not an id of this API",
        ),
        (
            json!({ "assigneeId": gid(&acme.project) }),
            "filter.assigneeId: takes the id of a User, this is one of a Project",
        ),
        (
            json!({ "dueFrom": "1899-12-31T23:59:59Z" }),
            "between the years 1900 and 9999",
        ),
        (json!({ "dueFrom": "99999-01-01T00:00:00Z" }), "RFC 3339"),
        (json!({ "dueFrom": 7 }), "a DateTime is RFC 3339 text"),
    ];
    for (filter, expected) in cases {
        let (code, message) = app.error(&acme.admin, TASKS, json!({ "filter": filter })).await;
        assert!(message.contains(expected), "{message}");
        assert_eq!(code, "BAD_USER_INPUT", "{message}");
    }
}

#[tokio::test]
async fn projects_are_filtered_by_status_search_and_archive() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let mut held = Project {
        name: "Harbour".into(),
        description: "cranes & ships".into(),
        status: ProjectStatus::OnHold,
        ..sample::project(&acme.admin)
    };
    held.refresh();
    let old = Project {
        name: "Old".into(),
        is_archived: true,
        ..sample::project(&acme.admin)
    };
    app.seed([held, old]).await;
    let cases = [
        (json!({}), vec!["Harbour", "Website"]),
        (json!({ "status": "ON_HOLD" }), vec!["Harbour"]),
        (json!({ "search": "SHIP" }), vec!["Harbour"]),
        (json!({ "archived": true }), vec!["Old"]),
        (json!({ "status": "DRAFT" }), vec![]),
    ];
    let document = "query($filter: ProjectFilter) { projects(filter: $filter) { nodes { title: name } } }";
    for (filter, expected) in cases {
        let data = app.data(&acme.admin, document, json!({ "filter": filter })).await;
        assert_eq!(titles(&data["projects"]), expected, "{filter}");
    }
}

#[tokio::test]
async fn people_are_filtered_by_role_activity_and_search() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let mut grace = User {
        first_name: "Grace".into(),
        last_name: "Hopper".into(),
        role: Role::QaEngineer,
        ..sample::user(acme.organization.id)
    };
    grace.refresh();
    let mut gone = User {
        first_name: "Gone".into(),
        is_active: false,
        ..sample::user(acme.organization.id)
    };
    gone.refresh();
    app.seed([grace, gone]).await;
    let cases = [
        (json!({}), vec!["Ada", "Grace"]),
        (json!({ "active": false }), vec!["Gone"]),
        (json!({ "role": "QA_ENGINEER" }), vec!["Grace"]),
        (json!({ "search": "hop gra" }), vec!["Grace"]),
        (json!({ "search": "acme.test" }), vec!["Ada", "Grace"]),
    ];
    let document = "query($filter: UserFilter) { users(filter: $filter) { nodes { title: firstName } } }";
    for (filter, expected) in cases {
        let data = app.data(&acme.admin, document, json!({ "filter": filter })).await;
        assert_eq!(titles(&data["users"]), expected, "{filter}");
    }
}

#[tokio::test]
async fn comments_are_paged_oldest_first() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let later = |at| kanvaro::model::Comment {
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

#[tokio::test]
async fn the_lists_of_many_projects_are_one_round_trip() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let projects: Vec<Project> = (0..19).map(|_| sample::project(&acme.admin)).collect();
    app.seed(projects.clone()).await;
    app.seed(projects.iter().flat_map(|project| tied_tasks(project, 7)))
        .await;
    let before = |verb, collection| app.app.metrics.store_calls(verb, collection);
    let earlier = [
        before("pages", "tasks"),
        before("pages", "projects"),
        before("get_many", "projects"),
    ];
    let document = "{ projects(first: 20) { nodes { name tasks(first: 5) { nodes { title project { id } } } } } }";
    let data = app.data(&acme.admin, document, json!({})).await;
    let rows = data["projects"]["nodes"].as_array().unwrap();
    let cards: usize = rows
        .iter()
        .map(|row| row["tasks"]["nodes"].as_array().unwrap().len())
        .sum();
    assert_eq!((rows.len(), cards), (20, 19 * 5 + 1));
    let later = [
        before("pages", "tasks"),
        before("pages", "projects"),
        before("get_many", "projects"),
    ];
    assert_eq!(later, [earlier[0] + 1, earlier[1] + 1, earlier[2]]);
}

#[tokio::test]
async fn a_count_is_only_made_when_it_is_asked_for() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    app.data(&acme.admin, "{ tasks { nodes { id } } }", json!({})).await;
    assert_eq!(app.app.metrics.store_calls("count", "tasks"), 0);
    app.data(&acme.admin, "{ tasks { totalCount } }", json!({})).await;
    assert_eq!(app.app.metrics.store_calls("count", "tasks"), 1);
}

#[tokio::test]
async fn the_latest_and_earliest_dates_can_be_asked_for() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let filter = json!({ "dueFrom": Timestamp::MIN.to_string(), "dueTo": "9999-12-29T23:59:59.999Z" });
    assert_eq!(
        ids(&tasks(&app, &acme.admin, json!({ "filter": filter })).await).len(),
        0
    );
}
