//! Queries made by dice over the real schema, each answered by the server and by graphql-js on the same data:
//! the same `data` to the byte, the same errors.
//!
//! `KANVARO_TEST_ORACLE_OPERATIONS` asks more of them, `KANVARO_TEST_SEED` repeats a run, `KANVARO_TEST_ORACLE_ALL=1` tells
//! all differences and not only the first.

use super::run::{Run, number};

/// How many are asked at once.
const LOT: usize = 50;
/// After how many lots another process serves, which has cached nothing.
const LOTS_A_PROCESS: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queries_are_answered_as_graphql_js_answers_them() {
    let seed = number("KANVARO_TEST_SEED").unwrap_or_else(rand::random);
    let operations = usize::try_from(number("KANVARO_TEST_ORACLE_OPERATIONS").unwrap_or(3_000)).unwrap();
    let mut run = Run::new(seed).await;
    let mut lots = 0;
    while run.found.asked < operations {
        if lots % LOTS_A_PROCESS == 0 {
            run.site.restart().await;
        }
        run.queries(LOT).await;
        lots += 1;
    }
    println!("seed {seed}: {:#?}", run.found);
    assert_eq!(run.differences, 0, "seed {seed}");
    assert_eq!(run.found.untested(operations), None, "seed {seed}: {:?}", run.found);
}
