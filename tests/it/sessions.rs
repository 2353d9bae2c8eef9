//! The devices of a person: seen by that person alone, signed out one by one or all at once, and refused from then on.

use kanvaro::model::{Session, User, Viewer};
use serde_json::{Value, json};

use crate::support::app::{TestApp, json as answered, on_each_store};
use crate::support::sample;
use crate::support::world::{Tenant, gid};

on_each_store!(
    a_person_sees_the_own_devices_and_which_one_asks,
    one_device_is_signed_out_and_the_others_stay,
    another_persons_device_is_as_absent_as_one_that_has_gone,
    all_devices_or_all_others_are_signed_out_at_once,
);

const LIST: &str = "{ viewer { sessions { totalCount nodes { id device isCurrent userAgent createdAt expiresAt } } } }";
const REVOKE: &str = "mutation($input: RevokeSessionInput!) { done: revokeSession(input: $input) { revokedId } }";
const EVERYWHERE: &str =
    "mutation($input: LogoutEverywhereInput) { done: logoutEverywhere(input: $input) { endedSessions } }";

/// Somebody with two devices, the newer one first.
struct Devices {
    tenant: Tenant,
    phone: Session,
    laptop: Session,
}

impl Devices {
    async fn seed(app: &TestApp) -> Devices {
        let tenant = Tenant::seed(app).await;
        let laptop = Session {
            user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into(),
            ..sample::session(&tenant.admin)
        };
        let phone = Session {
            user_agent: "Kanvaro/3 (iPhone)".into(),
            created_at: sample::after_noon(60),
            ..sample::session(&tenant.admin)
        };
        app.seed([laptop.clone(), phone.clone()]).await;
        Devices { tenant, phone, laptop }
    }
}

/// What the owner of this session is answered by it; the answer's headers beside.
async fn by(app: &TestApp, user: &User, session: &Session, document: &str, variables: Value) -> (Value, String) {
    let viewer = Viewer::new(user, session);
    let scope = app.app.scope(Some(viewer), app.app.loaders(), "test".into());
    let reply = app.execute(scope, document, variables).await;
    let cookie = reply
        .headers
        .get("set-cookie")
        .map_or("", |cookie| cookie.to_str().unwrap());
    (answered(&reply), cookie.to_owned())
}

