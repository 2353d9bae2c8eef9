//! Search by word beginnings, whatever people type, with the same answer from every engine.

use std::sync::Arc;

use kanvaro::model::{Filter, Id, Kind, Project, Task, Value, search};

use super::StoreFixture;
use super::fixture::ids_of;

const TITLES: [&str; 6] = [
    "Crème brûlée for the café",
    "CREMATE the backlog",
    "Fix the 100% width_of_button*",
    "Grüße aus Köln",
    "שלום עולם",
    "发布 🚀 release",
];

pub async fn word_beginnings_are_found_whatever_the_case_and_accents(fixture: &StoreFixture) {
    let (project, tasks) = titled(fixture).await;
    assert_eq!(found(fixture, &project, "crem").await, ids_of(&tasks[..2]));
    assert_eq!(found(fixture, &project, "CRÈM").await, ids_of(&tasks[..2]));
    assert_eq!(found(fixture, &project, "creme").await, ids_of(&tasks[..1]));
    assert_eq!(found(fixture, &project, "gru").await, ids_of(&tasks[3..4]));
    assert!(
        found(fixture, &project, "reme").await.is_empty(),
        "the middle of a word is not its beginning"
    );
}

pub async fn every_word_must_be_found(fixture: &StoreFixture) {
    let (project, tasks) = titled(fixture).await;
    assert_eq!(found(fixture, &project, "the").await, ids_of(&tasks[..3]));
    assert_eq!(found(fixture, &project, "the crem").await, ids_of(&tasks[..2]));
    assert_eq!(found(fixture, &project, "backl CREM the").await, ids_of(&tasks[1..2]));
    assert!(found(fixture, &project, "the köln").await.is_empty());
}

pub async fn other_organisations_are_not_searched(fixture: &StoreFixture) {
    let (project, _) = titled(fixture).await;
    let (_, _) = titled(fixture).await;
    assert_eq!(found(fixture, &project, "creme").await.len(), 1);
    let nested = Filter::All(vec![
        Filter::Eq("organization", Value::Id(project.organization)),
        Filter::Any(vec![search::filter("creme"), search::filter("koln")]),
    ]);
    assert_eq!(fixture.matching(Kind::Task, nested).await.len(), 2);
}

pub async fn without_an_organisation_all_are_searched(fixture: &StoreFixture) {
    titled(fixture).await;
    titled(fixture).await;
    assert_eq!(fixture.matching(Kind::Task, search::filter("creme")).await.len(), 2);
    let every = Filter::Prefix("searchTerms", String::new());
    assert_eq!(
        fixture.matching(Kind::Task, every).await.len(),
        12,
        "every term begins with nothing"
    );
}

pub async fn what_people_type_is_literal(fixture: &StoreFixture) {
    let (project, tasks) = titled(fixture).await;
    assert_eq!(found(fixture, &project, "100%").await, ids_of(&tasks[2..3]));
    assert_eq!(
        found(fixture, &project, "\"width_of\" (button*) \\ -fix '").await,
        ids_of(&tasks[2..3])
    );
    for nothing in ["%", "_", "*", "'", "\"", "\\", "🚀", ".", "^", "$", "--", "%%", "\u{0}"] {
        assert!(found(fixture, &project, nothing).await.is_empty(), "{nothing:?}");
    }
    for literal in [
        "%", "_", "*", "cr.m", "^c", "c*", "c%", "c_", "[c]", "(c|g)", "\\w", "'", "\"", "c\u{0}", "/c/i",
    ] {
        let raw = Filter::Prefix("searchTerms", literal.into());
        assert!(fixture.matching(Kind::Task, raw).await.is_empty(), "{literal:?}");
    }
    assert_eq!(
        found(fixture, &project, "  ").await,
        ids_of(&tasks),
        "blank text asks for nothing"
    );
}

pub async fn scripts_of_the_world_are_found(fixture: &StoreFixture) {
    let (project, tasks) = titled(fixture).await;
    assert_eq!(found(fixture, &project, "שלו").await, ids_of(&tasks[4..5]));
    assert_eq!(found(fixture, &project, "发").await, ids_of(&tasks[5..6]));
    assert_eq!(found(fixture, &project, "🚀 rel").await, ids_of(&tasks[5..6]));
}

pub async fn a_changed_document_is_found_by_its_new_words_only(fixture: &StoreFixture) {
    let (project, tasks) = titled(fixture).await;
    let mut after = Task {
        title: "Crème caramel".into(),
        ..tasks[0].clone()
    };
    after.refresh();
    fixture.store.update(&Arc::new(tasks[0].clone()), after).await.unwrap();
    assert!(found(fixture, &project, "brulee").await.is_empty());
    assert_eq!(found(fixture, &project, "caramel").await, ids_of(&tasks[..1]));
    assert_eq!(found(fixture, &project, "creme").await, ids_of(&tasks[..1]));
}

async fn titled(fixture: &StoreFixture) -> (Project, Vec<Task>) {
    fixture
        .tasks(TITLES.len(), |place, task| {
            // The samples' running numbers are terms too, and come to begin with what is searched for here.
            (task.title, task.display_id) = (TITLES[place].into(), "1.1".into());
        })
        .await
}

async fn found(fixture: &StoreFixture, project: &Project, typed: &str) -> Vec<Id> {
    let within = Filter::Eq("organization", Value::Id(project.organization));
    fixture.matching(Kind::Task, within.and(search::filter(typed))).await
}
