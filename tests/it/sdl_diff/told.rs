//! What is said beside a change: guessed renames, and what `@cacheControl` means for caching.

use kanvaro::sdl::{Change, Sdl, diff};

fn changes(old: &str, new: &str) -> Vec<Change> {
    let [old, new] = [old, new].map(|text| Sdl::parse("it", text).unwrap());
    diff(&old, &new)
}

fn notes(old: &str, new: &str, path: &str) -> Vec<String> {
    let changes = changes(old, new);
    let change = changes.iter().find(|change| change.path == path);
    change
        .unwrap_or_else(|| panic!("no change of {path}: {changes:?}"))
        .notes
        .clone()
}

const CACHED: &str = "directive @cacheControl(maxAge: Int, scope: S, inheritMaxAge: Boolean, staleWhileRevalidate: Int) \
                      on FIELD_DEFINITION | OBJECT enum S { PUBLIC PRIVATE } ";

fn caching(old: &str, new: &str, path: &str) -> String {
    let [old, new] = [old, new].map(|hint| format!("{CACHED} type Query {{ a: Int {hint} }}"));
    notes(&old, &new, path).join("; ")
}

#[test]
fn a_field_of_the_same_type_and_a_like_name_is_guessed_to_be_renamed() {
    let (old, new) = (
        "type Query { a: Int dueDate: String! }",
        "type Query { a: Int dueAt: String! }",
    );
    assert_eq!(notes(old, new, "Query.dueDate"), ["perhaps renamed to Query.dueAt"]);
    assert_eq!(notes(old, new, "Query.dueAt"), ["perhaps renamed from Query.dueDate"]);
}

#[test]
fn a_field_of_another_type_and_name_is_not() {
    let (old, new) = (
        "type Query { a: Int dueDate: String! }",
        "type Query { a: Int count: Int! }",
    );
    assert_eq!(notes(old, new, "Query.dueDate"), Vec::<String>::new());
}

#[test]
fn of_several_the_likest_names_go_together() {
    let old = "type Query { a: Int firstname: String lastname: String }";
    let new = "type Query { a: Int lastName: String firstName: String }";
    assert_eq!(
        notes(old, new, "Query.firstname"),
        ["perhaps renamed to Query.firstName"]
    );
    assert_eq!(notes(old, new, "Query.lastname"), ["perhaps renamed to Query.lastName"]);
}

#[test]
fn types_with_most_members_in_common_are_guessed_to_be_renamed() {
    let old = "type Query { a: Int } type Ticket { id: ID title: String body: String }";
    let new = "type Query { a: Int } type Issue { id: ID title: String body: String state: String }";
    assert_eq!(notes(old, new, "Ticket"), ["perhaps renamed to Issue"]);
    let other = "type Query { a: Int } input Issue { id: ID title: String body: String }";
    assert_eq!(notes(old, other, "Ticket"), Vec::<String>::new());
}

#[test]
fn a_guess_changes_no_verdict() {
    let changes = changes("type Query { a: Int b: Int }", "type Query { a: Int b2: Int }");
    assert_eq!(changes[0].severity.name(), "BREAKING");
}

#[test]
fn a_cache_hint_says_what_it_means() {
    let hint = "@cacheControl(maxAge: 60)";
    let path = "Query.a.@cacheControl";
    assert!(caching("", hint, path).contains("kept for at most 60 s, for one viewer each"));
    assert!(caching(hint, "", path).contains("keeps its answers from being cached"));
    let age = "Query.a.@cacheControl.maxAge";
    assert!(caching(hint, "@cacheControl(maxAge: 30)", age).contains("for 30 s at most, not 60: more misses"));
    assert!(caching(hint, "@cacheControl(maxAge: 90)", age).contains("up to 90 s, not 60: they may be older"));
    assert!(caching(hint, "@cacheControl(maxAge: 0)", age).contains("kept no longer"));
    let scope = "Query.a.@cacheControl.scope";
    let public = "@cacheControl(maxAge: 60, scope: PUBLIC)";
    assert!(caching(hint, public, scope).contains("shared between viewers: nothing in them may depend on who asks"));
    assert!(caching(public, hint, scope).contains("for one viewer each"));
}

#[test]
fn a_change_is_placed_where_it_stands_in_the_new_schema() {
    let changes = changes("type Query {\n  a: Int\n}", "type Query {\n  a: Int\n  b: Int\n}");
    assert_eq!(changes[0].place.to_string(), "it:3:3");
}

#[test]
fn what_is_gone_is_placed_at_what_it_is_missing_from() {
    let changes = changes("type Query {\n  a: Int\n  b: Int\n}", "\ntype Query {\n  a: Int\n}");
    assert_eq!(changes[0].place.to_string(), "it:2:6");
}
