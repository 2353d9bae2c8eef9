//! Searches for words: which commands they are, and what they read.

use std::cmp::Reverse;

use bson::{Document, doc};
use futures_util::TryStreamExt;
use kanvaro::model::{Direction, Filter, Id, Kind, Query, Sort, Task, Value, search};
use kanvaro::store::StoreBackend;

use super::scratch::Scratch;

const LIMIT: usize = 20;

#[tokio::test]
async fn one_word_is_one_command_and_several_are_one_each_and_one_more() {
    let (scratch, known) = filled(50).await;
    let (one, commands) = found(&scratch, &known, "frequ").await;
    assert_eq!((one, commands), (known.newest(), vec!["find".to_owned()]));
    let (two, commands) = found(&scratch, &known, "frequ third").await;
    assert_eq!((two, commands), (known.newest_third(), vec!["find".to_owned(); 3]));
    let (none, commands) = found(&scratch, &known, "third nowhere").await;
    assert_eq!((none, commands), (vec![], vec!["find".to_owned(); 2]));
}

/// The server's own account.
#[tokio::test]
async fn no_document_is_read_that_has_not_every_word() {
    let (scratch, known) = filled(300).await;
    scratch.database.run_command(doc! { "profile": 2 }).await.unwrap();
    found(&scratch, &known, "frequent third").await;
    found(&scratch, &known, "frequent").await;
    scratch.database.run_command(doc! { "profile": 0 }).await.unwrap();
    let profile = scratch.database.collection::<Document>("system.profile");
    let finds = profile.find(doc! { "command.find": "tasks" }).await.unwrap();
    let finds: Vec<Document> = finds.try_collect().await.unwrap();
    let read: i32 = finds.iter().map(|find| find.get_i32("docsExamined").unwrap()).sum();
    assert_eq!((finds.len(), read), (4, 2 * LIMIT as i32), "{finds:?}");
}

/// Of each word only so many ids are read at first.
#[tokio::test]
async fn words_that_thousands_have_are_found_together_all_the_same() {
    let (scratch, known) = filled(2_400).await;
    let (both, commands) = found(&scratch, &known, "frequent common").await;
    assert_eq!((both, commands.len()), (known.newest(), 5));
    let (both, commands) = found(&scratch, &known, "third frequent").await;
    assert_eq!((both, commands.len()), (known.newest_third(), 3));
}

#[tokio::test]
async fn a_server_without_the_index_finds_the_same() {
    let (scratch, known) = filled(50).await;
    let tasks = scratch.database.collection::<Document>("tasks");
    tasks.drop_indexes().await.unwrap();
    let (two, _) = found(&scratch, &known, "frequ third").await;
    assert_eq!(two, known.newest_third());
}

/// The tasks that were written, the newest first.
struct Known {
    organization: Id,
    tasks: Vec<Task>,
}

impl Known {
    fn newest(&self) -> Vec<Id> {
        self.tasks.iter().map(|task| task.id).take(LIMIT).collect()
    }

    /// The newest with the third word.
    fn newest_third(&self) -> Vec<Id> {
        let third = self.tasks.iter().filter(|task| task.title.ends_with("third"));
        third.map(|task| task.id).take(LIMIT).collect()
    }
}

/// So many tasks with two words, and a third one in every third.
async fn filled(count: usize) -> (Scratch, Known) {
    let scratch = Scratch::new().await;
    let (project, mut tasks) = scratch
        .tasks(count, |at, task| {
            task.title = if at % 3 == 0 { "Frequent third" } else { "Frequent" }.into();
            task.description = "common".into();
            task.refresh();
        })
        .await;
    tasks.sort_by_key(|task| Reverse(task.id));
    let organization = project.organization;
    let known = Known { organization, tasks };
    (scratch, known)
}

/// What a search finds, and by which commands.
async fn found(scratch: &Scratch, known: &Known, text: &str) -> (Vec<Id>, Vec<String>) {
    let tasks = Filter::Eq("organization", Value::Id(known.organization));
    let tasks = tasks.and(Filter::Eq("isArchived", Value::Bool(false)));
    let query = Query {
        filter: tasks.and(search::wanted(&search::words(text))),
        sort: Sort {
            field: "_id",
            direction: Direction::Descending,
        },
        after: None,
        skip: 0,
        limit: LIMIT as u32,
    };
    let (pages, commands) = scratch.commands(scratch.backend.pages(Kind::Task, &[query])).await;
    let pages = pages.unwrap();
    let ids = pages[0].iter().map(|document| {
        let document = bson::RawDocument::from_bytes(document).unwrap();
        Id::from_bytes(document.get_object_id("_id").unwrap().bytes())
    });
    (ids.collect(), commands)
}
