//! `kanvaro schema` as a person or a CI job calls it: the real program, its words and its exit codes.

use std::process::Command;

use serde_json::Value;

use crate::support::process::{Ended, Place};

const OLD: &str = "type Query {\n  a: Int\n  b: Int\n}\n";
const BROKEN: &str = "type Query {\n  a: Int\n}\n";
const DANGEROUS: &str = "type Query {\n  a(x: Int): Int\n  b: Int\n}\n";
const SAFE: &str = "type Query {\n  a: Int\n  b: Int\n  c: Int\n}\n";

fn place() -> Place {
    let place = Place::new();
    for (name, text) in [
        ("old", OLD),
        ("broken", BROKEN),
        ("dangerous", DANGEROUS),
        ("safe", SAFE),
    ] {
        place.write(&format!("{name}.graphql"), text);
    }
    place
}

fn diff(place: &Place, new: &str, more: &[&str]) -> Ended {
    let mut arguments = vec!["schema", "diff", "old.graphql", new];
    arguments.extend(more);
    place.run(&arguments)
}

#[test]
fn the_exit_code_says_what_was_found() {
    let place = place();
    let code = |new: &str, more: &[&str]| diff(&place, new, more).code;
    assert_eq!(code("old.graphql", &[]), 0);
    assert_eq!(code("safe.graphql", &["--fail-on", "dangerous"]), 0);
    assert_eq!(code("dangerous.graphql", &[]), 0);
    assert_eq!(code("dangerous.graphql", &["--fail-on", "dangerous"]), 1);
    assert_eq!(code("broken.graphql", &[]), 1);
    assert_eq!(code("absent.graphql", &[]), 2);
    assert_eq!(code("safe.graphql", &["--format", "nonsense"]), 2);
}

#[test]
fn every_change_is_one_line_with_severity_path_old_and_new() {
    let ended = diff(&place(), "broken.graphql", &[]);
    let first = ended.out.lines().next().unwrap();
    assert_eq!(first, "BREAKING   FIELD_REMOVED  Query.b  Int → nothing");
    assert!(
        ended
            .out
            .ends_with("old.graphql → broken.graphql: 1 breaking, 0 dangerous, 0 safe\n"),
        "{}",
        ended.out
    );
    assert!(!ended.out.contains('\u{1b}'));
}

#[test]
fn what_cannot_be_read_is_one_line_with_its_place() {
    let place = place();
    place.write("bad.graphql", "type Query {\n  a: Int\n");
    let ended = diff(&place, "bad.graphql", &[]);
    let expected = "kanvaro: bad.graphql:3:1: syntax error: expected `}`, got the end of the file\n";
    assert_eq!((ended.code, ended.err.as_str()), (2, expected));
}

#[test]
fn json_has_everything_that_the_text_has() {
    let ended = diff(&place(), "broken.graphql", &["--format", "json"]);
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(told["fails"], true);
    assert_eq!(told["breaking"], 1);
    let change = &told["changes"][0];
    assert_eq!(change["change"], "FIELD_REMOVED");
    assert_eq!(change["path"], "Query.b");
    assert_eq!((&change["old"], &change["new"]), (&Value::from("Int"), &Value::Null));
    assert_eq!(
        (&change["place"]["file"], &change["place"]["line"]),
        (&Value::from("broken.graphql"), &Value::from(1))
    );
}

#[test]
fn markdown_is_a_table_and_github_gets_annotations() {
    let place = place();
    let markdown = diff(&place, "broken.graphql", &["--format", "markdown"]).out;
    assert!(
        markdown.contains("| BREAKING | FIELD_REMOVED | `Query.b` | `Int → nothing` |  |"),
        "{markdown}"
    );
    let github = diff(&place, "safe.graphql", &["--format", "github"]).out;
    let expected = "::notice file=safe.graphql,line=4,col=3,title=SAFE%3A a field was added::Query.c nothing → Int\n";
    assert!(github.starts_with(expected), "{github}");
}

#[test]
fn what_is_meant_is_ignored_with_its_reason() {
    let place = place();
    let ended = diff(
        &place,
        "broken.graphql",
        &["--ignore", "FIELD_REMOVED:Query.b nobody reads it"],
    );
    assert_eq!(ended.code, 0);
    assert!(
        ended.out.contains("ignored FIELD_REMOVED Query.b: nobody reads it"),
        "{}",
        ended.out
    );
    place.write(
        "meant.txt",
        "# until the autumn\n*:Query.* not released yet\nTYPE_REMOVED:Old gone for good\n",
    );
    let ended = diff(&place, "broken.graphql", &["--ignore-file", "meant.txt"]);
    assert_eq!(ended.code, 0);
    assert!(
        ended.out.contains("nothing to ignore is left for TYPE_REMOVED:Old"),
        "{}",
        ended.out
    );
    let ended = diff(&place, "broken.graphql", &["--ignore", "FIELD_REMOVED:Query.b"]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("has no reason"), "{}", ended.err);
}