async fn devices(app: &TestApp, user: &User, session: &Session) -> Vec<(String, String, bool)> {
    let (answer, _) = by(app, user, session, LIST, json!({})).await;
    let sessions = &answer["data"]["viewer"]["sessions"];
    let nodes = sessions["nodes"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    nodes
        .iter()
        .map(|node| {
            (
                text(&node["id"]),
                text(&node["device"]),
                node["isCurrent"].as_bool().unwrap(),
            )
        })
        .collect()
}

async fn ids(app: &TestApp, user: &User, session: &Session) -> Vec<String> {
    devices(app, user, session)
        .await
        .into_iter()
        .map(|(id, ..)| id)
        .collect()
}

async fn a_person_sees_the_own_devices_and_which_one_asks(app: TestApp) {
    let Devices { tenant, phone, laptop } = Devices::seed(&app).await;
    let other = tenant.member(&app, kanvaro::model::Role::Admin).await;
    app.seed([sample::session(&other)]).await;
    let of = |session: &Session, device: &str, current: bool| (gid(session), device.to_owned(), current);
    let expected = |by_phone| {
        [
            of(&phone, "Kanvaro on iPhone", by_phone),
            of(&laptop, "Firefox on Linux", !by_phone),
        ]
    };
    assert_eq!(devices(&app, &tenant.admin, &phone).await, expected(true));
    assert_eq!(devices(&app, &tenant.admin, &laptop).await, expected(false));
}

async fn one_device_is_signed_out_and_the_others_stay(app: TestApp) {
    let Devices { tenant, phone, laptop } = Devices::seed(&app).await;
    assert_eq!(ids(&app, &tenant.admin, &laptop).await.len(), 2);
    let input = json!({ "input": { "sessionId": gid(&phone) } });
    let (answer, cookie) = by(&app, &tenant.admin, &laptop, REVOKE, input.clone()).await;
    assert_eq!(answer["data"]["done"]["revokedId"], gid(&phone), "{answer}");
    assert_eq!(cookie, "", "the cookie is of the device that asks");
    assert_eq!(ids(&app, &tenant.admin, &laptop).await, [gid(&laptop)]);
    let (again, _) = by(&app, &tenant.admin, &laptop, REVOKE, input).await;
    assert_eq!(again["errors"][0]["extensions"]["code"], "NOT_FOUND");
    let own = json!({ "input": { "sessionId": gid(&laptop) } });
    let (_, cookie) = by(&app, &tenant.admin, &laptop, REVOKE, own).await;
    assert!(
        cookie.starts_with("kanvaro_session=;") && cookie.contains("Max-Age=0"),
        "{cookie}"
    );
    assert!(app.app.store.get::<Session>(laptop.id).await.unwrap().is_none());
}

async fn another_persons_device_is_as_absent_as_one_that_has_gone(app: TestApp) {
    let Devices { tenant, phone, .. } = Devices::seed(&app).await;
    let stranger = Tenant::seed(&app).await.admin;
    for other in [tenant.member(&app, kanvaro::model::Role::Admin).await, stranger] {
        let session = sample::session(&other);
        app.seed([session.clone()]).await;
        let input = |id: String| json!({ "input": { "sessionId": id } });
        let (theirs, _) = by(&app, &other, &session, REVOKE, input(gid(&phone))).await;
        let (none, _) = by(&app, &other, &session, REVOKE, input(gid(&sample::session(&other)))).await;
        assert_eq!(theirs["errors"][0]["extensions"]["code"], "NOT_FOUND");
        assert_eq!(theirs, none);
        let (node, _) = by(
            &app,
            &other,
            &session,
            "query($id: ID!) { node(id: $id) { id } }",
            json!({ "id": gid(&phone) }),
        )
        .await;
        assert_eq!(node["data"]["node"], Value::Null);
    }
    assert!(app.app.store.get::<Session>(phone.id).await.unwrap().is_some());
}

async fn all_devices_or_all_others_are_signed_out_at_once(app: TestApp) {
    let Devices { tenant, phone, laptop } = Devices::seed(&app).await;
    let others = json!({ "input": { "keepCurrent": true } });
    let (answer, cookie) = by(&app, &tenant.admin, &laptop, EVERYWHERE, others).await;
    assert_eq!(answer["data"]["done"]["endedSessions"], 1, "{answer}");
    assert_eq!(cookie, "");
    assert_eq!(ids(&app, &tenant.admin, &laptop).await, [gid(&laptop)]);
    app.seed([phone]).await;
    let (answer, cookie) = by(&app, &tenant.admin, &laptop, EVERYWHERE, json!({})).await;
    assert_eq!(answer["data"]["done"]["endedSessions"], 2, "{answer}");
    assert!(cookie.contains("Max-Age=0"), "{cookie}");
    assert_eq!(ids(&app, &tenant.admin, &laptop).await, [""; 0]);
}

#[tokio::test]
async fn a_session_that_has_ended_by_itself_is_not_shown() {
    let app = TestApp::new().await;
    let Devices { tenant, phone, laptop } = Devices::seed(&app).await;
    let over = Session {
        expires_at: sample::after_noon(120),
        ..sample::session(&tenant.admin)
    };
    app.seed([over.clone()]).await;
    let shown = ids(&app, &tenant.admin, &phone).await;
    assert_eq!(shown.len(), 3);
    app.clock.advance(std::time::Duration::from_secs(120));
    let shown = ids(&app, &tenant.admin, &phone).await;
    assert_eq!(shown, [gid(&phone), gid(&laptop)]);
}

#[tokio::test]
async fn who_is_not_signed_in_has_no_devices_to_sign_out() {
    let app = TestApp::new().await;
    let Devices { phone, .. } = Devices::seed(&app).await;
    let (code, _) = app.error(None, EVERYWHERE, json!({})).await;
    assert_eq!(code, "UNAUTHENTICATED");
    let input = json!({ "input": { "sessionId": gid(&phone) } });
    assert_eq!(app.error(None, REVOKE, input).await.0, "UNAUTHENTICATED");
    let answer = app.query(None, LIST, json!({})).await;
    assert_eq!(answer["data"]["viewer"], Value::Null);
}

#[tokio::test]
async fn nothing_of_a_session_tells_what_its_token_is_known_by() {
    let sdl = kanvaro::graphql::schema(true).sdl();
    let session = sdl.split("type Session implements").nth(1).unwrap();
    let session = session.split("\n}").next().unwrap();
    let hidden = ["tokenHash", "token:", "userId", "version"];
    assert!(hidden.iter().all(|field| !session.contains(field)), "{session}");
}

/// Two processes over one MongoDB and one Redis, one of which has just let the device in.
#[cfg(all(feature = "mongo", feature = "redis"))]
mod processes {
    use reqwest::Client;
    use serde_json::{Value, json};
    use tokio::task::block_in_place;

    use crate::mongo::Scratch;
    use crate::support::process::{Place, Server};
    use crate::support::redis;
    use crate::support::server::PASSWORD;

    const EMAIL: &str = "ada@example.com";

    async fn post(server: &Server, token: &str, document: &str, variables: Value) -> (u16, Value) {
        let client = Client::builder().no_proxy().build().unwrap();
        let mut request = client
            .post(format!("{}/graphql", server.url))
            .header("accept", "application/graphql-response+json")
            .json(&json!({ "query": document, "variables": variables }));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn sign_in(server: &Server) -> String {
        let login = "mutation($input: LoginInput!) { login(input: $input) { token } }";
        let input = json!({ "input": { "email": EMAIL, "password": PASSWORD } });
        let (_, answer) = post(server, "", login, input).await;
        let token = answer["data"]["login"]["token"].as_str();
        token.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_device_that_was_signed_out_is_refused_by_every_process_at_its_next_request() {
        let (cache, scratch) = (redis::Server::started(), Scratch::bare().await);
        let place = || {
            Place::new()
                .with("KANVARO_DATABASE", &scratch.uri())
                .with("KANVARO_CACHE", &cache.url())
                .with("KANVARO_CACHE_TIMEOUT_MS", "30000")
                .with("KANVARO_DEMO", "false")
                .with("KANVARO_LOG", "error")
        };
        let places = [place(), place()];
        let account = [
            "user",
            "add",
            "--email",
            EMAIL,
            "--first-name",
            "Ada",
            "--last-name",
            "Example",
        ];
        let arguments = [&account[..], &["--admin", "--organization", "Devices"]].concat();
        let made = block_in_place(|| places[0].run_with_input(&arguments, &format!("{PASSWORD}\n")));
        assert_eq!(made.code, 0, "{}", made.err);
        let [one, other] = block_in_place(|| places.each_ref().map(Place::serve));
        let own = sign_in(&one).await;
        for turn in 0..5 {
            let lost = sign_in(&other).await;
            // Both processes have let it in, and hold what they let it in by.
            for server in [&one, &other] {
                for _ in 0..3 {
                    let (status, answer) = post(server, &lost, "{ viewer { role } }", json!({})).await;
                    assert_eq!((status, &answer["data"]["viewer"]["role"]), (200, &json!("ADMIN")));
                }
            }
            let mutation = if turn % 2 == 0 {
                let list = "{ viewer { sessions { nodes { id isCurrent } } } }";
                let (_, listed) = post(&one, &lost, list, json!({})).await;
                let nodes = listed["data"]["viewer"]["sessions"]["nodes"].as_array().unwrap();
                let current = nodes.iter().find(|node| node["isCurrent"] == true).unwrap();
                let id = current["id"].as_str().unwrap();
                format!("mutation {{ revokeSession(input: {{ sessionId: \"{id}\" }}) {{ revokedId }} }}")
            } else {
                "mutation { logoutEverywhere(input: { keepCurrent: true }) { endedSessions } }".to_owned()
            };
            let (_, done) = post(&one, &own, &mutation, json!({})).await;
            assert_eq!(done.get("errors"), None, "{done}");
            for server in [&other, &one] {
                let (status, answer) = post(server, &lost, "{ viewer { role } }", json!({})).await;
                assert_eq!(
                    (status, &answer["errors"][0]["extensions"]["code"]),
                    (401, &json!("UNAUTHENTICATED")),
                    "turn {turn}: {answer}"
                );
            }
        }
        let (status, _) = post(&other, &own, "{ viewer { role } }", json!({})).await;
        assert_eq!(status, 200, "the device that asked stays signed in");
    }
}
