//! How long an operation's answer may be kept and by whom, and which hints a schema is refused for.

use async_graphql::Variables;
use async_graphql::parser::parse_query;
use kanvaro::graphql::{CacheScope, Policies, Policy, policies};
use serde_json::{Value, json};

fn of(policies: &Policies, document: &str, variables: Value) -> Policy {
    policies.policy(&parse_query(document).unwrap(), None, &Variables::from_json(variables))
}

/// A private policy, in seconds: fresh, stale while it is made anew, stale when it can't be.
const fn private(max_age: u32, stale_while_revalidate: u32, stale_if_error: u32) -> Policy {
    Policy {
        max_age,
        scope: CacheScope::Private,
        stale_while_revalidate,
        stale_if_error,
    }
}

/// As long as answers are kept at most.
const LONGEST: Policy = private(300, 60, 300);
/// As long as lists of tasks.
const TASKS: Policy = private(180, 60, 300);

#[test]
fn an_answer_is_kept_for_as_long_as_all_that_it_selects_allows() {
    let policies = policies();
    let table = [
        ("{ task(id: 1) { id title } }", LONGEST),
        ("{ task(id: 1) { project { name } assignees { fullName } } }", LONGEST),
        ("{ user(id: 1) { email } }", LONGEST),
        ("{ user(id: 1) { email lastLoginAt } }", private(60, 0, 0)),
        ("{ organization { name } }", LONGEST),
        (
            "{ viewer { role permissions user { id } organization { id } } }",
            LONGEST,
        ),
        (
            "{ projects { nodes { id } pageInfo { hasNextPage } totalCount } }",
            LONGEST,
        ),
        ("{ users { edges { cursor node { id } } } }", LONGEST),
        ("{ tasks { nodes { id } } }", TASKS),
        ("{ projects { nodes { id progress { percent } } } }", TASKS),
        (
            "{ project(id: 1) { budget { total { amount } } columns { key } roles { role user { id } } } }",
            LONGEST,
        ),
        ("{ project(id: 1) { columns { key count } } }", TASKS),
        ("{ task(id: 1) { comments { nodes { body } } } }", TASKS),
        ("{ board(projectId: 1) { project { id } columns { title } } }", LONGEST),
        ("{ board(projectId: 1) { columns { tasks { id } } } }", TASKS),
        ("{ node(id: 1) { id } }", LONGEST),
        ("{ nodes(ids: [1]) { ... on User { lastLoginAt } } }", private(60, 0, 0)),
        (
            "{ node(id: 1) { ...F } } fragment F on Project { tasks { nodes { ...G } } } fragment G on Task { id }",
            TASKS,
        ),
        (
            "{ ...Q } fragment Q on Query { a: task(id: 1) { id } tasks { __typename } }",
            TASKS,
        ),
        ("{ __typename }", Policy::STATIC),
        ("{ __schema { types { name } } }", Policy::STATIC),
        (
            "{ __type(name: \"Task\") { fields { name } } viewer { __typename } }",
            LONGEST,
        ),
        ("{ nothing { id } }", Policy::NONE),
        ("{ task(id: 1) { nothing } }", Policy::NONE),
        ("mutation { logout { signedOut } }", Policy::NONE),
        ("subscription { tasks { nodes { id } } }", Policy::NONE),
    ];
    for (document, expected) in table {
        assert_eq!(of(policies, document, json!({})), expected, "{document}");
    }
}

#[test]
fn what_is_skipped_shortens_nothing() {
    let policies = policies();
    let document = "query($all: Boolean = false, $no: Boolean!) {
        user(id: 1) {
            id
            lastLoginAt @include(if: $all)
            ... @skip(if: $no) { lastLoginAt }
            ...F @skip(if: true)
        }
    } fragment F on User { lastLoginAt }";
    let table = [
        (json!({ "no": true }), LONGEST),
        (json!({ "no": false }), private(60, 0, 0)),
        (json!({ "no": true, "all": true }), private(60, 0, 0)),
        // What can't be told counts as taken.
        (json!({}), private(60, 0, 0)),
        (json!({ "no": "yes" }), private(60, 0, 0)),
    ];
    for (variables, expected) in table {
        assert_eq!(of(policies, document, variables.clone()), expected, "{variables}");
    }
}

