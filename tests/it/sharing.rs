//! Who may be served another's answer: whoever has the same key at the level that was consulted to make it. Shown by
//! pairs of viewers and queries made by dice; the control pretends that less was consulted and must find leaks.
//!
//! `KANVARO_TEST_SHARING_QUERIES` makes more queries; `KANVARO_TEST_SEED` repeats a run.

use std::collections::BTreeMap;

use async_graphql::Request;
use async_graphql::parser::parse_query;
use kanvaro::graphql::{Policies, schema};
use kanvaro::model::{Consulted, User, Viewer};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::support::app::TestApp;
use crate::support::crowd::Crowd;
use crate::support::queries::Queries;
use crate::support::sample;

/// What one viewer was answered.
struct Run {
    who: String,
    keys: BTreeMap<Consulted, String>,
    consulted: Consulted,
    answer: String,
}

/// What comparing all pairs has found.
#[derive(Debug, Default)]
struct Found {
    /// Pairs of different viewers that share an answer, by level.
    shared: BTreeMap<Consulted, u64>,
    /// Pairs that would share one if a level less had been consulted, and must not, by level.
    leaks_below: BTreeMap<Consulted, u64>,
    /// How many of the shared answers have errors: denied fields among them.
    shared_with_errors: u64,
    pairs: u64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_the_same_key_at_the_level_consulted_gets_the_same_answer() {
    let seed = number("KANVARO_TEST_SEED").unwrap_or_else(rand::random);
    let queries = number("KANVARO_TEST_SHARING_QUERIES").unwrap_or(60);
    let found = search(seed, queries).await;
    println!("seed {seed}, {queries} queries: {found:#?}");
    // The claim is checked in `search`; this says that it was put to the test.
    assert!(found.pairs >= queries * 300, "seed {seed}: {found:?}");
    for level in [Consulted::SignedIn, Consulted::Organization, Consulted::Permissions] {
        assert!(
            found.shared.contains_key(&level),
            "seed {seed}: nothing was shared at {level:?}: {found:?}"
        );
    }
    assert!(
        found.shared_with_errors > 0,
        "seed {seed}: no denied field was shared: {found:?}"
    );
    // The control: had one level less been enough, the search would have found other people's answers.
    for level in [
        Consulted::SignedIn,
        Consulted::Organization,
        Consulted::Permissions,
        Consulted::Person,
    ] {
        assert!(
            found.leaks_below.contains_key(&level),
            "seed {seed}: less than {level:?} would do: {found:?}"
        );
    }
}

async fn search(seed: u64, queries: u64) -> Found {
    let (app, mut dice) = (TestApp::new().await, StdRng::seed_from_u64(seed));
    let crowd = Crowd::seed(&app, &mut dice).await;
    let make = Queries::new(crowd.names.clone());
    let policies = Policies::new(&schema(true).sdl()).unwrap();
    let mut found = Found::default();
    for _ in 0..queries {
        let document = make.make(&mut dice);
        let policy = policies.policy(&parse_query(&document).unwrap(), None, &Default::default());
        assert!(
            policy.is_cacheable(),
            "seed {seed}: something has no hint in {document}"
        );
        let mut runs = vec![run(&app, None, &document).await];
        for person in &crowd.people {
            runs.push(run(&app, Some(person), &document).await);
        }
        // One of them from another device.
        runs.push(run(&app, crowd.people.first(), &document).await);
        compare(&mut found, &runs, &format!("seed {seed}: {document}"));
    }
    found
}

/// Runs it with fresh loaders.
async fn run(app: &TestApp, who: Option<&User>, document: &str) -> Run {
    let viewer = who.map(|user| Viewer::new(user, &sample::session(user)));
    let scope = app.app.scope(viewer, app.app.loaders(), "test".into());
    let request = Request::new(document).data(scope.clone());
    let response = app.app.schema.execute(request).await;
    Run {
        who: who.map_or("nobody".into(), |user| format!("{:?} {}", user.role, user.id)),
        keys: Consulted::ALL.map(|level| (level, scope.key(level))).into(),
        consulted: scope.consulted(),
        answer: serde_json::to_string(&response).unwrap(),
    }
}

fn compare(found: &mut Found, runs: &[Run], what: &str) {
    for (at, one) in runs.iter().enumerate() {
        for other in runs
            .iter()
            .enumerate()
            .filter(|(with, _)| *with != at)
            .map(|(_, other)| other)
        {
            found.pairs += 1;
            let level = one.consulted;
            if one.keys[&level] == other.keys[&level] {
                assert_eq!(
                    one.answer, other.answer,
                    "{} and {} at {level:?}, {what}",
                    one.who, other.who
                );
                assert_eq!(level, other.consulted, "{} and {}, {what}", one.who, other.who);
                *found.shared.entry(level).or_default() += 1;
                found.shared_with_errors += u64::from(one.answer.contains("\"errors\""));
                continue;
            }
            let below = Consulted::ALL.iter().rfind(|below| **below < level);
            if below.is_some_and(|below| one.keys[below] == other.keys[below]) && one.answer != other.answer {
                *found.leaks_below.entry(level).or_default() += 1;
            }
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is no number: {text}")),
    )
}
