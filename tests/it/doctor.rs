//! `kanvaro doctor` and `kanvaro probe`, as whoever looks after a deployment meets them, against the real services.

use serde_json::Value;

use crate::support::process::{Ended, Place};

fn doctor(place: &Place) -> Ended {
    place.run(&["doctor"])
}

/// How serious the finding is that has this in it, as JSON tells it.
fn severity<'a>(told: &'a Value, part: &str, found: &str) -> &'a str {
    let findings = told["findings"].as_array().unwrap();
    let one = findings
        .iter()
        .find(|one| one["part"] == part && one["found"].as_str().unwrap().contains(found));
    one.unwrap_or_else(|| panic!("nothing of {part} says {found:?}: {told:#}"))["severity"]
        .as_str()
        .unwrap()
}

fn told(place: &Place) -> (i32, Value) {
    let ended = place.run(&["doctor", "--json"]);
    let told = serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{}{}", ended.out, ended.err));
    (ended.code, told)
}

#[test]
fn before_the_first_start_nothing_is_wrong_and_nothing_is_made() {
    let place = Place::new();
    let ended = doctor(&place);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("no database yet"), "{}", ended.out);
    assert!(ended.out.ends_with("Nothing is wrong.\n"), "{}", ended.out);
    assert!(!place.data().exists());
}

#[test]
fn beside_a_server_the_server_is_asked_for_its_store() {
    let place = Place::new().with("KANVARO_DEMO", "false");
    let server = place.serve();
    let (code, said) = told(&place);
    assert_eq!((code, &said["ok"]), (0, &Value::Bool(true)), "{said:#}");
    assert_eq!(severity(&said, "data", "held by a running server"), "ok");
    assert_eq!(severity(&said, "store", "whole"), "ok");
    assert_eq!(severity(&said, "store", "all indexes"), "ok");
    assert_eq!(severity(&said, "assets", "put, found and taken away"), "ok");
    server.stop();
    let (code, said) = told(&place);
    assert_eq!((code, severity(&said, "store", "whole")), (0, "ok"));
}

#[test]
fn what_is_wrong_fails_and_what_to_do_is_said() {
    let place = Place::new().with("KANVARO_MAX_DEPTH", "900");
    let ended = doctor(&place);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("WRONG    config"), "{}", ended.out);
    assert!(ended.out.contains("from 1 to 64"), "{}", ended.out);

    let place = Place::new().with("KANVARO_DATA", "file/data");
    place.write("file", "no directory");
    let (code, said) = told(&place);
    assert_eq!((code, severity(&said, "data", "can't be written")), (1, "wrong"));
}

#[test]
fn a_damaged_database_file_is_found() {
    let place = Place::new();
    std::fs::create_dir(place.data()).unwrap();
    place.write("data/kanvaro.db", "this is no database, whatever its name says");
    let (code, said) = told(&place);
    assert_eq!((code, severity(&said, "store", "can't open")), (1, "wrong"));
}

#[test]
fn a_running_server_is_well_and_a_stopped_one_is_not() {
    let place = Place::new().with("KANVARO_DEMO", "false");
    let server = place.serve();
    for arguments in [
        &["probe", "--url", &server.url][..],
        &["probe", "--ready", "--url", &server.url],
    ] {
        let ended = place.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (0, ""), "{}", ended.err);
    }
    let url = server.url.clone();
    server.stop();
    let ended = place.run(&["probe", "--url", &url]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("can't ask the server"), "{}", ended.err);
}

#[cfg(feature = "mongo")]
#[tokio::test(flavor = "multi_thread")]
async fn a_replica_set_is_looked_at_with_its_indexes() {
    use tokio::task::block_in_place;

    let scratch = crate::mongo::Scratch::bare().await;
    let place = Place::new().with("KANVARO_DATABASE", &scratch.uri());
    let look = || block_in_place(|| told(&place));
    let (code, said) = look();
    assert_eq!(
        (code, severity(&said, "store", "there are no collections")),
        (0, "warning")
    );
    assert_eq!(severity(&said, "store", "replica set rs0 with 1 member"), "warning");
    assert_eq!(severity(&said, "store", "the clock of MongoDB agrees"), "ok");
    assert_eq!(severity(&said, "config", "links to private files"), "warning");

    assert_eq!(block_in_place(|| place.run(&["index", "ensure"])).code, 0);
    let (_, said) = look();
    assert_eq!(severity(&said, "store", "all indexes"), "ok");
    assert_eq!(
        severity(&said, "store", "what other programs write can be followed"),
        "ok"
    );

    let tasks = scratch.database.collection::<bson::Document>("tasks");
    tasks.drop_index("parent_1").await.unwrap();
    let (code, said) = look();
    assert_eq!(
        (code, severity(&said, "store", "1 indexes are missing, tasks.parent_1")),
        (0, "warning")
    );
}

