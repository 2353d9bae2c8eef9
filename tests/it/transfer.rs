//! `kanvaro copy`, `export` and `import`, as an operator meets them: the real program on real engines.

use std::path::Path;

use kanvaro::app::App;
use kanvaro::config::Config;
use kanvaro::model::{Filter, Kind};
use kanvaro::store::Store;
use serde_json::Value;

use crate::support::process::{Ended, Place, is_private};

fn ended_well(ended: Ended) -> Ended {
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    ended
}

/// A place with demo data of so many tasks.
fn demo(tasks: usize) -> Place {
    let place = Place::new().with("KANVARO_DEMO", "false");
    let tasks = tasks.to_string();
    ended_well(place.run(&["demo", "--projects", "5", "--tasks", &tasks]));
    place
}

/// Every document of a store, by its id.
async fn documents(store: &Store) -> Vec<String> {
    let mut documents = Vec::new();
    for kind in Kind::ALL {
        let ids = store.ids(*kind, &Filter::everything(), 100_000).await.unwrap();
        let found = store.get_many(*kind, &ids).await.unwrap();
        documents.extend(found.iter().map(|entity| serde_json::to_string(entity).unwrap()));
    }
    documents.sort_unstable();
    documents
}

async fn documents_in(data: &Path) -> Vec<String> {
    let config = Config {
        data: data.to_owned(),
        ..Config::default()
    };
    let app = App::start(config).await.unwrap();
    let documents = documents(&app.store).await;
    app.store.close().await;
    documents
}

/// What an export holds, without what says when.
pub fn body(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() > 2, "{text}");
    lines[1..lines.len() - 1].to_vec()
}

/// The lines of collections, with counts and checksums.
#[cfg(feature = "mongo")]
fn table(ended: &Ended) -> Vec<&str> {
    let lines = ended.out.lines().filter(|line| line.starts_with("  "));
    let lines: Vec<&str> = lines.collect();
    assert!(lines.len() > Kind::ALL.len(), "{}", ended.out);
    lines
}

#[tokio::test]
async fn an_export_comes_back_with_all_but_sessions() {
    let place = demo(60);
    let exported = ended_well(place.run(&["export", "backup.jsonl"]));
    assert!(exported.err.contains("Exported sqlite:"), "{}", exported.err);
    let file = place.directory.path().join("backup.jsonl");
    assert!(is_private(&file), "it holds password hashes");
    let text = std::fs::read_to_string(&file).unwrap();
    let head: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(
        (head["format"].as_i64(), head["counts"]["tasks"].as_i64()),
        (Some(1), Some(60))
    );
    assert!(
        !text.contains("\"sessions\":"),
        "what has ended since must not come back"
    );

    let imported = ended_well(place.run(&["import", "backup.jsonl", "--to", "sqlite:other"]));
    assert!(imported.out.contains("It holds what the file does"), "{}", imported.out);
    let other = place.directory.path().join("other");
    let same = documents_in(&other).await;
    assert_eq!(same, documents_in(&place.data()).await);
    assert!(same.len() > 60);

    let again = ended_well(place.run(&["import", "backup.jsonl", "--to", "sqlite:other"]));
    assert!(again.out.contains("nothing was written"), "{}", again.out);
    let numbered = ended_well(place.run(&["export", "--from", "sqlite:other"]));
    assert!(body(&numbered.out) == body(&text), "counters and order too");
}

#[test]
fn a_file_that_is_cut_short_or_changed_is_refused_before_anything_is_made() {
    let place = demo(10);
    ended_well(place.run(&["export", "whole.jsonl"]));
    let text = std::fs::read_to_string(place.directory.path().join("whole.jsonl")).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let without_last = lines[..lines.len() - 1].concat();
    let changed = text.replacen("\"version\":1", "\"version\":2", 1);
    let swapped = [&lines[..5], &[lines[6], lines[5]], &lines[7..]].concat().concat();
    let newer = text.replacen("\"format\":1", "\"format\":9", 1);
    for (name, text, said) in [
        ("nothing", "", "the file is empty"),
        ("the first line", lines[0], "after 1 lines the last one is missing"),
        ("all but the last line", &without_last, "the last one is missing"),
        ("half of it", &text[..text.len() / 2], "cut short"),
        ("all but the last bytes", &text[..text.len() - 20], "line"),
        ("a changed value", &changed, "changed or damaged"),
        ("lines in another order", &swapped, "its id isn't higher"),
        ("something behind it", &format!("{text}{{}}\n"), "something comes after"),
        ("a newer format", &newer, "reads format 1"),
        ("something else", "{\"a\":1}\n", "isn't that of an export"),
    ] {
        place.write("broken.jsonl", text);
        let ended = place.run(&["import", "broken.jsonl", "--to", "sqlite:other"]);
        assert_eq!(ended.code, 1, "{name}: {}", ended.out);
        assert!(ended.err.contains(said), "{name}: {}", ended.err);
        assert!(!place.directory.path().join("other").exists(), "{name}");
    }
}

