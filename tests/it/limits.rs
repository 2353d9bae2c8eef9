//! What an operation may ask for, and what is refused before it runs.

use std::time::{Duration, Instant};

use async_graphql::Variables;
use async_graphql::parser::parse_query;
use kanvaro::config::Config;
use kanvaro::graphql::{LimitError, Limits, schema};
use serde_json::json;

fn check_as(document: &str, operation: Option<&str>, variables: serde_json::Value) -> Result<(), LimitError> {
    let limits = Limits::new(&Config::default(), &schema(true));
    limits.check(
        &parse_query(document).unwrap(),
        operation,
        &Variables::from_json(variables),
    )
}

fn check(document: &str) -> Result<(), LimitError> {
    check_as(document, None, json!({}))
}

fn cost(document: &str, variables: serde_json::Value) -> u64 {
    let config = Config {
        max_complexity: 0,
        ..Config::default()
    };
    let limits = Limits::new(&config, &schema(true));
    let document = parse_query(document).unwrap();
    match limits.check(&document, None, &Variables::from_json(variables)) {
        Err(LimitError::Complexity { found, .. }) => found,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_field_costs_one_times_the_lists_it_is_in() {
    let cases = [
        ("{ viewer { role } }", 2),
        ("{ tasks(first: 10) { nodes { id } } }", 1 + 10 * 2),
        ("{ tasks { nodes { id } } }", 1 + 20 * 2),
        ("{ tasks(last: 3) { totalCount edges { node { id } } } }", 1 + 3 * 4),
        ("{ tasks(page: 2, limit: 7) { nodes { id } } }", 1 + 7 * 2),
        ("{ tasks(first: 99999) { nodes { id } } }", 1 + 100 * 2),
        (
            "{ projects(first: 10) { nodes { tasks(first: 5) { nodes { id } } } } }",
            1 + 10 * (1 + 1 + 5 * 2),
        ),
        (
            "{ board(projectId: 1) { columns { tasks { id } } } }",
            1 + 1 + 5 * (1 + 100),
        ),
        (
            "{ board(projectId: 1) { columns { tasks(first: 3) { id } } } }",
            1 + 1 + 5 * (1 + 3),
        ),
        ("{ nodes(ids: [1, 2, 3]) { id } }", 1 + 3),
        ("{ task(id: 1) { assignees { id } labels } }", 1 + 1 + 5 + 1),
    ];
    for (document, expected) in cases {
        assert_eq!(cost(document, json!({})), expected, "{document}");
    }
}

#[test]
fn sizes_come_from_variables_and_their_defaults_too() {
    let document = "query($n: Int = 4, $ids: [ID!]!) { tasks(first: $n) { nodes { id } } nodes(ids: $ids) { id } }";
    assert_eq!(cost(document, json!({ "ids": ["a", "b"] })), (1 + 4 * 2) + (1 + 2));
    assert_eq!(cost(document, json!({ "n": 50, "ids": [] })), (1 + 50 * 2) + (1 + 1));
}

#[test]
fn a_fragment_costs_wherever_it_is_spread() {
    let document = "{ a: tasks(first: 3) { ...P } b: tasks(first: 5) { ...P } } \
                    fragment P on TaskConnection { nodes { ...T ... on Task { title } } } fragment T on Task { id }";
    assert_eq!(cost(document, json!({})), (1 + 3 * 3) + (1 + 5 * 3));
}

#[test]
fn too_much_is_refused_with_how_much_it_is() {
    let document = "{ projects(first: 100) { nodes { tasks(first: 100) { nodes { id title status rank } } } } }";
    let refused = check(document).unwrap_err().to_string();
    let expected = "the operation has a complexity of 50201; at most 50000 is allowed \
                    (each field counts 1, times the sizes of the lists it is in: ask for smaller pages)";
    assert_eq!(refused, expected);
}

#[test]
fn the_screens_of_the_product_are_allowed() {
    let person = "id fullName email role";
    let board = format!(
        "{{ board(projectId: 1) {{ project {{ id name progress {{ total done percent }} }} columns {{ key title color \
         category count tasks {{ id displayId title status priority type dueDate isOverdue labels rank version \
         storyPoints creator {{ {person} }} assignees {{ {person} }} }} }} }} }}"
    );
    let dashboard = format!(
        "{{ projects(first: 20) {{ totalCount nodes {{ id name status creator {{ {person} }} members {{ {person} }} \
         memberCount progress {{ percent }} tasks(first: 5) {{ nodes {{ id title assignees {{ {person} }} }} }} }} }} }}"
    );
    assert_eq!(check(&board), Ok(()));
    assert_eq!(check(&dashboard), Ok(()));
}

#[test]
fn fifteen_levels_pass_and_sixteen_are_refused() {
    let nested = |levels: usize| {
        let inner = "task { parent { ".repeat(levels).replace("task { ", "");
        format!("{{ task(id: 1) {{ {inner} id {} }} }}", "} ".repeat(levels))
    };
    assert_eq!(check(&nested(13)), Ok(()));
    let refused = check(&nested(14)).unwrap_err();
    assert_eq!(refused, LimitError::Depth { found: 16, allowed: 15 });
    assert_eq!(
        refused.to_string(),
        "the operation is 16 levels of fields deep; at most 15 are allowed"
    );
}

#[test]
fn depth_is_counted_through_fragments() {
    let mut document = String::from("{ task(id: 1) { ...F0 } }");
    for at in 0..20 {
        document += &format!(" fragment F{at} on Task {{ parent {{ ...F{} }} }}", at + 1);
    }
    document += " fragment F20 on Task { id }";
    assert_eq!(check(&document), Err(LimitError::Depth { found: 22, allowed: 15 }));
}

#[test]
fn the_introspection_of_tools_passes_and_its_abuse_does_not() {
    let mut of_type = "kind name".to_owned();
    for _ in 0..9 {
        of_type = format!("kind name ofType {{ {of_type} }}");
    }
    let tools = format!(
        "query IntrospectionQuery {{ __schema {{ description queryType {{ name kind }} mutationType {{ name kind }} \
         subscriptionType {{ name kind }} types {{ ...FullType }} directives {{ name description isRepeatable \
         locations args(includeDeprecated: true) {{ ...InputValue }} }} }} }} \
         fragment FullType on __Type {{ kind name description specifiedByURL isOneOf \
         fields(includeDeprecated: true) {{ name description args(includeDeprecated: true) {{ ...InputValue }} \
         type {{ ...TypeRef }} isDeprecated deprecationReason }} \
         inputFields(includeDeprecated: true) {{ ...InputValue }} interfaces {{ ...TypeRef }} \
         enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }} \
         possibleTypes {{ ...TypeRef }} }} \
         fragment InputValue on __InputValue {{ name description type {{ ...TypeRef }} defaultValue isDeprecated \
         deprecationReason }} fragment TypeRef on __Type {{ {of_type} }}"
    );
    assert_eq!(check(&tools), Ok(()));
    let inner = "fields { type { ".repeat(4);
    let abuse = format!("{{ __schema {{ types {{ {inner} name {} }} }} }}", "} } ".repeat(4));
    assert!(matches!(check(&abuse), Err(LimitError::Complexity { .. })));
}

#[test]
fn thirty_aliases_of_a_field_pass_and_one_more_is_refused() {
    let aliased = |count: usize| {
        let fields: Vec<String> = (0..count).map(|at| format!("a{at}: role")).collect();
        format!("{{ viewer {{ {} }} }}", fields.join(" "))
    };
    assert_eq!(check(&aliased(30)), Ok(()));
    let refused = check(&aliased(31)).unwrap_err().to_string();
    assert_eq!(
        refused,
        "the field role stands under more than 30 aliases in one selection; at most 30 are allowed"
    );
}

#[test]
fn aliases_are_counted_through_fragments() {
    let half = |prefix: &str| (0..16).map(|at| format!("{prefix}{at}: role ")).collect::<String>();
    let document = format!(
        "{{ viewer {{ ...A ... on Viewer {{ {} }} }} }} fragment A on Viewer {{ {} }}",
        half("b"),
        half("a")
    );
    assert!(matches!(check(&document), Err(LimitError::Aliases { .. })));
}

#[test]
fn a_hundred_directives_pass_and_one_more_is_refused() {
    let with = |count: usize| format!("{{ viewer {{ {} }} }}", "role @skip(if: false) ".repeat(count));
    assert_eq!(check(&with(100)), Ok(()));
    let refused = check(&with(101)).unwrap_err().to_string();
    assert_eq!(refused, "the operation has 101 directives; at most 100 are allowed");
}

#[test]
fn fragments_that_double_at_each_level_are_refused_at_once() {
    let mut document = String::from("{ viewer { ...F0 } }");
    for at in 0..60 {
        document += &format!(" fragment F{at} on Viewer {{ ...F{next} ...F{next} }}", next = at + 1);
    }
    document += " fragment F60 on Viewer { role }";
    let start = Instant::now();
    assert!(matches!(check(&document), Err(LimitError::Complexity { .. })));
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn fragments_in_a_circle_are_refused_even_where_nothing_spreads_them() {
    let circle = "fragment A on Viewer { ...B } fragment B on Viewer { ...A }";
    for document in [
        format!("{{ viewer {{ ...A }} }} {circle}"),
        format!("{{ viewer {{ role }} }} {circle}"),
    ] {
        assert!(matches!(check(&document), Err(LimitError::Cycle(_))), "{document}");
    }
}

#[test]
fn a_chain_of_ten_thousand_fragments_is_refused() {
    let mut document = String::from("{ viewer { role } }");
    for at in 0..10_000 {
        document += &format!(" fragment F{at} on Viewer {{ ...F{} }}", at + 1);
    }
    document += " fragment F10000 on Viewer { role }";
    assert_eq!(check(&document), Err(LimitError::Nesting { allowed: 100 }));
}

#[test]
fn an_operation_that_does_not_run_is_held_to_the_limits_too() {
    let document = "query Small { viewer { role } } \
                    query Big { projects(first: 100) { nodes { tasks(first: 100) { nodes { id title status rank } } } } }";
    let refused = check_as(document, Some("Small"), json!({}));
    assert!(matches!(refused, Err(LimitError::Complexity { .. })));
}

#[test]
fn a_document_of_a_megabyte_is_weighed_in_linear_time() {
    let fields = "role ".repeat(10_000);
    let spreads = "...F ".repeat(150_000);
    let document = format!("{{ viewer {{ {spreads} }} }} fragment F on Viewer {{ {fields} }}");
    let parsed = parse_query(&document).unwrap();
    let limits = Limits::new(&Config::default(), &schema(true));
    let start = Instant::now();
    let refused = limits.check(&parsed, None, &Variables::default());
    assert!(matches!(refused, Err(LimitError::Complexity { .. })));
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}
