//! The command line, as a person meets it: the real program in directories of its own.

use kanvaro::app::App;
use kanvaro::config::Config;
use kanvaro::model::{Clock, Filter, Kind};
use kanvaro::service::{Password, task_counter};
use serde_json::Value;

use crate::support::process::{Place, Server, is_private};

/// The data of a stopped server.
async fn open(place: &Place) -> App {
    let data = place.data();
    App::start(Config {
        data,
        ..Config::default()
    })
    .await
    .unwrap()
}

async fn signs_in(place: &Place, email: &str, password: &str) -> bool {
    let app = open(place).await;
    let signed_in = app
        .services
        .login(email, &Password::new(password), "test")
        .await
        .is_ok();
    app.store.close().await;
    signed_in
}

/// Every document of the place, passwords and times of sign-in aside.
async fn documents(place: &Place) -> Vec<Value> {
    let app = open(place).await;
    let mut documents = Vec::new();
    for kind in Kind::ALL {
        let ids = app.store.ids(*kind, &Filter::everything(), 100_000).await.unwrap();
        for entity in app.store.get_many(*kind, &ids).await.unwrap() {
            let mut document = serde_json::to_value(&entity).unwrap();
            document.as_object_mut().unwrap().remove("passwordHash");
            documents.push(document);
        }
    }
    app.store.close().await;
    documents.sort_by_key(|document| document["_id"].to_string());
    documents
}

async fn healthy(server: &Server) -> bool {
    let answer = reqwest::get(format!("{}/health", server.url)).await.unwrap();
    answer.status().is_success()
}

#[tokio::test]
async fn a_first_start_makes_demo_data_once_and_shows_one_login_once() {
    let place = Place::new();
    let server = place.serve();
    assert!(healthy(&server).await);
    assert!(
        server.said.contains("/graphql\n") && server.said.contains("GraphiQL"),
        "{}",
        server.said
    );
    let email = server.told("Sign in as").unwrap().to_owned();
    let password = server.told("Password").unwrap().to_owned();
    server.stop();
    let before = documents(&place).await;
    assert!(signs_in(&place, &email, &password).await);
    let of = |kind: &str| before.iter().filter(|document| document.get(kind).is_some()).count();
    assert_eq!((of("firstName"), of("boardColumns"), of("rank")), (12, 8, 400));
    assert!(of("body") > 50, "{}", of("body"));

    let again = place.serve();
    assert!(healthy(&again).await);
    assert_eq!((again.told("Sign in as"), again.told("Password")), (None, None));
    again.stop();
    let after = documents(&place).await;
    assert_eq!(without_sessions(&before), without_sessions(&after));
}

/// Signing in writes a session and the time of it.
fn without_sessions(documents: &[Value]) -> Vec<&Value> {
    let is_written_by_login =
        |document: &Value| document.get("tokenHash").is_some() || document.get("lastLoginAt").is_some();
    documents
        .iter()
        .filter(|document| !is_written_by_login(document))
        .collect()
}

#[test]
fn a_second_process_on_the_same_data_is_refused() {
    let place = Place::new();
    let server = place.serve();
    let second = place.run(&["serve"]);
    assert_eq!(second.code, 1);
    assert!(
        second.err.contains("in use by another kanvaro process"),
        "{}",
        second.err
    );
    assert!(second.err.contains("MongoDB and Redis"), "{}", second.err);
    server.stop();
}

#[tokio::test]
async fn commands_reach_the_running_server_through_its_socket() {
    let place = Place::new().with("KANVARO_DEMO", "false");
    let server = place.serve();
    let socket = place.data().join("kanvaro.sock");
    assert!(is_private(&socket));
    let add = [
        "user",
        "add",
        "--admin",
        "--organization",
        "Acme",
        "--email",
        "Ada@Acme.example",
    ];
    let named = [&add[..], &["--first-name", "Ada", "--last-name", "Lovelace"]].concat();
    let added = place.run_with_input(&named, "first secret word\n");
    assert_eq!(added.code, 0, "{}", added.err);
    assert!(
        added
            .out
            .contains("Ada Lovelace <ada@acme.example> as admin of Acme and the organisation itself"),
        "{}",
        added.out
    );
    let changed = place.run_with_input(&["user", "password", "ada@acme.example"], "second secret word\n");
    assert_eq!(changed.code, 0, "{}", changed.err);
    assert_eq!(place.run(&["index", "ensure"]).out, "All indexes are there.\n");
    assert_eq!(
        place
            .run(&["demo", "--users", "3", "--projects", "2", "--tasks", "20"])
            .code,
        0
    );
    server.stop();
    assert!(!socket.exists());
    assert!(!signs_in(&place, "ada@acme.example", "first secret word").await);
    assert!(signs_in(&place, "ada@acme.example", "second secret word").await);
}

#[tokio::test]
async fn commands_run_alone_when_no_server_runs() {
    let place = Place::new().with("KANVARO_ENV", "production");
    let add = [
        "user",
        "add",
        "--admin",
        "--organization",
        "Acme",
        "--email",
        "ada@acme.example",
    ];
    let named = [
        &add[..],
        &["--first-name", "Ada", "--last-name", "Lovelace", "--generate"],
    ]
    .concat();
    let added = place.run(&named);
    assert_eq!(added.code, 0, "{}", added.err);
    let password = added
        .out
        .split("Password: ")
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap();
    assert!(signs_in(&place, "ada@acme.example", password).await);
    let second = place.run_with_input(
        &[
            "user",
            "add",
            "--email",
            "bo@acme.example",
            "--first-name",
            "Bo",
            "--last-name",
            "Ek",
            "--role",
            "client",
        ],
        "a third secret word\n",
    );
    assert!(
        second.out.contains("Bo Ek <bo@acme.example> as client of Acme."),
        "{}{}",
        second.out,
        second.err
    );
}

