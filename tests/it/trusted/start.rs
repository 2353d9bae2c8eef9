//! Starting the real program with manifests: by flags, file and environment; and what stops it before it serves.

use serde_json::{Value, json};

use super::site::sha256;
use crate::support::process::{Place, Server};

const KIND: &str = "query Kind { __typename }";

fn place() -> Place {
    let place = Place::new().with("KANVARO_DEMO", "false");
    place.write("relay.json", &json!({ sha256(KIND): KIND }).to_string());
    place.write(
        "own.json",
        &json!({ "own": "query Own { own: __typename }" }).to_string(),
    );
    place
}

async fn post(server: &Server, body: &Value) -> Value {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let sent = client.post(format!("{}/graphql", server.url)).json(body).send().await;
    sent.unwrap().json().await.unwrap()
}

async fn knows(server: &Server, id: &str) -> bool {
    post(server, &json!({ "documentId": id })).await["data"].is_object()
}

async fn answers_others(server: &Server) -> bool {
    post(server, &json!({ "query": "{ __typename }" })).await["data"].is_object()
}

#[tokio::test]
async fn flags_name_manifests_and_go_before_the_configuration() {
    let place = place().with("KANVARO_DOCUMENTS", "absent.json");
    let server = place.serve_with(&["--documents", "relay.json", "own.json"]);
    assert!(knows(&server, &sha256(KIND)).await && knows(&server, "own").await && answers_others(&server).await);
    assert!(server.said.contains("\n  Documents 2 trusted\n"), "{}", server.said);
    server.stop();
    let server = place.serve_with(&["--documents", "own.json", "--documents-only"]);
    assert!(knows(&server, "own").await && !knows(&server, &sha256(KIND)).await && !answers_others(&server).await);
    assert!(
        server
            .said
            .contains("\n  Documents 1 trusted, and nothing else is answered\n"),
        "{}",
        server.said
    );
    let check = place.run(&["schema", "check", "--against", &format!("{}/graphql", server.url)]);
    assert_eq!(check.code, 2);
    assert!(check.err.contains("answers trusted documents only"), "{}", check.err);
    server.stop();
}

#[tokio::test]
async fn the_file_and_the_environment_name_them_too() {
    let place = place().with("KANVARO_DOCUMENTS_ONLY", "true");
    place.write("kanvaro.toml", "documents = [\"relay.json\", \"own.json\"]\n");
    let printed = place.run(&["config", "print"]).out;
    assert!(
        printed.contains("documents = [\"relay.json\", \"own.json\"]  # file kanvaro.toml"),
        "{printed}"
    );
    let server = place.serve();
    assert!(knows(&server, &sha256(KIND)).await && knows(&server, "own").await && !answers_others(&server).await);
    server.stop();
    let server = place.with("KANVARO_DOCUMENTS", "own.json,relay.json").serve();
    assert!(knows(&server, "own").await);
    server.stop();
}

/// Files that no server trusts.
fn untrustworthy() -> Place {
    let place = place();
    let deep = "query Deep { viewer { user { organization { id } } } }";
    for (name, text) in [
        ("broken.json", "{".to_owned()),
        ("none.json", "{}".to_owned()),
        ("wrong.json", json!({ sha256("other"): KIND }).to_string()),
        (
            "field.json",
            json!({ "x": "query Kind {\n  viewer { rolle }\n}" }).to_string(),
        ),
        ("twice.json", json!({ "own": KIND }).to_string()),
        ("deep.json", json!({ "deep": deep }).to_string()),
    ] {
        place.write(name, &text);
    }
    place
}

#[test]
fn what_cannot_be_trusted_stops_the_start_before_anything_is_touched() {
    for (files, (name, value), said) in [
        (
            "absent.json",
            ("", ""),
            "can't read the manifest absent.json: No such file",
        ),
        (
            "broken.json",
            ("", ""),
            "broken.json: no manifest of persisted queries: an object of hashes",
        ),
        ("none.json", ("", ""), "none.json: no operation in it"),
        (
            "wrong.json",
            ("", ""),
            "is not the SHA-256 of its text (query Kind), which is ",
        ),
        (
            "field.json",
            ("", ""),
            "field.json: x (query Kind):2:12: type `Viewer` does not have a field `rolle`",
        ),
        (
            "own.json,twice.json",
            ("", ""),
            "twice.json: own stands for another document than in own.json",
        ),
        (
            "deep.json",
            ("KANVARO_MAX_DEPTH", "3"),
            "deep.json: deep (query Deep): this server refuses it: the operation is 4 levels of fields deep; at most 3",
        ),
        (
            "",
            ("KANVARO_DOCUMENTS_ONLY", "true"),
            "documents_only needs documents: name a manifest with --documents FILE or the setting documents",
        ),
    ] {
        let mut place = untrustworthy().with("KANVARO_DOCUMENTS", files);
        if !name.is_empty() {
            place = place.with(name, value);
        }
        let ended = place.run(&["serve"]);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{files}: {}", ended.err);
        assert!(
            ended.err.starts_with("kanvaro: ") && ended.err.contains(said),
            "{files}: {}",
            ended.err
        );
        assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
        assert!(!place.data().exists(), "{files}");
    }
}
