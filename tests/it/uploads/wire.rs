//! The multipart request: what is taken, what is refused, and that nothing is left of either.

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use super::site::{Part, Site, document};
use crate::media::sample;
use crate::support::server::TestServer;

const MAP: Part<'static> = ("map", None, br#"{"0":["variables.input.file"]}"#);

fn picture() -> Vec<u8> {
    sample::plain_jpeg(40, 30)
}

fn operations() -> String {
    json!({ "query": document("uploadAvatar"), "variables": { "input": { "file": null } } }).to_string()
}

/// Status, code and message of what the server says to these parts.
async fn refused(site: &Site, parts: &[Part<'_>]) -> (u16, String, String) {
    let answer = site.server.send(site.post(parts)).await;
    assert_eq!(site.stored().await, 0);
    assert_eq!(site.temporary(), 0);
    (answer.status, answer.code().to_owned(), answer.message().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_in_a_part_of_its_own() {
    let site = Site::new().await;
    let answer = site
        .upload(&site.token, "uploadAvatar", json!({}), &[("me.jpg", &picture())])
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["data"]["done"]["userErrors"], json!([]));
    assert_eq!(answer.body["data"]["done"]["user"]["avatar"]["width"], 40);
    assert_eq!(site.temporary(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operations_of_a_batch_have_their_own_files() {
    let site = Site::new().await;
    let (project, _) = site.project().await;
    let id = crate::support::world::gid(&*project);
    let operations = json!([
        { "query": document("uploadAvatar"), "variables": { "input": { "file": null } } },
        { "query": document("uploadProjectCover"), "variables": { "input": { "projectId": id, "file": null } } },
    ])
    .to_string();
    let map = br#"{"a":["0.variables.input.file"],"b":["1.variables.input.file"]}"#;
    let (small, large) = (sample::plain_jpeg(40, 30), sample::plain_jpeg(90, 70));
    let parts: [Part<'_>; 4] = [
        ("operations", None, operations.as_bytes()),
        ("map", None, map),
        ("b", Some("b.jpg"), &large),
        ("a", Some("a.jpg"), &small),
    ];
    let answer = site.server.send(site.post(&parts)).await;
    assert_eq!(
        answer.body[0]["data"]["done"]["user"]["avatar"]["width"], 40,
        "{}",
        answer.body
    );
    assert_eq!(answer.body[1]["data"]["done"]["project"]["cover"]["width"], 90);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_file_may_stand_in_several_places() {
    let site = Site::new().await;
    let query = "mutation($a: Upload!, $b: Upload!) { \
        a: uploadAvatar(input: { file: $a }) { user { avatar { width } } } \
        b: uploadOrganizationLogo(input: { file: $b }) { organization { logo { width } } } }";
    let operations = json!({ "query": query, "variables": { "a": null, "b": null } }).to_string();
    let picture = picture();
    let parts: [Part<'_>; 3] = [
        ("operations", None, operations.as_bytes()),
        ("map", None, br#"{"0":["variables.a","variables.b"]}"#),
        ("0", Some("x.jpg"), &picture),
    ];
    let answer = site.server.send(site.post(&parts)).await;
    let expected =
        json!({ "a": { "user": { "avatar": { "width": 40 } } }, "b": { "organization": { "logo": { "width": 40 } } } });
    assert_eq!(answer.body["data"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_header_that_forces_a_preflight_nothing_is_taken() {
    let site = Site::new().await;
    let (operations, picture) = (operations(), picture());
    let parts: [Part<'_>; 3] = [
        ("operations", None, operations.as_bytes()),
        MAP,
        ("0", Some("me.jpg"), &picture),
    ];
    let send = |header: Option<(&'static str, &'static str)>| {
        let request = site.bare(&parts).bearer_auth(&site.token);
        let request = header
            .into_iter()
            .fold(request, |request, (name, value)| request.header(name, value));
        site.server.send(request)
    };
    for header in [
        None,
        Some(("graphql-require-preflight", "")),
        Some(("x-requested-by", "me")),
    ] {
        let answer = send(header).await;
        assert_eq!((answer.status, answer.code()), (400, "BAD_USER_INPUT"), "{header:?}");
        assert!(
            answer.message().contains("graphql-require-preflight"),
            "{}",
            answer.message()
        );
    }
    assert_eq!(site.stored().await, 0);
    for name in [
        "graphql-require-preflight",
        "apollo-require-preflight",
        "x-apollo-operation-name",
    ] {
        assert_eq!(send(Some((name, "1"))).await.status, 200, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_signed_in_uploads_nothing() {
    let site = Site::new().await;
    let (operations, picture) = (operations(), picture());
    let parts: [Part<'_>; 3] = [
        ("operations", None, operations.as_bytes()),
        MAP,
        ("0", Some("me.jpg"), &picture),
    ];
    let send = |request: RequestBuilder| site.server.send(request.header("graphql-require-preflight", "1"));
    let nobody = send(site.bare(&parts)).await;
    let forged = send(site.bare(&parts).bearer_auth("nonsense")).await;
    for answer in [nobody, forged] {
        assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"));
    }
    assert_eq!(site.temporary(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_out_of_order_missing_or_too_many_are_named() {
    let site = Site::new().await;
    let (text, picture) = (operations(), picture());
    let operations: Part<'_> = ("operations", None, text.as_bytes());
    let file: Part<'_> = ("0", Some("me.jpg"), &picture);
    let eleven: Value = (0..11)
        .map(|at| (at.to_string(), json!(["variables.input.file"])))
        .collect();
    let eleven = eleven.to_string();
    for (parts, said) in [
        (vec![], "\"operations\" is missing"),
        (vec![MAP, operations, file], "\"operations\" is missing"),
        (vec![operations], "\"map\" is missing"),
        (vec![operations, file, MAP], "\"map\" is missing"),
        (vec![operations, MAP], "\"0\" is named in map and doesn't come"),
        (vec![operations, MAP, file, file], "\"0\" comes twice"),
        (
            vec![operations, MAP, ("1", Some("x"), b"x"), file],
            "\"1\" is not named in map",
        ),
        (vec![operations, ("map", None, b"{"), file], "map is not readable JSON"),
        (
            vec![operations, ("map", None, br#"{"0":["variables.x"]}"#), file],
            "is no place in operations",
        ),
        (
            vec![operations, ("map", None, eleven.as_bytes())],
            "11 files, at most 10",
        ),
        (vec![("operations", None, b"{"), MAP, file], "not readable JSON"),
    ] {
        let (status, code, message) = refused(&site, &parts).await;
        assert_eq!((status, code.as_str()), (400, "BAD_USER_INPUT"), "{message}");
        assert!(message.contains(said), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_larger_than_anything_may_be_is_refused_while_it_comes() {
    let site = Site::with(|config| kanvaro::config::Config {
        attachment_max_bytes: 3 << 20,
        cover_max_bytes: 1 << 20,
        logo_max_bytes: 1 << 20,
        ..config
    })
    .await;
    let text = operations();
    let operations: Part<'_> = ("operations", None, text.as_bytes());
    let large = vec![7; (3 << 20) + 1];
    let (status, code, message) = refused(&site, &[operations, MAP, ("0", Some("x"), &large)]).await;
    assert_eq!((status, code.as_str()), (413, "BAD_USER_INPUT"));
    assert!(message.contains("3145728 bytes"), "{message}");
    let (status, ..) = refused(&site, &[("operations", None, &large), MAP]).await;
    assert_eq!(status, 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_off_or_is_no_form_is_refused() {
    let site = Site::new().await;
    let (text, picture) = (operations(), picture());
    let parts: [Part<'_>; 3] = [
        ("operations", None, text.as_bytes()),
        MAP,
        ("0", Some("me.jpg"), &picture),
    ];
    let whole = super::site::body(&parts);
    for body in [whole[..whole.len() / 2].to_vec(), b"nonsense".to_vec(), Vec::new()] {
        let answer = site.server.send(site.post(&parts).body(body)).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, "BAD_USER_INPUT"),
            "{}",
            answer.body
        );
    }
    let unbounded = site.server.client.post(site.server.url("/graphql"));
    let unbounded = unbounded
        .header("content-type", "multipart/form-data")
        .header("graphql-require-preflight", "1")
        .bearer_auth(&site.token)
        .body("x");
    let answer = site.server.send(unbounded).await;
    assert!(answer.message().contains("no boundary"), "{}", answer.body);
    assert_eq!((site.temporary(), site.stored().await), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_without_end_is_not_read_for_ever() {
    let site = Site::new().await;
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {}\r\ngraphql-require-preflight: 1\r\n\
         content-type: multipart/form-data; boundary=b\r\ncontent-length: 100000000\r\n\r\n--b\r\nx-long: ",
        site.token
    );
    let mut stream = site.server.raw(head.as_bytes()).await;
    let junk = vec![b'a'; 1 << 20];
    let mut sent = 0;
    while sent < 100 && stream.write_all(&junk).await.is_ok() {
        sent += 1;
    }
    assert!(sent < 100, "all of it was read");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_hangs_up_leaves_no_temporary_file() {
    let site = Site::new().await;
    let text = operations();
    let parts: [Part<'_>; 3] = [
        ("operations", None, text.as_bytes()),
        MAP,
        ("0", Some("me.jpg"), &[0; 100_000]),
    ];
    let body = super::site::body(&parts);
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ngraphql-require-preflight: 1\r\n\
         content-type: multipart/form-data; boundary=------------------------d74496d66958873e\r\ncontent-length: {}\r\n\r\n",
        site.token,
        body.len()
    );
    let mut stream = site.server.raw(head.as_bytes()).await;
    stream.write_all(&body[..80_000]).await.unwrap();
    stream.flush().await.unwrap();
    let waited = std::time::Instant::now();
    while site.temporary() == 0 {
        assert!(waited.elapsed().as_secs() < 20, "it is never begun");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    drop(stream);
    while site.temporary() > 0 {
        assert!(waited.elapsed().as_secs() < 20, "it stays");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_can_name_no_file() {
    let site = Site::new().await;
    for value in [json!("#upload:0"), json!("me.jpg"), json!(7), json!({})] {
        let variables = json!({ "input": { "file": value } });
        let answer = site.ask(&site.token, &document("uploadAvatar"), variables).await;
        assert_eq!(answer.code(), "BAD_USER_INPUT", "{}", answer.body);
        assert!(answer.message().contains("multipart"), "{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_pages_are_told_which_headers_they_may_send() {
    let server = TestServer::with(kanvaro::config::Config {
        cors_origins: vec!["https://app.example.org".into()],
        ..Default::default()
    })
    .await;
    let asked = server.client.request(reqwest::Method::OPTIONS, server.url("/graphql"));
    let asked = asked
        .header("origin", "https://app.example.org")
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "apollo-require-preflight,content-type",
        );
    let answered = asked.send().await.unwrap();
    let allowed = answered.headers()["access-control-allow-headers"].to_str().unwrap();
    assert!(
        allowed.contains("apollo-require-preflight") && allowed.contains("graphql-require-preflight"),
        "{allowed}"
    );
}