#[test]
fn a_fragment_that_is_skipped_in_one_place_counts_in_another() {
    let document =
        "{ a: user(id: 1) { ...F @skip(if: true) } b: user(id: 2) { ...F } } fragment F on User { lastLoginAt }";
    assert_eq!(of(policies(), document, json!({})), private(60, 0, 0));
}

#[test]
fn the_operation_that_is_named_counts() {
    let document =
        parse_query("query A { tasks { totalCount } } query B { viewer { role } } mutation C { logout { signedOut } }")
            .unwrap();
    let (policies, none) = (policies(), Variables::default());
    assert_eq!(policies.policy(&document, Some("A"), &none), TASKS);
    assert_eq!(policies.policy(&document, Some("B"), &none), LONGEST);
    for name in [Some("C"), Some("D"), None] {
        assert_eq!(policies.policy(&document, name, &none), Policy::NONE, "{name:?}");
    }
}

#[test]
fn fragments_wound_into_each_other_cost_no_more_than_reading_them() {
    let mut document = "{ viewer { ...F0 } }".to_owned();
    for at in 0..60 {
        let next = at + 1;
        document += &format!(" fragment F{at} on Viewer {{ ...F{next} ...F{next} }}");
    }
    document += " fragment F60 on Viewer { role ...F0 }";
    assert_eq!(of(policies(), &document, json!({})), LONGEST);
}

/// A schema where things are and aren't hinted.
const MADE_UP: &str = "
    directive @cacheControl(maxAge: Int) on FIELD_DEFINITION
    type Query {
        bare: Bare
        scalar: Int
        hintedScalar: Int @cacheControl(maxAge: 30)
        hinted: Bare @cacheControl(maxAge: 40, scope: PUBLIC)
        open: Open
        own: Open @cacheControl(maxAge: 10)
        inherits: Open @cacheControl(inheritMaxAge: true)
        inheriting: Part
        scopeOnly: Open @cacheControl(scope: PRIVATE)
        either: Either
        both: Both
        gap: Gap
        gapHinted: Gap @cacheControl(maxAge: 25)
    }
    type Bare { id: ID bare: Bare part: Part inherits: Bare @cacheControl(inheritMaxAge: true) }
    type Open implements Both & Gap @cacheControl(maxAge: 100, scope: PUBLIC, staleIfError: 9) {
        id: ID part: Part short: ID @cacheControl(maxAge: 3) secret: ID @cacheControl(maxAge: 90)
        own: Part @cacheControl(inheritMaxAge: true, scope: PRIVATE)
    }
    type Shut implements Both @cacheControl(maxAge: 20) { id: ID short: ID }
    type Part @cacheControl(inheritMaxAge: true) { id: ID }
    union Either @cacheControl(maxAge: 60) = Open | Shut
    interface Both { id: ID short: ID }
    type Unhinted implements Gap { id: ID }
    interface Gap { id: ID }
";

#[test]
fn what_nothing_was_said_of_is_not_kept_and_private_wins() {
    let policies = &Policies::new(MADE_UP).unwrap();
    let public = |max_age, stale_if_error| Policy {
        scope: CacheScope::Public,
        ..private(max_age, 0, stale_if_error)
    };
    let table = [
        ("{ bare { id } }", Policy::NONE),
        ("{ scalar }", Policy::NONE),
        ("{ hintedScalar }", private(30, 0, 0)),
        ("{ hinted { id } }", public(40, 0)),
        ("{ hinted { id bare { id } } }", Policy::NONE),
        ("{ hinted { part { id } inherits { id } } }", public(40, 0)),
        ("{ open { id part { id } } }", public(100, 9)),
        ("{ open { short } }", private(3, 0, 0)),
        ("{ open { secret } }", private(90, 0, 0)),
        ("{ open { own { id } } }", private(100, 0, 9)),
        ("{ own { id } }", private(10, 0, 0)),
        ("{ inherits { id } }", Policy::NONE),
        ("{ inheriting { id } }", Policy::NONE),
        ("{ scopeOnly { id } }", private(100, 0, 9)),
        ("{ either { ... on Open { id } } }", private(20, 0, 0)),
        ("{ both { id } }", private(20, 0, 0)),
        ("{ both { short } }", private(3, 0, 0)),
        ("{ open { ... on Both { short } } }", private(3, 0, 0)),
        ("{ gap { id } }", Policy::NONE),
        ("{ gapHinted { id } }", private(25, 0, 0)),
        ("{ open { id } hinted { id } }", public(40, 0)),
        ("{ open { id } hintedScalar }", private(30, 0, 0)),
        ("{ open { id } scalar }", Policy::NONE),
    ];
    for (document, expected) in table {
        assert_eq!(of(policies, document, json!({})), expected, "{document}");
    }
}