#[cfg(feature = "mongo")]
#[test]
fn a_database_that_is_away_keeps_nothing_else_from_being_looked_at() {
    let place = Place::new().with("KANVARO_DATABASE", "mongodb://127.0.0.1:1/kanvaro?replicaSet=rs0");
    let (code, said) = told(&place);
    assert_eq!((code, severity(&said, "store", "no database at")), (1, "wrong"));
    assert_eq!(severity(&said, "cache", "in the process"), "ok");
    assert_eq!(severity(&said, "assets", "files in"), "ok");
}

#[cfg(feature = "redis")]
mod redis {
    use super::*;
    use crate::support::redis::Server;

    fn beside(server: &Server) -> (i32, Value) {
        told(&Place::new().with("KANVARO_CACHE", &server.url()))
    }

    #[test]
    fn a_cache_that_is_set_up_as_one_has_no_warnings() {
        let server = Server::with(&["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"]);
        let (code, said) = beside(&server);
        assert_eq!(
            (
                code,
                severity(&said, "cache", "100 MB at most, maxmemory-policy allkeys-lru")
            ),
            (0, "ok")
        );
        assert_eq!(severity(&said, "cache", "writes nothing to disk"), "ok");
        assert_eq!(severity(&said, "cache", "the clock of Redis"), "ok");
    }

    #[test]
    fn what_would_surprise_of_a_cache_is_a_warning() {
        let server = Server::with(&["--maxmemory", "100mb", "--save", "3600", "1"]);
        let (code, said) = beside(&server);
        assert_eq!(
            (code, severity(&said, "cache", "maxmemory-policy noeviction")),
            (0, "warning")
        );
        assert_eq!(severity(&said, "cache", "writes snapshots"), "warning");
        let (_, said) = beside(&Server::with(&["--appendonly", "yes"]));
        assert_eq!(severity(&said, "cache", "maxmemory is 0"), "warning");
        assert_eq!(severity(&said, "cache", "logs every write"), "warning");
    }

    #[test]
    fn a_user_who_may_not_ask_for_settings_is_told_what_may_be_known() {
        let server = Server::with(&["--maxmemory", "100mb"]);
        let rules = "~* +mget +get +set +unlink +ping +info +eval +evalsha +script|load +time";
        server.run::<()>(&format!("ACL SETUSER kanvaro on >geheim {rules}"));
        let url = server.url().replace("redis://", "redis://kanvaro:geheim@");
        let (code, said) = told(&Place::new().with("KANVARO_CACHE", &url));
        assert_eq!((code, severity(&said, "cache", "noeviction")), (0, "warning"));
        assert!(!said.to_string().contains("geheim"), "{said:#}");
    }

    #[test]
    fn a_replica_and_a_server_that_is_away_are_wrong() {
        let master = Server::started();
        let replica = Server::with(&["--replicaof", "127.0.0.1", &master.port().to_string()]);
        let (code, said) = beside(&replica);
        assert_eq!((code, severity(&said, "cache", "is a replica")), (1, "wrong"));
        let (code, said) = beside(&Server::absent());
        assert_eq!((code, severity(&said, "cache", "127.0.0.1")), (1, "wrong"));
    }
}

#[cfg(feature = "aws")]
#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_is_tried_and_one_that_is_absent_is_wrong() {
    use crate::support::aws;
    use tokio::task::block_in_place;

    let bucket = aws::new_bucket().await;
    let place = |bucket: &str| {
        Place::new()
            .with("KANVARO_ASSETS", &format!("s3://{bucket}/kanvaro"))
            .with("KANVARO_ASSETS_ENDPOINT", &aws::url())
            .with("KANVARO_ASSETS_REGION", "eu-central-1")
            .with("KANVARO_ASSETS_PATH_STYLE", "true")
    };
    let (code, said) = block_in_place(|| told(&place(&bucket)));
    assert_eq!(
        (code, severity(&said, "assets", "put, found and taken away")),
        (0, "ok")
    );
    let (code, said) = block_in_place(|| told(&place("absent-bucket-of-nobody")));
    assert_eq!(
        (code, severity(&said, "assets", "s3://absent-bucket-of-nobody")),
        (1, "wrong")
    );
}