#[test]
fn known_operations_say_what_breaks_and_let_the_rest_pass() {
    let place = place();
    place.write("one.graphql", "query One { a }");
    place.write("two.graphql", "query Two {\n  b\n}");
    let with = |patterns: &[&str]| {
        let mut more = vec!["--allow-unused", "--operations"];
        more.extend(patterns);
        diff(&place, "broken.graphql", &more)
    };
    assert_eq!(with(&["one.graphql"]).code, 0);
    let both = with(&["one*.graphql", "tw?.graphql"]);
    assert_eq!(both.code, 1);
    assert!(both.out.contains("breaks Two (two.graphql:2:3)"), "{}", both.out);
    let none = with(&["three*.graphql"]);
    assert_eq!(
        (none.code, none.err.contains("no such file")),
        (2, true),
        "{}",
        none.err
    );
    place.write(
        "manifest.json",
        "{\"00000000000000000000000000000000\": \"query One { a }\"}",
    );
    let wrong = with(&["manifest.json"]);
    assert_eq!(
        (wrong.code, wrong.err.contains("is not the MD5 of its text (query One)")),
        (2, true),
        "{}",
        wrong.err
    );
}

fn git(place: &Place, arguments: &[&str]) {
    let identity = [
        "-c",
        "user.name=T",
        "-c",
        "user.email=t@t.example",
        "-c",
        "init.defaultBranch=main",
    ];
    let mut command = Command::new("git");
    command
        .current_dir(place.directory.path())
        .args(identity)
        .args(arguments);
    let ended = command.output().expect("git is installed");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

#[test]
fn a_git_ref_is_compared_with_what_the_program_says() {
    let place = Place::new();
    let printed = place.run(&["schema", "print"]).out;
    std::fs::create_dir(place.directory.path().join("schema")).unwrap();
    place.write("schema/schema.graphql", &printed);
    git(&place, &["init", "-q"]);
    git(&place, &["add", "."]);
    git(&place, &["commit", "-qm", "The schema"]);
    let same = place.run(&["schema", "check", "--against", "HEAD"]);
    assert_eq!(
        (same.code, same.out.contains("no change")),
        (0, true),
        "{}{}",
        same.out,
        same.err
    );

    let without = printed.replacen("type Query {", "type Query {\n  legacy: Int\n", 1);
    place.write("schema/schema.graphql", &without);
    git(&place, &["commit", "-qam", "A field that the program doesn't have"]);
    let broken = place.run(&["schema", "check", "--against", "main"]);
    assert_eq!(broken.code, 1);
    assert!(broken.out.contains("FIELD_REMOVED  Query.legacy"), "{}", broken.out);
    let unknown = place.run(&["schema", "check", "--against", "no-such-branch"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.err.contains("git has no no-such-branch:schema/schema.graphql"),
        "{}",
        unknown.err
    );
}

#[test]
fn without_a_ref_the_file_has_to_be_what_the_program_says() {
    let place = Place::new();
    let printed = place.run(&["schema", "print"]).out;
    place.write("s.graphql", &printed);
    let check = || place.run(&["schema", "check", "--file", "s.graphql"]);
    assert_eq!(check().code, 0);
    place.write(
        "s.graphql",
        &printed.replacen("type Query {", "type Query {\n  legacy: Int\n", 1),
    );
    let old = check();
    assert_eq!(old.code, 1);
    assert!(old.out.contains("Query.legacy"), "{}", old.out);
    assert!(
        old.err.contains("run `kanvaro schema print > s.graphql`"),
        "{}",
        old.err
    );
}

#[test]
fn a_running_server_is_asked_for_its_schema() {
    let place = Place::new().with("KANVARO_DEMO", "false");
    let server = place.serve();
    let endpoint = format!("{}/graphql", server.url);
    let same = place.run(&["schema", "check", "--against", &endpoint]);
    assert_eq!(
        (same.code, same.out.contains("no change")),
        (0, true),
        "{}{}",
        same.out,
        same.err
    );
    assert!(same.out.contains("doesn't tell where directives stand"), "{}", same.out);
    let health = place.run(&["schema", "check", "--against", &format!("{}/health", server.url)]);
    assert_eq!(
        (health.code, health.err.contains("POST is not answered here")),
        (2, true),
        "{}",
        health.err
    );
    server.stop();
    let gone = place.run(&["schema", "check", "--against", &endpoint]);
    assert_eq!(
        (gone.code, gone.err.contains("can't ask http://")),
        (2, true),
        "{}",
        gone.err
    );
}

#[test]
fn a_server_that_does_not_show_its_schema_is_told_so() {
    let place = Place::new()
        .with("KANVARO_DEMO", "false")
        .with("KANVARO_ENV", "production");
    let server = place.serve();
    let off = place.run(&["schema", "check", "--against", &format!("{}/graphql", server.url)]);
    assert_eq!(off.code, 2);
    assert!(off.err.contains("introspection may be off there"), "{}", off.err);
    server.stop();
}

#[test]
fn the_committed_schema_is_what_the_program_says() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/schema.graphql");
    let check = Place::new().run(&["schema", "check", "--file", file]);
    assert_eq!(check.code, 0, "{}{}", check.out, check.err);
}
