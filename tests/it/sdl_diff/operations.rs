//! Which known operations a change reaches, and manifests of persisted queries.

use kanvaro::sdl::{Change, Documents, Known, Sdl, diff, pass_unused};

const OLD: &str = "
type Query { task(id: ID!, deep: Boolean): Task tasks(filter: Filter, role: Role): [Task!] node: Node any: Any }
interface Node { id: ID! }
type Task implements Node { id: ID! title: String! owner: User }
type User implements Node { id: ID! name: String role: Role }
union Any = Task | User
input Filter { text: String inner: Inner }
input Inner { done: Boolean role: Role }
enum Role { ADMIN MEMBER }
directive @live(every: Int) on QUERY | FIELD
";

fn judged(new: &str, operations: &[(&str, &str)]) -> (Vec<Change>, Known) {
    let [old, new] = [OLD, new].map(|text| Sdl::parse("it", text).unwrap());
    let mut documents = Documents::default();
    for (file, text) in operations {
        documents.add(file, text).unwrap();
    }
    let mut changes = diff(&old, &new);
    let known = documents.judge(&old, &new, &mut changes).unwrap();
    (changes, known)
}

/// The operations that a change of this path reaches, when OLD is edited so.
fn reached(from: &str, to: &str, path: &str, operations: &[&str]) -> Vec<String> {
    assert!(OLD.contains(from), "{from}");
    let named: Vec<(&str, &str)> = operations.iter().map(|text| ("q.graphql", *text)).collect();
    let (changes, _) = judged(&OLD.replace(from, to), &named);
    let change = changes.iter().find(|change| change.path == path);
    let change = change.unwrap_or_else(|| panic!("no change of {path}: {changes:#?}"));
    change.uses.iter().map(|used| used.operation.clone()).collect()
}

#[test]
fn a_field_that_went_breaks_what_selects_it_also_through_fragments() {
    let operations = [
        "query Direct { task(id: 1) { title } }",
        "query Spread { task(id: 1) { ...T } } fragment T on Task { title }",
        "query Inline { node { ... on Task { title } } }",
        "query Other { task(id: 1) { id } }",
    ];
    let broken = reached(" title: String!", "", "Task.title", &operations);
    assert_eq!(broken, ["Direct", "Spread", "Inline"]);
}

#[test]
fn a_fragment_may_stand_in_another_file() {
    let (file, text) = ("a.graphql", "query A { task(id: 1) { ...T } }");
    let fragment = ("t.graphql", "\nfragment T on Task {\n  title\n}");
    let (changes, _) = judged(&OLD.replace(" title: String!", ""), &[(file, text), fragment]);
    assert_eq!(changes[0].uses[0].place.to_string(), "t.graphql:3:3");
}

#[test]
fn a_required_argument_breaks_what_selects_the_field() {
    let operations = ["query A { tasks { id } }", "query B { task(id: 1) { id } }"];
    let broken = reached("role: Role)", "role: Role, of: ID!)", "Query.tasks.of", &operations);
    assert_eq!(broken, ["A"]);
}

#[test]
fn an_argument_that_went_breaks_what_gives_it() {
    let operations = [
        "query A { task(id: 1, deep: true) { id } }",
        "query B { task(id: 1) { id } }",
    ];
    assert_eq!(reached(", deep: Boolean", "", "Query.task.deep", &operations), ["A"]);
}

#[test]
fn a_required_field_of_an_input_breaks_literals_and_variables_of_it() {
    let operations = [
        "query Literal { tasks(filter: {text: \"x\"}) { id } }",
        "query Variable($filter: Filter) { tasks(filter: $filter) { id } }",
        "query Without { tasks { id } }",
    ];
    let broken = reached(
        "{ text: String",
        "{ must: Int! text: String",
        "Filter.must",
        &operations,
    );
    assert_eq!(broken, ["Literal", "Variable"]);
}

#[test]
fn what_a_variable_can_hold_counts_at_any_depth() {
    let variable = "query Variable($filter: Filter) { tasks(filter: $filter) { id } }";
    let literal = "query Literal { tasks(filter: {inner: {done: true}}) { id } }";
    assert_eq!(
        reached("done: Boolean ", "", "Inner.done", &[variable, literal]),
        ["Variable", "Literal"]
    );
    let given = "query Given { tasks(role: MEMBER) { id } }";
    let other = "query Other { tasks(role: ADMIN) { id } }";
    assert_eq!(
        reached(" MEMBER", "", "Role.MEMBER", &[variable, given, other]),
        ["Variable", "Given"]
    );
}

#[test]
fn an_enum_value_that_came_reaches_what_reads_the_enum() {
    let operations = [
        "query A { task(id: 1) { owner { role } } }",
        "query B { task(id: 1) { id } }",
    ];
    assert_eq!(
        reached("ADMIN MEMBER", "ADMIN GUEST MEMBER", "Role.GUEST", &operations),
        ["A"]
    );
}

#[test]
fn a_union_member_that_went_breaks_fragments_on_it_within_the_union() {
    let operations = [
        "query A { any { ... on User { name } } }",
        "query B { any { ...U } } fragment U on User { name }",
        "query C { any { ... on Task { title } } }",
    ];
    assert_eq!(reached("= Task | User", "= Task", "Any.User", &operations), ["A", "B"]);
}

#[test]
fn an_interface_that_went_breaks_fragments_between_the_two() {
    let operations = ["query A { node { ... on User { name } } }", "query B { node { id } }"];
    assert_eq!(reached("User implements Node", "User", "User.Node", &operations), ["A"]);
}

