//! What mutations answer of what they have changed, and what queries say after them: the same as graphql-js says where the
//! oracle has made the same change.

use super::run::{Run, number};

/// How many of each are asked before the others.
const ROUND: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payloads_and_what_is_read_after_them_are_as_graphql_js_says() {
    let seed = number("KANVARO_TEST_SEED").unwrap_or_else(rand::random);
    let operations = usize::try_from(number("KANVARO_TEST_ORACLE_OPERATIONS").unwrap_or(3_000)).unwrap() / 5;
    let mut run = Run::new(seed).await;
    while run.found.asked < operations {
        for _ in 0..ROUND {
            run.mutation().await;
        }
        run.queries(ROUND).await;
    }
    println!("seed {seed}: {:#?}", run.found);
    assert_eq!(run.differences, 0, "seed {seed}");
    assert_eq!(run.found.unchanged(operations), None, "seed {seed}: {:?}", run.found);
}
