//! Nulls where none may be, over a table of its own: the real schema has none that fails below what may not be null.
//! <https://spec.graphql.org/September2025/#sec-Handling-Execution-Errors>

use std::sync::Arc;
use std::task::Poll;

use async_graphql::Variables;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::DocumentOperations;
use kanvaro::execute::{
    Answer, Call, Failure, Field, Object, Output, Plan, Resolve, Resolver, Shape, Subject, Table, TypeId,
};
use kanvaro::model::{Entity, Row};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::sample;

/// Which box of its list.
struct Place(usize);

fn shape(of: &str) -> Shape {
    let list = of.strip_suffix('!').unwrap_or(of).starts_with('[');
    Shape {
        nullable: !of.ends_with('!'),
        list: list.then(|| !of.contains("!]")),
    }
}

fn field(name: &str, ty: &str, of: Option<TypeId>, resolve: Resolver) -> Field {
    Field {
        name: name.into(),
        shape: shape(ty),
        of,
        resolve: Resolve::Call(resolve),
        rule: None,
        bind: None,
        defaults: Vec::new(),
    }
}

fn ready(output: impl Fn(usize) -> Result<Output, Failure> + Send + Sync + 'static) -> Resolver {
    telling(move |at, _| output(at))
}

fn telling(output: impl Fn(usize, &mut Call<'_>) -> Result<Output, Failure> + Send + Sync + 'static) -> Resolver {
    Box::new(move |object, _, call| Poll::Ready(output(object.as_made::<Place>().map_or(0, |place| place.0), call)))
}

fn broken() -> Failure {
    Failure {
        message: "broken".into(),
        code: None,
    }
}

fn word(call: &mut Call<'_>) -> Output {
    call.text(|text| text.extend_from_slice(br#""x""#))
}

/// Boxes in boxes: `bad` fails, `gone` is null, `once` fails in the first box of a list; all three are `String!`.
fn table(thing: &Row) -> Table {
    let mut table = Table::default();
    let (query, of, things) = (table.reserve("Query"), table.reserve("Box"), table.reserve("Thing"));
    let one = move || ready(move |at| Ok(Output::Object(Object::made(of, Place(at)))));
    let two = move || {
        ready(move |_| {
            Ok(Output::Objects(
                (0..2).map(|at| Some(Object::made(of, Place(at)))).collect(),
            ))
        })
    };
    for parent in [query, of] {
        table.add(parent, field("box", "Box", Some(of), one()));
        table.add(parent, field("must", "Box!", Some(of), one()));
        table.add(parent, field("boxes", "[Box]", Some(of), two()));
        table.add(parent, field("strict", "[Box!]", Some(of), two()));
        table.add(parent, field("strictest", "[Box!]!", Some(of), two()));
        table.add(
            parent,
            field(
                "holes",
                "[Box!]",
                Some(of),
                ready(move |_| Ok(Output::Objects(vec![Some(Object::made(of, Place(0))), None]))),
            ),
        );
        table.add(parent, field("word", "String", None, telling(|_, call| Ok(word(call)))));
        table.add(parent, field("soft", "String", None, ready(|_| Err(broken()))));
        table.add(parent, field("bad", "String!", None, ready(|_| Err(broken()))));
        table.add(parent, field("gone", "String!", None, ready(|_| Ok(Output::Null))));
        let once = |at, call: &mut Call<'_>| if at == 0 { Err(broken()) } else { Ok(word(call)) };
        table.add(parent, field("once", "String!", None, telling(once)));
        let row = thing.clone();
        let found = move |_| Ok(Output::Object(Object::row(things, row.clone())));
        table.add(parent, field("thing", "Thing", Some(things), ready(found)));
    }
    table.add(things, field("word", "String", None, telling(|_, call| Ok(word(call)))));
    table.add(things, field("soft", "String", None, ready(|_| Err(broken()))));
    table
}

async fn run(document: &str) -> Answer {
    let app = TestApp::new().await;
    let table = Arc::new(table(&sample::organization().to_row()));
    let parsed = parse_query(document).unwrap();
    let DocumentOperations::Single(operation) = &parsed.operations else {
        panic!("one operation")
    };
    let (root, selected) = (table.find("Query").unwrap(), &operation.node.selection_set.node);
    let plan = Plan::new(&table, root, selected, &parsed.fragments, &Variables::default());
    let scope = app.app.scope(None, app.app.loaders(), "test".into());
    let (plan, loaders) = (plan.unwrap(), scope.loaders.clone());
    plan.run(Subject::Root, &scope, &loaders, &Variables::default(), 1 << 20)
        .await
}

/// The data, and message and path of each error.
async fn answer(document: &str) -> (String, Value) {
    let answer = run(document).await;
    let errors = answer.errors.iter().map(|error| json!([error.message, error.path]));
    (String::from_utf8(answer.data.to_vec()).unwrap(), errors.collect())
}

/// Makes a test of each: a document, its data, and message and path of its errors.
macro_rules! nulls {
    ($($name:ident: $document:literal => $data:literal, $errors:tt;)*) => {$(
        #[tokio::test]
        async fn $name() {
            assert_eq!(answer($document).await, ($data.to_owned(), json!($errors)));
        }
    )*};
}

nulls! {
    a_field_that_may_be_null_keeps_its_failure_to_itself:
        "{ box { soft word } word }" => r#"{"box":{"soft":null,"word":"x"},"word":"x"}"#,
        [["broken", ["box", "soft"]]];
    a_field_that_may_not_takes_its_object_along:
        "{ box { word bad } word }" => r#"{"box":null,"word":"x"}"#, [["broken", ["box", "bad"]]];
    a_null_where_none_may_be_is_an_error_of_its_own:
        "{ box { gone } }" => r#"{"box":null}"#,
        [["Cannot return null for non-nullable field Box.gone.", ["box", "gone"]]];
    a_null_climbs_as_long_as_it_may_not_be:
        "{ box { word must { must { word bad } } } word }" => r#"{"box":null,"word":"x"}"#,
        [["broken", ["box", "must", "must", "bad"]]];
    a_null_stops_at_the_nearest_place_where_it_may_be:
        "{ must { box { must { bad } } word } }" => r#"{"must":{"box":null,"word":"x"}}"#,
        [["broken", ["must", "box", "must", "bad"]]];
    a_null_that_may_be_nowhere_takes_all:
        "{ word must { strictest { bad } } box { word } }" => "null", [["broken", ["must", "strictest", 0, "bad"]]];
    an_item_that_may_be_null_is_null_in_its_place:
        "{ boxes { word once } word }" => r#"{"boxes":[null,{"word":"x","once":"x"}],"word":"x"}"#,
        [["broken", ["boxes", 0, "once"]]];
    each_item_that_may_be_null_has_its_own_failure:
        "{ boxes { bad } }" => r#"{"boxes":[null,null]}"#,
        [["broken", ["boxes", 0, "bad"]], ["broken", ["boxes", 1, "bad"]]];
    an_item_that_may_not_takes_its_list_along:
        "{ strict { word once } word }" => r#"{"strict":null,"word":"x"}"#, [["broken", ["strict", 0, "once"]]];
    a_list_that_may_not_takes_its_object_along:
        "{ box { strictest { once } } word }" => r#"{"box":null,"word":"x"}"#,
        [["broken", ["box", "strictest", 0, "once"]]];
    a_null_in_a_list_without_nulls_is_an_error_at_its_place:
        "{ holes { word } word }" => r#"{"holes":null,"word":"x"}"#,
        [["Cannot return null for non-nullable field Query.holes.", ["holes", 1]]];
    what_failed_before_a_null_climbed_is_told_too:
        "{ box { soft bad } }" => r#"{"box":null}"#, [["broken", ["box", "soft"]], ["broken", ["box", "bad"]]];
    keys_of_paths_are_those_of_the_answer:
        "{ a: box { b: must { c: bad } } }" => r#"{"a":null}"#, [["broken", ["a", "b", "c"]]];
    what_was_written_within_something_taken_back_is_written_again_where_it_stands:
        "{ boxes { thing { word } once } }" => r#"{"boxes":[null,{"thing":{"word":"x"},"once":"x"}]}"#,
        [["broken", ["boxes", 0, "once"]]];
}

#[tokio::test]
async fn a_null_names_every_place_of_the_merged_field_that_it_comes_from() {
    let answer = run("{\n box { bad }\n box { bad }\n}").await;
    let places: Vec<_> = answer.errors[0]
        .locations
        .iter()
        .map(|at| (at.line, at.column))
        .collect();
    assert_eq!(places, [(2, 8), (3, 8)]);
}

#[tokio::test]
async fn what_is_asked_in_the_same_words_fails_in_each_place_where_it_stands() {
    let answer = run("{ a: thing { word soft } b: thing { word soft } }").await;
    assert_eq!(
        &*answer.data,
        br#"{"a":{"word":"x","soft":null},"b":{"word":"x","soft":null}}"#
    );
    let columns = answer
        .errors
        .iter()
        .map(|error| error.locations.iter().map(|place| place.column));
    let columns: Vec<Vec<usize>> = columns.map(Iterator::collect).collect();
    assert_eq!(columns, [[19], [42]]);
}
