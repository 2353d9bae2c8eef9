//! Manifests as they are read: what stands in them once, twice or wrongly.

use kanvaro::sdl::{Manifests, Sdl};

use super::site::sha256;

const A: &str = "query A { a }";
const B: &str = "query B { b }";

fn added(files: &[(&str, &str)]) -> Result<Vec<String>, String> {
    let mut manifests = Manifests::default();
    for (file, text) in files {
        manifests.add(file, text).map_err(|error| error.to_string())?;
    }
    Ok(manifests
        .iter()
        .map(|(file, one)| format!("{file} {}", one.label()))
        .collect())
}

fn apollo(operations: &[(&str, &str)]) -> String {
    let operations = operations.iter();
    let operations =
        operations.map(|(id, body)| serde_json::json!({ "id": id, "name": "A", "type": "query", "body": body }));
    let manifest = serde_json::json!({ "format": "apollo-persisted-query-manifest", "version": 1, "operations": operations.collect::<Vec<_>>() });
    manifest.to_string()
}

#[test]
fn manifests_of_several_clients_are_put_together() {
    let (one, other) = (
        apollo(&[(&sha256(A), A), ("b", B)]),
        format!("{{\"{}\":\"{A}\"}}", sha256(A)),
    );
    let expected = vec![
        format!("one.json {} (query A)", sha256(A)),
        "one.json b (query B)".to_owned(),
    ];
    assert_eq!(added(&[("one.json", &one), ("other.json", &other)]), Ok(expected));
}

#[test]
fn an_id_of_two_texts_is_refused_in_one_file_and_in_two() {
    let relay = format!("{{\"x\":\"{A}\",\"x\":\"{B}\"}}");
    let same = "m.json: x stands for another document than in the same file; each needs an id of its own";
    assert_eq!(added(&[("m.json", &relay)]), Err(same.into()));
    assert_eq!(added(&[("m.json", &apollo(&[("x", A), ("x", B)]))]), Err(same.into()));
    assert_eq!(
        added(&[("m.json", &apollo(&[("x", A), ("x", A)]))]).map(|all| all.len()),
        Ok(1)
    );
    let two = added(&[("one.json", &apollo(&[("x", A)])), ("two.json", &apollo(&[("x", B)]))]);
    assert_eq!(
        two,
        Err("two.json: x stands for another document than in one.json; each needs an id of its own".into())
    );
}

#[test]
fn a_hash_with_its_prefix_has_to_be_the_texts_too() {
    let right = format!("{{\"sha256:{}\":\"{A}\"}}", sha256(A));
    assert_eq!(added(&[("m.json", &right)]).map(|all| all.len()), Ok(1));
    let wrong = format!("{{\"sha256:{}\":\"{B}\"}}", sha256(A));
    let told = format!(
        "m.json: sha256:{} is not the SHA-256 of its text (query B), which is {}",
        sha256(A),
        sha256(B)
    );
    assert_eq!(added(&[("m.json", &wrong)]), Err(told));
}

#[test]
fn each_document_has_to_be_valid_for_itself() {
    let schema = Sdl::parse("s.graphql", "type Query { a: Int b: Int }").unwrap();
    for (text, said) in [
        (A, None),
        ("query A { a", Some("m.json: x (query A):1:12: syntax error: expected")),
        (
            "query A {\n  c\n}",
            Some("m.json: x (query A):2:3: type `Query` does not have a field `c`"),
        ),
        (
            "query A { ...F }",
            Some("m.json: x (query A):1:11: cannot find fragment `F` in this document"),
        ),
        (
            "fragment F on Query { a }",
            Some("m.json: x (fragment F on Query): no operation in it"),
        ),
    ] {
        let mut manifests = Manifests::default();
        manifests.add("m.json", &apollo(&[("x", text)])).unwrap();
        let found = manifests.check(&schema).err().map(|error| error.to_string());
        let as_said = match (&found, said) {
            (Some(found), Some(said)) => found.starts_with(said),
            (found, said) => found.is_none() && said.is_none(),
        };
        assert!(as_said, "{text}: {found:?}");
    }
}
