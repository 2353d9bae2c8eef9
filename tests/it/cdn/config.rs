//! `kanvaro cdn config`: what it prints is taken by Amazon's own client and by the API.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::aws;
use crate::support::process::Place;

/// What is made of it there.
fn made(printed: &str) -> Value {
    let python = std::env::var("KANVARO_TEST_AWS_PYTHON")
        .expect("KANVARO_TEST_AWS_PYTHON names a Python with boto3: scripts/services.sh start aws");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/cdn/accept.py");
    let mut child = Command::new(python)
        .args([script, &aws::url()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(printed.as_bytes()).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "it is refused: {printed}");
    serde_json::from_slice(&ended.stdout).unwrap()
}

#[test]
fn the_distribution_is_accepted_with_files_from_the_server_or_from_the_bucket() {
    let place = || {
        Place::new()
            .with("KANVARO_CDN_TAGS", "true")
            .with("KANVARO_CORS_ORIGINS", "https://app.example.com")
            .with(
                "KANVARO_CDN_HEADERS",
                "X-Frame-Options: DENY,Strict-Transport-Security: max-age=60,X-Own: 1",
            )
    };
    let in_bucket = place()
        .with("KANVARO_ASSETS", "s3://files/kanvaro")
        .with("KANVARO_ASSETS_REGION", "eu-central-1");
    for (place, origins) in [
        (place(), json!(["api.example.com"])),
        (
            in_bucket,
            json!(["api.example.com", "files.s3.eu-central-1.amazonaws.com"]),
        ),
    ] {
        let printed = place.run(&["cdn", "config", "--origin", "api.example.com"]);
        assert_eq!(printed.code, 0, "{}", printed.err);
        let behaviors = [
            ("/graphql*", "kanvaro-api"),
            ("/static/*", "kanvaro-static"),
            ("/images/*", "kanvaro-images"),
        ];
        let expected = behaviors.map(|(path, policy)| json!({ "path": path, "policy": policy, "origins": origins }));
        assert_eq!(made(&printed.out), json!(expected));
    }
}