#[test]
fn what_a_person_can_mend_is_explained() {
    let place = Place::new();
    let add = [
        "user",
        "add",
        "--email",
        "a@b.example",
        "--first-name",
        "A",
        "--last-name",
        "B",
    ];
    let nowhere = place.run_with_input(&add, "a good long password\n");
    assert_eq!(
        (nowhere.code, nowhere.err.contains("--admin --organization NAME")),
        (1, true),
        "{}",
        nowhere.err
    );
    let founding = [&add[..], &["--admin", "--organization", "Acme"]].concat();
    let short = place.run_with_input(&founding, "short\n");
    assert_eq!(
        (short.code, short.err.contains("password: ")),
        (1, true),
        "{}",
        short.err
    );
    let unheard = place.run(&founding);
    assert_eq!(
        (unheard.code, unheard.err.contains("--generate")),
        (1, true),
        "{}",
        unheard.err
    );
    let nobody = place.run_with_input(&["user", "password", "no@body.example"], "a good long password\n");
    assert_eq!(
        (
            nobody.code,
            nobody.err.contains("no account with the address no@body.example")
        ),
        (1, true),
        "{}",
        nobody.err
    );
}

#[test]
fn an_empty_production_store_says_how_to_make_the_first_admin() {
    let place = Place::new().with("KANVARO_ENV", "production");
    let server = place.serve();
    assert!(
        server.said.contains("kanvaro user add --admin --organization NAME"),
        "{}",
        server.said
    );
    assert!(server.told("Password").is_none());
    server.stop();
}

#[test]
fn production_takes_no_demo_data() {
    let refused = Place::new().with("KANVARO_ENV", "production").run(&["demo"]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("not for production"), "{}", refused.err);
}

#[test]
fn the_socket_of_a_killed_server_is_no_hindrance() {
    let place = Place::new().with("KANVARO_DEMO", "false");
    let mut killed = place.serve();
    killed.signal("KILL");
    assert_eq!(killed.wait(), None);
    assert!(place.data().join("kanvaro.sock").exists());
    assert_eq!(place.run(&["index", "ensure"]).code, 0);
    place.serve().stop();
}

#[test]
fn an_interrupt_ends_a_server_like_sigterm() {
    let place = Place::new().with("KANVARO_DEMO", "false");
    let mut server = place.serve();
    server.signal("INT");
    assert_eq!(server.wait(), Some(0));
}

#[tokio::test]
async fn an_unreachable_cache_does_not_keep_a_server_from_starting() {
    let place = Place::new()
        .with("KANVARO_CACHE", "redis://127.0.0.1:1")
        .with("KANVARO_DEMO", "false");
    let server = place.serve();
    assert!(healthy(&server).await);
    server.stop();
}

#[cfg(feature = "mongo")]
#[test]
fn a_database_that_stays_away_ends_the_start_with_1() {
    let place = Place::new()
        .with("KANVARO_DATABASE", "mongodb://127.0.0.1:1/?replicaSet=rs0")
        .with("KANVARO_MONGODB_SELECTION_SECONDS", "1")
        .with("KANVARO_START_SECONDS", "3");
    let ended = place.run(&["serve"]);
    assert_eq!(ended.code, 1, "{}", ended.err);
    assert!(
        ended
            .err
            .contains("waiting for the database at mongodb://127.0.0.1:1/?replicaSet=rs0, for 3 s at most"),
        "{}",
        ended.err
    );
    assert!(
        ended.err.contains("no database at mongodb://127.0.0.1:1"),
        "{}",
        ended.err
    );
}

#[tokio::test]
async fn the_same_seed_on_the_same_day_makes_the_same_documents() {
    let demo = [
        "demo",
        "--organizations",
        "2",
        "--users",
        "15",
        "--projects",
        "9",
        "--tasks",
        "150",
        "--seed",
        "7",
    ];
    let day = || Clock::system().now().millis() / 86_400_000;
    loop {
        let (start, places) = (day(), [Place::new(), Place::new()]);
        for place in &places {
            let made = place.run(&demo);
            assert_eq!(made.code, 0, "{}", made.err);
        }
        if day() != start {
            continue;
        }
        let [one, other] = [documents(&places[0]).await, documents(&places[1]).await];
        assert!(one.len() > 2 * (1 + 15 + 9 + 150));
        assert!(one == other, "the documents differ");
        let again = places[0].run(&demo);
        assert_eq!(
            (again.code, again.err.contains("try another --seed")),
            (1, true),
            "{}",
            again.err
        );
        return;
    }
}

#[tokio::test]
async fn numbers_go_on_where_the_demo_ended() {
    let place = Place::new();
    assert_eq!(
        place
            .run(&["demo", "--users", "4", "--projects", "3", "--tasks", "60"])
            .code,
        0
    );
    let tasks = documents(&place)
        .await
        .into_iter()
        .filter(|document| document.get("rank").is_some());
    let numbers: Vec<(String, i64)> = tasks
        .map(|task| {
            (
                task["project"].as_str().unwrap().to_owned(),
                task["number"].as_i64().unwrap(),
            )
        })
        .collect();
    let app = open(&place).await;
    let (project, _) = numbers[0].clone();
    let of_project = numbers.iter().filter(|(of, _)| *of == project).count() as i64;
    let next = app
        .store
        .reserve(&task_counter(project.parse().unwrap()), 1)
        .await
        .unwrap();
    app.store.close().await;
    assert_eq!(next, of_project + 1);
}