#[test]
fn a_hint_that_can_not_be_meant_is_refused_with_its_place_and_the_limit() {
    let seconds = "it is a whole number of seconds from 0 to 31536000, a year";
    let table = [
        (
            "maxAge: -1",
            format!("Task.title: maxAge of @cacheControl is -1; {seconds}"),
        ),
        (
            "maxAge: 31536001",
            format!("Task.title: maxAge of @cacheControl is 31536001; {seconds}"),
        ),
        ("maxAge: 99999999999999999999", String::new()),
        (
            "maxAge: 1.5",
            format!("Task.title: maxAge of @cacheControl is 1.5; {seconds}"),
        ),
        (
            "maxAge: \"60\"",
            format!("Task.title: maxAge of @cacheControl is \"60\"; {seconds}"),
        ),
        (
            "maxAge: 1, staleIfError: -2",
            format!("Task.title: staleIfError of @cacheControl is -2; {seconds}"),
        ),
        (
            "staleWhileRevalidate: null",
            format!("Task.title: staleWhileRevalidate of @cacheControl is null; {seconds}"),
        ),
        (
            "scope: SHARED",
            "Task.title: scope of @cacheControl is SHARED; it is PUBLIC or PRIVATE".into(),
        ),
        (
            "inheritMaxAge: 1",
            "Task.title: inheritMaxAge of @cacheControl is 1; it is true or false".into(),
        ),
        (
            "inheritMaxAge: true, maxAge: 5",
            "Task.title: @cacheControl has both inheritMaxAge and maxAge; it takes one of them".into(),
        ),
        (
            "inheritMaxAge: true, staleIfError: 5",
            "Task.title: @cacheControl has both inheritMaxAge and staleIfError; it takes one of them".into(),
        ),
        (
            "scope: PUBLIC, staleIfError: 5",
            "Task.title: @cacheControl has staleIfError without maxAge; what is never fresh is never stale".into(),
        ),
    ];
    for (arguments, expected) in table {
        let sdl = format!("type Query {{ task: Task }} type Task {{ title: ID @cacheControl({arguments}) }}");
        let refused = Policies::new(&sdl).unwrap_err().to_string();
        assert!(
            refused.contains(&expected) && refused.contains("Task.title"),
            "{arguments}: {refused}"
        );
    }
}

#[test]
fn a_hint_that_can_not_be_meant_is_refused_wherever_it_stands() {
    let hint = "@cacheControl(maxAge: -1)";
    let table = [
        (format!("type Query {hint} {{ a: Int }}"), "Query: maxAge"),
        (format!("interface Node {hint} {{ id: ID }}"), "Node: maxAge"),
        (format!("interface Node {{ id: ID {hint} }}"), "Node.id: maxAge"),
        (format!("type A {{ a: Int }} union U {hint} = A"), "U: maxAge"),
        (
            "type A @cacheControl(maxage: 5) { a: Int }".into(),
            "A: @cacheControl has the argument maxage",
        ),
        (
            "type A @cacheControl(maxAge: 5) @cacheControl(maxAge: 6) { a: Int }".into(),
            "A: @cacheControl has itself",
        ),
    ];
    for (sdl, expected) in table {
        let refused = Policies::new(&sdl).unwrap_err().to_string();
        assert!(refused.starts_with(expected), "{sdl}: {refused}");
    }
}

#[test]
fn a_year_and_no_time_at_all_are_accepted() {
    let policies =
        Policies::new("type Query { a: Int @cacheControl(maxAge: 31536000) b: Int @cacheControl(maxAge: 0) }").unwrap();
    assert_eq!(of(&policies, "{ a }", json!({})), private(300, 0, 0));
    assert_eq!(of(&policies, "{ a b }", json!({})), Policy::NONE);
}

#[test]
fn two_schemas_are_told_apart() {
    let one = Policies::new("type Query { a: Int }").unwrap();
    assert_ne!(one.schema(), Policies::new("type Query { b: Int }").unwrap().schema());
    assert_eq!(one.schema(), Policies::new("type Query { a: Int }").unwrap().schema());
}