#[test]
fn a_directive_that_went_breaks_what_bears_it() {
    let operations = [
        "query A @live(every: 5) { node { id } }",
        "query B { node { id @live } }",
        "query C { node { id } }",
    ];
    let gone = "directive @live(every: Int) on QUERY | FIELD";
    assert_eq!(reached(gone, "", "@live", &operations), ["A", "B"]);
    assert_eq!(reached("(every: Int)", "", "@live.every", &operations), ["A"]);
    assert_eq!(
        reached("on QUERY | FIELD", "on FIELD", "@live.QUERY", &operations),
        ["A"]
    );
}

#[test]
fn what_no_operation_uses_can_pass() {
    let new = OLD.replace(" title: String!", "").replace(" name: String", "");
    let (mut changes, _) = judged(&new, &[("q.graphql", "query A { task(id: 1) { title } }")]);
    pass_unused(&mut changes);
    let verdicts: Vec<_> = changes
        .iter()
        .map(|change| (change.path.as_str(), change.severity.name()))
        .collect();
    assert_eq!(verdicts, [("Task.title", "BREAKING"), ("User.name", "DANGEROUS")]);
    assert_eq!(changes[1].notes, ["breaking, but no known operation uses it"]);
}

#[test]
fn an_operation_that_is_refused_without_a_breaking_change_is_a_finding() {
    let old_any = "type A { x: Int } type B { x: Int }";
    let [old, new] = [old_any, "type A { x: Int! } type B { x: Int }"]
        .map(|types| Sdl::parse("it", &format!("type Query {{ u: U }} union U = A | B {types}")).unwrap());
    let mut documents = Documents::default();
    documents
        .add("q.graphql", "query Q { u { ... on A { x } ... on B { x } } }")
        .unwrap();
    let mut changes = diff(&old, &new);
    assert_eq!(changes[0].severity.name(), "SAFE");
    documents.judge(&old, &new, &mut changes).unwrap();
    let first = &changes[0];
    assert_eq!(
        (first.kind.name(), first.path.as_str(), first.severity.name()),
        ("OPERATION_REFUSED", "Q", "BREAKING")
    );
}

#[test]
fn an_operation_that_came_with_the_new_schema_breaks_nothing() {
    let operation = ("q.graphql", "query New { task(id: 1) { points } }");
    let (changes, known) = judged(
        &OLD.replace("title: String!", "title: String! points: Int"),
        &[operation],
    );
    assert_eq!((known.operations, known.only_new), (1, 1));
    assert!(changes.iter().all(|change| change.uses.is_empty()));
}

#[test]
fn an_operation_that_neither_schema_accepts_is_an_error_with_its_place() {
    let sdl = Sdl::parse("it", OLD).unwrap();
    let mut documents = Documents::default();
    documents
        .add("q.graphql", "query A {\n  task(id: 1) { nonsense }\n}")
        .unwrap();
    let error = documents.judge(&sdl, &sdl, &mut Vec::new()).unwrap_err().to_string();
    assert!(
        error.starts_with("q.graphql:2:17: ") && error.contains("nonsense"),
        "{error}"
    );
}

fn added(file: &str, text: &str) -> Result<usize, String> {
    let mut documents = Documents::default();
    documents.add(file, text).map_err(|error| error.to_string())?;
    Ok(documents.count())
}

const QUERY: &str = "query A { node { id } }";
const SHA256: &str = "6171a63cb0d52a0c6b3afd2e4bbb4c0b1dd8bfa2e3d2a3d0f5d8a1b8c5dba0c6";

#[test]
fn manifests_of_apollo_and_relay_are_read() {
    let apollo = format!(
        r#"{{"format":"apollo-persisted-query-manifest","version":1,"operations":[
            {{"id":"{}","name":"A","type":"query","body":"{QUERY}"}}]}}"#,
        hash(QUERY)
    );
    assert_eq!(added("m.json", &apollo), Ok(1));
    assert_eq!(
        added(
            "m.json",
            &format!(r#"{{"{}":"{QUERY}","own-id":"{QUERY}"}}"#, hash(QUERY))
        ),
        Ok(2)
    );
    // The MD5 of `query A { node { id } }`, as Relay names it.
    let relay = format!(r#"{{"{MD5}":"{QUERY}"}}"#);
    assert_eq!(added("m.json", &relay), Ok(1));
}

#[test]
fn a_wrong_hash_is_told_with_the_right_one() {
    let error = added("m.json", &format!(r#"{{"{SHA256}":"{QUERY}"}}"#)).unwrap_err();
    let expected = format!(
        "m.json: {SHA256} is not the SHA-256 of its text (query A), which is {}",
        hash(QUERY)
    );
    assert_eq!(error, expected);
}

#[test]
fn what_is_no_manifest_is_told() {
    for (text, found) in [
        ("[]", "no object"),
        ("{", "no JSON"),
        (r#"{"a":1}"#, "a value that is no text"),
        (
            r#"{"format":"other","version":1,"operations":[]}"#,
            "format \"other\", version 1",
        ),
        (
            r#"{"format":"apollo-persisted-query-manifest","version":1,"operations":[{"id":"x"}]}"#,
            "without id or body",
        ),
    ] {
        let error = added("m.json", text).unwrap_err();
        assert!(
            error.starts_with("m.json: no manifest") && error.contains(found),
            "{error}"
        );
    }
    assert!(added("m.json", "{}").unwrap_err().contains("no operation in it"));
}

const MD5: &str = "8374a93633596fde7429d7417fe5f30d";

fn hash(text: &str) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