#[test]
fn a_store_that_holds_something_else_is_left_as_it_is() {
    let (place, other) = (demo(10), demo(10));
    ended_well(place.run(&["export", "whole.jsonl"]));
    let file = place.directory.path().join("whole.jsonl");
    ended_well(other.run(&["demo", "--seed", "9", "--tasks", "5"]));
    let before = ended_well(other.run(&["export"])).out;
    let refused = other.run(&["import", file.to_str().unwrap()]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("isn't empty"), "{}", refused.err);
    assert!(body(&ended_well(other.run(&["export"])).out) == body(&before));
}

#[test]
fn a_server_that_has_a_store_for_itself_has_to_be_stopped_first() {
    let place = Place::new().with("KANVARO_DEMO", "false");
    let server = place.serve();
    let ended = place.run(&["export"]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("has to be stopped first"), "{}", ended.err);
    server.stop();
}

#[test]
fn what_names_no_store_is_refused() {
    let place = Place::new();
    for (from, to, said) in [
        ("./data", "sqlite:b", "names no store"),
        ("sqlite:a", "sqlite:a", "are the same store"),
        ("mysql://u:geheim@h", "sqlite:b", "mysql://***@h names no store"),
    ] {
        let ended = place.run(&["copy", "--from", from, "--to", to]);
        assert_eq!(ended.code, 1, "{}", ended.out);
        assert!(
            ended.err.contains(said) && !ended.err.contains("geheim"),
            "{}",
            ended.err
        );
    }
    assert!(!place.directory.path().join("b").exists());
}

#[cfg(feature = "mongo")]
mod to_mongodb {
    use std::time::{Duration, Instant};

    use bson::{Document, doc};
    use kanvaro::model::Id;
    use kanvaro::service::{Password, task_counter};
    use tokio::task::block_in_place;

    use super::*;
    use crate::mongo::Scratch;

    /// How many tasks are copied; `KANVARO_TEST_COPY_TASKS=50000` for a measurement.
    fn tasks() -> usize {
        let set = std::env::var("KANVARO_TEST_COPY_TASKS").ok();
        set.map_or(300, |tasks| tasks.parse().unwrap())
    }

