//! What can't be read is told once, with file, line, column and what was expected.

use kanvaro::sdl::{Sdl, from_introspection};

fn told(text: &str) -> String {
    match Sdl::parse("bad.graphql", text) {
        Ok(_) => panic!("was read: {text}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn unreadable_schemas_are_told_with_their_place_and_what_was_expected() {
    let cases = [
        ("", "bad.graphql: is empty; at least `type Query` was expected"),
        (
            "type Query { a: Int",
            "bad.graphql:1:20: syntax error: expected `}`, got the end of the file",
        ),
        ("type Query {\n  a Int\n}", "bad.graphql:2:5: "),
        (
            "tpye Query { a: Int }",
            "expected type, interface, union, enum, input, scalar, directive, schema or extend",
        ),
        (
            "type Query { a: Int } type B { b: Int }\n type B { c: Int }",
            "bad.graphql:2:7: the type `B` is defined multiple",
        ),
        (
            "type Query { a: Int } type B { b: Int b: Int }",
            "duplicate definitions for the `b` field",
        ),
        ("type Query { a: Foo }", "bad.graphql:1:17: cannot find type `Foo`"),
        ("type A { a: Int }", "has no root of queries"),
        ("query { a }", "must not contain an operation"),
        (
            "type Query { a: Int } extend type B { b: Int }",
            "type extension for undefined type `B`",
        ),
        (
            "type Query { a: N } interface N { id: ID } type A implements N { a: Int }",
            "id",
        ),
        (
            "type Query { a(i: I): Int } input I @oneOf { x: Int! }",
            "I.x is in an input with @oneOf; a nullable type",
        ),
        ("type Query { a: Int @nothing }", "@nothing"),
        ("type Query { a: Int } \u{0}", "bad.graphql:1:23"),
        ("type Query { __a: Int }", "__a"),
        ("type Query { a(i: Query): Int }", "`i` field must be of an input type"),
    ];
    for (text, expected) in cases {
        let told = told(text);
        assert!(told.contains(expected), "{text:?}: {told}");
        assert!(told.starts_with("bad.graphql") && !told.contains('\n'), "{told}");
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_overflow() {
    for (open, close) in [("[", "]"), ("{a: ", "}")] {
        let value = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        let told = told(&format!("type Query {{ a(x: Int = {value}): Int }}"));
        assert!(told.contains("nested deeper than 64"), "{told}");
    }
    let deep = format!("type Query {{ a: {}Int{} }}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(told(&deep).contains("nested deeper than 64"));
}

#[test]
fn random_damage_never_panics() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schema/schema.graphql")).unwrap();
    let mut seed = 7_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % below
    };
    let signs = [
        "{", "}", "(", ")", "\"", "\"\"\"", "@", ":", "!", "[", "#", "\\", "é", "\u{0}", "extend ",
    ];
    for _ in 0..60 {
        let mut damaged: String = text.chars().skip(random(20_000)).take(3_000).collect();
        for _ in 0..3 {
            let at = random(damaged.len());
            let at = (at..=damaged.len()).find(|at| damaged.is_char_boundary(*at)).unwrap();
            damaged.insert_str(at, signs[random(signs.len())]);
        }
        // Either way is fine.
        let _ = Sdl::parse("damaged", &damaged);
    }
}

fn answered(answer: &str) -> String {
    match from_introspection("http://it", answer.as_bytes()) {
        Ok(_) => panic!("was read: {answer}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_no_answer_of_graphql_is_told() {
    assert!(answered("<html>").starts_with("http://it: this is no GraphQL endpoint"));
    assert!(answered("{\"ok\":true}").contains("this is no GraphQL endpoint"));
    let off = r#"{"data":null,"errors":[{"message":"Unknown field \"__schema\" on type \"Query\"."}]}"#;
    assert!(answered(off).contains("introspection may be off there (Unknown field"));
    assert!(answered(r#"{"data":{}}"#).contains("introspection may be off"));
    assert!(answered(r#"{"data":{"__schema":{"types":[]}}}"#).contains("this is no GraphQL endpoint"));
}
