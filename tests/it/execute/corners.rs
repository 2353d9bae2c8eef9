//! Which fields are collected, how they merge, and in which order they are answered.
//! <https://spec.graphql.org/September2025/#sec-Field-Collection>

use super::Asked;

/// Makes a test of each: a document, and the data it is answered, byte by byte.
macro_rules! answers {
    ($($name:ident: $document:literal => $expected:literal;)*) => {$(
        #[tokio::test]
        async fn $name() {
            assert_eq!(Asked::new().await.data($document).await, $expected);
        }
    )*};
}

answers! {
    keys_stand_in_the_order_asked_for:
        "{ viewer { role } organization { language currency name } }"
        => r#"{"viewer":{"role":"ADMIN"},"organization":{"language":"en","currency":"EUR","name":"Acme"}}"#;
    keys_stand_in_the_other_order_when_asked_so:
        "{ organization { name currency language } viewer { role } }"
        => r#"{"organization":{"name":"Acme","currency":"EUR","language":"en"},"viewer":{"role":"ADMIN"}}"#;
    what_takes_longer_to_read_keeps_its_place:
        "query($project: ID!) { project(id: $project) { creator { firstName } name progress { total } status } }"
        => r#"{"project":{"creator":{"firstName":"Ada"},"name":"Website","progress":{"total":1},"status":"ACTIVE"}}"#;
    a_field_stands_under_each_of_its_aliases:
        "query($project: ID!) { a: project(id: $project) { x: name y: name name } b: project(id: $project) { name } }"
        => r#"{"a":{"x":"Website","y":"Website","name":"Website"},"b":{"name":"Website"}}"#;
    an_alias_may_be_the_name_of_another_field:
        "query($project: ID!) { project(id: $project) { name: status status: name } }"
        => r#"{"project":{"name":"ACTIVE","status":"Website"}}"#;
    a_field_asked_for_twice_is_answered_once_at_its_first_place:
        "query($project: ID!) { project(id: $project) { name status name } }"
        => r#"{"project":{"name":"Website","status":"ACTIVE"}}"#;
    selections_of_the_same_field_merge:
        "query($project: ID!) { project(id: $project) { name } organization { name } project(id: $project) { status name } }"
        => r#"{"project":{"name":"Website","status":"ACTIVE"},"organization":{"name":"Acme"}}"#;
    selections_merge_level_by_level:
        "query($project: ID!) { project(id: $project) { creator { firstName } ...P ... on Project { creator { role } } } } \
         fragment P on Project { creator { lastName firstName organization { name } } }"
        => r#"{"project":{"creator":{"firstName":"Ada","lastName":"Lovelace","organization":{"name":"Acme"},"role":"ADMIN"}}}"#;
    lists_merge_item_by_item:
        "query($ids: [ID!]!) { nodes(ids: $ids) { __typename } nodes(ids: $ids) { ... on Project { name } } }"
        => r#"{"nodes":[{"__typename":"Project","name":"Website"},{"__typename":"Task"}]}"#;
    a_fragment_applies_to_objects_of_its_type:
        "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Task { title } ... on Project { name } } }"
        => r#"{"nodes":[{"name":"Website"},{"title":"Write the text"}]}"#;
    an_object_that_no_fragment_applies_to_is_empty:
        "query($ids: [ID!]!) { nodes(ids: $ids) { ... on User { email } } }"
        => r#"{"nodes":[{},{}]}"#;
    a_fragment_on_an_interface_applies_to_what_implements_it:
        "query($project: ID!) { project(id: $project) { name ... on Node { __typename } } }"
        => r#"{"project":{"name":"Website","__typename":"Project"}}"#;
    fragments_on_types_stand_in_fragments_on_their_interface:
        "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Node { ... on Task { title ... on Node { __typename } } } } }"
        => r#"{"nodes":[{},{"title":"Write the text","__typename":"Task"}]}"#;
    one_key_is_another_field_of_each_type:
        "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Task { text: title } ... on Project { text: name } } }"
        => r#"{"nodes":[{"text":"Website"},{"text":"Write the text"}]}"#;
    an_inline_fragment_needs_no_type:
        "{ viewer { ... { role ... { organization { name } } } } }"
        => r#"{"viewer":{"role":"ADMIN","organization":{"name":"Acme"}}}"#;
    a_fragment_may_be_spread_at_the_root:
        "{ ...R organization { name } } fragment R on Query { viewer { role } organization { currency } }"
        => r#"{"viewer":{"role":"ADMIN"},"organization":{"currency":"EUR","name":"Acme"}}"#;
    a_fragment_spread_twice_counts_once:
        "{ organization { ...O name ...O } } fragment O on Organization { currency }"
        => r#"{"organization":{"currency":"EUR","name":"Acme"}}"#;
    a_fragment_spread_in_two_places_counts_in_both:
        "query($project: ID!, $task: ID!) { project(id: $project) { creator { ...U } } task(id: $task) { creator { ...U } } } \
         fragment U on User { firstName }"
        => r#"{"project":{"creator":{"firstName":"Ada"}},"task":{"creator":{"firstName":"Ada"}}}"#;
    an_object_met_in_two_places_answers_what_each_asks:
        "query($task: ID!) { task(id: $task) { project { name } creator { firstName } title \
         comments { nodes { task { project { status } } } } } }"
        => r#"{"task":{"project":{"name":"Website"},"creator":{"firstName":"Ada"},"title":"Write the text","comments":{"nodes":[{"task":{"project":{"status":"ACTIVE"}}}]}}}"#;
    an_object_stands_as_often_as_it_is_named:
        "query($task: ID!) { nodes(ids: [$task, $task, $task]) { ... on Task { title } } }"
        => r#"{"nodes":[{"title":"Write the text"},{"title":"Write the text"},{"title":"Write the text"}]}"#;
    an_empty_list_is_empty:
        "{ nodes(ids: []) { id } tasks(filter: { status: [\"nowhere\"] }) { nodes { id } edges { cursor } } }"
        => r#"{"nodes":[],"tasks":{"nodes":[],"edges":[]}}"#;
    what_is_not_there_is_null_in_its_place:
        "query($project: ID!) { project(id: $project) { client { id } name startDate } user(id: \"usr_000000000000000000000000\") { id } }"
        => r#"{"project":{"client":null,"name":"Website","startDate":null},"user":null}"#;
    a_root_knows_the_name_of_its_type:
        "{ __typename a: __typename }" => r#"{"__typename":"Query","a":"Query"}"#;
    an_entity_knows_the_name_of_its_type:
        "query($task: ID!) { task(id: $task) { __typename project { of: __typename } } }"
        => r#"{"task":{"__typename":"Task","project":{"of":"Project"}}}"#;
    a_connection_and_all_in_it_know_the_names_of_their_types:
        "{ tasks { __typename nodes { __typename } edges { __typename node { __typename } } pageInfo { __typename } } }"
        => r#"{"tasks":{"__typename":"TaskConnection","nodes":[{"__typename":"Task"}],"edges":[{"__typename":"TaskEdge","node":{"__typename":"Task"}}],"pageInfo":{"__typename":"PageInfo"}}}"#;
    what_is_made_for_the_answer_knows_the_name_of_its_type:
        "query($project: ID!) { viewer { __typename } project(id: $project) { progress { __typename } roles { __typename } } }"
        => r#"{"viewer":{"__typename":"Viewer"},"project":{"progress":{"__typename":"TaskProgress"},"roles":[{"__typename":"ProjectMember"}]}}"#;
    a_board_and_its_project_are_one_row_of_two_types:
        "query($project: ID!) { board(projectId: $project) { __typename project { __typename board: name } } }"
        => r#"{"board":{"__typename":"Board","project":{"__typename":"Project","board":"Website"}}}"#;
    an_operation_is_chosen_by_its_fragments_too:
        "query Only { organization { ...A ...B } } fragment A on Organization { name } fragment B on Node { __typename }"
        => r#"{"organization":{"name":"Acme","__typename":"Organization"}}"#;
}