    fn copy(place: &Place, from: &str, to: &str) -> Ended {
        let start = Instant::now();
        let ended = block_in_place(|| place.run(&["copy", "--from", from, "--to", to]));
        println!("copied in {:.1?}\n{}", start.elapsed(), ended.out);
        ended
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_demo_goes_there_and_back_with_equal_checksums() {
        let scratch = Scratch::bare().await;
        let place = block_in_place(|| demo(tasks()));
        let there = ended_well(copy(&place, "sqlite", &scratch.uri()));
        let back = ended_well(copy(&place, &scratch.uri(), "sqlite:back"));
        assert_eq!(table(&there), table(&back));
        assert!(there.out.contains(&format!(" {} ", tasks())), "{}", there.out);
        let original = documents_in(&place.data()).await;
        assert_eq!(original, documents_in(&place.directory.path().join("back")).await);

        let again = ended_well(copy(&place, "sqlite", &scratch.uri()));
        assert!(again.out.contains("nothing was written"), "{}", again.out);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_server_on_the_copy_goes_on_where_the_first_one_was() {
        let scratch = Scratch::bare().await;
        let place = block_in_place(|| demo(40));
        let (password, email) = ("a good long password", "ada@acme.example");
        let add = ["user", "add", "--admin", "--organization", "Acme", "--email", email];
        let add = [&add[..], &["--first-name", "Ada", "--last-name", "Lovelace"]].concat();
        block_in_place(|| ended_well(place.run_with_input(&add, password)));
        let embedded = Config {
            data: place.data(),
            ..Config::default()
        };
        let app = App::start(embedded).await.unwrap();
        let (token, project) = (
            app.services
                .login(email, &Password::new(password), "test")
                .await
                .unwrap()
                .1,
            app.store.ids(Kind::Project, &Filter::everything(), 1).await.unwrap()[0],
        );
        let next = app.store.reserve(&task_counter(project), 1).await.unwrap() + 1;
        app.store.close().await;

        ended_well(copy(&place, "sqlite", &scratch.uri()));
        let there = Config {
            database: scratch.uri().as_str().into(),
            data: place.directory.path().join("there"),
            ..Config::default()
        };
        let app = App::start(there).await.unwrap();
        app.prepare().await.unwrap();
        assert_eq!(app.store.reserve(&task_counter(project), 1).await.unwrap(), next);
        let sessions = app.store.count(Kind::Session, &[Filter::everything()]).await.unwrap();
        assert_eq!(sessions, [1], "whoever was signed in still is: {token:?}");
        app.store.close().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_copy_that_was_killed_goes_on_and_no_server_takes_it_for_whole() {
        let scratch = Scratch::new().await;
        let uri = scratch.uri();
        let place = block_in_place(|| demo(1_500));
        let held_up = held_up(&scratch, &place).await;
        let mut copying = place.spawn(&["copy", "--from", "sqlite", "--to", &uri]);
        let tasks = scratch.database.collection::<Document>("tasks");
        let start = Instant::now();
        while tasks.count_documents(doc! {}).await.unwrap() == 0 {
            assert!(start.elapsed() < Duration::from_secs(100), "nothing is copied");
            assert!(copying.try_wait().unwrap().is_none(), "the copy ended early");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        copying.kill().unwrap();
        copying.wait().unwrap();
        drop(held_up);
        let copied = tasks.count_documents(doc! {}).await.unwrap();
        assert!(copied > 0 && copied < 1_500, "{copied}");

        let server = Place::new().with("KANVARO_DATABASE", &uri);
        let refused = block_in_place(|| server.run(&["serve"]));
        assert_eq!(refused.code, 1);
        assert!(refused.err.contains("cut short"), "{}", refused.err);
        let foreign = copy(&server, "sqlite:empty", &uri);
        assert!(
            foreign.err.contains("unfinished copy of something else"),
            "{}",
            foreign.err
        );

        let done = ended_well(copy(&place, "sqlite", &uri));
        assert!(
            done.out.contains("going on where an earlier run was cut short"),
            "{}",
            done.out
        );
        assert_eq!(tasks.count_documents(doc! {}).await.unwrap(), 1_500);
        let back = ended_well(copy(&place, &uri, "sqlite:back"));
        assert_eq!(table(&done), table(&back));
    }

    /// Keeps a copy from getting beyond its first documents: a transaction has touched a later one.
    async fn held_up(scratch: &Scratch, place: &Place) -> mongodb::ClientSession {
        let app = App::start(Config {
            data: place.data(),
            ..Config::default()
        })
        .await
        .unwrap();
        let mut ids: Vec<Id> = app.store.ids(Kind::Task, &Filter::everything(), 10_000).await.unwrap();
        app.store.close().await;
        ids.sort_unstable();
        let id = bson::oid::ObjectId::from_bytes(*ids[900].bytes());
        let mut session = scratch.database.client().start_session().await.unwrap();
        session.start_transaction().await.unwrap();
        let tasks = scratch.database.collection::<Document>("tasks");
        tasks
            .insert_one(doc! { "_id": id })
            .session(&mut session)
            .await
            .unwrap();
        session
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_server_on_the_target_keeps_a_copy_away() {
        let scratch = Scratch::bare().await;
        let server = Place::new()
            .with("KANVARO_DEMO", "false")
            .with("KANVARO_DATABASE", &scratch.uri());
        let serving = block_in_place(|| server.serve());
        let place = block_in_place(|| demo(5));
        // Who follows what others write is settled a moment after the start.
        let leases = scratch.database.collection::<Document>("freshness");
        let held = doc! { "_id": "follower", "$expr": { "$gt": ["$until", "$$NOW"] } };
        let start = Instant::now();
        while leases.find_one(held.clone()).await.unwrap().is_none() {
            assert!(start.elapsed() < Duration::from_secs(60), "nobody follows");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let refused = copy(&place, "sqlite", &scratch.uri());
        assert_eq!(refused.code, 1);
        assert!(
            refused.err.contains("a server works with"),
            "{}{}",
            refused.out,
            refused.err
        );
        block_in_place(|| serving.stop());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_has_changed_since_a_copy_was_cut_short_is_taken_over() {
        let scratch = Scratch::bare().await;
        let place = block_in_place(|| demo(20));
        ended_well(copy(&place, "sqlite", &scratch.uri()));
        // As a copy leaves it that was cut short, while the source went on.
        let ledger = kanvaro::store::StoreBackend::ledger(&*scratch.backend).unwrap();
        let data = std::fs::canonicalize(place.data()).unwrap();
        let mark = blake3::hash(format!("sqlite:{}", data.display()).as_bytes());
        let mark = i64::from_le_bytes(mark.as_bytes()[..8].try_into().unwrap());
        ledger.set_counter("copy:unfinished", Some(mark)).await.unwrap();
        let tasks = scratch.database.collection::<Document>("tasks");
        let other = doc! { "$set": { "title": "something else" } };
        tasks.update_one(doc! {}, other).await.unwrap();
        tasks
            .delete_one(doc! { "title": { "$ne": "something else" } })
            .await
            .unwrap();
        let extra = doc! { "$set": { "_id": bson::oid::ObjectId::new(), "number": 999_i64 } };
        let pipeline = vec![doc! { "$limit": 1 }, extra, doc! { "$merge": "tasks" }];
        tasks.aggregate(pipeline).await.unwrap();

        let done = ended_well(copy(&place, "sqlite", &scratch.uri()));
        assert!(
            done.out
                .contains("wrote 1 documents, 1 anew, and took 1 away that had gone"),
            "{}",
            done.out
        );
    }
}
